"""For each control, a state of an account in which it passes, and one in which it fails.

The pages of the controls print what the terminal shows of them, and the records as code for tests.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from inspect import getsource

from cloudpack_baseline import Outcome
from cloudpack_baseline.whitepaper import controls
from control_examples.example import Denial, Example

__all__ = ["Denial", "Example", "example_code", "examples"]

_LINE = 88


@cache
def examples() -> Mapping[str, Example]:
    """The example of each control, in the order of the catalogue."""
    themes = dict.fromkeys(control.theme for control in controls().values())
    modules = (import_module(f"{__name__}.{theme}") for theme in themes)
    by_id = {example.control: example for module in modules for example in module.EXAMPLES}
    return {id_: by_id[id_] for id_ in controls() if id_ in by_id}


def example_code(control_id: str, outcome: Outcome) -> str:
    """A test that the control passes or fails in the state, as Python.

    The records stand there as in the module of the theme.
    """
    example = examples()[control_id]
    assertion = "must_fail" if outcome is Outcome.FAIL else "must_pass"
    state = "failing" if outcome is Outcome.FAIL else "passing"
    arguments = [f'"{control_id}"', *_records(control_id, "common"), *_records(control_id, state)]
    if example.baseline_of(outcome):
        arguments.append('baseline=Baseline.load("cloudpack-baseline.toml")')
    if len(arguments) == 1:
        arguments.append("snapshot()")
    lines = [textwrap.indent(f"{argument},", "    ") for argument in arguments]
    call = "\n".join([f"{assertion}(", *lines, ")"])
    return f"{_imports(control_id, call)}\n\n{call}"


def _records(control_id: str, state: str) -> Iterator[str]:
    """The records of a state, as they stand in the module."""
    lines, tree = _module(control_id)
    for keyword in _call(tree, control_id).keywords:
        if keyword.arg == state and isinstance(keyword.value, ast.Tuple):
            for element in keyword.value.elts:
                yield _segment(lines, element)


def _imports(control_id: str, call: str) -> str:
    """The imports of the names in the call."""
    names = {node.id for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Name)}
    _, tree = _module(control_id)
    homes = {
        "cloudpack_baseline": {"Baseline"},
        "cloudpack_baseline.testing": {"must_pass", "must_fail"},
        "cloudpack_baseline.testing.records": {"snapshot"},
    }
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            homes.setdefault(node.module, set()).update(alias.name for alias in node.names)
    used = {home: sorted(known & names) for home, known in homes.items() if known & names}
    ordered = sorted(used, key=lambda home: (home not in sys.stdlib_module_names, home))
    lines = [_import(home, used[home]) for home in ordered]
    if ordered[0] in sys.stdlib_module_names:
        lines.insert(1, "")
    return "\n".join(lines)


def _import(home: str, names: list[str]) -> str:
    line = f"from {home} import {', '.join(names)}"
    if len(line) <= _LINE:
        return line
    rows = "".join(f"    {name},\n" for name in names)
    return f"from {home} import (\n{rows})"


def _segment(lines: tuple[str, ...], node: ast.expr) -> str:
    """The source of the node, not indented; `ast.get_source_segment` splits the file each time."""
    lines_of_node = list(lines[node.lineno - 1 : node.end_lineno])
    lines_of_node[-1] = lines_of_node[-1][: node.end_col_offset]
    lines_of_node[0] = " " * node.col_offset + lines_of_node[0][node.col_offset :]
    return textwrap.dedent("\n".join(lines_of_node))


def _module(control_id: str) -> tuple[tuple[str, ...], ast.Module]:
    return _parsed(controls()[control_id].theme)


@cache
def _parsed(theme: str) -> tuple[tuple[str, ...], ast.Module]:
    source = getsource(import_module(f"{__name__}.{theme}"))
    return tuple(source.splitlines()), ast.parse(source)


def _call(tree: ast.Module, control_id: str) -> ast.Call:
    """Where the example of the control is made."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value == control_id
            and ast.unparse(node.func) == "Example"
        ):
            return node
    raise KeyError(control_id)
