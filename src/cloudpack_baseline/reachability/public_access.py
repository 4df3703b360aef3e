"""VPC Block Public Access: what the gateways to the internet may carry."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cloudpack_baseline.model.ec2 import Subnet, Vpc
from cloudpack_baseline.model.ec2_gateways import (
    VpcBlockPublicAccessExclusion,
    VpcBlockPublicAccessOptions,
)
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.topology import Topology

__all__ = ["Allowance", "Use", "allowance"]

Use: TypeAlias = Literal["inbound", "outbound", "nat", "egress-only"]
"""What a gateway is used for: a connection from the internet, one to it from a public
address, one through a NAT gateway, one through an egress-only gateway."""

Allowance: TypeAlias = bool | StopReason
"""Whether it may; or why that is not known."""

_OFF = "off"
_IN_FORCE = frozenset({"create-complete", "update-complete"})
_GONE = frozenset({"delete-complete", "disable-complete", "create-failed"})


def allowance(net: Topology, site: Site, use: Use) -> Allowance:
    """Whether VPC Block Public Access allows the subnet to use the gateway."""
    vpc = net.vpcs.get(site.vpc_id)
    mode = _mode(net, vpc, site)
    if isinstance(mode, StopReason):
        return mode
    if mode == _OFF or (mode == "block-ingress" and use in ("nat", "egress-only")):
        return True
    if mode not in ("block-bidirectional", "block-ingress"):
        return _doubt(site)
    return _excluded(net, vpc, site, use, mode)


def _doubt(site: Site, unknown: Unknown | None = None) -> StopReason:
    return StopReason.of("block-public-access-unreadable", site.vpc_id, unknown)


def _mode(net: Topology, vpc: Vpc | None, site: Site) -> str | StopReason:
    """The mode of the account and region, else what VPC and subnet say of it."""
    if vpc is None:
        return StopReason.of("vpc-not-recorded", site.vpc_id, net.gap(Vpc, None))
    options = net.blocks.get((vpc.owner_id or vpc.account, vpc.region))
    region_mode = options.internet_gateway_block_mode if options else None
    if isinstance(region_mode, str):
        return region_mode
    subnet: Subnet | None = net.subnets.get(site.subnet_id)
    for holder in (subnet, vpc):
        mode = holder.internet_gateway_block_mode if holder else None
        if isinstance(mode, str):
            return mode
    unread = net.gap(VpcBlockPublicAccessOptions, vpc)
    return _doubt(site, region_mode if isinstance(region_mode, Unknown) else unread)


def _excluded(net: Topology, vpc: Vpc | None, site: Site, use: Use, mode: str) -> Allowance:
    options = net.blocks.get((vpc.owner_id or vpc.account, vpc.region)) if vpc else None
    if options is None:
        return _doubt(site)
    if isinstance(options.exclusions, Unknown):
        return _doubt(site, options.exclusions)
    helping = [
        exclusion
        for exclusion in options.exclusions
        if _names(exclusion, site) and _helps(exclusion, use, mode)
    ]
    if any(exclusion.state in _IN_FORCE for exclusion in helping):
        return True
    if any(exclusion.state not in _GONE for exclusion in helping):
        return _doubt(site)
    return False


def _names(exclusion: VpcBlockPublicAccessExclusion, site: Site) -> bool:
    return exclusion.resource_arn.rpartition("/")[2] in (site.vpc_id, site.subnet_id)


def _helps(exclusion: VpcBlockPublicAccessExclusion, use: Use, mode: str) -> bool:
    kind = exclusion.internet_gateway_exclusion_mode
    if kind == "allow-bidirectional":
        return True
    return kind == "allow-egress" and mode == "block-bidirectional" and use != "inbound"
