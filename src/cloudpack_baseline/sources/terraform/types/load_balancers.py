"""Load balancers: application, network and gateway ones, and classic ones.

Source: Terraform AWS provider, the resources of Elastic Load Balancing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    as_list,
    either,
    follow,
)
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    why_of,
)
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Addition,
    Mapped,
    Mappings,
    Properties,
    block_of,
    obj,
    properties_of,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_ATTRIBUTES = {
    "enable_deletion_protection": "deletion_protection.enabled",
    "drop_invalid_header_fields": "routing.http.drop_invalid_header_fields.enabled",
    "enable_cross_zone_load_balancing": "load_balancing.cross_zone.enabled",
    "desync_mitigation_mode": "routing.http.desync_mitigation_mode",
    "enable_waf_fail_open": "waf.fail_open.enabled",
    "idle_timeout": "idle_timeout.timeout_seconds",
}


def _attribute(key: str, value: Resolved) -> Resolved:
    unknown = why_of(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return obj(Key=key, Value=text if unknown is None else unknown)


def _attributes(values: ResolvedObject) -> ResolvedList:
    attributes = [
        _attribute(key, values[name])
        for name, key in _ATTRIBUTES.items()
        if values.get(name) is not None
    ]
    logs = block_of(values, "access_logs")
    if isinstance(logs, Unknown):
        attributes.append(_attribute("access_logs.s3.enabled", logs))
    elif logs is not None:
        attributes += [
            _attribute("access_logs.s3.enabled", logs.get("enabled", False)),
            _attribute("access_logs.s3.bucket", logs.get("bucket", "")),
            _attribute("access_logs.s3.prefix", logs.get("prefix", "")),
        ]
    return ResolvedList(attributes, NOWHERE)


def _facing(internal: Resolved) -> Resolved:
    return either(internal, yes="internal", no="internet-facing")


def _balancer(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = {
        "load_balancer_type": "Type",
        "internal": "",
        "subnet_mapping": "SubnetMappings",
        "private_ipv4_address": "PrivateIPv4Address",
        "ipv6_address": "IPv6Address",
        "security_groups": "SecurityGroups",
        "access_logs": "",
        "dns_name": "DNSName",
    }
    properties = properties_of(Mapped(renames=renames), values)
    if "subnets" in values and "subnet_mapping" in values:
        del properties["Subnets"]  # those that exist have both, which say the same
    yield (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {
            **properties,
            "Scheme": _facing(values.get("internal", False)),
            "LoadBalancerAttributes": _attributes(values),
        },
    )


_ACTIONS = Mapped(
    renames={
        "target_group": "TargetGroups",
        "forward": "ForwardConfig",
        "arn": "TargetGroupArn",
        "redirect": "RedirectConfig",
        "fixed_response": "FixedResponseConfig",
        "authenticate_oidc": "AuthenticateOidcConfig",
        "authenticate_cognito": "AuthenticateCognitoConfig",
    },
    blocks=frozenset(
        (
            "forward",
            "redirect",
            "fixed_response",
            "authenticate_oidc",
            "authenticate_cognito",
            "stickiness",
        )
    ),
)


def _actions(blocks: Resolved) -> Resolved:
    return properties_of(_ACTIONS, obj(x=blocks)).get("X")


def _listener(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    certificate = values.get("certificate_arn")
    yield (
        "AWS::ElasticLoadBalancingV2::Listener",
        {
            "LoadBalancerArn": values.get("load_balancer_arn"),
            "Port": values.get("port"),
            # Without one, an application load balancer listens for HTTP.
            "Protocol": values.get("protocol", "HTTP" if "port" in values else None),
            "SslPolicy": values.get("ssl_policy"),
            "Certificates": ResolvedList([obj(CertificateArn=certificate)], NOWHERE),
            "DefaultActions": _actions(values.get("default_action")),
            "MutualAuthentication": _mutual_authentication(values),
        },
    )


def _mutual_authentication(values: ResolvedObject) -> Resolved:
    block = block_of(values, "mutual_authentication")
    return obj(Mode=block.get("mode")) if isinstance(block, ResolvedObject) else block


_CONDITION_FIELDS = {
    "source_ip": "source-ip",
    "host_header": "host-header",
    "path_pattern": "path-pattern",
    "http_header": "http-header",
    "http_request_method": "http-request-method",
    "query_string": "query-string",
}


def _conditions(blocks: Resolved) -> Resolved:
    if not isinstance(blocks, list):
        return blocks
    return ResolvedList(
        (condition for block in as_list(blocks) for condition in _of_fields(block)), NOWHERE
    )


def _of_fields(block: Resolved) -> Iterator[Resolved]:
    """A condition for each of its fields; the provider accepts one."""
    if not isinstance(block, ResolvedObject):
        yield block
        return
    for name, field in _CONDITION_FIELDS.items():
        of_field = block_of(block, name)
        if of_field is not None:
            values = of_field if isinstance(of_field, Unknown) else of_field.get("values")
            yield obj(Field=field, Values=values)


def _rule(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield (
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        {
            "ListenerArn": values.get("listener_arn"),
            "Priority": values.get("priority"),
            "Actions": _actions(values.get("action")),
            "Conditions": _conditions(values.get("condition")),
        },
    )


def _of_any(resource: TypedResource, kind: str, _unknown: Unknown) -> None:
    """A listener of which the load balancer is not known is judged by itself."""
    properties = {**resource.properties}
    del properties["LoadBalancerArn"]
    resource_types()[kind].describe(evolve(resource, properties=obj(**properties)))


_STICKY = {"stickiness": "", "health_check": ""}
for _prefix in ("aws_lb", "aws_alb"):
    TYPES.made(_prefix, "AWS::ElasticLoadBalancingV2::LoadBalancer")(_balancer)
    TYPES.made(
        f"{_prefix}_listener",
        "AWS::ElasticLoadBalancingV2::Listener",
        needs=("LoadBalancerArn",),
        of_any=_of_any,
    )(_listener)
    TYPES.made(
        f"{_prefix}_listener_rule",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        needs=("ListenerArn",),
    )(_rule)
    TYPES.plain(f"{_prefix}_target_group", "AWS::ElasticLoadBalancingV2::TargetGroup", _STICKY)


def _target(values: ResolvedObject) -> Iterator[Addition]:
    target = obj(Id=values.get("target_id"), Port=values.get("port"))
    for name in ("aws_lb_target_group", "aws_alb_target_group"):
        targets = {"Targets": ResolvedList([target], NOWHERE)}
        yield Addition(name, values.get("target_group_arn"), targets)


_GROUPS_OF_TARGETS = ("aws_lb_target_group", "aws_alb_target_group")
for _name in ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
    TYPES[_name] = Mapped(additions=_target, part_of=_GROUPS_OF_TARGETS)

# Classic load balancers ------------------------------------------------------------------------


def _classic_listener(block: Resolved) -> Resolved:
    if not isinstance(block, ResolvedObject):
        return block
    return obj(
        InstancePort=block.get("instance_port"),
        InstanceProtocol=block.get("instance_protocol"),
        LoadBalancerPort=block.get("lb_port"),
        Protocol=block.get("lb_protocol"),
        SSLCertificateId=block.get("ssl_certificate_id"),
    )


def _describe_classic(resource: TypedResource) -> None:
    """A classic load balancer; which policy a listener has is a resource of its own."""
    of_ports = as_list(resource.get("PoliciesOfPorts"))
    listeners = [
        _with_policies(listener, of_ports) for listener in as_list(resource.get("Listeners"))
    ]
    properties = {**resource.properties, "Listeners": ResolvedList(listeners, NOWHERE)}
    kind = resource_types()["AWS::ElasticLoadBalancing::LoadBalancer"]
    kind.describe(evolve(resource, properties=obj(**properties)))


def _with_policies(listener: Resolved, of_ports: list[Any]) -> Resolved:
    port = follow(listener, "LoadBalancerPort")
    for entry in of_ports:
        unknown = why_of(follow(entry, "Port"))
        if unknown is not None:
            return obj(**{**listener, "PolicyNames": unknown})
        if str(follow(entry, "Port")) == str(port):
            return obj(**{**listener, "PolicyNames": follow(entry, "PolicyNames")})
    return listener


@TYPES.made(
    "aws_elb",
    "AWS::ElasticLoadBalancing::LoadBalancer",
    describe=_describe_classic,
    order=4,
    ref="name",
)
def _classic(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = {
        "name": "LoadBalancerName",
        "listener": "",
        "internal": "",
        "access_logs": "",
        "dns_name": "DNSName",
        "cross_zone_load_balancing": "CrossZone",
    }
    logs = block_of(values, "access_logs")
    listeners = values.get("listener")
    yield (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        {
            **properties_of(Mapped(renames=renames), values),
            "Scheme": _facing(values.get("internal", False)),
            "Listeners": ResolvedList(map(_classic_listener, as_list(listeners)), NOWHERE),
            "AccessLoggingPolicy": logs
            if logs is None or isinstance(logs, Unknown)
            else obj(Enabled=logs.get("enabled", True), S3BucketName=logs.get("bucket")),
        },
    )


TYPES.setting("aws_elb_attachment", "aws_elb", "elb", {"instance": "Instances[]"})


def _policy(
    name: Resolved, kind: Resolved, attributes: Resolved, values: ResolvedObject
) -> Properties:
    described = [
        obj(Name=follow(attribute, "name"), Value=follow(attribute, "value"))
        for attribute in as_list(attributes)
    ]
    policy = obj(
        PolicyName=name,
        PolicyType=kind,
        Attributes=ResolvedList(described, NOWHERE),
        LoadBalancerPorts=ResolvedList(as_list(values.get("lb_port")), NOWHERE),
    )
    return {"Policies": ResolvedList([policy], NOWHERE)}


@TYPES.part("aws_load_balancer_policy", "aws_elb", "load_balancer_name")
def _classic_policy(values: ResolvedObject) -> Properties:
    return _policy(
        values.get("policy_name"),
        values.get("policy_type_name"),
        values.get("policy_attribute"),
        values,
    )


@TYPES.part("aws_lb_ssl_negotiation_policy", "aws_elb", "load_balancer")
def _negotiation(values: ResolvedObject) -> Properties:
    return {
        **_policy(values.get("name"), "SSLNegotiationPolicyType", values.get("attribute"), values),
        **_port_policy(values.get("lb_port"), [values.get("name")]),
    }


def _port_policy(port: Resolved, names: Resolved) -> Properties:
    entry = obj(Port=port, PolicyNames=ResolvedList(as_list(names), NOWHERE))
    return {"PoliciesOfPorts": ResolvedList([entry], NOWHERE)}


@TYPES.part("aws_load_balancer_listener_policy", "aws_elb", "load_balancer_name")
def _listener_policy(values: ResolvedObject) -> Properties:
    return _port_policy(values.get("load_balancer_port"), values.get("policy_names"))
