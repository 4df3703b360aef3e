"""What an account may still contain after its contract ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.model.backup import BackupVault
from cloudpack_baseline.model.cloudfront import Distribution
from cloudpack_baseline.model.codeartifact import CodeArtifactRepository
from cloudpack_baseline.model.dynamodb import DynamoDBBackup, DynamoDBTable
from cloudpack_baseline.model.ec2 import Instance, Vpc
from cloudpack_baseline.model.ec2_addresses import ElasticIpAddress
from cloudpack_baseline.model.ec2_gateways import NatGateway, TransitGateway, VpnConnection
from cloudpack_baseline.model.ec2_images import EbsSnapshot, Image
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.efs import FileSystem
from cloudpack_baseline.model.elasticache import (
    CacheCluster,
    CacheSnapshot,
    ServerlessCache,
    ServerlessCacheSnapshot,
)
from cloudpack_baseline.model.elb import ClassicLoadBalancer
from cloudpack_baseline.model.elbv2 import LoadBalancer
from cloudpack_baseline.model.fsx import FsxBackup, FsxFileSystem
from cloudpack_baseline.model.glacier import GlacierVault
from cloudpack_baseline.model.kinesis import KinesisStream
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.opensearch import OpenSearchDomain
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.rds import DBCluster, DBInstance, DBSnapshot
from cloudpack_baseline.model.rds_automated_backups import AutomatedBackup
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.recycle_bin import RecycledImage, RecycledSnapshot
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.route53 import HostedZone
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.secretsmanager import Secret
from cloudpack_baseline.model.serverless import DsqlCluster, NeptuneGraph
from cloudpack_baseline.model.sns import Topic
from cloudpack_baseline.model.sqs import Queue
from cloudpack_baseline.model.values import Unknown

__all__ = ["KINDS", "gaps", "leftovers"]

_NOT_LEFT: Mapping[type[Record], Mapping[str, tuple[object, ...]]] = MappingProxyType(
    {
        Instance: {"state": ("terminated",)},
        Volume: {"state": ("deleted", "deleting")},
        EbsSnapshot: {},
        Image: {},
        RecycledSnapshot: {},
        RecycledImage: {},
        # It comes with every account.
        Vpc: {"is_default": (True,)},
        ElasticIpAddress: {},
        NatGateway: {"state": ("deleted", "deleting")},
        TransitGateway: {},
        VpnConnection: {},
        LoadBalancer: {},
        ClassicLoadBalancer: {},
        DBInstance: {},
        DBCluster: {},
        DBSnapshot: {},
        # Those of an existing database are deleted, or retained, with it.
        AutomatedBackup: {"status": ("active",)},
        CacheCluster: {},
        CacheSnapshot: {},
        ServerlessCache: {},
        ServerlessCacheSnapshot: {},
        RedshiftCluster: {},
        DsqlCluster: {},
        NeptuneGraph: {},
        OpenSearchDomain: {},
        DynamoDBTable: {},
        DynamoDBBackup: {},
        Bucket: {},
        FileSystem: {},
        FsxFileSystem: {},
        FsxBackup: {},
        # An empty vault contains nothing, and AWS creates some by itself.
        BackupVault: {"recovery_points": (0,)},
        KinesisStream: {},
        GlacierVault: {},
        CodeArtifactRepository: {},
        Repository: {},
        LambdaFunction: {},
        LogGroup: {},
        Queue: {},
        Topic: {},
        Secret: {},
        # Keys of AWS come with the services; a key can only be scheduled for deletion.
        KmsKey: {
            "key_manager": ("AWS",),
            "key_state": ("PendingDeletion", "PendingReplicaDeletion"),
        },
        Distribution: {},
        HostedZone: {},
    }
)
"""The values of fields by which a record does not mean that something is left. Registered domains
are the customer's, and what comes with every account (service-linked roles) contains nothing."""

KINDS = tuple(_NOT_LEFT)
"""The kinds of resources that are read."""


def leftovers(
    view: AccountView, exempt: tuple[str, ...]
) -> Iterator[tuple[Record, Unknown | None]]:
    """What is left, and what may be left with the reason why that is unknown.

    Args:
        view: of the account.
        exempt: patterns of resources that may be left.
    """
    for kind, excuses in _NOT_LEFT.items():
        for record in view.all(kind):
            excused = (covers(pattern, record.key, record.display_name) for pattern in exempt)
            values = {field: getattr(record, field) for field in excuses}
            gone = (values[field] in excuse for field, excuse in excuses.items())
            if not any(gone) and not any(excused):
                yield record, next(filter(_is_unknown, values.values()), None)


def _is_unknown(value: object) -> bool:
    return isinstance(value, Unknown)


def gaps(view: AccountView) -> Iterator[tuple[type[Record], Unknown]]:
    """The kinds of which there may be more, and why."""
    for kind in KINDS:
        if (gap := view.gap(kind)) is not None:
            yield kind, gap
