"""AWS Resource Access Manager: resource shares.

Source: AWS CloudFormation Template Reference, "AWS Resource Access Manager resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list

__all__ = ["TYPES"]

TYPES = Types()

_ASSOCIATIONS = "ram:GetResourceShareAssociations"


@TYPES.of(
    "AWS::RAM::ResourceShare",
    "ram:GetResourceShares",
    _ASSOCIATIONS,
    ref="arn:{partition}:ram:{region}:{account}:resource-share/{logical}",
    attributes={"Arn": "{id}"},
)
def _share(resource: TypedResource) -> None:
    resource.item(
        "ram:GetResourceShares",
        name=resource.get("Name"),
        resourceShareArn=resource.id,
        status="ACTIVE",
    )
    for principal in as_list(resource.get("Principals")):
        resource.item(
            _ASSOCIATIONS,
            resourceShareArn=resource.id,
            associatedEntity=principal,
            associationType="PRINCIPAL",
            status="ASSOCIATED",
        )
