"""A listing that was denied leaves answers as they are, or unknown for that reason."""

from __future__ import annotations

import random

import pytest

from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.model import ec2
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet, Network
from reachability.worlds import KINDS, NEIGHBOURS, STRANGERS, World, traffic

pytestmark = pytest.mark.lengthy

LISTED = [read.kind for read in NETWORK_READS if read.kind is not ec2.NetworkInterface]
"""All but the interfaces, which the questions are about."""


def questions(world, dice):
    ids = [nic.network_interface_id for nic in world.nics]
    for _ in range(8):
        kind = traffic(dice.choice(KINDS))
        interface, peer = Interfaces([dice.choice(ids)]), Interfaces([dice.choice(ids)])
        stranger = Internet([dice.choice(STRANGERS)])
        neighbour = Addresses([dice.choice(NEIGHBOURS)])
        yield interface, peer, kind
        for end in (stranger, neighbour):
            yield end, interface, kind
            yield interface, end, kind


@pytest.mark.parametrize("half", [False, True], ids=["nothing", "half an answer"])
@pytest.mark.parametrize("seed", [1, 5, 6, 28, 48, 103])
def test_each_listing(seed, half):
    world, dice = World(seed), random.Random(seed)  # noqa: S311 - dice for test data
    flows = list(questions(world, dice))
    complete = Network.from_records(world.records)
    verdicts = [complete.flow(*question).verdict for question in flows]
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
        for question, verdict in zip(flows, verdicts, strict=True):
            answer = network.flow(*question)
            assert answer.verdict in {verdict, "unknown"}, (kind.__name__, question, verdict)
            if answer.verdict != verdict:
                causes = {cause.operation for reason in answer.reasons for cause in reason.causes}
                assert kind.__name__ in causes, (kind.__name__, question, answer.reasons)
