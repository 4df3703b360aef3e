"""Which call would decide what the network leaves open."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline
from cloudpack_baseline.checks.network.doubt import causes_of_stop, missing
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.reachability import StopReason
from cloudpack_baseline.testing.records import small_account
from support import denied, world


def view(gaps=None):
    snapshot = world("segmentation", *small_account(), gaps=gaps)
    return view_of(snapshot, Baseline(), "segmentation", snapshot.accounts[0])


@pytest.mark.parametrize(
    ("reason", "subject", "operation"),
    [
        ("target-not-recorded", "nat-1", "ec2:DescribeNatGateways"),
        ("target-not-recorded", "pcx-1", "ec2:DescribeVpcPeeringConnections"),
        ("target-not-recorded", "tgw-1", "ec2:DescribeTransitGatewayAttachments"),
        ("target-not-recorded", "tgw-attach-1", "ec2:DescribeTransitGatewayAttachments"),
        ("target-not-recorded", "tgw-rtb-1", "ec2:DescribeTransitGatewayRouteTables"),
        ("acl-not-recorded", "subnet-9", "ec2:DescribeNetworkAcls"),
        (
            "block-public-access-unreadable",
            "vpc-9",
            "ec2:DescribeVpcBlockPublicAccessOptions",
        ),
        ("peer-not-recorded", "vpc-9", "ec2:DescribeVpcs"),
        ("route-table-not-recorded", "subnet-9", "ec2:DescribeRouteTables"),
        ("security-group-not-recorded", "sg-9", "ec2:DescribeSecurityGroups"),
        ("subnet-not-recorded", "subnet-9", "ec2:DescribeSubnets"),
        ("subnet-of-not-recorded", "eni-9", "ec2:DescribeSubnets"),
        ("vpc-not-recorded", "vpc-9", "ec2:DescribeVpcs"),
    ],
)
def test_a_record_that_a_listing_lacks(reason, subject, operation):
    (cause,) = causes_of_stop(view(), StopReason(reason, subject))
    assert (cause.operation, cause.detail) == (operation, subject)


@pytest.mark.parametrize(
    ("reason", "subject"), [("appliance", "eni-1"), ("target-not-recorded", "other-1")]
)
def test_what_no_call_decides(reason, subject):
    assert causes_of_stop(view(), StopReason(reason, subject)) == ()


def test_a_record_without_a_name_is_named_by_its_kind():
    (cause,) = causes_of_stop(view(), StopReason("subnet-not-recorded", ""))
    assert (cause.operation, cause.detail) == ("ec2:DescribeSubnets", "Subnet")


def test_groups_of_a_peer_are_doubted_for_the_listings_of_the_way_to_it():
    reason = StopReason("peer-groups-unknown")
    assert causes_of_stop(view(), reason) == ()
    for kind in ("RouteTable", "Subnet"):
        listing = denied(f"ec2:Describe{kind}s")
        (cause,) = causes_of_stop(view({kind: listing}), reason)
        assert cause.operation == f"ec2:Describe{kind}s"


def test_a_kind_that_no_call_lists():
    class Drawn(Record):
        api = None

    (cause,) = missing(None, Drawn, "d-1").causes
    assert (cause.operation, cause.detail) == ("", "d-1")
    assert missing(denied(), Drawn, "d-1") == denied()


def test_a_call_that_failed_comes_first():
    reason = StopReason.of("subnet-not-recorded", "subnet-9", denied("ec2:DescribeX"))
    (cause,) = causes_of_stop(view(), reason)
    assert cause.operation == "ec2:DescribeX"
    listing = denied("ec2:DescribeSubnets")
    (cause,) = causes_of_stop(
        view({"Subnet": listing}), StopReason("subnet-not-recorded", "subnet-9")
    )
    assert cause.actions == ("ec2:DescribeSubnets",)
