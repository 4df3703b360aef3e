"""Databases, identity, storage and services of Terraform plans: passes, fails and defaults."""

import json

import pytest

from cloudpack_baseline import Baseline
from sources.terraform.plans import PlanBuilder, outcomes

PRODUCTION = Baseline.from_mapping(
    {
        "controls": {
            "rds-multi-az": {"databases": ["*"]},
            "rds-deletion-protection": {"databases": ["*"]},
            "log-retention": {"log_groups": ["*"]},
        }
    }
)


def one(address, outcome, control, **values):
    """A resource, its values, the control and the outcome."""
    return pytest.param(address, values, control, outcome, id=f"{control} {outcome} {address}")


DATABASE = {"identifier": "d", "engine": "mysql", "engine_version": "8.0.40"}
CLUSTER = {"cluster_identifier": "c", "engine": "aurora-mysql"}
GROUP = {"replication_group_id": "r", "engine": "redis", "description": "d"}
TRAIL = {"name": "t", "s3_bucket_name": "logs", "enable_logging": True}
KEY = {"key_usage": "ENCRYPT_DECRYPT", "customer_master_key_spec": "SYMMETRIC_DEFAULT"}

ROWS = [
    one("aws_db_instance.d", "pass", "rds-encryption", **DATABASE, storage_encrypted=True),
    one("aws_db_instance.d", "fail", "rds-encryption", **DATABASE, storage_encrypted=False),
    one("aws_db_instance.d", "fail", "rds-encryption", **DATABASE, storage_encrypted=None),
    one("aws_db_instance.d", "fail", "rds-encryption", **DATABASE),
    one("aws_rds_cluster.c", "pass", "rds-encryption", **CLUSTER, storage_encrypted=True),
    one("aws_rds_cluster.c", "fail", "rds-encryption", **CLUSTER, storage_encrypted=False),
    one("aws_db_instance.d", "fail", "rds-backup", **DATABASE),
    one("aws_db_instance.d", "fail", "rds-backup", **DATABASE, backup_retention_period=0),
    one("aws_db_instance.d", "pass", "rds-backup", **DATABASE, backup_retention_period=35),
    one("aws_rds_cluster.c", "pass", "rds-backup", **CLUSTER, backup_retention_period=35),
    one("aws_db_instance.d", "fail", "rds-public-access", **DATABASE, publicly_accessible=True),
    one("aws_db_instance.d", "pass", "rds-multi-az", **DATABASE, multi_az=True),
    one("aws_db_instance.d", "fail", "rds-multi-az", **DATABASE),
    one(
        "aws_db_instance.d", "pass", "rds-deletion-protection", **DATABASE, deletion_protection=True
    ),
    one("aws_db_instance.d", "fail", "rds-deletion-protection", **DATABASE),
    one("aws_db_instance.d", "pass", "rds-auto-minor-version", **DATABASE),
    one(
        "aws_db_instance.d",
        "fail",
        "rds-auto-minor-version",
        **DATABASE,
        auto_minor_version_upgrade=False,
    ),
    one(
        "aws_elasticache_replication_group.r",
        "pass",
        "elasticache-encryption",
        **GROUP,
        at_rest_encryption_enabled=True,
        transit_encryption_enabled=True,
    ),
    one("aws_elasticache_replication_group.r", "fail", "elasticache-encryption", **GROUP),
    one("aws_kms_key.k", "pass", "kms-key-rotation", **KEY, enable_key_rotation=True),
    one("aws_kms_key.k", "fail", "kms-key-rotation", **KEY),
    one(
        "aws_cloudtrail.t",
        "pass",
        "cloudtrail-log-integrity",
        **TRAIL,
        enable_log_file_validation=True,
    ),
    one("aws_cloudtrail.t", "fail", "cloudtrail-log-integrity", **TRAIL),
    one(
        "aws_ecr_repository.r",
        "pass",
        "ecr-scan-on-push",
        name="r",
        image_scanning_configuration=[{"scan_on_push": True}],
    ),
    one("aws_ecr_repository.r", "fail", "ecr-scan-on-push", name="r"),
    one("aws_ebs_volume.v", "pass", "ebs-encryption", encrypted=True, availability_zone="a"),
    one("aws_ebs_volume.v", "fail", "ebs-encryption", availability_zone="a"),
    one("aws_cloudwatch_log_group.g", "fail", "log-retention", name="g", retention_in_days=1),
    one("aws_s3_bucket.b", "pass", "s3-versioning", bucket="b", versioning=[{"enabled": True}]),
    one("aws_s3_bucket.b", "fail", "s3-versioning", bucket="b", versioning=[{"enabled": False}]),
    one("aws_s3_bucket.b", "fail", "s3-versioning", bucket="b"),
    one("aws_s3_bucket.b", "fail", "s3-exposure", bucket="b", acl="public-read"),
    one("aws_s3_bucket.b", "fail", "s3-acl-disabled", bucket="b", acl="public-read"),
    one("aws_s3_bucket.b", "pass", "s3-exposure", bucket="b"),
    one(
        "aws_s3_bucket.b", "fail", "s3-website", bucket="b", website=[{"index_document": "i.html"}]
    ),
    one("aws_s3_bucket.b", "fail", "s3-access-logging", bucket="b"),
]


