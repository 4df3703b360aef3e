"""Options of controls of the network."""

from __future__ import annotations

from typing import Annotated

from cloudpack_baseline.baseline.formats import (
    NetworkName,
    NotEmpty,
    Reference,
    SegmentName,
    Service,
)
from cloudpack_baseline.immutable import frozen

__all__ = [
    "AdminIngressOptions",
    "BastionIngressOptions",
    "CustomerAdminAccessOptions",
    "DatabaseIsolationOptions",
    "DedicatedTenancyOptions",
    "NetworkAclsOptions",
    "OpenSecurityGroupsOptions",
]


@frozen(kw_only=True)
class DedicatedTenancyOptions:
    """Options of dedicated-tenancy; without any, the control is not applicable.

    Attributes:
        segments: names of the segments whose servers require dedicated hardware.
        vpcs: IDs of the VPCs whose servers require dedicated hardware.
    """

    segments: tuple[SegmentName, ...] = ()
    vpcs: tuple[str, ...] = ()


@frozen(kw_only=True)
class NetworkAclsOptions:
    """Options of network-acls.

    Attributes:
        two_layers: names of the segments that also require a network ACL; ``*``: all.
    """

    two_layers: tuple[Annotated[str, Reference(("segment",), reserved=("*",))], ...] = ()


@frozen(kw_only=True)
class OpenSecurityGroupsOptions:
    """Options of open-security-groups.

    Attributes:
        unused: whether security groups that no network interface uses are judged, too.
    """

    unused: bool = False


@frozen(kw_only=True)
class DatabaseIsolationOptions:
    """Options of database-isolation.

    Attributes:
        data_api: names or ARNs of clusters whose Data API may be enabled, or patterns
            (``*``, ``?``).
    """

    data_api: tuple[str, ...] = ()


@frozen(kw_only=True)
class AdminIngressOptions:
    """Options of admin-ingress.

    Attributes:
        services: the administration ports (4.5.1): SSH, RDP and WinRM.
        networks: names of networks with a bastion that is in no segment.
        peers: IDs of peering connections to the VPC of such a bastion.
    """

    services: Annotated[tuple[Service, ...], NotEmpty("the default is SSH, RDP and WinRM")] = (
        "tcp/22",
        "tcp/3389",
        "tcp/5985-5986",
    )
    networks: tuple[NetworkName, ...] = ()
    peers: tuple[str, ...] = ()


@frozen(kw_only=True)
class BastionIngressOptions:
    """Options of bastion-ingress.

    Attributes:
        networks: names of the operations networks; if empty, all networks in flows to the
            bastion, except ``internet``.
        services: the encrypted protocols that the bastion accepts.
        rdp_over_tls: whether it is attested that RDP enforces TLS, so that 3389 may be open.
    """

    networks: tuple[NetworkName, ...] = ()
    services: tuple[Service, ...] = ("tcp/22", "tcp/443")
    rdp_over_tls: bool = False


@frozen(kw_only=True)
class CustomerAdminAccessOptions:
    """Options of customer-admin-access.

    Attributes:
        services: the administration ports of the application.
        segments: names of the segments with these ports; if empty, all segments.
        networks: names of the networks of the customer's sites.
    """

    services: tuple[Service, ...] = ()
    segments: tuple[SegmentName, ...] = ()
    networks: tuple[NetworkName, ...] = ("customer",)
