"""Web ACLs of AWS WAF: which addresses they let through.

Source: AWS WAF Developer Guide, "Using web ACLs with rules and rule groups".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any, TypeAlias

from attrs import field

from cloudpack_baseline.checks.network._passages import (
    ALL_ADDRESSES,
    NO_ADDRESSES,
    Passage,
    RequestRule,
    decided,
)
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.model.wafv2 import WafIpSet, WebAcl, WebAclRule
from cloudpack_baseline.reachability import IpSet

__all__ = ["passage_of"]

_Statement: TypeAlias = Mapping[str, Any]
_Bounds: TypeAlias = tuple[IpSet, IpSet]
"""Addresses of which every request matches, and those of which some may."""

_VAGUE: _Bounds = (NO_ADDRESSES, ALL_ADDRESSES)
_ORDINARY = frozenset(
    {
        "ManagedRuleGroupStatement",
        "RateBasedStatement",
        "SqliMatchStatement",
        "XssMatchStatement",
    }
)
"""Statements that few requests match, whatever their address is: attacks, bots, floods."""


def passage_of(acl: WebAcl, ip_sets: Mapping[str, WafIpSet], gap: Unknown | None) -> Passage:
    """What a web ACL lets through.

    Args:
        acl: the web ACL.
        ip_sets: the IP sets by ARN.
        gap: why there may be more IP sets.
    """
    if acl.has_firewall_manager_rules:
        return Passage.unknown(None)
    statements = _Statements(ip_sets, gap)
    rules = [
        rule
        for acl_rule in sorted(acl.rules, key=lambda rule: rule.priority)
        for rule in _request_rules(acl_rule, statements)
    ]
    passage = decided(rules, default=acl.default_action == "Allow")
    unread = reduce(or_, statements.unread) if statements.unread else None
    return Passage(passage.sure, passage.maybe, unread)


def _request_rules(rule: WebAclRule, statements: _Statements) -> Iterator[RequestRule]:
    statement = json.loads(rule.statement)
    if rule.action == "Count" or rule.counts:
        return
    if not _ORDINARY.isdisjoint(statement):
        if _may_allow(rule, statement):
            yield RequestRule.uncertain(passes=True)
        return
    always, maybe = statements.bounds(statement)
    if rule.action in ("Allow", "Block"):
        yield RequestRule(rule.action == "Allow", always, always, maybe)
    elif rule.action in ("Captcha", "Challenge"):
        # Who solves it goes on to the next rule.
        yield RequestRule.uncertain(maybe, passes=False)
    else:
        yield RequestRule.uncertain(passes=None)


def _may_allow(rule: WebAclRule, statement: _Statement) -> bool:
    """Whether it may let requests through: rules in groups of AWS do so by an override only."""
    group = statement.get("ManagedRuleGroupStatement")
    if group is None:
        return rule.action == "Allow"
    overrides = group.get("RuleActionOverrides") or ()
    is_overridden = any("Allow" in (override.get("ActionToUse") or {}) for override in overrides)
    return is_overridden or group.get("VendorName") != "AWS"


@frozen(eq=False)
class _Statements:
    """Evaluates statements; `unread` collects the IP sets that were not read."""

    ip_sets: Mapping[str, WafIpSet]
    gap: Unknown | None
    unread: list[Unknown] = field(factory=list)

    def bounds(self, statement: _Statement) -> _Bounds:
        """The addresses whose requests match."""
        for kind, content in statement.items():
            if kind in _KINDS and content:
                return _KINDS[kind](self, content)
        return _VAGUE


def _of_ip_set(statements: _Statements, content: _Statement) -> _Bounds:
    if "IPSetForwardedIPConfig" in content:
        return _VAGUE
    arn = str(content.get("ARN"))
    ip_set = statements.ip_sets.get(arn)
    addresses = missing(statements.gap, WafIpSet, arn) if ip_set is None else ip_set.addresses
    if isinstance(addresses, Unknown):
        statements.unread.append(addresses)
        return _VAGUE
    blocks = IpSet.parse(addresses)
    return blocks, blocks


def _of_not(statements: _Statements, content: _Statement) -> _Bounds:
    always, maybe = statements.bounds(content.get("Statement") or {})
    return ~maybe, ~always


def _of_and(statements: _Statements, content: _Statement) -> _Bounds:
    return reduce(_intersection, _nested_bounds(statements, content))


def _of_or(statements: _Statements, content: _Statement) -> _Bounds:
    return reduce(_union, _nested_bounds(statements, content))


def _nested_bounds(statements: _Statements, content: _Statement) -> Iterator[_Bounds]:
    return map(statements.bounds, content.get("Statements") or ({},))


def _intersection(first: _Bounds, second: _Bounds) -> _Bounds:
    return first[0] & second[0], first[1] & second[1]


def _union(first: _Bounds, second: _Bounds) -> _Bounds:
    return first[0] | second[0], first[1] | second[1]


_KINDS: Mapping[str, Callable[[_Statements, _Statement], _Bounds]] = MappingProxyType(
    {
        "IPSetReferenceStatement": _of_ip_set,
        "NotStatement": _of_not,
        "AndStatement": _of_and,
        "OrStatement": _of_or,
    }
)
