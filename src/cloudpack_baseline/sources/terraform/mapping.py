"""How a Terraform type becomes resources of CloudFormation, so that their types describe it.

Names follow by themselves (``cidr_block`` is ``CidrBlock``); a mapping writes the exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any, TypeAlias

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import TypedResource
from cloudpack_baseline.sources.cloudformation.values import Resolved, ResolvedList, ResolvedObject
from cloudpack_baseline.sources.located import Mark

__all__ = [
    "NOWHERE",
    "Addition",
    "Convert",
    "Mapped",
    "Mappings",
    "Properties",
    "as_given",
    "block_of",
    "each_block",
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


@frozen
class Addition:
    """What a resource adds to another one.

    Attributes:
        of: the Terraform type of the other resource.
        subject: what identifies it: what ``Ref`` of its CloudFormation type returns.
        properties: of it; lists are added to lists.
    """

    of: str
    subject: Any
    properties: Properties


@frozen(kw_only=True)
class Mapped:
    """How resources of a Terraform type are described.

    Attributes:
        type: the CloudFormation type whose identifier the resource has.
        renames: attributes whose property has another name; an empty name leaves it out.
        converts: conversions of attributes.
        blocks: names of nested blocks that occur once, at any depth.
        needs: properties that name what the resource belongs to: one that is not known may
            be about anything.
        of_any: describes a resource of which such a property is not known, as the named
            CloudFormation type; by default, all that the type answers has a gap.
        additions: what the resource adds to others, in place of a resource of its own.
        part_of: the Terraform types of those others.
        make: the resources of CloudFormation, if neither names nor conversions say it. The values
            have the member ``id``.
        describe: describes the resource in place of the CloudFormation type.
        describes: the operations whose answers `describe` takes part in, if no CloudFormation type
            has them.
        order: of `describe`.
        ref: the attribute that is what ``Ref`` returns, once it is known.
        attributes: attributes as others refer to them: the name that ``Fn::GetAtt`` has, or a
            format over ``{id}``, what ``Ref`` returns, and ``{logical}``, the address.
        identify: what ``Ref`` returns, if it follows from attributes of the resource.
    """

    type: str = ""
    renames: Mapping[str, str] = field(factory=dict)
    converts: Mapping[str, Convert] = field(factory=dict)
    blocks: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    of_any: Callable[[TypedResource, str, Unknown], None] | None = None
    additions: Callable[[ResolvedObject], Iterable[Addition]] | None = None
    part_of: tuple[str, ...] = ()
    make: Callable[[ResolvedObject], Iterable[tuple[str, Properties]]] | None = None
    describe: Callable[[TypedResource], None] | None = None
    describes: tuple[str, ...] = ()
    order: int = 2
    ref: str = "id"
    attributes: Mapping[str, str] = field(factory=dict)
    identify: Callable[[ResolvedObject], Any] | None = None


class Mappings(dict[str, Mapped]):
    """The Terraform types of a service."""

    def plain(  # noqa: PLR0913 - one declaration; all but two are optional
        self,
        name: str,
        type_: str,
        renames: Mapping[str, str] | None = None,
        *,
        blocks: Iterable[str] = (),
        needs: Iterable[str] = (),
        ref: str = "id",
        attributes: Mapping[str, str] | None = None,
        **converts: Convert,
    ) -> None:
        """A type whose attributes are properties; see `Mapped`."""
        self[name] = Mapped(
            type=type_,
            renames=renames or {},
            blocks=frozenset(blocks),
            needs=tuple(needs),
            ref=ref,
            attributes=attributes or {},
            converts=converts,
        )

    def made(
        self,
        name: str,
        type_: str,
        **options: Any,  # noqa: ANN401 - attributes of `Mapped`, of several types
    ) -> Callable[[Callable[[ResolvedObject], Iterable[tuple[str, Properties]]]], object]:
        """A type whose function makes resources of CloudFormation; `options` as of `Mapped`."""

        def declare(
            make: Callable[[ResolvedObject], Iterable[tuple[str, Properties]]],
        ) -> object:
            self[name] = Mapped(type=type_, make=make, **options)
            return make

        return declare

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
            self[name] = Mapped(
                additions=lambda values: [Addition(of, values.get(by), make(values))], part_of=(of,)
            )
            return make

        return declare

    def setting(self, name: str, of: str, by: str, names: Mapping[str, str]) -> None:
        """A type whose attributes are properties of another resource.

        Args:
            name: the Terraform type.
            of: the Terraform type of the other resource.
            by: the attribute that identifies it.
            names: the property of each attribute; with ``[]``, the attribute is an entry of it.
        """
        self.part(name, of, by)(partial(_renamed, names))

    def pair(  # noqa: PLR0913 - one declaration; all but five are optional
        self,
        name: str,
        type_: str,
        attribute: str,
        second: str,
        names: Mapping[str, str],
        *,
        renames: Mapping[str, str] = MappingProxyType({}),
        **options: Any,  # noqa: ANN401 - attributes of `Mapped`, of several types
    ) -> None:
        """A type that makes a second resource of CloudFormation if an attribute is given.

        Args:
            name: the Terraform type.
            type_: the CloudFormation type of the resource.
            attribute: of the Terraform type.
            second: the CloudFormation type of the second resource.
            names: its property of each attribute; with ``[]``, the attribute is an entry of it.
            renames: attributes of the first whose property has another name.
            options: as of `Mapped`.
        """

        def make(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
            yield type_, properties_of(Mapped(renames=renames), values)
            if attribute in values:
                yield second, _renamed(names, values)

        self.made(name, type_, renames=renames, **options)(make)


def _renamed(names: Mapping[str, str], values: ResolvedObject) -> Properties:
    return {
        target.removesuffix("[]"): ResolvedList([values.get(attribute)], NOWHERE)
        if target.endswith("[]")
        else values.get(attribute)
        for attribute, target in names.items()
    }


def obj(**members: Resolved) -> ResolvedObject:
    """An object without position; members that are ``None`` are left out."""
    return ResolvedObject(
        {name: value for name, value in members.items() if value is not None}, NOWHERE
    )


def as_given(value: Resolved) -> Resolved:
    """The value with Terraform's own names, for a function that reads them."""
    return value


def single(value: Resolved) -> Resolved:
    """The only item of a block that occurs once; ``None`` where there is none."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def each_block(blocks: Resolved, convert: Callable[[Any], Any]) -> Resolved:
    """Repeated blocks, each converted; what is no list, such as an unknown, stays."""
    return ResolvedList(map(convert, blocks), NOWHERE) if isinstance(blocks, list) else blocks


def block_of(values: Resolved, name: str) -> ResolvedObject | Unknown | None:
    """The block of the name that occurs once; ``None``: there is none."""
    block = single(values.get(name)) if isinstance(values, ResolvedObject) else values
    return block if isinstance(block, ResolvedObject | Unknown) else None


@cache
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


def _plain(mapped: Mapped, name: str, value: Resolved) -> Resolved:
    if name in mapped.blocks:
        value = single(value)
    if isinstance(value, ResolvedObject) and value.mark.path:
        return value  # a policy document, whose keys are not those of Terraform
    if isinstance(value, ResolvedObject):
        return ResolvedObject(dict(_members(mapped, value)), NOWHERE)
    if isinstance(value, list):
        return ResolvedList([_plain(mapped, "", item) for item in value], NOWHERE)
    return value


def _tags(tags: Resolved) -> Resolved:
    if not isinstance(tags, dict):
        return tags
    return ResolvedList([obj(Key=key, Value=value) for key, value in tags.items()], NOWHERE)
