"""Elastic Load Balancing: the rules of listeners that accept plain HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from attrs import evolve

from cloudpack_baseline.model.elbv2 import Listener, ListenerRule, LoadBalancer
from cloudpack_baseline.model.reading import structured
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted, known_of
from cloudpack_baseline.sources.gatherers._described import (
    complete_each,
    described_gatherer,
)

__all__ = ["GATHERERS"]

_LOAD_BALANCERS = described_gatherer(LoadBalancer)
_LISTENERS = "elbv2:DescribeListeners"
_RULES = "elbv2:DescribeRules"


def _load_balancers(calls: Calls, selected: frozenset[str]) -> Gathered:
    gathered = _LOAD_BALANCERS.run(calls, selected)
    if "rules" not in selected:
        return gathered
    return complete_each(calls, gathered, partial(_completed, calls))


def _completed(calls: Calls, balancer: LoadBalancer) -> LoadBalancer:
    """The load balancer with the rules that can forward what its listeners do not."""
    if isinstance(balancer.listeners, Unknown):
        return evolve(balancer, rules=balancer.listeners)
    return evolve(balancer, rules=_rules(calls, filter(_forwards_nothing, balancer.listeners)))


def _forwards_nothing(listener: Listener) -> bool:
    """Whether it accepts HTTP, and only its further rules can forward a request."""
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


GATHERERS = (
    evolve(
        _LOAD_BALANCERS,
        run=_load_balancers,
        fields={**_LOAD_BALANCERS.fields, "rules": (_LISTENERS, _RULES)},
    ),
)
