"""Kinds that no resource answers are not gathered, and are covered all the same."""

import pytest

from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources._listings import TABLE
from cloudpack_baseline.sources.cloudformation.answered_kinds import (
    answered_operations,
    is_answered,
)
from cloudpack_baseline.sources.cloudformation.stack_answers import GivenAnswer, StackAnswers
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.located import AnswerObject

BUCKET = 'Resources: {Site: {Type: "AWS::S3::Bucket"}}'


@pytest.mark.parametrize("line", TABLE.splitlines())
def test_the_table_is_that_of_the_gatherers(line):
    name, place, key, use = line.split()
    kind = record_class(name)
    gatherer = gatherer_of(kind)
    assert gatherer.regional is (place == "regional")
    assert key in (kind.api.operations if use == "lists" else gatherer.operations)


def test_a_kind_that_no_resource_makes_is_complete(gathered):
    snapshot = gathered(BUCKET)
    (account,) = snapshot.accounts
    (coverage,) = snapshot.covered("Vpc", account.id)
    assert (coverage.unknown, coverage.cannot_tell) == (None, "")
    assert not snapshot.has("Vpc", account.id)


def test_a_kind_that_no_template_can_make_is_not_told(gathered):
    snapshot = gathered(BUCKET)
    (account,) = snapshot.accounts
    (coverage,) = snapshot.covered("AccountSummary", account.id)
    assert coverage.cannot_tell
    assert {cause.why for cause in coverage.unknown.causes} == {Why.NOT_PROVIDED}


@pytest.mark.parametrize(
    ("name", "items", "operation", "expected"),
    [
        ("Vpc", {"ec2:DescribeVpcs": []}, "", True),
        ("Vpc", {"ec2:DescribeSubnets": []}, "", False),
        ("RoleDetail", {"iam:GetAccountAuthorizationDetails RoleDetailList": []}, "", True),
        ("VpcBlockPublicAccessOptions", {}, "", True),
        ("SnapshotBlockPublicAccess", {}, "", False),
        ("SnapshotBlockPublicAccess", {}, "ec2:GetSnapshotBlockPublicAccessState", True),
        ("KindOfAUser", {}, "", True),
    ],
)
def test_whether_a_kind_is_answered(name, items, operation, expected):
    answers = StackAnswers()
    answers.items |= items
    if operation:
        given_answer = GivenAnswer(answer=AnswerObject({}), resources=("Setting",))
        answers.give(operation, "", given_answer)
    assert is_answered(Read(name), answered_operations([answers])) is expected
