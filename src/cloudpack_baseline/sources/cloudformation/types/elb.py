"""Elastic Load Balancing: load balancers of both generations, listeners and target groups.

Source: AWS CloudFormation Template Reference, "Elastic Load Balancing V2 resource types", "Elastic
Load Balancing resource types".
"""

from __future__ import annotations

from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.addresses import public_address
from cloudpack_baseline.sources.cloudformation.interfaces import (
    InterfaceSettings,
    add_interface,
    flattened,
    group_ids,
    vpc_of,
)
from cloudpack_baseline.sources.cloudformation.targets import HEALTH, describe_targets
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, is_exact, why_of
from cloudpack_baseline.sources.tls_policies import DEFAULT_POLICY, protocols_of

__all__ = ["TYPES"]

TYPES = Types()

_BALANCERS = "elbv2:DescribeLoadBalancers"
_ATTRIBUTES = "elbv2:DescribeLoadBalancerAttributes"
_LISTENERS = "elbv2:DescribeListeners"
_RULES = "elbv2:DescribeRules"
_POLICIES = "elbv2:DescribeSSLPolicies"
_GROUPS = "elbv2:DescribeTargetGroups"
_GROUP_ATTRIBUTES = "elbv2:DescribeTargetGroupAttributes"
_WEB_ACL = "wafv2:GetWebACLForResource"
_INTERFACES = "ec2:DescribeNetworkInterfaces"
_CLASSIC = "elb:DescribeLoadBalancers"
_CLASSIC_POLICIES = "elb:DescribeLoadBalancerPolicies"

_ARN = "arn:{partition}:elasticloadbalancing:{region}:{account}:"
_CROSS_ZONE = "load_balancing.cross_zone.enabled"
_INTERFACE_TYPES = {
    "application": "interface",
    "network": "network_load_balancer",
    "gateway": "gateway_load_balancer",
}


@TYPES.of(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    _BALANCERS,
    _ATTRIBUTES,
    _LISTENERS,
    _INTERFACES,
    ref=f"{_ARN}loadbalancer/{{logical}}",
    name="Name",
    attributes={
        "LoadBalancerArn": "{id}",
        "LoadBalancerName": "{name}",
        "LoadBalancerFullName": "{logical}",
    },
    order=4,
)
def _load_balancer(resource: TypedResource) -> None:
    """It has a node, and so an interface, in each of its subnets.

    If its type is a parameter, its interfaces are those of a Network Load Balancer, which forward.
    """
    given_type = resource.get("Type", "application")
    kind = str(given_type) if why_of(given_type) is None else "network"
    scheme = resource.get("Scheme", "internet-facing")
    nodes = list(_nodes(resource, scheme))
    groups = group_ids(resource.answers, resource.get("SecurityGroups"))
    vpc = vpc_of(resource.answers, nodes[0][0] if nodes else "<no subnet>", groups)
    if groups is None and kind == "application":
        groups = [f"sg-default-of-{vpc}"]
    resource.item(
        _BALANCERS,
        LoadBalancerArn=resource.id,
        LoadBalancerName=shown(resource.attribute("LoadBalancerName")),
        Type=given_type,
        Scheme=shown(scheme),
        VpcId=vpc,
        SecurityGroups=groups,
        AvailabilityZones=[{"SubnetId": subnet} for subnet, _ in nodes],
    )
    attributes = resource.get("LoadBalancerAttributes", [])
    default = {"Key": _CROSS_ZONE, "Value": "true" if kind == "application" else "false"}
    resource.about(_ATTRIBUTES, resource.id, Attributes=_with_default(attributes, default))
    resource.about(_LISTENERS, resource.id, Listeners=[])
    dual = str(shown(resource.get("IpAddressType", ""))).startswith("dualstack")
    for place, (subnet, public) in enumerate(nodes):
        settings = InterfaceSettings(
            type=_INTERFACE_TYPES.get(kind, "interface"),
            description=f"ELB {resource.name}",
            requester="amazon-elb",
            groups=groups,
            public=public,
            ipv6=1 if dual else 0,
        )
        interface = f"eni-{resource.name}-{place}" if place else f"eni-{resource.name}"
        add_interface(resource, interface, subnet, settings)


