"""Further good architectures: what tools and services create around a workload.

Sources: AWS CDK Developer Guide, "AWS CDK bootstrapping"; Elastic Load Balancing User Guide,
"Enable access logs for your Application Load Balancer"; Amazon S3 User Guide, "Enabling Amazon S3
server access logging"; Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin";
AWS Systems Manager User Guide, "Improve the security of EC2 instances by using VPC endpoints".
"""

from __future__ import annotations

from balancers import balancer
from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Distribution,
    DistributionOrigin,
    LoggingConfig,
    ViewerCertificate,
)
from cloudpack_baseline.model.ec2_gateways import VpcEndpoint
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.ecs import ClusterSettings, EcsCluster, EcsTask
from cloudpack_baseline.model.inspector2 import InspectorCoverage, InspectorStatus
from cloudpack_baseline.testing import records
from cloudpack_baseline.testing.records import network_interface, tcp
from control_tower import ADMINISTRATOR, kms_key, statement
from support import ACCOUNT, NOW, REGION

QUALIFIER = "cdk-hnb659fds"
IDENTITY = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABCDEFGHIJKL"


def own_account(**fields):
    principal = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    return {"Effect": "Allow", "Action": "sts:AssumeRole"} | principal | fields


def cdk_bootstrap(good_bucket):
    """The roles, the bucket and the repository of the AWS CDK."""
    assets = f"{QUALIFIER}-assets-{ACCOUNT}-{REGION}"
    images = f"{QUALIFIER}-container-assets-{ACCOUNT}-{REGION}"
    execution = f"arn:aws:iam::{ACCOUNT}:role/{QUALIFIER}-cfn-exec-role-{ACCOUNT}-{REGION}"
    bucket_and_objects = [f"arn:aws:s3:::{assets}", f"arn:aws:s3:::{assets}/*"]
    repository = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{images}"
    functions = {"StringLike": {"aws:sourceArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:*"}}
    deployments = [
        "cloudformation:CreateChangeSet",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:DescribeStacks",
        "cloudformation:UpdateStack",
    ]
    permissions = {
        "deploy": [statement(deployments), statement("iam:PassRole", execution)],
        "file-publishing": [statement(["s3:GetObject*", "s3:PutObject*"], bucket_and_objects)],
        "image-publishing": [statement(["ecr:PutImage", "ecr:InitiateLayerUpload"], repository)],
        "lookup": [statement(["ec2:Describe*", "route53:List*"])],
    }
    return (
        records.role(
            f"{QUALIFIER}-cfn-exec-role-{ACCOUNT}-{REGION}",
            trust=[own_account(Principal={"Service": "cloudformation.amazonaws.com"})],
            attached_policies=(ADMINISTRATOR,),
        ),
        *(
            records.role(
                f"{QUALIFIER}-{name}-role-{ACCOUNT}-{REGION}",
                trust=[own_account(), own_account(Action="sts:TagSession")],
                permissions=statements,
            )
            for name, statements in permissions.items()
        ),
        good_bucket(assets),
        records.record(
            Repository,
            f"repository/{images}",
            service="ecr",
            name=images,
            scan_frequency="CONTINUOUS_SCAN",
            policy=records.policy(
                statement(
                    ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    repository,
                    Principal={"Service": "lambda.amazonaws.com"},
                    Condition=functions,
                )
            ),
        ),
        scanning(),
    )


def scanning():
    return records.record(
        InspectorStatus,
        "account-status",
        service="inspector2",
        ec2="ENABLED",
        ecr="ENABLED",
        functions="ENABLED",
    )


