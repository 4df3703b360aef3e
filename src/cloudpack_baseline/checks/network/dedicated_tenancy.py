"""Whether servers run on dedicated hardware if that is declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.baseline.options.network import DedicatedTenancyOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._instances import instances
from cloudpack_baseline.checks.network.doubt import is_in
from cloudpack_baseline.checks.network.segments import Membership, memberships
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.ec2 import (
    Instance,
    NetworkInterface,
    Subnet,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import (
    Truth,
    Unknown,
    any_of,
    lift,
)
from cloudpack_baseline.texts import text

__all__ = ["dedicated_tenancy"]

_DEDICATED = frozenset(("dedicated", "host"))


@check(
    reads(Instance),
    reads(NetworkInterface),
    reads(Subnet),
    subjects=(Instance, NetworkInterface),
)
def dedicated_tenancy(view: AccountView) -> Iterator[Finding]:
    """Reads ``Placement.Tenancy`` of instances; ``dedicated`` and ``host`` are both accepted.

    The instances in the segments and VPCs that ``[controls.dedicated-tenancy]`` names are
    evaluated.
    """
    options = view.baseline.options(DedicatedTenancyOptions)
    if not options.segments and not options.vpcs:
        yield view.account_finding(not_applicable(text("network.tenancy-undeclared")))
        return
    members: dict[str, list[Membership]] = {}
    for membership in memberships(view) if options.segments else ():
        if membership.interface.instance_id is not None:
            members.setdefault(membership.interface.instance_id, []).append(membership)
    findings = [
        view.finding(instance, _tenancy(instance, meant))
        for instance in instances(view)
        if (meant := _is_meant(view, instance, members.get(instance.instance_id, ()))) is not False
    ]
    yield from findings
    if not findings and view.gap(Instance) is None:
        yield view.account_finding(not_applicable(text("network.tenancy-nobody")))


def _is_meant(view: AccountView, instance: Instance, members: Iterable[Membership]) -> Truth:
    options = view.baseline.options(DedicatedTenancyOptions)
    truths: list[Truth] = [lift(lambda vpc: vpc in options.vpcs, instance.vpc_id)]
    if options.segments:
        truths += [is_in(membership, options.segments) for membership in members]
        gap = view.gap(NetworkInterface, instance.region)
        truths += [] if gap is None else [gap]
    return any_of(truths)


def _tenancy(instance: Instance, meant: Truth) -> Observation:
    tenancy = instance.tenancy
    expected = "Tenancy=dedicated"
    if isinstance(tenancy, Unknown):
        return unknown("Placement.Tenancy", tenancy, expected=expected)
    if tenancy in _DEDICATED:
        return passed(text("network.tenancy", tenancy=tenancy), read=f"Tenancy={tenancy}")
    if isinstance(meant, Unknown):
        return unknown("Segment", meant, expected=expected)
    message = text("network.tenancy-shared", tenancy=tenancy)
    return failed(message, read=f"Tenancy={tenancy}", expected=expected)
