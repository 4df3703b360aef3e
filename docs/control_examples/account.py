"""States of the controls of account."""

from __future__ import annotations

from datetime import timedelta

from cloudpack_baseline.model.account import SecurityContact
from cloudpack_baseline.model.ec2 import Vpc
from cloudpack_baseline.model.iam_credentials import VirtualMFADevice
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.testing.records import (
    ACCOUNT,
    TAKEN_AT,
    account_summary,
    credential_report_entry,
    record,
)
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "root-mfa",
        passing=(account_summary(),),
        failing=(account_summary(mfa_enabled=False),),
    ),
    Example(
        "root-hardware-mfa",
        common=(account_summary(),),
        passing=(),
        failing=(
            record(
                VirtualMFADevice,
                "mfa/root-phone",
                service="iam",
                region="",
                user=f"arn:aws:iam::{ACCOUNT}:root",
            ),
        ),
    ),
    Example(
        "root-access-keys",
        passing=(account_summary(),),
        failing=(account_summary(access_keys_present=True, signing_certificates_present=True),),
    ),
    Example(
        "root-unused",
        passing=(
            credential_report_entry(
                "<root_account>",
                user_creation_time=TAKEN_AT - timedelta(days=900),
                password_last_used=TAKEN_AT - timedelta(days=500),
            ),
        ),
        failing=(
            credential_report_entry(
                "<root_account>",
                user_creation_time=TAKEN_AT - timedelta(days=900),
                password_last_used=TAKEN_AT - timedelta(days=10),
            ),
        ),
    ),
    Example(
        "dedicated-account",
        common=(
            record(
                Organization,
                "organization",
                service="organizations",
                region="",
                id="o-abcde12345",
                management_account="999988887777",
            ),
        ),
        baseline="""\
[accounts.shop]
id = "123456789012"

[controls.dedicated-account]
organization = "o-abcde12345"

[[controls.dedicated-account.confirmed]]
account = "123456789012"
on = 2026-10-01
ticket = "OPS-7"
""",
        failing_baseline="""\
[accounts.shop]
id = "123456789012"

[controls.dedicated-account]
organization = "o-fghij67890"
""",
    ),
    Example(
        "account-decommissioned",
        failing=(record(Vpc, "vpc/vpc-1", vpc_id="vpc-1"),),
        baseline="""\
[[controls.account-decommissioned.contracts]]
account = "123456789012"
ends = 2026-10-20
deleted_on = 2026-10-24
""",
    ),
    Example(
        "security-contact",
        passing=(
            record(
                SecurityContact, "account", service="account", email_address="security@example.jp"
            ),
        ),
        failing=(record(SecurityContact, "account", service="account"),),
    ),
)
