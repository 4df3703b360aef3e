"""Whether running instances miss no critical patch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cloudpack_baseline.baseline.options.vulnerabilities import InstancePatchComplianceOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.vulnerabilities.servers import (
    is_recent,
    just_launched,
    running_instances,
)
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.ssm_compliance import Patch, PatchCompliance
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["instance_patch_compliance"]


@check(reads(Instance), reads(PatchCompliance, "patches"), subjects=(Instance,), planned=False)
def instance_patch_compliance(view: AccountView) -> Iterator[Finding]:
    """Reads the patches that are not in effect on each running instance (DescribeInstancePatches).

    A patch of a critical severity (``severities``) that is missing, failed, or waits for a reboot
    fails. The patches have to be compared lately (``scanned_within_days``), and an instance that
    reports no patch compliance fails (ListResourceComplianceSummaries). The count of critical
    patches in summaries is not used, because it follows the compliance level of the patch
    baseline. An instance need not report on its first day. A waiver states the customer's
    approval.
    """
    for instance in running_instances(view):
        yield view.finding(instance, just_launched(view, instance) or _judge(view, instance))


def _judge(view: AccountView, instance: Instance) -> Observation:
    for compliance in view.all(PatchCompliance):
        if (compliance.region, compliance.name) == (instance.region, instance.instance_id):
            return _of_compliance(view, compliance)
    gap = view.gap(PatchCompliance, instance.region)
    if gap is not None:
        return unknown("ResourceComplianceSummaryItems", gap)
    return failed(text("vulnerabilities.no-compliance"), read="ResourceComplianceSummaryItems: 0")


def _of_compliance(view: AccountView, compliance: PatchCompliance) -> Observation:
    options = view.baseline.options(InstancePatchComplianceOptions)
    within = timedelta(days=options.scanned_within_days)
    scanned, patches = compliance.scanned_at, compliance.patches
    expected = f"ExecutionTime>={(view.as_of - within).date().isoformat()}"
    if isinstance(scanned, Unknown):
        return unknown("ExecutionTime", scanned, expected=expected, origin=compliance.origin)
    if scanned is None or not is_recent(view, scanned, within):
        day = "" if scanned is None else scanned.date().isoformat()
        message = text("vulnerabilities.compliance-old", days=within.days)
        origin = compliance.origin
        return failed(message, read=f"ExecutionTime={day}", expected=expected, origin=origin)
    origin = compliance.origin_of("patches")
    if isinstance(patches, Unknown):
        return unknown("Patches", patches, origin=origin)
    critical = [patch for patch in patches if _is_critical(patch, options.severities)]
    if critical:
        names = tuple(f"{patch.title} ({patch.state})" for patch in critical)
        message = text("vulnerabilities.patches-missing", patches=names)
        return failed(message, read=f"Patches: {len(critical)}", expected="0", origin=origin)
    return passed(text("vulnerabilities.patched", count=len(patches)), origin=origin)


def _is_critical(patch: Patch, severities: tuple[str, ...]) -> bool:
    return patch.severity.casefold() in {severity.casefold() for severity in severities}
