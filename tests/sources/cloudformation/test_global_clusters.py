"""A global database says nothing of its member clusters: each has settings of its own.

Source: Amazon RDS API Reference, CreateGlobalCluster (DeletionProtection keeps the global database
from being deleted, and StorageEncrypted is that of a new one without clusters), CreateDBCluster.
"""

import pytest

from cloudpack_baseline.model.rds import DBCluster
from sources.terraform.plans import PlanBuilder, outcomes

TEMPLATE = """
Resources:
  Global: {Type: "AWS::RDS::GlobalCluster", Properties: {Engine: aurora-mysql, %s}}
  Member:
    Type: AWS::RDS::DBCluster
    Properties: {Engine: aurora-mysql, GlobalClusterIdentifier: !Ref Global, %s}
"""
NONE = "!Ref AWS::NoValue"


@pytest.mark.parametrize("of_all", ["true", "false"])
@pytest.mark.parametrize(
    ("own", "outcome"),
    # Aurora encrypts new clusters by default.
    [("true", "pass"), ("false", "fail"), (NONE, "pass")],
)
def test_the_encryption_of_a_member(judge_template, own, outcome, of_all):
    text = TEMPLATE % (f"StorageEncrypted: {of_all}", f"StorageEncrypted: {own}")
    assert judge_template("rds-encryption", text) == {"Member": outcome}


@pytest.mark.parametrize("of_all", ["true", "false"])
@pytest.mark.parametrize(("own", "expected"), [("true", True), ("false", False), (NONE, False)])
def test_the_deletion_protection_of_a_member(gathered, own, expected, of_all):
    text = TEMPLATE % (f"DeletionProtection: {of_all}", f"DeletionProtection: {own}")
    snapshot = gathered(text, controls=["rds-deletion-protection"])
    (cluster,) = snapshot.all(DBCluster, "000000009999")
    assert (cluster.deletion_protection, cluster.global_cluster) == (expected, "Global")


@pytest.mark.parametrize("of_all", [True, False])
@pytest.mark.parametrize(("own", "outcome"), [(True, "pass"), (False, "fail")])
def test_a_member_in_a_plan(tmp_path, of_all, own, outcome):
    plan = PlanBuilder()
    settings = {"engine": "aurora-mysql", "storage_encrypted": of_all}
    plan.add("aws_rds_global_cluster.g", {"global_cluster_identifier": "g", **settings}, ["id"])
    plan.add(
        "aws_rds_cluster.m",
        {"engine": "aurora-mysql", "global_cluster_identifier": "g", "storage_encrypted": own},
        ["id", "arn"],
    )
    assert outcomes(tmp_path, plan, "rds-encryption") == {"aws_rds_cluster.m": outcome}
