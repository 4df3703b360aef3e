"""Whether load balancers accept encrypted connections only, by current versions of TLS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
from cloudpack_baseline.model.elb import ClassicListener, ClassicLoadBalancer
from cloudpack_baseline.model.elbv2 import (
    Listener,
    ListenerAction,
    ListenerRule,
    LoadBalancer,
    SslPolicy,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
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
    name = f"{listener.protocol}:{listener.port}"
    if listener.protocol in _TLS:
        versions = _versions(view, load_balancer.region, listener.ssl_policy)
        return _tls(view, name, listener.ssl_policy or "", versions)
    if listener.protocol == "HTTP":
        return _http(name, listener, load_balancer.rules)
    return not_applicable(text("encryption.passed-on", listener=name))


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
    if not listener.default_actions:
        why = Unknown.because(Why.NOT_GATHERED, operation="elbv2:DescribeListeners")
        return unknown(f"DefaultActions ({name})", why, expected=expected)
    if _in_clear(listener.default_actions):
        read = _described(listener.default_actions)
        return failed(text("encryption.clear", listener=name), read=read, expected=expected)
    if isinstance(rules, Unknown):
        return unknown(f"Rules ({name})", rules, expected=expected)
    for rule in rules:
        if rule.listener_arn == listener.listener_arn and _in_clear(rule.actions):
            message = text("encryption.clear-by-rule", listener=name, priority=rule.priority)
            return failed(message, read=_described(rule.actions), expected=expected)
    read = _described(listener.default_actions)
    return passed(text("encryption.redirects", listener=name), read=read, expected=expected)


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
    name = f"{listener.protocol}:{listener.port}"
    if listener.protocol == "HTTP":
        message = text("encryption.clear", listener=name)
        return failed(message, read="Protocol=HTTP", expected="Protocol=HTTPS")
    if listener.protocol not in _TLS:
        return not_applicable(text("encryption.passed-on", listener=name))
    if isinstance(classic.ssl_policies, Unknown):
        return unknown(f"PolicyDescriptions ({name})", classic.ssl_policies)
    policies = {policy.name: policy.protocols for policy in classic.ssl_policies}
    for policy in listener.policies:
        if policy in policies:
            return _tls(view, name, policy, policies[policy])
    why = Unknown.because(
        Why.NOT_PROVIDED,
        operation="elb:DescribeLoadBalancerPolicies",
        detail=f"SSL policy of {name}",
    )
    return unknown(f"PolicyDescriptions ({name})", why)
