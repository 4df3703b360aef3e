"""Validation of recorded answers with the service models of botocore.

boto3 parses responses with these models, so its answers have the right types. A file may contain
anything. What is wrong in it affects only what uses it: the rest of the answer stands, and the
problem is reported with the path to its key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.loaders import Loader
from botocore.model import ServiceModel

from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.sources.service_models import CalledOperations

if TYPE_CHECKING:
    from cloudpack_baseline.sources.operations import Operation

__all__ = ["shaped"]

Json: TypeAlias = Any
Shape: TypeAlias = Any
"""A shape of botocore; its attributes depend on its `type_name`."""

_KINDS: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "structure": ("an object", (dict,)),
    "map": ("an object", (dict,)),
    "list": ("a list", (list,)),
    "boolean": ("true or false", (bool,)),
    "integer": ("a whole number", (int,)),
    "long": ("a whole number", (int,)),
    "float": ("a number", (int, float)),
    "double": ("a number", (int, float)),
    "timestamp": ("a time", (str, int, float)),
}
_TEXT = ("a string", (str,))
_POLICY = "policyDocumentType"
"""The AWS CLI prints the policies of IAM as objects, as boto3 gives them."""
_ADDRESSES: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("Ipv6Address", "PrivateIp", "PrivateIpAddress", "PublicIp"), ip_address),
    **dict.fromkeys(
        (
            "Cidr",
            "CidrBlock",
            "CidrIp",
            "CidrIpv6",
            "DestinationCidrBlock",
            "DestinationIpv6CidrBlock",
            "Ipv4Prefix",
            "Ipv6CidrBlock",
            "Ipv6Prefix",
        ),
        partial(ip_network, strict=False),
    ),
}
"""Strings of EC2 that its model does not distinguish from others."""


class _CheckedObject(dict[str, Json]):
    """An object that raises if a malformed or missing member is used.

    Attributes:
        where: the way to it, from the file's name.
        odd: what is wrong, by member.
        fault: what is wrong with the whole, where it is no object at all.
    """

    __slots__ = ("fault", "odd", "where")

    def __init__(
        self, members: Mapping[str, Json], location: str, odd: Mapping[str, str], fault: str = ""
    ) -> None:
        super().__init__(members)
        self.where, self.odd, self.fault = location, odd, fault

    def _ask(self, key: str) -> None:
        fault = self.fault or self.odd.get(key)
        if fault:
            raise Misshapen(fault)

    def __getitem__(self, key: str) -> Json:
        self._ask(key)
        return super().__getitem__(key)

    def __missing__(self, key: str) -> Json:
        raise Misshapen(f"{_below(self.where, key)}: is missing")

    def __contains__(self, key: object) -> bool:
        self._ask(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Json = None) -> Json:
        self._ask(key)
        return super().get(key, default)

    def items(self) -> Json:
        for key in self.odd or ("",):
            self._ask(key)
        return super().items()

    def values(self) -> Json:
        for key in self.odd or ("",):
            self._ask(key)
        return super().values()

    def __ror__(self, left_object: Mapping[str, Json]) -> _CheckedObject:  # type: ignore[override] # of dicts
        return _CheckedObject({**left_object, **self}, self.where, self.odd, self.fault)


def shaped(operation: Operation, answer: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """The answer of the operation, whose malformed parts raise `Misshapen` when they are used.

    Args:
        operation: the operation.
        answer: the answer, as JSON values.
        name: the name of its file, for messages.
    """
    shape = _model(operation.client).operation_model(operation.name).output_shape
    return _object(shape, answer, f"{name}: ")


@cache
def _model(client: str) -> ServiceModel:
    return ServiceModel(_loader().load_service_model(client, "service-2"), client)


@cache
def _loader() -> Loader:
    """One for all models: each looks through the folders of every service once."""
    loader = Loader()
    loader.file_loader = CalledOperations()
    return loader


def _below(location: str, key: str) -> str:
    return f"{location}{key}" if location.endswith(": ") else f"{location}.{key}"


def _object(shape: Shape, value: Mapping[str, Json], location: str) -> _CheckedObject:
    members = getattr(shape, "members", {})
    checked: dict[str, Json] = {}
    odd: dict[str, str] = {}
    for key, item in value.items():
        if item is None:  # as absent
            continue
        checked[key] = item
        if key in members:
            try:
                checked[key] = _checked(members[key], item, _below(location, key))
                _look_at_address(key, item, location)
            except Misshapen as error:
                odd[key] = str(error)
    return _CheckedObject(checked, location, odd)


def _look_at_address(key: str, value: Json, location: str) -> None:
    if key in _ADDRESSES and isinstance(value, str) and value:
        try:
            _ADDRESSES[key](value)
        except ValueError:
            raise Misshapen(f"{_below(location, key)}: is not an address of that kind") from None


def _checked(shape: Shape, value: Json, location: str) -> Json:
    kind = shape.type_name
    words, types = _KINDS.get(kind, _TEXT)
    fits = isinstance(value, types) and (kind == "boolean" or not isinstance(value, bool))
    if shape.name == _POLICY and isinstance(value, dict):
        return value
    if not fits:
        raise Misshapen(f"{location}: is not {words}")
    if kind == "structure":
        return _object(shape, value, location)
    if kind == "map":
        checked = {
            key: _checked(shape.value, item, _below(location, key)) for key, item in value.items()
        }
        return _CheckedObject(checked, location, {})
    if kind == "list":
        return [
            _item(shape.member, item, f"{location}[{index}]") for index, item in enumerate(value)
        ]
    return value


def _item(shape: Shape, value: Json, location: str) -> Json:
    """An item of a list: a malformed object affects only itself."""
    try:
        return _checked(shape, value, location)
    except Misshapen as error:
        if shape.type_name != "structure":
            raise
        return _CheckedObject({}, location, {}, str(error))
