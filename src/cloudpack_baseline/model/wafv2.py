"""Records of AWS WAF: web ACLs of load balancers, and IP sets.

Source: AWS WAFV2 API Reference (2019-07-29).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.addresses import CidrBlock
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["WafIpSet", "WebAcl", "WebAclRule", "web_acl"]


@frozen(kw_only=True)
class WebAclRule:
    """A rule of a web ACL (Rule).

    Attributes:
        name: its name.
        priority: its place in the order of evaluation.
        action: ``Allow``, ``Block``, ``Count``, ``Captcha``, ``Challenge``; ``None`` for a rule
            group, whose rules have actions of their own.
        counts: whether OverrideAction only counts what the rule group does.
        statement: what it matches (Statement), as JSON.
    """

    name: str
    priority: int
    action: str | None = None
    counts: bool = False
    statement: str = "{}"


@frozen(kw_only=True)
class WebAcl:
    """A web ACL (WebACL).

    Attributes:
        arn: its ARN.
        default_action: ``Allow`` or ``Block``: what becomes of other requests.
        rules: its rules.
        has_firewall_manager_rules: whether AWS Firewall Manager adds rule groups of its own.
    """

    arn: str
    default_action: str
    rules: tuple[WebAclRule, ...] = ()
    has_firewall_manager_rules: bool = False


def _rules(answers: Iterable[Answer]) -> Iterator[WebAclRule]:
    for answer in answers:
        yield WebAclRule(
            name=answer["Name"],
            priority=answer["Priority"],
            action=next(iter(answer.get("Action") or {}), None),
            counts="Count" in (answer.get("OverrideAction") or {}),
            statement=json.dumps(answer.get("Statement") or {}, sort_keys=True),
        )


def web_acl(answer: Answer) -> WebAcl:
    """The web ACL of an answer."""
    return WebAcl(
        arn=answer["ARN"],
        default_action=next(iter(answer["DefaultAction"])),
        rules=tuple(_rules(answer.get("Rules") or ())),
        has_firewall_manager_rules=any(
            answer.get(f"{stage}ProcessFirewallManagerRuleGroups") for stage in ("Pre", "Post")
        ),
    )


@frozen(kw_only=True)
class WafIpSet(Record):
    """An IP set of a Region (IPSet).

    Attributes:
        addresses: its CIDR blocks.
    """

    api = Listed(
        "wafv2:ListIPSets", arn="ARN", id="Id", name="Name", gone="WAFNonexistentItemException"
    )

    addresses: Field[tuple[CidrBlock, ...]] = described(
        "IPSet.Addresses",
        operation="wafv2:GetIPSet",
        required=True,
        default=Unknown.because(Why.NOT_GATHERED, operation="wafv2:GetIPSet"),
    )
