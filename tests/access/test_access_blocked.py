"""Declared endpoints and VPCs, the Denies that block what is declared, and listings."""

from __future__ import annotations

import pytest

from access.test_access_declared import (
    ANYBODY,
    FRIEND,
    IN_OFFICE,
    LISTED,
    LISTING,
    OFFICE,
    PUBLIC,
    accounts,
    allow,
    deny,
    equal,
    held,
    keys,
    told,
)
from cloudpack_baseline.access import Declaration

ENDPOINT, VPC = "vpce-0123456789abcdef0", "vpc-0123456789abcdef0"
OTHER_ENDPOINT, OTHER_VPC = "vpce-0fedcba987654321f", "vpc-0fedcba987654321f"


def endpoints(*named, **fields):
    return Declaration(kind="networks", endpoints=named, **fields)


THROUGH_ENDPOINT = allow(equal("aws:SourceVpce", ENDPOINT))
THROUGH_VPC = allow(equal("aws:SourceVpc", VPC))
DENIED_ELSEWHERE = deny(
    {
        "NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"},
        "StringNotEquals": {"aws:SourceVpce": ENDPOINT},
    }
)

# The statements, what is declared, the surplus, and the parts that are blocked.
ENDPOINTS = [
    ("endpoint", [THROUGH_ENDPOINT], endpoints(ENDPOINT), [], ()),
    ("VPC", [THROUGH_VPC], endpoints(VPC), [], ()),
    (
        "another endpoint",
        [THROUGH_ENDPOINT],
        endpoints(OTHER_ENDPOINT),
        ANYBODY,
        (OTHER_ENDPOINT,),
    ),
    ("another VPC", [THROUGH_VPC], endpoints(OTHER_VPC), ANYBODY, (OTHER_VPC,)),
    ("one of two", [THROUGH_ENDPOINT], endpoints(ENDPOINT, OTHER_ENDPOINT), [], (OTHER_ENDPOINT,)),
    ("both", [THROUGH_ENDPOINT, THROUGH_VPC], endpoints(ENDPOINT, VPC), [], ()),
    ("the endpoint but not its VPC", [THROUGH_VPC], endpoints(ENDPOINT), ANYBODY, ()),
    ("nobody", [], endpoints(ENDPOINT), [], (ENDPOINT,)),
    (
        "an account through the endpoint",
        [allow(equal("aws:SourceVpce", ENDPOINT), Principal={"AWS": FRIEND})],
        endpoints(ENDPOINT),
        [],
        (ENDPOINT,),
    ),
    (
        "office and endpoint",
        [allow(), DENIED_ELSEWHERE],
        endpoints(ENDPOINT, networks=("203.0.113.0/24",)),
        [],
        (),
    ),
    (
        "half of the office for signed requests alone",
        [
            allow({"IpAddress": {"aws:SourceIp": "203.0.113.0/25"}}),
            allow(IN_OFFICE | {"StringLike": {"aws:PrincipalArn": "*"}}),
        ],
        OFFICE,
        [],
        ("203.0.113.128/25",),
    ),
    (
        "some objects through one of two",
        [allow(equal("aws:SourceVpce", ENDPOINT), Resource=keys("a/*"))],
        endpoints(ENDPOINT, OTHER_ENDPOINT, objects=("a/*", "b/*")),
        [],
        (OTHER_ENDPOINT, "b/*"),
    ),
    ("endpoint beside the office", [allow(), DENIED_ELSEWHERE], OFFICE, ANYBODY, ()),
    (
        "office beside the endpoint",
        [allow(), DENIED_ELSEWHERE],
        endpoints(ENDPOINT),
        ANYBODY,
        (),
    ),
]


@pytest.mark.parametrize(
    ("statements", "declared", "surplus", "parts"),
    [case[1:] for case in ENDPOINTS],
    ids=[case[0] for case in ENDPOINTS],
)
def test_endpoints_and_vpcs(statements, declared, surplus, parts):
    comparison = held(statements, declared)
    assert told(comparison) == surplus
    assert [blocked.unreachable for blocked in comparison.blocked] == ([parts] if parts else [])


NAMED = {"Sid": "Named"}
FROM_ELSEWHERE = {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}

