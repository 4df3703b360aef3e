"""States of the controls of identity."""

from __future__ import annotations

from datetime import timedelta

from cloudpack_baseline.model.iam_credentials import AccountPasswordPolicy
from cloudpack_baseline.model.iam_principals import (
    AccessKey,
    InlinePolicy,
    SSHPublicKey,
)
from cloudpack_baseline.model.signin import ConsoleSignInPolicy
from cloudpack_baseline.testing.records import (
    TAKEN_AT,
    credential_report_entry,
    instance,
    policy,
    record,
    role,
    user,
)
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "role-trust",
        common=(
            role(
                "deploy",
                trust=[
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            ),
        ),
        baseline="""\
[controls.role-trust]
accounts = ["111122223333"]
""",
        failing_baseline="",
    ),
    Example(
        "server-access-paths",
        common=(instance("i-1", key_name=None),),
        failing=(
            role(
                "operators",
                trust=[
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                        "Action": "sts:AssumeRole",
                    }
                ],
                permissions=[{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "*"}],
            ),
        ),
    ),
    Example(
        "source-network",
        passing=(
            record(
                ConsoleSignInPolicy,
                "root",
                service="iam",
                region="",
                document=policy(
                    {
                        "Effect": "Deny",
                        "Principal": {"AWS": "*"},
                        "Action": ["signin:*"],
                        "Resource": "*",
                        "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/28"]}},
                    }
                ),
                enabled=True,
            ),
        ),
        failing=(
            record(
                ConsoleSignInPolicy,
                "root",
                service="iam",
                region="",
                document=policy(),
                enabled=True,
            ),
        ),
        baseline="""\
[networks]
office = ["203.0.113.0/28"]
""",
    ),
    Example(
        "admin-privileges",
        passing=(
            role(
                "deploy",
                permissions=[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
            ),
        ),
        failing=(
            role(
                "deploy",
                permissions=[
                    {"Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*"}
                ],
            ),
        ),
    ),
    Example(
        "password-policy",
        common=(credential_report_entry("ann", password_enabled=True),),
        passing=(
            record(
                AccountPasswordPolicy,
                "root",
                service="iam",
                region="",
                minimum_password_length=14,
                require_symbols=True,
                require_numbers=True,
                require_uppercase_characters=True,
                require_lowercase_characters=True,
                max_password_age=90,
                password_reuse_prevention=24,
            ),
        ),
        failing=(record(AccountPasswordPolicy, "root", service="iam", region=""),),
    ),
    Example(
        "console-user-mfa",
        passing=(user("ann", password=True, mfa_devices=("arn:aws:iam::123456789012:mfa/phone",)),),
        failing=(user("ann", password=True),),
    ),
    Example(
        "inactive-credentials",
        passing=(
            credential_report_entry(
                "ann", user_creation_time=TAKEN_AT - timedelta(days=10), password_enabled=True
            ),
        ),
        failing=(
            credential_report_entry(
                "ann", user_creation_time=TAKEN_AT - timedelta(days=120), password_enabled=True
            ),
        ),
    ),
    Example(
        "access-key-rotation",
        common=(
            credential_report_entry(
                "ann",
                access_key_1_active=True,
                access_key_1_last_rotated=TAKEN_AT - timedelta(days=10),
                access_key_1_last_used_date=TAKEN_AT - timedelta(days=1),
            ),
        ),
        passing=(
            user(
                "ann",
                ssh_public_keys=(
                    SSHPublicKey(
                        id="APKA1", active=True, uploaded_at=TAKEN_AT - timedelta(days=30)
                    ),
                ),
            ),
        ),
        failing=(
            user(
                "ann",
                ssh_public_keys=(
                    SSHPublicKey(
                        id="APKA1", active=True, uploaded_at=TAKEN_AT - timedelta(days=120)
                    ),
                ),
            ),
        ),
    ),
    Example(
        "access-keys-declared",
        common=(
            user(
                "ci-1",
                inline_policies=(
                    InlinePolicy(
                        name="work",
                        document=policy(
                            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                            {
                                "Effect": "Deny",
                                "Action": "*",
                                "Resource": "*",
                                "Condition": {
                                    "NotIpAddress": {"aws:SourceIp": "203.0.113.0/28"},
                                    "Bool": {"aws:ViaAWSService": "false"},
                                },
                            },
                        ),
                    ),
                ),
                access_keys=(
                    AccessKey(id="AKIA1", active=True, created_at=TAKEN_AT - timedelta(days=10)),
                ),
            ),
        ),
        passing=(),
        failing=(),
        baseline="""\
[networks]
office = ["203.0.113.0/28"]

[[controls.access-keys-declared.keys]]
user = "ci-*"
reason = "deploys"
ticket = "OPS-7"
""",
        failing_baseline="""\
[networks]
office = ["203.0.113.0/28"]
""",
    ),
    Example(
        "federated-access",
        passing=(
            role(
                "AWSReservedSSO_Admin_1",
                path="/aws-reserved/sso.amazonaws.com/",
                trust=[
                    {
                        "Effect": "Allow",
                        "Principal": {
                            "Federated": "arn:aws:iam::123456789012:saml-provider/AWSSSO_1"
                        },
                        "Action": "sts:AssumeRoleWithSAML",
                    }
                ],
            ),
        ),
        failing=(user("ann", password=True),),
    ),
)
