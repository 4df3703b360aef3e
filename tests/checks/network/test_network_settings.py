"""The network's controls that single records decide."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import (
    Baseline,
    Outcome,
    check_dedicated_tenancy,
    check_default_security_group,
    check_imdsv2,
    check_network_acls,
    check_public_ip_assignment,
    check_resources_in_vpc,
    check_vpc_flow_logs,
)
from cloudpack_baseline.model.ec2 import (
    DEFAULT_SUBNET,
    DEFAULT_VPC,
    MetadataOptions,
    Route,
    RouteTableAssociation,
)
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.ec2_posture import (
    FlowLog,
    InstanceMetadataDefaults,
    LaunchTemplate,
    LaunchTemplateInterface,
    LaunchTemplateVersion,
)
from cloudpack_baseline.model.elasticache import CacheCluster, CacheSubnetGroup, ServerlessCache
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.testing.records import ANYWHERE, instance, subnet, tcp, vpc
from cloudpack_baseline.testing.records import network_acl as acl
from cloudpack_baseline.testing.records import network_acl_entry as entry
from cloudpack_baseline.testing.records import network_interface as interface
from cloudpack_baseline.testing.records import route_table as table
from cloudpack_baseline.testing.records import security_group as group
from support import ACCOUNT, REGION, denied, only, world
from vpcs import TO_GATEWAY, TO_GATEWAY_6, made

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
UNREAD = denied("ec2:DescribeThings")
OTHER = "210987654321"


def outcomes(assessment):
    """By the last part of the resource's key."""
    return {finding.resource.name: finding.outcome for finding in assessment.findings}


def baseline(**fields):
    return Baseline.from_mapping(fields)


def segments(*rows, **fields):
    return baseline(
        segments=[{"name": f"s{index}", **row} for index, row in enumerate(rows)], **fields
    )


class TestDefaultSecurityGroup:
    @staticmethod
    def judged(*records, gaps=None):
        return check_default_security_group(world("default-security-group", *records, gaps=gaps))

    @pytest.mark.parametrize(
        ("inbound", "outbound", "expected"),
        [
            ((), (), PASS),
            ([tcp(22, ANYWHERE)], (), FAIL),
            ((), [tcp(22, ANYWHERE)], FAIL),
            ([tcp(22, "sg-1")], (), FAIL),
        ],
    )
    def test_it_has_no_rule(self, inbound, outbound, expected):
        security_group = group("sg-1", inbound, outbound, group_name="default")
        assert only(self.judged(security_group)).outcome is expected

    def test_the_group_that_a_vpc_of_a_template_will_have_is_not_applicable(self):
        described = "default VPC security group"
        for description, expected in ((described, NONE), ("mine", FAIL)):
            security_group = group("sg-1", [tcp(1)], group_name="default", description=description)
            planned = world("default-security-group", security_group, source="template")
            judged = only(check_default_security_group(planned))
            assert judged.outcome is expected
            messages = {observation.message.id for observation in judged.observations}
            assert ("network.default-group-planned" in messages) is (expected is NONE)

    def test_a_rule_that_a_template_adds_is_a_rule(self):
        described = "default VPC security group"
        rules = [tcp(1, "sg-1"), tcp(22, ANYWHERE)]
        for inbound, expected in ((rules, FAIL), (rules[:1], NONE)):
            security_group = group("sg-1", inbound, group_name="default", description=described)
            planned = world("default-security-group", security_group, source="template")
            assert only(check_default_security_group(planned)).outcome is expected

    def test_a_failure_names_the_direction(self):
        security_group = group("sg-1", [tcp(22, ANYWHERE)], group_name="default")
        finding = only(self.judged(security_group))
        assert finding.observations[0].read == "IpPermissions: 1"
        assert finding.observations[0].expected == "IpPermissions=[]"
        outbound = group("sg-1", (), [tcp(22, ANYWHERE)], group_name="default")
        assert only(self.judged(outbound)).observations[0].read == "IpPermissionsEgress: 1"

    @pytest.mark.parametrize("field", ["ip_permissions", "ip_permissions_egress"])
    def test_rules_that_could_not_be_read(self, field):
        security_group = group("sg-1", group_name="default", **{field: UNREAD})
        assert only(self.judged(security_group)).outcome is UNKNOWN

    def test_one_rule_is_enough_whatever_is_unread(self):
        security_group = group(
            "sg-1", [tcp(1, ANYWHERE)], group_name="default", ip_permissions_egress=UNREAD
        )
        assert only(self.judged(security_group)).outcome is FAIL

    def test_other_groups_are_not_judged(self):
        assert self.judged(group("sg-1", [tcp(22, ANYWHERE)], group_name="Default")).judged == 0

    def test_groups_that_could_not_be_listed(self):
        assert only(self.judged(gaps={"SecurityGroup": UNREAD})).outcome is UNKNOWN


WEB = {"security_groups": ["sg-1"], "internet_facing": True}
APP = {"security_groups": ["sg-2"]}
FACING = {"subnets": ["subnet-a"], "internet_facing": True}
MAIN = table("rtb-main", [TO_GATEWAY, TO_GATEWAY_6], main=True)


def template(*interfaces, **version):
    launch_template_version = LaunchTemplateVersion(
        number=1, default=True, interfaces=interfaces, **version
    )
    return made(
        LaunchTemplate,
        "launch-template",
        "launch_template_id",
        "lt-1",
        {"versions": (launch_template_version,)},
        {},
    )


def public(**changes):
    return LaunchTemplateInterface(associate_public_ip_address=True, **changes)


