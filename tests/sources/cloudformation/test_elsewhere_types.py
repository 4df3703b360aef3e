"""What templates say of resources that are not in them: each part counts by itself."""

import json

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.iam_principals import RoleDetail
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT
from cloudpack_baseline.whitepaper import select

PARAMETERS = (
    "Parameters: {Any: {Type: String}, List: {Type: CommaDelimitedList},"
    " Empty: {Type: String, Default: ''}}\n"
)


def template(*resources):
    """A template with these resources."""
    return f"{PARAMETERS}Resources:\n" + "".join(f"  {resource}\n" for resource in resources)


def document(statement):
    """A policy with one statement."""
    return f"{{Version: '2012-10-17', Statement: [{{{statement}}}]}}"


PUBLIC = document("Effect: Allow, Principal: '*', Action: '*', Resource: '*'")
PRIVATE = document("Effect: Deny, Principal: '*', Action: '*', Resource: '*'")
ALL = document("Effect: Allow, Action: '*', Resource: '*'")
READ = document("Effect: Allow, Action: 's3:GetObject', Resource: '*'")


def policy_of(bucket, policy):
    """A template with the policy of a bucket elsewhere."""
    return template(
        f"It: {{Type: AWS::S3::BucketPolicy, Properties: {{Bucket: {bucket}, PolicyDocument: {policy}}}}}"
    )


@pytest.mark.parametrize("bucket", ["docs", "!Ref Any", "!ImportValue docs", "!Ref Missing"])
def test_the_policy_of_a_bucket_elsewhere(judge_template, bucket):
    assert list(judge_template("s3-exposure", policy_of(bucket, PUBLIC)).values()) == ["fail"]
    judged = judge_template("s3-exposure", policy_of(bucket, PRIVATE))
    assert list(judged.values()) == ["pass"]


@pytest.mark.parametrize(
    "control",
    [
        "s3-versioning",
        "s3-encryption",
        "s3-access-logging",
        "s3-website",
        "s3-acl-disabled",
        "s3-public-access-block",
    ],
)
def test_the_settings_of_a_bucket_elsewhere_are_not_judged(judge_template, control):
    judged = judge_template(control, policy_of("docs", PRIVATE))
    assert list(judged.values()) == ["not applicable"]


def test_a_bucket_elsewhere_has_one_policy(judge_template):
    assert judge_template("s3-tls-only", policy_of("docs", PUBLIC)) == {"docs": "fail"}
    secure = document(
        "Effect: Deny, Principal: '*', Action: '*', Resource: '*', Condition: {Bool: {'aws:SecureTransport': false}}"
    )
    assert judge_template("s3-tls-only", policy_of("docs", secure)) == {"docs": "pass"}


def test_a_note_says_that_the_rest_of_a_resource_is_elsewhere(gathered):
    snapshot = gathered(policy_of("docs", PRIVATE), controls=["s3-exposure"])
    (finding,) = assess(snapshot, Baseline(), controls=["s3-exposure"]).findings
    assert [note.id for note in finding.notes] == ["common.in-part"]


def test_a_record_says_that_its_resource_is_elsewhere(gathered):
    text = template(
        "Site: {Type: AWS::S3::Bucket}",
        f"It: {{Type: AWS::S3::BucketPolicy, Properties: {{Bucket: docs, PolicyDocument: {PUBLIC}}}}}",
    )
    records = gathered(text, controls=["s3-exposure"]).all(Bucket, PLACEHOLDER_ACCOUNT)
    assert {record.name: record.origin.elsewhere for record in records} == {
        "Site": False,
        "docs": True,
    }