def _nodes(resource: TypedResource, scheme: Resolved) -> list[tuple[str, Resolved]]:
    """The subnet of each node, and its public address or whether it has one."""
    unknown = why_of(scheme)
    facing: Resolved = str(scheme) == "internet-facing" if unknown is None else unknown
    nodes = [(str(shown(subnet)), facing) for subnet in flattened(resource.get("Subnets"))]
    for mapping in flattened(resource.get("SubnetMappings")):
        subnet = mapping if isinstance(mapping, Unknown) else follow(mapping, "SubnetId")
        allocation = follow(mapping, "AllocationId")
        public = facing if allocation is None else public_address(str(shown(allocation)))
        nodes.append((str(shown(subnet)), public))
    return nodes


def _with_default(attributes: Resolved, default: dict[str, str]) -> Resolved:
    """The attributes, with the default of the one that is read."""
    if not isinstance(attributes, list):
        return attributes
    keys = {str(follow(attribute, "Key")) for attribute in as_list(attributes)}
    return attributes if default["Key"] in keys else [*as_list(attributes), default]


@TYPES.of(
    "AWS::ElasticLoadBalancingV2::Listener",
    _LISTENERS,
    _RULES,
    _POLICIES,
    _BALANCERS,
    _WEB_ACL,
    ref=f"{_ARN}listener/{{logical}}",
    attributes={"ListenerArn": "{id}"},
    order=5,
)
def _listener(resource: TypedResource) -> None:
    balancer = _balancer_arn(resource)
    protocol = _protocol(resource, balancer)
    policy = resource.get("SslPolicy")
    if policy is None and str(protocol).upper() in ("HTTPS", "TLS"):
        policy = DEFAULT_POLICY
    _describe_policy(resource, policy)
    # A listener has to have an action; most forward.
    given_actions = as_list(resource.get("DefaultActions")) or [{"Type": "forward"}]
    actions = [_action(action) for action in given_actions]
    listener = {
        "ListenerArn": resource.id,
        "Port": resource.get("Port"),
        "Protocol": protocol,
        "SslPolicy": policy,
        "DefaultActions": actions,
        "MutualAuthentication": resource.get("MutualAuthentication"),
    }
    properties = {name: value for name, value in listener.items() if value is not None}
    if (_LISTENERS, balancer) not in resource.answers.subjects:
        _balancer_elsewhere(resource, balancer, str(shown(protocol)))
    resource.append_about(_LISTENERS, balancer, "Listeners", resource.object(**properties))
    rule = {"RuleArn": f"{resource.id}/default", "Priority": "default", "Actions": actions}
    resource.about(_RULES, resource.id, Rules=[rule])


def _protocol(resource: TypedResource, balancer: str) -> Resolved:
    """Its protocol; only listeners of Gateway Load Balancers have none.

    These have no port and no certificate either, which tells one whose load balancer is not in the
    template.
    """
    protocol = resource.get("Protocol")
    if protocol is not None and protocol != "":
        return protocol
    item = resource.answers.find(_BALANCERS, "LoadBalancerArn", balancer)
    settings = map(resource.get, ("Port", "SslPolicy", "Certificates"))
    elsewhere = "gateway" if all(setting is None for setting in settings) else "application"
    kind = elsewhere if item is None else item.raw("Type")
    if kind == "gateway":
        return None
    if isinstance(kind, Unknown):
        return kind
    return Unknown.because(Why.MALFORMED, detail="Protocol: is missing")


def _balancer_arn(resource: TypedResource) -> str:
    """The ARN of the load balancer of a listener; one that is not known has its reason in it.

    A listener is in the account and Region of its load balancer, whatever a template calls these.
    """
    has_load_balancer = resource.get("LoadBalancerArn") is not None
    balancer = resource.subject("LoadBalancerArn") if has_load_balancer else resource.unnamed
    if (_LISTENERS, balancer) in resource.answers.subjects:
        return balancer
    place = f"{resource.partition}:elasticloadbalancing:{resource.region}:{resource.account}"
    name = balancer.partition("loadbalancer/")[2] or balancer
    return f"arn:{place}:loadbalancer/{name}"


