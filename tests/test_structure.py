"""The shape of the code base, read from its syntax."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import cloudpack_baseline
from processes import run_python

TESTS = Path(__file__).parent
SOURCE = Path(cloudpack_baseline.__file__).parent
PACKAGE = "cloudpack_baseline"

RANKS = (
    {"immutable", "tables"},
    {"_version", "texts"},
    {"errors", "model"},
    {"whitepaper", "witnesses"},
    {"access", "documentation", "progress", "reachability"},
    {"baseline", "commands", "findings", "sources"},
    {"checks"},
    {"authoring", "naming", "network_parts", "scenarios", "scope", "unread_templates", "waivers"},
    {"attestations", "judging"},
    {"named_files"},
    {"assessment"},
    {"api", "periods", "reports"},
    {"testing"},
    {"_cli", "_pytest"},
    {"cfn_lint_rules", "cli", "pytest_plugin"},
    {"__init__", "__main__"},
)
"""Rooms from the ground upwards: each imports only from rooms below it."""

UPWARDS = {("assessment", "reports")}
"""Imports that a function makes to show what it holds; they must not become more."""

CIRCLES: set[tuple[str, ...]] = set()
"""Circles of imports; they must not become more."""


def trees(folder):
    """Each module of the folder: (path below it, syntax tree)."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder), ast.parse(path.read_text("utf-8"))


def module_name(path):
    """The dotted name below the package; of an ``__init__`` that of its folder."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "__init__"


NAMES = {module_name(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py")}


@pytest.fixture(scope="module")
def modules():
    """The syntax tree of each module by its name, for as long as the tests of this file run."""
    return {module_name(path): tree for path, tree in trees(SOURCE)}


@pytest.fixture(scope="module")
def imports(modules):
    """The names that each module imports."""
    return {name: set(imports_of(tree)) - {name} for name, tree in modules.items()}


def imports_of(tree):
    """The dotted names below the package that the module imports, modules where there are any."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == PACKAGE:
            prefix = node.module.removeprefix(PACKAGE).lstrip(".")
            for alias in node.names:
                name = f"{prefix}.{alias.name}".lstrip(".")
                yield name if name in NAMES else prefix or "__init__"


def circles(graph):
    """The groups of modules that import one another, each sorted."""
    reached = {}
    for start in graph:
        seen, frontier = set(), [start]
        while frontier:
            for name in graph.get(frontier.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    frontier.append(name)
        reached[start] = seen
    return {
        tuple(sorted(other for other in reached[name] if name in reached.get(other, ())))
        for name in graph
        if name in reached[name]
    }


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == {("a", "b", "c")}
    assert circles({"a": {"b"}, "b": set()}) == set()


def test_no_modules_import_one_another_in_a_circle(imports):
    assert circles(imports) <= CIRCLES


def test_rooms_import_one_way(imports):
    rank = {room: number for number, rooms in enumerate(RANKS) for room in rooms}
    rooms = {name.partition(".")[0] for name in NAMES}
    assert rooms - set(rank) == set(), "a new room: give it its rank"
    wrong = {
        (room, other)
        for name, imported in imports.items()
        for room in [name.partition(".")[0]]
        for other in {target.partition(".")[0] for target in imported} - {room}
        if rank[other] >= rank[room]
    }
    assert wrong <= UPWARDS


@pytest.mark.parametrize("room", ["access", "reachability"])
def test_an_engine_knows_no_client_no_runner_and_no_paper(modules, room):
    foreign = {"boto3", "botocore", "moto", "pytest", f"{PACKAGE}.whitepaper", f"{PACKAGE}.checks"}
    for name, tree in modules.items():
        if name.partition(".")[0] == room:
            roots = {
                alias.name.partition(".")[0]
                for node in ast.walk(tree)
                if isinstance(node, ast.Import)
                for alias in node.names
            }
            modules = {
                node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
            }
            assert (
                not (roots | modules | {module.partition(".")[0] for module in modules}) & foreign
            )


def test_no_private_module_is_imported_from_another_package(imports):
    wrong = []
    for name, imported in imports.items():
        for target in imported:
            parts = target.split(".")
            for depth, part in enumerate(parts):
                inside = name.split(".")[:depth] == parts[:depth]
                if part.startswith("_") and part != "__init__" and not inside:
                    wrong.append((name, target))
    assert wrong == []


def test_no_two_classes_share_a_name(modules):
    homes = defaultdict(list)
    for name, tree in modules.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(name)
    shared = {name: modules for name, modules in homes.items() if len(modules) > 1}
    assert shared == {}


def test_the_layout_of_every_line_is_the_formatters():
    marker = "fmt: " + "skip"
    kept = [
        path
        for folder in (SOURCE, TESTS)
        for path in folder.rglob("*.py")
        if marker in path.read_text("utf-8")
    ]
    assert kept == []


def public(nodes):
    for node in nodes:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


@pytest.mark.parametrize("name", [name for name in sorted(NAMES) if "._" not in f".{name}"])
def test_every_public_name_has_a_docstring(modules, name):
    tree = modules[name]
    documented_elsewhere = {"overload", "override"}
    bare = [
        node.name
        for node in public(tree.body)
        if not ast.get_docstring(node)
        and not documented_elsewhere & {ast.unparse(decorator) for decorator in node.decorator_list}
    ]
    assert ast.get_docstring(tree)
    assert bare == []


@pytest.mark.parametrize("module", ["cloudpack_baseline", "cloudpack_baseline.cli"])
def test_importing_the_package_loads_only_the_standard_library(module):
    code = (
        "import sys; before = set(sys.modules);"
        f"import {module};"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    names = run_python("-c", code).stdout.split()
    assert set(names) <= {PACKAGE, "__future__", *sys.stdlib_module_names}


def test_programs_that_tests_start_have_one_limit_of_time():
    """A fixed limit fails on a busy machine: `processes` has one that grows with its load."""
    fixed, started = [], []
    for path, tree in trees(TESTS):
        for node in ast.walk(tree):
            match node:
                case ast.keyword(arg="timeout", value=ast.Constant()):
                    fixed.append(f"{path}:{node.lineno}")
                case ast.Attribute(ast.Name("subprocess"), "run") if path.name != "processes.py":
                    started.append(str(path))
    assert (fixed, started) == ([], [])


def test_sections_of_docstrings_stand_on_lines_of_their_own():
    merged = re.compile(r"^\s+(?:Args|Attributes|Raises|Returns): \w", re.MULTILINE)
    for path in sorted(SOURCE.rglob("*.py")):
        assert not merged.findall(path.read_text(encoding="utf-8")), path


def test_frozen_classes_are_those_of_immutable(modules):
    """They share a representation, which makes importing them a third faster."""
    of_attrs = {
        name
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("attr", "attrs")
        if any(alias.name == "frozen" for alias in node.names)
    }
    assert of_attrs == {"immutable"}


SHARED_NAMES = {
    "address_text",
    "granted_request",
    "member",
    "mocked_account",
    "outcome_of",
    "progress_line",
    "render",
    "run",
    "single",
    "snapshot",
}
"""Functions of several modules that do the same in each place."""


def test_functions_that_differ_have_names_that_differ(modules):
    homes = defaultdict(list)
    for name, tree in modules.items():
        if name == "api":
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                homes[node.name].append(name)
    assert {name for name, modules in homes.items() if len(modules) > 1} <= SHARED_NAMES
