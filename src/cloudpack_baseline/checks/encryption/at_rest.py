"""What is reported about encryption at rest, with declared keys if any are declared."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.encryption.keys import observe_key
from cloudpack_baseline.checks.settings import Setting
from cloudpack_baseline.findings import Observation, Outcome, not_applicable
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field
from cloudpack_baseline.texts import text

__all__ = ["exempt_snapshot", "observe_encryption"]

_WITHOUT_DATA = frozenset(("error", "failed"))


def observe_encryption(
    view: AccountView, record: Record, setting: Setting, keys: tuple[str, ...]
) -> Iterator[Observation]:
    """Whether the record is encrypted, and with a declared key if any are declared.

    Args:
        view: the account with its aliases.
        record: the resource, with its key in `kms_key_id`.
        setting: the field that says whether it is encrypted.
        keys: ARNs of the declared keys and aliases.
    """
    observation = setting.observe(view, record)
    yield observation
    if keys and observation.outcome is not Outcome.FAIL:
        yield observe_key(view, record, "kms_key_id", keys)


def exempt_snapshot(state: Field[str]) -> Observation | None:
    """That a snapshot failed, so that it cannot be restored; ``None``: it did not."""
    if isinstance(state, str) and state in _WITHOUT_DATA:
        return not_applicable(text("encryption.failed-snapshot", state=state))
    return None