class TestPublicIpAssignment:
    @staticmethod
    def judged(*records, declared=None, gaps=None):
        snapshot = world("public-ip-assignment", *records, gaps=gaps)
        return check_public_ip_assignment(snapshot, declared)

    def outcome(self, record, *records, **arguments):
        return outcomes(self.judged(record, *records, **arguments))[record.name]

    @pytest.mark.parametrize(
        ("four", "six", "expected"),
        [
            (False, False, PASS),
            (True, False, FAIL),
            (False, True, FAIL),
            (UNREAD, False, UNKNOWN),
            (False, UNREAD, UNKNOWN),
            (UNREAD, True, FAIL),
        ],
    )
    def test_a_subnet_that_hands_out_addresses(self, four, six, expected):
        subnet_record = subnet(map_public_ip_on_launch=four, assign_ipv6_address_on_creation=six)
        assert self.outcome(subnet_record, vpc(), MAIN) is expected

    @pytest.mark.parametrize(
        ("routes", "expected"),
        [
            ([TO_GATEWAY], FAIL),
            ([Route(destination_prefix_list_id="pl-1", gateway_id="igw-1")], FAIL),
            ([Route(destination_cidr_block="203.0.113.0/24", gateway_id="igw-1")], FAIL),
            ([], PASS),
            ([TO_GATEWAY_6], PASS),
            ([Route(destination_cidr_block=ANYWHERE, nat_gateway_id="nat-1")], PASS),
            ([evolve(TO_GATEWAY, state="blackhole")], PASS),
        ],
    )
    def test_it_needs_a_route_to_a_gateway(self, routes, expected):
        subnet_record = subnet(map_public_ip_on_launch=True)
        route_table = table("rtb-own", routes, ["subnet-a"])
        assert self.outcome(subnet_record, vpc(), route_table, MAIN) is expected

    def test_the_table_of_a_gateway_is_no_subnets(self):
        edge = RouteTableAssociation(gateway_id="igw-1")
        steering = table("rtb-edge", [TO_GATEWAY], associations=(edge,))
        subnet_record = subnet(map_public_ip_on_launch=True)
        assert self.outcome(subnet_record, vpc(), steering, table("rtb-main", main=True)) is PASS

    def test_ipv6_behind_an_egress_only_gateway(self):
        route = Route(destination_ipv6_cidr_block="::/0", egress_only_internet_gateway_id="eigw-1")
        subnet_record = subnet(assign_ipv6_address_on_creation=True)
        assert self.outcome(subnet_record, vpc(), table(routes=[route], main=True)) is PASS

    def test_a_table_that_is_no_longer_associated(self):
        gone = RouteTableAssociation(subnet_id="subnet-a", state="disassociated")
        old = table("rtb-old", (), associations=(gone,))
        assert self.outcome(subnet(map_public_ip_on_launch=True), vpc(), old, MAIN) is FAIL

    @pytest.mark.parametrize(
        "tables",
        [
            (table("rtb-1", associations=UNREAD), MAIN),
            (evolve(MAIN, routes=UNREAD),),
            (),
        ],
    )
    def test_routes_that_are_not_known(self, tables):
        subnet_record = subnet(map_public_ip_on_launch=True)
        assert self.outcome(subnet_record, vpc(), *tables) is UNKNOWN
        assert (
            self.outcome(evolve(subnet_record, map_public_ip_on_launch=False), vpc(), *tables)
            is PASS
        )

    def test_tables_that_could_not_be_listed(self):
        subnet_record = subnet(map_public_ip_on_launch=True)
        assert self.outcome(subnet_record, vpc(), gaps={"RouteTable": UNREAD}) is UNKNOWN

    @pytest.mark.parametrize(
        "row",
        [
            {"subnets": ["subnet-a"]},
            {"cidrs": ["10.0.0.0/22"]},
            {"tags": {"Tier": "web"}},
            {"names": ["web-*"]},
        ],
    )
    def test_a_declared_subnet(self, row):
        tags = (("Name", "web-a"), ("Tier", "web"))
        subnet_record = subnet(map_public_ip_on_launch=True, tags=tags)
        facing = segments({**row, "internet_facing": True})
        assert self.outcome(subnet_record, vpc(), MAIN, declared=facing) is PASS
        assert self.outcome(subnet_record, vpc(), MAIN, declared=segments(row)) is FAIL

    @pytest.mark.parametrize(
        "row",
        [
            {"subnets": ["subnet-b"]},
            {"cidrs": ["10.0.1.0/25", "2001:db8::/32"]},
            {"tags": {"Tier": "app"}},
            {"names": ["web-*"]},
        ],
    )
    def test_another_subnet(self, row):
        subnet_record = subnet(map_public_ip_on_launch=True, tags=(("Tier", "web"),))
        declared = segments({**row, "internet_facing": True})
        assert self.outcome(subnet_record, vpc(), MAIN, declared=declared) is FAIL

    def test_a_subnet_of_two_segments(self):
        subnet_record = subnet(map_public_ip_on_launch=True)
        declared = segments(FACING, {"cidrs": ["10.0.0.0/16"]})
        assert self.outcome(subnet_record, vpc(), MAIN, declared=declared) is FAIL

    def test_a_subnet_without_ipv4(self):
        subnet_record = subnet(cidr_block=None, assign_ipv6_address_on_creation=True)
        declared = segments({"cidrs": ["10.0.0.0/16"], "internet_facing": True})
        assert self.outcome(subnet_record, vpc(), MAIN, declared=declared) is FAIL

    def test_tags_that_could_not_be_read(self):
        subnet_record = subnet(map_public_ip_on_launch=True, tags=UNREAD)
        row = {"tags": {"Tier": "web"}}
        facing = segments({**row, "internet_facing": True})
        assert self.outcome(subnet_record, vpc(), MAIN, declared=facing) is UNKNOWN
        assert self.outcome(subnet_record, vpc(), MAIN, declared=segments(row)) is FAIL

    @pytest.mark.parametrize(
        ("groups", "expected"),
        [
            ([("sg-1",)], PASS),
            ([("sg-1",), ("sg-1",)], PASS),
            ([("sg-1",), ("sg-2",)], FAIL),
            ([("sg-1", "sg-2")], FAIL),
            ([("sg-3",)], FAIL),
            ([UNREAD], UNKNOWN),
            ([UNREAD, ("sg-2",)], FAIL),
            ([], FAIL),
        ],
    )
    def test_what_stands_in_it(self, groups, expected):
        subnet_record = subnet(map_public_ip_on_launch=True)
        within = [interface(f"eni-{n}", groups=group) for n, group in enumerate(groups)]
        declared = segments(WEB, APP)
        assert self.outcome(subnet_record, vpc(), MAIN, *within, declared=declared) is expected

    def test_there_may_be_more_in_it(self):
        subnet_record = subnet(map_public_ip_on_launch=True)
        gaps = {"NetworkInterface": UNREAD}
        assessment = self.judged(
            subnet_record, vpc(), MAIN, interface(), declared=segments(WEB), gaps=gaps
        )
        assert outcomes(assessment)["subnet-a"] is UNKNOWN

    @pytest.mark.parametrize(
        ("fields", "routes", "expected"),
        [
            ({"public_ip_owner": "amazon", "groups": ("sg-2",)}, [TO_GATEWAY], FAIL),
            ({"public_ip_owner": "amazon", "groups": ("sg-1",)}, [TO_GATEWAY], PASS),
            ({"public_ip_owner": "amazon", "groups": ("sg-2",)}, [], PASS),
            ({"public_ip_owner": UNREAD, "groups": ("sg-2",)}, [TO_GATEWAY], UNKNOWN),
            ({"public_ip_owner": UNREAD, "groups": ("sg-1",)}, [TO_GATEWAY], PASS),
            ({"public_ip_owner": None, "groups": ("sg-2",)}, [TO_GATEWAY], PASS),
            ({"public_ip_owner": "amazon", "instance_id": "i-2"}, [TO_GATEWAY], None),
        ],
    )
    def test_an_instance_of_a_template_that_requests_an_address(self, fields, routes, expected):
        placed = Origin(file="web.yaml", line=9)
        nic = interface("eni-1", **({"instance_id": "i-1"} | fields), origin=placed)
        records = (vpc(), subnet(), table(routes=routes, subnets=["subnet-a"]), nic)
        for source in ("template", "aws"):
            snapshot = world("public-ip-assignment", *records, instance("i-1"), source=source)
            of_instance = [
                (finding.outcome, [observation.origin for observation in finding.observations])
                for finding in check_public_ip_assignment(snapshot, segments(WEB, APP)).findings
                if finding.resource.name == "i-1"
            ]
            is_judged = expected is not None and source == "template"
            assert of_instance == ([(expected, [placed])] if is_judged else [])

    BALANCER = interface("eni-lb", requester_id="amazon-elb", groups=("sg-9",))
    NETWORK_BALANCER = interface("eni-nlb", interface_type="network_load_balancer", groups=())
    CLASSIC = interface("eni-clb", description="ELB app/x/1", groups=("sg-9",))
    NAT = interface("eni-nat", interface_type="nat_gateway", groups=())
    OLD_NAT = interface("eni-nat", description="Interface for NAT Gateway nat-1", groups=())

    @pytest.mark.parametrize(
        ("within", "expected"),
        [
            ((BALANCER,), PASS),
            ((NETWORK_BALANCER,), PASS),
            ((CLASSIC,), PASS),
            ((NAT,), PASS),
            ((OLD_NAT,), PASS),
            ((NAT, BALANCER), PASS),
            ((NAT, interface()), PASS),
            ((NAT, interface(groups=("sg-2",))), FAIL),
            ((BALANCER, interface(groups=("sg-3",))), FAIL),
        ],
    )
    def test_subnets_of_gateways_and_balancers(self, within, expected):
        subnet_record = subnet(map_public_ip_on_launch=True)
        declared = segments(WEB, APP)
        assert self.outcome(subnet_record, vpc(), MAIN, *within, declared=declared) is expected

    @pytest.mark.parametrize(("state", "expected"), [("available", PASS), ("deleted", FAIL)])
    def test_a_nat_gateway_without_a_recorded_interface(self, state, expected):
        nat = made(
            NatGateway,
            "natgateway",
            "nat_gateway_id",
            "nat-1",
            {"vpc_id": "vpc-1", "subnet_id": "subnet-a", "state": state},
            {},
        )
        subnet_record = subnet(map_public_ip_on_launch=True)
        assert self.outcome(subnet_record, vpc(), MAIN, nat) is expected

    def test_a_regional_nat_gateway_stands_in_no_subnet(self):
        nat = made(NatGateway, "natgateway", "nat_gateway_id", "nat-1", {"vpc_id": "vpc-1"}, {})
        assert self.outcome(subnet(map_public_ip_on_launch=True), vpc(), MAIN, nat) is FAIL

    def test_only_a_nat_gateway_as_far_as_is_known(self):
        subnet_record = subnet(map_public_ip_on_launch=True)
        assessment = self.judged(
            subnet_record, vpc(), MAIN, self.NAT, gaps={"NetworkInterface": UNREAD}
        )
        assert outcomes(assessment)["subnet-a"] is UNKNOWN

    @pytest.mark.parametrize(
        ("default", "within", "expected"),
        [
            (True, (), NONE),
            (False, (), FAIL),
            (UNREAD, (), FAIL),
            (True, (interface(subnet_id="subnet-b"),), FAIL),
        ],
    )
    def test_an_idle_default_vpc(self, default, within, expected):
        subnet_record = subnet(map_public_ip_on_launch=True)
        assessment = self.judged(subnet_record, vpc(is_default=default), MAIN, *within)
        (judged,) = (
            finding for finding in assessment.findings if finding.resource.name == "subnet-a"
        )
        assert judged.outcome is expected
        messages = {observation.message.id for observation in judged.observations}
        assert ("network.idle-default-vpc" in messages) is (expected is NONE)

    def test_a_default_vpc_that_may_be_in_use(self):
        subnet_record = subnet(map_public_ip_on_launch=True)
        gaps = {"NetworkInterface": UNREAD}
        outcome_by_name = outcomes(
            self.judged(subnet_record, vpc(is_default=True), MAIN, gaps=gaps)
        )
        assert outcome_by_name["subnet-a"] is FAIL

    def test_a_subnet_whose_vpc_is_not_recorded(self):
        assert self.outcome(subnet(map_public_ip_on_launch=True), MAIN) is FAIL

    def test_a_shared_subnet_is_judged_by_its_owner(self):
        subnet_record = subnet(map_public_ip_on_launch=True, owner_id=OTHER)
        finding = only(self.judged(subnet_record, vpc(), MAIN))
        assert finding.outcome is UNKNOWN
        assert OTHER in finding.observations[0].message.in_language("ja")
        own_subnet = subnet(map_public_ip_on_launch=True, owner_id=ACCOUNT)
        assert self.outcome(own_subnet, vpc(), MAIN) is FAIL

    def test_a_shared_subnet_whose_owner_is_in_the_snapshot(self):
        accounts = tuple(AccountScope(id=id_, regions=(REGION,)) for id_ in (ACCOUNT, OTHER))
        subnet_record = subnet(map_public_ip_on_launch=True, owner_id=OTHER)
        snapshot = world("public-ip-assignment", subnet_record, vpc(), MAIN, accounts=accounts)
        assessment = check_public_ip_assignment(snapshot)
        assert outcomes(assessment)["subnet-a"] is NONE

    @pytest.mark.parametrize(
        ("requested", "expected"),
        [
            ((), PASS),
            ((LaunchTemplateInterface(),), PASS),
            ((LaunchTemplateInterface(associate_public_ip_address=False),), PASS),
            ((public(),), FAIL),
            ((public(groups=("sg-1",)),), PASS),
            ((public(groups=("sg-1", "sg-2")),), FAIL),
            ((public(groups=("sg-1",)), public(groups=("sg-2",))), FAIL),
            ((public(subnet_id="subnet-a"),), FAIL),
            ((public(subnet_id="subnet-b"),), PASS),
            ((public(subnet_id="subnet-c"),), PASS),
            ((public(subnet_id="subnet-x"),), FAIL),
            ((LaunchTemplateInterface(associate_public_ip_address=UNREAD),), UNKNOWN),
            (
                (LaunchTemplateInterface(associate_public_ip_address=UNREAD, groups=("sg-1",)),),
                PASS,
            ),
            ((LaunchTemplateInterface(associate_public_ip_address=UNREAD), public()), FAIL),
            ((public(groups=UNREAD),), UNKNOWN),
            ((public(groups=UNREAD, subnet_id="subnet-b"),), PASS),
            ((public(subnet_id=UNREAD),), UNKNOWN),
            ((public(subnet_id=UNREAD, groups=("sg-1",)),), PASS),
        ],
    )
    def test_launch_templates(self, requested, expected):
        route_table = table("rtb-c", (), ["subnet-c"])
        subnets = [subnet(f"subnet-{name}", f"10.0.{n}.0/24") for n, name in enumerate("abc")]
        declared = segments(WEB, APP, {"subnets": ["subnet-b"], "internet_facing": True})
        launch_template = template(*requested)
        assert (
            self.outcome(launch_template, vpc(), MAIN, route_table, *subnets, declared=declared)
            is expected
        )

    def test_a_template_that_requests_no_address_is_private(self):
        record = template(LaunchTemplateInterface(associate_public_ip_address=False))
        findings = self.judged(record, vpc(), MAIN).findings
        (judged,) = (finding for finding in findings if finding.resource.name == record.name)
        assert [observation.message.id for observation in judged.observations] == [
            "network.template-private"
        ]

    @pytest.mark.parametrize(("tier", "expected"), [("web", PASS), ("app", FAIL)])
    def test_a_template_that_tags_its_instances(self, tier, expected):
        declared = segments({"tags": {"Tier": "web"}, "internet_facing": True})
        launch_template = template(public(), tags=(("Tier", tier),))
        assert self.outcome(launch_template, declared=declared) is expected

    @pytest.mark.parametrize(
        ("declared", "expected"),
        [
            ([{"tags": {"Tier": "web"}, "internet_facing": True}], UNKNOWN),
            ([{"tags": {"Tier": "web"}}], FAIL),
            ([WEB, {"tags": {"Tier": "app"}}], UNKNOWN),
            ([WEB], PASS),
        ],
    )
    def test_a_template_whose_tags_are_unknown(self, declared, expected):
        launch_template = template(public(groups=("sg-1",)), tags=UNREAD)
        assert self.outcome(launch_template, declared=segments(*declared)) is expected

    def test_a_template_whose_interfaces_are_unknown(self):
        launch_template = template()
        unread = LaunchTemplateVersion(number=2, interfaces=UNREAD)
        two_versions = evolve(launch_template, versions=(*launch_template.versions, unread))
        assert outcomes(self.judged(two_versions))["lt-1"] is UNKNOWN

    def test_a_template_into_subnets_that_could_not_be_listed(self):
        launch_template = template(public(subnet_id="subnet-x"))
        assert outcomes(self.judged(launch_template, gaps={"Subnet": UNREAD}))["lt-1"] is UNKNOWN


