"""What follows from the declarations of a record: names, values, and faults in answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import pytest
from attrs import frozen

from cloudpack_baseline.model.described import Listed, derived, described, descriptions
from cloudpack_baseline.model.reading import Misshapen, is_field, member, structured, value_of
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field, Origin


@frozen(kw_only=True)
class Port:
    from_port: int
    comment: str | None = None


@frozen(kw_only=True)
class Thing(Record):
    api = Listed("ec2:DescribeThings", arn="ThingArn")

    is_default: Field[bool] = False
    status: Literal["on", "off"]
    made_at: Field[datetime | None] = described("CreateTime", default=None)
    groups: Field[tuple[str, ...]] = described("Groups[].GroupId", required=True, default=())
    names: tuple[str, ...] = described("Names", unordered=True, default=())
    ports: tuple[Port, ...] = ()
    destination: str = described("Arn || Name", default="")
    length: int = described("Text", convert=len, default=0)
    policy: Field[str | None] = described("Policy", operation="ec2:GetThing", default=None)
    tags: Field[Tags] = ()
    computed: str = derived("")


GOOD = {"Status": "on", "Groups": []}


def test_a_field_that_says_nothing_has_its_name_in_camel_case():
    assert descriptions(Thing)["is_default"].path == "IsDefault"
    assert "computed" not in descriptions(Thing)
    assert "arn" not in descriptions(Thing)


@pytest.mark.parametrize(
    ("field", "answer", "value"),
    [
        ("is_default", {"IsDefault": True}, True),
        ("is_default", {}, False),
        ("status", {"Status": "off"}, "off"),
        ("made_at", {}, None),
        ("made_at", {"CreateTime": "2026-01-01T09:00:00+09:00"}, datetime(2026, 1, 1, tzinfo=UTC)),
        ("groups", {"Groups": [{"GroupId": "b"}, {"GroupId": "a"}]}, ("b", "a")),
        ("names", {"Names": ["b", "a"]}, ("a", "b")),
        ("ports", {"Ports": [{"FromPort": 1}]}, (Port(from_port=1),)),
        ("destination", {"Arn": "", "Name": "n"}, "n"),
        ("length", {"Text": "four"}, 4),
        ("policy", {"Policy": ""}, None),
        ("tags", {"Tags": [{"Key": "k", "Value": "v"}]}, (("k", "v"),)),
    ],
)
def test_values(field, answer, value):
    assert value_of(Thing, field, answer) == value


@pytest.mark.parametrize(
    ("field", "answer", "message"),
    [
        ("is_default", {"IsDefault": "true"}, "IsDefault: is not true or false"),
        ("status", {"Status": "odd"}, "not one of"),
        ("status", {}, "Status: is missing"),
        ("made_at", {"CreateTime": "2026-01-01T09:00:00"}, "without zone"),
        ("made_at", {"CreateTime": "0001-01-01T00:00:00+09:00"}, "out of range"),
        ("made_at", {"CreateTime": 7}, "is no time"),
        ("groups", {}, r"Groups\[\].GroupId: is missing"),
        ("groups", {"Groups": [{}]}, "GroupId: is missing"),
        ("groups", {"Groups": {}}, "Groups: is not a list"),
        ("groups", {"Groups": [3]}, "GroupId: is not in an object"),
        ("names", {"Names": [1]}, "Names: is not a string"),
        ("ports", {"Ports": [{"FromPort": True}]}, "FromPort: is not a whole number"),
        ("ports", {"Ports": ["x"]}, "Ports: is not an object"),
        ("ports", {"Ports": [{}]}, "FromPort: is missing"),
    ],
)
def test_faults(field, answer, message):
    with pytest.raises(Misshapen, match=message):
        value_of(Thing, field, answer)


def test_no_answer_is_the_default():
    assert value_of(Thing, "policy", None) is None
    assert value_of(Thing, "groups", None) == ()
    with pytest.raises(Misshapen, match="Status: is missing"):
        value_of(Thing, "status", None)


def test_a_part_of_a_record():
    assert structured(Port, {"FromPort": 3, "Comment": "c"}) == Port(from_port=3, comment="c")


def test_a_path_to_the_answer_itself():
    assert member({"a": 1}, "") == {"a": 1}
    assert member({"A": {"B": 2}}, "A.B") == 2
    assert member({"A": None}, "A.B") is None


def test_which_fields_can_be_unknown():
    assert is_field(Thing, "is_default")
    assert not is_field(Thing, "status")


def test_where_a_field_came_from():
    listing, template = Origin(operation="ec2:DescribeThings"), Origin(file="t.yaml", line=3)
    one = Thing(arn="", account="", status="on", origin=listing)
    assert one.origin_of("is_default") == listing
    assert one.origin_of("policy") == Origin(operation="ec2:GetThing")
    line = Origin(file="t.yaml", line=5)
    one = Thing(arn="", account="", status="on", origin=template, origins=(("status", line),))
    assert one.origin_of("policy") == template
    assert one.origin_of("status") == line
