"""What scenarios have in common is computed once."""

import ast
import json
import re
from itertools import count
from pathlib import Path

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, assess, gather_template, judging
from cloudpack_baseline.checks.network import _stores
from cloudpack_baseline.reachability import Network
from cloudpack_baseline.sources.cloudformation import gathering
from cloudpack_baseline.sources.cloudformation.choices import SIZES
from cloudpack_baseline.sources.cloudformation.deployments import deployments_of
from cloudpack_baseline.sources.cloudformation.resources import answers_of
from cloudpack_baseline.sources.cloudformation.stack_trees import Root, StackPlace
from cloudpack_baseline.sources.cloudformation.stacks import StackRun
from cloudpack_baseline.sources.cloudformation.template_files import read_templates

VPC = {"VpcId": {"Ref": "Vpc"}}
DATABASE = {"Engine": "mysql", "VPCSecurityGroups": [{"Ref": "Group"}]}
RULE = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
CONTROLS = ("database-isolation", "rds-public-access", "admin-ingress")


def if_large(value, otherwise):
    return {"Fn::If": ["IsLarge", value, otherwise]}


def template(*, multi_az=False, port=22):
    resources = {
        "Vpc": ("EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
        "Subnet": ("EC2::Subnet", {"CidrBlock": "10.0.0.0/24", **VPC}),
        "Group": (
            "EC2::SecurityGroup",
            {
                "GroupDescription": "clients",
                "SecurityGroupIngress": [RULE | {"FromPort": port}],
                **VPC,
            },
        ),
        "Subnets": (
            "RDS::DBSubnetGroup",
            {"DBSubnetGroupDescription": "all", "SubnetIds": [{"Ref": "Subnet"}]},
        ),
        "Database": (
            "RDS::DBInstance",
            DATABASE | {"DBSubnetGroupName": {"Ref": "Subnets"}, "MultiAZ": multi_az},
        ),
    }
    return {
        "Parameters": {"Size": {"Type": "String"}},
        "Conditions": {"IsLarge": {"Fn::Equals": [{"Ref": "Size"}, "large"]}},
        "Resources": {
            name: {"Type": f"AWS::{kind}", "Properties": properties}
            for name, (kind, properties) in resources.items()
        },
    }


@pytest.fixture
def networks(monkeypatch):
    """The networks that were built."""
    built = []
    build = Network.from_records
    monkeypatch.setattr(
        Network,
        "from_records",
        lambda *arguments: built.append(build(*arguments)) or built[-1],
    )
    return built


def snapshot_of(tmp_path, described):
    file = tmp_path / "template.json"
    file.write_text(json.dumps(described), encoding="utf-8")
    return gather_template(file, controls=CONTROLS)


@pytest.mark.parametrize(
    ("described", "scenarios", "number"),
    [
        (template(), 1, 1),
        (template(multi_az=if_large(True, False)), 2, 1),
        (template(port=if_large(22, 20)), 2, 2),
    ],
)
def test_a_network_is_built_once_for_all_scenarios(
    tmp_path, networks, described, scenarios, number
):
    snapshot = snapshot_of(tmp_path, described)
    assert len(snapshot.alternatives) == scenarios - 1
    assess(snapshot, Baseline(), controls=CONTROLS)
    assert len(networks) == number


def test_equal_records_of_scenarios_are_one(tmp_path):
    snapshot = snapshot_of(tmp_path, template(multi_az=if_large(True, False)))
    (alternative,) = snapshot.alternatives
    differing = [
        type(record).__name__
        for record, second in zip(snapshot.records, alternative.records, strict=True)
        if record is not second
    ]
    assert differing == ["DBInstance"]


def test_the_interfaces_of_databases_in_one_place_are_looked_for_once(tmp_path, monkeypatch):
    looked_at = []
    is_asked_for = _stores._asked_for_by
    monkeypatch.setattr(
        _stores,
        "_asked_for_by",
        lambda interface, *asked: looked_at.append(interface) or is_asked_for(interface, *asked),
    )
    described = template()
    database = described["Resources"].pop("Database")
    described["Resources"] |= {f"Database{number}": database for number in range(5)}
    snapshot = snapshot_of(tmp_path, described)
    assessment = assess(snapshot, Baseline(), controls=["rds-public-access"])
    assert len(assessment.findings) == 5
    assert len(looked_at) == len({interface.key for interface in looked_at}) == 5


BUCKET_CONTROLS = ("s3-exposure", "s3-tls-only", "s3-versioning")


def buckets(versioning="Enabled", *, principal="*"):
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "${Bucket.Arn}/*"},
    }
    resources = {
        "Bucket": ("S3::Bucket", {"VersioningConfiguration": {"Status": versioning}}),
        "Policy": (
            "S3::BucketPolicy",
            {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [statement]}},
        ),
    }
    return template() | {
        "Resources": {
            name: {"Type": f"AWS::{kind}", "Properties": properties}
            for name, (kind, properties) in resources.items()
        }
    }


