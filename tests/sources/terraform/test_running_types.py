"""What runs with a role, is reached through accelerators, or stores data, in plans."""

import json

import pytest

from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.batch import JobDefinition
from cloudpack_baseline.model.cloudformation import CloudFormationStack
from cloudpack_baseline.model.cloudfront import Distribution, OriginGroup
from cloudpack_baseline.model.codebuild import BuildProject
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.exports import StorageGateway
from cloudpack_baseline.model.fsx import FsxFileSystem, FsxVolume
from cloudpack_baseline.model.globalaccelerator import (
    Accelerator,
    CrossAccountAttachment,
    CustomRoutingAccelerator,
)
from cloudpack_baseline.model.glue import GlueJob
from cloudpack_baseline.model.iam_credentials import ServiceSpecificCredential
from cloudpack_baseline.model.iam_principals import UserDetail
from cloudpack_baseline.model.redshift_sharing import RedshiftDataShare
from cloudpack_baseline.model.regions import AccountRegion
from cloudpack_baseline.model.sagemaker import NotebookInstance
from cloudpack_baseline.model.stepfunctions import StateMachine
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.whitepaper import select
from sources.terraform.plans import PlanBuilder, outcomes

ROLE = "arn:aws:iam::000000009999:role/worker"


@pytest.fixture
def records(tmp_path):
    """The records of a kind that a plan makes for a control."""

    def gather(builder, kind, control="admin-privileges"):
        with parse_source(f"plan:{builder.write(tmp_path)}").open() as opened:
            snapshot = opened.gather(reads_of(select([control])))
        return [record for record in snapshot.records if isinstance(record, kind)]

    return gather


@pytest.mark.parametrize(
    ("kind", "address", "attribute"),
    [
        (BuildProject, "aws_codebuild_project.p", "service_role"),
        (StateMachine, "aws_sfn_state_machine.p", "role_arn"),
        (NotebookInstance, "aws_sagemaker_notebook_instance.p", "role_arn"),
        (GlueJob, "aws_glue_job.p", "role_arn"),
        (CloudFormationStack, "aws_cloudformation_stack.p", "iam_role_arn"),
    ],
)
def test_what_runs_has_the_role_that_it_refers_to(records, kind, address, attribute):
    builder = PlanBuilder().add("aws_iam_role.worker", {"name": "worker"}, ("id", "arn"))
    builder.add(
        address,
        {"name": "runs"},
        ("id", "arn", attribute),
        {attribute: ["aws_iam_role.worker.arn"]},
    )
    (record,) = records(builder, kind)
    assert (record.name, record.role) == ("runs", ROLE)


CONTAINER = {"container_properties": json.dumps({"image": "a", "jobRoleArn": ROLE})}
NODES = {"node_properties": json.dumps({"nodeRangeProperties": [{"container": {"image": "a"}}]})}


@pytest.mark.parametrize(
    ("values", "unknown", "role"),
    [
        (CONTAINER, (), ROLE),
        (NODES, (), None),
        ({"container_properties": "["}, (), Unknown),
        ({}, ("container_properties",), Unknown),
    ],
)
def test_a_job_has_the_role_of_its_container(records, values, unknown, role):
    references = {name: ["var.image"] for name in unknown}
    builder = PlanBuilder().add(
        "aws_batch_job_definition.j",
        {"name": "j", "type": "container"} | values,
        ("id", "arn", *unknown),
        references,
    )
    (definition,) = records(builder, JobDefinition)
    assert definition.role == role or isinstance(definition.role, role)


@pytest.mark.parametrize(
    ("address", "values", "kind", "type_"),
    [
        ("aws_fsx_windows_file_system.f", {}, FsxFileSystem, "WINDOWS"),
        ("aws_fsx_ontap_file_system.f", {}, FsxFileSystem, "ONTAP"),
        ("aws_fsx_lustre_file_system.f", {}, FsxFileSystem, "LUSTRE"),
        ("aws_fsx_openzfs_volume.f", {"name": "f"}, FsxVolume, "OPENZFS"),
    ],
)
def test_a_file_system_has_its_type(records, address, values, kind, type_):
    builder = PlanBuilder().add(address, values | {"tags_all": {"Name": "files"}}, ("id", "arn"))
    (record,) = records(builder, kind, "daily-backup")
    assert record.type == type_
    if kind is FsxFileSystem:
        assert record.tags == (("Name", "files"),)


# Functions -------------------------------------------------------------------------------------


def function(**permission):
    builder = PlanBuilder().add("aws_lambda_function.f", {"function_name": "f"}, ("id", "arn"))
    builder.add(
        "aws_lambda_alias.live",
        {"name": "live", "function_version": "1"},
        ("id", "arn", "function_name"),
        {"function_name": ["aws_lambda_function.f.arn"]},
    )
    return builder.add(
        "aws_lambda_permission.p",
        {"action": "lambda:InvokeFunction", "principal": "*"} | permission,
        ("id", "function_name"),
        {"function_name": ["aws_lambda_function.f.function_name"]},
    )