def test_a_policy_of_one_of_the_buckets_is_not_one_elsewhere(judge_template):
    text = policy_of("!Select [0, !Ref List]", PUBLIC) + "  Site: {Type: AWS::S3::Bucket}\n"
    assert judge_template("s3-exposure", text) == {"Site": "unknown"}


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ("PolicyName: p, Roles: [app]", "app"),
        ("PolicyName: p, Roles: [!Ref Any]", "<parameter Any>"),
        ("PolicyName: p, Users: [anna]", "anna"),
        ("PolicyName: p, Groups: [staff]", "member-of-staff"),
        ("PolicyName: p", "holder-of-It"),
    ],
)
def test_the_policy_of_a_principal_elsewhere(judge_template, properties, name):
    text = template(
        f"It: {{Type: AWS::IAM::Policy, Properties: {{{properties}, PolicyDocument: %s}}}}"
    )
    assert judge_template("admin-privileges", text % ALL) == {name: "fail"}
    assert judge_template("admin-privileges", text % READ) == {name: "pass"}


@pytest.mark.parametrize(
    ("kind", "owner", "name"),
    [
        ("RolePolicy", "RoleName: app", "app"),
        ("UserPolicy", "UserName: anna", "anna"),
        ("GroupPolicy", "GroupName: staff", "member-of-staff"),
    ],
)
def test_a_policy_that_names_its_one_principal_elsewhere(judge_template, kind, owner, name):
    text = template(
        f"It: {{Type: AWS::IAM::{kind}, Properties: {{PolicyName: p, {owner}, PolicyDocument: {ALL}}}}}"
    )
    assert judge_template("admin-privileges", text) == {name: "fail"}


def test_a_policy_that_nobody_has_yet(judge_template):
    policy = f"It: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {ALL}}}}}"
    assert judge_template("admin-privileges", template(policy)) == {"holder-of-It": "fail"}
    trust = document(
        "Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'"
    )
    bound = f"App: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {trust}, PermissionsBoundary: !Ref It}}}}"
    assert judge_template("admin-privileges", template(policy, bound)) == {"App": "pass"}


def test_a_group_without_members(judge_template):
    group = "It: {Type: AWS::IAM::Group, Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/%s']}}"
    judged = judge_template("admin-privileges", template(group % "AdministratorAccess"))
    assert judged == {"member-of-It": "fail"}
    judged = judge_template("admin-privileges", template(group % "AmazonS3ReadOnlyAccess"))
    assert judged == {"member-of-It": "pass"}


def test_the_access_key_of_a_user_elsewhere(judge_template):
    key = "It: {Type: AWS::IAM::AccessKey, Properties: {UserName: anna}}"
    assert judge_template("access-keys-declared", template(key)) == {"anna": "fail"}
    # Of her policies, it says nothing.
    assert judge_template("admin-privileges", template(key)) == {"": "not applicable"}


def test_a_user_without_a_key(judge_template):
    judged = judge_template("access-keys-declared", template("It: {Type: AWS::IAM::User}"))
    assert judged == {"It": "not applicable"}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (
            "SQS::QueuePolicy",
            "Queues: ['https://sqs.eu-west-1.amazonaws.com/123456789012/It'], PolicyDocument: ",
        ),
        ("SNS::TopicPolicy", "Topics: ['arn:aws:sns:eu-west-1:123456789012:It'], PolicyDocument: "),
        (
            "Kinesis::ResourcePolicy",
            "ResourceArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/It', ResourcePolicy: ",
        ),
        (
            "SecretsManager::ResourcePolicy",
            "SecretId: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:It', ResourcePolicy: ",
        ),
    ],
)
def test_policies_of_other_resources_elsewhere(judge_template, kind, properties):
    text = template(f"Policy: {{Type: AWS::{kind}, Properties: {{{properties}%s}}}}")
    assert list(judge_template("resource-sharing", text % PUBLIC).values()) == ["fail"]
    assert list(judge_template("resource-sharing", text % PRIVATE).values()) == ["pass"]


@pytest.mark.parametrize(
    ("function", "judged"),
    [
        ("It", {"It": "fail"}),
        ("'arn:aws:lambda:eu-west-1:123456789012:function:It'", {"It": "fail"}),
    ],
)
def test_the_permission_of_a_function_elsewhere(judge_template, function, judged):
    text = template(
        f"P: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: {function}, Principal: '*', Action: 'lambda:InvokeFunction'}}}}"
    )
    assert judge_template("resource-sharing", text) == judged


