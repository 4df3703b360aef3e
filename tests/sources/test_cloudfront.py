"""How distributions and their logs are read: from moto's answers, and from odd ones."""

from __future__ import annotations

import boto3
import pytest

from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Delivery,
    Distribution,
    DistributionOrigin,
    LoggingConfig,
    OriginGroup,
    RealtimeLogConfig,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, REGION

LIST = "cloudfront:ListDistributions"
CONFIG = "cloudfront:GetDistributionConfig"
REALTIME = "cloudfront:GetRealtimeLogConfig"
SOURCES = "logs:DescribeDeliverySources"
DELIVERIES = "logs:DescribeDeliveries"
DESTINATIONS = "logs:DescribeDeliveryDestinations"
FIELDS = ("logging", "deliveries", "realtime_log_configs")
ARN = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
LOG_CONFIG = f"arn:aws:cloudfront::{ACCOUNT}:realtime-log-config/all"
DESTINATION = f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-destination:logs"
NONE = {"Quantity": 0}


def some(*items):
    return {"Quantity": len(items), "Items": list(items)}


def item(**changes):
    members = {
        "Id": "E1",
        "ARN": ARN,
        "Status": "Deployed",
        "Enabled": True,
        "Origins": some({"Id": "data", "DomainName": "data.s3.amazonaws.com", "OriginPath": ""}),
        "OriginGroups": NONE,
        "DefaultCacheBehavior": {"TargetOriginId": "data", "RealtimeLogConfigArn": ""},
        "CacheBehaviors": NONE,
    }
    return members | changes


def config(**logging):
    return {"DistributionConfig": {"Logging": logging}}


OFF = config(Enabled=False, IncludeCookies=False, Bucket="", Prefix="")
SOURCE = {
    "name": "e1",
    "resourceArns": [ARN],
    "service": "cloudfront",
    "logType": "ACCESS_LOGS",
}
DELIVERY = {
    "deliverySourceName": "e1",
    "deliveryDestinationArn": DESTINATION,
    "deliveryDestinationType": "S3",
}
PLACE = {
    "arn": DESTINATION,
    "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:s3:::logs"},
}


def answers(*items, **changes):
    responses = {
        LIST: {"DistributionList": some(*items) if items else NONE},
        CONFIG: OFF,
        SOURCES: {"deliverySources": []},
        DELIVERIES: {"deliveries": []},
        DESTINATIONS: {"deliveryDestinations": []},
    }
    return responses | changes


def read(responses, fields=FIELDS, **changes):
    bound = calls(responses, **changes)
    gatherer = gatherer_of(Distribution).run(bound, frozenset(fields))
    return gatherer, [call[0] for call in bound.transport.asked], bound.transport


def only(responses, **changes):
    (record,) = read(responses, **changes)[0].records
    return record


def test_an_account_without_distributions_costs_one_call():
    gathering, operations, _ = read(answers())
    assert (gathering.records, gathering.unknown, operations) == ((), None, [LIST])


def test_where_they_lead():
    behavior = {"TargetOriginId": "both", "PathPattern": "/a/*", "RealtimeLogConfigArn": LOG_CONFIG}
    group = {"Id": "both", "Members": some({"OriginId": "data"}, {"OriginId": "site"})}
    origins = some(
        {"Id": "data", "DomainName": "data.s3.amazonaws.com", "OriginPath": "/public"},
        {"Id": "site", "DomainName": "www.example.jp"},
    )
    distribution_item = item(
        Origins=origins, OriginGroups=some(group), CacheBehaviors=some(behavior)
    )
    record = only(
        answers(distribution_item | {"Enabled": False, "Status": "InProgress"}), fields=()
    )
    assert (record.arn, record.name, record.region, record.account) == (ARN, "E1", "", ACCOUNT)
    assert (record.enabled, record.status) == (False, "InProgress")
    assert record.content_origins == (
        DistributionOrigin(id="data", domain_name="data.s3.amazonaws.com", path="/public"),
        DistributionOrigin(id="site", domain_name="www.example.jp"),
    )
    assert record.origin_groups == (OriginGroup(id="both", members=("data", "site")),)
    assert record.cache_behaviors == (
        CacheBehavior(target="both", path_pattern="/a/*", realtime_log_config=LOG_CONFIG),
        CacheBehavior(target="data"),
    )


