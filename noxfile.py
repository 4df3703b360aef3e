"""Sessions: ``nox -s tests`` and its like; ``nox -l`` lists them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import NamedTemporaryFile

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "docs", "demo", "tests"]
nox.options.reuse_venv = "no"
# Beside nox (`pip install nox uv`), uv installs in a tenth of the time.
nox.options.default_venv_backend = "uv|virtualenv"

# Else each of the programs that the sessions start would compile all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

LOWEST = (
    "attrs==24.1.0",
    "boto3==1.40.0",
    "moto[server]==5.1.11",
    "pytest==8.4.0",
)
"""The lowest versions that the package says it works with."""

PROJECT = nox.project.load_toml("pyproject.toml")


def _group(name: str) -> list[str]:
    return nox.project.dependency_groups(PROJECT, name)


JUDGEMENT = (
    *("tests/access/", "tests/checks/", "tests/reachability/"),
    *(
        f"tests/sources/{name}.py"
        for name in (
            *("cloudformation/test_elsewhere_types", "cloudformation/test_lines_of_failures"),
            *("cloudformation/test_service_types", "terraform/test_parts_elsewhere"),
            "terraform/test_plan_corners",
        )
    ),
)
"""The tests that cover every branch of a judgement, except those with the marker `lengthy`."""


@nox.session
def tests(session: nox.Session) -> None:
    """The tests, by two processes at a time; no branch of a judgement may go untested."""
    session.install("-e", ".[all]", *_group("test"))
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    files = [file.as_posix() for file in sorted(Path("tests").rglob("test_*.py"))]
    judging = [file for file in files if file.startswith(JUDGEMENT)]
    others = [file for file in files if file not in judging]
    size = -(-len(others) // 8)  # small parts, so that neither process is left alone for long
    parts = [others[first : first + size] for first in range(0, len(others), size)]
    # The same examples each time: what is covered must not depend on luck.
    pytest = ("pytest", "--hypothesis-profile=ci")
    # Judging takes more than twice as long where it is traced: only the tests of these rooms trace
    # it, and no more of them than it takes.
    traced = ("coverage", "run", "-m", *pytest, "--trace-briefly")
    session.run("coverage", "erase")
    _test(session, [(traced, judging), *((pytest, part) for part in parts)])
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", "--fail-under=100", "--precision=2")


def _test(session: nox.Session, runs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> None:
    """Run each command with its files, two at a time, and print what each printed.

    Each process imports and collects its own files alone. The workers of pytest-xdist collect all
    of them each, and the report of a test to the controller takes as long as a small test.
    """

    def run(command: Sequence[str], files: Sequence[str]) -> str:
        with NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as names:
            names.write("\n".join(files))
            names.flush()
            return str(session.run(*command, f"@{names.name}", silent=True))

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(run, *command_and_files) for command_and_files in runs]
        for finished in as_completed(done):
            if finished.exception() is None:  # else nox has printed it
                sys.stdout.write(f"{finished.result()}\n")
    if any(finished.exception() for finished in done):
        session.error("a test failed")


@nox.session
def minimums(session: nox.Session) -> None:
    """The tests on the lowest versions of everything that is required."""
    session.install("-e", ".[moto]", *_group("test"), *LOWEST)
    session.run("pytest", "-n", "2", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff with all rules, and its formatter."""
    session.install(*_group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("python", "tools/changelog.py", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict."""
    session.install("-e", ".", *_group("types"))
    session.run("mypy")
    # The stub that docs/generate.py writes holds what the module has at run time.
    session.run("stubtest", "cloudpack_baseline.api", "--concise")


@nox.session
def docs(session: nox.Session) -> None:
    """Links lead somewhere, blocks run or parse, the reference names every key."""
    session.install("-e", ".[moto,templates]")
    session.run("python", "docs/check.py")


@nox.session
def demo(session: nox.Session) -> None:
    """The examples: some are green, the others are red for the faults that were planted."""
    session.install(".[moto,templates]")
    session.run("python", "examples/check.py", str(Path(session.create_tmp())))


@nox.session
def build(session: nox.Session) -> None:
    """Sdist, wheel and SBOM in `dist`: checked, installed with each extra, and used."""
    session.install(*_group("build"))
    session.run("python", "tools/distributions.py", "dist")
    files = sorted(str(file) for file in Path("dist").glob("*.*"))
    wheel = next(file for file in files if file.endswith(".whl"))
    session.run("twine", "check", "--strict", *files)
    session.run("check-wheel-contents", wheel)
    folder = Path(session.create_tmp()).resolve()
    session.run("python", "tools/installs.py", wheel, str(folder))
    # What was installed with all extras is what the SBOM and the page on licences list.
    python = str(folder / "all" / "bin" / "python")
    bom = wheel.removesuffix("-py3-none-any.whl") + ".cdx.json"
    # The build reads the version from the package; cyclonedx-py reads it nowhere else.
    project = folder / "pyproject.toml"
    version = f'version = "{wheel.split("-")[1]}"'
    text = Path("pyproject.toml").read_text(encoding="utf-8")
    project.write_text(text.replace('dynamic = ["readme", "version"]', version), encoding="utf-8")
    components = ("--pyproject", str(project), "--output-reproducible", "--validate")
    session.run("cyclonedx-py", "environment", python, *components, "--output-file", bom)
    session.run(python, "docs/licences.py", "--check", external=True)


@nox.session
def changelog(session: nox.Session) -> None:
    """The section of the next release; with a version (`-- 0.2.0`), written to CHANGELOG.md."""
    session.install("towncrier>=24.8")
    session.run("python", "tools/changelog.py", *session.posargs)


@nox.session
def cdk(session: nox.Session) -> None:
    """The example of the AWS CDK, synthesized offline; needs Node.js 20 or later."""
    session.install(".[templates]")
    folder = Path(session.create_tmp())
    app = folder / "app"
    shutil.copytree("examples/cdk", app, dirs_exist_ok=True)
    npm = ("npm", "install", "--no-audit", "--no-fund", "--prefix", str(app))
    session.run(*npm, external=True, silent=True)
    for name, faults in (("good", "false"), ("bad", "true")):
        synth = ("npx", "cdk", "synth", "--quiet", "--output", str(folder / name))
        with session.chdir(app):
            session.run(*synth, "--context", f"faults={faults}", external=True)
    session.run("python", "examples/check.py", str(folder), str(folder))


@nox.session
def ocsf(session: nox.Session) -> None:
    """Reports in OCSF under the models of py-ocsf-models."""
    session.install(".[templates]", "hypothesis", "py-ocsf-models==0.10.0")
    session.run("python", "tools/oracles.py", "ocsf")


@nox.session
def oscal(session: nox.Session) -> None:
    """Reports in OSCAL under the models of compliance-trestle; Markdown under GitHub's renderer."""
    session.install(".[templates]", "hypothesis", "compliance-trestle==4.0.3")
    session.run("python", "tools/oracles.py", "oscal")


@nox.session
def browser(session: nox.Session) -> None:
    """The report in HTML in Chromium: axe, keyboard, paper, phone; needs Node.js 20 or later."""
    session.install(".[html]", "hypothesis")
    folder = Path(session.create_tmp())
    tests = folder / "tests"
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree("tests/browser", tests, dirs_exist_ok=True, ignore=ignored)
    npm = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(tests))
    session.run(*npm, external=True, silent=True)
    session.run("python", "tests/browser/pages.py", str(folder / "pages"))
    environment = {"PAGES": str(folder.resolve() / "pages")}
    node = ("node", "--test", "--test-reporter=spec", str(tests / "report.test.mjs"))
    session.run(*node, external=True, env=environment)


@nox.session
def ci(session: nox.Session) -> None:
    """The action, the workflows, the GitLab template and the hooks, by each platform's tools."""
    session.install(".[moto,templates]", *_group("ci"))
    # What needs no tool of a platform is run by the session `tests`.
    tools = ("tests/ci/test_files.py", "tests/ci/test_hooks.py")
    session.run("pytest", "-n", "2", "--dist", "loadfile", *tools)


@nox.session
def site(session: nox.Session) -> None:
    """The documentation as a site in build/site, and what has to hold of it; needs Node.js 20."""
    session.install(".[moto]", *_group("site"))
    folder = Path("build", "site")
    session.run("python", "docs/site/build.py", str(folder))
    session.run("python", "docs/site/check.py", str(folder))
    tests = Path(session.create_tmp()) / "tests"
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree("tests/browser", tests, dirs_exist_ok=True, ignore=ignored)
    npm = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(tests))
    session.run(*npm, external=True, silent=True)
    node = ("node", "--test", "--test-reporter=spec", str(tests / "site.test.mjs"))
    session.run(*node, external=True, env={"SITE": str(folder.resolve())})


