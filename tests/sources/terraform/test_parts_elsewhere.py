"""Parts of what a plan does not contain: judged as far as they can be, or unknown; never silent."""

import json

import pytest

from cloudpack_baseline import assess, gather_plan
from cloudpack_baseline.sources.terraform.description import NOT_SAID
from cloudpack_baseline.sources.terraform.types import terraform_types
from sources.terraform.plans import PlanBuilder

PLACE = "ap-northeast-1:111122223333"
POINT = f"arn:aws:s3:{PLACE}:accesspoint/ap"


def policy(action, resource="*", principal="*"):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    if principal is not None:
        statement["Principal"] = principal
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def judged_of(tmp_path, kind, values, **fields):
    """The applicable outcomes, by control, kind of the resource and its name."""
    builder = PlanBuilder()
    builder.add(f"{kind}.x", values, **fields)
    return {
        (finding.control, finding.resource.kind, finding.resource.name): finding.outcome.value
        for finding in assess(gather_plan(builder.write(tmp_path))).findings
        if finding.outcome.value != "not applicable"
    }


READS = policy("s3:GetObject", f"{POINT}/object/*")
SHARING = "resource-sharing"
PARTS = [
    (
        "aws_s3control_access_point_policy",
        {"access_point_arn": POINT, "policy": READS},
        ("s3-exposure", "AccessPoint", "ap"),
        "unknown",
    ),
    (
        "aws_s3control_access_point_policy",
        {
            "access_point_arn": POINT,
            "policy": policy("s3:GetObject", f"{POINT}/object/*", {"AWS": "000000009999"}),
        },
        ("s3-exposure", "AccessPoint", "ap"),
        "pass",
    ),
    (
        "aws_s3control_multi_region_access_point_policy",
        {"details": [{"name": "m", "policy": policy("s3:GetObject")}]},
        ("s3-exposure", "MultiRegionAccessPoint", "m"),
        "unknown",
    ),
    (
        "aws_s3_access_point",
        {"name": "ap", "bucket": "else", "policy": READS},
        ("s3-exposure", "AccessPoint", "ap"),
        "unknown",
    ),
    (
        "aws_api_gateway_rest_api_policy",
        {"rest_api_id": "abc", "policy": policy("execute-api:Invoke")},
        (SHARING, "RestApi", "abc"),
        "unknown",
    ),
    (
        "aws_opensearch_domain_policy",
        {"domain_name": "d", "access_policies": policy("es:ESHttpGet")},
        (SHARING, "OpenSearchDomain", "d"),
        "unknown",
    ),
    (
        "aws_opensearch_domain_policy",
        {
            "domain_name": "d",
            "access_policies": policy("es:ESHttpGet", principal={"AWS": "222233334444"}),
        },
        (SHARING, "OpenSearchDomain", "d"),
        "fail",
    ),
    (
        "aws_efs_file_system_policy",
        {"file_system_id": "fs-1", "policy": policy("elasticfilesystem:ClientMount")},
        (SHARING, "FileSystem", "fs-1"),
        "fail",
    ),
    (
        "aws_kms_grant",
        {"key_id": "1234", "grantee_principal": "arn:aws:iam::222233334444:root"},
        (SHARING, "KmsKey", "1234"),
        "fail",
    ),
    (
        "aws_route",
        {
            "route_table_id": "rtb-1",
            "destination_cidr_block": "0.0.0.0/0",
            "gateway_id": "igw-1",
        },
        ("route-restriction", "RouteTable", "rtb-1"),
        "unknown",
    ),
    (
        "aws_default_route_table",
        {
            "default_route_table_id": "rtb-1",
            "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}],
        },
        ("route-restriction", "RouteTable", "rtb-1"),
        "unknown",
    ),
    (
        "aws_default_route_table",
        {"default_route_table_id": "rtb-1", "route": []},
        ("route-restriction", "RouteTable", "rtb-1"),
        "pass",
    ),
    (
        "aws_network_acl_rule",
        {"network_acl_id": "acl-1", "rule_number": 1, "protocol": "-1", "rule_action": "allow"},
        ("network-acls", "NetworkAcl", "acl-1"),
        "pass",
    ),
    (
        "aws_default_network_acl",
        {"default_network_acl_id": "acl-1"},
        ("network-acls", "NetworkAcl", "acl-1"),
        "pass",
    ),
]