def test_what_nobody_asked_for_is_not_called():
    gathering, operations, _ = read(answers(item()), fields=())
    assert operations == [LIST]
    for name in FIELDS:
        assert getattr(gathering.records[0], name).causes[0].why is Why.NOT_GATHERED


@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "us-east-1"), ("aws-cn", "cn-northwest-1")]
)
def test_it_is_asked_where_cloudfront_keeps_its_settings(partition, region):
    _, operations, transport = read(answers(item()), partition=partition)
    assert operations == [LIST, CONFIG, SOURCES]
    assert {call[1] for call in transport.asked} == {region}


def test_a_partition_without_cloudfront_has_no_distributions():
    gathering, operations, _ = read(answers(item()), partition="aws-us-gov")
    assert (gathering.records, gathering.unknown, operations) == ((), None, [])


def test_a_refused_listing_names_the_action():
    gathering, _, _ = read(answers() | {LIST: "AccessDenied"})
    assert gathering.unknown.causes[0].actions == (LIST,)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Enabled": None}, "enabled"),
        ({"Status": None}, "status"),
        ({"Origins": some({"Id": "data"})}, "content_origins"),
        ({"DefaultCacheBehavior": {}}, "cache_behaviors"),
        ({"CacheBehaviors": some({"TargetOriginId": "data"})}, "cache_behaviors"),
        ({"OriginGroups": some({"Members": NONE})}, "origin_groups"),
    ],
)
def test_an_odd_member_costs_only_its_field(change, field):
    gathering, _, _ = read(answers(item(), item(Id="E2") | change))
    sound, odd = gathering.records
    assert getattr(odd, field).causes[0].why is Why.MALFORMED
    assert not isinstance(getattr(sound, field), Unknown)
    configs = isinstance(odd.realtime_log_configs, Unknown)
    assert configs is (field == "cache_behaviors")


@pytest.mark.parametrize("change", [{"ARN": None}, {"Id": 1}])
def test_an_odd_item_is_named_and_costs_only_itself(change):
    gathering, _, _ = read(answers(item(), item(Id="E2") | change))
    assert [record.name for record in gathering.records] == ["E1"]
    assert gathering.unknown.causes[0].why is Why.MALFORMED


@pytest.mark.parametrize("answer", [{}, {"DistributionList": {}}, {"DistributionList": []}])
def test_half_an_answer_is_no_answer(answer):
    gathering, _, _ = read(answers() | {LIST: answer})
    assert gathering.unknown.causes[0].why is Why.MALFORMED


class TestStandardLogsLegacy:
    def test_on(self):
        logging = config(
            Enabled=True, IncludeCookies=False, Bucket="logs.s3.amazonaws.com", Prefix=""
        )
        record = only(answers(item(), **{CONFIG: logging}))
        assert record.logging == LoggingConfig(bucket="logs.s3.amazonaws.com")

    @pytest.mark.parametrize("logging", [OFF, {"DistributionConfig": {}}])
    def test_off(self, logging):
        assert only(answers(item(), **{CONFIG: logging})).logging is None

    def test_refused(self):
        logging = only(answers(item(), **{CONFIG: "AccessDenied"})).logging
        assert logging.causes[0].actions == (CONFIG,)

    @pytest.mark.parametrize("logging", [{}, config(Enabled=True), config(Enabled="yes")])
    def test_odd(self, logging):
        assert only(answers(item(), **{CONFIG: logging})).logging.causes[0].why is Why.MALFORMED

    def test_of_a_distribution_that_was_deleted_meanwhile(self):
        gathering, _, _ = read(answers(item(), **{CONFIG: "NoSuchDistribution"}))
        assert (gathering.records, gathering.unknown) == ((), None)


