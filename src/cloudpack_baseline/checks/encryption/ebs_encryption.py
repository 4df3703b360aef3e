"""Whether volumes and their snapshots are encrypted, with declared keys if any are declared."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.encryption import EbsEncryptionOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.encryption.at_rest import exempt_snapshot, observe_encryption
from cloudpack_baseline.checks.settings import Setting
from cloudpack_baseline.findings import Finding, not_applicable
from cloudpack_baseline.model.ec2_images import EbsSnapshot
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.texts import text

__all__ = ["ebs_encryption"]

_ENCRYPTED = Setting("encrypted", expected=True, words="at-rest")
_DELETED = frozenset(("deleting", "deleted"))


@check(
    reads(Volume),
    reads(EbsSnapshot),
    reads(KmsAlias),
    subjects=(Volume,),
    later=(EbsSnapshot,),
)
def ebs_encryption(view: AccountView) -> Iterator[Finding]:
    """Reads ``Encrypted`` of each volume and snapshot (DescribeVolumes, DescribeSnapshots).

    If keys are declared (``kms_keys``), one of them has to encrypt it. A key can be declared by its
    ARN and set by an alias, or the other way round (ListAliases).
    """
    keys = view.baseline.options(EbsEncryptionOptions).kms_keys
    for volume in view.all(Volume):
        if isinstance(volume.state, str) and volume.state in _DELETED:
            message = text("encryption.deleting", state=volume.state)
            yield view.finding(volume, not_applicable(message))
        else:
            yield view.finding(volume, *observe_encryption(view, volume, _ENCRYPTED, keys))
    for snapshot in view.all(EbsSnapshot):
        exemption = exempt_snapshot(snapshot.state)
        if exemption is not None:
            yield view.finding(snapshot, exemption)
        else:
            yield view.finding(snapshot, *observe_encryption(view, snapshot, _ENCRYPTED, keys))
