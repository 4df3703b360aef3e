"""A policy of a plan may be about a role whose name is fixed during apply only."""

import json

import pytest

from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT
from sources.terraform.plans import PlanBuilder, outcomes

ACCOUNT = PLACEHOLDER_ACCOUNT
TRUST = json.dumps(
    {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    }
)


def plan(values, references, name):
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    built = PlanBuilder()
    unknown = [] if "name" in values else ["name"]
    built.add(
        "aws_iam_role.admin",
        {"assume_role_policy": TRUST, "managed_policy_arns": [admin]} | values,
        ["arn", "id", *unknown],
        references,
    )
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": f"arn:aws:iam::{ACCOUNT}:role/{name}",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    built.add("aws_iam_user.small", {"name": "small"}, ["arn", "id"])
    built.add("aws_iam_user_policy.small", {"user": "small", "policy": policy}, ["id"])
    return built


@pytest.mark.parametrize(
    ("values", "references", "name", "expected"),
    [
        ({}, {"name": ["random_id.x.hex", "random_id.x"]}, "deployer", "unknown"),
        ({}, {"name": ["random_id.x.hex", "random_id.x"]}, "other/*", "pass"),
        ({"name_prefix": "admin-"}, {}, "admin-*", "unknown"),
        ({"name_prefix": "admin-"}, {}, "deployer", "pass"),
        ({}, {}, "deployer", "pass"),
        ({}, {}, "terraform-*", "unknown"),
        ({"name": "deployer"}, {}, "deployer", "fail"),
        ({"name": "deployer"}, {}, "admin", "pass"),
    ],
)
def test_a_policy_names_a_role_whose_name_is_not_known(
    tmp_path, values, references, name, expected
):
    judged = outcomes(tmp_path, plan(values, references, name), "admin-privileges")
    assert judged["aws_iam_user.small"] == expected


def test_without_a_configuration_a_name_may_be_any(tmp_path):
    built = plan({}, {}, "deployer")
    built.configured.clear()
    assert outcomes(tmp_path, built, "admin-privileges")["aws_iam_user.small"] == "unknown"
