"""Answers that say the same, and records that are shared because of them."""

import pytest

from cloudpack_baseline.model.ec2 import Vpc
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.sources.known_records import KnownRecords
from cloudpack_baseline.sources.located import (
    AnswerList,
    AnswerObject,
    LocatedDocument,
    Mark,
    is_same,
)

HERE, THERE = Origin(file="a.yaml", line=1), Origin(file="a.yaml", line=2)
OPEN = Unknown.because(Why.UNDETERMINED, detail="parameter Env")
OTHERWISE_OPEN = Unknown.because(Why.UNDETERMINED, detail="parameter Size")


def answer(name="a", *, origin=HERE, mark=1, **members):
    return AnswerObject({"Name": name, **members}, origin, {"Name": Mark(mark, 1)})


SAME = [
    answer,
    lambda: answer(Tags=AnswerList([answer("t"), OPEN])),
    lambda: answer(DocumentText("<Env>", OPEN)),
    lambda: LocatedDocument("{}", [("$", Mark(1, 1))]),
    lambda: {"a": [1, (2, None)]},
    lambda: OPEN,
]
DIFFERENT = [
    (answer("a"), answer("b")),
    (answer(origin=HERE), answer(origin=THERE)),
    (answer(mark=1), answer(mark=2)),
    (answer(Size=1), answer()),
    (answer(Size=1), answer(Type=1)),
    (answer(Size=1), answer(Size=True)),
    (answer(Size=OPEN), answer(Size=OTHERWISE_OPEN)),
    (answer(DocumentText("x", OPEN)), answer(DocumentText("x"))),
    (answer(DocumentText("x")), answer("x")),
    (AnswerList([1, 2]), AnswerList([2, 1])),
    (AnswerList([1]), AnswerList([1, 2])),
    (AnswerList([answer(origin=HERE)]), AnswerList([answer(origin=THERE)])),
    (LocatedDocument("{}", [("$", HERE)]), LocatedDocument("{}", [("$", THERE)])),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (None, {}),
]


@pytest.mark.parametrize("make", SAME)
def test_equal_answers_at_the_same_places_are_the_same(make):
    assert is_same(make(), make())


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_any_difference_is_one(first, second):
    assert not is_same(first, second)
    assert not is_same(second, first)


def vpc():
    return Vpc(
        arn="arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1",
        account="111111111111",
        region="eu-west-1",
        name="",
        vpc_id="vpc-1",
    )


def test_the_same_answers_have_the_same_record():
    known = KnownRecords()
    key = Vpc, "ec2:DescribeVpcs", "arn"
    first = known.record(key, (answer(),), vpc)
    assert known.record(key, (answer(),), vpc) is first
    assert known.record((Vpc, "ec2:DescribeVpcs", "another"), (answer(),), vpc) is not first


def test_other_answers_have_another_record():
    known = KnownRecords()
    key = Vpc, "ec2:DescribeVpcs", "arn"
    first = known.record(key, (answer(),), vpc)
    second = known.record(key, (answer(origin=THERE),), vpc)
    assert second is not first
    assert known.record(key, (answer(origin=THERE),), vpc) is second
