# ruff: noqa: C901, PLR0911, PLR0917, SIM102, FBT002, ARG002 - the rules, read plainly
"""One packet at a time, straight from AWS's rules: shares no code with the engine.

Slow and plain on purpose. `Packets(records).connects(...)` answers True, False, or
None where an appliance or an unrecorded network leaves it open.
"""

import itertools
from ipaddress import ip_address, ip_network

from cloudpack_baseline.model import ec2, ec2_gateways

PRIVATE = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
NAT64 = "64:ff9b::/96"
ECHO = {(1, 8): 0, (1, 13): 14, (1, 15): 16, (1, 17): 18, (58, 128): 129}
ONE_WAY = object()


def within(address, block):
    net = ip_network(block)
    return address.version == net.version and address in net


def in_version(address, version):
    """What NAT64 sends to an address of 64:ff9b::/96."""
    return ip_address(int(address) & 0xFFFFFFFF) if version < address.version else address


def kleene_and(truths):
    truths = list(truths)
    if False in truths:
        return False
    return None if None in truths else True


def agree(answers):
    answers = list(answers)
    return answers[0] if len(set(answers)) == 1 else None


class Way:
    """Where a packet got to, and the ACLs that it met (subnet, leaves)."""

    def __init__(self, end, borders=(), subnet=None, gateway=None, refs="both", sure=True):
        self.end, self.borders, self.subnet = end, list(borders), subnet
        self.gateway, self.refs, self.sure = gateway, refs, sure
        # NATs in order: (subnet, own address, groups, whether a NAT gateway).
        self.nats, self.by_nat_gateway, self.peered = [], False, False
        self.six = False  # whether a NAT gateway makes IPv4 of IPv6

    def carries(self, proto):
        return proto in ((6, 17) if self.six else (1, 6, 17)) or not self.by_nat_gateway

    def behind(self, nat):
        """What lies behind a NAT: everything there sees its address."""
        self.borders = [
            border if len(border) == 3 else (*border, nat[1]) for border in self.borders
        ]
        self.nats.insert(0, nat)
        self.by_nat_gateway |= nat[3]
        self.refs = "none" if self.refs == "none" else "inbound"
        return self


