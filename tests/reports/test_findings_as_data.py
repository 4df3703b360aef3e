"""What sentences say is there as data: who, where, which ports, the request, the packet."""

import json

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.checks.network.packet_witnesses import packet_witness, port_ranges
from cloudpack_baseline.findings import FieldValue, failed
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.reachability import FlowResult, Hop, Packet, PacketWitness, TrafficSet
from cloudpack_baseline.testing import records
from cloudpack_baseline.texts import text
from cloudpack_baseline.witnesses import PortRange, WitnessStatement

from . import samples

BUCKET = "arn:aws:s3:::shop"


def observations(report, control):
    return [
        observation
        for finding in report["findings"]
        if finding["control"] == control
        for observation in finding["observations"]
        if observation["outcome"] == "fail"
    ]


def only(report, control):
    (observation,) = observations(report, control)
    return observation


def test_a_packet_has_its_ends_its_ports_and_its_hops_with_lines():
    observation = only(samples.template_report(), "segmentation")
    assert observation["traffic"] == {
        "source": {"en": "web", "ja": "web"},
        "target": "db",
        "ports": [
            {
                "protocol": "tcp",
                "from_port": 3306,
                "to_port": 3306,
                "from_code": None,
                "to_code": None,
            }
        ],
        "expected": [],
    }
    packet = observation["witness"]["packet"]
    assert (packet["protocol"], packet["destination_port"]) == ("tcp", 3306)
    assert len(packet["hops"]) == len(observation["witness"]["steps"])
    (inbound,) = [
        hop
        for hop in packet["hops"]
        if hop["kind"] == "security-group" and "inbound" in hop["detail"]["en"]
    ]
    assert inbound["origin"]["file"].endswith("broken.yaml")
    assert inbound["origin"]["line"] > 0
    assert inbound["rule"] == "tcp/3306 10.0.0.0/16"
    assert [resource["origin"]["line"] > 0 for resource in inbound["resources"]] == [True]


def open_bucket(**statement):
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", **statement}
    policy = {"Version": "2012-10-17", "Statement": [allow | {"Resource": f"{BUCKET}/*"}]}
    return records.record(Bucket, "shop", service="s3", arn=BUCKET, policy=json.dumps(policy))


def test_access_says_who_what_and_from_where():
    condition = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
    bucket = open_bucket(Sid="Agency", Condition=condition)
    report = assess(records.snapshot(bucket), controls=["s3-exposure"]).to_json()
    observation = only(report, "s3-exposure")
    assert observation["access"] == {
        "principal_kind": "anonymous",
        "principal": "anonymous",
        "organizations": [],
        "actions": ["s3:GetObject"],
        "from_anywhere": False,
        "networks": ["198.51.100.0/24"],
        "endpoints": [],
    }
    (request,) = observation["witness"]["requests"]
    assert request["action"] == "s3:GetObject"
    assert request["resource"].startswith(f"{BUCKET}/")
    assert request["context"]["aws:SourceIp"] == ["198.51.100.0"]
    (statement,) = request["statements"]
    assert (statement["policy"], statement["policy_arn"]) == ("resource-policy", BUCKET)
    assert (statement["sid"], statement["path"], statement["index"]) == (
        "Agency",
        "$.Statement[0]",
        0,
    )


