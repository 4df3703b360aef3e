"""AWS Global Accelerator: accelerators, and what those of other accounts may use as endpoints.

Source: AWS CloudFormation Template Reference, "AWS Global Accelerator resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list, shown
from cloudpack_baseline.sources.cloudformation.values import Resolved
from cloudpack_baseline.sources.located import AnswerList

__all__ = ["TYPES"]

TYPES = Types()

_ACCELERATORS = "globalaccelerator:ListAccelerators"
_ATTACHMENTS = "globalaccelerator:ListCrossAccountAttachments"
_LISTENERS = "globalaccelerator:ListListeners"
_GROUPS = "globalaccelerator:ListEndpointGroups"
_ARN = "arn:{partition}:globalaccelerator::{account}:"
_ELASTIC_IP = "eipalloc-"


@TYPES.of(
    "AWS::GlobalAccelerator::Accelerator",
    _ACCELERATORS,
    _LISTENERS,
    ref=f"{_ARN}accelerator/{{logical}}",
    name="Name",
    attributes={"AcceleratorArn": "{id}"},
)
def _accelerator(resource: TypedResource) -> None:
    resource.item(
        _ACCELERATORS,
        AcceleratorArn=resource.id,
        Name=shown(resource.get("Name", resource.name)),
        Enabled=resource.get("Enabled", True),
        IpAddressType=resource.get("IpAddressType", "IPV4"),
    )
    resource.about(_LISTENERS, resource.id, Listeners=AnswerList())


@TYPES.of(
    "AWS::GlobalAccelerator::Listener",
    _LISTENERS,
    _GROUPS,
    ref=f"{_ARN}listener/{{logical}}",
    attributes={"ListenerArn": "{id}"},
    order=1,
)
def _listener(resource: TypedResource) -> None:
    listener = resource.object(
        "PortRanges", ListenerArn=resource.id, Protocol=resource.get("Protocol", "TCP")
    )
    resource.append_about(_LISTENERS, resource.subject("AcceleratorArn"), "Listeners", listener)
    resource.about(_GROUPS, resource.id, EndpointGroups=AnswerList())


@TYPES.of(
    "AWS::GlobalAccelerator::EndpointGroup",
    _GROUPS,
    ref=f"{_ARN}endpoint-group/{{logical}}",
    attributes={"EndpointGroupArn": "{id}"},
    order=2,
)
def _endpoint_group(resource: TypedResource) -> None:
    endpoints = resource.get("EndpointConfigurations", [])
    group = resource.object(
        "PortOverrides",
        EndpointGroupArn=resource.id,
        EndpointDescriptions=[*map(_endpoint, as_list(endpoints))]
        if isinstance(endpoints, list)
        else endpoints,
    )
    resource.append_about(_GROUPS, resource.subject("ListenerArn"), "EndpointGroups", group)


def _endpoint(endpoint: Resolved) -> Resolved:
    """An Elastic IP address never sees clients; of the others, see EndpointConfiguration.

    Of a Network Load Balancer, the documentation has no default: it is taken to see them.
    """
    if not isinstance(endpoint, dict):
        return endpoint
    id_ = str(shown(endpoint.get("EndpointId")))
    default = not id_.startswith(_ELASTIC_IP)
    return {
        "EndpointId": id_,
        "Weight": endpoint.get("Weight", 128),
        "ClientIPPreservationEnabled": endpoint.get("ClientIPPreservationEnabled", default),
    }


@TYPES.of(
    "AWS::GlobalAccelerator::CrossAccountAttachment",
    _ATTACHMENTS,
    ref=f"{_ARN}attachment/{{logical}}",
    attributes={"AttachmentArn": "{id}"},
)
def _attachment(resource: TypedResource) -> None:
    """Address pools are no endpoints."""
    shared = [
        {"EndpointId": str(shown(entry["EndpointId"]))} if isinstance(entry, dict) else entry
        for entry in as_list(resource.get("Resources"))
        if not isinstance(entry, dict) or "EndpointId" in entry
    ]
    resource.item(
        _ATTACHMENTS,
        AttachmentArn=resource.id,
        Name=shown(resource.get("Name", resource.name)),
        Resources=shared,
    )
