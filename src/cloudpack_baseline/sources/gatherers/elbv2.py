"""Elastic Load Balancing: rules of listeners that accept plain HTTP, and targets in use."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TypeAlias

from attrs import evolve

from cloudpack_baseline.model.elbv2 import Listener, ListenerRule, LoadBalancer, TargetGroup
from cloudpack_baseline.model.reading import structured
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted, known_of
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    complete_each,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_LOAD_BALANCERS = described_gatherer(LoadBalancer)
_LISTENERS = "elbv2:DescribeListeners"
_RULES = "elbv2:DescribeRules"
_OF_RULES = frozenset({"rules", "listener_rules"})
_TARGET_GROUPS = "elbv2:DescribeTargetGroups"
_TARGETS = "elbv2:DescribeTargetHealth"


def _load_balancers(calls: Calls, selected: frozenset[str]) -> Gathered:
    gathered = _LOAD_BALANCERS.run(calls, selected)
    if not selected & _OF_RULES:
        return gathered
    return complete_each(calls, gathered, partial(_completed, calls, selected & _OF_RULES))


def _completed(calls: Calls, selected: frozenset[str], balancer: LoadBalancer) -> LoadBalancer:
    """The load balancer with all rules, or those that can forward what its listeners do not."""
    all_rules, narrow = _rules_of(calls, balancer, takes_all="listener_rules" in selected)
    if "listener_rules" in selected:
        balancer = evolve(balancer, listener_rules=all_rules)
    return evolve(balancer, rules=narrow) if "rules" in selected else balancer


_Rules: TypeAlias = Field[tuple[ListenerRule, ...]]


def _rules_of(calls: Calls, balancer: LoadBalancer, *, takes_all: bool) -> tuple[_Rules, _Rules]:
    listeners = balancer.listeners
    if isinstance(listeners, Unknown):
        return listeners, listeners
    narrow = [listener for listener in listeners if _forwards_nothing(listener)]
    if isinstance(balancer.type, Unknown):
        return balancer.type, _rules(calls, narrow)
    if not takes_all or balancer.type != "application":
        return (), _rules(calls, narrow)
    all_rules = _rules(calls, listeners)
    if isinstance(all_rules, Unknown):
        return all_rules, all_rules
    arns = {listener.listener_arn for listener in narrow}
    return all_rules, tuple(rule for rule in all_rules if rule.listener_arn in arns)


def _forwards_nothing(listener: Listener) -> bool:
    """Whether it accepts HTTP, and only its further rules can forward a request, or may do so."""
    if isinstance(listener.protocol, Unknown) or isinstance(listener.default_actions, Unknown):
        return True
    return listener.protocol == "HTTP" and all(
        action.type != "forward" for action in listener.default_actions
    )


def _rules(calls: Calls, listeners: Iterable[Listener]) -> Field[tuple[ListenerRule, ...]]:
    rules: list[ListenerRule] = []
    for listener in listeners:
        listing = calls.listing(_RULES, ListenerArn=listener.listener_arn)
        of_listener = partial(_rule, listener.listener_arn)
        known, unknown = known_of(
            (converted(_RULES, of_listener, item) for item in listing.items), listing.unknown
        )
        if unknown is not None:
            return unknown
        rules += known
    return tuple(rules)


def _rule(listener_arn: str, item: Answer) -> ListenerRule:
    return evolve(structured(ListenerRule, item), listener_arn=listener_arn)


def _target_groups(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_TARGET_GROUPS)
    answered = {_TARGETS: _targets}
    return records_of(calls, TargetGroup, _TARGET_GROUPS, listing, selected, answered=answered)


def _targets(calls: Calls, group: ListedItem) -> Reply:
    """The targets; unknown for a group that no load balancer uses, so that nothing reaches them."""
    if group.item.get("LoadBalancerArns") == []:
        detail = f"no load balancer uses {group.identity['name']}"
        return Unknown.because(Why.NOT_GATHERED, operation=_TARGETS, detail=detail)
    listing = calls.listing(_TARGETS, TargetGroupArn=group.subject)
    if listing.unknown is not None:
        return listing.unknown
    return {"TargetHealthDescriptions": list(listing.items)}


GATHERERS = (
    evolve(
        _LOAD_BALANCERS,
        run=_load_balancers,
        fields={
            **_LOAD_BALANCERS.fields,
            "rules": (_LISTENERS, _RULES),
            "listener_rules": (_LISTENERS, _RULES),
        },
    ),
    evolve(described_gatherer(TargetGroup), run=_target_groups),
)
