"""How a Terraform type becomes resources of CloudFormation, so that their types describe it.

Names follow by themselves (``cidr_block`` is ``CidrBlock``); a mapping writes the exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import TypedResource
from cloudpack_baseline.sources.cloudformation.values import ResolvedList, ResolvedObject
from cloudpack_baseline.sources.located import Mark

__all__ = [
    "NOWHERE",
    "Convert",
    "Mapped",
    "Mappings",
    "Properties",
    "as_given",
    "obj",
    "pascal",
    "properties_of",
    "single",
]

NOWHERE = Mark(0, 0)

Properties: TypeAlias = dict[str, Any]
"""Properties of a CloudFormation resource."""

Convert: TypeAlias = Callable[[Any], Any]
"""From the value of an attribute to that of a property; not called for what is not known."""


@frozen(kw_only=True)
class Mapped:
    """How resources of a Terraform type are described.

    Attributes:
        type: the CloudFormation type whose identifier the resource has.
        renames: attributes whose property has another name; an empty name leaves it out.
        converts: conversions of attributes, under the name of the property.
        blocks: names of nested blocks that occur once, at any depth.
        part_of: the Terraform type that the resource is a part of; empty: it stands for itself.
        by: the attribute that identifies what it is a part of.
        make: the properties, if neither names nor conversions say it; of a part, those that are
            added. Several of them are several resources.
        describe: describes the resource in place of the CloudFormation type.
        order: of `describe`.
    """

    type: str = ""
    renames: Mapping[str, str] = field(factory=dict)
    converts: Mapping[str, Convert] = field(factory=dict)
    blocks: frozenset[str] = frozenset()
    part_of: str = ""
    by: str = ""
    make: Callable[[ResolvedObject], Iterable[tuple[str, Properties]]] | None = None
    describe: Callable[[TypedResource], None] | None = None
    order: int = 2


class Mappings(dict[str, Mapped]):
    """The Terraform types of a service."""

    def plain(
        self,
        name: str,
        type_: str,
        renames: Mapping[str, str] | None = None,
        *,
        blocks: Iterable[str] = (),
        **converts: Convert,
    ) -> None:
        """A type whose attributes are properties.

        Args:
            name: the Terraform type.
            type_: the CloudFormation type.
            renames: attributes whose property has another name; an empty name leaves it out.
            blocks: nested blocks that occur once.
            converts: conversions, by attribute.
        """
        self[name] = Mapped(
            type=type_, renames=renames or {}, blocks=frozenset(blocks), converts=converts
        )

    def part(
        self, name: str, of: str, by: str
    ) -> Callable[[Callable[[ResolvedObject], Properties]], object]:
        """A type that is a part of another resource; the function makes properties of that.

        Args:
            name: the Terraform type.
            of: the Terraform type of the other resource.
            by: the attribute that identifies it.
        """

        def declare(make: Callable[[ResolvedObject], Properties]) -> object:
            self[name] = Mapped(part_of=of, by=by, make=lambda values: [("", make(values))])
            return make

        return declare


def obj(**members: Any) -> ResolvedObject:  # noqa: ANN401 - any value
    """An object without position; members that are ``None`` are left out."""
    return ResolvedObject(
        {name: value for name, value in members.items() if value is not None}, NOWHERE
    )


def as_given(value: Any) -> Any:  # noqa: ANN401 - any value
    """The value with Terraform's own names, for a function that reads them."""
    return value


def single(value: Any) -> Any:  # noqa: ANN401 - any value
    """The only item of a block that occurs once; ``None`` where there is none."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def pascal(name: str) -> str:
    """``cidr_block`` as ``CidrBlock``."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def properties_of(mapped: Mapped, values: ResolvedObject) -> Properties:
    """The properties of a resource whose attributes are properties."""
    return dict(_members(mapped, values))


def _members(mapped: Mapped, values: ResolvedObject) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if name in ("tags", "tags_all"):
            continue
        property_name = mapped.renames.get(name, pascal(name))
        if not property_name:
            continue
        convert = mapped.converts.get(name)
        if convert is not None and not isinstance(value, Unknown):
            yield property_name, convert(value)
        else:
            yield property_name, _plain(mapped, name, value)
    tags = values.get("tags_all", values.get("tags"))
    if tags is not None:
        yield "Tags", _tags(tags)


def _plain(mapped: Mapped, name: str, value: Any) -> Any:  # noqa: ANN401 - any value
    if name in mapped.blocks:
        value = single(value)
    if isinstance(value, ResolvedObject):
        return ResolvedObject(dict(_members(mapped, value)), NOWHERE)
    if isinstance(value, list):
        return ResolvedList([_plain(mapped, "", item) for item in value], NOWHERE)
    return value


def _tags(tags: Any) -> Any:  # noqa: ANN401 - an object, or unknown
    if not isinstance(tags, dict):
        return tags
    return ResolvedList([obj(Key=key, Value=value) for key, value in tags.items()], NOWHERE)
