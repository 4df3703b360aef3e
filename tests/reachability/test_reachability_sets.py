"""Laws of the sets of numbers, addresses and traffic."""

from __future__ import annotations

from ipaddress import IPv6Network

import netaddr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.reachability import ALL_TRAFFIC, NO_TRAFFIC, Intervals, IpSet, TrafficSet
from cloudpack_baseline.reachability.atoms import Atoms, runs, steps_of
from cloudpack_baseline.reachability.bits import bits_at, set_bits
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


def members(intervals):
    return {number for low, high in intervals for number in range(low, high + 1)}


@given(spans)
def test_canonical(pairs):
    intervals = Intervals.of(pairs)
    assert members(intervals) == {n for low, high in pairs for n in range(low, high + 1)}
    for (_, end), (start, _) in zip(intervals.spans, intervals.spans[1:], strict=False):
        assert end + 1 < start
    assert Intervals.of(reversed(intervals.spans)) == intervals
    assert len(intervals) == len(members(intervals))


@given(intervals, intervals)
def test_set_operations(a, b):
    assert members(a | b) == members(a) | members(b)
    assert members(a & b) == members(a) & members(b)
    assert members(a - b) == members(a) - members(b)
    assert (a <= b) == (members(a) <= members(b))
    assert bool(a) == bool(members(a))


@given(intervals, st.integers(0, UNIVERSE), st.integers(0, 20))
def test_questions(intervals, low, size):
    assert (low in intervals) == (low in members(intervals))
    expected = bool(members(intervals) & set(range(low, low + size + 1)))
    assert intervals.overlaps(low, low + size) == expected
    if intervals:
        assert intervals.first == min(members(intervals))


@given(intervals, intervals, intervals)
def test_laws(a, b, three):
    assert a | b == b | a
    assert (a & b) & three == a & (b & three)
    assert a & (b | three) == (a & b) | (a & three)
    assert a - (b | three) == (a - b) - three


@given(blocks, blocks)
def test_addresses_against_netaddr(text_a, text_b):
    mine, theirs = IpSet.parse(text_a), IpSet.parse(text_b)
    a, b = netaddr.IPSet(text_a), netaddr.IPSet(text_b)
    for computed, expected in (
        (mine | theirs, a | b),
        (mine & theirs, a & b),
        (mine - theirs, a - b),
    ):
        assert list(computed.ipv4_blocks) == [str(block) for block in expected.iter_cidrs()]
    assert mine <= (mine | theirs)
    assert ~~mine == mine


@given(st.integers(0, 2**128 - 1), st.integers(0, 128))
def test_ipv6_blocks_are_the_shortest(number, length):
    text = str(IPv6Network((number >> (128 - length) << (128 - length), length)))
    addresses = IpSet.parse([text])
    assert addresses.ipv6_blocks == (text,)
    assert not addresses.v4


@given(traffic, traffic)
def test_traffic(a, b):
    assert (a | b) - b == a - b
    assert a & b == a - (a - b)
    assert ~(a | b) == ~a & ~b
    assert a <= (a | b)
    assert (a | ~a) == ALL_TRAFFIC
    assert (a & ~a) == NO_TRAFFIC


@given(traffic)
def test_traffic_reads_what_it_prints(traffic_set):
    assert TrafficSet.parse(str(traffic_set)) == traffic_set


@given(st.lists(traffic, max_size=5))
def test_atoms_tell_the_sets_apart(sets):
    atoms = Atoms.of(sets)
    for traffic_set in sets:
        assert atoms.traffic(atoms.mask(traffic_set)) == traffic_set
    joined = 0
    for traffic_set in sets:
        joined |= atoms.mask(traffic_set)
    union = NO_TRAFFIC
    for traffic_set in sets:
        union |= traffic_set
    assert atoms.traffic(joined) == union


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda p: (p[0], sum(p))),
        st.integers(1, 255),
        max_size=9,
    )
)
def test_steps_are_the_union_of_the_parts(by_interval):
    steps = steps_of(by_interval)
    for at in range(45):
        expected = 0
        for (low, high), bits in by_interval.items():
            if low <= at < high:
                expected |= bits
        assert sum(bits for low, high, bits in steps if low <= at < high) == expected
    assert sorted(steps) == steps


@given(st.integers(0, 2**70))
def test_runs(mask):
    assert sum((1 << high) - (1 << low) for low, high in runs(mask)) == mask


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_names(text, expected):
    assert str(TrafficSet.parse(text)) == expected


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


@given(st.lists(st.integers(0, 70), max_size=12))
def test_places_as_bits(places):
    bits = bits_at(places)
    assert bits == sum(1 << place for place in set(places))
    assert list(set_bits(bits)) == sorted(set(places))