def database(**changes):
    fields = {
        "arn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:main",
        "account": ACCOUNT,
        "region": REGION,
        "name": "main",
        "engine": "mysql",
        "status": "available",
        "vpc": "vpc-1",
    }
    return DBInstance(**(fields | changes))


def cache(**changes):
    fields = {
        "arn": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:cluster:cache",
        "account": ACCOUNT,
        "region": REGION,
        "name": "cache",
        "engine": "redis",
        "subnet_group": "private",
    }
    return CacheCluster(**(fields | changes))


def cache_group(**changes):
    fields = {
        "arn": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:subnetgroup:private",
        "account": ACCOUNT,
        "region": REGION,
        "name": "private",
        "vpc": "vpc-1",
    }
    return CacheSubnetGroup(**(fields | changes))


def serverless(**changes):
    fields = {
        "arn": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:serverlesscache:s",
        "account": ACCOUNT,
        "region": REGION,
        "name": "s",
        "engine": "valkey",
        "subnets": ("subnet-a",),
    }
    return ServerlessCache(**(fields | changes))


def warehouse(**changes):
    fields = {
        "arn": f"arn:aws:redshift:{REGION}:{ACCOUNT}:cluster:dwh",
        "account": ACCOUNT,
        "region": REGION,
        "name": "dwh",
        "vpc": "vpc-1",
    }
    return RedshiftCluster(**(fields | changes))


