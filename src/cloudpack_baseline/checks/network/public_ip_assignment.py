"""Whether only internet-facing subnets assign public IP addresses."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._launches import public_addresses, requested_addresses
from cloudpack_baseline.checks.network._subnets import Subnets
from cloudpack_baseline.checks.settings import api_name
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
    RouteTable,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.ec2_posture import LaunchTemplate
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import (
    Field,
    Unknown,
    any_of,
    negate,
)
from cloudpack_baseline.texts import text

__all__ = ["public_ip_assignment"]


@check(
    reads(Vpc),
    reads(Subnet),
    reads(RouteTable),
    reads(NetworkInterface),
    reads(Instance),
    reads(NatGateway),
    reads(LaunchTemplate),
    subjects=(Subnet, LaunchTemplate, Instance),
)
def public_ip_assignment(view: AccountView) -> Iterator[Finding]:
    """Reads which subnets and launch templates assign public IP addresses.

    ``MapPublicIpOnLaunch`` and ``AssignIpv6AddressOnCreation`` count for subnets whose route
    table leads to an internet gateway for that family (IPv6 behind an egress-only internet gateway
    is not public); ``AssociatePublicIpAddress`` for the default and the latest version of launch
    templates. Subnets that contain only NAT gateways and load balancers may assign them, and so
    may subnets in a segment with ``internet_facing``, or with interfaces of such segments only.
    The default VPC is exempt while it is empty.

    The routes of a subnet that are not in its template are taken to lead to the internet. Instances
    of a template are evaluated too, by whether they request an address themselves; of an instance
    that exists, no API says whether it did.
    """
    subnets = Subnets.of(view)
    for subnet in view.all(Subnet):
        yield view.finding(subnet, *_assignment(view, subnets, subnet))
    for template in view.all(LaunchTemplate):
        yield view.finding(template, *public_addresses(view, subnets, template))
    if view.snapshot.is_planned:
        for instance in view.all(Instance):
            observations = tuple(requested_addresses(view, subnets, instance))
            if observations:
                yield view.finding(instance, *observations)


def _assignment(view: AccountView, subnets: Subnets, subnet: Subnet) -> Iterator[Observation]:
    elsewhere = view.judged_elsewhere(subnet.owner_id)
    if elsewhere is not None:
        yield elsewhere
    elif subnets.idle_default_vpc(subnet.vpc_id) is True:
        yield not_applicable(text("network.idle-default-vpc", vpc=subnet.vpc_id))
    else:
        offers = (
            (4, "map_public_ip_on_launch", subnet.map_public_ip_on_launch),
            (6, "assign_ipv6_address_on_creation", subnet.assign_ipv6_address_on_creation),
        )
        for family, name, offered in offers:
            yield _offer(subnets, subnet, name, offered, family)


def _offer(
    subnets: Subnets, subnet: Subnet, name: str, offered: Field[bool], family: int
) -> Observation:
    field = api_name(Subnet, name)
    excuses = {
        "subnet-private": negate(offered),
        "subnet-no-route": negate(subnets.leads_to_gateway(subnet, family)),
        "subnet-facing": subnets.faces_internet(subnet),
        "subnet-gateways": subnets.only_gateways(subnet, balancers=True),
    }
    excused = any_of(excuses.values())
    if isinstance(excused, Unknown):
        return unknown(field, excused, expected=f"{field}=false")
    if excused:
        reason = next(name for name, truth in excuses.items() if truth is True)
        return passed(text(f"network.{reason}", field=field))
    return failed(
        text("network.subnet-public", subnet=subnet.subnet_id),
        read=f"{field}=true",
        expected=f"{field}=false",
        origin=subnet.origin_of(name),
    )
