"""Whether urgent vulnerabilities with a fix are fixed in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cloudpack_baseline.baseline import UrgentVulnerabilitiesOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.vulnerabilities.inspector import scanning_of
from cloudpack_baseline.checks.vulnerabilities.servers import running_instances
from cloudpack_baseline.findings import Finding, Observation, Resource, failed, passed, unknown
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.inspector2 import InspectorFinding, InspectorStatus
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Truth, Unknown, Why, all_of, lift
from cloudpack_baseline.texts import text

__all__ = ["urgent_vulnerabilities"]


@check(
    reads(Instance),
    reads(Repository),
    reads(InspectorStatus),
    reads(InspectorFinding),
    subjects=(Instance, Repository),
    absence="always",
    planned=False,
)
def urgent_vulnerabilities(view: AccountView) -> Iterator[Finding]:
    """Reads the active findings of Amazon Inspector that have a fix (ListFindings).

    A finding of an urgent severity (``severities``) must not be older than allowed (``days``,
    since ``firstObservedAt``); a partial fix counts. A waiver states the customer's approval. Where
    instances run or repositories exist that Amazon Inspector does not scan, it is unknown whether
    there are such vulnerabilities; ``inspector`` judges what is scanned.
    """
    for finding in view.all(InspectorFinding):
        is_urgent = _is_urgent(view, finding)
        if is_urgent is not False and finding.account_id == view.account.id:
            yield view.finding(finding, _judge(view, finding, is_urgent))
    scanned = (
        *((instance.region, "ec2") for instance in running_instances(view)),
        *((repository.region, "ecr") for repository in view.all(Repository)),
    )
    for region in sorted({region for region, _ in scanned}):
        yield from _of_region(view, region, sorted({kind for at, kind in scanned if at == region}))


def _is_urgent(view: AccountView, finding: InspectorFinding) -> Truth:
    severities = view.baseline.options(UrgentVulnerabilitiesOptions).severities
    return all_of(
        (
            lift(severities.__contains__, finding.severity),
            lift(lambda status: status == "ACTIVE", finding.status),
            lift(lambda fix: fix in {"YES", "PARTIAL"}, finding.fix_available),
        )
    )


def _judge(view: AccountView, finding: InspectorFinding, is_urgent: Truth) -> Observation:
    days = view.baseline.options(UrgentVulnerabilitiesOptions).days
    oldest = view.as_of - timedelta(days=days)
    expected, origin = f"firstObservedAt>={oldest.date().isoformat()}", finding.origin
    if isinstance(is_urgent, Unknown):
        return unknown("severity", is_urgent, expected=expected, origin=origin)
    if isinstance(finding.first_observed_at, Unknown):
        why = finding.first_observed_at
        return unknown("firstObservedAt", why, expected=expected, origin=origin)
    day = finding.first_observed_at.date().isoformat()
    resources = finding.resources if not isinstance(finding.resources, Unknown) else ()
    is_overdue = finding.first_observed_at < oldest
    words = "vulnerabilities.overdue" if is_overdue else "vulnerabilities.in-time"
    message = text(words, day=day, days=days, resources=resources)
    report = failed if is_overdue else passed
    return report(message, read=f"firstObservedAt={day}", expected=expected, origin=origin)


def _of_region(view: AccountView, region: str, kinds: list[str]) -> Iterator[Finding]:
    """Whether the findings of a Region are all there are."""
    status = scanning_of(view, region)
    if isinstance(status, Unknown):
        listing = Resource.listing(InspectorStatus.__name__, view.account.id, region)
        yield view.finding(listing, unknown("resourceState", status))
        return
    yield view.finding(status, *(_of_kind(view, status, kind) for kind in kinds))


def _of_kind(view: AccountView, status: InspectorStatus, kind: str) -> Observation:
    scanning: Field[str] = status.ec2 if kind == "ec2" else status.ecr
    name = f"resourceState.{kind}.status"
    if isinstance(scanning, Unknown):
        return unknown(name, scanning, expected=f"{name}=ENABLED", origin=status.origin)
    if scanning != "ENABLED":
        message = text("vulnerabilities.nothing-scanned", resource=kind.upper())
        operation = "inspector2:BatchGetAccountStatus"
        why = Unknown.because(Why.UNSUPPORTED, operation=operation, detail=f"{name}={scanning}")
        return unknown(message, why, expected=f"{name}=ENABLED", origin=status.origin)
    gap = view.gap(InspectorFinding, status.region)
    if gap is not None:
        return unknown("findings", gap)
    return passed(text("vulnerabilities.all-findings", resource=kind.upper()))
