"""Policies of AWS Organizations in templates: those that opt out of the use by AI services."""

import json

import pytest

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
    assert judge_template(CONTROL, policy(content, "[!Ref Root]")) == {"999999999999": "fail"}
    for text in (
        policy(content, "[]"),
        policy(content, kind="SERVICE_CONTROL_POLICY"),
    ):
        assert set(judge_template(CONTROL, text).values()) == {"not applicable"}
