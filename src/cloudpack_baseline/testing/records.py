"""Records of a small account, for tests that need neither AWS nor moto.

Each function returns a record that is complete except for what the test is about: IDs come first,
further fields are keywords, as in the class of the record. `snapshot` makes a snapshot of records,
as a gathering would have recorded it, so that any check can judge them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import attrs

from cloudpack_baseline.checks import check_of
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.ec2 import (
    Instance,
    IpPermission,
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
    GatewayAttachment,
    InternetGateway,
    VpcBlockPublicAccessOptions,
)
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.iam_credentials import CredentialReportEntry
from cloudpack_baseline.model.iam_principals import InlinePolicy, RoleDetail, UserDetail
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import merged
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.route53 import HostedZone
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.snapshot import AccountScope, Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.whitepaper import Control, builtin

__all__ = [
    "ACCOUNT",
    "ANYWHERE",
    "OWNER",
    "REGION",
    "SMALL_BASELINE",
    "TAKEN_AT",
    "account_public_access_block",
    "account_summary",
    "allow_all",
    "block_public_access_options",
    "bucket",
    "credential_report_entry",
    "db_instance",
    "hosted_zone",
    "instance",
    "internet_gateway",
    "network_acl",
    "network_acl_entry",
    "network_interface",
    "permission",
    "policy",
    "public_subnet",
    "record",
    "role",
    "route",
    "route_table",
    "security_group",
    "small_account",
    "snapshot",
    "subnet",
    "tcp",
    "trail",
    "user",
    "vpc",
]

R = TypeVar("R", bound=Record)

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
OWNER = "a" * 64
"""The canonical user ID of the account."""
TAKEN_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
"""When a snapshot was taken, unless a test says otherwise."""
ANYWHERE = "0.0.0.0/0"

_ROUTE_TARGETS = {
    "nat": "nat_gateway_id",
    "tgw": "transit_gateway_id",
    "pcx": "vpc_peering_connection_id",
    "eigw": "egress_only_internet_gateway_id",
    "eni": "network_interface_id",
}
"""By the prefix of the target's ID; any other is a gateway."""

_FLAGS = ("_active", "_enabled")
"""How the names of the boolean columns of the credential report end."""

SMALL_BASELINE: Mapping[str, Any] = {
    "segments": [
        {"name": "web", "tags": {"Tier": "web"}, "internet_facing": True},
        {"name": "db", "tags": {"Tier": "db"}},
    ],
    "flows": [
        {"from": ["internet"], "to": ["web"], "services": ["https"]},
        {"from": ["web"], "to": ["db"], "services": ["mysql"]},
    ],
}
"""What `small_account` is declared to be; for `Baseline.from_mapping`."""


def snapshot(
    *records: Record,
    controls: Iterable[str | Control] | None = None,
    unread: Mapping[str, Unknown] | None = None,
    **fields: object,
) -> Snapshot:
    """What a gathering would have recorded of an account that holds just the records.

    Of two records of one kind and ARN, the later one counts.

    Args:
        records: in any order.
        controls: what was gathered is what these read; by default, what all of the white paper
            do.
        unread: by name of a kind: why its listing could not be read.
        fields: of `Snapshot`, in place of its defaults.

    Raises:
        InputError: there is no such control.
    """
    selected = builtin().controls.values() if controls is None else controls
    reads = merged(read for control in selected for read in check_of(control).reads)
    coverage = [
        Coverage(
            kind=read.kind.__name__,
            account=ACCOUNT,
            region=REGION,
            fields=tuple(sorted(read.fields)),
            unknown=(unread or {}).get(read.kind.__name__),
        )
        for read in reads
    ]
    distinct = {
        (type(entry), entry.account, entry.arn or index): entry
        for index, entry in enumerate(records)
    }
    values: dict[str, Any] = {
        "taken_at": TAKEN_AT,
        "source": "aws",
        "accounts": (AccountScope(id=ACCOUNT, regions=(REGION,)),),
        "records": tuple(distinct.values()),
        "coverage": coverage,
        **fields,
    }
    return Snapshot(**values)


def record(kind: type[R], resource: str, *, service: str = "ec2", **fields: object) -> R:
    """A record of any kind; `resource` ends its ARN, such as ``vpc/vpc-1``."""
    return _complete(kind, resource, fields, service=service)


def _complete(
    kind: type[R], resource: str, fields: Mapping[str, object], *, service: str = "ec2"
) -> R:
    account, region = fields.get("account", ACCOUNT), fields.get("region", REGION)
    values: dict[str, Any] = {
        "arn": f"arn:aws:{service}:{region}:{account}:{resource}",
        "account": account,
        "region": region,
        "name": resource.rpartition("/")[2],
        **fields,
    }
    return kind(**values)


