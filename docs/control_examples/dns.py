"""States of the controls of dns."""

from __future__ import annotations

from datetime import timedelta

from cloudpack_baseline.model.route53 import (
    ClaimableTarget,
    DnssecKey,
    KeySigningKey,
    QueryLoggingConfig,
    RegisteredDomain,
)
from cloudpack_baseline.testing.records import TAKEN_AT, hosted_zone, record
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "domain-lock",
        passing=(
            record(
                RegisteredDomain,
                "domain/example.com",
                service="route53domains",
                region="",
                auto_renew=True,
                transfer_lock=True,
                expiry=TAKEN_AT + timedelta(days=200),
                statuses=("clientTransferProhibited",),
            ),
        ),
        failing=(
            record(
                RegisteredDomain,
                "domain/example.com",
                service="route53domains",
                region="",
                auto_renew=True,
                transfer_lock=False,
                expiry=TAKEN_AT + timedelta(days=200),
                statuses=(),
            ),
        ),
    ),
    Example(
        "route53-query-logging",
        common=(hosted_zone("Z1", "example.jp"),),
        passing=(
            record(
                QueryLoggingConfig,
                "queryloggingconfig/Z1",
                service="route53",
                region="",
                hosted_zone_id="Z1",
                log_group="arn:aws:logs:us-east-1:123456789012:log-group:/dns",
            ),
        ),
        failing=(),
        baseline="""\
[controls.route53-query-logging]
zones = ["example.jp"]
""",
    ),
    Example(
        "route53-dnssec",
        common=(
            hosted_zone(
                "Z1",
                "example.jp",
                serve_signature="SIGNING",
                key_signing_keys=(KeySigningKey(status="ACTIVE", key_tag=7, public_key="AwEA"),),
            ),
        ),
        passing=(
            record(
                RegisteredDomain,
                "domain/example.jp",
                service="route53domains",
                region="",
                expiry=TAKEN_AT + timedelta(days=100),
                dnssec_keys=(DnssecKey(key_tag=7),),
            ),
        ),
        failing=(
            record(
                RegisteredDomain,
                "domain/example.jp",
                service="route53domains",
                region="",
                expiry=TAKEN_AT + timedelta(days=100),
            ),
        ),
        baseline="""\
[controls.route53-dnssec]
zones = ["example.jp"]
""",
    ),
    Example(
        "route53-dangling-records",
        passing=(hosted_zone("Z1", "example.jp", targets=()),),
        failing=(
            hosted_zone(
                "Z1",
                "example.jp",
                targets=(
                    ClaimableTarget(
                        record="www.example.jp.", kind="bucket", name="shop", free=True
                    ),
                ),
            ),
        ),
    ),
)
