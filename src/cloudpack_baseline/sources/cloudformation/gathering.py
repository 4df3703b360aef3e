"""From stacks to snapshots: one for each scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.described import Singular
from cloudpack_baseline.model.snapshot import Coverage, Snapshot, with_unread
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.answers import is_global
from cloudpack_baseline.sources.calls import Calls
from cloudpack_baseline.sources.cloudformation.answered_kinds import (
    answered_operations,
    coverage_of_others,
    is_answered,
)
from cloudpack_baseline.sources.cloudformation.deployments import Deployment, Deployments
from cloudpack_baseline.sources.cloudformation.resources import answers_of
from cloudpack_baseline.sources.cloudformation.same_stacks import describe_the_same
from cloudpack_baseline.sources.cloudformation.stack_answers import StackAnswers
from cloudpack_baseline.sources.cloudformation.transport import (
    ASSUMED,
    StackTransport,
    absent_codes,
)
from cloudpack_baseline.sources.cloudformation.types import described_operations
from cloudpack_baseline.sources.cloudformation.unread import unread_stacks
from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT
from cloudpack_baseline.sources.gathering import gather_with, merge, operations_of
from cloudpack_baseline.sources.known_records import KnownRecords
from cloudpack_baseline.sources.operations import operation
from cloudpack_baseline.sources.regions import Regions
from cloudpack_baseline.sources.targets import SourceAccount

if TYPE_CHECKING:
    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.record import Record

__all__ = ["GatheringRequest", "gather_answers", "gather_deployments", "in_accounts"]


@frozen
class GatheringRequest:
    """What to gather of an account that files describe.

    Attributes:
        selection: the kinds of records, with the fields that need separate calls.
        target: the account that the baseline declares.
        source: for `Snapshot.source`.
        known: the records of other scenarios of the same files; completed by each gathering.
    """

    selection: tuple[Read, ...]
    target: SourceAccount
    source: str
    known: KnownRecords = field(factory=KnownRecords)


def gather_deployments(
    planned: Deployments, request: GatheringRequest, gaps: Iterable[Unknown] = ()
) -> Snapshot:
    """The snapshot of the first deployment, with those of the others as alternatives.

    Args:
        planned: one deployment for each scenario.
        request: what to gather.
        gaps: what may be missing from every kind.
    """
    gaps = tuple(gaps)
    gathered: list[tuple[Deployment, Snapshot]] = []
    for deployment in planned.deployments:
        unread = unread_stacks(deployment.stacks)
        templates = tuple(stack.template for stack in unread)
        # To describe the resources of all stacks takes far longer than to compare some of them.
        known = (
            snapshot
            for other, snapshot in gathered
            if snapshot.unread == templates and describe_the_same(other.stacks, deployment.stacks)
        )
        snapshot = next(known, None)
        if snapshot is None:
            answers = answers_of(deployment.stacks, unread)
            snapshot = with_unread(gather_answers(answers, request, gaps), templates)
        gathered.append((deployment, evolve(snapshot, scenario=deployment.scenario)))
    possible = [snapshot for deployment, snapshot in gathered if planned.is_possible(deployment)]
    first, *further = possible or [snapshot for _, snapshot in gathered]
    records = {(type(record), record.key): record for record in first.records}
    distinct: list[Snapshot] = []
    for snapshot in (_sharing(snapshot, records) for snapshot in further):
        if all(_contents(snapshot) != _contents(known) for known in (first, *distinct)):
            distinct.append(snapshot)
    return evolve(first, alternatives=tuple(distinct))


def _contents(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.records, snapshot.coverage, snapshot.unread


def _sharing(snapshot: Snapshot, records: Mapping[tuple[type[Record], str], Record]) -> Snapshot:
    """The snapshot, with these records where its own are equal: they compare at no cost."""
    shared = (
        (record, records.get((type(record), record.key), record)) for record in snapshot.records
    )
    return evolve(
        snapshot, records=tuple(known if known == record else record for record, known in shared)
    )


def in_accounts(snapshots: list[Snapshot]) -> Snapshot:
    """The snapshots of several accounts, scenario by scenario."""
    by_scenario = [[snapshot, *snapshot.alternatives] for snapshot in snapshots]
    first, *further = [
        evolve(
            merge(scenarios[index % len(scenarios)] for scenarios in by_scenario),
            scenario=by_scenario[0][index % len(by_scenario[0])].scenario,
        )
        for index in range(max(map(len, by_scenario)))
    ]
    return evolve(first, alternatives=tuple(further))


def gather_answers(
    answers: Mapping[tuple[str, str], StackAnswers],
    request: GatheringRequest,
    gaps: Iterable[Unknown] = (),
) -> Snapshot:
    """The snapshot of what resources answer, by account and Region; an empty one of nothing."""
    answers = answers or {(request.target.id or PLACEHOLDER_ACCOUNT, ""): StackAnswers()}
    for of_region in answers.values():
        for gap in gaps:
            of_region.add_gap(described_operations(), gap)
    accounts: dict[str, dict[str, StackAnswers]] = {}
    for (account, region), of_region in answers.items():
        accounts.setdefault(account, {})[region] = of_region
    snapshots = [
        _gather_account(account, by_region, request) for account, by_region in accounts.items()
    ]
    return merge(snapshots)


def _gather_account(
    account: str, by_region: Mapping[str, StackAnswers], request: GatheringRequest
) -> Snapshot:
    selection, target = request.selection, request.target
    answered = answered_operations(by_region.values())
    gathered = tuple(read for read in selection if is_answered(read, answered))
    unanswered = [read for read in selection if not is_answered(read, answered)]
    described = described_operations().union(
        *(answers.operations for answers in by_region.values())
    )
    calls = Calls(
        transport=StackTransport(by_region, absent_codes(gathered), described),
        account=account,
        partition="aws",
        region=next(iter(by_region)),
        known=request.known,
    )
    snapshot = gather_with(
        calls,
        gathered,
        source=request.source,
        regions=Regions(read=tuple(sorted(by_region))),
        name=target.name if account == (target.id or PLACEHOLDER_ACCOUNT) else "",
        workers=1,
    )
    assumed = {ASSUMED[key].assumption for key in operations_of(gathered) & ASSUMED.keys()}
    settled = _answered_everywhere(by_region.values())
    return evolve(
        snapshot,
        records=tuple(record for record in snapshot.records if _is_planned(record, by_region)),
        coverage=(
            *(_with_limits(coverage, described) for coverage in snapshot.coverage),
            *coverage_of_others(unanswered, account, sorted(by_region), described),
        ),
        assumptions=assumed - {ASSUMED[key].assumption for key in settled},
    )


def _answered_everywhere(answers: Iterable[StackAnswers]) -> frozenset[str]:
    """The operations that are answered in each Region; of global services, in one."""
    by_region = [of_region.operations for of_region in answers]
    in_one = frozenset().union(*by_region)
    return frozenset(
        key
        for key in in_one & ASSUMED.keys()
        if is_global(operation(key)) or all(key in answered for answered in by_region)
    )


def _is_planned(record: Record, by_region: Mapping[str, StackAnswers]) -> bool:
    """Whether the templates say anything of it.

    There is one record of some settings in each account or Region, whether anything makes them
    or not, such as the policy of a registry. What is assumed of the account stays.
    """
    api = record.api
    if not isinstance(api, Singular) or api.operation in ASSUMED:
        return True
    if api.operation not in described_operations():
        return True
    return any(
        api.operation in answers.items
        or api.operation in answers.gaps
        or (api.operation, "") in answers.subjects
        for region, answers in by_region.items()
        if region == record.region or not record.region
    )


def _with_limits(coverage: Coverage, described: frozenset[str]) -> Coverage:
    """The coverage; a kind that no resource of a template makes cannot be provided."""
    api = record_class(coverage.kind).api
    if api is not None and described.isdisjoint(api.operations):
        return evolve(coverage, cannot_tell="common.cannot-tell")
    return coverage
