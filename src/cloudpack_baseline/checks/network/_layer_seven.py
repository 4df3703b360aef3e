"""Which addresses load balancers let through to their targets.

An Application Load Balancer decides by the request: by its web ACL, and by the rules of its
listeners (Elastic Load Balancing User Guide, "Listener rules"). The others decide by the port.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import and_

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network._passages import (
    ALL_ADDRESSES,
    NO_ADDRESSES,
    Passage,
    RequestRule,
    decided,
)
from cloudpack_baseline.checks.network._web_acls import passage_of
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.elbv2 import (
    Listener,
    ListenerRule,
    LoadBalancer,
    RuleCondition,
    TargetGroup,
)
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.model.wafv2 import WafIpSet
from cloudpack_baseline.reachability import IpSet, TrafficSet

__all__ = ["LayerSeven"]

_OWN_CHOICE = frozenset({"host-header", "path-pattern", "http-request-method"})
"""Fields of conditions that requesters choose; of the others, they may not know the values."""
_ANY = frozenset({"*", "/*"})
_DEFAULT = "default"
"""The priority of the rule for requests that no other rule matches."""


@frozen(eq=False)
class LayerSeven:
    """The load balancers of an account; build it with `of`.

    Attributes:
        view: the account.
        balancers: by the name in descriptions of their interfaces.
        groups: by ARN.
        ip_sets: by ARN.
    """

    view: AccountView
    balancers: Mapping[str, LoadBalancer]
    groups: Mapping[str, TargetGroup]
    ip_sets: Mapping[str, WafIpSet]

    @classmethod
    def of(cls, view: AccountView) -> LayerSeven:
        """Of the account."""
        return cls(
            view,
            {
                balancer.arn.rpartition(":loadbalancer/")[2]: balancer
                for balancer in view.all(LoadBalancer)
            },
            {group.arn: group for group in view.all(TargetGroup)},
            {ip_set.arn: ip_set for ip_set in view.all(WafIpSet)},
        )

    def passages(
        self, interface: NetworkInterface, traffic: TrafficSet
    ) -> Iterator[tuple[TrafficSet, Passage]]:
        """Traffic to the interface of a load balancer, with the addresses that get through.

        What no listener accepts gets nowhere.
        """
        name = interface.description.removeprefix("ELB ")
        balancer = self.balancers.get(name)
        if balancer is None and name != interface.description and "/" not in name:
            yield traffic, Passage()  # a Classic Load Balancer has neither rules nor web ACLs
        elif balancer is None:
            gap = self.view.gap(LoadBalancer, interface.region)
            yield traffic, Passage.unknown(missing(gap, LoadBalancer, f"LoadBalancer {name}"))
        elif isinstance(balancer.listeners, Unknown):
            yield traffic, Passage.unknown(balancer.listeners)
        else:
            for listener in balancer.listeners:
                if isinstance(listener.port, Unknown):
                    yield traffic, Passage.unknown(listener.port)
                    continue
                accepted = traffic & _accepted(listener.port)
                if accepted:
                    yield accepted, self._of_listener(balancer, listener)

    def _of_listener(self, balancer: LoadBalancer, listener: Listener) -> Passage:
        if isinstance(balancer.type, Unknown):
            return Passage.unknown(balancer.type)
        if balancer.type != "application":
            return self._by_port(balancer, listener)
        passage = _of_rules(balancer, listener) & self._of_web_acl(balancer)
        if isinstance(listener.mutual_authentication, Unknown):
            return passage & Passage.unknown(listener.mutual_authentication)
        if listener.mutual_authentication == "verify":
            return Passage(NO_ADDRESSES, passage.maybe, passage.unread)
        return passage

    def _by_port(self, balancer: LoadBalancer, listener: Listener) -> Passage:
        """A Network Load Balancer; behind it, an Application Load Balancer may decide."""
        if isinstance(listener.target_groups, Unknown):
            return Passage.unknown(listener.target_groups)
        for arn in listener.target_groups:
            group = self.groups.get(arn)
            if group is None:
                gap = self.view.gap(TargetGroup, balancer.region)
                return Passage.unknown(missing(gap, TargetGroup, arn))
            if isinstance(group.target_type, Unknown):
                return Passage.unknown(group.target_type)
            if group.target_type == "alb":
                return Passage.unknown(None)
        return Passage()

    def _of_web_acl(self, balancer: LoadBalancer) -> Passage:
        acl = balancer.web_acl
        if isinstance(acl, Unknown):
            return Passage.unknown(acl)
        gap = self.view.gap(WafIpSet, balancer.region)
        return Passage() if acl is None else passage_of(acl, self.ip_sets, gap)


def _accepted(port: int | None) -> TrafficSet:
    return TrafficSet() if port is None else TrafficSet.parse(f"tcp/{port}, udp/{port}")


def _of_rules(balancer: LoadBalancer, listener: Listener) -> Passage:
    rules = balancer.listener_rules
    if isinstance(rules, Unknown):
        return Passage.unknown(rules)
    of_listener = [rule for rule in rules if rule.listener_arn == listener.listener_arn]
    defaults = [rule for rule in of_listener if rule.priority == _DEFAULT]
    ordered = [rule for rule in of_listener if rule.priority != _DEFAULT]
    # Each listener has a default rule; a template may leave open which priority a rule has.
    if not defaults or not all(rule.priority.isdigit() for rule in ordered):
        return Passage.unknown(None)
    ordered.sort(key=lambda rule: int(rule.priority))
    return decided(map(_request_rule, (*ordered, *defaults)), default=False)


def _request_rule(rule: ListenerRule) -> RequestRule:
    actions, conditions = rule.actions, rule.conditions
    passes = None if isinstance(actions, Unknown) else _passes({action.type for action in actions})
    if isinstance(conditions, Unknown) or (not conditions and rule.priority != _DEFAULT):
        # Only the default rule has no conditions, so that they were not read.
        return RequestRule.uncertain(passes=passes)
    addresses = _source_addresses(conditions)
    if addresses is None:
        return RequestRule.uncertain(passes=passes)
    fields = {condition.field for condition in conditions if not _is_any(condition)}
    return RequestRule(
        passes,
        addresses if fields <= {"source-ip"} else NO_ADDRESSES,
        addresses if fields <= {"source-ip", *_OWN_CHOICE} else NO_ADDRESSES,
        addresses,
    )


def _passes(action_types: set[str]) -> bool | None:
    if action_types == {"forward"}:
        return True
    # Who signs in goes on to the targets; a rule has actions, even if they were not read.
    return None if "forward" in action_types or not action_types else False


def _source_addresses(conditions: Iterable[RuleCondition]) -> IpSet | None:
    """The addresses that a rule is limited to; ``None`` if a value is no CIDR block."""
    values = (condition.values for condition in conditions if condition.field == "source-ip")
    try:
        return reduce(and_, map(IpSet.parse, values), ALL_ADDRESSES)
    except ValueError:
        return None


def _is_any(condition: RuleCondition) -> bool:
    return condition.field in _OWN_CHOICE and not _ANY.isdisjoint(condition.values)
