"""load-balancer-tls (2.2.2, 3.3)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_load_balancer_tls
from cloudpack_baseline.model.elb import ClassicListener, ClassicLoadBalancer, ClassicSslPolicy
from cloudpack_baseline.model.elbv2 import (
    Listener,
    ListenerAction,
    ListenerRule,
    LoadBalancer,
    SslPolicy,
)
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.testing import records
from support import denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
UNREAD = denied("elbv2:DescribeRules")
FORWARD = ListenerAction(type="forward")
TO_HTTPS = ListenerAction(type="redirect", redirect_protocol="HTTPS")
TO_HTTP = ListenerAction(type="redirect", redirect_protocol="#{protocol}")
FIXED = ListenerAction(type="fixed-response")
TLS12 = {
    "controls": {"load-balancer-tls": {"protocols": ["TLSv1.3"]}},
}


def listener(protocol="HTTPS", port=443, actions=(FORWARD,), policy="new"):
    return Listener(
        listener_arn=f"listener/{port}",
        protocol=protocol,
        port=port,
        ssl_policy=policy if protocol in {"HTTPS", "TLS"} else None,
        default_actions=tuple(actions),
    )


def load_balancer(*listeners, rules=(), **fields):
    fields = {"type": "application", "listeners": listeners, "rules": rules} | fields
    return records.record(
        LoadBalancer, "loadbalancer/app/web/1", service="elasticloadbalancing", **fields
    )


def ssl_policy(name, *protocols):
    service = "elasticloadbalancing"
    return records.record(SslPolicy, f"ssl-policy/{name}", service=service, protocols=protocols)


POLICIES = (
    ssl_policy("new", "TLSv1.2", "TLSv1.3"),
    ssl_policy("old", "TLSv1", "TLSv1.1", "TLSv1.2"),
)


def classic(*listeners, policies=(), **fields):
    fields = {"listeners": listeners, "ssl_policies": policies} | fields
    return records.record(
        ClassicLoadBalancer, "loadbalancer/old", service="elasticloadbalancing", **fields
    )


def judged(record, *others, baseline=None, gaps=None):
    snapshot = world("load-balancer-tls", record, *others, gaps=gaps)
    findings = check_load_balancer_tls(snapshot, baseline).findings
    (finding,) = (finding for finding in findings if finding.resource.key == record.arn)
    return finding


def outcome(record, *others, **changes):
    return judged(record, *others, **changes).outcome


@pytest.mark.parametrize(("policy", "expected"), [("new", PASS), ("old", FAIL), ("gone", UNKNOWN)])
@pytest.mark.parametrize("protocol", ["HTTPS", "TLS"])
def test_the_versions_of_a_policy_decide(protocol, policy, expected):
    assert outcome(load_balancer(listener(protocol, policy=policy)), *POLICIES) is expected


def test_a_name_that_was_never_seen_is_judged_by_its_versions():
    name = "ELBSecurityPolicy-TLS13-1-3-PQ-2031-01"
    balancer = load_balancer(listener(policy=name))
    assert outcome(balancer, ssl_policy(name, "TLSv1.3")) is PASS


def test_the_baseline_says_which_versions_are_accepted():
    strict = Baseline.from_mapping(TLS12)
    finding = judged(load_balancer(listener()), *POLICIES, baseline=strict)
    (observation,) = finding.observations
    assert (observation.outcome, observation.expected) == (FAIL, "SslProtocols=TLSv1.3")
    assert "TLSv1.2 (" in observation.message.in_language("en")


@pytest.mark.parametrize(
    "policy", [ssl_policy("new"), evolve(POLICIES[0], protocols=UNREAD)], ids=["none", "denied"]
)
def test_a_policy_without_known_versions_is_unknown(policy):
    assert outcome(load_balancer(listener()), policy) is UNKNOWN


def test_the_policy_of_a_listener_is_named():
    (observation,) = judged(load_balancer(listener(policy="old")), *POLICIES).observations
    assert "(security policy old)" in observation.message.in_language("en")
    (missing,) = judged(load_balancer(listener(policy="gone")), *POLICIES).observations
    assert missing.causes[0].why is Why.NOT_PROVIDED
    assert missing.causes[0].detail == "gone"


def test_a_listener_with_tls_whose_policy_was_not_recorded_is_unknown():
    older = evolve(listener(), ssl_policy=None)
    (observation,) = judged(load_balancer(older), *POLICIES).observations
    assert (observation.outcome, observation.causes[0].detail) == (UNKNOWN, "")
    assert "SslProtocols (HTTPS:443, )" in observation.message.in_language("en")


def test_what_a_listener_does_is_shown():
    for actions, read in (
        ((TO_HTTP,), "Type=redirect Protocol=#{protocol}"),
        ((FIXED, FORWARD), "Type=fixed-response, Type=forward"),
    ):
        (observation,) = judged(load_balancer(listener("HTTP", 80, actions))).observations
        assert observation.read == read
    (unread,) = judged(load_balancer(listener("HTTP", 80, ()))).observations
    assert unread.causes[0].operation == "elbv2:DescribeListeners"


def test_a_policy_of_another_region_does_not_count():
    assert outcome(load_balancer(listener()), evolve(POLICIES[0], region="us-east-1")) is UNKNOWN


def test_why_the_policies_were_not_listed_is_named():
    gaps = {"SslPolicy": denied("elbv2:DescribeSSLPolicies")}
    (observation,) = judged(load_balancer(listener()), gaps=gaps).observations
    assert observation.causes[0].operation == "elbv2:DescribeSSLPolicies"


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ((TO_HTTPS,), PASS),
        ((FIXED,), PASS),
        ((TO_HTTP,), FAIL),
        ((ListenerAction(type="redirect", redirect_protocol="HTTP"),), FAIL),
        ((ListenerAction(type="redirect"),), FAIL),
        ((FORWARD,), FAIL),
        ((FIXED, FORWARD), FAIL),
        ((), UNKNOWN),
    ],
)
def test_a_listener_without_tls(actions, expected):
    assert outcome(load_balancer(listener("HTTP", 80, actions))) is expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((("listener/80", "default", TO_HTTPS), ("listener/80", "1", TO_HTTPS)), PASS),
        ((("listener/80", "default", TO_HTTPS), ("listener/80", "1", FORWARD)), FAIL),
        ((("listener/80", "1", TO_HTTP),), FAIL),
        ((("listener/8080", "1", FORWARD),), PASS),
    ],
)
def test_the_rules_of_a_listener_that_redirects(rules, expected):
    rules = tuple(
        ListenerRule(rule_arn=f"rule/{at}", listener_arn=arn, priority=priority, actions=(action,))
        for at, (arn, priority, action) in enumerate(rules)
    )
    balancer = load_balancer(listener("HTTP", 80, (TO_HTTPS,)), rules=rules)
    assert outcome(balancer) is expected


@pytest.mark.parametrize(("actions", "expected"), [((TO_HTTPS,), UNKNOWN), ((FORWARD,), FAIL)])
def test_rules_that_were_not_read_matter_only_where_they_decide(actions, expected):
    assert outcome(load_balancer(listener("HTTP", 80, actions), rules=UNREAD)) is expected


@pytest.mark.parametrize("protocol", ["TCP", "UDP", "TCP_UDP", "GENEVE", "QUIC"])
def test_connections_that_are_passed_on_are_not_judged(protocol):
    finding = judged(load_balancer(listener(protocol, 443), type="network"))
    assert finding.outcome is NOT_APPLICABLE
    assert [observation.message.id for observation in finding.observations] == [
        "encryption.passed-on"
    ]


def test_one_listener_that_fails_is_named_beside_the_others():
    finding = judged(load_balancer(listener(), listener("HTTP", 80)), *POLICIES)
    assert [observation.outcome for observation in finding.observations] == [FAIL, PASS]
    assert "HTTP:80" in finding.observations[0].message.in_language("ja")


@pytest.mark.parametrize("balancer", [load_balancer(), classic()])
def test_without_listeners(balancer):
    finding = judged(balancer)
    assert finding.outcome is NOT_APPLICABLE
    assert [observation.message.id for observation in finding.observations] == [
        "encryption.no-listeners"
    ]


@pytest.mark.parametrize("balancer", [load_balancer(), classic()])
def test_listeners_that_were_not_read_are_unknown(balancer):
    assert outcome(evolve(balancer, listeners=UNREAD)) is UNKNOWN


NEW = ClassicSslPolicy(name="new", protocols=("TLSv1.2",))
OLD = ClassicSslPolicy(name="old", protocols=("TLSv1", "TLSv1.2"))


@pytest.mark.parametrize(
    ("protocol", "policies", "expected"),
    [
        ("HTTP", (), FAIL),
        ("TCP", (), NOT_APPLICABLE),
        ("HTTPS", ("new",), PASS),
        ("SSL", ("new",), PASS),
        ("HTTPS", ("sticky", "new"), PASS),
        ("HTTPS", ("old",), FAIL),
        ("HTTPS", ("sticky",), UNKNOWN),
    ],
)
def test_a_listener_of_a_classic_load_balancer(protocol, policies, expected):
    listeners = ClassicListener(protocol=protocol, port=443, policies=policies)
    assert outcome(classic(listeners, policies=(NEW, OLD))) is expected


def test_a_classic_listener_without_a_policy_for_tls_names_the_call():
    listeners = ClassicListener(protocol="SSL", port=443, policies=("sticky",))
    (observation,) = judged(classic(listeners, policies=(NEW,))).observations
    assert observation.causes[0].operation == "elb:DescribeLoadBalancerPolicies"


def test_policies_of_a_classic_load_balancer_that_were_not_read():
    listeners = ClassicListener(protocol="SSL", port=443, policies=("new",))
    assert outcome(classic(listeners, policies=UNREAD)) is UNKNOWN


def test_an_account_without_load_balancers():
    finding = only(check_load_balancer_tls(world("load-balancer-tls", *POLICIES)))
    assert finding.outcome is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"protocol": UNREAD}, UNKNOWN),
        ({"ssl_policy": UNREAD}, UNKNOWN),
        ({"port": UNREAD}, PASS),
        ({"default_actions": UNREAD}, PASS),
        ({"protocol": "HTTP", "default_actions": UNREAD}, UNKNOWN),
        ({"protocol": "HTTP", "ssl_policy": UNREAD}, FAIL),
        ({"protocol": "TCP", "ssl_policy": UNREAD}, NOT_APPLICABLE),
    ],
)
def test_an_unread_part_of_a_listener_counts_where_it_decides(changes, expected):
    unread = evolve(listener(), **changes)
    assert outcome(load_balancer(unread), *POLICIES) is expected
    in_clear = listener("HTTP", 80)
    assert outcome(load_balancer(unread, in_clear), *POLICIES) is FAIL


@pytest.mark.parametrize(
    ("actions", "others", "expected"),
    [
        (UNREAD, (), UNKNOWN),
        (UNREAD, ((FORWARD,),), FAIL),
        ((TO_HTTPS,), (), PASS),
    ],
)
@pytest.mark.parametrize("default", [(TO_HTTPS,), UNREAD])
def test_an_unread_action_of_a_rule(actions, others, expected, default):
    clear = evolve(listener("HTTP", 80, (TO_HTTPS,)), default_actions=default)
    rules = tuple(
        ListenerRule(
            rule_arn=f"rule/{number}",
            listener_arn=clear.listener_arn,
            priority=str(number),
            actions=part,
        )
        for number, part in enumerate((actions, *others), 1)
    )
    if default is UNREAD and expected is PASS:
        expected = UNKNOWN
    assert outcome(load_balancer(clear, rules=rules)) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"protocol": UNREAD}, UNKNOWN), ({"policies": UNREAD}, UNKNOWN), ({"port": UNREAD}, PASS)],
)
def test_an_unread_part_of_a_classic_listener(changes, expected):
    unread = evolve(ClassicListener(protocol="SSL", port=443, policies=("new",)), **changes)
    assert outcome(classic(unread, policies=(NEW, OLD))) is expected
    in_clear = ClassicListener(protocol="HTTP", port=80)
    assert outcome(classic(unread, in_clear, policies=(NEW, OLD))) is FAIL
