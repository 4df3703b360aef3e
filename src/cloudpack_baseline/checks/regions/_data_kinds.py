"""The kinds of resources that keep data, and what is exempt among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Field, Unknown

if TYPE_CHECKING:
    from cloudpack_baseline.model.backup import BackupVault
    from cloudpack_baseline.model.kms import KmsKey
    from cloudpack_baseline.model.logs import LogGroup

__all__ = ["DATA_KINDS", "DataKind"]


def _always(_record: object) -> Field[bool]:
    return True


def _never_elsewhere(_record: object) -> bool:
    return False


@frozen
class DataKind:
    """A kind of resource that keeps data.

    Attributes:
        kind: the name of its record class.
        has_data: whether a record of it keeps any.
        is_bound: whether its service keeps it in a certain Region, whatever is chosen.
    """

    kind: str
    has_data: Callable[[Any], Field[bool]] = _always
    is_bound: Callable[[Any], bool] = _never_elsewhere


def _has_recovery_points(vault: BackupVault) -> Field[bool]:
    points = vault.recovery_points
    return points if isinstance(points, Unknown) else points > 0


def _is_multi_region(key: KmsKey) -> Field[bool]:
    """Other keys stay in their Region by themselves, and their data is judged where it is."""
    kind = key.multi_region_key_type
    return kind if isinstance(kind, Unknown) else kind is not None


def _is_of_edge(group: LogGroup) -> bool:
    """Logs of functions at the edge, of AWS WAF for CloudFront, and of queries to Route 53.

    Functions at the edge log in the Region nearest to the viewer (Amazon CloudFront Developer
    Guide, "CloudWatch Logs for edge functions"); the others have to be in us-east-1.
    """
    if group.name.startswith("/aws/lambda/us-east-1."):
        return True
    prefixes = ("aws-waf-logs-", "/aws/route53/", "/aws/cloudfront/")
    return group.region == "us-east-1" and group.name.startswith(prefixes)


DATA_KINDS = (
    DataKind("Bucket"),
    DataKind("Volume"),
    DataKind("EbsSnapshot"),
    DataKind("Image"),
    DataKind("DBInstance"),
    DataKind("DBCluster"),
    DataKind("DBSnapshot"),
    DataKind("ManualDBSnapshot"),
    DataKind("ManualDBClusterSnapshot"),
    DataKind("DsqlCluster"),
    DataKind("NeptuneGraph"),
    DataKind("RedshiftCluster"),
    DataKind("RedshiftSnapshot"),
    DataKind("RedshiftWorkgroup"),
    DataKind("RedshiftServerlessSnapshot"),
    DataKind("CacheCluster"),
    DataKind("ServerlessCache"),
    DataKind("DynamoDBTable"),
    DataKind("OpenSearchDomain"),
    DataKind("FileSystem"),
    DataKind("FsxFileSystem"),
    DataKind("FsxBackup"),
    DataKind("Queue"),
    DataKind("KinesisStream"),
    DataKind("GlacierVault"),
    DataKind("CodeArtifactRepository"),
    DataKind("Repository"),
    DataKind("Secret"),
    DataKind("BackupVault", has_data=_has_recovery_points),
    DataKind("EventDataStore"),
    DataKind("LogGroup", is_bound=_is_of_edge),
    DataKind("KmsKey", has_data=_is_multi_region),
)
"""Replicas are records of their Region: of global tables, clusters of a global database, secrets,
repositories and keys."""
