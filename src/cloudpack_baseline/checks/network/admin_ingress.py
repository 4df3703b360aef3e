"""Whether only the bastion reaches the administration ports of servers."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.network import AdminIngressOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._ingress import (
    Bastion,
    Servers,
    administered,
    with_peers,
)
from cloudpack_baseline.checks.network._reach import InboundReach
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.ec2 import (
    Instance,
)
from cloudpack_baseline.reachability import TrafficSet

__all__ = ["admin_ingress"]


@check(*NETWORK_READS, subjects=(Instance,), connected=True)
def admin_ingress(view: AccountView) -> Iterator[Finding]:
    """Evaluates which connections reach the administration ports of each instance.

    The bastion is a segment with that role, or a network or peering connection that the options
    name: it can be in another account.
    """
    options = view.baseline.options(AdminIngressOptions)
    servers = Servers.of(view)
    bastion, traffic = Bastion.of(view, options), TrafficSet.parse(options.services)
    reach = InboundReach.of(
        with_peers(view, options.peers),
        {instance.key: servers.interfaces(instance) for instance in servers.plain},
        traffic=traffic,
    )
    for instance in servers.plain:
        observations = (
            administered(reach, instance.key, bastion, traffic)
            if servers.interfaces(instance)
            else ()
        )
        yield view.finding(instance, *observations, *servers.doubts(instance))