@pytest.mark.parametrize(("address", "values", "control", "outcome"), ROWS)
def test_a_resource_is_judged(tmp_path, address, values, control, outcome):
    plan = PlanBuilder().add(address, values, ["id", "arn"])
    assert outcomes(tmp_path, plan, control, PRODUCTION)[address] == outcome


GRANT = {
    "grantee": [{"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"}],
    "permission": "READ",
}


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"acl": "public-read"}, "fail"),
        ({"access_control_policy": [{"grant": [GRANT], "owner": [{"id": "x"}]}]}, "fail"),
    ],
)
def test_an_acl_of_its_own(tmp_path, values, outcome):
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    plan.add("aws_s3_bucket_acl.b", values, ["bucket"], {"bucket": ["aws_s3_bucket.b.id"]})
    plan.add(
        "aws_s3_bucket_public_access_block.b",
        {"bucket": "b", "block_public_acls": False, "ignore_public_acls": False},
    )
    plan.add(
        "aws_s3_bucket_ownership_controls.b",
        {"bucket": "b", "rule": [{"object_ownership": "BucketOwnerPreferred"}]},
    )
    assert outcomes(tmp_path, plan, "s3-exposure")["aws_s3_bucket.b"] == outcome


def test_a_part_of_an_unknown_bucket_may_belong_to_any_without_it(tmp_path):
    plan = PlanBuilder()
    plan.add("aws_s3_bucket.a", {"bucket": "a"}, ["id"])
    plan.add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    versioning = {"versioning_configuration": [{"status": "Enabled"}]}
    plan.add("aws_s3_bucket_versioning.a", versioning | {"bucket": "a"})
    plan.add("aws_s3_bucket_versioning.x", versioning, ["bucket"], {"bucket": ["local.bucket"]})
    assert outcomes(tmp_path, plan, "s3-versioning") == {
        "aws_s3_bucket.a": "pass",
        "aws_s3_bucket.b": "unknown",
    }


ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
ANYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
ROLE = {"name": "r", "assume_role_policy": TRUST}


def role(**values):
    return PlanBuilder().add("aws_iam_role.r", ROLE | values, ["id", "arn"])


def attached(plan):
    plan.add("aws_iam_role_policy_attachment.a", {"role": "r", "policy_arn": ADMIN})


def inline(plan):
    plan.add(
        "aws_iam_role_policy.a",
        {"policy": ANYTHING, "name": "p"},
        ["role"],
        {"role": ["aws_iam_role.r.id"]},
    )


def managed(plan):
    plan.add("aws_iam_policy.p", {"name": "p", "policy": ANYTHING, "path": "/"}, ["id", "arn"])
    plan.add(
        "aws_iam_role_policy_attachment.a",
        {"role": "r"},
        ["policy_arn"],
        {"policy_arn": ["aws_iam_policy.p.arn"]},
    )


def several(plan):
    plan.add(
        "aws_iam_policy_attachment.a",
        {"name": "a", "roles": ["r"], "policy_arn": ADMIN},
    )


@pytest.mark.parametrize("attach", [attached, inline, managed, several])
def test_policies_of_a_role(tmp_path, attach):
    plan = role()
    attach(plan)
    assert outcomes(tmp_path, plan, "admin-privileges")["aws_iam_role.r"] == "fail"


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({}, "pass"),
        ({"managed_policy_arns": [ADMIN]}, "fail"),
        ({"inline_policy": [{"name": "p", "policy": ANYTHING}]}, "fail"),
        ({"inline_policy": [{}]}, "pass"),
    ],
)
def test_policies_in_a_role(tmp_path, values, outcome):
    assert outcomes(tmp_path, role(**values), "admin-privileges")["aws_iam_role.r"] == outcome


def test_an_attachment_to_an_unknown_role_may_be_about_any(tmp_path):
    plan = role()
    plan.add(
        "aws_iam_role_policy_attachment.a",
        {"policy_arn": ADMIN},
        ["role"],
        {"role": ["local.role"]},
    )
    assert outcomes(tmp_path, plan, "admin-privileges")["aws_iam_role.r"] == "unknown"