def vpc(vpc_id: str = "vpc-1", *cidr_blocks: str, **fields: object) -> Vpc:
    """A VPC; without blocks, of 10.0.0.0/16. Block Public Access is off."""
    defaults = {
        "vpc_id": vpc_id,
        "cidr_blocks": cidr_blocks or ("10.0.0.0/16",),
        "internet_gateway_block_mode": "off",
    }
    return _complete(Vpc, f"vpc/{vpc_id}", defaults | fields)


def subnet(
    subnet_id: str = "subnet-a", cidr_block: str = "10.0.1.0/24", **fields: object
) -> Subnet:
    """A subnet of vpc-1."""
    defaults = {"subnet_id": subnet_id, "vpc_id": "vpc-1", "cidr_block": cidr_block}
    return _complete(Subnet, f"subnet/{subnet_id}", defaults | fields)


def route(destination: str, target: str, **fields: object) -> Route:
    """A route from a CIDR block or prefix list to a target, each recognized by its format."""
    key = "destination_cidr_block"
    if destination.startswith("pl-"):
        key = "destination_prefix_list_id"
    elif ":" in destination:
        key = "destination_ipv6_cidr_block"
    target_key = _ROUTE_TARGETS.get(target.partition("-")[0], "gateway_id")
    values: dict[str, Any] = {key: destination, target_key: target, **fields}
    return Route(**values)


def route_table(
    route_table_id: str = "rtb-1",
    routes: Iterable[Route] = (),
    subnets: Iterable[str] = (),
    *,
    main: bool = False,
    **fields: object,
) -> RouteTable:
    """A route table of vpc-1, with the local route of 10.0.0.0/16."""
    associations = [RouteTableAssociation(main=True)] if main else []
    associations += [RouteTableAssociation(subnet_id=subnet_id) for subnet_id in subnets]
    defaults = {
        "route_table_id": route_table_id,
        "vpc_id": "vpc-1",
        "routes": (route("10.0.0.0/16", "local"), *routes),
        "associations": tuple(associations),
    }
    return _complete(RouteTable, f"route-table/{route_table_id}", defaults | fields)


def internet_gateway(
    internet_gateway_id: str = "igw-1",
    vpc_id: str = "vpc-1",
    **fields: object,
) -> InternetGateway:
    """An internet gateway that is attached to the VPC."""
    defaults = {
        "internet_gateway_id": internet_gateway_id,
        "attachments": (GatewayAttachment(vpc_id=vpc_id),),
    }
    return _complete(InternetGateway, f"internet-gateway/{internet_gateway_id}", defaults | fields)


def network_interface(
    network_interface_id: str = "eni-1",
    address: str = "10.0.1.10",
    *,
    public_ip: str | None = None,
    ipv6: Iterable[str] = (),
    **fields: object,
) -> NetworkInterface:
    """A network interface in subnet-a with the security group sg-1."""
    primary = NetworkInterfacePrivateIpAddress(
        private_ip_address=address, primary=True, public_ip=public_ip
    )
    defaults = {
        "network_interface_id": network_interface_id,
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-a",
        "groups": ("sg-1",),
        "private_ip_addresses": (primary,),
        "ipv6_addresses": tuple(
            NetworkInterfaceIpv6Address(ipv6_address=ipv6_address) for ipv6_address in ipv6
        ),
    }
    return _complete(
        NetworkInterface, f"network-interface/{network_interface_id}", defaults | fields
    )


def instance(instance_id: str = "i-1", **fields: object) -> Instance:
    """An instance in subnet-a."""
    defaults = {"instance_id": instance_id, "vpc_id": "vpc-1", "subnet_id": "subnet-a"}
    return _complete(Instance, f"instance/{instance_id}", defaults | fields)


def security_group(
    group_id: str = "sg-1",
    inbound: Iterable[IpPermission] = (),
    outbound: Iterable[IpPermission] = (),
    **fields: object,
) -> SecurityGroup:
    """A security group of vpc-1."""
    defaults = {
        "group_id": group_id,
        "vpc_id": "vpc-1",
        "group_name": group_id,
        "ip_permissions": tuple(inbound),
        "ip_permissions_egress": tuple(outbound),
    }
    return _complete(SecurityGroup, f"security-group/{group_id}", defaults | fields)


def permission(protocol: str, low: int | None, high: int | None, *peers: str) -> IpPermission:
    """A rule of a security group; peers are CIDR blocks, ``pl-...`` and ``sg-...``."""
    return IpPermission(
        ip_protocol=protocol,
        from_port=low,
        to_port=high,
        ip_ranges=tuple(peer for peer in peers if "." in peer),
        ipv6_ranges=tuple(peer for peer in peers if ":" in peer),
        prefix_list_ids=tuple(peer for peer in peers if peer.startswith("pl-")),
        user_id_group_pairs=tuple(
            UserIdGroupPair(group_id=peer) for peer in peers if peer.startswith("sg-")
        ),
    )


