"""Templates of CloudFormation: what judging one adds to a pytest run; fails where a bar is missed.

Whole processes, run in turn and measured by the time they keep a core busy, which a busy machine
varies less than its clock; the figure is the difference of the smallest.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from _bars import report_bar
from startup import work

RUNS = 7
EMPTY = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
JUDGED = (*EMPTY, "--cloudpack-baseline", "--cloudpack-source", "template:template.json")
BARS = ((0, 0.3), (38, 0.5))
"""How often what `_repeated` adds is in a template, and the seconds that judging it may add."""


def template(times: int) -> dict[str, Any]:
    """A VPC with a server, and further subnets with what stands in them and beside them."""
    resources = _network()
    for number in range(times):
        resources |= _repeated(number)
    return {"Resources": resources}


def _resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def _ingress(port: int, cidr: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr}


def _network() -> dict[str, Any]:
    vpc = {"VpcId": _ref("Vpc")}
    return {
        "Vpc": _resource("EC2::VPC", CidrBlock="10.0.0.0/16"),
        "Igw": _resource("EC2::InternetGateway"),
        "Attached": _resource("EC2::VPCGatewayAttachment", InternetGatewayId=_ref("Igw"), **vpc),
        **_subnet("", 255),
        "Server": _resource(
            "EC2::Instance",
            ImageId="ami-12345678",
            SubnetId=_ref("Subnet"),
            SecurityGroupIds=[_ref("Group")],
        ),
    }


def _subnet(suffix: str, number: int) -> dict[str, Any]:
    vpc = {"VpcId": _ref("Vpc")}
    table = {"RouteTableId": _ref(f"Table{suffix}")}
    return {
        f"Subnet{suffix}": _resource(
            "EC2::Subnet", CidrBlock=f"10.0.{number}.0/24", MapPublicIpOnLaunch=True, **vpc
        ),
        f"Table{suffix}": _resource("EC2::RouteTable", **vpc),
        f"Associated{suffix}": _resource(
            "EC2::SubnetRouteTableAssociation", SubnetId=_ref(f"Subnet{suffix}"), **table
        ),
        f"Route{suffix}": _resource(
            "EC2::Route", DestinationCidrBlock="0.0.0.0/0", GatewayId=_ref("Igw"), **table
        ),
        f"Group{suffix}": _resource(
            "EC2::SecurityGroup",
            GroupDescription="clients and administrators",
            SecurityGroupIngress=[_ingress(443, "0.0.0.0/0"), _ingress(22, "10.0.0.0/8")],
            **vpc,
        ),
    }


def _repeated(number: int) -> dict[str, Any]:
    group, subnet, bucket = f"Group{number}", f"Subnet{number}", f"Bucket{number}"
    objects = {"Fn::Sub": f"${{{bucket}.Arn}}/*"}
    encrypted = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    return {
        **_subnet(str(number), number),
        f"Server{number}": _resource(
            "EC2::Instance",
            ImageId="ami-12345678",
            SubnetId=_ref(subnet),
            SecurityGroupIds=[_ref(group)],
            MetadataOptions={"HttpTokens": "required"},
        ),
        f"Subnets{number}": _resource(
            "RDS::DBSubnetGroup", DBSubnetGroupDescription="one", SubnetIds=[_ref(subnet)]
        ),
        f"Database{number}": _resource(
            "RDS::DBInstance",
            Engine="mysql",
            DBSubnetGroupName=_ref(f"Subnets{number}"),
            VPCSecurityGroups=[_ref(group)],
            StorageEncrypted=True,
        ),
        bucket: _resource(
            "S3::Bucket",
            BucketEncryption={"ServerSideEncryptionConfiguration": [encrypted]},
            VersioningConfiguration={"Status": "Enabled"},
        ),
        f"Policy{number}": _resource(
            "S3::BucketPolicy",
            Bucket=_ref(bucket),
            PolicyDocument=_policy(
                Effect="Deny",
                Principal="*",
                Action="s3:*",
                Resource=[{"Fn::GetAtt": [bucket, "Arn"]}, objects],
                Condition={"Bool": {"aws:SecureTransport": "false"}},
            ),
        ),
        f"Role{number}": _resource(
            "IAM::Role",
            AssumeRolePolicyDocument=_policy(
                Effect="Allow",
                Principal={"Service": "ec2.amazonaws.com"},
                Action="sts:AssumeRole",
            ),
            Policies=[
                {
                    "PolicyName": "reads",
                    "PolicyDocument": _policy(
                        Effect="Allow", Action=["s3:GetObject"], Resource=objects
                    ),
                }
            ],
        ),
        f"Topic{number}": _resource("SNS::Topic", KmsMasterKeyId="alias/aws/sns"),
        f"Queue{number}": _resource("SQS::Queue", SqsManagedSseEnabled=True),
    }


def _policy(**statement: object) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def main() -> int:
    """Measure, print, and tell whether every bar was kept."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cloudpack-baseline.toml").touch()
        for times, bar in BARS:
            described = template(times)
            Path(folder, "template.json").write_text(json.dumps(described), encoding="utf-8")
            runs = [(work(JUDGED, folder), work(EMPTY, folder)) for _ in range(RUNS)]
            judged, empty = (min(seconds) for seconds in zip(*runs, strict=True))
            name = f"a template of {len(described['Resources'])} resources, more than without"
            good &= report_bar(name, judged - empty, bar)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
