"""Whether security settings changed only as declared."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from cloudpack_baseline.baseline.options.vulnerabilities import SecurityDriftOptions
from cloudpack_baseline.checks.check import AccountView, Check
from cloudpack_baseline.checks.security_settings import (
    SETTINGS,
    SETTINGS_READS,
    canonical,
    costly_fields,
    covering_change,
    is_change_by_itself,
    value_text,
)
from cloudpack_baseline.checks.service_managed import is_managed
from cloudpack_baseline.checks.settings import api_name
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Resource,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.stored import UNREAD
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["security_drift"]


@frozen(kw_only=True)
class _DriftComparison:
    """An account then and now.

    Attributes:
        before: the view of the recorded snapshot.
        after: the view that is judged.
        managed: patterns of resources that services manage.
    """

    before: AccountView
    after: AccountView
    managed: tuple[str, ...]


def _judge(view: AccountView) -> Iterator[Finding]:
    options = view.baseline.options(SecurityDriftOptions)
    reference = view.baseline.files.get(options.reference or "", UNREAD)
    fault = _fault(view, options, reference.snapshot, reference.problem)
    if fault is not None or reference.snapshot is None:
        yield view.account_finding(*([fault] if fault else []))
        return
    (scope,) = (account for account in reference.snapshot.accounts if account.id == view.account.id)
    before = evolve(view, snapshot=reference.snapshot, account=scope)
    comparison = _DriftComparison(before=before, after=view, managed=options.managed)
    compared = 0
    for kind in SETTINGS:
        yield from _gaps(comparison, kind)
        pairs = list(_pairs(comparison, kind))
        compared += len(pairs)
        for old, new in pairs:
            record = new or old
            changes = list(_changes(comparison, kind, old, new))
            if changes and record is not None:
                yield view.finding(
                    record,
                    *(
                        _as_declared(comparison, record, field, observation)
                        for field, observation in changes
                    ),
                )
    taken_at = _moment(reference.snapshot)
    message = text("vulnerabilities.drift-compared", number=compared, taken_at=taken_at)
    yield view.account_finding(passed(message), *_of_regions(comparison))


security_drift = Check(
    reads=SETTINGS_READS,
    subjects=(),
    judge=_judge,
    evidence=(
        "Compares security settings with the recorded snapshot that the baseline names as "
        "``reference``: rules of security groups and network ACLs, routes, gateways, endpoints, "
        "IAM policies and trusts, resource policies, settings of buckets, keys and databases, and "
        "what is logged. The order of lists and the spelling of policies do not count. Rules, "
        "grants and logs that are new or gone are changes, too. A change is accepted if "
        "``[[changes]]`` covers the resource and its period overlaps the time since the snapshot. "
        "Left out are resources that services manage: service-linked roles, keys and policies of "
        "AWS, and what tags show as part of a scaling group, or of a controller of clusters and "
        "load balancers."
    ),
    absence="always",
    declared="reference",
    planned=False,
)


def _fault(
    view: AccountView, options: SecurityDriftOptions, reference: Snapshot | None, problem: str
) -> Observation | None:
    """Why the account cannot be compared."""
    words = {"file": options.reference or "", "problem": problem}
    if reference is None:
        return _incomparable(text("vulnerabilities.drift-unreadable", **words))
    words["taken_at"] = _moment(reference)
    if options.digest not in (None, reference.digest, *reference.recorded):
        message = text("vulnerabilities.drift-digest", **words)
        return failed(message, read=reference.digest, expected=options.digest)
    if reference.taken_at > view.as_of:
        return _incomparable(text("vulnerabilities.drift-later", **words))
    if all(account.id != view.account.id for account in reference.accounts):
        return _incomparable(text("vulnerabilities.drift-account", **words))
    return None


def _incomparable(message: Text) -> Observation:
    return unknown(message, Unknown.because(Why.NOT_GATHERED))


def _moment(snapshot: Snapshot) -> str:
    return snapshot.taken_at.isoformat(timespec="seconds").replace("+00:00", "Z")


# -- what cannot be compared


def _gaps(comparison: _DriftComparison, kind: type[Record]) -> Iterator[Finding]:
    view = comparison.after
    listing = Resource.listing(kind.__name__, view.account.id, "")
    now, then = view.gap(kind), comparison.before.gap(kind)
    gap = then if now is None else now
    unread = sorted(_unread_fields(comparison, kind))
    if gap is not None:
        yield view.finding(listing, unknown(kind.__name__, gap))
    elif unread:
        message = text(
            "vulnerabilities.drift-fields",
            kind=kind.__name__,
            fields=tuple(api_name(kind, field) for field in unread),
        )
        yield view.finding(listing, _incomparable(message))


def _unread_fields(comparison: _DriftComparison, kind: type[Record]) -> frozenset[str]:
    """The fields that one of the snapshots was not gathered with."""
    covered = [
        coverage
        for view in (comparison.before, comparison.after)
        for coverage in view.snapshot.covered(kind, view.account.id)
        if coverage.unknown is None
    ]
    return frozenset(
        field
        for field in costly_fields(kind)
        if any(field not in coverage.fields for coverage in covered)
    )


def _of_regions(comparison: _DriftComparison) -> Iterator[Observation]:
    now = comparison.after.account
    regions = set(comparison.before.account.regions) - {*now.regions, *now.regions_off}
    if regions:
        message = text("vulnerabilities.drift-regions", regions=tuple(sorted(regions)))
        yield _incomparable(message)


# -- what changed


def _pairs(
    comparison: _DriftComparison, kind: type[Record]
) -> Iterator[tuple[Record | None, Record | None]]:
    """Each resource then and now; ``None``: there is none."""
    before = {record.key: record for record in comparison.before.all(kind)}
    after = {record.key: record for record in comparison.after.all(kind)}
    for key in sorted(before.keys() | after.keys()):
        pair = before.get(key), after.get(key)
        if not any(is_managed(record, comparison.managed) for record in pair if record is not None):
            yield pair


def _changes(
    comparison: _DriftComparison, kind: type[Record], old: Record | None, new: Record | None
) -> Iterator[tuple[str, Observation]]:
    """Each change with its field; of a resource that came or went, without one."""
    if old is not None and new is not None:
        unread = _unread_fields(comparison, kind)
        for field in SETTINGS[kind].fields:
            if field not in unread:
                for observation in _of_field(kind, field, old, new):
                    yield field, observation
    elif is_change_by_itself(kind):
        # Where a listing is incomplete, that is reported, and nothing follows for what it lacks.
        if new is not None and comparison.before.gap(kind, new.region) is None:
            yield "", failed(text("vulnerabilities.drift-added"))
        if old is not None and comparison.after.gap(kind, old.region) is None:
            yield "", failed(text("vulnerabilities.drift-removed"))


def _of_field(kind: type[Record], field: str, old: Record, new: Record) -> Iterator[Observation]:
    name = api_name(kind, field)
    before, after = getattr(old, field), getattr(new, field)
    for value in (after, before):
        if isinstance(value, Unknown):
            yield unknown(name, value)
            return
    if canonical(before) != canonical(after):
        yield failed(
            text("vulnerabilities.drift-changed", field=name),
            read=f"{name}={value_text(after)}",
            expected=f"{name}={value_text(before)}",
            origin=new.origin_of(field),
        )


def _as_declared(
    comparison: _DriftComparison, record: Record, field: str, observation: Observation
) -> Observation:
    """The observation; a change that is declared passes."""
    if observation.outcome is not Outcome.FAIL:
        return observation
    change = covering_change(
        comparison.after.baseline.changes,
        record,
        field,
        since=comparison.before.snapshot.taken_at.date(),
        until=comparison.after.as_of.date(),
    )
    if change is None:
        return observation
    message = text(
        "vulnerabilities.drift-declared",
        ticket=change.ticket,
        starts=change.starts.isoformat(),
        ends=change.ends.isoformat(),
    )
    return passed(message, read=observation.read, expected=observation.expected)
