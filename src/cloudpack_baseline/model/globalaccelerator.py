"""Records of AWS Global Accelerator, which is managed in us-west-2.

Source: AWS Global Accelerator API Reference (2018-08-08).
"""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, derived, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = [
    "Accelerator",
    "AcceleratorEndpoint",
    "AcceleratorEndpointGroup",
    "AcceleratorListener",
    "CrossAccountAttachment",
    "CustomRoutingAccelerator",
    "ListenerPortRange",
    "PortOverride",
]

NOT_GATHERED = Unknown.because(Why.NOT_GATHERED, operation="globalaccelerator:ListListeners")


@frozen(kw_only=True)
class ListenerPortRange:
    """A range of ports (PortRange)."""

    from_port: int
    to_port: int


@frozen(kw_only=True)
class PortOverride:
    """A port of the listener that endpoints get as another one (PortOverride)."""

    listener_port: int
    endpoint_port: int


@frozen(kw_only=True)
class AcceleratorEndpoint:
    """An endpoint (EndpointDescription).

    Attributes:
        endpoint_id: the ARN of a load balancer, or the ID of an instance or Elastic IP address.
        weight: its share of the traffic; 0: none.
        client_ip_preservation: ClientIPPreservationEnabled: whether it sees the client.
    """

    endpoint_id: str
    weight: int = 128
    client_ip_preservation: bool = described("ClientIPPreservationEnabled", default=True)


@frozen(kw_only=True)
class AcceleratorEndpointGroup:
    """The endpoints of a listener in one Region (ListEndpointGroups, EndpointGroup)."""

    endpoint_group_arn: str
    endpoints: tuple[AcceleratorEndpoint, ...] = described("EndpointDescriptions", default=())
    port_overrides: tuple[PortOverride, ...] = ()


@frozen(kw_only=True)
class AcceleratorListener:
    """A listener (ListListeners, Listener).

    Attributes:
        listener_arn: its ARN.
        protocol: ``TCP`` or ``UDP``.
        port_ranges: the ports that it accepts.
        endpoint_groups: where it leads to, by Region.
    """

    listener_arn: str
    protocol: str = "TCP"
    port_ranges: tuple[ListenerPortRange, ...] = ()
    endpoint_groups: tuple[AcceleratorEndpointGroup, ...] = derived(())


@frozen(kw_only=True)
class Accelerator(Record):
    """A standard accelerator (ListAccelerators).

    Attributes:
        enabled: whether it accepts traffic.
        ip_address_type: ``IPV4`` or ``DUAL_STACK``.
        listeners: its listeners, with their endpoint groups.
    """

    api = Listed(
        "globalaccelerator:ListAccelerators",
        arn="AcceleratorArn",
        id="AcceleratorArn",
        name="Name",
        gone="AcceleratorNotFoundException",
        regional=False,
    )

    enabled: Field[bool] = True
    ip_address_type: Field[str] = "IPV4"
    listeners: Field[tuple[AcceleratorListener, ...]] = derived(NOT_GATHERED)


@frozen(kw_only=True)
class CustomRoutingAccelerator(Record):
    """A custom routing accelerator, which leads to the instances of subnets.

    Attributes:
        enabled: whether it accepts traffic.
    """

    api = Listed(
        "globalaccelerator:ListCustomRoutingAccelerators",
        arn="AcceleratorArn",
        id="AcceleratorArn",
        name="Name",
        regional=False,
    )

    enabled: Field[bool] = True


@frozen(kw_only=True)
class CrossAccountAttachment(Record):
    """What accelerators of other accounts may use as endpoints (ListCrossAccountAttachments).

    Attributes:
        endpoint_ids: the endpoints, as in `AcceleratorEndpoint`.
    """

    api = Listed(
        "globalaccelerator:ListCrossAccountAttachments",
        arn="AttachmentArn",
        id="AttachmentArn",
        name="Name",
        regional=False,
    )

    endpoint_ids: Field[tuple[str, ...]] = described("Resources[].EndpointId", default=())