PASSWORDS = {
    "minimum_password_length": 14,
    "require_symbols": True,
    "require_numbers": True,
    "require_uppercase_characters": True,
    "require_lowercase_characters": True,
    "max_password_age": 90,
    "password_reuse_prevention": 24,
}


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        (PASSWORDS, {"pass"}),
        (PASSWORDS | {"minimum_password_length": 6}, {"fail"}),
        (None, {"not applicable"}),
    ],
)
def test_the_password_policy_of_the_account(tmp_path, values, outcome):
    plan = PlanBuilder()
    if values is not None:
        plan.add("aws_iam_account_password_policy.p", values)
    assert set(outcomes(tmp_path, plan, "password-policy").values()) == outcome


ELSEWHERE = [
    (
        "s3-public-access-block",
        "aws_s3_bucket_public_access_block.p",
        dict.fromkeys(("block_public_acls", "block_public_policy"), False),
        {"bucket": ["aws_s3_bucket.other.id"]},
    ),
    (
        "s3-versioning",
        "aws_s3_bucket_versioning.p",
        {"versioning_configuration": [{"status": "Suspended"}]},
        {"bucket": ["aws_s3_bucket.other.id"]},
    ),
    (
        "s3-versioning",
        "aws_s3_bucket_versioning.p",
        {"versioning_configuration": [{"status": "Suspended"}]},
        {"bucket": ["local.bucket"]},
    ),
    (
        "s3-exposure",
        "aws_s3_bucket_acl.p",
        {"acl": "public-read"},
        {"bucket": ["aws_s3_bucket.other.id"]},
    ),
    (
        "s3-acl-disabled",
        "aws_s3_bucket_acl.p",
        {"acl": "public-read"},
        {"bucket": ["data.aws_s3_bucket.other.id"]},
    ),
    (
        "admin-privileges",
        "aws_iam_role_policy.p",
        {"policy": ANYTHING, "name": "p"},
        {"role": ["aws_iam_role.other.id"]},
    ),
    (
        "admin-privileges",
        "aws_iam_role_policy_attachment.p",
        {"policy_arn": ADMIN},
        {"role": ["aws_iam_role.other.name"]},
    ),
    ("admin-privileges", "aws_iam_policy.p", {"policy": ANYTHING, "name": "p"}, {}),
    (
        "open-security-groups",
        "aws_security_group_rule.p",
        {
            "type": "ingress",
            "protocol": "tcp",
            "from_port": 22,
            "to_port": 22,
            "cidr_blocks": ["0.0.0.0/0"],
        },
        {"security_group_id": ["aws_security_group.other.id"]},
    ),
    (
        "load-balancer-tls",
        "aws_lb_listener.p",
        {"port": 80, "protocol": "HTTP", "default_action": [{"type": "forward"}]},
        {"load_balancer_arn": ["aws_lb.other.arn"]},
    ),
]


@pytest.mark.parametrize(("control", "address", "values", "references"), ELSEWHERE)
def test_a_part_of_something_elsewhere_fails_where_it_is_enough(
    tmp_path, control, address, values, references
):
    plan = PlanBuilder().add(address, values, list(references), references)
    assert "fail" in outcomes(tmp_path, plan, control).values()


def test_a_part_of_something_elsewhere_does_not_pass(tmp_path):
    plan = PlanBuilder().add(
        "aws_s3_bucket_versioning.p",
        {"versioning_configuration": [{"status": "Enabled"}], "bucket": "other"},
    )
    for control in ("s3-versioning", "s3-exposure", "s3-access-logging", "s3-encryption"):
        assert "pass" not in outcomes(tmp_path, plan, control).values()
        assert "fail" not in outcomes(tmp_path, plan, control).values()


ACCOUNT_SETTINGS = [
    (
        "security-contact",
        "aws_account_alternate_contact.c",
        {"alternate_contact_type": "SECURITY", "email_address": "security@example.com"},
        {"pass"},
    ),
    (
        "security-contact",
        "aws_account_alternate_contact.c",
        {"alternate_contact_type": "BILLING", "email_address": "billing@example.com"},
        {"not applicable"},
    ),
    (
        "domain-lock",
        "aws_route53domains_registered_domain.d",
        {"domain_name": "example.com", "expiration_date": "2099-01-01T00:00:00Z"},
        {"pass"},
    ),
    (
        "domain-lock",
        "aws_route53domains_registered_domain.d",
        {"domain_name": "example.com", "transfer_lock": False},
        {"fail"},
    ),
    ("domain-lock", "aws_route53domains_registered_domain.d", {"domain_name": "a.com"}, {"pass"}),
    ("daily-backup", "aws_dynamodb_table.t", {"name": "t"}, {"fail"}),
    (
        "daily-backup",
        "aws_dynamodb_table.t",
        {"name": "t", "point_in_time_recovery": [{"enabled": True}]},
        {"pass"},
    ),
    ("daily-backup", "aws_elasticache_cluster.c", {"engine": "redis"}, {"fail"}),
    (
        "daily-backup",
        "aws_elasticache_replication_group.c",
        {"engine": "valkey", "snapshot_retention_limit": 7},
        {"pass"},
    ),
    (
        "daily-backup",
        "aws_elasticache_serverless_cache.c",
        {"engine": "valkey", "name": "c", "snapshot_retention_limit": 0},
        {"fail"},
    ),
]


