"""Whether only operations networks reach the bastion, over encrypted protocols."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.network import BastionIngressOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._ingress import (
    bastions,
    entered,
)
from cloudpack_baseline.checks.network._reach import InboundReach
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.findings import Finding, not_applicable, unknown
from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
)
from cloudpack_baseline.reachability.endpoints import is_host
from cloudpack_baseline.texts import text

__all__ = ["bastion_ingress"]


@check(*NETWORK_READS, subjects=(NetworkInterface,), connected=True)
def bastion_ingress(view: AccountView) -> Iterator[Finding]:
    """Evaluates which connections reach an interface in a segment with the role ``bastion``.

    The operations networks are those that the options name, or those that a declared flow to the
    bastion names; ping from them is accepted. VPN and Direct Connect networks are networks like
    any other. Without a bastion, the control does not apply.
    """
    inside = bastions(view)
    members = [
        membership
        for membership in memberships(view)
        if is_host(membership.interface)
        and (membership.unknown is not None or not inside.isdisjoint(membership.segments))
    ]
    if not inside or not members:
        if not inside or view.gap(NetworkInterface) is None:
            yield view.account_finding(not_applicable(text("network.no-bastion")))
        return
    options = view.baseline.options(BastionIngressOptions)
    reach = InboundReach.of(
        view,
        {
            membership.interface.key: [membership.interface.network_interface_id]
            for membership in members
        },
    )
    for membership in members:
        if membership.unknown is not None and inside.isdisjoint(membership.segments):
            yield view.finding(membership.interface, unknown("Segment", membership.unknown))
        else:
            observations = entered(view, reach, membership.interface.key, options)
            yield view.finding(membership.interface, *observations)
