"""inspector (4.4.7, 4.7.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_inspector
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.inspector2 import InspectorCoverage, InspectorStatus
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW, REGION, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
CONTROL = "inspector"
DAY = timedelta(days=1)
UNREAD = denied("inspector2:ListCoverage")
IMAGE = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app/sha256:0"


def instance(**fields):
    fields = {"launched_at": NOW - 40 * DAY} | fields
    return records.instance("i-1", **fields)


def status(ec2="ENABLED", ecr="ENABLED", functions="ENABLED", **fields):
    fields = {"ec2": ec2, "ecr": ecr, "functions": functions} | fields
    return records.record(InspectorStatus, "account-status", service="inspector2", **fields)


def coverage(resource_id="i-1", kind="AWS_EC2_INSTANCE", **fields):
    fields = {
        "resource_id": resource_id,
        "resource_type": kind,
        "account_id": ACCOUNT,
        "status_code": "ACTIVE",
        "reason": "SUCCESSFUL",
        "last_scanned_at": NOW - DAY,
    } | fields
    return records.record(
        InspectorCoverage, f"coverage/{kind}/{resource_id}", service="inspector2", **fields
    )


def image(**fields):
    return coverage(IMAGE, "AWS_ECR_CONTAINER_IMAGE", **({"in_use_count": 1} | fields))


REPOSITORY = records.record(Repository, "repository/app", service="ecr", scan_frequency="MANUAL")


def judged(*snapshot, baseline=None, **changes):
    findings = check_inspector(world(CONTROL, *snapshot, **changes), baseline).findings
    return {finding.resource.kind: finding for finding in findings}


def outcomes(*snapshot, **changes):
    return {kind: finding.outcome for kind, finding in judged(*snapshot, **changes).items()}


def options(**fields):
    return Baseline.from_mapping({"controls": {CONTROL: fields}})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, PASS),
        ({"reason": "DEEP_INSPECTION_NO_INVENTORY"}, PASS),
        ({"reason": "PENDING_INITIAL_SCAN"}, FAIL),
        ({"reason": "NO_INVENTORY"}, FAIL),
        ({"reason": "STALE_INVENTORY"}, FAIL),
        ({"reason": "PENDING_DISABLE"}, FAIL),
        ({"status_code": "INACTIVE", "reason": "UNMANAGED_EC2_INSTANCE"}, FAIL),
        ({"status_code": "INACTIVE", "reason": "EXCLUDED_BY_TAG"}, FAIL),
        ({"last_scanned_at": NOW - 30 * DAY}, PASS),
        ({"last_scanned_at": NOW - 30 * DAY - timedelta(seconds=1)}, FAIL),
        ({"last_scanned_at": None}, FAIL),
        ({"status_code": UNREAD}, UNKNOWN),
        ({"reason": UNREAD}, UNKNOWN),
        ({"last_scanned_at": UNREAD}, UNKNOWN),
    ],
)
def test_how_a_running_instance_is_scanned(fields, expected):
    assert outcomes(instance(), status(), coverage(**fields)) == {"Instance": expected}


def test_the_reason_is_named():
    pending = coverage(reason="PENDING_INITIAL_SCAN")
    (observation,) = judged(instance(), status(), pending)["Instance"].observations
    assert "PENDING_INITIAL_SCAN" in observation.message.in_language("en")
    assert observation.read == "statusCode=ACTIVE, reason=PENDING_INITIAL_SCAN"


@pytest.mark.parametrize(
    ("ec2", "expected"), [("DISABLED", FAIL), ("SUSPENDED", FAIL), (UNREAD, UNKNOWN)]
)
def test_instances_are_not_scanned_where_scanning_is_not_enabled(ec2, expected):
    assert outcomes(instance(), status(ec2), coverage()) == {"Instance": expected}


@pytest.mark.parametrize(
    ("subject", "kind", "read", "word"),
    [
        (instance(), "Instance", "resourceState.ec2.status=DISABLED", "EC2"),
        (REPOSITORY, "Repository", "resourceState.ecr.status=DISABLED", "ECR"),
    ],
)
def test_what_is_not_scanned_is_named(subject, kind, read, word):
    (observation,) = judged(subject, status("DISABLED", "DISABLED"))[kind].observations
    assert observation.read == read
    assert f"scanning of {word} by" in observation.message.in_language("en")


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("status_code", "statusCode"),
        ("reason", "reason"),
        ("last_scanned_at", "lastScannedAt"),
    ],
)
def test_what_could_not_be_read_is_named(field, name):
    unread = coverage(**{field: UNREAD})
    (observation,) = judged(instance(), status(), unread)["Instance"].observations
    assert observation.message.in_language("en").startswith(f"{name} could not be read")


def test_an_instance_that_is_not_covered():
    assert outcomes(instance(), status(), coverage("i-2")) == {"Instance": FAIL}
    elsewhere = coverage(region="us-east-1")
    assert outcomes(instance(), status(), elsewhere) == {"Instance": FAIL}
    gaps = {"InspectorCoverage": UNREAD}
    assert outcomes(instance(), status(), gaps=gaps) == {"Instance": UNKNOWN}


@pytest.mark.parametrize("gaps", [{}, {"InspectorStatus": UNREAD}])
def test_a_region_whose_status_is_not_known(gaps):
    other = status(region="us-east-1")
    assert outcomes(instance(), coverage(), other, gaps=gaps) == {"Instance": UNKNOWN}


@pytest.mark.parametrize(
    ("launched", "expected"),
    [
        (NOW - DAY, NOT_APPLICABLE),
        (NOW - DAY - timedelta(seconds=1), FAIL),
        (None, FAIL),
        (UNREAD, FAIL),
    ],
)
def test_an_instance_need_not_be_scanned_on_its_first_day(launched, expected):
    assert outcomes(instance(launched_at=launched), status()) == {"Instance": expected}


@pytest.mark.parametrize(("ec2", "expected"), [("DISABLED", FAIL), (UNREAD, UNKNOWN)])
def test_a_new_instance_is_not_scanned_later_where_scanning_is_off(ec2, expected):
    new = instance(launched_at=NOW)
    assert outcomes(new, status(ec2=ec2)) == {"Instance": expected}


@pytest.mark.parametrize("state", ["stopped", "terminated", "pending"])
def test_only_running_instances_are_judged(state):
    finding = only(check_inspector(world(CONTROL, instance(state=state), status("DISABLED"))))
    assert finding.outcome is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("pattern", "expected"), [("i-*", PASS), ("arn:*:instance/i-1", PASS), ("i-2", FAIL)]
)
def test_a_declared_scanner_counts(pattern, expected):
    baseline = options(scanners={"other": "Trivy", pattern: "Vuls"})
    assert outcomes(instance(), status("DISABLED"), baseline=baseline) == {"Instance": expected}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, PASS),
        ({"reason": "PENDING_INITIAL_SCAN"}, FAIL),
        ({"status_code": "INACTIVE", "reason": "SCAN_ELIGIBILITY_EXPIRED"}, FAIL),
        ({"in_use_count": 0, "pulled_at": NOW - 90 * DAY, "reason": "NO_INVENTORY"}, FAIL),
        ({"in_use_count": UNREAD, "pulled_at": None}, UNKNOWN),
        ({"in_use_count": 0, "pulled_at": UNREAD}, UNKNOWN),
        ({"in_use_count": UNREAD, "pulled_at": NOW}, PASS),
    ],
)
def test_how_an_image_in_use_is_scanned(fields, expected):
    assert outcomes(REPOSITORY, status(), image(**fields)) == {"InspectorCoverage": expected}


@pytest.mark.parametrize(
    "fields",
    [
        {"in_use_count": 0},
        {"in_use_count": 0, "pulled_at": NOW - 91 * DAY},
        {"account_id": "999999999999"},
    ],
)
def test_images_that_are_not_in_use_here_are_not_judged(fields):
    assert outcomes(REPOSITORY, status(), image(status_code="INACTIVE", **fields)) == {
        "Account": NOT_APPLICABLE
    }


@pytest.mark.parametrize(("ecr", "expected"), [("DISABLED", FAIL), (UNREAD, UNKNOWN)])
def test_repositories_where_images_are_not_scanned(ecr, expected):
    assert outcomes(REPOSITORY, status(ecr=ecr)) == {"Repository": expected}


def test_a_declared_scanner_of_repositories_and_images():
    baseline = options(scanners={"app*": "Trivy"})
    assert outcomes(REPOSITORY, status(ecr="DISABLED"), baseline=baseline) == {
        "Account": NOT_APPLICABLE
    }
    named = image(name="app/sha256:0", reason="NO_INVENTORY")
    assert outcomes(REPOSITORY, status(), named, baseline=baseline) == {"InspectorCoverage": PASS}
    gaps = {"InspectorCoverage": UNREAD}
    assert outcomes(REPOSITORY, status(), baseline=baseline, gaps=gaps) == {
        "Account": NOT_APPLICABLE
    }


def test_images_that_could_not_be_listed():
    findings = judged(REPOSITORY, status(), gaps={"InspectorCoverage": UNREAD})
    assert [finding.outcome for finding in findings.values()] == [UNKNOWN]


def test_days_of_the_baseline():
    strict = options(scanned_within_days=1, pulled_within_days=0)
    old = evolve(coverage(), last_scanned_at=NOW - 2 * DAY)
    assert outcomes(instance(), status(), old, baseline=strict) == {"Instance": FAIL}
    idle = image(in_use_count=0, pulled_at=NOW - DAY)
    assert outcomes(REPOSITORY, status(), idle, baseline=strict) == {"Account": NOT_APPLICABLE}


def test_an_account_without_instances_and_images():
    assert outcomes(status("DISABLED", "DISABLED")) == {"Account": NOT_APPLICABLE}


FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:orders"


def function(**fields):
    fields = {"package_type": "Zip", "last_modified": NOW - DAY} | fields
    return records.record(LambdaFunction, "function:orders", service="lambda", **fields)


def of_function(resource_id=FUNCTION, **fields):
    return coverage(resource_id, "AWS_LAMBDA_FUNCTION", **fields)


def judged_function(*snapshot, subject=None, **changes):
    return judged(subject or function(), *snapshot, **changes)["LambdaFunction"]


class TestFunctions:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({}, PASS),
            # It is scanned again when it changes, or when a vulnerability concerns it.
            ({"last_scanned_at": NOW - 300 * DAY}, PASS),
            ({"reason": "PENDING_INITIAL_SCAN"}, FAIL),
            ({"status_code": "INACTIVE", "reason": "UNSUPPORTED_RUNTIME"}, FAIL),
            ({"status_code": "INACTIVE", "reason": "EXCLUDED_BY_TAG"}, FAIL),
            ({"status_code": "INACTIVE", "reason": "SCAN_ELIGIBILITY_EXPIRED"}, NOT_APPLICABLE),
            ({"status_code": "INACTIVE", "reason": ""}, FAIL),
            ({"status_code": UNREAD}, UNKNOWN),
            ({"reason": UNREAD}, UNKNOWN),
        ],
    )
    def test_how_it_is_scanned(self, fields, expected):
        assert judged_function(status(), of_function(**fields)).outcome is expected

    def test_the_function_of_control_tower(self):
        forwarder = function(name="aws-controltower-NotificationForwarder")
        off = status(functions="DISABLED")
        assert judged_function(off, subject=forwarder).outcome is NOT_APPLICABLE
        assert judged_function(off, subject=function(name="aws-controltower-x")).outcome is FAIL

    def test_what_was_read_is_shown(self):
        pending = of_function(reason="PENDING_INITIAL_SCAN")
        (observation,) = judged_function(status(), pending).observations
        assert observation.read == "statusCode=ACTIVE, reason=PENDING_INITIAL_SCAN"
        for field, name in (("status_code", "statusCode"), ("reason", "reason")):
            (observation,) = judged_function(status(), of_function(**{field: UNREAD})).observations
            assert observation.message.in_language("en").startswith(f"{name} could not be read")

    @pytest.mark.parametrize(
        ("resource_id", "expected"),
        [(f"{FUNCTION}:$LATEST", PASS), (f"{FUNCTION}s", FAIL), ("orders", FAIL)],
    )
    def test_versions_are_of_their_function(self, resource_id, expected):
        assert judged_function(status(), of_function(resource_id)).outcome is expected

    def test_the_coverage_of_something_else_does_not_count(self):
        assert judged_function(status(), coverage(FUNCTION)).outcome is FAIL

    @pytest.mark.parametrize(
        ("functions", "expected"), [("DISABLED", FAIL), ("SUSPENDED", FAIL), (UNREAD, UNKNOWN)]
    )
    def test_where_functions_are_not_scanned(self, functions, expected):
        finding = judged_function(status(functions=functions), of_function())
        assert finding.outcome is expected

    def test_what_is_not_enabled_is_named(self):
        (observation,) = judged_function(status(functions="DISABLED")).observations
        assert observation.read == "resourceState.lambda.status=DISABLED"
        assert "scanning of Lambda by" in observation.message.in_language("en")

    @pytest.mark.parametrize(
        ("modified", "expected"),
        [
            (NOW - 90 * DAY, FAIL),
            (NOW - 90 * DAY - timedelta(seconds=1), NOT_APPLICABLE),
            (denied("lambda:ListFunctions"), UNKNOWN),
        ],
    )
    def test_a_function_that_is_not_covered(self, modified, expected):
        finding = judged_function(status(), subject=function(last_modified=modified))
        assert finding.outcome is expected

    def test_coverage_that_could_not_be_listed(self):
        finding = judged_function(status(), gaps={"InspectorCoverage": UNREAD})
        assert finding.outcome is UNKNOWN

    def test_container_images_are_scanned_in_their_repository(self):
        image = function(package_type="Image")
        finding = judged_function(status(functions="DISABLED"), subject=image)
        assert finding.outcome is NOT_APPLICABLE

    @pytest.mark.parametrize("pattern", ["orders", "arn:*:function:*"])
    def test_a_declared_scanner(self, pattern):
        baseline = options(scanners={pattern: "Snyk"})
        finding = judged_function(status(functions="DISABLED"), baseline=baseline)
        assert finding.outcome is PASS

    def test_functions_that_could_not_be_listed(self):
        gaps = {"LambdaFunction": denied("lambda:ListFunctions")}
        finding = only(check_inspector(world(CONTROL, status(), gaps=gaps)))
        assert finding.outcome is UNKNOWN