@pytest.mark.parametrize(("control", "address", "values", "expected"), ACCOUNT_SETTINGS)
def test_settings_that_only_terraform_makes(tmp_path, control, address, values, expected):
    plan = PlanBuilder().add(address, values)
    assert set(outcomes(tmp_path, plan, control).values()) == expected


def test_a_listener_without_a_protocol_listens_for_http(tmp_path):
    plan = PlanBuilder().add("aws_lb.b", {"name": "b"}, ["id", "arn"])
    plan.add(
        "aws_lb_listener.l",
        {"port": 80, "default_action": [{"type": "forward"}]},
        ["load_balancer_arn", "protocol"],
        {"load_balancer_arn": ["aws_lb.b.arn"]},
    )
    assert outcomes(tmp_path, plan, "load-balancer-tls")["aws_lb.b"] == "fail"


@pytest.mark.parametrize(
    ("principal", "outcome"), [("*", "fail"), ("arn:aws:iam::000000009999:root", "pass")]
)
def test_the_policy_of_the_data_catalog(tmp_path, principal, outcome):
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "glue:GetTable"}
    policy = json.dumps({"Statement": [statement | {"Resource": "*"}]})
    plan = PlanBuilder().add("aws_glue_resource_policy.p", {"policy": policy})
    assert set(outcomes(tmp_path, plan, "resource-sharing").values()) == {outcome}


COPIES = "arn:aws:backup:{}:000000009999:backup-vault:copies"


@pytest.mark.parametrize(
    ("rule", "unknown", "outcome"),
    [
        ({}, {}, "not applicable"),
        (
            {"copy_action": [{"destination_vault_arn": COPIES.format("ap-northeast-3")}]},
            {},
            "pass",
        ),
        ({"copy_action": [{"destination_vault_arn": COPIES.format("us-east-1")}]}, {}, "fail"),
        (
            {"target_logically_air_gapped_backup_vault_arn": COPIES.format("us-east-1")},
            {},
            "fail",
        ),
        ({"copy_action": [{}]}, {"copy_action": [{"destination_vault_arn": True}]}, "unknown"),
        ({}, {"copy_action": True}, "unknown"),
    ],
)
def test_where_a_backup_plan_copies_to(tmp_path, rule, unknown, outcome):
    values = {"name": "p", "rule": [{"rule_name": "r", "target_vault_name": "v"} | rule]}
    plan = PlanBuilder().add("aws_backup_plan.p", values, {"id": True, "rule": [unknown]})
    assert set(outcomes(tmp_path, plan, "backup-copy-destination").values()) == {outcome}


ZONES = ("route53-query-logging", "route53-dnssec")
ALL_ZONES = {name: {"zones": ["*"]} for name in ZONES}
ALL_ZONES["route53-dnssec"]["delegated"] = ["example.com"]


@pytest.mark.parametrize("attribute", ["id", "zone_id"])
def test_what_is_added_to_a_zone_names_it_by_either_attribute(tmp_path, attribute):
    reference = [f"aws_route53_zone.z.{attribute}"]
    plan = PlanBuilder().add("aws_route53_zone.z", {"name": "example.com"}, ["id", "zone_id"])
    for type_, name, values in (
        ("aws_route53_query_log", "zone_id", {"cloudwatch_log_group_arn": "arn:aws:logs:l"}),
        ("aws_route53_key_signing_key", "hosted_zone_id", {"name": "k"}),
        ("aws_route53_hosted_zone_dnssec", "hosted_zone_id", {}),
    ):
        plan.add(f"{type_}.x", values, [name], {name: reference})
    baseline = Baseline.from_mapping({"controls": ALL_ZONES})
    for control in ZONES:
        assert outcomes(tmp_path, plan, control, baseline) == {"aws_route53_zone.z": "pass"}


def test_an_inactive_key_signing_key_signs_nothing(tmp_path):
    plan = PlanBuilder().add("aws_route53_zone.z", {"name": "example.com", "zone_id": "Z"})
    plan.add("aws_route53_hosted_zone_dnssec.d", {"hosted_zone_id": "Z"})
    plan.add("aws_route53_key_signing_key.k", {"hosted_zone_id": "Z", "status": "INACTIVE"})
    baseline = Baseline.from_mapping({"controls": ALL_ZONES})
    assert outcomes(tmp_path, plan, "route53-dnssec", baseline) == {"aws_route53_zone.z": "fail"}