@pytest.mark.parametrize(
    ("described", "judged_again"),
    [
        (buckets(if_large("Enabled", "Suspended")), ["s3-versioning"]),
        (
            buckets(principal=if_large("*", {"AWS": "123456789012"})),
            ["s3-exposure", "s3-tls-only"],
        ),
        (buckets(), []),
    ],
)
def test_a_control_is_judged_again_where_what_it_reads_differs(
    tmp_path, monkeypatch, described, judged_again
):
    file = tmp_path / "template.json"
    file.write_text(json.dumps(described), encoding="utf-8")
    snapshot = gather_template(file, controls=BUCKET_CONTROLS)
    judge, again = judging._judge, []

    def noting(*arguments):
        if len(arguments) > len(("snapshot", "baseline", "control", "account", "as of")):
            again.append(arguments[2].id)
        return judge(*arguments)

    monkeypatch.setattr(judging, "_judge", noting)
    findings = assess(snapshot, Baseline(), controls=BUCKET_CONTROLS).findings
    assert sorted(again) == judged_again
    monkeypatch.setattr(judging, "_differs", lambda *_: True)
    assert assess(snapshot, Baseline(), controls=BUCKET_CONTROLS).findings == findings


def role(name, **properties):
    trust = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": name, "AssumeRolePolicyDocument": trust, **properties},
    }


