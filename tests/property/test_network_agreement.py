"""The engine agrees with the packet evaluator on thousands of random networks."""

import itertools
from ipaddress import ip_address

import pytest

from cloudpack_baseline.reachability import Addresses, Interfaces, Internet, Network
from reachability.packets import Packets
from reachability.worlds import KINDS, NEIGHBOURS, STRANGERS, World, internet_sources, traffic

VERDICTS = {True: "open", False: "stopped", None: "unknown"}
CHUNK = 25


def addresses(packets, nic):
    return list(packets.nic_addresses(nic))


def most_open(answers):
    answers = list(answers)
    if True in answers:
        return True
    return None if None in answers else False


def targets(source, addresses):
    """The addresses that a sender may use for others: those of IPv4 through NAT64, too."""
    for address in addresses:
        if source.version == address.version:
            yield address
        elif source.version == 6:
            yield ip_address(int(ip_address("64:ff9b::")) + int(address))


def inward(packets, address, nic, kind, declared):
    return most_open(
        packets.inward(ip_address(address), nic, assigned, public, *kind, declared=declared)
        for assigned, public in addresses(packets, nic)
        if assigned.version == ip_address(address).version and carried(assigned, kind)
    )


def outward(packets, nic, address, kind, declared):
    return most_open(
        packets.outward(nic, assigned, public, target, *kind, declared=declared)
        for assigned, public in addresses(packets, nic)
        for target in targets(assigned, [ip_address(address)])
        if carried(assigned, kind)
    )


def carried(address, kind):
    return kind[0] != (58 if address.version == 4 else 1)


def seeds(start, chunks=8):
    return pytest.mark.parametrize("first", range(start, start + chunks * CHUNK, CHUNK))


@seeds(0)
def test_single_flows(first):
    for seed in range(first, first + CHUNK):
        world = World(seed)
        packets, network = Packets(world.records), Network.from_records(world.records)
        dice = world.dice
        for _ in range(12):
            kind = dice.choice(KINDS)
            interface, partner = dice.choice(world.nics), dice.choice(world.nics)
            if interface is partner:
                continue
            verdict = network.flow(
                Interfaces([interface.network_interface_id]),
                Interfaces([partner.network_interface_id]),
                traffic(kind),
            )
            expected = most_open(
                packets.between(
                    interface.network_interface_id, a, partner.network_interface_id, b, *kind
                )
                for a, _ in addresses(packets, interface)
                for b in targets(a, [assigned for assigned, _ in addresses(packets, partner)])
                if carried(a, kind)
            )
            assert verdict.verdict == VERDICTS[expected], (
                seed,
                interface.name,
                partner,
                kind,
                verdict,
            )


@seeds(5000)
def test_outside_flows(first):
    for seed in range(first, first + CHUNK):
        world = World(seed)
        packets, network = Packets(world.records), Network.from_records(world.records)
        dice = world.dice
        for _ in range(12):
            kind, nic = dice.choice(KINDS), dice.choice(world.nics)
            declared = dice.random() < 0.5
            address = dice.choice(NEIGHBOURS if declared else STRANGERS)
            end = Addresses([address]) if declared else Internet([address])
            interfaces = Interfaces([nic.network_interface_id])
            verdict = network.flow(end, interfaces, traffic(kind))
            expected = inward(packets, address, nic, kind, declared)
            assert verdict.verdict == VERDICTS[expected], (seed, "in", address, nic, kind, verdict)
            verdict = network.flow(interfaces, end, traffic(kind))
            expected = outward(packets, nic, address, kind, declared)
            assert verdict.verdict == VERDICTS[expected], (seed, "out", address, nic, kind, verdict)


@seeds(9000, 5)
def test_matrix(first):
    for seed in range(first, first + CHUNK, 2):
        world = World(seed)
        packets, network = Packets(world.records), Network.from_records(world.records)
        dice = world.dice
        names = [nic.network_interface_id for nic in world.nics]
        ends = {
            "one": Interfaces(dice.sample(names, (len(names) + 1) // 2)),
            "two": Interfaces(dice.sample(names, (len(names) + 1) // 2)),
            "stranger": Internet(["203.0.113.70", "2001:db8:ffff::9"]),
            "office": Addresses(["192.168.7.5"]),
        }
        matrix = network.matrix(ends)
        for source, target in itertools.product(("one", "two"), repeat=2):
            for kind in dice.sample(KINDS, 3):
                expected = most_open(
                    packets.between(a, x, b, y, *kind)
                    for a in ends[source].ids
                    for b in ends[target].ids
                    for x, _ in addresses(packets, packets.nics[a])
                    for y in targets(
                        x, [assigned for assigned, _ in addresses(packets, packets.nics[b])]
                    )
                    if a != b and carried(x, kind)
                )
                check(matrix, (source, target), kind, expected, seed)
        for segment in ("one", "two"):
            for kind in dice.sample(KINDS, 3):
                nics = [packets.nics[name] for name in ends[segment].ids]
                for name, strangers, declared in (
                    ("stranger", STRANGERS[:1] + STRANGERS[-1:], False),
                    ("office", ["192.168.7.5"], True),
                ):
                    expected = most_open(
                        inward(packets, address, nic, kind, declared)
                        for nic in nics
                        for address in strangers
                    )
                    check(matrix, (name, segment), kind, expected, seed)
                    expected = most_open(
                        outward(packets, nic, address, kind, declared)
                        for nic in nics
                        for address in strangers
                    )
                    check(matrix, (segment, name), kind, expected, seed)


def check(matrix, pair, kind, expected, seed):
    number = traffic(kind).kinds.first
    passes = None if number in matrix.doubtful(pair) else number in matrix[pair]
    assert passes == expected, (seed, pair, kind, passes, expected)


@seeds(12000, 6)
def test_internet_sources(first):
    for seed in range(first, first + CHUNK, 2):
        world = World(seed)
        packets, network = Packets(world.records), Network.from_records(world.records)
        for nic in world.nics[:2]:
            kind = world.dice.choice(KINDS)
            sources = internet_sources(network, nic.network_interface_id, traffic(kind).kinds.first)
            for address in STRANGERS:
                expected = inward(packets, address, nic, kind, False) is True
                assert (address in sources) == expected, (seed, nic, kind, address, sources)
