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

__all__ = ["ELSEWHERE", "RUN", "Session", "needs_network", "run_session"]

_LOCALES = {"en": "C.UTF-8", "ja": "ja_JP.UTF-8"}
_USAGE = 2
"""The exit code of pytest and of the command from which on the command itself is wrong."""
_PARSED = re.compile(
    r"^(aws|git|nox|npm|pip|pre-commit|terraform|twine)\b"
    r"|^cloudpack-baseline record evidence|--kms |describe:|record\.sh answers"
    r"|; do aws |--cloudpack-source aws\b|bin/pip install|inventories\.py"
    r"|^python -m http\.server"
)
"""Commands that need AWS, a network or a terminal of their own: they are parsed alone."""

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
        controls: what a command of pytest is narrowed to, where no output depends on it.
    """

    page: str
    example: str
    prepare: Callable[[Path], None] | None = None
    first: tuple[str, ...] = ()
    commands: bool = True
    controls: str = ""

    @property
    def pages(self) -> Iterator[Path]:
        """The page in each language."""
        translated = self.page.replace(".md", ".ja.md")
        names = (DOCS / self.page, DOCS / "ja" / self.page, ROOT / self.page, ROOT / translated)
        return (page for page in names if page.is_file())


def run_session(session: Session) -> Iterator[tuple[Block, str]]:
    """Each block that was run, with what is wrong; empty: nothing is.

    The commands of a page are those of its twin, so each command runs once. A block whose commands
    all need a network is not among those that were run.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / session.example
        shutil.copytree(ROOT / "examples" / session.example, folder)
        if session.prepare is not None:
            session.prepare(folder)
        results = _Results(folder, session.controls)
        for page in session.pages:
            for block in blocks(page):
                if block.kind == "text":
                    language = _language(block)
                    printed = [results.of(command, language)[1] for command in session.first]
                    yield block, _excerpt_fault(block.text, printed)
                elif block.kind == "console" and session.commands and _runs_here(block):
                    yield block, "; ".join(_faults(block, results))


def needs_network(command: str) -> bool:
    """Whether it needs AWS, or another network, so that it is parsed alone."""
    return _PARSED.search(command) is not None


def _runs_here(block: Block) -> bool:
    return not all(needs_network(command) for command, _ in command_lines(block.text))


def _language(block: Block) -> str:
    """That of the page: what is printed there follows the environment."""
    translated = block.page.is_relative_to(DOCS / "ja") or ".ja." in block.page.name
    return "ja" if translated else "en"


@attrs.frozen
class _Results:
    """The exit codes and outputs of the commands of a session."""

    folder: Path
    controls: str
    results: dict[tuple[str, str], tuple[int, str]] = attrs.field(factory=dict)

    def of(self, command: str, language: str) -> tuple[int, str]:
        """The exit code and the output of a command, which runs once for each language."""
        if (command, language) not in self.results:
            self.results[command, language] = _run(command, self.folder, language, self.controls)
        return self.results[command, language]


def _faults(block: Block, results: _Results) -> Iterator[str]:
    for command, lines in command_lines(block.text):
        if needs_network(command):
            continue
        # A command that shows nothing is that of the twin.
        language = _language(block) if lines else "en"
        code, output = results.of(command, language)
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