class Packets:
    def __init__(self, records):
        self.by = {}
        for record in records:
            self.by.setdefault(type(record).__name__, []).append(record)
        self.subnets = {s.subnet_id: s for s in self.by.get("Subnet", [])}
        self.vpcs = {v.vpc_id: v for v in self.by.get("Vpc", [])}
        self.nics = {n.network_interface_id: n for n in self.by.get("NetworkInterface", [])}
        self.lists = {p.prefix_list_id: p for p in self.by.get("ManagedPrefixList", [])}
        self.sgs = {g.group_id: g for g in self.by.get("SecurityGroup", [])}
        self.passing = []

    # lookups

    def table(self, subnet_id=None, gateway=None):
        main = None
        for table in self.by.get("RouteTable", []):
            for association in table.associations:
                if subnet_id and association.subnet_id == subnet_id:
                    return table
                if gateway and association.gateway_id == gateway:
                    return table
                if association.main and subnet_id:
                    if table.vpc_id == self.subnets[subnet_id].vpc_id:
                        main = table
        return main

    def acl(self, subnet_id):
        default = None
        for acl in self.by.get("NetworkAcl", []):
            if subnet_id in acl.subnet_ids:
                return acl
            if acl.is_default and acl.vpc_id == self.subnets[subnet_id].vpc_id:
                default = acl
        return default

    def vpc_cidrs(self, vpc_id):
        return [*self.vpcs[vpc_id].cidr_blocks, *self.vpcs[vpc_id].ipv6_cidr_blocks]

    def subnet_cidrs(self, subnet):
        return [*([subnet.cidr_block] if subnet.cidr_block else []), *subnet.ipv6_cidr_blocks]

    def subnet_at(self, vpc_id, address):
        for subnet in self.subnets.values():
            if subnet.vpc_id == vpc_id:
                if any(within(address, block) for block in self.subnet_cidrs(subnet)):
                    return subnet.subnet_id
        return None

    def nic_addresses(self, nic):
        for assigned in nic.private_ip_addresses:
            yield ip_address(assigned.private_ip_address), assigned.public_ip
        for assigned in nic.ipv6_addresses:
            yield ip_address(assigned.ipv6_address), None

    def owns(self, nic_id, address):
        nic = self.nics.get(nic_id)
        return nic is not None and any(
            address == assigned for assigned, _ in self.nic_addresses(nic)
        )

    def is_internet(self, address):
        if address.version == 6:
            return within(address, "2000::/3")
        return not any(address in block for block in PRIVATE)

    def pick(self, table, address):
        best = None
        for route in table.routes:
            blocks = [
                b for b in (route.destination_cidr_block, route.destination_ipv6_cidr_block) if b
            ]
            learned = route.origin == "EnableVgwRoutePropagation"
            rank = 2 if learned else 0
            if route.destination_prefix_list_id:
                blocks = self.lists[route.destination_prefix_list_id].entries
                rank = 1
            for block in blocks:
                if within(address, block):
                    if learned and self.is_inside(table.vpc_id, block):
                        continue
                    key = (-ip_network(block).prefixlen, rank)
                    if best is None or key < best[0]:
                        best = key, route
        return best[1] if best else None

    def is_inside(self, vpc_id, block):
        net = ip_network(block)
        return any(
            net.version == ip_network(vpc_cidr).version and net.subnet_of(ip_network(vpc_cidr))
            for vpc_cidr in self.vpc_cidrs(vpc_id)
        )

    # where packets go

    def ways(self, subnet_id, address):
        subnet = self.subnets[subnet_id]
        if any(within(address, block) for block in self.subnet_cidrs(subnet)):
            return [Way("vpc", subnet=subnet_id)]
        return self.routed(subnet_id, address, inside=True)

    def routed(self, subnet_id, address, inside):
        vpc_id = self.subnets[subnet_id].vpc_id
        route = self.pick(self.table(subnet_id), address)
        if route is None or route.state != "active":
            return [Way("stop")]
        leave = [(subnet_id, True)]
        gateway = route.gateway_id or ""
        if gateway == "local":
            return [self.deliver(subnet_id, vpc_id, address)]
        if gateway.startswith("igw-"):
            return [Way("igw", leave, subnet_id, gateway)] if inside else [Way("stop")]
        if gateway.startswith("vgw-"):
            return [Way("onprem", leave, subnet_id, gateway) if inside else Way("stop")]
        if gateway.startswith("vpce-"):
            return [Way("service", leave, subnet_id, gateway)] if inside else [Way("stop")]
        if route.egress_only_internet_gateway_id:
            if not inside:
                return [Way("stop")]
            return [Way("eigw", leave, subnet_id, route.egress_only_internet_gateway_id)]
        if route.nat_gateway_id:
            return self.nat(subnet_id, route.nat_gateway_id, address)
        if route.network_interface_id:
            return list(self.appliance(subnet_id, route.network_interface_id, address))
        if route.vpc_peering_connection_id:
            if not inside:
                return [Way("stop")]
            return [self.peering(subnet_id, route.vpc_peering_connection_id, address)]
        if not inside:
            return [Way("stop")]
        return self.transit(subnet_id, route.transit_gateway_id, address)

    def deliver(self, subnet_id, vpc_id, address):
        target = self.subnet_at(vpc_id, address)
        if target is None:
            return Way("stop")
        if target == subnet_id:
            return Way("vpc", subnet=target)
        return Way("vpc", [(subnet_id, True), (target, False)], target)

    def nat(self, subnet_id, nat_id, address):
        nat = next(n for n in self.by["NatGateway"] if n.nat_gateway_id == nat_id)
        exits = [Way("stop")]
        if nat.state == "available" and nat_id not in self.passing:
            self.passing.append(nat_id)
            exits = self.from_nat(subnet_id, nat, address)
            self.passing.pop()
        for exit_ in exits:
            exit_.by_nat_gateway = True
        return exits

    def from_nat(self, subnet_id, nat, address):
        six = address.version == 6
        if six:
            if not within(address, NAT64):
                return [Way("stop")]
            address = in_version(address, 4)
        inner = ip_address(nat.addresses[0].private_ip)
        regional = nat.availability_mode == "regional"
        if regional:
            enter = [(subnet_id, True)]
            exits = [Way("igw", [], None, "igw-" + nat.vpc_id[4:])]
            if any(within(address, block) for block in self.vpc_cidrs(nat.vpc_id)):
                target = self.subnet_at(nat.vpc_id, address)
                exits = [
                    Way("vpc", [(target, False)], target) if target else Way("unknown", sure=False)
                ]
        else:
            enter = (
                [] if nat.subnet_id == subnet_id else [(subnet_id, True), (nat.subnet_id, False)]
            )
            exits = self.routed(nat.subnet_id, address, inside=True)
        for exit_ in exits:
            if exit_.end == "igw" and nat.connectivity_type == "private":
                exit_.end = "stop"
            exit_.sure &= not exit_.peered
            exit_.behind((None if regional else nat.subnet_id, inner, (), True))
            exit_.six = six
            exit_.borders = enter + exit_.borders
        return exits

    def appliance(self, subnet_id, nic_id, address):
        vpc_id = self.subnets[subnet_id].vpc_id
        if self.owns(nic_id, address):
            yield self.deliver(subnet_id, vpc_id, address)
            return
        nic = self.nics[nic_id]
        if nic.source_dest_check:
            yield Way("stop")
            return
        enter = [] if nic.subnet_id == subnet_id else [(subnet_id, True), (nic.subnet_id, False)]
        final = self.subnet_at(vpc_id, address)
        leave = [] if final in (None, nic.subnet_id) else [(nic.subnet_id, True), (final, False)]
        end = "unknown" if final is None else "vpc"
        yield Way(end, enter + leave, final, refs="none", sure=False)
        for assigned, _ in self.nic_addresses(nic):
            if assigned.version == address.version:
                exit_ = Way(end, leave, final, sure=False)
                exit_.behind((nic.subnet_id, assigned, nic.groups, False))
                exit_.borders = enter + exit_.borders
                yield exit_

    def peering(self, subnet_id, pcx_id, address):
        pcx = next(
            p for p in self.by["VpcPeeringConnection"] if p.vpc_peering_connection_id == pcx_id
        )
        vpc_id = self.subnets[subnet_id].vpc_id
        if pcx.status != "active" or vpc_id not in (pcx.requester.vpc_id, pcx.accepter.vpc_id):
            return Way("stop")
        far_side = pcx.accepter if pcx.requester.vpc_id == vpc_id else pcx.requester
        if not any(within(address, block) for block in self.vpc_cidrs(far_side.vpc_id)):
            return Way("stop")
        exit_ = self.deliver(subnet_id, far_side.vpc_id, address)
        exit_.refs = (
            "both" if self.vpcs[vpc_id].region == self.vpcs[far_side.vpc_id].region else "none"
        )
        exit_.peered = True
        return exit_

    def transit(self, subnet_id, tgw_id, address):
        subnet = self.subnets[subnet_id]
        for attachment in self.by.get("TransitGatewayAttachment", []):
            if attachment.transit_gateway_id == tgw_id and attachment.resource_id == subnet.vpc_id:
                doors = [
                    door
                    for door in attachment.subnet_ids
                    if self.subnets[door].availability_zone == subnet.availability_zone
                ]
                if attachment.state != "available" or not doors:
                    return [Way("stop")]
                if address.version == 6 and attachment.ipv6_support != "enable":
                    return [Way("stop")]
                exits = self.from_transit(attachment, address, subnet.availability_zone)
                for exit_ in exits:
                    exit_.borders = [(subnet_id, True), (doors[0], False), *exit_.borders]
                return exits
        return [Way("stop")]

    def from_transit(self, attachment, address, zone):
        table = next(
            t
            for t in self.by["TransitGatewayRouteTable"]
            if t.transit_gateway_route_table_id == attachment.association_route_table_id
        )
        best = None
        for route in table.routes:
            if within(address, route.destination_cidr_block):
                length = ip_network(route.destination_cidr_block).prefixlen
                key = (-length, route.type != "static")
                if best is None or key < best[0]:
                    best = key, route
        if best is None or best[1].state != "active":
            return [Way("stop")]
        target = next(
            a
            for a in self.by["TransitGatewayAttachment"]
            if a.transit_gateway_attachment_id == best[1].attachment_ids[0]
        )
        if target.state != "available":
            return [Way("stop")]
        if target.resource_type == "vpn":
            return [Way("onprem", gateway=target.transit_gateway_attachment_id)]
        if address.version == 6 and target.ipv6_support != "enable":
            return [Way("stop")]
        doors = [
            door for door in target.subnet_ids if self.subnets[door].availability_zone == zone
        ] or target.subnet_ids
        tgw = next(
            t
            for t in self.by["TransitGateway"]
            if t.transit_gateway_id == target.transit_gateway_id
        )
        switches = [
            tgw.security_group_referencing_support,
            attachment.security_group_referencing_support,
            target.security_group_referencing_support,
        ]
        out = []
        for door in doors:
            if any(within(address, b) for b in self.subnet_cidrs(self.subnets[door])):
                exits = [Way("vpc", subnet=door)]
            else:
                exits = self.routed(door, address, inside=False)
            for exit_ in exits:
                if exit_.refs != "none":
                    exit_.refs = "inbound" if switches == ["enable"] * 3 else "none"
            out += exits
        return out

    def entering(self, gateway, subnet_id, address):
        table = self.table(gateway=gateway)
        enter = [(subnet_id, False)] if subnet_id else []
        if table is None:
            return [Way("vpc", enter, subnet_id, refs="none")]
        route = self.pick(table, address)
        if route is None or route.state != "active":
            return [Way("stop")]
        if route.gateway_id == "local" or self.owns(route.network_interface_id, address):
            return [Way("vpc", enter, subnet_id, refs="none")]
        if self.nics[route.network_interface_id].source_dest_check:
            return [Way("stop")]
        return [Way("vpc", [], subnet_id, refs="none", sure=False)]

    # filters

    def acl_passes(self, subnet_id, leaves, peer, proto, port, code):
        for entry in sorted(self.acl(subnet_id).entries, key=lambda e: e.rule_number):
            block = entry.cidr_block or entry.ipv6_cidr_block
            if entry.egress != leaves or not within(peer, block):
                continue
            if entry.protocol != "-1":
                if int(entry.protocol) != proto:
                    continue
                if proto in (6, 17) and entry.from_port is not None:
                    if not entry.from_port <= port <= entry.to_port:
                        continue
                if proto in (1, 58) and entry.icmp_type not in (None, -1):
                    if entry.icmp_type != port or entry.icmp_code not in (None, -1, code):
                        continue
            return entry.rule_action == "allow"
        return False

    def group_passes(self, nic, leaves, peer, peer_groups, proto, port, code, refs):
        names = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
        for name in nic.groups:
            group = self.sgs[name]
            for rule in group.ip_permissions_egress if leaves else group.ip_permissions:
                if rule.ip_protocol != "-1":
                    number = names.get(rule.ip_protocol) or int(rule.ip_protocol)
                    if number != proto:
                        continue
                    if proto in (6, 17) and rule.from_port not in (None, -1):
                        if not rule.from_port <= port <= rule.to_port:
                            continue
                    if proto in (1, 58) and rule.from_port not in (None, -1):
                        if rule.from_port != port or rule.to_port not in (None, -1, code):
                            continue
                blocks = [*rule.ip_ranges, *rule.ipv6_ranges]
                for list_id in rule.prefix_list_ids:
                    blocks += self.lists[list_id].entries
                if any(within(peer, block) for block in blocks):
                    return True
                if refs and any(pair.group_id in peer_groups for pair in rule.user_id_group_pairs):
                    return True
        return False

    def admits_any(self, nic, proto, port, code):
        blocks = [r for g in nic.groups for r in self.sgs[g].ip_permissions]
        peers = {b.split("/")[0] for r in blocks for b in r.ip_ranges}
        peers |= {
            b.split("/")[0]
            for r in blocks
            for pl in r.prefix_list_ids
            for b in self.lists[pl].entries
            if ":" not in b
        }
        groups = {pair.group_id for r in blocks for pair in r.user_id_group_pairs}
        return any(
            self.group_passes(nic, False, ip_address(peer), groups, proto, port, code, refs=True)
            for peer in (*peers, "255.255.255.255")
        )

    def reply_passes(self, borders, source, destination, proto, port, code):
        """`source` and `destination` of the reply."""
        if (proto, port) in ECHO:
            tries = [(ECHO[proto, port], 0)]
        elif proto in (1, 58):
            return True
        elif proto in (6, 17):
            tries = [(client, 0) for client in self.client_ports()]
        else:
            tries = [(0, 0)]
        return any(
            all(
                self.acl_passes(s, leaves, destination if leaves else source, proto, p, c)
                for s, leaves in borders
            )
            for p, c in tries
        )

    def client_ports(self):
        ports = {1024, 65535}
        for acl in self.by.get("NetworkAcl", []):
            for entry in acl.entries:
                for edge in (entry.from_port, entry.to_port):
                    if edge is not None:
                        ports |= {edge - 1, edge, edge + 1}
        return sorted(port for port in ports if 1024 <= port <= 65535)

    def blocked(self, subnet_id, use, *, whole_vpc=False):
        """`whole`: the gateway is the VPC's, and no exclusion of a subnet counts."""
        vpc = self.vpcs[self.subnets[subnet_id].vpc_id]
        options = next(o for o in self.by["VpcBlockPublicAccessOptions"] if o.region == vpc.region)
        mode = options.internet_gateway_block_mode
        if mode == "off" or (mode == "block-ingress" and use in ("nat", "eigw")):
            return False
        for exclusion in options.exclusions:
            name = exclusion.resource_arn.split("/")[-1]
            if (
                name in (None if whole_vpc else subnet_id, vpc.vpc_id)
                and exclusion.state == "create-complete"
            ):
                if exclusion.internet_gateway_exclusion_mode == "allow-bidirectional":
                    return False
                if mode == "block-bidirectional" and use != "in":
                    return False
        return True

    # connections

    def forwarded(self, exit_, source, destination, proto, port, code):
        for subnet, leaves, *translated in exit_.borders:
            peer = (translated or [source])[0]
            if leaves:
                peer = in_version(destination, peer.version)
            if not self.acl_passes(subnet, leaves, peer, proto, port, code):
                return False
        return True if exit_.sure else None

    def replies(self, subnet_id, address):
        """The ways of a reply: a NAT gateway on it drops it, no appliance renames it."""
        for exit_ in self.ways(subnet_id, address):
            if exit_.by_nat_gateway:
                yield Way("stop")
            elif not exit_.nats:
                yield exit_

    def returns(self, exit_, first, subnet_id, source):
        """Every way back over the NATs of `way`: lists of (way, subnet to land in, address)."""
        stops = [
            (subnet_id, source),
            *((subnet, assigned) for subnet, assigned, _, _ in exit_.nats),
        ]
        legs = [[(back, *stops[-1]) for back in first]]
        for at in range(len(stops) - 2, -1, -1):
            far = stops[at + 1][0]
            backs = self.replies(far, stops[at][1]) if far else self.from_regional(stops[at][1])
            legs.append([(back, *stops[at]) for back in backs])
        return itertools.product(*legs)

    def from_regional(self, address):
        for subnet in self.subnets.values():
            if any(within(address, block) for block in self.subnet_cidrs(subnet)):
                yield Way("vpc", [(subnet.subnet_id, False)], subnet.subnet_id)

    def back(self, legs, destination, proto, port, code):
        for exit_, subnet, address in legs:
            yield self.lands(exit_, subnet)
            sender = in_version(destination, address.version)
            yield self.reply_passes(exit_.borders, sender, address, proto, port, code)

    def between(self, source_nic, source, target_nic, destination, proto, port, code=0):
        """From an interface's address to another's."""
        source_nic, target_nic = self.nics[source_nic], self.nics[target_nic]
        answers = []
        for exit_ in self.ways(source_nic.subnet_id, destination):
            home = exit_.nats[-1][1] if exit_.nats else source
            backs = list(self.replies(target_nic.subnet_id, home))
            out = ("igw", "eigw")
            if home.version == 6 and exit_.end in out and any(b.end in out for b in backs):
                answers.append(
                    kleene_and(
                        (
                            self.outward(source_nic, source, None, destination, proto, port, code),
                            self.inward(source, target_nic, destination, None, proto, port, code),
                        )
                    )
                )
                backs = [back for back in backs if back.end not in out]
            answers += [
                self.pair(
                    source_nic, source, target_nic, destination, exit_, legs, proto, port, code
                )
                for legs in self.returns(exit_, backs, source_nic.subnet_id, source)
            ]
        return agree(answers)

    def pair(self, source_nic, source, target_nic, destination, exit_, legs, proto, port, code):
        client, groups = exit_.nats[-1][1:3] if exit_.nats else (source, source_nic.groups)
        entering = self.group_passes(
            target_nic, False, client, groups, proto, port, code, exit_.refs != "none"
        )
        if within(destination, NAT64) and not exit_.six:
            # Whatever translates it, has an address that is not known.
            entering = None if self.admits_any(target_nic, proto, port, code) else False
        return kleene_and(
            [
                self.group_passes(
                    source_nic,
                    True,
                    destination,
                    target_nic.groups,
                    proto,
                    port,
                    code,
                    exit_.refs == "both",
                ),
                entering,
                exit_.carries(proto),
                self.lands(exit_, target_nic.subnet_id),
                self.forwarded(exit_, source, destination, proto, port, code) is not False,
                *self.back(legs, destination, proto, port, code),
            ]
        )

    def outward(self, nic, source, public, address, proto, port, code=0, declared=False):
        return agree(
            self.way_out(nic, source, public, address, exit_, proto, port, code, declared)
            for exit_ in self.ways(nic.subnet_id, address)
            if exit_.by_nat_gateway or not exit_.nats
        )

    def way_out(self, nic, source, public, address, exit_, proto, port, code, declared):
        truths = [
            self.group_passes(nic, True, address, (), proto, port, code, refs=False),
            self.forwarded(exit_, source, address, proto, port, code),
            exit_.carries(proto),
        ]
        if within(address, NAT64) and not exit_.six and exit_.end not in ("unknown", "vpc"):
            return False
        subnet_id, last = (exit_.nats[-1][:2]) if exit_.nats else (nic.subnet_id, source)
        gate = subnet_id or nic.subnet_id
        if exit_.end in ("igw", "eigw"):
            truths.append(self.is_internet(in_version(address, last.version)))
        if exit_.end == "igw":
            truths.append(bool(public) or source.version == 6 or bool(exit_.nats))
            truths.append(
                not self.blocked(gate, "nat" if exit_.nats else "out", whole_vpc=subnet_id is None)
            )
            first = self.entering(exit_.gateway, subnet_id, last)
        elif exit_.end == "eigw":
            truths.append(not self.blocked(subnet_id, "eigw"))
            first = [Way("vpc", [(subnet_id, False)], subnet_id)]
        elif exit_.end == "onprem":
            truths.append(True if declared else None)
            first = [
                Way("stop") if back.by_nat_gateway else back
                for back in self.home(exit_.gateway, subnet_id, last)
                if back.by_nat_gateway or not back.nats
            ]
        elif exit_.end == "service":
            truths.append(declared)
            first = [Way("vpc", [(subnet_id, False)], subnet_id)]
        elif exit_.end == "unknown" or (exit_.end == "vpc" and not exit_.sure):
            return kleene_and([*truths, None])
        else:
            return False
        return agree(
            kleene_and([*truths, *self.back(legs, address, proto, port, code)])
            for legs in self.returns(exit_, first, nic.subnet_id, source)
        )

    def lands(self, exit_, subnet_id):
        if exit_.end == "unknown":
            return None
        if exit_.end != "vpc" or exit_.subnet != subnet_id:
            return False
        return True if exit_.sure else None

    def home(self, gateway, subnet_id, address):
        for attachment in self.by.get("TransitGatewayAttachment", []):
            if attachment.transit_gateway_attachment_id == gateway:
                return self.from_transit(attachment, address, None)
        return self.entering(gateway, subnet_id, address)

    def inward(self, address, nic, destination, public, proto, port, code=0, declared=False):
        return agree(
            self.way_in(address, nic, destination, public, back, proto, port, code, declared)
            for back in self.replies(nic.subnet_id, address)
        )

    def way_in(self, address, nic, destination, public, back, proto, port, code, declared):
        subnet_id = nic.subnet_id
        truths = [
            self.group_passes(nic, False, address, (), proto, port, code, refs=False),
            self.reply_passes(back.borders, destination, address, proto, port, code),
        ]
        if back.end == "igw":
            truths += [
                self.is_internet(address),
                bool(public) or destination.version == 6,
                not self.blocked(subnet_id, "in"),
            ]
            exits = self.entering(back.gateway, subnet_id, destination)
        elif back.end == "onprem":
            truths.append(True if declared else None)
            exits = self.home(back.gateway, subnet_id, destination)
            for exit_ in exits:
                exit_.sure &= not exit_.nats
        elif back.end == "unknown" or (back.end == "vpc" and not back.sure):
            return kleene_and([*truths, None])
        else:
            return False
        return agree(
            kleene_and(
                [
                    *truths,
                    self.lands(exit_, subnet_id),
                    self.forwarded(exit_, address, destination, proto, port, code),
                ]
            )
            for exit_ in exits
        )


__all__ = ["Packets", "ec2", "ec2_gateways"]
