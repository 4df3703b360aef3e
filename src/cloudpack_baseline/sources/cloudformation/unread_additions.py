"""What a template that is not read may add to the resources that are passed to it.

Each addition is described as a resource of which nothing is known but what it is added to: it hides
none of its neighbours, and no pass rests on its absence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.template import TemplateResource
from cloudpack_baseline.sources.cloudformation.typed import as_list
from cloudpack_baseline.sources.cloudformation.unread import Attachable
from cloudpack_baseline.sources.cloudformation.values import Resolved, ResolvedObject

__all__ = ["AddedResource", "added_to", "added_types", "unknown_members"]


@frozen(kw_only=True)
class AddedResource:
    """A resource that may be added to another one.

    Attributes:
        type: of the resource.
        properties: as they are resolved, with what is not known.
    """

    type: str
    properties: ResolvedObject


@frozen(kw_only=True)
class _Addition:
    """A type that adds something to resources of another type.

    Attributes:
        type: such as ``AWS::S3::BucketPolicy``.
        target: the property that names the resource.
        unknown: the properties of which nothing is known.
        attribute: of the resource that `target` is; empty: what ``Ref`` returns.
        fixed: further properties.
        document: the property with a policy, if a resource has one policy only.
        is_unique: whether AWS rejects a second one.
    """

    type: str
    target: str
    unknown: tuple[str, ...] = ()
    attribute: str = ""
    fixed: tuple[tuple[str, str], ...] = ()
    document: str = ""
    is_unique: bool = False


_RULE = ("IpProtocol", "FromPort", "ToPort")
_IDENTITY_POLICY = ("PolicyDocument",)

_ADDITIONS: Mapping[str, tuple[_Addition, ...]] = {
    "AWS::EC2::NetworkAcl": (
        _Addition(
            type="AWS::EC2::NetworkAclEntry",
            target="NetworkAclId",
            unknown=("RuleNumber", "RuleAction", "Egress", "Protocol", "CidrBlock"),
        ),
    ),
    "AWS::EC2::RouteTable": (
        _Addition(
            type="AWS::EC2::Route",
            target="RouteTableId",
            unknown=("DestinationCidrBlock", "GatewayId"),
        ),
    ),
    "AWS::EC2::SecurityGroup": (
        _Addition(
            type="AWS::EC2::SecurityGroupIngress", target="GroupId", unknown=(*_RULE, "CidrIp")
        ),
        _Addition(
            type="AWS::EC2::SecurityGroupEgress", target="GroupId", unknown=(*_RULE, "CidrIp")
        ),
    ),
    "AWS::Events::EventBus": (
        _Addition(
            type="AWS::Events::EventBusPolicy", target="EventBusName", unknown=("Statement",)
        ),
    ),
    "AWS::EventSchemas::Registry": (
        _Addition(
            type="AWS::EventSchemas::RegistryPolicy",
            target="RegistryName",
            attribute="RegistryName",
            document="Policy",
        ),
    ),
    "AWS::IAM::Group": (
        _Addition(type="AWS::IAM::GroupPolicy", target="GroupName", unknown=_IDENTITY_POLICY),
    ),
    "AWS::IAM::Role": (
        _Addition(type="AWS::IAM::RolePolicy", target="RoleName", unknown=_IDENTITY_POLICY),
    ),
    "AWS::IAM::User": (
        _Addition(type="AWS::IAM::UserPolicy", target="UserName", unknown=_IDENTITY_POLICY),
    ),
    "AWS::Kinesis::Stream": (
        _Addition(
            type="AWS::Kinesis::ResourcePolicy",
            target="ResourceArn",
            attribute="Arn",
            document="ResourcePolicy",
        ),
    ),
    "AWS::Lambda::Function": (
        _Addition(
            type="AWS::Lambda::Permission",
            target="FunctionName",
            unknown=("Principal",),
            fixed=(("Action", "lambda:InvokeFunction"),),
        ),
    ),
    "AWS::Lambda::LayerVersion": (
        _Addition(
            type="AWS::Lambda::LayerVersionPermission",
            target="LayerVersionArn",
            unknown=("Principal",),
            fixed=(("Action", "lambda:GetLayerVersion"),),
        ),
    ),
    "AWS::S3::Bucket": (
        _Addition(
            type="AWS::S3::BucketPolicy",
            target="Bucket",
            document="PolicyDocument",
            is_unique=True,
        ),
    ),
    "AWS::S3::MultiRegionAccessPoint": (
        _Addition(
            type="AWS::S3::MultiRegionAccessPointPolicy", target="MrapName", document="Policy"
        ),
    ),
    "AWS::SNS::Topic": (
        _Addition(type="AWS::SNS::TopicPolicy", target="Topics", document="PolicyDocument"),
    ),
    "AWS::SQS::Queue": (
        _Addition(type="AWS::SQS::QueuePolicy", target="Queues", document="PolicyDocument"),
    ),
    "AWS::SecretsManager::Secret": (
        _Addition(
            type="AWS::SecretsManager::ResourcePolicy",
            target="SecretId",
            document="ResourcePolicy",
        ),
    ),
}
"""What other resources add to a resource of each type."""


def added_types(target: str) -> tuple[str, ...]:
    """The types that add something to resources of a type."""
    return tuple(addition.type for addition in _ADDITIONS.get(target, ()))


def unknown_members(kind: str, why: Unknown) -> dict[str, Resolved]:
    """The properties of a part of which nothing is known, beside what it belongs to."""
    additions = chain.from_iterable(_ADDITIONS.values())
    return {
        name: why for addition in additions if addition.type == kind for name in addition.unknown
    }


def added_to(
    passed: Attachable, why: Unknown, resources: Iterable[TemplateResource]
) -> Iterator[AddedResource]:
    """The resources that may be added to a resource.

    Args:
        passed: the resource.
        why: why it is not known.
        resources: those of the account, which may have added something already.
    """
    for addition in _ADDITIONS.get(passed.resource.type, ()):
        target = _target(passed, addition)
        documents = _documents(addition, target, resources) if addition.document else []
        if documents and addition.is_unique:
            continue
        members: dict[str, Resolved] = {addition.target: target, **dict(addition.fixed)}
        members |= dict.fromkeys(addition.unknown, why)
        if addition.document:
            further = {"Effect": "Allow", "Principal": why, "Action": why, "Resource": why}
            statements = [*chain.from_iterable(documents), further]
            policy = {"Version": "2012-10-17", "Statement": statements}
            members[addition.document] = policy if documents else why
        mark = passed.resource.mark
        yield AddedResource(type=addition.type, properties=ResolvedObject(members, mark))


def _target(passed: Attachable, addition: _Addition) -> Resolved:
    names = passed.stack.resolver.names
    logical_id = passed.resource.logical_id
    if addition.attribute:
        return names.attribute(logical_id, addition.attribute)
    return names.resource(logical_id)


def _documents(
    addition: _Addition, target: Resolved, resources: Iterable[TemplateResource]
) -> list[list[Resolved]]:
    """The statements of the policies that the resource has already, as far as they can be read."""
    policies: list[list[Resolved]] = []
    for resource in resources:
        if resource.type != addition.type:
            continue
        try:
            properties = resource.properties()
        except Misshapen:
            continue
        if str(target) in map(str, as_list(properties.get(addition.target))):
            document = properties.get(addition.document)
            statements = document.get("Statement") if isinstance(document, dict) else document
            policies.append(as_list(statements))
    return policies
