"""Whether a network ACL is a second layer in addition to the security groups."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._acl_layers import acl_layer
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.ec2 import (
    Instance,
    NetworkAcl,
    NetworkInterface,
    Subnet,
)
from cloudpack_baseline.model.read import reads

__all__ = ["network_acls"]


@check(
    reads(NetworkAcl),
    reads(Subnet),
    reads(NetworkInterface),
    reads(Instance),
    subjects=(Subnet, NetworkInterface),
)
def network_acls(view: AccountView) -> Iterator[Finding]:
    """Reads the inbound entries of the network ACL of each subnet in use.

    An ACL that allows everything from everywhere outside the subnet is not a layer, so the security
    groups are the only one. That is reported, and fails in the segments that ``two_layers`` names.
    """
    members: dict[str, list[NetworkInterface]] = {}
    for interface in view.all(NetworkInterface):
        members.setdefault(interface.subnet_id, []).append(interface)
    for subnet in view.all(Subnet):
        if subnet.subnet_id in members:
            elsewhere = view.judged_elsewhere(subnet.owner_id)
            observation = elsewhere or acl_layer(view, subnet, members[subnet.subnet_id])
            yield view.finding(subnet, observation)
