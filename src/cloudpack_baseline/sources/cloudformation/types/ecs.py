"""Amazon ECS: clusters.

Source: AWS CloudFormation Template Reference, "Amazon Elastic Container Service resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, camel_case

__all__ = ["TYPES"]

TYPES = Types()


@TYPES.of(
    "AWS::ECS::Cluster",
    "ecs:ListClusters",
    "ecs:DescribeClusters",
    ref="ClusterName",
    attributes={"Arn": "arn:{partition}:ecs:{region}:{account}:cluster/{id}"},
)
def _cluster(resource: TypedResource) -> None:
    arn = resource.attribute("Arn")
    resource.item("ecs:ListClusters", clusterArn=arn)
    cluster = {"clusterArn": arn, "clusterName": resource.id}
    configuration = resource.get("Configuration")
    if configuration is not None:
        cluster["configuration"] = camel_case(configuration)
    resource.about("ecs:DescribeClusters", arn, clusters=[cluster])
