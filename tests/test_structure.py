"""The shape of the code base, read from its syntax: nothing is imported here but what is judged."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent


def trees(folder):
    """Each module of the folder: (path below it, syntax tree)."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder), ast.parse(path.read_text("utf-8"))


def test_programs_that_tests_start_have_one_limit_of_time():
    """A fixed limit fails on a busy machine: `processes` has one that grows with its load."""
    fixed = [
        f"{path}:{node.lineno}"
        for path, tree in trees(TESTS)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg == "timeout"
        and isinstance(node.value, ast.Constant)
    ]
    started = [
        str(path)
        for path, tree in trees(TESTS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) == "subprocess.run"
        and path.name != "processes.py"
    ]
    assert (fixed, started) == ([], [])
