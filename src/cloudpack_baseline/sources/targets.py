"""The accounts to gather, and their credentials."""

from __future__ import annotations

from typing import Protocol

from cloudpack_baseline.immutable import frozen

__all__ = ["Declared", "SourceAccount"]


class Declared(Protocol):
    """An account as the baseline declares it (`cloudpack_baseline.baseline.Account`)."""

    @property
    def id(self) -> str:
        """12 digits."""

    @property
    def role_arn(self) -> str | None:
        """The role that reads it."""

    @property
    def profile(self) -> str | None:
        """The profile whose credentials read it, or assume the role."""

    @property
    def external_id(self) -> str | None:
        """For the role."""

    @property
    def regions(self) -> tuple[str, ...] | None:
        """The Regions of the account; ``None``: those of the baseline."""


@frozen(kw_only=True)
class SourceAccount:
    """An account to gather.

    Attributes:
        id: 12 digits; empty: whichever the credentials belong to.
        name: what the baseline calls it.
        role_arn: the role that is assumed to read it.
        profile: the profile whose credentials are used; neither: the ambient ones.
        external_id: for `role_arn`.
        regions: ``None`` or ``("*",)``: every enabled one.
    """

    id: str = ""
    name: str = ""
    role_arn: str | None = None
    profile: str | None = None
    external_id: str | None = None
    regions: tuple[str, ...] | None = None

    @classmethod
    def of(cls, name: str, declared: Declared, regions: tuple[str, ...] | None) -> SourceAccount:
        """The declared account; `regions` if it declares none."""
        return cls(
            id=declared.id,
            name=name,
            role_arn=declared.role_arn,
            profile=declared.profile,
            external_id=declared.external_id,
            regions=regions if declared.regions is None else declared.regions,
        )
