"""The lock policy of a vault, beside its access policy."""

import json

import pytest

from sources.terraform.plans import PlanBuilder, outcomes

OTHER = "arn:aws:iam::210987654321:root"
OWN = "arn:aws:iam::000000009999:root"


def policy(principal, effect="Allow"):
    statement = {"Effect": effect, "Principal": principal, "Action": "glacier:*", "Resource": "*"}
    return json.dumps({"Statement": [statement]})


@pytest.mark.parametrize(
    ("access", "lock", "outcome"),
    [
        (None, policy("*"), "fail"),
        (None, policy({"AWS": OTHER}), "fail"),
        (None, policy({"AWS": OWN}), "pass"),
        (None, policy("*", "Deny"), "pass"),
        (policy("*"), policy({"AWS": OWN}), "fail"),
        (policy({"AWS": OWN}), policy("*"), "fail"),
        # A lock denies what the access policy allows.
        (policy("*"), policy("*", "Deny"), "pass"),
    ],
)
def test_both_policies_of_a_vault_are_in_effect(tmp_path, access, lock, outcome):
    values = {"name": "v"} | ({} if access is None else {"access_policy": access})
    plan = PlanBuilder().add("aws_glacier_vault.v", values, ["id", "arn"])
    plan.add(
        "aws_glacier_vault_lock.l",
        {"policy": lock, "complete_lock": True},
        ["id", "vault_name"],
        {"vault_name": ["aws_glacier_vault.v.name"]},
    )
    assert set(outcomes(tmp_path, plan, "resource-sharing").values()) == {outcome}


def test_the_lock_of_a_vault_elsewhere(tmp_path):
    plan = PlanBuilder()
    plan.add("aws_glacier_vault_lock.l", {"policy": policy("*"), "vault_name": "old"}, ["id"])
    assert set(outcomes(tmp_path, plan, "resource-sharing").values()) == {"fail"}


def test_a_lock_that_is_known_after_apply(tmp_path):
    plan = PlanBuilder().add(
        "aws_glacier_vault_lock.l", {"vault_name": "old"}, ["policy"], {"policy": ["local.policy"]}
    )
    assert set(outcomes(tmp_path, plan, "resource-sharing").values()) == {"unknown"}
