"""Resource types of CloudFormation and what their properties answer, a module a service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from cloudpack_baseline.sources.cloudformation.typed import ResourceType

__all__ = ["described_lists", "described_operations", "resource_types"]


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Every resource type that is read, by name."""
    types: dict[str, ResourceType] = {}
    for module in iter_modules(__path__, f"{__name__}."):
        for name, kind in import_module(module.name).TYPES.items():
            types[name] = types[name].together(kind) if name in types else kind
    return types


@cache
def described_operations() -> frozenset[str]:
    """Every operation whose answer a resource of a template may be part of."""
    return frozenset(key for kind in resource_types().values() for key in kind.operations)


@cache
def described_lists(operation: str) -> tuple[str, ...]:
    """The lists of an operation that lists several kinds of things at once."""
    described = {key for kind in resource_types().values() for key in kind.describes}
    return tuple(sorted(key for key in described if key.startswith(f"{operation} ")))
