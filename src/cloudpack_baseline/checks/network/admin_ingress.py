"""Who reaches databases, servers, the bastion and the application's administration."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline import (
    AdminIngressOptions,
)
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._ingress import (
    Bastion,
    Servers,
    administered,
    with_peers,
)
from cloudpack_baseline.checks.network._reach import Reach
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.ec2 import (
    Instance,
)
from cloudpack_baseline.reachability import TrafficSet

__all__ = ["admin_ingress"]


@check(*NETWORK_READS, subjects=(Instance,))
def admin_ingress(view: AccountView) -> Iterator[Finding]:
    """4.5.1: administration ports of servers are reached from the bastion only.

    Evidence: what completes a connection to the administration ports of each instance. The
    bastion is a segment of that role, or a network or a peer that the options name: it may
    stand in another account.
    """
    options = view.baseline.options(AdminIngressOptions)
    wide, peers = with_peers(view, options.peers)
    held = Servers.of(view)
    reach = Reach.of(wide, {one.key: held.interfaces(one) for one in held.plain}, peers=peers)
    bastion, traffic = Bastion.of(view, options), TrafficSet.parse(options.services)
    for one in held.plain:
        seen = administered(reach, one.key, bastion, traffic) if held.interfaces(one) else ()
        yield view.finding(one, *seen, *held.doubts(one))
