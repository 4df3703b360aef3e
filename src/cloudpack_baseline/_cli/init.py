"""``cloudpack-baseline init``: a first baseline file, from what exists now."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from attrs import evolve

from cloudpack_baseline._cli._gathering import snapshot_of
from cloudpack_baseline._cli._openings import openings_of
from cloudpack_baseline._cli._scaffold import ScaffoldFile, conftest, jobs, pytest_configuration
from cloudpack_baseline.assessment import Assessment, assess
from cloudpack_baseline.baseline import FILE_NAME, Baseline, Segment, nearest_baseline
from cloudpack_baseline.baseline.formats import INTERNET
from cloudpack_baseline.baseline.initial import (
    InitialBaseline,
    InitialFlow,
    OpenBucket,
    TagValues,
    render,
)
from cloudpack_baseline.baseline.schema import SCHEMA_NAME, schema_text
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.findings import Finding, Outcome
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import printable
from cloudpack_baseline.whitepaper import installed, select

if TYPE_CHECKING:
    from cloudpack_baseline.reachability import TrafficSet

__all__ = ["initial_baseline", "passing_flows", "run"]

SCHEMA_LINE = f"#:schema ./{SCHEMA_NAME}\n"
"""The first line of the file: editors read the schema next to it."""

_READ = ("s3-exposure", "segmentation", "rds-backup")
"""The controls whose declarations are suggested."""
_TAGGED = frozenset(("Instance", "DBInstance", "DBCluster"))
_TAG_VALUES = 8
"""More values than this, and a tag names things rather than segments of a network."""
_MOCKED_REGION = "ap-northeast-1"
"""The Region of a mocked account that is still empty: where the white paper keeps data (5.6)."""
_NETWORKS = 20
"""More networks than this are no offices: nobody would name each."""
_SERVICES = 5
"""More services than this are an open door rather than a flow: nobody would declare each."""


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
        tag=_segmenting_tag(snapshot),
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
    kinds = _TAGGED | {"Bucket"}
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


# -- segments and flows


def _segmenting_tag(snapshot: Snapshot) -> TagValues | None:
    """The tag that most servers and databases have, with few values; ``None``: there is none."""
    counts: dict[str, Counter[str]] = {}
    for record in snapshot.records:
        if type(record).__name__ not in _TAGGED:
            continue
        for key, value in _tags(record).items():
            if value and key != "Name" and not key.startswith("aws:"):
                counts.setdefault(key, Counter())[value] += 1
    fitting = {key: values for key, values in counts.items() if 1 < len(values) <= _TAG_VALUES}
    if not fitting:
        return None
    key = min(fitting, key=lambda key: (-fitting[key].total(), len(fitting[key]), key))
    servers = [_tags(record) for record in snapshot.records if type(record).__name__ == "Instance"]
    served = frozenset(tags[key] for tags in servers if key in tags)
    return TagValues(key=key, values=tuple(sorted(fitting[key].items())), served=served)


def _tags(record: object) -> Mapping[str, str]:
    tags = getattr(record, "tags", ())
    return dict(tags) if isinstance(tags, tuple) else {}


def passing_flows(snapshot: Snapshot, tag: TagValues) -> Iterator[InitialFlow]:
    """What passes now between the suggested segments, and from outside to them.

    What only some networks may send is from these networks, and not from the internet.
    """
    segments = tuple(Segment(name=value, tags={tag.key: value}) for value, _ in tag.values)
    blocks = _admitted_blocks(snapshot)
    baseline = Baseline(segments=segments, networks={block: (block,) for block in blocks})
    passing = _passing(snapshot, baseline)
    by_services: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = {}
    for source in dict.fromkeys(source for source, _ in passing):
        services = {
            target: traffic.pieces
            for (start, target), traffic in passing.items()
            if start == source and traffic
        }
        if source in blocks:
            by_services.setdefault(tuple(services.items()), []).append(source)
            continue
        for target, names in services.items():
            yield _initial_flow(source, target, names)
    for targets, networks in by_services.items():
        for target, names in targets:
            yield evolve(_initial_flow("", target, names), networks=tuple(networks))


def _initial_flow(source: str, target: str, names: tuple[str, ...]) -> InitialFlow:
    services = names if len(names) <= _SERVICES else ()
    return InitialFlow(source=source, target=target, services=services, passing=len(names))


def _passing(snapshot: Snapshot, baseline: Baseline) -> dict[tuple[str, str], TrafficSet]:
    """What passes undeclared; from a network, what does not pass from all of the internet."""
    from cloudpack_baseline.checks.network.matrix import segment_matrix  # noqa: PLC0415 - an engine
    from cloudpack_baseline.reachability import NO_TRAFFIC  # noqa: PLC0415 - the same

    passing: dict[tuple[str, str], TrafficSet] = {}
    for account in snapshot.accounts:
        matrix = segment_matrix(view_of(snapshot, baseline, "segmentation", account))
        for ends, cell in matrix.cells.items():
            passing[ends] = passing.get(ends, NO_TRAFFIC) | cell.excess
    return {
        (source, target): traffic - passing.get((INTERNET, target), NO_TRAFFIC)
        if source in baseline.networks
        else traffic
        for (source, target), traffic in passing.items()
    }


def _admitted_blocks(snapshot: Snapshot) -> tuple[str, ...]:
    """The CIDR blocks on the internet that rules admit; none where they are too many to name."""
    from cloudpack_baseline.model.ec2 import SecurityGroup  # noqa: PLC0415 - with the engine
    from cloudpack_baseline.reachability import INTERNET as PUBLIC  # noqa: PLC0415 - an engine
    from cloudpack_baseline.reachability import IpSet  # noqa: PLC0415 - the same

    blocks = {
        block
        for account in snapshot.accounts
        for group in snapshot.all(SecurityGroup, account.id)
        for rule in (() if isinstance(group.ip_permissions, Unknown) else group.ip_permissions)
        for block in (*rule.ip_ranges, *rule.ipv6_ranges)
    }
    public = sorted(block for block in blocks if not IpSet.parse([block]) - PUBLIC)
    return tuple(public) if len(public) <= _NETWORKS else ()
