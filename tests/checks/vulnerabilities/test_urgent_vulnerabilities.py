"""urgent-vulnerabilities (4.7.2, 5.2.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_urgent_vulnerabilities
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.inspector2 import InspectorFinding, InspectorStatus
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
CONTROL = "urgent-vulnerabilities"
DAY = timedelta(days=1)
UNREAD = denied("inspector2:ListFindings")


def vulnerability(**fields):
    fields = {
        "name": "CVE-2026-1 - openssl",
        "account_id": ACCOUNT,
        "severity": "CRITICAL",
        "status": "ACTIVE",
        "fix_available": "YES",
        "first_observed_at": NOW - 31 * DAY,
        "resources": ("i-1",),
    } | fields
    return records.record(InspectorFinding, "finding/1", service="inspector2", **fields)


def status(ec2="ENABLED", ecr="ENABLED", **fields):
    return records.record(
        InspectorStatus, "account-status", service="inspector2", ec2=ec2, ecr=ecr, **fields
    )


INSTANCE = records.instance("i-1")
REPOSITORY = records.record(Repository, "repository/app", service="ecr", scan_frequency="MANUAL")


def judged(*snapshot, baseline=None, **changes):
    found = check_urgent_vulnerabilities(world(CONTROL, *snapshot, **changes), baseline).findings
    return {finding.resource.kind: finding for finding in found}


def outcomes(*snapshot, **changes):
    return {kind: finding.outcome for kind, finding in judged(*snapshot, **changes).items()}


def options(**fields):
    return Baseline.from_mapping({"controls": {CONTROL: fields}})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, FAIL),
        ({"fix_available": "PARTIAL"}, FAIL),
        ({"first_observed_at": NOW - 30 * DAY}, PASS),
        ({"first_observed_at": NOW - 30 * DAY - timedelta(seconds=1)}, FAIL),
        ({"first_observed_at": UNREAD}, UNKNOWN),
        ({"severity": UNREAD}, UNKNOWN),
        ({"fix_available": UNREAD}, UNKNOWN),
        ({"resources": UNREAD}, FAIL),
    ],
)
def test_how_long_a_vulnerability_is_open(fields, expected):
    assert outcomes(vulnerability(**fields)) == {"InspectorFinding": expected}


@pytest.mark.parametrize(
    "fields",
    [
        {"severity": "HIGH"},
        {"status": "SUPPRESSED"},
        {"fix_available": "NO"},
        {"account_id": "999999999999"},
        {"severity": "HIGH", "fix_available": UNREAD},
    ],
)
def test_what_is_not_urgent_here_is_not_judged(fields):
    assert outcomes(vulnerability(**fields)) == {"Account": NOT_APPLICABLE}


def test_the_message_names_day_and_resources():
    (observation,) = judged(vulnerability())["InspectorFinding"].observations
    assert "2026-10-01" in observation.message.in_language("en")
    assert "i-1" in observation.message.in_language("ja")


def test_days_and_severities_of_the_baseline():
    high = vulnerability(severity="HIGH", first_observed_at=NOW - 8 * DAY)
    severities = ["CRITICAL", "HIGH"]
    for days, expected in ((7, FAIL), (8, PASS)):
        baseline = options(severities=severities, days=days)
        assert outcomes(high, baseline=baseline) == {"InspectorFinding": expected}


@pytest.mark.parametrize(
    ("scanned", "scanning", "expected"),
    [
        ([INSTANCE], status(ecr="DISABLED"), PASS),
        ([REPOSITORY], status(ec2="DISABLED"), PASS),
        ([INSTANCE], status(ec2="DISABLED"), UNKNOWN),
        ([REPOSITORY], status(ecr="DISABLED"), UNKNOWN),
        ([INSTANCE, REPOSITORY], status(ecr="DISABLED"), UNKNOWN),
        ([INSTANCE], status(ec2=UNREAD), UNKNOWN),
        ([REPOSITORY], status(ecr=UNREAD), UNKNOWN),
    ],
)
def test_without_a_finding_it_depends_on_what_is_scanned(scanned, scanning, expected):
    assert outcomes(*scanned, scanning) == {"InspectorStatus": expected}


def test_an_open_vulnerability_fails_beside_the_region():
    assert outcomes(INSTANCE, status(), vulnerability()) == {
        "InspectorFinding": FAIL,
        "InspectorStatus": PASS,
    }


def test_findings_that_could_not_be_listed():
    gaps = {"InspectorFinding": UNREAD}
    finding = judged(INSTANCE, status(), gaps=gaps)["InspectorStatus"]
    assert finding.outcome is UNKNOWN
    assert finding.observations[0].causes[0].actions == ("inspector2:ListFindings",)


@pytest.mark.parametrize("scanned", [INSTANCE, REPOSITORY])
@pytest.mark.parametrize("gaps", [{}, {"InspectorStatus": UNREAD}])
def test_a_region_whose_status_is_not_known(scanned, gaps):
    elsewhere = status(region="us-east-1")
    assert outcomes(scanned, elsewhere, gaps=gaps) == {"InspectorStatus": UNKNOWN}


@pytest.mark.parametrize("gaps", [{}, {"InspectorFinding": UNREAD}])
def test_nothing_to_scan(gaps):
    stopped = evolve(INSTANCE, state="stopped")
    assert outcomes(stopped, status("DISABLED", "DISABLED"), gaps=gaps) == {
        "Account": NOT_APPLICABLE
    }
    assert outcomes(status("DISABLED", "DISABLED"), gaps=gaps) == {"Account": NOT_APPLICABLE}


def test_the_customer_decides_not_to_fix_it():
    waiver = {
        "control": CONTROL,
        "resource": "CVE-2026-1 *",
        "reason": "not reachable",
        "approved_by": "the customer",
        "approved_on": date(2026, 10, 1),
        "expires": date(2026, 12, 1),
        "approved_for": "customer",
        "ticket": "OPS-1",
    }
    baseline = Baseline.from_mapping({"waivers": [waiver]})
    snapshot = world(CONTROL, vulnerability())
    findings = check_urgent_vulnerabilities(snapshot, baseline).findings
    assert [finding.waived for finding in findings if finding.control == CONTROL] == [True]


def test_an_account_with_nothing():
    assert only(check_urgent_vulnerabilities(world(CONTROL))).outcome is NOT_APPLICABLE
