"""``cloudpack-baseline init``: a first baseline file, from what is there now."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cloudpack_baseline._cli._gathering import snapshot_of
from cloudpack_baseline._cli._openings import openings_of
from cloudpack_baseline.assessment import Assessment, assess
from cloudpack_baseline.baseline import FILE_NAME, Baseline
from cloudpack_baseline.baseline.initial import InitialBaseline, OpenBucket, TagValues, render
from cloudpack_baseline.checks import AccountView
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.findings import Finding, Outcome
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.whitepaper import select

__all__ = ["draft_of", "run"]

_READ = ("s3-exposure", "segmentation", "rds-backup")
"""The controls whose declarations a draft holds."""
_TAGGED = frozenset(("Instance", "DBInstance", "DBCluster"))
_MANY = 8
"""More values than this, and a tag names things rather than parts of a network."""


def run(given: argparse.Namespace) -> None:
    """Write the file.

    Raises:
        InputError: there is one already, or it cannot be written.
        SourceError: the source does not answer.
    """
    path = Path(given.file)
    if path.exists():
        raise InputError(Problem("is there already; it is not overwritten", file=str(path)))
    if given.source is None:
        draft = InitialBaseline(regions=tuple(given.region or ()))
    else:
        draft = draft_of(snapshot_of(given, Baseline(), select(_READ)), given.region or ())
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(render(draft))
    except OSError as error:
        raise InputError(Problem(f"cannot be written: {error.strerror}", file=str(path))) from None
    print(f"wrote {path}")
    if path.name != FILE_NAME:
        print(f"name it {FILE_NAME}, or point --cloudpack-file at it")


def draft_of(snapshot: Snapshot, regions: Iterable[str] = ()) -> InitialBaseline:
    """What a snapshot tells of the system, and the regions that the user named."""
    exposure = assess(snapshot, Baseline(), controls=["s3-exposure"])
    return InitialBaseline(
        accounts=tuple(
            (one.name or f"account-{one.id}", one.id, one.partition) for one in snapshot.accounts
        ),
        regions=tuple(regions),
        used_regions=_used_regions(snapshot),
        buckets=tuple(_open_buckets(snapshot, exposure)),
        private=sum(one.outcome is Outcome.PASS for one in exposure.findings),
        tag=_telling_tag(snapshot),
    )


def _used_regions(snapshot: Snapshot) -> tuple[str, ...]:
    kinds = _TAGGED | {"Bucket"}
    held = {one.region for one in snapshot.records if type(one).__name__ in kinds}
    return tuple(sorted(held - {""}))


def _open_buckets(snapshot: Snapshot, exposure: Assessment) -> Iterator[OpenBucket]:
    views = {one.id: _view(snapshot, one) for one in snapshot.accounts}
    buckets = {one.key: one for id_ in views for one in snapshot.all(Bucket, id_)}
    for one in exposure.findings:
        bucket = buckets.get(one.resource.key)
        if bucket is not None and one.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
            openings, covered = openings_of(views[bucket.account], bucket)
            yield OpenBucket(
                name=bucket.name, description=tuple(_told(one)), openings=openings, covered=covered
            )


def _view(snapshot: Snapshot, account: AccountScope) -> AccountView:
    return AccountView(
        control="s3-exposure",
        snapshot=snapshot,
        account=account,
        baseline=Baseline(),
        as_of=snapshot.taken_at,
    )


def _told(finding: Finding) -> Iterator[str]:
    for one in finding.observations:
        if one.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
            yield from one.message.in_language("en").splitlines()
            if one.witness is not None:
                yield f"for example: {one.witness.summary.in_language('en')}"


def _telling_tag(snapshot: Snapshot) -> TagValues | None:
    """The tag that most servers and databases have, with few values; ``None``: there is none."""
    held = [_tags(one) for one in snapshot.records if type(one).__name__ in _TAGGED]
    counts: dict[str, Counter[str]] = {}
    for tags in held:
        for key, value in tags.items():
            if value and key != "Name" and not key.startswith("aws:"):
                counts.setdefault(key, Counter())[value] += 1
    telling = {key: one for key, one in counts.items() if 1 < len(one) <= _MANY}
    if not telling:
        return None
    key = min(telling, key=lambda key: (-telling[key].total(), len(telling[key]), key))
    servers = [_tags(one) for one in snapshot.records if type(one).__name__ == "Instance"]
    served = frozenset(tags[key] for tags in servers if key in tags)
    return TagValues(key=key, values=tuple(sorted(telling[key].items())), served=served)


def _tags(record: object) -> Mapping[str, str]:
    tags = getattr(record, "tags", ())
    return dict(tags) if isinstance(tags, tuple) else {}
