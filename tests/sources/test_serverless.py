"""Databases without servers, from answers as AWS gives them."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.serverless import (
    DsqlCluster,
    NeptuneGraph,
    OpenSearchNetworkPolicy,
    RedshiftWorkgroup,
)
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, REGION

GRAPH = {
    "id": "g-1",
    "name": "graph",
    "arn": f"arn:aws:neptune-graph:{REGION}:{ACCOUNT}:graph/g-1",
    "publicConnectivity": True,
}
WORKGROUP = {
    "workgroupName": "wg",
    "workgroupArn": f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/1",
    "publiclyAccessible": False,
    "port": 5439,
    "endpoint": {"vpcEndpoints": [{"networkInterfaces": [{"networkInterfaceId": "eni-1"}]}]},
}
POLICY = [
    {"Rules": [{"ResourceType": "collection", "Resource": ["collection/a"]}], "SourceVPCEs": []},
    {"Rules": [{"Resource": ["collection/b*"]}], "AllowFromPublic": True},
]


def gathered(kind, answers):
    fields = frozenset(("policy", "public_resources"))
    return gatherer_of(kind).run(calls(answers), fields)


@pytest.mark.parametrize(
    ("policy", "expected"), [("ResourceNotFoundException", None), ("{}", "{}")]
)
def test_dsql(policy, expected):
    arn = f"arn:aws:dsql:{REGION}:{ACCOUNT}:cluster/abc"
    answers = {
        "dsql:ListClusters": {"clusters": [{"identifier": "abc", "arn": arn}]},
        "dsql:GetClusterPolicy": policy if expected is None else {"policy": policy},
    }
    (cluster,) = gathered(DsqlCluster, answers).records
    assert (cluster.arn, cluster.name, cluster.policy) == (arn, "abc", expected)


def test_neptune_analytics():
    (graph,) = gathered(NeptuneGraph, {"neptune-graph:ListGraphs": {"graphs": [GRAPH]}}).records
    assert (graph.name, graph.public_connectivity) == ("graph", True)


def test_redshift_serverless():
    answers = {"redshift-serverless:ListWorkgroups": {"workgroups": [WORKGROUP]}}
    (workgroup,) = gathered(RedshiftWorkgroup, answers).records
    assert (workgroup.publicly_accessible, workgroup.port) == (False, 5439)
    assert workgroup.interfaces == ("eni-1",)


def test_opensearch_serverless():
    answers = {
        "opensearchserverless:ListSecurityPolicies": {
            "securityPolicySummaries": [{"name": "open", "type": "network"}]
        },
        "opensearchserverless:GetSecurityPolicy": {
            "securityPolicyDetail": {"name": "open", "policy": POLICY}
        },
    }
    (policy,) = gathered(OpenSearchNetworkPolicy, answers).records
    assert policy.arn == f"arn:aws:aoss:{REGION}:{ACCOUNT}:securitypolicy/network/open"
    assert policy.public_resources == ("collection/b*",)


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        (DsqlCluster, "dsql:ListClusters"),
        (NeptuneGraph, "neptune-graph:ListGraphs"),
        (RedshiftWorkgroup, "redshift-serverless:ListWorkgroups"),
        (OpenSearchNetworkPolicy, "opensearchserverless:ListSecurityPolicies"),
    ],
)
def test_a_region_that_does_not_offer_the_service_has_none(kind, operation):
    gathering = gathered(kind, {operation: "EndpointConnectionError"})
    assert gathering.records == ()
    assert gathering.unknown is None
    assert gathered(kind, {operation: "AccessDeniedException"}).unknown is not None
