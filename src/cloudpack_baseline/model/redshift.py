"""Records of Amazon Redshift."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["RedshiftCluster"]


def _addresses(nodes: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(sorted(node["PrivateIPAddress"] for node in nodes if node.get("PrivateIPAddress")))


@frozen(kw_only=True)
class RedshiftCluster(Record):
    """A provisioned cluster (Amazon Redshift API Reference, Cluster).

    Attributes:
        status: such as ``available``.
        vpc: its VPC; None outside a VPC.
        security_groups: IDs of its VPC security groups, sorted.
        addresses: private addresses of its nodes, if AWS reports them.
        port: the port that it answers on.
        publicly_accessible: whether its nodes have public IP addresses.
    """

    # ClusterNamespaceArn names the namespace; no answer holds the cluster's own ARN.
    api = Listed(
        "redshift:DescribeClusters",
        arn="arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}",
        name="ClusterIdentifier",
    )

    status: str = described("ClusterStatus", default="available")
    vpc: Field[str | None] = described("VpcId", default=None)
    security_groups: Field[tuple[str, ...]] = described(
        "VpcSecurityGroups[].VpcSecurityGroupId", unordered=True, default=()
    )
    addresses: Field[tuple[str, ...]] = described("ClusterNodes", convert=_addresses, default=())
    port: Field[int | None] = described("Endpoint.Port", default=None)
    publicly_accessible: Field[bool] = False
