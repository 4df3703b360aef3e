"""Whether EBS snapshots are shared with declared accounts only."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.sharing._recipients import DeclaredRecipients
from cloudpack_baseline.findings import Finding, Observation, passed, unknown
from cloudpack_baseline.model.ec2_images import EbsSnapshot, SnapshotBlockPublicAccess
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["ebs_snapshot_sharing"]

_PERMISSIONS = "create_volume_permissions"


@check(
    reads(EbsSnapshot, _PERMISSIONS),
    reads(SnapshotBlockPublicAccess),
    reads(Organization),
    subjects=(EbsSnapshot,),
)
def ebs_snapshot_sharing(view: AccountView) -> Iterator[Finding]:
    """Reads ``CreateVolumePermissions`` of each snapshot (DescribeSnapshotAttribute).

    A public snapshot passes if block public access of its Region is ``block-all-sharing``
    (GetSnapshotBlockPublicAccessState), which also applies to snapshots that are public already.
    """
    recipients = DeclaredRecipients.of(view)
    blocks = {block.region: block for block in view.all(SnapshotBlockPublicAccess)}
    for snapshot in view.all(EbsSnapshot):
        blocked = _blocked(_state(view, snapshot.region, blocks.get(snapshot.region)))
        yield view.finding(snapshot, *recipients.observe(snapshot, _PERMISSIONS, blocked))


def _blocked(state: str | Unknown) -> Observation | None:
    """What is reported about a public snapshot in a Region; ``None``: it is public."""
    if isinstance(state, Unknown):
        return unknown(text("sharing.block-unread"), state)
    if state == "block-all-sharing":
        return passed(text("sharing.public-blocked"), read=f"State={state}")
    return None


def _state(
    view: AccountView, region: str, block: SnapshotBlockPublicAccess | None
) -> str | Unknown:
    if block is not None:
        return block.state
    gap = view.gap(SnapshotBlockPublicAccess, region)
    if gap is not None:
        return gap
    return Unknown.because(Why.NOT_PROVIDED, detail=SnapshotBlockPublicAccess.__name__)
