"""The names that planned resources may have once they are applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloudpack_baseline.sources.cloudformation.open_names import OpenName, named_later
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.terraform.mapping import Mapped
from cloudpack_baseline.sources.terraform.plan import PlannedResource
from cloudpack_baseline.sources.terraform.resolution import Resolution

__all__ = ["open_name_of"]

_GENERATED = "terraform-*"
"""A name that the provider generates where neither a name nor a prefix is configured."""


def open_name_of(
    resource: PlannedResource, mapped: Mapped, resolution: Resolution, configured: Mapping[str, Any]
) -> OpenName | None:
    """The resource, if its name is not known; ``None``: it is known, or no policy names it.

    Args:
        resource: of the plan.
        mapped: its type.
        resolution: resolves its ARN.
        configured: the expressions of its arguments; empty: the plan has none.
    """
    kind = resource_types().get(mapped.type)
    if kind is None or not kind.naming:
        return None
    has_arn = "Arn" in kind.attributes
    arn = (
        resolution.cloudformation_attribute(resource, "Arn")
        if has_arn
        else resolution.identifier(resource)
    )
    name, prefix = (resource.values.get(key) for key in (mapped.ref, f"{mapped.ref}_prefix"))
    if isinstance(name, str):
        return named_later(arn, resource.address, name)
    is_generated = bool(configured) and mapped.ref not in configured
    pattern = _GENERATED if is_generated else "*"
    if isinstance(prefix, str):
        pattern = f"{prefix}*"
    return named_later(arn, resource.address, pattern)
