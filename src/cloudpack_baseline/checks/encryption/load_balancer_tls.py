"""Whether load balancers accept encrypted connections only, by current versions of TLS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_

from attrs import evolve

from cloudpack_baseline.baseline.options.encryption import LoadBalancerTlsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.missing import why_missing
from cloudpack_baseline.findings import (
    FieldValue,
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.elb import ClassicListener, ClassicLoadBalancer, ClassicSslPolicy
from cloudpack_baseline.model.elbv2 import (
    Listener,
    ListenerAction,
    ListenerRule,
    LoadBalancer,
    SslPolicy,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why, is_known
from cloudpack_baseline.texts import text

__all__ = ["load_balancer_tls"]

_TLS = frozenset(("HTTPS", "TLS", "SSL"))


@check(
    reads(LoadBalancer, "listeners", "rules"),
    reads(SslPolicy),
    reads(ClassicLoadBalancer, "ssl_policies"),
    subjects=(LoadBalancer, ClassicLoadBalancer),
    by_parts=True,
)
def load_balancer_tls(view: AccountView) -> Iterator[Finding]:
    """Reads the listeners of each load balancer, and the versions that their policies accept.

    A listener with TLS passes if its policy accepts accepted versions only (``protocols``;
    DescribeSSLPolicies, for Classic Load Balancers DescribeLoadBalancerPolicies). A listener
    without TLS passes if its default action and all its rules redirect to HTTPS or return a fixed
    response. TCP and UDP listeners pass connections on to their targets, so they are not
    evaluated.
    """
    for load_balancer in view.all(LoadBalancer):
        yield view.finding(load_balancer, *_of_load_balancer(view, load_balancer))
    for classic in view.all(ClassicLoadBalancer):
        yield view.finding(classic, *_of_classic(view, classic))


def _of_load_balancer(view: AccountView, load_balancer: LoadBalancer) -> Iterator[Observation]:
    listeners = load_balancer.listeners
    if isinstance(listeners, Unknown):
        yield unknown("Listeners", listeners)
        return
    if not listeners:
        yield not_applicable(text("encryption.no-listeners"))
    for listener in listeners:
        yield evolve(_of_listener(view, load_balancer, listener), origin=listener.written_at)


def _of_listener(view: AccountView, load_balancer: LoadBalancer, listener: Listener) -> Observation:
    protocol, policy = listener.protocol, listener.ssl_policy
    if isinstance(protocol, Unknown):
        return unknown(f"Protocol ({_port(listener)})", protocol)
    name = f"{protocol}:{_port(listener)}"
    if protocol in _TLS:
        if isinstance(policy, Unknown):
            return unknown(f"SslPolicy ({name})", policy)
        versions = _versions(view, load_balancer.region, policy)
        return _tls(view, name, policy or "", versions)
    if protocol == "HTTP":
        return _http(name, listener, load_balancer.rules)
    return not_applicable(text("encryption.passed-on", listener=name))


def _port(listener: Listener | ClassicListener) -> str:
    """The port as a name shows it; ``?`` where it is not known."""
    return "?" if isinstance(listener.port, Unknown) else str(listener.port)


def _versions(view: AccountView, region: str, policy: str | None) -> Field[tuple[str, ...]]:
    """The versions that the policy accepts."""
    for ssl_policy in view.all(SslPolicy):
        if (ssl_policy.region, ssl_policy.name) == (region, policy):
            return ssl_policy.protocols
    return why_missing(view, SslPolicy, policy or "", region=region)


def _tls(
    view: AccountView, listener: str, policy: str, versions: Field[tuple[str, ...]]
) -> Observation:
    """Whether the policy of a listener accepts accepted versions only."""
    accepted = view.baseline.options(LoadBalancerTlsOptions).protocols
    expected = f"SslProtocols={' | '.join(accepted)}"
    if isinstance(versions, Unknown):
        return unknown(f"SslProtocols ({listener}, {policy})", versions, expected=expected)
    read = (FieldValue("SslProtocols", tuple(versions)),)
    if not versions:
        why = Unknown.because(Why.MALFORMED, detail=f"{policy}: no version of TLS")
        return unknown(f"SslProtocols ({listener})", why, expected=expected)
    if set(versions) <= set(accepted):
        message = text("encryption.tls", listener=listener, versions=versions)
        return passed(message, read=read, expected=expected)
    old = tuple(version for version in versions if version not in accepted)
    message = text("encryption.tls-old", listener=listener, versions=old, policy=policy)
    return failed(message, read=read, expected=expected)


def _http(name: str, listener: Listener, rules: Field[tuple[ListenerRule, ...]]) -> Observation:
    """Whether a listener without TLS forwards no request."""
    expected = "RedirectConfig.Protocol=HTTPS"
    actions = listener.default_actions
    if not isinstance(actions, Unknown) and not actions:
        actions = Unknown.because(Why.NOT_GATHERED, operation="elbv2:DescribeListeners")
    if not isinstance(actions, Unknown) and _in_clear(actions):
        read = _described(actions)
        return failed(text("encryption.clear", listener=name), read=read, expected=expected)
    of_listener = _rules_of(listener, rules)
    for rule in of_listener:
        if not isinstance(rule.actions, Unknown) and _in_clear(rule.actions):
            message = text("encryption.clear-by-rule", listener=name, priority=rule.priority)
            return failed(message, read=_described(rule.actions), expected=expected)
    if isinstance(actions, Unknown):
        return unknown(f"DefaultActions ({name})", actions, expected=expected)
    unread = [
        field for field in (rules, *(rule.actions for rule in of_listener)) if not is_known(field)
    ]
    if unread:
        return unknown(f"Rules ({name})", reduce(or_, unread), expected=expected)
    read = _described(actions)
    return passed(text("encryption.redirects", listener=name), read=read, expected=expected)


def _rules_of(
    listener: Listener, rules: Field[tuple[ListenerRule, ...]]
) -> tuple[ListenerRule, ...]:
    """The rules of the listener, as far as they are known."""
    known = rules if is_known(rules) else ()
    return tuple(rule for rule in known if rule.listener_arn == listener.listener_arn)


def _in_clear(actions: Iterable[ListenerAction]) -> bool:
    """Whether a request is answered by a target, or is sent to another URL without TLS."""
    return not all(
        action.type == "fixed-response"
        or (action.type == "redirect" and action.redirect_protocol == "HTTPS")
        for action in actions
    )


def _described(actions: Iterable[ListenerAction]) -> str:
    return ", ".join(
        f"Type={action.type}"
        + (f" Protocol={action.redirect_protocol}" if action.redirect_protocol else "")
        for action in actions
    )


def _of_classic(view: AccountView, classic: ClassicLoadBalancer) -> Iterator[Observation]:
    listeners = classic.listeners
    if isinstance(listeners, Unknown):
        yield unknown("ListenerDescriptions", listeners)
        return
    if not listeners:
        yield not_applicable(text("encryption.no-listeners"))
    for listener in listeners:
        observation = _of_classic_listener(view, classic, listener)
        yield evolve(observation, origin=listener.written_at)


def _of_classic_listener(
    view: AccountView, classic: ClassicLoadBalancer, listener: ClassicListener
) -> Observation:
    protocol = listener.protocol
    if isinstance(protocol, Unknown):
        return unknown(f"Protocol ({_port(listener)})", protocol)
    name = f"{protocol}:{_port(listener)}"
    if protocol == "HTTP":
        message = text("encryption.clear", listener=name)
        return failed(message, read="Protocol=HTTP", expected="Protocol=HTTPS")
    if protocol not in _TLS:
        return not_applicable(text("encryption.passed-on", listener=name))
    ssl_policies, names = classic.ssl_policies, listener.policies
    if isinstance(ssl_policies, Unknown):
        return unknown(f"PolicyDescriptions ({name})", ssl_policies)
    return _by_policy(view, name, names, {policy.name: policy for policy in ssl_policies})


def _by_policy(
    view: AccountView,
    name: str,
    names: Field[tuple[str, ...]],
    policies: Mapping[str, ClassicSslPolicy],
) -> Observation:
    """A Classic Load Balancer's listener with TLS, by the policy for TLS among its policies."""
    if isinstance(names, Unknown):
        return unknown(f"PolicyNames ({name})", names)
    for policy in names:
        if policy in policies:
            return _tls(view, name, policy, policies[policy].protocols)
    why = Unknown.because(
        Why.NOT_PROVIDED,
        operation="elb:DescribeLoadBalancerPolicies",
        detail=f"SSL policy of {name}",
    )
    return unknown(f"PolicyDescriptions ({name})", why)
