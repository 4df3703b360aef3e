"""Whether only the customer's sites reach the administration ports of applications."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.network import CustomerAdminAccessOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._ingress import (
    served,
)
from cloudpack_baseline.checks.network._layer_seven import LayerSeven
from cloudpack_baseline.checks.network._reach import InboundReach
from cloudpack_baseline.checks.network.doubt import is_in
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.findings import Finding, Outcome, not_applicable, unknown
from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
)
from cloudpack_baseline.model.elbv2 import LoadBalancer
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.model.wafv2 import WafIpSet
from cloudpack_baseline.reachability.endpoints import is_host
from cloudpack_baseline.texts import text

__all__ = ["customer_admin_access"]


@check(
    *NETWORK_READS,
    reads(LoadBalancer, "listener_rules", "web_acl"),
    reads(WafIpSet, "addresses"),
    subjects=(NetworkInterface,),
)
def customer_admin_access(view: AccountView) -> Iterator[Finding]:
    """Evaluates which connections from outside reach the application's administration ports.

    ``[controls.customer-admin-access]`` names the ports. They have to be open to the customer's
    networks only, and not over FTP, Telnet or plain HTTP. At a load balancer, the rules of its
    listeners and its web ACL count: it fails if it forwards requests of others for certain, and is
    unknown if that depends on more than the address.
    """
    options = view.baseline.options(CustomerAdminAccessOptions)
    if not options.services:
        yield view.account_finding(not_applicable(text("network.no-administration")))
        return
    segments = frozenset(options.segments) or frozenset(
        segment.name for segment in view.baseline.segments if segment.role is None
    )
    hosts = [membership for membership in memberships(view) if is_host(membership.interface)]
    application = [
        membership
        for membership in hosts
        if is_in(membership, segments) is not False or not view.baseline.segments
    ]
    reach = InboundReach.of(
        view,
        {
            membership.interface.key: [membership.interface.network_interface_id]
            for membership in application
        },
    )
    layer_seven = LayerSeven.of(view)
    for membership in application:
        doubt = is_in(membership, segments)
        observations = list(served(reach, layer_seven, membership.interface, options))
        if isinstance(doubt, Unknown) and any(
            observation.outcome is Outcome.FAIL for observation in observations
        ):
            observations = [unknown("Segment", doubt)]
        yield view.finding(membership.interface, *observations)
