"""Runs of endpoints: stretches of them, and what is left without others."""

from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.reachability.endpoint_runs import EndpointRun, count_of, without
from cloudpack_baseline.reachability.endpoints import Endpoint
from cloudpack_baseline.reachability.filters import Acl
from cloudpack_baseline.reachability.ipset import IPV4, IpSet
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.tables import Table

LAST = 99


def run_of(*starts):
    """An address of which only its subnet is known, in parts that begin there."""
    site = Site("subnet-1", "vpc-1", "", IpSet(), Table("rtb-1"), Acl("acl-1"))
    addresses = Endpoint("eni-1", site, IPV4, starts[0], LAST, 0, ("sg-1",), sure=False)
    return EndpointRun.of(addresses, starts)


def bounds(endpoints):
    return [(endpoint.low, endpoint.high) for endpoint in endpoints]


def test_each_endpoint_ends_where_the_next_one_starts():
    assert bounds(run_of(0, 10, 50)) == [(0, 9), (10, 49), (50, LAST)]


def test_an_address_in_one_part_is_itself():
    run = run_of(7)
    (endpoint,) = run
    assert endpoint is run.undivided


def test_a_stretch_has_the_same_endpoints():
    run = run_of(0, 10, 50)
    stretch = run.stretch(1, 3)
    assert bounds(stretch) == [(10, 49), (50, LAST)]
    assert [*stretch] == [*run][1:]
    assert stretch.origin == run.origin
    assert stretch.shape != run.shape


def stretches(length):
    return (
        st.tuples(st.integers(0, length), st.integers(0, length))
        .map(sorted)
        .filter(lambda pair: pair[0] < pair[1])
    )


@given(st.lists(stretches(8), max_size=4), stretches(8))
def test_what_is_left_is_in_none_of_the_others(excluded, stretch):
    run = run_of(*range(0, 80, 10))
    asked = run.stretch(*stretch)
    remaining = without([asked], [run.stretch(*pair) for pair in excluded])
    gone = {id(end) for pair in excluded for end in run.stretch(*pair)}
    expected = [end for end in asked if id(end) not in gone]
    assert [end for further in remaining for end in further] == expected
    assert count_of(remaining) == len(expected)


def test_another_address_is_not_left_out():
    run, elsewhere = run_of(0, 10), run_of(0, 10)
    assert without([run], [elsewhere]) == [run]
