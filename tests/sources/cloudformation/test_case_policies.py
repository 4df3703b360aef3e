"""Accounts with known right answers, written as templates: the same verdicts."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.access import UNDETERMINED, parse_policy
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.cloudformation import policy_doubts
from cloudpack_baseline.sources.cloudformation.policy_drafts import of_bucket
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import select

ACCOUNT = "123456789012"
FOLDER = Path(__file__).parent
CASES = json.loads((FOLDER / "policies.json").read_text(encoding="utf-8"))
BUCKETS = [
    pytest.param(case["policy"], id=f"{path.stem}-{number}")
    for path in sorted((FOLDER.parents[1] / "access/cases").glob("*.json"))
    for number, case in enumerate(json.loads(path.read_text(encoding="utf-8"))["cases"])
    if case.get("policy", {}).get("Statement")
]


def principal(detail, name):
    """Properties that users, groups and roles share."""
    inline = next((detail[key] for key in detail if key.endswith("PolicyList")), [])
    properties = {
        f"{name}Name": detail[f"{name}Name"],
        "Path": detail["Path"],
        "Policies": inline,
        "ManagedPolicyArns": [
            attached["PolicyArn"] for attached in detail["AttachedManagedPolicies"]
        ],
        "Tags": detail.get("Tags", []),
    }
    boundary = detail.get("PermissionsBoundary")
    if boundary:
        properties["PermissionsBoundary"] = boundary["PermissionsBoundaryArn"]
    return properties


def iam_resources(answers):
    """The resources of the answers of IAM."""
    details = answers["iam.get-account-authorization-details.json"]
    for user in details["UserDetailList"]:
        name = user["UserName"]
        properties = principal(user, "User") | {"Groups": user["GroupList"]}
        if "LoginProfile" in answers[f"iam.get-login-profile@{name}.json"]:
            properties["LoginProfile"] = {"Password": "{{resolve:secretsmanager:password}}"}
        yield "AWS::IAM::User", properties
        for key in answers[f"iam.list-access-keys@{name}.json"]["AccessKeyMetadata"]:
            yield "AWS::IAM::AccessKey", {"UserName": name, "Status": key["Status"]}
    for group in details["GroupDetailList"]:
        yield "AWS::IAM::Group", principal(group, "Group")
    for role in details["RoleDetailList"]:
        trust = {"AssumeRolePolicyDocument": role["AssumeRolePolicyDocument"]}
        yield "AWS::IAM::Role", principal(role, "Role") | trust
    for policy in details["Policies"]:
        if ":aws:policy/" not in policy["Arn"]:
            (version,) = (
                entry for entry in policy["PolicyVersionList"] if entry["IsDefaultVersion"]
            )
            yield (
                "AWS::IAM::ManagedPolicy",
                {
                    "ManagedPolicyName": policy["PolicyName"],
                    "Path": policy["Path"],
                    "PolicyDocument": version["Document"],
                },
            )
    providers = answers.get("iam.list-open-id-connect-providers.json", {})
    for provider in providers.get("OpenIDConnectProviderList", []):
        described = next(
            answer
            for name, answer in answers.items()
            if name.startswith("iam.get-open-id-connect-provider@")
            and answer.get("Url", "").removeprefix("https://")
            == provider["Arn"].partition(":oidc-provider/")[2]
        )
        properties = {"Url": described["Url"], "ClientIdList": described["ClientIDList"]}
        yield "AWS::IAM::OIDCProvider", properties


def answer_of(answers, operation, name):
    """The answer about one thing; None: an error."""
    answer = answers.get(f"{operation}@{name}.json")
    return None if answer is None or "Error" in answer else answer


def s3_resources(answers):
    """The resources of the answers of Amazon S3."""
    for listed in answers["s3api.list-buckets.json"]["Buckets"]:
        name = listed["Name"]
        properties = {"BucketName": name}
        ownership = answer_of(answers, "s3api.get-bucket-ownership-controls", name)
        if ownership:
            properties["OwnershipControls"] = ownership["OwnershipControls"]
        block = answer_of(answers, "s3api.get-public-access-block", name)
        settings = block["PublicAccessBlockConfiguration"] if block else {"BlockPublicAcls": False}
        properties["PublicAccessBlockConfiguration"] = settings
        yield "AWS::S3::Bucket", properties
        policy = answer_of(answers, "s3api.get-bucket-policy", name)
        if policy:
            document = json.loads(policy["Policy"])
            yield "AWS::S3::BucketPolicy", {"Bucket": name, "PolicyDocument": document}
    for listed in answers["s3control.list-access-points.json"]["AccessPointList"]:
        name = listed["Name"]
        described = answer_of(answers, "s3control.get-access-point", name)
        policy = answer_of(answers, "s3control.get-access-point-policy", name)
        properties = {"Name": name, "Bucket": listed["Bucket"]}
        properties["PublicAccessBlockConfiguration"] = described["PublicAccessBlockConfiguration"]
        if policy:
            properties["Policy"] = json.loads(policy["Policy"])
        yield "AWS::S3::AccessPoint", properties


def template_of(resources):
    """A template with the resources."""
    return json.dumps(
        {
            "Parameters": {"Any": {"Type": "String"}, "Some": {"Type": "CommaDelimitedList"}},
            "Resources": {
                f"R{number}": {"Type": kind, "Properties": properties}
                for number, (kind, properties) in enumerate(resources)
            },
        }
    )


def snapshot_of(tmp_path, resources, control):
    """What the control reads of the resources, in the account of the cases."""
    file = tmp_path / "template.json"
    file.write_text(template_of(resources), encoding="utf-8")
    account = SourceAccount(id=ACCOUNT, regions=("ap-northeast-1",))
    with parse_source(f"template:{file}").open([account]) as opened:
        return opened.gather(reads_of(select([control])))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_an_account_as_a_template_has_the_same_verdict(tmp_path, case):
    of = s3_resources if case["control"] == "s3-exposure" else iam_resources
    snapshot = snapshot_of(tmp_path, of(case["answers"]), case["control"])
    baseline = Baseline.from_mapping(case["baseline"])
    findings = assess(snapshot, baseline, controls=[case["control"]]).findings
    (outcome,) = [
        str(finding.outcome) for finding in findings if finding.resource.name == case["subject"]
    ]
    assert outcome in case["want"]


def of_another_bucket(policy):
    """Whether S3 would reject the policy of bucket b; a template means bucket b by it."""
    statements = policy["Statement"]
    several = statements if isinstance(statements, list) else [statements]
    return any(of_bucket(statement, "b") != statement for statement in several)


@pytest.mark.parametrize(
    "policy", [case for case in BUCKETS if not of_another_bucket(case.values[0])]
)
def test_a_policy_in_a_template_says_what_it_says_in_an_account(tmp_path, policy):
    resources = [
        ("AWS::S3::Bucket", {"BucketName": "b"}),
        ("AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": policy}),
    ]
    snapshot = snapshot_of(tmp_path, resources, "s3-exposure")
    (bucket,) = snapshot.all(Bucket, ACCOUNT)
    assert parse_policy(bucket.policy) == parse_policy(json.dumps(policy))


UNKNOWN = st.sampled_from([{"Ref": "Any"}, {"Ref": "Some"}, {"Fn::Sub": "${Any}x"}])


@st.composite
def clouded(draw, policy):
    """The policy with a part that is known only at deployment."""
    policy = json.loads(json.dumps(policy))
    statements = policy["Statement"]
    if isinstance(statements, list):
        index = draw(st.integers(0, len(statements) - 1))
        statement = statements[index]
    else:
        statement = statements
    part = draw(st.sampled_from([*statement, "Statement"]))
    if part == "Statement":
        if isinstance(statements, list):
            statements[index] = draw(UNKNOWN)
        else:
            policy["Statement"] = draw(UNKNOWN)
    elif part == "Condition" and draw(st.booleans()):
        operator = draw(st.sampled_from(sorted(statement["Condition"]) or ["Bool"]))
        key = draw(st.sampled_from(sorted(statement["Condition"].get(operator, {})) or ["a:b"]))
        statement["Condition"].setdefault(operator, {})[key] = draw(UNKNOWN)
    else:
        statement[part] = draw(UNKNOWN)
    return policy


PUBLIC = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}


def verdict(tmp_path, policy, control):
    """The verdict about a bucket with the policy that blocks nothing."""
    resources = [
        ("AWS::S3::Bucket", {"BucketName": "b", **PUBLIC}),
        ("AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": policy}),
    ]
    snapshot = snapshot_of(tmp_path, resources, control)
    (finding,) = assess(snapshot, Baseline(), controls=[control]).findings
    return str(finding.outcome)


@pytest.mark.parametrize("control", ["s3-exposure", "s3-tls-only"])
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_not_known_never_decides(tmp_path, control, data):
    policy = data.draw(st.sampled_from(BUCKETS)).values[0]
    known = verdict(tmp_path, policy, control)
    partly = verdict(tmp_path, data.draw(clouded(policy)), control)
    assert partly in (known, "unknown")
    if known == "unknown":
        assert partly == "unknown"


def documents_of(resources):
    """The policies in the resources of IAM."""
    for _, properties in resources:
        for name in ("AssumeRolePolicyDocument", "PolicyDocument"):
            if name in properties:
                yield properties, name
        for inline in properties.get("Policies", ()):
            yield inline, "PolicyDocument"


def identity_verdict(tmp_path, case, resources):
    """The verdict about the subject of the case."""
    snapshot = snapshot_of(tmp_path, resources, case["control"])
    baseline = Baseline.from_mapping(case["baseline"])
    findings = assess(snapshot, baseline, controls=[case["control"]]).findings
    return next(str(entry.outcome) for entry in findings if entry.resource.name == case["subject"])


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_not_known_of_a_principal_never_decides(tmp_path, data):
    case = data.draw(st.sampled_from([case for case in CASES if case["control"] != "s3-exposure"]))
    resources = json.loads(json.dumps(list(iam_resources(case["answers"]))))
    owner, name = data.draw(st.sampled_from(list(documents_of(resources))))
    owner[name] = data.draw(clouded(owner[name]))
    assert identity_verdict(tmp_path, case, resources) in (*case["want"], "unknown")


def test_the_engine_knows_the_key_of_what_is_not_known():
    assert policy_doubts.UNDETERMINED == UNDETERMINED


OF_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-abcde12345"}}
OF_ACCOUNT = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.sampled_from(
            [
                "*",
                {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                {"AWS": "arn:aws:iam::210987654321:root"},
                {"Service": "s3.amazonaws.com"},
            ]
        ),
        "Action": st.sampled_from(["sqs:*", "sqs:SendMessage", ["sqs:ReceiveMessage"]]),
        "Resource": st.just("*"),
    },
    optional={"Condition": st.sampled_from([OF_ORGANIZATION, OF_ACCOUNT])},
)


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_not_known_of_a_queue_never_decides(tmp_path, data):
    policy = {
        "Version": "2012-10-17",
        "Statement": data.draw(st.lists(STATEMENTS, min_size=1, max_size=3)),
    }

    def outcome(document):
        resources = [
            ("AWS::SQS::Queue", {"QueueName": "q"}),
            ("AWS::SQS::QueuePolicy", {"Queues": [{"Ref": "R0"}], "PolicyDocument": document}),
        ]
        snapshot = snapshot_of(tmp_path, resources, "resource-sharing")
        (finding,) = assess(snapshot, Baseline(), controls=["resource-sharing"]).findings
        return str(finding.outcome)

    assert outcome(data.draw(clouded(policy))) in (outcome(policy), "unknown")
