"""Resource types of CloudFormation and what their properties answer, a module a service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from cloudpack_baseline.sources.cloudformation.typed import ResourceType

__all__ = ["described_operations", "resource_types"]

_MODULES = ("ec2", "s3")


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Every resource type that is read, by name."""
    return {
        name: kind
        for module in _MODULES
        for name, kind in import_module(f"{__name__}.{module}").TYPES.items()
    }


@cache
def described_operations() -> frozenset[str]:
    """Every operation whose answer a resource of a template may be part of."""
    return frozenset(key for kind in resource_types().values() for key in kind.describes)
