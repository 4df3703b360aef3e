"""AWS Global Accelerator: accelerators, and what those of other accounts may use as endpoints.

Source: Terraform AWS provider.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, shown
from cloudpack_baseline.sources.cloudformation.values import Resolved, ResolvedObject
from cloudpack_baseline.sources.terraform.mapping import (
    Mapped,
    Mappings,
    Properties,
    each_block,
    obj,
    properties_of,
)

__all__ = ["TYPES"]

TYPES = Mappings()

TYPES.plain(
    "aws_globalaccelerator_accelerator",
    "AWS::GlobalAccelerator::Accelerator",
    {"attributes": ""},
    ref="arn",
)
TYPES.plain(
    "aws_globalaccelerator_listener",
    "AWS::GlobalAccelerator::Listener",
    {"port_range": "PortRanges"},
    needs=("AcceleratorArn",),
    ref="arn",
)


@TYPES.made(
    "aws_globalaccelerator_endpoint_group",
    "AWS::GlobalAccelerator::EndpointGroup",
    needs=("ListenerArn",),
    ref="arn",
)
def _endpoint_group(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = {
        "endpoint_configuration": "EndpointConfigurations",
        "client_ip_preservation_enabled": "ClientIPPreservationEnabled",
        "port_override": "PortOverrides",
    }
    yield "AWS::GlobalAccelerator::EndpointGroup", properties_of(Mapped(renames=renames), values)


@TYPES.made(
    "aws_globalaccelerator_cross_account_attachment",
    "AWS::GlobalAccelerator::CrossAccountAttachment",
    ref="arn",
)
def _attachment(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield (
        "AWS::GlobalAccelerator::CrossAccountAttachment",
        {"Name": values.get("name"), "Resources": each_block(values.get("resource"), _shared)},
    )


def _shared(block: Resolved) -> Resolved:
    if not isinstance(block, ResolvedObject):
        return block
    return obj(EndpointId=block.get("endpoint_id"), Cidr=block.get("cidr_block"))


_CUSTOM = "globalaccelerator:ListCustomRoutingAccelerators"


def _custom_routing(resource: TypedResource) -> None:
    """One that leads to instances of subnets, which no CloudFormation type makes."""
    resource.item(
        _CUSTOM,
        AcceleratorArn=f"arn:{resource.partition}:globalaccelerator::{resource.account}:"
        f"accelerator/{resource.name}",
        Name=shown(resource.get("Name", resource.name)),
        Enabled=resource.get("Enabled", True),
    )


TYPES["aws_globalaccelerator_custom_routing_accelerator"] = Mapped(
    describe=_custom_routing, describes=(_CUSTOM,)
)
