"""``cloudpack-baseline init``: a first baseline file, from what exists now."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import evolve

from cloudpack_baseline._cli._gathering import snapshot_of
from cloudpack_baseline._cli._openings import openings_of
from cloudpack_baseline.assessment import Assessment, assess
from cloudpack_baseline.baseline import FILE_NAME, Baseline, Segment
from cloudpack_baseline.baseline.initial import (
    InitialBaseline,
    InitialFlow,
    OpenBucket,
    TagValues,
    render,
)
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.findings import Finding, Outcome
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.whitepaper import select

__all__ = ["initial_baseline", "passing_flows", "run"]

_READ = ("s3-exposure", "segmentation", "rds-backup")
"""The controls whose declarations are suggested."""
_TAGGED = frozenset(("Instance", "DBInstance", "DBCluster"))
_TAG_VALUES = 8
"""More values than this, and a tag names things rather than segments of a network."""
_MOCKED_REGION = "ap-northeast-1"
"""The Region of a mocked account that is still empty: where the white paper keeps data (5.6)."""
_SERVICES = 5
"""More services than this are an open door rather than a flow: nobody would declare each."""

_CONFTEST = '''"""Builds the system on moto: `pytest --cloudpack-baseline`, with the source moto."""

import pytest


# optionalhook: without the plugin, pytest would reject a hook that it does not know.
@pytest.hookimpl(optionalhook=True)
def pytest_cloudpack_provision(account):
    """Build what production has; every call goes to the mocked account."""
    from cloudpack_baseline.testing import set_root

    set_root(account, mfa=True)  # moto cannot represent it: declare it
    # account.session is a boto3 session:
    #     account.session.client("s3").create_bucket(Bucket="www-example")
    # Tools take account.environment(os.environ) and account.endpoint_url:
    #     subprocess.run(["terraform", "apply", "-auto-approve"],
    #                    env=account.environment(os.environ), check=True)
'''


def run(arguments: argparse.Namespace) -> None:
    """Write the file, and with ``--conftest`` a ``conftest.py`` next to it.

    Raises:
        InputError: there is one already, or it cannot be written.
        SourceError: the source does not answer.
    """
    path = Path(arguments.file)
    files = {path: ""}
    if arguments.conftest:
        files[path.with_name("conftest.py")] = _CONFTEST
    for file in files:
        if file.exists():
            raise InputError(Problem("already exists, and is not overwritten", file=str(file)))
    regions = tuple(arguments.region or ())
    initial = InitialBaseline(regions=regions)
    if arguments.source is not None:
        initial = initial_baseline(snapshot_of(arguments, Baseline(), select(_READ)), regions)
    files[path] = render(initial)
    for file, content in files.items():
        _write(file, content)
    if path.name != FILE_NAME:
        print(f"name it {FILE_NAME}, or point --cloudpack-file at it")


def _write(path: Path, content: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise InputError(Problem(f"cannot be written: {error.strerror}", file=str(path))) from None
    print(f"wrote {path}")


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
    """What passes now between the suggested segments, and from the internet to them."""
    from cloudpack_baseline.checks.network.matrix import segment_matrix  # noqa: PLC0415 - an engine

    segments = tuple(Segment(name=value, tags={tag.key: value}) for value, _ in tag.values)
    baseline = Baseline(segments=segments)
    services: dict[tuple[str, str], dict[str, None]] = {}
    for account in snapshot.accounts:
        matrix = segment_matrix(view_of(snapshot, baseline, "segmentation", account))
        for ends, cell in matrix.cells.items():
            if cell.excess:
                services.setdefault(ends, {}).update(dict.fromkeys(cell.excess.pieces))
    for (source, target), names in services.items():
        yield InitialFlow(
            source=source,
            target=target,
            services=tuple(names) if len(names) <= _SERVICES else (),
            passing=len(names),
        )
