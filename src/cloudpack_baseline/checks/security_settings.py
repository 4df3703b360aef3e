"""Which fields of which records are security settings, and how two of them are compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from cloudpack_baseline.baseline import Change
from cloudpack_baseline.checks.index import entry_of
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.apigateway import RestApi
from cloudpack_baseline.model.backup import BackupPlan, BackupVault
from cloudpack_baseline.model.cloudfront import Distribution, VpcOrigin
from cloudpack_baseline.model.cloudtrail import EventDataStore, Trail
from cloudpack_baseline.model.codeartifact import CodeArtifactDomain, CodeArtifactRepository
from cloudpack_baseline.model.codebuild import BuildProject
from cloudpack_baseline.model.codec import Json, encode
from cloudpack_baseline.model.config import ConfigurationRecorder
from cloudpack_baseline.model.described import description_of
from cloudpack_baseline.model.dlm import LifecyclePolicy
from cloudpack_baseline.model.dynamodb import DynamoDBTable
from cloudpack_baseline.model.ec2 import (
    Instance,
    ManagedPrefixList,
    NetworkAcl,
    NetworkInterface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import (
    EgressOnlyInternetGateway,
    InternetGateway,
    TransitGatewayRouteTable,
    VpcBlockPublicAccessOptions,
    VpcEndpoint,
    VpcPeeringConnection,
    VpnConnection,
)
from cloudpack_baseline.model.ec2_images import EbsSnapshot, Image, SnapshotBlockPublicAccess
from cloudpack_baseline.model.ec2_posture import (
    FlowLog,
    InstanceMetadataDefaults,
    SerialConsoleAccess,
)
from cloudpack_baseline.model.ecr import EcrRegistry, Repository
from cloudpack_baseline.model.efs import FileSystem
from cloudpack_baseline.model.elasticache import CacheCluster, ReplicationGroup, ServerlessCache
from cloudpack_baseline.model.elb import ClassicLoadBalancer
from cloudpack_baseline.model.elbv2 import LoadBalancer
from cloudpack_baseline.model.events import EventBus
from cloudpack_baseline.model.glacier import GlacierVault
from cloudpack_baseline.model.glue import GlueCatalog
from cloudpack_baseline.model.guardduty import Detector
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.iam_credentials import AccountPasswordPolicy, CredentialReportEntry
from cloudpack_baseline.model.iam_principals import (
    GroupDetail,
    ManagedPolicyDetail,
    OpenIDConnectProvider,
    RoleDetail,
    SAMLProvider,
    UserDetail,
)
from cloudpack_baseline.model.inspector2 import InspectorStatus
from cloudpack_baseline.model.kinesis import KinesisStream
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.layers import LayerVersion
from cloudpack_baseline.model.log_policies import LogDestination, LogResourcePolicy
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.opensearch import OpenSearchDomain
from cloudpack_baseline.model.organizations import AIServicesOptOutPolicy, ServiceControlPolicy
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.privatelink import VpcEndpointService
from cloudpack_baseline.model.ram import ResourceShare
from cloudpack_baseline.model.rds import (
    DBCluster,
    DBInstance,
    ManualDBClusterSnapshot,
    ManualDBSnapshot,
)
from cloudpack_baseline.model.read import Read, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.route53 import HostedZone, RegisteredDomain
from cloudpack_baseline.model.s3 import AccessPoint, AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.schemas import SchemaRegistry
from cloudpack_baseline.model.secretsmanager import Secret
from cloudpack_baseline.model.securityhub import SecurityHub
from cloudpack_baseline.model.servicecatalog import Portfolio
from cloudpack_baseline.model.ses import EmailIdentity
from cloudpack_baseline.model.sns import Topic
from cloudpack_baseline.model.sqs import Queue
from cloudpack_baseline.model.ssm import SessionPreferences
from cloudpack_baseline.model.ssm_documents import SsmDocument

__all__ = [
    "SETTINGS",
    "SETTINGS_READS",
    "SecuritySettings",
    "canonical",
    "costly_fields",
    "covering_change",
    "is_change_by_itself",
    "value_text",
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

_ORGANIZATION: Mapping[type[Record], SecuritySettings] = {
    AccountSummary: SecuritySettings(("mfa_enabled", "access_keys_present")),
    ServiceControlPolicy: SecuritySettings(("document", "targets"), existence=True),
    AIServicesOptOutPolicy: SecuritySettings(("services",)),
    CredentialReportEntry: SecuritySettings(("password_enabled", "mfa_active")),
}
_NETWORK: Mapping[type[Record], SecuritySettings] = {
    Vpc: SecuritySettings(("internet_gateway_block_mode",)),
    NetworkInterface: SecuritySettings(("source_dest_check",)),
    ManagedPrefixList: SecuritySettings(("entries",)),
    EgressOnlyInternetGateway: SecuritySettings(("attachments",), existence=True),
    TransitGatewayRouteTable: SecuritySettings(("associations", "routes"), existence=True),
    VpnConnection: SecuritySettings(("vpn_gateway_id", "transit_gateway_id"), existence=True),
    InstanceMetadataDefaults: SecuritySettings(("http_tokens", "http_tokens_enforced")),
    SerialConsoleAccess: SecuritySettings(("enabled",)),
    ClassicLoadBalancer: SecuritySettings(("scheme", "listeners")),
    Distribution: SecuritySettings(("viewer_certificate", "cache_behaviors", "content_origins")),
    VpcOrigin: SecuritySettings(("protocol_policy",)),
    HostedZone: SecuritySettings(("serve_signature", "key_signing_keys")),
    RegisteredDomain: SecuritySettings(("auto_renew", "transfer_lock")),
}
_DATA: Mapping[type[Record], SecuritySettings] = {
    CacheCluster: SecuritySettings(("security_groups", "transit_encryption_enabled")),
    ReplicationGroup: SecuritySettings(("transit_encryption_enabled", "transit_encryption_mode")),
    ServerlessCache: SecuritySettings(("connection_type", "security_groups")),
    RedshiftCluster: SecuritySettings(("security_groups", "publicly_accessible")),
    OpenSearchDomain: SecuritySettings(("policy",)),
    DynamoDBTable: SecuritySettings(("policy", "point_in_time_recovery")),
    BackupPlan: SecuritySettings(("copy_destinations",)),
    BackupVault: SecuritySettings(("policy", "locked")),
    LifecyclePolicy: SecuritySettings(("state", "copy_targets", "shared_accounts")),
}
_SHARING: Mapping[type[Record], SecuritySettings] = {
    AccessPoint: SecuritySettings(("policy", "public_access_block"), existence=True),
    EbsSnapshot: SecuritySettings(("create_volume_permissions",)),
    Image: SecuritySettings(("launch_permissions",)),
    ManualDBSnapshot: SecuritySettings(("restore",)),
    ManualDBClusterSnapshot: SecuritySettings(("restore",)),
    SsmDocument: SecuritySettings(("account_ids",)),
    ResourceShare: SecuritySettings(("principals",), existence=True),
    Secret: SecuritySettings(("policy",)),
    Queue: SecuritySettings(("policy",)),
    Topic: SecuritySettings(("policy",)),
    LambdaFunction: SecuritySettings(("policy", "url_auth_type")),
    LayerVersion: SecuritySettings(("policy",)),
    Repository: SecuritySettings(("policy",)),
    EcrRegistry: SecuritySettings(("policy", "replication")),
    FileSystem: SecuritySettings(("policy",)),
    KinesisStream: SecuritySettings(("policy",)),
    GlacierVault: SecuritySettings(("policy",)),
    CodeArtifactDomain: SecuritySettings(("policy",)),
    CodeArtifactRepository: SecuritySettings(("policy",)),
    EventBus: SecuritySettings(("policy",)),
    SchemaRegistry: SecuritySettings(("policy",)),
    EmailIdentity: SecuritySettings(("policy",)),
    VpcEndpointService: SecuritySettings(("allowed_principals", "acceptance_required")),
    Portfolio: SecuritySettings(("accounts",)),
    BuildProject: SecuritySettings(("visibility",)),
    RestApi: SecuritySettings(("endpoint_types", "policy")),
    GlueCatalog: SecuritySettings(("policy",)),
}
_LOGGING: Mapping[type[Record], SecuritySettings] = {
    EventDataStore: SecuritySettings(
        ("status", "multi_region", "organization", "advanced_selectors", "retention_period"),
        existence=True,
    ),
    LogGroup: SecuritySettings(("retention_in_days", "deletion_protection")),
    LogResourcePolicy: SecuritySettings(("policy",), existence=True),
    LogDestination: SecuritySettings(("policy",), existence=True),
    SessionPreferences: SecuritySettings(("recording",)),
    InspectorStatus: SecuritySettings(("ec2", "ecr", "functions")),
    SecurityHub: SecuritySettings(("enabled", "cspm")),
}

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
        LoadBalancer: SecuritySettings(("scheme", "security_groups", "listeners")),
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
                "replication",
                "mfa_delete",
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
        **_ORGANIZATION,
        **_NETWORK,
        **_DATA,
        **_SHARING,
        **_LOGGING,
    }
)
"""Instances, databases, load balancers and buckets come and go with the application; their
settings do not."""


def is_change_by_itself(kind: type[Record]) -> bool:
    """Whether a new or a removed record of the kind is a change."""
    return SETTINGS[kind].existence


def costly_fields(kind: type[Record]) -> tuple[str, ...]:
    """The compared fields that another operation than the listing describes."""
    return tuple(
        field
        for field in SETTINGS[kind].fields
        if (description := description_of(kind, field)).operation and not description.always_read
    )


SETTINGS_READS: tuple[Read, ...] = tuple(reads(kind, *costly_fields(kind)) for kind in SETTINGS)


def covering_change(
    changes: Iterable[Change], record: Record, field: str, *, since: date, until: date
) -> Change | None:
    """The first declared change of a setting that may have been made in the period.

    Args:
        changes: that the baseline declares.
        record: the resource.
        field: of the record; empty: that there is such a resource.
        since: the day of the earlier snapshot.
        until: the day of the later one.
    """
    return next(
        (
            change
            for change in changes
            if covers(change.resource, record.key, record.display_name)
            and change.starts <= until
            and change.ends >= since
            and _is_about(change, type(record).__name__, field)
        ),
        None,
    )


def _is_about(change: Change, kind: str, field: str) -> bool:
    """Whether one of the controls that the change names uses the field."""
    if not change.controls:
        return True
    entries = [entry_of(control) for control in change.controls]
    return any(
        kind in entry.reads and (not field or field in entry.fields.get(kind, (field,)))
        for entry in entries
    )


def canonical(value: object) -> Json:
    """The value without what means nothing: order of lists, form of documents, lines of files."""
    return _canonical(encode(value))


def _canonical(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _canonical(member) for key, member in value.items() if key != "written_at"}
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


def value_text(value: object) -> str:
    """The value in a finding."""
    text = _dumped(encode(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
