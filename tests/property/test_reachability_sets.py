"""Laws of the sets of numbers, addresses and traffic."""

from __future__ import annotations

from ipaddress import IPv6Network

import netaddr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.reachability import ALL_TRAFFIC, NO_TRAFFIC, Intervals, IpSet, TrafficSet
from cloudpack_baseline.reachability.atoms import Atoms, runs, steps_of
from cloudpack_baseline.reachability.ipset import parse_block

UNIVERSE = 60
spans = st.lists(
    st.tuples(st.integers(0, UNIVERSE), st.integers(0, 12)).map(lambda pair: (pair[0], sum(pair)))
)
intervals = spans.map(Intervals.of)
blocks = st.lists(
    st.builds(
        lambda number, length: str(netaddr.IPNetwork(f"{netaddr.IPAddress(number)}/{length}").cidr),
        st.integers(0, 2**32 - 1),
        st.integers(0, 32),
    ),
    max_size=6,
)
services = st.sampled_from(
    [
        "tcp/1-100",
        "tcp/50-70",
        "udp/53",
        "tcp",
        "icmp/8",
        "icmp/3/4",
        "icmpv6",
        "50",
        "all",
        "none",
        "https",
        "icmp/1-9",
        "200-210",
        "udp/0-65535",
    ]
)
traffic = st.lists(services, max_size=4).map(TrafficSet.parse)


def members(held):
    return {number for low, high in held for number in range(low, high + 1)}


@given(spans)
def test_canonical(parts):
    held = Intervals.of(parts)
    assert members(held) == {n for low, high in parts for n in range(low, high + 1)}
    for (_, end), (start, _) in zip(held.spans, held.spans[1:], strict=False):
        assert end + 1 < start
    assert Intervals.of(reversed(held.spans)) == held
    assert len(held) == len(members(held))


@given(intervals, intervals)
def test_set_operations(one, two):
    assert members(one | two) == members(one) | members(two)
    assert members(one & two) == members(one) & members(two)
    assert members(one - two) == members(one) - members(two)
    assert (one <= two) == (members(one) <= members(two))
    assert bool(one) == bool(members(one))


@given(intervals, st.integers(0, UNIVERSE), st.integers(0, 20))
def test_questions(held, low, size):
    assert (low in held) == (low in members(held))
    wanted = bool(members(held) & set(range(low, low + size + 1)))
    assert held.overlaps(low, low + size) == wanted
    if held:
        assert held.first == min(members(held))


@given(intervals, intervals, intervals)
def test_laws(one, two, three):
    assert one | two == two | one
    assert (one & two) & three == one & (two & three)
    assert one & (two | three) == (one & two) | (one & three)
    assert one - (two | three) == (one - two) - three


@given(blocks, blocks)
def test_addresses_against_netaddr(one, two):
    mine, theirs = IpSet.parse(one), IpSet.parse(two)
    a, b = netaddr.IPSet(one), netaddr.IPSet(two)
    for got, wanted in ((mine | theirs, a | b), (mine & theirs, a & b), (mine - theirs, a - b)):
        assert list(got.ipv4_blocks) == [str(block) for block in wanted.iter_cidrs()]
    assert mine <= (mine | theirs)
    assert ~~mine == mine


@given(st.integers(0, 2**128 - 1), st.integers(0, 128))
def test_ipv6_blocks_are_the_shortest(number, length):
    text = str(IPv6Network((number >> (128 - length) << (128 - length), length)))
    addresses = IpSet.parse([text])
    assert addresses.ipv6_blocks == (text,)
    assert not addresses.v4


@given(traffic, traffic)
def test_traffic(one, two):
    assert (one | two) - two == one - two
    assert one & two == one - (one - two)
    assert ~(one | two) == ~one & ~two
    assert one <= (one | two)
    assert (one | ~one) == ALL_TRAFFIC
    assert (one & ~one) == NO_TRAFFIC


@given(traffic)
def test_traffic_reads_what_it_prints(held):
    assert TrafficSet.parse(str(held)) == held


@given(st.lists(traffic, max_size=5))
def test_atoms_tell_the_sets_apart(sets):
    atoms = Atoms.of(sets)
    for traffic_set in sets:
        assert atoms.traffic(atoms.mask(traffic_set)) == traffic_set
    joined = 0
    for traffic_set in sets:
        joined |= atoms.mask(traffic_set)
    whole = NO_TRAFFIC
    for traffic_set in sets:
        whole |= traffic_set
    assert atoms.traffic(joined) == whole


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda p: (p[0], sum(p))),
        st.integers(1, 255),
        max_size=9,
    )
)
def test_steps_are_the_union_of_the_parts(parts):
    steps = steps_of(parts)
    for at in range(45):
        wanted = 0
        for (low, high), bits in parts.items():
            if low <= at < high:
                wanted |= bits
        assert sum(bits for low, high, bits in steps if low <= at < high) == wanted
    assert sorted(steps) == steps


@given(st.integers(0, 2**70))
def test_runs(mask):
    assert sum((1 << high) - (1 << low) for low, high in runs(mask)) == mask


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https", "tcp/443"),
        ("mysql, ssh", "tcp/22, tcp/3306"),
        ("tcp/8000-8080", "tcp/8000-8080"),
        ("icmp", "icmp"),
        ("ping", "icmp/8"),
        ("icmp/3/4", "icmp/3/4"),
        ("rdp", "tcp/3389"),
        ("postgresql", "tcp/5432"),
        ("all", "all"),
        ("dns", "tcp/53, udp/53"),
        ("ESP", "esp"),
        ("all but https", "all but tcp/443"),
        ("all but https, ping", "all but icmp/8, tcp/443"),
        ("icmp/3/0-3, icmp/3/5-255", "icmp/3/0-3, icmp/3/5-255"),
        ("icmp/3/250-255, icmp/4/0-2", "icmp/3/250-255, icmp/4/0-2"),
        ("icmp/3/4, icmp/4-6, icmp/7/0", "icmp/3/4, icmp/4-6, icmp/7/0"),
        ("", "none"),
    ],
)
def test_names(text, wanted):
    assert str(TrafficSet.parse(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "nosuch",
        "tcp/70000",
        "tcp/9-3",
        "esp/4",
        "icmp/300",
        "icmp/3/300",
        "tcp/1/2",
        "9-3",
        "300",
        "icmp/1-2/3",
        "icmp/3/9-4",
    ],
)
def test_wrong_names(text):
    with pytest.raises(ValueError, match=r"."):
        TrafficSet.parse(text)


@pytest.mark.parametrize("text", ["1.2.3", "1.2.3.400", "1.2.3.4/33", "::/129", "x", "1.2.3.4/"])
def test_wrong_blocks(text):
    with pytest.raises(ValueError, match=r"."):
        parse_block(text)


def test_what_exists_in_the_other_family_only_is_not_missed():
    over_ipv4 = TrafficSet.parse("all but icmpv6")
    assert str(over_ipv4) == "all"
    assert str(over_ipv4 - TrafficSet.parse("https")) == "all but tcp/443"


def test_traffic_in_japanese():
    text = TrafficSet.parse("all but https").text
    assert text.in_language("ja") == "tcp/443 以外のすべて"
    assert ALL_TRAFFIC.text.in_language("ja") == "すべて"
    assert NO_TRAFFIC.text.in_language("ja") == "なし"


def test_all_but_some_beside_other_services():
    together = TrafficSet.parse(["ssh", "all but ssh, https"])
    assert str(together) == "all but tcp/443"
