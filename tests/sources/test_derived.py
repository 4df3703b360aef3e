"""Network interfaces of databases that a mock leaves out."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
    SecurityGroup,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.snapshot import AccountScope, Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.derived import (
    with_database_interfaces,
    with_databases,
    with_default_vpcs,
)
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW, REGION, denied

ARN = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:main"


def database(**changes):
    plain = {
        "arn": ARN,
        "account": ACCOUNT,
        "region": REGION,
        "name": "main",
        "engine": "mysql",
        "status": "available",
        "subnets": ("subnet-a", "subnet-c"),
        "vpc": "vpc-1",
        "security_groups": ("sg-db",),
        "tags": (("Tier", "db"),),
    }
    return DBInstance(**(plain | changes))


def subnet(**changes):
    return records.subnet(**({"cidr_block": "10.0.20.0/28"} | changes))


def interface(address, **changes):
    return records.network_interface(f"eni-{address}", address, **changes)


def with_interfaces(*present, gathered=True):
    coverage = (Coverage(kind="NetworkInterface", account=ACCOUNT, region=REGION),)
    snapshot = Snapshot(
        taken_at=NOW,
        source="moto",
        accounts=(AccountScope(id=ACCOUNT),),
        records=present,
        coverage=coverage if gathered else (),
    )
    return with_database_interfaces(snapshot)


def made(*present, gathered=True):
    found = with_interfaces(*present, gathered=gathered).all(NetworkInterface, ACCOUNT)
    return [one for one in found if one.belongs_to]


def test_a_database_gets_an_interface_at_the_first_free_address():
    (record,) = made(database(), subnet(), interface("10.0.20.4"))
    assert record.private_ip_addresses[0].private_ip_address == "10.0.20.5"
    assert record.private_ip_addresses[0].public_ip is None
    assert (record.groups, record.subnet_id, record.arn) == (("sg-db",), "subnet-a", ARN)
    assert record.tags == (("Tier", "db"),)


def test_a_public_database_has_a_public_address():
    (one,) = made(database(publicly_accessible=True), subnet())
    assert one.private_ip_addresses[0].public_ip


def test_two_databases_do_not_share_an_address():
    second = database(arn=f"{ARN}2", name="second")
    addresses = {one.private_ip_addresses for one in made(database(), second, subnet())}
    assert len(addresses) == 2


def test_no_interface_where_there_is_one_or_none_was_gathered_or_no_vpc():
    assert made(database(), subnet(), gathered=False) == []
    assert made(database(subnets=()), subnet()) == []
    (own,) = made(database(), subnet(), interface("10.0.20.4", belongs_to=ARN))
    assert own.network_interface_id == "eni-10.0.20.4"


def test_an_address_that_cannot_be_told_is_unknown():
    full = [interface(f"10.0.20.{host}") for host in range(4, 15)]
    hidden = evolve(interface("10.0.20.4"), private_ip_addresses=denied())
    for present in (
        [database()],
        [database(), subnet(cidr_block=None)],
        [database(publicly_accessible=denied()), subnet()],
        [database(), subnet(), *full],
    ):
        (one,) = made(*present, hidden)
        assert isinstance(one.private_ip_addresses, Unknown)


@pytest.mark.parametrize("field", ["vpc", "subnets"])
def test_a_database_whose_place_is_unknown_leaves_the_listing_open(field):
    present = database(**{field: denied()}), subnet()
    assert made(*present) == []
    assert with_interfaces(*present).coverage[0].unknown == denied()
    assert with_interfaces(database(), subnet()).coverage[0].unknown is None
    elsewhere = database(region="us-east-1", **{field: denied()})
    assert with_interfaces(elsewhere).coverage[0].unknown is None


def test_databases_are_read_where_interfaces_are():
    kinds = {read.kind for read in with_databases([reads(NetworkInterface)])}
    assert kinds == {NetworkInterface, DBInstance, SecurityGroup, Subnet, Vpc}
    assert with_databases([reads(Subnet)]) == (reads(Subnet),)
    # Nobody asks where they are.
    assert with_databases([reads(DBInstance)]) == (reads(DBInstance),)


class TestDefaultVpc:
    """AWS puts a database without a subnet group into the default VPC."""

    VPC = records.vpc("vpc-default", is_default=True)
    GROUP = records.security_group("sg-default", group_name="default", vpc_id="vpc-default")

    def placed(self, *present, **changes):
        alone = database(**({"subnets": (), "vpc": None, "security_groups": ()} | changes))
        snapshot = Snapshot(
            taken_at=NOW,
            source="moto",
            accounts=(AccountScope(id=ACCOUNT),),
            records=(alone, *present),
        )
        (db_instance,) = with_default_vpcs(snapshot).all(DBInstance, ACCOUNT)
        return db_instance

    def test_it_gets_its_subnets_and_group(self):
        inside = records.subnet("subnet-d", vpc_id="vpc-default")
        other = records.subnet("subnet-o", vpc_id="vpc-other")
        one = self.placed(self.VPC, inside, other, self.GROUP)
        assert (one.vpc, one.subnets) == ("vpc-default", ("subnet-d",))
        assert one.security_groups == ("sg-default",)

    def test_an_unknown_subnet_group_stays(self):
        assert self.placed(self.VPC, subnet_group=denied()).vpc is None

    def test_what_it_has_stays(self):
        assert self.placed(self.VPC, security_groups=("sg-1",)).security_groups == ("sg-1",)
        assert self.placed(self.VPC, subnet_group="g", vpc="vpc-1").vpc == "vpc-1"

    def test_without_a_default_vpc_it_stands_in_none(self):
        assert self.placed(evolve(self.VPC, is_default=False)).vpc is None
        assert self.placed(evolve(self.VPC, region="eu-west-1")).vpc is None