class TestResourcesInVpc:
    @staticmethod
    def judged(*records, gaps=None):
        return check_resources_in_vpc(world("resources-in-vpc", *records, gaps=gaps))

    EACH = (instance(), database(), cache(), serverless(), warehouse())

    @pytest.mark.parametrize("record", EACH)
    @pytest.mark.parametrize(
        ("home", "expected"),
        [
            (vpc(), PASS),
            (vpc(is_default=True), FAIL),
            (vpc(is_default=UNREAD), UNKNOWN),
            (vpc("vpc-2"), UNKNOWN),
        ],
    )
    def test_the_vpc_is_not_the_default_one(self, record, home, expected):
        outcome_by_name = outcomes(self.judged(record, home, cache_group(), subnet()))
        assert outcome_by_name[record.name] is expected

    @pytest.mark.parametrize(
        "record",
        [instance(vpc_id=None), database(vpc=None), cache(subnet_group=None), warehouse(vpc=None)],
    )
    def test_outside_of_any_vpc(self, record):
        assert outcomes(self.judged(record, vpc()))[record.name] is FAIL

    @pytest.mark.parametrize(
        ("record", "kind"),
        [(cache(), "CacheSubnetGroup"), (serverless(), "Subnet"), (instance(), "Vpc")],
    )
    def test_what_leads_to_the_vpc_could_not_be_listed(self, record, kind):
        assessment = self.judged(record, gaps={kind: UNREAD})
        finding = next(
            finding for finding in assessment.findings if finding.resource.name == record.name
        )
        assert finding.outcome is UNKNOWN
        assert "ec2:DescribeThings" in finding.observations[0].message.in_language("en")

    @pytest.mark.parametrize("record", [cache(), serverless()])
    def test_what_leads_to_the_vpc_is_missing(self, record):
        unrelated = cache_group(region="us-east-1"), subnet("subnet-b")
        assert outcomes(self.judged(record, vpc(), *unrelated))[record.name] is UNKNOWN

    @pytest.mark.parametrize(
        ("connection", "expected"), [("public", FAIL), (UNREAD, UNKNOWN), ("vpc", PASS)]
    )
    def test_how_a_serverless_cache_is_reached(self, connection, expected):
        record = serverless(connection_type=connection)
        assert outcomes(self.judged(record, vpc(), subnet()))[record.name] is expected

    def test_a_subnet_group_of_no_vpc(self):
        assert outcomes(self.judged(cache(), cache_group(vpc="")))["cache"] is FAIL

    def test_an_instance_whose_vpc_is_unread(self):
        assert only(self.judged(instance(vpc_id=UNREAD))).outcome is UNKNOWN

    LATER = Unknown.because(Why.UNDETERMINED)
    ELSEWHERE = LATER | Unknown.because(Why.NOT_PROVIDED)

    @pytest.mark.parametrize(
        ("record", "source", "expected"),
        [
            (instance(vpc_id=LATER), "template", PASS),
            (instance(vpc_id=ELSEWHERE), "template", PASS),
            (instance(vpc_id=LATER), "aws", UNKNOWN),
            (instance(vpc_id=LATER | UNREAD), "template", UNKNOWN),
            (instance(vpc_id=LATER, subnet_id=None), "template", UNKNOWN),
            (instance(vpc_id=LATER, subnet_id=DEFAULT_SUBNET), "template", UNKNOWN),
            (database(vpc=LATER), "template", PASS),
            (instance(vpc_id=DEFAULT_VPC, subnet_id=DEFAULT_SUBNET), "template", FAIL),
            (serverless(subnets=(DEFAULT_SUBNET,)), "template", FAIL),
        ],
    )
    def test_where_a_template_places_it(self, record, source, expected):
        snapshot = world("resources-in-vpc", record, source=source)
        assert outcomes(check_resources_in_vpc(snapshot))[record.name] is expected

    @pytest.mark.parametrize(
        "resource",
        [
            database(vpc=UNREAD),
            cache(subnet_group=UNREAD),
            serverless(subnets=UNREAD),
            warehouse(vpc=UNREAD),
        ],
    )
    def test_a_resource_whose_place_is_unknown(self, resource):
        assessment = self.judged(resource, vpc(), cache_group(), subnet())
        assert outcomes(assessment)[resource.name] is UNKNOWN

    def test_a_subnet_group_whose_vpc_is_unknown(self):
        assessment = self.judged(cache(), vpc(), cache_group(vpc=UNREAD))
        assert outcomes(assessment)["cache"] is UNKNOWN

    def test_a_terminated_instance_is_no_server(self):
        assert self.judged(instance(state="terminated", vpc_id=None)).judged == 0

    @pytest.mark.parametrize("kind", ["Instance", "DBInstance", "CacheCluster", "RedshiftCluster"])
    def test_resources_that_could_not_be_listed(self, kind):
        assert only(self.judged(gaps={kind: UNREAD})).outcome is UNKNOWN


