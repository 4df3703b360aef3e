"""What arrives at single targets agrees with the matrix, target by target."""

from __future__ import annotations

import itertools

import pytest

from cloudpack_baseline.reachability import (
    NO_TRAFFIC,
    Addresses,
    Interfaces,
    Internet,
    Network,
    TrafficSet,
    arrivals,
)
from cloudpack_baseline.reachability.arrivals import arrivals_of
from cloudpack_baseline.reachability.topology import Topology
from cloudpack_baseline.testing.records import network_interface as interface
from cloudpack_baseline.testing.records import security_group as group
from cloudpack_baseline.testing.records import tcp
from reachability.worlds import World
from vpcs import EVERYTHING, place

CHUNK = 10


def sources_of(ids):
    """Two halves, one of them again in a third, and the outside."""
    half = len(ids) // 2
    return {
        "one": Interfaces(ids[:half]),
        "two": Interfaces(ids[half:]),
        "both": Interfaces(ids[::2]),
        "nobody": Interfaces(()),
        "branch": Addresses(["192.168.0.0/16", "203.0.113.0/26"]),
        "internet": Internet(),
    }


@pytest.mark.parametrize(
    "first",
    [5000, *(pytest.param(first, marks=pytest.mark.lengthy) for first in (5010, 5030)), 5020],
)
def test_the_same_as_the_matrix(first):
    for seed in range(first, first + CHUNK):
        world = World(seed)
        network = Network.from_records(world.records)
        ids = [nic.network_interface_id for nic in world.nics]
        sources = sources_of(ids)
        found = arrivals_of(network, sources, {f"to {one}": [one] for one in ids})
        for one in ids:
            matrix = network.matrix({**sources, "target": Interfaces((one,))})
            for name in sources:
                sure, maybe = found.between(name, f"to {one}")
                pair = name, "target"
                assert sure == matrix[pair], (seed, name, one)
                assert maybe == matrix.doubtful(pair), (seed, name, one)
                check_sample(network, found, sources, (name, one, sure | maybe, sure))


def check_sample(network, found, sources, question):
    name, one, passing, sure = question
    sample = found.sample(name, f"to {one}", passing)
    if not isinstance(sources[name], Interfaces):
        assert sample is None
        return
    assert (sample is None) == (not passing)
    if sample is not None:
        kind, sender, receiver = sample
        assert sender in sources[name].ids - {one}
        assert receiver == one
        verdict = network.flow(Interfaces((sender,)), Interfaces((receiver,)), kind).verdict
        assert verdict == ("open" if kind <= sure else "unknown")


def found_among(*targets):
    security_group = group("sg-1", [tcp(22, "sg-1"), tcp(80, "10.0.1.12/32")], [EVERYTHING])
    nics = [interface(f"eni-{last}", f"10.0.1.{last}") for last in (10, 11, 12)]
    network = Network.from_records([*place(security_group), *nics])
    everybody = Interfaces(nic.network_interface_id for nic in nics)
    return arrivals_of(network, {"all": everybody}, {"target": targets})


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (["eni-10"], "tcp/22, tcp/80"),
        (["eni-12"], "tcp/22"),
        (["eni-10", "eni-11"], "tcp/22, tcp/80"),
        (["eni-11", "eni-12"], "tcp/22"),
        (["eni-10", "eni-11", "eni-12"], "none"),
        ([], "none"),
        (["eni-none"], "none"),
    ],
)
def test_a_target_does_not_reach_itself(targets, expected):
    sure, maybe = found_among(*targets).between("all", "target")
    assert (str(sure), str(maybe)) == (expected, "none")


def test_a_sample_of_what_is_asked_for():
    found = found_among("eni-10")
    kind, sender, receiver = found.sample("all", "target", TrafficSet.parse("tcp/80"))
    assert (str(kind), sender, receiver) == ("tcp/80", "eni-12", "eni-10")
    assert found.sample("all", "target", TrafficSet.parse("tcp/23")) is None
    assert found.sample("other", "target", TrafficSet.parse("tcp/80")) is None


@pytest.mark.lengthy
@pytest.mark.parametrize("seed", range(5300, 5320))
def test_of_traffic_that_is_asked_for_the_same_arrives(seed):
    world = World(seed)
    network = Network.from_records(world.records)
    ids = [nic.network_interface_id for nic in world.nics]
    sources, targets = sources_of(ids), {f"to {one}": [one] for one in ids}
    everything = arrivals_of(network, sources, targets)
    for asked in map(TrafficSet.parse, ("ssh, rdp", "icmp", "tcp/8000-9000")):
        found = arrivals_of(network, sources, targets, asked)
        for pair in itertools.product(sources, targets):
            expected = [passing & asked for passing in everything.between(*pair)]
            assert [passing & asked for passing in found.between(*pair)] == expected, (seed, pair)


def test_targets_whose_groups_admit_none_of_the_traffic_cost_nothing(monkeypatch):
    web = group("sg-1", [tcp(443, "10.0.0.0/8")], [EVERYTHING])
    nics = [interface(f"eni-{last}", f"10.0.1.{last}") for last in (10, 11)]
    network = Network.from_records([*place(web), *nics])
    ends = {"all": Interfaces(("eni-10",))}, {"target": ("eni-11",)}
    arriving_ssh = arrivals_of(network, *ends, TrafficSet.parse("ssh"))
    monkeypatch.setattr(arrivals, "Bulk", None)
    assert arriving_ssh.between("all", "target") == (NO_TRAFFIC, NO_TRAFFIC)
    with pytest.raises(TypeError):
        arrivals_of(network, *ends, TrafficSet.parse("https")).between("all", "target")


@pytest.mark.lengthy
@pytest.mark.parametrize("seed", range(5200, 5220))
def test_the_outside_is_the_same_by_the_tables_of_a_subnet_and_by_all(seed, monkeypatch):
    world = World(seed)
    ids = [one.network_interface_id for one in world.nics]
    by_subnet = arriving(Network.from_records(world.records), ids)
    monkeypatch.setattr(Topology, "tables_from", lambda _net, _site: ())
    assert arriving(Network.from_records(world.records), ids) == by_subnet


def arriving(network, ids):
    """What arrives from each source at each of the interfaces."""
    sources, targets = sources_of(ids), {f"to {one}": [one] for one in ids}
    found = arrivals_of(network, sources, targets)
    return {pair: found.between(*pair) for pair in itertools.product(sources, targets)}


def test_interfaces_as_sources_cost_nothing_where_nobody_asks_for_them(monkeypatch):
    web = group("sg-1", [tcp(443, "0.0.0.0/0")], [EVERYTHING])
    network = Network.from_records([*place(web), interface("eni-10", "10.0.1.10")])
    sources = {"all": Interfaces(("eni-10",)), "internet": Internet()}
    found = arrivals_of(network, sources, {"target": ("eni-10",)})
    monkeypatch.setattr(arrivals, "Bulk", None)
    assert found.between("internet", "target") == (NO_TRAFFIC, NO_TRAFFIC)  # no public address
    with pytest.raises(TypeError):
        found.between("all", "target")
