"""What the mutation session changes, and what it leaves alone."""

from __future__ import annotations

import ast
import gc
import importlib
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cloudpack_baseline.model import pattern
from processes import run_python

TOOLS = Path(__file__).parents[2] / "tools"
pytestmark = pytest.mark.skipif(not (TOOLS / "mutate.py").exists(), reason="needs the source tree")


@pytest.fixture(scope="module")
def tool():
    """A module of the tool by its name."""
    sys.path.insert(0, str(TOOLS))
    yield importlib.import_module
    sys.path.remove(str(TOOLS))
    for path in TOOLS.glob("*.py"):
        sys.modules.pop(path.stem, None)


@pytest.fixture(scope="module")
def mutate(tool):
    return tool("mutate")


@pytest.fixture(scope="module")
def mutants(tool):
    return tool("mutants")


@pytest.fixture
def changes(mutants):
    def changes(source):
        mutator = mutants.Mutator()
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
        ("read, x = 'a=true', True", ["True -> False"]),
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
        "expected, origin = 'a=true', b + c",
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


def test_each_mutant_of_a_module_differs_in_one_place(mutants):
    path = mutants.PACKAGE / "model" / "pattern.py"
    of_module = list(mutants.mutants(path))
    original = ast.unparse(ast.parse(path.read_text("utf-8")))
    changed = {ast.unparse(mutant.tree()) for mutant in of_module}
    assert len(changed) == len(of_module) == len({mutant.id for mutant in of_module})
    assert original not in changed


def test_a_function_is_mutated_alone(mutants):
    path = "src/cloudpack_baseline/model/pattern.py"
    chosen = mutants.chosen_mutants([f"{path}::covers"])
    assert chosen
    assert {mutant.function for mutant in chosen} == {"covers"}
    every = mutants.chosen_mutants([path])
    assert {mutant.id for mutant in every} > {mutant.id for mutant in chosen}


@pytest.fixture
def covers(mutants):
    """The mutants of one function."""
    return mutants.chosen_mutants(["model/pattern.py::covers"])


@pytest.fixture
def report(mutate, covers, monkeypatch, capsys):
    """The exit code and output for known rows and survivors."""

    def report(known, survivors):
        monkeypatch.setattr(mutate, "listed", lambda: known)
        return mutate.report(covers, survivors, 0), capsys.readouterr().out

    return report


@pytest.mark.parametrize(
    ("rows", "code", "printed"),
    [
        ((0,), 0, "1 listed, 0 new survivors"),
        ((), 1, "SURVIVES  {0}  (line"),
        ((0, 1), 1, "LISTED, but killed or gone  {1}"),
        ((0, "model/pattern.py::gone: 1 -> 2"), 1, "killed or gone  model/pattern.py::gone"),
        # Rows of what was not run say nothing.
        ((0, "model/arn.py::elsewhere: 1 -> 2"), 0, "0 new survivors"),
    ],
    ids=["listed", "no row", "killed", "gone", "another module"],
)
def test_survivors_are_compared_with_the_rows(report, covers, rows, code, printed):
    ids = [mutant.id for mutant in covers]
    known = {ids[row] if isinstance(row, int) else row: "an argument" for row in rows}
    exit_code, output = report(known, covers[:1])
    assert exit_code == code
    assert printed.format(*ids) in output


def test_a_row_of_another_function_is_not_stale(mutate, mutants, covers):
    others = {mutant.id for mutant in mutants.chosen_mutants(["model/pattern.py"])}
    others -= {mutant.id for mutant in covers}
    assert others
    assert mutate.stale_rows(others, covers, []) == []


def test_a_test_begins_with_empty_caches(mutate, tool, monkeypatch):
    # The caches of other modules stay: tests that were collected hold what is in them.
    loaded = SimpleNamespace(modules={pattern.__name__: pattern})
    monkeypatch.setattr(tool("mutant_session"), "sys", loaded)
    assert pattern.matches("a*b*c", "abc")
    assert pattern._compiled.cache_info().currsize
    mutate.pytest_runtest_setup()
    assert not pattern._compiled.cache_info().currsize


def test_the_functions_of_a_session_that_froze_them_are_found(tool, mutants):
    """As this one did, when its tests were collected."""
    (changed, *_) = mutants.mutants(mutants.PACKAGE / "model" / "pattern.py")
    gc.freeze()
    ((function, code),) = tool("mutant_session").LiveFunctions().replacements(changed)
    assert function.__module__ == pattern.__name__
    assert function.__code__ != code