REFERRING = {
    "same": (role("same"), False),
    "chosen": (role(if_large("a", "b")), True),
    "made": ({**role("made"), "Condition": "IsLarge"}, True),
    "sized": (role({"Ref": "Size"}), True),
    "substituted": (role({"Fn::Sub": "of-${Size}"}), True),
    "named": (role({"Fn::Sub": ["of-${X}", {"X": {"Ref": "chosen"}}]}), True),
    "attribute": (role("attribute", Description={"Fn::GetAtt": ["chosen", "Arn"]}), True),
    "dotted": (role("dotted", Description={"Fn::GetAtt": "named.Arn"}), True),
    "computed": (role({"Ref": {"Fn::Sub": "same"}}), True),
    "imported": (role({"Fn::ImportValue": "elsewhere"}), True),
    "nested": ({"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "x"}}, False),
    "below": (role({"Fn::GetAtt": ["nested", "Outputs.Name"]}), True),
    "of_same": (role({"Fn::Sub": "${same}-2"}), False),
}


def referring():
    return template() | {"Resources": {name: node for name, (node, _) in REFERRING.items()}}


def deployments(tmp_path, described):
    file = tmp_path / "template.json"
    file.write_text(json.dumps(described), encoding="utf-8")
    files = read_templates(str(file))
    place = StackPlace(account="111111111111", region="", partition="aws", stack="template")
    root = Root(template=files.templates[0], place=place, parameters={})
    return deployments_of([root], files.templates).deployments


def test_scenarios_share_what_does_not_refer_to_what_differs(tmp_path):
    first, second = (deployment.stacks[0][0] for deployment in deployments(tmp_path, referring()))
    shared = {
        name for name, resource in second.resources.items() if resource is first.resources.get(name)
    }
    assert shared == {name for name, (_, differs) in REFERRING.items() if not differs}


def conditional(every):
    """A template of all types, of which some resources depend on the condition."""
    broad = Path(__file__).with_name("broad.yaml").read_text(encoding="utf-8")
    places = count()
    conditional = re.sub(
        r"\n    Type: .*",
        lambda match: match.group() + ("" if next(places) % every else "\n    Condition: IsLarge"),
        broad,
    )
    sections = "\n".join(f"{name}: {json.dumps(section)}" for name, section in HEAD.items())
    return f"{sections}\n{conditional}"


HEAD = {name: section for name, section in template().items() if name != "Resources"}
TEMPLATES = [
    json.dumps(referring()),
    json.dumps(template(multi_az=if_large(True, False))),
    json.dumps(template(port=if_large(22, 20))),
    json.dumps(buckets(if_large("Enabled", "Suspended"))),
    *map(conditional, (2, 3, 7)),
]


@pytest.mark.parametrize("described", TEMPLATES)
def test_what_scenarios_share_is_what_each_would_have(tmp_path, monkeypatch, described):
    file = tmp_path / "template.yaml"
    file.write_text(described, encoding="utf-8")
    shared = gather_template(file)
    monkeypatch.setattr(StackRun, "_shared", lambda *_: {})
    alone = gather_template(file)
    assert len(shared.alternatives) == 1
    shared, alone = (
        [
            evolve(each, taken_at=alone.taken_at, alternatives=())
            for each in (whole, *whole.alternatives)
        ]
        for whole in (shared, alone)
    )
    assert shared == alone


@pytest.fixture
def described(monkeypatch):
    """How often the resources of all stacks are described."""
    calls = []

    def answers(*arguments):
        calls.append(arguments)
        return answers_of(*arguments)

    monkeypatch.setattr(gathering, "answers_of", answers)
    return calls


SIZED = {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "mysql"}}


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ({"DBInstanceClass": if_large("db.r6g.large", "db.t4g.small")}, 1),
        ({"AllocatedStorage": if_large(1000, 20)}, 1),
        ({"Port": if_large(3306, 3306)}, 1),
        ({"PubliclyAccessible": if_large(value=True, otherwise=False)}, 2),
        ({"BackupRetentionPeriod": if_large(7, {"Ref": "AWS::NoValue"})}, 2),
        ({"DBInstanceIdentifier": if_large("large", "small")}, 2),
    ],
    ids=str,
)
def test_scenarios_that_differ_in_nothing_that_is_read_are_described_once(
    tmp_path, described, changes, times
):
    sized = SIZED | {"Properties": SIZED["Properties"] | changes}
    file = tmp_path / "t.json"
    file.write_text(json.dumps(template() | {"Resources": {"Sized": sized}}), encoding="utf-8")
    snapshot = gather_template(file)
    assert len(described) == times
    assert 1 + len(snapshot.alternatives) == times


@pytest.mark.parametrize(
    "resource",
    [
        SIZED | {"Condition": "IsLarge"},
        SIZED | {"Properties": if_large({"Engine": "mysql"}, "no object")},
    ],
    ids=("only in one", "malformed in one"),
)
def test_a_resource_that_only_one_scenario_has_is_described_in_each(tmp_path, described, resource):
    file = tmp_path / "t.json"
    file.write_text(json.dumps(template() | {"Resources": {"Sized": resource}}), encoding="utf-8")
    assert gather_template(file).alternatives
    assert len(described) == 2


def test_scenarios_in_which_another_stack_has_the_name_are_described_each(tmp_path, described):
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "logs"}}
    for name in ("a", "b"):
        condition = {"Condition": "IsLarge"} if name == "a" else {}
        resources = {"Logs": bucket | condition}
        text = json.dumps(template() | {"Resources": resources})
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    gather_template(tmp_path)
    assert len(described) == 2


def test_no_type_reads_a_size():
    """What `SIZES` names is no text in what reads templates, plans and answers, but to rename."""
    package = Path(gathering.__file__).parents[2]
    modules = [
        path
        for folder in ("model", "sources/cloudformation", "sources/gatherers")
        for path in (package / folder).rglob("*.py")
        if path.name != "choices.py"
    ]
    texts = {
        word
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for text in (getattr(node, "value", None), getattr(node, "arg", None))
        if isinstance(text, str)
        for word in re.findall(r"\w+", text)
    }
    assert "BackupRetentionPeriod" in texts
    assert SIZES & texts == set()
