"""What the mutation session changes, and what it leaves alone."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

from cloudpack_baseline.model import pattern

TOOL = Path(__file__).parents[2] / "tools" / "mutate.py"
pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="needs the source tree")


@pytest.fixture(scope="module")
def mutate():
    spec = importlib.util.spec_from_file_location("mutate", TOOL)
    module = sys.modules["mutate"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["mutate"]


@pytest.fixture
def changes(mutate):
    def changes(source):
        mutator = mutate.Mutator()
        mutator.visit(ast.parse(source))
        return [
            f"{function}: {ast.unparse(node)} -> {ast.unparse(replacement)}"
            for function, node, replacement in mutator.changes
        ]

    return changes


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", ["a < b -> a <= b"]),
        ("x = a in b", ["a in b -> a not in b"]),
        ("x = a and b", ["a and b -> a or b"]),
        ("x = not a", ["not a -> a"]),
        ("x = any(a)", ["any(a) -> all(a)"]),
        ("x = True", ["True -> False"]),
        ("x = timedelta(hours=26)", ["26 -> 27"]),
        ("x = Outcome.UNKNOWN", ["Outcome.UNKNOWN -> Outcome.PASS"]),
        ("x = a | b", ["a | b -> a & b"]),
        ("x = 'available'", ["'available' -> 'available~'"]),
        ("if a:\n    b", ["a -> not a"]),
        ("x = [a for a in b if a]", ["a -> not a"]),
    ],
)
def test_what_can_change_a_verdict_is_changed(changes, source, expected):
    assert changes(source) == [f"<module>: {change}" for change in expected]


@pytest.mark.parametrize(
    "source",
    [
        "text('databases.short', days=1 + a)",
        "failed(text('a'), read='x', expected='y', origin=a + b)",
        "'A docstring.'",
        "raise ValueError('no' + name)",
        "x = f'{a} is'",
        "__all__ = ['a']",
        "x: Literal['a']",
        "unknown('LatestRestorableTime', why)",
        "_EXPECTED = 'a' + b",
        "T = TypeVar('T')",
        "'; '.join(a)",
        "lru_cache(maxsize=1)",
        "zip(a, b, strict=True)",
        "a.read_text(encoding='utf-8')",
    ],
)
def test_what_only_words_a_verdict_is_left_alone(changes, source):
    assert changes(source) == []


def test_decorated_functions_are_changed(changes):
    source = "class A:\n    @check(reads(B, 'c'))\n    def f(self, d=1):\n        yield d == 2"
    assert changes(source) == [
        "A.f: 'c' -> 'c~'",
        "A.f: 1 -> 2",
        "A.f: yield (d == 2) -> yield from ()",
        "A.f: d == 2 -> d != 2",
        "A.f: 2 -> 3",
    ]


def test_each_mutant_of_a_module_differs_in_one_place(mutate):
    path = mutate.PACKAGE / "model" / "pattern.py"
    mutants = list(mutate.mutants(path))
    original = ast.unparse(ast.parse(path.read_text("utf-8")))
    changed = {ast.unparse(mutant.tree()) for mutant in mutants}
    assert len(changed) == len(mutants) == len({mutant.id for mutant in mutants})
    assert original not in changed


def test_a_function_is_mutated_alone(mutate):
    path = "src/cloudpack_baseline/model/pattern.py"
    chosen = mutate.chosen_mutants([f"{path}::covers"])
    assert chosen
    assert {mutant.function for mutant in chosen} == {"covers"}
    every = [mutant.id for mutant in mutate.chosen_mutants([path])]
    assert set(every) > {mutant.id for mutant in chosen}
    # Another function's row is not stale, one that was killed or is gone is.
    known = [chosen[0].id, chosen[1].id, every[-1], "model/pattern.py::gone: 1 -> 2", "x.py::f: 1"]
    assert mutate.stale_rows(known, chosen, [chosen[0].id]) == [known[1], known[3]]


def test_a_test_begins_with_empty_caches(mutate):
    assert pattern.matches("a*b*c", "abc")
    assert pattern._compiled.cache_info().currsize
    mutate.pytest_runtest_setup()
    assert not pattern._compiled.cache_info().currsize


def test_the_tests_of_a_folder_above_come_before_those_of_others(mutate):
    mutant = next(iter(mutate.mutants(mutate.PACKAGE / "checks/identity/_users.py")))
    own, above, other = (
        f"tests/checks/{name}::test_it"
        for name in ("identity/test_a.py", "test_b.py", "aaa/test_c.py")
    )
    assert mutate.tests_of(mutant, {mutant.module: {0: {other, above, own}}}) == [own, above, other]


def test_a_mutant_is_imported_in_place_of_its_module(mutate):
    path = mutate.PACKAGE / "model" / "arn.py"
    mutant = next(iter(mutate.mutants(path)))
    spec = mutate.Finder(mutant).find_spec("cloudpack_baseline.model.arn")
    assert spec.loader.get_code(spec.name).co_filename == str(path)
    assert mutate.Finder(mutant).find_spec("cloudpack_baseline.model") is None


def test_every_listed_survivor_has_an_argument(mutate):
    assert all(len(argument) > 20 for argument in mutate.listed().values())