class TestStandardLogsV2:
    def told(self, source=SOURCE, delivery=DELIVERY, place=PLACE, **changes):
        responses = {
            SOURCES: {"deliverySources": [source]},
            DELIVERIES: {"deliveries": [delivery]},
            DESTINATIONS: {"deliveryDestinations": [place]},
        }
        gathering, operations, _ = read(answers(item(), **(responses | changes)))
        return gathering.records[0].deliveries, operations

    def test_on(self):
        deliveries, operations = self.told()
        expected = Delivery(destination=DESTINATION, type="S3", resource="arn:aws:s3:::logs")
        assert deliveries == (expected,)
        assert operations == [LIST, CONFIG, SOURCES, DELIVERIES, DESTINATIONS]

    def test_several(self):
        second = DELIVERY | {"deliveryDestinationType": "CWL"}
        deliveries, _ = self.told(**{DELIVERIES: {"deliveries": [DELIVERY, second]}})
        assert [delivery.type for delivery in deliveries] == ["S3", "CWL"]

    @pytest.mark.parametrize(
        "change",
        [
            {"logType": "CONNECTION_LOGS"},
            {"status": "INACTIVE"},
            {"resourceArns": [ARN + "2"]},
        ],
    )
    def test_of_something_else(self, change):
        assert self.told(source=SOURCE | change)[0] == ()

    def test_what_depends_on_nothing_is_not_called(self):
        _, operations = self.told(source=SOURCE | {"logType": "TRACES"})
        assert operations == [LIST, CONFIG, SOURCES]
        deliveries, operations = self.told(delivery=DELIVERY | {"deliverySourceName": "e2"})
        assert (deliveries, operations) == ((), [LIST, CONFIG, SOURCES, DELIVERIES])

    def test_to_a_destination_of_another_account(self):
        (delivery,) = self.told(place=PLACE | {"arn": DESTINATION + "2"})[0]
        assert delivery.resource is None

    def test_to_a_destination_without_a_resource(self):
        (delivery,) = self.told(place={"arn": DESTINATION})[0]
        assert delivery.resource is None

    @pytest.mark.parametrize("key", [SOURCES, DELIVERIES])
    def test_refused(self, key):
        unknown, _ = self.told(**{key: "AccessDeniedException"})
        assert unknown.causes[0].actions == (key,)

    def test_destinations_that_were_refused_cost_only_the_place(self):
        (delivery,) = self.told(**{DESTINATIONS: "AccessDeniedException"})[0]
        assert delivery.type == "S3"
        assert delivery.resource.causes[0].actions == (DESTINATIONS,)

    @pytest.mark.parametrize(
        "odd",
        [
            {"source": {"name": "e1"}},
            {"source": SOURCE | {"resourceArns": []}},
            {"delivery": {"deliverySourceName": "e1"}},
        ],
    )
    def test_odd(self, odd):
        unknown, _ = self.told(**odd)
        assert unknown.causes[0].why is Why.MALFORMED

    def test_an_odd_place(self):
        odd = {"arn": DESTINATION, "deliveryDestinationConfiguration": {}}
        odd["deliveryDestinationConfiguration"]["destinationResourceArn"] = "logs"
        (delivery,) = self.told(place=odd)[0]
        assert isinstance(delivery.resource, Unknown)


