"""Endpoint services of AWS PrivateLink, and who can connect to them.

Source: AWS CloudFormation Template Reference, "Amazon EC2 resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.interfaces import flattened
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_SERVICES = "ec2:DescribeVpcEndpointServiceConfigurations"
_PERMISSIONS = "ec2:DescribeVpcEndpointServicePermissions"
_CONNECTIONS = "ec2:DescribeVpcEndpointConnections"


@TYPES.of(
    "AWS::EC2::VPCEndpointService",
    _SERVICES,
    _PERMISSIONS,
    _CONNECTIONS,
    prefix="vpce-svc-",
    attributes={"ServiceId": "{id}"},
)
def _service(resource: TypedResource) -> None:
    resource.item(_SERVICES, "AcceptanceRequired", ServiceId=resource.id, Tags=resource.tags())
    resource.about(_PERMISSIONS, resource.id, AllowedPrincipals=[])


@TYPES.of("AWS::EC2::VPCEndpointServicePermissions", _PERMISSIONS, order=1)
def _permissions(resource: TypedResource) -> None:
    (service_id,) = resource.subjects("ServiceId")
    if resource.answers.find(_SERVICES, "ServiceId", service_id) is None:
        resource.elsewhere(_SERVICES, ServiceId=service_id)
        resource.about(_PERMISSIONS, service_id, AllowedPrincipals=[])
    for principal in flattened(resource.get("AllowedPrincipals")):
        permission = resource.object(Principal=principal)
        resource.append_about(_PERMISSIONS, service_id, "AllowedPrincipals", permission)
