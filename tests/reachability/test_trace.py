"""The answer of several packets, and of one packet under several plans."""

from __future__ import annotations

from cloudpack_baseline.reachability import NO_TRAFFIC, Internet, Intervals, StopReason
from cloudpack_baseline.reachability.intervals import EMPTY
from cloudpack_baseline.reachability.path import Crossing
from cloudpack_baseline.reachability.plans import Border, Step
from cloudpack_baseline.reachability.results import FlowResult, Hop, Packet
from cloudpack_baseline.reachability.trace import CLIENT_PORTS, Trial, _reply_step, best, together
from reachability.test_forwarding import NLB, balanced
from reachability.test_rules import BASE, DB, DENIED, WEB, changed, network

PACKET = Packet("10.0.1.5", 1024, "10.0.2.5", NO_TRAFFIC)
DOUBT = StopReason("acl-unreadable", "acl-1")
SEVERAL = StopReason("several-paths")
PORTS, FEWER = Intervals(((1024, 65535),)), Intervals(((32768, 60999),))
THROUGH = Step(Hop("route-table", "rtb-1"))
STOP = Step(Hop("network-acl", "acl-1"), passes=False)
PERHAPS = Step(Hop("network-acl", "acl-1"), None, (DOUBT,))


def trial(*steps, ports=PORTS):
    return Trial(steps, ports, PACKET)


def test_of_stopped_packets_the_one_that_came_furthest_is_shown():
    near, far = trial(STOP).result, trial(THROUGH, THROUGH, STOP).result
    unsent = FlowResult("stopped", stop=Hop("interface", "eni-1"))
    for tried in ((near, unsent, far), (far, near, unsent), (unsent, far, near)):
        assert best(tried) == far
    assert best((unsent, near)) == near


def test_a_packet_that_passes_outweighs_those_that_do_not():
    passing, perhaps, stopped = (trial(step).result for step in (THROUGH, PERHAPS, STOP))
    assert best((stopped, perhaps, passing)).verdict == "open"
    result = best((stopped, perhaps))
    assert (result.verdict, result.reasons) == ("unknown", (DOUBT,))
    fewer = trial(THROUGH, ports=FEWER).result
    assert best((fewer, passing)).client_ports == PORTS


def test_without_an_address_nothing_is_sent():
    result = best(())
    assert (result.verdict, result.stop.id, result.witness) == ("stopped", "", None)


def test_plans_that_agree_pass_what_each_of_them_passes():
    result = together([trial(THROUGH), trial(THROUGH, ports=FEWER)])
    assert (result.verdict, result.client_ports) == ("open", FEWER)


def test_plans_that_disagree_leave_it_open():
    for trials in ([trial(THROUGH), trial(STOP)], [trial(STOP), trial(THROUGH)]):
        result = together(trials)
        assert (result.verdict, result.stop, result.reasons) == ("unknown", None, (SEVERAL,))
        assert result.client_ports == PORTS
    # Where the other plan is unknown itself, that is the reason, beside the several paths.
    assert together([trial(THROUGH), trial(PERHAPS)]).reasons == (DOUBT,)
    assert set(together([trial(STOP), trial(PERHAPS)]).reasons) == {DOUBT, SEVERAL}
    assert together([trial(PERHAPS, STOP), trial(THROUGH)]).reasons == (DOUBT,)


def test_plans_that_all_stop_it_let_nothing_through():
    result = together([trial(STOP), trial(THROUGH, STOP)])
    assert (result.verdict, result.client_ports) == ("stopped", EMPTY)


def group_hop(network, source, target, service):
    flow_answer = network.flow(source, target, service)
    (hop,) = [
        hop
        for hop in flow_answer.witness.hops
        if hop.kind == "security-group" and "inbound" in hop.text.in_language("en")
    ]
    return flow_answer.verdict, hop.id


def test_groups_that_are_not_known_have_no_name_in_the_path():
    unread = network(db=changed("db", groups=DENIED))
    assert group_hop(unread, WEB, DB, "mysql") == ("unknown", "")


def test_what_has_no_groups_admits_everything():
    """A Network Load Balancer without security groups (Elastic Load Balancing User Guide)."""
    assert group_hop(balanced(), Internet(), NLB, "tcp/80") == ("open", "")


def test_a_reply_through_an_acl_that_is_not_known_is_in_doubt():
    for entries, passes in ((DENIED, None), (BASE["acl"].entries, True), ((), False)):
        net = network(acl=changed("acl", entries=entries)).topology
        back = Border(Crossing(net.ends.of("eni-db")[0].site, egress=True), 4, 0x0A000105)
        step, ports = _reply_step(back, 6 * 65536 + 3306, CLIENT_PORTS)
        assert step.passes is passes
        assert bool(ports) is (passes is not False)


def test_the_path_names_each_network_acl():
    for acl, verdict in ((changed("acl"), "open"), (changed("acl", entries=DENIED), "unknown")):
        result = network(acl=acl).flow(WEB, DB, "mysql")
        crossed = [hop.id for hop in result.witness.hops if hop.kind == "network-acl"]
        assert result.verdict == verdict
        assert set(crossed) == {acl.network_acl_id}
