"""Amazon API Gateway: REST APIs and their resource policies.

Source: AWS CloudFormation Template Reference, "Amazon API Gateway resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved

__all__ = ["TYPES"]

TYPES = Types()

_EXTENSION = "x-amazon-apigateway-policy"


@TYPES.of("AWS::ApiGateway::RestApi", "apigateway:GetRestApis", attributes={"RestApiId": "{id}"})
def _rest_api(resource: TypedResource) -> None:
    policy = resource.get("Policy", follow(resource.get("Body"), _EXTENSION))
    resource.item(
        "apigateway:GetRestApis",
        id=resource.id,
        name=shown(resource.get("Name", resource.name)),
        policy=None
        if policy is None
        else policy_here(policy, resource.account, resource.region, name=resource.id),
        endpointConfiguration=_endpoints(resource.get("EndpointConfiguration")),
    )


@TYPES.of("AWS::ApiGateway::Stage", ref="StageName")
def _stage(_resource: TypedResource) -> None:
    """A stage has only its name here."""


def _endpoints(configuration: Resolved) -> Resolved:
    """The types of the endpoint; AWS SAM has one type, or its name alone."""
    if configuration is None:
        return None
    if not isinstance(configuration, dict):
        return {"types": as_list(configuration)}
    types = follow(configuration, "Types")
    return {"types": as_list(follow(configuration, "Type") if types is None else types)}
