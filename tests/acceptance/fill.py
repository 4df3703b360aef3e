"""Fills the mocked account behind $AWS_ENDPOINT_URL with the AWS CLI alone, in this process.

Web and db segments, a database, a public, an office-only and a private bucket.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout

from awscli.clidriver import create_clidriver

LOADER = create_clidriver().session.get_component("data_loader")
"""The models of the services, which each command would load anew."""


def aws(command, *, query=None, **options):
    """What the AWS CLI prints for the command with the options; with a query, as text."""
    words = command.split()
    for name, value in options.items():
        values = value if isinstance(value, list) else [value]
        words += [f"--{name.replace('_', '-')}", *values]
    if query:
        words += ["--query", query, "--output", "text"]
    driver = create_clidriver()
    driver.session.register_component("data_loader", LOADER)
    with redirect_stdout(io.StringIO()) as printed:
        code = driver.main(words)
    if code:
        sys.exit(f"{command}: exit code {code}")
    return printed.getvalue().strip()


def subnet(vpc, cidr_block, zone):
    return aws(
        "ec2 create-subnet",
        vpc_id=vpc,
        cidr_block=cidr_block,
        availability_zone=f"ap-northeast-1{zone}",
        query="Subnet.SubnetId",
    )


def security_group(vpc, name):
    return aws(
        "ec2 create-security-group",
        group_name=name,
        description=name,
        vpc_id=vpc,
        query="GroupId",
    )


def fill_network():
    """Segments web and db with an instance and a database."""
    vpc = aws("ec2 create-vpc", cidr_block="10.0.0.0/16", query="Vpc.VpcId")
    web = subnet(vpc, "10.0.1.0/24", "a")
    databases = [subnet(vpc, "10.0.20.0/24", "a"), subnet(vpc, "10.0.21.0/24", "c")]
    gateway = aws("ec2 create-internet-gateway", query="InternetGateway.InternetGatewayId")
    aws("ec2 attach-internet-gateway", vpc_id=vpc, internet_gateway_id=gateway)
    table = aws("ec2 create-route-table", vpc_id=vpc, query="RouteTable.RouteTableId")
    internet = "0.0.0.0/0"
    aws(
        "ec2 create-route",
        route_table_id=table,
        destination_cidr_block=internet,
        gateway_id=gateway,
    )
    aws("ec2 associate-route-table", route_table_id=table, subnet_id=web)
    sg_web, sg_db = security_group(vpc, "web"), security_group(vpc, "db")
    ingress = "ec2 authorize-security-group-ingress --protocol tcp"
    aws(ingress, group_id=sg_web, port="443", cidr=internet)
    aws(ingress, group_id=sg_db, port="3306", source_group=sg_web)
    aws(
        "ec2 run-instances --associate-public-ip-address",
        image_id=aws("ec2 describe-images", query="Images[0].ImageId"),
        subnet_id=web,
        security_group_ids=sg_web,
        tag_specifications="ResourceType=instance,Tags=[{Key=Tier,Value=web}]",
    )
    aws(
        "rds create-db-subnet-group --db-subnet-group-name db --db-subnet-group-description db",
        subnet_ids=databases,
    )
    aws(
        "rds create-db-instance --db-instance-identifier main --engine mysql"
        " --db-instance-class db.t3.micro --allocated-storage 20 --master-username admin"
        " --master-user-password not-a-secret-1 --db-subnet-group-name db",
        vpc_security_group_ids=sg_db,
        backup_retention_period="7",
    )


def create_bucket(name):
    """A bucket in which access control lists have no effect."""
    location = "LocationConstraint=ap-northeast-1"
    aws("s3api create-bucket", bucket=name, create_bucket_configuration=location)
    ownership = "Rules=[{ObjectOwnership=BucketOwnerEnforced}]"
    aws("s3api put-bucket-ownership-controls", bucket=name, ownership_controls=ownership)


def let_in(bucket, **condition):
    """Let everybody read the bucket, under the condition."""
    statement = {
        "Sid": "LetIn",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    policy = {"Version": "2012-10-17", "Statement": statement | condition}
    aws("s3api put-bucket-policy", bucket=bucket, policy=json.dumps(policy))


if __name__ == "__main__":
    fill_network()
    for bucket in ("www-example", "intra-example", "data-example"):
        create_bucket(bucket)
    let_in("www-example")
    let_in("intra-example", Condition={"IpAddress": {"aws:SourceIp": ["203.0.113.0/28"]}})
