"""The base class of records: a frozen attrs class named as in the AWS API."""

from __future__ import annotations

from typing import ClassVar

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, Singular, descriptions
from cloudpack_baseline.model.reading import Tags, tags_from
from cloudpack_baseline.model.values import Origin

__all__ = ["Record", "Tags", "tags_from"]


@frozen(kw_only=True)
class Record:
    """One resource, or the settings of an account or Region, as a source describes it.

    Subclasses are frozen, keyword-only attrs classes that declare once how the API describes them:
    `api` for the kind, `cloudpack_baseline.model.described` for their fields. Any further field is
    typed ``Field[...]`` if a separate call or a template may leave it unknown.

    Attributes:
        api: which operations describe the kind, and how its records are named.
        arn: the ARN; empty if a template does not determine it.
        account: the 12-digit account ID; empty if a template does not determine it.
        region: the Region; empty for global resources.
        name: the name for people, or the ID; the logical ID in a template.
        origin: where the whole record came from.
        origins: the origin of single fields, (field name, origin), if neither `origin` nor the
            declaration of the field says it; and of the statements of policy documents, as
            ``policy$.Statement[0]``.
    """

    api: ClassVar[Listed | Singular | None] = None

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

    @property
    def display_name(self) -> str:
        """The name people know it by: the tag ``Name``, else its own name, else its ID."""
        return self.name

    @property
    def part_of(self) -> str:
        """The ID or name of what it is a part of, as an interface of an instance; or empty."""
        return ""

    @property
    def is_elsewhere(self) -> bool:
        """Whether the template or plan contains a part of it only, such as its policy."""
        return self.origin is not None and self.origin.elsewhere

    def origin_of(self, name: str, path: str = "") -> Origin | None:
        """Where the field came from: the operation that describes it.

        A record from a file (a template) came from there, except for fields in `origins`.

        Args:
            name: of the field; of an item of a tuple, with its place: ``inline_policies[0]``.
            path: of a statement in the policy document that the field contains, such as
                ``$.Statement[0]``.
        """
        if path:
            origins = dict(self.origins)
            origin = origins.get(f"{name}{path}", origins.get(f"{name}$"))
            return self.origin_of(name) if origin is None else origin
        description = descriptions(type(self)).get(name)
        if description and description.operation and not (self.origin and self.origin.file):
            return dict(self.origins).get(name, Origin(operation=description.operation))
        return dict(self.origins).get(name, self.origin)