BY_VPC = {"controls": {"dedicated-tenancy": {"vpcs": ["vpc-1"]}}}
BY_SEGMENT = {
    "segments": [{"name": "core", "security_groups": ["sg-1"]}],
    "controls": {"dedicated-tenancy": {"segments": ["core"]}},
}


class TestDedicatedTenancy:
    @staticmethod
    def judged(*records, declared=None, gaps=None):
        snapshot = world("dedicated-tenancy", *records, gaps=gaps)
        return check_dedicated_tenancy(snapshot, baseline(**declared) if declared else None)

    def test_nothing_is_declared(self):
        (observation,) = only(self.judged(instance())).observations
        assert (observation.outcome, observation.message.id) == (NONE, "network.tenancy-undeclared")

    @pytest.mark.parametrize(
        ("tenancy", "expected"),
        [("default", FAIL), ("dedicated", PASS), ("host", PASS), (UNREAD, UNKNOWN)],
    )
    @pytest.mark.parametrize("declared", [BY_VPC, BY_SEGMENT])
    def test_tenancy(self, declared, tenancy, expected):
        server = instance(tenancy=tenancy)
        interface_record = interface(instance_id="i-1")
        assert only(self.judged(server, interface_record, declared=declared)).outcome is expected

    @pytest.mark.parametrize("declared", [BY_VPC, BY_SEGMENT])
    def test_servers_elsewhere_may_share(self, declared):
        server = instance(vpc_id="vpc-2")
        interface_record = interface(instance_id="i-1", groups=("sg-2",))
        finding = only(self.judged(server, interface_record, declared=declared))
        assert (finding.outcome, finding.resource.kind) == (NONE, "Account")

    def test_an_interface_of_no_server(self):
        server, of_server = instance(tenancy="dedicated"), interface(instance_id="i-1")
        assessment = self.judged(server, of_server, interface("eni-2"), declared=BY_SEGMENT)
        assert outcomes(assessment) == {"i-1": PASS}

    def test_a_terminated_server(self):
        finding = only(self.judged(instance(state="terminated"), declared=BY_VPC))
        assert finding.outcome is NONE
        assert finding.observations[0].message.id == "network.tenancy-nobody"

    @pytest.mark.parametrize(("tenancy", "expected"), [("default", UNKNOWN), ("host", PASS)])
    def test_it_is_not_known_whether_it_is_meant(self, tenancy, expected):
        server = instance(tenancy=tenancy)
        interface_record = interface(instance_id="i-1", groups=UNREAD)
        assert only(self.judged(server, interface_record, declared=BY_SEGMENT)).outcome is expected

    def test_interfaces_that_could_not_be_listed(self):
        gaps = {"NetworkInterface": UNREAD}
        assessment = self.judged(instance(), declared=BY_SEGMENT, gaps=gaps)
        assert outcomes(assessment)["i-1"] is UNKNOWN

    def test_servers_that_could_not_be_listed(self):
        assessment = self.judged(declared=BY_VPC, gaps={"Instance": UNREAD})
        assert only(assessment).outcome is UNKNOWN
        assessment = self.judged(instance(), declared=BY_VPC)
        assert [finding.resource.kind for finding in assessment.findings] == ["Instance"]