@pytest.mark.parametrize(
    ("principal", "judged"),
    [("s3.amazonaws.com", {"It": "pass"}), ("'111122223333'", {"It": "fail"})],
)
def test_a_permission_of_a_function_elsewhere_counts_by_itself(judge_template, principal, judged):
    text = template(
        f"P: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: It, Principal: {principal}, Action: 'lambda:InvokeFunction'}}}}"
    )
    assert judge_template("resource-sharing", text) == judged


@pytest.mark.parametrize(
    ("kind", "source", "judged"),
    [
        ("Ingress", "CidrIp: 10.0.0.0/8", {"sg-12": "pass"}),
        ("Ingress", "CidrIp: 0.0.0.0/0", {"sg-12": "fail"}),
        ("Ingress", "CidrIp: !Ref Any", {"sg-12": "unknown"}),
        ("Ingress", "SourcePrefixListId: !Ref Any", {"sg-12": "unknown"}),
        ("Ingress", "SourcePrefixListId: pl-12", {"sg-12": "unknown"}),
        # What may come in is elsewhere.
        ("Egress", "CidrIp: 10.0.0.0/8", {"": "not applicable"}),
    ],
)
def test_a_rule_of_a_group_elsewhere_counts_by_itself(judge_template, kind, source, judged):
    text = template(
        f"Rule: {{Type: AWS::EC2::SecurityGroup{kind}, Properties: {{GroupId: sg-12, IpProtocol: tcp, FromPort: 22, ToPort: 22, {source}}}}}"
    )
    assert judge_template("open-security-groups", text) == judged


@pytest.mark.parametrize("auth", ["AWS_IAM", "NONE"])
def test_the_url_of_a_function_elsewhere_opens_nothing_by_itself(judge_template, auth):
    text = template(
        f"Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: It, AuthType: {auth}}}}}"
    )
    assert judge_template("resource-sharing", text) == {"It": "pass"}


OPEN_URL = "Principal: '*', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: NONE"


@pytest.mark.parametrize("name", ["It", "It:live"])
@pytest.mark.parametrize(
    ("auth", "judged"), [(None, "unknown"), ("AWS_IAM", "pass"), ("NONE", "fail")]
)
def test_who_may_use_a_url_elsewhere_depends_on_the_url(judge_template, name, auth, judged):
    """A permission for a URL opens nothing without the URL, which may be in another template."""
    permission = (
        f"{{Type: AWS::Lambda::Permission, Properties: {{FunctionName: '{name}', {OPEN_URL}}}}}"
    )
    function, _, qualifier = name.partition(":")
    target = f"TargetFunctionArn: {function}" + (f", Qualifier: {qualifier}" if qualifier else "")
    url = f"{{Type: AWS::Lambda::Url, Properties: {{{target}, AuthType: {auth}}}}}"
    text = f"P: {permission}" + (f"\n  Url: {url}" if auth else "")
    assert judge_template("resource-sharing", template(text))[name] == judged


def test_a_permission_to_invoke_does_not_depend_on_a_url(judge_template):
    text = template(
        "P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: It, "
        "Principal: '111122223333', Action: 'lambda:InvokeFunction'}}"
    )
    assert judge_template("resource-sharing", text) == {"It": "fail"}


def test_a_policy_that_is_broken_is_not_silently_left_out(judge_template):
    broken = document("Effect: Allow, NotAction: {AWS: '*'}, Resource: '*'")
    policy = f"It: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {broken}}}}}"
    assert judge_template("admin-privileges", template(policy)) == {"holder-of-It": "unknown"}


def test_the_permission_of_an_alias_is_enough_to_fail(judge_template):
    text = template(
        "P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: 'It:live', Principal: '*', Action: 'lambda:InvokeFunction'}}"
    )
    assert judge_template("resource-sharing", text) == {"It:live": "fail"}


def stack(name, region, resources):
    """A stack of a cloud assembly."""
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": f"aws://123456789012/{region}",
        "properties": {"templateFile": f"{name}.json", "stackName": name},
    }
    return name, artifact, {"Resources": resources}


