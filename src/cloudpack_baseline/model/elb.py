"""Records of Elastic Load Balancing: Classic Load Balancers."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Origin

__all__ = ["ClassicListener", "ClassicLoadBalancer", "ClassicSslPolicy"]

_PROTOCOL = "Protocol-"
"""How the attributes of a policy for protocols begin, as in ``Protocol-TLSv1.2``."""


@frozen(kw_only=True)
class ClassicListener:
    """A listener of a Classic Load Balancer (ListenerDescription).

    Attributes:
        protocol: ``HTTP``, ``HTTPS``, ``TCP`` or ``SSL``.
        port: LoadBalancerPort.
        policies: names of its policies, those for TLS included.
        written_at: where a template or plan contains it.
    """

    protocol: Field[str] = described("Listener.Protocol")
    port: Field[int] = described("Listener.LoadBalancerPort")
    policies: Field[tuple[str, ...]] = described("PolicyNames", default=())
    written_at: Origin | None = None


@frozen(kw_only=True)
class ClassicSslPolicy:
    """A policy for TLS (PolicyDescription of type ``SSLNegotiationPolicyType``).

    Attributes:
        name: PolicyName.
        protocols: the versions that it accepts, such as ``TLSv1.2``.
    """

    name: str
    protocols: tuple[str, ...]


def _ssl_policies(policies: Iterable[Answer]) -> tuple[ClassicSslPolicy, ...]:
    return tuple(
        ClassicSslPolicy(name=string(policy, "PolicyName"), protocols=_protocols(policy))
        for policy in policies
        if policy.get("PolicyTypeName") == "SSLNegotiationPolicyType"
    )


def _protocols(policy: Answer) -> tuple[str, ...]:
    attributes = {
        string(attribute, "AttributeName"): attribute.get("AttributeValue")
        for attribute in policy["PolicyAttributeDescriptions"]
    }
    return tuple(
        name.removeprefix(_PROTOCOL)
        for name, setting in sorted(attributes.items())
        if name.startswith(_PROTOCOL) and setting == "true"
    )


@frozen(kw_only=True)
class ClassicLoadBalancer(Record):
    """A Classic Load Balancer (Elastic Load Balancing API Reference 2012-06-01).

    Attributes:
        scheme: ``internet-facing`` or ``internal``.
        listeners: its listeners.
        ssl_policies: its policies for TLS (DescribeLoadBalancerPolicies).
    """

    api = Listed(
        "elb:DescribeLoadBalancers",
        arn="arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{LoadBalancerName}",
        id="LoadBalancerName",
        gone="LoadBalancerNotFound",
    )

    scheme: Field[str] = ""
    listeners: Field[tuple[ClassicListener, ...]] = described("ListenerDescriptions", default=())
    ssl_policies: Field[tuple[ClassicSslPolicy, ...]] = described(
        "PolicyDescriptions",
        operation="elb:DescribeLoadBalancerPolicies",
        convert=_ssl_policies,
        default=(),
    )
