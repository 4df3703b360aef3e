"""Action classes of many patterns, and values that are set against each other."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.iam.aws_managed_policies import aws_managed_policies_data

from cloudpack_baseline.access import can_act_from_outside, has_full_admin, parse_policy
from cloudpack_baseline.access.action_classes import action_axis, action_test

OFFICE = ("203.0.113.0/24",)
ONLY_OFFICE = {
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {
        "NotIpAddress": {"aws:SourceIp": list(OFFICE)},
        "Bool": {"aws:ViaAWSService": "false"},
    },
}
TEAM = {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}
NAMES = st.from_regex(r"[ab*?][ab:*?]{0,6}", fullmatch=True)
ACTIONS = st.from_regex(r"[abc]{1,3}:[abc]{1,4}", fullmatch=True)


def identity(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return parse_policy(document, kind="identity")


@cache
def managed(name):
    policy = json.loads(aws_managed_policies_data)[name]
    return parse_policy(policy["Document"], kind="identity")


@pytest.mark.lengthy
@settings(max_examples=200)
@given(st.lists(st.lists(NAMES, min_size=1, max_size=4), min_size=1, max_size=5), ACTIONS)
def test_each_class_stands_for_its_actions(rows, action):
    tests = [action_test(row) for row in rows]
    axis = action_axis(tests)
    masks = [axis.some_value[test] for test in tests]
    assert all(low == high for low, high in masks)
    for place, sample in enumerate(axis.samples[1:], 1):
        for test, (low, _) in zip(tests, masks, strict=True):
            assert low >> place & 1 == test.verdict(sample)[0]
    vectors = {tuple(low >> i & 1 for low, _ in masks) for i in range(1, len(axis.samples))}
    assert tuple(int(test.verdict(action)[0]) for test in tests) in vectors


@pytest.mark.lengthy
@pytest.mark.parametrize(
    "name",
    [
        "Billing",
        "AmazonConnectSynchronizationServiceRolePolicy",
        "SageMakerStudioProjectUserRolePolicy",
        "SageMakerStudioUserIAMDefaultExecutionPolicy",
        "ReadOnlyAccess",
    ],
)
def test_a_guard_rail_beside_an_aws_policy_is_decided(name):
    alone = can_act_from_outside([managed(name)], networks=OFFICE)
    assert alone
    assert alone.exact
    policies = [managed(name), identity(ONLY_OFFICE)]
    assert can_act_from_outside(policies, networks=OFFICE) is None
    assert has_full_admin(policies).exact


@pytest.mark.parametrize(
    "statements",
    [
        [
            {
                "Effect": "Allow",
                "Action": "ec2:*",
                "Resource": "*",
                "Condition": {"StringEquals": TEAM},
            }
        ],
        [
            {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "ec2:*",
                "Resource": "*",
                "Condition": {"StringNotEquals": TEAM},
            },
        ],
        [
            {
                "Effect": "Allow",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
            }
        ],
        [
            {
                "Effect": "Allow",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {
                    "StringEquals": {
                        "aws:PrincipalAccount": "${aws:ResourceAccount}",
                        "aws:PrincipalOrgID": "${aws:ResourceOrgID}",
                    }
                },
            }
        ],
    ],
)
def test_values_set_against_each_other_are_shown_by_a_sample(statements):
    allowed = can_act_from_outside([identity(*statements)], networks=OFFICE)
    assert allowed.exact
    context = allowed.context
    if "aws:ResourceTag/team" in context:
        assert context["aws:ResourceTag/team"] == context["aws:PrincipalTag/team"]


def test_a_sample_never_hides_a_denial():
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denials = [
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {operator: TEAM}}
        for operator in ("StringEquals", "StringNotEquals")
    ]
    assert can_act_from_outside([identity(everything, denials[1])], networks=OFFICE).exact
    # One or the other always holds, but for two tags that are compared with each other.
    outside_request = can_act_from_outside([identity(everything, *denials)], networks=OFFICE)
    assert outside_request is None or not outside_request.exact
