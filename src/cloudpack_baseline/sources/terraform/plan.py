"""A plan in JSON (``terraform show -json``): what will exist once it is applied.

Source: Terraform documentation, "JSON Output Format", formats 1.0 to 1.2. The output of OpenTofu
has the same form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from cloudpack_baseline.errors import InputError, Problem

__all__ = ["PlannedResource", "TerraformPlan", "read_plan"]

_VERSION = re.compile(r"(0\.[12]|1\.\d+)")


@frozen(kw_only=True)
class PlannedResource:
    """A resource or data source of a plan.

    Attributes:
        address: such as ``module.net.aws_subnet.web["a"]``.
        type: such as ``aws_subnet``.
        name: its name in the configuration.
        module: the address of its module; empty: the root module.
        index: of ``count`` or ``for_each``; ``None``: it has none.
        values: its known attributes.
        unknown: attributes that are known after apply: ``True``, or objects and lists of it.
        sensitive: attributes that are sensitive, in the same form.
        is_data: whether it is a data source.
    """

    address: str
    type: str
    name: str
    module: str = ""
    index: str | int | None = None
    values: Mapping[str, Any] = field(factory=dict)
    unknown: Mapping[str, Any] = field(factory=dict)
    sensitive: Mapping[str, Any] = field(factory=dict)
    is_data: bool = False


@frozen(kw_only=True)
class TerraformPlan:
    """A plan.

    Attributes:
        file: the path that messages show.
        resources: what will exist, by address; data sources included.
        configuration: the root module of the configuration.
        providers: the configuration of providers, by key.
        is_complete: whether Terraform planned everything.
    """

    file: str
    resources: Mapping[str, PlannedResource]
    configuration: Mapping[str, Any] = field(factory=dict)
    providers: Mapping[str, Any] = field(factory=dict)
    is_complete: bool = True


def read_plan(content: bytes, file: str) -> TerraformPlan:
    """The plan of a file.

    Raises:
        InputError: it is no JSON, or no plan.
    """
    document = _parsed(content, file)
    version = document.get("format_version")
    planned = document.get("planned_values", document.get("values"))
    if not isinstance(version, str) or not isinstance(planned, dict):
        message = "is not a plan in JSON; terraform show -json PLANFILE writes one"
        raise InputError(Problem(message, file=file))
    if not _VERSION.fullmatch(version):
        message = f"has the plan format {version}; formats 1.0 to 1.2 are read"
        raise InputError(Problem(message, file=file))
    changes = dict(_changes(document))
    prior = document.get("prior_state")
    prior_values = prior.get("values") if isinstance(prior, dict) else None
    resources = {
        **{
            resource.address: resource
            for resource in _resources(_root(prior_values), {})
            if resource.is_data
        },
        **{resource.address: resource for resource in _deferred(document)},
        **{resource.address: resource for resource in _resources(_root(planned), changes)},
    }
    configuration = document.get("configuration")
    configuration = configuration if isinstance(configuration, dict) else {}
    return TerraformPlan(
        file=file,
        resources=resources,
        configuration=_object(configuration.get("root_module")),
        providers=_object(configuration.get("provider_config")),
        is_complete=not document.get("errored") and document.get("complete", True) is not False,
    )


def _parsed(content: bytes, file: str) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(Problem("is not UTF-8", file=file)) from None
    except json.JSONDecodeError as error:
        message = f"column {error.colno}: is not JSON: {error.msg}"
        raise InputError(Problem(message, file=file, line=error.lineno)) from None
    except RecursionError:
        raise InputError(Problem("is nested too deeply", file=file)) from None
    if not isinstance(document, dict):
        raise InputError(Problem("is not a plan in JSON", file=file))
    return document


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _root(values: object) -> Mapping[str, Any]:
    return _object(_object(values).get("root_module"))


def _changes(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for change in _list(document.get("resource_changes")):
        if isinstance(change, dict) and isinstance(change.get("address"), str):
            yield change["address"], _object(change.get("change"))


def _resources(
    module: Mapping[str, Any], changes: Mapping[str, Mapping[str, Any]]
) -> Iterator[PlannedResource]:
    """The resources of a module and of the modules in it; iterative, modules may nest deeply."""
    pending = [module]
    while pending:
        current = pending.pop()
        address = str(current.get("address") or "")
        for entry in _list(current.get("resources")):
            if isinstance(entry, dict) and isinstance(entry.get("address"), str):
                change = changes.get(entry["address"], {})
                yield PlannedResource(
                    address=entry["address"],
                    type=str(entry.get("type", "")),
                    name=str(entry.get("name", "")),
                    module=address,
                    index=entry.get("index"),
                    values=_object(entry.get("values")),
                    unknown=_object(change.get("after_unknown")),
                    sensitive=_object(entry.get("sensitive_values")),
                    is_data=entry.get("mode") == "data",
                )
        pending += [child for child in _list(current.get("child_modules")) if _object(child)]


def _deferred(document: Mapping[str, Any]) -> Iterator[PlannedResource]:
    """The data sources that are read during apply: they are changes only."""
    for change in _list(document.get("resource_changes")):
        if not isinstance(change, dict) or change.get("mode") != "data":
            continue
        details = _object(change.get("change"))
        yield PlannedResource(
            address=str(change.get("address", "")),
            type=str(change.get("type", "")),
            name=str(change.get("name", "")),
            module=str(change.get("module_address") or ""),
            index=change.get("index"),
            values=_object(details.get("after")),
            unknown=_object(details.get("after_unknown")),
            sensitive=_object(details.get("after_sensitive")),
            is_data=True,
        )
