"""A VPC that the Internet reaches, of the records that users' tests have too."""

from __future__ import annotations

from cloudpack_baseline.testing.records import (
    ANYWHERE,
    allow_all,
    internet_gateway,
    network_acl,
    record,
    route,
    route_table,
    subnet,
    vpc,
)

TO_GATEWAY = route(ANYWHERE, "igw-1")
TO_GATEWAY_6 = route("::/0", "igw-1")
EVERYTHING = allow_all()


def made(kind, resource_type, id_field, name, defaults, changes):  # noqa: PLR0917 - one line a record
    """A record whose ID is its name."""
    return record(kind, f"{resource_type}/{name}", **({id_field: name} | defaults | changes))


def place(*groups, routes=(TO_GATEWAY, TO_GATEWAY_6)):
    """A VPC with one subnet that leads to the Internet, and the groups."""
    return (
        vpc(ipv6_cidr_blocks=("2001:db8:1::/56",)),
        subnet(ipv6_cidr_blocks=("2001:db8:1::/64",)),
        internet_gateway(),
        route_table(routes=routes, main=True),
        network_acl(is_default=True),
        *groups,
    )