def _run(command: str, folder: Path, language: str = "en", controls: str = "") -> tuple[int, str]:
    """The exit code and the output, without credentials."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    hidden = {name for name in os.environ if name.startswith(("AWS_", "LC_"))}
    visible = {name: value for name, value in os.environ.items() if name not in hidden}
    environment = visible | {
        "PATH": path,
        "LANG": _LOCALES[language],
        "TERM": "dumb",
        "COLUMNS": "200",
        # moto would make every public image in each Region, and no page shows one.
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    }
    if controls:
        environment["PYTEST_ADDOPTS"] = f"--cloudpack-control {controls}"
    run = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def _snapshot(folder: Path, controls: str = "") -> None:
    """A snapshot of the example and its report, as the pages name them."""
    (folder / "evidence").mkdir()
    files = ("--cloudpack-record", f"{_DAY}.json.gz", "--cloudpack-report", f"{_DAY}.report.json")
    _run(f"pytest --cloudpack-baseline {' '.join(files)}", folder, controls=controls)


def _snapshots(folder: Path) -> None:
    """The same for other days: copies, of few controls, since the page shows no verdict."""
    _recorded(folder)
    _snapshot(folder, _NARROW)
    for day in ("2026-10-01", "2026-11-01", "2027-09-30"):
        shutil.copy(folder / f"{_DAY}.json.gz", folder / f"evidence/{day}.json.gz")
    shutil.copy(folder / f"{_DAY}.report.json", folder / "evidence/2026-09-30.report.json")


_DAY = "evidence/2026-11-23"
_NARROW = "root-mfa,s3-exposure,rds-backup"
"""Controls that a page names, or that make its commands do something."""
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


def _recorded(folder: Path) -> None:
    """A snapshot as the source, so that the account is built once and not for each command."""
    _run("pytest --cloudpack-baseline --cloudpack-record mock.json.gz", folder, controls=_NARROW)
    settings = folder / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"moto"', '"snapshot:mock.json.gz"'), encoding="utf-8")


def _report(folder: Path) -> None:
    """A report as the page on other programs names it."""
    _run("pytest --cloudpack-baseline --cloudpack-report report.json", folder, controls=_NARROW)


def _downloaded(folder: Path) -> None:
    """Snapshots as they lie in a folder that a bucket was copied to."""
    (folder / "evidence/1").mkdir(parents=True)
    record = "pytest --cloudpack-baseline --cloudpack-record evidence/1/snapshot.json.gz"
    _run(record, folder, controls=_NARROW)


def _staging(folder: Path) -> None:
    """A second account in the baseline file, and nothing in either: names of buckets are global."""
    (folder / "conftest.py").unlink()
    with (folder / "cloudpack-baseline.toml").open("a", encoding="utf-8") as file:
        file.write('\n[accounts.staging]\nid = "210987654321"\n')


_HOUSE = """\
from cloudpack_baseline.authoring import Clause, bilingual, control, passed, reads
from cloudpack_baseline.model.s3 import Bucket

NAMES = Clause(id="house.1", heading="命名規則", heading_en="Naming", kind="judged")


@control("bucket-name", NAMES, reads(Bucket), title=bilingual("Buckets have names"))
def bucket_name(view):
    for bucket in view.all(Bucket):
        yield view.finding(bucket, passed(bilingual("its name"), read=bucket.name))
"""
_HOUSE_RULES = """\
from cloudpack_baseline.cfn_lint_rules import rules_of
from house import bucket_name

globals().update(rules_of(bucket_name))
"""


def _licences(folder: Path) -> None:
    """The script that writes a page, and the folders of that page."""
    for language in ("docs/reference", "docs/ja/reference"):
        (folder / language).mkdir(parents=True)
    shutil.copy(DOCS / "licences.py", folder / "docs")


def _misspelled(folder: Path) -> None:
    (folder / "cloudpack-baseline.toml").write_text(_MISSPELLED, encoding="utf-8")


def _templates(folder: Path) -> None:
    (folder / "site.yaml").write_text(_SITE, encoding="utf-8")
    (folder / "stages.yaml").write_text(_STAGES, encoding="utf-8")
    (folder / "stacks").mkdir()
    for copy in ("template.yaml", "stacks/shop.yaml"):
        shutil.copy(folder / "shop.yaml", folder / copy)
    # The example's own warnings, which would give an exit code.
    (folder / ".cfnlintrc").write_text("ignore_checks: [W]\n", encoding="utf-8")
    (folder / "house.py").write_text(_HOUSE, encoding="utf-8")
    (folder / "house_rules.py").write_text(_HOUSE_RULES, encoding="utf-8")


RUN = (
    Session(page="README.md", example="three-tier", controls=_NARROW),
    Session(page="how-to/least-privilege.md", example="three-tier"),
    Session(page="reference/command-line.md", example="three-tier"),
    Session(
        page="how-to/record-evidence.md",
        example="three-tier",
        prepare=_snapshots,
        controls=_NARROW,
    ),
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
        controls="s3-versioning",
    ),
    Session(page="examples/plan/README.md", example="plan"),
    Session(
        page="how-to/pytest.md",
        example="three-tier",
        prepare=_recorded,
        controls=_NARROW,
    ),
    Session(page="how-to/release.md", example="plan", prepare=_licences),
    Session(page="how-to/upgrade.md", example="plan", controls=_NARROW),
    Session(page="how-to/ci.md", example="plan", prepare=_report, controls=_NARROW),
    Session(page="how-to/github-actions.md", example="plan", prepare=_downloaded),
    Session(page="how-to/gitlab.md", example="plan", prepare=_downloaded),
    Session(
        page="how-to/add-an-account.md",
        example="three-tier",
        prepare=_staging,
        controls=_NARROW,
    ),
)
