"""A plan in JSON (``terraform show -json``): what will exist once it is applied.

Source: Terraform documentation, "JSON Output Format", formats 1.0 to 1.2. The output of OpenTofu
has the same form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import field

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen

__all__ = ["PlannedResource", "TerraformPlan", "list_of", "object_of", "read_plan"]

_ARCHIVE = b"PK\x03\x04"
"""What a plan file begins with: it is a ZIP archive."""

_VERSION = re.compile(r"(0\.[12]|1\.\d+)")
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
"""A string, which may contain any bracket, or a bracket."""
_LONG_NUMBER = re.compile(r"(?<![\d\"])\d{4301,}")
"""More digits than Python converts (`sys.int_info.default_max_str_digits`)."""
_MOST_RESOURCES = 25_000
"""Of one plan, data sources included. Judging more would take minutes."""

_DEEPEST = 200
"""Levels of nesting that are named as too deep; Python's JSON reads about a thousand."""


@frozen(kw_only=True, eq=False)
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
        is_elsewhere: whether it is not in the plan, which refers to it.
        is_known: whether the plan says anything of its attributes.
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
    is_elsewhere: bool = False
    is_known: bool = True


@frozen(kw_only=True)
class TerraformPlan:
    """A plan.

    Attributes:
        file: the path that messages show.
        resources: what will exist, by address; data sources included.
        configuration: the root module of the configuration.
        providers: the configuration of providers, by key.
        variables: the values of the variables of the root module; ``None``: they are sensitive.
        is_complete: whether Terraform planned everything.
    """

    file: str
    resources: Mapping[str, PlannedResource]
    configuration: Mapping[str, Any] = field(factory=dict)
    providers: Mapping[str, Any] = field(factory=dict)
    variables: Mapping[str, Any] = field(factory=dict)
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
        if "encrypted_data" in document:
            message = (
                "is encrypted by OpenTofu; tofu show -json PLANFILE writes it as JSON, where the "
                "encryption is configured"
            )
        raise InputError(Problem(message, file=file))
    if not _VERSION.fullmatch(version):
        message = f"has the plan format {version}; formats 1.0 to 1.2 are read"
        raise InputError(Problem(message, file=file))
    try:
        return _plan(document, planned, file)
    except TypeError as error:
        raise InputError(Problem(str(error), file=file)) from None


def _plan(document: Mapping[str, Any], planned: Mapping[str, Any], file: str) -> TerraformPlan:
    """The plan.

    Raises:
        TypeError: a part has another type than the format says.
        InputError: it has too many resources.
    """
    changes = [
        _object_in(entry, "resource_changes[]") for entry in _list_in(document, "resource_changes")
    ]
    known = dict(_changes(changes))
    configuration = _object_in(document.get("configuration"), "configuration")
    prior = _object_in(document.get("prior_state"), "prior_state")
    resources = [
        *(resource for resource in _resources(_root(prior.get("values")), {}) if resource.is_data),
        *_deferred(changes),
        *_resources(_root(planned), known),
    ]
    if len(resources) > _MOST_RESOURCES:
        message = f"has {len(resources):,} resources; at most {_MOST_RESOURCES:,} are read"
        raise InputError(Problem(message, file=file))
    addresses = {resource.address for resource in resources}
    is_complete = (
        not document.get("errored")
        and document.get("complete", True) is not False
        and not document.get("deferred_changes")
        and addresses.issuperset(_existing(changes))
    )
    return TerraformPlan(
        file=file,
        resources={resource.address: resource for resource in resources if resource.is_known},
        configuration=object_of(configuration.get("root_module")),
        providers=object_of(configuration.get("provider_config")),
        variables=_variables(document, configuration),
        is_complete=is_complete and all(resource.is_known for resource in resources),
    )


def _parsed(content: bytes, file: str) -> dict[str, Any]:
    if content.startswith(_ARCHIVE):
        message = "is a plan file, which is not JSON; terraform show -json PLANFILE writes it so"
        raise InputError(Problem(message, file=file))
    try:
        # PowerShell writes what it redirects as UTF-16.
        document = json.loads(content)
    except UnicodeDecodeError:
        raise InputError(Problem("is neither UTF-8 nor UTF-16", file=file)) from None
    except json.JSONDecodeError as error:
        raise InputError(_at(error.doc, error.pos, f"is not JSON: {error.msg}", file)) from None
    except RecursionError:
        raise InputError(_first(content, _too_deep, "is nested too deeply", file)) from None
    except ValueError:
        raise InputError(
            _first(content, _too_long, "has a number that is too long", file)
        ) from None
    if not isinstance(document, dict):
        raise InputError(Problem("is not a plan in JSON", file=file))
    return document


def _at(text: str, offset: int, message: str, file: str) -> Problem:
    """The problem at a place of the text."""
    column = offset - text.rfind("\n", 0, offset)
    line = text.count("\n", 0, offset) + 1
    return Problem(f"column {column}: {message}", file=file, line=line)


def _first(content: bytes, find: Callable[[str], int | None], message: str, file: str) -> Problem:
    """The problem at the first place that is found."""
    text = content.decode(json.detect_encoding(content), "replace")
    offset = find(text)
    return Problem(message, file=file) if offset is None else _at(text, offset, message, file)


def _too_deep(text: str) -> int | None:
    """Where the text is nested deeper than any plan; what is deeper is not read."""
    depth = 0
    for match in _BRACKET.finditer(text):
        if match[0] in "{[":
            depth += 1
            if depth > _DEEPEST:
                return match.start()
        elif match[0] in "}]":
            depth -= 1
    return None


