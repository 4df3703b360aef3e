"""What the documentation tells to do is possible, and makes the resource pass its control."""

import importlib
import json
import re

import pytest
from remediation import problems, remediations

from cloudpack_baseline import Baseline, assess, gather_plan, gather_template
from cloudpack_baseline.whitepaper import controls
from docs.aws_cli import CommandParser, commands_of

REMEDIATIONS = remediations()


def with_way(way):
    """The remediations that have such an example."""
    return [entry for entry in REMEDIATIONS.values() if getattr(entry, way) is not None]


def named(way):
    """A parameter for each of them."""
    return pytest.mark.parametrize("entry", with_way(way), ids=lambda entry: entry.control)


def judged(way):
    """A parameter for each of them that a control can tell from one that fails."""
    entries = [entry for entry in with_way(way) if getattr(entry, f"{way}_check").outcome == "pass"]
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry.control)


# The tables ------------------------------------------------------------------------------------


def test_every_control_has_a_remediation_in_both_languages():
    assert list(REMEDIATIONS) == list(controls())


COMPLETE = {"console_en": "1. A", "console_ja": "1. あ", "cli": "aws", "cloudformation": "{}"}
REASON = {"no_terraform_en": "None.", "no_terraform_ja": "なし。"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"console_ja": None}, "console_ja is missing"),
        ({"no_terraform_ja": None}, "no_terraform is in one language only"),
        ({"no_cli_en": "None.", "no_cli_ja": "なし。"}, "either cli or no_cli is required"),
        ({"cli": None}, "either cli or no_cli is required"),
        ({"cli_note_en": "One."}, "cli_note is in one language only"),
        ({"console": "1. A"}, "unknown key console"),
        ({"cloudformation_check": {"outcome": "unknown"}}, "cloudformation_check: an outcome"),
        ({"cloudformation_check": {"why": "no"}}, "cloudformation_check: an outcome"),
    ],
)
def test_an_incomplete_entry_is_rejected(changes, problem):
    entry = {key: text for key, text in (COMPLETE | REASON | changes).items() if text is not None}
    others = {
        theme: {id_: COMPLETE | REASON for id_ in controls() if controls()[id_].theme == theme}
        for theme in {control.theme for control in controls().values()}
    }
    assert not list(problems(others))
    others["storage"]["s3-versioning"] = entry
    assert any(f"s3-versioning: {problem}" in message for message in problems(others))


def test_missing_and_unknown_controls_are_rejected():
    messages = list(problems({"storage": {"s3-version": COMPLETE | REASON}}))
    assert "storage.toml: s3-version is no control of this theme" in messages
    assert "account.toml: root-mfa is missing" in messages


@pytest.mark.parametrize("entry", REMEDIATIONS.values(), ids=lambda entry: entry.control)
def test_console_steps_are_the_same_list_in_both_languages(entry):
    steps = [
        re.findall(r"^ *(\d+\.|-) ", text, re.MULTILINE)
        for text in (entry.console_en, entry.console_ja)
    ]
    assert steps[0]
    assert steps[0] == steps[1]
    assert not re.search(r"[ぁ-ん]", entry.console_en)
    assert re.search(r"[ぁ-ん]", entry.console_ja)


# AWS CLI ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def command_parser():
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
        yield CommandParser(monkeypatch)


@named("cli")
def test_each_command_is_accepted_by_the_aws_cli(
    entry, tmp_path, command_parser, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    commands = commands_of(entry.cli, tmp_path)
    assert commands
    problems = {
        " ".join(command): problems_of_command
        for command in commands
        if (problems_of_command := command_parser.problems(command, capsys))
    }
    assert not problems


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("s3api put-bucket-version --bucket B", "argument operation"),
        ("s3api put-bucket-versioning --bucket B", "--versioning-configuration"),
        ("s3api get-bucket-acl --bucket B --acl x", "Unknown options: --acl"),
        (
            "s3api put-bucket-versioning --bucket B --versioning-configuration Status=On",
            "On is none of Enabled, Suspended",
        ),
        ("ec2 describe-volumes --query Volume[].VolumeId", "Volume is none of NextToken, Volumes"),
        ("ec2 describe-volumes --query Volumes[].Volume", "Volume is none of"),
        (
            "ec2 describe-volumes --query Volumes.VolumeId",
            "VolumeId of something that has no fields",
        ),
        ("ec2 describe-volumes --query Volumes[?Id=='v'].VolumeId", "Id is none of"),
        ("ec2 describe-volumes --query Volumes[].Attachments[].[Instance]", "Instance is none of"),
        ("kms enable-key-rotation --key-id K --rotation-period-in-days 9", "RotationPeriodInDays"),
    ],
)
def test_a_wrong_command_is_rejected(command, problem, command_parser, capsys):
    assert problem in "".join(command_parser.problems(command.split(), capsys))


# CloudFormation --------------------------------------------------------------------------------


def outcomes_of(entry, check, file, gather=gather_template):
    """The outcomes of the resources of a template or of a plan."""
    baseline = Baseline.from_mapping(dict(check.baseline))
    snapshot = gather(file, baseline=baseline, controls=[entry.control])
    findings = assess(snapshot, baseline, controls=[entry.control]).findings
    return [
        (observation.outcome.value, finding.resource.name, str(observation.message))
        for finding in findings
        for observation in finding.observations
    ]


def written(folder, text):
    """A template as a file."""
    file = folder / "template.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def require_expected(outcomes, check):
    """Some resource has the expected outcome, and no resource a worse one."""
    outcome_values = {outcome for outcome, *_ in outcomes}
    assert check.outcome in outcome_values, outcomes
    assert outcome_values <= {check.outcome, "pass", "not applicable"}, outcomes


