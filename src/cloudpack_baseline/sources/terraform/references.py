"""Which resource an attribute refers to, by the expressions of the configuration.

The plan tells for each attribute the objects that its expression mentions, but not the expression.
A reference is followed only for attributes that name another resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from cloudpack_baseline.sources.terraform.plan import PlannedResource, TerraformPlan

__all__ = ["PlanReferences", "ResourceReference"]

_INDEX = re.compile(r"\[[^\]]*\]")
_RESOURCE = re.compile(
    r"(?P<data>data\.)?(?P<type>[a-z][a-z0-9]*_[a-z0-9_]+)\.(?P<name>[\w-]+)"
    r"(?P<index>\[[^\]]+\])?(?:\.(?P<attribute>.+))?"
)
_DEEPEST = 20


@frozen
class ResourceReference:
    """An attribute of a resource that an expression mentions.

    Attributes:
        resource: the resource.
        attribute: the attribute; empty: the expression mentions the resource as a whole.
    """

    resource: PlannedResource
    attribute: str


class PlanReferences:
    """The references between the resources of a plan."""

    def __init__(self, plan: TerraformPlan) -> None:
        self._plan = plan
        self._instances: dict[tuple[str, str], list[PlannedResource]] = {}
        for resource in plan.resources.values():
            key = (resource.module, _base(resource))
            self._instances.setdefault(key, []).append(resource)

    def expression(self, resource: PlannedResource, path: Iterable[str | int]) -> Any:  # noqa: ANN401 - JSON
        """The expression of an attribute in the configuration; ``None``: there is none."""
        configured = self.configured(resource)
        value: Any = configured.get("expressions")
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def configured(self, resource: PlannedResource) -> Mapping[str, Any]:
        """The resource in the configuration; empty: it is not there."""
        module = self._module(resource.module)
        for entry in module.get("resources", ()):
            same = entry.get("type") == resource.type and entry.get("name") == resource.name
            if same and (entry.get("mode") == "data") == resource.is_data:
                configured: Mapping[str, Any] = entry
                return configured
        return {}

    def of(
        self, resource: PlannedResource, path: Iterable[str | int]
    ) -> tuple[ResourceReference, ...]:
        """What the attribute refers to, in the order of the expression."""
        expression = self.expression(resource, path)
        return tuple(self._followed(expression, resource.module, resource.index, 0))

    def _module(self, address: str) -> Mapping[str, Any]:
        module: Mapping[str, Any] = self._plan.configuration
        for name in _modules(address):
            call = module.get("module_calls", {}).get(name, {})
            module = call.get("module", {})
        return module

    def _followed(
        self,
        expression: Any,  # noqa: ANN401 - JSON
        module: str,
        index: str | int | None,
        depth: int,
    ) -> Iterator[ResourceReference]:
        if depth > _DEEPEST:
            return
        if isinstance(expression, list):
            for item in expression:
                yield from self._followed(item, module, index, depth + 1)
            return
        names = expression.get("references") if isinstance(expression, dict) else None
        for name in _longest(names if isinstance(names, list) else []):
            yield from self._named(name, module, index, depth)

    def _named(
        self, name: str, module: str, index: str | int | None, depth: int
    ) -> Iterator[ResourceReference]:
        kind, _, rest = name.partition(".")
        if kind == "var":
            parent, call = self._call(module)
            expressions = call.get("expressions", {}) if call else {}
            yield from self._followed(
                expressions.get(rest.partition(".")[0]), parent, _own_index(module), depth + 1
            )
        elif kind == "module":
            yield from self._output(rest, module, depth)
        else:
            yield from self._resource(name, module, index)

    def _call(self, module: str) -> tuple[str, Mapping[str, Any]]:
        """The module that calls the module, and the call."""
        steps = _steps(module)
        parent = ".".join(steps[:-1])
        calls = self._module(parent).get("module_calls", {})
        return parent, calls.get(_modules(module)[-1], {}) if steps else {}

    def _output(self, name: str, module: str, depth: int) -> Iterator[ResourceReference]:
        call, _, output = name.partition(".")
        base = _INDEX.sub("", call)
        inner = self._module(module).get("module_calls", {}).get(base, {}).get("module", {})
        expression = inner.get("outputs", {}).get(output.partition(".")[0], {}).get("expression")
        prefix = f"{module}.module." if module else "module."
        addresses = {
            resource.module
            for resource in self._plan.resources.values()
            if _INDEX.sub("", resource.module) == _INDEX.sub("", prefix + base)
        }
        exact = prefix + call
        for address in [exact] if exact in addresses else sorted(addresses):
            yield from self._followed(expression, address, None, depth + 1)

    def _resource(
        self, name: str, module: str, index: str | int | None
    ) -> Iterator[ResourceReference]:
        match = _RESOURCE.fullmatch(name)
        if match is None:
            return
        base = f"{match['data'] or ''}{match['type']}.{match['name']}"
        instances = self._instances.get((module, base), [])
        attribute = match["attribute"] or ""
        if match["index"]:
            wanted = match["index"][1:-1].strip('"')
            instances = [item for item in instances if str(item.index) == wanted]
        elif len(instances) > 1 and any(item.index == index for item in instances):
            # each.key and count.index are told as mentions only: the same index is meant.
            instances = [item for item in instances if item.index == index]
        for instance in instances:
            yield ResourceReference(instance, attribute)


def _base(resource: PlannedResource) -> str:
    return f"{'data.' if resource.is_data else ''}{resource.type}.{resource.name}"


def _longest(names: Iterable[object]) -> list[str]:
    """The names without those that are the beginning of the one before: parts of it."""
    result: list[str] = []
    for name in names:
        if isinstance(name, str) and not (result and _begins(result[-1], name)):
            result.append(name)
    return result


def _begins(name: str, beginning: str) -> bool:
    return name.startswith(beginning) and name[len(beginning) : len(beginning) + 1] in (
        ".",
        "[",
        "",
    )


def _steps(address: str) -> list[str]:
    """``module.a["x"].module.b`` as its modules."""
    return re.findall(r"module\.[\w-]+(?:\[[^\]]*\])?", address)


def _modules(address: str) -> list[str]:
    return [_INDEX.sub("", step).removeprefix("module.") for step in _steps(address)]


def _own_index(module: str) -> str | int | None:
    match = _INDEX.search(_steps(module)[-1]) if module else None
    if match is None:
        return None
    text = match.group()[1:-1]
    return int(text) if text.isdigit() else text.strip('"')