def _too_long(text: str) -> int | None:
    match = _LONG_NUMBER.search(text)
    return None if match is None else match.start()


def object_of(value: object) -> Mapping[str, Any]:
    """The object; of anything else, an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """The list; of anything else, an empty one."""
    return value if isinstance(value, list) else []


def _object_in(value: object, name: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, dict):
        raise TypeError(f"{name}: is not an object")
    return value or {}


def _list_in(parent: Mapping[str, Any], name: str) -> list[Any]:
    value = parent.get(name)
    if value is not None and not isinstance(value, list):
        raise TypeError(f"{name}: is not a list")
    return value or []


def _text_in(parent: Mapping[str, Any], name: str) -> str:
    value = parent.get(name)
    if not isinstance(value, str):
        raise TypeError(f"{name} of a resource: is not a string")
    return value


def _root(values: object) -> Mapping[str, Any]:
    return _object_in(_object_in(values, "values").get("root_module"), "root_module")


def _variables(document: Mapping[str, Any], configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    declared = object_of(object_of(configuration.get("root_module")).get("variables"))
    variables = object_of(document.get("variables"))
    return {
        **{name: object_of(variable).get("default") for name, variable in declared.items()},
        **{name: object_of(variable).get("value") for name, variable in variables.items()},
        **{name: None for name, variable in declared.items() if _is_secret(variable)},
    }


def _is_secret(variable: object) -> bool:
    return object_of(variable).get("sensitive") is True or (
        object_of(variable).get("ephemeral") is True
    )


def _changes(
    changes: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The changes by address."""
    for change in changes:
        # A deposed object has the address of the one that replaced it.
        if "deposed" not in change:
            address = _text_in(change, "address")
            details = _object_in(change.get("change"), f"change of {address}")
            if not isinstance(details.get("after_unknown"), bool):
                _object_in(details.get("after_unknown"), f"after_unknown of {address}")
            yield address, details


def _existing(changes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The addresses of the managed resources that will exist."""
    for change in changes:
        actions = object_of(change.get("change")).get("actions")
        is_kept = not isinstance(actions, list) or not _GONE.issuperset(map(str, actions))
        if change.get("mode", "managed") == "managed" and "deposed" not in change and is_kept:
            yield _text_in(change, "address")


_GONE = frozenset(("delete", "forget"))


class _Redacted:
    """Stands for a value that is sensitive, so that nothing can show it."""

    def __repr__(self) -> str:
        return "(sensitive)"


_REDACTED: Final = _Redacted()


def _redacted(values: Mapping[str, Any], sensitive: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: _REDACTED if sensitive.get(name) is True and value is not None else value
        for name, value in values.items()
    }


def _sensitive(values: Mapping[str, Any], *marks: object) -> Mapping[str, Any]:
    """The attributes that are sensitive; all of them, if the resource as a whole is."""
    if any(mark is True for mark in marks):
        return dict.fromkeys(values, True)
    return {name: mark for entry in marks for name, mark in object_of(entry).items() if mark}


def _resources(
    module: Mapping[str, Any], changes: Mapping[str, Mapping[str, Any]]
) -> Iterator[PlannedResource]:
    """The resources of a module and of the modules in it; iterative, modules may nest deeply."""
    pending = [module]
    while pending:
        current = pending.pop()
        module_address = str(current.get("address") or "")
        for entry in _list_in(current, "resources"):
            resource = _object_in(entry, "resources[]")
            if resource.get("mode", "managed") not in ("managed", "data"):
                continue  # an ephemeral resource, which nothing is left of
            address = _text_in(resource, "address")
            values = _object_in(resource.get("values"), f"values of {address}")
            change = changes.get(address, {})
            unknown = change.get("after_unknown")
            # Format 1.0 has only the former.
            marks = (change.get("after_sensitive"), resource.get("sensitive_values"))
            sensitive = _sensitive(values, *marks)
            yield PlannedResource(
                address=address,
                type=_text_in(resource, "type"),
                name=_text_in(resource, "name"),
                module=module_address,
                index=_index_in(resource),
                values=_redacted(values, sensitive),
                unknown=object_of(unknown),
                sensitive=sensitive,
                is_data=resource.get("mode") == "data",
                is_known=unknown is not True and bool(values or unknown),
            )
        children = _list_in(current, "child_modules")
        pending += [_object_in(child, "child_modules[]") for child in children]


def _index_in(resource: Mapping[str, Any]) -> str | int | None:
    index = resource.get("index")
    return index if isinstance(index, str | int) else None


def _deferred(changes: Iterable[Mapping[str, Any]]) -> Iterator[PlannedResource]:
    """The data sources that are read during apply: they are changes only."""
    for change in changes:
        if change.get("mode") != "data":
            continue
        address = _text_in(change, "address")
        details = _object_in(change.get("change"), f"change of {address}")
        values = object_of(details.get("after"))
        sensitive = _sensitive(values, details.get("after_sensitive"))
        yield PlannedResource(
            address=address,
            type=_text_in(change, "type"),
            name=_text_in(change, "name"),
            module=str(change.get("module_address") or ""),
            index=_index_in(change),
            values=_redacted(values, sensitive),
            unknown=object_of(details.get("after_unknown")),
            sensitive=sensitive,
            is_data=True,
        )