@pytest.mark.parametrize(
    ("permission", "alias", "whole"),
    [({"qualifier": "live"}, "fail", "pass"), ({}, "pass", "fail")],
)
def test_a_permission_with_a_qualifier_is_of_the_alias(tmp_path, permission, alias, whole):
    judged = outcomes(tmp_path, function(**permission), "resource-sharing")
    assert (judged["aws_lambda_alias.live"], judged["aws_lambda_function.f"]) == (alias, whole)


# Credentials -----------------------------------------------------------------------------------


def test_users_have_their_keys(records):
    builder = PlanBuilder()
    for name in ("ci", "human"):
        builder.add(f"aws_iam_user.{name}", {"name": name}, ("id", "arn"))
    for name, status in (("one", None), ("two", "Inactive")):
        key = {"username": "ci", "encoding": "SSH", "public_key": "ssh-rsa A", "status": status}
        builder.add(f"aws_iam_user_ssh_key.{name}", key, ("id", "ssh_public_key_id"))
    users = {user.name: user for user in records(builder, UserDetail, "access-keys-declared")}
    assert [key.active for key in users["ci"].ssh_public_keys] == [True, False]
    assert users["human"].ssh_public_keys == ()


def test_a_credential_of_a_service_is_of_its_user(records):
    builder = PlanBuilder().add("aws_iam_user.ci", {"name": "ci"}, ("id", "arn"))
    builder.add(
        "aws_iam_service_specific_credential.c",
        {"service_name": "codecommit.amazonaws.com", "user_name": "ci"},
        ("id", "service_password"),
    )
    (credential,) = records(builder, ServiceSpecificCredential, "inactive-credentials")
    assert (credential.user_name, credential.status) == ("ci", "Active")


# Accelerators ----------------------------------------------------------------------------------


def test_an_accelerator_leads_to_the_endpoints_of_its_listeners(records):
    builder = PlanBuilder().add(
        "aws_globalaccelerator_accelerator.a", {"name": "a", "enabled": False}, ("id", "arn")
    )
    builder.add(
        "aws_globalaccelerator_listener.l",
        {"protocol": "TCP", "port_range": [{"from_port": 443, "to_port": 443}]},
        ("id", "arn", "accelerator_arn"),
        {"accelerator_arn": ["aws_globalaccelerator_accelerator.a.arn"]},
    )
    builder.add("aws_instance.web", {"instance_type": "t3.micro"}, ("id", "arn"))
    builder.add(
        "aws_globalaccelerator_endpoint_group.g",
        {"endpoint_configuration": [{"weight": 10, "client_ip_preservation_enabled": False}]},
        {"id": True, "listener_arn": True, "endpoint_configuration": [{"endpoint_id": True}]},
        {
            "listener_arn": ["aws_globalaccelerator_listener.l.arn"],
            "endpoint_configuration": [{"endpoint_id": ["aws_instance.web.id"]}],
        },
    )
    (accelerator,) = records(builder, Accelerator, "admin-ingress")
    (listener,) = accelerator.listeners
    ((endpoint,),) = [group.endpoints for group in listener.endpoint_groups]
    assert accelerator.enabled is False
    assert endpoint.endpoint_id == "i-aws_instance.web"
    assert (endpoint.weight, endpoint.client_ip_preservation) == (10, False)


def test_other_accelerators_are_known_by_name(records):
    builder = PlanBuilder().add(
        "aws_globalaccelerator_custom_routing_accelerator.c", {"name": "c"}, ("id", "arn")
    )
    builder.add(
        "aws_globalaccelerator_cross_account_attachment.s",
        {"name": "s", "resource": [{"endpoint_id": "i-1"}, {"cidr_block": "198.51.100.0/24"}]},
        ("id", "arn"),
    )
    (custom,) = records(builder, CustomRoutingAccelerator, "admin-ingress")
    (attachment,) = records(builder, CrossAccountAttachment, "admin-ingress")
    assert (custom.name, custom.enabled) == ("c", True)
    assert attachment.endpoint_ids == ("i-1",)


# Data that leaves the account ------------------------------------------------------------------


def test_a_storage_gateway_has_its_type(records):
    values = {"gateway_name": "files", "gateway_type": "FILE_S3"}
    builder = PlanBuilder().add("aws_storagegateway_gateway.g", values, ("id", "arn"))
    (gateway,) = records(builder, StorageGateway, "data-export-paths")
    assert (gateway.name, gateway.gateway_type) == ("files", "FILE_S3")


SHARE = "arn:aws:redshift:ap-northeast-1:000000009999:datashare:ns/sales"