def metadata_defaults(**changes):
    return made(InstanceMetadataDefaults, "instance-metadata-defaults", "name", REGION, {}, changes)


class TestImdsv2:
    @staticmethod
    def judged(*records, gaps=None):
        return check_imdsv2(world("imdsv2", *records, gaps=gaps))

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            (MetadataOptions(http_tokens="required"), PASS),
            (MetadataOptions(http_tokens="optional"), FAIL),
            (MetadataOptions(http_tokens="optional", http_endpoint="disabled"), PASS),
            (None, UNKNOWN),
            (UNREAD, UNKNOWN),
        ],
    )
    def test_instances(self, options, expected):
        finding = only(self.judged(instance(metadata_options=options)))
        assert finding.outcome is expected

    def test_what_was_read_and_wanted(self):
        observation = only(self.judged(instance(metadata_options=MetadataOptions()))).observations[
            0
        ]
        assert (observation.read, observation.expected) == (
            "HttpTokens=optional",
            "HttpTokens=required",
        )

    def test_options_that_no_answer_has(self):
        (observation,) = only(self.judged(instance(metadata_options=None))).observations
        assert observation.outcome is UNKNOWN
        assert [cause.detail for cause in observation.causes] == ["MetadataOptions"]

    @pytest.mark.parametrize(
        ("version", "words"),
        [
            ({"http_tokens": UNREAD}, "HttpTokens could not be read"),
            (
                {"http_tokens": "optional", "http_endpoint": UNREAD},
                "HttpEndpoint could",
            ),
        ],
    )
    def test_an_option_that_was_not_read_is_named(self, version, words):
        findings = self.judged(template(**version), metadata_defaults()).findings
        (observation,) = findings[0].observations
        assert observation.message.in_language("en").startswith(words)
        assert observation.expected == "HttpTokens=required"

    @pytest.mark.parametrize(
        ("defaults", "image", "names"),
        [
            ({"http_tokens": UNREAD}, None, "AccountLevel.HttpTokens"),
            ({"http_endpoint": UNREAD}, None, "AccountLevel.HttpEndpoint"),
            ({"http_tokens_enforced": UNREAD}, None, "HttpTokensEnforced"),
            ({}, UNREAD, "ImdsSupport"),
            ({"http_tokens": UNREAD}, UNREAD, "AccountLevel.HttpTokens, ImdsSupport"),
        ],
    )
    def test_defaults_that_were_not_read_are_named(self, defaults, image, names):
        record = template(imds_support=image)
        findings = self.judged(record, metadata_defaults(**defaults)).findings
        (observation,) = findings[0].observations
        assert observation.outcome is UNKNOWN
        assert observation.message.in_language("en").startswith(f"{names} could not be read")

    @pytest.mark.parametrize(
        ("defaults", "image", "name"),
        [
            ({"http_tokens": "required"}, None, "AccountLevel.HttpTokens"),
            ({"http_endpoint": "disabled"}, None, "AccountLevel.HttpEndpoint"),
            ({"http_tokens_enforced": "enabled"}, None, "HttpTokensEnforced"),
            ({}, "v2.0", "ImdsSupport"),
        ],
    )
    def test_the_default_that_decides_is_named(self, defaults, image, name):
        record = template(imds_support=image)
        findings = self.judged(record, metadata_defaults(**defaults)).findings
        (observation,) = findings[0].observations
        assert observation.outcome is PASS
        assert dict(observation.message.parameters)["reason"] == name

    @pytest.mark.parametrize("state", ["terminated", "shutting-down"])
    def test_a_terminated_instance(self, state):
        assert self.judged(instance(state=state)).judged == 0

    @pytest.mark.parametrize(
        ("version", "defaults", "expected"),
        [
            ({"http_tokens": "required"}, {}, PASS),
            ({"http_tokens": "optional"}, {}, FAIL),
            ({"http_tokens": "optional", "http_endpoint": "disabled"}, {}, PASS),
            # The template says more than the account's defaults, but not than what it enforces.
            ({"http_tokens": "optional"}, {"http_tokens": "required"}, FAIL),
            ({"http_tokens": "optional"}, {"http_tokens_enforced": "enabled"}, PASS),
            ({"http_tokens": "optional"}, {"http_tokens_enforced": "disabled"}, FAIL),
            ({"http_tokens": "optional"}, {"http_tokens_enforced": UNREAD}, UNKNOWN),
            # Left open: the account's defaults, then the image.
            ({}, {}, FAIL),
            ({}, {"http_tokens": "required"}, PASS),
            ({}, {"http_endpoint": "disabled"}, PASS),
            ({"http_endpoint": "enabled"}, {"http_endpoint": "disabled"}, FAIL),
            ({}, {"http_tokens_enforced": "enabled"}, PASS),
            ({"imds_support": "v2.0"}, {}, PASS),
            ({"imds_support": "v2.0"}, {"http_tokens": "optional"}, FAIL),
            ({"imds_support": UNREAD}, {}, UNKNOWN),
            ({"imds_support": UNREAD}, {"http_tokens": "required"}, PASS),
            ({}, {"http_tokens": UNREAD}, UNKNOWN),
            ({"http_tokens": UNREAD}, {}, UNKNOWN),
            ({"http_tokens": UNREAD}, {"http_tokens": "required"}, UNKNOWN),
            ({"http_tokens": UNREAD, "http_endpoint": "disabled"}, {}, PASS),
            ({"http_tokens": "optional", "http_endpoint": UNREAD}, {}, UNKNOWN),
            ({"http_tokens": "required", "http_endpoint": UNREAD}, {}, PASS),
        ],
    )
    def test_launch_templates(self, version, defaults, expected):
        assessment = self.judged(template(**version), metadata_defaults(**defaults))
        assert outcomes(assessment)["lt-1"] is expected

    def test_defaults_of_another_region(self):
        elsewhere = metadata_defaults(http_tokens="required", region="us-east-1", arn="arn:x")
        assert outcomes(self.judged(template(), elsewhere))["lt-1"] is FAIL

    def test_defaults_that_could_not_be_read(self):
        assessment = self.judged(template(), gaps={"InstanceMetadataDefaults": UNREAD})
        assert outcomes(assessment)["lt-1"] is UNKNOWN

    def test_each_version_counts(self):
        launch_template = template(http_tokens="required")
        latest = LaunchTemplateVersion(number=2, http_tokens="optional")
        two_versions = evolve(launch_template, versions=(*launch_template.versions, latest))
        assert outcomes(self.judged(two_versions, metadata_defaults()))["lt-1"] is FAIL


