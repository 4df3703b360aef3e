"""Several policies of what has only one."""

import json

import pytest

from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.cloudformation.policy_choices import either_policy
from cloudpack_baseline.sources.cloudformation.policy_doubts import UNDETERMINED
from cloudpack_baseline.sources.located import LocatedDocument, Mark


def statement(effect="Allow", principal="*", **members):
    return {"Effect": effect, "Principal": principal, "Action": "sqs:*", "Resource": "*", **members}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


ALL, OWN, OTHER = statement(), statement(principal="111122223333"), statement(principal="x")
DENY = statement("Deny")


def either(*policies):
    """The statements, each with whether it is in doubt."""
    read = json.loads(either_policy(*policies, "jobs"))["Statement"]
    return [(each["Effect"], each["Principal"], UNDETERMINED in json.dumps(each)) for each in read]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([ALL], [OWN], [("Allow", "*", False), ("Allow", "111122223333", False)]),
        ([OWN, ALL], [OWN], [("Allow", "111122223333", False), ("Allow", "*", False)]),
        # What denies only may take the place of what allows.
        ([ALL], [DENY], [("Allow", "*", False)]),
        ([DENY], [ALL], [("Allow", "*", False)]),
        ([OWN, DENY], [OWN], [("Allow", "111122223333", False)]),
        # It denies what its own policy allows, and nothing else.
        (
            [ALL, DENY],
            [OWN],
            [("Allow", "*", False), ("Deny", "*", True), ("Allow", "111122223333", False)],
        ),
        ([ALL, DENY], [OWN, DENY], [("Deny", "*", False), ("Allow", "*", False)]),
    ],
)
def test_what_one_of_two_policies_allows_counts(first, second, expected):
    read = either(document(*first), document(*second))
    assert read[: len(expected)] == expected


def test_equal_policies_are_one():
    assert either_policy(document(DENY), document(DENY), "jobs") == document(DENY)


@pytest.mark.parametrize("other", ["{", "[]", "1", '{"Statement": [1]}'])
def test_all_is_in_doubt_beside_a_policy_that_is_none(other):
    assert either(document(OWN), other) == [("Allow", "*", True), ("Deny", "*", True)]


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("statements", "expected"),
    [([ALL, DENY], [("Allow", "*", False), ("Deny", "*", True)]), ([], [])],
)
def test_a_policy_beside_none_at_all(statements, expected, turn):
    assert either(*[document(*statements), None][::turn]) == expected


def test_a_single_statement_is_read():
    single = json.dumps({"Statement": ALL})
    assert either(single, document(OWN)) == [
        ("Allow", "*", False),
        ("Allow", "111122223333", False),
    ]


def test_each_statement_is_where_it_is_written():
    first = LocatedDocument(document(OWN, ALL), [("$.Statement[1]", Mark(3, 1))])
    second = LocatedDocument(
        json.dumps({"Statement": OTHER}), [("$.Statement", Origin(file="b.yaml", line=7))]
    )
    policy = either_policy(first, second, "jobs")
    assert dict(policy.places) == {
        "$.Statement[1]": Mark(3, 1),
        "$.Statement[2]": Origin(file="b.yaml", line=7),
    }


TEMPLATE = """
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  First: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Jobs], PolicyDocument: %s}}
  Second:
    Type: AWS::SQS::QueuePolicy
    Properties: {Queues: [!Ref Jobs], PolicyDocument: %s}
"""


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ([ALL], [DENY], "fail"),
        ([DENY], [ALL], "fail"),
        ([DENY], [DENY], "pass"),
        ([DENY, ALL], [DENY], "pass"),
        ([ALL, statement("Deny", Sid="own")], [DENY], "unknown"),
    ],
)
def test_a_queue_with_two_policies(judge_template, first, second, outcome):
    text = TEMPLATE % (document(*first), document(*second))
    assert judge_template("resource-sharing", text) == {"Jobs": outcome}
