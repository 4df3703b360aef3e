"""Strings that a template writes as numbers, as YAML lets it: CloudFormation takes them as well."""

import pytest

from cloudpack_baseline.model.elasticache import CacheCluster
from cloudpack_baseline.model.s3 import Bucket

ROLE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: 8
      AssumeRolePolicyDocument:
        Statement:
          {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
"""
GROUP = """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupName: 77
      GroupDescription: 1
      SecurityGroupIngress: [{IpProtocol: 6, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
"""
FUNCTION = """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {FunctionName: 1, Code: {}, Role: r}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: 1, Action: lambda:InvokeFunction, Principal: 222222222222}
"""


@pytest.mark.parametrize(
    ("control", "text", "outcomes"),
    [
        ("role-trust", ROLE, {"8": "pass"}),
        ("open-security-groups", GROUP, {"77": "fail"}),
        ("resource-sharing", FUNCTION, {"1": "fail"}),
    ],
)
def test_a_name_may_be_a_number(judge_template, control, text, outcomes):
    assert judge_template(control, text) == outcomes


@pytest.mark.parametrize(("version", "text"), [("7.1", "7.1"), ("7", "7"), ("'7.0'", "7.0")])
def test_a_version_may_be_a_number(gathered, version, text):
    snapshot = gathered(
        f"""
        Resources:
          Cache:
            Type: AWS::ElastiCache::CacheCluster
            Properties: {{Engine: redis, NumCacheNodes: 1, EngineVersion: {version}}}
        """
    )
    (cache,) = snapshot.all(CacheCluster, "000000009999")
    assert cache.engine_version == text


@pytest.mark.parametrize("value", ["5", "!Ref Five", "!Select [0, [5]]", "!Length [1, 2, 3, 4, 5]"])
def test_so_may_any_other_string(gathered, value):
    snapshot = gathered(
        f"""
        Parameters: {{Five: {{Type: Number, Default: 5}}}}
        Resources:
          Site:
            Type: AWS::S3::Bucket
            Properties: {{WebsiteConfiguration: {{IndexDocument: {value}}}}}
        """
    )
    (bucket,) = snapshot.all(Bucket, "000000009999")
    assert bucket.website.index_document == "5"


def test_a_truth_value_is_no_string(gathered):
    snapshot = gathered(
        """
        Resources:
          Site:
            Type: AWS::S3::Bucket
            Properties: {WebsiteConfiguration: {IndexDocument: true}}
        """
    )
    (bucket,) = snapshot.all(Bucket, "000000009999")
    assert "is not a string" in bucket.website.causes[0].detail