def test_principals_and_buckets_of_another_region_are_not_elsewhere(tmp_path):
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role = {"RoleName": "app", "AssumeRolePolicyDocument": {"Statement": [trust]}}
    policy = {"PolicyName": "p", "Roles": ["app"], "PolicyDocument": {"Statement": [everything]}}
    stacks = [
        stack("A", "us-east-1", {"App": {"Type": "AWS::IAM::Role", "Properties": role}}),
        stack("B", "eu-west-1", {"It": {"Type": "AWS::IAM::Policy", "Properties": policy}}),
    ]
    manifest = {"version": "36.0.0", "artifacts": {name: artifact for name, artifact, _ in stacks}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name, _, content in stacks:
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    with parse_source(f"template:{tmp_path}").open() as opened:
        snapshot = opened.gather(reads_of(select(["admin-privileges"])))
    (record,) = snapshot.all(RoleDetail, "123456789012")
    assert (record.name, record.origin.elsewhere) == ("app", False)
    assert [inline.name for inline in record.inline_policies] == ["p"]


def test_a_policy_elsewhere_that_is_not_known_before_deployment(judge_template):
    policy = document("Effect: Allow, Principal: {AWS: !Ref Any}, Action: '*', Resource: '*'")
    judged = judge_template("s3-exposure", policy_of("docs", policy))
    assert list(judged.values()) == ["unknown"]


@pytest.mark.parametrize(
    ("effect", "message"),
    [
        ("Allow", "depends on the policy of bucket other"),
        ("Maybe", "Effect: is neither Allow nor Deny"),
    ],
)
def test_an_access_point_of_a_bucket_elsewhere_is_judged_by_its_policy(gathered, effect, message):
    policy = document(f"Effect: {effect}, Principal: '*', Action: 's3:GetObject', Resource: '*'")
    text = template(
        f"Point: {{Type: AWS::S3::AccessPoint, Properties: {{Bucket: other, Policy: {policy}}}}}"
    )
    (finding,) = assess(gathered(text, controls=["s3-exposure"]), controls=["s3-exposure"]).findings
    assert (finding.resource.kind, finding.outcome.value) == ("AccessPoint", "unknown")
    assert message in finding.observations[0].message.in_language("en")


GATEWAY = "Gateway: {Type: AWS::EC2::InternetGateway}"


def route_of(table, target):
    """A default route of a table."""
    destination = "DestinationCidrBlock: 0.0.0.0/0"
    return f"Route: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: {table}, {destination}, {target}}}}}"


TABLES = ["rtb-0123", "!Ref Any", "!ImportValue table", "!Ref Missing", "!Ref Empty"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("GatewayId: !Ref Gateway", "unknown"),
        ("GatewayId: !Ref Any", "unknown"),
        ("NatGatewayId: nat-0123", "pass"),
    ],
)
def test_a_route_of_a_table_elsewhere(judge_template, table, target, outcome):
    judged = judge_template("route-restriction", template(GATEWAY, route_of(table, target)))
    assert list(judged.values()) == [outcome]


@pytest.mark.parametrize("first", ["route", "association"])
def test_a_subnet_here_has_the_routes_that_are_added_to_its_table_elsewhere(judge_template, first):
    parts = [
        route_of("rtb-0123", "GatewayId: !Ref Gateway"),
        "Association: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Web, RouteTableId: rtb-0123}}",
    ]
    text = template(
        GATEWAY,
        "Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}",
        "Web: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.0.0/24}}",
        *(parts if first == "route" else reversed(parts)),
    )
    judged = judge_template("route-restriction", text)
    assert judged == {"subnet-Web": "fail", "rtb-main-of-vpc-Net": "pass"}
    without_route = text.replace("GatewayId: !Ref Gateway", "NatGatewayId: nat-0123")
    judged = judge_template("route-restriction", without_route)
    assert judged == {"subnet-Web": "unknown", "rtb-main-of-vpc-Net": "pass"}


def test_what_a_gateway_teaches_a_table_elsewhere(judge_template):
    text = template(
        "It: {Type: AWS::EC2::VPNGatewayRoutePropagation, Properties: {RouteTableIds: [rtb-0123], VpnGatewayId: vgw-0123}}"
    )
    assert judge_template("route-restriction", text) == {"rtb-0123": "pass"}


