"""VPCs that peering and transit gateways join."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import ec2, ec2_gateways
from cloudpack_baseline.reachability.ipset import IpSet
from cloudpack_baseline.reachability.sites import cidr_blocks_of

__all__ = ["Joins"]


@frozen(eq=False)
class Joins:
    """Which VPCs packets may get to from a VPC without leaving AWS.

    Attributes:
        vpcs: by ID.
        peerings: by ID.
        attachments: those of transit gateways, by gateway and ID.
    """

    vpcs: Mapping[str, ec2.Vpc]
    peerings: Mapping[str, ec2_gateways.VpcPeeringConnection]
    attachments: Mapping[tuple[str, str], ec2_gateways.TransitGatewayAttachment]
    _near: dict[str, IpSet] = field(factory=dict, init=False, repr=False)

    def blocks(self, vpc_id: str) -> IpSet:
        """The blocks of a recorded VPC; those that could not be read are left out."""
        return IpSet.parse(cidr_blocks_of(self.vpcs, vpc_id))

    def near_blocks(self, vpc_id: str) -> IpSet:
        """The blocks of the VPC and of those that peering or a transit gateway joins with it.

        What lies elsewhere may have the same addresses: to this VPC they are not that VPC's.
        """
        blocks = self._near.get(vpc_id)
        if blocks is None:
            blocks = self._near[vpc_id] = functools.reduce(
                operator.or_, map(self.blocks, self._joined(vpc_id)), IpSet()
            )
        return blocks

    def is_joined(self, vpc_id: str) -> bool:
        """Whether packets may take routes of other VPCs."""
        attached = any(record.resource_id == vpc_id for record in self.attachments.values())
        return attached or self._joined(vpc_id) != {vpc_id}

    def _joined(self, vpc_id: str) -> set[str]:
        hubs = self._hubs(vpc_id)
        sides = (
            {record.requester.vpc_id, record.accepter.vpc_id} for record in self.peerings.values()
        )
        return {vpc_id}.union(
            *(side for side in sides if vpc_id in side),
            (
                record.resource_id
                for record in self.attachments.values()
                if record.transit_gateway_id in hubs
            ),
        )

    def _hubs(self, vpc_id: str) -> set[str]:
        """The transit gateways that the VPC is attached to, and those peered with them."""
        hubs = {
            record.transit_gateway_id
            for record in self.attachments.values()
            if record.resource_id == vpc_id
        }
        peered = [
            {record.transit_gateway_id, record.resource_id}
            for record in self.attachments.values()
            if record.resource_type == "peering"
        ]
        while new_hubs := set().union(*(pair for pair in peered if pair & hubs)) - hubs:
            hubs |= new_hubs
        return hubs
