"""A plan that makes what a template makes: references take the place of ``Ref``."""

from __future__ import annotations

import re

from sources.terraform.plans import PlanBuilder

NAMES = {
    "AWS::EC2::VPC": ("aws_vpc", {}),
    "AWS::EC2::Subnet": ("aws_subnet", {}),
    "AWS::EC2::PrefixList": ("aws_ec2_managed_prefix_list", {"PrefixListName": "name"}),
    "AWS::EC2::NetworkInterfaceAttachment": ("aws_network_interface_attachment", {}),
    "AWS::EC2::EIP": ("aws_eip", {}),
    "AWS::EC2::EIPAssociation": ("aws_eip_association", {}),
    "AWS::EC2::InternetGateway": ("aws_internet_gateway", {}),
    "AWS::EC2::VPNGateway": ("aws_vpn_gateway", {"Type": ""}),
    "AWS::EC2::EgressOnlyInternetGateway": ("aws_egress_only_internet_gateway", {}),
    "AWS::EC2::NatGateway": ("aws_nat_gateway", {"PrivateIpAddress": "private_ip"}),
    "AWS::EC2::VPCEndpoint": ("aws_vpc_endpoint", {}),
    "AWS::EC2::VPCPeeringConnection": ("aws_vpc_peering_connection", {}),
    "AWS::EC2::TransitGateway": ("aws_ec2_transit_gateway", {}),
    "AWS::EC2::TransitGatewayRouteTable": ("aws_ec2_transit_gateway_route_table", {}),
    "AWS::EC2::TransitGatewayRouteTableAssociation": (
        "aws_ec2_transit_gateway_route_table_association",
        {},
    ),
    "AWS::EC2::TransitGatewayRoute": ("aws_ec2_transit_gateway_route", {}),
    "AWS::EC2::TransitGatewayPeeringAttachment": (
        "aws_ec2_transit_gateway_peering_attachment",
        {},
    ),
    "AWS::EC2::TransitGatewayVpcAttachment": ("aws_ec2_transit_gateway_vpc_attachment", {}),
    "AWS::EC2::RouteTable": ("aws_route_table", {}),
    "AWS::EC2::SubnetRouteTableAssociation": ("aws_route_table_association", {}),
    "AWS::EC2::GatewayRouteTableAssociation": ("aws_route_table_association", {}),
    "AWS::EC2::Route": (
        "aws_route",
        {"EgressOnlyInternetGatewayId": "egress_only_gateway_id"},
    ),
    "AWS::EC2::NetworkAcl": ("aws_network_acl", {}),
    "AWS::EC2::SubnetNetworkAclAssociation": ("aws_network_acl_association", {}),
    "AWS::EC2::VPCBlockPublicAccessOptions": ("aws_vpc_block_public_access_options", {}),
    "AWS::EC2::VPCBlockPublicAccessExclusion": ("aws_vpc_block_public_access_exclusion", {}),
    "AWS::S3::BucketPolicy": ("aws_s3_bucket_policy", {"PolicyDocument": "policy"}),
    "AWS::S3::AccessPoint": ("aws_s3_access_point", {}),
    "AWS::IAM::AccessKey": ("aws_iam_access_key", {"UserName": "user"}),
    "AWS::IAM::ManagedPolicy": (
        "aws_iam_policy",
        {"ManagedPolicyName": "name", "PolicyDocument": "policy"},
    ),
    "AWS::IAM::OIDCProvider": ("aws_iam_openid_connect_provider", {}),
}
"""Types of which each property is an attribute; an empty name leaves the property out."""


