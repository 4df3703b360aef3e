"""Mutation testing: changes that could change a verdict, and whether a test notices each.

    python tools/mutate.py [PATH[::FUNCTION] ...] [--tests PATH] [--jobs N] [--list]

PATH is a module or folder below ``src/cloudpack_baseline``; by default those that judge and
those that a verdict is made of. First the tests run once under coverage, which tells the
tests of each line; every test begins with empty caches, so that it runs what it depends on
itself. Then each mutant is tried in a process of its own: no file is changed. Most are tried
in forks of one session of pytest (`mutant_session`), those that only an import shows in the
place of their modules (`mutant_imports`).

A mutant that no test notices survives. ``tests/mutation/survivors.toml`` lists those that
cannot be noticed, each with an argument; a survivor that is not listed, or a listed one that
is killed or gone, fails the run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mutant_imports import survivors_of_imports
from mutant_session import empty_caches, trials
from mutants import PACKAGE, ROOT, Mutant, chosen_mutants, mutants

SURVIVORS = ROOT / "tests" / "mutation" / "survivors.toml"
TARGETS = (
    "checks",
    "model",
    "findings.py",
    "naming.py",
    "scope.py",
    "waivers.py",
    "attestations.py",
    "judging.py",
    "assessment.py",
)
"""What is mutated unless the command line says otherwise, below `PACKAGE`."""
TESTS = {
    "checks": ("tests/checks", "tests/sources/cloudformation", "tests/sources/terraform"),
    "access": ("tests/access", "tests/property/test_access_z3.py"),
    "reachability": ("tests/reachability", "tests/property/test_network_agreement.py"),
    "model": ("tests/model", "tests/property/test_codec.py", "tests/sources"),
    "findings.py": ("tests/test_assessment.py", "tests/test_findings.py", "tests/checks/account"),
    "naming.py": ("tests/test_naming.py", "tests/test_assessment.py"),
    "scope.py": ("tests/test_scope.py", "tests/test_assessment.py"),
    "waivers.py": ("tests/test_waivers.py", "tests/test_assessment.py"),
    "attestations.py": ("tests/test_attestations.py",),
    "judging.py": ("tests/test_assessment.py", "tests/test_naming.py", "tests/checks/account"),
    "assessment.py": ("tests/test_assessment.py", "tests/test_cli.py"),
}
"""By the first part of a module's path: the tests that have to notice its mutants."""
MOST_TESTS = 1000
"""Tests that one mutant is given, those of its own folder first."""
AT_IMPORT = ""
"""The name that coverage gives to what runs outside of any test."""

Lines = Mapping[str, Mapping[int, frozenset[str]]]
"""By module and line: the tests that run it, or `AT_IMPORT`."""


def test_paths(chosen: Iterable[str]) -> list[str]:
    """Where the tests of the modules are."""
    paths = {path for module in chosen for path in TESTS.get(module.partition("/")[0], ("tests",))}
    return sorted(path for path in paths if (ROOT / path).exists())


def cover(data: Path, paths: list[str], jobs: int) -> None:
    """Run the tests once under coverage."""
    config = data.with_name(f"rc-of-{data.name}")  # `NAME.*` would be taken for data
    config.write_text(f"[run]\nsource_pkgs = cloudpack_baseline\ndata_file = {data}\n", "utf-8")
    plugins = ["-p", "no:cacheprovider", "-p", Path(__file__).stem]
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(jobs), *plugins, *paths]
    under_coverage = ["--cov", f"--cov-config={config}", "--cov-context=test", "--cov-report="]
    done = subprocess.run(
        [*command, *under_coverage, "--hypothesis-profile=ci"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(_search_path())},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"the tests fail without any mutant:\n{done.stdout[-3000:]}")


def read_coverage(data: Path) -> Lines:
    """By module and line, the tests that ran it."""
    from coverage import CoverageData

    coverage = CoverageData(str(data))
    coverage.read()
    lines: dict[str, dict[int, frozenset[str]]] = defaultdict(dict)
    for file in coverage.measured_files():
        if not Path(file).is_relative_to(PACKAGE):
            continue
        module = Path(file).relative_to(PACKAGE).as_posix()
        for line, contexts in coverage.contexts_by_lineno(file).items():
            lines[module][line] = frozenset(context.rpartition("|")[0] for context in contexts)
    return lines


def _search_path() -> list[str]:
    """Where modules are found, with this one, which is a plugin of pytest there."""
    before = os.environ.get("PYTHONPATH")
    return [str(Path(__file__).parent), *([before] if before else [])]


def pytest_runtest_setup() -> None:
    """As a plugin of pytest: empty the caches of the package before each test.

    Otherwise only the first of the tests that depend on a cached function would run it.
    """
    empty_caches()


