"""Records of serverless databases, which are accessible without a network interface.

Aurora DSQL, Neptune Analytics, Amazon Redshift Serverless and OpenSearch Serverless. A Region
that does not offer one of them has no endpoint for it, so nothing is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["DsqlCluster", "NeptuneGraph", "OpenSearchNetworkPolicy", "RedshiftWorkgroup"]

_NOT_OFFERED = "EndpointConnectionError"


@frozen(kw_only=True)
class DsqlCluster(Record):
    """A cluster of Aurora DSQL (Amazon Aurora DSQL API Reference, ClusterSummary).

    Attributes:
        policy: its resource-based policy, a JSON string; None without one.
    """

    api = Listed(
        "dsql:ListClusters",
        arn="arn",
        id="identifier",
        absent=_NOT_OFFERED,
        gone="ResourceNotFoundException",
    )

    policy: Field[str | None] = described(
        "policy",
        operation="dsql:GetClusterPolicy",
        absent="ResourceNotFoundException",
        default=None,
    )


@frozen(kw_only=True)
class NeptuneGraph(Record):
    """A graph of Neptune Analytics (Neptune Analytics API Reference, GraphSummary).

    Attributes:
        public_connectivity: whether it is accessible from the internet.
    """

    api = Listed("neptune-graph:ListGraphs", arn="arn", name="name", absent=_NOT_OFFERED)

    public_connectivity: Field[bool] = described("publicConnectivity", required=True, default=False)


def _interfaces(endpoints: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(
        sorted(
            interface["networkInterfaceId"]
            for endpoint in endpoints
            for interface in endpoint.get("networkInterfaces") or ()
        )
    )


@frozen(kw_only=True)
class RedshiftWorkgroup(Record):
    """A workgroup (Amazon Redshift Serverless API Reference, Workgroup).

    Attributes:
        publicly_accessible: whether it is accessible from the internet.
        interfaces: IDs of the network interfaces of its endpoint.
        port: the port that it answers on.
    """

    api = Listed(
        "redshift-serverless:ListWorkgroups",
        arn="workgroupArn",
        name="workgroupName",
        absent=_NOT_OFFERED,
    )

    publicly_accessible: Field[bool] = described("publiclyAccessible", required=True, default=False)
    interfaces: tuple[str, ...] = described(
        "endpoint.vpcEndpoints", convert=_interfaces, default=()
    )
    port: Field[int | None] = described("port", default=None)


def _public_resources(statements: Iterable[Answer]) -> tuple[str, ...]:
    """The resources of the statements that let everybody in."""
    return tuple(
        sorted(
            resource
            for statement in statements
            if statement.get("AllowFromPublic") is True
            for rule in statement["Rules"]
            for resource in rule["Resource"]
        )
    )


@frozen(kw_only=True)
class OpenSearchNetworkPolicy(Record):
    """A network policy (Amazon OpenSearch Serverless API Reference, SecurityPolicyDetail).

    Attributes:
        public_resources: what it opens to the internet, such as ``collection/logs*``.
    """

    api = Listed(
        "opensearchserverless:ListSecurityPolicies",
        arn="arn:{partition}:aoss:{region}:{account}:securitypolicy/network/{name}",
        id="name",
        absent=_NOT_OFFERED,
        gone="ResourceNotFoundException",
    )

    public_resources: Field[tuple[str, ...]] = described(
        "securityPolicyDetail.policy",
        operation="opensearchserverless:GetSecurityPolicy",
        convert=_public_resources,
        default=(),
    )
