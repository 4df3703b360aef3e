"""Whether only declared segments reach databases, caches, search and warehouses."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.network import DatabaseIsolationOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._internet_endpoints import (
    SERVERLESS_KINDS,
    internet_access_gateway,
    may_be_of_express_cluster,
    of_express_cluster,
    public_connection,
    serverless,
)
from cloudpack_baseline.checks.network._reach import Arrival, InboundReach
from cloudpack_baseline.checks.network._stores import (
    STORE_KINDS,
    STORE_READS,
    Store,
    stores,
    without_interfaces,
)
from cloudpack_baseline.checks.network.ends import DeclaredEnd, allowed
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.ec2 import NetworkInterface, Subnet
from cloudpack_baseline.model.elbv2 import LoadBalancer
from cloudpack_baseline.model.opensearch import OpenSearchDomain
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.rds import DBCluster
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.serverless import DsqlCluster, OpenSearchNetworkPolicy
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import ALL_TRAFFIC, NO_TRAFFIC, Interfaces, TrafficSet
from cloudpack_baseline.texts import text

__all__ = ["database_isolation"]


@check(
    *NETWORK_READS,
    *STORE_READS,
    reads(DBCluster),
    *map(reads, SERVERLESS_KINDS),
    reads(DsqlCluster, "policy"),
    reads(OpenSearchNetworkPolicy, "public_resources"),
    reads(OpenSearchDomain, "vpc"),
    subjects=(NetworkInterface, *STORE_KINDS, DBCluster),
    connected=True,
    later=SERVERLESS_KINDS,
)
def database_isolation(view: AccountView) -> Iterator[Finding]:
    """Evaluates which connections reach the port of each store, or any port if it is unknown.

    Each source needs a declared flow to the segment of the store. RDS Proxy, Amazon MemoryDB,
    DAX and OpenSearch Service are known by their network interfaces. The Data API
    (``HttpEndpointEnabled``) gives access to a cluster from the internet through IAM, so it has to
    be disabled or declared. An internet access gateway (``InternetAccessGatewayEnabled``) fails;
    it is the only path to a cluster of the express configuration (``VPCNetworkingEnabled``).
    Aurora DSQL, Neptune Analytics (``publicConnectivity``), Redshift Serverless
    (``publiclyAccessible``) and network policies of OpenSearch Serverless (``AllowFromPublic``)
    are evaluated by their settings, and so is ``PubliclyAccessible`` of a store whose interfaces
    are not known. A domain of Amazon OpenSearch Service outside of a VPC
    (``VPCOptions``) fails, and so does a serverless cache whose ``ConnectionType`` is ``public``.
    Without ``[[segments]]``, only connections from outside are
    evaluated.
    """
    every_store = stores(view)
    reach = InboundReach.of_stores(view, every_store)
    for store in every_store:
        observations = tuple(_isolated(view, reach, store))
        yield view.finding(store.record, *_by_flag(view, store, observations))
    declared = view.baseline.options(DatabaseIsolationOptions).data_api
    for cluster in view.all(DBCluster):
        allows = any(covers(pattern, cluster.arn, cluster.name) for pattern in declared)
        gateway = internet_access_gateway(cluster)
        yield view.finding(
            cluster, _data_api(cluster, declared=allows), *([gateway] if gateway else [])
        )
    yield from serverless(view)


def _by_flag(
    view: AccountView, store: Store, observations: tuple[Observation, ...]
) -> tuple[Observation, ...]:
    """What is observed; a store that is left open is judged by its flag."""
    is_public = getattr(store.record, "publicly_accessible", False) is True
    outcomes = {observation.outcome for observation in observations}
    is_placed = store.interfaces and not view.snapshot.is_planned
    if is_placed or not is_public or Outcome.UNKNOWN not in outcomes:
        return observations
    is_open = failed(
        text("network.public-flag"),
        read="PubliclyAccessible=true",
        expected="PubliclyAccessible=false",
    )
    return (is_open, *observations)


def _isolated(view: AccountView, reach: InboundReach, store: Store) -> Iterator[Observation]:
    key = store.record.key
    if (connection := public_connection(store.record)) is not None:
        yield connection
        return
    if not store.interfaces:
        express = of_express_cluster(view, store.record)
        yield express or _private(view, store) or without_interfaces(view, store, key)
        return
    observations: list[Observation] = []
    sources = reach.sources if view.baseline.segments else reach.outside
    for arrival in reach.arrivals(key, store.traffic, sources):
        declared = _declared(view, reach, key, arrival)
        observations += reach.excess(key, arrival, declared, "network.store-open")
    # Who was not read may connect: nothing passes by that.
    for kind in (NetworkInterface, Subnet):
        if (gap := view.gap(kind, store.record.region)) is not None:
            observations.append(unknown(kind.__name__, gap))
    if not observations and not view.baseline.segments:
        observations.append(not_applicable(text("network.no-segments")))
    yield from observations or [passed(text("network.store-isolated"))]


def _private(view: AccountView, store: Store) -> Observation | None:
    """That nothing from outside can reach a store, wherever its interfaces are.

    The internet reaches a store without a public address only through a load balancer.
    """
    is_private = getattr(store.record, "publicly_accessible", None) is False
    is_alone = view.gap(LoadBalancer, store.record.region) is None and not view.all(LoadBalancer)
    if view.baseline.segments or view.baseline.networks or not (is_private and is_alone):
        return None
    if may_be_of_express_cluster(view, store.record):
        return None
    return not_applicable(text("network.no-segments"))


def _declared(view: AccountView, reach: InboundReach, key: str, arrival: Arrival) -> TrafficSet:
    """What flows declare from the source to the segment of the store."""
    segments = reach.segments(key)
    if arrival.source.end.name in segments:
        return ALL_TRAFFIC
    declared = NO_TRAFFIC
    for name in segments:
        end = DeclaredEnd(name, frozenset((name,)), Interfaces(()))
        declared |= allowed(view.baseline.flows, arrival.source.end, end)
    return declared


def _data_api(cluster: DBCluster, *, declared: bool) -> Observation:
    value = cluster.http_endpoint_enabled
    expected = "HttpEndpointEnabled=false"
    if isinstance(value, Unknown):
        return unknown("HttpEndpointEnabled", value, expected=expected)
    if not value:
        return passed(text("network.data-api-off"), read=expected)
    if declared:
        return passed(text("network.data-api-declared"), read="HttpEndpointEnabled=true")
    message = text("network.data-api-on")
    return failed(message, read="HttpEndpointEnabled=true", expected=expected)