def _balancer_elsewhere(resource: TypedResource, balancer: str, protocol: str) -> None:
    """A load balancer that is not in the template, which may have further listeners.

    That of a listener that names none is known by this listener only.
    """
    is_named = resource.get("LoadBalancerArn") is not None
    add = resource.elsewhere if is_named else resource.item
    add(
        _BALANCERS,
        LoadBalancerArn=balancer,
        LoadBalancerName=balancer.rpartition("/")[2],
        Type="application" if protocol.startswith("HTTP") else "network",
        Scheme="",
        VpcId="",
        AvailabilityZones=[],
    )
    resource.about(_LISTENERS, balancer, Listeners=[])
    web_acl = Unknown.because(Why.NOT_PROVIDED, detail=f"web ACL of {balancer}")
    resource.about(_WEB_ACL, balancer, is_default=True, WebACL=web_acl)


_IMPLIED_TYPES = {
    "TargetGroupArn": "forward",
    "ForwardConfig": "forward",
    "RedirectConfig": "redirect",
    "FixedResponseConfig": "fixed-response",
}
"""The type of an action that only its settings say, by one of them."""


def _action(action: Resolved) -> Resolved:
    """A redirect keeps the protocol of the request where it names none.

    A target group that is not known is named by the reason: what the action does is known. So it
    is of an action whose settings say it, in parts of templates that leave its type out.
    """
    if not isinstance(action, dict):
        return action
    implied = next((type_ for name, type_ in _IMPLIED_TYPES.items() if name in action), None)
    changed: dict[str, Resolved] = {"Type": implied} if implied else {}
    changed |= _to_named_group(action)
    redirect, forward = follow(action, "RedirectConfig"), follow(action, "ForwardConfig")
    if isinstance(redirect, dict) and "Protocol" not in redirect:
        changed["RedirectConfig"] = {**redirect, "Protocol": "#{protocol}"}
    if isinstance(forward, dict):
        groups = follow(forward, "TargetGroups")
        named = [
            _to_named_group(group) if isinstance(group, dict) else {"TargetGroupArn": shown(group)}
            for group in as_list(groups)
        ]
        changed["ForwardConfig"] = {**forward, "TargetGroups": named}
    return changed


def _to_named_group(forwarding: dict[str, Resolved]) -> dict[str, Resolved]:
    arn = dict.get(forwarding, "TargetGroupArn")
    return {**forwarding} if arn is None else {**forwarding, "TargetGroupArn": shown(arn)}


def _describe_policy(resource: TypedResource, policy: Resolved) -> None:
    """The versions of TLS that a policy of AWS accepts."""
    protocols = protocols_of(str(policy)) if is_exact(policy) else ()
    if protocols and resource.answers.find(_POLICIES, "Name", str(policy)) is None:
        resource.item(_POLICIES, Name=str(policy), SslProtocols=list(protocols))


@TYPES.of(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    _RULES,
    ref=f"{_ARN}listener-rule/{{logical}}",
    attributes={"RuleArn": "{id}"},
    order=6,
)
def _rule(resource: TypedResource) -> None:
    rule = {
        "RuleArn": resource.id,
        "Priority": str(shown(resource.get("Priority", ""))),
        "Actions": [_action(action) for action in as_list(resource.get("Actions"))],
        "Conditions": [_condition(entry) for entry in as_list(resource.get("Conditions"))],
    }
    listener = shown(resource.get("ListenerArn"))
    resource.append_about(_RULES, listener, "Rules", resource.object(**rule))


def _condition(condition: Resolved) -> dict[str, Resolved]:
    """A condition; what is not known of it is named by the reason, which matches nobody for sure.

    The actions of the rule are known all the same.
    """
    if not isinstance(condition, dict):
        return {"Field": str(shown(condition))}
    return {name: _condition_member(name, member) for name, member in condition.items()}


def _condition_member(name: str, member: Resolved) -> Resolved:
    """Patterns or CIDR blocks, or an object with these; those of query strings nothing reads."""
    if isinstance(member, dict):
        return {**member, "Values": _shown_values(member.get("Values"))}
    return _shown_values(member) if name == "Values" else str(shown(member))


def _shown_values(values: Resolved) -> list[str]:
    return [str(shown(value)) for value in as_list(values)]