@pytest.mark.parametrize(
    ("values", "references", "outcome"),
    [
        ({"signing_status": "SIGNING"}, {}, "pass"),
        ({"signing_status": "NOT_SIGNING"}, {}, "fail"),
        ({}, {}, "pass"),
        ({}, {"signing_status": ["terraform_data.stage.output"]}, "unknown"),
    ],
)
def test_whether_a_zone_is_signed(tmp_path, values, references, outcome):
    zone = {"hosted_zone_id": ["aws_route53_zone.z.zone_id"]}
    plan = PlanBuilder().add("aws_route53_zone.z", {"name": "example.com"}, ["id", "zone_id"])
    plan.add("aws_route53_key_signing_key.k", {"name": "k"}, [*zone], zone)
    references = zone | references
    plan.add("aws_route53_hosted_zone_dnssec.d", values, [*references], references)
    baseline = Baseline.from_mapping({"controls": ALL_ZONES})
    assert outcomes(tmp_path, plan, "route53-dnssec", baseline) == {"aws_route53_zone.z": outcome}


@pytest.mark.parametrize(("status", "outcome"), [("ENABLED", "pass"), ("DISABLED", "fail")])
def test_the_backup_policy_of_a_file_system(tmp_path, status, outcome):
    plan = PlanBuilder().add("aws_efs_file_system.f", {"encrypted": True}, ["id", "arn"])
    plan.add(
        "aws_efs_backup_policy.f",
        {"backup_policy": [{"status": status}]},
        ["id", "file_system_id"],
        {"file_system_id": ["aws_efs_file_system.f.id"]},
    )
    assert outcomes(tmp_path, plan, "daily-backup") == {"aws_efs_file_system.f": outcome}


@pytest.mark.parametrize(
    ("values", "unknown", "outcome"),
    [
        ({"availability_zone_name": "ap-northeast-1a"}, [], "pass"),
        # The provider computes it: a Regional file system has none.
        ({"availability_zone_name": ""}, [], "fail"),
        ({}, ["availability_zone_name"], "fail"),
    ],
)
def test_a_one_zone_file_system_is_backed_up_by_default(tmp_path, values, unknown, outcome):
    plan = PlanBuilder().add("aws_efs_file_system.f", values, ["id", "arn", *unknown])
    assert outcomes(tmp_path, plan, "daily-backup") == {"aws_efs_file_system.f": outcome}


@pytest.mark.parametrize(
    ("type_", "values", "unknown", "outcome"),
    [
        ("windows", {"automatic_backup_retention_days": 0}, [], "fail"),
        ("windows", {}, [], "pass"),  # the provider keeps them for 7 days by default
        ("ontap", {"automatic_backup_retention_days": 0}, [], "fail"),
        ("ontap", {"automatic_backup_retention_days": 30}, [], "pass"),
        # What the provider computes is the default of AWS.
        ("openzfs", {}, ["automatic_backup_retention_days"], "pass"),
        ("lustre", {"deployment_type": "SCRATCH_2"}, [], "not applicable"),
        ("lustre", {"deployment_type": "PERSISTENT_1"}, [], "fail"),
    ],
)
def test_the_backups_of_an_fsx_file_system(tmp_path, type_, values, unknown, outcome):
    address = f"aws_fsx_{type_}_file_system.f"
    plan = PlanBuilder().add(address, values, ["id", "arn", *unknown])
    assert outcomes(tmp_path, plan, "daily-backup") == {address: outcome}


@pytest.mark.parametrize(("is_attached", "outcome"), [(True, "fail"), (False, "not applicable")])
def test_a_policy_of_the_organization_that_is_attached(tmp_path, is_attached, outcome):
    opt_in = {"default": {"opt_out_policy": {"@@assign": "optIn"}}}
    values = {
        "name": "ai",
        "type": "AISERVICES_OPT_OUT_POLICY",
        "content": json.dumps({"services": opt_in}),
    }
    plan = PlanBuilder().add("aws_organizations_policy.ai", values, ["id", "arn"])
    if is_attached:
        plan.add(
            "aws_organizations_policy_attachment.ai",
            {"target_id": "r-abcd"},
            ["id", "policy_id"],
            {"policy_id": ["aws_organizations_policy.ai.id"]},
        )
    assert set(outcomes(tmp_path, plan, "ai-services-opt-out").values()) == {outcome}


TASKS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
SHELL = {
    "Effect": "Allow",
    "Action": "ecs:ExecuteCommand",
    "Resource": ["arn:aws:ecs:*:*:cluster/app", "arn:aws:ecs:*:*:task/app/*"],
}


