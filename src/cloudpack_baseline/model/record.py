"""What every record is: a frozen attrs class named as in the AWS API."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from cloudpack_baseline.model.described import Listed, Settings, descriptions
from cloudpack_baseline.model.reading import Tags, tags_from
from cloudpack_baseline.model.values import Origin

__all__ = ["Record", "Tags", "tags_from"]


@frozen(kw_only=True)
class Record:
    """One resource, or the settings of an account or region, as a source describes it.

    Subclasses are frozen, keyword-only attrs classes that say once how the API describes
    them: `api` for the kind, `cloudpack_baseline.model.described` for their fields. Each
    field beyond these is typed ``Field[...]`` where a call of its own, or a template, may
    leave it open.

    Attributes:
        api: which operations describe the kind, and how its records are named.
        arn: the ARN; empty where a template does not determine it yet.
        account: the 12-digit account id; empty where a template does not determine it.
        region: the region; empty for global resources.
        name: the name or id people know it by; the logical id in a template.
        origin: where the record as a whole came from.
        origins: the origin of single fields, (field name, origin), where neither `origin`
            nor the declaration of the field says it.
    """

    api: ClassVar[Listed | Settings | None] = None

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
        """Where the field, by its name here, came from: the operation that describes it.

        A record of a file (a template) came from there, but for fields named in `origins`.
        """
        description = descriptions(type(self)).get(name)
        if description and description.operation and not (self.origin and self.origin.file):
            return dict(self.origins).get(name, Origin(operation=description.operation))
        return dict(self.origins).get(name, self.origin)