def flow_log(resource="vpc-1", name="fl-1", **changes):
    defaults = {
        "resource_id": resource,
        "traffic_type": "ALL",
        "deliver_logs_status": "SUCCESS",
    }
    return made(FlowLog, "vpc-flow-log", "flow_log_id", name, defaults, changes)


class TestVpcFlowLogs:
    PLACE = (vpc(), subnet("subnet-a"), subnet("subnet-b", "10.0.2.0/24"), interface())

    @staticmethod
    def judged(*records, traffic=None, gaps=None):
        tables = {"controls": {"vpc-flow-logs": {"traffic": traffic}}} if traffic else {}
        return check_vpc_flow_logs(world("vpc-flow-logs", *records, gaps=gaps), baseline(**tables))

    def test_a_vpc_of_a_template_is_taken_to_be_in_use(self):
        for source, expected in (("template", FAIL), ("aws", NONE)):
            snapshot = world("vpc-flow-logs", vpc(), subnet("subnet-a"), source=source)
            assert only(check_vpc_flow_logs(snapshot)).outcome is expected

    @pytest.mark.parametrize(
        ("logs", "expected"),
        [
            ([], FAIL),
            ([flow_log()], PASS),
            ([flow_log("vpc-2")], FAIL),
            ([flow_log(traffic_type="REJECT")], FAIL),
            ([flow_log(traffic_type="ACCEPT")], FAIL),
            (
                [flow_log(traffic_type="ACCEPT"), flow_log("vpc-1", "fl-2", traffic_type="REJECT")],
                PASS,
            ),
            ([flow_log(traffic_type="")], FAIL),
            ([flow_log(status="DELETED")], FAIL),
            ([flow_log(deliver_logs_status="FAILED", deliver_logs_error="Access error")], FAIL),
            ([flow_log(deliver_logs_status=None)], UNKNOWN),
            ([flow_log(deliver_logs_status=UNREAD)], UNKNOWN),
            ([flow_log(traffic_type=UNREAD)], UNKNOWN),
            ([flow_log(traffic_type=UNREAD), flow_log("vpc-1", "fl-2")], PASS),
            ([flow_log("vpc-2", traffic_type=UNREAD)], FAIL),
            (
                [
                    flow_log(
                        traffic_type=UNREAD,
                        deliver_logs_status="FAILED",
                        deliver_logs_error=UNREAD,
                    )
                ],
                FAIL,
            ),
            ([flow_log("subnet-a")], FAIL),
            ([flow_log("subnet-a"), flow_log("subnet-b", "fl-2")], PASS),
            ([flow_log("subnet-a"), flow_log("subnet-b", "fl-2", traffic_type="REJECT")], FAIL),
            (
                [
                    flow_log(traffic_type="ACCEPT"),
                    flow_log("subnet-a", "fl-2", traffic_type="REJECT"),
                    flow_log("subnet-b", "fl-3", traffic_type="REJECT"),
                ],
                PASS,
            ),
            # Logs of single interfaces do not see the next one.
            ([flow_log("eni-1")], FAIL),
        ],
    )
    def test_what_is_covered(self, logs, expected):
        assert only(self.judged(*self.PLACE, *logs)).outcome is expected

    def test_a_failure_names_what_was_read(self):
        log = flow_log(deliver_logs_status="FAILED", deliver_logs_error="Access error")
        observation = only(self.judged(*self.PLACE, log)).observations[0]
        assert observation.read == (
            "fl-1 (vpc-1): TrafficType=ALL, DeliverLogsStatus=FAILED, Access error"
        )
        assert "subnet-a, subnet-b" in observation.message.in_language("en")
        both = (log, flow_log("subnet-a", "fl-2", traffic_type="REJECT"))
        observation = only(self.judged(*self.PLACE, *both)).observations[0]
        assert observation.read.endswith(
            "; fl-2 (subnet-a): TrafficType=REJECT, DeliverLogsStatus=SUCCESS"
        )
        assert only(self.judged(*self.PLACE)).observations[0].read == "FlowLogs=[]"

    @pytest.mark.parametrize(("type_", "expected"), [("REJECT", PASS), ("ACCEPT", FAIL)])
    def test_the_baseline_may_want_rejected_traffic_only(self, type_, expected):
        log = flow_log(traffic_type=type_)
        assert only(self.judged(*self.PLACE, log, traffic="REJECT")).outcome is expected

    @pytest.mark.parametrize(("logs", "expected"), [([], FAIL), ([flow_log()], PASS)])
    def test_a_vpc_whose_subnets_are_not_recorded(self, logs, expected):
        assert only(self.judged(vpc(), interface(), *logs)).outcome is expected

    def test_a_vpc_that_is_not_in_use(self):
        assert only(self.judged(vpc(), subnet(), interface(vpc_id="vpc-2"))).outcome is NONE

    @pytest.mark.parametrize(
        ("kind", "records", "expected"),
        [
            ("FlowLog", PLACE, UNKNOWN),
            ("FlowLog", (*PLACE, flow_log()), PASS),
            ("NetworkInterface", PLACE[:3], UNKNOWN),
            ("NetworkInterface", (*PLACE[:3], flow_log()), PASS),
            ("NetworkInterface", PLACE, FAIL),
            ("Subnet", (*PLACE, flow_log("subnet-a"), flow_log("subnet-b", "fl-2")), UNKNOWN),
            ("Subnet", (*PLACE, flow_log("subnet-a")), FAIL),
            ("Subnet", (*PLACE, flow_log()), PASS),
        ],
    )
    def test_what_could_not_be_listed(self, kind, records, expected):
        assert only(self.judged(*records, gaps={kind: UNREAD})).outcome is expected

    def test_a_shared_vpc_is_judged_by_its_owner(self):
        assessment = self.judged(vpc(owner_id=OTHER), subnet(), interface())
        assert only(assessment).outcome is UNKNOWN


