"""Defaults of the AWS provider, dynamic blocks that are known after apply, and shared snapshots."""

import pytest

from cloudpack_baseline.sources.terraform.schema import DEFAULTS, NESTED_BLOCKS
from cloudpack_baseline.sources.terraform.types import terraform_types
from sources.terraform.plans import PlanBuilder, judge, outcomes

OTHER = "210987654321"
EGRESS = [{"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}]
INGRESS = [{"from_port": 3306, "to_port": 3306, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}]
NET = {"name": "g", "vpc_id": "vpc-1"}


def plan_of(address, values=None, unknown=("id", "arn"), references=None):
    return PlanBuilder().add(address, values, unknown, references)


def test_the_schema_is_of_types_that_are_read():
    read = terraform_types().keys() | {"aws_iam_policy_document"}
    assert {*DEFAULTS, *NESTED_BLOCKS} <= read


# Defaults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "values", "control", "outcome"),
    [
        ("aws_db_instance.d", {"engine": "mysql"}, "rds-auto-minor-version", "pass"),
        (
            "aws_db_instance.d",
            {"engine": "mysql", "auto_minor_version_upgrade": False},
            "rds-auto-minor-version",
            "fail",
        ),
        ("aws_db_instance.d", {"engine": "mysql"}, "rds-backup", "fail"),
        ("aws_kms_key.k", {}, "kms-key-rotation", "fail"),
        ("aws_kms_key.k", {"enable_key_rotation": True}, "kms-key-rotation", "pass"),
        (
            "aws_kms_key.k",
            {"custom_key_store_id": "cks-1"},
            "kms-key-rotation",
            "not applicable",
        ),
        (
            "aws_kms_key.k",
            {"custom_key_store_id": "cks-1", "xks_key_id": "x"},
            "kms-key-rotation",
            "not applicable",
        ),
        ("aws_guardduty_detector.g", {}, "guardduty", "pass"),
        ("aws_guardduty_detector.g", {"enable": False}, "guardduty", "fail"),
        ("aws_cloudtrail.t", {"name": "t"}, "cloudtrail-log-integrity", "fail"),
    ],
)
def test_an_argument_that_is_left_out_has_the_default_of_the_provider(
    tmp_path, address, values, control, outcome
):
    assert outcomes(tmp_path, plan_of(address, values), control)[address] == outcome


def test_a_value_that_is_known_after_apply_is_no_default(tmp_path):
    plan = plan_of(
        "aws_kms_key.k",
        {},
        ["enable_key_rotation"],
        {"enable_key_rotation": ["random_integer.x.result"]},
    )
    assert outcomes(tmp_path, plan, "kms-key-rotation") == {"aws_kms_key.k": "unknown"}


def test_the_region_of_a_resource_goes_before_that_of_its_provider(tmp_path):
    plan = plan_of("aws_kms_key.k", {"region": "eu-west-1"})
    finding = judge(tmp_path, plan, "kms-key-rotation")["aws_kms_key.k"]
    assert finding.resource.region == "eu-west-1"


# Dynamic blocks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "values", "block", "control"),
    [
        ("aws_cloudfront_distribution.c", {}, "origin", "cloudfront-tls"),
        ("aws_cloudfront_distribution.c", {}, "default_cache_behavior", "cloudfront-tls"),
        ("aws_ecr_repository.r", {"name": "r"}, "image_scanning_configuration", "ecr-scan-on-push"),
    ],
)
def test_a_dynamic_block_that_is_known_after_apply_is_unknown(
    tmp_path, address, values, block, control
):
    plan = plan_of(address, values, ["id", "arn", block])
    outcomes_of_observations = {
        observation.outcome.value
        for finding in judge(tmp_path, plan, control).values()
        for observation in finding.observations
    }
    assert "unknown" in outcomes_of_observations