def test_access_through_endpoints_that_are_not_named_is_not_from_anywhere():
    condition = {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    through = {"Null": {"aws:SourceVpce": "false"}}
    blocks = records.account_public_access_block()
    snapshot = records.snapshot(open_bucket(Condition=condition | through), blocks)
    report = assess(snapshot, controls=["s3-exposure"]).to_json()
    access = only(report, "s3-exposure")["access"]
    assert (access["from_anywhere"], access["networks"], access["endpoints"]) == (False, [], [])


def test_access_from_anywhere_has_no_networks():
    observation = only(samples.template_report(), "s3-exposure")
    assert observation["access"]["from_anywhere"] is True
    assert observation["access"]["networks"] == []
    (request,) = observation["witness"]["requests"]
    assert request["statements"][0]["origin"]["line"] > 0


def test_a_setting_is_a_field_with_its_value():
    bucket = records.record(Bucket, "shop", service="s3", versioning="")
    report = assess(records.snapshot(bucket), controls=["s3-versioning"]).to_json()
    observation = only(report, "s3-versioning")
    assert observation["read_fields"] == [{"name": "Status", "operator": "=", "values": [""]}]
    assert observation["expected_fields"] == [
        {"name": "Status", "operator": "=", "values": ["Enabled"]}
    ]


@pytest.mark.parametrize(
    ("shown", "fields"),
    [
        ("Status=Enabled", (FieldValue("Status", ("Enabled",)),)),
        ("Days>=7", (FieldValue("Days", ("7",), ">="),)),
        ("State=on | off", (FieldValue("State", ("on", "off")),)),
        ("Days<=", (FieldValue("Days", ("",), "<="),)),
        ("none", ()),
        ("Name=x, Encrypted=true", ()),  # a name may say anything
        ("=x", ()),
        ("tcp/3306", ()),
    ],
)
def test_a_value_in_words_is_no_field(shown, fields):
    assert failed(text("common.verbatim", en="", ja=""), read=shown).read_fields == fields


def test_several_fields_are_given_as_such():
    fields = (FieldValue("BlockPublicAcls", ("false",)), FieldValue("Days", ("1", "2"), "<="))
    observation = failed(text("common.verbatim", en="", ja=""), read=fields, expected=fields)
    assert observation.read == "BlockPublicAcls=false, Days<=1, 2"
    assert observation.expected == "BlockPublicAcls=false, Days<=1 | 2"
    assert observation.read_fields == observation.expected_fields == fields


@pytest.mark.parametrize(
    ("traffic", "ranges"),
    [
        ("all", (PortRange(protocol="all"),)),
        ("none", ()),
        ("tcp/80-443", (PortRange(protocol="tcp", from_port=80, to_port=443),)),
        ("udp", (PortRange(protocol="udp"),)),
        ("icmp/8", (PortRange(protocol="icmp", from_port=8, to_port=8),)),
        (
            "icmp/3/4",
            (PortRange(protocol="icmp", from_port=3, to_port=3, from_code=4, to_code=4),),
        ),
    ],
)
def test_traffic_is_ranges_of_ports(traffic, ranges):
    assert port_ranges(TrafficSet.parse(traffic)) == ranges


@pytest.mark.parametrize(
    ("traffic", "port", "icmp"),
    [("tcp/22", 22, (None, None)), ("icmp/3/4", None, (3, 4)), ("esp", None, (None, None))],
)
def test_a_packet_has_a_port_or_a_type_of_icmp(traffic, port, icmp):
    packet = Packet("10.0.0.1", 0, "10.0.0.2", TrafficSet.parse(traffic))
    hops = (Hop("security-group", "sg-1,sg-2"), Hop("internet", ""))
    result = FlowResult("open", witness=PacketWitness(packet, hops))
    data = packet_witness(records.snapshot(), result).packet
    assert (data.destination_port, (data.icmp_type, data.icmp_code)) == (port, icmp)
    assert [resource.id for resource in data.hops[0].resources] == ["sg-1", "sg-2"]
    assert data.hops[1].resources == ()


@pytest.mark.parametrize(
    ("path", "index"), [("$.Statement[2]", 2), ("$.Statement", None), ("", None)]
)
def test_the_index_of_a_statement(path, index):
    assert WitnessStatement(policy="trust", path=path).index == index


def test_a_finding_has_its_first_witness():
    bucket = open_bucket(Condition={"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})
    (finding,) = assess(records.snapshot(bucket), controls=["s3-exposure"]).findings
    assert finding.witness.requests[0].action == "s3:GetObject"
    closed = records.record(Bucket, "shop", service="s3", versioning="Enabled")
    (finding,) = assess(records.snapshot(closed), controls=["s3-versioning"]).findings
    assert finding.witness is None


def test_a_finding_gives_the_same_as_the_report():
    bucket = records.record(Bucket, "shop", service="s3", versioning="")
    assessment = assess(records.snapshot(bucket), Baseline(), controls=["s3-versioning"])
    (finding,) = assessment.findings
    values = finding.to_json()
    assert values == assessment.to_json()["findings"][0]
    assert values["link"].endswith("docs/en/reference/controls/s3-versioning.html")
    assert values["remedy"]["en"] == finding.remedy.in_language("en")
