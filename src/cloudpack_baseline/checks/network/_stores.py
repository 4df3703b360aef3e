"""Databases, caches and warehouses, with their network interfaces.

EC2 does not say which database an interface belongs to. That follows from the requester and the
description of the interface, and from the subnets, groups and addresses of the database; databases
that agree in all of these share their interfaces here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from operator import itemgetter
from typing import TypeAlias

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.findings import Observation, unknown
from cloudpack_baseline.immutable import frozen
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
from cloudpack_baseline.model.values import Field, Origin, Unknown, is_known
from cloudpack_baseline.reachability import ALL_TRAFFIC, TrafficSet

__all__ = ["STORE_KINDS", "STORE_READS", "Store", "databases", "stores", "without_interfaces"]

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
_PROXY = "Network interface for DBProxy "
_DESCRIBED = (
    "RDSNetworkInterface",
    "RedshiftNetworkInterface",
    "ElastiCache ",
    "ElastiCache+",
    "ES ",
    "DAX ",
    _PROXY,
)
_MANAGED = frozenset(("AmazonMemoryDBManaged",))
"""The tags by which services mark interfaces without another description
(AWS Managed Policy Reference, MemoryDBServiceRolePolicy)."""
_LAST_HOST = 2
_LAST_PORT = 65535


@frozen
class Store:
    """One store.

    Attributes:
        record: its record; the interface itself if no other record owns it.
        interfaces: its interfaces; empty if they are unknown.
        port: its port; ``None``: unknown.
        unplaced: why its VPC, subnets or addresses are unknown, if no interface is found.
    """

    record: Kept | NetworkInterface
    interfaces: tuple[NetworkInterface, ...]
    port: Field[int | None] = None
    unplaced: Unknown | None = None

    @property
    def traffic(self) -> TrafficSet:
        """The traffic to its port, or to any port if it is unknown, or none at all."""
        if isinstance(self.port, int) and 0 <= self.port <= _LAST_PORT:
            return TrafficSet.of("tcp", self.port)
        return ALL_TRAFFIC


def stores(view: AccountView) -> tuple[Store, ...]:
    """All stores of the account, and the interfaces of stores that have no record."""
    recorded = tuple(_Finder(view).each())
    shared = {id(store.interfaces): store.interfaces for store in recorded}
    owned = {
        interface.network_interface_id for of_store in shared.values() for interface in of_store
    }
    unrecorded = (
        Store(interface, (interface,))
        for interface in view.all(NetworkInterface)
        if _is_store(interface) and interface.network_interface_id not in owned
    )
    return (*recorded, *unrecorded)


def databases(view: AccountView) -> tuple[tuple[DBInstance, Store], ...]:
    """The databases of RDS alone."""
    finder = _Finder(view)
    return tuple((database, finder.database(database)) for database in view.all(DBInstance))


def without_interfaces(view: AccountView, store: Store, name: str) -> Observation:
    """That no interface of the store is known, and why."""
    why = store.unplaced
    if why is None:
        gap = view.gap(NetworkInterface, store.record.region)
        why = missing(gap, NetworkInterface, f"NetworkInterface of {name}")
    return unknown("NetworkInterface", why)


def _is_store(interface: NetworkInterface) -> bool:
    tags = () if isinstance(interface.tags, Unknown) else interface.tags
    return (
        interface.requester_id in _REQUESTERS
        or interface.description.startswith(_DESCRIBED)
        or not _MANAGED.isdisjoint(key for key, _ in tags)
    )


_ByGroups: TypeAlias = dict[frozenset[str] | None, list[tuple[int, NetworkInterface]]]
"""Interfaces with their places among all, by their groups; ``None``: they are not known."""


@frozen
class _Finder:
    """Looks for the interfaces of stores."""

    view: AccountView

    def each(self) -> Iterator[Store]:
        yield from (self.database(record) for record in self.view.all(DBInstance))
        yield from (self._cache(record) for record in self.view.all(CacheCluster))
        yield from (self._serverless(record) for record in self.view.all(ServerlessCache))
        yield from (self._warehouse(record) for record in self.view.all(RedshiftCluster))

    def database(self, database: DBInstance) -> Store:
        def find() -> tuple[NetworkInterface, ...]:
            place = database.region, database.vpc, database.subnets, database.security_groups
            return self._of_databases(*place)

        return self._store(database, find, database.subnets, database.vpc)

    @cached_property
    def _of_databases(self) -> Callable[..., tuple[NetworkInterface, ...]]:
        """The interfaces of databases in the same place, which share them; found once."""

        @cache
        def find(
            region: str,
            vpc: Field[str | None],
            subnets: Field[tuple[str, ...]],
            groups: Field[tuple[str, ...]],
        ) -> tuple[NetworkInterface, ...]:
            if isinstance(vpc, Unknown) or isinstance(subnets, Unknown):
                return ()
            return tuple(
                interface
                for interface in self._with_groups(region, groups)
                if _asked_for_by(interface, "amazon-rds", "RDSNetworkInterface")
                and not interface.description.startswith(_PROXY)  # its port is its own
                and interface.vpc_id == vpc
                and (not subnets or interface.subnet_id in subnets)
            )

        return find

    def _with_groups(
        self, region: str, groups: Field[tuple[str, ...]]
    ) -> Iterable[NetworkInterface]:
        """Those that can be the interface of a store and have the groups, as far as is known."""
        if not is_known(groups):
            return self._unowned.get(region, ())
        by_groups = self._by_groups.get(region, {})
        alike = (*by_groups.get(frozenset(groups), ()), *by_groups.get(None, ()))
        return [interface for _, interface in sorted(alike, key=itemgetter(0))]

    @cached_property
    def _by_groups(self) -> Mapping[str, _ByGroups]:
        """By Region and groups: databases may be as many as their interfaces."""
        by_region: dict[str, _ByGroups] = {}
        for region, interfaces in self._unowned.items():
            by_groups = by_region.setdefault(region, {})
            for place, interface in enumerate(interfaces):
                groups = frozenset(interface.groups) if is_known(interface.groups) else None
                by_groups.setdefault(groups, []).append((place, interface))
        return by_region

    def _cache(self, cache: CacheCluster) -> Store:
        subnets = self._subnets_of(cache)

        def fits(interface: NetworkInterface) -> bool:
            if interface.description.startswith("ElastiCache"):
                return interface.description[len("ElastiCache") + 1 :] == cache.name
            return (
                interface.requester_id == "amazon-elasticache"
                and is_known(subnets)
                and interface.subnet_id in subnets
                and _same_groups(interface, cache.security_groups)
            )

        return self._store(cache, self._fitting(cache, fits), subnets)

    def _serverless(self, cache: ServerlessCache) -> Store:
        def fits(interface: NetworkInterface) -> bool:
            return (
                interface.interface_type == "vpc_endpoint"
                and is_known(cache.subnets)
                and interface.subnet_id in cache.subnets
                and _same_groups(interface, cache.security_groups)
            )

        return self._store(cache, self._fitting(cache, fits), cache.subnets)

    def _warehouse(self, cluster: RedshiftCluster) -> Store:
        def fits(interface: NetworkInterface) -> bool:
            if not is_known(cluster.addresses):
                return False
            if cluster.addresses and is_known(interface.private_ip_addresses):
                private_addresses = {
                    address.private_ip_address for address in interface.private_ip_addresses
                }
                return interface.vpc_id == cluster.vpc and not private_addresses.isdisjoint(
                    cluster.addresses
                )
            return (
                _asked_for_by(interface, "amazon-redshift", "RedshiftNetworkInterface")
                and interface.vpc_id == cluster.vpc
                and _same_groups(interface, cluster.security_groups)
            )

        return self._store(cluster, self._fitting(cluster, fits), cluster.addresses, cluster.vpc)

    def _subnets_of(self, cache: CacheCluster) -> Field[tuple[str, ...]]:
        if isinstance(cache.subnet_group, Unknown):
            return cache.subnet_group
        for group in self.view.all(CacheSubnetGroup):
            if (group.region, group.name) == (cache.region, cache.subnet_group):
                return group.subnets
        return ()

    def _fitting(
        self, record: Kept, fits: Callable[[NetworkInterface], bool]
    ) -> Callable[[], tuple[NetworkInterface, ...]]:
        """Finds the interfaces that fit; a warehouse is identified by its addresses alone."""
        candidates = self._unowned.get(record.region, ())
        if isinstance(record, RedshiftCluster) and is_known(record.addresses) and record.addresses:
            candidates = self.view.all(NetworkInterface)
        return lambda: tuple(filter(fits, candidates))

    def _store(
        self,
        record: Kept,
        find: Callable[[], tuple[NetworkInterface, ...]],
        places: Field[tuple[str, ...]],
        vpc: Field[str | None] = None,
    ) -> Store:
        """The store with the interfaces that fit.

        Args:
            record: its record.
            find: the interfaces that can be those of the store.
            places: the IDs of its subnets, or its addresses.
            vpc: its VPC, if `find` reads it.
        """
        interfaces = self._owned.get(record.arn) or find()
        interfaces = interfaces or self._described_together.get(record.origin, ())
        unplaced = next((at for at in (places, vpc) if isinstance(at, Unknown)), None)
        complete = self.view.gap(NetworkInterface, record.region) is None
        if not interfaces and complete and is_known(places) and is_known(vpc):
            interfaces = tuple(self._stand_ins(record, places))
        return Store(record, interfaces, record.port, None if interfaces else unplaced)

    @cached_property
    def _owned(self) -> Mapping[str, tuple[NetworkInterface, ...]]:
        """By the ARN of the store that they belong to."""
        owned: dict[str, list[NetworkInterface]] = {}
        for interface in self.view.all(NetworkInterface):
            if interface.belongs_to is not None:
                owned.setdefault(interface.belongs_to, []).append(interface)
        return {arn: tuple(interfaces) for arn, interfaces in owned.items()}

    @cached_property
    def _described_together(self) -> Mapping[Origin | None, tuple[NetworkInterface, ...]]:
        """By the resource of the template that describes them, as it describes the store."""
        if not self.view.snapshot.is_planned:
            return {}
        described: dict[Origin | None, list[NetworkInterface]] = {}
        for interface in self.view.all(NetworkInterface):
            if interface.origin is not None and _is_store(interface):
                described.setdefault(interface.origin, []).append(interface)
        return {origin: tuple(interfaces) for origin, interfaces in described.items()}

    @cached_property
    def _unowned(self) -> Mapping[str, tuple[NetworkInterface, ...]]:
        """By Region: the few that can be the interface of a store at all."""
        unowned: dict[str, list[NetworkInterface]] = {}
        for interface in self.view.all(NetworkInterface):
            may_be = interface.interface_type == "vpc_endpoint" or _is_store(interface)
            if interface.belongs_to is None and may_be:
                unowned.setdefault(interface.region, []).append(interface)
        return {region: tuple(interfaces) for region, interfaces in unowned.items()}

    def _stand_ins(self, record: Kept, subnets: Iterable[str]) -> Iterator[NetworkInterface]:
        """The interfaces that its settings would give it, where none is described (moto)."""
        subnet_ids = frozenset(subnets)
        for subnet in self.view.all(Subnet):
            block = subnet.cidr_block
            if subnet.subnet_id in subnet_ids and isinstance(block, str):
                last = ipaddress.ip_network(block)[-_LAST_HOST]
                yield NetworkInterface(
                    arn=f"{record.arn}#{subnet.subnet_id}",
                    account=record.account,
                    region=record.region,
                    name=f"{record.name} in {subnet.subnet_id}",
                    network_interface_id=f"{record.name} in {subnet.subnet_id}",
                    vpc_id=subnet.vpc_id,
                    subnet_id=subnet.subnet_id,
                    groups=record.security_groups,
                    private_ip_addresses=(
                        NetworkInterfacePrivateIpAddress(private_ip_address=str(last)),
                    ),
                    belongs_to=record.arn,
                )


def _asked_for_by(interface: NetworkInterface, requester: str, description: str) -> bool:
    return interface.requester_id == requester or interface.description == description


def _same_groups(interface: NetworkInterface, groups: Field[tuple[str, ...]]) -> bool:
    """Whether the groups are the same, as far as is known."""
    if not is_known(interface.groups) or not is_known(groups):
        return True
    return set(interface.groups) == set(groups)
