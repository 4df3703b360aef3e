"""Console blocks that are run in a copy of an example, and what they print.

Output is compared as doctest does: ``...`` stands for anything. Blocks of text are pieces of the
output of the commands that their session runs first.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
from blocks import DOCS, ROOT, Block, blocks
from shell_commands import command_lines

__all__ = ["ELSEWHERE", "RUN", "Session", "run_session"]

_LOCALES = {"en": "C.UTF-8", "ja": "ja_JP.UTF-8"}
_USAGE = 2
"""The exit code of pytest and of the command from which on the command itself is wrong."""
_PARSED = re.compile(
    r"^(aws|git|nox|npm|pip|pre-commit|terraform|twine)\b"
    r"|^cloudpack-baseline record evidence|--kms |-k staging|describe:|record\.sh answers"
)
"""Commands that need AWS, or a network: they are parsed alone."""

ELSEWHERE = {
    "tutorial.md": "tests/plugin/test_tutorial.py",
    "how-to/adopt.md": "tests/ci/test_adopt.py",
}
"""Pages whose commands a test of their own runs, in both languages."""


@attrs.frozen(kw_only=True)
class Session:
    """How the commands of a page are run.

    Attributes:
        page: below `docs`, or ``README.md``.
        example: the folder of `examples` whose copy they run in.
        prepare: what else the folder needs.
        first: commands that run first; blocks of text are pieces of what they print.
        commands: whether the commands of the page are run.
    """

    page: str
    example: str
    prepare: Callable[[Path], None] | None = None
    first: tuple[str, ...] = ()
    commands: bool = True

    @property
    def pages(self) -> Iterator[Path]:
        """The page in each language."""
        translated = self.page.replace(".md", ".ja.md")
        names = (DOCS / self.page, DOCS / "ja" / self.page, ROOT / self.page, ROOT / translated)
        return (page for page in names if page.is_file())


def run_session(session: Session) -> Iterator[tuple[Block, str]]:
    """Each block that was run, with what is wrong; empty: nothing is.

    The commands of a page are those of its twin, so each command runs once.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / session.example
        shutil.copytree(ROOT / "examples" / session.example, folder)
        if session.prepare is not None:
            session.prepare(folder)
        results: dict[tuple[str, str], tuple[int, str]] = {}
        for page in session.pages:
            for block in blocks(page):
                if block.kind == "text":
                    language = _language(block)
                    printed = [
                        _result(command, language, folder, results)[1] for command in session.first
                    ]
                    yield block, _excerpt_fault(block.text, printed)
                elif block.kind == "console" and session.commands:
                    faults = list(_faults(block, folder, results))
                    yield block, "; ".join(faults)


def _language(block: Block) -> str:
    """That of the page: what is printed there follows the environment."""
    translated = block.page.is_relative_to(DOCS / "ja") or ".ja." in block.page.name
    return "ja" if translated else "en"


def _result(
    command: str, language: str, folder: Path, results: dict[tuple[str, str], tuple[int, str]]
) -> tuple[int, str]:
    """The exit code and the output of a command, which runs once for each language."""
    if (command, language) not in results:
        results[command, language] = _run(command, folder, language)
    return results[command, language]


def _faults(
    block: Block, folder: Path, results: dict[tuple[str, str], tuple[int, str]]
) -> Iterator[str]:
    for command, lines in command_lines(block.text):
        if _PARSED.search(command):
            continue
        # A command that shows nothing is that of the twin.
        language = _language(block) if lines else "en"
        code, output = _result(command, language, folder, results)
        if code >= _USAGE:
            yield f"{command}: exit code {code}: {output.strip()[-300:]}"
        expected = "".join(f"{line}\n" for line in lines)
        if expected and not _matches(expected, output):
            yield f"{command}: prints {output.strip()[:300]!r}"


def _matches(expected: str, output: str) -> bool:
    return doctest.OutputChecker().check_output(expected, output, doctest.ELLIPSIS)


def _excerpt_fault(text: str, outputs: list[str]) -> str:
    if any(_matches(f"...\n{text}...\n", f"\n{output}\n") for output in outputs):
        return ""
    return f"no command of the session prints it: {text.strip().splitlines()[0]}"


def _run(command: str, folder: Path, language: str = "en") -> tuple[int, str]:
    """The exit code and the output, without credentials."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    hidden = {name for name in os.environ if name.startswith(("AWS_", "LC_"))}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    environment = kept | {
        "PATH": path,
        "LANG": _LOCALES[language],
        "TERM": "dumb",
        "COLUMNS": "200",
    }
    run = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def _snapshot(folder: Path) -> None:
    """A snapshot of the example and its report, as the pages name them."""
    (folder / "evidence").mkdir()
    files = ("--cloudpack-record", f"{_DAY}.json.gz", "--cloudpack-report", f"{_DAY}.report.json")
    _run(f"pytest --cloudpack-baseline {' '.join(files)}", folder)


def _snapshots(folder: Path) -> None:
    """The same for other days: copies."""
    _snapshot(folder)
    for day in ("2026-10-01", "2026-11-01", "2027-09-30"):
        shutil.copy(folder / f"{_DAY}.json.gz", folder / f"evidence/{day}.json.gz")
    shutil.copy(folder / f"{_DAY}.report.json", folder / "evidence/2026-09-30.report.json")


_DAY = "evidence/2026-11-23"
_TEMPLATE = "pytest --cloudpack-baseline --cloudpack-source template"
_MISSPELLED = """\
schema = 1
paper = "1.5.6"

[[segments]]
name = "web"
tags = { Tier = "web" }
internet_facing = true
[[segments]]
name = "db"
tags = { Tier = "db" }

[[flows]]
from = ["internet"]
to = ["web", "wbe"]
services = ["https"]
"""
_SITE = """\
Parameters:
  Status: {Type: String, Default: Suspended, AllowedValues: [Enabled, Suspended]}
Resources:
  Site:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: !Ref Status
"""
_STAGES = """\
Parameters:
  Stage: {Type: String}
Conditions:
  Production: !Equals [!Ref Stage, production]
Resources:
  Site:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: !If [Production, Enabled, Suspended]
"""


def _misspelled(folder: Path) -> None:
    (folder / "cloudpack-baseline.toml").write_text(_MISSPELLED, encoding="utf-8")


def _templates(folder: Path) -> None:
    (folder / "site.yaml").write_text(_SITE, encoding="utf-8")
    (folder / "stages.yaml").write_text(_STAGES, encoding="utf-8")


RUN = (
    Session(page="README.md", example="three-tier"),
    Session(page="how-to/least-privilege.md", example="three-tier"),
    Session(page="reference/command-line.md", example="three-tier"),
    Session(page="how-to/record-evidence.md", example="three-tier", prepare=_snapshots),
    Session(page="how-to/reports.md", example="three-tier", prepare=_snapshot),
    Session(
        page="reference/baseline-file.md",
        example="three-tier",
        prepare=_misspelled,
        first=("cloudpack-baseline validate",),
        commands=False,
    ),
    Session(
        page="how-to/plans.md",
        example="plan",
        first=("pytest --cloudpack-baseline",),
        commands=False,
    ),
    Session(
        page="how-to/templates.md",
        example="template",
        prepare=_templates,
        first=(
            f"{_TEMPLATE}:site.yaml --cloudpack-control s3-versioning",
            f"{_TEMPLATE}:stages.yaml --cloudpack-control s3-versioning",
            f"{_TEMPLATE}:broken.yaml --cloudpack-control segmentation",
        ),
        commands=False,
    ),
    Session(page="examples/plan/README.md", example="plan"),
)
