"""Which resource an attribute refers to, by the expressions of the configuration.

The plan lists for each attribute the objects that its expression mentions, but not the expression.
A reference is followed only for attributes that name another resource. Local values are not in a
plan: what refers to one stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.terraform.plan import (
    PlannedResource,
    TerraformPlan,
    list_of,
    object_of,
)

__all__ = ["PlanReferences", "ResourceReference", "mentions"]

_STEP = re.compile(r"module\.[\w-]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]]*)\])?")
_INDEX = re.compile(r"\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]]*)\]")
_RESOURCE = re.compile(
    r"(?P<data>data\.)?(?P<type>[a-z][a-z0-9]*_[a-z0-9_]+)\.(?P<name>[\w-]+)"
    r"(?P<index>\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]]+)\])?(?:\.(?P<attribute>.+))?"
)
_OUTPUT = re.compile(
    r"module\.(?P<call>[\w-]+)(?P<index>\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]]+)\])?"
    r"\.(?P<output>[\w-]+)(?P<rest>.*)"
)
_REPEATED = ("count.index", "each.key", "each.value")
_Visited: TypeAlias = set[tuple[str, str, str | int | None]]
"""Names by module and index: each is followed once, so that circles end and diamonds stay small."""


@frozen
class ResourceReference:
    """An attribute of a resource that an expression mentions.

    Attributes:
        resource: the resource.
        attribute: the attribute; empty: the expression mentions the resource as a whole.
    """

    resource: PlannedResource
    attribute: str


@frozen
class _Scope:
    """Where an expression is written.

    Attributes:
        module: the address of the module.
        index: of the resource or module call that the expression belongs to.
        for_each: the expression of its ``for_each``.
    """

    module: str
    index: str | int | None = None
    for_each: Any = None


class PlanReferences:
    """The references between the resources of a plan."""

    def __init__(self, plan: TerraformPlan) -> None:
        self._plan = plan
        self._instances: dict[tuple[str, str], list[PlannedResource]] = {}
        self._calls: dict[str, list[str]] = {}
        """The addresses of the instances of a module, by its address without indexes."""
        for resource in plan.resources.values():
            base = _base(resource.type, resource.name, is_data=resource.is_data)
            self._instances.setdefault((resource.module, base), []).append(resource)
        for address in dict.fromkeys(resource.module for resource in plan.resources.values()):
            self._add_module(address)
        self._elsewhere: dict[tuple[str, str], PlannedResource] = {}
        self._configured: dict[str, Mapping[str, Mapping[str, Any]]] = {}
        self._modules: dict[str, Mapping[str, Any]] = {}

    def _add_module(self, address: str) -> None:
        steps = _steps(address)
        for count in range(1, len(steps) + 1):
            prefix = ".".join(steps[:count])
            known = self._calls.setdefault(_INDEX.sub("", prefix), [])
            if prefix not in known:
                known.append(prefix)

    def configured(self, resource: PlannedResource) -> Mapping[str, Any]:
        """The resource in the configuration; empty: it is not there."""
        base = _base(resource.type, resource.name, is_data=resource.is_data)
        return self._configured_in(resource.module).get(base, {})

    def _configured_in(self, module: str) -> Mapping[str, Mapping[str, Any]]:
        """The resources of a module in the configuration."""
        entries = self._configured.get(module)
        if entries is None:
            path = _INDEX.sub("", module)
            entries = self._configured[module] = {
                _base(entry.get("type"), entry.get("name"), is_data=entry.get("mode") == "data"): (
                    entry
                )
                for entry in map(object_of, list_of(self._module(path).get("resources")))
            }
        return entries

    def of(self, resource: PlannedResource, expression: object) -> tuple[ResourceReference, ...]:
        """What the expression of the resource refers to, in its order."""
        names = object_of(expression).get("references")
        if not names:
            return ()
        for_each = self.configured(resource).get("for_each_expression")
        scope = _Scope(resource.module, resource.index, for_each)
        return tuple(dict.fromkeys(self._followed(expression, scope, set())))

    def _module(self, address: str) -> Mapping[str, Any]:
        """The module of the configuration; indexes of the address are ignored."""
        path = _INDEX.sub("", address)
        module = self._modules.get(path)
        if module is None:
            module = self._plan.configuration
            for step in _steps(path):
                calls = object_of(module.get("module_calls"))
                module = object_of(object_of(calls.get(step.removeprefix("module."))).get("module"))
            self._modules[path] = module
        return module

    def _followed(
        self, expression: object, scope: _Scope, visited: _Visited
    ) -> Iterator[ResourceReference]:
        names = list_of(object_of(expression).get("references"))
        # The index of an expression is not in a plan, only that there is one.
        repeated = any(str(name).startswith(_REPEATED) for name in names)
        inner = scope if repeated else evolve(scope, index=None)
        for name in _longest(names):
            key = (scope.module, name, inner.index)
            if key not in visited:
                visited.add(key)
                yield from self._named(name, inner, visited)

    def _named(self, name: str, scope: _Scope, visited: _Visited) -> Iterator[ResourceReference]:
        kind, _, path = name.partition(".")
        if kind == "var":
            variable, _, attribute = path.partition(".")
            expression, outer = self._argument(variable, scope)
            yield from _below(self._followed(expression, outer, visited), attribute)
        elif name.startswith("each.value"):
            attribute = name.removeprefix("each.value").removeprefix(".")
            references = self._followed_each(scope, visited)
            yield from _below(references, attribute)
        elif kind == "module":
            yield from self._output(name, scope, visited)
        else:
            yield from self._resource(name, scope)

    def _followed_each(self, scope: _Scope, visited: _Visited) -> Iterator[ResourceReference]:
        """What the value of a ``for_each`` refers to: with the same key where it has keys."""
        for reference in self._followed(scope.for_each, evolve(scope, for_each=None), visited):
            if scope.index is None or reference.resource.index in (None, scope.index):
                yield reference

    def _argument(self, variable: str, scope: _Scope) -> tuple[object, _Scope]:
        """The argument of a variable of the module, and where that is written."""
        steps = _steps(scope.module)
        if not steps:
            return None, scope
        parent = ".".join(steps[:-1])
        name = _INDEX.sub("", steps[-1]).removeprefix("module.")
        call = object_of(object_of(self._module(parent).get("module_calls")).get(name))
        expression = object_of(call.get("expressions")).get(variable)
        return expression, _Scope(parent, _index_of(steps[-1]), call.get("for_each_expression"))

    def _output(self, name: str, scope: _Scope, visited: _Visited) -> Iterator[ResourceReference]:
        match = _OUTPUT.fullmatch(name)
        if match is None:
            return
        prefix = f"{scope.module}." if scope.module else ""
        base = f"{prefix}module.{match['call']}"
        outputs = object_of(self._module(base).get("outputs"))
        expression = object_of(outputs.get(match["output"])).get("expression")
        index = _key(match["index"]) if match["index"] else scope.index
        addresses = [
            address
            for address in self._calls.get(_INDEX.sub("", base), [])
            if address.startswith(base)
        ]
        matching = [address for address in addresses if _index_of(_steps(address)[-1]) == index]
        if match["index"] or (index is not None and matching):
            addresses = matching
        references = [
            reference
            for address in addresses
            for reference in self._followed(expression, _Scope(address), visited)
        ]
        remainder = match["rest"]
        selected = _INDEX.match(remainder)
        if selected is not None:
            references = _selected(references, _key(selected.group()))
            remainder = remainder[selected.end() :]
        elif not matching and isinstance(scope.index, int) and references:
            references = _selected(references, scope.index % len(references))
        yield from _below(references, remainder.removeprefix("."))

    def _resource(self, name: str, scope: _Scope) -> Iterator[ResourceReference]:
        match = _RESOURCE.fullmatch(name)
        if match is None:
            return
        base = f"{match['data'] or ''}{match['type']}.{match['name']}"
        instances = self._instances.get((scope.module, base), [])
        if match["index"]:
            key = _key(match["index"])
            instances = [instance for instance in instances if instance.index == key]
        elif len(instances) > 1 and scope.index is not None:
            matching = [instance for instance in instances if instance.index == scope.index]
            if not matching and isinstance(scope.index, int):
                # element() starts again where the list ends.
                matching = [instances[scope.index % len(instances)]]
            instances = matching or instances
        for instance in instances:
            yield ResourceReference(instance, match["attribute"] or "")
        if not instances and base not in self._configured_in(scope.module):
            # Nothing of the plan: a part of a configuration refers to what is elsewhere.
            elsewhere = self._elsewhere.setdefault(
                (scope.module, base),
                PlannedResource(
                    address=base,
                    type=match["type"],
                    name=match["name"],
                    module=scope.module,
                    is_data=bool(match["data"]),
                    is_elsewhere=True,
                ),
            )
            yield ResourceReference(elsewhere, match["attribute"] or "")


def _selected(
    references: list[ResourceReference], key: str | int | None
) -> list[ResourceReference]:
    """The reference at a place of a list, or with a key."""
    if isinstance(key, int) and key < len(references):
        return [references[key]]
    return [reference for reference in references if reference.resource.index == key]


def _below(references: Iterable[ResourceReference], attribute: str) -> Iterator[ResourceReference]:
    """The references with an attribute of what they mention as a whole."""
    references = list(references)
    if not attribute:
        yield from references
        return
    last = attribute.rpartition(".")[2]
    exact = [reference for reference in references if reference.attribute == last]
    for reference in exact or references:
        yield reference if reference.attribute else evolve(reference, attribute=attribute)


def _base(type_: object, name: object, *, is_data: bool) -> str:
    return f"{'data.' if is_data else ''}{type_}.{name}"


def _longest(names: Iterable[object]) -> list[str]:
    """The names without those that are the beginning of the one before: parts of it."""
    result: list[str] = []
    for name in names:
        if isinstance(name, str) and not (result and _begins(result[-1], name)):
            result.append(name)
    return result


def mentions(expression: object) -> int:
    """How many objects the expression mentions, each as often as it does.

    Terraform lists the beginnings of a reference after it, and removes no duplicates.
    """
    count, last = 0, ""
    for name in map(str, list_of(object_of(expression).get("references"))):
        if name == last or not (name.startswith(_REPEATED) or _begins(last, name)):
            count, last = count + 1, name
    return count


def _begins(name: str, beginning: str) -> bool:
    following = name[len(beginning) : len(beginning) + 1]
    return name.startswith(beginning) and following in (".", "[", "")


def _steps(address: str) -> list[str]:
    """``module.a["x"].module.b`` as its modules."""
    return _STEP.findall(address)


def _index_of(step: str) -> str | int | None:
    match = _INDEX.search(step)
    return None if match is None else _key(match.group())


def _key(index: str) -> str | int | None:
    """The key of ``[0]`` or ``["a"]``."""
    text = index[1:-1]
    return int(text) if text.isascii() and text.isdigit() else text.strip('"')