@pytest.mark.parametrize(("kind", "values", "resource", "outcome"), PARTS)
def test_a_part_of_what_is_elsewhere_is_said(tmp_path, kind, values, resource, outcome):
    judged = judged_of(tmp_path, kind, values)
    assert judged == {resource: outcome}


ROLE = ["aws_iam_role.r.arn"]
AFTER_APPLY = [
    (
        "aws_s3control_access_point_policy",
        {"access_point_arn": POINT},
        {"policy": True},
        {"policy": ROLE},
    ),
    (
        "aws_s3control_multi_region_access_point_policy",
        {"details": [{"name": "m"}]},
        {"details": [{"policy": True}]},
        {"details": [{"policy": ROLE}]},
    ),
]


@pytest.mark.parametrize(("kind", "values", "unknown", "references"), AFTER_APPLY)
def test_a_policy_that_is_known_after_apply_is_unknown(tmp_path, kind, values, unknown, references):
    judged = judged_of(tmp_path, kind, values, unknown=unknown, references=references)
    assert set(judged.values()) == {"unknown"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("aws_iam_role_policy", {"name": "x", "policy": policy("*", principal=None)}),
        (
            "aws_iam_role_policy_attachment",
            {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        ),
    ],
)
def test_whom_a_role_elsewhere_trusts_is_not_judged(tmp_path, kind, values):
    judged = judged_of(tmp_path, kind, {"role": "else", **values})
    assert judged == {("admin-privileges", "RoleDetail", "else"): "fail"}


GRANTEES = [("000000009999", "pass"), ("222233334444", "fail")]


@pytest.mark.parametrize(("account", "outcome"), GRANTEES)
def test_a_grant_belongs_to_its_key(tmp_path, account, outcome):
    builder = PlanBuilder()
    builder.add("aws_kms_key.it", {}, unknown=("id", "arn", "key_id", "policy"))
    builder.add(
        "aws_kms_grant.x",
        {"grantee_principal": f"arn:aws:iam::{account}:role/x"},
        unknown=("key_id",),
        references={"key_id": ["aws_kms_key.it.key_id"]},
    )
    findings = assess(gather_plan(builder.write(tmp_path)), controls=[SHARING]).findings
    (finding,) = (finding for finding in findings if finding.resource.kind == "KmsKey")
    assert finding.outcome.value == outcome


NEVER_ENOUGH = {
    "aws_alb_target_group": "targets are judged with their load balancer",
    "aws_autoscaling_group": "what it launches is not in the plan",
    "aws_cloudwatch_event_rule": "whom a rule notifies is judged after deployment",
    "aws_config_configuration_recorder": "what it records is not in the plan",
    "aws_db_instance": "a copy of backups only adds to those of the database",
    "aws_ec2_managed_prefix_list": "rules that name the list are unknown",
    "aws_elb": "a policy applies to listeners that are not in the plan",
    "aws_guardduty_detector": "whether the detector is enabled is not in the plan",
    "aws_lb_target_group": "targets are judged with their load balancer",
    "aws_organizations_policy": "the document is not in the plan",
    "aws_route53_zone": "whether the zone is public is not in the plan",
    "aws_vpc_endpoint": "its policy only restricts what passes it",
    "aws_wafv2_web_acl": "a rule group is not read",
}


def test_every_part_is_judged_without_its_whole_or_cannot_fail_alone():
    wholes = {whole for mapped in terraform_types().values() for whole in mapped.part_of}
    assert wholes - NOT_SAID.keys() == NEVER_ENOUGH.keys()


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("aws_sqs_queue_policy", "sqs:SendMessage"),
        ("aws_sns_topic_policy", "sns:Publish"),
        ("aws_secretsmanager_secret_policy", "secretsmanager:GetSecretValue"),
    ],
)
def test_a_policy_of_what_a_plan_does_not_name_is_judged(tmp_path, kind, action):
    assert set(judged_of(tmp_path, kind, {"policy": policy(action)}).values()) == {"fail"}
