"""How the API describes a kind of record and its fields: declared once, at the class.

A field without a declaration is the member of the listed items that has its name in CamelCase:
``is_default`` is ``IsDefault``. `described` declares whatever differs, and `derived` what no answer
contains. From this follow how the records are gathered, where a field came from, which IAM actions
reading it requires, and the reference of the records.

Paths are those of JMESPath (the AWS CLI's ``--query``), as far as needed:
``Endpoint.Port``, ``Groups[].GroupId``, ``LogDestination || LogGroupName``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, cast

import attrs

from cloudpack_baseline.immutable import frozen

__all__ = [
    "Description",
    "Listed",
    "Singular",
    "derived",
    "described",
    "description_of",
    "descriptions",
]

Answer: TypeAlias = Mapping[str, Any]
"""What an operation answers, as boto3 parses it."""

_KEY = "cloudpack_baseline.description"


def _as_tuple(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _read_only(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(parameters))


@frozen(kw_only=True)
class Description:
    """How the API describes a field.

    Attributes:
        path: the path to the value in the answer; empty: the answer itself.
        operation: the operation that describes it; empty: the operation of the record.
        absent: error codes of `operation` that mean that there is none, so the default applies.
        convert: converts what the path leads to; ``None``: the type of the field does.
        required: AWS always sends it: an answer without it is malformed, although the field
            has a default.
        unordered: AWS sends its items in no particular order, so they are sorted.
        always_read: `operation` is called for each record, whatever is selected.
        omitted: the value if the answer omits it; `attrs.NOTHING`: the default of the field. It
            differs where the default is that of snapshots from before there was the field.
    """

    path: str
    operation: str = ""
    absent: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple)
    convert: Callable[[Any], Any] | None = None
    required: bool = False
    unordered: bool = False
    always_read: bool = False
    omitted: Any = attrs.field(factory=lambda: attrs.NOTHING)


@frozen
class Listed:
    """The records of a kind are the items of a listing.

    Attributes:
        operations: the listings; for an operation that lists nothing, the answer is the only item.
        arn: the member that contains the ARN, or the ARN with members in braces, such as
            ``arn:{partition}:ec2:{region}:{account}:vpc/{VpcId}``.
        id: the member that identifies a record for further operations. Items that are bare names
            are taken as this member.
        name: the member, or a function of the item, for `Record.name`; else the tag
            ``Name``, else `id`.
        owner: the member that contains the account of the ARN, if it may be another one.
        region: the member that contains the Region, if the ARN does not.
        items: the path to the items in the answer, if it is not that of the operation.
        parameters: parameters of the listings, for this kind.
        absent: error codes of a listing that mean that there are none.
        gone: error codes of further operations that mean that it has been deleted.
        regional: whether it is listed in each Region, or once for each account.
    """

    operations: tuple[str, ...] = attrs.field(converter=_as_tuple)
    arn: str = attrs.field(kw_only=True)
    id: str = attrs.field(default="", kw_only=True)
    name: str | Callable[[Answer], str] = attrs.field(default="", kw_only=True)
    owner: str = attrs.field(default="", kw_only=True)
    region: str = attrs.field(default="", kw_only=True)
    items: str = attrs.field(default="", kw_only=True)
    parameters: Mapping[str, Any] = attrs.field(factory=dict, converter=_read_only, kw_only=True)
    absent: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple, kw_only=True)
    gone: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple, kw_only=True)
    regional: bool = attrs.field(default=True, kw_only=True)


@frozen
class Singular:
    """There is one record an account, or one in each Region, even if nothing can be read.

    Attributes:
        operation: describes the fields that name no other one.
        arn: with ``{partition}``, ``{region}`` and ``{account}``.
        name: the same.
        parameters: parameters of `operation`, for this kind.
        absent: error codes of `operation` that mean that the fields have their defaults.
        regional: whether there is one in each Region.
    """

    operation: str
    arn: str = attrs.field(kw_only=True)
    name: str = attrs.field(kw_only=True)
    parameters: Mapping[str, Any] = attrs.field(factory=dict, converter=_read_only, kw_only=True)
    absent: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple, kw_only=True)
    regional: bool = attrs.field(default=True, kw_only=True)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operation, as of `Listed`."""
        return (self.operation,)


def described(  # noqa: PLR0913 - one declaration; all but the path are names
    path: str,
    *,
    operation: str = "",
    absent: str | Iterable[str] = (),
    convert: Callable[[Any], Any] | None = None,
    required: bool = False,
    unordered: bool = False,
    always_read: bool = False,
    omitted: Any = attrs.NOTHING,  # noqa: ANN401 - fields have values of any type
    default: Any = attrs.NOTHING,  # noqa: ANN401 - fields have values of any type
) -> Any:  # noqa: ANN401 - fields have values of any type
    """A field that the API describes otherwise than by its name; see `Description`."""
    description = Description(
        path=path,
        operation=operation,
        absent=absent,
        convert=convert,
        required=required,
        unordered=unordered,
        always_read=always_read,
        omitted=omitted,
    )
    return attrs.field(default=default, metadata={_KEY: description})


def derived(default: Any = attrs.NOTHING) -> Any:  # noqa: ANN401 - fields have values of any type
    """A field that no answer contains: code fills it."""
    return attrs.field(default=default, metadata={_KEY: None})


def descriptions(kind: type) -> Mapping[str, Description]:
    """How each field of an attrs class is described; without those that are `derived`."""
    return _descriptions(cast("Hashable", kind))


@cache
def _descriptions(kind: Any) -> Mapping[str, Description]:  # noqa: ANN401 - attrs has no type for its classes
    by_name = {
        field.name: field.metadata.get(_KEY, Description(path=_camel_case(field.name)))
        for field in attrs.fields(kind)
        if not field.inherited  # those of every record: `Listed` and `Singular` fill them
    }
    return MappingProxyType({name: by_name[name] for name in by_name if by_name[name] is not None})


def description_of(kind: type, field: str) -> Description:
    """How the field is described.

    Raises:
        KeyError: there is no such field, or it is derived.
    """
    return descriptions(kind)[field]


def _camel_case(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))
