"""The addresses of network interfaces: where a connection can start or end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import ec2
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.reachability.filters import Acl
from cloudpack_baseline.reachability.forwarding import ACCELERATOR
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import (
    INTERNET,
    IPV4,
    IPV6,
    Family,
    IpSet,
    parse_address,
    parse_block,
)
from cloudpack_baseline.reachability.nat64 import embedded, is_embedded
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.tables import Table

__all__ = [
    "Endpoint",
    "endpoints_of",
    "is_attached",
    "is_host",
    "is_routed",
    "own_addresses",
]


_NO_HOSTS = frozenset(
    {
        "natGateway",
        "nat_gateway",
        "transit_gateway",
        "gateway_load_balancer",
        "gateway_load_balancer_endpoint",
        ACCELERATOR,
    }
)
"""Types of network interface that forward and hold no end of a connection."""


_UNFILTERED = frozenset({"network_load_balancer"})
"""Types of network interface that may have no security group and then admit all."""


def is_routed(family: Family, address: int) -> bool:
    """Whether it is an IPv6 address of the internet, which no gateway has to translate."""
    return family == IPV6 and address in INTERNET.v6


def is_host(interface: ec2.NetworkInterface) -> bool:
    """Whether a connection can start or end at the interface, once it is attached."""
    return interface.interface_type not in _NO_HOSTS


def is_attached(interface: ec2.NetworkInterface) -> bool:
    """Whether something answers at the interface: one that is only kept is ``available``."""
    attached_to = interface.attachment_id or interface.instance_id or interface.belongs_to
    return interface.status != "available" or attached_to is not None


@frozen(eq=False)
class Endpoint:
    """Addresses of one network interface that all filters treat alike; mostly only one.

    Attributes:
        interface_id: the interface.
        site: its subnet.
        family: the version of IP.
        low: the first address.
        high: the last address; the same as `low`, except for delegated blocks.
        public: the public IPv4 address as a number; None without one.
        groups: its security groups; a reason if they are unknown.
        sure: False if it is unknown whether the interface has these addresses.
        unfiltered: whether no security group filters it (some load balancers).
    """

    interface_id: str
    site: Site
    family: Family
    low: int
    high: int
    public: int | None
    groups: tuple[str, ...] | StopReason
    sure: bool = True
    unfiltered: bool = False

    def part(self, low: int, high: int) -> Endpoint:
        """Those of its addresses."""
        return Endpoint(
            self.interface_id,
            self.site,
            self.family,
            low,
            high,
            self.public,
            self.groups,
            self.sure,
            self.unfiltered,
        )

    @property
    def embedded(self) -> Endpoint:
        """The end that IPv6 senders reach through NAT64; of an endpoint of IPv4."""
        return Endpoint(
            self.interface_id,
            self.site,
            IPV6,
            embedded(self.low),
            embedded(self.high),
            None,
            self.groups,
            self.sure,
            self.unfiltered,
        )

    @property
    def is_embedded(self) -> bool:
        """Whether only NAT64 leads to it; nothing starts there."""
        return is_embedded(self.family, self.low)

    @property
    def packet_family(self) -> Family:
        """The version of IP of the packets that reach the interface."""
        return IPV4 if self.is_embedded else self.family

    @property
    def leaves_by_gateway(self) -> bool:
        """Whether an internet gateway would carry its packets."""
        return self.public is not None or is_routed(self.family, self.low)


def endpoints_of(
    interface: ec2.NetworkInterface, site: Site | None, unread: Unknown | None
) -> Iterable[Endpoint]:
    """The endpoints of an interface in its subnet.

    Args:
        interface: the interface.
        site: its subnet; None if it is not recorded.
        unread: why it may not be recorded.
    """
    if site is None:
        reason = StopReason.of("subnet-not-recorded", interface.subnet_id, unread)
        site = Site(
            interface.subnet_id,
            interface.vpc_id,
            "",
            IpSet(),
            Table(interface.subnet_id, doubt=reason),
            Acl(interface.subnet_id, doubt=reason),
        )
    groups: tuple[str, ...] | StopReason = (
        StopReason.of("groups-unknown", interface.network_interface_id, interface.groups)
        if isinstance(interface.groups, Unknown)
        else tuple(sorted(set(interface.groups)))
    )
    unfiltered = interface.interface_type in _UNFILTERED and groups == ()
    if groups == () and not unfiltered:
        groups = StopReason.of("groups-unknown", interface.network_interface_id)
    for family, low, high, public, sure in _addresses(interface, site):
        yield Endpoint(
            interface.network_interface_id,
            site,
            family,
            low,
            high,
            public,
            groups,
            sure,
            unfiltered,
        )


def own_addresses(interface: ec2.NetworkInterface) -> Iterator[tuple[Family, int, int]]:
    """The known addresses of an interface: family, first and last."""
    private, six = interface.private_ip_addresses, interface.ipv6_addresses
    single = [
        *(
            address.private_ip_address
            for address in (() if isinstance(private, Unknown) else private)
        ),
        *(address.ipv6_address for address in (() if isinstance(six, Unknown) else six)),
    ]
    for text in single:
        family, number = parse_address(text)
        yield family, number, number
    for prefixes in (interface.ipv4_prefixes, interface.ipv6_prefixes):
        for text in () if isinstance(prefixes, Unknown) else prefixes:
            family, (low, high) = parse_block(text)
            yield family, low, high


_Address = tuple[Family, int, int, int | None, bool]


def _addresses(interface: ec2.NetworkInterface, site: Site) -> Iterable[_Address]:
    if isinstance(interface.private_ip_addresses, Unknown):
        yield from _somewhere(IPV4, site.span.v4)
    else:
        for address_record in interface.private_ip_addresses:
            public = (
                parse_address(address_record.public_ip)[1] if address_record.public_ip else None
            )
            _, number = parse_address(address_record.private_ip_address)
            yield IPV4, number, number, public, True
    if isinstance(interface.ipv6_addresses, Unknown):
        yield from _somewhere(IPV6, site.span.v6)
    else:
        for six in interface.ipv6_addresses:
            _, number = parse_address(six.ipv6_address)
            yield IPV6, number, number, None, True
    delegated: tuple[tuple[Family, Field[tuple[str, ...]]], ...] = (
        (IPV4, interface.ipv4_prefixes),
        (IPV6, interface.ipv6_prefixes),
    )
    for family_of_block, prefixes in delegated:
        if isinstance(prefixes, Unknown):
            yield from _somewhere(family_of_block, site.span.family(family_of_block))
        else:
            for text in prefixes:
                family, (low, high) = parse_block(text)
                yield family, low, high, None, True


def _somewhere(family: Family, blocks: Intervals) -> Iterable[_Address]:
    """Addresses that are not known lie anywhere in the subnet, and may be public."""
    for low, high in blocks:
        yield family, low, high, 0, False