@pytest.mark.parametrize("unknown", [(), ("mutual_authentication", "ssl_policy", "protocol")])
def test_a_listener_of_which_the_provider_computes_a_block_is_evaluated(tmp_path, unknown):
    """Every plan of a new listener has ``mutual_authentication`` as known after apply."""
    action = {"type": "forward", "target_group_arn": "arn:aws:elasticloadbalancing:x"}
    plan = plan_of("aws_lb.b", {"name": "b", "internal": False, "subnets": ["subnet-1"]}).add(
        "aws_lb_listener.l",
        {"port": 80, "default_action": [action]},
        ["id", "load_balancer_arn", *unknown],
        {"load_balancer_arn": ["aws_lb.b.arn"]},
    )
    assert outcomes(tmp_path, plan, "load-balancer-tls") == {"aws_lb.b": "fail"}


TEMPLATE_OF_GROUP = {"launch_template": [{"id": ["aws_launch_template.t.id"]}]}
MIXED_OF_GROUP = {
    "mixed_instances_policy": [
        {
            "launch_template": [
                {
                    "launch_template_specification": [
                        {"launch_template_id": ["aws_launch_template.t.id"]}
                    ]
                }
            ]
        }
    ]
}


@pytest.mark.parametrize(
    ("values", "unknown", "references", "outcome"),
    [
        (
            {"launch_template": [{"version": "$Latest"}]},
            {"launch_template": [{"id": True, "name": True}], "mixed_instances_policy": True},
            TEMPLATE_OF_GROUP,
            "fail",
        ),
        (
            {
                "mixed_instances_policy": [
                    {"launch_template": [{"launch_template_specification": [{}]}]}
                ]
            },
            {
                "launch_template": True,
                "mixed_instances_policy": [
                    {
                        "launch_template": [
                            {"launch_template_specification": [{"launch_template_id": True}]}
                        ]
                    }
                ],
            },
            MIXED_OF_GROUP,
            "fail",
        ),
        (
            {},
            {"launch_template": True, "mixed_instances_policy": True, "launch_configuration": True},
            {"launch_configuration": ["aws_launch_configuration.c.name"]},
            "fail",
        ),
        ({}, {"launch_template": True, "mixed_instances_policy": True}, {}, "unknown"),
    ],
)
def test_the_template_of_a_group_of_which_the_provider_computes_the_others(
    tmp_path, values, unknown, references, outcome
):
    image = {"image_id": "ami-1"}
    plan = (
        plan_of(
            "aws_launch_template.t", image | {"metadata_options": [{"http_tokens": "optional"}]}
        )
        .add("aws_launch_configuration.c", image, ["id", "name"])
        .add("aws_autoscaling_group.g", {"name": "g"} | values, {"id": True} | unknown, references)
    )
    assert outcomes(tmp_path, plan, "imdsv2")["aws_autoscaling_group.g"] == outcome


def test_a_dynamic_block_within_a_block_is_unknown(tmp_path):
    plan = plan_of("aws_s3_bucket.b", {"bucket": "b"}).add(
        "aws_s3_bucket_server_side_encryption_configuration.b",
        {"bucket": "b", "rule": [{"bucket_key_enabled": True}]},
        {"rule": [{"apply_server_side_encryption_by_default": True}]},
    )
    assert outcomes(tmp_path, plan, "s3-encryption") == {"aws_s3_bucket.b": "unknown"}


def test_a_statement_whose_condition_is_a_dynamic_block_is_unknown(tmp_path):
    """A Deny without its condition would deny everything."""
    allow = {"effect": "Allow", "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"]}
    everyone = {"principals": [{"type": "*", "identifiers": ["*"]}]}
    deny = {**allow, **everyone, "effect": "Deny", "actions": ["s3:*"]}
    plan = (
        plan_of("aws_s3_bucket.b", {"bucket": "b"})
        .add(
            "aws_s3_bucket_public_access_block.b",
            {"bucket": "b", "block_public_policy": False, "restrict_public_buckets": False},
        )
        .add(
            "aws_s3_bucket_policy.b",
            {"bucket": "b"},
            ["policy"],
            {"policy": ["data.aws_iam_policy_document.d.json"]},
        )
        .data(
            "d",
            {"statement": [{**allow, **everyone}, deny]},
            {"statement": [{}, {"condition": True}]},
            {"statement": [{"effect": ["var.x"]}, {"effect": ["var.x"]}]},
        )
    )
    assert outcomes(tmp_path, plan, "s3-exposure") == {"aws_s3_bucket.b": "unknown"}


