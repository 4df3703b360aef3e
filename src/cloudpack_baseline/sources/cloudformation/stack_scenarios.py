"""The scenarios of a template with the parameters of a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from cloudpack_baseline.sources.cloudformation.choices import choosing_parameters
from cloudpack_baseline.sources.cloudformation.conditions import Scenarios, scenarios_of
from cloudpack_baseline.sources.cloudformation.intrinsics import Resolver
from cloudpack_baseline.sources.cloudformation.lookup_keys import limited_by_lookups
from cloudpack_baseline.sources.cloudformation.parameters import Parameter
from cloudpack_baseline.sources.cloudformation.template import Template
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    PLACEHOLDER_ACCOUNT,
    concatenated,
    undetermined,
    why_of,
)

__all__ = ["stack_scenarios"]


def stack_scenarios(
    template: Template, resolver: Resolver, values: Mapping[str, Any], pseudo: Mapping[str, Any]
) -> Scenarios:
    """The scenarios that the values of the parameters leave open.

    Args:
        template: what is deployed.
        resolver: with the parameters.
        values: of the template's parameters.
        pseudo: the values of pseudo-parameters.
    """
    resources = template.entries("Resources")
    free = limited_by_lookups(
        _free(template, values, pseudo), resources, template.entries("Mappings")
    )
    opened = {
        parameter.name: concatenated([undetermined(f"parameter {parameter.name}")])
        for parameter in free
        if parameter.name == "AWS::AccountId"
    }
    return scenarios_of(
        template.deciding_conditions,
        template.entries("Rules").values(),
        evolve(resolver, parameters={**resolver.parameters, **opened}),
        free,
        resources=len(resources),
        choosing=choosing_parameters(resources, resource_types())
        if any(parameter.allowed for parameter in free)
        else {},
    )


def _free(
    template: Template, values: Mapping[str, Any], pseudo: Mapping[str, Any]
) -> Iterator[Parameter]:
    """The parameters whose values are not known, so that conditions may go either way."""
    for name, parameter in template.parameters.items():
        if why_of(values[name]) is not None and not parameter.no_echo:
            yield parameter
    for name, value in pseudo.items():
        is_placeholder = name == "AWS::AccountId" and value == PLACEHOLDER_ACCOUNT
        if is_placeholder or why_of(value) is not None:
            yield Parameter(name=name)