@pytest.mark.parametrize(("is_open", "outcome"), [(True, "fail"), (False, "pass")])
def test_ecs_exec_leads_to_the_role_of_a_service(tmp_path, is_open, outcome):
    plan = PlanBuilder()
    administrator = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    trust = json.dumps(TASKS)
    role = {"name": "boss", "assume_role_policy": trust, "managed_policy_arns": administrator}
    plan.add("aws_iam_role.boss", role, ("arn",))
    plan.add("aws_ecs_cluster.app", {"name": "app"}, ("arn", "id"))
    plan.add(
        "aws_ecs_task_definition.web",
        {"family": "web"},
        ("arn", "id", "task_role_arn"),
        {"task_role_arn": ["aws_iam_role.boss.arn"]},
    )
    plan.add(
        "aws_ecs_service.web",
        {"name": "web", "enable_execute_command": is_open},
        ("id", "cluster", "task_definition"),
        {
            "cluster": ["aws_ecs_cluster.app.id"],
            "task_definition": ["aws_ecs_task_definition.web.arn"],
        },
    )
    plan.add("aws_iam_user.ops", {"name": "ops"}, ("arn",))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [SHELL]})
    plan.add("aws_iam_user_policy.exec", {"name": "exec", "user": "ops", "policy": policy})
    assert outcomes(tmp_path, plan, "admin-privileges")["aws_iam_user.ops"] == outcome


