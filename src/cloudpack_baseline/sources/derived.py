"""What AWS creates by itself, if the source has none.

moto has databases without network interfaces. Each gets the one that AWS would create: in the first
subnet of its group, with its security groups, at the first free address. A database without a
subnet group gets the default VPC of its Region (Amazon RDS User Guide, Working with a DB instance
in a VPC).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from attrs import evolve

from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
    NetworkInterfacePrivateIpAddress,
    SecurityGroup,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import Read, merged, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Coverage, Snapshot
from cloudpack_baseline.model.values import Field, Unknown, Why, is_known

__all__ = ["with_database_interfaces", "with_databases", "with_default_vpcs"]

_RESERVED = 4
"""The first addresses of a subnet are AWS's own (VPC User Guide, Subnet CIDR blocks)."""

_SOME_PUBLIC_ADDRESS = "192.0.0.8"
"""Stands for a public address that the mock does not give (RFC 7600, a dummy address)."""


def with_databases(selection: Iterable[Read]) -> tuple[Read, ...]:
    """What is selected, and what is needed to place databases, if it matters."""
    selected = tuple(selection)
    kinds = {read.kind for read in selected}
    if NetworkInterface in kinds:
        kinds.add(DBInstance)
    if DBInstance in kinds and kinds & {NetworkInterface, Subnet, Vpc}:
        of_databases = (DBInstance, SecurityGroup, Subnet, Vpc)
        return merged((*selected, *(reads(kind) for kind in of_databases)))
    return selected


def with_default_vpcs(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the default VPC for each database without a subnet group."""
    return evolve(
        snapshot, records=tuple(_in_default_vpc(snapshot, record) for record in snapshot.records)
    )


def _in_default_vpc(snapshot: Snapshot, record: Record) -> Record:
    if not isinstance(record, DBInstance) or record.subnet_group is not None:
        return record
    places = snapshot.all(Vpc, record.account)
    vpcs = [vpc for vpc in places if vpc.region == record.region and vpc.is_default is True]
    if len(vpcs) != 1:
        return record
    vpc = vpcs[0].vpc_id
    subnets = snapshot.all(Subnet, record.account)
    groups = snapshot.all(SecurityGroup, record.account)
    default = [
        group.group_id for group in groups if group.vpc_id == vpc and group.group_name == "default"
    ]
    return evolve(
        record,
        subnet_group="default",
        vpc=vpc,
        subnets=tuple(sorted(subnet.subnet_id for subnet in subnets if subnet.vpc_id == vpc)),
        security_groups=record.security_groups if record.security_groups != () else tuple(default),
    )


def with_database_interfaces(snapshot: Snapshot) -> Snapshot:
    """The snapshot with an interface for each database in a VPC that has none."""
    interfaces = [
        interface
        for account in snapshot.accounts
        if snapshot.covered(NetworkInterface, account.id)
        for interface in _interfaces(snapshot, account.id)
    ]
    return evolve(
        snapshot,
        records=(*snapshot.records, *interfaces),
        coverage=tuple(_with_databases(snapshot, coverage) for coverage in snapshot.coverage),
    )


def _with_databases(snapshot: Snapshot, coverage: Coverage) -> Coverage:
    """Databases that were not listed, or have no known place, leave interfaces out."""
    if coverage.kind != NetworkInterface.__name__:
        return coverage
    account, region = coverage.account, coverage.region
    listings = snapshot.covered(DBInstance, account)
    databases = snapshot.all(DBInstance, account)
    gaps = (
        coverage.unknown,
        *(listing.unknown for listing in listings if listing.region == region),
        *(
            place
            for database in databases
            if database.region == region
            for place in _place(database)
        ),
    )
    unknowns = [gap for gap in gaps if isinstance(gap, Unknown)]
    return evolve(coverage, unknown=reduce(or_, unknowns) if unknowns else None)


def _place(database: DBInstance) -> tuple[Field[str | None], Field[tuple[str, ...]]]:
    return database.vpc, database.subnets


def _interfaces(snapshot: Snapshot, account: str) -> Iterator[NetworkInterface]:
    interfaces = snapshot.all(NetworkInterface, account)
    served = {interface.belongs_to for interface in interfaces}
    subnets = {interface.subnet_id: interface for interface in snapshot.all(Subnet, account)}
    taken = {
        address.private_ip_address
        for interface in interfaces
        if is_known(interface.private_ip_addresses)
        for address in interface.private_ip_addresses
    }
    for database in snapshot.all(DBInstance, account):
        vpc, places = _place(database)
        if is_known(vpc) and is_known(places) and places and database.arn not in served:
            addresses = _addresses(database, subnets.get(places[0]), taken)
            yield _interface(database, vpc or "", places[0], addresses)


def _interface(
    database: DBInstance,
    vpc: str,
    subnet: str,
    addresses: Field[tuple[NetworkInterfacePrivateIpAddress, ...]],
) -> NetworkInterface:
    return NetworkInterface(
        arn=database.arn,
        account=database.account,
        region=database.region,
        name=database.name,
        origin=database.origin,
        network_interface_id=f"eni-of-{database.name}",
        vpc_id=vpc,
        subnet_id=subnet,
        owner_id=database.account,
        description="RDSNetworkInterface",
        requester_id="amazon-rds",
        groups=database.security_groups,
        private_ip_addresses=addresses,
        belongs_to=database.arn,
        tags=database.tags,
    )


def _addresses(
    database: DBInstance, subnet: Subnet | None, taken: set[str]
) -> Field[tuple[NetworkInterfacePrivateIpAddress, ...]]:
    block = None if subnet is None else subnet.cidr_block
    if not isinstance(block, str) or isinstance(database.publicly_accessible, Unknown):
        return Unknown.because(Why.NOT_PROVIDED, detail=f"the address of {database.name}")
    network = ipaddress.ip_network(block)
    free = (str(network[n]) for n in range(_RESERVED, network.num_addresses - 1))
    address = next((candidate for candidate in free if candidate not in taken), None)
    if address is None:
        return Unknown.because(Why.NOT_PROVIDED, detail=f"the address of {database.name}")
    taken.add(address)
    public = _SOME_PUBLIC_ADDRESS if database.publicly_accessible else None
    return (
        NetworkInterfacePrivateIpAddress(
            private_ip_address=address, primary=True, public_ip=public
        ),
    )
