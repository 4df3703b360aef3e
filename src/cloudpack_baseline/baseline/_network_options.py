"""The tables ``[controls.ID]`` of the network's controls."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from attrs import frozen

from cloudpack_baseline.baseline.formats import NetworkName, Reference, SegmentName, Service


@frozen(kw_only=True)
class DedicatedTenancyOptions:
    """Of dedicated-tenancy; without any, the control is not applicable.

    Attributes:
        segments: names of the segments whose servers need dedicated hardware.
        vpcs: ids of VPCs whose servers need it.
    """

    segments: tuple[SegmentName, ...] = ()
    vpcs: tuple[str, ...] = ()


@frozen(kw_only=True)
class VpcFlowLogsOptions:
    """Of vpc-flow-logs.

    Attributes:
        traffic: ``ALL`` wants accepted and rejected traffic, ``REJECT`` only the latter.
    """

    traffic: Literal["ALL", "REJECT"] = "ALL"


@frozen(kw_only=True)
class NetworkAclsOptions:
    """Of network-acls.

    Attributes:
        two_layers: names of the segments that a network ACL has to guard too; ``*``: all.
    """

    two_layers: tuple[Annotated[str, Reference(("segment",), reserved=("*",))], ...] = ()


@frozen(kw_only=True)
class DatabaseIsolationOptions:
    """Of database-isolation.

    Attributes:
        data_api: names or ARNs of clusters, or patterns (``*``, ``?``), whose Data API may be on.
    """

    data_api: tuple[str, ...] = ()


@frozen(kw_only=True)
class AdminIngressOptions:
    """Of admin-ingress.

    Attributes:
        services: the administration ports (4.5.1): SSH, RDP and WinRM.
        networks: names of networks where a bastion stands that is in no segment.
        peers: ids of peering connections to the VPC of such a bastion.
    """

    services: tuple[Service, ...] = ("tcp/22", "tcp/3389", "tcp/5985-5986")
    networks: tuple[NetworkName, ...] = ()
    peers: tuple[str, ...] = ()


@frozen(kw_only=True)
class BastionIngressOptions:
    """Of bastion-ingress.

    Attributes:
        networks: names of the networks that reach the bastion; without any, all those
            that a flow to it names, save ``internet``.
        services: the encrypted protocols that it is reached over.
        rdp_over_tls: whether it is attested that RDP enforces TLS; 3389 may pass then.
    """

    networks: tuple[NetworkName, ...] = ()
    services: tuple[Service, ...] = ("tcp/22", "tcp/443")
    rdp_over_tls: bool = False


@frozen(kw_only=True)
class CustomerAdminAccessOptions:
    """Of customer-admin-access; without services, the control is not applicable.

    Attributes:
        services: the ports that the application is administered through.
        segments: names of the segments that have them; without any, all.
        networks: names of the networks of the customer's sites.
    """

    services: tuple[Service, ...] = ()
    segments: tuple[SegmentName, ...] = ()
    networks: tuple[NetworkName, ...] = ("customer",)


NETWORK_OPTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "admin-ingress": AdminIngressOptions,
        "bastion-ingress": BastionIngressOptions,
        "customer-admin-access": CustomerAdminAccessOptions,
        "database-isolation": DatabaseIsolationOptions,
        "dedicated-tenancy": DedicatedTenancyOptions,
        "network-acls": NetworkAclsOptions,
        "vpc-flow-logs": VpcFlowLogsOptions,
    }
)
"""By control id."""
