"""Records of Elastic Load Balancing: Application, Network and Gateway Load Balancers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, derived, described
from cloudpack_baseline.model.reading import string, structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.model.wafv2 import WebAcl, web_acl

__all__ = [
    "Listener",
    "ListenerAction",
    "ListenerRule",
    "LoadBalancer",
    "RuleCondition",
    "SslPolicy",
    "Target",
    "TargetGroup",
]


def _attribute(key: str) -> Callable[[Iterable[Answer]], str]:
    """The value of one of the attributes; empty where it is not among them."""

    def value(attributes: Iterable[Answer]) -> str:
        values = {attribute["Key"]: attribute.get("Value", "") for attribute in attributes}
        return str(values.get(key, ""))

    return value


def _target_groups(actions: Iterable[Answer]) -> tuple[str, ...]:
    """The target groups that default actions forward to, once each."""
    arns: list[str] = []
    for action in actions:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or [action]
        arns += (string(group, "TargetGroupArn") for group in groups if group.get("TargetGroupArn"))
    return tuple(dict.fromkeys(arns))


@frozen(kw_only=True)
class ListenerAction:
    """What a listener or a rule does with a request (Action).

    Attributes:
        type: ``forward``, ``redirect``, ``fixed-response``, ``authenticate-oidc``, ...
        redirect_protocol: RedirectConfig.Protocol: ``HTTPS``, ``HTTP`` or ``#{protocol}``, that of
            the request; ``None`` for other actions.
    """

    type: str
    redirect_protocol: str | None = described("RedirectConfig.Protocol", default=None)


def _values_of(condition: Answer) -> tuple[str, ...]:
    """The values of a condition: of the configuration of its field, or its own."""
    named = (value for key, value in condition.items() if key.endswith("Config"))
    values = next((config.get("Values") for config in named if config), None)
    return tuple(values or condition.get("Values") or ())


@frozen(kw_only=True)
class RuleCondition:
    """A condition of a rule; one of its values has to match (RuleCondition).

    Attributes:
        field: ``source-ip``, ``host-header``, ``path-pattern``, ``http-header``, ``query-string``
            or ``http-request-method``.
        values: CIDR blocks or patterns; those of query strings and regular expressions are left
            out.
    """

    field: str
    values: tuple[str, ...] = described("", convert=_values_of, default=())


@frozen(kw_only=True)
class ListenerRule:
    """A rule of a listener (DescribeRules).

    Attributes:
        rule_arn: its ARN.
        listener_arn: the ARN of its listener.
        priority: ``default``, or a number.
        actions: what it does.
        conditions: all of them have to match.
    """

    rule_arn: str
    listener_arn: str = derived("")
    priority: str = ""
    actions: Field[tuple[ListenerAction, ...]] = ()
    conditions: Field[tuple[RuleCondition, ...]] = ()


@frozen(kw_only=True)
class Listener:
    """A listener of a load balancer (DescribeListeners).

    Attributes:
        listener_arn: its ARN.
        port: the port that it listens on; None for Gateway Load Balancers.
        protocol: ``TCP``, ``TLS``, ``UDP``, ``TCP_UDP``, ``HTTP``, ``HTTPS``, ...
        target_groups: ARNs of the target groups that its default actions forward to.
        ssl_policy: the name of its security policy; ``None`` without TLS.
        default_actions: what it does if no rule applies.
        mutual_authentication: ``verify`` if it accepts only clients with a certificate.
        written_at: where a template or plan contains it.
    """

    written_as: ClassVar[str] = "SslPolicy"

    listener_arn: str
    port: Field[int | None] = None
    protocol: Field[str] = ""
    target_groups: Field[tuple[str, ...]] = described(
        "DefaultActions", convert=_target_groups, default=()
    )
    ssl_policy: Field[str | None] = None
    default_actions: Field[tuple[ListenerAction, ...]] = ()
    mutual_authentication: Field[str | None] = described("MutualAuthentication.Mode", default=None)
    written_at: Origin | None = None


@frozen(kw_only=True)
class LoadBalancer(Record):
    """A load balancer (Elastic Load Balancing API Reference 2015-12-01, LoadBalancer).

    Attributes:
        type: ``application``, ``network`` or ``gateway``.
        scheme: ``internet-facing`` or ``internal``.
        vpc_id: its VPC.
        security_groups: IDs of its security groups.
        subnets: the subnets of its nodes, one in each Availability Zone.
        cross_zone: the attribute ``load_balancing.cross_zone.enabled``: ``true`` if its nodes
            forward connections to targets in other Availability Zones.
        listeners: its listeners.
        rules: the rules of those listeners that accept HTTP and by default forward no request
            (DescribeRules); what the others do is in `listeners`.
        listener_rules: the rules of all its listeners, if it is an Application Load Balancer.
        web_acl: its web ACL of AWS WAF; ``None``: it has none.
    """

    api = Listed(
        "elbv2:DescribeLoadBalancers",
        arn="LoadBalancerArn",
        id="LoadBalancerArn",
        name="LoadBalancerName",
        gone="LoadBalancerNotFound",
    )

    type: Field[str]
    scheme: str = ""
    vpc_id: str = ""
    security_groups: tuple[str, ...] = ()
    subnets: tuple[str, ...] = described("AvailabilityZones[].SubnetId", default=())
    cross_zone: Field[str] = described(
        "Attributes",
        operation="elbv2:DescribeLoadBalancerAttributes",
        convert=_attribute("load_balancing.cross_zone.enabled"),
        default="",
    )
    listeners: Field[tuple[Listener, ...]] = described(
        "Listeners", operation="elbv2:DescribeListeners", default=()
    )
    rules: Field[tuple[ListenerRule, ...]] = derived(
        Unknown.because(Why.NOT_GATHERED, operation="elbv2:DescribeRules")
    )
    listener_rules: Field[tuple[ListenerRule, ...]] = derived(
        Unknown.because(Why.NOT_GATHERED, operation="elbv2:DescribeRules")
    )
    web_acl: Field[WebAcl | None] = described(
        "WebACL",
        operation="wafv2:GetWebACLForResource",
        convert=web_acl,
        absent="WAFInvalidParameterException",  # of Network and Gateway Load Balancers
        omitted=None,
        default=Unknown.because(Why.NOT_GATHERED, operation="wafv2:GetWebACLForResource"),
    )


@frozen(kw_only=True)
class SslPolicy(Record):
    """A security policy of load balancers (DescribeSSLPolicies); `name` is its name.

    It belongs to AWS and has no ARN; `arn` is made up.

    Attributes:
        protocols: SslProtocols: the versions that it accepts, sorted, such as ``TLSv1.2``.
    """

    api = Listed(
        "elbv2:DescribeSSLPolicies",
        arn="arn:{partition}:elasticloadbalancing:{region}:{account}:ssl-policy/{Name}",
        id="Name",
    )

    protocols: Field[tuple[str, ...]] = described("SslProtocols", unordered=True, default=())


@frozen(kw_only=True)
class Target:
    """A target of a target group (DescribeTargetHealth).

    Attributes:
        id: an instance ID, an IP address, or the ARN of a function or load balancer.
        port: the port that it is sent to; None: that of the group.
    """

    id: str
    port: int | None = None


def _targets(health: Iterable[Answer]) -> tuple[Target, ...]:
    return tuple(structured(Target, description["Target"]) for description in health)


@frozen(kw_only=True)
class TargetGroup(Record):
    """A target group (Elastic Load Balancing API Reference 2015-12-01, TargetGroup).

    Attributes:
        protocol: ``TCP``, ``TLS``, ``UDP``, ``TCP_UDP``, ``HTTP``, ``HTTPS``, ...
        port: the port of targets that name none.
        vpc_id: its VPC.
        target_type: ``instance``, ``ip``, ``alb`` or ``lambda``.
        preserve_client_ip: the attribute ``preserve_client_ip.enabled``, ``true`` or
            ``false``; empty where the group has no such attribute.
        cross_zone: the attribute ``load_balancing.cross_zone.enabled``, ``true``, ``false``
            or ``use_load_balancer_configuration``.
        targets: its registered targets.
    """

    api = Listed(
        "elbv2:DescribeTargetGroups",
        arn="TargetGroupArn",
        id="TargetGroupArn",
        name="TargetGroupName",
        gone="TargetGroupNotFound",
    )

    protocol: Field[str] = ""
    port: Field[int | None] = None
    vpc_id: str = ""
    target_type: Field[str] = "instance"
    preserve_client_ip: Field[str] = described(
        "Attributes",
        operation="elbv2:DescribeTargetGroupAttributes",
        convert=_attribute("preserve_client_ip.enabled"),
        default="",
    )
    cross_zone: Field[str] = described(
        "Attributes",
        operation="elbv2:DescribeTargetGroupAttributes",
        convert=_attribute("load_balancing.cross_zone.enabled"),
        default="",
    )
    targets: Field[tuple[Target, ...]] = described(
        "TargetHealthDescriptions",
        operation="elbv2:DescribeTargetHealth",
        convert=_targets,
        default=(),
    )