def test_a_data_share_has_each_authorized_consumer(records):
    builder = PlanBuilder()
    for name, consumer in (("one", "111122223333"), ("two", "DataCatalog/444455556666")):
        builder.add(
            f"aws_redshift_data_share_authorization.{name}",
            {"data_share_arn": SHARE, "consumer_identifier": consumer},
            ("id", "producer_arn"),
        )
    (share,) = records(builder, RedshiftDataShare, "resource-sharing")
    assert (share.name, share.consumers) == ("sales", ("111122223333", "444455556666"))


@pytest.mark.parametrize(("enabled", "status"), [(True, "opted-in"), (False, "not-opted-in")])
def test_an_account_enables_a_region(records, enabled, status):
    values = {"region_name": "me-south-1", "enabled": enabled}
    builder = PlanBuilder().add("aws_account_region.r", values, ("id", "opt_status"))
    (region,) = records(builder, AccountRegion, "approved-regions")
    assert (region.name, region.opt_in_status) == ("me-south-1", status)


# Policies of the organization --------------------------------------------------------------------

BLOCK = json.dumps({"s3_attributes": {"public_access_block_configuration": {"@@assign": "all"}}})


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("aws_organizations_organization.o.roots[0].id", "pass"),
        ("aws_organizations_organizational_unit.u.id", "fail"),
    ],
)
def test_a_policy_of_the_root_blocks_public_access(tmp_path, target, outcome):
    builder = PlanBuilder().add("aws_organizations_organization.o", {}, ("id", "arn", "roots"))
    policy = {"name": "p", "type": "S3_POLICY", "content": BLOCK}
    builder.add("aws_organizations_policy.p", policy, ("id", "arn"))
    builder.add(
        "aws_organizations_policy_attachment.a",
        {},
        ("id", "policy_id", "target_id"),
        {"policy_id": ["aws_organizations_policy.p.id"], "target_id": [target]},
    )
    builder.add("aws_s3_bucket.b", {"bucket": "b"}, ("id", "arn"))
    builder.add(
        "aws_s3_bucket_public_access_block.b",
        {"block_public_policy": False, "restrict_public_buckets": False},
        ("id", "bucket"),
        {"bucket": ["aws_s3_bucket.b.id"]},
    )
    assert outcomes(tmp_path, builder, "s3-public-access-block") == {"aws_s3_bucket.b": outcome}


EBS = {"ebs": [{"encrypted": "true"}]}


@pytest.mark.parametrize(
    ("mappings", "outcome"),
    [
        ([], "not applicable"),
        ([{"device_name": "sdb", "virtual_name": "ephemeral0"}], "not applicable"),
        ([{"device_name": "sdb", "no_device": "true"}], "not applicable"),
        ([{"device_name": "sdb", "no_device": "true"} | EBS], "not applicable"),
        ([{"device_name": "sdb", "no_device": "false"} | EBS], "pass"),
        ([{"device_name": "sdb"}], "fail"),
        ([{"device_name": "sdb", "virtual_name": "", "no_device": ""} | EBS], "pass"),
    ],
)
def test_a_mapping_of_no_volume_is_not_evaluated(tmp_path, mappings, outcome):
    plan = PlanBuilder().add("aws_launch_template.t", {"block_device_mappings": mappings}, ["id"])
    assert list(outcomes(tmp_path, plan, "ebs-encryption").values()) == [outcome]


def test_a_mapping_of_a_launch_configuration_may_leave_a_device_out(records):
    devices = [{"device_name": "sdb", "no_device": True}]
    values = {"image_id": "ami-1", "ebs_block_device": devices}
    plan = PlanBuilder().add("aws_launch_configuration.c", values, ["id"])
    (volume,) = records(plan, Volume, "ebs-encryption")
    assert volume.volume_id.endswith("-root")


# Distributions ---------------------------------------------------------------------------------

GROUP = {"origin_id": "both", "member": [{"origin_id": "data"}, {"origin_id": "site"}]}


@pytest.mark.parametrize(
    ("values", "unknown", "groups"),
    [
        ({"origin_group": [GROUP]}, {}, (OriginGroup(id="both", members=("data", "site")),)),
        (
            {"origin_group": [{"origin_id": "both", "member": [{}, {"origin_id": "site"}]}]},
            {"origin_group": [{"member": [{"origin_id": True}]}]},
            None,
        ),
        ({}, {"origin_group": True}, None),
        ({}, {}, ()),
    ],
)
def test_the_origins_of_a_group(records, values, unknown, groups):
    plan = PlanBuilder().add(
        "aws_cloudfront_distribution.d",
        {"enabled": True} | values,
        {"id": True, "arn": True} | unknown,
        {"origin_group": ["var.origins"]} if unknown else {},
    )
    (distribution,) = records(plan, Distribution, "s3-exposure")
    described = distribution.origin_groups
    assert described == groups or (groups is None and isinstance(described, Unknown))
