"""Resource types of the AWS provider of Terraform, a module a theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from cloudpack_baseline.sources.terraform.mapping import Mapped

__all__ = ["terraform_types"]


@cache
def terraform_types() -> Mapping[str, Mapped]:
    """Every Terraform type that is read, by name."""
    return {
        name: mapped
        for module in iter_modules(__path__, f"{__name__}.")
        for name, mapped in import_module(module.name).TYPES.items()
    }
