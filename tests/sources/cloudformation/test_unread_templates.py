"""Nested stacks and modules that are not read: only what they may change is unknown."""

import json

import pytest

from cloudpack_baseline import Baseline, Snapshot, assess
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.ec2 import NetworkInterface

CHILD = """
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://bucket.s3.amazonaws.com/child.yaml
      Parameters:
        %s
"""
BUCKETS = """
Resources:
  Passed: {Type: AWS::S3::Bucket}
  Other: {Type: AWS::S3::Bucket}
"""


def outcomes(snapshot, *controls):
    return {
        (finding.control, finding.resource.name): finding.outcome.value
        for finding in assess(snapshot, controls=controls or None).findings
        if finding.outcome.value != "not applicable"
    }


def test_an_unread_template_is_one_finding_of_its_own(gathered):
    snapshot = gathered(BUCKETS + CHILD % "Name: x")
    findings = assess(snapshot).findings
    (finding,) = (finding for finding in findings if finding.control == "unread-templates")
    assert finding.outcome.value == "unknown"
    assert finding.resource.name == "Child"
    assert finding.resource.origin.line == 6
    assert "Child" in finding.observations[0].message.in_language("ja")
    listings = {finding.control for finding in findings if finding.resource.name == "*"}
    assert listings == {"guardduty", "cloudtrail-enabled", "config-recorder"}
    assert not assess(snapshot, controls=["s3-versioning"])


def test_what_counts_over_the_account_names_the_stack(gathered):
    (finding, _) = assess(
        gathered(BUCKETS + CHILD % "Name: x"), controls=["cloudtrail-enabled"]
    ).findings
    assert "nested stack Child" in finding.observations[0].message.in_language("en")


@pytest.mark.parametrize(
    "parameter",
    [
        "Name: !Ref Passed",
        "Name: !GetAtt Passed.Arn",
        "Name: !Sub '${Passed}/*'",
        "Name: !Join [',', [a, !Ref Passed]]",
        "Name: !GetAtt Passed.Unheard",
    ],
)
def test_a_bucket_that_is_passed_may_get_a_policy(gathered, parameter):
    judged = outcomes(
        gathered(BUCKETS + CHILD % parameter), "s3-exposure", "s3-encryption", "s3-tls-only"
    )
    assert judged["s3-exposure", "Passed"] == "unknown"
    assert judged["s3-exposure", "Other"] == "pass"
    assert judged["s3-tls-only", "Passed"] == "unknown"
    assert judged["s3-tls-only", "Other"] == "fail"
    assert judged["s3-encryption", "Passed"] == judged["s3-encryption", "Other"] == "pass"


PUBLISHED = [
    "Outputs:\n  Name: {Value: !Ref Passed, Export: {Name: bucket}}\n",
    "  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Passed}}\n",
]


@pytest.mark.parametrize("text", PUBLISHED)
def test_so_may_one_that_the_stack_publishes(gathered, text):
    judged = outcomes(gathered(BUCKETS + CHILD % "Name: x" + text), "s3-exposure")
    assert judged["s3-exposure", "Passed"] == "unknown"
    assert judged["s3-exposure", "Other"] == "pass"


def test_an_output_that_is_not_exported_is_not_published(gathered):
    text = "Outputs:\n  Name: {Value: !Ref Passed}\n"
    judged = outcomes(gathered(BUCKETS + CHILD % "Name: x" + text), "s3-exposure")
    assert judged["s3-exposure", "Passed"] == "pass"


def test_a_bucket_has_one_policy_only(gathered):
    policy = """
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Passed
      PolicyDocument:
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: [!GetAtt Passed.Arn, !Sub "${Passed.Arn}/*"]
            Condition: {Bool: {"aws:SecureTransport": "false"}}
"""
    judged = outcomes(
        gathered(BUCKETS + CHILD % "Name: !Ref Passed" + policy), "s3-exposure", "s3-tls-only"
    )
    assert judged["s3-exposure", "Passed"] == judged["s3-tls-only", "Passed"] == "pass"


def test_a_policy_that_cannot_be_read_leaves_its_bucket_unknown(gathered):
    policy = "  Policy: {Type: AWS::S3::BucketPolicy, Properties: !Ref AWS::StackName}\n"
    judged = outcomes(gathered(BUCKETS + policy + CHILD % "Name: !Ref Passed"), "s3-exposure")
    assert judged["s3-exposure", "Passed"] == "unknown"


def test_a_queue_that_fails_by_its_own_policy_fails(gathered):
    queues = """
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Private: {Type: AWS::SQS::Queue}
  Other: {Type: AWS::SQS::Queue}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "sqs:*"}]}
"""
    passed = "Names: !Join [',', [!Ref Queue, !GetAtt Private.Arn]]"
    judged = outcomes(gathered(queues + CHILD % passed), "resource-sharing")
    assert judged["resource-sharing", "Queue"] == "fail"
    assert judged["resource-sharing", "Private"] == "unknown"
    assert judged["resource-sharing", "Other"] == "pass"


NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Passed: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: a, VpcId: !Ref Vpc}}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: b
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
  Other: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: c, VpcId: !Ref Vpc}}
