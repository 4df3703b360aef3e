"""config-recorder (4.4.5)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_config_recorder
from cloudpack_baseline.model.config import ConfigurationRecorder, RecorderStatus
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.testing import records
from support import ACCOUNT, REGION, denied, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NEWER = "ap-southeast-5"
ON = RecorderStatus(recording=True, last_status="SUCCESS")
UNREAD = denied("config:DescribeConfigurationRecorderStatus")
IAM_TYPES = tuple(f"AWS::IAM::{kind}" for kind in ("Group", "Policy", "Role", "User"))


def recorder(**fields):
    defaults = {"all_supported": True, "global_resource_types": True, "status": ON}
    return records.record(
        ConfigurationRecorder,
        "configuration-recorder/default",
        service="config",
        **(defaults | fields),
    )


def regions(*names, unread=None):
    return {
        "accounts": (AccountScope(id=ACCOUNT, regions=names),),
        "coverage": [
            Coverage(kind="ConfigurationRecorder", account=ACCOUNT, region=region, unknown=unread)
            for region in names
        ],
    }


def judged(*entries, baseline=None, **fields):
    snapshot = world("config-recorder", *entries, **fields)
    return {
        finding.resource.key: finding
        for finding in check_config_recorder(snapshot, baseline).findings
    }


def outcomes(*entries, **fields):
    """Of the recorder, and of the account: whether IAM is recorded."""
    findings = judged(*entries, **fields)
    return findings[entries[0].key].outcome, findings[ACCOUNT].outcome


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (PASS, PASS)),
        ({"status": evolve(ON, last_status="Success")}, (PASS, PASS)),
        ({"status": evolve(ON, recording=False)}, (FAIL, FAIL)),
        ({"status": evolve(ON, last_status="FAILURE", last_error="AccessDenied")}, (FAIL, FAIL)),
        ({"status": evolve(ON, last_status="PENDING")}, (UNKNOWN, PASS)),
        ({"status": evolve(ON, last_status="")}, (UNKNOWN, PASS)),
        ({"status": UNREAD}, (UNKNOWN, UNKNOWN)),
        ({"global_resource_types": False}, (PASS, FAIL)),
        ({"all_supported": UNREAD}, (UNKNOWN, PASS)),
        ({"all_supported": False, "resource_types": ("AWS::EC2::Instance",)}, (FAIL, PASS)),
        (
            {"all_supported": False, "global_resource_types": False, "resource_types": IAM_TYPES},
            (FAIL, PASS),
        ),
        ({"all_supported": False, "resource_types": UNREAD}, (FAIL, PASS)),
        ({"strategy": UNREAD, "all_supported": False}, (UNKNOWN, UNKNOWN)),
    ],
)
def test_a_recorder(fields, expected):
    assert outcomes(recorder(**fields)) == expected


def test_a_pending_event_is_not_a_matter_of_deployment():
    pending = recorder(status=evolve(ON, last_status="Pending"))
    message = judged(pending)[pending.key].observations[0].message.in_language("en")
    assert "is recording, but has not processed its latest event yet" in message
    assert "deployment" not in message


@pytest.mark.parametrize(
    ("types", "words"),
    [(IAM_TYPES, f"only {len(IAM_TYPES)} resource types"), (UNREAD, "only ? resource types")],
)
def test_the_types_that_are_recorded_are_counted(types, words):
    partly = recorder(all_supported=False, resource_types=types)
    messages = [
        observation.message.in_language("en")
        for observation in judged(partly)[partly.key].observations
    ]
    assert any(words in message for message in messages), messages


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [
        ((), (PASS, PASS)),
        (("AWS::EC2::Subnet",), (FAIL, PASS)),
        (("AWS::EC2::NetworkInterface",), (PASS, PASS)),
        (("AWS::IAM::User",), (PASS, FAIL)),
        (UNREAD, (UNKNOWN, UNKNOWN)),
    ],
)
def test_excluded_types_are_declared(excluded, expected):
    options = {"config-recorder": {"excluded_types": ["AWS::EC2::NetworkInterface"]}}
    recorder_record = recorder(
        all_supported=False,
        global_resource_types=False,
        strategy="EXCLUSION_BY_RESOURCE_TYPES",
        excluded_types=excluded,
    )
    assert (
        outcomes(recorder_record, baseline=Baseline.from_mapping({"controls": options})) == expected
    )


def test_a_region_without_a_recorder():
    findings = judged(recorder(), **regions(REGION, "us-east-1"))
    assert findings[recorder().key].outcome is PASS
    assert findings[f"{ACCOUNT}:us-east-1:ConfigurationRecorder:*"].outcome is FAIL
    assert findings[ACCOUNT].outcome is PASS


def test_a_recorder_of_a_service_is_none():
    findings = judged(recorder(service_principal="securityhub.amazonaws.com"))
    assert findings[f"{ACCOUNT}:{REGION}:ConfigurationRecorder:*"].outcome is FAIL
    assert findings[ACCOUNT].outcome is FAIL
    assert outcomes(recorder(service_principal=UNREAD)) == (UNKNOWN, UNKNOWN)


WITH_IAM = """
us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 us-gov-west-1 us-gov-east-1
eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-north-1 eu-south-1 af-south-1 me-south-1
ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-east-1 ap-southeast-1 ap-southeast-2
ap-southeast-3 cn-north-1 cn-northwest-1
"""


@pytest.mark.parametrize("region", WITH_IAM.split())
def test_regions_that_can_record_iam(region):
    older = recorder(region=region)
    assert judged(older, **regions(region))[ACCOUNT].outcome is PASS
    without = evolve(older, global_resource_types=False)
    assert judged(without, **regions(region))[ACCOUNT].outcome is FAIL


def test_newer_regions_cannot_record_iam():
    newer = recorder(region=NEWER)
    findings = judged(newer, **regions(NEWER))
    assert findings[newer.key].outcome is PASS
    assert findings[ACCOUNT].outcome is Outcome.NOT_APPLICABLE


def test_another_region_may_record_iam():
    baseline = Baseline.from_mapping({"regions": [REGION]})
    recorder_record = recorder(global_resource_types=False)
    assert outcomes(recorder_record, baseline=baseline) == (PASS, UNKNOWN)
    assert outcomes(recorder(), baseline=baseline) == (PASS, PASS)


def test_a_denied_listing():
    findings = judged(**regions(REGION, unread=denied("config:DescribeConfigurationRecorders")))
    assert {finding.outcome for finding in findings.values()} == {UNKNOWN}
    listing = findings[f"{ACCOUNT}:{REGION}:ConfigurationRecorder:*"].observations[0]
    assert listing.causes[0].actions == ("config:DescribeConfigurationRecorders",)
