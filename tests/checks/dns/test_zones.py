"""route53-query-logging, route53-dnssec (2.2.2), route53-dangling-records (5.1.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloudpack_baseline import (
    Baseline,
    Outcome,
    check_route53_dangling_records,
    check_route53_dnssec,
    check_route53_query_logging,
)
from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
    NetworkInterfaceIpv6Address,
    NetworkInterfacePrivateIpAddress,
)
from cloudpack_baseline.model.ec2_addresses import ElasticIpAddress
from cloudpack_baseline.model.route53 import (
    ClaimableTarget,
    DnssecKey,
    HostedZone,
    KeySigningKey,
    QueryLoggingConfig,
    RegisteredDomain,
    ResourceRecordSet,
)
from cloudpack_baseline.testing import records
from cloudpack_baseline.testing.records import record
from support import NOW, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
CHECKS = {
    "route53-query-logging": check_route53_query_logging,
    "route53-dnssec": check_route53_dnssec,
    "route53-dangling-records": check_route53_dangling_records,
}


def zone(name="example.jp", zone_id="Z1", **changes):
    settings = {"id": zone_id, "name": name, "region": ""}
    return record(HostedZone, f"hostedzone/{zone_id}", service="route53", **(settings | changes))


def judge(control, *resources, options=None, baseline=None, **changes):
    table = {"controls": {control: options or {}}} | (baseline or {})
    return CHECKS[control](world(control, *resources, **changes), Baseline.from_mapping(table))


ASKED = {"zones": ["example.jp"]}


# --- query logging


def logging(zone_id="Z1", group="arn:aws:logs:us-east-1:123456789012:log-group:/dns"):
    return record(
        QueryLoggingConfig,
        f"queryloggingconfig/{zone_id}",
        service="route53",
        region="",
        hosted_zone_id=zone_id,
        log_group=group,
    )


def logged(*resources, options=ASKED, **changes):
    return only(judge("route53-query-logging", *resources, options=options, **changes)).outcome


def test_a_zone_that_is_logged():
    assert logged(zone(), logging()) is PASS
    assert logged(zone()) is FAIL
    assert logged(zone(), logging("Z2")) is FAIL
    assert logged(zone(), logging(group=denied())) is UNKNOWN


@pytest.mark.parametrize("pattern", ["example.jp", "*", "Z1", "arn:aws:route53:*"])
def test_zones_are_named_by_pattern(pattern):
    assert logged(zone(), options={"zones": [pattern]}) is FAIL


def test_a_zone_that_need_not_be_logged():
    assert logged(zone(), options={}) is NOT_APPLICABLE
    assert logged(zone("example.com")) is NOT_APPLICABLE
    assert logged(zone(private=True)) is NOT_APPLICABLE
    assert logged(zone(private=denied("route53:ListHostedZones"))) is UNKNOWN


def test_configurations_that_were_denied():
    gap = {"QueryLoggingConfig": denied("route53:ListQueryLoggingConfigs")}
    assert logged(zone(), gaps=gap) is UNKNOWN
    assert logged(zone(), logging(), gaps=gap) is PASS


def test_one_of_two_zones_is_logged():
    assessed = judge(
        "route53-query-logging",
        zone(),
        zone("example.com", "Z2"),
        logging(),
        options={"zones": ["*"]},
    )
    assert [finding.outcome for finding in assessed.findings].count(FAIL) == 1


# --- DNSSEC

ACTIVE = KeySigningKey(status="ACTIVE", key_tag=7, public_key="AwEA")


def domain(*keys, **changes):
    settings = {"region": "", "expiry": NOW + timedelta(days=100), "dnssec_keys": keys}
    return record(
        RegisteredDomain, "domain/example.jp", service="route53domains", **(settings | changes)
    )


def signed(*resources, signing="SIGNING", keys=(ACTIVE,), options=ASKED, **changes):
    of_zone = zone(serve_signature=signing, key_signing_keys=keys)
    return only(judge("route53-dnssec", of_zone, *resources, options=options, **changes)).outcome


@pytest.mark.parametrize(
    ("signing", "keys", "outcome"),
    [
        ("SIGNING", (ACTIVE,), PASS),
        ("SIGNING", (KeySigningKey(status="INACTIVE", key_tag=6), ACTIVE), PASS),
        ("SIGNING", (KeySigningKey(status="INACTIVE", key_tag=7),), FAIL),
        ("SIGNING", (), FAIL),
        ("NOT_SIGNING", (ACTIVE,), FAIL),
        (denied("route53:GetDNSSEC"), (ACTIVE,), UNKNOWN),
        ("SIGNING", denied("route53:GetDNSSEC"), UNKNOWN),
    ],
)
def test_signatures(signing, keys, outcome):
    assert signed(domain(DnssecKey(key_tag=7)), signing=signing, keys=keys) is outcome


def test_what_was_read_of_signatures():
    def reads(*keys):
        of_zone = zone(serve_signature="SIGNING", key_signing_keys=keys)
        finding = only(
            judge("route53-dnssec", of_zone, domain(DnssecKey(key_tag=7)), options=ASKED)
        )
        return [(observation.outcome, observation.read) for observation in finding.observations]

    signs = (PASS, "ServeSignature=SIGNING")
    assert reads(ACTIVE) == [signs, (PASS, "DnssecKeys=7")]
    two = [KeySigningKey(status=status, key_tag=7) for status in ("INACTIVE", "DELETING")]
    assert reads(*two) == [(FAIL, "Status=INACTIVE, DELETING"), signs]


def test_the_record_in_the_parent_zone():
    assert signed(domain()) is FAIL
    assert signed(domain(DnssecKey(key_tag=8))) is FAIL
    assert signed(domain(dnssec_keys=denied("route53domains:GetDomainDetail"))) is UNKNOWN
    assert signed() is UNKNOWN
    gap = {"RegisteredDomain": denied("route53domains:ListDomains")}
    assert signed(gaps=gap) is UNKNOWN
    assert signed(options=ASKED | {"delegated": ["example.jp"]}) is PASS


def test_a_zone_that_need_not_be_signed():
    assert signed(signing="NOT_SIGNING", options={}) is NOT_APPLICABLE
    private = zone(private=True)
    assert only(judge("route53-dnssec", private, options=ASKED)).outcome is NOT_APPLICABLE


# --- dangling records


def a(value, name="www.example.jp.", kind="A"):
    return ResourceRecordSet(name=name, type=kind, values=(value,))


def dangling(*record_sets, targets=(), others=(), **changes):
    of_zone = zone(record_sets=record_sets, targets=targets)
    findings = judge("route53-dangling-records", of_zone, *others, **changes).findings
    return next(finding for finding in findings if finding.resource.name == "example.jp").outcome


def target(free, kind="bucket"):
    return ClaimableTarget(record="www.example.jp.", kind=kind, name="shop", free=free)


@pytest.mark.parametrize("kind", ["bucket", "environment"])
@pytest.mark.parametrize(
    ("free", "outcome"), [(False, PASS), (True, FAIL), (denied("s3:HeadBucket"), UNKNOWN)]
)
def test_a_name_that_anyone_may_take(kind, free, outcome):
    assert dangling(targets=(target(free, kind),)) is outcome


def test_a_wildcard_is_shown_as_one():
    wildcard = ClaimableTarget(record="\\052.example.jp.", kind="bucket", name="shop", free=True)
    findings = judge("route53-dangling-records", zone(record_sets=(), targets=(wildcard,))).findings
    (observation,) = findings[0].observations
    assert observation.read == "*.example.jp shop"


def test_one_unread_target_costs_no_other():
    assert dangling(targets=(target(denied("s3:HeadBucket")), target(True))) is FAIL


@pytest.mark.parametrize("value", ["10.0.0.1", "192.168.1.1", "203.0.113.9", "fd00::1"])
def test_an_address_that_is_not_public(value):
    assert dangling(a(value)) is PASS


def address(value, **changes):
    return record(ElasticIpAddress, "elastic-ip/eipalloc-1", public_ip=value, **changes)


def test_an_address_of_the_account():
    assert dangling(a("8.8.8.8")) is UNKNOWN
    assert dangling(a("8.8.8.8"), others=[address("8.8.8.8")]) is PASS
    far = address("8.8.8.8", region="us-west-2")
    assert dangling(a("8.8.8.8"), others=[far]) is PASS
    assert dangling(a("8.8.8.8"), others=[address(denied("ec2:DescribeAddresses"))]) is UNKNOWN


def test_an_address_of_an_interface():
    own = records.network_interface(
        "eni-1",
        private_ip_addresses=(
            NetworkInterfacePrivateIpAddress(private_ip_address="10.0.1.4", public_ip="8.8.4.4"),
            NetworkInterfacePrivateIpAddress(private_ip_address="10.0.1.5"),
        ),
        ipv6_addresses=(NetworkInterfaceIpv6Address(ipv6_address="2600:1f00::5"),),
    )
    assert isinstance(own, NetworkInterface)
    assert dangling(a("8.8.4.4"), others=[own]) is PASS
    assert dangling(a("2600:1f00::5", kind="AAAA"), others=[own]) is PASS
    assert dangling(a("2600:1f00::6", kind="AAAA"), others=[own]) is UNKNOWN
    unread = records.network_interface(
        "eni-2", private_ip_addresses=denied(), ipv6_addresses=denied()
    )
    assert dangling(a("8.8.4.4"), others=[unread]) is UNKNOWN


def test_an_address_that_is_declared():
    assert dangling(a("8.8.8.8"), options={"addresses": ["8.8.8.0/24"]}) is PASS
    assert dangling(a("8.8.8.8"), options={"addresses": ["2001:4860::/32"]}) is UNKNOWN
    assert dangling(a("8.8.8.8"), baseline={"networks": {"office": ["8.8.8.8/32"]}}) is PASS
    assert dangling(a("not an address")) is UNKNOWN


@pytest.mark.parametrize("kind", ["ElasticIpAddress", "NetworkInterface"])
def test_addresses_that_were_denied(kind):
    gap = denied("ec2:DescribeAddresses")
    finding = only(
        judge("route53-dangling-records", zone(record_sets=(a("8.8.8.8"),)), gaps={kind: gap})
    )
    assert finding.observations[0].causes == gap.causes


def ns(*servers, name="dev.example.jp."):
    return ResourceRecordSet(name=name, type="NS", values=servers)


def test_a_delegation():
    servers = ("ns-1.awsdns-01.org.", "ns-2.awsdns-02.com.")
    assert dangling(ns(*servers)) is UNKNOWN
    assert dangling(ns("ns1.example.net.")) is PASS
    assert dangling(ns("ns1.example.net.", servers[0])) is UNKNOWN
    assert dangling(ns(*servers, name="example.jp.")) is PASS
    assert dangling(ns(*servers), options={"delegations": ["dev.example.jp"]}) is PASS
    assert dangling(ns(*servers), others=[zone("dev.example.jp", "Z2")]) is PASS
    assert dangling(ns(*servers), others=[zone("dev.example.jp", "Z2", private=True)]) is UNKNOWN


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        (("ns-1.awsdns-01.org.", "ns-2.awsdns-02.com."), PASS),
        (("NS-2.awsdns-02.com", "ns-3.awsdns-03.net."), PASS),
        (("ns-8.awsdns-08.org.", "ns-9.awsdns-09.com."), UNKNOWN),
    ],
)
def test_a_delegation_to_the_servers_of_a_zone_that_was_deleted(servers, expected):
    apex = ns(*servers)
    other = ns("ns-1.awsdns-01.org.", name="sub.dev.example.jp.")
    delegated = zone("dev.example.jp", "Z2", record_sets=(other, apex))
    parent = ns("ns-1.awsdns-01.org.", "ns-2.awsdns-02.com.")
    assert dangling(parent, others=[delegated]) is expected
    unread = zone("dev.example.jp", "Z2", record_sets=denied("route53:ListResourceRecordSets"))
    assert dangling(parent, others=[unread]) is PASS


def test_other_records_are_not_judged():
    resource_record_set = ResourceRecordSet(
        name="cdn.example.jp.", type="CNAME", values=("d1.cloudfront.net",)
    )
    alias = ResourceRecordSet(name="example.jp.", type="A", alias="d1.cloudfront.net.")
    assert dangling(resource_record_set, alias) is PASS


def test_zones_that_are_not_judged():
    private = zone(private=True, record_sets=(a("8.8.8.8"),))
    assert only(judge("route53-dangling-records", private)).outcome is NOT_APPLICABLE
    why = denied("route53:ListResourceRecordSets")
    unread = zone(record_sets=why, targets=why)
    assert only(judge("route53-dangling-records", unread)).outcome is UNKNOWN