"""


def test_a_group_that_is_passed_may_get_rules(gathered):
    passed = "Groups: !Join [',', [!Ref Passed, !Ref Open]]"
    judged = outcomes(gathered(NETWORK + CHILD % passed), "open-security-groups")
    assert judged["open-security-groups", "Passed"] == "unknown"
    assert judged["open-security-groups", "Open"] == "fail"
    assert judged["open-security-groups", "Other"] == "pass"


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [("!Ref Subnet", "unknown"), ("!Ref Vpc", "unknown"), ("!Ref Passed", "pass"), ("x", "pass")],
)
def test_beside_a_resource_there_may_be_new_ones_if_its_place_is_known(
    gathered, parameter, expected
):
    text = NETWORK.replace("SubnetId: !Ref Subnet", "SubnetId: subnet-1")
    judged = outcomes(gathered(text + CHILD % f"It: {parameter}"), "route-restriction")
    assert judged["route-restriction", "subnet-Subnet"] == expected


def test_a_route_table_that_is_passed_may_get_routes(gathered):
    control = ("route-restriction", "subnet-Subnet")
    judged = outcomes(gathered(NETWORK + CHILD % "Table: !Ref Table"), "route-restriction")
    assert judged[control] == "unknown"
    judged = outcomes(gathered(NETWORK + CHILD % "Name: x"), "route-restriction")
    assert judged[control] == "pass"


@pytest.mark.parametrize(("parameter", "expected"), [("!Ref Vpc", "unknown"), ("x", "fail")])
def test_a_vpc_that_is_passed_may_get_a_flow_log(gathered, parameter, expected):
    judged = outcomes(gathered(NETWORK + CHILD % f"Vpc: {parameter}"), "vpc-flow-logs")
    assert judged["vpc-flow-logs", "vpc-Vpc"] == expected


ROLES = """
Resources:
  Passed: &role
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
  Other: *role
"""


def test_a_role_that_is_passed_may_get_a_policy(gathered):
    judged = outcomes(gathered(ROLES + CHILD % "Arn: !GetAtt Passed.Arn"), "admin-privileges")
    assert judged["admin-privileges", "Passed"] == "unknown"
    assert judged["admin-privileges", "Other"] == "pass"


PARTS = [
    ("AWS::SNS::Topic", "", "resource-sharing"),
    ("AWS::Kinesis::Stream", "", "resource-sharing"),
    ("AWS::SecretsManager::Secret", "", "resource-sharing"),
    ("AWS::Events::EventBus", "{Name: bus}", "resource-sharing"),
    ("AWS::EventSchemas::Registry", "{RegistryName: registry}", "resource-sharing"),
    ("AWS::Lambda::Function", "{Code: {ZipFile: x}, Role: x}", "resource-sharing"),
    ("AWS::Lambda::LayerVersion", "{Content: {S3Bucket: x, S3Key: x}}", "resource-sharing"),
    ("AWS::IAM::User", "", "admin-privileges"),
]


@pytest.mark.parametrize(("kind", "properties", "control"), PARTS)
def test_what_is_passed_may_get_a_policy(gathered, kind, properties, control):
    text = f"\nResources:\n  Passed: {{Type: {kind}, Properties: {properties or '{}'}}}\n"
    alone = outcomes(gathered(text + CHILD % "Name: x"), control)
    together = outcomes(gathered(text + CHILD % "Name: !Ref Passed"), control)
    changed = {key for key in alone if alone[key] == "pass" and together[key] == "unknown"}
    assert len(changed) == 1, (alone, together)


def test_what_a_read_nested_stack_returns_is_passed_on(gathered):
    inner = "Resources: {Data: {Type: AWS::S3::Bucket}}\nOutputs: {Name: {Value: !Ref Data}}\n"
    outer = """
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 1-template.yaml}}
  Other: {Type: AWS::S3::Bucket}
"""
    judged = outcomes(
        gathered(outer + CHILD % "Name: !GetAtt Inner.Outputs.Name", inner), "s3-exposure"
    )
    assert judged["s3-exposure", "Inner.Data"] == "unknown"
    assert judged["s3-exposure", "Other"] == "pass"


def test_a_name_that_is_known_in_part_is_passed(gathered):
    text = """
Parameters: {Name: {Type: String}}
Resources:
  Passed: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Name}-data"}}
  Other: {Type: AWS::S3::Bucket}
"""
    judged = outcomes(gathered(text + CHILD % "Name: !Sub 'arn:aws:s3:::${Name}-data/*'"))
    assert judged["s3-exposure", "<parameter Name>-data"] == "unknown"
    assert judged["s3-exposure", "Other"] == "pass"


def test_a_module_is_such_a_template(gathered):
    module = "  More: {Type: Acme::Net::Vpc::MODULE, Properties: {Bucket: !Ref Passed}}\n"
    judged = outcomes(gathered(BUCKETS + module), "s3-exposure")
    assert judged["s3-exposure", "Passed"] == judged["unread-templates", "More"] == "unknown"
    assert judged["s3-exposure", "Other"] == "pass"


def test_a_recorded_snapshot_gives_the_same_findings(gathered):
    snapshot = gathered(BUCKETS + CHILD % "Name: !Ref Passed")
    recorded = Snapshot.from_json(json.loads(json.dumps(snapshot.to_json())))
    assert assess(recorded).findings == assess(snapshot).findings


def test_a_condition_decides_whether_there_is_one(gathered):
    text = """
Parameters: {Stage: {Type: String}}
Conditions: {More: !Equals [!Ref Stage, prod]}
Resources:
  Passed: {Type: AWS::S3::Bucket}
"""
    child = CHILD.replace("    Properties", "    Condition: More\n    Properties")
    snapshot = gathered(text + child % "Name: !Ref Passed")
    findings = {finding.control: finding for finding in assess(snapshot).findings}
    assert findings["unread-templates"].outcome.value == "unknown"
    assert findings["s3-exposure"].outcome.value == "unknown"
    assert "More=true" in findings["s3-exposure"].notes[0].in_language("en")


def test_what_asks_the_records_itself_sees_that_they_may_lack_something(gathered):
    snapshot = gathered(NETWORK + CHILD % "Vpc: x")
    view = view_of(snapshot, Baseline(), "open-security-groups", snapshot.accounts[0])
    assert view.gap(NetworkInterface) is not None
