"""Which fields of which records are security settings, and how two of them are compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from attrs import frozen

from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.codec import Json, encode
from cloudpack_baseline.model.config import ConfigurationRecorder
from cloudpack_baseline.model.described import description_of
from cloudpack_baseline.model.ec2 import (
    Instance,
    NetworkAcl,
    RouteTable,
    SecurityGroup,
    Subnet,
)
from cloudpack_baseline.model.ec2_gateways import (
    InternetGateway,
    VpcBlockPublicAccessOptions,
    VpcEndpoint,
    VpcPeeringConnection,
)
from cloudpack_baseline.model.ec2_images import SnapshotBlockPublicAccess
from cloudpack_baseline.model.ec2_posture import FlowLog
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.efs import FileSystem
from cloudpack_baseline.model.elbv2 import LoadBalancer
from cloudpack_baseline.model.guardduty import Detector
from cloudpack_baseline.model.iam_credentials import AccountPasswordPolicy
from cloudpack_baseline.model.iam_principals import (
    GroupDetail,
    ManagedPolicyDetail,
    OpenIDConnectProvider,
    RoleDetail,
    SAMLProvider,
    UserDetail,
)
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.pattern import covers, matches
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.read import Read, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.secretsmanager import Secret
from cloudpack_baseline.model.sns import Topic
from cloudpack_baseline.model.sqs import Queue

__all__ = [
    "SETTINGS",
    "SETTINGS_READS",
    "SecuritySettings",
    "canonical",
    "costly_fields",
    "is_managed",
    "shown",
]

_LONGEST = 300
"""Characters of a value that a finding shows."""


@frozen
class SecuritySettings:
    """The security settings of a kind.

    Attributes:
        fields: that are compared.
        existence: whether a new or a removed one is a change: a rule, a grant, a record.
    """

    fields: tuple[str, ...]
    existence: bool = False


_PERMISSIONS = ("inline_policies", "attached_policies")

SETTINGS: Mapping[type[Record], SecuritySettings] = MappingProxyType(
    {
        SecurityGroup: SecuritySettings(
            ("ip_permissions", "ip_permissions_egress"), existence=True
        ),
        NetworkAcl: SecuritySettings(("entries", "subnet_ids"), existence=True),
        RouteTable: SecuritySettings(("routes", "associations"), existence=True),
        InternetGateway: SecuritySettings(("attachments",), existence=True),
        VpcEndpoint: SecuritySettings(("groups",), existence=True),
        VpcPeeringConnection: SecuritySettings(("requester", "accepter"), existence=True),
        VpcBlockPublicAccessOptions: SecuritySettings(
            ("internet_gateway_block_mode", "exclusions")
        ),
        Subnet: SecuritySettings(("map_public_ip_on_launch", "assign_ipv6_address_on_creation")),
        Instance: SecuritySettings(("security_groups", "metadata_options")),
        SnapshotBlockPublicAccess: SecuritySettings(("state",)),
        FlowLog: SecuritySettings(("resource_id", "traffic_type", "destination"), existence=True),
        LoadBalancer: SecuritySettings(("scheme", "security_groups")),
        Bucket: SecuritySettings(
            (
                "policy",
                "acl",
                "ownership",
                "public_access_block",
                "versioning",
                "website",
                "encryption",
                "logging",
            )
        ),
        AccountPublicAccessBlock: SecuritySettings(("settings",)),
        RoleDetail: SecuritySettings(("trust", "boundary", *_PERMISSIONS), existence=True),
        UserDetail: SecuritySettings(("groups", "boundary", *_PERMISSIONS), existence=True),
        GroupDetail: SecuritySettings(_PERMISSIONS, existence=True),
        ManagedPolicyDetail: SecuritySettings(("document",), existence=True),
        OpenIDConnectProvider: SecuritySettings(("client_ids",), existence=True),
        SAMLProvider: SecuritySettings((), existence=True),
        AccountPasswordPolicy: SecuritySettings(
            (
                "minimum_password_length",
                "require_symbols",
                "require_numbers",
                "require_uppercase_characters",
                "require_lowercase_characters",
                "max_password_age",
                "password_reuse_prevention",
            ),
            existence=True,
        ),
        KmsKey: SecuritySettings(("key_state", "rotation_enabled", "policy")),
        Trail: SecuritySettings(
            (
                "s3_bucket",
                "multi_region",
                "organization",
                "log_file_validation",
                "kms_key",
                "log_group",
                "logging",
                "event_selectors",
                "advanced_selectors",
            ),
            existence=True,
        ),
        Detector: SecuritySettings(("status", "features"), existence=True),
        ConfigurationRecorder: SecuritySettings(
            ("all_supported", "global_resource_types", "resource_types", "excluded_types"),
            existence=True,
        ),
        DBInstance: SecuritySettings(
            (
                "security_groups",
                "publicly_accessible",
                "deletion_protection",
                "storage_encrypted",
                "backup_retention_period",
                "auto_minor_version_upgrade",
            )
        ),
        DBCluster: SecuritySettings(
            (
                "publicly_accessible",
                "deletion_protection",
                "storage_encrypted",
                "backup_retention_period",
                "http_endpoint_enabled",
            )
        ),
        Secret: SecuritySettings(("policy",)),
        Queue: SecuritySettings(("policy",)),
        Topic: SecuritySettings(("policy",)),
        LambdaFunction: SecuritySettings(("policy", "url_auth_type")),
        Repository: SecuritySettings(("policy",)),
        FileSystem: SecuritySettings(("policy",)),
    }
)
"""Instances, databases, load balancers and buckets come and go with the application; their
settings do not."""


def costly_fields(kind: type[Record]) -> tuple[str, ...]:
    """The compared fields that another operation than the listing describes."""
    return tuple(
        field
        for field in SETTINGS[kind].fields
        if (description := description_of(kind, field)).operation and not description.always_read
    )


SETTINGS_READS: tuple[Read, ...] = tuple(reads(kind, *costly_fields(kind)) for kind in SETTINGS)


_MANAGED_TAGS = (
    "aws:autoscaling:groupName",
    "aws:eks:cluster-name",
    "aws:elasticmapreduce:*",
    "eks:*",
    "elasticbeanstalk:environment-id",
    "elbv2.k8s.aws/*",
    "ingress.k8s.aws/*",
    "service.k8s.aws/*",
    "kubernetes.io/cluster/*",
    "karpenter.sh/*",
    "AmazonECSManaged",
)
"""Tags that scaling groups, and controllers of clusters and load balancers set."""

_SERVICE_PATH = "/aws-service-role/"
_MANAGED_POLICY = "arn:*:iam::aws:policy/*"


def is_managed(record: Any, patterns: Iterable[str]) -> bool:  # noqa: ANN401 - of any kind
    """Whether a service manages the resource, not people.

    Args:
        record: of any kind.
        patterns: of resources that are declared as managed.
    """
    tags = getattr(record, "tags", ())
    return (
        str(getattr(record, "path", "")).startswith(_SERVICE_PATH)
        or getattr(record, "key_manager", "") == "AWS"
        or matches(_MANAGED_POLICY, record.arn)
        or any(matches(pattern, key) for key in _tag_keys(tags) for pattern in _MANAGED_TAGS)
        or any(covers(pattern, record.key, record.display_name) for pattern in patterns)
    )


def _tag_keys(tags: object) -> Iterator[str]:
    for key, _ in tags if isinstance(tags, tuple) else ():
        yield key


def canonical(value: Any) -> Json:  # noqa: ANN401 - whatever records hold
    """The value without what means nothing: the order of lists, the spelling of documents."""
    return _canonical(encode(value))


def _canonical(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _canonical(member) for key, member in value.items()}
    if isinstance(value, list):
        return sorted((_canonical(member) for member in value), key=_dumped)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return _document(value)
    return value


def _document(text: str) -> Json:
    """A policy document; a text that is none is itself."""
    try:
        return _canonical(json.loads(text))
    except (RecursionError, ValueError):
        return text


def _dumped(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def shown(value: Any) -> str:  # noqa: ANN401 - whatever records hold
    """The value in a finding."""
    text = _dumped(encode(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