@TYPES.of(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    _GROUPS,
    _GROUP_ATTRIBUTES,
    HEALTH,
    ref=f"{_ARN}targetgroup/{{logical}}",
    name="Name",
    attributes={
        "TargetGroupArn": "{id}",
        "TargetGroupName": "{name}",
        "TargetGroupFullName": "targetgroup/{logical}",
    },
    order=3,
)
def _target_group(resource: TypedResource) -> None:
    resource.item(
        _GROUPS,
        "Port Protocol",
        TargetGroupArn=resource.id,
        TargetGroupName=shown(resource.attribute("TargetGroupName")),
        VpcId=shown(resource.get("VpcId")),
        TargetType=resource.get("TargetType", "instance"),
    )
    attributes = resource.get("TargetGroupAttributes", [])
    default = {"Key": _CROSS_ZONE, "Value": "use_load_balancer_configuration"}
    resource.about(_GROUP_ATTRIBUTES, resource.id, Attributes=_with_default(attributes, default))
    describe_targets(resource, resource.get("Targets"))


# Classic Load Balancers ----------------------------------------------------------------------


@TYPES.of(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    _CLASSIC,
    _CLASSIC_POLICIES,
    _INTERFACES,
    ref="LoadBalancerName",
    order=4,
)
def _classic(resource: TypedResource) -> None:
    scheme = resource.get("Scheme", "internet-facing")
    resource.item(
        _CLASSIC,
        LoadBalancerName=resource.id,
        Scheme=scheme,
        ListenerDescriptions=[
            _classic_listener(resource, listener) for listener in as_list(resource.get("Listeners"))
        ],
    )
    policies = [_classic_policy(policy) for policy in as_list(resource.get("Policies"))]
    default = _reference_policy(DEFAULT_POLICY, DEFAULT_POLICY)
    resource.about(_CLASSIC_POLICIES, resource.id, PolicyDescriptions=[*policies, default])
    groups = group_ids(resource.answers, resource.get("SecurityGroups"))
    for place, (subnet, public) in enumerate(_nodes(resource, scheme)):
        settings = InterfaceSettings(
            description=f"ELB {resource.name}",
            requester="amazon-elb",
            groups=groups,
            public=public,
        )
        interface = f"eni-{resource.name}-{place}" if place else f"eni-{resource.name}"
        add_interface(resource, interface, subnet, settings)


_USUAL_PORTS = {"HTTP": 80, "HTTPS": 443, "SSL": 443}
"""Of listeners in parts of templates that leave the port out."""


def _classic_listener(resource: TypedResource, listener: Resolved) -> Resolved:
    """A listener with TLS has the default policy if it names none."""
    if not isinstance(listener, dict):
        return listener
    protocol = listener.get("Protocol")
    upper = str(protocol).upper() if is_exact(protocol) else protocol
    policies = as_list(listener.get("PolicyNames"))
    if not policies and upper in ("HTTPS", "SSL"):
        policies = [DEFAULT_POLICY]
    missing = Unknown.because(Why.MALFORMED, detail="LoadBalancerPort: is missing")
    port = listener.get("LoadBalancerPort", _USUAL_PORTS.get(str(upper), missing))
    described = {"Protocol": upper, "LoadBalancerPort": port}
    return resource.object_at(
        listener,
        Listener={name: value for name, value in described.items() if value is not None},
        PolicyNames=policies,
    )


def _classic_policy(policy: Resolved) -> Resolved:
    """A policy, with the versions of the policy of AWS that it refers to."""
    if not isinstance(policy, dict):
        return policy
    attributes = as_list(policy.get("Attributes"))
    reference = next(
        (
            follow(attribute, "Value")
            for attribute in attributes
            if follow(attribute, "Name") == "Reference-Security-Policy"
        ),
        None,
    )
    name = shown(policy.get("PolicyName"))
    if reference is not None:
        return _reference_policy(str(name), reference)
    return {
        "PolicyName": name,
        "PolicyTypeName": policy.get("PolicyType"),
        "PolicyAttributeDescriptions": [
            {
                "AttributeName": follow(attribute, "Name"),
                "AttributeValue": _lower(follow(attribute, "Value")),
            }
            for attribute in attributes
        ],
    }


def _lower(value: Resolved) -> Resolved:
    """A truth value as the API describes it."""
    return str(value).lower() if is_exact(value) else value


def _reference_policy(name: str, reference: Resolved) -> dict[str, Resolved]:
    protocols = protocols_of(str(reference)) if is_exact(reference) else ()
    attributes: Resolved = [
        {"AttributeName": f"Protocol-{protocol}", "AttributeValue": "true"}
        for protocol in protocols
    ]
    return {
        "PolicyName": name,
        "PolicyTypeName": "SSLNegotiationPolicyType",
        "PolicyAttributeDescriptions": attributes if is_exact(reference) else reference,
    }