def decoded(text):
    """A template, its intrinsic functions in their long form."""
    decode = pytest.importorskip("cfnlint.decode")
    template, errors = decode.decode_str(text)
    assert not errors
    return json.loads(json.dumps(template))


def mutilated(tree, check, separator="."):
    """The resources without the decisive setting."""
    changes = dict(check.replace)
    if check.remove is not None:
        changes[check.remove] = None
    assert changes, "the entry names no decisive setting"
    for path, value in changes.items():
        *above, last = (int(step) if step.isdigit() else step for step in path.split(separator))
        node = tree
        for step in above:
            node = node[step]
        if path == check.remove:
            del node[last]
        else:
            node[last] = value
    return tree


@pytest.fixture(scope="module")
def linter():
    """cfn-lint with its rules, which take a while to load."""
    pytest.importorskip("cfnlint")
    config = importlib.import_module("cfnlint.config")
    runner = importlib.import_module("cfnlint.runner")
    # W3691: a version of an engine that the data of cfn-lint do not have (yet, or any more).
    options = {"regions": ["ap-northeast-1"], "ignore_checks": ["W3691"]}
    return runner.Runner(config.ConfigMixIn(**options))


def lint(linter, text):
    """What cfn-lint says of a template."""
    template, errors = importlib.import_module("cfnlint.decode").decode_str(text)
    matches = errors or linter.validate_template(template)
    return [f"{match.linenumber}: {match.rule.id} {match.message}" for match in matches]


@named("cloudformation")
def test_templates_are_accepted_by_cfn_lint(entry, linter):
    assert not lint(linter, entry.cloudformation)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Resources: {B: {Type: AWS::S3::Bucket, Properties: {Versioning: on}}}", "E3002"),
        ("Resources: {B: {Type: AWS::S3::Buckets}}", "E3006"),
        ("Resources: {B: {Type: AWS::S3::Bucket, DependsOn: C}}", "E3005"),
        ("Resources: {", "E0000"),
    ],
)
def test_a_wrong_template_is_rejected(text, problem, linter):
    assert any(problem in message for message in lint(linter, text))


@pytest.fixture(scope="module")
def serious_problems():
    """What AWS's own cloudformation-validate says of a template, beside hints."""
    peer = pytest.importorskip("cloudformation_validate")
    engine = peer.CompositeEngine()

    def problems(text):
        diagnostics = engine.validate_template(peer.TemplateContent(text)).diagnostics
        serious = (entry for entry in diagnostics if entry.severity is not peer.Severity.INFO)
        return [f"{entry.rule_id} {entry.message}" for entry in serious]

    return problems


@named("cloudformation")
def test_templates_are_accepted_by_cloudformation_validate(entry, serious_problems):
    assert not serious_problems(entry.cloudformation)


def test_a_wrong_template_is_rejected_by_cloudformation_validate(serious_problems):
    text = "Resources: {B: {Type: AWS::S3::Bucket, Properties: {Versioning: on}}}"
    assert any("F3002" in message for message in serious_problems(text))


@named("cloudformation")
def test_templates_pass_their_control(entry, tmp_path):
    check = entry.cloudformation_check
    file = written(tmp_path, entry.cloudformation)
    require_expected(outcomes_of(entry, check, file), check)


@judged("cloudformation")
def test_templates_without_the_decisive_setting_fail(entry, tmp_path):
    check = entry.cloudformation_check
    twin = json.dumps(mutilated(decoded(entry.cloudformation), check))
    outcomes = outcomes_of(entry, check, written(tmp_path, twin))
    assert check.fault in {outcome for outcome, *_ in outcomes}, outcomes


# Terraform -------------------------------------------------------------------------------------


def terraform():
    """The module that reads configurations."""
    pytest.importorskip("hcl2")
    return importlib.import_module("docs.terraform")


def terraform_problems(text):
    """What the AWS provider would reject in a configuration."""
    return list(terraform().problems_of(text))


@named("terraform")
def test_configurations_follow_the_schema_of_the_provider(entry):
    assert not terraform_problems(entry.terraform)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('resource "aws_s3_bukket" "b" {}', "the schema has no such type"),
        ('resource "aws_s3_bucket" "b" {\n  name = "b"\n}', "no argument name"),
        (
            'resource "aws_s3_bucket_versioning" "b" {\n  bucket = "b"\n}',
            "versioning_configuration",
        ),
        (
            'resource "aws_s3_bucket_versioning" "b" {\n  versioning_configuration {\nx = 1\n}\n}',
            "no argument x",
        ),
        (
            'resource "aws_s3_bucket_versioning" "b" {\n  bucket = aws_s3_bucket.b.id\n}',
            "aws_s3_bucket.b is not declared",
        ),
        (
            'resource "aws_s3_bucket" "b" {\n  tags = { of = aws_s3_bucket.b.ident }\n}',
            "no attribute ident",
        ),
        ('resource "aws_s3_bucket" "b" {\n  bucket = var.name\n}', "var.name is not declared"),
    ],
)
def test_a_wrong_configuration_is_rejected(text, problem):
    assert any(problem in message for message in terraform_problems(text))


@named("terraform")
def test_configurations_pass_their_control(entry, tmp_path):
    check = entry.terraform_check
    resources = terraform().resources_of(entry.terraform)
    file = terraform().plan_of(resources).write(tmp_path)
    require_expected(outcomes_of(entry, check, file, gather_plan), check)


@judged("terraform")
def test_configurations_without_the_decisive_setting_fail(entry, tmp_path):
    check = entry.terraform_check
    resources = mutilated(terraform().resources_of(entry.terraform), check, separator="/")
    file = terraform().plan_of(resources).write(tmp_path)
    outcomes = outcomes_of(entry, check, file, gather_plan)
    assert check.fault in {outcome for outcome, *_ in outcomes}, outcomes
