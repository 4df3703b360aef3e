"""Rules of listeners and web ACLs in templates: whom a load balancer lets through."""

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
    Conditions: [%s]
    Actions: [%s]
"""
PATH = "{Field: path-pattern, Values: [/blocked]}"
LATER = "{Field: source-ip, SourceIpConfig: %s}"
CUSTOMER = "{Field: source-ip, SourceIpConfig: {Values: [198.51.100.0/24]}}"
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
ACL = """
Customer:
  Type: AWS::WAFv2::IPSet
  Properties: {Scope: %(scope)s, IPAddressVersion: IPV4, Addresses: [%(address)s]}
Acl:
  Type: AWS::WAFv2::WebACL
  Properties:
    Scope: REGIONAL
    DefaultAction: {%(default)s: {}}
    Rules:
      - Name: customer
        Priority: "1"
        Action: %(action)s
        Statement: {IPSetReferenceStatement: {Arn: !GetAtt Customer.Arn}}
"""
ASSOCIATION = """
Association:
  Type: AWS::WAFv2::WebACLAssociation
  Properties: {ResourceArn: %s, WebACLArn: %s}
"""
CUSTOMER_ONLY = {
    "scope": "REGIONAL",
    "address": "198.51.100.0/24",
    "default": "Block",
    "action": "{Allow: {}}",
}


@pytest.fixture
def judged(judge_template):
    """The outcome for the interface of a load balancer with a listener and further resources."""

    def judge(default, further, listener=""):
        resources = BALANCER % ("application", "internet-facing")
        resources += LISTENER % (8443, "HTTPS", default) + listener + further
        text = template(resources).replace('"-1"', "tcp, FromPort: 8443, ToPort: 8443")
        return judge_template("customer-admin-access", text, baseline=BASELINE)["eni-Balancer"]

    return judge


@pytest.mark.parametrize(
    ("rule", "default", "outcome"),
    [
        ((1, CUSTOMER, FORWARD), REFUSE, "pass"),
        ((1, f"{CUSTOMER}, {PATH}", FORWARD), REFUSE, "pass"),
        ((1, PATH, REFUSE), FORWARD, "unknown"),
        ((1, PATH, FORWARD), REFUSE, "fail"),
        ((1, CUSTOMER, REFUSE), FORWARD, "fail"),
        ((1, "{Field: host-header, Values: [!Ref Anything]}", FORWARD), REFUSE, "fail"),
        ((1, LATER % "{Values: [!Ref Anything]}", FORWARD), REFUSE, "unknown"),
        ((1, LATER % "!Ref Anything", FORWARD), REFUSE, "unknown"),
        ((1, "!Ref Anything", FORWARD), REFUSE, "unknown"),
        (("!Ref Anything", CUSTOMER, FORWARD), REFUSE, "unknown"),
    ],
)
def test_a_rule_lets_through_whom_its_conditions_match(judged, rule, default, outcome):
    assert judged(default, RULE % rule) == outcome


def test_a_listener_without_rules_lets_everybody_through(judged):
    assert judged(FORWARD, "") == "fail"


def test_who_has_a_certificate_for_a_listener_is_unknown(judged):
    assert judged(FORWARD, "", "    MutualAuthentication: {Mode: verify}\n") == "unknown"
    assert judged(FORWARD, "", "    MutualAuthentication: {Mode: passthrough}\n") == "fail"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"default": "Allow"}, "fail"),
        ({"action": "{Count: {}}"}, "pass"),
        ({"action": "!Ref Anything"}, "unknown"),
        ({"address": "203.0.113.0/24"}, "fail"),
        ({"address": "!Ref Anything"}, "unknown"),
        ({"scope": "CLOUDFRONT"}, "unknown"),
    ],
)
def test_a_web_acl_lets_through_whom_its_rules_allow(judged, changes, outcome):
    acl = ACL % {**CUSTOMER_ONLY, **changes}
    assert judged(FORWARD, acl + ASSOCIATION % ("!Ref Balancer", "!GetAtt Acl.Arn")) == outcome


@pytest.mark.parametrize(
    ("balancer", "acl", "outcome"),
    [
        ("!Ref Balancer", "!Ref Anything", "unknown"),
        ("arn:aws:apigateway:ap-northeast-1::/restapis/a/stages/b", "!GetAtt Acl.Arn", "fail"),
        ("{}", "!GetAtt Acl.Arn", "unknown"),
    ],
)
def test_a_web_acl_counts_where_it_is_associated(judged, balancer, acl, outcome):
    assert judged(FORWARD, ACL % CUSTOMER_ONLY + ASSOCIATION % (balancer, acl)) == outcome


def test_rules_of_a_parameter_are_unknown(judged):
    acl = (ACL % CUSTOMER_ONLY).partition("    Rules:")[0] + "    Rules: !Ref Anything\n"
    association = ASSOCIATION % ("!Ref Balancer", "!GetAtt Acl.Arn")
    assert judged(FORWARD, acl + association) == "unknown"
    acl = acl.replace("Rules: !Ref Anything", "Rules: [!Ref Anything]")
    assert judged(FORWARD, acl + association) == "unknown"


SET = "{IPSetReferenceStatement: {Arn: !GetAtt Customer.Arn}}"
GROUP = "{ManagedRuleGroupStatement: {VendorName: AWS, Name: Core%s}}"


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (f"{{AndStatement: {{Statements: [{SET}, {SET}]}}}}", "pass"),
        ("[]", "unknown"),
        ("{Fn::Transform: {Name: Shared}}", "unknown"),
        ("{AndStatement: {Statements: {Fn::Transform: {Name: Shared}}}}", "unknown"),
        ("{OrStatement: {Statements: [!Ref Anything]}}", "unknown"),
        ("{NotStatement: !Ref Anything}", "unknown"),
        (GROUP % "", "pass"),
        (GROUP % ", RuleActionOverrides: !Ref Anything", "unknown"),
        (GROUP % ", RuleActionOverrides: [{Name: a, ActionToUse: !Ref Anything}]", "unknown"),
    ],
)
def test_a_statement_that_is_not_known_may_match_anybody(judged, statement, outcome):
    acl = (ACL % CUSTOMER_ONLY).replace(SET, statement)
    assert judged(FORWARD, acl + ASSOCIATION % ("!Ref Balancer", "!GetAtt Acl.Arn")) == outcome
