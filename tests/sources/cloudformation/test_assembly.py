"""The output of ``cdk synth``: stacks, environments, nested stacks and construct paths."""

import json

import pytest

from cloudpack_baseline import assess, gather_template
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.errors import InputError, WrongAccountError

MAIN = "123456789012"


def bucket(path, **properties):
    return {"Type": "AWS::S3::Bucket", "Properties": properties, "Metadata": {"aws:cdk:path": path}}


def stack(name, environment, **fields):
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": f"{name}.template.json"},
    } | fields


@pytest.fixture
def assembly(tmp_path):
    """An assembly with a nested stack, a stage, and a stack that names no environment."""
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://", {"Ref": "AWS::URLSuffix"}]]}},
        "Metadata": {"aws:asset:path": "Inner.nested.template.json"},
    }
    tokyo, unknown = f"aws://{MAIN}/ap-northeast-1", "aws://unknown-account/unknown-region"
    logical_id = {"type": "aws:cdk:logicalId", "data": "Plain"}
    files = {
        "manifest.json": {
            "version": "36.0.0",
            "artifacts": {
                "Data": stack("Data", tokyo, additionalMetadataFile="Data.metadata.json"),
                "Free": stack("Free", unknown, metadata={"/Free/B": [logical_id]}),
                "Data.assets": {"type": "cdk:asset-manifest"},
                "stage": {
                    "type": "cdk:cloud-assembly",
                    "properties": {"directoryName": "assembly-Prod"},
                },
            },
        },
        "validation-report.json": {"Resources": "AWS::", "pluginReports": []},
        "tree.json": {"tree": {}},
        "Data.metadata.json": {"/Data/Other": [logical_id]},
        "Data.template.json": {
            "Resources": {
                "Site": bucket("Data/Site/Resource"),
                "Inner": nested,
                "Plain": {"Type": "AWS::S3::Bucket"},
                "Named": bucket("Data/Named", BucketName="x-${Token[TOKEN.7]}"),
            }
        },
        "Inner.nested.template.json": {"Resources": {"Deep": bucket("Data/Inner/Deep")}},
        "Free.template.json": {"Resources": {"Plain": {"Type": "AWS::S3::Bucket"}}},
        "assembly-Prod/manifest.json": {
            "artifacts": {"Web": stack("Web", f"aws://{MAIN}/us-east-1")}
        },
        "assembly-Prod/Web.template.json": {"Resources": {"Page": bucket("Prod/Web/Page")}},
    }
    folder = tmp_path / "cdk.out"
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
    return folder


def test_every_stack_is_read_with_its_construct_paths(assembly):
    snapshot = gather_template(assembly, controls=["s3-versioning"])
    findings = assess(snapshot, controls=["s3-versioning"]).findings
    assert {finding.resource.origin.path for finding in findings} == {
        "Data/Site/Resource",
        "Data/Inner/Deep",
        "Data/Named",
        "Data/Other",
        "Free/B",
        "Prod/Web/Page",
    }


def test_stacks_are_in_their_accounts_and_regions(assembly):
    snapshot = gather_template(assembly, controls=["s3-versioning"])
    assert {account.id for account in snapshot.accounts} == {MAIN, "000000009999"}
    regions = {record.origin.path: record.region for record in snapshot.records}
    assert regions["Prod/Web/Page"] == "us-east-1"
    assert regions["Data/Inner/Deep"] == "ap-northeast-1"
    assert regions["Free/B"] == ""


def test_a_stack_without_an_account_is_in_the_declared_one(assembly):
    baseline = Baseline.from_mapping({"accounts": {"main": {"id": MAIN}}})
    snapshot = gather_template(assembly, baseline=baseline, controls=["s3-versioning"])
    assert {account.id for account in snapshot.accounts} == {MAIN}


def test_a_stack_of_an_account_that_is_not_declared_is_refused(assembly):
    baseline = Baseline.from_mapping({"accounts": {"main": {"id": "210987654321"}}})
    with pytest.raises(WrongAccountError, match=f"stack Data is deployed to account {MAIN}"):
        gather_template(assembly, baseline=baseline, controls=["s3-versioning"])


def test_a_token_without_a_value_is_unknown(assembly):
    names = {
        record.name for record in gather_template(assembly, controls=["s3-versioning"]).records
    }
    assert "x-<token of the AWS CDK>" in names


def test_a_broken_manifest_is_wrong_input(assembly):
    (assembly / "manifest.json").write_text('{"artifacts": ')
    with pytest.raises(InputError, match=r"manifest\.json: is not JSON"):
        gather_template(assembly)
