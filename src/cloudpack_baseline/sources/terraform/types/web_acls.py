"""AWS WAF: web ACLs of load balancers, and IP sets.

Source: Terraform AWS provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cloudpack_baseline.sources.cloudformation.values import Resolved, ResolvedList, ResolvedObject
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mappings,
    Properties,
    each_block,
    obj,
    pascal,
    single,
)

__all__ = ["TYPES"]

TYPES = Mappings()

TYPES.plain(
    "aws_wafv2_ip_set",
    "AWS::WAFv2::IPSet",
    {"ip_address_version": "IPAddressVersion"},
    attributes={"arn": "Arn"},
)

_LISTS = {"AndStatement": "Statements", "OrStatement": "Statements", "NotStatement": "Statement"}
"""What the nested statements of a statement are called, each a block ``statement``."""

_INITIALS = re.compile("Ip(?=Set|Config|$)")


def _api_name(name: str) -> str:
    """``ip_set_reference_statement`` as ``IPSetReferenceStatement``."""
    return _INITIALS.sub("IP", pascal(name))


def _written(value: Resolved, name: str = "") -> Resolved:
    """Nested blocks, of which each occurs once, as a statement of the API."""
    if isinstance(value, list) and all(isinstance(block, ResolvedObject) for block in value):
        value = single(value)
    if not isinstance(value, ResolvedObject):
        return value
    members = {
        _api_name(key): member
        for key, member in value.items()
        if key not in ("statement", "rule_action_override")
    }
    written = obj(**{key: _written(member, key) for key, member in members.items()})
    if "rule_action_override" in value:
        written["RuleActionOverrides"] = each_block(value.get("rule_action_override"), _written)
    if "statement" in value:
        statements = each_block(value.get("statement"), _written)
        member_name = _LISTS.get(name, "Statement")
        is_listed = member_name == "Statements"
        written[member_name] = statements if is_listed else single(statements)
    return written


def _rule(block: Resolved) -> Resolved:
    if not isinstance(block, ResolvedObject):
        return block
    return obj(
        Name=block.get("name"),
        Priority=block.get("priority"),
        Action=_written(block.get("action")),
        OverrideAction=_written(block.get("override_action")),
        Statement=_written(block.get("statement")),
    )


@TYPES.made("aws_wafv2_web_acl", "AWS::WAFv2::WebACL", attributes={"arn": "Arn"})
def _web_acl(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield (
        "AWS::WAFv2::WebACL",
        {
            "Name": values.get("name"),
            "Scope": values.get("scope"),
            "DefaultAction": _written(values.get("default_action")),
            "Rules": each_block(values.get("rule"), _rule),
        },
    )


@TYPES.part("aws_wafv2_web_acl_rule_group_association", "aws_wafv2_web_acl", "web_acl_arn")
def _rule_group(values: ResolvedObject) -> Properties:
    """A rule group that is added to a web ACL; its rules are not known."""
    rule = obj(
        Name=values.get("rule_name"),
        Priority=values.get("priority"),
        OverrideAction=_override(values.get("override_action")),
        Statement=obj(RuleGroupReferenceStatement=obj()),
    )
    return {"Rules": ResolvedList([rule], NOWHERE)}


def _override(action: Resolved) -> Resolved:
    return obj(Count=obj()) if str(action) == "count" else obj(**{"None": obj()})


TYPES.plain(
    "aws_wafv2_web_acl_association",
    "AWS::WAFv2::WebACLAssociation",
    {"web_acl_arn": "WebACLArn"},
    needs=("ResourceArn",),
)