@nox.session
def bench(session: nox.Session) -> None:
    """Every measurement of bench/, beside its bar where it has one; red where that is missed."""
    session.install(".[all]", *_group("test"))
    peers = _environment_of_checkov(session)
    for script in sorted(Path("bench").glob("[!_]*.py")):
        session.run("python", str(script), *session.posargs, env=peers)


def _environment_of_checkov(session: nox.Session) -> dict[str, str]:
    """Where Checkov is: in an environment of its own, because it pins a hundred packages.

    Where it cannot be installed, the benchmark says that it was left out.
    """
    folder = Path(session.create_tmp(), "checkov").resolve()
    session.run("python", "-m", "venv", str(folder))
    python = str(folder / "bin" / "python")
    install = (python, "-m", "pip", "install", "-q", "checkov")
    session.run(*install, external=True, success_codes=range(256))
    return {"CHECKOV": str(folder / "bin" / "checkov")}


@nox.session
def mutate(session: nox.Session) -> None:
    """Changes that could change a verdict, and whether a test notices each: an hour or two.

    ``nox -s mutate -- checks/logging`` changes one folder. Survivors are compared with those
    that ``tests/mutation/survivors.toml`` argues for.
    """
    session.install("-e", ".[all]", *_group("test"))
    session.run("python", "tools/mutate.py", *session.posargs)
