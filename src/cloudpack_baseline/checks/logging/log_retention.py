"""The check of ``log-retention``."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.logging import LogRetentionOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.logging._retention import observe_log_group
from cloudpack_baseline.checks.logging._sessions import SESSION_READS, session_destinations
from cloudpack_baseline.findings import Finding, not_applicable, passed, unknown
from cloudpack_baseline.model.ecs import EcsCluster
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.ssm import SessionPreferences
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["log_retention"]


@check(reads(LogGroup), *SESSION_READS, subjects=(LogGroup,), absence="always")
def log_retention(view: AccountView) -> Iterator[Finding]:
    """Reads ``retentionInDays`` of log groups of sessions, and of those that the baseline names.

    A log group without it keeps events for ever; one of the class ``DELIVERY`` for one day
    (DescribeLogGroups). Log groups of sessions are those of the preferences of Session Manager
    (GetDocument, SSM-SessionManagerRunShell) and of ECS Exec (DescribeClusters). Name those of
    bastions in the baseline: no API says what a log group contains. Other log groups are not
    judged.
    """
    options = view.baseline.options(LogRetentionOptions)
    sessions = {
        (destination.record.region, destination.log_group)
        for destination in session_destinations(view)
    }
    judged = [
        group
        for group in view.all(LogGroup)
        if (group.region, group.name) in sessions or _is_named(group, options.log_groups)
    ]
    for group in judged:
        if _is_named(group, options.forwarded):
            yield view.finding(group, passed(text("logging.forwarded")))
        else:
            yield view.finding(group, observe_log_group(group, options.days))
    unread = list(_unread(view))
    yield from unread
    if not judged and not unread and view.gap(LogGroup) is None:
        yield view.account_finding(not_applicable(text("logging.no-session-groups")))


def _is_named(group: LogGroup, patterns: tuple[str, ...]) -> bool:
    return any(covers(pattern, group.arn, group.name) for pattern in patterns)


def _unread(view: AccountView) -> Iterator[Finding]:
    """What may name another log group of sessions, but could not be read."""
    for preferences in view.all(SessionPreferences):
        if isinstance(preferences.recording, Unknown):
            yield view.finding(preferences, unknown("Content", preferences.recording))
    for cluster in view.all(EcsCluster):
        if isinstance(cluster.settings, Unknown):
            yield view.finding(cluster, unknown("executeCommandConfiguration", cluster.settings))
    gaps = {kind: view.gap(kind) for kind in (SessionPreferences, EcsCluster)}
    observations = [unknown(kind.__name__, gap) for kind, gap in gaps.items() if gap is not None]
    if observations:
        yield view.account_finding(*observations)