OPEN_RULE = dict.fromkeys(("cidr_blocks", "from_port", "protocol", "self", "to_port"), True)


@pytest.mark.parametrize(
    ("values", "unknown", "outcome"),
    [
        ({"egress": EGRESS}, {"ingress": True}, "pass"),
        ({}, {"ingress": True, "egress": True}, "pass"),
        ({"egress": EGRESS, "ingress": [{}]}, {"ingress": [OPEN_RULE]}, "unknown"),
        ({"egress": EGRESS}, {"ingress": [OPEN_RULE]}, "unknown"),
        ({"egress": EGRESS}, {"ingress": [True]}, "unknown"),
    ],
)
def test_rules_of_a_group_in_a_dynamic_block_are_unknown(tmp_path, values, unknown, outcome):
    """The schema has rules as an attribute: a dynamic block is one rule that is not known."""
    plan = plan_of("aws_security_group.g", NET, {"id": True, **unknown})
    plan.planned[0]["values"] = NET | values
    assert outcomes(tmp_path, plan, "open-security-groups") == {"aws_security_group.g": outcome}


OPEN_ROUTE = dict.fromkeys(("cidr_block", "gateway_id", "nat_gateway_id"), True)


@pytest.mark.parametrize(
    ("unknown", "outcome"),
    [
        ({"route": True}, "pass"),
        ({"route": [OPEN_ROUTE]}, "unknown"),
        ({"route": [True]}, "unknown"),
    ],
)
def test_routes_in_a_dynamic_block_are_unknown(tmp_path, unknown, outcome):
    vpc = {"vpc_id": ["aws_vpc.v.id"]}
    plan = (
        plan_of("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, ["id"])
        .add("aws_internet_gateway.g", {}, ["id", "vpc_id"], vpc)
        .add("aws_subnet.s", {"cidr_block": "10.0.1.0/24"}, ["id", "vpc_id"], vpc)
        .add("aws_route_table.t", {}, {"id": True, "vpc_id": True, **unknown}, vpc)
        .add(
            "aws_route_table_association.a",
            {},
            ["route_table_id", "subnet_id"],
            {"route_table_id": ["aws_route_table.t.id"], "subnet_id": ["aws_subnet.s.id"]},
        )
        .add(
            "aws_db_subnet_group.n",
            {"name": "n"},
            ["subnet_ids"],
            {"subnet_ids": ["aws_subnet.s.id"]},
        )
        .add(
            "aws_db_instance.d",
            {
                "identifier": "d",
                "engine": "mysql",
                "db_subnet_group_name": "n",
                "publicly_accessible": True,
            },
            ["vpc_security_group_ids"],
            {"vpc_security_group_ids": ["aws_security_group.g.id"]},
        )
        .add("aws_security_group.g", {"name": "g", "ingress": INGRESS}, ["id", "vpc_id"], vpc)
    )
    findings = judge(tmp_path, plan, "rds-public-access")["aws_db_instance.d"]
    reached = [
        observation.outcome.value
        for observation in findings.observations
        if "internet" in observation.message.in_language("en")
    ]
    assert outcome in reached, findings


OPEN_ENTRY = dict.fromkeys(("action", "cidr_block", "from_port", "protocol", "rule_no"), True)


@pytest.mark.parametrize(
    ("unknown", "outcome"),
    [({"ingress": True, "egress": True}, "pass"), ({"ingress": [OPEN_ENTRY]}, "unknown")],
)
def test_entries_of_an_acl_in_a_dynamic_block_are_unknown(tmp_path, unknown, outcome):
    vpc = {"vpc_id": ["aws_vpc.v.id"]}
    subnet = ["aws_subnet.s.id"]
    plan = (
        plan_of("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, ["id"])
        .add("aws_subnet.s", {"cidr_block": "10.0.1.0/24"}, ["id", "vpc_id"], vpc)
        .add(
            "aws_network_acl.a",
            {},
            {"id": True, "vpc_id": True, "subnet_ids": True, **unknown},
            vpc | {"subnet_ids": subnet},
        )
        .add("aws_network_interface.i", {}, ["id", "subnet_id"], {"subnet_id": subnet})
    )
    assert outcomes(tmp_path, plan, "network-acls")["aws_subnet.s"] == outcome


# Snapshots and images ----------------------------------------------------------------------------


def shared_snapshot(**permission):
    return plan_of("aws_ebs_snapshot.s", {"volume_id": "vol-1"}).add(
        "aws_snapshot_create_volume_permission.p",
        permission,
        ["snapshot_id"],
        {"snapshot_id": ["aws_ebs_snapshot.s.id"]},
    )


def shared_image(**permission):
    return plan_of("aws_ami.s", {"name": "image"}).add(
        "aws_ami_launch_permission.p",
        permission,
        ["image_id"],
        {"image_id": ["aws_ami.s.id"]},
    )


def database_snapshot(kind="db", unknown=(), **values):
    of = {"db_instance_identifier": "d"} if kind == "db" else {"db_cluster_identifier": "d"}
    name = "aws_db_snapshot" if kind == "db" else "aws_db_cluster_snapshot"
    return plan_of(f"{name}.s", of | values, unknown, {name: ["var.x"] for name in unknown})


@pytest.mark.parametrize(
    ("plan", "control", "outcome"),
    [
        (plan_of("aws_ebs_snapshot.s", {"volume_id": "v"}), "ebs-snapshot-sharing", "pass"),
        (shared_snapshot(account_id=OTHER), "ebs-snapshot-sharing", "fail"),
        (plan_of("aws_ami.s", {"name": "image"}), "ami-sharing", "pass"),
        (shared_image(account_id=OTHER), "ami-sharing", "fail"),
        (shared_image(group="all"), "ami-sharing", "fail"),
        (database_snapshot(), "rds-snapshot-sharing", "pass"),
        (database_snapshot(shared_accounts=["all"]), "rds-snapshot-sharing", "fail"),
        (database_snapshot(unknown=["shared_accounts"]), "rds-snapshot-sharing", "unknown"),
        (database_snapshot("cluster"), "rds-snapshot-sharing", "pass"),
        (database_snapshot("cluster", shared_accounts=[OTHER]), "rds-snapshot-sharing", "fail"),
    ],
)
def test_a_shared_snapshot_of_a_plan_is_judged(tmp_path, plan, control, outcome):
    (found,) = outcomes(tmp_path, plan, control).values()
    assert found == outcome


@pytest.mark.parametrize(
    ("address", "values", "name", "control"),
    [
        (
            "aws_snapshot_create_volume_permission.p",
            {"account_id": OTHER},
            "snapshot_id",
            "ebs-snapshot-sharing",
        ),
        ("aws_ami_launch_permission.p", {"account_id": OTHER}, "image_id", "ami-sharing"),
    ],
)
def test_a_permission_for_what_is_elsewhere_fails_and_for_anything_is_unknown(
    tmp_path, address, values, name, control
):
    elsewhere = plan_of(address, {**values, name: "there-1"})
    assert outcomes(tmp_path, elsewhere, control) == {address: "fail"}
    anything = plan_of(address, values, [name], {name: ["local.any"]})
    assert set(outcomes(tmp_path, anything, control).values()) == {"unknown"}


def encrypted_volume(*, encrypted):
    volume = {"availability_zone": "ap-northeast-1a", "encrypted": encrypted}
    return plan_of("aws_ebs_volume.v", volume).add(
        "aws_ebs_snapshot.s",
        {},
        ["id", "volume_id", "encrypted"],
        {"volume_id": ["aws_ebs_volume.v.id"]},
    )


def copied(*, encrypted, of_encrypted):
    return encrypted_volume(encrypted=of_encrypted).add(
        "aws_ebs_snapshot_copy.c",
        {"encrypted": encrypted, "source_region": "ap-northeast-1"},
        ["id", "source_snapshot_id"],
        {"source_snapshot_id": ["aws_ebs_snapshot.s.id"]},
    )


def of_database(*, encrypted, cluster=False):
    kind, word = ("rds_cluster", "db_cluster") if cluster else ("db_instance", "db")
    name = "cluster_identifier" if cluster else "identifier"
    values = {name: "d", "engine": "aurora-mysql", "storage_encrypted": encrypted}
    source = "db_cluster_identifier" if cluster else "db_instance_identifier"
    return (
        plan_of(f"aws_{kind}.d", values)
        .add(f"aws_{word}_snapshot.s", {source: "d", f"{word}_snapshot_identifier": "s"})
        .add(
            "aws_rds_cluster_snapshot_copy.c" if cluster else "aws_db_snapshot_copy.c",
            {f"source_{word}_snapshot_identifier": "s", f"target_{word}_snapshot_identifier": "c"},
        )
    )


@pytest.mark.parametrize(
    ("plan", "control", "address", "outcome"),
    [
        (encrypted_volume(encrypted=True), "ebs-encryption", "aws_ebs_snapshot.s", "pass"),
        (encrypted_volume(encrypted=False), "ebs-encryption", "aws_ebs_snapshot.s", "fail"),
        (
            plan_of("aws_ebs_snapshot.s", {"volume_id": "vol-1"}, ["encrypted"]),
            "ebs-encryption",
            "aws_ebs_snapshot.s",
            "unknown",
        ),
        (
            copied(encrypted=True, of_encrypted=False),
            "ebs-encryption",
            "aws_ebs_snapshot_copy.c",
            "pass",
        ),
        (
            copied(encrypted=False, of_encrypted=True),
            "ebs-encryption",
            "aws_ebs_snapshot_copy.c",
            "pass",
        ),
        (
            copied(encrypted=False, of_encrypted=False),
            "ebs-encryption",
            "aws_ebs_snapshot_copy.c",
            "fail",
        ),
        (of_database(encrypted=True), "rds-encryption", "aws_db_snapshot.s", "pass"),
        (of_database(encrypted=False), "rds-encryption", "aws_db_snapshot_copy.c", "fail"),
        (
            of_database(encrypted=True, cluster=True),
            "rds-encryption",
            "aws_rds_cluster_snapshot_copy.c",
            "pass",
        ),
        (
            of_database(encrypted=False, cluster=True),
            "rds-encryption",
            "aws_db_cluster_snapshot.s",
            "fail",
        ),
    ],
)
def test_a_snapshot_is_encrypted_as_its_source_unless_it_has_a_key(
    tmp_path, plan, control, address, outcome
):
    outcome_by_name = outcomes(tmp_path, plan, control)
    assert outcome_by_name[address] == outcome
    assert "*" not in outcome_by_name  # no listing is open


@pytest.mark.parametrize("service", ["docdb", "neptune"])
@pytest.mark.parametrize("encrypted", [True, False])
def test_a_snapshot_of_documentdb_or_neptune_is_encrypted_as_its_cluster(
    tmp_path, service, encrypted
):
    cluster, snapshot = f"aws_{service}_cluster.c", f"aws_{service}_cluster_snapshot.s"
    plan = plan_of(cluster, {"cluster_identifier": "c", "storage_encrypted": encrypted}).add(
        snapshot, {"db_cluster_identifier": "c", "db_cluster_snapshot_identifier": "daily"}
    )
    outcome = outcomes(tmp_path, plan, "rds-encryption")[snapshot]
    assert outcome == ("pass" if encrypted else "fail")
    assert outcomes(tmp_path, plan, "rds-snapshot-sharing")[snapshot] == "pass"
