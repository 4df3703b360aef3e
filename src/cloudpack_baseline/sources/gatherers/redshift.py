"""Amazon Redshift."""

from __future__ import annotations

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered
from cloudpack_baseline.sources.gatherers._convert import flag, text
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_CLUSTERS = "redshift:DescribeClusters"


def _clusters(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_CLUSTERS, lambda item: _cluster(calls, item))


def _cluster(calls: Calls, item: Answer) -> RedshiftCluster:
    name = text(item, "ClusterIdentifier")
    # ClusterNamespaceArn names the namespace; the cluster's own ARN is not told.
    arn = Arn(calls.partition, "redshift", calls.region, calls.account, f"cluster:{name}")
    nodes = item.get("ClusterNodes") or ()
    return RedshiftCluster(
        arn=str(arn),
        account=calls.account,
        region=calls.region,
        name=name,
        origin=Origin(operation=_CLUSTERS),
        status=item.get("ClusterStatus", ""),
        vpc=item.get("VpcId"),
        security_groups=tuple(
            sorted(one["VpcSecurityGroupId"] for one in item.get("VpcSecurityGroups") or ())
        ),
        addresses=tuple(
            sorted(one["PrivateIPAddress"] for one in nodes if one.get("PrivateIPAddress"))
        ),
        port=(item.get("Endpoint") or {}).get("Port"),
        publicly_accessible=flag(item, "PubliclyAccessible"),
    )


GATHERERS = (Gatherer(kind=RedshiftCluster, run=_clusters, operations=(_CLUSTERS,)),)
