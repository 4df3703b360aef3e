"""What AWS services manage themselves: no change of it is somebody's change.

One declared list, with the reason of each entry. `security-drift` and ``cloudpack-baseline diff``
leave it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.pattern import covers, matches
from cloudpack_baseline.model.record import Record

__all__ = [
    "MANAGED_FIELDS",
    "MANAGED_KINDS",
    "MANAGED_RECORDS",
    "MANAGED_TAGS",
    "is_managed",
    "managed_fields",
]


@frozen
class ManagedTags:
    """Tags that a service sets on what it manages.

    Attributes:
        keys: patterns of the keys.
        reason: which service sets them.
    """

    keys: tuple[str, ...]
    reason: str


MANAGED_TAGS = (
    ManagedTags(("aws:autoscaling:groupName",), "scaling groups start and terminate instances"),
    ManagedTags(
        ("aws:eks:cluster-name", "eks:*", "kubernetes.io/cluster/*", "karpenter.sh/*"),
        "clusters and their controllers create nodes, interfaces and groups",
    ),
    ManagedTags(
        ("elbv2.k8s.aws/*", "ingress.k8s.aws/*", "service.k8s.aws/*"),
        "the controller of load balancers follows the ingresses of a cluster",
    ),
    ManagedTags(("aws:elasticmapreduce:*",), "Amazon EMR creates the instances of a cluster"),
    ManagedTags(
        ("elasticbeanstalk:environment-id",), "AWS Elastic Beanstalk manages its environment"
    ),
    ManagedTags(("AmazonECSManaged",), "Amazon ECS manages capacity providers"),
    ManagedTags(
        ("aws:backup:source-resource", "aws:dlm:lifecycle-policy-id"),
        "AWS Backup and Data Lifecycle Manager create and delete snapshots by plan",
    ),
)
"""By tag: resources that scaling groups, and controllers of clusters and load balancers manage."""


@frozen
class ManagedRecords:
    """Records that a service manages.

    Attributes:
        kind: the class name; ``*``: any.
        field: the field that shows it; empty: all records of the kind.
        values: patterns of the value.
        reason: which service manages them, and why.
    """

    kind: str
    field: str
    values: tuple[str, ...]
    reason: str

    def covers(self, record: Record) -> bool:
        """Whether the record is one of them."""
        if self.kind not in ("*", type(record).__name__):
            return False
        if not self.field:
            return True
        value = getattr(record, self.field, None)
        return isinstance(value, str) and any(matches(pattern, value) for pattern in self.values)


MANAGED_RECORDS = (
    ManagedRecords("*", "path", ("/aws-service-role/*",), "service-linked roles are the service's"),
    ManagedRecords("*", "arn", ("arn:*:iam::aws:policy/*",), "AWS maintains its managed policies"),
    ManagedRecords("KmsKey", "key_manager", ("AWS",), "AWS managed keys are the service's"),
    ManagedRecords("KmsAlias", "name", ("alias/aws/*",), "the names of AWS managed keys"),
    ManagedRecords("ManagedPrefixList", "owner_id", ("AWS",), "AWS maintains its prefix lists"),
    ManagedRecords(
        "NetworkInterface",
        "requester_id",
        ("?*",),
        "requester-managed interfaces follow the load balancer, endpoint or function",
    ),
    ManagedRecords(
        "DBSnapshot",
        "snapshot_type",
        ("automated", "awsbackup"),
        "automated snapshots are taken and deleted by schedule",
    ),
    ManagedRecords("CacheSnapshot", "name", ("automatic.*",), "taken and deleted by schedule"),
    ManagedRecords("RedshiftSnapshot", "name", ("rs:*",), "taken and deleted by schedule"),
    ManagedRecords("AutomatedBackup", "", (), "Amazon RDS keeps them by the retention period"),
    ManagedRecords("ProtectedResource", "", (), "AWS Backup lists what its plans protect"),
    ManagedRecords("RecycledImage", "", (), "the Recycle Bin deletes by its retention rules"),
    ManagedRecords("RecycledSnapshot", "", (), "the Recycle Bin deletes by its retention rules"),
    ManagedRecords("MetricAlarm", "name", ("TargetTracking-*",), "scaling policies own them"),
    ManagedRecords("InspectorFinding", "", (), "results of scans, not settings"),
    ManagedRecords("InspectorCoverage", "", (), "results of scans, not settings"),
    ManagedRecords("PatchCompliance", "", (), "results of scans, not settings"),
    ManagedRecords("RootSession", "", (), "events, not settings"),
    ManagedRecords("SslPolicy", "", (), "AWS defines the policies of load balancers"),
    ManagedRecords("DBMajorEngineVersion", "", (), "AWS announces the ends of support"),
)
"""By the value of a field: records that a service creates, changes and deletes."""


@frozen
class ManagedFields:
    """Fields that a service changes.

    Attributes:
        kind: the class name.
        fields: their names.
        reason: what changes them.
    """

    kind: str
    fields: tuple[str, ...]
    reason: str


_TRANSITIONS = "the state of the resource, which passes through transitions by itself"
_CREATION = "the time of creation says nothing that the new ARN does not say"

MANAGED_FIELDS = (
    ManagedFields(
        "CredentialReportEntry",
        ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date"),
        "the use of credentials, not a setting",
    ),
    ManagedFields(
        "Trail",
        ("delivered_at", "delivery_error", "log_group_error"),
        "the last delivery, which cloudtrail-enabled judges",
    ),
    ManagedFields(
        "FlowLog",
        ("status", "deliver_logs_status", "deliver_logs_error"),
        "the last delivery, which vpc-flow-logs judges",
    ),
    ManagedFields(
        "DBInstance",
        ("status", "latest_restorable_time", "lifecycle_support", "address"),
        "the latest restorable time advances by itself, as the state does",
    ),
    ManagedFields(
        "DBCluster",
        ("status", "latest_restorable_time", "lifecycle_support", "parameter_statuses", "members"),
        "the latest restorable time advances by itself; failovers and scaling change the members",
    ),
    ManagedFields("DBSnapshot", ("status",), _TRANSITIONS),
    ManagedFields("Instance", ("state", "launched_at", "network_interface_ids"), _TRANSITIONS),
    ManagedFields("NetworkInterface", ("status", "attachment_id"), _TRANSITIONS),
    ManagedFields("Volume", ("state",), _TRANSITIONS),
    ManagedFields("EbsSnapshot", ("state",), _TRANSITIONS),
    ManagedFields("NatGateway", ("state",), _TRANSITIONS),
    ManagedFields("CacheCluster", ("status", "created_at"), _TRANSITIONS),
    ManagedFields("CacheSnapshot", ("status",), _TRANSITIONS),
    ManagedFields("ReplicationGroup", ("status", "members"), "failovers change the members"),
    ManagedFields("ServerlessCache", ("status",), _TRANSITIONS),
    ManagedFields("ServerlessCacheSnapshot", ("status",), _TRANSITIONS),
    ManagedFields("RedshiftCluster", ("status", "addresses"), _TRANSITIONS),
    ManagedFields("TargetGroup", ("targets",), "scaling groups and deployments register targets"),
    ManagedFields("BackupVault", ("recovery_points",), "plans create and delete recovery points"),
    ManagedFields("KmsKey", ("grantees",), "services create a grant for each use, and retire it"),
    ManagedFields("LambdaFunction", ("last_modified",), _CREATION),
    ManagedFields("EbsSnapshot", ("started_at",), _CREATION),
    ManagedFields("FileSystem", ("state",), _TRANSITIONS),
    ManagedFields("FsxFileSystem", ("lifecycle",), _TRANSITIONS),
    ManagedFields("FsxVolume", ("lifecycle",), _TRANSITIONS),
    ManagedFields("FsxBackup", ("lifecycle",), _TRANSITIONS),
    ManagedFields("DynamoDBBackup", ("status",), _TRANSITIONS),
    ManagedFields("Distribution", ("status",), "``InProgress`` until a change is deployed"),
    ManagedFields("RegisteredDomain", ("expiry",), "the renewal, which domain-lock judges"),
)
"""By kind: fields that change by themselves. Everything else that a record contains is compared."""


def managed_fields(kind: type[Record]) -> frozenset[str]:
    """The fields of the kind that change by themselves."""
    return frozenset(
        name
        for managed in MANAGED_FIELDS
        if managed.kind == kind.__name__
        for name in managed.fields
    )


MANAGED_KINDS = frozenset(managed.kind for managed in MANAGED_RECORDS if not managed.field)
"""The kinds of which services manage every record."""


def is_managed(record: Record, patterns: Iterable[str] = ()) -> bool:
    """Whether a service manages the resource, not people.

    Args:
        record: of any kind.
        patterns: of resources that are declared as managed.
    """
    return (
        any(managed.covers(record) for managed in MANAGED_RECORDS)
        or any(_is_tagged(key) for key in _tag_keys(getattr(record, "tags", ())))
        or any(covers(pattern, record.key, record.display_name) for pattern in patterns)
    )


def _is_tagged(key: str) -> bool:
    return any(matches(pattern, key) for managed in MANAGED_TAGS for pattern in managed.keys)


def _tag_keys(tags: object) -> Iterator[str]:
    for key, _ in tags if isinstance(tags, tuple) else ():
        yield key
