"""The cost of the reachability engine over networks of growing size.

Run by ``nox -s bench``; by hand: ``python bench/reachability.py [INTERFACES ...]``.
The networks are made in memory: nearly every interface has a set of groups of its
own, groups mix CIDR blocks, references and port ranges, a fifth of them restrict what
goes out, and each network ACL has rules of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from _bars import seeded

from cloudpack_baseline.model.ec2 import (
    IpPermission,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    NetworkInterfacePrivateIpAddress,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    Subnet,
    UserIdGroupPair,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import VpcBlockPublicAccessOptions
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.reachability import Addresses, End, Interfaces, Internet, Network

_ACCOUNT, _REGION = "123456789012", "ap-northeast-1"
_SEGMENTS = 20
_OFFICE = "203.0.113.0/24"
_OUTSIDE = 7  # the kind of block that lies outside


class Maker:
    """Makes one network."""

    def __init__(self, interfaces: int, seed: int = 1) -> None:
        """`interfaces` network interfaces; all else grows with it up to issue 4's numbers."""
        self.dice = seeded(seed)
        share = min(1.0, interfaces / 10_000)
        self.interfaces = interfaces
        self.groups = max(20, int(500 * share))
        self.subnets = max(8, int(200 * share))
        self.acls = max(4, int(50 * share))
        self.segments: dict[str, list[str]] = {}

    def records(self) -> Iterator[Record]:
        """All records."""
        location = {"arn": "", "account": _ACCOUNT, "region": _REGION}
        yield Vpc(**location, vpc_id="vpc-1", cidr_blocks=("10.0.0.0/8",))
        yield VpcBlockPublicAccessOptions(**location)
        for number in range(self.groups):
            yield self.group(number)
        for number in range(self.subnets):
            yield Subnet(
                **location,
                subnet_id=f"subnet-{number}",
                vpc_id="vpc-1",
                availability_zone="a",
                cidr_block=f"10.{number}.0.0/16",
            )
            yield self.table(number)
        for number in range(self.acls):
            yield self.acl(number)
        for number in range(self.interfaces):
            yield self.interface(number)

    def often(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.dice.randrange(100) < percent

    def port_range(self) -> tuple[int, int]:
        """Mostly one port, sometimes a range."""
        low = self.dice.choice([22, 80, 443, 3306, 5432, self.dice.randrange(1024, 60000)])
        return low, low + (self.dice.randrange(1, 4000) if self.often(20) else 0)

    def block(self) -> str:
        """A subnet, part of one, or a wide block."""
        number, kind = self.dice.randrange(self.subnets), self.dice.randrange(10)
        if not kind:
            return "10.0.0.0/8"
        if kind in range(1, 4):
            return f"10.{number}.0.0/16"
        if kind in range(4, 7):
            return f"10.{number}.{self.dice.randrange(8)}.0/24"
        if kind == _OUTSIDE:
            return f"203.0.{self.dice.randrange(256)}.0/24"
        return f"10.{number}.{self.dice.randrange(8)}.{self.dice.randrange(250)}/32"

    def permission(self, number: int) -> IpPermission:
        """One inbound rule."""
        low, high = self.port_range()
        pairs: tuple[UserIdGroupPair, ...] = ()
        if self.often(40):
            partner = number if self.often(10) else self.dice.randrange(self.groups)
            pairs = (UserIdGroupPair(group_id=f"sg-{partner}"),)
        world = not pairs and self.often(5)
        return IpPermission(
            ip_protocol="udp" if self.often(10) else "tcp",
            from_port=low,
            to_port=min(high, 65535),
            ip_ranges=("0.0.0.0/0",) if world else () if pairs else (self.block(), self.block()),
            user_id_group_pairs=pairs,
        )

    def group(self, number: int) -> SecurityGroup:
        """A group of ten inbound rules."""
        egress = (IpPermission(ip_protocol="-1", ip_ranges=("0.0.0.0/0",)),)
        if self.often(20):
            egress = tuple(self.permission(number) for _ in range(5))
        return SecurityGroup(
            arn="",
            account=_ACCOUNT,
            group_id=f"sg-{number}",
            ip_permissions=tuple(self.permission(number) for _ in range(10)),
            ip_permissions_egress=egress,
        )

    def table(self, number: int) -> RouteTable:
        """Every other subnet is public."""
        routes = [Route(destination_cidr_block="10.0.0.0/8", gateway_id="local")]
        if number % 2:
            routes.append(Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1"))
        return RouteTable(
            arn="",
            account=_ACCOUNT,
            route_table_id=f"rtb-{number}",
            vpc_id="vpc-1",
            associations=(RouteTableAssociation(subnet_id=f"subnet-{number}"),),
            routes=tuple(routes),
        )

    def acl(self, number: int) -> NetworkAcl:
        """An ACL with eight rules of its own before it admits the rest."""
        entries = []
        for rule in range(16):
            low, high = self.port_range()
            entries.append(
                NetworkAclEntry(
                    rule_number=100 + rule,
                    egress=rule % 2 == 0,
                    protocol="6",
                    rule_action="deny" if self.often(60) else "allow",
                    cidr_block=self.block(),
                    from_port=low,
                    to_port=min(high, 65535),
                )
            )
        entries += [
            NetworkAclEntry(
                rule_number=1000,
                egress=egress,
                protocol="-1",
                rule_action="allow",
                cidr_block="0.0.0.0/0",
            )
            for egress in (False, True)
        ]
        return NetworkAcl(
            arn="",
            account=_ACCOUNT,
            network_acl_id=f"acl-{number}",
            vpc_id="vpc-1",
            subnet_ids=tuple(f"subnet-{at}" for at in range(number, self.subnets, self.acls)),
            entries=tuple(entries),
        )

    def interface(self, number: int) -> NetworkInterface:
        """An interface with one to four groups, in some segment."""
        subnet, host = number % self.subnets, number // self.subnets
        name = f"eni-{number}"
        segment = f"segment-{(subnet * 7 + self.dice.randrange(3)) % _SEGMENTS}"
        self.segments.setdefault(segment, []).append(name)
        picked = self.dice.sample(range(self.groups), self.dice.randrange(1, 5))
        address = f"10.{subnet}.{host // 200}.{host % 200 + 4}"
        public = f"54.{subnet}.{host // 200}.{host % 200}" if self.often(50) else None
        return NetworkInterface(
            arn="",
            account=_ACCOUNT,
            network_interface_id=name,
            vpc_id="vpc-1",
            subnet_id=f"subnet-{subnet}",
            groups=tuple(f"sg-{at}" for at in picked),
            private_ip_addresses=(
                NetworkInterfacePrivateIpAddress(private_ip_address=address, public_ip=public),
            ),
        )


def timed(label: str, start: float) -> float:
    """Print what has passed since `start`."""
    took = time.perf_counter() - start
    print(f"  {label:<44} {took * 1000:10.1f} ms")
    return took


def run(size: int) -> None:
    """Print the curve's point of one size."""
    maker = Maker(size)
    records = list(maker.records())
    print(f"{size} interfaces, {maker.groups} groups, {maker.subnets} subnets, {maker.acls} ACLs")
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    network = Network.from_records(records)
    timed("from_records", start)
    ends: dict[str, End] = {name: Interfaces(ids) for name, ids in maker.segments.items()}
    ends |= {"internet": Internet(), "office": Addresses([_OFFICE])}
    middle = time.perf_counter()
    matrix = network.matrix(ends)
    timed("matrix of all segments, all ports", middle)
    timed("from_records and matrix together", start)
    fresh = Network.from_records(records)
    first, last = Interfaces(["eni-1"]), Interfaces([f"eni-{size - 1}"])
    middle = time.perf_counter()
    fresh.flow(first, last, "tcp", 22)
    timed("the first question after loading", middle)
    middle = time.perf_counter()
    fresh.flow(last, first, "tcp", 22)
    timed("the next question", middle)
    names = list(maker.segments)
    middle = time.perf_counter()
    fresh.flow(ends[names[0]], ends[names[1]], "tcp", 22)
    timed("a question about two segments", middle)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"  {len(matrix.open)} open pairs; peak {peak // 1024} MB, records {base // 1024} MB")


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]]
    if len(sizes) == 1:
        run(sizes[0])
    else:
        for size in sizes or [1_000, 3_000, 10_000, 30_000]:
            subprocess.run([sys.executable, __file__, str(size)], check=True)
