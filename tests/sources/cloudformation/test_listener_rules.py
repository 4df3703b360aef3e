"""Rules of listeners in templates, whose conditions are not read."""

import pytest

from cloudpack_baseline.baseline import Baseline
from sources.cloudformation.test_services import BALANCER, LISTENER, template

FORWARD = "{Type: forward, TargetGroupArn: !Ref Anything}"
REFUSE = "{Type: fixed-response, FixedResponseConfig: {StatusCode: '403'}}"
RULE = """
Rule:
  Type: AWS::ElasticLoadBalancingV2::ListenerRule
  Properties:
    ListenerArn: !Ref Listener
    Priority: %s
    Conditions: [{Field: path-pattern, Values: [/blocked]}]
    Actions: [%s]
"""
BASELINE = Baseline.from_mapping(
    {
        "networks": {"customer": ["198.51.100.0/24"]},
        "segments": [{"name": "app", "cidrs": ["10.0.0.0/16"]}],
        "controls": {
            "customer-admin-access": {
                "services": ["tcp/8443"],
                "networks": ["customer"],
                "segments": ["app"],
            }
        },
    }
)


@pytest.mark.parametrize(
    ("priority", "action", "default"),
    [(1, REFUSE, FORWARD), (1, FORWARD, REFUSE), ("!Ref Anything", FORWARD, REFUSE)],
)
def test_a_rule_with_conditions_does_not_decide_for_all(judge_template, priority, action, default):
    resources = BALANCER % ("application", "internet-facing")
    resources += LISTENER % (8443, "HTTPS", default) + RULE % (priority, action)
    text = template(resources).replace('"-1"', "tcp, FromPort: 8443, ToPort: 8443")
    judged = judge_template("customer-admin-access", text, baseline=BASELINE)
    # That a web ACL may decide is not applicable: no template describes it.
    assert judged["eni-Balancer"] == "not applicable"
