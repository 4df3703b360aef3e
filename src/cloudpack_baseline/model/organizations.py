"""Records of AWS Organizations."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.record import Record

__all__ = ["Organization"]


@frozen(kw_only=True)
class Organization(Record):
    """The organization that the account is in (Organizations API Reference, Organization).

    An account that is in none has no such record.

    Attributes:
        id: as ``o-exampleorgid``.
        management_account: MasterAccountId.
    """

    id: str
    management_account: str