def tcp(port: int, *peers: str, last: int | None = None) -> IpPermission:
    """A rule for a TCP port, or for those up to `last`."""
    return permission("tcp", port, port if last is None else last, *peers)


def allow_all() -> IpPermission:
    """The rule that a security group begins with for outbound traffic, IPv6 included."""
    return permission("-1", None, None, ANYWHERE, "::/0")


def network_acl_entry(  # noqa: PLR0913 - fields of the record, by name
    rule_number: int,
    cidr_block: str,
    *,
    allow: bool = True,
    egress: bool = False,
    protocol: str = "-1",
    ports: tuple[int, int] | None = None,
) -> NetworkAclEntry:
    """An entry of a network ACL for an IPv4 or IPv6 block."""
    low, high = ports or (None, None)
    return NetworkAclEntry(
        rule_number=rule_number,
        egress=egress,
        protocol=protocol,
        rule_action="allow" if allow else "deny",
        cidr_block=None if ":" in cidr_block else cidr_block,
        ipv6_cidr_block=cidr_block if ":" in cidr_block else None,
        from_port=low,
        to_port=high,
    )


def network_acl(
    network_acl_id: str = "acl-1",
    entries: Iterable[NetworkAclEntry] | None = None,
    subnets: Iterable[str] = (),
    **fields: object,
) -> NetworkAcl:
    """A network ACL of vpc-1; by default one that allows everything."""
    if entries is None:
        entries = [
            network_acl_entry(100, cidr_block, egress=egress)
            for cidr_block in (ANYWHERE, "::/0")
            for egress in (False, True)
        ]
    defaults = {
        "network_acl_id": network_acl_id,
        "vpc_id": "vpc-1",
        "entries": tuple(entries),
        "subnet_ids": tuple(subnets),
    }
    return _complete(NetworkAcl, f"network-acl/{network_acl_id}", defaults | fields)


def block_public_access_options(mode: str = "off") -> VpcBlockPublicAccessOptions:
    """VPC Block Public Access of the region."""
    return record(
        VpcBlockPublicAccessOptions,
        "vpc-block-public-access-options/options",
        internet_gateway_block_mode=mode,
    )


def public_subnet(
    subnet_id: str = "subnet-a", cidr_block: str = "10.0.1.0/24", **fields: object
) -> tuple[Record, ...]:
    """A public subnet of vpc-1 with the records that route traffic from the internet to it.

    These are the VPC, the subnet, an internet gateway, the route table ``rtb-1`` with a default
    route to it, a network ACL that allows everything, and Block Public Access, which is off
    (Amazon VPC User Guide, "Subnets for your VPC").
    """
    return (
        vpc(),
        subnet(subnet_id, cidr_block, **fields),
        internet_gateway(),
        route_table("rtb-1", [route(ANYWHERE, "igw-1")], [subnet_id]),
        network_acl(subnets=[subnet_id], is_default=True),
        block_public_access_options(),
    )


