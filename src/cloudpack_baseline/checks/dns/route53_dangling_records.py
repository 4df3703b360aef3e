"""Whether records of public zones point to something that others can take."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from cloudpack_baseline.baseline.options.dns import Route53DanglingRecordsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.dns._zones import exempt_private
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    causes_text,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.ec2_addresses import ElasticIpAddress
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.route53 import ClaimableTarget, HostedZone, ResourceRecordSet
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["route53_dangling_records"]

_SERVERS = ".awsdns-"
"""In the name of each name server of Route 53."""


@check(
    reads(HostedZone, "record_sets", "targets"),
    reads(ElasticIpAddress),
    reads(NetworkInterface),
    subjects=(HostedZone,),
    planned=False,
)
def route53_dangling_records(view: AccountView) -> Iterator[Finding]:
    """Reads the records of each public zone (ListResourceRecordSets).

    It fails only if somebody else can take the target: the name of the bucket of a website is free
    (HeadBucket), or that of an AWS Elastic Beanstalk environment (CheckDNSAvailability). A public
    address passes if it belongs to an account that was read, or to a network that the baseline
    declares; of any other, nothing says whether AWS gives it to somebody else, so it is unknown.
    So is a delegation to name servers of Route 53 without such a zone in an account that was read.
    Other targets, aliases of other services, and private zones are not judged.
    """
    known = _KnownTargets.of(view)
    for zone in view.all(HostedZone):
        exemption = exempt_private(zone)
        observations = (exemption,) if exemption else tuple(_observations(zone, known))
        yield view.finding(zone, *observations)


def _observations(zone: HostedZone, known: _KnownTargets) -> Iterator[Observation]:
    origin = zone.origin_of("record_sets")
    if isinstance(zone.record_sets, Unknown):
        yield unknown("ResourceRecordSets", zone.record_sets, origin=origin)
        return
    targets = zone.targets if isinstance(zone.targets, tuple) else ()
    dangling = [observation for target in targets for observation in _claimed(target)]
    for record_set in zone.record_sets:
        dangling += known.observe(zone, record_set)
    yield from dangling or [passed(text("dns.nothing-dangles"), origin=origin)]


def _claimed(target: ClaimableTarget) -> Iterator[Observation]:
    words = {"record": _shown(target.record), "name": target.name}
    if isinstance(target.free, Unknown):
        cause = causes_text(target.free.causes)
        yield unknown(text(f"dns.{target.kind}-unread", cause=cause, **words), target.free)
    elif target.free:
        yield failed(
            text(f"dns.free-{target.kind}", **words), read=f"{words['record']} {target.name}"
        )


def _shown(name: str) -> str:
    """A name without the dot at its end; Route 53 writes a wildcard as an octal number."""
    return name.removesuffix(".").replace("\\052", "*")


@frozen(kw_only=True)
class _KnownTargets:
    """What is known to exist.

    Attributes:
        addresses: public addresses of the accounts that were read.
        networks: networks that the baseline declares.
        zones: the name servers of the public zones of the accounts that were read, by name; none
            where they are not known.
        delegations: names of zones that are declared to exist elsewhere.
        unread: why there may be more addresses; ``None``: there are no more.
    """

    addresses: frozenset[str]
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    zones: Mapping[str, frozenset[str]]
    delegations: tuple[str, ...]
    unread: Unknown | None

    @classmethod
    def of(cls, view: AccountView) -> _KnownTargets:
        """What the snapshot contains and the baseline declares."""
        options = view.baseline.options(Route53DanglingRecordsOptions)
        accounts = [account.id for account in view.snapshot.accounts]
        zones: dict[str, frozenset[str]] = {}
        for account in accounts:
            for zone in view.snapshot.all(HostedZone, account):
                if zone.private is False:
                    zones[zone.name] = zones.get(zone.name, frozenset()) | _name_servers(zone)
        cidrs = (*view.baseline.cidrs_of(view.baseline.networks), *options.addresses)
        gap = view.gap(ElasticIpAddress)
        return cls(
            addresses=frozenset(
                address for account in accounts for address in _addresses(view, account)
            ),
            networks=tuple(ipaddress.ip_network(cidr) for cidr in cidrs),
            zones=zones,
            delegations=options.delegations,
            unread=view.gap(NetworkInterface) if gap is None else gap,
        )

    def observe(self, zone: HostedZone, record_set: ResourceRecordSet) -> Iterator[Observation]:
        """What is wrong, or not known, about the targets of a record set."""
        name = _shown(record_set.name)
        if record_set.type in ("A", "AAAA"):
            for value in record_set.values:
                if not self._is_known(value):
                    words = text("dns.address-elsewhere", record=name, address=value)
                    yield unknown(words, self._why(value))
        elif record_set.type == "NS" and name not in (zone.name, *self.delegations):
            servers = frozenset(_plain(server) for server in record_set.values)
            if not self._has_zone(name, servers):
                why = Unknown.because(Why.NOT_PROVIDED, detail=min(servers))
                yield unknown(text("dns.zone-elsewhere", record=name), why)

    def _has_zone(self, name: str, servers: frozenset[str]) -> bool:
        """Whether a delegation leads to a zone that was read, or not to Route 53 at all."""
        if not any(_SERVERS in server for server in servers):
            return True
        if name not in self.zones:
            return False
        return not self.zones[name] or bool(self.zones[name] & servers)

    def _is_known(self, value: str) -> bool:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        if not address.is_global or value in self.addresses:
            return True
        return any(
            address in network for network in self.networks if network.version == address.version
        )

    def _why(self, value: str) -> Unknown:
        return (
            Unknown.because(Why.NOT_PROVIDED, detail=value) if self.unread is None else self.unread
        )


def _plain(server: str) -> str:
    return server.lower().removesuffix(".")


def _name_servers(zone: HostedZone) -> frozenset[str]:
    """Those that the zone itself names; none where its records were not read."""
    record_sets = () if isinstance(zone.record_sets, Unknown) else zone.record_sets
    return frozenset(
        _plain(server)
        for record_set in record_sets
        if record_set.type == "NS" and _shown(record_set.name) == zone.name
        for server in record_set.values
    )


def _addresses(view: AccountView, account: str) -> Iterator[str]:
    for address in view.snapshot.all(ElasticIpAddress, account):
        if isinstance(address.public_ip, str):
            yield address.public_ip
    for interface in view.snapshot.all(NetworkInterface, account):
        yield from _public_addresses(interface)


def _public_addresses(interface: NetworkInterface) -> Iterator[str]:
    if isinstance(interface.private_ip_addresses, tuple):
        for address in interface.private_ip_addresses:
            if address.public_ip is not None:
                yield str(address.public_ip)
    if isinstance(interface.ipv6_addresses, tuple):
        yield from (str(address.ipv6_address) for address in interface.ipv6_addresses)
