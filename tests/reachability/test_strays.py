"""Which addresses without a recorded subnet the routes of a table lead to."""

from types import SimpleNamespace

from attrs import evolve

from cloudpack_baseline.reachability.filters import Acl
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import IPV4, IPV6, IpSet
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.strays import Strays
from cloudpack_baseline.reachability.tables import Entry, RouteMap, Table

# Places 5, 3 and 0 in the order of their addresses.
PLACES = [(30, 0), (10, 5), (20, 3)]
AT_10, AT_20, AT_30 = 1 << 5, 1 << 3, 1 << 0
ALL = AT_10 | AT_20 | AT_30


def route(kind, target="x", *, active=True):
    return Entry("10.0.0.0/8", kind, (target,), active)


def table(*entries, family=IPV4, **options):
    """A table whose routes are those to 10, to 20 and to 30."""
    return Table("rtb-1", {family: RouteMap((0, 10, 20, 30), (None, *entries))}, **options)


def strays(family=IPV4, **nats):
    sites = {
        name: Site("subnet-1", "vpc-1", "", IpSet(), of, Acl("acl-1")) for name, of in nats.items()
    }
    net = SimpleNamespace(nats={name: name for name in nats}, nat_site=sites.get)
    return Strays.of(net, family, PLACES)


def test_addresses_within_blocks():
    assert strays().within(Intervals(((0, 9), (20, 29)))) == AT_20
    assert strays().within(Intervals(((10, 20),))) == AT_10 | AT_20
    assert strays().within(Intervals(((30, 40),))) == AT_30
    assert strays().within(Intervals()) == 0


def test_local_routes_lead_to_no_other_vpc():
    routes = table(route("local"), None, route("local", active=False))
    assert strays().local(routes) == AT_10
    assert strays().reached(routes) == 0


def test_an_internet_gateway_leads_to_addresses_of_ipv6_alone():
    for family, reached in ((IPV4, AT_10), (IPV6, AT_10 | AT_20)):
        routes = table(route("pcx"), route("igw"), route("tgw", active=False), family=family)
        assert strays(family).reached(routes) == reached


def test_rival_routes_may_lead_anywhere():
    rivalled = evolve(route("igw"), rivals=(route("pcx"),))
    assert strays().reached(table(rivalled, route("igw"), None)) == AT_10


def test_behind_a_nat_gateway_its_table_counts():
    behind = table(route("igw"), route("pcx"), route("pcx"))
    routes = table(route("nat", "nat1"), route("nat", "nat1"), route("igw"))
    assert strays(nat1=behind).reached(routes) == AT_20


def test_a_nat_gateway_that_is_not_recorded_or_uses_the_same_table_may_lead_anywhere():
    routes = table(route("nat", "nat1"), route("nat", "nat2"), None)
    assert strays(nat1=routes).reached(routes) == AT_10 | AT_20


def test_nat_gateways_that_lead_to_each_other_lead_nowhere():
    first = table(route("nat", "nat2"), route("pcx"), None)
    second = table(route("nat", "nat1"), route("pcx"), None)
    assert strays(nat1=first, nat2=second).reached(first) == AT_20


def test_a_table_that_is_not_known_may_lead_anywhere():
    doubt = StopReason.of("route-table-unreadable", "rtb-1")
    assert strays().reached(table(None, None, None, doubt=doubt)) == ALL
    assert strays().reached(table(None, None, None, vague=((route("pcx"), doubt),))) == ALL