class TestRealTimeLogs:
    def told(self, answer, *behaviors):
        default = {"TargetOriginId": "data", "RealtimeLogConfigArn": LOG_CONFIG}
        distribution_item = item(DefaultCacheBehavior=default, CacheBehaviors=some(*behaviors))
        gathering, operations, _ = read(answers(distribution_item, **{REALTIME: answer}))
        return gathering.records[0].realtime_log_configs, operations.count(REALTIME)

    def test_each_configuration_is_asked_once(self):
        answer = {"RealtimeLogConfig": {"ARN": LOG_CONFIG, "SamplingRate": 100}}
        again = {
            "TargetOriginId": "data",
            "PathPattern": "/a/*",
            "RealtimeLogConfigArn": LOG_CONFIG,
        }
        deliveries, count = self.told(answer, again)
        assert deliveries == (RealtimeLogConfig(arn=LOG_CONFIG, sampling_rate=100),)
        assert count == 1

    def test_none_is_asked_where_none_is_named(self):
        gathering, operations, _ = read(answers(item()))
        assert gathering.records[0].realtime_log_configs == ()
        assert REALTIME not in operations

    def test_that_are_gone(self):
        assert self.told("NoSuchRealtimeLogConfig")[0] == ()

    def test_refused(self):
        assert self.told("AccessDenied")[0].causes[0].actions == (REALTIME,)

    @pytest.mark.parametrize("answer", [{}, {"RealtimeLogConfig": {"ARN": LOG_CONFIG}}])
    def test_odd(self, answer):
        assert self.told(answer)[0].causes[0].why is Why.MALFORMED


def created(session, bucket="data", logs="logs.s3.amazonaws.com", **behavior):
    default = {
        "TargetOriginId": "data",
        "ViewerProtocolPolicy": "https-only",
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
    }
    configuration = {
        "CallerReference": bucket,
        "Comment": "",
        "Enabled": True,
        "Origins": some(
            {
                "Id": "data",
                "DomainName": f"{bucket}.s3.amazonaws.com",
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ),
        "DefaultCacheBehavior": default | behavior,
        "Logging": {"Enabled": bool(logs), "IncludeCookies": False, "Bucket": logs, "Prefix": ""},
    }
    return session.client("cloudfront").create_distribution(DistributionConfig=configuration)[
        "Distribution"
    ]


def gathered(session, regions=(REGION,)):
    snapshot = gather_account(session, [reads(Distribution, *FIELDS)], regions=regions)
    assert [coverage.unknown for coverage in snapshot.coverage] == [None]
    return snapshot.all(Distribution, ACCOUNT)


class TestMoto:
    def test_no_distribution(self, session):
        assert gathered(session) == ()

    def test_standard_logs(self, session):
        first, second = created(session), created(session, "site", "")
        logs = session.client("logs", region_name="us-east-1")
        logs.put_delivery_source(name="two", resourceArn=second["ARN"], logType="ACCESS_LOGS")
        place = {"destinationResourceArn": "arn:aws:s3:::logs"}
        destination = logs.put_delivery_destination(
            name="logs", deliveryDestinationConfiguration=place
        )["deliveryDestination"]
        logs.create_delivery(deliverySourceName="two", deliveryDestinationArn=destination["arn"])
        by_name = {item.name: item for item in gathered(session)}
        assert by_name[first["Id"]].logging == LoggingConfig(bucket="logs.s3.amazonaws.com")
        assert by_name[first["Id"]].deliveries == ()
        assert by_name[second["Id"]].logging is None
        (delivery,) = by_name[second["Id"]].deliveries
        assert (delivery.type, delivery.resource) == ("S3", "arn:aws:s3:::logs")

    def test_real_time_logs_are_not_told(self, session):
        created(session, RealtimeLogConfigArn=LOG_CONFIG)
        (distribution,) = gathered(session)
        assert distribution.realtime_log_configs.causes[0].why is Why.NOT_PROVIDED

    def test_in_china(self, session):  # noqa: ARG002 - the mock
        china = boto3.Session(region_name="cn-north-1")
        distribution_id = created(china)
        (record,) = gathered(china, ("cn-north-1",))
        assert record.arn == distribution_id["ARN"]
        assert record.arn.startswith("arn:aws-cn:")
