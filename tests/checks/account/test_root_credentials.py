"""root-access-keys and root-hardware-mfa (5.3.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloudpack_baseline import Outcome, check_root_access_keys, check_root_hardware_mfa
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.iam_credentials import VirtualMFADevice
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
UNREAD = denied("iam:GetAccountSummary")
UNLISTED = denied("iam:ListVirtualMFADevices")


def summary(mfa=True, password=True, keys=False, certificates=False):  # noqa: FBT002 - a table sets all
    return records.record(
        AccountSummary,
        "root",
        arn=ROOT,
        region="",
        mfa_enabled=mfa,
        password_present=password,
        access_keys_present=keys,
        signing_certificates_present=certificates,
    )


def device(name, user):
    arn = f"arn:aws:iam::{ACCOUNT}:mfa/{name}"
    return records.record(VirtualMFADevice, name, arn=arn, region="", name=arn, user=user)


@pytest.mark.parametrize(
    ("record", "outcomes"),
    [
        (summary(), [PASS, PASS]),
        (summary(password=False), [PASS, PASS]),
        (summary(keys=True), [FAIL, PASS]),
        (summary(certificates=True), [FAIL, PASS]),
        (summary(keys=True, certificates=True), [FAIL, FAIL]),
        (summary(keys=UNREAD, certificates=True), [FAIL, UNKNOWN]),
        (summary(certificates=UNREAD), [UNKNOWN, PASS]),
        # An answer without the count says nothing.
        (summary(keys=None), [UNKNOWN, PASS]),
    ],
)
def test_root_access_keys(record, outcomes):
    finding = only(check_root_access_keys(world("root-access-keys", record)))
    assert [observation.outcome for observation in finding.observations] == outcomes


def test_a_count_that_is_missing_names_the_call():
    finding = only(check_root_access_keys(world("root-access-keys", summary(keys=None))))
    (cause,) = finding.observations[0].causes
    assert (cause.operation, cause.detail) == (
        "iam:GetAccountSummary",
        "no AccountAccessKeysPresent",
    )
    finding = only(check_root_access_keys(world("root-access-keys", summary())))
    assert {observation.expected for observation in finding.observations} == {
        "AccountAccessKeysPresent=0",
        "AccountSigningCertificatesPresent=0",
    }


def hardware(*held, baseline=None, **changes):
    return only(check_root_hardware_mfa(world("root-hardware-mfa", *held, **changes), baseline))


ROOTS = device("anything", ROOT)
USERS = device("root-account-mfa-device", f"arn:aws:iam::{ACCOUNT}:user/root")


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        ([summary()], PASS),
        # The name of a device says nothing; the user does.
        ([summary(), USERS], PASS),
        ([summary(), ROOTS], FAIL),
        # Assigned to nobody.
        ([summary(), device("spare", None)], PASS),
        ([summary(), USERS, ROOTS], FAIL),
        ([summary(mfa=False)], FAIL),
        ([summary(mfa=UNREAD)], UNKNOWN),
        ([summary(mfa=UNREAD), ROOTS], FAIL),
        ([summary(), device("odd", UNLISTED)], UNKNOWN),
        ([summary(), device("odd", UNLISTED), ROOTS], FAIL),
        # Removed centrally: nothing is left to protect.
        ([summary(False, False, False, False)], NOT_APPLICABLE),
        ([summary(UNREAD, False, False, False)], NOT_APPLICABLE),
        # A device is left although nothing else is, so it is judged.
        ([summary(True, False, False, False), ROOTS], FAIL),
        # One of them is left, or may be.
        ([summary(False, False, True, False)], FAIL),
        ([summary(False, None, False, False)], FAIL),
    ],
)
def test_root_hardware_mfa(held, outcome):
    assert hardware(*held).outcome is outcome


def test_devices_that_cannot_be_listed():
    finding = hardware(summary(), gaps={"VirtualMFADevice": UNLISTED})
    assert finding.outcome is UNKNOWN
    assert finding.observations[0].causes == UNLISTED.causes
    # Without MFA no listing excuses.
    assert hardware(summary(mfa=False), gaps={"VirtualMFADevice": UNLISTED}).outcome is FAIL
    assert hardware(summary(), ROOTS, gaps={"VirtualMFADevice": UNLISTED}).outcome is FAIL


def test_a_failure_names_the_devices():
    message = hardware(summary(), ROOTS, USERS).observations[0].message.in_language("en")
    assert ROOTS.arn in message
    assert USERS.arn not in message


def test_the_baseline_turns_it_off():
    off = Baseline.from_mapping({"controls": {"root-hardware-mfa": {"required": False}}})
    assert hardware(summary(), ROOTS, baseline=off).outcome is NOT_APPLICABLE


def test_where_the_root_user_cannot_sign_in():
    account = AccountScope(id=ACCOUNT, partition="aws-us-gov")
    assert hardware(summary(mfa=False), accounts=(account,)).outcome is NOT_APPLICABLE
    assert hardware(summary(mfa=False, keys=True), accounts=(account,)).outcome is FAIL


class TestAnAttestedDevice:
    def attested(self, resources, **changes):
        attestation = {
            "promise": "5.3.2.mfa-device",
            "evidence": "https://wiki.example.jp/area-2",
            "attested_by": "ciso@example.jp",
            "attested_on": NOW.date(),
            "resources": resources,
        }
        return Baseline.from_mapping({"attestations": [attestation | changes]})

    @pytest.mark.parametrize("resource", [ROOTS.arn, "*:mfa/*", ROOTS.name])
    def test_it_passes_where_an_attestation_names_it(self, resource):
        finding = hardware(summary(), ROOTS, USERS, baseline=self.attested([resource]))
        assert finding.outcome is PASS
        message = finding.observations[0].message
        assert message.id == "account.root-attested-mfa"
        assert message.in_language("en").endswith(f"are attested: {ROOTS.name}")

    @pytest.mark.parametrize(
        ("resources", "changes"),
        [
            ([], {}),
            (["other"], {}),
            (["*"], {"attested_on": NOW.date() + timedelta(1)}),
            (["*"], {"attested_on": NOW.date() - timedelta(367)}),
            (["*"], {"promise": "4.1.4.education"}),
        ],
    )
    def test_otherwise_it_fails(self, resources, changes):
        declared = self.attested(resources, **changes)
        assert hardware(summary(), ROOTS, baseline=declared).outcome is FAIL

    def test_another_device_still_fails(self):
        second = device("second", ROOT)
        declared = self.attested([ROOTS.arn])
        assert hardware(summary(), ROOTS, second, baseline=declared).outcome is FAIL

    def test_a_denied_listing_stays_unknown(self):
        finding = hardware(
            summary(), gaps={"VirtualMFADevice": UNLISTED}, baseline=self.attested(["*"])
        )
        assert finding.outcome is UNKNOWN
