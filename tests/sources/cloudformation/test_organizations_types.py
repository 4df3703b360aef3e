"""Policies of AWS Organizations in templates: those that opt out of the use by AI services."""

import json

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import select

CONTROL = "ai-services-opt-out"


def policy(content, targets="[r-abcd]", kind="AISERVICES_OPT_OUT_POLICY"):
    properties = f"Name: opt-out, Type: {kind}, TargetIds: {targets}, Content: {content}"
    return (
        "Parameters: {Root: {Type: String}, Choice: {Type: String}}\n"
        f"Resources: {{OptOut: {{Type: AWS::Organizations::Policy, Properties: {{{properties}}}}}}}"
    )


def services(**opt_outs):
    """The content, with what each service is assigned."""
    return json.dumps(
        {
            "services": {
                "@@operators_allowed_for_child_policies": ["@@none"],
                **{
                    name: {"opt_out_policy": {"@@assign": value}}
                    for name, value in opt_outs.items()
                },
            }
        }
    )


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (services(default="optOut"), "pass"),
        (services(default="optIn"), "fail"),
        (services(default="optOut", rekognition="optIn"), "fail"),
        (services(rekognition="optOut"), "fail"),
        (json.dumps(services(default="optOut")), "pass"),
        (json.dumps("{"), "unknown"),
        ("{}", "unknown"),
        ("{services: {default: {}}}", "unknown"),
        ('{services: {default: {opt_out_policy: {"@@assign": !Ref Choice}}}}', "unknown"),
        ("!ImportValue content", "unknown"),
    ],
)
def test_what_a_policy_opts_out_of(judge_template, content, outcome):
    assert set(judge_template(CONTROL, policy(content)).values()) == {outcome}


def test_a_policy_is_in_effect_where_it_is_attached(judge_template):
    content = services(default="optIn")
    assert judge_template(CONTROL, policy(content, "[!Ref Root]")) == {"000000009999": "fail"}
    for text in (
        policy(content, "[]"),
        policy(content, kind="SERVICE_CONTROL_POLICY"),
    ):
        assert set(judge_template(CONTROL, text).values()) == {"not applicable"}


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        (services(default="optOut"), "pass"),
        (services(default="optIn"), "unknown"),
        ("!ImportValue content", "unknown"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_several_policies_have_to_agree(judge_template, second, outcome, is_first):
    first = policy(services(default="optOut"))
    properties = f"Type: AISERVICES_OPT_OUT_POLICY, TargetIds: [ou-ab12-cd34], Content: {second}"
    name = "AnOptOut" if is_first else "PerUnit"
    unit = f"{name}: {{Type: AWS::Organizations::Policy, Properties: {{{properties}}}}}"
    assert set(judge_template(CONTROL, f"{first[:-1]}, {unit}}}").values()) == {outcome}


@pytest.mark.parametrize(
    ("targets", "outcome"),
    [
        ("['111122223333']", "pass"),
        ("['444455556666', '111122223333']", "pass"),
        ("['444455556666', ou-ab12-cd34]", "pass"),
        ("['444455556666']", "not applicable"),
    ],
)
def test_the_policy_of_another_account_is_not_in_effect(tmp_path, targets, outcome):
    file = tmp_path / "template.yaml"
    file.write_text(policy(services(default="optOut"), targets))
    account = SourceAccount(id="111122223333", regions=("ap-northeast-1",))
    with parse_source(f"template:{file}").open([account]) as opened:
        snapshot = opened.gather(reads_of(select([CONTROL])))
    assessment = assess(snapshot, Baseline(), controls=[CONTROL])
    assert {finding.outcome.value for finding in assessment.findings} == {outcome}
