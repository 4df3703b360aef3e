"""An account that grew for years, on moto: python old_account.py BEFORE AFTER.

Records it twice: as it is, and after the first corrections.
"""

import json
import sys

from cloudpack_baseline import Baseline, gather, write_snapshot
from cloudpack_baseline.testing import mocked_account, set_root

REGION = "ap-northeast-1"
INTERNET = "0.0.0.0/0"
OFFICE = "203.0.113.0/28"


def main(before, after):
    """Build the account and record it, then correct it and record it again."""
    with mocked_account(region=REGION) as account:
        build(account.session)
        set_root(account, mfa=False)
        record(account.session, before)
        account.session.client("s3", region_name=REGION).delete_bucket_policy(Bucket="old-logs")
        set_root(account, mfa=True)
        record(account.session, after)


def record(session, file):
    """Write a snapshot of one Region."""
    write_snapshot(gather(session, baseline=Baseline(regions=(REGION,))), file)
    print(f"wrote {file}")


def build(session):
    """Create everything in the account of the session."""
    people(session.client("iam"))
    ec2 = session.resource("ec2", region_name=REGION)
    subnets, groups = network(ec2)
    servers(session, ec2, subnets, groups)
    database(session, subnets, groups["db"])
    buckets(session.client("s3", region_name=REGION))


def people(iam):
    """Users with passwords and keys, and a role that a partner set up."""
    for name in ("tanaka", "suzuki", "deploy"):
        iam.create_user(UserName=name)
        iam.create_access_key(UserName=name)
    for name in ("tanaka", "suzuki"):
        iam.create_login_profile(UserName=name, Password=f"an old password of {name}")
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=document(everything))
    partner = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    partner["Principal"] = {"AWS": "arn:aws:iam::999988887777:root"}
    iam.create_role(
        RoleName="partner-monitoring",
        AssumeRolePolicyDocument=document(partner),
    )


def document(statement):
    """A policy with one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def network(ec2):
    """A VPC with public subnets only, and groups that were opened in a hurry."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")
    gateway = ec2.create_internet_gateway()
    vpc.attach_internet_gateway(InternetGatewayId=gateway.id)
    (table,) = vpc.route_tables.all()
    table.create_route(DestinationCidrBlock=INTERNET, GatewayId=gateway.id)
    subnets = [
        vpc.create_subnet(CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")
        for number, zone in enumerate("ac")
    ]
    groups = {}
    for name, openings in {
        "web": [(80, INTERNET), (443, INTERNET), (22, INTERNET)],
        "batch": [(22, INTERNET), (22, OFFICE)],
        "db": [(3306, "10.0.0.0/16"), (3306, INTERNET)],
    }.items():
        groups[name] = vpc.create_security_group(GroupName=name, Description=name)
        for port, cidr in openings:
            groups[name].authorize_ingress(
                IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp=cidr
            )
    return subnets, groups


def servers(session, ec2, subnets, groups):
    """Servers with public addresses and disks that are not encrypted."""
    parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    image = session.client("ssm", region_name=REGION).get_parameter(Name=parameter)
    for role, name in (("web", "web-1"), ("web", "web-2"), ("batch", "batch-1")):
        pairs = [{"Key": "Name", "Value": name}, {"Key": "Role", "Value": role}]
        ec2.create_instances(
            ImageId=image["Parameter"]["Value"],
            MinCount=1,
            MaxCount=1,
            InstanceType="t3.micro",
            TagSpecifications=[{"ResourceType": "instance", "Tags": pairs}],
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": subnets[0].id,
                    "Groups": [groups[role].id],
                    "AssociatePublicIpAddress": True,
                }
            ],
        )


def database(session, subnets, group):
    """A database that is public and backed up for a day."""
    rds = session.client("rds", region_name=REGION)
    rds.create_db_subnet_group(
        DBSubnetGroupName="db",
        DBSubnetGroupDescription="db",
        SubnetIds=[subnet.id for subnet in subnets],
    )
    rds.create_db_instance(
        DBInstanceIdentifier="shop",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        MasterUsername="admin",
        MasterUserPassword="an old password 2",
        AllocatedStorage=20,
        DBSubnetGroupName="db",
        VpcSecurityGroupIds=[group.id],
        PubliclyAccessible=True,
        BackupRetentionPeriod=1,
        Tags=[{"Key": "Role", "Value": "db"}],
    )


def buckets(s3):
    """A site that is public, logs that nobody meant to publish, and others."""
    for name in ("old-site", "old-logs", "old-uploads", "old-backup"):
        s3.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectOwnership="BucketOwnerEnforced",
        )
    for name in ("old-site", "old-logs"):
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
        statement = everybody | {"Resource": f"arn:aws:s3:::{name}/*"}
        s3.put_bucket_policy(Bucket=name, Policy=document(statement))


if __name__ == "__main__":
    main(*sys.argv[1:])
