"""A listing that was denied leaves answers as they are, or unknown for that reason."""

from __future__ import annotations

import random

import pytest

from cloudpack_baseline.model import ec2, ec2_gateways
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet, Network
from reachability.test_agreement import NEIGHBOURS, STRANGERS, traffic
from reachability.worlds import KINDS, World

LISTED = (
    ec2.ManagedPrefixList,
    ec2.NetworkAcl,
    ec2.RouteTable,
    ec2.SecurityGroup,
    ec2.Subnet,
    ec2.Vpc,
    ec2_gateways.EgressOnlyInternetGateway,
    ec2_gateways.InternetGateway,
    ec2_gateways.NatGateway,
    ec2_gateways.TransitGateway,
    ec2_gateways.TransitGatewayAttachment,
    ec2_gateways.TransitGatewayRouteTable,
    ec2_gateways.VpcBlockPublicAccessOptions,
    ec2_gateways.VpcEndpoint,
    ec2_gateways.VpcPeeringConnection,
    ec2_gateways.VpnGateway,
)


def questions(world, dice):
    ids = [nic.network_interface_id for nic in world.nics]
    for _ in range(8):
        kind = traffic(dice.choice(KINDS))
        interface, other = Interfaces([dice.choice(ids)]), Interfaces([dice.choice(ids)])
        stranger = Internet([dice.choice(STRANGERS)])
        neighbour = Addresses([dice.choice(NEIGHBOURS)])
        yield interface, other, kind
        for end in (stranger, neighbour):
            yield end, interface, kind
            yield interface, end, kind


@pytest.mark.parametrize("half", [False, True], ids=["nothing", "half an answer"])
@pytest.mark.parametrize("seed", [1, 5, 6, 28, 48, 103])
def test_each_listing(seed, half):
    world, dice = World(seed), random.Random(seed)  # noqa: S311 - dice for test data
    asked = list(questions(world, dice))
    complete = Network.from_records(world.records)
    verdicts = [complete.flow(*question).verdict for question in asked]
    for kind in LISTED:
        unread = Unknown.because(Why.DENIED, operation=kind.__name__)
        records = [
            record
            for record in world.records
            if type(record) is not kind or (half and dice.random() < 0.5)
        ]

        def gap(missing, _near, kind=kind, unread=unread):
            return unread if missing is kind else None

        network = Network.from_records(records, gap)
        for question, verdict in zip(asked, verdicts, strict=True):
            found = network.flow(*question)
            assert found.verdict in {verdict, "unknown"}, (kind.__name__, question, verdict)
            if found.verdict != verdict:
                causes = {cause.operation for reason in found.reasons for cause in reason.causes}
                assert kind.__name__ in causes, (kind.__name__, question, found.reasons)
