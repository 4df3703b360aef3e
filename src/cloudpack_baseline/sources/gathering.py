"""From a selection to a snapshot: which kinds, in which Regions, concurrently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from threading import Lock

from attrs import evolve

from cloudpack_baseline._version import __version__
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import Read, merged
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import AccountScope, Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.progress import GatheringProgress
from cloudpack_baseline.sources.calls import Calls, Gathered, Transport
from cloudpack_baseline.sources.gatherers import Gatherer, gatherer_of
from cloudpack_baseline.sources.observed import Observed
from cloudpack_baseline.sources.regions import REGION_LISTING, Regions, regions_of
from cloudpack_baseline.sources.shared import Shared, needed_twice
from cloudpack_baseline.sources.workers import Workers

__all__ = ["WORKERS", "Clock", "gather_with", "is_regional", "merge", "operations_of", "utc_now"]

WORKERS = 32
"""Calls that are under way at once, in each of the two pools. 1,069 calls of 50 ms each take
1.7 s of waiting; with 16 they took 3.4 s. Python is busy for about 1 ms a call, so that more
threads would win little, and the limits of AWS's APIs are near (botocore retries)."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)


def is_regional(selection: Iterable[Read]) -> bool:
    """Whether a regional kind is selected."""
    return any(gatherer_of(read.kind).regional for read in selection)


def operations_of(selection: Iterable[Read]) -> frozenset[str]:
    """Every operation that reading this may call; who is asking included."""
    selection = tuple(selection)
    needed = frozenset(("sts:GetCallerIdentity",)).union(
        *(gatherer_of(read.kind).needs(read.fields) for read in selection)
    )
    return needed | {REGION_LISTING} if is_regional(selection) else needed


@frozen(kw_only=True)
class _Job:
    """One kind in one region; an empty region for kinds that are read once an account."""

    read: Read
    gatherer: Gatherer
    region: str

    @property
    def service(self) -> str:
        """The module of the record: one for each service."""
        return self.read.kind.__module__.rpartition(".")[2]

    @property
    def clients(self) -> frozenset[str]:
        return frozenset(key.partition(":")[0] for key in self.gatherer.needs(self.read.fields))


def gather_with(  # noqa: PLR0913 - two arguments; the rest are names
    calls: Calls,
    selection: Iterable[Read],
    *,
    source: str,
    regions: tuple[str, ...] | Regions | None = None,
    name: str = "",
    clock: Clock = utc_now,
    workers: int = WORKERS,
    progress: GatheringProgress | None = None,
) -> Snapshot:
    """The snapshot of one account.

    Args:
        calls: calls to the account, in the Region for calls that belong to no Region.
        selection: the kinds of records, with the fields that need separate calls.
        source: the kind of the source, for `Snapshot.source`.
        regions: the Regions of regional kinds; ``None`` or ``*``: every enabled Region;
            `Regions` if the caller knows better than EC2.
        name: the declared name of the account.
        clock: its time at the end becomes `Snapshot.taken_at`.
        workers: the number of concurrent calls; 1 makes them sequential.
        progress: is called with what is being read.

    Raises:
        InputError: a Region that does not exist.
        LookupError: a kind without a gatherer.
    """
    reads = merged(selection)
    transport = Observed(calls.transport, progress) if progress else calls.transport
    calls = evolve(calls, transport=_sharing(transport, reads))
    places = _where(calls, regions) if is_regional(reads) else Regions()
    jobs = tuple(_jobs(reads, places))
    done = _run(calls, jobs, workers, progress)
    account = AccountScope(
        id=calls.account,
        name=name,
        partition=calls.partition,
        regions=places.read,
        regions_off=places.off,
    )
    return Snapshot(
        taken_at=clock(),
        source=source,
        accounts=(account,),
        records=_distinct(record for records, _ in done for record in records),
        coverage=(*(coverage for _, coverage in done), *_gaps(reads, places, calls.account)),
        assumptions=calls.transport.assumptions,
        generator=f"cloudpack-baseline {__version__}",
    )


def _sharing(transport: Transport, reads: Iterable[Read]) -> Transport:
    needs = [gatherer_of(read.kind).needs(read.fields) for read in reads]
    keys = needed_twice([*needs, (REGION_LISTING,)])
    return Shared(transport, keys) if keys else transport


def _where(calls: Calls, regions: tuple[str, ...] | Regions | None) -> Regions:
    return regions if isinstance(regions, Regions) else regions_of(calls, regions)


