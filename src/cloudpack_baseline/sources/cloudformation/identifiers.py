"""What ``Ref`` and ``Fn::GetAtt`` return of a resource, by its type and its properties."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.sources.cloudformation.typed import ResourceType
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    concatenated,
    undetermined,
    why_of,
)

__all__ = ["Identifiers"]

_BRACES = re.compile(r"\{(\w+)\}")
_DEFAULTS = {"Path": "/"}
"""Properties of names that have a default."""


@frozen(kw_only=True)
class Identifiers:
    """The identifiers of a resource.

    Attributes:
        kind: its type; ``None``: no type that is read.
        logical_id: unique among the resources of a run.
        partition: where it is deployed.
        region: where it is deployed; empty: it is not known.
        account: where it is deployed.
        value_of: the value of a property; ``None``: it is left out.
    """

    kind: ResourceType | None
    logical_id: str
    partition: str
    region: str
    account: str
    value_of: Callable[[str], Any]

    def reference(self) -> Resolved:
        """What ``Ref`` returns."""
        if self.kind is None:
            return DocumentText(self.logical_id)
        if "{" in self.kind.ref:
            return self._formatted(self.kind.ref)
        declared_name = self._name(self.kind.ref) if self.kind.ref else None
        return (
            DocumentText(self.kind.identify(self.logical_id))
            if declared_name is None
            else declared_name
        )

    def _name(self, name: str) -> Resolved | None:
        """The property that names the resource; ``None``: it is empty, or no text."""
        property_value = self.value_of(name)
        is_name = isinstance(property_value, str | int) and property_value != ""
        return property_value if is_name else None

    def attribute(self, name: str) -> Resolved | None:
        """What ``Fn::GetAtt`` returns; ``None``: it is not known for this type."""
        form = self.kind.attributes.get(name) if self.kind else None
        if callable(form):
            return form(self.logical_id)
        if form:
            return self._formatted(form)
        value = self.value_of(name)
        is_name = self.kind is not None and name in self.kind.naming
        return None if is_name and value == "" else value

    def _formatted(self, form: str) -> Resolved:
        """The text of a format, as of `ResourceType.attributes`."""
        pieces = _BRACES.split(form)
        return concatenated(
            self._named(piece) if index % 2 else piece for index, piece in enumerate(pieces)
        )

    def _named(self, name: str) -> Resolved:
        """What a name in the braces of a format stands for."""
        if name == "id":
            return self.reference()
        if name == "name":
            declared_name = self._name(self.kind.name_property) if self.kind else None
            return self.logical_id if declared_name is None else declared_name
        if name == "region":
            # The same text stands for the same Region: references still match.
            return self.region or concatenated([undetermined("AWS::Region")])
        known = {
            "logical": self.logical_id,
            "partition": self.partition,
            "account": self.account,
        }
        if name in known:
            return known[name]
        declared_name = self.value_of(name)
        if isinstance(declared_name, str) and declared_name.startswith("https://"):
            # ARNs that contain a URL leave its scheme out: those of OpenID Connect providers.
            return DocumentText(declared_name.removeprefix("https://"), why_of(declared_name))
        return _DEFAULTS.get(name, "") if declared_name is None else declared_name