def snake(name):
    """``CidrBlock`` as ``cidr_block``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def plain(kind, properties):
    """The Terraform type and attributes of a type whose names follow by themselves."""
    type_, renames = NAMES[kind]
    attributes = {renames.get(name, snake(name)): value for name, value in properties.items()}
    attributes.pop("", None)
    return type_, attributes


def vpc_block(properties):
    version = "ipv6" if "Ipv6CidrBlock" in properties else "ipv4"
    given = {name: value for name, value in properties.items() if name != "Ipv6Pool"}
    return f"aws_vpc_{version}_cidr_block_association", {
        snake(name): value for name, value in given.items()
    }


def rule_block(rule):
    """A rule of CloudFormation as a block of a group."""
    block = {
        "protocol": rule["IpProtocol"],
        "from_port": rule.get("FromPort", 0),
        "to_port": rule.get("ToPort", 0),
        "self": False,
    }
    for name, attribute in (
        ("CidrIp", "cidr_blocks"),
        ("CidrIpv6", "ipv6_cidr_blocks"),
        ("SourcePrefixListId", "prefix_list_ids"),
        ("DestinationPrefixListId", "prefix_list_ids"),
        ("SourceSecurityGroupId", "security_groups"),
        ("DestinationSecurityGroupId", "security_groups"),
    ):
        if name in rule:
            block[attribute] = [rule[name]]
    return block


def group(properties):
    attributes = {
        "ingress": [rule_block(rule) for rule in properties["SecurityGroupIngress"]],
        "egress": [rule_block(rule) for rule in properties["SecurityGroupEgress"]],
    }
    if "VpcId" in properties:
        attributes["vpc_id"] = properties["VpcId"]
    return "aws_security_group", attributes


def rule(direction):
    """A rule that is a resource of its own, of the older or the newer kind."""

    def convert(properties):
        peer = properties.get("SourceSecurityGroupId", properties.get("DestinationSecurityGroupId"))
        block = rule_block(properties)
        block.pop("security_groups", None)
        if len(str(properties)) % 2:
            return "aws_security_group_rule", block | {
                "type": direction,
                "security_group_id": properties["GroupId"],
                "source_security_group_id": peer,
            }
        return f"aws_vpc_security_group_{direction}_rule", {
            "ip_protocol": block["protocol"],
            "from_port": properties.get("FromPort"),
            "to_port": properties.get("ToPort"),
            "security_group_id": properties["GroupId"],
            "referenced_security_group_id": peer,
        }

    return convert


def interface(properties):
    return "aws_network_interface", {
        "subnet_id": properties["SubnetId"],
        "security_groups": properties["GroupSet"],
        "private_ips": [entry["PrivateIpAddress"] for entry in properties["PrivateIpAddresses"]],
        "ipv6_addresses": [entry["Ipv6Address"] for entry in properties["Ipv6Addresses"]],
        "source_dest_check": properties["SourceDestCheck"],
    }


def balancer(properties):
    return "aws_lb", {
        "load_balancer_type": properties["Type"],
        "internal": properties["Scheme"] == "internal",
        "subnets": properties["Subnets"],
        "security_groups": properties["SecurityGroups"],
    }


def listener(properties):
    actions = [
        {"type": action["Type"], "target_group_arn": action["TargetGroupArn"]}
        for action in properties["DefaultActions"]
    ]
    return "aws_lb_listener", {
        "load_balancer_arn": properties["LoadBalancerArn"],
        "port": properties["Port"],
        "protocol": properties["Protocol"],
        "default_action": actions,
    }


def attachment(properties):
    kind = "internet" if "InternetGatewayId" in properties else "vpn"
    return f"aws_{kind}_gateway_attachment", {
        snake(name): value for name, value in properties.items()
    }


def transit_attachment(properties):
    options = properties.pop("Options")
    return plain("AWS::EC2::TransitGatewayVpcAttachment", properties | options)


def entry(properties):
    ports, icmp = properties.get("PortRange", {}), properties.get("Icmp", {})
    return "aws_network_acl_rule", {
        "network_acl_id": properties["NetworkAclId"],
        "rule_number": properties["RuleNumber"],
        "rule_action": properties["RuleAction"],
        "egress": properties["Egress"],
        "protocol": str(properties["Protocol"]),
        "cidr_block": properties.get("CidrBlock"),
        "ipv6_cidr_block": properties.get("Ipv6CidrBlock"),
        "from_port": ports.get("From"),
        "to_port": ports.get("To"),
        "icmp_type": icmp.get("Type"),
        "icmp_code": icmp.get("Code"),
    }


CONVERTERS = {
    "AWS::EC2::VPCCidrBlock": vpc_block,
    "AWS::EC2::SecurityGroup": group,
    "AWS::EC2::SecurityGroupIngress": rule("ingress"),
    "AWS::EC2::SecurityGroupEgress": rule("egress"),
    "AWS::EC2::NetworkInterface": interface,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": balancer,
    "AWS::ElasticLoadBalancingV2::Listener": listener,
    "AWS::EC2::VPCGatewayAttachment": attachment,
    "AWS::EC2::TransitGatewayVpcAttachment": transit_attachment,
    "AWS::EC2::NetworkAclEntry": entry,
}


def converted(resource):
    """The Terraform type and attributes of a resource of a template."""
    kind, properties = resource["Type"], resource.get("Properties", {})
    convert = CONVERTERS.get(kind)
    return plain(kind, properties) if convert is None else convert(dict(properties))


def plan_of(template):
    """The plan that makes what the template makes."""
    resources = {name: converted(entry) for name, entry in template["Resources"].items()}
    return plan_with(resources)


def plan_with(resources):
    """The plan of resources with their types and attributes, by name."""
    plan = PlanBuilder()
    types = {name: type_ for name, (type_, _) in resources.items()}
    for name, (type_, attributes) in resources.items():
        parts = {key: _split(value, types) for key, value in attributes.items()}
        known = {key: value for key, (value, _, _) in parts.items() if value is not None}
        unknown = {key: value for key, (_, value, _) in parts.items() if value}
        references = {key: value for key, (_, _, value) in parts.items() if value}
        plan.add(f"{type_}.{name}", known, unknown | {"id": True, "arn": True}, references)
    return plan


def _split(value, types):
    """What is known of a value, what is not, and what it refers to."""
    if isinstance(value, dict) and value.keys() & {"Ref", "Fn::GetAtt"}:
        name = value.get("Ref") or value["Fn::GetAtt"][0]
        return None, True, [f"{types[name]}.{name}.id"]
    if isinstance(value, dict) and not value:
        return value, None, None
    if isinstance(value, dict):
        parts = {key: _split(inner, types) for key, inner in value.items()}
        return (
            {key: known for key, (known, _, _) in parts.items() if known is not None},
            {key: unknown for key, (_, unknown, _) in parts.items() if unknown},
            {key: found for key, (_, _, found) in parts.items() if found},
        )
    if isinstance(value, list):
        parts = [_split(inner, types) for inner in value]
        references = [found for _, _, found in parts]
        if not all(isinstance(reference, dict) for reference in references):
            references = [name for reference in references for name in reference or ()]
        unknown = [part[1] or False for part in parts]
        is_open = any(unknown)
        return (
            [part[0] for part in parts],
            unknown if is_open else None,
            references if is_open else None,
        )
    return value, None, None
