"""Whether a network ACL is a second layer in addition to the security groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from cloudpack_baseline.baseline.options.network import NetworkAclsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network.doubt import is_in, missing
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.ec2 import (
    Instance,
    NetworkAcl,
    NetworkInterface,
    Subnet,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Truth, Unknown, Why, any_of
from cloudpack_baseline.reachability.filters import Acl, compile_acl
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import Family, IpSet
from cloudpack_baseline.reachability.traffic import of_family
from cloudpack_baseline.texts import text

__all__ = ["network_acls"]


_BITS: dict[Family, int] = {4: 32, 6: 128}


@check(
    reads(NetworkAcl),
    reads(Subnet),
    reads(NetworkInterface),
    reads(Instance),
    subjects=(Subnet, NetworkInterface, NetworkAcl),
    by_parts=True,
)
def network_acls(view: AccountView) -> Iterator[Finding]:
    """Reads the inbound entries of the network ACL of each subnet in use.

    An ACL that allows everything from everywhere outside the subnet is not a layer, so the security
    groups are the only one. That is reported, and fails in the segments that ``two_layers`` names.
    Of an ACL that a template only adds entries to, neither the others nor the subnets are known.
    """
    members: dict[str, list[NetworkInterface]] = {}
    for interface in view.all(NetworkInterface):
        members.setdefault(interface.subnet_id, []).append(interface)
    for subnet in view.all(Subnet):
        if subnet.subnet_id in members:
            elsewhere = view.judged_elsewhere(subnet.owner_id)
            observation = elsewhere or _acl_layer(view, subnet, members[subnet.subnet_id])
            yield view.finding(subnet, observation)
    for acl in view.all(NetworkAcl):
        if acl.is_elsewhere and not acl.subnet_ids:
            yield view.finding(acl, _added_entries(view, acl))


def _added_entries(view: AccountView, acl: NetworkAcl) -> Observation:
    """Of an ACL elsewhere without a subnet here: its layer counts where a segment requires two."""
    if not view.baseline.options(NetworkAclsOptions).two_layers:
        return passed(text("network.no-second-layer-required", acl=acl.network_acl_id))
    detail = f"which subnets use {acl.network_acl_id}"
    return unknown("Associations", Unknown.because(Why.UNDETERMINED, detail=detail))


def _acl_layer(
    view: AccountView, subnet: Subnet, interfaces: Iterable[NetworkInterface]
) -> Observation:
    """Whether the subnet has two layers, one where one is enough, or one where two are required."""
    acl = _acl_of(view, subnet)
    if isinstance(acl, Unknown):
        return unknown("NetworkAcl.Entries", acl)
    name = acl.network_acl_id
    filters = _filters(acl, subnet)
    if filters is True:
        return passed(text("network.two-layers", acl=name))
    required = _required(view, interfaces)
    if isinstance(filters, Unknown):
        return unknown("NetworkAcl.Entries", filters)
    if isinstance(required, Unknown):
        return unknown("Segment", required)
    message = text("network.one-layer", acl=name)
    if not required:
        return passed(message)
    return failed(message, read=f"NetworkAclId={name}")


def _required(view: AccountView, interfaces: Iterable[NetworkInterface]) -> Truth:
    """Whether two layers are required for a segment with a part in the subnet."""
    segments = view.baseline.options(NetworkAclsOptions).two_layers
    if "*" in segments:
        return True
    if not segments:
        return False
    return any_of(is_in(membership, segments) for membership in memberships(view, interfaces))


def _acl_of(view: AccountView, subnet: Subnet) -> Field[NetworkAcl]:
    """The ACL that is associated with the subnet, else the default one of its VPC."""
    default: NetworkAcl | None = None
    for acl in view.all(NetworkAcl):
        if isinstance(acl.subnet_ids, Unknown):
            return acl.subnet_ids
        if subnet.subnet_id in acl.subnet_ids:
            return acl
        if acl.vpc_id == subnet.vpc_id and acl.is_default is True:
            default = acl
    gap = view.gap(NetworkAcl, subnet.region)
    if gap is None and default is not None:
        return default
    return missing(gap, NetworkAcl, f"NetworkAcl of {subnet.subnet_id}")


def _filters(acl: NetworkAcl, subnet: Subnet) -> Truth:
    """Whether it keeps anything out, of each family that the subnet has."""
    block, blocks_6 = subnet.cidr_block, subnet.ipv6_cidr_blocks
    if isinstance(acl.entries, Unknown):
        return acl.entries
    if isinstance(block, Unknown):
        return block
    if isinstance(blocks_6, Unknown):
        return blocks_6
    blocks = IpSet.parse(filter(None, (block, *blocks_6)))
    compiled = compile_acl(acl)
    families: tuple[Family, ...] = (4, 6)
    return all(_keeps_out(compiled, family, blocks) for family in families if blocks.family(family))


def _keeps_out(acl: Acl, family: Family, blocks: IpSet) -> bool:
    return any(
        of_family(family) - acl.admitted(family, peer, egress=False)
        for peer in _strangers(acl, family, blocks)
    )


def _strangers(acl: Acl, family: Family, blocks: IpSet) -> Iterator[int]:
    """One address outside the subnet for each class that the entries distinguish."""
    cuts = (0, *acl.cuts(family, egress=False), 1 << _BITS[family])
    for low, after in pairwise(sorted(set(cuts))):
        outside = IpSet.one(family, Intervals(((low, after - 1),))) - blocks
        if outside:
            yield outside.family(family).first
