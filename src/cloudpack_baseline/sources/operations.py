"""Every API operation that the sources may call: the read-only list, and what each needs.

The IAM actions are those of the Service Authorization Reference, not those that a
mock wants. From this one table follow the guard on live clients, the least-privilege
policy of a selection, and the file names of recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import frozen

__all__ = ["OPERATIONS", "Operation", "actions_of", "operation"]


@frozen(kw_only=True)
class Operation:
    """One read-only operation.

    Attributes:
        client: the boto3 client, as ``s3control``.
        name: the operation, as ``GetPublicAccessBlock``.
        actions: the IAM actions that it needs; none where every caller may call it.
        items: the answer's key that holds the items of a listing; empty for a single answer.
        subject: the parameter that names what is asked about; empty where nothing is named.
    """

    client: str
    name: str
    actions: tuple[str, ...] = ()
    items: str = ""
    subject: str = ""

    @property
    def id(self) -> str:
        """``client:Name``."""
        return f"{self.client}:{self.name}"


def _table(*operations: Operation) -> Mapping[str, Operation]:
    return MappingProxyType({one.id: one for one in operations})


def _ec2(name: str, items: str) -> Operation:
    return Operation(client="ec2", name=name, actions=(f"ec2:{name}",), items=items)


def _rds(name: str, items: str) -> Operation:
    return Operation(client="rds", name=name, actions=(f"rds:{name}",), items=items)


def _bucket(name: str, action: str) -> Operation:
    return Operation(client="s3", name=name, actions=(f"s3:{action}",), subject="Bucket")


def _access_point(name: str) -> Operation:
    return Operation(client="s3control", name=name, actions=(f"s3:{name}",), subject="Name")


OPERATIONS = _table(
    Operation(client="sts", name="GetCallerIdentity"),
    Operation(client="iam", name="GetAccountSummary", actions=("iam:GetAccountSummary",)),
    _ec2("DescribeRegions", "Regions"),
    _rds("DescribeDBInstances", "DBInstances"),
    _rds("DescribeDBClusters", "DBClusters"),
    _rds("DescribeDBSnapshots", "DBSnapshots"),
    _rds("DescribeDBClusterSnapshots", "DBClusterSnapshots"),
    _rds("DescribeDBSubnetGroups", "DBSubnetGroups"),
    Operation(client="s3", name="ListBuckets", actions=("s3:ListAllMyBuckets",), items="Buckets"),
    _bucket("GetBucketPolicy", "GetBucketPolicy"),
    _bucket("GetBucketAcl", "GetBucketAcl"),
    _bucket("GetBucketOwnershipControls", "GetBucketOwnershipControls"),
    _bucket("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    Operation(
        client="s3control",
        name="GetPublicAccessBlock",
        actions=("s3:GetAccountPublicAccessBlock",),
    ),
    Operation(
        client="s3control",
        name="ListAccessPoints",
        actions=("s3:ListAccessPoints",),
        items="AccessPointList",
    ),
    _access_point("GetAccessPoint"),
    _access_point("GetAccessPointPolicy"),
    Operation(
        client="organizations",
        name="DescribeEffectivePolicy",
        actions=("organizations:DescribeEffectivePolicy",),
        subject="PolicyType",
    ),
)
"""By id, as ``s3:GetBucketPolicy``."""


def operation(key: str) -> Operation:
    """The operation of that id.

    Raises:
        KeyError: it is not on the list, so the sources must not call it.
    """
    return OPERATIONS[key]


def actions_of(keys: Iterable[str]) -> tuple[str, ...]:
    """The IAM actions that the operations need, sorted, each once."""
    return tuple(sorted({action for key in keys for action in operation(key).actions}))
