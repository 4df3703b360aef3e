"""Databases that are accessible from the internet through IAM, without a network interface."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.elasticache import ServerlessCache
from cloudpack_baseline.model.opensearch import OpenSearchDomain
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.serverless import (
    DsqlCluster,
    NeptuneGraph,
    OpenSearchNetworkPolicy,
    RedshiftWorkgroup,
)
from cloudpack_baseline.model.values import Field, Unknown, Why, is_known
from cloudpack_baseline.texts import text

__all__ = [
    "SERVERLESS_KINDS",
    "internet_access_gateway",
    "may_be_of_express_cluster",
    "of_express_cluster",
    "public_connection",
    "serverless",
]

SERVERLESS_KINDS: tuple[type[Record], ...] = (
    DsqlCluster,
    NeptuneGraph,
    OpenSearchDomain,
    OpenSearchNetworkPolicy,
    RedshiftWorkgroup,
)


def internet_access_gateway(cluster: DBCluster) -> Observation | None:
    """Of an Aurora cluster; ``None``: it answers on network interfaces only.

    In the express configuration it has no interface: the gateway is the only path to it.
    """
    enabled, in_vpc = cluster.internet_access_gateway_enabled, cluster.vpc_networking_enabled
    if enabled is True:
        message = text("network.internet-gateway-on")
        return failed(message, read="InternetAccessGatewayEnabled=true")
    if in_vpc is False:
        return failed(text("network.internet-gateway-on"), read="VPCNetworkingEnabled=false")
    if isinstance(enabled, Unknown):
        return unknown("InternetAccessGatewayEnabled", enabled)
    if isinstance(in_vpc, Unknown):
        return unknown("VPCNetworkingEnabled", in_vpc)
    return None


def public_connection(record: Record) -> Observation | None:
    """A public serverless cache fails; ``None``: it has VPC endpoints, or is another store."""
    if not isinstance(record, ServerlessCache):
        return None
    expected = "ConnectionType=vpc"
    if isinstance(record.connection_type, Unknown):
        return unknown("ConnectionType", record.connection_type, expected=expected)
    if record.connection_type != "public":
        return None
    message = text("network.public-connection")
    return failed(message, read="ConnectionType=public", expected=expected)


def of_express_cluster(view: AccountView, record: Record) -> Observation | None:
    """Of an instance of a cluster without interfaces: what is said of the cluster, else None."""
    for cluster in view.all(DBCluster) if isinstance(record, DBInstance) else ():
        members = cluster.members if is_known(cluster.members) else ()
        is_member = cluster.region == record.region and record.name in members
        if is_member and cluster.vpc_networking_enabled is False:
            return internet_access_gateway(cluster)
    return None


def may_be_of_express_cluster(view: AccountView, record: Record) -> bool:
    """Whether an instance may belong to such a cluster, whose members are not all known."""
    if not isinstance(record, DBInstance):
        return False
    return view.gap(DBCluster, record.region) is not None or any(
        cluster.region == record.region
        and cluster.vpc_networking_enabled is not True
        and not (is_known(cluster.members) and record.name not in cluster.members)
        for cluster in view.all(DBCluster)
    )


def serverless(view: AccountView) -> Iterator[Finding]:
    """Of Aurora DSQL, Neptune Analytics, Redshift Serverless and OpenSearch, serverless or not.

    A domain in a VPC is a store, which answers on network interfaces.
    """
    for cluster in view.all(DsqlCluster):
        yield view.finding(cluster, _dsql(cluster))
    for graph in view.all(NeptuneGraph):
        yield view.finding(graph, _flag("publicConnectivity", graph.public_connectivity))
    for workgroup in view.all(RedshiftWorkgroup):
        yield view.finding(workgroup, _flag("publiclyAccessible", workgroup.publicly_accessible))
    for policy in view.all(OpenSearchNetworkPolicy):
        yield view.finding(policy, _network_policy(policy))
    for domain in view.all(OpenSearchDomain):
        if domain.vpc is None:
            yield view.finding(domain, failed(text("network.internet-domain"), read="VPCId="))
        elif isinstance(domain.vpc, Unknown):
            yield view.finding(domain, unknown("VPCId", domain.vpc))


def _dsql(cluster: DsqlCluster) -> Observation:
    """Its endpoint is public; only its policy can bind callers to VPC endpoints."""
    if isinstance(cluster.policy, Unknown):
        return unknown("GetClusterPolicy", cluster.policy)
    if cluster.policy is None:
        return failed(text("network.internet-endpoint"), read="policy=")
    why = Unknown.because(Why.UNSUPPORTED, detail=f"policy of {cluster.name}")
    return unknown(text("network.internet-endpoint-policy"), why)


def _flag(name: str, value: Field[bool]) -> Observation:
    expected = f"{name}=false"
    if isinstance(value, Unknown):
        return unknown(name, value, expected=expected)
    if value:
        return failed(text("network.internet-endpoint"), read=f"{name}=true", expected=expected)
    return passed(text("network.private-flag"), read=expected, expected=expected)


def _network_policy(policy: OpenSearchNetworkPolicy) -> Observation:
    resources = policy.public_resources
    expected = "AllowFromPublic=false"
    if isinstance(resources, Unknown):
        return unknown("AllowFromPublic", resources, expected=expected)
    if resources:
        message = text("network.internet-collections", resources=resources)
        return failed(message, read="AllowFromPublic=true", expected=expected)
    return passed(text("network.private-flag"), read=expected, expected=expected)