# The statements, what is declared, and the Denies that deny some of it.
DENIES = [
    ("by a Deny", [allow(), deny(**NAMED)], PUBLIC, ("Named",)),
    ("by its path", [allow(), deny()], PUBLIC, ("$.Statement[1]",)),
    ("of other actions", [allow(), deny() | {"Action": "s3:PutObject"}], PUBLIC, None),
    ("for want of an Allow", [deny(**NAMED)], PUBLIC, ()),
    (
        "for want of an Allow of it",
        [allow(Resource=keys("a/*")), deny(**NAMED) | {"Resource": keys("b/*")}],
        Declaration(kind="public", objects=("a/*", "b/*")),
        (),
    ),
    (
        "of signed requests",
        [
            allow(IN_OFFICE),
            deny({"StringLike": {"aws:PrincipalArn": "*"}}, **NAMED),
            deny(FROM_ELSEWHERE, Sid="Elsewhere"),
        ],
        OFFICE,
        ("Elsewhere",),
    ),
    (
        "in one of two networks",
        [allow(), deny({"IpAddress": {"aws:SourceIp": "203.0.113.0/25"}}, **NAMED)],
        Declaration(kind="networks", networks=("198.51.100.0/24", "203.0.113.0/24")),
        ("Named",),
    ),
    (
        "through an endpoint beside a network",
        [allow(), deny(equal("aws:SourceVpce", ENDPOINT), **NAMED)],
        endpoints(ENDPOINT, networks=("203.0.113.0/24",)),
        ("Named",),
    ),
    (
        "both",
        [
            allow(),
            deny({"IpAddress": {"aws:SourceIp": "203.0.113.0/25"}}, Sid="Lower"),
            deny({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, Sid="Elsewhere"),
            deny({"IpAddress": {"aws:SourceIp": "203.0.113.128/25"}}, Sid="Upper"),
        ],
        OFFICE,
        ("Lower", "Upper"),
    ),
    (
        "of an account",
        [
            allow(Principal={"AWS": FRIEND}),
            deny(Principal={"AWS": FRIEND}, **NAMED),
            deny(Principal={"AWS": "444455556666"}, Sid="Other"),
        ],
        accounts(FRIEND),
        ("Named",),
    ),
    (
        "perhaps",
        [
            allow(IN_OFFICE),
            deny(equal("cloudpack-baseline:undetermined/parameter A", "true"), **NAMED),
        ],
        Declaration(kind="networks", networks=("203.0.112.0/23",)),
        (),
    ),
]


@pytest.mark.parametrize(
    ("statements", "declared", "denies"),
    [case[1:] for case in DENIES],
    ids=[case[0] for case in DENIES],
)
def test_the_denies_that_block_what_is_declared(statements, declared, denies):
    blocked = held(statements, declared).blocked
    assert [declaration.denied_by for declaration in blocked] == (
        [] if denies is None else [denies]
    )


LISTING_OF_SITE = LISTING | {"Condition": {"StringLike": {"s3:prefix": "site/*"}}}
SITE = Declaration(kind="public", access=("list",), objects=("site/*",))


@pytest.mark.parametrize(
    ("statements", "declared", "whole"),
    [
        ([LISTING], SITE, True),
        ([LISTING_OF_SITE], SITE, False),
        ([LISTING], LISTED, False),
        ([LISTING], Declaration(kind="public", objects=("site/*",)), False),
        # Whole names of objects have no prefix that shows them alone.
        ([LISTING_OF_SITE], Declaration(kind="public", access=("list",), objects=("a",)), True),
        (
            [allow({**IN_OFFICE}, Action="s3:ListBucket", Resource="arn:aws:s3:::b")],
            Declaration(
                kind="networks",
                networks=("203.0.113.0/24",),
                access=("list",),
                objects=("site/*",),
            ),
            True,
        ),
        (
            [
                LISTING_OF_SITE,
                allow(IN_OFFICE, Action="s3:ListBucket", Resource="arn:aws:s3:::b"),
            ],
            endpoints(
                ENDPOINT, networks=("203.0.113.0/24",), access=("list",), objects=("site/*",)
            ),
            True,
        ),
        # The whole is shown to others alone.
        (
            [LISTING | {"Principal": {"AWS": FRIEND}}, LISTING_OF_SITE],
            SITE,
            False,
        ),
        # The declared read, which lists nothing.
        (
            [allow(), LISTING_OF_SITE],
            Declaration(kind="public", access=("read", "list"), objects=("site/*",)),
            False,
        ),
    ],
)
def test_listings_that_show_more_than_the_declared_objects(statements, declared, whole):
    assert held(statements, declared).whole_listings == ((0,) if whole else ())
