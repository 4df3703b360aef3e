"""``cloudpack-baseline init``: a first baseline file, from what exists now."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import indent

from attrs import evolve

from cloudpack_baseline._cli._gathering import snapshot_of
from cloudpack_baseline._cli._openings import openings_of
from cloudpack_baseline._cli._scaffold import ScaffoldFile, conftest, jobs, pytest_configuration
from cloudpack_baseline._cli._segments import TAGGED, passing_flows, segmenting_tag
from cloudpack_baseline.assessment import Assessment, assess
from cloudpack_baseline.baseline import FILE_NAME, Baseline, nearest_baseline
from cloudpack_baseline.baseline.initial import (
    InitialBaseline,
    OpenBucket,
    render,
)
from cloudpack_baseline.baseline.schema import SCHEMA_NAME, schema_text
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.findings import Finding, Outcome
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.texts import printable
from cloudpack_baseline.whitepaper import installed, select

__all__ = ["initial_baseline", "run"]

SCHEMA_LINE = f"#:schema ./{SCHEMA_NAME}\n"
"""The first line of the file: editors read the schema next to it."""

_READ = ("s3-exposure", "segmentation", "rds-backup")
"""The controls whose declarations are suggested."""
_MOCKED_REGION = "ap-northeast-1"
"""The Region of a mocked account that is still empty: where the white paper keeps data (5.6)."""


def run(arguments: argparse.Namespace) -> None:
    """Write the baseline file with its schema, and what ``--conftest`` or ``--pytest`` adds.

    Raises:
        InputError: the file, or that of ``--conftest``, exists already or cannot be written.
        SourceError: the source does not answer.
    """
    path = _baseline_path(arguments)
    companions = [_schema(path)]
    required = [path]
    if arguments.pytest:
        companions += [pytest_configuration(path.parent), conftest(path.parent), *jobs(path)]
    elif arguments.conftest:
        companions.append(conftest(path.parent))
        required.append(companions[-1].path)
    if not arguments.pytest:
        _refuse_existing(required)
    if path.exists():
        _keep(ScaffoldFile(path=path, text="", addition=_line_for(path)))
    else:
        _write(path, SCHEMA_LINE + render(_initial(arguments)))
    for file in companions:
        if file.path.exists():
            _keep(file)
        else:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            _write(file.path, file.text)
    _say_what_is_left(path, companions, is_scaffold=arguments.pytest)


def _baseline_path(arguments: argparse.Namespace) -> Path:
    """The file to write, or the project file beside it that contains the baseline already."""
    path = Path(arguments.file).absolute()
    nearest = nearest_baseline([path.parent]) if path.name == FILE_NAME else None
    return nearest if nearest is not None and nearest.parent == path.parent else path


def _refuse_existing(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.exists():
            raise InputError(Problem("already exists, and is not overwritten", file=_shown(path)))


def _schema(baseline: Path) -> ScaffoldFile:
    text = schema_text(installed())
    return ScaffoldFile(path=baseline.with_name(SCHEMA_NAME), text=text, addition="")


def _line_for(baseline: Path) -> str:
    """The line that refers to the schema, if the file does not have one, and is not a project's.

    Raises:
        InputError: the file is no text.
    """
    try:
        is_complete = "#:schema" in baseline.read_text(encoding="utf-8")
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", file=_shown(baseline))
        raise InputError(problem) from None
    except UnicodeDecodeError as error:
        raise InputError(Problem(f"is not TOML: {error}", file=_shown(baseline))) from None
    return "" if is_complete or baseline.name != FILE_NAME else SCHEMA_LINE


def _initial(arguments: argparse.Namespace) -> InitialBaseline:
    regions = tuple(arguments.region or ())
    if arguments.source is not None:
        return initial_baseline(snapshot_of(arguments, Baseline(), select(_READ)), regions)
    # The mock of `--pytest` is empty: controls that expect something would fail in every Region.
    return InitialBaseline(regions=regions or ((_MOCKED_REGION,) if arguments.pytest else ()))


def _write(path: Path, content: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise InputError(Problem(message, file=_shown(path))) from None
    print(f"wrote {_shown(path)}")


def _keep(file: ScaffoldFile) -> None:
    """Name a file that exists, and show what to add to it."""
    if not file.addition:
        print(f"kept {_shown(file.path)}")
        return
    print(f"kept {_shown(file.path)}; add:")
    print(indent(file.addition, "    "), end="")


def _say_what_is_left(baseline: Path, files: Sequence[ScaffoldFile], *, is_scaffold: bool) -> None:
    if baseline.name not in (FILE_NAME, "pyproject.toml"):
        print(f"name it {FILE_NAME}, or point --cloudpack-file at it")
    if not is_scaffold:
        return
    if not any(file.path.suffix == ".yml" for file in files):
        print(
            "no file for CI: there is neither .github, .gitlab-ci.yml, nor a remote on GitHub or "
            "GitLab; add one and run this again, or see how-to/ci.md of the documentation"
        )
    for file in files:
        if file.has_placeholder:
            print(f"name the repository of cloudpack-baseline, and a tag, in {_shown(file.path)}")
    print("build the system in conftest.py, then run: pytest --cloudpack-baseline")


def _shown(path: Path) -> str:
    """The path from here, if the file is below."""
    folder = Path.cwd()
    return printable(str(path.relative_to(folder) if path.is_relative_to(folder) else path))


def initial_baseline(snapshot: Snapshot, regions: Iterable[str] = ()) -> InitialBaseline:
    """What a snapshot shows of the system, and the Regions that the user named."""
    exposure = assess(snapshot, Baseline(), controls=["s3-exposure"])
    initial = InitialBaseline(
        accounts=tuple(
            (account.name or f"account-{account.id}", account.id, account.partition)
            for account in snapshot.accounts
        ),
        regions=tuple(regions) or _drafted_regions(snapshot),
        used_regions=_used_regions(snapshot),
        buckets=tuple(_open_buckets(snapshot, exposure)),
        private=sum(finding.outcome is Outcome.PASS for finding in exposure.findings),
        tag=segmenting_tag(snapshot),
    )
    return evolve(initial, flows=tuple(passing_flows(snapshot, initial.tag)) if initial.tag else ())


def _drafted_regions(snapshot: Snapshot) -> tuple[str, ...]:
    """Those that a folder of recorded answers has, or that a mock was filled in; else none.

    moto enables every Region: controls that expect something in each would fail in all of them.
    """
    if snapshot.source == "moto":
        return _used_regions(snapshot) or (_MOCKED_REGION,)
    if snapshot.source != "describe":
        return ()
    return tuple(sorted({region for account in snapshot.accounts for region in account.regions}))


def _used_regions(snapshot: Snapshot) -> tuple[str, ...]:
    kinds = TAGGED | {"Bucket"}
    regions = {record.region for record in snapshot.records if type(record).__name__ in kinds}
    return tuple(sorted(regions - {""}))


# -- buckets


def _open_buckets(snapshot: Snapshot, exposure: Assessment) -> Iterator[OpenBucket]:
    baseline = Baseline()
    views = {
        account.id: view_of(snapshot, baseline, "s3-exposure", account)
        for account in snapshot.accounts
    }
    buckets = {bucket.key: bucket for id_ in views for bucket in snapshot.all(Bucket, id_)}
    for finding in exposure.findings:
        bucket = buckets.get(finding.resource.key)
        if bucket is not None and finding.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
            openings, covered = openings_of(views[bucket.account], bucket)
            yield OpenBucket(
                name=bucket.name,
                description=tuple(_description(finding)),
                openings=openings,
                covered=covered,
            )


def _description(finding: Finding) -> Iterator[str]:
    for observation in finding.observations:
        if observation.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
            yield from observation.message.in_language("en").splitlines()
            if observation.witness is not None:
                yield f"for example: {observation.witness.summary.in_language('en')}"
