# ruff: noqa: C901, PERF401, S311 - dice for test data, thrown one by one
"""Random networks: small, but with every kind of gateway, filter and trap."""

import random

from cloudpack_baseline.model.ec2 import (
    IpPermission,
    ManagedPrefixList,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    NetworkInterfaceIpv6Address,
    NetworkInterfacePrivateIpAddress,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    Subnet,
    UserIdGroupPair,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import (
    EgressOnlyInternetGateway,
    GatewayAttachment,
    InternetGateway,
    NatGateway,
    NatGatewayAddress,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpcBlockPublicAccessExclusion,
    VpcBlockPublicAccessOptions,
    VpcEndpoint,
    VpcPeeringConnection,
    VpcPeeringConnectionVpcInfo,
    VpnGateway,
)
from cloudpack_baseline.reachability import Internet, IpSet, TrafficSet
from cloudpack_baseline.reachability.matrix import outside_of

WHO = {"arn": "", "account": "123456789012"}
HOME = "ap-northeast-1"
OUTSIDE = ["203.0.113.0/24", "203.0.113.64/26", "198.51.100.7/32", "0.0.0.0/0", "52.0.0.0/8"]
NAT64 = "64:ff9b::/96"
OUTSIDE6 = ["::/0", "2001:db8:ffff::/48", "2600:9000::/28"]
ON_PREMISES = ["192.168.0.0/16", "192.168.7.0/24", "172.16.0.0/12"]
PORTS = [(22, 22), (80, 80), (443, 443), (0, 1023), (1024, 65535), (3000, 4000), (3306, 3306)]
KINDS = [
    (6, 22, 0),
    (6, 443, 0),
    (6, 3306, 0),
    (6, 80, 0),
    (6, 3500, 0),
    (17, 53, 0),
    (17, 3306, 0),
    (1, 8, 0),
    (1, 3, 4),
    (1, 13, 0),
    (58, 128, 0),
    (58, 1, 0),
    (50, 0, 0),
    (47, 0, 0),
]
STRANGERS = ["203.0.113.70", "198.51.100.7", "8.8.8.8", "52.1.2.3", "2001:db8:ffff::9"]
NEIGHBOURS = ["192.168.7.5", "192.168.9.9", "172.16.0.1", "203.0.113.70"]


def traffic(kind):
    return TrafficSet.of(*kind) if kind[0] in (1, 58) else TrafficSet.of(kind[0], kind[1])


class World:
    """One random network and what can be asked about it."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.records = []
        self.vpcs, self.subnets, self.groups, self.nics, self.lists = [], [], [], [], []
        self.tables = {}
        self.build()

    def chance(self, share):
        return self.dice.random() < share

    def add(self, record):
        self.records.append(record)
        return record

    def build(self):
        for number in range(self.dice.choice([1, 2, 2, 3])):
            self.make_vpc(number)
        self.make_lists()
        self.make_groups()
        for subnet in self.subnets:
            for number in range(self.dice.choice([1, 1, 2])):
                self.make_nic(subnet, number)
        self.make_gateways()
        self.make_tables()
        self.make_acls()
        self.make_blocks()

    def make_vpc(self, number):
        region = HOME if self.chance(0.85) else "us-east-1"
        name = f"vpc-{number}"
        four, six = f"10.{number}.0.0/16", f"2600:1f14:{number}::/56"
        self.vpcs.append(
            self.add(
                Vpc(**WHO, region=region, vpc_id=name, cidr_blocks=(four,), ipv6_cidr_blocks=(six,))
            )
        )
        for index in range(self.dice.choice([1, 2, 3])):
            self.subnets.append(
                self.add(
                    Subnet(
                        **WHO,
                        region=region,
                        subnet_id=f"subnet-{number}{index}",
                        vpc_id=name,
                        availability_zone=self.dice.choice(["a", "c"]),
                        cidr_block=f"10.{number}.{index}.0/24",
                        ipv6_cidr_blocks=(f"2600:1f14:{number}:{index}::/64",),
                    )
                )
            )

    def make_lists(self):
        for number in range(2):
            entries = tuple(
                self.dice.sample([*OUTSIDE[:3], "10.0.0.0/9", "10.1.0.0/25", "10.1.0.128/25"], 2)
            )
            self.lists.append(
                self.add(ManagedPrefixList(**WHO, prefix_list_id=f"pl-{number}", entries=entries))
            )

    def block(self):
        dice = self.dice
        return dice.choice(
            [
                "0.0.0.0/0",
                "0.0.0.0/0",
                "10.0.0.0/8",
                "::/0",
                "::/0",
                dice.choice(OUTSIDE),
                dice.choice(OUTSIDE6),
                dice.choice(ON_PREMISES),
                dice.choice([NAT64, NAT64, "64:ff9b::a00:0/104"]),
                dice.choice(self.vpcs).cidr_blocks[0],
                dice.choice(self.vpcs).ipv6_cidr_blocks[0],
                dice.choice(self.subnets).cidr_block,
                dice.choice(self.subnets).cidr_block.replace("0/24", "0/29"),
                dice.choice(self.subnets).cidr_block.replace("0/24", "5/32"),
                dice.choice(self.subnets).ipv6_cidr_blocks[0],
            ]
        )

    def permission(self, *, wide):
        dice = self.dice
        protocol = dice.choice(["-1", "tcp", "tcp", "udp", "icmp", "icmpv6", "50"])
        low = high = None
        if protocol in ("tcp", "udp"):
            low, high = dice.choice(PORTS)
        elif protocol in ("icmp", "icmpv6"):
            low, high = dice.choice([(-1, -1), (8, -1), (8, 0), (3, 4), (128, -1)])
        if wide and self.chance(0.6):
            protocol, low, high = "-1", None, None
        blocks = [self.block() for _ in range(dice.choice([0, 1, 2]))]
        if wide and self.chance(0.6):
            blocks += ["0.0.0.0/0", "::/0"]
        names = [f"sg-{dice.randrange(4)}" for _ in range(dice.choice([0, 0, 1, 2]))]
        status = "deleted" if self.chance(0.05) else None
        return IpPermission(
            ip_protocol=protocol,
            from_port=low,
            to_port=high,
            ip_ranges=tuple(b for b in blocks if ":" not in b),
            ipv6_ranges=tuple(b for b in blocks if ":" in b),
            prefix_list_ids=("pl-0",) if self.chance(0.1) else (),
            user_id_group_pairs=()
            if status
            else tuple(UserIdGroupPair(group_id=name) for name in names),
        )

    def make_groups(self):
        for number in range(4):
            self.groups.append(
                self.add(
                    SecurityGroup(
                        **WHO,
                        group_id=f"sg-{number}",
                        ip_permissions=tuple(
                            self.permission(wide=self.chance(0.5))
                            for _ in range(self.dice.choice([0, 1, 2, 3]))
                        ),
                        ip_permissions_egress=tuple(
                            self.permission(wide=self.chance(0.8))
                            for _ in range(self.dice.choice([0, 1, 1, 2]))
                        ),
                    )
                )
            )

    def make_nic(self, subnet, number):
        stem = subnet.cidr_block.removesuffix("0/24")
        name = f"eni-{subnet.subnet_id[7:]}{number}"
        host = self.dice.choice([5, 6, 200]) + number * 10
        assigned = [
            NetworkInterfacePrivateIpAddress(
                private_ip_address=f"{stem}{host}",
                primary=True,
                public_ip=f"54.0.{len(self.nics)}.1" if self.chance(0.5) else None,
            )
        ]
        if self.chance(0.2):
            assigned.append(
                NetworkInterfacePrivateIpAddress(private_ip_address=f"{stem}{host + 1}")
            )
        six = []
        if self.chance(0.6):
            prefix = subnet.ipv6_cidr_blocks[0].removesuffix("/64")
            six.append(NetworkInterfaceIpv6Address(ipv6_address=f"{prefix}{host:x}"))
        groups = self.dice.sample([g.group_id for g in self.groups], self.dice.choice([1, 1, 2]))
        self.nics.append(
            self.add(
                NetworkInterface(
                    **WHO,
                    network_interface_id=name,
                    vpc_id=subnet.vpc_id,
                    subnet_id=subnet.subnet_id,
                    source_dest_check=self.chance(0.4),
                    groups=tuple(groups),
                    private_ip_addresses=tuple(assigned),
                    ipv6_addresses=tuple(six),
                )
            )
        )

    def make_gateways(self):
        for vpc in self.vpcs:
            at = (GatewayAttachment(vpc_id=vpc.vpc_id),)
            number = vpc.vpc_id[4:]
            self.add(InternetGateway(**WHO, internet_gateway_id=f"igw-{number}", attachments=at))
            self.add(VpnGateway(**WHO, vpn_gateway_id=f"vgw-{number}", attachments=at))
            self.add(
                EgressOnlyInternetGateway(
                    **WHO, egress_only_internet_gateway_id=f"eigw-{number}", attachments=at
                )
            )
            self.add(
                VpcEndpoint(
                    **WHO,
                    vpc_endpoint_id=f"vpce-{number}",
                    vpc_endpoint_type="Gateway",
                    vpc_id=vpc.vpc_id,
                )
            )
            subnets = [s for s in self.subnets if s.vpc_id == vpc.vpc_id]
            place = self.dice.choice(subnets)
            self.add(
                NatGateway(
                    **WHO,
                    nat_gateway_id=f"nat-{number}",
                    vpc_id=vpc.vpc_id,
                    subnet_id=place.subnet_id,
                    state=self.dice.choice(["available"] * 9 + ["deleting"]),
                    connectivity_type=self.dice.choice(["public", "public", "private"]),
                    availability_mode="regional" if self.chance(0.15) else "zonal",
                    addresses=(
                        NatGatewayAddress(
                            private_ip=place.cidr_block.replace("0/24", "99"),
                            public_ip=f"54.9.{number}.1",
                        ),
                    ),
                )
            )
        for first in range(len(self.vpcs)):
            for second in range(first + 1, len(self.vpcs)):
                self.add(
                    VpcPeeringConnection(
                        **WHO,
                        vpc_peering_connection_id=f"pcx-{first}{second}",
                        status="active" if self.chance(0.9) else "deleted",
                        requester=self.side(self.vpcs[first]),
                        accepter=self.side(self.vpcs[second]),
                    )
                )
        self.make_transit()

    def side(self, vpc):
        return VpcPeeringConnectionVpcInfo(
            vpc_id=vpc.vpc_id, region=vpc.region, cidr_blocks=vpc.cidr_blocks
        )

    def make_transit(self):
        def switch():
            return self.dice.choice(["enable", "enable", "disable"])

        self.add(
            TransitGateway(
                **WHO, transit_gateway_id="tgw-0", security_group_referencing_support=switch()
            )
        )
        names = []
        for vpc in self.vpcs:
            subnets = [s for s in self.subnets if s.vpc_id == vpc.vpc_id]
            zones = {s.availability_zone: s.subnet_id for s in subnets}
            doors = list(zones.values())
            if len(doors) > 1 and self.chance(0.4):
                doors = doors[:1]
            name = f"tgw-attach-{vpc.vpc_id[4:]}"
            names.append(name)
            self.add(
                TransitGatewayAttachment(
                    **WHO,
                    transit_gateway_attachment_id=name,
                    transit_gateway_id="tgw-0",
                    resource_type="vpc",
                    resource_id=vpc.vpc_id,
                    state="available" if self.chance(0.95) else "deleting",
                    association_route_table_id=f"tgw-rtb-{self.dice.randrange(2)}",
                    subnet_ids=tuple(doors),
                    ipv6_support=switch(),
                    security_group_referencing_support=switch(),
                )
            )
        self.add(
            TransitGatewayAttachment(
                **WHO,
                transit_gateway_attachment_id="tgw-attach-vpn",
                transit_gateway_id="tgw-0",
                resource_type="vpn",
                association_route_table_id=f"tgw-rtb-{self.dice.randrange(2)}",
            )
        )
        for number in range(2):
            routes = []
            for index, vpc in enumerate(self.vpcs):
                for block in (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks):
                    if self.chance(0.85):
                        routes.append(self.transit_route(block, names[index]))
            for block in (*ON_PREMISES[:2], "0.0.0.0/0"):
                if self.chance(0.6):
                    routes.append(
                        self.transit_route(block, self.dice.choice([*names, "tgw-attach-vpn"]))
                    )
            unique = {(r.destination_cidr_block, r.type): r for r in routes}
            self.add(
                TransitGatewayRouteTable(
                    **WHO,
                    transit_gateway_route_table_id=f"tgw-rtb-{number}",
                    transit_gateway_id="tgw-0",
                    routes=tuple(unique.values()),
                )
            )

    def transit_route(self, block, name):
        dead = self.chance(0.05)
        return TransitGatewayRoute(
            destination_cidr_block=block,
            attachment_ids=() if dead else (name,),
            type=self.dice.choice(["static", "propagated"]),
            state="blackhole" if dead else "active",
        )

    def target(self, vpc, block):
        """A route target that AWS accepts for the destination."""
        number = vpc.vpc_id[4:]
        six = ":" in block
        choices = [
            {"gateway_id": f"igw-{number}"},
            {"gateway_id": f"igw-{number}"},
            {"gateway_id": f"vgw-{number}"},
            {"transit_gateway_id": "tgw-0"},
        ]
        choices.append(
            {"egress_only_internet_gateway_id": f"eigw-{number}"}
            if six
            else {"nat_gateway_id": f"nat-{number}"}
        )
        nics = [nic for nic in self.nics if nic.vpc_id == vpc.vpc_id]
        choices += [{"network_interface_id": self.dice.choice(nics).network_interface_id}]
        return self.dice.choice(choices)

    def nat64_routes(self, number):
        if not self.chance(0.4):
            return []
        target = {"nat_gateway_id": f"nat-{number}"}
        if self.chance(0.2):
            target = {"transit_gateway_id": "tgw-0"}
        block = self.dice.choice([NAT64, NAT64, "64:ff9b::a00:0/104", "64:ff9b::3400:0/104"])
        return [self.route(block, target)]

    def routes(self, vpc):
        routes = [
            Route(
                destination_cidr_block=vpc.cidr_blocks[0],
                gateway_id="local",
                origin="CreateRouteTable",
            ),
            Route(
                destination_ipv6_cidr_block=vpc.ipv6_cidr_blocks[0],
                gateway_id="local",
                origin="CreateRouteTable",
            ),
        ]
        number = vpc.vpc_id[4:]
        if self.chance(0.85):
            block = self.dice.choice(["0.0.0.0/0", "0.0.0.0/0", "203.0.113.0/24"])
            routes.append(self.route(block, self.target(vpc, block)))
        if self.chance(0.7):
            routes.append(self.route("::/0", self.target(vpc, "::/0")))
        routes += self.nat64_routes(number)
        for block in ON_PREMISES[:2]:
            if self.chance(0.4):
                target = self.dice.choice(
                    [{"gateway_id": f"vgw-{number}"}, {"transit_gateway_id": "tgw-0"}]
                )
                routes.append(
                    self.route(
                        block,
                        target,
                        self.dice.choice(["CreateRoute", "EnableVgwRoutePropagation"]),
                    )
                )
        if self.chance(0.1):
            inner = self.dice.choice([s for s in self.subnets if s.vpc_id == vpc.vpc_id])
            learned = self.route(
                inner.cidr_block, {"gateway_id": f"vgw-{number}"}, "EnableVgwRoutePropagation"
            )
            routes.append(learned)
        for neighbour in self.vpcs:
            if neighbour is not vpc:
                low, high = sorted((number, neighbour.vpc_id[4:]))
                for block in (*neighbour.cidr_blocks, *neighbour.ipv6_cidr_blocks):
                    target = self.dice.choice(
                        [{"vpc_peering_connection_id": f"pcx-{low}{high}"}] * 2
                        + [{"transit_gateway_id": "tgw-0"}] * 2
                        + [{}]
                    )
                    if ":" not in block and self.chance(0.2):
                        target = {"nat_gateway_id": f"nat-{number}"}
                    if target:
                        routes.append(self.route(block, target))
        if self.chance(0.1):
            narrow = self.dice.choice(self.nics).private_ip_addresses[0].private_ip_address + "/32"
            nics = [nic for nic in self.nics if nic.vpc_id == vpc.vpc_id]
            routes.append(
                self.route(
                    narrow, {"network_interface_id": self.dice.choice(nics).network_interface_id}
                )
            )
        if self.chance(0.15):
            routes.append(
                Route(
                    destination_prefix_list_id="pl-1",
                    **self.dice.choice(
                        [{"gateway_id": f"vpce-{number}"}, {"transit_gateway_id": "tgw-0"}]
                    ),
                )
            )
        return tuple(routes)

    def route(self, block, target, origin="CreateRoute"):
        destination = {
            "destination_ipv6_cidr_block" if ":" in block else "destination_cidr_block": block
        }
        return Route(
            **destination,
            **target,
            origin=origin,
            state="blackhole" if self.chance(0.04) else "active",
        )

    def make_tables(self):
        for vpc in self.vpcs:
            subnets = [s for s in self.subnets if s.vpc_id == vpc.vpc_id]
            number = vpc.vpc_id[4:]
            self.add(
                RouteTable(
                    **WHO,
                    route_table_id=f"rtb-{number}m",
                    vpc_id=vpc.vpc_id,
                    associations=(RouteTableAssociation(main=True),),
                    routes=self.routes(vpc),
                )
            )
            for subnet in subnets:
                if self.chance(0.5):
                    self.add(
                        RouteTable(
                            **WHO,
                            route_table_id=f"rtb-{subnet.subnet_id[7:]}",
                            vpc_id=vpc.vpc_id,
                            associations=(RouteTableAssociation(subnet_id=subnet.subnet_id),),
                            routes=self.routes(vpc),
                        )
                    )
            if self.chance(0.2):
                nic = self.dice.choice([n for n in self.nics if n.vpc_id == vpc.vpc_id])
                routes = [
                    Route(
                        destination_cidr_block=vpc.cidr_blocks[0],
                        gateway_id="local",
                        origin="CreateRouteTable",
                    ),
                    Route(
                        destination_ipv6_cidr_block=vpc.ipv6_cidr_blocks[0],
                        gateway_id="local",
                        origin="CreateRouteTable",
                    ),
                ]
                if self.chance(0.6):
                    block = self.dice.choice(subnets).cidr_block
                    routes.append(
                        Route(
                            destination_cidr_block=block,
                            network_interface_id=nic.network_interface_id,
                        )
                    )
                self.add(
                    RouteTable(
                        **WHO,
                        route_table_id=f"rtb-{number}g",
                        vpc_id=vpc.vpc_id,
                        associations=(
                            RouteTableAssociation(
                                gateway_id=f"{self.dice.choice(['igw', 'vgw'])}-{number}"
                            ),
                        ),
                        routes=tuple(routes),
                    )
                )

    def entry(self, number):
        protocol = self.dice.choice(["-1", "-1", "6", "6", "17", "1", "58", "50"])
        extra = {}
        if protocol in ("6", "17") and self.chance(0.85):
            low, high = self.dice.choice([*PORTS, (32768, 60999), (49152, 65535)])
            extra = {"from_port": low, "to_port": high}
        if protocol in ("1", "58"):
            kind, code = self.dice.choice([(-1, -1), (8, -1), (0, 0), (129, -1), (3, 4)])
            extra = {"icmp_type": kind, "icmp_code": code}
        block = self.block()
        return NetworkAclEntry(
            rule_number=number,
            egress=self.chance(0.5),
            protocol=protocol,
            rule_action="allow" if self.chance(0.6) else "deny",
            **{"ipv6_cidr_block" if ":" in block else "cidr_block": block},
            **extra,
        )

    def make_acls(self):
        open_all = [
            NetworkAclEntry(
                rule_number=1000 + six, egress=egress, protocol="-1", rule_action="allow", **block
            )
            for six, block in enumerate([{"cidr_block": "0.0.0.0/0"}, {"ipv6_cidr_block": "::/0"}])
            for egress in (False, True)
        ]
        for vpc in self.vpcs:
            subnets = [s.subnet_id for s in self.subnets if s.vpc_id == vpc.vpc_id]
            for index, default in enumerate((True, False)):
                entries = [self.entry(100 + n) for n in range(self.dice.choice([0, 0, 1, 3]))]
                if self.chance(0.8):
                    entries += open_all
                self.add(
                    NetworkAcl(
                        **WHO,
                        network_acl_id=f"acl-{vpc.vpc_id[4:]}{index}",
                        vpc_id=vpc.vpc_id,
                        is_default=default,
                        subnet_ids=() if default else tuple(subnets[: self.dice.choice([0, 1])]),
                        entries=tuple(self.dice.sample(entries, len(entries))),
                    )
                )

    def make_blocks(self):
        for region in (HOME, "us-east-1"):
            mode = self.dice.choice(["off"] * 5 + ["block-bidirectional", "block-ingress"])
            subnet = self.dice.choice(self.subnets)
            subject = self.dice.choice([f"vpc/{subnet.vpc_id}", f"subnet/{subnet.subnet_id}"])
            exclusion = VpcBlockPublicAccessExclusion(
                resource_arn=f"arn:aws:ec2:{region}:123456789012:{subject}",
                internet_gateway_exclusion_mode=self.dice.choice(
                    ["allow-bidirectional", "allow-egress"]
                ),
            )
            self.add(
                VpcBlockPublicAccessOptions(
                    **WHO,
                    region=region,
                    internet_gateway_block_mode=mode,
                    exclusions=(exclusion,) if self.chance(0.7) else (),
                )
            )


def internet_sources(network, interface, kind):
    """The Internet addresses that surely complete a connection to the interface."""
    internet = outside_of(network.topology, Internet())
    sources = IpSet()
    for endpoint in network.topology.ends.of(interface):
        sources |= IpSet.one(endpoint.family, internet.peers(endpoint, kind, egress=False)[0])
    return sources
