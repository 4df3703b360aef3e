"""What `init` suggests as flows is what passes now, and no more."""

from __future__ import annotations

import re
import tomllib

from attrs import evolve

from checks.network.test_segmentation import account, web_group
from cloudpack_baseline import Baseline, check_segmentation
from cloudpack_baseline._cli._segments import passing_flows
from cloudpack_baseline.baseline.initial import InitialBaseline, InitialFlow, TagValues, render
from cloudpack_baseline.testing.records import ANYWHERE, tcp
from support import denied, world

TAG = TagValues(key="Tier", values=(("db", 1), ("web", 1)))


def taken(text):
    """The baseline with every suggestion in effect."""
    return Baseline.from_mapping(tomllib.loads(re.sub(r"^#(?! )", "", text, flags=re.MULTILINE)))


def test_what_passes_is_suggested_and_then_passes_as_declared():
    snapshot = world("segmentation", *account())
    flows = tuple(passing_flows(snapshot, TAG))
    assert {(flow.source, flow.target, flow.services) for flow in flows} == {
        ("internet", "web", ("tcp/443",)),
        ("web", "db", ("tcp/3306",)),
    }
    text = render(InitialBaseline(tag=TAG, flows=flows))
    declared = taken(text)
    assert len(declared.flows) == 2
    assert check_segmentation(snapshot, declared)
    assert not check_segmentation(snapshot, Baseline(segments=declared.segments))


OFFICE, PARTNER = "203.0.113.0/28", "2001:db8:10::/48"


def test_what_only_some_networks_may_send_is_not_from_the_internet():
    rules = [tcp(443, ANYWHERE), tcp(22, OFFICE, "198.51.100.0/24"), tcp(443, OFFICE)]
    snapshot = world("segmentation", *account(web=web_group(*rules)))
    flows = tuple(passing_flows(snapshot, TAG))
    assert {(flow.source, flow.networks, flow.target, flow.services) for flow in flows} == {
        ("internet", (), "web", ("tcp/443",)),
        ("", ("198.51.100.0/24", OFFICE), "web", ("tcp/22",)),
        ("web", (), "db", ("tcp/3306",)),
    }
    text = render(InitialBaseline(tag=TAG, flows=flows))
    assert f'#seen-1 = ["198.51.100.0/24", "{OFFICE}"]\n' in text
    declared = taken(text)
    assert check_segmentation(snapshot, declared)
    # Whoever else is admitted later is not declared.
    wide = world("segmentation", *account(web=web_group(*rules, tcp(22, ANYWHERE))))
    assert not check_segmentation(wide, declared)


def test_networks_with_different_services_have_names_of_their_own():
    rules = [tcp(22, OFFICE), tcp(8080, "198.51.100.0/24")]
    flows = tuple(passing_flows(world("segmentation", *account(web=web_group(*rules))), TAG))
    text = render(InitialBaseline(tag=TAG, flows=flows))
    sources = {flow.services: flow.from_ for flow in taken(text).flows}
    assert sources["tcp/22",] != sources["tcp/8080",]
    assert "internet" not in {name for names in sources.values() for name in names}


def test_too_many_networks_to_name_are_the_internet():
    rules = [tcp(22, *(f"203.0.113.{number}/32" for number in range(21)))]
    flows = tuple(passing_flows(world("segmentation", *account(web=web_group(*rules))), TAG))
    assert ("internet", ("tcp/22",)) in {(flow.source, flow.services) for flow in flows}


def test_rules_that_were_not_read_name_no_network():
    unread = evolve(web_group(), ip_permissions=denied("ec2:DescribeSecurityGroups"))
    flows = passing_flows(world("segmentation", *account(web=unread)), TAG)
    assert [(flow.source, flow.target) for flow in flows] == [("web", "db")]


def test_an_open_door_is_no_flow():
    ports = [tcp(port, ANYWHERE) for port in range(1, 14, 2)]
    snapshot = world("segmentation", *account(web=web_group(*ports)))
    (flow,) = (
        flow
        for flow in passing_flows(snapshot, TAG)
        if (flow.source, flow.target) == ("internet", "web")
    )
    assert (flow.services, flow.passing) == ((), 7)
    text = render(InitialBaseline(tag=TAG, flows=(flow,)))
    assert "# 7 kinds of traffic pass from internet to web: restrict this first.\n" in text
    assert taken(text).flows == ()


def test_odd_names_stay_names():
    flow = InitialFlow(source='a"b', target="c\nd", services=("tcp/443",), passing=1)
    tag = TagValues(key="Tier", values=(('a"b', 1), ("c\nd", 1)))
    (declared,) = taken(render(InitialBaseline(tag=tag, flows=(flow,)))).flows
    assert (declared.from_, declared.to) == (('a"b',), ("c\nd",))