ENTRY = (
    "Entry: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: acl-0123, RuleNumber: 100,"
    " Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}}"
)


def test_an_entry_of_a_network_acl_without_an_id(judge_template):
    text = template(ENTRY.replace("acl-0123", "!Ref Empty"))
    assert judge_template("network-acls", text) == {"<that of Entry>": "pass"}


@pytest.mark.parametrize(("two_layers", "outcome"), [([], "pass"), (["*"], "unknown")])
def test_an_entry_of_a_network_acl_elsewhere(judge_template, two_layers, outcome):
    baseline = Baseline.from_mapping({"controls": {"network-acls": {"two_layers": two_layers}}})
    assert judge_template("network-acls", template(ENTRY), baseline=baseline) == {
        "acl-0123": outcome
    }


def test_a_network_acl_elsewhere_is_judged_with_its_subnet(judge_template):
    text = template(
        "Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}",
        "Web: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.0.0/24}}",
        "Server: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Web}}",
        ENTRY,
        "Association: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Web, NetworkAclId: acl-0123}}",
    )
    assert judge_template("network-acls", text) == {"subnet-Web": "unknown"}


EVERY_BLOCK_OFF = (
    "PublicAccessBlockConfiguration: {BlockPublicAcls: false, IgnorePublicAcls: false, "
    "BlockPublicPolicy: false, RestrictPublicBuckets: false}"
)


NAMES = ("Bucket", "MrapName", "Queues", "Topics", "SecretId", "ResourceArn", "RegistryName")
NAMES += ("FunctionName", "TargetFunctionArn", "LayerVersionArn", "ServiceId", "UserName")
NO_VALUES = "".join(f", {name}: !Ref 'AWS::NoValue'" for name in NAMES)


@pytest.mark.parametrize(
    ("control", "kind", "properties", "outcome"),
    [
        ("s3-exposure", "S3::BucketPolicy", f"PolicyDocument: {PUBLIC}", "fail"),
        ("s3-exposure", "S3::BucketPolicy", f"PolicyDocument: {PRIVATE}", "pass"),
        ("s3-exposure", "S3::AccessPoint", f"Policy: {PUBLIC}, {EVERY_BLOCK_OFF}", "unknown"),
        ("s3-exposure", "S3::MultiRegionAccessPointPolicy", f"Policy: {PUBLIC}", "unknown"),
        ("resource-sharing", "SQS::QueuePolicy", f"PolicyDocument: {PUBLIC}", "fail"),
        ("resource-sharing", "SNS::TopicPolicy", f"PolicyDocument: {PUBLIC}", "fail"),
        ("resource-sharing", "SecretsManager::ResourcePolicy", f"ResourcePolicy: {PUBLIC}", "fail"),
        ("resource-sharing", "Kinesis::ResourcePolicy", f"ResourcePolicy: {PUBLIC}", "fail"),
        ("resource-sharing", "EventSchemas::RegistryPolicy", f"Policy: {PUBLIC}", "fail"),
        (
            "resource-sharing",
            "Lambda::Permission",
            "Action: 'lambda:InvokeFunction', Principal: '*'",
            "fail",
        ),
        ("resource-sharing", "Lambda::Url", "AuthType: NONE", "pass"),
        (
            "resource-sharing",
            "Lambda::LayerVersionPermission",
            "Action: 'lambda:GetLayerVersion', Principal: '*'",
            "fail",
        ),
        (
            "resource-sharing",
            "EC2::VPCEndpointServicePermissions",
            "AllowedPrincipals: ['*']",
            "fail",
        ),
        ("access-keys-declared", "IAM::AccessKey", "Status: Active", "fail"),
    ],
)
def test_a_part_that_does_not_say_what_it_belongs_to(
    judge_template, control, kind, properties, outcome
):
    for names in ("", NO_VALUES):
        text = template(f"It: {{Type: AWS::{kind}, Properties: {{{properties}{names}}}}}")
        assert set(judge_template(control, text).values()) == {outcome}
