"""What `init` suggests for open buckets is what they let in, and no more."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, check_s3_exposure
from cloudpack_baseline._cli.init import initial_baseline
from cloudpack_baseline.baseline.initial import render
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock, Bucket, Grant
from support import ACCOUNT, REGION, denied, world

OWNER = "a" * 64
OTHER = "111122223333"
CDN = {"Service": "cloudfront.amazonaws.com"}
OFFICE = {"IpAddress": {"aws:SourceIp": ["203.0.113.0/28", "2001:db8:10::/48"]}}
ENDPOINT = {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}}
MINE = {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}


def allow(principal="*", action="s3:GetObject", **fields):
    arns = ["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"]
    block = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": arns}
    return block | fields


def held_by(*statements, **changes):
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    plain = {
        "arn": "arn:aws:s3:::docs",
        "account": ACCOUNT,
        "region": REGION,
        "name": "docs",
        "owner": OWNER,
        "acl": (),
        "ownership": "BucketOwnerEnforced",
        "policy": policy,
        "public_access_block": None,
    }
    block = AccountPublicAccessBlock(
        arn=f"arn:aws:iam::{ACCOUNT}:root",
        account=ACCOUNT,
        name=ACCOUNT,
        settings=None,
        organization=None,
    )
    return world("s3-exposure", Bucket(**plain | changes), block)


def drafted(snapshot):
    return render(initial_baseline(snapshot))


def taken(text):
    return tomllib.loads(re.sub(r"^#(?! )", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("statements", "rows"),
    [
        ([allow()], [{"exposure": ["public"]}]),
        (
            [allow(action=["s3:GetObject", "s3:ListBucket"])],
            [{"exposure": ["public"], "access": ["read", "list"]}],
        ),
        ([allow(Condition=OFFICE)], [{"exposure": ["networks"], "networks": ["seen-1"]}]),
        (
            [allow(Condition=ENDPOINT)],
            [{"exposure": ["networks"], "endpoints": ["vpce-0123456789abcdef0"]}],
        ),
        (
            [allow({"AWS": [OTHER, "444455556666"]})],
            [{"exposure": ["accounts"], "accounts": [OTHER, "444455556666"]}],
        ),
        (
            [allow({"AWS": "*"}, Condition=ORGANIZATION)],
            [{"exposure": ["accounts"], "organizations": ["o-abcdef1234"]}],
        ),
        ([allow(CDN, Condition=MINE)], [{"exposure": ["cloudfront"]}]),
        # Who may write is not opened to whoever may read.
        (
            [allow(Condition=OFFICE), allow({"AWS": OTHER}, "s3:PutObject")],
            [
                {"exposure": ["networks"], "networks": ["seen-1"]},
                {"exposure": ["accounts"], "accounts": [OTHER], "access": ["write"]},
            ],
        ),
    ],
)
def test_what_is_suggested_is_what_gets_in(statements, rows):
    snapshot = held_by(*statements)
    text = drafted(snapshot)
    held = taken(text)
    assert held["buckets"] == [{"name": "docs", **row} for row in rows]
    assert "These do not cover all" not in text
    if any(row["exposure"] == ["networks"] and "networks" in row for row in rows):
        assert held["networks"] == {"seen-1": ["203.0.113.0/28", "2001:db8:10::/48"]}
    assert check_s3_exposure(snapshot, Baseline.from_mapping(held))
    assert not check_s3_exposure(snapshot, Baseline.from_mapping(tomllib.loads(text)))


FOREIGN = Grant(grantee="b" * 64, grantee_type="CanonicalUser", permission="READ")
IN_DOUBT = {"StringFancy": {"aws:SourceIp": "x"}}


@pytest.mark.parametrize(
    "snapshot",
    [
        held_by(policy=denied()),
        held_by(allow(), acl=denied(), ownership="ObjectWriter"),
        held_by(policy=None, acl=(FOREIGN,), ownership="ObjectWriter"),
        held_by(allow({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}})),
        held_by(allow(Condition=IN_DOUBT)),
    ],
)
def test_where_nothing_fits_nothing_is_suggested(snapshot):
    text = drafted(snapshot)
    assert "buckets" not in taken(text)
    assert "# docs now:" in text
    assert "# No declaration allows this" in text


def test_what_no_table_says_is_told():
    text = drafted(held_by(allow(), allow({"Service": "sns.amazonaws.com"}, "s3:PutObject")))
    assert [row["exposure"] for row in taken(text)["buckets"]] == [["public"]]
    assert "# These do not cover all access" in text


@pytest.mark.parametrize(
    ("source", "records", "regions"),
    [("moto", True, [REGION]), ("moto", False, ["ap-northeast-1"]), ("aws", True, ["*"])],
)
def test_a_mock_is_read_where_it_was_filled(source, records, regions):
    snapshot = evolve(held_by(), source=source)
    snapshot = snapshot if records else evolve(snapshot, records=())
    assert taken(drafted(snapshot))["regions"] == regions
