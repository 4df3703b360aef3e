"""The network of a template is the network that its deployment makes."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.ec2_gateways import VpcBlockPublicAccessOptions
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet, Network, TrafficSet
from cloudpack_baseline.testing.records import (
    network_interface,
    security_group,
    small_account,
    tcp,
)
from reachability.worlds import KINDS, World
from sources.cloudformation.as_template import expressible, gathered_again, logical
from vpcs import EVERYTHING, place

STRANGERS = ("203.0.113.70/32", "192.168.7.5/32", "2001:db8:ffff::9/128")


def verdicts(network, name_of, names):
    """The verdict of each flow between interfaces and with the outside."""
    outside = {"internet": Internet(), **{block: Addresses([block]) for block in STRANGERS}}
    ends = {**{name: Interfaces([name_of(name)]) for name in names}, **outside}
    for one, two in itertools.permutations(ends, 2):
        if one in outside and two in outside:
            continue
        for kind in KINDS:
            traffic = TrafficSet.of(*kind) if kind[0] in (1, 58) else TrafficSet.of(*kind[:2])
            yield (one, two, str(traffic)), network.flow(ends[one], ends[two], traffic).verdict


def differences(records, folder):
    records = expressible(records)
    snapshot = gathered_again(records, folder)
    names = [r.network_interface_id for r in records if isinstance(r, NetworkInterface)]
    deployed = dict(verdicts(Network.from_records(records), str, names))
    planned = Network.from_records(snapshot.records)
    for flow, verdict in verdicts(planned, lambda name: f"eni-{logical(name)}", names):
        if deployed[flow] != verdict:
            yield flow, deployed[flow], verdict


@given(seed=st.integers(min_value=0, max_value=100_000))
@settings(max_examples=6)
def test_every_flow_has_the_same_verdict_before_and_after_deployment(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("template")
    home = [
        record
        for record in World(seed).records
        if not isinstance(record, VpcBlockPublicAccessOptions) or record.region != "us-east-1"
    ]
    assert not list(differences(home, folder))


def test_the_networks_of_the_builders(tmp_path):
    web = network_interface("eni-web", "10.0.1.5", public_ip="54.0.0.5", groups=("sg-open",))
    db = network_interface("eni-db", "10.0.1.6", groups=("sg-shut",))
    groups = (
        security_group("sg-open", [EVERYTHING], [EVERYTHING]),
        security_group("sg-shut", [tcp(3306, "sg-open")], [EVERYTHING]),
    )
    for name, records in (("place", place(*groups, web, db)), ("small", small_account())):
        folder = tmp_path / name
        folder.mkdir()
        assert not list(differences(records, folder))
