"""Whom services act for: sources of conditions, and folders of load balancers' logs."""

from __future__ import annotations

import pytest

from access.test_access_declared import (
    CF,
    CLOUDFRONT_READS,
    DISTRIBUTION,
    FRIEND,
    LOGGING,
    OTHER,
    OWNER,
    SNS,
    accounts,
    allow,
    bucket_of,
    deny,
    equal,
    held,
    keys,
    service,
    told,
)
from cloudpack_baseline.access import Declaration, compare_access

BALANCERS = "127311923021"  # of Elastic Load Balancing in us-east-1
DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
PUT = {"Action": "s3:PutObject"}


def logs_of(account, prefix="", *, principal=None, **fields):
    resource = keys(f"{prefix}AWSLogs/{account}/*")
    return allow(
        Principal=principal or {"AWS": BALANCERS}, **(PUT | {"Resource": resource} | fields)
    )


MEMBERS = Declaration(kind="accounts", organizations=("o-1234567890",))
ORGANIZATION = equal("aws:SourceOrgID", "o-1234567890")

# The statements, what is declared, the surplus, and who acts for whom.
DEPUTIES = [
    ("of the owner", [service(SNS, equal("aws:SourceAccount", OWNER))], [], [], []),
    ("of another", [service(SNS, equal("aws:SourceAccount", OTHER))], [], [], [(SNS, OTHER)]),
    (
        "of a declared account",
        [service(SNS, equal("aws:SourceAccount", FRIEND))],
        [accounts(FRIEND)],
        [],
        [],
    ),
    (
        "of an account and another",
        [service(SNS, equal("aws:SourceAccount", [FRIEND, OTHER]))],
        [accounts(FRIEND)],
        [],
        [(SNS, OTHER)],
    ),
    (
        "of a topic",
        [service(SNS, equal("aws:SourceArn", f"arn:aws:sns:us-east-1:{OTHER}:t"))],
        [],
        [],
        [(SNS, OTHER)],
    ),
    ("of an organization", [service(SNS, ORGANIZATION)], [], [], [(SNS, "o-1234567890")]),
    ("of a declared organization", [service(SNS, ORGANIZATION)], [MEMBERS], [], []),
    (
        "of a part of an organization",
        [service(SNS, {"StringLike": {"aws:SourceOrgPaths": "o-1234567890/r-1/*"}})],
        [],
        [],
        [(SNS, "o-1234567890")],
    ),
    ("by the older key", [service(SNS, equal("aws:SourceOwner", OTHER))], [], [], [(SNS, OTHER)]),
    # CloudFront has to be declared; what other services there are, no statement says.
    (
        "of all services",
        [allow(equal("aws:SourceAccount", OTHER))],
        [],
        CLOUDFRONT_READS,
        [(CF, OTHER)],
    ),
    (
        "of any service",
        [allow(equal("aws:SourceAccount", OTHER), Principal={"Service": [SNS, LOGGING]})],
        [],
        [],
        [(SNS, OTHER), (LOGGING, OTHER)],
    ),
    (
        "of nobody",
        [service(SNS, equal("aws:SourceAccount", OTHER)), deny(Principal={"Service": SNS})],
        [],
        [],
        [],
    ),
    ("own logs", [logs_of(OWNER)], [], [], []),
    ("own logs below a prefix", [logs_of(OWNER, "a/b/")], [], [], []),
    ("another's logs", [logs_of(OTHER)], [], [], [(BALANCERS, OTHER)]),
    ("another's logs below a prefix", [logs_of(OTHER, "a/b/")], [], [], [(BALANCERS, OTHER)]),
    ("a declared account's logs", [logs_of(FRIEND)], [accounts(FRIEND)], [], []),
    (
        "by the service",
        [logs_of(OTHER, principal={"Service": DELIVERY})],
        [],
        [],
        [(DELIVERY, OTHER)],
    ),
    ("own logs by the service", [logs_of(OWNER, principal={"Service": DELIVERY})], [], [], []),
    # Logs are written, and nothing else is.
    ("read", [logs_of(OWNER, Action="s3:GetObject")], [], [(BALANCERS, "read")], []),
    (
        "of anyone",
        [allow(Principal={"AWS": BALANCERS}, **PUT), logs_of(OWNER)],
        [],
        [(BALANCERS, "write")],
        [],
    ),
    ("a folder of another name", [logs_of(OWNER, "my")], [], [(BALANCERS, "write")], []),
    (
        "others that write logs",
        [logs_of(OTHER), logs_of(OTHER, principal={"AWS": FRIEND})],
        [],
        [(FRIEND, "write")],
        [(BALANCERS, OTHER)],
    ),
    (
        "another service",
        [logs_of(OWNER, principal={"Service": LOGGING})],
        [],
        [(LOGGING, "write")],
        [],
    ),
]


@pytest.mark.parametrize(
    ("statements", "declared", "surplus", "deputies"),
    [case[1:] for case in DEPUTIES],
    ids=[case[0] for case in DEPUTIES],
)
def test_whom_services_act_for(statements, declared, surplus, deputies):
    comparison = held(statements, *declared)
    assert told(comparison) == surplus
    assert {(deputy.service, deputy.source) for deputy in comparison.deputies} == set(deputies)
    for deputy in comparison.deputies:
        assert deputy.witness.request.principal_kind in {"service", "account"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (service(CF, equal("aws:SourceArn", DISTRIBUTION)), True),
        (service(CF, equal("aws:SourceAccount", OWNER)), True),
        (service(CF), False),
        (service(SNS), False),
        (allow(Principal={"AWS": FRIEND}), False),
    ],
)
def test_the_access_of_distributions_of_known_accounts(statement, expected):
    _, bucket = bucket_of([statement])
    (surplus,) = compare_access(bucket).excess
    assert surplus.is_of_distribution is expected
