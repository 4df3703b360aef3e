"""Whether running servers, and images and functions in use, were scanned for vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloudpack_baseline.baseline.options.vulnerabilities import InspectorOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.missing import why_missing
from cloudpack_baseline.checks.vulnerabilities.servers import (
    SCANNED,
    is_of_control_tower,
    is_recent,
    just_launched,
    running_instances,
    updated_lately,
)
from cloudpack_baseline.findings import (
    FieldValue,
    Finding,
    Observation,
    Resource,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.inspector2 import InspectorCoverage, InspectorStatus
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Truth, Unknown, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["inspector", "scanning_of"]

_NO_SCAN = frozenset(("PENDING_INITIAL_SCAN", "PENDING_DISABLE", "NO_INVENTORY", "STALE_INVENTORY"))
"""Reasons of an active status without a scan of the present packages, or without another one."""

_UNUSED = "SCAN_ELIGIBILITY_EXPIRED"


@check(
    reads(Instance),
    reads(Repository),
    reads(LambdaFunction),
    reads(InspectorStatus),
    reads(InspectorCoverage),
    subjects=(Instance, Repository),
    later=(LambdaFunction,),
    planned=False,
)
def inspector(view: AccountView) -> Iterator[Finding]:
    """Reads the coverage of each running instance, image and function in use (ListCoverage).

    The scan has to be ``ACTIVE``, with packages that were read (not ``PENDING_INITIAL_SCAN``,
    ``NO_INVENTORY``, ``STALE_INVENTORY``), not about to end (``PENDING_DISABLE``), and recent
    (``scanned_within_days``). Agentless scans count. An image is in use if tasks or pods use it, or
    if it was pulled lately (``pulled_within_days``). Where scanning is not enabled
    (BatchGetAccountStatus), the instances, repositories and functions of the Region fail. Resources
    of a declared scanner pass (``scanners``). An instance need not be scanned on its first day
    where scanning is enabled. A function is scanned when it is deployed and when a new
    vulnerability concerns it, so its last scan may be older; one that was neither updated nor
    invoked for 90 days is not in use, and one that is a container image is scanned as such. The
    function that AWS Control Tower deploys in each account is not judged.
    """
    for instance in running_instances(view):
        yield view.finding(instance, _of_instance(view, instance))
    for region in sorted({repository.region for repository in view.all(Repository)}):
        yield from _of_images(view, region)
    for function in view.all(LambdaFunction):
        yield view.finding(function, _of_function(view, function))


def scanning_of(view: AccountView, region: str) -> InspectorStatus | Unknown:
    """What Amazon Inspector scans in the Region."""
    statuses = (status for status in view.all(InspectorStatus) if status.region == region)
    status = next(statuses, None)
    return why_missing(view, InspectorStatus, region, region=region) if status is None else status


def _of_instance(view: AccountView, instance: Instance) -> Observation:
    names = (instance.arn, instance.instance_id, instance.name)
    status = scanning_of(view, instance.region)
    scanning = status if isinstance(status, Unknown) else status.ec2
    decided = (
        _declared_scanner(view, *names)
        or _enabled(scanning, "ec2")
        or just_launched(view, instance)
    )
    if decided is not None:
        return decided
    for coverage in view.all(InspectorCoverage):
        if (coverage.region, coverage.resource_id) == (instance.region, instance.instance_id):
            return _scan(view, coverage)
    gap = view.gap(InspectorCoverage, instance.region)
    expected = "statusCode=ACTIVE"
    if gap is not None:
        return unknown("coveredResources", gap, expected=expected)
    return failed(
        text("vulnerabilities.not-covered"), read="coveredResources: 0", expected=expected
    )


def _declared_scanner(view: AccountView, *names: str) -> Observation | None:
    """That another scanner is declared for the resource."""
    for pattern, scanner in view.baseline.options(InspectorOptions).scanners.items():
        if any(covers(pattern, name) for name in names):
            return passed(text("vulnerabilities.declared-scanner", scanner=scanner))
    return None


def _enabled(scanning: Field[str], resource: str) -> Observation | None:
    """That the kind of resource is not scanned at all; ``None``: it is."""
    name = f"resourceState.{resource}.status"
    if isinstance(scanning, Unknown):
        return unknown(name, scanning, expected=f"{name}=ENABLED")
    if scanning == "ENABLED":
        return None
    message = text("vulnerabilities.scanning-off", resource=SCANNED[resource])
    return failed(message, read=f"{name}={scanning}", expected=f"{name}=ENABLED")


def _scan(view: AccountView, coverage: InspectorCoverage) -> Observation:
    """Whether the packages were scanned, and lately."""
    code, reason, at = coverage.status_code, coverage.reason, coverage.last_scanned_at
    within = timedelta(days=view.baseline.options(InspectorOptions).scanned_within_days)
    expected, origin = (
        f"statusCode=ACTIVE, lastScannedAt>={_day(view.as_of - within)}",
        coverage.origin,
    )
    for name, field in (("statusCode", code), ("reason", reason), ("lastScannedAt", at)):
        if isinstance(field, Unknown):
            return unknown(name, field, expected=expected, origin=origin)
    if code != "ACTIVE" or reason in _NO_SCAN:
        message = text("vulnerabilities.not-scanned", reason=str(reason or code))
        status = (FieldValue("statusCode", (str(code),)), FieldValue("reason", (str(reason),)))
        return failed(message, read=status, expected=expected, origin=origin)
    read = f"lastScannedAt={_day(at) if isinstance(at, datetime) else ''}"
    if isinstance(at, datetime) and is_recent(view, at, within):
        message = text("vulnerabilities.scanned", at=_day(at))
        return passed(message, read=read, expected=expected, origin=origin)
    message = text("vulnerabilities.scan-old", days=within.days)
    return failed(message, read=read, expected=expected, origin=origin)


def _of_images(view: AccountView, region: str) -> Iterator[Finding]:
    """The images in use of a Region with repositories, or that its images are not scanned."""
    repositories = [
        repository
        for repository in view.all(Repository)
        if repository.region == region
        and _declared_scanner(view, repository.arn, repository.name) is None
    ]
    status = scanning_of(view, region)
    scanning = status if isinstance(status, Unknown) else status.ecr
    if (observation := _enabled(scanning, "ecr")) is not None:
        for repository in repositories:
            yield view.finding(repository, observation)
        return
    for coverage in view.all(InspectorCoverage):
        if _is_image(view, coverage, region) and (is_used := _is_used(view, coverage)) is not False:
            yield view.finding(coverage, _of_image(view, coverage, is_used))
    gap = view.gap(InspectorCoverage, region)
    if gap is not None and repositories:
        listing = Resource.listing(InspectorCoverage.__name__, view.account.id, region)
        yield view.finding(listing, unknown("coveredResources", gap))


def _is_image(view: AccountView, coverage: InspectorCoverage, region: str) -> bool:
    return (coverage.region, coverage.account_id, coverage.resource_type) == (
        region,
        view.account.id,
        "AWS_ECR_CONTAINER_IMAGE",
    )


def _is_used(view: AccountView, image: InspectorCoverage) -> Truth:
    """Whether tasks or pods use it, or it was pulled lately."""
    within = timedelta(days=view.baseline.options(InspectorOptions).pulled_within_days)
    pulled = lift(lambda at: at is not None and is_recent(view, at, within), image.pulled_at)
    return any_of((lift(lambda count: count > 0, image.in_use_count), pulled))


def _of_image(view: AccountView, image: InspectorCoverage, is_used: Truth) -> Observation:
    exemption = _declared_scanner(view, image.resource_id, image.name)
    if exemption is not None:
        return exemption
    if isinstance(is_used, Unknown):
        return unknown("inUseCount", is_used)
    return _scan(view, image)


def _of_function(view: AccountView, function: LambdaFunction) -> Observation:
    exemption = _declared_scanner(view, function.arn, function.name)
    if exemption is not None:
        return exemption
    if is_of_control_tower(function):
        return not_applicable(text("vulnerabilities.managed-function"))
    if function.package_type == "Image":
        return not_applicable(text("vulnerabilities.scanned-as-image"))
    status = scanning_of(view, function.region)
    scanning = status if isinstance(status, Unknown) else status.functions
    if (observation := _enabled(scanning, "lambda")) is not None:
        return observation
    for coverage in view.all(InspectorCoverage):
        if _is_of_function(coverage, function):
            return _function_scan(coverage)
    return _uncovered_function(view, function)


def _is_of_function(coverage: InspectorCoverage, function: LambdaFunction) -> bool:
    """Whether it is of the function, or of a version of it."""
    covered = coverage.resource_id
    return coverage.resource_type == "AWS_LAMBDA_FUNCTION" and (
        covered == function.arn or covered.startswith(f"{function.arn}:")
    )


def _function_scan(coverage: InspectorCoverage) -> Observation:
    code, reason = coverage.status_code, coverage.reason
    expected = "statusCode=ACTIVE"
    for name, field in (("statusCode", code), ("reason", reason)):
        if isinstance(field, Unknown):
            return unknown(name, field, expected=expected, origin=coverage.origin)
    read = (FieldValue("statusCode", (str(code),)), FieldValue("reason", (str(reason),)))
    if reason == _UNUSED:
        return not_applicable(text("vulnerabilities.function-unused"))
    if code == "ACTIVE" and reason not in _NO_SCAN:
        return passed(text("vulnerabilities.function-scanned"), read=read, expected=expected)
    message = text("vulnerabilities.not-scanned", reason=str(reason or code))
    return failed(message, read=read, expected=expected, origin=coverage.origin)


def _uncovered_function(view: AccountView, function: LambdaFunction) -> Observation:
    """What a function is that Amazon Inspector does not list: missed, or not in use."""
    gap = view.gap(InspectorCoverage, function.region)
    expected = "statusCode=ACTIVE"
    if gap is not None:
        return unknown("coveredResources", gap, expected=expected)
    is_updated = updated_lately(view, function)
    if isinstance(is_updated, Unknown):
        return unknown("LastModified", is_updated, origin=function.origin)
    if not is_updated:
        return not_applicable(text("vulnerabilities.function-unused"))
    message = text("vulnerabilities.not-covered")
    return failed(message, read="coveredResources: 0", expected=expected)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
