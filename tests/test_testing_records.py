"""The records that users build their own tests of."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import (
    Baseline,
    InputError,
    assess,
    check_admin_privileges,
    check_role_trust,
    check_s3_exposure,
    check_segmentation,
)
from cloudpack_baseline.model.ec2 import Route
from cloudpack_baseline.testing import assert_outcomes, records
from support import denied

DECLARED = Baseline.from_mapping(records.SMALL_BASELINE)
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}


def test_the_small_account_is_what_it_is_declared_to_be():
    snapshot = records.snapshot(*records.small_account())
    assert_outcomes(check_segmentation(snapshot, DECLARED), passed=8)
    assert_outcomes(check_s3_exposure(snapshot), passed=1)
    assert_outcomes(check_role_trust(snapshot), passed=1)
    assert_outcomes(check_admin_privileges(snapshot), passed=1)


def test_a_later_record_takes_the_place_of_an_earlier_one():
    everybody = records.security_group("sg-db", [records.tcp(3306, records.ANYWHERE)])
    snapshot = records.snapshot(*records.small_account(), everybody, controls=["segmentation"])
    outcomes = {
        finding.resource.name: str(finding.outcome)
        for finding in check_segmentation(snapshot, DECLARED).findings
    }
    # It has no public address: the Internet does not reach it, whatever its group allows.
    assert outcomes["internet->db"] == "pass"
    web = records.security_group(
        "sg-web", [records.tcp(22, records.ANYWHERE), records.tcp(443, records.ANYWHERE)]
    )
    snapshot = records.snapshot(*records.small_account(), web)
    assert not check_segmentation(snapshot, DECLARED)


def test_a_public_bucket_fails():
    public = records.bucket("docs", ALLOW | {"Resource": "arn:aws:s3:::docs/*"})
    assert_outcomes(check_s3_exposure(records.snapshot(public)), unknown=1)
    block = records.account_public_access_block()
    assert_outcomes(check_s3_exposure(records.snapshot(public, block)), failed=1)


def test_what_could_not_be_listed_is_unknown():
    unread = {"Bucket": denied("s3:ListBuckets")}
    assert_outcomes(check_s3_exposure(records.snapshot(unread=unread)), unknown=1)


def test_an_administrator_fails():
    permission = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    snapshot = records.snapshot(records.role("root", permissions=[permission]))
    assert_outcomes(check_admin_privileges(snapshot), failed=1)


def test_everything_that_is_judged_was_gathered():
    snapshot = records.snapshot(*records.small_account())
    causes = [
        str(cause.why)
        for finding in assess(snapshot, DECLARED).findings
        for observation in finding.observations
        for cause in observation.causes
    ]
    assert "not-gathered" not in causes


def test_no_such_control():
    with pytest.raises(InputError, match="no control 'root-mfaa'"):
        records.snapshot(controls=["root-mfaa"])


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ("igw-1", "gateway_id"),
        ("local", "gateway_id"),
        ("vgw-1", "gateway_id"),
        ("nat-1", "nat_gateway_id"),
        ("tgw-1", "transit_gateway_id"),
        ("pcx-1", "vpc_peering_connection_id"),
        ("eigw-1", "egress_only_internet_gateway_id"),
        ("eni-1", "network_interface_id"),
    ],
)
@pytest.mark.parametrize(
    ("destination", "key"),
    [
        ("0.0.0.0/0", "destination_cidr_block"),
        ("::/0", "destination_ipv6_cidr_block"),
        ("pl-1", "destination_prefix_list_id"),
    ],
)
def test_ends_of_routes_are_told_apart_by_their_form(target, field, destination, key):
    assert records.route(destination, target) == Route(**{key: destination, field: target})


def test_any_field_can_be_said():
    elsewhere = records.vpc("vpc-2", "10.9.0.0/16", account="210987654321", region="eu-west-1")
    assert elsewhere.arn == "arn:aws:ec2:eu-west-1:210987654321:vpc/vpc-2"
    assert elsewhere.cidr_blocks == ("10.9.0.0/16",)
    assert evolve(records.instance(), tags=()) == records.instance()
    assert records.role("deploy").arn == "arn:aws:iam::123456789012:role/deploy"
