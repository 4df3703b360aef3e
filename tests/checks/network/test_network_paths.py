"""The network's controls that routes and packets decide."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import (
    Baseline,
    Outcome,
    check_admin_ingress,
    check_bastion_ingress,
    check_customer_admin_access,
    check_database_isolation,
    check_open_security_groups,
    check_rds_public_access,
    check_route_restriction,
)
from cloudpack_baseline.checks.network._stores import Store
from cloudpack_baseline.checks.network.packet_witnesses import packet_witness
from cloudpack_baseline.model.ec2 import (
    OTHER_RULES,
    ManagedPrefixList,
    NetworkInterfacePrivateIpAddress,
    Route,
    RouteTable,
    RouteTableAssociation,
)
from cloudpack_baseline.model.ec2_gateways import (
    GatewayAttachment,
    NatGateway,
    VpcPeeringConnection,
    VpcPeeringConnectionVpcInfo,
    VpnGateway,
)
from cloudpack_baseline.model.elasticache import CacheCluster, CacheSubnetGroup, ServerlessCache
from cloudpack_baseline.model.elbv2 import LoadBalancer
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.model.values import Origin, Why
from cloudpack_baseline.reachability import FlowResult
from cloudpack_baseline.testing import records
from cloudpack_baseline.testing.records import ANYWHERE, instance, permission, subnet, tcp, vpc
from cloudpack_baseline.testing.records import network_acl as acl
from cloudpack_baseline.testing.records import network_interface as interface
from cloudpack_baseline.testing.records import route_table as table
from cloudpack_baseline.testing.records import security_group as group
from support import ACCOUNT, REGION, denied, only, world
from vpcs import EVERYTHING, TO_GATEWAY, TO_GATEWAY_6, made, place

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
UNREAD = denied("ec2:DescribeThings")
OTHER = "210987654321"
NAMED = {"web": "sg-3eb", "app": "sg-a00", "jump": "sg-b00"}
OFFICE = "203.0.113.0/28"
SEGMENTS = [
    {"name": "web", "security_groups": ["sg-3eb"], "internet_facing": True},
    {"name": "app", "security_groups": ["sg-a00"]},
    {"name": "db", "security_groups": ["sg-db"]},
    {"name": "jump", "security_groups": ["sg-b00"], "role": "bastion"},
]
FLOWS = [
    {"from": ["internet"], "to": ["web"], "services": ["https"]},
    {"from": ["app"], "to": ["db"], "services": ["mysql"]},
    {"from": ["office"], "to": ["jump"], "services": ["ssh"]},
]


def declared(**fields):
    plain = {"networks": {"office": [OFFICE]}, "segments": SEGMENTS, "flows": FLOWS}
    return Baseline.from_mapping(plain | fields)


def outcomes(assessment):
    """By the name of the resource."""
    return {finding.resource.name: finding.outcome for finding in assessment.findings}


def finding(assessment, name):
    return next(finding for finding in assessment.findings if finding.resource.name == name)


def host(name, number, *groups, public=None, **changes):
    return interface(
        f"eni-{name}",
        f"10.0.1.{number}",
        public_ip=public,
        groups=groups or (NAMED.get(name, f"sg-{name}"),),
        **changes,
    )


class TestRouteRestriction:
    @staticmethod
    def judged(*records, baseline=None, gaps=None):
        snapshot = world("route-restriction", *records, gaps=gaps)
        return check_route_restriction(snapshot, baseline)

    @pytest.mark.parametrize(
        ("routes", "expected"),
        [
            ((), PASS),
            ((TO_GATEWAY,), FAIL),
            ((TO_GATEWAY_6,), FAIL),
            ((Route(destination_cidr_block="198.51.100.0/24", gateway_id="igw-1"),), FAIL),
            ((Route(destination_prefix_list_id="pl-1", gateway_id="igw-1"),), FAIL),
            ((Route(destination_cidr_block=ANYWHERE, nat_gateway_id="nat-1"),), PASS),
            ((Route(destination_cidr_block=ANYWHERE, gateway_id="vgw-1"),), PASS),
            # Of a template, which does not know what the parameter names.
            ((Route(destination_cidr_block=ANYWHERE, gateway_id="<parameter Gateway>"),), UNKNOWN),
            ((evolve(TO_GATEWAY, state="blackhole"),), PASS),
        ],
    )
    @pytest.mark.parametrize("main", [True, False])
    def test_a_route_of_a_subnet(self, routes, main, expected):
        route_table = table(routes=routes, subnets=() if main else ["subnet-a"], main=main)
        assessment = self.judged(vpc(), subnet(), route_table)
        assert outcomes(assessment)["subnet-a"] is expected

    def test_a_failure_shows_the_route(self):
        assessment = self.judged(vpc(), subnet(), table(routes=[TO_GATEWAY], main=True))
        assert finding(assessment, "subnet-a").observations[0].read == "0.0.0.0/0 -> igw-1"
        routes = [TO_GATEWAY, TO_GATEWAY_6]
        both = "0.0.0.0/0 -> igw-1, ::/0 -> igw-1"
        assessment = self.judged(vpc(), subnet(), table(routes=routes, main=True))
        assert finding(assessment, "subnet-a").observations[0].read == both
        records = (table("rtb-own", (), ["subnet-a"]), table("rtb-main", routes, main=True))
        unused = self.judged(vpc(), subnet(), *records)
        assert finding(unused, "rtb-main").observations[0].read == both

    def test_a_declared_subnet(self):
        facing = [{"name": "web", "subnets": ["subnet-a"], "internet_facing": True}]
        records = (vpc(), subnet(), table(routes=[TO_GATEWAY], main=True))
        assert self.judged(*records, baseline=declared(segments=facing, flows=[]))

    @pytest.mark.parametrize(
        ("groups", "expected"), [(("sg-3eb",), PASS), (("sg-a00",), FAIL), (UNREAD, UNKNOWN)]
    )
    def test_what_stands_in_it(self, groups, expected):
        records = (vpc(), subnet(), table(routes=[TO_GATEWAY], main=True))
        assessment = self.judged(*records, interface(groups=groups), baseline=declared())
        assert outcomes(assessment)["subnet-a"] is expected

    @pytest.mark.parametrize(
        ("facing", "expected"), [(True, UNKNOWN), (False, FAIL)], ids=["a segment", "no segment"]
    )
    def test_what_stands_in_it_could_not_be_listed(self, facing, expected):
        records = (vpc(), subnet(), table(routes=[TO_GATEWAY], main=True))
        web = [{"name": "web", "security_groups": ["sg-3eb"], "internet_facing": facing}]
        baseline = declared(segments=web, flows=[])
        gaps = {"NetworkInterface": UNREAD}
        assert outcomes(self.judged(*records, baseline=baseline, gaps=gaps))["subnet-a"] is expected

    @pytest.mark.parametrize(
        ("requester", "expected"), [("amazon-elb", FAIL), ("amazon-vpc", FAIL)]
    )
    def test_load_balancers_are_declared_as_well(self, requester, expected):
        interface_record = interface(requester_id=requester, groups=("sg-lb",))
        assessment = self.judged(
            vpc(), subnet(), table(routes=[TO_GATEWAY], main=True), interface_record
        )
        assert outcomes(assessment)["subnet-a"] is expected

    def test_the_subnet_of_a_nat_gateway_needs_the_route(self):
        placement = {"vpc_id": "vpc-1", "subnet_id": "subnet-a"}
        nat = made(NatGateway, "natgateway", "nat_gateway_id", "nat-1", placement, {})
        records = (vpc(), subnet(), table(routes=[TO_GATEWAY], main=True), nat)
        assert outcomes(self.judged(*records))["subnet-a"] is PASS
        interface_record = interface(groups=("sg-a00",))
        assert outcomes(self.judged(*records, interface_record))["subnet-a"] is FAIL

    def test_a_main_table_that_no_subnet_uses(self):
        route_table = table("rtb-own", (), ["subnet-a"])
        for routes, expected in (([TO_GATEWAY], FAIL), ([], PASS)):
            main = table("rtb-main", routes, main=True)
            outcome_by_name = outcomes(self.judged(vpc(), subnet(), route_table, main))
            assert (outcome_by_name["subnet-a"], outcome_by_name["rtb-main"]) == (PASS, expected)
            assert "rtb-own" not in outcome_by_name

    def test_a_main_table_that_a_subnet_names_as_well(self):
        named = RouteTableAssociation(subnet_id="subnet-a")
        main = RouteTableAssociation(main=True)
        both = table("rtb-main", [TO_GATEWAY], associations=(main, named))
        assert outcomes(self.judged(vpc(), subnet(), both)) == {"subnet-a": FAIL, "rtb-main": FAIL}

    def test_a_main_table_that_a_subnet_uses_is_told_there(self):
        outcome_by_name = outcomes(
            self.judged(vpc(), subnet(), table(routes=[TO_GATEWAY], main=True))
        )
        assert set(outcome_by_name) == {"subnet-a"}

    @pytest.mark.parametrize("field", ["routes", "associations"])
    def test_a_main_table_that_could_not_be_read(self, field):
        route_table = table("rtb-own", (), ["subnet-a"])
        main = evolve(table("rtb-main", [TO_GATEWAY], main=True), **{field: UNREAD})
        assert outcomes(self.judged(vpc(), subnet(), route_table, main))["rtb-main"] is UNKNOWN

    def test_routes_that_could_not_be_read(self):
        main = evolve(table(main=True), routes=UNREAD)
        assert outcomes(self.judged(vpc(), subnet(), main))["subnet-a"] is UNKNOWN

    def test_an_idle_default_vpc(self):
        home, main = vpc(is_default=True), table("rtb-main", [TO_GATEWAY], main=True)
        assert outcomes(self.judged(home, subnet(), main)) == {"subnet-a": NONE}
        assert outcomes(self.judged(home, main)) == {"rtb-main": NONE}
        busy = interface(groups=("sg-a00",))
        assert outcomes(self.judged(home, subnet(), main, busy))["subnet-a"] is FAIL

    def test_a_shared_subnet_is_judged_by_its_owner(self):
        subnet_record = subnet(owner_id=OTHER)
        assert outcomes(self.judged(vpc(), subnet_record))["subnet-a"] is UNKNOWN

    def test_an_edge_table_is_no_subnets(self):
        edge = RouteTableAssociation(gateway_id="igw-1")
        steering = table("rtb-edge", [TO_GATEWAY], associations=(edge,))
        assessment = self.judged(vpc(), subnet(), steering, table("rtb-main", main=True))
        assert outcomes(assessment) == {"subnet-a": PASS}

    @pytest.mark.parametrize(
        ("routes", "expected"), [((), PASS), ((TO_GATEWAY,), UNKNOWN), (UNREAD, UNKNOWN)]
    )
    def test_a_table_elsewhere_has_subnets_that_are_not_known(self, routes, expected):
        part = evolve(table("rtb-1"), routes=routes, origin=Origin(elsewhere=True))
        assert only(self.judged(part)).outcome is expected


def prefix_list(*entries, **changes):
    defaults = {"entries": entries}
    return made(ManagedPrefixList, "prefix-list", "prefix_list_id", "pl-1", defaults, changes)


class TestOpenSecurityGroups:
    @staticmethod
    def judged(*records, baseline=None, gaps=None):
        snapshot = world("open-security-groups", *records, gaps=gaps)
        return check_open_security_groups(snapshot, baseline or declared())

    @pytest.mark.parametrize(
        ("flows", "source", "expected"),
        [
            ([], "aws", NONE),
            ([], "template", FAIL),
            ([{"from": ["internet"], "to": ["web"], "services": ["tcp/22"]}], "template", UNKNOWN),
            ([{"from": ["internet"], "to": ["web"], "services": ["tcp/23"]}], "template", FAIL),
        ],
    )
    def test_a_group_of_a_template_needs_no_interface(self, flows, source, expected):
        web = {"name": "web", "tags": {"Tier": "web"}}
        baseline = Baseline.from_mapping({"segments": [web], "flows": flows})
        security_group = group("sg-a00", [tcp(22, ANYWHERE)])
        snapshot = world("open-security-groups", *place(security_group), source=source)
        assert outcomes(check_open_security_groups(snapshot, baseline))["sg-a00"] is expected

    @pytest.mark.parametrize("groups", [(), (group("sg-3eb"),)])
    def test_a_group_that_is_not_listed_is_unknown(self, groups):
        finding = next(
            finding
            for finding in self.judged(*place(*groups), host("app", 10)).findings
            if finding.resource.kind == "NetworkInterface"
        )
        assert finding.outcome is UNKNOWN
        (cause,) = finding.observations[0].causes
        assert (cause.operation, cause.detail) == ("ec2:DescribeSecurityGroups", "GroupId=sg-a00")

    def test_where_the_listing_failed_no_single_group_is_missing(self):
        judged = self.judged(*place(), host("app", 10), gaps={"SecurityGroup": UNREAD})
        assert {finding.resource.kind for finding in judged.findings} == {"SecurityGroup"}
        unread = evolve(host("app", 10), groups=UNREAD)
        kinds = {finding.resource.kind for finding in self.judged(*place(), unread).findings}
        assert "NetworkInterface" not in kinds

    def test_a_group_of_another_template_is_not_missing(self):
        snapshot = world("open-security-groups", *place(), host("app", 10), source="template")
        assert "unknown" not in map(str, outcomes(check_open_security_groups(snapshot)).values())

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            ([tcp(22, "10.0.0.0/8")], PASS),
            ([tcp(22, ANYWHERE)], FAIL),
            # Whatever its rules are, they are elsewhere.
            ([], None),
        ],
    )
    def test_a_group_that_is_not_in_the_template(self, rules, expected):
        further = evolve(permission("-1", None, None), prefix_list_ids=(OTHER_RULES,))
        elsewhere = Origin(file="rules.yaml", elsewhere=True)
        extended = group("sg-12", [*rules, further], origin=elsewhere)
        judged = check_open_security_groups(
            world("open-security-groups", *place(extended), source="template")
        )
        assert outcomes(judged).get("sg-12") is expected
        # Such a rule of a group that the template contains is not known.
        own = world(
            "open-security-groups", *place(evolve(extended, origin=None)), source="template"
        )
        known = FAIL if expected is FAIL else UNKNOWN
        assert outcomes(check_open_security_groups(own))["sg-12"] is known

    def test_where_routes_are_unknown_they_are_not_said_to_prevent_it(self):
        records = place(group("sg-a00", [tcp(22, ANYWHERE)]))
        unread = [
            evolve(record, routes=UNREAD) if isinstance(record, RouteTable) else record
            for record in records
        ]
        finding = only(self.judged(*unread, host("app", 10)))
        assert finding.observations[0].message.id == "network.group-open-perhaps"

    def outcome(self, *rules, records=(), **arguments):
        security_group = group("sg-a00", rules)
        assessment = self.judged(*place(security_group), host("app", 10), *records, **arguments)
        return outcomes(assessment)["sg-a00"]

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            ([], PASS),
            ([tcp(22, ANYWHERE)], FAIL),
            ([tcp(22, "::/0")], FAIL),
            ([tcp(22, "0.0.0.0/1")], FAIL),
            ([tcp(22, "0.0.0.0/1"), tcp(22, "128.0.0.0/1")], FAIL),
            ([tcp(0, ANYWHERE, last=65535)], FAIL),
            ([permission("-1", None, None, ANYWHERE)], FAIL),
            ([permission("udp", 53, 53, ANYWHERE)], FAIL),
            ([permission("50", None, None, ANYWHERE)], FAIL),
            # A /8 is narrow, a bit more is not; parts count together, and per port.
            ([tcp(22, "52.0.0.0/8")], PASS),
            ([tcp(22, "52.0.0.0/8", "54.0.0.0/32")], FAIL),
            ([tcp(22, "52.0.0.0/8"), tcp(22, "54.0.0.0/8")], FAIL),
            ([tcp(22, "52.0.0.0/8"), tcp(23, "54.0.0.0/8")], PASS),
            ([tcp(22, "52.0.0.0/8", last=30), tcp(30, "54.0.0.0/8", last=40)], FAIL),
            ([tcp(22, "2600:1f00::/32")], PASS),
            ([tcp(22, "2600:1f00::/31")], FAIL),
            # Private addresses, groups and declared networks are not the Internet.
            ([tcp(22, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")], PASS),
            ([tcp(22, "100.64.0.0/10", "127.0.0.0/8", "224.0.0.0/3")], PASS),
            ([tcp(22, "sg-3eb"), tcp(22, OFFICE)], PASS),
            # What path MTU discovery needs.
            ([permission("icmp", 3, 4, ANYWHERE)], PASS),
            ([permission("icmpv6", 2, -1, "::/0")], PASS),
            ([permission("icmp", 3, -1, ANYWHERE)], FAIL),
            ([permission("icmp", 8, -1, ANYWHERE)], FAIL),
        ],
    )
    def test_what_is_open(self, rules, expected):
        assert self.outcome(*rules) is expected

    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            (permission("-1", None, None, ANYWHERE), "all"),
            (permission("icmp", 3, -1, ANYWHERE), "icmp/3/0-3, icmp/3/5-255"),
        ],
    )
    def test_what_is_open_in_few_words(self, rule, words):
        assessment = self.judged(*place(group("sg-a00", [rule])), host("app", 10))
        observation = finding(assessment, "sg-a00").observations[0]
        assert observation.read == f"IpPermissions: {words}"
        assert words in observation.message.in_language("en")
        assert observation.allowed.source == "internet"

    def test_what_is_open_beyond_the_declared_in_few_words(self):
        open_ = group("sg-3eb", [permission("-1", None, None, ANYWHERE)])
        assessment = self.judged(*place(open_), host("web", 10))
        observation = finding(assessment, "sg-3eb").observations[0]
        assert observation.read == "IpPermissions: all but tcp/443"

    @pytest.mark.parametrize(
        ("rules", "line"),
        [
            ([tcp(22, "52.0.0.0/6"), tcp(22, ANYWHERE)], 2),
            ([tcp(22, ANYWHERE), tcp(22, "52.0.0.0/6")], 1),
            # What is declared, and private addresses, are not open.
            ([tcp(443, ANYWHERE), tcp(22, "52.0.0.0/6")], 2),
            ([tcp(22, "52.0.0.0/6", "10.0.0.0/8"), tcp(22, "48.0.0.0/5")], 2),
            # An eighth of the IPv6 addresses outweighs a sixteenth of the IPv4 addresses.
            ([tcp(22, "48.0.0.0/4"), tcp(22, "2000::/3")], 2),
            ([tcp(22, "2000::/4"), tcp(22, "32.0.0.0/3")], 2),
        ],
    )
    def test_a_template_says_where_it_is_open_most(self, rules, line):
        placed = [
            evolve(rule, written_at=Origin(file="site.yaml", line=number))
            for number, rule in enumerate(rules, 1)
        ]
        snapshot = world(
            "open-security-groups",
            *place(group("sg-3eb", placed)),
            host("web", 10),
            source="template",
        )
        judged = finding(check_open_security_groups(snapshot, declared()), "sg-3eb")
        assert [observation.origin.line for observation in judged.observations] == [line]

    def test_a_declared_network_may_be_wide(self):
        baseline = declared(networks={"office": ["52.0.0.0/6"]})
        assert self.outcome(tcp(22, "52.0.0.0/6"), baseline=baseline) is PASS

    @pytest.mark.parametrize(
        ("entries", "expected"),
        [
            ((ANYWHERE,), FAIL),
            (("0.0.0.0/1", "128.0.0.0/1"), FAIL),
            (("198.51.100.0/24",), PASS),
            ((), PASS),
        ],
    )
    def test_prefix_lists_are_expanded(self, entries, expected):
        assert self.outcome(tcp(22, "pl-1"), records=[prefix_list(*entries)]) is expected

    def test_prefix_lists_that_are_not_known(self):
        unread = prefix_list(entries=UNREAD)
        for lists, operation in ((), ""), ([unread], "ec2:DescribeThings"):
            records = (*place(group("sg-a00", [tcp(22, "pl-1")])), host("app", 10), *lists)
            (observation,) = finding(self.judged(*records), "sg-a00").observations
            assert observation.outcome is UNKNOWN
            assert [cause.operation for cause in observation.causes] == [operation]
        permissions = [tcp(22, "pl-1"), tcp(22, ANYWHERE)]
        assert self.outcome(*permissions, records=[unread]) is FAIL

    @pytest.mark.parametrize(
        ("peer", "why", "detail"),
        [
            ("<parameter Office>", Why.UNDETERMINED, "parameter Office"),
            # Whether the list is in the account is known after deployment.
            ("pl-1", Why.UNDETERMINED, "pl-1"),
            (OTHER_RULES, Why.NOT_PROVIDED, OTHER_RULES),
        ],
    )
    def test_a_peer_that_a_template_leaves_open(self, peer, why, detail):
        security_group = group("sg-a00", [evolve(tcp(22), prefix_list_ids=(peer,))])
        snapshot = world("open-security-groups", *place(security_group), source="template")
        judged = finding(check_open_security_groups(snapshot, declared()), "sg-a00")
        (observation,) = judged.observations
        assert observation.outcome is UNKNOWN
        (cause,) = observation.causes
        assert cause.why is why
        assert detail in cause.detail

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            ([tcp(443, ANYWHERE, "::/0")], PASS),
            ([tcp(443, ANYWHERE), tcp(80, ANYWHERE)], FAIL),
            ([tcp(442, ANYWHERE, last=443)], FAIL),
            ([permission("udp", 443, 443, ANYWHERE)], FAIL),
        ],
    )
    def test_declared_ports(self, rules, expected):
        security_group = group("sg-3eb", rules)
        assessment = self.judged(*place(security_group), host("web", 10, public="198.51.100.1"))
        assert outcomes(assessment)["sg-3eb"] is expected

    def test_each_segment_that_carries_it_is_declared(self):
        security_group = group("sg-both", [tcp(443, ANYWHERE)])
        web = host("web", 10, "sg-3eb", "sg-both")
        assert outcomes(self.judged(*place(security_group), web))["sg-both"] is PASS
        app = host("app", 11, "sg-a00", "sg-both")
        assert outcomes(self.judged(*place(security_group), web, app))["sg-both"] is FAIL

    def test_a_failure_shows_the_packet_where_one_arrives(self):
        security_group = group("sg-a00", [tcp(22, ANYWHERE)])
        assessment = self.judged(*place(security_group), host("app", 10, public="198.51.100.1"))
        observation = finding(assessment, "sg-a00").observations[0]
        assert observation.read == "IpPermissions: tcp/22"
        assert "10.0.1.10 tcp/22" in observation.witness.summary.in_language("en")
        assert any("sg-a00" in step.in_language("ja") for step in observation.witness.steps)

    def test_a_group_that_routes_shield_is_open_all_the_same(self):
        security_group = group("sg-a00", [tcp(22, ANYWHERE)])
        assessment = self.judged(*place(security_group), host("app", 10))
        observation = finding(assessment, "sg-a00").observations[0]
        assert (observation.outcome, observation.witness) == (FAIL, None)
        assert "at present" in observation.message.in_language("en")

    def test_a_group_that_nobody_carries(self):
        security_group = group("sg-idle", [tcp(22, ANYWHERE)])
        (observation,) = finding(self.judged(*place(security_group)), "sg-idle").observations
        assert (observation.outcome, observation.message.id) == (NONE, "network.group-unused")
        gaps = {"NetworkInterface": UNREAD}
        assert outcomes(self.judged(*place(security_group), gaps=gaps))["sg-idle"] is UNKNOWN
        shut = group("sg-idle")
        assert outcomes(self.judged(*place(shut), gaps=gaps))["sg-idle"] is PASS

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            ([tcp(22, ANYWHERE)], FAIL),
            ([tcp(443, ANYWHERE), tcp(22, ANYWHERE)], FAIL),
            ([tcp(22, "0.0.0.0/1", "128.0.0.0/1")], FAIL),
            ([permission("icmp", 3, 4, ANYWHERE)], PASS),
            ([tcp(443, ANYWHERE)], PASS),
            ([tcp(22, "10.0.0.0/8")], PASS),
            ([tcp(22, "pl-unknown")], UNKNOWN),
            ([], PASS),
        ],
    )
    def test_a_group_that_nobody_carries_is_judged_where_the_baseline_asks(self, rules, expected):
        options = {"open-security-groups": {"unused": True}}
        rows = [{"name": "web", "tags": {"Tier": "web"}}]
        flows = [{"from": ["internet"], "to": ["web"], "services": ["https"]}]
        baseline = declared(segments=rows, flows=flows, controls=options)
        idle = group("sg-idle", rules)
        judged = finding(self.judged(*place(idle), baseline=baseline), "sg-idle")
        assert judged.outcome is expected
        messages = [observation.message.in_language("en") for observation in judged.observations]
        assert expected is UNKNOWN or all("no network interface uses" in text for text in messages)

    def test_an_interface_whose_groups_are_not_known(self):
        security_group = group("sg-a00", [tcp(22, ANYWHERE)])
        blind = interface("eni-x", "10.0.1.20", groups=UNREAD)
        outcome_by_name = outcomes(self.judged(*place(security_group), blind, host("app", 10)))
        assert outcome_by_name["sg-a00"] is FAIL
        idle = group("sg-idle", [tcp(22, ANYWHERE)])
        assert outcomes(self.judged(*place(idle), blind))["sg-idle"] is UNKNOWN
        assessment = self.judged(*place(idle), blind, gaps={"NetworkInterface": UNREAD})
        assert outcomes(assessment)["sg-idle"] is UNKNOWN

    def test_a_segment_that_is_not_known(self):
        rows = [{"name": "web", "tags": {"Tier": "web"}}]
        flows = [{"from": ["internet"], "to": ["web"], "services": ["https"]}]
        baseline = declared(segments=rows, flows=flows)
        security_group = group("sg-a00", [tcp(443, ANYWHERE)])
        blind = host("app", 10, tags=UNREAD)
        assessment = self.judged(*place(security_group), blind, baseline=baseline)
        assert outcomes(assessment)["sg-a00"] is UNKNOWN
        worse = evolve(security_group, ip_permissions=(tcp(22, ANYWHERE),))
        server = host("other", 11, "sg-a00")
        assessment = self.judged(*place(worse), blind, server, baseline=baseline)
        assert outcomes(assessment)["sg-a00"] is FAIL

    def test_rules_that_could_not_be_read(self):
        security_group = group("sg-a00", ip_permissions=UNREAD)
        assessment = self.judged(*place(security_group), host("app", 10))
        assert outcomes(assessment)["sg-a00"] is UNKNOWN


def database(name="main", **changes):
    fields = {
        "arn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}",
        "account": ACCOUNT,
        "region": REGION,
        "name": name,
        "engine": "mysql",
        "status": "available",
        "vpc": "vpc-1",
        "subnets": ("subnet-a",),
        "security_groups": ("sg-db",),
        "port": 3306,
    }
    return DBInstance(**(fields | changes))


def cluster(**changes):
    fields = {
        "arn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:aurora",
        "account": ACCOUNT,
        "region": REGION,
        "name": "aurora",
        "engine": "aurora-mysql",
        "status": "available",
    }
    return DBCluster(**(fields | changes))


RDS = {"requester_id": "amazon-rds", "description": "RDSNetworkInterface"}


class TestRdsPublicAccess:
    @staticmethod
    def judged(*records, baseline=None, gaps=None):
        snapshot = world("rds-public-access", *records, gaps=gaps)
        return check_rds_public_access(snapshot, baseline)

    OPEN = group("sg-db", [tcp(3306, ANYWHERE, "::/0")])
    SHUT = group("sg-db", [tcp(3306, "10.0.0.0/16")])

    @pytest.mark.parametrize(
        ("flag", "others", "source", "expected"),
        [
            # Nothing from the internet reaches it, whatever the template leaves open.
            (False, (), "template", PASS),
            (False, (), "aws", UNKNOWN),
            (None, (), "template", UNKNOWN),
            (
                False,
                (records.record(LoadBalancer, "loadbalancer/net/a/1", type="network"),),
                "template",
                UNKNOWN,
            ),
        ],
    )
    def test_what_a_template_does_not_say_of_the_network(self, flag, others, source, expected):
        nic = host("db", 30, public="198.51.100.9", **RDS)
        unread = evolve(self.OPEN, ip_permissions=UNREAD)
        store = database(publicly_accessible=flag)
        snapshot = world("rds-public-access", *place(unread), nic, store, *others, source=source)
        assert outcomes(check_rds_public_access(snapshot))["main"] is expected

    @pytest.mark.parametrize("source", ["template", "aws"])
    def test_a_template_that_lets_the_internet_in(self, source):
        nic = host("db", 30, public="198.51.100.9", **RDS)
        store = database(publicly_accessible=False)
        snapshot = world("rds-public-access", *place(self.OPEN), nic, store, source=source)
        judged = finding(check_rds_public_access(snapshot), "main")
        assert judged.outcome is FAIL
        assert "network.public-path" in {
            observation.message.id for observation in judged.observations
        }

    @pytest.mark.parametrize(("flag", "expected"), [(False, PASS), (True, FAIL), (UNREAD, UNKNOWN)])
    def test_the_flag(self, flag, expected):
        database_record = database(publicly_accessible=flag)
        assessment = self.judged(*place(self.SHUT), database_record, host("db", 30, **RDS))
        assert outcomes(assessment)["main"] is expected

    @pytest.mark.parametrize(
        ("filter_", "public", "ipv6", "expected"),
        [
            (OPEN, None, (), PASS),
            (OPEN, "198.51.100.9", (), FAIL),
            (SHUT, "198.51.100.9", (), PASS),
            (OPEN, None, ("2001:db8:1::9",), FAIL),
            (group("sg-db", [tcp(3307, ANYWHERE)]), "198.51.100.9", (), PASS),
        ],
    )
    def test_reachability(self, filter_, public, ipv6, expected):
        nic = host("db", 30, public=public, ipv6=ipv6, **RDS)
        assessment = self.judged(*place(filter_), database(), nic)
        assert outcomes(assessment)["main"] is expected

    def test_a_failure_shows_the_packet(self):
        nic = host("db", 30, public="198.51.100.9", **RDS)
        observation = finding(self.judged(*place(self.OPEN), database(), nic), "main").observations[
            0
        ]
        assert "tcp/3306" in observation.witness.summary.in_language("en")

    def test_declared_networks_are_not_the_public(self):
        office = group("sg-db", [tcp(3306, OFFICE)])
        nic = host("db", 30, public="198.51.100.9", **RDS)
        records = (*place(office), database(), nic)
        assert outcomes(self.judged(*records, baseline=declared()))["main"] is PASS
        assert outcomes(self.judged(*records))["main"] is FAIL

    def test_rules_that_could_not_be_read(self):
        blind = group("sg-db", ip_permissions=UNREAD)
        nic = host("db", 30, public="198.51.100.9", **RDS)
        assert outcomes(self.judged(*place(blind), database(), nic))["main"] is UNKNOWN

    def test_a_database_without_a_described_interface_gets_one_by_its_settings(self):
        assert outcomes(self.judged(*place(self.OPEN), database()))["main"] is PASS

    def test_a_database_whose_subnets_are_not_known(self):
        database_record = database(subnets=("subnet-x",))
        assert outcomes(self.judged(*place(self.OPEN), database_record))["main"] is UNKNOWN

    @pytest.mark.parametrize("field", ["vpc", "subnets"])
    def test_a_database_whose_place_is_unknown(self, field):
        records = (*place(self.SHUT), host("db", 30, **RDS), database(**{field: UNREAD}))
        assert outcomes(self.judged(*records))["main"] is UNKNOWN

    def test_interfaces_that_could_not_be_listed(self):
        gaps = {"NetworkInterface": UNREAD}
        assert outcomes(self.judged(*place(self.OPEN), database(), gaps=gaps))["main"] is UNKNOWN

    @pytest.mark.parametrize(
        ("flag", "expected"), [(False, {"aurora": PASS}), (True, {"aurora": FAIL})]
    )
    def test_multi_az_clusters(self, flag, expected):
        assert outcomes(self.judged(cluster(publicly_accessible=flag))).items() >= expected.items()

    def test_aurora_is_told_by_its_members(self):
        assert self.judged(cluster()).judged == 0


def cache(**changes):
    fields = {
        "arn": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:cluster:cache-001",
        "account": ACCOUNT,
        "region": REGION,
        "name": "cache-001",
        "engine": "redis",
        "subnet_group": "private",
        "security_groups": ("sg-db",),
        "port": 6379,
    }
    return CacheCluster(**(fields | changes))


def cache_group(**changes):
    fields = {
        "arn": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:subnetgroup:private",
        "account": ACCOUNT,
        "region": REGION,
        "name": "private",
        "vpc": "vpc-1",
        "subnets": ("subnet-a",),
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
        "security_groups": ("sg-db",),
        "port": 6379,
    }
    return ServerlessCache(**(fields | changes))


def warehouse(**changes):
    fields = {
        "arn": f"arn:aws:redshift:{REGION}:{ACCOUNT}:cluster:dwh",
        "account": ACCOUNT,
        "region": REGION,
        "name": "dwh",
        "vpc": "vpc-1",
        "security_groups": ("sg-db",),
        "port": 5439,
    }
    return RedshiftCluster(**(fields | changes))


APP = group("sg-a00", (), [EVERYTHING])
WEB = group("sg-3eb", (), [EVERYTHING])
FROM_APP = group("sg-db", [tcp(3306, "sg-a00")])


HERE = (GatewayAttachment(vpc_id="vpc-1"),)
VPN = made(VpnGateway, "vpn-gateway", "vpn_gateway_id", "vgw-1", {"attachments": HERE}, {})


class TestDatabaseIsolation:
    @staticmethod
    def judged(*records, baseline=None, gaps=None):
        snapshot = world("database-isolation", *records, gaps=gaps)
        return check_database_isolation(snapshot, declared() if baseline is None else baseline)

    HOSTS = (host("app", 10), host("web", 11))

    def outcome(self, filter_, *records, store=None, **arguments):
        store = database() if store is None else store
        nic = host("db", 30, **RDS)
        records = (*place(filter_, APP, WEB), *self.HOSTS, nic, store, *records)
        return outcomes(self.judged(*records, **arguments))[store.name]

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            ([tcp(3306, "sg-a00")], PASS),
            ([], PASS),
            ([tcp(3306, "sg-a00", "sg-3eb")], FAIL),
            ([tcp(3306, "10.0.0.0/16")], FAIL),
            ([tcp(3306, "10.0.1.10/32")], PASS),
            # The database does not answer there.
            ([tcp(22, "sg-3eb")], PASS),
            ([tcp(3306, "sg-db")], PASS),
        ],
    )
    def test_who_reaches_it(self, rules, expected):
        assert self.outcome(group("sg-db", rules)) is expected

    @pytest.mark.parametrize("kind", ["NetworkInterface", "Subnet"])
    def test_who_was_not_listed_may_reach_it(self, kind):
        gaps = {kind: denied(f"ec2:Describe{kind}s")}
        assert self.outcome(FROM_APP, gaps=gaps) is UNKNOWN
        open_ = group("sg-db", [tcp(3306, "sg-a00", "sg-3eb")])
        assert self.outcome(open_, gaps=gaps) is FAIL

    def test_a_failure_names_who(self):
        nic = host("db", 30, **RDS)
        open_ = group("sg-db", [tcp(3306, "sg-3eb")])
        assessment = self.judged(*place(open_, APP, WEB), *self.HOSTS, nic, database())
        observation = finding(assessment, "main").observations[0]
        assert "web can connect" in observation.message.in_language("en")
        assert "10.0.1.11" in observation.witness.summary.in_language("en")

    def test_databases_in_the_same_place_share_their_interfaces(self):
        open_ = group("sg-db", [tcp(3306, "sg-3eb")])
        records = (*place(open_, APP, WEB), *self.HOSTS, host("db", 30, **RDS))
        assessment = self.judged(
            *records, database(), database("second"), database("third", port=5432)
        )
        assert outcomes(assessment) == {"main": FAIL, "second": FAIL, "third": PASS}
        main, second = (finding(assessment, name).observations for name in ("main", "second"))
        assert main[0].message == second[0].message
        assert main[0].witness == second[0].witness
        targets = [observations[0].allowed.target for observations in (main, second)]
        assert targets == [finding(assessment, name).resource.key for name in ("main", "second")]

    def test_stores_of_one_segment_among_themselves(self):
        twin = host("twin", 31, "sg-db")
        open_ = group("sg-db", [tcp(3306, "sg-db")], [EVERYTHING])
        assert self.outcome(open_, twin) is PASS

    def test_another_port_than_the_declared_one(self):
        open_ = group("sg-db", [tcp(3307, "sg-a00")])
        assert self.outcome(open_, store=database(port=3307)) is FAIL

    def test_a_port_that_is_not_told(self):
        assert self.outcome(FROM_APP, store=database(port=None)) is PASS
        assert self.outcome(FROM_APP, store=database(port=10**20)) is PASS
        worse = group("sg-db", [tcp(3306, "sg-a00"), tcp(22, "sg-a00")])
        assert self.outcome(worse, store=database(port=UNREAD)) is FAIL

    def test_an_interface_in_no_segment(self):
        loose = host("loose", 12)
        records = (group("sg-loose", (), [EVERYTHING]), loose)
        open_ = group("sg-db", [tcp(3306, "sg-a00", "sg-loose")])
        assert self.outcome(open_, *records) is FAIL

    @pytest.mark.parametrize(
        ("networks", "label", "read"),
        [
            ({}, "an interface in no segment", "(no segment): tcp/3306"),
            ({"lab": ["10.0.1.12/32"]}, "lab", "(no segment) lab: tcp/3306"),
            (
                {"lab": ["10.0.1.12/32"], "house": ["10.0.0.0/16"]},
                "house & lab",
                "(no segment) house & lab: tcp/3306",
            ),
        ],
    )
    def test_an_interface_in_no_segment_is_named_by_its_networks(self, networks, label, read):
        loose = host("loose", 12)
        open_ = group("sg-db", [tcp(3306, "sg-loose")])
        records = (*place(open_, group("sg-loose", (), [EVERYTHING])), loose)
        store = (host("db", 30, **RDS), database())
        assessment = self.judged(*records, *store, baseline=declared(networks=networks, flows=[]))
        (observation,) = finding(assessment, "main").observations
        assert (observation.outcome, observation.read) == (FAIL, read)
        assert label in observation.message.in_language("en")

    @pytest.mark.parametrize(
        ("block", "expected"), [("10.0.1.12/31", PASS), ("10.0.1.12/32", FAIL)]
    )
    def test_each_address_of_an_interface_decides_about_its_network(self, block, expected):
        addresses = tuple(
            NetworkInterfacePrivateIpAddress(private_ip_address=f"10.0.1.{number}")
            for number in (12, 13)
        )
        loose = host("loose", 12, private_ip_addresses=addresses)
        open_ = group("sg-db", [tcp(3306, "sg-loose")])
        flows = [{"from": ["lab"], "to": ["db"], "services": ["mysql"]}]
        baseline = declared(networks={"lab": [block]}, flows=flows)
        records = (group("sg-loose", (), [EVERYTHING]), loose)
        assert self.outcome(open_, *records, baseline=baseline) is expected

    def test_an_interface_whose_segment_is_not_known(self):
        rows = [*SEGMENTS, {"name": "more", "tags": {"Tier": "more"}}]
        loose = host("loose", 12, tags=UNREAD)
        records = (group("sg-loose", (), [EVERYTHING]), loose)
        open_ = group("sg-db", [tcp(3306, "sg-a00", "sg-loose")])
        records = (*place(open_, APP, WEB), *records, host("db", 30, **RDS), database())
        baseline = declared(segments=rows)
        (observation,) = finding(self.judged(*records, baseline=baseline), "main").observations
        assert observation.outcome is UNKNOWN
        assert "tcp/3306" in observation.message.in_language("en")

    def test_the_internet(self):
        public = host("db", 30, public="198.51.100.9", **RDS)
        open_ = group("sg-db", [tcp(3306, ANYWHERE)])
        assessment = self.judged(*place(open_), public, database())
        assert outcomes(assessment)["main"] is FAIL

    def test_private_networks_that_nobody_declared(self):
        back = Route(destination_cidr_block="192.168.0.0/16", gateway_id="vgw-1")
        open_ = group("sg-db", [tcp(3306, "192.168.0.0/16")])
        records = (*place(open_, routes=[back]), VPN, host("db", 30, **RDS), database())
        (observation,) = finding(self.judged(*records), "main").observations
        assert (observation.outcome, observation.read) == (FAIL, "(private): tcp/3306")
        assert "undeclared private network" in observation.message.in_language("en")
        flows = [{"from": ["branch"], "to": ["db"], "services": ["mysql"]}]
        baseline = declared(networks={"branch": ["192.168.0.0/16"]}, flows=flows)
        assert outcomes(self.judged(*records, baseline=baseline))["main"] is PASS

    def test_interfaces_of_another_account(self):
        nic = evolve(host("app", 10), account=OTHER, arn="arn:other")
        accounts = tuple(AccountScope(id=id_, regions=(REGION,)) for id_ in (ACCOUNT, OTHER))
        records = (*place(FROM_APP, APP), host("db", 30, **RDS), database(), nic)
        snapshot = world("database-isolation", *records, accounts=accounts)
        assessment = check_database_isolation(snapshot, declared())
        of_own = [finding for finding in assessment.findings if finding.resource.name == "main"]
        assert [finding.outcome for finding in of_own] == [FAIL]

    def test_without_segments_only_the_outside_is_judged(self):
        nic = host("db", 30, **RDS)
        records = (*place(FROM_APP, APP), *self.HOSTS, nic, database())
        assert outcomes(self.judged(*records, baseline=Baseline()))["main"] is NONE
        public = host("db", 30, public="198.51.100.9", **RDS)
        open_ = group("sg-db", [tcp(3306, ANYWHERE)])
        assessment = self.judged(*place(open_), public, database(), baseline=Baseline())
        assert outcomes(assessment)["main"] is FAIL

    @pytest.mark.parametrize(
        ("record", "nic"),
        [
            (database(), RDS),
            (database(), {"description": "RDSNetworkInterface"}),
            (database(), {"requester_id": "amazon-rds"}),
            (database(subnets=()), RDS),
            (database(), {"belongs_to": database().arn}),
            (cache(), {"description": "ElastiCache cache-001"}),
            (cache(), {"description": "ElastiCache+cache-001"}),
            (cache(), {"requester_id": "amazon-elasticache"}),
            (serverless(), {"interface_type": "vpc_endpoint"}),
            (warehouse(addresses=("10.0.1.30",)), {}),
            (warehouse(), {"description": "RedshiftNetworkInterface"}),
            (warehouse(), {"requester_id": "amazon-redshift"}),
        ],
    )
    def test_the_interfaces_of_each_kind(self, record, nic):
        # Another interface of the same group would be reached all the same.
        neighbour = host("other", 31, "sg-shut", **RDS)
        server = host("db", 30, "sg-db", **nic)
        open_ = group("sg-db", [tcp(record.port, "sg-3eb")])
        records = (
            *place(open_, APP, WEB, group("sg-shut")),
            *self.HOSTS,
            server,
            neighbour,
            record,
        )
        assessment = self.judged(*records, cache_group())
        outcome_by_name = outcomes(assessment)
        assert outcome_by_name[record.name] is FAIL
        witness = finding(assessment, record.name).observations[0].witness
        assert "10.0.1.30 " in witness.summary.in_language("en")
        assert outcome_by_name["eni-other"] is PASS
        assert "eni-db" not in outcome_by_name

    @pytest.mark.parametrize(
        ("store", "nic"),
        [
            (database(vpc="vpc-2"), RDS),
            (database(subnets=("subnet-b",)), RDS),
            (database(security_groups=("sg-9",)), RDS),
            (database(), {"requester_id": "amazon-redshift"}),
            (cache(name="cache"), {"description": "ElastiCache cache-001"}),
            (cache(security_groups=("sg-9",)), {"requester_id": "amazon-elasticache"}),
            (cache(subnet_group=None), {"requester_id": "amazon-elasticache"}),
            (warehouse(addresses=("10.0.1.99",)), {"requester_id": "amazon-redshift"}),
            (warehouse(vpc="vpc-2"), {"requester_id": "amazon-redshift"}),
        ],
    )
    def test_interfaces_of_others_are_judged_by_themselves(self, store, nic):
        server = host("db", 30, "sg-db", **nic)
        open_ = group("sg-db", [tcp(3306, "sg-3eb")])
        records = (*place(open_, APP, WEB), *self.HOSTS, server, cache_group(region="us-east-1"))
        assert outcomes(self.judged(*records, store))["eni-db"] is FAIL

    def test_the_interface_of_another_store_is_not_that_of_a_store_in_the_same_place(self):
        owned = host("db", 30, **RDS, belongs_to=database("second").arn)
        open_ = group("sg-db", [tcp(3306, "sg-3eb")])
        records = (*place(open_, APP, WEB), *self.HOSTS, owned)
        assessment = self.judged(*records, database(), database("second"))
        for name, address in (("main", "10.0.1.254 "), ("second", "10.0.1.30 ")):
            witness = finding(assessment, name).observations[0].witness
            assert address in witness.summary.in_language("en")

    @pytest.mark.parametrize(
        ("of_store", "of_interface", "fields", "source", "expected"),
        [
            ("db.yaml", "db.yaml", RDS, "template", FAIL),
            ("db.yaml", "db.yaml", RDS, "aws", UNKNOWN),
            ("db.yaml", "web.yaml", RDS, "template", UNKNOWN),
            ("db.yaml", "db.yaml", {}, "template", UNKNOWN),
            (None, None, RDS, "template", UNKNOWN),
        ],
    )
    def test_an_interface_that_a_template_describes_with_its_store(
        self, of_store, of_interface, fields, source, expected
    ):
        origins = {name: name and Origin(file=name, line=1) for name in (of_store, of_interface)}
        nic = host("db", 30, "sg-db", **fields, origin=origins[of_interface])
        store = database(vpc=UNREAD, subnets=UNREAD, origin=origins[of_store])
        open_ = group("sg-db", [tcp(3306, "sg-3eb")])
        records = (*place(open_, APP, WEB), *self.HOSTS, nic, store)
        snapshot = world("database-isolation", *records, source=source)
        assert outcomes(check_database_isolation(snapshot, declared()))["main"] is expected

    @pytest.mark.parametrize(
        ("port", "expected"), [(0, "tcp/0"), (65535, "tcp/65535"), (65536, "all"), (-1, "all")]
    )
    def test_a_port_beyond_the_last_is_any(self, port, expected):
        assert str(Store(database(), (), port).traffic) == expected

    @pytest.mark.parametrize("of", ["database", "interface"])
    def test_groups_that_are_not_known_could_be_any(self, of):
        cluster = database(security_groups=UNREAD) if of == "database" else database()
        groups = UNREAD if of == "interface" else ("sg-db",)
        nic = evolve(host("db", 30, **RDS), groups=groups)
        records = (*place(group("sg-db", [tcp(3306, "sg-3eb")]), APP, WEB), *self.HOSTS, nic)
        outcome_by_name = outcomes(self.judged(*records, cluster))
        assert outcome_by_name["main"] is (FAIL if of == "database" else UNKNOWN)
        assert "eni-db" not in outcome_by_name

    def test_the_unknown_groups_of_a_cache_could_be_any(self):
        nic = host("db", 30, "sg-db", requester_id="amazon-elasticache")
        store = cache(security_groups=UNREAD)
        open_ = group("sg-db", [tcp(store.port, "sg-3eb")])
        records = (*place(open_, APP, WEB), *self.HOSTS, nic, cache_group(), store)
        outcome_by_name = outcomes(self.judged(*records))
        assert outcome_by_name[store.name] is FAIL
        assert "eni-db" not in outcome_by_name

    def test_a_cache_beside_another_one_of_its_subnets(self):
        store = cache(security_groups=("sg-db",))
        nic = host("db", 30, "sg-other", requester_id="amazon-elasticache")
        open_ = group("sg-other", [tcp(store.port, "sg-3eb")])
        records = (*place(group("sg-db"), open_, APP, WEB), *self.HOSTS, nic, cache_group(), store)
        assert outcomes(self.judged(*records))[store.name] is PASS
        own = evolve(store, security_groups=("sg-other",))
        records = (*place(group("sg-db"), open_, APP, WEB), *self.HOSTS, nic, cache_group(), own)
        assert outcomes(self.judged(*records))[store.name] is FAIL

    @pytest.mark.parametrize(
        "fields",
        [
            {"description": "ES search"},
            {"description": "DAX fast"},
            {"requester_id": "amazon-elasticsearch"},
            {"description": "Network interface for DBProxy orders"},
            {"tags": (("AmazonMemoryDBManaged", "true"),)},
        ],
    )
    def test_stores_without_a_record(self, fields):
        server = host("db", 30, "sg-db", **fields)
        records = (*place(FROM_APP, APP, WEB), *self.HOSTS, server)
        assert outcomes(self.judged(*records))["eni-db"] is PASS
        worse = group("sg-db", [tcp(9200, "sg-3eb")])
        assert outcomes(self.judged(*place(worse, APP, WEB), *self.HOSTS, server))["eni-db"] is FAIL

    def test_a_proxy_is_not_a_database_in_the_same_place(self):
        named = {"requester_id": "amazon-rds", "description": "Network interface for DBProxy p"}
        proxy, nic = host("proxy", 31, "sg-db", **named), host("db", 30, "sg-db", **RDS)
        rules = group("sg-db", [tcp(3306, "sg-a00"), tcp(5432, "sg-3eb")])
        records = (*place(rules, APP, WEB), *self.HOSTS, proxy, nic, database())
        assert outcomes(self.judged(*records)) == {"main": PASS, "eni-proxy": FAIL}

    @pytest.mark.parametrize(
        ("connection", "expected"), [("public", FAIL), (UNREAD, UNKNOWN), ("vpc", PASS)]
    )
    def test_a_serverless_cache_may_be_public(self, connection, expected):
        store = serverless(connection_type=connection)
        nic = host("db", 30, **RDS, interface_type="vpc_endpoint")
        records = (*place(FROM_APP, APP, WEB), *self.HOSTS, nic, store)
        assert outcomes(self.judged(*records))[store.name] is expected

    @pytest.mark.parametrize("store", [database(), cache(), serverless()])
    def test_a_store_without_a_described_interface(self, store):
        records = (*place(group("sg-db", [tcp(store.port, "sg-3eb")]), APP, WEB), *self.HOSTS)
        assert outcomes(self.judged(*records, cache_group(), store))[store.name] is FAIL

    @pytest.mark.parametrize(
        ("store", "subnet_ids"),
        [
            (database(vpc=UNREAD), ("subnet-a",)),
            (database(subnets=UNREAD), ("subnet-a",)),
            (cache(subnet_group=UNREAD), ("subnet-a",)),
            (cache(), UNREAD),
            (serverless(subnets=UNREAD), ("subnet-a",)),
            (warehouse(vpc=UNREAD, addresses=("10.0.1.30",)), ("subnet-a",)),
            (warehouse(addresses=UNREAD), ("subnet-a",)),
        ],
    )
    def test_a_store_whose_place_is_unknown(self, store, subnet_ids):
        rules = group("sg-db", [tcp(store.port, "sg-a00")])
        nic = host("db", 30, "sg-db", interface_type="vpc_endpoint", **RDS)
        records = (*place(rules, APP, WEB), *self.HOSTS, nic, cache_group(subnets=subnet_ids))
        observed = finding(self.judged(*records, store), store.name)
        assert observed.outcome is UNKNOWN
        assert "ec2:DescribeThings" in observed.observations[0].message.in_language("en")

    def test_the_description_of_an_interface_decides_without_subnets(self):
        rules = group("sg-db", [tcp(6379, "sg-3eb")])
        nic = host("db", 30, "sg-db", description="ElastiCache cache-001")
        records = (*place(rules, APP, WEB), *self.HOSTS, nic, cache(subnet_group=UNREAD))
        assert outcomes(self.judged(*records))["cache-001"] is FAIL

    @pytest.mark.parametrize(
        ("is_public", "records", "gaps", "expected"),
        [
            (True, (), {}, FAIL),
            (False, (), {}, NONE),
            (UNREAD, (), {}, UNKNOWN),
            (
                False,
                (records.record(LoadBalancer, "loadbalancer/net/a/1", type="network"),),
                {},
                UNKNOWN,
            ),
            (False, (), {"LoadBalancer": UNREAD}, UNKNOWN),
        ],
    )
    def test_without_an_interface_the_flag_decides_about_the_internet(
        self, is_public, records, gaps, expected
    ):
        store = warehouse(publicly_accessible=is_public)
        bare = Baseline.from_mapping({"regions": [REGION]})
        judged = self.judged(*place(), *records, store, baseline=bare, gaps=gaps)
        assert outcomes(judged)["dwh"] is expected
        if is_public is False:
            assert outcomes(self.judged(*place(), *records, store, gaps=gaps))["dwh"] is UNKNOWN

    @pytest.mark.parametrize(("source", "expected"), [("aws", UNKNOWN), ("template", FAIL)])
    def test_the_flag_decides_where_a_template_leaves_the_network_open(self, source, expected):
        nic = host("db", 30, public="198.51.100.9", **RDS)
        records = (*place(evolve(FROM_APP, ip_permissions=UNREAD)), nic)
        store = database(publicly_accessible=True)
        snapshot = world("database-isolation", *records, store, source=source)
        bare = Baseline.from_mapping({"regions": [REGION]})
        assert outcomes(check_database_isolation(snapshot, bare))["main"] is expected

    def test_nothing_is_known_of_where_it_stands(self):
        assert self.judged(*place(), warehouse()).findings[0].outcome is UNKNOWN
        block = subnet(cidr_block=None)
        assert outcomes(self.judged(vpc(), block, database()))["main"] is UNKNOWN
        gaps = {"NetworkInterface": UNREAD}
        assert outcomes(self.judged(*place(), database(), gaps=gaps))["main"] is UNKNOWN

    @pytest.mark.parametrize(
        ("enabled", "names", "expected"),
        [
            (False, [], PASS),
            (True, [], FAIL),
            (True, ["aur*"], PASS),
            (True, ["other"], FAIL),
            (UNREAD, ["aur*"], UNKNOWN),
        ],
    )
    def test_the_data_api(self, enabled, names, expected):
        baseline = declared(controls={"database-isolation": {"data_api": names}})
        assessment = self.judged(cluster(http_endpoint_enabled=enabled), baseline=baseline)
        assert outcomes(assessment)["aurora"] is expected


def peering(status="active", requester=ACCOUNT):
    own = VpcPeeringConnectionVpcInfo(
        vpc_id="vpc-1", owner_id=ACCOUNT, cidr_blocks=("10.0.0.0/16",)
    )
    vpc_peering_connection_vpc_info = VpcPeeringConnectionVpcInfo(
        vpc_id="vpc-9", owner_id=OTHER, region=REGION, cidr_blocks=("10.9.0.0/16",)
    )
    first, second = (
        (own, vpc_peering_connection_vpc_info)
        if requester == ACCOUNT
        else (vpc_peering_connection_vpc_info, own)
    )
    return made(
        VpcPeeringConnection,
        "vpc-peering-connection",
        "vpc_peering_connection_id",
        "pcx-1",
        {"status": status, "requester": first, "accepter": second},
        {},
    )


class TestAdminIngress:
    @staticmethod
    def judged(*records, baseline=None, gaps=None):
        snapshot = world("admin-ingress", *records, gaps=gaps)
        return check_admin_ingress(snapshot, declared() if baseline is None else baseline)

    JUMP = (
        group("sg-b00", [tcp(22, OFFICE)], [EVERYTHING]),
        instance("i-jump"),
        host("jump", 5, instance_id="i-jump", public="198.51.100.5"),
    )
    NIC = host("app", 10, instance_id="i-app", public="198.51.100.10")

    def outcome(self, *rules, records=(), **arguments):
        security_group = group("sg-a00", rules, [EVERYTHING])
        records = (*place(security_group), *self.JUMP, self.NIC, instance("i-app"), *records)
        return outcomes(self.judged(*records, **arguments))["i-app"]

    @pytest.mark.parametrize("port", [22, 3389, 5985, 5986])
    def test_each_administration_port(self, port):
        assert self.outcome(tcp(port, "sg-b00")) is PASS
        assert self.outcome(tcp(port, ANYWHERE)) is FAIL

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            ([], PASS),
            ([tcp(22, "10.0.1.5/32")], PASS),
            ([tcp(22, OFFICE)], FAIL),
            ([tcp(22, "203.0.113.9/32")], FAIL),
            ([tcp(22, "::/0")], PASS),
            ([tcp(8080, ANYWHERE)], PASS),
            ([tcp(0, ANYWHERE, last=21), tcp(23, ANYWHERE, last=3388)], PASS),
            ([permission("-1", None, None, "10.0.1.0/24")], PASS),
        ],
    )
    def test_from_the_bastion_only(self, rules, expected):
        assert self.outcome(*rules) is expected

    def test_other_servers(self):
        web = (WEB, host("web", 11, instance_id="i-web"), instance("i-web"))
        assert self.outcome(tcp(22, "sg-3eb"), records=web) is FAIL
        # A server of its own segment is no bastion either.
        twin = (host("twin", 12, "sg-a00", instance_id="i-twin"), instance("i-twin"))
        assert self.outcome(tcp(22, "sg-a00"), records=twin) is FAIL

    def test_a_failure_names_who(self):
        records = (*place(group("sg-a00", [tcp(22, OFFICE)], [EVERYTHING])), *self.JUMP, self.NIC)
        (observation,) = finding(self.judged(*records, instance("i-app")), "i-app").observations
        assert observation.message.id == "network.admin-open"

    def test_its_own_interfaces_do_not_count(self):
        second = host("second", 12, "sg-a00", instance_id="i-app")
        assert self.outcome(tcp(22, "sg-a00"), records=[second]) is PASS

    def test_the_bastion_itself_is_judged_elsewhere(self):
        outcome_by_name = outcomes(self.judged(*place(), *self.JUMP))
        assert "i-jump" not in outcome_by_name

    def test_declared_ports(self):
        baseline = declared(controls={"admin-ingress": {"services": ["tcp/10022"]}})
        assert self.outcome(tcp(10022, ANYWHERE), baseline=baseline) is FAIL
        assert self.outcome(tcp(22, ANYWHERE), baseline=baseline) is PASS

    def test_a_bastion_by_its_network(self):
        baseline = declared(controls={"admin-ingress": {"networks": ["office"]}})
        assert self.outcome(tcp(22, OFFICE), baseline=baseline) is PASS
        assert self.outcome(tcp(22, "203.0.113.0/24"), baseline=baseline) is FAIL

    @pytest.mark.parametrize(
        ("connection", "declares", "expected"),
        [
            (peering(), ["pcx-1"], PASS),
            (peering(requester=OTHER), ["pcx-1"], PASS),
            (peering(), [], FAIL),
            (peering("deleted"), ["pcx-1"], PASS),
        ],
    )
    def test_a_bastion_behind_a_peer(self, connection, declares, expected):
        route = Route(destination_cidr_block="10.9.0.0/16", vpc_peering_connection_id="pcx-1")
        security_group = group("sg-a00", [tcp(22, "10.9.0.0/16")], [EVERYTHING])
        records = (
            *place(security_group, routes=[route]),
            host("app", 10, instance_id="i-app"),
            instance("i-app"),
            connection,
        )
        baseline = declared(controls={"admin-ingress": {"peers": declares}})
        outcome = outcomes(self.judged(*records, baseline=baseline))["i-app"]
        assert outcome in ({FAIL, UNKNOWN} if expected is FAIL else {expected})

    def test_the_addresses_of_a_peering_that_was_deleted_are_no_bastion(self):
        route = Route(destination_cidr_block="10.9.0.0/16", gateway_id="vgw-1")
        security_group = group("sg-a00", [tcp(22, "10.9.0.0/16")], [EVERYTHING])
        nic = host("app", 10, instance_id="i-app")
        records = (*place(security_group, routes=[route]), nic, instance("i-app"), VPN)
        baseline = declared(controls={"admin-ingress": {"peers": ["pcx-1"]}})
        for status, expected in (("deleted", FAIL), ("active", PASS)):
            judged = self.judged(*records, peering(status), baseline=baseline)
            assert outcomes(judged)["i-app"] is expected

    @pytest.mark.parametrize(("declares", "expected"), [(["pcx-1"], PASS), ([], FAIL)])
    def test_a_bastion_behind_a_peer_of_the_same_snapshot(self, declares, expected):
        route = Route(destination_cidr_block="10.9.0.0/16", vpc_peering_connection_id="pcx-1")
        back = Route(destination_cidr_block="10.0.0.0/16", vpc_peering_connection_id="pcx-1")
        local = Route(destination_cidr_block="10.9.0.0/16", gateway_id="local")
        security_group = group("sg-a00", [tcp(22, "10.9.0.0/16")], [EVERYTHING])
        far = {"vpc_id": "vpc-9", "account": OTHER}
        records = (
            *place(security_group, routes=[route]),
            host("app", 10, instance_id="i-app"),
            instance("i-app"),
            peering(),
            vpc("vpc-9", cidr_blocks=("10.9.0.0/16",), account=OTHER),
            subnet("subnet-9", "10.9.1.0/24", **far),
            evolve(table("rtb-9", main=True, **far), routes=(back, local)),
            acl("acl-9", is_default=True, **far),
            group("sg-9", (), [EVERYTHING], **far),
            interface("eni-9", "10.9.1.5", subnet_id="subnet-9", groups=("sg-9",), **far),
        )
        baseline = declared(controls={"admin-ingress": {"peers": declares}})
        assert outcomes(self.judged(*records, baseline=baseline))["i-app"] is expected

    def test_a_bastion_of_the_same_snapshot_by_its_network(self):
        security_group = group("sg-a00", [tcp(22, "10.0.1.5/32")], [EVERYTHING])
        changed_host = evolve(host("jump", 5), account=OTHER, arn="arn:other")
        records = (
            *place(security_group, group("sg-b00", (), [EVERYTHING])),
            self.NIC,
            instance("i-app"),
        )
        options = {"admin-ingress": {"networks": ["ops"]}}
        near = declared(networks={"ops": ["10.0.1.5/32"], "office": [OFFICE]}, controls=options)
        assert outcomes(self.judged(*records, changed_host, baseline=near))["i-app"] is PASS
        assert outcomes(self.judged(*records, changed_host))["i-app"] is FAIL
        blind = evolve(changed_host, private_ip_addresses=UNREAD)
        assert outcomes(self.judged(*records, blind, baseline=near))["i-app"] is not PASS

    def test_without_a_bastion_nobody_may(self):
        security_group = group("sg-a00", [tcp(22, ANYWHERE)])
        records = (*place(security_group), self.NIC, instance("i-app"))
        assert outcomes(self.judged(*records, baseline=Baseline()))["i-app"] is FAIL
        shut = (*place(group("sg-a00")), self.NIC, instance("i-app"))
        assert outcomes(self.judged(*shut, baseline=Baseline()))["i-app"] is PASS

    def test_what_could_not_be_read(self):
        blind = group("sg-a00", ip_permissions=UNREAD)
        records = (*place(blind), self.NIC, instance("i-app"))
        assert outcomes(self.judged(*records))["i-app"] is UNKNOWN
        assert outcomes(self.judged(*place(), instance("i-app")))["i-app"] is UNKNOWN
        gaps = {"NetworkInterface": UNREAD}
        assert self.outcome(gaps=gaps) is UNKNOWN
        assert self.outcome(tcp(22, ANYWHERE), gaps=gaps) is FAIL

    def test_it_may_be_the_bastion_itself(self):
        rows = [{"name": "jump", "tags": {"Role": "jump"}, "role": "bastion"}]
        nic = evolve(self.NIC, tags=UNREAD)
        security_group = group("sg-a00", [tcp(22, ANYWHERE)])
        baseline = declared(segments=rows, flows=[])
        records = (*place(security_group), instance("i-app"))
        assert outcomes(self.judged(*records, nic, baseline=baseline))["i-app"] is UNKNOWN
        second = host("second", 11, "sg-a00", instance_id="i-app", public="198.51.100.11")
        assert outcomes(self.judged(*records, nic, second, baseline=baseline))["i-app"] is UNKNOWN

    def test_a_terminated_instance(self):
        assessment = self.judged(*place(), instance("i-app", state="terminated"))
        assert assessment.judged == 0


class TestBastionIngress:
    @staticmethod
    def judged(*records, baseline=None, gaps=None, **options):
        held = declared(controls={"bastion-ingress": options}) if options else declared()
        snapshot = world("bastion-ingress", *records, gaps=gaps)
        return check_bastion_ingress(snapshot, held if baseline is None else baseline)

    def test_interfaces_that_could_not_be_listed(self):
        """That no interface is a bastion was not read."""
        assessment = self.judged(gaps={"NetworkInterface": UNREAD})
        assert [finding.outcome for finding in assessment.findings] == [UNKNOWN]

    def test_a_segment_without_interfaces(self):
        (finding,) = self.judged(host("app", 10), APP).findings
        assert finding.outcome is NONE
        gaps = {"NetworkInterface": UNREAD}
        assessment = self.judged(host("app", 10), APP, gaps=gaps)
        assert [finding.outcome for finding in assessment.findings] == [UNKNOWN]

    def outcome(self, *rules, records=(), **arguments):
        security_group = group("sg-b00", rules, [EVERYTHING])
        nic = host("jump", 5, public="198.51.100.5")
        assessment = self.judged(
            *place(security_group, APP), nic, host("app", 10), *records, **arguments
        )
        return outcomes(assessment)["eni-jump"]

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            ([], PASS),
            ([tcp(22, OFFICE)], PASS),
            ([tcp(443, OFFICE)], PASS),
            ([tcp(22, OFFICE), permission("icmp", -1, -1, OFFICE)], PASS),
            ([tcp(3389, OFFICE)], FAIL),
            ([tcp(23, OFFICE)], FAIL),
            ([tcp(22, OFFICE, last=23)], FAIL),
            ([permission("udp", 22, 22, OFFICE)], FAIL),
            ([tcp(22, ANYWHERE)], FAIL),
            ([tcp(22, "203.0.113.0/27")], FAIL),
            ([tcp(22, "sg-a00")], FAIL),
            ([permission("icmp", 8, -1, "10.0.1.0/24")], FAIL),
        ],
    )
    def test_networks_and_protocols(self, rules, expected):
        assert self.outcome(*rules) is expected

    def test_rdp_where_tls_is_attested(self):
        assert self.outcome(tcp(3389, OFFICE), rdp_over_tls=True) is PASS
        assert self.outcome(tcp(3389, ANYWHERE), rdp_over_tls=True) is FAIL

    def test_the_options_name_the_networks(self):
        networks = {"office": [OFFICE], "home": ["198.51.100.128/25"]}
        options = {"bastion-ingress": {"networks": ["home"]}}
        baseline = declared(networks=networks, controls=options)
        assert self.outcome(tcp(22, "198.51.100.128/25"), baseline=baseline) is PASS
        assert self.outcome(tcp(22, OFFICE), baseline=baseline) is FAIL

    def test_a_flow_from_the_internet_is_no_corporate_network(self):
        flows = [{"from": ["internet"], "to": ["jump"], "services": ["ssh"]}]
        assert self.outcome(tcp(22, ANYWHERE), baseline=declared(flows=flows)) is FAIL

    def test_bastions_among_themselves(self):
        server = host("second", 6, "sg-b00")
        assert self.outcome(tcp(22, "sg-b00"), records=[server]) is PASS

    def test_without_a_bastion(self):
        assessment = self.judged(*place(), host("app", 10))
        assert (only(assessment).outcome, only(assessment).resource.kind) == (NONE, "Account")
        assert only(assessment).observations[0].message.id == "network.no-bastion"
        rows = [segment for segment in SEGMENTS if "role" not in segment]
        baseline = declared(segments=rows, flows=[])
        jump = host("jump", 5)
        for gaps in ({}, {"NetworkInterface": UNREAD}):
            findings = self.judged(*place(), jump, baseline=baseline, gaps=gaps).findings
            of_account = next(entry for entry in findings if entry.resource.kind == "Account")
            assert of_account.outcome is NONE
            assert of_account.observations[0].message.id == "network.no-bastion"

    def test_bastions_that_could_not_be_listed(self):
        assessment = self.judged(*place(), gaps={"NetworkInterface": UNREAD})
        assert only(assessment).outcome is UNKNOWN

    def test_a_bastion_that_may_be_in_another_segment_as_well(self):
        rows = [*SEGMENTS, {"name": "more", "tags": {"Tier": "more"}}]
        nic = host("jump", 5, public="198.51.100.5", tags=UNREAD)
        open_ = group("sg-b00", [tcp(22, ANYWHERE)])
        assessment = self.judged(*place(open_), nic, baseline=declared(segments=rows))
        assert outcomes(assessment)["eni-jump"] is FAIL

    def test_an_interface_that_may_be_the_bastions(self):
        rows = [{"name": "jump", "tags": {"Role": "jump"}, "role": "bastion"}]
        nic = host("jump", 5, tags=UNREAD)
        baseline = declared(segments=rows, flows=[])
        assessment = self.judged(*place(), nic, baseline=baseline)
        assert outcomes(assessment)["eni-jump"] is UNKNOWN

    def test_rules_that_could_not_be_read(self):
        blind = group("sg-b00", ip_permissions=UNREAD)
        assessment = self.judged(*place(blind), host("jump", 5, public="198.51.100.5"))
        assert outcomes(assessment)["eni-jump"] is UNKNOWN


SITE = "198.51.100.0/24"
SITES = {"office": [OFFICE], "customer": [SITE]}


class TestCustomerAdminAccess:
    def judged(self, *records, gaps=None, **fields):
        options = fields.pop("options", {"services": ["tcp/8443", "http"]})
        plain = {"networks": SITES, "controls": {"customer-admin-access": options}}
        snapshot = world("customer-admin-access", *records, gaps=gaps)
        return check_customer_admin_access(snapshot, declared(**(plain | fields)))

    def outcome(self, *rules, nic=None, **arguments):
        security_group = group("sg-a00", rules)
        nic = host("app", 10, public="192.0.2.10") if nic is None else nic
        return outcomes(self.judged(*place(security_group), nic, **arguments))["eni-app"]

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            ([], PASS),
            ([tcp(8443, SITE)], PASS),
            ([tcp(8443, ANYWHERE)], FAIL),
            ([tcp(8443, OFFICE)], FAIL),
            ([tcp(443, ANYWHERE)], PASS),
            # Administered in the clear, or by protocols that always are.
            ([tcp(80, SITE)], FAIL),
            ([tcp(21, SITE)], FAIL),
            ([tcp(23, SITE)], FAIL),
            ([tcp(23, ANYWHERE)], FAIL),
        ],
    )
    def test_ports_and_sites(self, rules, expected):
        assert self.outcome(*rules) is expected

    @pytest.mark.parametrize(
        ("rule", "message", "read"),
        [
            (tcp(80, SITE), "network.weak", "customer: tcp/80"),
            (tcp(8443, OFFICE), "network.customer-excess", "office: tcp/8443"),
        ],
    )
    def test_a_failure_says_what_is_wrong(self, rule, message, read):
        nic = host("app", 10, public="192.0.2.10")
        assessment = self.judged(*place(group("sg-a00", [rule])), nic)
        (observation,) = finding(assessment, "eni-app").observations
        assert (observation.message.id, observation.read) == (message, read)

    def test_clear_http_is_the_application_where_nobody_administers_by_it(self):
        options = {"services": ["tcp/8443"]}
        assert self.outcome(tcp(80, SITE), options=options) is PASS

    def test_behind_a_load_balancer_the_limit_may_stand_elsewhere(self):
        nic = host("app", 10, public="192.0.2.10", requester_id="amazon-elb")
        assert self.outcome(tcp(8443, ANYWHERE), nic=nic) is UNKNOWN
        assert self.outcome(tcp(8443, SITE), nic=nic) is PASS

    def test_segmentation_judges_what_is_inside(self):
        security_group = group("sg-a00", [tcp(8443, "sg-3eb")])
        assessment = self.judged(*place(security_group, WEB), host("app", 10), host("web", 11))
        assert outcomes(assessment)["eni-app"] is PASS

    def test_only_the_named_segments(self):
        options = {"services": ["tcp/8443"], "segments": ["web"]}
        security_group = group("sg-a00", [tcp(8443, ANYWHERE)])
        assessment = self.judged(
            *place(security_group), host("app", 10, public="192.0.2.10"), options=options
        )
        assert assessment.judged == 0

    def test_other_networks_of_the_customer(self):
        options = {"services": ["tcp/8443"], "networks": ["customer", "office"]}
        assert self.outcome(tcp(8443, OFFICE), options=options) is PASS

    def test_without_segments_everything_is_meant(self):
        arguments = {"segments": [], "flows": []}
        assert self.outcome(tcp(8443, ANYWHERE), **arguments) is FAIL

    def test_a_segment_that_is_not_known(self):
        rows = [{"name": "app", "tags": {"Tier": "app"}}]
        arguments = {"segments": rows, "flows": []}
        nic = host("app", 10, public="192.0.2.10", tags=UNREAD)
        assert self.outcome(tcp(8443, ANYWHERE), nic=nic, **arguments) is UNKNOWN
        both = (tcp(8443, OFFICE), tcp(8443, "pl-unread"))
        assert self.outcome(*both, nic=nic, **arguments) is UNKNOWN
        assert self.outcome(tcp(8443, SITE), nic=nic, **arguments) is PASS

    def test_nothing_is_declared(self):
        assessment = self.judged(*place(), host("app", 10), options={})
        (observation,) = only(assessment).observations
        message = "network.no-administration"
        assert (observation.outcome, observation.message.id) == (NONE, message)

    def test_rules_that_could_not_be_read(self):
        blind = group("sg-a00", ip_permissions=UNREAD)
        assessment = self.judged(*place(blind), host("app", 10, public="192.0.2.10"))
        found = finding(assessment, "eni-app")
        assert found.outcome is UNKNOWN
        assert {seen.causes for seen in found.observations} == {UNREAD.causes}


def test_a_flow_without_a_packet_to_try_has_no_witness():
    assert packet_witness(records.snapshot(), FlowResult("unknown")) is None
