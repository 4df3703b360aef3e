"""inactive-credentials (4.4.2), access-key-rotation and access-keys-declared (4.5.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import (
    Outcome,
    check_access_key_rotation,
    check_access_keys_declared,
    check_inactive_credentials,
)
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.model.iam_credentials import ServiceSpecificCredential
from cloudpack_baseline.model.iam_principals import AccessKey, InlinePolicy, SSHPublicKey
from cloudpack_baseline.testing import records
from credentials import ago, entry, user
from support import NOW, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
NO_REPORT = denied("iam:GetCredentialReport")
NO_SSH = denied("iam:ListSSHPublicKeys")
NO_SERVICES = denied("iam:ListServiceSpecificCredentials")
JUST = timedelta(seconds=1)


def ssh(days, *, active=True):
    key = SSHPublicKey(id="APKA1", active=active, uploaded_at=ago(days))
    return user(ssh_public_keys=(key,))


def service_credential(days=100, **fields):
    defaults = {
        "id": "ACCA1",
        "user_name": "ann",
        "service_name": "bedrock.amazonaws.com",
        "status": "Active",
        "create_date": ago(days),
    }
    arn = "arn:aws:iam::123456789012:user/ann/ACCA1"
    return records.record(
        ServiceSpecificCredential, "ann", arn=arn, region="", **(defaults | fields)
    )


def inactive(*held, baseline=None, **changes):
    return only(
        check_inactive_credentials(world("inactive-credentials", *held, **changes), baseline)
    )


def password(**fields):
    return entry(password_enabled=True, **fields)


def key(number, rotated, used=None, *, active=True):
    return {
        f"access_key_{number}_active": active,
        f"access_key_{number}_last_rotated": rotated,
        f"access_key_{number}_last_used_date": used,
    }


def certificate(number, rotated):
    return {f"cert_{number}_active": True, f"cert_{number}_last_rotated": rotated}


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (entry(), NOT_APPLICABLE),
        (password(password_last_used=ago(90) + JUST, password_last_changed=ago(500)), PASS),
        (password(password_last_used=ago(90), password_last_changed=ago(500)), FAIL),
        # A password that was set anew is another one.
        (password(password_last_used=ago(200), password_last_changed=ago(10)), PASS),
        # Never used ("no_information") counts from the change, or from the creation of the user.
        (password(password_last_changed=ago(10)), PASS),
        (password(password_last_changed=ago(91)), FAIL),
        (password(user_creation_time=ago(10)), PASS),
        (password(user_creation_time=ago(91)), FAIL),
        (password(user_creation_time=None), UNKNOWN),
        (password(password_last_used=NO_REPORT, password_last_changed=ago(91)), UNKNOWN),
        (password(password_last_used=NO_REPORT, password_last_changed=ago(9)), PASS),
        (password(password_last_used=ago(91), password_last_changed=NO_REPORT), UNKNOWN),
        (entry(password_enabled=NO_REPORT, user_creation_time=ago(91)), UNKNOWN),
        # "not_supported" is no password.
        (entry(password_enabled=None), NOT_APPLICABLE),
        (entry(**key(1, ago(500), ago(89))), PASS),
        (entry(**key(1, ago(500), ago(90))), FAIL),
        # "N/A": the key was never used.
        (entry(**key(1, ago(89))), PASS),
        (entry(**key(1, ago(90))), FAIL),
        (entry(**key(2, ago(90))), FAIL),
        (entry(**key(2, ago(90), active=False)), NOT_APPLICABLE),
        # One is fresh, the other stale.
        (entry(**key(1, ago(500), ago(1)), **key(2, ago(500), ago(200))), FAIL),
        (entry(**certificate(1, ago(89))), PASS),
        (entry(**certificate(2, ago(90))), UNKNOWN),
        (entry(**key(1, None)), UNKNOWN),
    ],
)
def test_inactive_credentials(record, outcome):
    assert inactive(record, user()).outcome is outcome


def test_the_root_user_is_judged_elsewhere():
    root = entry("<root_account>", **key(1, ago(500)))
    assessment = check_inactive_credentials(world("inactive-credentials", root, entry(), user()))
    assert [finding.resource.name for finding in assessment.findings] == ["ann"]


def test_a_failure_says_since_when():
    finding = inactive(entry(**key(1, ago(500), ago(100))), user())
    (observation,) = finding.observations
    assert observation.message.in_language("en") == (
        "access key 1 is active, but was not used within 90 days (last on 2026-07-24)"
    )
    finding = inactive(entry(**key(1, ago(500))), user())
    assert "never used since 2025-06-19" in finding.observations[0].message.in_language("en")


def test_the_days_are_an_option():
    baseline = Baseline.from_mapping({"controls": {"inactive-credentials": {"days": 45}}})
    record = entry(**key(1, ago(500), ago(45)))
    assert inactive(record, user(), baseline=baseline).outcome is FAIL
    record = entry(**key(1, ago(500), ago(44)))
    assert inactive(record, user(), baseline=baseline).outcome is PASS


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        ([ssh(10)], PASS),
        ([ssh(90)], UNKNOWN),
        ([ssh(90, active=False)], NOT_APPLICABLE),
        ([user(ssh_public_keys=NO_SSH)], UNKNOWN),
        ([user(), service_credential(10)], PASS),
        ([user(), service_credential(100)], UNKNOWN),
        ([user(), service_credential(status="Inactive")], NOT_APPLICABLE),
        ([user(), service_credential(status="Expired")], NOT_APPLICABLE),
        ([user(), service_credential(status="Novel")], UNKNOWN),
        ([user(), service_credential(status=NO_SERVICES, service_name=NO_SERVICES)], UNKNOWN),
        ([user(), service_credential(expiration_date=NOW)], NOT_APPLICABLE),
        ([user(), service_credential(expiration_date=NOW + JUST)], UNKNOWN),
        ([user(), service_credential(user_name="bob")], NOT_APPLICABLE),
    ],
)
def test_credentials_whose_use_aws_does_not_report(held, outcome):
    assert inactive(entry(), *held).outcome is outcome


@pytest.mark.parametrize("kind", ["ServiceSpecificCredential", "UserDetail"])
@pytest.mark.parametrize("judge", [check_inactive_credentials, check_access_key_rotation])
def test_a_listing_that_was_denied(judge, kind):
    control = (
        "inactive-credentials" if judge is check_inactive_credentials else ("access-key-rotation")
    )
    gaps = {kind: NO_SERVICES}
    held = () if kind == "UserDetail" else (user(),)
    fresh, stale = entry(**key(1, ago(1), ago(1))), entry(**key(1, ago(500), ago(400)))
    (finding,) = judge(world(control, fresh, *held, gaps=gaps)).findings
    assert finding.outcome is UNKNOWN
    assert {observation.outcome for observation in finding.observations} == {PASS, UNKNOWN}
    # What is stale fails, whatever else there may be.
    assert only(judge(world(control, stale, *held, gaps=gaps))).outcome is FAIL


def test_a_user_that_is_in_the_report_only():
    assert inactive(entry()).outcome is NOT_APPLICABLE


def rotation(*held, baseline=None):
    return only(check_access_key_rotation(world("access-key-rotation", *held), baseline))


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, NOT_APPLICABLE),
        ({"password_enabled": True, "password_last_changed": ago(500)}, NOT_APPLICABLE),
        (key(1, ago(90)), PASS),
        (key(1, ago(90) - JUST), FAIL),
        (key(2, ago(91)), FAIL),
        (key(1, ago(91), active=False), NOT_APPLICABLE),
        (key(1, ago(91), active=False) | key(2, ago(1)), PASS),
        (key(1, ago(91)) | key(2, ago(1)), FAIL),
        # "N/A" although the key is active.
        (key(1, None), UNKNOWN),
        (key(1, NO_REPORT), UNKNOWN),
        (key(1, ago(91), active=NO_REPORT), UNKNOWN),
        (key(1, ago(90), active=NO_REPORT), PASS),
        (certificate(1, ago(90)), PASS),
        (certificate(2, ago(91)), FAIL),
    ],
)
def test_access_key_rotation(fields, outcome):
    assert rotation(entry(**fields), user()).outcome is outcome
    assert rotation(entry("<root_account>", **fields)).outcome is outcome


def test_other_keys_are_rotated_too():
    assert rotation(entry(), ssh(91)).outcome is FAIL
    assert rotation(entry(), ssh(90)).outcome is PASS
    assert rotation(entry(), user(), service_credential(91)).outcome is FAIL
    assert rotation(entry(), user(), service_credential(90)).outcome is PASS


def test_the_age_is_an_option():
    baseline = Baseline.from_mapping({"controls": {"access-key-rotation": {"days": 180}}})
    assert rotation(entry(**key(1, ago(180))), user(), baseline=baseline).outcome is PASS
    assert rotation(entry(**key(1, ago(181))), user(), baseline=baseline).outcome is FAIL


OFFICE = {"office": ["203.0.113.0/28"]}
DECLARED = [{"user": "ci-*", "reason": "deploys", "ticket": "OPS-7"}]
ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
BIND = {
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {
        "NotIpAddress": {"aws:SourceIp": "203.0.113.0/28"},
        "Bool": {"aws:ViaAWSService": "false"},
    },
}
KEY = AccessKey(id="AKIA1", active=True, created_at=ago(10))
KEY_2 = evolve(KEY, id="AKIA2")


def baseline(keys=DECLARED, networks=OFFICE):
    return Baseline.from_mapping(
        {"networks": networks, "controls": {"access-keys-declared": {"keys": keys}}}
    )


def ci(*statements, keys=(KEY,), **fields):
    inline = (InlinePolicy(name="work", document=records.policy(*statements)),)
    return user("ci-1", access_keys=keys, inline_policies=inline, **fields)


def declared(*held, baseline=baseline(), **changes):  # noqa: B008 - never changed
    snapshot = world("access-keys-declared", *held, **changes)
    return only(check_access_keys_declared(snapshot, baseline))


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (ci(ALLOW, BIND), PASS),
        (ci(ALLOW), FAIL),
        # No permission is bound to any network.
        (ci(BIND), PASS),
        (ci(ALLOW, BIND, keys=(KEY, KEY_2)), PASS),
        (ci(ALLOW, keys=()), NOT_APPLICABLE),
        (ci(ALLOW, keys=(evolve(KEY, active=False),)), NOT_APPLICABLE),
        (ci(ALLOW, keys=denied("iam:ListAccessKeys")), UNKNOWN),
        (ci(ALLOW, BIND, ssh_public_keys=NO_SSH), PASS),
    ],
)
def test_access_keys_declared(record, outcome):
    assert declared(record).outcome is outcome


@pytest.mark.parametrize(
    ("keys", "outcome"),
    [
        ([], FAIL),
        ([{"user": "other", "reason": "x", "ticket": "y"}], FAIL),
        ([{"user": "arn:aws:iam::*:user/ci-1", "reason": "x", "ticket": "y"}], PASS),
        ([{"user": "ci-1", "reason": "x", "ticket": "y", "id": "AKIA1"}], FAIL),
        (
            [
                {"user": "ci-1", "reason": "x", "ticket": "y", "id": key_id}
                for key_id in ("AKIA1", "AKIA2")
            ],
            PASS,
        ),
    ],
)
def test_each_key_is_declared(keys, outcome):
    record = ci(ALLOW, BIND, keys=(KEY, KEY_2))
    assert declared(record, baseline=baseline(keys)).outcome is outcome


def test_an_undeclared_key_is_named():
    keys = [{"user": "ci-1", "reason": "x", "ticket": "y", "id": "AKIA1"}]
    finding = declared(ci(ALLOW, BIND, keys=(KEY, KEY_2)), baseline=baseline(keys))
    (failure,) = [
        observation for observation in finding.observations if observation.outcome is FAIL
    ]
    assert failure.message.in_language("en") == "access key AKIA2 is active, but not declared"


def test_keys_are_bound_to_declared_networks():
    assert declared(ci(ALLOW, BIND), baseline=baseline(networks={})).outcome is FAIL
    home = {"home": ["198.51.100.0/24"]}
    assert declared(ci(ALLOW, BIND), baseline=baseline(networks=home)).outcome is FAIL
    both = OFFICE | home
    assert declared(ci(ALLOW, BIND), baseline=baseline(networks=both)).outcome is PASS
    named = Baseline.from_mapping(
        {
            "networks": both,
            "controls": {"access-keys-declared": {"keys": DECLARED, "networks": ["home"]}},
        }
    )
    assert declared(ci(ALLOW, BIND), baseline=named).outcome is FAIL


def test_a_failure_shows_a_request():
    finding = declared(ci(ALLOW))
    (failure,) = [
        observation for observation in finding.observations if observation.outcome is FAIL
    ]
    assert failure.witness is not None


def test_a_binding_counts_where_it_is_not_known_whether_a_key_is_active():
    unread = (evolve(KEY, active=denied("iam:ListAccessKeys")),)
    assert declared(ci(ALLOW, BIND, keys=unread)).outcome is PASS
    assert declared(ci(ALLOW, keys=unread)).outcome is UNKNOWN
    assert declared(ci(ALLOW, keys=(*unread, KEY_2))).outcome is FAIL


@pytest.mark.parametrize("number", [1, 2])
def test_a_certificate_that_is_not_declared_is_named_by_its_number(number):
    report = entry("ci-1", **certificate(number, ago(1)))
    finding = declared(ci(ALLOW, BIND, keys=()), report, baseline=baseline([]))
    messages = [entry.message.in_language("en") for entry in finding.observations]
    assert any(f"signing certificate {number} is active" in message for message in messages)


def test_what_the_report_does_not_say_names_the_call():
    silent = entry(**key(1, None))
    for finding in (inactive(silent, user()), rotation(silent)):
        (cause,) = finding.observations[0].causes
        assert cause.operation == "iam:GetCredentialReport"


def test_certificates_and_other_keys_are_declared_as_well():
    record = ci(ALLOW, BIND, keys=())
    report = entry("ci-1", **certificate(1, ago(1)))
    assert declared(record, report).outcome is PASS
    assert declared(record, report, baseline=baseline([])).outcome is FAIL
    other = service_credential(user_name="ci-1")
    assert declared(record, other, baseline=baseline([])).outcome is FAIL


@pytest.mark.parametrize("kind", ["CredentialReportEntry", "ServiceSpecificCredential"])
def test_keys_that_may_exist(kind):
    gaps = {kind: NO_REPORT}
    assert declared(ci(ALLOW, BIND, keys=()), baseline=baseline([]), gaps=gaps).outcome is UNKNOWN
    # Not even the policies fail, if there may be no key.
    finding = declared(ci(ALLOW, keys=()), baseline=baseline([]), gaps=gaps)
    assert finding.outcome is UNKNOWN
    assert declared(ci(ALLOW), gaps=gaps).outcome is FAIL


def test_policies_that_could_not_be_read():
    record = evolve(ci(ALLOW, BIND), inline_policies=denied("iam:GetAccountAuthorizationDetails"))
    assert declared(record).outcome is UNKNOWN


def test_without_networks_only_a_key_that_is_known_fails():
    unbound = baseline(networks={})
    assert declared(ci(ALLOW), baseline=unbound).outcome is FAIL
    unread = ci(ALLOW, keys=denied("iam:ListAccessKeys"))
    assert declared(unread, baseline=unbound).outcome is UNKNOWN


def test_a_template_makes_access_keys_only():
    gaps = {"CredentialReportEntry": NO_REPORT, "ServiceSpecificCredential": NO_SERVICES}
    planned = ci(ALLOW, keys=(), ssh_public_keys=NO_SSH)
    assert declared(planned, gaps=gaps, source="template").outcome is NOT_APPLICABLE
    assert declared(planned, gaps=gaps).outcome is UNKNOWN
