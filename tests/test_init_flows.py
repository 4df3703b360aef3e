"""What `init` suggests as flows is what passes now, and no more."""

from __future__ import annotations

import re
import tomllib

from checks.network.test_segmentation import account, web_group
from cloudpack_baseline import Baseline, check_segmentation
from cloudpack_baseline._cli.init import passing_flows
from cloudpack_baseline.baseline.initial import InitialBaseline, InitialFlow, TagValues, render
from cloudpack_baseline.testing.records import ANYWHERE, tcp
from support import world

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
