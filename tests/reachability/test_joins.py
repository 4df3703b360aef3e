"""Which VPCs peering and transit gateways join."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.model.ec2_gateways import (
    VpcPeeringConnection,
    VpcPeeringConnectionVpcInfo,
)
from cloudpack_baseline.reachability.ipset import IpSet
from cloudpack_baseline.reachability.joins import Joins
from reachability.test_gateways import attachment
from reachability.test_rules import BASE, WHO

VPCS = {
    f"vpc-{number}": evolve(
        BASE["vpc"], vpc_id=f"vpc-{number}", cidr_blocks=(f"10.{number}.0.0/16",)
    )
    for number in range(1, 9)
}
PEERING = VpcPeeringConnection(
    **WHO,
    vpc_peering_connection_id="pcx-1",
    requester=VpcPeeringConnectionVpcInfo(vpc_id="vpc-1", region="ap-northeast-1"),
    accepter=VpcPeeringConnectionVpcInfo(vpc_id="vpc-2", region="ap-northeast-1"),
)
# vpc-3 - tgw-1 - tgw-2 - tgw-3 - vpc-5, and apart from them vpc-6 - tgw-8 - tgw-9 - vpc-7.
ATTACHMENTS = [
    attachment(3),
    attachment(4),
    attachment(5, transit_gateway_id="tgw-3"),
    attachment(6, transit_gateway_id="tgw-8"),
    attachment(7, transit_gateway_id="tgw-9"),
    attachment("a", resource_type="peering", resource_id="tgw-2"),
    attachment("b", transit_gateway_id="tgw-2", resource_type="peering", resource_id="tgw-3"),
    attachment("c", transit_gateway_id="tgw-8", resource_type="peering", resource_id="tgw-9"),
]


def joins(attachments=ATTACHMENTS):
    keyed = {
        (record.transit_gateway_id, record.transit_gateway_attachment_id): record
        for record in attachments
    }
    return Joins(VPCS, {"pcx-1": PEERING}, keyed)


@pytest.mark.parametrize(
    ("vpc", "near"),
    [(1, (1, 2)), (2, (1, 2)), (3, (3, 4, 5)), (5, (3, 4, 5)), (6, (6, 7)), (8, (8,))],
)
def test_vpcs_that_packets_may_get_to_without_leaving_aws(vpc, near):
    expected = IpSet.parse([f"10.{number}.0.0/16" for number in near])
    assert joins().near_blocks(f"vpc-{vpc}") == expected
    assert joins().is_joined(f"vpc-{vpc}") is (vpc != 8)


def test_a_vpc_of_a_transit_gateway_is_joined_with_those_of_other_accounts():
    alone = joins([attachment(3)])
    assert alone.near_blocks("vpc-3") == IpSet.parse(["10.3.0.0/16"])
    assert alone.is_joined("vpc-3")
    assert not alone.is_joined("vpc-4")
