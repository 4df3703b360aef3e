"""Which interface is in which segment."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline
from cloudpack_baseline.checks import AccountView
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.model.ec2 import (
    NetworkInterfaceIpv6Address,
    NetworkInterfacePrivateIpAddress,
)
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.testing import records
from cloudpack_baseline.testing.records import network_interface
from support import ACCOUNT, NOW, REGION, denied, world

UNREAD = denied("ec2:DescribeInstances")


def interface(**changes):
    addresses = (
        NetworkInterfacePrivateIpAddress(private_ip_address="10.0.1.10", primary=True),
        NetworkInterfacePrivateIpAddress(private_ip_address="10.0.9.10"),
    )
    defaults = {"subnet_id": "subnet-1", "private_ip_addresses": addresses, "instance_id": "i-1"}
    return network_interface(**(defaults | changes))


def instance(**changes):
    return records.instance(**({"tags": (("Tier", "web"),)} | changes))


def subnet(**changes):
    return records.subnet("subnet-1", **({"tags": (("Env", "prod"), ("Tier", "app"))} | changes))


ALL = (interface(), instance(), subnet())


def membership(segments, present=ALL, gaps=None, source="aws"):
    rows = [{"name": f"s{index}", **row} for index, row in enumerate(segments)]
    view = AccountView(
        control="segmentation",
        snapshot=world("segmentation", *present, gaps=gaps, source=source),
        account=AccountScope(id=ACCOUNT),
        baseline=Baseline.from_mapping({"segments": rows}),
        as_of=NOW,
    )
    (membership,) = memberships(view)
    return membership


@pytest.mark.parametrize(
    ("row", "inside"),
    [
        ({"subnets": ["subnet-1"]}, True),
        ({"subnets": ["subnet-2"]}, False),
        ({"security_groups": ["sg-1"]}, True),
        ({"security_groups": ["sg-2"]}, False),
        ({"cidrs": ["10.0.1.0/24"]}, True),
        # A further address counts as well as the first.
        ({"cidrs": ["10.0.9.10/32"]}, True),
        ({"cidrs": ["10.0.2.0/24", "2001:db8::/64"]}, False),
        ({"cidrs": ["192.0.2.0/24", "10.0.1.0/24"]}, True),
        ({"tags": {"Tier": "web"}}, True),
        ({"tags": {"Env": "prod"}}, True),
        ({"tags": {"Tier": "web", "Env": "prod"}}, True),
        # All tags of one table hold, or none counts.
        ({"tags": {"Tier": "web", "Env": "test"}}, False),
        # The instance's tag is nearer than the subnet's.
        ({"tags": {"Tier": "app"}}, False),
        ({"names": ["i-*"]}, True),
        ({"names": ["eni-?"]}, True),
        ({"names": ["db-*"]}, False),
        # The keys are alternatives.
        ({"subnets": ["subnet-2"], "names": ["i-1"]}, True),
    ],
)
def test_each_key(row, inside):
    assert membership([row]).segments == (("s0",) if inside else ())


def test_none_and_several():
    assert membership([{"subnets": ["subnet-2"]}]).segment is None
    baseline = membership([{"subnets": ["subnet-1"]}, {"security_groups": ["sg-1"]}])
    assert baseline.segments == ("s0", "s1")
    assert baseline.segment is None
    assert membership([{"subnets": ["subnet-1"]}, {"names": ["x"]}]).segment == "s0"


def test_ipv6_addresses_count():
    address = NetworkInterfaceIpv6Address(ipv6_address="2001:db8::10")
    records = (interface(ipv6_addresses=(address,)), instance(), subnet())
    assert membership([{"cidrs": ["2001:db8::/64"]}], records).segment == "s0"


def test_the_interfaces_own_tag_is_the_nearest():
    records = (interface(tags=(("Tier", "db"),)), instance(), subnet())
    assert membership([{"tags": {"Tier": "db"}}], records).segment == "s0"
    assert membership([{"tags": {"Tier": "web"}}], records).segment is None


def test_a_database_is_known_by_its_own_name():
    owner = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:main"
    records = (interface(instance_id=None, belongs_to=owner), subnet())
    assert membership([{"names": ["main"]}], records).segment == "s0"


def test_names_come_from_name_tags_too():
    records = (interface(), instance(tags=(("Name", "web-1"),)), subnet())
    assert membership([{"names": ["web-*"]}], records).segment == "s0"


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"groups": UNREAD}, {"security_groups": ["sg-1"]}),
        ({"private_ip_addresses": UNREAD}, {"cidrs": ["10.0.2.0/24"]}),
        ({"ipv6_addresses": UNREAD}, {"cidrs": ["10.0.2.0/24"]}),
        ({"tags": UNREAD}, {"tags": {"Tier": "web"}}),
        ({"tags": UNREAD}, {"names": ["web-*"]}),
    ],
)
def test_what_could_not_be_read_is_doubt(changes, row):
    baseline = membership([row], (evolve(interface(), **changes), instance(), subnet()))
    assert baseline.segments == ()
    assert baseline.unknown == UNREAD
    assert baseline.segment is None


def test_an_unreadable_field_is_no_doubt_where_another_decides():
    records = (interface(tags=UNREAD), instance(), subnet())
    assert membership([{"tags": {"Tier": "web"}, "subnets": ["subnet-1"]}], records).segment == "s0"
    assert membership([{"subnets": ["subnet-1"]}], records).segment == "s0"


@pytest.mark.parametrize("kind", ["Instance", "Subnet"])
@pytest.mark.parametrize("row", [{"tags": {"Tier": "web"}}, {"names": ["web-*"]}])
def test_a_listing_that_could_not_be_read_is_doubt(kind, row):
    records = tuple(one for one in ALL if type(one).__name__ != kind)
    assert membership([row], records, {kind: UNREAD}).unknown == UNREAD
    # Listed in full, and not there: a fact.
    assert membership([row], records).unknown is None
    of_none = (interface(instance_id=None), subnet())
    assert membership([row], of_none, {"Instance": UNREAD}).unknown is None


@pytest.mark.parametrize(
    ("tier", "source", "inside", "known"),
    [
        ("<parameter Tier>", "template", (), False),
        ("<parameter Tier>-web", "plan", (), False),
        ("<parameter Tier>", "aws", (), True),
        ("web", "template", ("s0",), True),
        ("app", "template", (), True),
    ],
)
def test_a_tag_of_a_template_may_have_a_part_that_is_not_known(tier, source, inside, known):
    present = (interface(), instance(tags=(("Tier", tier),)), subnet(tags=()))
    baseline = membership([{"tags": {"Tier": "web"}}], present, source=source)
    assert (baseline.segments, baseline.unknown is None) == (inside, known)
    baseline = membership([{"tags": {"Tier": "web", "Env": "x"}}], present, source=source)
    assert baseline.unknown is None  # another tag decides
