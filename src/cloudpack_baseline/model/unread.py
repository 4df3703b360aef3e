"""Templates whose resources are deployed with those of a snapshot, and that nobody read."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Origin, Unknown

__all__ = ["UnreadTemplate", "written_place"]


@frozen(kw_only=True)
class UnreadTemplate:
    """A template that is deployed with the others, and that is not among the files.

    Attributes:
        name: of the nested stack or module that it is the template of.
        account: the account ID.
        region: the Region; empty: it is not known.
        why: the reason, which names it. Listings that may lack something of it have it as well.
        origin: where it is deployed.
        passed: the places (`written_place`) of the resources that it may add something to.
        unaffected: the places of those that have nothing to do with the resources passed.
    """

    name: str
    account: str
    region: str = ""
    why: Unknown
    origin: Origin
    passed: tuple[str, ...] = ()
    unaffected: tuple[str, ...] = ()


def written_place(origin: Origin) -> str:
    """``LINE:COLUMN:FILE``: the place of a resource in the files."""
    return f"{origin.line}:{origin.column}:{origin.file}"
