"""Databases, caches and warehouses, with the network interfaces that they answer on.

EC2 does not say which database an interface belongs to. It is told by who asked for the
interface, by its description, and by what the database says of its subnets, groups and
addresses; databases that agree in all of these share their interfaces here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from attrs import frozen

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
    NetworkInterfacePrivateIpAddress,
    Subnet,
)
from cloudpack_baseline.model.elasticache import CacheCluster, CacheSubnetGroup, ServerlessCache
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import Read, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.values import Field, is_known

__all__ = ["STORE_KINDS", "STORE_READS", "Store", "databases", "stores"]

Kept: TypeAlias = DBInstance | CacheCluster | ServerlessCache | RedshiftCluster

STORE_KINDS: tuple[type[Record], ...] = (
    DBInstance,
    CacheCluster,
    ServerlessCache,
    RedshiftCluster,
)
STORE_READS: tuple[Read, ...] = (*map(reads, STORE_KINDS), reads(CacheSubnetGroup))

_REQUESTERS = frozenset(
    ("amazon-rds", "amazon-elasticache", "amazon-redshift", "amazon-elasticsearch")
)
_DESCRIBED = (
    "RDSNetworkInterface",
    "RedshiftNetworkInterface",
    "ElastiCache ",
    "ElastiCache+",
    "ES ",
    "DAX ",
)
_LAST_HOST = 2


@frozen
class Store:
    """One store.

    Attributes:
        record: it; the interface itself where no other record is its owner.
        interfaces: what it answers on; empty where nothing is known of them.
        port: the port that it answers on; ``None``: not told.
    """

    record: Kept | NetworkInterface
    interfaces: tuple[NetworkInterface, ...]
    port: Field[int | None] = None


def stores(view: AccountView) -> tuple[Store, ...]:
    """All stores of the account, and the interfaces of stores that have no record."""
    held = tuple(_Finder(view).each())
    owned = {one.network_interface_id for store in held for one in store.interfaces}
    rest = (
        Store(one, (one,))
        for one in view.all(NetworkInterface)
        if _is_store(one) and one.network_interface_id not in owned
    )
    return (*held, *rest)


def databases(view: AccountView) -> tuple[tuple[DBInstance, Store], ...]:
    """The databases of RDS alone."""
    finder = _Finder(view)
    return tuple((one, finder.database(one)) for one in view.all(DBInstance))


def _is_store(interface: NetworkInterface) -> bool:
    return interface.requester_id in _REQUESTERS or interface.description.startswith(_DESCRIBED)


@frozen
class _Finder:
    """Looks for the interfaces of stores."""

    view: AccountView

    def each(self) -> Iterator[Store]:
        yield from (self.database(one) for one in self.view.all(DBInstance))
        yield from (self._cache(one) for one in self.view.all(CacheCluster))
        yield from (self._serverless(one) for one in self.view.all(ServerlessCache))
        yield from (self._warehouse(one) for one in self.view.all(RedshiftCluster))

    def database(self, one: DBInstance) -> Store:
        def fits(interface: NetworkInterface) -> bool:
            return (
                _asked_for_by(interface, "amazon-rds", "RDSNetworkInterface")
                and interface.vpc_id == one.vpc
                and (not one.subnets or interface.subnet_id in one.subnets)
                and _same_groups(interface, one.security_groups)
            )

        return self._store(one, fits, one.subnets)

    def _cache(self, one: CacheCluster) -> Store:
        subnets = self._subnets_of(one)

        def fits(interface: NetworkInterface) -> bool:
            if interface.description.startswith("ElastiCache"):
                return interface.description[len("ElastiCache") + 1 :] == one.name
            return (
                interface.requester_id == "amazon-elasticache"
                and interface.subnet_id in subnets
                and _same_groups(interface, one.security_groups)
            )

        return self._store(one, fits, subnets)

    def _serverless(self, one: ServerlessCache) -> Store:
        def fits(interface: NetworkInterface) -> bool:
            return (
                interface.interface_type == "vpc_endpoint"
                and interface.subnet_id in one.subnets
                and _same_groups(interface, one.security_groups)
            )

        return self._store(one, fits, one.subnets)

    def _warehouse(self, one: RedshiftCluster) -> Store:
        def fits(interface: NetworkInterface) -> bool:
            if one.addresses and is_known(interface.private_ip_addresses):
                own = {held.private_ip_address for held in interface.private_ip_addresses}
                return interface.vpc_id == one.vpc and not own.isdisjoint(one.addresses)
            return (
                _asked_for_by(interface, "amazon-redshift", "RedshiftNetworkInterface")
                and interface.vpc_id == one.vpc
                and _same_groups(interface, one.security_groups)
            )

        return self._store(one, fits, ())

    def _subnets_of(self, one: CacheCluster) -> tuple[str, ...]:
        for group in self.view.all(CacheSubnetGroup):
            if (group.region, group.name) == (one.region, one.subnet_group):
                return group.subnets
        return ()

    def _store(
        self, one: Kept, fits: Callable[[NetworkInterface], bool], subnets: Iterable[str]
    ) -> Store:
        held = [each for each in self.view.all(NetworkInterface) if each.region == one.region]
        found = tuple(each for each in held if each.belongs_to == one.arn) or tuple(
            each for each in held if each.belongs_to is None and fits(each)
        )
        if not found and self.view.gap(NetworkInterface, one.region) is None:
            found = tuple(self._stand_ins(one, subnets))
        return Store(one, found, one.port)

    def _stand_ins(self, one: Kept, subnets: Iterable[str]) -> Iterator[NetworkInterface]:
        """The interfaces that its settings would give it, where none is described (moto)."""
        wanted = frozenset(subnets)
        for subnet in self.view.all(Subnet):
            block = subnet.cidr_block
            if subnet.subnet_id in wanted and isinstance(block, str):
                last = ipaddress.ip_network(block)[-_LAST_HOST]
                yield NetworkInterface(
                    arn=f"{one.arn}#{subnet.subnet_id}",
                    account=one.account,
                    region=one.region,
                    name=f"{one.name} in {subnet.subnet_id}",
                    network_interface_id=f"{one.name} in {subnet.subnet_id}",
                    vpc_id=subnet.vpc_id,
                    subnet_id=subnet.subnet_id,
                    groups=one.security_groups,
                    private_ip_addresses=(
                        NetworkInterfacePrivateIpAddress(private_ip_address=str(last)),
                    ),
                    belongs_to=one.arn,
                )


def _asked_for_by(interface: NetworkInterface, requester: str, description: str) -> bool:
    return interface.requester_id == requester or interface.description == description


def _same_groups(interface: NetworkInterface, groups: Field[tuple[str, ...]]) -> bool:
    """Whether the groups are the same, as far as is known."""
    if not is_known(interface.groups) or not is_known(groups):
        return True
    return set(interface.groups) == set(groups)
