"""Whether security groups open undeclared ports to the internet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._open_groups import Openness
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS, network_of
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
    SecurityGroup,
)
from cloudpack_baseline.model.values import Unknown

__all__ = ["open_security_groups"]


@check(*NETWORK_READS, subjects=(SecurityGroup,))
def open_security_groups(view: AccountView) -> Iterator[Finding]:
    """Reads the inbound rules of each security group that an interface uses, all together.

    IPv4 and IPv6 count, prefix lists are expanded, and adjacent ranges are joined. A port is open
    if more than a /8 (IPv6: a /32) of the internet outside the declared networks can use it. It is
    declared if a flow from ``internet`` leads to every segment that uses the group. Whether routes
    currently allow it is reported, but is no excuse.
    """
    openness = Openness.of(view, memberships(view), network_of(view))
    groups = view.all(SecurityGroup)
    unseen = {region: _unseen(view, region) for region in {group.region for group in groups}}
    for group in groups:
        yield view.finding(group, *openness.judged(group, unseen[group.region]))


def _unseen(view: AccountView, region: str) -> Unknown | None:
    """Why there may be more interfaces that carry a group; ``None``: there are not."""
    gap = view.gap(NetworkInterface, region)
    doubts = [
        interface.groups
        for interface in view.all(NetworkInterface)
        if interface.region == region and isinstance(interface.groups, Unknown)
    ]
    unknowns = doubts if gap is None else [*doubts, gap]
    return reduce(or_, unknowns) if unknowns else None