@pytest.mark.parametrize(
    ("address", "attribute", "control"),
    [
        ("aws_s3_bucket_policy.p", "bucket", "s3-tls-only"),
        ("aws_sqs_queue_policy.p", "queue_url", "resource-sharing"),
        ("aws_sns_topic_policy.p", "arn", "resource-sharing"),
        ("aws_secretsmanager_secret_policy.p", "secret_arn", "resource-sharing"),
        ("aws_kinesis_resource_policy.p", "resource_arn", "resource-sharing"),
    ],
)
def test_a_policy_of_a_resource_that_is_not_known(tmp_path, address, attribute, control):
    """Nothing of its type is in the plan, so that it is about something elsewhere."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    unknown, references = ["id", attribute], {attribute: ["local.name"]}
    plan = PlanBuilder().add(address, {"policy": policy}, unknown, references)
    assert "fail" in outcomes(tmp_path, plan, control).values()


@pytest.mark.parametrize(
    ("kind", "name"), [("domain", {"domain": "shop"}), ("repository", {"repository": "npm"})]
)
@pytest.mark.parametrize(("effect", "outcome"), [("Allow", "fail"), ("Deny", "pass")])
def test_a_policy_of_packages(tmp_path, kind, name, effect, outcome):
    statement = {"Effect": effect, "Principal": "*", "Action": "codeartifact:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    values = name | {"domain": "shop"}
    plan = PlanBuilder().add(f"aws_codeartifact_{kind}.x", values, ["id", "arn"])
    plan.add(
        f"aws_codeartifact_{kind}_permissions_policy.x",
        values | {"policy_document": policy},
        ["id"],
    )
    assert set(outcomes(tmp_path, plan, "resource-sharing").values()) == {outcome}


def test_repositories_of_one_name_in_two_domains(tmp_path):
    """A policy could be about either."""
    plan = PlanBuilder()
    for domain in ("shop", "blog"):
        values = {"repository": "npm", "domain": domain}
        plan.add(f"aws_codeartifact_repository.{domain}", values, ["id", "arn"])
    assert "unknown" in outcomes(tmp_path, plan, "resource-sharing").values()


@pytest.mark.parametrize(("principal", "outcome"), [("*", "fail"), (None, "not applicable")])
def test_the_access_policy_of_a_vault_of_archives(tmp_path, principal, outcome):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "glacier:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    values = {"name": "archives"} | ({"access_policy": policy} if principal else {})
    plan = PlanBuilder().add("aws_glacier_vault.v", values, ["id", "arn"])
    assert list(outcomes(tmp_path, plan, "resource-sharing").values()) == [outcome]


@pytest.mark.parametrize(
    ("kind", "name", "policy_kind", "policy_name"),
    [
        ("schemas_registry", "name", "schemas_registry_policy", "registry_name"),
        ("sesv2_email_identity", "email_identity", "sesv2_email_identity_policy", "email_identity"),
        ("ses_domain_identity", "domain", "ses_identity_policy", "identity"),
        ("ses_email_identity", "email", "ses_identity_policy", "identity"),
    ],
)
def test_policies_of_registries_and_email_identities(
    tmp_path, kind, name, policy_kind, policy_name
):
    def judged(effect, *, alone=False):
        statement = {"Effect": effect, "Principal": "*", "Action": "*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        plan = PlanBuilder()
        if not alone:
            plan.add(f"aws_{kind}.x", {name: "shop.example"}, ["id", "arn"])
        values = {policy_name: "shop.example", "policy": policy}
        if "ses" in policy_kind:
            values |= {"policy_name": "one", "name": "one"}
        plan.add(f"aws_{policy_kind}.x", values, ["id"])
        return list(outcomes(tmp_path, plan, "resource-sharing").values())

    assert judged("Allow") == ["fail"]
    assert judged("Allow", alone=True) == ["fail"]
    assert judged("Deny") == ["pass"]


def test_several_policies_of_an_email_identity(tmp_path):
    plan = PlanBuilder().add("aws_ses_email_identity.x", {"email": "a@example.jp"}, ["id", "arn"])
    for effect in ("Deny", "Allow"):
        statement = {"Effect": effect, "Principal": "*", "Action": "ses:Send*", "Resource": "*"}
        action = {"Action": "ses:SendRawEmail"} if effect == "Deny" else {}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement | action]})
        values = {"identity": "a@example.jp", "name": effect, "policy": policy}
        plan.add(f"aws_ses_identity_policy.{effect.lower()}", values, ["id"])
    assert list(outcomes(tmp_path, plan, "resource-sharing").values()) == ["fail"]


@pytest.mark.parametrize("names", [[None, None], ["equal", "equal"]], ids=["unknown", "equal"])
def test_no_policy_of_an_email_identity_replaces_another(tmp_path, names):
    plan = PlanBuilder().add("aws_ses_email_identity.x", {"email": "a@example.jp"}, ["id", "arn"])
    for effect, name in zip(("Allow", "Deny"), names, strict=True):
        statement = {"Effect": effect, "Principal": "*", "Action": "ses:Send*", "Resource": "*"}
        if effect == "Deny":
            statement["Action"] = "ses:SendRawEmail"
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        values = {"identity": "a@example.jp", "policy": policy}
        known = {} if name is None else {"name": name}
        unknown = ["id", "name"] if name is None else ["id"]
        plan.add(f"aws_ses_identity_policy.{effect.lower()}", values | known, unknown)
    assert list(outcomes(tmp_path, plan, "resource-sharing").values()) == ["fail"]


def test_a_permission_for_a_function_that_is_not_known(tmp_path):
    values = {"action": "lambda:InvokeFunction", "principal": "*"}
    unknown, references = ["id", "function_name"], {"function_name": ["local.name"]}
    plan = PlanBuilder().add("aws_lambda_permission.p", values, unknown, references)
    assert "fail" in outcomes(tmp_path, plan, "resource-sharing").values()


@pytest.mark.parametrize(
    ("defaults", "options", "outcome"),
    [
        ({"http_tokens": "required"}, None, "pass"),
        ({"http_endpoint": "disabled"}, None, "pass"),
        ({"http_tokens": "optional"}, None, "fail"),
        ({"http_put_response_hop_limit": 1}, None, "fail"),
        ({"http_tokens": "required"}, {"http_tokens": "optional"}, "fail"),
    ],
)
def test_the_account_decides_options_that_are_not_set(tmp_path, defaults, options, outcome):
    plan = PlanBuilder().add("aws_ec2_instance_metadata_defaults.d", defaults, ["id"])
    given = {} if options is None else {"metadata_options": [options]}
    plan.add("aws_instance.web", {"ami": "ami-1", **given}, ["id"])
    plan.add("aws_launch_template.web", {"image_id": "ami-1", "name": "web", **given}, ["id"])
    judged = outcomes(tmp_path, plan, "imdsv2")
    assert {address.partition(".")[0]: judged[address] for address in judged} == {
        "aws_instance": outcome,
        "aws_launch_template": outcome,
    }


@pytest.mark.parametrize(("tokens", "outcome"), [("required", "pass"), ("optional", "unknown")])
def test_a_declarative_policy_may_set_other_defaults_than_the_account(tmp_path, tokens, outcome):
    plan = PlanBuilder().add("aws_instance.web", {"ami": "ami-1"}, ["id"])
    attributes = {"instance_metadata_defaults": {"http_tokens": {"@@assign": tokens}}}
    content = json.dumps({"ec2_attributes": attributes})
    policy = {"name": "p", "type": "DECLARATIVE_POLICY_EC2", "content": content}
    plan.add("aws_organizations_policy.p", policy, ["id", "arn"])
    plan.add(
        "aws_organizations_policy_attachment.p",
        {"target_id": "r-abcd"},
        ["id", "policy_id"],
        {"policy_id": ["aws_organizations_policy.p.id"]},
    )
    plan.add("aws_ec2_instance_metadata_defaults.d", {"http_tokens": "required"}, ["id"])
    assert outcomes(tmp_path, plan, "imdsv2") == {"aws_instance.web": outcome}


@pytest.mark.parametrize(
    ("accounts", "outcome"),
    [("All", "fail"), ("123456789012, 210987654321", "fail"), ("", "pass")],
)
def test_a_document_is_shared_by_its_permissions(tmp_path, accounts, outcome):
    values = {"name": "d", "document_type": "Command", "content": "{}"}
    if accounts:
        values["permissions"] = {"type": "Share", "account_ids": accounts}
    plan = PlanBuilder().add("aws_ssm_document.d", values, ["id", "arn"])
    assert outcomes(tmp_path, plan, "resource-sharing") == {"aws_ssm_document.d": outcome}


def test_it_is_not_known_whom_a_document_is_shared_with(tmp_path):
    values = {"name": "d", "document_type": "Command", "permissions": {"type": "Share"}}
    unknown = {"id": True, "permissions": {"account_ids": True}}
    references = {"permissions": ["var.accounts"]}
    plan = PlanBuilder().add("aws_ssm_document.d", values, unknown, references)
    assert outcomes(tmp_path, plan, "resource-sharing") == {"aws_ssm_document.d": "unknown"}


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("aws_codebuild_project", {}, "pass"),
        ("aws_codebuild_project", {"project_visibility": "PRIVATE"}, "pass"),
        ("aws_codebuild_project", {"project_visibility": "PUBLIC_READ"}, "fail"),
        ("aws_vpc_endpoint_service", {"allowed_principals": []}, "pass"),
        ("aws_vpc_endpoint_service", {"allowed_principals": ["*"]}, "fail"),
        (
            "aws_vpc_endpoint_service",
            {"allowed_principals": ["*"], "acceptance_required": True},
            "pass",
        ),
        ("aws_servicecatalog_portfolio", {}, "pass"),
    ],
)
def test_what_projects_services_and_portfolios_share(tmp_path, kind, values, expected):
    plan = PlanBuilder().add(f"{kind}.x", {"name": "x"} | values, ["id", "arn"])
    assert list(outcomes(tmp_path, plan, "resource-sharing").values()) == [expected]


@pytest.mark.parametrize("alone", [False, True])
def test_a_principal_of_an_endpoint_service(tmp_path, alone):
    plan = PlanBuilder()
    permission = {"principal_arn": "arn:aws:iam::210987654321:root"}
    if alone:
        permission |= {"vpc_endpoint_service_id": "vpce-svc-1"}
        plan.add("aws_vpc_endpoint_service_allowed_principal.x", permission, ["id"])
    else:
        plan.add("aws_vpc_endpoint_service.x", {"acceptance_required": False}, ["id", "arn"])
        plan.add(
            "aws_vpc_endpoint_service_allowed_principal.x",
            permission,
            ["id", "vpc_endpoint_service_id"],
            {"vpc_endpoint_service_id": ["aws_vpc_endpoint_service.x.id"]},
        )
    assert list(outcomes(tmp_path, plan, "resource-sharing").values()) == ["fail"]


@pytest.mark.parametrize(
    ("kind", "expected"), [("ACCOUNT", "fail"), ("ORGANIZATION", "pass"), (None, "unknown")]
)
def test_the_share_of_a_portfolio(tmp_path, kind, expected):
    plan = PlanBuilder().add("aws_servicecatalog_portfolio.x", {"name": "x"}, ["id", "arn"])
    share = {"principal_id": "210987654321"} | ({"type": kind} if kind else {})
    plan.add(
        "aws_servicecatalog_portfolio_share.x",
        share,
        ["id", "portfolio_id"] if kind else ["id", "portfolio_id", "type"],
        {"portfolio_id": ["aws_servicecatalog_portfolio.x.id"]}
        | ({} if kind else {"type": ["var.kind"]}),
    )
    assert list(outcomes(tmp_path, plan, "resource-sharing").values()) == [expected]


DECLARED_KEY = "arn:aws:kms:ap-northeast-1:000000009999:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("service", "attribute"), [("docdb", "kms_key_id"), ("neptune", "kms_key_arn")]
)
@pytest.mark.parametrize(("key", "outcome"), [(DECLARED_KEY, "pass"), (None, "fail")])
def test_the_key_of_a_cluster_of_documentdb_or_neptune(tmp_path, service, attribute, key, outcome):
    baseline = Baseline.from_mapping({"controls": {"rds-encryption": {"kms_keys": [DECLARED_KEY]}}})
    values = {"cluster_identifier": "c", "engine": service, "storage_encrypted": True}
    plan = PlanBuilder().add(
        f"aws_{service}_cluster.c", values | ({attribute: key} if key else {}), ["id", "arn"]
    )
    judged = outcomes(tmp_path, plan, "rds-encryption", baseline)
    assert judged[f"aws_{service}_cluster.c"] == outcome
