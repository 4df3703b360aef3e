"""instance-patch-compliance (4.7.2, 5.2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloudpack_baseline import Baseline, Outcome, check_instance_patch_compliance
from cloudpack_baseline.model.ssm_compliance import Patch, PatchCompliance
from cloudpack_baseline.testing import records
from support import NOW, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
CONTROL = "instance-patch-compliance"
DAY = timedelta(days=1)
UNREAD = denied("ssm:DescribeInstancePatches")


def instance(**fields):
    return records.instance("i-1", **({"launched_at": NOW - 40 * DAY} | fields))


def patch(severity="Critical", state="Missing"):
    return Patch(title="KB1", severity=severity, state=state)


def compliance(*patches, **fields):
    fields = {
        "name": "i-1",
        "status": "NON_COMPLIANT" if patches else "COMPLIANT",
        "scanned_at": NOW - DAY,
        "patches": patches,
    } | fields
    return records.record(PatchCompliance, "patch-compliance/i-1", service="ssm", **fields)


def judged(*snapshot, baseline=None, **changes):
    return only(check_instance_patch_compliance(world(CONTROL, *snapshot, **changes), baseline))


@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        ((), PASS),
        ((patch("Important"),), PASS),
        ((patch(""),), PASS),
        ((patch(),), FAIL),
        ((patch("critical"),), FAIL),
        ((patch(state="Failed"),), FAIL),
        ((patch(state="InstalledPendingReboot"),), FAIL),
        ((patch("Important"), patch()), FAIL),
    ],
)
def test_the_patches_that_are_not_in_effect(patches, expected):
    assert judged(instance(), compliance(*patches)).outcome is expected


def test_patches_are_named_with_their_state():
    (observation,) = judged(instance(), compliance(patch(state="Failed"))).observations
    assert "KB1 (Failed)" in observation.message.in_language("en")


@pytest.mark.parametrize(
    ("scanned", "expected"),
    [
        (NOW - 14 * DAY, PASS),
        (NOW - 14 * DAY - timedelta(seconds=1), FAIL),
        (None, FAIL),
        (UNREAD, UNKNOWN),
    ],
)
def test_the_patches_have_to_be_compared_lately(scanned, expected):
    finding = judged(instance(), compliance(scanned_at=scanned))
    assert finding.outcome is expected
    if scanned is None:
        assert finding.observations[0].read == "ExecutionTime="


def test_patches_that_could_not_be_read():
    finding = judged(instance(), compliance(patches=UNREAD))
    assert finding.outcome is UNKNOWN
    assert finding.observations[0].causes[0].actions == ("ssm:DescribeInstancePatches",)


def test_an_instance_that_reports_nothing_fails():
    assert judged(instance()).outcome is FAIL
    assert judged(instance(), compliance(name="i-2")).outcome is FAIL
    assert judged(instance(), compliance(region="us-east-1")).outcome is FAIL
    gaps = {"PatchCompliance": denied("ssm:ListResourceComplianceSummaries")}
    assert judged(instance(), gaps=gaps).outcome is UNKNOWN


def test_an_instance_need_not_report_on_its_first_day():
    assert judged(instance(launched_at=NOW - DAY)).outcome is NOT_APPLICABLE


def test_only_running_instances_are_judged():
    assert judged(instance(state="stopped")).outcome is NOT_APPLICABLE


def test_severities_and_days_of_the_baseline():
    options = {"severities": ["Important"], "scanned_within_days": 1}
    baseline = Baseline.from_mapping({"controls": {CONTROL: options}})
    assert judged(instance(), compliance(patch()), baseline=baseline).outcome is PASS
    important = compliance(patch("Important"))
    assert judged(instance(), important, baseline=baseline).outcome is FAIL
    old = compliance(scanned_at=NOW - 2 * DAY)
    assert judged(instance(), old, baseline=baseline).outcome is FAIL
