"""How zones, their records and domains are read: from moto's answers, and from odd ones."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.ec2_addresses import ElasticIpAddress
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.route53 import HostedZone, QueryLoggingConfig, RegisteredDomain
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.mock import Mock
from fakes import calls
from support import ACCOUNT, REGION


def gather(session, kind, *fields):
    snapshot = gather_account(session, [reads(kind, *fields)], regions=[REGION], via=Mock())
    assert [coverage.unknown for coverage in snapshot.coverage] == [None]
    return snapshot.all(kind, ACCOUNT)


ZONE = {"Id": "/hostedzone/Z1", "Name": "example.jp.", "Config": {"PrivateZone": False}}


def read(answers, *fields, kind=HostedZone, **changes):
    return gatherer_of(kind).run(calls(answers, **changes), frozenset(fields))


def targets(record_set, **answers):
    of_zone = {
        "route53:ListHostedZones": {"HostedZones": [ZONE]},
        "route53:ListResourceRecordSets": {"ResourceRecordSets": [record_set]},
    }
    (zone,) = read(of_zone | answers, "targets").records
    return zone.targets


def cname(value, name="www.example.jp."):
    return {"Name": name, "Type": "CNAME", "ResourceRecords": [{"Value": value}]}


def test_a_zone_and_its_records(session):
    client = session.client("route53")
    zone_id = client.create_hosted_zone(Name="example.jp", CallerReference="1")["HostedZone"]["Id"]
    client.change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": name,
                        "Type": "CNAME",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": f"{name}.s3-website-{REGION}.amazonaws.com"}],
                    },
                }
                for name in ("taken.example.jp", "free.example.jp")
            ]
        },
    )
    session.client("s3").create_bucket(
        Bucket="taken.example.jp", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    (zone,) = gather(session, HostedZone, "record_sets", "targets")
    assert (zone.name, zone.private) == ("example.jp", False)
    assert zone.arn == f"arn:aws:route53:::hostedzone/{zone.id}"
    assert {target.name: target.free for target in zone.targets} == {
        "taken.example.jp": False,
        "free.example.jp": True,
    }


def test_what_a_zone_lacks(session):
    client = session.client("route53")
    client.create_hosted_zone(Name="example.jp", CallerReference="1")
    (zone,) = gather(session, HostedZone, "serve_signature", "key_signing_keys")
    assert isinstance(zone.record_sets, Unknown)
    assert gather(session, QueryLoggingConfig) == ()
    assert gather(session, RegisteredDomain, "statuses") == ()
    session.client("ec2", region_name=REGION).allocate_address(Domain="vpc")
    (address,) = gather(session, ElasticIpAddress)
    assert address.public_ip


@pytest.mark.parametrize(
    "host",
    [
        "shop.s3-website-ap-northeast-1.amazonaws.com",
        "shop.s3-website.eu-central-1.amazonaws.com.",
        "shop.s3.amazonaws.com",
        "shop.s3.ap-northeast-1.amazonaws.com",
        "shop.s3.dualstack.ap-northeast-1.amazonaws.com",
        "SHOP.s3-ap-northeast-1.amazonaws.com",
        "shop.s3.cn-north-1.amazonaws.com.cn",
    ],
)
def test_names_of_buckets(host):
    (target,) = targets(cname(host), **{"s3:HeadBucket": "404"})
    assert (target.kind, target.name, target.free) == ("bucket", "shop", True)


def test_the_alias_of_a_website_is_named_as_its_bucket():
    alias = {"DNSName": "s3-website-ap-northeast-1.amazonaws.com.", "HostedZoneId": "Z2"}
    record_set = {"Name": "www.example.jp.", "Type": "A", "AliasTarget": alias}
    (target,) = targets(record_set, **{"s3:HeadBucket": {}})
    assert (target.name, target.free) == ("www.example.jp", False)
    wildcard = record_set | {"Name": "\\052.example.jp."}
    assert targets(wildcard) == ()


@pytest.mark.parametrize(
    "host", ["d1.cloudfront.net", "s3.amazonaws.com", "x.eba-1.us-east-1.elasticbeanstalk.com"]
)
def test_other_names(host):
    assert targets(cname(host)) == ()


@pytest.mark.parametrize(
    ("answer", "free"), [({}, False), ("404", True), ("403", False), ("301", False)]
)
def test_who_has_a_bucket(answer, free):
    (target,) = targets(cname("shop.s3.amazonaws.com"), **{"s3:HeadBucket": answer})
    assert target.free is free


def test_a_bucket_that_could_not_be_asked_about():
    (target,) = targets(cname("shop.s3.amazonaws.com"), **{"s3:HeadBucket": "SlowDown"})
    assert target.free.causes[0].why is Why.THROTTLED


def test_environments():
    host = cname("shop.us-east-1.elasticbeanstalk.com")
    key = "elasticbeanstalk:CheckDNSAvailability"
    (target,) = targets(host, **{key: {"Available": True}})
    assert (target.kind, target.name, target.region) == ("environment", "shop", "us-east-1")
    assert target.free is True
    (target,) = targets(host, **{key: {}})
    assert target.free.causes[0].why is Why.MALFORMED
    (target,) = targets(host, **{key: "AccessDenied"})
    assert target.free.causes[0].actions == (key,)


def test_a_zone_whose_records_were_denied():
    answers = {
        "route53:ListHostedZones": {"HostedZones": [ZONE]},
        "route53:ListResourceRecordSets": "AccessDenied",
    }
    (zone,) = read(answers, "targets").records
    assert zone.targets is zone.record_sets
    assert zone.targets.causes[0].actions == ("route53:ListResourceRecordSets",)


def test_a_private_zone_is_asked_nothing():
    private = ZONE | {"Config": {"PrivateZone": True}}
    answers = {"route53:ListHostedZones": {"HostedZones": [private]}}
    (zone,) = read(answers, "targets", "serve_signature", "key_signing_keys").records
    assert (zone.private, zone.record_sets, zone.targets) == (True, (), ())
    assert (zone.serve_signature, zone.key_signing_keys) == ("NOT_SIGNING", ())


def test_signatures():
    answers = {
        "route53:ListHostedZones": {"HostedZones": [ZONE, {"Name": "odd."}]},
        "route53:GetDNSSEC": {
            "Status": {"ServeSignature": "SIGNING"},
            "KeySigningKeys": [{"Status": "ACTIVE", "KeyTag": 7, "PublicKey": "AwEA"}],
        },
    }
    gathered = read(answers, "serve_signature", "key_signing_keys")
    (zone,) = gathered.records
    assert (zone.serve_signature, zone.key_signing_keys[0].key_tag) == ("SIGNING", 7)
    assert gathered.unknown is not None


DOMAIN = {
    "DomainName": "example.jp",
    "AutoRenew": True,
    "TransferLock": False,
    "Expiry": "2027-01-01T00:00:00+00:00",
}


def test_a_domain():
    answers = {
        ("route53domains:ListDomains", "us-east-1"): {"Domains": [DOMAIN]},
        "route53domains:GetDomainDetail": {
            "StatusList": ["clientTransferProhibited"],
            "DnssecKeys": [{"KeyTag": 7, "PublicKey": "AwEA"}],
        },
    }
    (domain,) = read(answers, "statuses", "dnssec_keys", kind=RegisteredDomain).records
    assert (domain.name, domain.auto_renew, domain.transfer_lock) == ("example.jp", True, False)
    assert (domain.statuses, domain.dnssec_keys[0].key_tag) == (("clientTransferProhibited",), 7)


def test_other_partitions_register_no_domains():
    gathered = read({}, kind=RegisteredDomain, partition="aws-cn", region="cn-north-1")
    assert (gathered.records, gathered.unknown) == ((), None)
