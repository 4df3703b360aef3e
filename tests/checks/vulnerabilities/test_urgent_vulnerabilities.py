"""urgent-vulnerabilities (4.7.2, 5.2.2)."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_urgent_vulnerabilities
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.inspector2 import InspectorFinding, InspectorStatus
from cloudpack_baseline.model.lambda_functions import LambdaFunction
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


def status(ec2="ENABLED", ecr="ENABLED", functions="ENABLED", **fields):
    fields = {"ec2": ec2, "ecr": ecr, "functions": functions} | fields
    return records.record(InspectorStatus, "account-status", service="inspector2", **fields)


def function(**fields):
    fields = {"package_type": "Zip", "last_modified": NOW - DAY} | fields
    return records.record(LambdaFunction, "function:orders", service="lambda", **fields)


INSTANCE = records.instance("i-1")
REPOSITORY = records.record(Repository, "repository/app", service="ecr", scan_frequency="MANUAL")


def judged(*snapshot, baseline=None, **changes):
    findings = check_urgent_vulnerabilities(world(CONTROL, *snapshot, **changes), baseline).findings
    return {finding.resource.kind: finding for finding in findings}


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
        ([function()], status("DISABLED", "DISABLED"), PASS),
        ([function()], status(functions="DISABLED"), UNKNOWN),
        ([function(last_modified=UNREAD)], status(functions="DISABLED"), UNKNOWN),
        ([function()], status(functions=UNREAD), UNKNOWN),
    ],
)
def test_without_a_finding_it_depends_on_what_is_scanned(scanned, scanning, expected):
    assert outcomes(*scanned, scanning) == {"InspectorStatus": expected}


@pytest.mark.parametrize(
    "fields",
    [
        {"package_type": "Image"},
        {"last_modified": NOW - 91 * DAY},
        {"name": "aws-controltower-NotificationForwarder"},
    ],
)
def test_functions_that_need_not_be_scanned(fields):
    assert outcomes(function(**fields), status(functions="DISABLED")) == {"Account": NOT_APPLICABLE}


def test_an_open_vulnerability_fails_beside_the_region():
    assert outcomes(INSTANCE, status(), vulnerability()) == {
        "InspectorFinding": FAIL,
        "InspectorStatus": PASS,
    }


@pytest.mark.parametrize(("scanned", "word"), [(INSTANCE, "EC2"), (REPOSITORY, "ECR")])
def test_what_is_not_scanned_is_named_with_the_call(scanned, word):
    finding = judged(scanned, status("DISABLED", "DISABLED"))["InspectorStatus"]
    (observation,) = finding.observations
    assert f"scanning of {word} by" in observation.message.in_language("en")
    assert observation.causes[0].operation == "inspector2:BatchGetAccountStatus"


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


SMALL = (
    b'[{"Id": "a", "Title": "b", "AwsAccountId": "c", "Severity": {"Label": "LOW"}, '
    b'"CreatedAt": %s}]'
)
"""A finding in the format, but for the time."""


class TestExports:
    """Findings of another scanner, from a declared file."""

    @pytest.fixture
    def declare(self, tmp_path):
        def make(*findings, data=None, **changes):
            file = tmp_path / "scan.json"
            content = json.dumps(list(findings)).encode() if data is None else data
            file.write_bytes(content)
            export = {
                "scanner": "Vuls",
                "file": str(file),
                "sha256": hashlib.sha256(content).hexdigest(),
                "exported_on": NOW.date(),
                "resources": ["i-*"],
            } | changes
            return options(exports=[export])

        return make

    def finding(self, **changes):
        fix = changes.pop("fix", "YES")
        return {
            "Id": "f1",
            "Title": "CVE-2026-1",
            "AwsAccountId": ACCOUNT,
            "Severity": {"Label": "CRITICAL"},
            "FirstObservedAt": (NOW - 31 * DAY).isoformat(),
            "Resources": [{"Id": "i-1"}],
            "Vulnerabilities": [{"Id": "CVE-2026-1", "FixAvailable": fix}] if fix else [],
        } | changes

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, FAIL),
            ({"fix": "PARTIAL"}, FAIL),
            ({"fix": None}, UNKNOWN),
            ({"fix": None, "FirstObservedAt": (NOW - 30 * DAY).isoformat()}, PASS),
            ({"FirstObservedAt": (NOW - 30 * DAY).isoformat()}, PASS),
            ({"FirstObservedAt": None, "CreatedAt": (NOW - 31 * DAY).isoformat()}, FAIL),
        ],
    )
    def test_how_long_a_vulnerability_is_open(self, declare, changes, expected):
        assert outcomes(INSTANCE, baseline=declare(self.finding(**changes))) == {
            "ScannerExport": PASS,
            "ExportedFinding": expected,
        }

    @pytest.mark.parametrize(
        "changes",
        [
            {"fix": "NO"},
            {"Severity": {"Label": "HIGH"}},
            {"RecordState": "ARCHIVED"},
            {"Workflow": {"Status": "RESOLVED"}},
            {"Workflow": {"Status": "SUPPRESSED"}},
            {"AwsAccountId": "999999999999"},
        ],
    )
    def test_what_is_not_urgent_here_is_not_judged(self, declare, changes):
        assert outcomes(INSTANCE, baseline=declare(self.finding(**changes))) == {
            "ScannerExport": PASS
        }

    def test_what_it_does_not_scan_is_left_to_inspector(self, declare):
        baseline = declare(resources=["i-2"])
        assert outcomes(INSTANCE, status("DISABLED"), baseline=baseline) == {
            "ScannerExport": PASS,
            "InspectorStatus": UNKNOWN,
        }
        everything = declare(resources=["i-1", "app"])
        assert outcomes(INSTANCE, REPOSITORY, status("DISABLED"), baseline=everything) == {
            "ScannerExport": PASS
        }

    @pytest.mark.parametrize(("days", "expected"), [(0, PASS), (31, PASS), (32, FAIL)])
    def test_an_export_has_to_be_recent(self, declare, days, expected):
        baseline = declare(exported_on=NOW.date() - days * DAY)
        assert outcomes(INSTANCE, baseline=baseline) == {"ScannerExport": expected}

    def test_a_file_that_was_changed_fails(self, declare):
        assert outcomes(INSTANCE, baseline=declare(self.finding(), sha256="0" * 64)) == {
            "ScannerExport": FAIL
        }

    def test_a_file_that_is_missing_is_unknown(self, declare):
        assert outcomes(INSTANCE, baseline=declare(file="/nowhere/scan.json")) == {
            "ScannerExport": UNKNOWN
        }

    @pytest.mark.parametrize(
        "data",
        [
            b"\xff",
            b"{}",
            b'"x"',
            b'{"Findings": {}}',
            b"[1]",
            b"[{}]",
            b'[{"Id": 1}]',
            SMALL % b'"then"',
            SMALL % b'"2026-01-01T00:00:00Z", "Vulnerabilities": [1]',
        ],
    )
    def test_a_file_that_is_not_in_the_format_is_unknown(self, declare, data):
        assert outcomes(INSTANCE, baseline=declare(data=data)) == {"ScannerExport": UNKNOWN}

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (b"[1]", "Findings[0]: Id: is not in an object"),
            (
                SMALL % b'"2026-01-01T00:00:00Z", "Vulnerabilities": [1]',
                "Findings[0]: is not in ASFF",
            ),
            (b'[{"Id": 1}]', "Findings[0]: Id: is not a string"),
            (b"x", "is not JSON"),
            (b"{}", "Findings: is not a list"),
        ],
    )
    def test_what_is_wrong_with_a_file_is_named(self, declare, data, problem):
        (observation,) = judged(INSTANCE, baseline=declare(data=data))["ScannerExport"].observations
        assert observation.causes[0].detail == problem

    def test_findings_in_an_object(self, declare):
        data = json.dumps({"Findings": [self.finding()]}).encode()
        assert outcomes(INSTANCE, baseline=declare(data=data))["ExportedFinding"] is FAIL
