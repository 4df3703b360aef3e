"""Templates that are deployed with those of a run, and that nobody read: what they cost.

Such a template may contain anything, which is one finding about the template itself, under the ID
``unread-templates``. A resource of the other templates is judged as if it did not exist, unless it
may change that resource: then each listing that may lack something counts as such. What counts over
the whole account, such as a trail, is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from operator import and_

from attrs import evolve

from cloudpack_baseline.findings import Finding, Outcome, Resource, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.snapshot import Coverage, Snapshot
from cloudpack_baseline.model.unread import UnreadTemplate, written_place
from cloudpack_baseline.model.values import Cause, Unknown
from cloudpack_baseline.texts import text

__all__ = [
    "UNREAD",
    "UnreadPlaces",
    "settled",
    "unread_findings",
    "unread_places",
    "with_unread_templates",
    "without_unread_templates",
]

UNREAD = "unread-templates"
"""The ID under which templates that nobody read are judged."""

_ACCOUNT_WIDE = frozenset(
    ("BackupPlan", "ConfigurationRecorder", "Detector", "EventDataStore", "Trail")
)
"""The kinds that apply to resources which they do not name: backup plans choose theirs by tags,
trails record all buckets."""


def without_unread_templates(snapshot: Snapshot) -> Snapshot:
    """The snapshot, as if the templates that nobody read had nothing but what is account-wide."""
    causes = _causes(snapshot.unread)
    return evolve(
        snapshot,
        coverage=tuple(_closed(coverage, causes) for coverage in snapshot.coverage),
        alternatives=(),
    )


def _closed(coverage: Coverage, causes: Collection[Cause]) -> Coverage:
    if coverage.unknown is None or coverage.kind in _ACCOUNT_WIDE:
        return coverage
    known = tuple(cause for cause in coverage.unknown.causes if cause not in causes)
    return evolve(coverage, unknown=Unknown(known) if known else None)


def with_unread_templates(
    unchanged: Iterable[Finding],
    together: Iterable[Finding],
    templates: Iterable[UnreadTemplate],
    *,
    counts_absence: bool,
) -> Iterator[Finding]:
    """The findings about the resources of templates that are deployed with unread ones.

    Args:
        unchanged: the findings that the unread templates cannot change, as if they did not exist.
        together: all, as if each listing may lack something; those about the same resources may
            be left out.
        templates: of the account.
        counts_absence: whether the control asks for at least one resource in the account: that
            a listing may lack something is then said, but once.
    """
    causes = _causes(templates)
    unchanged = tuple(unchanged)
    keys = {finding.resource.key for finding in unchanged}
    yield from unchanged
    listings = 0
    for finding in together:
        if _is_listing(finding, causes):
            listings += 1
            if counts_absence and listings == 1 and finding.resource.kind in _ACCOUNT_WIDE:
                yield finding
        elif finding.resource.key not in keys:
            yield finding


def _causes(templates: Iterable[UnreadTemplate]) -> frozenset[Cause]:
    return frozenset(cause for template in templates for cause in template.why.causes)


def _is_listing(finding: Finding, causes: Collection[Cause]) -> bool:
    """Whether it says that a listing may lack what an unread template contains, and no more."""
    return finding.resource.name == "*" and all(
        cause in causes for observation in finding.observations for cause in observation.causes
    )


@frozen(kw_only=True)
class UnreadPlaces:
    """What the unread templates of an account may change, as places of resources in the files.

    Attributes:
        passed: those of the resources that one of them may add something to.
        unaffected: those of the resources that none of them has to do with.
    """

    passed: frozenset[str]
    unaffected: frozenset[str]


def unread_places(snapshot: Snapshot) -> Mapping[str, UnreadPlaces]:
    """The places by account ID, of each account with unread templates."""
    by_account: dict[str, list[UnreadTemplate]] = {}
    for template in snapshot.unread:
        by_account.setdefault(template.account, []).append(template)
    return {
        account: UnreadPlaces(
            passed=frozenset().union(*(template.passed for template in templates)),
            unaffected=reduce(and_, (frozenset(template.unaffected) for template in templates)),
        )
        for account, templates in by_account.items()
    }


def settled(alone: Iterable[Finding], places: UnreadPlaces) -> list[Finding]:
    """Of what was found without templates that nobody read, what they cannot change.

    What fails is not mended by what is added to other resources.
    """
    written = [
        (finding, written_place(finding.resource.origin))
        for finding in alone
        if finding.resource.origin is not None
    ]
    return [
        finding
        for finding, place in written
        if place not in places.passed
        and (place in places.unaffected or finding.outcome is Outcome.FAIL)
    ]


def unread_findings(snapshot: Snapshot) -> tuple[Finding, ...]:
    """A finding for each template that nobody read; the scenarios of a template have the same."""
    templates: Mapping[tuple[str, str], UnreadTemplate] = {
        (template.account, template.name): template
        for scenario in (*reversed(snapshot.alternatives), snapshot)
        for template in scenario.unread
    }
    return tuple(map(_finding, (templates[key] for key in sorted(templates))))


def _finding(template: UnreadTemplate) -> Finding:
    origin = template.origin
    message = text("common.unread-template", name=template.name, place=origin.place)
    return Finding(
        control=UNREAD,
        resource=Resource(
            key=f"{origin.file}#{template.name}",
            account=template.account,
            region=template.region,
            kind="Template",
            name=template.name,
            origin=origin,
        ),
        observations=[unknown(message, template.why)],
    )