def test_the_tests_of_a_folder_above_come_before_those_of_others(mutate, mutants):
    mutant = next(iter(mutants.mutants(mutants.PACKAGE / "checks/identity/_users.py")))
    own, above, other = (
        f"tests/checks/{name}::test_it"
        for name in ("identity/test_a.py", "test_b.py", "aaa/test_c.py")
    )
    covered = mutate.Covered({mutant.module: {mutant.line: frozenset((other, above, own))}})
    assert covered.tests_of(mutant) == [own, above, other]


def test_each_function_comes_with_its_first_parameters_first(mutate, mutants):
    mutant = next(iter(mutants.mutants(mutants.PACKAGE / "model/arn.py")))
    tests = [f"tests/model/t.py::test_{name}" for name in ("a[1]", "b[1]", "a[2]", "b[2]")]
    covered = mutate.Covered({mutant.module: {mutant.line: frozenset(tests)}})
    assert covered.tests_of(mutant) == tests


def test_what_runs_at_import_is_noticed_by_tests_of_the_module_and_above(mutate, mutants):
    mutant = next(iter(mutants.mutants(mutants.PACKAGE / "model/arn.py")))
    own, above, other = "tests/model/t.py::test_it", "tests/t.py::test_all", "tests/x/t.py::test_x"
    lines = {mutant.line: frozenset((mutate.AT_IMPORT,)), 0: frozenset((f"{own}[1]",))}
    covered = mutate.Covered({mutant.module: lines, "x.py": {1: frozenset((above, other))}})
    assert covered.runs_at_import(mutant)
    assert covered.tests_of(mutant) == []
    assert covered.functions_of(mutant) == [own, above]


def test_what_no_test_runs_is_noticed_by_any_test(mutate, mutants):
    mutant = next(iter(mutants.mutants(mutants.PACKAGE / "model/arn.py")))
    covered = mutate.Covered({"x.py": {1: frozenset((mutate.AT_IMPORT, "t.py::test_it[1]"))}})
    assert covered.functions_of(mutant) == ["t.py::test_it"]


def test_a_mutant_is_imported_in_place_of_its_module(tool, mutants):
    path = mutants.PACKAGE / "model" / "arn.py"
    finder = tool("mutant_imports").Finder(next(iter(mutants.mutants(path))))
    spec = finder.find_spec("cloudpack_baseline.model.arn")
    assert spec.loader.get_code(spec.name).co_filename == str(path)
    assert finder.find_spec("cloudpack_baseline.model") is None


def test_every_listed_survivor_exists_and_has_an_argument(mutate, mutants):
    known = mutate.listed()
    assert all(len(argument) > 20 for argument in known.values())
    files = {row.partition("::")[0] for row in known}
    assert set(known) <= {mutant.id for mutant in mutants.chosen_mutants(sorted(files))}


SAMPLE = """
LIMIT = 14

def inverted(judge):
    def judged(days):
        return not judge(days)
    return judged

def is_long(days):
    return days >= LIMIT

@inverted
def is_short(days):
    return is_long(days)

def is_known(name):
    return name in ("a", "b")

KNOWN = [name for name in "abc" if is_known(name)]

def known():
    return KNOWN
"""
SAMPLE_TESTS = """
import pytest
from sample.verdicts import is_long, is_short, known

@pytest.mark.parametrize(("days", "long"), [(13, False), (14, True)])
def test_days(days, long):
    assert is_long(days) is long
    assert is_short(days) is not long

def test_known():
    assert "a" in known()
"""


def test_a_run_names_the_mutants_that_no_test_notices(tmp_path):
    """Whether a fork shows them, as `>=`, a closure, as `not`, or an import, as `LIMIT`."""
    package, tests, tools = (tmp_path / name for name in ("src/sample", "tests", "tools"))
    for folder in (package, tests, tools):
        folder.mkdir(parents=True)
    for path in TOOLS.glob("*.py"):
        text = path.read_text("utf-8").replace("cloudpack_baseline", "sample")
        (tools / path.name).write_text(text, "utf-8")
    (package / "__init__.py").write_text("", "utf-8")
    (package / "verdicts.py").write_text(SAMPLE, "utf-8")
    (tests / "test_verdicts.py").write_text(SAMPLE_TESTS, "utf-8")
    command = ("tools/mutate.py", "verdicts.py", "--tests", "tests", "--jobs", "1")
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    done = run_python(*command, cwd=tmp_path, env=environment, check=False)
    survivors = re.findall(r"^SURVIVES  verdicts.py::(.*)  \(line", done.stdout, re.MULTILINE)
    assert survivors == ["is_known: 'b' -> 'b~'", "<module>: 'abc' -> 'abc~'"], done
    assert re.search(r"^8 mutants in .*: 6 killed, 0 listed, 2 new", done.stdout, re.MULTILINE)
    assert done.returncode == 1
