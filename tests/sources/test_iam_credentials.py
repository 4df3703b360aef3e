"""How credentials are read: the report, devices, the password policy, the security contact."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from cloudpack_baseline import Outcome, check_root_unused
from cloudpack_baseline.checks import check_of
from cloudpack_baseline.model.account import SecurityContact
from cloudpack_baseline.model.iam_credentials import (
    AccountPasswordPolicy,
    CredentialReportEntry,
    ServiceSpecificCredential,
    VirtualMFADevice,
)
from cloudpack_baseline.model.iam_principals import UserDetail
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of, iam
from cloudpack_baseline.testing import set_root
from fakes import calls
from support import ACCOUNT, NOW, only

GENERATE, GET = "iam:GenerateCredentialReport", "iam:GetCredentialReport"
COMPLETE = {"State": "COMPLETE"}
COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)
ROOT_ROW = (
    f"<root_account>,arn:aws:iam::{ACCOUNT}:root,2025-01-01T00:00:00+00:00,not_supported,"
    "no_information,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,"
    "N/A,false,N/A,false,N/A"
)
USER_ROW = (
    f"ann,arn:aws:iam::{ACCOUNT}:user/people/ann,2025-02-01T00:00:00+00:00,TRUE,"
    "2026-10-30T08:00:00+00:00,2026-09-01T00:00:00+00:00,N/A,false,true,"
    "2026-08-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
)


def report(*rows):
    return {"Content": "\n".join((COLUMNS, *rows)).encode()}


def run(kind, answers, *fields):
    return gatherer_of(kind).run(calls(answers), frozenset(fields))


def entries(*rows):
    return run(CredentialReportEntry, {GENERATE: COMPLETE, GET: report(*rows)}).records


class TestCredentialReport:
    def test_rows(self):
        root, user = entries(ROOT_ROW, USER_ROW)
        assert (root.name, root.arn) == ("<root_account>", f"arn:aws:iam::{ACCOUNT}:root")
        assert (root.password_enabled, root.password_last_used) == (None, None)
        assert (root.mfa_active, root.access_key_1_active) == (True, False)
        assert user.password_enabled is True
        assert user.password_last_used == datetime(2026, 10, 30, 8, tzinfo=UTC)
        assert (user.access_key_1_active, user.access_key_1_last_used_date) == (True, None)
        assert user.access_key_1_last_rotated == datetime(2026, 8, 1, tzinfo=UTC)

    def test_the_cli_prints_base64(self):
        content = base64.b64encode(report(USER_ROW)["Content"]).decode()
        gathering = run(CredentialReportEntry, {GENERATE: COMPLETE, GET: {"Content": content}})
        assert [entry.name for entry in gathering.records] == ["ann"]

    def test_an_odd_cell_costs_only_itself(self):
        (user,) = entries(USER_ROW.replace("2026-10-30T08:00:00+00:00", "yesterday"))
        assert isinstance(user.password_last_used, Unknown)
        assert user.password_last_changed is not None
        (user,) = entries(USER_ROW.replace("TRUE", "perhaps"))
        assert user.password_enabled.causes[0].why is Why.MALFORMED

    def test_a_row_without_arn_costs_only_itself(self):
        gathering = run(CredentialReportEntry, {GENERATE: COMPLETE, GET: report("odd,", USER_ROW)})
        assert [entry.name for entry in gathering.records] == ["ann"]
        assert gathering.unknown.causes[0].why is Why.MALFORMED

    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"Content": 1},
            {"Content": "no Base64"},
            {"Content": b"\xff"},
            {"Content": b'a\n"b'},
            {"Content": b""},
            {"Content": b"arn,mfa_active\n"},
        ],
    )
    def test_an_odd_report(self, answer):
        gathering = run(CredentialReportEntry, {GENERATE: COMPLETE, GET: answer})
        assert gathering.records == ()
        assert gathering.unknown.causes[0].why is Why.MALFORMED

    def test_a_report_that_is_being_generated_is_awaited(self, monkeypatch):
        pauses, replies = [], ["ReportInProgress", "ReportInProgress", report(USER_ROW)]
        answers = {GENERATE: {"State": "STARTED"}, GET: replies[0]}

        def pause(seconds):
            pauses.append(seconds)
            answers[GET] = replies[len(pauses)]

        monkeypatch.setattr(iam, "sleep", pause)
        assert len(run(CredentialReportEntry, answers).records) == 1
        assert pauses == [1, 2]

    def test_a_report_that_is_never_complete(self, monkeypatch):
        pauses = []
        monkeypatch.setattr(iam, "sleep", pauses.append)
        answers = {GENERATE: {"State": "STARTED"}, GET: "ReportInProgress"}
        gathering = run(CredentialReportEntry, answers)
        assert gathering.unknown.causes[0].code == "ReportInProgress"
        assert sum(pauses) == 31

    def test_a_report_of_somebody_else(self):
        gathering = run(CredentialReportEntry, {GENERATE: "AccessDenied", GET: report(USER_ROW)})
        assert (len(gathering.records), gathering.unknown) == (1, None)

    def test_neither_call_is_allowed(self):
        gathering = run(CredentialReportEntry, {GENERATE: "AccessDenied", GET: "ReportNotPresent"})
        assert {cause.actions for cause in gathering.unknown.causes} == {(GENERATE,), ()}
        gathering = run(CredentialReportEntry, {GENERATE: COMPLETE, GET: "AccessDenied"})
        assert gathering.unknown.causes[0].actions == (GET,)


def test_a_device_that_nobody_has():
    page = {
        "VirtualMFADevices": [
            {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/spare"},
            {
                "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/phone",
                "User": {"Arn": f"arn:aws:iam::{ACCOUNT}:root"},
            },
        ]
    }
    found = run(VirtualMFADevice, {"iam:ListVirtualMFADevices": page}, "user").records
    assert {device.name.rpartition("/")[2]: device.user for device in found} == {
        "spare": None,
        "phone": f"arn:aws:iam::{ACCOUNT}:root",
    }


def test_what_moto_answers(session):
    client = session.client("iam")
    client.create_user(UserName="ann")
    client.create_login_profile(UserName="ann", Password="Not-A-Secret-1")
    key = client.create_access_key(UserName="ann")["AccessKey"]
    device = client.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    client.enable_mfa_device(
        UserName="ann",
        SerialNumber=device["SerialNumber"],
        AuthenticationCode1="123456",
        AuthenticationCode2="654321",
    )
    client.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True)
    session.client("account").put_alternate_contact(
        AlternateContactType="SECURITY",
        EmailAddress="security@example.jp",
        Name="Security",
        PhoneNumber="0312345678",
        Title="CSIRT",
    )
    kinds = (
        reads(CredentialReportEntry),
        reads(VirtualMFADevice),
        reads(AccountPasswordPolicy),
        reads(SecurityContact),
        reads(UserDetail, "mfa_devices", "ssh_public_keys"),
    )
    snapshot = gather_account(session, kinds)
    by_kind = {type(record): record for record in snapshot.records}
    entry = by_kind[CredentialReportEntry]
    assert (entry.name, entry.password_enabled, entry.mfa_active) == ("ann", True, True)
    assert entry.access_key_1_last_rotated == key["CreateDate"].replace(microsecond=0)
    assert by_kind[VirtualMFADevice].user.endswith(":user/ann")
    policy = by_kind[AccountPasswordPolicy]
    assert (policy.minimum_password_length, policy.require_symbols) == (14, True)
    assert (policy.max_password_age, policy.password_reuse_prevention) == (None, None)
    assert by_kind[SecurityContact].email_address == "security@example.jp"
    user = by_kind[UserDetail]
    assert user.mfa_devices == (device["SerialNumber"],)
    assert user.ssh_public_keys == ()


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"mfa": True}, Outcome.PASS),
        ({"mfa": False, "password": False, "access_keys": True}, Outcome.PASS),
        ({"mfa": True, "last_used": NOW}, Outcome.FAIL),
    ],
)
def test_a_test_declares_the_root_user_on_moto(session, facts, outcome):
    session.client("iam").create_user(UserName="ann")
    set_root(ACCOUNT, **facts)
    snapshot = gather_account(session, check_of("root-unused").reads)
    assert [entry.name for entry in snapshot.all(CredentialReportEntry, ACCOUNT)] == [
        "<root_account>",
        "ann",
    ]
    assert only(check_root_unused(snapshot, as_of=NOW + timedelta(days=1))).outcome is outcome


def test_moto_itself_has_no_root_user(session):
    finding = only(check_root_unused(gather_account(session, check_of("root-unused").reads)))
    assert finding.outcome is Outcome.UNKNOWN


def test_an_account_without_policy_and_contact(session):
    snapshot = gather_account(session, (reads(AccountPasswordPolicy), reads(SecurityContact)))
    policy, contact = snapshot.records
    assert (policy.minimum_password_length, policy.require_symbols) == (None, None)
    assert contact.email_address is None


def test_half_a_policy_is_unknown():
    answer = {"PasswordPolicy": {"MinimumPasswordLength": 14}}
    (policy,) = run(AccountPasswordPolicy, {"iam:GetAccountPasswordPolicy": answer}).records
    assert policy.minimum_password_length == 14
    assert isinstance(policy.require_symbols, Unknown)


def test_a_denied_contact_is_unknown():
    (contact,) = run(SecurityContact, {"account:GetAlternateContact": "AccessDenied"}).records
    assert contact.email_address.causes[0].actions == ("account:GetAlternateContact",)


def test_service_specific_credentials_of_all_users():
    item = {
        "UserName": "ann",
        "Status": "Active",
        "ServiceUserName": "ann-at-123456789012",
        "CreateDate": "2026-01-01T00:00:00Z",
        "ServiceSpecificCredentialId": "ACCA1",
        "ServiceName": "codecommit.amazonaws.com",
    }
    answers = {"iam:ListServiceSpecificCredentials": {"ServiceSpecificCredentials": [item]}}
    (credential,) = run(ServiceSpecificCredential, answers).records
    assert (credential.user_name, credential.status) == ("ann", "Active")
    assert credential.expiration_date is None


USER = {
    "UserName": "ann",
    "UserId": "AIDA1",
    "Path": "/",
    "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann",
}


def test_keys_of_a_user():
    answers = {
        "iam:GetAccountAuthorizationDetails": {"UserDetailList": [USER]},
        "iam:ListSSHPublicKeys": {
            "SSHPublicKeys": [
                {
                    "UserName": "ann",
                    "SSHPublicKeyId": "APKA1",
                    "Status": "Inactive",
                    "UploadDate": "2026-01-01T00:00:00Z",
                }
            ]
        },
        "iam:ListMFADevices": "AccessDenied",
    }
    (record,) = run(UserDetail, answers, "mfa_devices", "ssh_public_keys").records
    (key,) = record.ssh_public_keys
    assert (key.id, key.active) == ("APKA1", False)
    assert record.mfa_devices.causes[0].actions == ("iam:ListMFADevices",)


@pytest.mark.parametrize(
    ("login_profile", "devices"),
    [
        ({"LoginProfile": {"UserName": "ann"}}, ("arn:aws:iam::mfa/ann",)),
        ("AccessDenied", ("arn:aws:iam::mfa/ann",)),
        ("NoSuchEntity", Why.NOT_GATHERED),
    ],
)
def test_devices_are_read_of_users_who_may_have_a_password(login_profile, devices):
    answers = {
        "iam:GetAccountAuthorizationDetails": {"UserDetailList": [USER]},
        "iam:GetLoginProfile": login_profile,
        "iam:ListMFADevices": {"MFADevices": [{"SerialNumber": "arn:aws:iam::mfa/ann"}]},
    }
    (record,) = run(UserDetail, answers, "password", "mfa_devices").records
    if isinstance(record.mfa_devices, Unknown):
        assert record.mfa_devices.causes[0].why is devices
    else:
        assert record.mfa_devices == devices