def _jobs(reads: Sequence[Read], places: Regions) -> Iterator[_Job]:
    """By service, then region: so that what a service needs can be let go early."""
    jobs = [
        _Job(read=read, gatherer=gatherer, region=region)
        for read in reads
        for gatherer in (gatherer_of(read.kind),)
        for region in (places.read if gatherer.regional else ("",))
    ]
    yield from sorted(jobs, key=lambda job: (job.read.kind.__module__, job.region))


def _run(
    calls: Calls, jobs: Sequence[_Job], workers: int, progress: GatheringProgress | None
) -> list[tuple[tuple[Record, ...], Coverage]]:
    remaining = _Left(calls, jobs)
    if progress:
        progress.begin(calls.account, [(job.service, job.region) for job in jobs])

    def run(job: _Job, leaves: Executor | None) -> tuple[tuple[Record, ...], Coverage]:
        try:
            return _gathered(job, evolve(calls, pool=leaves))
        finally:
            remaining.done(job)
            if progress:
                progress.end(calls.account, job.service)

    if workers == 1:
        return [run(job, None) for job in jobs]
    # Two pools: a gatherer waits for its leaf calls, so it must not hold one of their threads.
    with Workers(workers) as leaves, Workers(workers) as gatherers:
        pending = [gatherers.submit(run, job, leaves) for job in jobs]
        try:
            return [future.result() for future in pending]
        finally:
            # Whatever ends it early, Ctrl-C included: what has not begun never does.
            gatherers.shutdown(wait=False, cancel_futures=True)
            leaves.shutdown(wait=False, cancel_futures=True)


class _Left:
    """Counts the jobs that still need a client, and lets go of it after the last."""

    def __init__(self, calls: Calls, jobs: Iterable[_Job]) -> None:
        self._calls = calls
        self._lock = Lock()
        self._uses = Counter(use for job in jobs for use in self._uses_of(job))

    def done(self, job: _Job) -> None:
        with self._lock:
            self._uses.subtract(self._uses_of(job))
            free = [use for use in self._uses_of(job) if not self._uses[use]]
        for client, region in free:
            self._calls.transport.release(client, region)

    @staticmethod
    def _uses_of(job: _Job) -> list[tuple[str, str]]:
        return [(client, job.region) for client in sorted(job.clients)]


def _gathered(job: _Job, calls: Calls) -> tuple[tuple[Record, ...], Coverage]:
    place = calls.in_region(job.region) if job.region else calls
    try:
        gathered = job.gatherer.run(place, job.read.fields)
    except Misshapen as error:  # beside the items, where nothing smaller can be left out
        gathered = Gathered((), Unknown.because(Why.MALFORMED, detail=str(error)))
    return gathered.records, _coverage(job.read, calls.account, job.region, gathered.unknown)


def _gaps(reads: Iterable[Read], places: Regions, account: str) -> Iterator[Coverage]:
    for read in reads:
        if gatherer_of(read.kind).regional:
            for region, unknown in places.gaps:
                yield _coverage(read, account, region, unknown)


def _coverage(read: Read, account: str, region: str, unknown: Unknown | None) -> Coverage:
    costly = read.fields.intersection(gatherer_of(read.kind).fields)
    return Coverage(
        kind=read.name,
        account=account,
        region=region,
        fields=tuple(sorted(costly)),
        unknown=unknown,
    )


def _distinct(records: Iterable[Record]) -> tuple[Record, ...]:
    # A listing that is not limited to its Region returns the same in each.
    return tuple({(type(record), record.key): record for record in records}.values())


def merge(snapshots: Iterable[Snapshot]) -> Snapshot:
    """One snapshot of many accounts; its time is that of its newest part.

    Raises:
        ValueError: there is none, two contain the same account, or their sources differ.
    """
    snapshots_ = tuple(snapshots)
    accounts = [account for snapshot in snapshots_ for account in snapshot.accounts]
    if len({account.id for account in accounts}) != len(accounts):
        raise ValueError("an account is in two of the snapshots")
    (source,) = {snapshot.source for snapshot in snapshots_} or {""}
    return Snapshot(
        taken_at=max(snapshot.taken_at for snapshot in snapshots_),
        source=source,
        accounts=accounts,
        records=[record for snapshot in snapshots_ for record in snapshot.records],
        coverage=[entry for snapshot in snapshots_ for entry in snapshot.coverage],
        assumptions={entry for snapshot in snapshots_ for entry in snapshot.assumptions},
        generator=", ".join(
            sorted({snapshot.generator for snapshot in snapshots_ if snapshot.generator})
        ),
        unread=tuple(template for snapshot in snapshots_ for template in snapshot.unread),
        recorded=tuple(digest for snapshot in snapshots_ for digest in snapshot.recorded),
        callers=tuple(caller for snapshot in snapshots_ for caller in snapshot.callers),
    )
