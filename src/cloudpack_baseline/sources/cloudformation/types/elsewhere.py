"""What a template says of resources that are not in it: their policies, keys and permissions.

The rest of such a resource is not known, so that findings about it count only where what the
template says is enough to fail (`Origin.elsewhere`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve

from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.policy_choices import add_answer
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.types.functions import (
    add_url,
    function_and_qualifier,
    function_arn,
    layer_name,
    qualified_arn,
)
from cloudpack_baseline.sources.cloudformation.types.iam import identity_policy
from cloudpack_baseline.sources.cloudformation.types.s3 import public_access_block
from cloudpack_baseline.sources.cloudformation.values import undetermined
from cloudpack_baseline.sources.located import AnswerList, AnswerObject

__all__ = ["TYPES"]

TYPES = Types()

_BUCKETS = "s3:ListBuckets"
_ALL = "iam:GetAccountAuthorizationDetails"
_USERS, _GROUPS, _ROLES = (f"{_ALL} {kind}DetailList" for kind in ("User", "Group", "Role"))
_PRINCIPALS = {
    "Roles": (_ROLES, "RoleName", "role"),
    "Users": (_USERS, "UserName", "user"),
    "Groups": (_GROUPS, "GroupName", "group"),
}
"""By the property that names principals: their listing, their name there, and in ARNs."""


def _names(resource: TypedResource, listing: str, values: Iterable[object]) -> Iterator[str]:
    """The names that values are; a value that may be any is one elsewhere if there is no other.

    Where the listing has items, it may be one of them, which is left to who reads the resource.
    """
    for value in values:
        if isinstance(value, Unknown) and resource.answers.items.get(listing):
            continue
        try:
            yield from resource.subjects_of([value], "")
        except Misshapen:
            continue


# Amazon S3 -------------------------------------------------------------------------------


@TYPES.of("AWS::S3::BucketPolicy", _BUCKETS, order=1)
def _bucket(resource: TypedResource) -> None:
    """A bucket has one policy, so this one says who may use it, and how."""
    for name in _names(resource, _BUCKETS, resource.named(resource.get("Bucket"))):
        if resource.answers.find(_BUCKETS, "Name", name) is not None:
            continue
        _add_bucket(resource, name)
        public_access_block(resource, name)
        rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        resource.about("s3:GetBucketOwnershipControls", name, OwnershipControls=rules)
        owner = {"ID": "the owner of the bucket", "Type": "CanonicalUser"}
        resource.about("s3:GetBucketAcl", name, Owner=owner, Grants=[])


def _add_bucket(resource: TypedResource, name: str) -> None:
    """A bucket whose settings for data and logs are not known."""
    resource.elsewhere(_BUCKETS, Name=name, BucketRegion=resource.region)
    _add_unread(resource, name, _DATA_SETTINGS)


def _add_unread(resource: TypedResource, bucket: str, settings: Iterable[tuple[str, str]]) -> None:
    unread: Any = Unknown.because(Why.NOT_PROVIDED, detail=f"bucket {bucket}")
    for operation, member in settings:
        resource.about(operation, bucket, **{member: unread})


_DATA_SETTINGS = (
    ("s3:GetBucketVersioning", "Status"),
    ("s3:GetBucketWebsite", "IndexDocument"),
    ("s3:GetBucketLogging", "LoggingEnabled"),
    ("s3:GetBucketReplication", "ReplicationConfiguration"),
    ("s3:GetBucketEncryption", "ServerSideEncryptionConfiguration"),
)
_ACCESS_SETTINGS = (
    ("s3:GetBucketPolicy", "Policy"),
    ("s3:GetPublicAccessBlock", "PublicAccessBlockConfiguration"),
    ("s3:GetBucketOwnershipControls", "OwnershipControls"),
    ("s3:GetBucketAcl", "Grants"),
)
"""Those that say who has access."""


@TYPES.of("AWS::S3::AccessPoint", _BUCKETS, order=2)
def _bucket_of_point(resource: TypedResource) -> None:
    """The bucket of an access point, of whose policy nothing is known."""
    _add_unread_buckets(resource, resource.named(resource.get("Bucket")))


@TYPES.of("AWS::S3::MultiRegionAccessPoint", _BUCKETS, order=2)
def _buckets_of_point(resource: TypedResource) -> None:
    regions = as_list(resource.get("Regions"))
    _add_unread_buckets(resource, [follow(region, "Bucket") for region in regions])


def _add_unread_buckets(resource: TypedResource, buckets: Iterable[object]) -> None:
    for name in _names(resource, _BUCKETS, buckets):
        if resource.answers.find(_BUCKETS, "Name", name) is None:
            _add_bucket(resource, name)
            _add_unread(resource, name, _ACCESS_SETTINGS)


_MULTI_REGION_POINTS = "s3control:ListMultiRegionAccessPoints"


@TYPES.of("AWS::S3::MultiRegionAccessPointPolicy", _BUCKETS, _MULTI_REGION_POINTS, order=2)
def _multi_region_point(resource: TypedResource) -> None:
    values = resource.named(resource.get("MrapName"))
    for name in _names(resource, _MULTI_REGION_POINTS, values):
        if resource.answers.find(_MULTI_REGION_POINTS, "Name", name) is None:
            bucket = f"<bucket of {name}>"
            resource.elsewhere(
                _MULTI_REGION_POINTS,
                Name=name,
                Alias=f"{name}.mrap",
                Regions=[{"Bucket": bucket}],
            )
            _add_unread_buckets(resource, [bucket])


# IAM -------------------------------------------------------------------------------------


def _add_principals(resource: TypedResource, property_name: str, values: Iterable[object]) -> None:
    listing, key, kind = _PRINCIPALS[property_name]
    for name in _names(resource, listing, values):
        if resource.answers.find(listing, key, name) is not None:
            continue
        arn = f"arn:{resource.partition}:iam::{resource.account}:{kind}/{name}"
        members: dict[str, Any] = {key: name, f"{kind.title()}Id": f"A{name}", "Arn": arn}
        if property_name == "Roles":
            unread = Unknown.because(Why.NOT_PROVIDED, detail=f"role {name}")
            members["AssumeRolePolicyDocument"] = unread
        resource.elsewhere(listing, **members)
        if property_name == "Groups":
            _add_member(resource, name)


def _add_member(resource: TypedResource, group: str) -> None:
    """Whoever will be in a group: a template says rarely who."""
    name = f"member-of-{group}"
    arn = f"arn:{resource.partition}:iam::{resource.account}:user/{name}"
    resource.elsewhere(_USERS, UserName=name, UserId=f"A{name}", Arn=arn, GroupList=[group])


@TYPES.of("AWS::IAM::Policy", _ROLES, _USERS, _GROUPS, order=1)
@TYPES.of("AWS::IAM::ManagedPolicy", _ROLES, _USERS, _GROUPS, order=1)
def _policy(resource: TypedResource) -> None:
    for property_name in _PRINCIPALS:
        _add_principals(resource, property_name, as_list(resource.get(property_name)))


@TYPES.of("AWS::IAM::Policy", _USERS, order=5)
@TYPES.of("AWS::IAM::RolePolicy", _USERS, order=5)
@TYPES.of("AWS::IAM::UserPolicy", _USERS, order=5)
@TYPES.of("AWS::IAM::GroupPolicy", _USERS, order=5)
def _policy_of_nobody(resource: TypedResource) -> None:
    """Whoever will get a policy that names nobody, as a part of a template, or anybody."""
    for property_name, (_, key, _kind) in _PRINCIPALS.items():
        named = (*as_list(resource.get(property_name)), *as_list(resource.get(key)))
        if any(not isinstance(name, Unknown) for name in named):
            return
    document = identity_policy(resource, resource.get("PolicyDocument"))
    name = f"holder-of-{resource.name}"
    arn = f"arn:{resource.partition}:iam::{resource.account}:user/{name}"
    inline = [{"PolicyName": resource.name, "PolicyDocument": document}]
    resource.elsewhere(_USERS, UserName=name, UserId=f"A{name}", Arn=arn, UserPolicyList=inline)


@TYPES.of("AWS::IAM::RolePolicy", _ROLES, order=1)
@TYPES.of("AWS::IAM::UserPolicy", _USERS, order=1)
@TYPES.of("AWS::IAM::GroupPolicy", _GROUPS, order=1)
def _of_principal(resource: TypedResource) -> None:
    for property_name, (_, key, _kind) in _PRINCIPALS.items():
        _add_principals(resource, property_name, as_list(resource.get(key)))


@TYPES.of("AWS::IAM::AccessKey", _USERS, order=1)
def _user_of_key(resource: TypedResource) -> None:
    _add_principals(resource, "Users", resource.named(resource.get("UserName")))


@TYPES.of("AWS::IAM::Group", _USERS, order=4)
def _group(resource: TypedResource) -> None:
    users = resource.answers.items.get(_USERS, ())
    if not any(resource.id in as_list(user.raw("GroupList")) for user in users):
        _add_member(resource, resource.id)


# Resources with policies -----------------------------------------------------------------


@TYPES.of("AWS::SQS::QueuePolicy", "sqs:ListQueues", order=2)
@TYPES.of("AWS::SQS::QueueInlinePolicy", "sqs:ListQueues", order=2)
def _queues(resource: TypedResource) -> None:
    values = resource.named(*as_list(resource.get("Queues")), *as_list(resource.get("Queue")))
    for url in _names(resource, "sqs:ListQueues", values):
        if resource.answers.find("sqs:ListQueues", "QueueUrl", url) is None:
            name = url.rpartition("/")[2]
            resource.elsewhere("sqs:ListQueues", QueueUrl=url, QueueName=name)


@TYPES.of("AWS::SNS::TopicPolicy", "sns:ListTopics", order=2)
@TYPES.of("AWS::SNS::TopicInlinePolicy", "sns:ListTopics", order=2)
def _topics(resource: TypedResource) -> None:
    values = resource.named(*as_list(resource.get("Topics")), *as_list(resource.get("TopicArn")))
    for arn in _arns(
        resource, _names(resource, "sns:ListTopics", values), "sns:GetTopicAttributes", "sns"
    ):
        _add_by_arn(resource, arn, "sns:ListTopics", "TopicArn")


@TYPES.of("AWS::Kinesis::ResourcePolicy", "kinesis:ListStreams", order=2)
def _streams(resource: TypedResource) -> None:
    values = resource.named(resource.get("ResourceArn"))
    listing = "kinesis:ListStreams"
    names = _names(resource, listing, values)
    for arn in _arns(resource, names, "kinesis:GetResourcePolicy", "kinesis", "stream/"):
        _add_by_arn(resource, arn, listing, "StreamARN", "StreamName")


@TYPES.of("AWS::SecretsManager::ResourcePolicy", "secretsmanager:ListSecrets", order=2)
def _secrets(resource: TypedResource) -> None:
    listing = "secretsmanager:ListSecrets"
    values = [
        value
        for value in resource.named(resource.get("SecretId"))
        if resource.answers.find(listing, "Name", str(value)) is None
    ]
    names = _names(resource, listing, values)
    operation = "secretsmanager:GetResourcePolicy"
    for arn in _arns(resource, names, operation, "secretsmanager", "secret:"):
        _add_by_arn(resource, arn, listing, "ARN", "Name")


def _arns(
    resource: TypedResource, names: Iterable[str], operation: str, service: str, kind: str = ""
) -> Iterator[str]:
    """The ARNs that names are; what is named otherwise gets one, with its policy."""
    subjects = resource.answers.subjects
    place = f"{resource.partition}:{service}:{resource.region}:{resource.account}"
    for name in names:
        arn = name if name.startswith("arn:") else f"arn:{place}:{kind}{name}"
        policy = subjects.get((operation, name))
        if policy is not None and name != arn:
            add_answer(resource, operation, arn, policy)
        yield arn


def _add_by_arn(resource: TypedResource, arn: str, listing: str, key: str, name: str = "") -> None:
    if resource.answers.find(listing, key, arn) is None:
        members = {key: arn} | ({name: arn.rpartition(":")[2]} if name else {})
        resource.elsewhere(listing, **members)


_FUNCTIONS = "lambda:ListFunctions"
_ALIASES = "lambda:ListAliases"
_URL = "lambda:GetFunctionUrlConfig"
_URLS = "lambda:ListFunctionUrlConfigs"


@TYPES.of("AWS::Lambda::Permission", _FUNCTIONS, _ALIASES, _URL, _URLS, order=2)
@TYPES.of("AWS::Lambda::Url", _FUNCTIONS, _ALIASES, _URL, _URLS, order=2)
def _functions(resource: TypedResource) -> None:
    """The function, or the alias or version, which has a policy of its own."""
    function = resource.get("FunctionName", resource.get("TargetFunctionArn"))
    for value in _names(resource, _FUNCTIONS, resource.named(function)):
        name, qualifier = function_and_qualifier(resource, value)
        if resource.answers.find(_FUNCTIONS, "FunctionName", name) is None:
            arn = function_arn(resource, name)
            resource.elsewhere(_FUNCTIONS, FunctionName=name, FunctionArn=arn)
            resource.about(_ALIASES, name, Aliases=AnswerList())
        if qualifier:
            _add_alias(resource, name, qualified_arn(resource, name, qualifier))
        elif _is_elsewhere(resource, name) and (_URL, name) not in resource.answers.subjects:
            unknown = undetermined(f"the URL of {name}")
            resource.about(_URL, name, is_default=True, AuthType=unknown)


def _is_elsewhere(resource: TypedResource, function: str) -> bool:
    known = resource.answers.find(_FUNCTIONS, "FunctionName", function)
    origin = None if known is None else known.origin
    return origin is not None and origin.elsewhere


def _add_alias(resource: TypedResource, function: str, arn: str) -> None:
    known = resource.answers.subjects.get((_ALIASES, function))
    aliases = [] if known is None else as_list(known.raw("Aliases"))
    if all(str(follow(alias, "AliasArn")) != arn for alias in aliases):
        alias = resource.object(AliasArn=arn)
        alias.origin = evolve(resource.origin, elsewhere=True)
        resource.append_about(_ALIASES, function, "Aliases", alias)
        _add_unknown_url(resource, function, arn)


def _add_unknown_url(resource: TypedResource, function: str, arn: str) -> None:
    """The URL of an alias elsewhere, unless a template says which it is."""
    known = resource.answers.subjects.get((_URLS, function))
    urls = [] if known is None else as_list(known.raw("FunctionUrlConfigs"))
    if all(str(follow(url, "FunctionArn")) != arn for url in urls):
        auth_type = undetermined(f"the URL of {arn.rpartition(':function:')[2]}")
        add_url(resource, function, arn)["AuthType"] = auth_type


@TYPES.of(
    "AWS::Lambda::LayerVersionPermission", "lambda:ListLayers", "lambda:ListLayerVersions", order=2
)
def _layer_versions(resource: TypedResource) -> None:
    place = f"{resource.partition}:lambda:{resource.region}:{resource.account}"
    values = resource.named(resource.get("LayerVersionArn"))
    for layer in _names(resource, "lambda:ListLayers", values):
        name = layer_name(layer)
        if ("lambda:ListLayerVersions", name) in resource.answers.subjects:
            continue
        resource.elsewhere("lambda:ListLayers", LayerName=name)
        number = "1" if name == layer else layer.rpartition(":")[2]
        arn = f"arn:{place}:layer:{name}:{number}"
        version = resource.object(LayerVersionArn=arn, Version=1)
        version.origin = evolve(resource.origin, elsewhere=True)
        resource.about("lambda:ListLayerVersions", name, LayerVersions=[version])


@TYPES.of("AWS::IAM::ManagedPolicy", _USERS, order=5)
def _unattached(resource: TypedResource) -> None:
    """Whoever will get a policy that a template attaches to nobody, and bounds nobody by."""
    principals = [
        principal
        for listing, _, _ in _PRINCIPALS.values()
        for principal in resource.answers.items.get(listing, ())
    ]
    if any(resource.id in _policies_of(principal) for principal in principals):
        return
    name = f"holder-of-{shown(resource.attribute('PolicyName'))}"
    arn = f"arn:{resource.partition}:iam::{resource.account}:user/{name}"
    attached = [{"PolicyName": resource.name, "PolicyArn": resource.id}]
    resource.elsewhere(
        _USERS, UserName=name, UserId=f"A{name}", Arn=arn, AttachedManagedPolicies=attached
    )


def _policies_of(principal: AnswerObject) -> Iterator[object]:
    """The ARNs of the policies that a principal has and is bound by, as far as they are known."""
    for attached in as_list(principal.raw("AttachedManagedPolicies")):
        yield follow(attached, "PolicyArn")
    yield follow(principal.raw("PermissionsBoundary"), "PermissionsBoundaryArn")
