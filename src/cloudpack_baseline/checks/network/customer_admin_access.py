"""Who reaches databases, servers, the bastion and the application's administration."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline import (
    CustomerAdminAccessOptions,
)
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._ingress import (
    served,
)
from cloudpack_baseline.checks.network._reach import Reach
from cloudpack_baseline.checks.network.doubt import is_in
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.findings import Finding, Outcome, not_applicable, unknown
from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
)
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability.topology import is_host
from cloudpack_baseline.texts import text

__all__ = ["customer_admin_access"]


@check(*NETWORK_READS, subjects=(NetworkInterface,))
def customer_admin_access(view: AccountView) -> Iterator[Finding]:
    """5.5: the application's administration is open to the customer's sites only.

    Evidence: what completes a connection, from outside, to the administration ports that
    ``[controls.customer-admin-access]`` names: only from the customer's networks, and not
    over FTP, Telnet or clear HTTP. Behind a load balancer the limit may stand in its rules
    or its web ACL, so an open port there is unknown.
    """
    options = view.baseline.options(CustomerAdminAccessOptions)
    if not options.services:
        yield view.account_finding(not_applicable(text("network.no-administration")))
        return
    wanted = frozenset(options.segments) or frozenset(
        one.name for one in view.baseline.segments if one.role is None
    )
    held = [one for one in memberships(view) if is_host(one.interface)]
    meant = [one for one in held if is_in(one, wanted) is not False or not view.baseline.segments]
    reach = Reach.of(
        view, {one.interface.key: [one.interface.network_interface_id] for one in meant}
    )
    for one in meant:
        doubt = is_in(one, wanted)
        seen = list(served(reach, one.interface, options))
        if isinstance(doubt, Unknown) and any(each.outcome is Outcome.FAIL for each in seen):
            seen = [unknown("Segment", doubt)]
        yield view.finding(one.interface, *seen)
