"""Records what moto answers for the example account and a few things more.

``python tests/hostile/record_account.py`` writes ``answers.json``: by file name of a folder for
``describe:``, the answer. The tests beside it spoil these answers.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

from cloudpack_baseline import Baseline, gather
from cloudpack_baseline.sources import aws
from cloudpack_baseline.sources.answers import file_name
from cloudpack_baseline.sources.calls import CallError
from cloudpack_baseline.testing import mocked_account, set_root

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "three-tier"
ACCOUNT, REGION = "123456789012", "ap-northeast-1"
BASELINE = Baseline.from_mapping({"regions": [REGION], "accounts": {"main": {"id": ACCOUNT}}})


def statement(**keys):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **keys}]})


def identities(session):
    """Users, groups and roles, one of them an administrator and one for GitHub."""
    iam = session.client("iam")
    url = "token.actions.githubusercontent.com"
    provider = iam.create_open_id_connect_provider(
        Url=f"https://{url}", ThumbprintList=["a" * 40], ClientIDList=["sts.amazonaws.com"]
    )["OpenIDConnectProviderArn"]
    trusts = {
        "deploy": statement(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole"),
        "github": statement(
            Principal={"Federated": provider},
            Action="sts:AssumeRoleWithWebIdentity",
            Condition={
                "StringLike": {f"{url}:sub": "repo:own/*"},
                "StringEquals": {f"{url}:aud": "sts.amazonaws.com"},
            },
        ),
    }
    for name, trust in trusts.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    everything = statement(Action="*", Resource="*")
    iam.put_role_policy(RoleName="deploy", PolicyName="all", PolicyDocument=everything)
    iam.create_user(UserName="ann")
    iam.create_login_profile(UserName="ann", Password="Abc12345!x")
    iam.create_access_key(UserName="ann")
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(GroupName="ops", UserName="ann")
    passing = statement(Action=["iam:PassRole", "lambda:*"], Resource="*")
    iam.put_group_policy(GroupName="ops", PolicyName="pass", PolicyDocument=passing)


def trail(session):
    """A trail that records object events, and a key with an alias."""
    cloudtrail, kms = session.client("cloudtrail"), session.client("kms")
    cloudtrail.create_trail(Name="main", S3BucketName="example-shop-logs", IsMultiRegionTrail=True)
    cloudtrail.start_logging(Name="main")
    selector = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
    }
    cloudtrail.put_event_selectors(TrailName="main", EventSelectors=[selector])
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/own", TargetKeyId=key)


def gateways(session):
    """One of each kind of gateway, a load balancer, a launch template, a prefix list."""
    ec2 = session.client("ec2")
    vpc = next(vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"])
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    subnet = subnets[0]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)
    ec2.accept_vpc_peering_connection(
        VpcPeeringConnectionId=peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    )
    ec2.create_vpn_gateway(Type="ipsec.1")
    ec2.create_egress_only_internet_gateway(VpcId=vpc)
    transit = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit, VpcId=vpc, SubnetIds=[subnet]
    )
    ec2.create_launch_template(
        LaunchTemplateName="servers",
        LaunchTemplateData={"ImageId": "ami-1", "MetadataOptions": {"HttpTokens": "required"}},
    )
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3")
    ec2.create_managed_prefix_list(
        PrefixListName="sites",
        MaxEntries=3,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "10.1.0.0/16"}],
    )
    elb = session.client("elbv2")
    balancer = elb.create_load_balancer(Name="web", Type="network", Subnets=[subnet])
    target = elb.create_target_group(
        Name="web", Protocol="TCP", Port=443, VpcId=vpc, TargetType="instance"
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="TCP",
        Port=443,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
    )


def recorded():
    """The answers that a gathering gets, by the name of the file that holds each."""
    answers, ask = {}, aws.AwsTransport.pages

    def pages(self, operation, region, parameters):
        subject = parameters.get(operation.subject, "") if operation.subject else ""
        name = f"{region or REGION}/{file_name(operation, subject)}"
        try:
            found = list(ask(self, operation, region, parameters))
        except CallError as error:
            answers[name] = {"Error": {"Code": error.code}}
            raise
        answers[name] = joined(found)
        return iter(found)

    aws.AwsTransport.pages = pages
    sys.path.insert(0, str(EXAMPLE))
    import infrastructure  # noqa: PLC0415 - of the example

    with mocked_account(ACCOUNT, region=REGION) as account:
        infrastructure.build(account.session)
        set_root(account, mfa=True)
        for build in (identities, trail, gateways):
            build(account.session)
        gather(account.session, baseline=BASELINE)
    return answers


def joined(pages):
    """One answer of all pages, as the AWS CLI writes it."""
    answer = {}
    for page in pages:
        for key, value in page.items():
            if isinstance(value, list):
                answer[key] = answer.get(key, []) + value
            elif key != "ResponseMetadata":
                answer[key] = value
    return answer


def plain(value):
    return value.isoformat() if isinstance(value, date) else value.decode()


if __name__ == "__main__":
    lines = defaultdict(str)
    for name, answer in sorted(recorded().items()):
        lines[name] = json.dumps(answer, default=plain, sort_keys=True)
    rows = ",\n".join(f"{json.dumps(name)}: {line}" for name, line in lines.items())
    (HERE / "answers.json").write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