def policy(*statements: Mapping[str, Any]) -> str:
    """A policy document, as JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def bucket(name: str = "docs", *statements: Mapping[str, Any], **fields: object) -> Bucket:
    """A bucket without ACLs, whose policy has the statements; without any, it has none."""
    defaults = {
        "arn": f"arn:aws:s3:::{name}",
        "owner": OWNER,
        "acl": (),
        "ownership": "BucketOwnerEnforced",
        "policy": policy(*statements) if statements else None,
        "public_access_block": None,
    }
    return _complete(Bucket, name, defaults | fields)


def account_public_access_block(**fields: object) -> AccountPublicAccessBlock:
    """Block Public Access of the account: by default not set."""
    defaults = {
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "region": "",
        "name": ACCOUNT,
        "settings": None,
        "organization": None,
    }
    return _complete(AccountPublicAccessBlock, ACCOUNT, defaults | fields)


def role(
    name: str,
    *,
    trust: Iterable[Mapping[str, Any]] = (),
    permissions: Iterable[Mapping[str, Any]] = (),
    **fields: object,
) -> RoleDetail:
    """A role with the statements of its trust policy and of its inline policy."""
    statements = tuple(permissions)
    defaults = {
        "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "region": "",
        "trust": policy(*trust),
        "inline_policies": (
            (InlinePolicy(name=name, document=policy(*statements)),) if statements else ()
        ),
    }
    return _complete(RoleDetail, name, defaults | fields)


def user(name: str = "ann", **fields: object) -> UserDetail:
    """An IAM user without policies and credentials (IAM API Reference, "UserDetail")."""
    defaults = {
        "region": "",
        "password": False,
        "access_keys": (),
        "mfa_devices": (),
        "ssh_public_keys": (),
    }
    return _complete(UserDetail, f"user/{name}", defaults | fields, service="iam")


def account_summary(**fields: object) -> AccountSummary:
    """The root user with a password and an MFA device, without access keys and certificates.

    `fields` are the flags of `AccountSummary` (IAM API Reference, "GetAccountSummary").
    """
    defaults = {
        "region": "",
        "mfa_enabled": True,
        "password_present": True,
        "access_keys_present": False,
        "signing_certificates_present": False,
    }
    return _complete(AccountSummary, "root", defaults | fields, service="iam")


def credential_report_entry(user_name: str = "ann", **fields: object) -> CredentialReportEntry:
    """A user without credentials in the credential report, who is 400 days old at `TAKEN_AT`.

    Args:
        user_name: ``<root_account>`` is the root user.
        fields: the columns of the report (IAM User Guide, "Generate credential reports for your AWS
            account"): times are aware, flags are booleans, and ``None`` stands for ``N/A``,
            ``no_information`` and ``not_supported``.
    """
    columns = attrs.fields_dict(CredentialReportEntry).keys() - attrs.fields_dict(Record).keys()
    defaults = {
        **{column: False if column.endswith(_FLAGS) else None for column in columns},
        "user_creation_time": TAKEN_AT - timedelta(days=400),
        "region": "",
        "name": user_name,
    }
    resource = "root" if user_name == "<root_account>" else f"user/{user_name}"
    return _complete(CredentialReportEntry, resource, defaults | fields, service="iam")


def trail(name: str = "all", **fields: object) -> Trail:
    """A trail that delivers the management events of every Region to the bucket ``logs``.

    The latest delivery, at `TAKEN_AT`, succeeded (CloudTrail API Reference, "GetTrailStatus").
    """
    defaults = {
        "s3_bucket": "logs",
        "s3_prefix": "",
        "log_group": None,
        "multi_region": True,
        "global_service_events": True,
        "custom_selectors": False,
        "logging": True,
        "delivery_error": "",
        "delivered_at": TAKEN_AT,
        "log_group_error": "",
    }
    return _complete(Trail, f"trail/{name}", defaults | fields, service="cloudtrail")


def db_instance(name: str = "shop", engine: str = "mysql", **fields: object) -> DBInstance:
    """A DB instance as CreateDBInstance makes it with its defaults, without backups.

    `engine` and `fields` are as in the Amazon RDS API Reference, "DBInstance".
    """
    defaults = {
        "name": name,
        "engine": engine,
        "status": "available",
        "deletion_protection": False,
        "storage_encrypted": False,
        "multi_az": False,
        "auto_minor_version_upgrade": True,
        "automated_backup_replications": (),
    }
    return _complete(DBInstance, f"db:{name}", defaults | fields, service="rds")


def hosted_zone(zone_id: str = "Z1", name: str = "example.jp", **fields: object) -> HostedZone:
    """A public hosted zone (Route 53 API Reference, "HostedZone"); `name` has no final dot."""
    defaults = {
        "arn": f"arn:aws:route53:::hostedzone/{zone_id}",
        "region": "",
        "id": zone_id,
        "name": name,
    }
    return _complete(HostedZone, zone_id, defaults | fields)


def small_account() -> tuple[Record, ...]:
    """A web server that the internet reaches, a database that it uses, a bucket and a role.

    It is what `SMALL_BASELINE` declares.
    """
    return (
        vpc(internet_gateway_block_mode=None),
        subnet("subnet-web", "10.0.1.0/24", tags=(("Tier", "web"),)),
        subnet("subnet-db", "10.0.2.0/24", tags=(("Tier", "db"),)),
        internet_gateway(),
        route_table("rtb-main", main=True),
        route_table("rtb-web", [route(ANYWHERE, "igw-1")], ["subnet-web"]),
        network_acl(subnets=["subnet-web", "subnet-db"], is_default=True),
        block_public_access_options(),
        security_group("sg-web", [tcp(443, ANYWHERE)], [tcp(3306, "sg-db")]),
        security_group("sg-db", [tcp(3306, "sg-web")]),
        network_interface(
            "eni-web",
            "10.0.1.10",
            public_ip="198.51.100.10",
            subnet_id="subnet-web",
            groups=("sg-web",),
        ),
        network_interface("eni-db", "10.0.2.10", subnet_id="subnet-db", groups=("sg-db",)),
        bucket("docs"),
        account_public_access_block(),
        role(
            "web",
            trust=[
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "ec2.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
            permissions=[
                {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::docs/*",
                }
            ],
        ),
    )