@dataclass(frozen=True)
class Covered:
    """Which tests a mutant is given, and how."""

    lines: Lines

    def runs_at_import(self, mutant: Mutant) -> bool:
        """Whether its line may have run before a test does."""
        at_line = self.lines.get(mutant.module, {}).get(mutant.line, frozenset())
        return AT_IMPORT in at_line or not at_line

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that run the line, those of the module's own folder first."""
        covered = self.lines.get(mutant.module, {})
        return _nearest(mutant, covered.get(mutant.line, frozenset()) - {AT_IMPORT})

    def functions_of(self, mutant: Mutant) -> list[str]:
        """The test functions of `tests_of`.

        What runs at import may be noticed by any test of the module, and by those above, which
        look at every declaration; where no test runs a line of the module, by any test at all.
        """
        covered = self.lines.get(mutant.module, {})
        tests = _functions(covered.get(mutant.line, ()))
        if mutant.function == "<module>" or self.runs_at_import(mutant):
            above = {test for test in self._every_function if _is_above(mutant, test)}
            tests = _functions(frozenset().union(*covered.values())) | above
        return _nearest(mutant, tests or self._every_function)

    @cached_property
    def _every_function(self) -> frozenset[str]:
        every_line = (tests for covered in self.lines.values() for tests in covered.values())
        return _functions(frozenset().union(*every_line))


def _functions(tests: Iterable[str]) -> frozenset[str]:
    return frozenset(test.partition("[")[0] for test in tests if test != AT_IMPORT)


def _nearest(mutant: Mutant, tests: Iterable[str]) -> list[str]:
    """The nearest tests first; among them, the first parameters of each function."""
    own_tests, stem = _own_tests(mutant), Path(mutant.module).stem.strip("_")
    parameters: Counter[str] = Counter()
    distances = {}
    for test in sorted(tests):
        function = test.partition("[")[0]
        parameters[function] += 1
        nearness = (stem not in test, own_tests not in test, not _is_above(mutant, test))
        distances[test] = (*nearness, parameters[function], test)
    return sorted(distances, key=distances.__getitem__)[:MOST_TESTS]


def _own_tests(mutant: Mutant) -> str:
    return f"tests/{Path(mutant.module).parent.as_posix()}/"


def _is_above(mutant: Mutant, test: str) -> bool:
    folder = test.partition("::")[0].rpartition("/")[0]
    return _own_tests(mutant).startswith(f"{folder}/") and _own_tests(mutant) != f"{folder}/"


def survivors(
    chosen: list[Mutant], covered: Covered, paths: list[str], jobs: int
) -> Iterator[Mutant]:
    """The mutants that no test notices, as they come."""
    to_import = []
    for mutant, survives in trials(chosen, covered.tests_of, paths, jobs):
        if survives is None or (survives and covered.runs_at_import(mutant)):
            to_import.append(mutant)
        elif survives:
            yield mutant
    yield from survivors_of_imports(to_import, covered.functions_of, jobs)


def listed() -> dict[str, str]:
    """The survivors that are known, with the argument for each."""
    if not SURVIVORS.exists():
        return {}
    rows = tomllib.loads(SURVIVORS.read_text("utf-8")).get("survivors", [])
    return {row["mutant"]: row["argument"] for row in rows}


def stale_rows(
    known: Iterable[str], chosen: Iterable[Mutant], survivors: Iterable[str]
) -> list[str]:
    """The listed mutants that were killed, or that their module has no longer."""
    files = {mutant.module for mutant in chosen}
    present = {mutant.id for file in files for mutant in mutants(PACKAGE / file)}
    killed = {mutant.id for mutant in chosen} - set(survivors)
    return [
        row
        for row in known
        if row in killed or (row.partition("::")[0] in files and row not in present)
    ]


def main() -> int:
    """Run; 0 if the survivors are those that are listed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=list(TARGETS), metavar="PATH[::FUNCTION]")
    parser.add_argument(
        "--tests", action="append", metavar="PATH", help="run only these tests against the mutants"
    )
    parser.add_argument(
        "--coverage",
        type=Path,
        metavar="FILE",
        help="keep the coverage of the tests there, and use what is there already",
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes at once")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    arguments = parser.parse_args()
    chosen = chosen_mutants(arguments.paths)
    if arguments.list:
        print(*(mutant.id for mutant in chosen), sep="\n")
        return 0
    paths = arguments.tests or test_paths(mutant.module for mutant in chosen)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        data = (arguments.coverage or Path(folder) / "coverage").absolute()
        if not data.exists():
            cover(data, paths, arguments.jobs)
        covered = Covered(read_coverage(data))
    print(f"the tests of {len(chosen)} mutants: {time.monotonic() - started:.0f} s", flush=True)
    return report(chosen, survivors(chosen, covered, paths, arguments.jobs), started)


def report(chosen: list[Mutant], surviving: Iterable[Mutant], started: float) -> int:
    """Print the survivors that have no argument, and the rows that have no survivor."""
    known = listed()
    survivor_ids = []
    for mutant in surviving:
        survivor_ids.append(mutant.id)
        if mutant.id not in known:
            print(f"SURVIVES  {mutant.id}  (line {mutant.line})", flush=True)
    stale = stale_rows(known, chosen, survivor_ids)
    for row in stale:
        print(f"LISTED, but killed or gone  {row}")
    new = [id_ for id_ in survivor_ids if id_ not in known]
    print(
        f"{len(chosen)} mutants in {time.monotonic() - started:.0f} s: "
        f"{len(chosen) - len(survivor_ids)} killed, {len(survivor_ids) - len(new)} listed, "
        f"{len(new)} new survivors"
    )
    return 1 if new or stale else 0


if __name__ == "__main__":
    sys.exit(main())
