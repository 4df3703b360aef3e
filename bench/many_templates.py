"""A hundred templates in one run, beside other tools; fails where the bar is missed.

The templates are made here and look like published ones: about 10 KB each, half of them YAML and
half JSON, with parameters, mappings, conditions and outputs. A part of them brings a network of
its own, the others are deployed into VPCs and subnets that parameters name. The figure is processor
time, the smallest of several runs, less that of an empty run of pytest.

cfn-lint and Checkov judge the same templates where they are installed: ``CFN_LINT`` and ``CHECKOV``
name their commands.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from _bars import report_bar, seeded
from startup import work
from templates import EMPTY

TEMPLATES = 100
SIZE = 10_000
"""Characters of each template, about."""

RUNS = 3
BAR = 1.0
JUDGED = (*EMPTY, "--cloudpack-baseline", "--cloudpack-source", "template:templates")
PEERS = {
    "CFN_LINT": ("cfn-lint", ("--non-zero-exit-code", "none", "templates/*")),
    "CHECKOV": ("checkov", ("--quiet", "--compact", "--soft-fail", "-d", "templates")),
}
"""Other tools: the variable that names the command, its default, and its arguments."""


def ref(name: str) -> dict[str, str]:
    """The value of a parameter, or the name of a resource."""
    return {"Ref": name}


def attribute(name: str, of: str) -> dict[str, list[str]]:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [name, of]}


def joined(text: str) -> dict[str, str]:
    """A text with values."""
    return {"Fn::Sub": text}


def policy(**statement: object) -> dict[str, Any]:
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]}


def trusting(service: str) -> dict[str, Any]:
    """The policy of a role that a service assumes."""
    return policy(Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole")


def falls(chance: random.Random, probability: float) -> bool:
    """Whether what has the probability is so this time."""
    return chance.random() < probability


def network(chance: random.Random) -> dict[str, Any]:
    """A VPC with a public and a private subnet in each of two Availability Zones."""
    block = chance.randrange(256)
    vpc = {"VpcId": ref("Vpc")}
    resources: dict[str, Any] = {
        "Vpc": ("EC2::VPC", {"CidrBlock": f"10.{block}.0.0/16", "EnableDnsSupport": True}),
        "Gateway": ("EC2::InternetGateway", {}),
        "Attachment": (
            "EC2::VPCGatewayAttachment",
            {"InternetGatewayId": ref("Gateway"), **vpc},
        ),
        "PublicTable": ("EC2::RouteTable", vpc),
        "PrivateTable": ("EC2::RouteTable", vpc),
        "Address": ("EC2::EIP", {"Domain": "vpc"}),
        "Nat": (
            "EC2::NatGateway",
            {"AllocationId": attribute("Address", "AllocationId"), "SubnetId": ref("Public0")},
        ),
        "DefaultRoute": (
            "EC2::Route",
            {
                "RouteTableId": ref("PublicTable"),
                "DestinationCidrBlock": "0.0.0.0/0",
                "GatewayId": ref("Gateway"),
            },
        ),
        "NatRoute": (
            "EC2::Route",
            {
                "RouteTableId": ref("PrivateTable"),
                "DestinationCidrBlock": "0.0.0.0/0",
                "NatGatewayId": ref("Nat"),
            },
        ),
    }
    for zone in (0, 1):
        for number, kind in enumerate(("Public", "Private")):
            name = f"{kind}{zone}"
            resources[name] = (
                "EC2::Subnet",
                {
                    "CidrBlock": f"10.{block}.{zone * 2 + number}.0/24",
                    "AvailabilityZone": {"Fn::Select": [str(zone), {"Fn::GetAZs": ""}]},
                    **vpc,
                },
            )
            resources[f"{name}Association"] = (
                "EC2::SubnetRouteTableAssociation",
                {"SubnetId": ref(name), "RouteTableId": ref(f"{kind}Table")},
            )
    return resources


def bucket(name: str, chance: random.Random) -> dict[str, Any]:
    """A bucket, most often encrypted and with a policy."""
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    properties: dict[str, Any] = {
        "BucketName": joined(f"${{AWS::StackName}}-{name.lower()}-${{AWS::Region}}"),
        "VersioningConfiguration": {"Status": {"Fn::If": ["IsLarge", "Enabled", "Suspended"]}},
        "LifecycleConfiguration": {
            "Rules": [{"Id": "expire", "Status": "Enabled", "ExpirationInDays": 365}]
        },
    }
    if falls(chance, 0.8):
        properties["BucketEncryption"] = {
            "ServerSideEncryptionConfiguration": [encryption],
        }
    objects = {"Fn::Join": ["", [attribute(name, "Arn"), "/*"]]}
    denied = policy(
        Effect="Deny",
        Principal="*",
        Action="s3:*",
        Resource=[attribute(name, "Arn"), objects],
        Condition={"Bool": {"aws:SecureTransport": "false"}},
    )
    return {
        name: ("S3::Bucket", properties),
        f"{name}Policy": ("S3::BucketPolicy", {"Bucket": ref(name), "PolicyDocument": denied}),
    }


def servers(name: str, chance: random.Random) -> dict[str, Any]:
    """An Auto Scaling group behind a load balancer."""
    open_port = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
    from_inside = {
        "IpProtocol": "tcp",
        "FromPort": 8080,
        "ToPort": 8080,
        "SourceSecurityGroupId": ref(f"{name}Outer"),
    }
    commands = [f"yum install -y package-{chance.randrange(1000)}" for _ in range(6)]
    launch = {
        "ImageId": ref("ImageId"),
        "InstanceType": {"Fn::FindInMap": ["Sizes", ref("Environment"), "Instance"]},
        "SecurityGroupIds": [ref(f"{name}Inner")],
        "MetadataOptions": {"HttpTokens": chance.choice(["required", "optional"])},
        "UserData": {"Fn::Base64": {"Fn::Join": ["\n", ["#!/bin/bash", *commands]]}},
    }
    return {
        f"{name}Outer": (
            "EC2::SecurityGroup",
            {"GroupDescription": "out", "VpcId": ref("Vpc"), "SecurityGroupIngress": [open_port]},
        ),
        f"{name}Inner": (
            "EC2::SecurityGroup",
            {"GroupDescription": "in", "VpcId": ref("Vpc"), "SecurityGroupIngress": [from_inside]},
        ),
        f"{name}Template": ("EC2::LaunchTemplate", {"LaunchTemplateData": launch}),
        f"{name}Scaling": (
            "AutoScaling::AutoScalingGroup",
            {
                "MinSize": "1",
                "MaxSize": {"Fn::If": ["IsLarge", "6", "2"]},
                "VPCZoneIdentifier": [ref("Private0"), ref("Private1")],
                "LaunchTemplate": {
                    "LaunchTemplateId": ref(f"{name}Template"),
                    "Version": attribute(f"{name}Template", "LatestVersionNumber"),
                },
                "TargetGroupARNs": [ref(f"{name}Targets")],
            },
        ),
        f"{name}Balancer": (
            "ElasticLoadBalancingV2::LoadBalancer",
            {
                "Scheme": "internet-facing",
                "Subnets": [ref("Public0"), ref("Public1")],
                "SecurityGroups": [ref(f"{name}Outer")],
            },
        ),
        f"{name}Targets": (
            "ElasticLoadBalancingV2::TargetGroup",
            {"Port": 8080, "Protocol": "HTTP", "VpcId": ref("Vpc")},
        ),
        f"{name}Listener": (
            "ElasticLoadBalancingV2::Listener",
            {
                "LoadBalancerArn": ref(f"{name}Balancer"),
                "Port": 443,
                "Protocol": "HTTPS",
                "Certificates": [{"CertificateArn": ref("CertificateArn")}],
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": ref(f"{name}Targets")}],
            },
        ),
    }


def database(name: str, chance: random.Random) -> dict[str, Any]:
    """A database in the private subnets."""
    port = {
        "IpProtocol": "tcp",
        "FromPort": 3306,
        "ToPort": 3306,
        "CidrIp": ref("DatabaseClients"),
    }
    return {
        f"{name}Group": (
            "EC2::SecurityGroup",
            {"GroupDescription": "clients", "VpcId": ref("Vpc"), "SecurityGroupIngress": [port]},
        ),
        f"{name}Subnets": (
            "RDS::DBSubnetGroup",
            {
                "DBSubnetGroupDescription": "private",
                "SubnetIds": [ref("Private0"), ref("Private1")],
            },
        ),
        name: (
            "RDS::DBInstance",
            {
                "Engine": "mysql",
                "DBInstanceClass": {"Fn::FindInMap": ["Sizes", ref("Environment"), "Database"]},
                "AllocatedStorage": "100",
                "MasterUsername": "admin",
                "MasterUserPassword": ref("Password"),
                "DBSubnetGroupName": ref(f"{name}Subnets"),
                "VPCSecurityGroups": [ref(f"{name}Group")],
                "StorageEncrypted": falls(chance, 0.7),
                "MultiAZ": {"Fn::If": ["IsLarge", True, False]},
                "BackupRetentionPeriod": chance.choice([1, 7, 35]),
            },
        ),
    }


def function(name: str, chance: random.Random) -> dict[str, Any]:
    """A function with its role, its logs and an alarm."""
    lines = [f"    total += event.get('key{number}', {number})" for number in range(12)]
    code = "\n".join(["def handler(event, context):", "    total = 0", *lines, "    return total"])
    action = chance.choice(["s3:GetObject", "dynamodb:Query", "sqs:SendMessage", "sns:Publish"])
    written_to = joined(f"arn:aws:{action.partition(':')[0]}:::name")
    allowed = policy(Action=[action, "logs:PutLogEvents"], Resource=written_to)
    return {
        f"{name}Role": (
            "IAM::Role",
            {
                "AssumeRolePolicyDocument": trusting("lambda"),
                "Policies": [{"PolicyName": "own", "PolicyDocument": allowed}],
            },
        ),
        name: (
            "Lambda::Function",
            {
                "Runtime": "python3.12",
                "Handler": "index.handler",
                "Role": attribute(f"{name}Role", "Arn"),
                "Code": {"ZipFile": code},
                "Environment": {"Variables": {"STAGE": ref("Environment")}},
            },
        ),
        f"{name}Logs": (
            "Logs::LogGroup",
            {"LogGroupName": joined(f"/aws/lambda/${{{name}}}"), "RetentionInDays": 365},
        ),
        f"{name}Alarm": (
            "CloudWatch::Alarm",
            {
                "MetricName": "Errors",
                "Namespace": "AWS/Lambda",
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 5,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanThreshold",
                "Dimensions": [{"Name": "FunctionName", "Value": ref(name)}],
            },
        ),
    }


def messages(name: str, chance: random.Random) -> dict[str, Any]:
    """A topic, a queue and a table, encrypted or not."""
    sent = policy(
        Principal={"AWS": joined("arn:aws:iam::${AWS::AccountId}:root")},
        Action="sqs:SendMessage",
        Resource=attribute(f"{name}Queue", "Arn"),
    )
    return {
        f"{name}Topic": ("SNS::Topic", {"KmsMasterKeyId": ref("KeyId")}),
        f"{name}Queue": ("SQS::Queue", {"SqsManagedSseEnabled": falls(chance, 0.5)}),
        f"{name}QueuePolicy": (
            "SQS::QueuePolicy",
            {"Queues": [ref(f"{name}Queue")], "PolicyDocument": sent},
        ),
        f"{name}Table": (
            "DynamoDB::Table",
            {
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "SSESpecification": {"SSEEnabled": True},
            },
        ),
    }


PARTS: tuple[Callable[[str, random.Random], dict[str, Any]], ...] = (
    bucket,
    servers,
    database,
    function,
    messages,
)
STRINGS = ("ImageId", "CertificateArn", "DatabaseClients", "KeyId")
PLACES = ("Private0", "Private1", "Public0", "Public1")


def template(number: int) -> dict[str, Any]:
    """One template; every third brings a network of its own."""
    chance = seeded(number)
    resources = network(chance) if number % 3 == 0 else {}
    parameters: dict[str, Any] = {
        "Environment": {
            "Type": "String",
            "Default": "test",
            "AllowedValues": ["test", "production"],
            "Description": "The environment that this stack belongs to, which decides its size.",
        },
        "Size": {"Type": "String", "AllowedValues": ["small", "large"]},
        "Password": {"Type": "String", "NoEcho": True},
        **{name: {"Type": "String", "Description": f"{name} of the stack."} for name in STRINGS},
    }
    if not resources:
        parameters["Vpc"] = {"Type": "AWS::EC2::VPC::Id"}
        parameters |= {name: {"Type": "AWS::EC2::Subnet::Id"} for name in PLACES}
    described: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Template {number} of a hundred, as published ones look.",
        "Parameters": parameters,
        "Mappings": {
            "Sizes": {
                "test": {"Instance": "t3.micro", "Database": "db.t3.micro"},
                "production": {"Instance": "m6i.large", "Database": "db.r6g.large"},
            }
        },
        "Conditions": {"IsLarge": {"Fn::Equals": [ref("Size"), "large"]}},
    }
    size = 0
    for position in range(20):
        make = chance.choice(PARTS)
        resources |= make(f"{make.__name__.title()}{position}", chance)
        body = {
            name: {"Type": f"AWS::{kind}", "Properties": properties}
            for name, (kind, properties) in resources.items()
        }
        described |= {
            "Resources": body,
            "Outputs": {f"{name}Id": {"Value": ref(name)} for name in list(body)[:8]},
        }
        size = len(written(number, described)[1])
        if size > SIZE * 0.9:
            break
    return described


def written(number: int, described: dict[str, Any]) -> tuple[str, str]:
    """The name of the file and its text: JSON and YAML in turn."""
    if number % 2:
        return f"{number:02}.json", json.dumps(described, indent=2)
    return f"{number:02}.yaml", yaml.safe_dump(described, sort_keys=False)


def files() -> Iterator[tuple[str, str]]:
    """The templates: names of files and texts."""
    return (written(number, template(number)) for number in range(TEMPLATES))


def main() -> int:
    """Measure, print, and tell whether the bar was kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "templates")
        folder.mkdir()
        Path(name, "cloudpack-baseline.toml").touch()
        for file, text in files():
            (folder / file).write_text(text, encoding="utf-8")
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        empty = min(work(EMPTY, name) for _ in range(RUNS))
        judged = min(work(JUDGED, name) for _ in range(RUNS))
        within_bar = report_bar(f"{TEMPLATES} templates ({size:.1f} MB)", judged - empty, BAR)
        _compare(name, judged)
    return 0 if within_bar else 1


def _compare(folder: str, judged: float) -> None:
    """Print what other tools take for the same templates, as whole processes."""
    for variable, (command, arguments) in PEERS.items():
        program = shutil.which(os.environ.get(variable, command))
        if program is None:
            print(f"      {command} is not installed: set {variable} to its command to compare")
            continue
        took = min(work(arguments, folder, command=program) for _ in range(RUNS))
        print(f"      {took:7.3f} s  {command}, {took / judged:.1f} times as long as this package")


if __name__ == "__main__":
    sys.exit(main())
