"""Interfaces in subnets that are not recorded: all questions give the same answer."""

from __future__ import annotations

from itertools import product

import pytest
from attrs import evolve

from cloudpack_baseline.model.ec2 import NetworkInterface, Subnet
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet, Network, TrafficSet
from cloudpack_baseline.reachability import network as engine
from cloudpack_baseline.reachability.arrivals import arrivals_of
from reachability.worlds import World

UNREAD = Unknown.because(Why.NOT_PROVIDED)
KINDS = tuple(map(TrafficSet.parse, ("tcp/22", "tcp/443", "udp/53")))
PRIVATE = Addresses(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"])
CHUNK = 5


def world(seed):
    """The records of a world without half of its subnets, and without some addresses."""
    world = World(seed)
    dropped = {subnet.subnet_id for subnet in world.subnets[::2]}
    records = []
    for number, record in enumerate(world.records):
        if isinstance(record, Subnet) and record.subnet_id in dropped:
            continue
        is_astray = isinstance(record, NetworkInterface) and record.subnet_id in dropped
        unread = is_astray and number % 2
        records.append(evolve(record, private_ip_addresses=UNREAD) if unread else record)
    return records, [nic.network_interface_id for nic in world.nics]


def one_interface(name):
    return Interfaces((name,))


def verdict(sure, maybe, kind):
    if kind & sure:
        return "open"
    return "unknown" if kind & maybe else "stopped"


@pytest.mark.parametrize(
    "first", [*(pytest.param(first, marks=pytest.mark.lengthy) for first in (100, 105, 110)), 115]
)
def test_pairs_of_interfaces(first):
    for seed in range(first, first + CHUNK):
        records, ids = world(seed)
        network = Network.from_records(records)
        ends = {name: Interfaces((name,)) for name in ids}
        matrix = network.matrix(ends)
        arrived = arrivals_of(network, ends, {f"to {name}": [name] for name in ids})
        for source in ids:
            for target in ids:
                if source == target:
                    continue
                pair = matrix[source, target], matrix.doubtful((source, target))
                assert arrived.between(source, f"to {target}") == pair
                for kind in KINDS:
                    flow = network.flow(ends[source], ends[target], kind).verdict
                    assert verdict(*pair, kind) == flow, (seed, source, target, str(kind))


@pytest.mark.parametrize("first", range(100, 100 + 4 * CHUNK, CHUNK))
def test_the_internet(first):
    for seed in range(first, first + CHUNK):
        records, ids = world(seed)
        network = Network.from_records(records)
        arrived = arrivals_of(network, {"internet": Internet()}, {name: [name] for name in ids})
        for target in ids:
            passing = arrived.between("internet", target)
            for kind in KINDS:
                flow = network.flow(Internet(), Interfaces((target,)), kind)
                assert flow.verdict == verdict(*passing, kind), (seed, target, str(kind))


@pytest.mark.lengthy
@pytest.mark.parametrize("first", range(100, 100 + 4 * CHUNK, CHUNK))
def test_many_sources_at_once_or_pair_by_pair(first, monkeypatch):
    for seed in range(first, first + CHUNK):
        records, ids = world(seed)
        verdicts = []
        for most in (0, 10**9):
            monkeypatch.setattr(engine, "_MANY", most)
            network = Network.from_records(records)
            verdicts.append(
                {
                    (target, str(kind)): network.flow(PRIVATE, Interfaces((target,)), kind).verdict
                    for target in ids
                    for kind in KINDS
                }
            )
        assert verdicts[0] == verdicts[1], seed


def test_interfaces_of_other_families_at_once_or_pair_by_pair(monkeypatch):
    world = World(17)
    ids = [nic.network_interface_id for nic in world.nics]
    families = [bool(nic.ipv6_addresses) for nic in world.nics]
    assert {True, False} == set(families)
    verdicts = []
    for most in (0, 10**9):
        monkeypatch.setattr(engine, "_MANY", most)
        network = Network.from_records(world.records)
        verdicts.append(
            {
                (*ends, str(kind)): network.flow(*map(one_interface, ends), kind).verdict
                for ends in product(ids, ids)
                for kind in KINDS
            }
        )
    assert verdicts[0] == verdicts[1]
