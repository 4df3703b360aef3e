"""The names of planned resources, which only one of those in an account and Region can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.terraform.mapping import Mapped, pascal
from cloudpack_baseline.sources.terraform.plan import PlannedResource

__all__ = ["NameClaims", "naming_attributes"]


def naming_attributes(mapped: Mapped, resource: PlannedResource) -> frozenset[str]:
    """The attributes that name a resource, by itself or within its ARN or its URL."""
    kind = resource_types().get(mapped.type)
    naming = frozenset() if kind is None else kind.naming
    attributes = {
        name for name in resource.values if mapped.renames.get(name, pascal(name)) in naming
    }
    return frozenset({*attributes, mapped.ref})


class NameClaims:
    """The names that resources of a plan have, and those that others have already.

    Attributes:
        shared: the name of each resource that another one has already, by address.
    """

    def __init__(
        self,
        mappings: Mapping[str, Mapped],
        place: Callable[[PlannedResource], Mapping[str, str]],
    ) -> None:
        self._mappings = mappings
        self._place = place
        self._owners: dict[tuple[str, ...], str] = {}
        self.shared: dict[str, str] = {}

    def claim(self, resource: PlannedResource) -> None:
        """Let the resource have its names, if no other one has them."""
        mapped = self._mappings.get(resource.type)
        if mapped is None or not mapped.type:
            return
        place = self._place(resource)
        for attribute in sorted(naming_attributes(mapped, resource)):
            name = resource.values.get(attribute)
            if isinstance(name, str) and name:
                key = (mapped.type, attribute, name, place["account"], place["region"])
                if self._owners.setdefault(key, resource.address) != resource.address:
                    self.shared[resource.address] = name
