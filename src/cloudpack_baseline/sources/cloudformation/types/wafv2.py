"""AWS WAF: web ACLs of load balancers, and IP sets.

Source: AWS CloudFormation Template Reference, "AWS WAFV2 resource types".
"""

from __future__ import annotations

from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved

__all__ = ["TYPES"]

TYPES = Types()

_IP_SETS = "wafv2:ListIPSets"
_IP_SET = "wafv2:GetIPSet"
_WEB_ACL = "wafv2:GetWebACLForResource"
_WEB_ACLS = "wafv2:GetWebACL"
"""No record is made of it: associations find the web ACLs of the template here."""

_ARN = "arn:{partition}:wafv2:{region}:{account}:regional"


@TYPES.of(
    "AWS::WAFv2::IPSet",
    _IP_SETS,
    _IP_SET,
    ref="{name}|{logical}|REGIONAL",
    name="Name",
    attributes={"Arn": f"{_ARN}/ipset/{{name}}/{{logical}}", "Id": "{logical}"},
)
def _ip_set(resource: TypedResource) -> None:
    """An IP set of load balancers; those of CloudFront are apart."""
    if str(resource.get("Scope")) == "CLOUDFRONT":
        return
    name = str(shown(resource.get("Name", resource.name)))
    arn = resource.attribute("Arn")
    resource.item(_IP_SETS, Name=name, Id=resource.name, ARN=arn)
    addresses = resource.get("Addresses", [])
    resource.about(_IP_SET, resource.name, at="Addresses", IPSet={"Addresses": addresses})


@TYPES.of(
    "AWS::WAFv2::WebACL",
    ref="{name}|{logical}|REGIONAL",
    name="Name",
    attributes={"Arn": f"{_ARN}/webacl/{{name}}/{{logical}}", "Id": "{logical}"},
)
def _web_acl(resource: TypedResource) -> None:
    arn = str(resource.attribute("Arn"))
    rules = resource.get("Rules", [])
    resource.about(
        _WEB_ACLS,
        arn,
        WebACL={
            "ARN": arn,
            "DefaultAction": resource.get("DefaultAction"),
            "Rules": [*map(_rule, as_list(rules))] if isinstance(rules, list) else rules,
        },
    )


def _rule(rule: Resolved) -> Resolved:
    if not isinstance(rule, dict):
        return rule
    priority = str(rule.get("Priority"))
    statement = _statement(rule.get("Statement", {}))
    return {
        **rule,
        "Priority": int(priority) if priority.isdigit() else rule.get("Priority"),
        # An empty one may match any request.
        "Statement": statement if _is_well_formed(statement) else {},
    }


def _statement(value: Resolved) -> Resolved:
    """A statement as the API has it, which writes the ARN of a set in capitals."""
    if isinstance(value, dict):
        return {
            "ARN" if name == "Arn" else name: _statement(member) for name, member in value.items()
        }
    return [_statement(item) for item in value] if isinstance(value, list) else shown(value)


_OBJECTS = ("Statement", "ActionToUse")
"""How the names of members end that are objects."""

_LISTS = ("Statements", "RuleActionOverrides")


def _is_well_formed(statement: Resolved) -> bool:
    """Whether there are objects and lists where the API has them; of what is not known, a text."""
    if not isinstance(statement, dict):
        return False
    objects = [member for name, member in statement.items() if name.endswith(_OBJECTS)]
    lists = [statement[name] for name in _LISTS if name in statement]
    return all(isinstance(members, list) for members in lists) and all(
        map(_is_well_formed, (*objects, *(member for members in lists for member in members)))
    )


@TYPES.of("AWS::WAFv2::WebACLAssociation", _WEB_ACL, order=6)
def _association(resource: TypedResource) -> None:
    """A web ACL that is not in the template lets through what is not known."""
    subject = resource.subject("ResourceArn")
    arn = str(shown(resource.get("WebACLArn")))
    known = resource.answers.subjects.get((_WEB_ACLS, arn))
    unknown = Unknown.because(Why.NOT_PROVIDED, detail=f"web ACL {arn}")
    web_acl = unknown if known is None else follow(known, "WebACL")
    resource.about(_WEB_ACL, subject, at="WebACLArn", WebACL=web_acl)


@TYPES.of("AWS::ElasticLoadBalancingV2::LoadBalancer", _WEB_ACL, order=7)
def _load_balancer(resource: TypedResource) -> None:
    """One without a web ACL, unless an association could not be read."""
    answers = resource.answers
    if (_WEB_ACL, resource.id) not in answers.subjects and _WEB_ACL not in answers.gaps:
        resource.about(_WEB_ACL, resource.id, is_default=True)
