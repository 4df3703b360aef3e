"""A template that makes the network of records, and what of a network no template can make."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import attrs
from attrs import evolve

from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model import ec2, ec2_gateways, elbv2
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.whitepaper import select

REGION = "ap-northeast-1"
NO_TRAFFIC = {"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86}
"""What the CDK writes for a group without rules, since one without any allows everything."""


def logical(name):
    """An ID as a logical ID."""
    return "".join(piece[:1].upper() + piece[1:] for piece in re.split(r"[^A-Za-z0-9]+", name))


def expressible(records):
    """The records, without what comes about only in a deployed network.

    Main route tables and default network ACLs cannot be changed: their content goes to tables of
    the subnets that use them. Nothing is being deleted, and routes are not learned.
    """
    records = list(records)
    foreign = {
        record.transit_gateway_attachment_id
        for record in records
        if isinstance(record, ec2_gateways.TransitGatewayAttachment)
        and record.resource_type not in ("vpc", "peering")
    }
    records = [
        _alive(evolve(record, region=REGION), foreign)
        for record in records
        if getattr(record, "transit_gateway_attachment_id", None) not in foreign
    ]
    kinds = defaultdict(list)
    for record in records:
        kinds[type(record)].append(record)
    subnets = kinds[ec2.Subnet]
    tables = [
        table
        for record in kinds[ec2.RouteTable]
        for table in _explicit(record, kinds[ec2.RouteTable], subnets)
    ]
    acls = [acl for record in kinds[ec2.NetworkAcl] for acl in _own(record, kinds, subnets)]
    foreign = [
        record for record in records if not isinstance(record, ec2.RouteTable | ec2.NetworkAcl)
    ]
    return [*foreign, *tables, *acls]


def _alive(record, foreign):
    match record:
        case ec2_gateways.VpcPeeringConnection():
            sides = {
                name: evolve(getattr(record, name), region=REGION)
                for name in ("requester", "accepter")
            }
            return evolve(record, status="active", **sides)
        case ec2_gateways.NatGateway():
            return evolve(record, state="available")
        case ec2_gateways.TransitGatewayAttachment():
            return evolve(record, state="available")
        case ec2_gateways.TransitGatewayRouteTable():
            routes = [r for r in record.routes if foreign.isdisjoint(r.attachment_ids)]
            routes = {route.destination_cidr_block: route for route in routes}.values()
            return evolve(record, routes=tuple(evolve(route, type="static") for route in routes))
        case ec2.RouteTable():
            routes = [route for route in record.routes if route.state == "active"]
            learned = [r for r in routes if r.origin == "EnableVgwRoutePropagation"]
            destinations = {_destination(route) for route in routes if route not in learned}
            routes = [r for r in routes if r not in learned or _destination(r) not in destinations]
            routes = {_destination(route): route for route in routes}.values()
            return evolve(
                record,
                routes=tuple(
                    evolve(r, origin="CreateRoute" if r in learned else r.origin) for r in routes
                ),
            )
    return record


def _destination(route):
    return (
        route.destination_cidr_block,
        route.destination_ipv6_cidr_block,
        route.destination_prefix_list_id,
    )


def _explicit(table, tables, subnets):
    if not any(association.main for association in table.associations):
        return [table]
    taken = {a.subnet_id for table in tables for a in table.associations if a.subnet_id}
    free = [s for s in subnets if s.vpc_id == table.vpc_id and s.subnet_id not in taken]
    main = evolve(
        table,
        route_table_id=f"{table.route_table_id}-bare",
        associations=(ec2.RouteTableAssociation(main=True),),
        routes=(),
    )
    named = tuple(ec2.RouteTableAssociation(subnet_id=s.subnet_id) for s in free)
    named += tuple(association for association in table.associations if not association.main)
    return [main, evolve(table, associations=named)]


def _own(acl, kinds, subnets):
    if not acl.is_default:
        return [acl]
    taken = {name for acl_ in kinds[ec2.NetworkAcl] for name in acl_.subnet_ids}
    free = [s.subnet_id for s in subnets if s.vpc_id == acl.vpc_id and s.subnet_id not in taken]
    return [evolve(acl, is_default=False, subnet_ids=(*acl.subnet_ids, *free))]


class Writer:
    """Writes the resources of records."""

    def __init__(self, records):
        self.records = list(records)
        self.resources = {}
        self.known = {self.id_of(record) for record in self.records}

    @staticmethod
    def id_of(record):
        if isinstance(record, elbv2.LoadBalancer | elbv2.TargetGroup):
            return record.arn
        ids = (field.name for field in attrs.fields(type(record)) if field.name.endswith("_id"))
        name = next(ids, None)
        return "" if name is None else getattr(record, name)

    def add(self, name, kind, **properties):
        known = {key: value for key, value in properties.items() if value is not None}
        self.resources[logical(name)] = {"Type": f"AWS::EC2::{kind}", "Properties": known}

    def ref(self, name):
        """A reference to what the template makes; anything else by its ID."""
        if name is None or name not in self.known:
            return name
        return {"Ref": logical(name)}

    def template(self):
        for record in self.records:
            method = getattr(self, type(record).__name__.lower(), None)
            if method is not None:
                method(record)
        return {"Resources": self.resources}

    def vpc(self, vpc):
        first, *secondary = vpc.cidr_blocks
        self.add(vpc.vpc_id, "VPC", CidrBlock=first)
        for index, block in enumerate(secondary):
            self.add(
                f"{vpc.vpc_id}-four{index}",
                "VPCCidrBlock",
                VpcId=self.ref(vpc.vpc_id),
                CidrBlock=block,
            )
        for index, block in enumerate(vpc.ipv6_cidr_blocks):
            self.add(
                f"{vpc.vpc_id}-six{index}",
                "VPCCidrBlock",
                VpcId=self.ref(vpc.vpc_id),
                Ipv6CidrBlock=block,
                Ipv6Pool="mine",
            )

    def subnet(self, subnet):
        self.add(
            subnet.subnet_id,
            "Subnet",
            VpcId=self.ref(subnet.vpc_id),
            CidrBlock=subnet.cidr_block,
            AvailabilityZone=subnet.availability_zone or None,
            Ipv6CidrBlock=next(iter(subnet.ipv6_cidr_blocks), None),
        )

    def managedprefixlist(self, record):
        entries = [{"Cidr": block} for block in record.entries]
        self.add(record.prefix_list_id, "PrefixList", PrefixListName="l", Entries=entries)

    def securitygroup(self, group):
        properties = {"GroupDescription": "g", "VpcId": self.ref(group.vpc_id) or None}
        self.add(
            group.group_id,
            "SecurityGroup",
            **properties,
            SecurityGroupIngress=list(self.rules(group, group.ip_permissions, "Source", "In")),
            SecurityGroupEgress=[
                *self.rules(group, group.ip_permissions_egress, "Destination", "Out"),
                NO_TRAFFIC,
            ],
        )

    def rules(self, group, permissions, peer, stem):
        """Those about blocks; groups refer to each other, so those about groups are resources."""
        count = 0
        for permission in permissions:
            traffic = {"IpProtocol": permission.ip_protocol}
            if permission.from_port is not None:
                traffic |= {"FromPort": permission.from_port, "ToPort": permission.to_port}
            for block in permission.ip_ranges:
                yield {**traffic, "CidrIp": block}
            for block in permission.ipv6_ranges:
                yield {**traffic, "CidrIpv6": block}
            for name in permission.prefix_list_ids:
                yield {**traffic, f"{peer}PrefixListId": self.ref(name)}
            for pair in permission.user_id_group_pairs:
                count += 1
                self.add(
                    f"{group.group_id}-{stem}{count}",
                    f"SecurityGroup{'Ingress' if peer == 'Source' else 'Egress'}",
                    GroupId=self.ref(group.group_id),
                    **traffic,
                    **{f"{peer}SecurityGroupId": self.ref(pair.group_id)},
                )

    def networkinterface(self, interface):
        name = interface.network_interface_id
        addresses = [
            {"PrivateIpAddress": a.private_ip_address, "Primary": index == 0}
            for index, a in enumerate(interface.private_ip_addresses)
        ]
        if interface.interface_type == "network_load_balancer":
            self.balancer(interface)
            return
        if interface.interface_type in ("nat_gateway", "natGateway"):
            return
        self.add(
            name,
            "NetworkInterface",
            SubnetId=self.ref(interface.subnet_id),
            GroupSet=[self.ref(group) for group in interface.groups],
            PrivateIpAddresses=addresses,
            Ipv6Addresses=[{"Ipv6Address": a.ipv6_address} for a in interface.ipv6_addresses],
            SourceDestCheck=interface.source_dest_check,
        )
        attached = interface.status != "available" or interface.instance_id
        if attached:
            self.add(
                f"{name}-attached",
                "NetworkInterfaceAttachment",
                NetworkInterfaceId=self.ref(name),
                InstanceId=interface.instance_id or f"i-of-{name}",
                DeviceIndex="1",
            )
        for index, address in enumerate(interface.private_ip_addresses):
            if address.public_ip is not None:
                eip = f"{name}-eip{index}"
                self.add(eip, "EIP")
                self.add(
                    f"{eip}-associated",
                    "EIPAssociation",
                    AllocationId={"Fn::GetAtt": [logical(eip), "AllocationId"]},
                    NetworkInterfaceId=self.ref(name),
                    PrivateIpAddress=address.private_ip_address,
                )

    def balancer(self, interface):
        """A load balancer whose target group is outside of the template."""
        name = logical(interface.network_interface_id)
        kind = "AWS::ElasticLoadBalancingV2::"
        public = any(address.public_ip for address in interface.private_ip_addresses)
        self.resources[name] = {
            "Type": f"{kind}LoadBalancer",
            "Properties": {
                "Type": "network",
                "Scheme": "internet-facing" if public else "internal",
                "Subnets": [self.ref(interface.subnet_id)],
                "SecurityGroups": [self.ref(group) for group in interface.groups],
            },
        }
        group = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/other/1"
        self.resources[f"{name}Listener"] = {
            "Type": f"{kind}Listener",
            "Properties": {
                "LoadBalancerArn": {"Ref": name},
                "Port": 8080,
                "Protocol": "TCP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}],
            },
        }

    def internetgateway(self, record):
        self.attached(record, record.internet_gateway_id, "InternetGateway", "InternetGatewayId")

    def vpngateway(self, record):
        self.attached(record, record.vpn_gateway_id, "VPNGateway", "VpnGatewayId", Type="ipsec.1")

    def attached(self, record, name, kind, key, **properties):
        self.add(name, kind, **properties)
        for attachment in record.attachments:
            self.add(
                f"{name}-{attachment.vpc_id}",
                "VPCGatewayAttachment",
                VpcId=self.ref(attachment.vpc_id),
                **{key: self.ref(name)},
            )

    def egressonlyinternetgateway(self, record):
        (attachment,) = record.attachments
        name = record.egress_only_internet_gateway_id
        self.add(name, "EgressOnlyInternetGateway", VpcId=self.ref(attachment.vpc_id))

    def natgateway(self, record):
        name = record.nat_gateway_id
        public = record.connectivity_type == "public"
        if public:
            self.add(f"{name}-eip", "EIP")
        allocation = {"Fn::GetAtt": [logical(f"{name}-eip"), "AllocationId"]}
        zonal = record.availability_mode != "regional"
        private = next((a.private_ip for a in record.addresses), None)
        self.add(
            name,
            "NatGateway",
            SubnetId=self.ref(record.subnet_id) if zonal else None,
            VpcId=None if zonal else self.ref(record.vpc_id),
            AvailabilityMode=record.availability_mode,
            ConnectivityType=record.connectivity_type,
            PrivateIpAddress=private if zonal else None,
            AllocationId=allocation if public and zonal else None,
        )

    def vpcendpoint(self, record):
        self.add(
            record.vpc_endpoint_id,
            "VPCEndpoint",
            VpcEndpointType=record.vpc_endpoint_type,
            VpcId=self.ref(record.vpc_id),
            ServiceName=record.service_name or "com.amazonaws.s3",
        )

    def vpcpeeringconnection(self, record):
        self.add(
            record.vpc_peering_connection_id,
            "VPCPeeringConnection",
            VpcId=self.ref(record.requester.vpc_id),
            PeerVpcId=self.ref(record.accepter.vpc_id),
        )

    def transitgateway(self, record):
        self.add(
            record.transit_gateway_id,
            "TransitGateway",
            DefaultRouteTableAssociation="disable",
            DefaultRouteTablePropagation="disable",
            SecurityGroupReferencingSupport=record.security_group_referencing_support,
        )

    def transitgatewayattachment(self, record):
        name = record.transit_gateway_attachment_id
        if record.resource_type == "peering":
            if logical(name) in self.resources:
                return
            self.add(
                name,
                "TransitGatewayPeeringAttachment",
                TransitGatewayId=self.ref(record.transit_gateway_id),
                PeerTransitGatewayId=self.ref(record.resource_id),
            )
        else:
            self.add(
                name,
                "TransitGatewayVpcAttachment",
                TransitGatewayId=self.ref(record.transit_gateway_id),
                VpcId=self.ref(record.resource_id),
                SubnetIds=[self.ref(subnet) for subnet in record.subnet_ids],
                Options={
                    "Ipv6Support": record.ipv6_support,
                    "ApplianceModeSupport": record.appliance_mode_support,
                    "SecurityGroupReferencingSupport": record.security_group_referencing_support,
                },
            )
        if record.association_route_table_id is not None:
            self.associate(name, record.association_route_table_id)

    def associate(self, attachment, table):
        self.add(
            f"{table}-{attachment}",
            "TransitGatewayRouteTableAssociation",
            TransitGatewayAttachmentId=self.ref(attachment),
            TransitGatewayRouteTableId=self.ref(table),
        )

    def transitgatewayroutetable(self, record):
        name = record.transit_gateway_route_table_id
        self.add(
            name, "TransitGatewayRouteTable", TransitGatewayId=self.ref(record.transit_gateway_id)
        )
        for association in record.associations:
            self.associate(association.transit_gateway_attachment_id, name)
        for index, route in enumerate(record.routes):
            target = next(iter(route.attachment_ids), None)
            self.add(
                f"{name}-route{index}",
                "TransitGatewayRoute",
                TransitGatewayRouteTableId=self.ref(name),
                DestinationCidrBlock=route.destination_cidr_block,
                TransitGatewayAttachmentId=self.ref(target),
                Blackhole=route.state == "blackhole",
            )

    def routetable(self, record):
        name = record.route_table_id
        if any(association.main for association in record.associations):
            return
        self.add(name, "RouteTable", VpcId=self.ref(record.vpc_id))
        for index, association in enumerate(record.associations):
            kind, key = (
                ("Subnet", "SubnetId") if association.subnet_id else ("Gateway", "GatewayId")
            )
            self.add(
                f"{name}-association{index}",
                f"{kind}RouteTableAssociation",
                RouteTableId=self.ref(name),
                **{key: self.ref(association.subnet_id or association.gateway_id)},
            )
        for index, route in enumerate(record.routes):
            if route.gateway_id == "local":
                continue
            endpoint = (route.gateway_id or "").startswith("vpce-")
            self.add(
                f"{name}-route{index}",
                "Route",
                RouteTableId=self.ref(name),
                DestinationCidrBlock=route.destination_cidr_block,
                DestinationIpv6CidrBlock=route.destination_ipv6_cidr_block,
                DestinationPrefixListId=self.ref(route.destination_prefix_list_id),
                GatewayId=None if endpoint else self.ref(route.gateway_id),
                VpcEndpointId=self.ref(route.gateway_id) if endpoint else None,
                NatGatewayId=self.ref(route.nat_gateway_id),
                TransitGatewayId=self.ref(route.transit_gateway_id),
                VpcPeeringConnectionId=self.ref(route.vpc_peering_connection_id),
                EgressOnlyInternetGatewayId=self.ref(route.egress_only_internet_gateway_id),
                NetworkInterfaceId=self.ref(route.network_interface_id),
                InstanceId=self.ref(route.instance_id),
            )

    def networkacl(self, record):
        name = record.network_acl_id
        self.add(name, "NetworkAcl", VpcId=self.ref(record.vpc_id))
        for subnet in record.subnet_ids:
            self.add(
                f"{name}-{subnet}",
                "SubnetNetworkAclAssociation",
                NetworkAclId=self.ref(name),
                SubnetId=self.ref(subnet),
            )
        for index, entry in enumerate(record.entries):
            if entry.rule_number == 32767:
                continue
            ports = {"From": entry.from_port, "To": entry.to_port}
            icmp = {"Type": entry.icmp_type, "Code": entry.icmp_code}
            self.add(
                f"{name}-entry{index}",
                "NetworkAclEntry",
                NetworkAclId=self.ref(name),
                RuleNumber=entry.rule_number,
                RuleAction=entry.rule_action,
                Egress=entry.egress,
                Protocol=int(entry.protocol),
                CidrBlock=entry.cidr_block,
                Ipv6CidrBlock=entry.ipv6_cidr_block,
                PortRange=ports if entry.from_port is not None else None,
                Icmp=icmp if entry.icmp_type is not None else None,
            )

    def vpcblockpublicaccessoptions(self, record):
        if "BlockOptions" in self.resources:
            return
        self.add(
            "BlockOptions",
            "VPCBlockPublicAccessOptions",
            InternetGatewayBlockMode=record.internet_gateway_block_mode,
        )
        for index, exclusion in enumerate(record.exclusions):
            kind, _, name = exclusion.resource_arn.rpartition(":")[2].partition("/")
            self.add(
                f"Exclusion{index}",
                "VPCBlockPublicAccessExclusion",
                InternetGatewayExclusionMode=exclusion.internet_gateway_exclusion_mode,
                **{"VpcId" if kind == "vpc" else "SubnetId": self.ref(name)},
            )


def gathered_again(records, folder: Path):
    """The snapshot of a template that makes the records."""
    file = folder / "network.json"
    file.write_text(json.dumps(Writer(records).template()), encoding="utf-8")
    with parse_source(f"template:{file}").open() as opened:
        return opened.gather(reads_of(select(["segmentation"])))
