"""States of the controls of network."""

from __future__ import annotations

from cloudpack_baseline.model.ec2 import (
    MetadataOptions,
)
from cloudpack_baseline.model.rds import DBCluster
from cloudpack_baseline.model.serverless import NeptuneGraph
from cloudpack_baseline.testing.records import (
    allow_all,
    block_public_access_options,
    instance,
    internet_gateway,
    network_acl,
    network_acl_entry,
    network_interface,
    permission,
    public_subnet,
    record,
    route,
    route_table,
    security_group,
    subnet,
    tcp,
    vpc,
)
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "resources-in-vpc",
        common=(instance("i-1"), subnet("subnet-a")),
        passing=(vpc("vpc-1"),),
        failing=(vpc("vpc-1", is_default=True),),
    ),
    Example(
        "segmentation",
        common=(
            vpc("vpc-1"),
            subnet("subnet-web", "10.0.1.0/24", tags=(("Tier", "web"),)),
            subnet("subnet-db", "10.0.2.0/24", tags=(("Tier", "db"),)),
            internet_gateway(),
            route_table("rtb-main", main=True),
            route_table("rtb-web", [route("0.0.0.0/0", "igw-1")], ["subnet-web"]),
            network_acl(subnets=["subnet-web", "subnet-db"], is_default=True),
            block_public_access_options(),
            network_interface(
                "eni-web",
                "10.0.1.10",
                public_ip="198.51.100.10",
                subnet_id="subnet-web",
                groups=("sg-web",),
            ),
            network_interface("eni-db", "10.0.2.10", subnet_id="subnet-db", groups=("sg-db",)),
            security_group("sg-web", [tcp(443, "0.0.0.0/0")], [allow_all()]),
        ),
        passing=(security_group("sg-db", [tcp(3306, "sg-web")]),),
        failing=(security_group("sg-db", [tcp(3306, "sg-web"), tcp(22, "sg-web")]),),
        baseline="""\
[[segments]]
name = "web"
tags = { Tier = "web" }
internet_facing = true

[[segments]]
name = "db"
tags = { Tier = "db" }

[[flows]]
from = ["internet"]
to = ["web"]
services = ["https"]

[[flows]]
from = ["web"]
to = ["db"]
services = ["mysql"]

[[flows]]
from = ["web"]
to = ["internet"]
services = ["all"]
""",
    ),
    Example(
        "route-restriction",
        common=(vpc("vpc-1"), subnet("subnet-a", tags=(("Tier", "db"),))),
        passing=(route_table("rtb-1", subnets=["subnet-a"]),),
        failing=(route_table("rtb-1", [route("0.0.0.0/0", "igw-1")], ["subnet-a"]),),
        baseline="""\
[[segments]]
name = "db"
tags = { Tier = "db" }
""",
    ),
    Example(
        "database-isolation",
        passing=(
            record(NeptuneGraph, "graph/g-1", service="neptune-graph", public_connectivity=False),
        ),
        failing=(
            record(NeptuneGraph, "graph/g-1", service="neptune-graph", public_connectivity=True),
        ),
    ),
    Example(
        "admin-ingress",
        common=(
            *public_subnet("subnet-a"),
            instance("i-1"),
            network_interface("eni-1", "10.0.1.10", public_ip="198.51.100.10", instance_id="i-1"),
        ),
        passing=(security_group("sg-1", [tcp(443, "0.0.0.0/0")]),),
        failing=(security_group("sg-1", [tcp(22, "0.0.0.0/0")]),),
    ),
    Example(
        "bastion-ingress",
        common=(
            *public_subnet("subnet-a"),
            network_interface("eni-jump", "10.0.1.5", public_ip="198.51.100.5"),
        ),
        passing=(security_group("sg-1", [tcp(22, "203.0.113.0/28")]),),
        failing=(security_group("sg-1", [tcp(22, "0.0.0.0/0")]),),
        baseline="""\
[networks]
office = ["203.0.113.0/28"]

[[segments]]
name = "jump"
security_groups = ["sg-1"]
role = "bastion"

[[flows]]
from = ["office"]
to = ["jump"]
services = ["ssh"]
""",
    ),
    Example(
        "customer-admin-access",
        common=(
            *public_subnet("subnet-a"),
            network_interface("eni-app", "10.0.1.10", public_ip="192.0.2.10"),
        ),
        passing=(security_group("sg-1", [tcp(8443, "198.51.100.0/24")]),),
        failing=(security_group("sg-1", [tcp(8443, "0.0.0.0/0")]),),
        baseline="""\
[networks]
customer = ["198.51.100.0/24"]

[[segments]]
name = "app"
security_groups = ["sg-1"]

[[flows]]
from = ["customer"]
to = ["app"]
services = ["tcp/8443"]

[controls.customer-admin-access]
services = ["tcp/8443"]
""",
    ),
    Example(
        "default-security-group",
        passing=(security_group("sg-1", group_name="default"),),
        failing=(
            security_group(
                "sg-1", [permission("-1", None, None, "sg-1")], [allow_all()], group_name="default"
            ),
        ),
    ),
    Example(
        "open-security-groups",
        common=(
            *public_subnet("subnet-a", tags=(("Tier", "web"),)),
            network_interface("eni-web", "10.0.1.10", public_ip="198.51.100.10"),
        ),
        passing=(security_group("sg-1", [tcp(443, "0.0.0.0/0")]),),
        failing=(security_group("sg-1", [tcp(443, "0.0.0.0/0"), tcp(22, "0.0.0.0/0")]),),
        baseline="""\
[[segments]]
name = "web"
tags = { Tier = "web" }
internet_facing = true

[[flows]]
from = ["internet"]
to = ["web"]
services = ["https"]
""",
    ),
    Example(
        "network-acls",
        common=(
            subnet("subnet-a", tags=(("Tier", "db"),)),
            network_interface("eni-db"),
        ),
        passing=(
            network_acl(
                "acl-1",
                [
                    network_acl_entry(100, "10.0.1.0/24", protocol="6", ports=(3306, 3306)),
                    network_acl_entry(100, "10.0.1.0/24", egress=True),
                ],
                ["subnet-a"],
            ),
        ),
        failing=(network_acl("acl-1", subnets=["subnet-a"]),),
        baseline="""\
[[segments]]
name = "db"
tags = { Tier = "db" }

[controls.network-acls]
two_layers = ["db"]
""",
    ),
    Example(
        "public-ip-assignment",
        common=(
            vpc("vpc-1"),
            route_table("rtb-1", [route("0.0.0.0/0", "igw-1")], ["subnet-a"]),
        ),
        passing=(subnet("subnet-a", tags=(("Tier", "app"),), map_public_ip_on_launch=False),),
        failing=(subnet("subnet-a", tags=(("Tier", "app"),), map_public_ip_on_launch=True),),
        baseline="""\
[[segments]]
name = "app"
tags = { Tier = "app" }
""",
    ),
    Example(
        "rds-public-access",
        passing=(
            record(
                DBCluster,
                "cluster:shop",
                service="rds",
                name="shop",
                engine="aurora-mysql",
                status="available",
                publicly_accessible=False,
            ),
        ),
        failing=(
            record(
                DBCluster,
                "cluster:shop",
                service="rds",
                name="shop",
                engine="aurora-mysql",
                status="available",
                publicly_accessible=True,
            ),
        ),
    ),
    Example(
        "dedicated-tenancy",
        passing=(instance("i-1", tenancy="dedicated"),),
        failing=(instance("i-1", tenancy="default"),),
        baseline="""\
[controls.dedicated-tenancy]
vpcs = ["vpc-1"]
""",
    ),
    Example(
        "imdsv2",
        passing=(instance("i-1", metadata_options=MetadataOptions(http_tokens="required")),),
        failing=(instance("i-1", metadata_options=MetadataOptions(http_tokens="optional")),),
    ),
)