def log_bucket(good_bucket):
    """Load balancers, Amazon S3 and log delivery write into it."""
    logs = "arn:aws:s3:::logs-123456789012"
    owner = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    sources = {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"}}
    of_balancers = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/*"
    return (
        good_bucket(
            "logs-123456789012",
            statement(
                "s3:PutObject",
                f"{logs}/alb/AWSLogs/{ACCOUNT}/*",
                Principal={"AWS": "arn:aws:iam::582318560864:root"},
            ),
            statement(
                "s3:PutObject",
                f"{logs}/nlb/AWSLogs/{ACCOUNT}/*",
                Principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                Condition={"ArnLike": {"aws:SourceArn": of_balancers}},
            ),
            statement(
                "s3:PutObject",
                f"{logs}/s3/*",
                Principal={"Service": "logging.s3.amazonaws.com"},
                Condition=owner,
            ),
            statement(
                "s3:PutObject",
                f"{logs}/vpc/AWSLogs/{ACCOUNT}/*",
                Principal={"Service": "delivery.logs.amazonaws.com"},
                Condition={**owner, **sources},
            ),
            statement(
                ["s3:GetBucketAcl", "s3:ListBucket"],
                logs,
                Principal={"Service": "delivery.logs.amazonaws.com"},
                Condition={**owner, **sources},
            ),
            logging=None,
        ),
    )


def site_with_identity(good_bucket):
    """A private bucket behind CloudFront, by an origin access identity."""
    read = statement("s3:GetObject", "arn:aws:s3:::classic/*", Principal={"AWS": IDENTITY})
    return (
        good_bucket("classic", read, logging=None),
        records.record(
            Distribution,
            "E2",
            arn=f"arn:aws:cloudfront::{ACCOUNT}:distribution/E2",
            region="",
            enabled=True,
            status="Deployed",
            content_origins=(
                DistributionOrigin(id="s3", domain_name="classic.s3.amazonaws.com"),
                DistributionOrigin(
                    id="alb",
                    domain_name="origin.example.jp",
                    protocol_policy="https-only",
                    ssl_protocols=("TLSv1.2",),
                ),
            ),
            cache_behaviors=(
                CacheBehavior(target="s3", viewer_protocol_policy="redirect-to-https"),
                CacheBehavior(
                    target="alb", path_pattern="/api/*", viewer_protocol_policy="https-only"
                ),
            ),
            logging=LoggingConfig(bucket="aws-controltower-logs.s3.amazonaws.com"),
            viewer_certificate=ViewerCertificate(minimum_protocol_version="TLSv1.2_2021"),
        ),
    )


def network_load_balancer():
    """A TLS listener before the servers, whose security group admits the nodes alone."""
    return balancer(
        "network",
        "TLS",
        "TCP",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        settings={"cross_zone": "false"},
        target_settings={
            "preserve_client_ip": "false",
            "cross_zone": "use_load_balancer_configuration",
        },
    )


def interface_endpoints():
    """The endpoints of Systems Manager, in the subnets of the servers, and those of gateways."""
    services = ("ssm", "ssmmessages", "ec2messages", "logs", "kms")
    yield records.security_group("sg-endpoints", [tcp(443, "10.0.2.0/24")], [])
    for number, service in enumerate(services):
        interface = f"eni-vpce-{service}"
        yield network_interface(
            interface,
            f"10.0.2.{100 + number}",
            subnet_id="subnet-app",
            groups=("sg-endpoints",),
            interface_type="vpc_endpoint",
            description=f"VPC Endpoint Interface vpce-{service}",
            requester_id="727180483921",
        )
        yield records.record(
            VpcEndpoint,
            f"vpc-endpoint/vpce-{service}",
            vpc_endpoint_id=f"vpce-{service}",
            vpc_endpoint_type="Interface",
            vpc_id="vpc-1",
            service_name=f"com.amazonaws.{REGION}.{service}",
            subnet_ids=("subnet-app",),
            network_interface_ids=(interface,),
            groups=("sg-endpoints",),
        )
    yield records.record(
        VpcEndpoint,
        "vpc-endpoint/vpce-s3",
        vpc_endpoint_id="vpce-s3",
        vpc_endpoint_type="Gateway",
        vpc_id="vpc-1",
        service_name=f"com.amazonaws.{REGION}.s3",
    )


def fargate():
    """Tasks of AWS Fargate behind a load balancer, with a scanned image and no ECS Exec."""
    cluster = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop"
    trust = [own_account(Principal={"Service": "ecs-tasks.amazonaws.com"})]
    image = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/shop"
    role = records.role("shop-task", trust=trust, permissions=[statement("s3:GetObject", "*")])
    return (
        records.security_group("sg-app", [tcp(8080, "sg-web")], [tcp(443, "0.0.0.0/0")]),
        network_interface(
            "eni-task",
            "10.0.2.20",
            subnet_id="subnet-app",
            groups=("sg-app",),
            description=f"arn:aws:ecs:{REGION}:{ACCOUNT}:attachment/1",
            requester_id="578734482556",
        ),
        role,
        records.record(
            EcsCluster, "cluster/shop", service="ecs", settings=ClusterSettings(running_tasks=1)
        ),
        records.record(
            EcsTask,
            "task/shop/1",
            service="ecs",
            cluster=cluster,
            task_definition=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop:1",
            definition_role=role.arn,
        ),
        records.record(
            Repository,
            "repository/shop",
            service="ecr",
            scan_frequency="CONTINUOUS_SCAN",
            policy=None,
        ),
        scanning(),
        records.record(
            InspectorCoverage,
            "coverage/AWS_ECR_CONTAINER_IMAGE/1",
            service="inspector2",
            account_id=ACCOUNT,
            resource_id=f"{image}/sha256:1",
            resource_type="AWS_ECR_CONTAINER_IMAGE",
            status_code="ACTIVE",
            reason="SUCCESSFUL",
            last_scanned_at=NOW,
            in_use_count=1,
        ),
    )


def keys_of_the_accelerator(organization):
    """A key that the roles of the Landing Zone Accelerator use from each account."""
    roles = {"ArnLike": {"aws:PrincipalARN": "arn:aws:iam::*:role/AWSAccelerator-*"}}
    within = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return (
        kms_key(
            "accelerator",
            "CUSTOMER",
            statement("kms:*", Principal=root),
            statement(
                ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
                Principal={"AWS": "*"},
                Condition={**within, **roles},
            ),
            statement(
                ["kms:Decrypt", "kms:GenerateDataKey*"],
                Principal={"Service": "sns.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            ),
        ),
    )
