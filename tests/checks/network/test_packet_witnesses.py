"""Packets, hops and ports as data of findings."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, check_segmentation
from cloudpack_baseline.checks.network.packet_witnesses import packet_witness, port_ranges
from cloudpack_baseline.model.ec2 import Vpc
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.reachability import FlowResult, Packet, TrafficSet
from cloudpack_baseline.reachability.results import PacketWitness
from cloudpack_baseline.testing.records import (
    SMALL_BASELINE,
    allow_all,
    permission,
    record,
    security_group,
    small_account,
    tcp,
)
from cloudpack_baseline.witnesses import HopResource, PortRange
from support import world


@pytest.mark.parametrize(
    ("traffic", "expected"),
    [
        ("all", [PortRange(protocol="all")]),
        ("tcp/443", [PortRange(protocol="tcp", from_port=443, to_port=443)]),
        ("tcp/80-443", [PortRange(protocol="tcp", from_port=80, to_port=443)]),
        ("udp", [PortRange(protocol="udp")]),
        ("icmp/3/4", [PortRange(protocol="icmp", from_port=3, to_port=3, from_code=4, to_code=4)]),
        (
            "tcp/22, udp/53",
            [
                PortRange(protocol="tcp", from_port=22, to_port=22),
                PortRange(protocol="udp", from_port=53, to_port=53),
            ],
        ),
    ],
)
def test_the_ports_of_traffic(traffic, expected):
    assert list(port_ranges(TrafficSet.parse(traffic))) == expected


WEB = security_group("sg-web", (), [allow_all()])
NAMED = Origin(file="db.yaml", line=4)


def witness(rule, *others, **fields):
    """Of the connection from the web server to the database that the rule lets in."""
    database = security_group("sg-db", [rule], **fields)
    baseline = Baseline.from_mapping({"segments": SMALL_BASELINE["segments"]})
    snapshot = world("segmentation", *small_account(), WEB, database, *others)
    findings = check_segmentation(snapshot, baseline).findings
    (judged,) = (finding for finding in findings if finding.resource.name == "web->db")
    return judged.observations[0].witness.packet


def resources(*others, **fields):
    """What the hops through the group of the database come to."""
    hops = witness(tcp(3306, "sg-web"), *others, **fields).hops
    return {resource for hop in hops for resource in hop.resources if resource.id == "sg-db"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (tcp(3306, "sg-web"), ("tcp", True, 3306, None, None)),
        (permission("udp", 53, 53, "sg-web"), ("udp", True, 53, None, None)),
        (permission("icmp", 3, 4, "sg-web"), ("icmp", False, None, 3, 4)),
        (permission("50", None, None, "sg-web"), ("esp", False, None, None, None)),
    ],
)
def test_a_packet(rule, expected):
    packet = witness(rule)
    assert (packet.source, packet.destination) == ("10.0.1.10", "10.0.2.10")
    assert (
        packet.protocol,
        packet.source_port is not None,
        packet.destination_port,
        packet.icmp_type,
        packet.icmp_code,
    ) == expected


@pytest.mark.parametrize(
    ("traffic", "expected"),
    [
        ("icmpv6/128/0", ("icmpv6", None, None, 128, 0)),
        ("icmp/8/0", ("icmp", None, None, 8, 0)),
        ("tcp/443", ("tcp", None, 443, None, None)),
    ],
)
def test_a_packet_of_each_kind(traffic, expected):
    packet = Packet("2001:db8::1", 0, "2001:db8::2", TrafficSet.parse(traffic))
    result = FlowResult(verdict="open", witness=PacketWitness(packet=packet, hops=()))
    data = packet_witness(world("segmentation"), result).packet
    assert (
        data.protocol,
        data.source_port,
        data.destination_port,
        data.icmp_type,
        data.icmp_code,
    ) == expected


def test_the_hops_name_their_resources():
    assert resources() == {HopResource(id="sg-db")}
    named = {"name": "database", "origin": NAMED}
    assert resources(**named) == {HopResource(id="sg-db", name="database", origin=NAMED)}


def test_a_hop_that_stops_a_packet_names_each_of_its_groups():
    flow = {"from": ["web"], "to": ["db"], "services": ["mysql"], "required": True}
    baseline = Baseline.from_mapping({"segments": SMALL_BASELINE["segments"], "flows": [flow]})
    account = [
        evolve(entry, groups=("sg-db", "sg-two"))
        if getattr(entry, "network_interface_id", "") == "eni-db"
        else entry
        for entry in small_account()
    ]
    groups = (WEB, security_group("sg-db", ()), security_group("sg-two", ()))
    findings = check_segmentation(world("segmentation", *account, *groups), baseline).findings
    (judged,) = (finding for finding in findings if finding.resource.name == "web->db")
    hops = judged.observations[0].witness.packet.hops
    assert {resource.id for resource in hops[-1].resources} == {"sg-db", "sg-two"}


def test_what_has_the_same_id_in_another_service_is_another_resource():
    same = record(LogGroup, "log-group/sg-db", service="logs", name="other")
    named = {"name": "database"}
    assert resources(same, **named) == {HopResource(id="sg-db", name="database")}


@pytest.mark.parametrize(
    "second",
    [
        record(Vpc, "vpc/sg-db", service="ec2", vpc_id="vpc-x", name="second"),
        record(Vpc, "", arn="", vpc_id="vpc-x", name="sg-db"),
    ],
    ids=["by ARN", "by name"],
)
def test_an_id_of_two_resources_is_not_named(second):
    assert resources(second, name="database") == {HopResource(id="sg-db")}
