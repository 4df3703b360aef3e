"""Records of Amazon Redshift."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["RedshiftCluster"]


@frozen(kw_only=True)
class RedshiftCluster(Record):
    """A provisioned cluster (Amazon Redshift API Reference, Cluster).

    Attributes:
        status: ClusterStatus.
        vpc: VpcId; None outside a VPC.
        security_groups: ids of its VPC security groups, sorted.
        addresses: PrivateIPAddress of its nodes, where AWS tells them.
        port: Endpoint.Port.
        publicly_accessible: whether its nodes have public addresses.
    """

    status: str = "available"
    vpc: str | None = None
    security_groups: Field[tuple[str, ...]] = ()
    addresses: tuple[str, ...] = ()
    port: Field[int | None] = None
    publicly_accessible: Field[bool] = False
