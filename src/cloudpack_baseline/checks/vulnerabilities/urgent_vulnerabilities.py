"""Whether urgent vulnerabilities with a fix are fixed in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloudpack_baseline.baseline.options.vulnerabilities import (
    ScannerExport,
    UrgentVulnerabilitiesOptions,
)
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.vulnerabilities.inspector import scanning_of
from cloudpack_baseline.checks.vulnerabilities.scanner_exports import (
    ExportedFinding,
    exported_findings,
)
from cloudpack_baseline.checks.vulnerabilities.servers import (
    SCANNED,
    is_of_control_tower,
    running_instances,
    updated_lately,
)
from cloudpack_baseline.findings import Finding, Observation, Resource, failed, passed, unknown
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.inspector2 import InspectorFinding, InspectorStatus
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.stored import UNREAD
from cloudpack_baseline.model.values import Field, Truth, Unknown, Why, all_of, lift
from cloudpack_baseline.texts import text

__all__ = ["urgent_vulnerabilities"]


@check(
    reads(Instance),
    reads(Repository),
    reads(LambdaFunction),
    reads(InspectorStatus),
    reads(InspectorFinding),
    subjects=(Instance, Repository),
    later=(LambdaFunction,),
    absence="always",
    planned=False,
)
def urgent_vulnerabilities(view: AccountView) -> Iterator[Finding]:
    """Reads the active findings of Amazon Inspector that have a fix (ListFindings).

    A finding of an urgent severity (``severities``) must not be older than allowed (``days``,
    since ``firstObservedAt``); a partial fix counts. A waiver states the customer's approval. Where
    instances run, or repositories or functions of late exist, that nothing scans, it is unknown
    whether there are such vulnerabilities; ``inspector`` judges what is scanned.

    Findings of other scanners are read from declared files in the AWS Security Finding Format
    (``exports``), whose digest has to match, and which have to be recent
    (``exported_within_days``).
    """
    for finding in view.all(InspectorFinding):
        is_urgent = _is_urgent(view, finding)
        if is_urgent is not False and finding.account_id == view.account.id:
            yield view.finding(finding, _judge(view, finding, is_urgent))
    for export in _options(view).exports:
        yield from _of_export(view, export)
    scanned = (
        *(
            (instance.region, "ec2")
            for instance in running_instances(view)
            if not _is_exported(view, instance.arn, instance.instance_id, instance.name)
        ),
        *(
            (repository.region, "ecr")
            for repository in view.all(Repository)
            if not _is_exported(view, repository.arn, repository.name)
        ),
        *(
            (function.region, "lambda")
            for function in view.all(LambdaFunction)
            if function.package_type != "Image"
            and not is_of_control_tower(function)
            and updated_lately(view, function) is not False
            and not _is_exported(view, function.arn, function.name)
        ),
    )
    for region in sorted({region for region, _ in scanned}):
        yield from _of_region(view, region, sorted({kind for at, kind in scanned if at == region}))


def _options(view: AccountView) -> UrgentVulnerabilitiesOptions:
    return view.baseline.options(UrgentVulnerabilitiesOptions)


def _is_urgent(view: AccountView, finding: InspectorFinding) -> Truth:
    severities = _options(view).severities
    return all_of(
        (
            lift(severities.__contains__, finding.severity),
            lift(lambda status: status == "ACTIVE", finding.status),
            lift(lambda fix: fix in {"YES", "PARTIAL"}, finding.fix_available),
        )
    )


def _judge(view: AccountView, finding: InspectorFinding, is_urgent: Truth) -> Observation:
    if isinstance(is_urgent, Unknown):
        return unknown("severity", is_urgent, origin=finding.origin)
    if isinstance(finding.first_observed_at, Unknown):
        return unknown("firstObservedAt", finding.first_observed_at, origin=finding.origin)
    resources = finding.resources if not isinstance(finding.resources, Unknown) else ()
    return _age(view, finding.first_observed_at, resources)


def _age(view: AccountView, observed: datetime, resources: tuple[str, ...]) -> Observation:
    """Whether a vulnerability is still in time."""
    days = _options(view).days
    oldest = view.as_of - timedelta(days=days)
    day, expected = observed.date().isoformat(), f"firstObservedAt>={oldest.date().isoformat()}"
    words = "vulnerabilities.overdue" if observed < oldest else "vulnerabilities.in-time"
    message = text(words, day=day, days=days, resources=resources)
    report = failed if observed < oldest else passed
    return report(message, read=f"firstObservedAt={day}", expected=expected)


def _is_exported(view: AccountView, *names: str) -> bool:
    """Whether the findings on a resource are in a declared export."""
    patterns = (pattern for export in _options(view).exports for pattern in export.resources)
    return any(covers(pattern, name) for pattern in patterns for name in names)


def _of_export(view: AccountView, export: ScannerExport) -> Iterator[Finding]:
    """The urgent findings of a file, and whether the file can be relied on."""
    file = view.baseline.files.get(export.file, UNREAD)
    of_file = Resource(
        key=f"{view.account.id}#{export.file}",
        account=view.account.id,
        kind=ScannerExport.__name__,
        name=export.file,
    )
    words = {"file": export.file, "scanner": export.scanner}
    if file.problem:
        why = Unknown.because(Why.FAILED, detail=file.problem)
        yield view.finding(of_file, unknown(export.file, why))
        return
    if file.sha256 != export.sha256:
        message, expected = text("vulnerabilities.export-changed", **words), export.sha256
        digest = failed(message, read=f"sha256={file.sha256}", expected=f"sha256={expected}")
        yield view.finding(of_file, digest)
        return
    try:
        exported = exported_findings(file.data)
    except Misshapen as error:
        why = Unknown.because(Why.MALFORMED, detail=str(error))
        yield view.finding(of_file, unknown(export.file, why))
        return
    yield view.finding(of_file, _freshness(view, export))
    for finding in exported:
        if _is_urgent_export(view, finding):
            yield _of_exported(view, of_file, finding)


def _freshness(view: AccountView, export: ScannerExport) -> Observation:
    oldest = view.as_of.date() - timedelta(days=_options(view).exported_within_days)
    read, expected = f"exported_on={export.exported_on}", f"exported_on>={oldest}"
    is_old = export.exported_on < oldest
    words = "vulnerabilities.export-old" if is_old else "vulnerabilities.export"
    message = text(words, scanner=export.scanner, day=str(export.exported_on))
    report = failed if is_old else passed
    return report(message, read=read, expected=expected)


def _is_urgent_export(view: AccountView, finding: ExportedFinding) -> bool:
    return (
        finding.is_open
        and finding.severity in _options(view).severities
        and finding.fix_available != "NO"
        and finding.account_id == view.account.id
    )


def _of_exported(view: AccountView, of_file: Resource, finding: ExportedFinding) -> Finding:
    resource = Resource(
        key=f"{of_file.key}#{finding.id}",
        account=view.account.id,
        kind=ExportedFinding.__name__,
        name=finding.title,
    )
    observation = _age(view, finding.first_observed_at, finding.resources)
    if not finding.fix_available and finding.first_observed_at < view.as_of - timedelta(
        days=_options(view).days
    ):
        why = Unknown.because(Why.MALFORMED, detail="Vulnerabilities[].FixAvailable: is missing")
        observation = unknown("FixAvailable", why)
    return view.finding(resource, observation)


def _of_region(view: AccountView, region: str, kinds: list[str]) -> Iterator[Finding]:
    """Whether the findings of a Region are all there are."""
    status = scanning_of(view, region)
    if isinstance(status, Unknown):
        listing = Resource.listing(InspectorStatus.__name__, view.account.id, region)
        yield view.finding(listing, unknown("resourceState", status))
        return
    yield view.finding(status, *(_of_kind(view, status, kind) for kind in kinds))


def _of_kind(view: AccountView, status: InspectorStatus, kind: str) -> Observation:
    scanning: Field[str] = {"ec2": status.ec2, "ecr": status.ecr, "lambda": status.functions}[kind]
    name = f"resourceState.{kind}.status"
    if isinstance(scanning, Unknown):
        return unknown(name, scanning, expected=f"{name}=ENABLED", origin=status.origin)
    if scanning != "ENABLED":
        message = text("vulnerabilities.nothing-scanned", resource=SCANNED[kind])
        operation = "inspector2:BatchGetAccountStatus"
        why = Unknown.because(Why.UNSUPPORTED, operation=operation, detail=f"{name}={scanning}")
        return unknown(message, why, expected=f"{name}=ENABLED", origin=status.origin)
    gap = view.gap(InspectorFinding, status.region)
    if gap is not None:
        return unknown("findings", gap)
    return passed(text("vulnerabilities.all-findings", resource=SCANNED[kind]))
