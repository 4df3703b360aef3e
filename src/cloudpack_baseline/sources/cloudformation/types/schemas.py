"""Amazon EventBridge schema registries with their policies.

Source: AWS CloudFormation Template Reference, "Amazon EventBridge Schemas resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policy_choices import add_policy
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_REGISTRIES, _POLICY = "schemas:ListRegistries", "schemas:GetResourcePolicy"


@TYPES.of(
    "AWS::EventSchemas::Registry",
    _REGISTRIES,
    name="RegistryName",
    ref="arn:{partition}:schemas:{region}:{account}:registry/{name}",
    attributes={"RegistryArn": "{id}", "RegistryName": "{name}"},
)
def _registry(resource: TypedResource) -> None:
    resource.item(
        _REGISTRIES,
        RegistryName=resource.attribute("RegistryName"),
        RegistryArn=resource.id,
    )


@TYPES.of("AWS::EventSchemas::RegistryPolicy", _POLICY, order=1)
def _registry_policy(resource: TypedResource) -> None:
    (name,) = resource.subjects("RegistryName")
    policy = policy_here(
        resource.get("Policy"), resource.account, resource.region, name=f"registry/{name}"
    )
    add_policy(resource, _POLICY, name, at="Policy", Policy=policy)
    if resource.answers.find(_REGISTRIES, "RegistryName", name) is None:
        place = f"{resource.partition}:schemas:{resource.region}:{resource.account}"
        arn = f"arn:{place}:registry/{name}"
        resource.elsewhere(_REGISTRIES, RegistryName=name, RegistryArn=arn)
