"""What every record is: a frozen attrs class named as in the AWS API."""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from cloudpack_baseline.model.values import Origin

__all__ = ["Record", "Tags", "tags_from"]

Tags: TypeAlias = tuple[tuple[str, str], ...]
"""Tags as sorted (key, value) pairs."""


@frozen(kw_only=True)
class Record:
    """One thing that a source tells of an account.

    Subclasses are frozen, keyword-only attrs classes. Each field beyond these is
    typed ``Field[...]`` where a call of its own, or a template, may fail to tell it.

    Attributes:
        arn: the ARN; empty where a template does not tell it yet.
        account: the 12-digit account id; empty where a template does not tell it.
        region: the region; empty for global resources.
        name: the name or id people know it by; the logical id in a template.
        origin: where the record as a whole came from.
        origins: the origin of single fields, (field name, origin), where it differs.
    """

    arn: str
    account: str
    region: str = ""
    name: str = ""
    origin: Origin | None = None
    origins: tuple[tuple[str, Origin], ...] = ()

    @property
    def key(self) -> str:
        """What a finding is identified by: the ARN, else ``FILE#logical-id``."""
        if self.arn:
            return self.arn
        file = self.origin.file if self.origin else ""
        return f"{file}#{self.name}"

    def origin_of(self, name: str) -> Origin | None:
        """Where the field came from; the record's own origin where nothing else is said."""
        return dict(self.origins).get(name, self.origin)


def tags_from(pairs: object) -> Tags:
    """AWS's ``[{"Key": ..., "Value": ...}]`` as `Tags`; absent means none."""
    if not isinstance(pairs, list):
        return ()
    return tuple(sorted((str(pair["Key"]), str(pair.get("Value", ""))) for pair in pairs))
