"""Resource types of the AWS provider of Terraform, a module a theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from cloudpack_baseline.sources.terraform.mapping import Mapped

__all__ = ["terraform_types"]

_MODULES = ("databases", "identity", "network", "storage")


@cache
def terraform_types() -> Mapping[str, Mapped]:
    """Every Terraform type that is read, by name."""
    return {
        name: mapped
        for module in _MODULES
        for name, mapped in import_module(f"{__name__}.{module}").TYPES.items()
    }
