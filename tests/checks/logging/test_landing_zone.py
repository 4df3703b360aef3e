"""A member of a landing zone: what AWS Control Tower and Identity Center set up stays green."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, assess
from cloudpack_baseline.model.config import ConfigurationRecorder, RecorderStatus
from cloudpack_baseline.model.guardduty import Detector, DetectorAdministrator
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.model.ssm import ManagedNode, SessionPreferences, SessionRecording
from cloudpack_baseline.testing import records
from principals import EVERYTHING, allow, document, role
from support import ACCOUNT, REGION
from trails import trail

MANAGEMENT, ARCHIVE, AUDIT = "111111111111", "222222222222", "333333333333"
CONTROLS = (
    "cloudtrail-enabled",
    "cloudtrail-log-bucket",
    "cloudtrail-log-integrity",
    "cloudtrail-retention",
    "config-recorder",
    "findings-routed",
    "log-retention",
    "server-access-paths",
    "session-recording",
)
SSO = "role/aws-reserved/sso.amazonaws.com/ap-northeast-1/AWSReservedSSO_"
PATH = "/aws-reserved/sso.amazonaws.com/ap-northeast-1/"
BASELINE = {
    "controls": {
        "admin-privileges": {"presets": ["control-tower", "identity-center"]},
        "findings-routed": {"administrators": [AUDIT]},
    }
}


def organization_trail(**fields):
    return trail(
        owner=MANAGEMENT,
        name="aws-controltower-BaselineCloudTrail",
        organization=True,
        s3_bucket="aws-controltower-logs",
        log_file_validation=True,
        **fields,
    )


def archive():
    """The bucket of the log archive account, which lets only the service in."""
    return Bucket(
        arn="arn:aws:s3:::aws-controltower-logs",
        account=ARCHIVE,
        region=REGION,
        name="aws-controltower-logs",
        policy=document(
            allow(
                "s3:PutObject",
                "arn:aws:s3:::aws-controltower-logs/*",
                Principal={"Service": "cloudtrail.amazonaws.com"},
            )
        ),
        versioning="Enabled",
        mfa_delete=False,
        lifecycle=(),
        default_retention=None,
    )


def member():
    administrator = role("AWSReservedSSO_AWSAdministratorAccess_1", EVERYTHING, path=PATH)
    return (
        organization_trail(),
        records.record(Organization, "organization/o-1", id="o-1", management_account=MANAGEMENT),
        role("AWSControlTowerExecution", EVERYTHING),
        evolve(administrator, arn=f"arn:aws:iam::{ACCOUNT}:{SSO}AWSAdministratorAccess_1"),
        role("app", allow("s3:GetObject", "arn:aws:s3:::app/*")),
        records.record(
            ConfigurationRecorder,
            "configuration-recorder/aws-controltower-BaselineConfigRecorder",
            service="config",
            all_supported=True,
            global_resource_types=True,
            status=RecorderStatus(recording=True, last_status="Success"),
        ),
        records.record(
            Detector,
            "detector/d",
            service="guardduty",
            status="ENABLED",
            administrator=DetectorAdministrator(account=AUDIT, status="Enabled"),
        ),
        records.instance("i-1", key_name=None, platform=None),
        records.record(ManagedNode, "managed-instance/i-1", service="ssm", platform="Linux"),
        records.record(
            SessionPreferences,
            "document/SSM-SessionManagerRunShell",
            service="ssm",
            recording=SessionRecording(s3_bucket="aws-controltower-logs", s3_prefix="sessions"),
        ),
    )


def judged(control, *entries, accounts=(ACCOUNT, ARCHIVE), **options):
    tables = {name: dict(table) for name, table in BASELINE["controls"].items()}
    tables |= options
    snapshot = records.snapshot(
        *entries,
        controls=[control],
        accounts=tuple(AccountScope(id=id_, regions=(REGION,)) for id_ in accounts),
    )
    assessment = assess(snapshot, Baseline.from_mapping({"controls": tables}), controls=[control])
    return [
        (finding.resource.key, finding.observations[0].message.in_language("en"))
        for finding in assessment.findings
        if finding.resource.account == ACCOUNT
        and finding.outcome in {Outcome.FAIL, Outcome.UNKNOWN}
    ]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_member_with_the_archive_in_the_run(control):
    assert judged(control, *member(), archive()) == []


@pytest.mark.parametrize("control", ["cloudtrail-log-bucket", "cloudtrail-retention"])
def test_an_archive_that_is_declared(control):
    options = {control: {"archives": ["aws-controltower-logs*"]}}
    assert judged(control, *member(), accounts=(ACCOUNT,), **options) == []
    ((key, _),) = judged(control, *member(), accounts=(ACCOUNT,))
    assert key == organization_trail().arn


def test_somebody_else_who_can_do_everything():
    entries = (*member(), archive(), role("legacy", EVERYTHING))
    for control in ("server-access-paths", "session-recording"):
        ((_, message),) = judged(control, *entries)
        assert "service control policies" in message
    # The archive does not let the account in.
    assert judged("cloudtrail-log-bucket", *entries) == []


@pytest.mark.parametrize("control", CONTROLS)
def test_an_account_without_anything_but_the_landing_zone(control):
    kinds = ("Instance", "ManagedNode", "SessionPreferences", "Detector")
    empty = [entry for entry in member() if type(entry).__name__ not in kinds]
    assert judged(control, *empty, archive()) == []