class TestNetworkAcls:
    HTTPS = entry(100, ANYWHERE, protocol="6", ports=(443, 443))
    NO_TELNET = entry(1, ANYWHERE, allow=False, protocol="6", ports=(23, 23))
    PLACE = (subnet(), interface())

    @staticmethod
    def judged(*records, two_layers=None, gaps=None, **fields):
        if two_layers:
            fields["controls"] = {"network-acls": {"two_layers": two_layers}}
        declared = segments({"security_groups": ["sg-1"]}, {"security_groups": ["sg-2"]}, **fields)
        return check_network_acls(world("network-acls", *records, gaps=gaps), declared)

    @pytest.mark.parametrize(
        ("required", "expected"), [(None, PASS), (["*"], FAIL), (["s0"], FAIL), (["s1"], PASS)]
    )
    def test_a_single_layer_fails_where_two_are_asked_for(self, required, expected):
        finding = only(self.judged(*self.PLACE, acl(subnets=["subnet-a"]), two_layers=required))
        assert finding.outcome is expected
        assert "only layer" in finding.observations[0].message.in_language("en")

    @pytest.mark.parametrize(
        ("entries", "expected"),
        [
            ([HTTPS], PASS),
            ([], PASS),
            (
                [entry(1, ANYWHERE, allow=False, protocol="6", ports=(23, 23)), entry(2, ANYWHERE)],
                PASS,
            ),
            ([entry(1, "198.51.100.0/24", allow=False), entry(2, ANYWHERE)], PASS),
            ([entry(1, "198.51.100.9/32", allow=False), entry(2, ANYWHERE)], PASS),
            ([entry(1, "255.255.255.255/32", allow=False), entry(2, ANYWHERE)], PASS),
            ([entry(1, "10.0.2.0/24", allow=False), entry(2, ANYWHERE)], PASS),
            ([entry(1, "10.0.0.0/24", allow=False), entry(2, ANYWHERE)], PASS),
            # In two halves it is everything all the same.
            ([entry(1, "0.0.0.0/1"), entry(2, "128.0.0.0/1")], FAIL),
            ([entry(1, ANYWHERE), entry(2, ANYWHERE, allow=False)], FAIL),
            # What is denied from the subnet itself never comes by the ACL.
            ([entry(1, "10.0.1.0/24", allow=False), entry(2, ANYWHERE)], FAIL),
            ([entry(1, ANYWHERE), entry(1, ANYWHERE, allow=False, egress=True)], FAIL),
        ],
    )
    def test_what_is_a_layer(self, entries, expected):
        assessment = self.judged(
            *self.PLACE, acl(entries=entries, subnets=["subnet-a"]), two_layers=["*"]
        )
        assert only(assessment).outcome is expected

    def test_both_families_count(self):
        subnet_record = subnet(ipv6_cidr_blocks=("2001:db8::/64",))
        open_ = acl(entries=[self.HTTPS, entry(101, "::/0")], subnets=["subnet-a"])
        assert (
            only(self.judged(subnet_record, interface(), open_, two_layers=["*"])).outcome is FAIL
        )
        shut = acl(entries=[self.HTTPS], subnets=["subnet-a"])
        assert only(self.judged(subnet_record, interface(), shut, two_layers=["*"])).outcome is PASS

    def test_the_default_acl_serves_where_none_is_associated(self):
        unrelated = [
            acl("acl-other", is_default=False),
            acl("acl-2", vpc_id="vpc-2", is_default=True),
        ]
        default = acl("acl-1", is_default=True)
        assessment = self.judged(*self.PLACE, *unrelated, default, two_layers=["*"])
        assert "acl-1" in only(assessment).observations[0].read

    @pytest.mark.parametrize(
        "change", [{"entries": UNREAD}, {"subnet_ids": UNREAD}, {"vpc_id": "vpc-2"}]
    )
    def test_an_acl_that_is_not_known(self, change):
        changed_acl = evolve(acl(is_default=True), **change)
        assert only(self.judged(*self.PLACE, changed_acl)).outcome is UNKNOWN

    @pytest.mark.parametrize("field", ["cidr_block", "ipv6_cidr_blocks"])
    def test_a_block_that_is_not_known(self, field):
        subnet_record = subnet(**{field: UNREAD})
        assessment = self.judged(subnet_record, interface(), acl(subnets=["subnet-a"]))
        assert only(assessment).outcome is UNKNOWN

    def test_acls_that_could_not_be_listed(self):
        findings = self.judged(*self.PLACE, gaps={"NetworkAcl": UNREAD}).findings
        outcome_by_kind = {finding.resource.kind: finding.outcome for finding in findings}
        assert outcome_by_kind == {"NetworkAcl": UNKNOWN, "Subnet": UNKNOWN}

    def test_a_segment_that_is_not_known(self):
        interface_record = interface(groups=UNREAD)
        assessment = self.judged(
            subnet(), interface_record, acl(subnets=["subnet-a"]), two_layers=["s0"]
        )
        assert only(assessment).outcome is UNKNOWN

    def test_a_subnet_that_is_not_in_use_has_no_boundary(self):
        assert self.judged(subnet(), acl(subnets=["subnet-a"]), two_layers=["*"]).judged == 0

    def test_a_shared_subnet_is_judged_by_its_owner(self):
        assert only(self.judged(subnet(owner_id=OTHER), interface())).outcome is UNKNOWN


def test_the_tables_of_the_network_name_what_is_declared():
    with pytest.raises(Exception, match=r"there is no segment 'web'") as caught:
        baseline(
            controls={
                "dedicated-tenancy": {"segments": ["web", "*"]},
                "network-acls": {"two_layers": ["*", "db"]},
                "bastion-ingress": {"networks": ["office"], "services": ["ssh", "nonsense"]},
                "vpc-flow-logs": {"traffic": "SOME"},
            }
        )
    paths = [problem.path for problem in caught.value.problems]
    assert sorted(paths) == [
        "controls.bastion-ingress.networks[0]",
        "controls.bastion-ingress.services[1]",
        "controls.dedicated-tenancy.segments[0]",
        "controls.dedicated-tenancy.segments[1]",
        "controls.network-acls.two_layers[1]",
        "controls.vpc-flow-logs.traffic",
    ]
