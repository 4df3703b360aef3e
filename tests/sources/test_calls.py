"""Every failure of a call becomes a value that names it."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import (
    MALFORMED,
    NOT_PROVIDED,
    CallError,
    Gathered,
    Listing,
    both,
    guarded,
)
from cloudpack_baseline.sources.operations import operation
from fakes import calls
from support import ACCOUNT

LIST = "rds:DescribeDBInstances"


def named(item):
    return DBInstance(
        arn=item["Arn"], account=ACCOUNT, engine="mysql", status="available", name=item["Arn"]
    )


def cause_of(unknown):
    assert isinstance(unknown, Unknown)
    (cause,) = unknown.causes
    return cause


def test_a_listing_joins_its_pages():
    pages = [{"DBInstances": [{"Arn": "a"}]}, {"DBInstances": []}, {"DBInstances": [{"Arn": "b"}]}]
    gathering = calls({LIST: pages}).records(LIST, named)
    assert [record.arn for record in gathering.records] == ["a", "b"]
    assert gathering.unknown is None


@pytest.mark.parametrize(
    ("code", "why", "actions"),
    [
        ("AccessDenied", Why.DENIED, ("rds:DescribeDBInstances",)),
        ("AccessDeniedException", Why.DENIED, ("rds:DescribeDBInstances",)),
        ("UnauthorizedOperation", Why.DENIED, ("rds:DescribeDBInstances",)),
        ("Throttling", Why.THROTTLED, ()),
        ("SlowDown", Why.THROTTLED, ()),
        ("ConnectTimeoutError", Why.FAILED, ()),
        ("InternalFailure", Why.FAILED, ()),
    ],
)
def test_a_failing_listing_says_why_and_which_action_is_missing(code, why, actions):
    gathering = calls({LIST: code}).records(LIST, named)
    cause = cause_of(gathering.unknown)
    assert (cause.why, cause.operation, cause.code, cause.actions) == (why, LIST, code, actions)
    assert gathering.records == ()


def test_what_was_read_before_a_page_failed_is_kept():
    gathering = calls({LIST: [{"DBInstances": [{"Arn": "a"}]}, "Throttling"]}).records(LIST, named)
    assert [record.arn for record in gathering.records] == ["a"]
    assert cause_of(gathering.unknown).why is Why.THROTTLED


@pytest.mark.parametrize("page", [{}, {"DBInstances": None}, {"DBInstances": {"Arn": "a"}}])
def test_half_an_answer_is_never_taken_for_nothing(page):
    gathering = calls({LIST: page}).records(LIST, named)
    cause = cause_of(gathering.unknown)
    assert (cause.why, cause.code, cause.detail) == (Why.MALFORMED, "", "no DBInstances")


ALARMS = "cloudwatch:DescribeAlarms"
DETECTORS = "guardduty:ListDetectors"
DISTRIBUTIONS = "cloudfront:ListDistributions"


@pytest.mark.parametrize(
    ("held", "expected"),
    [({"Items": [{"Id": "a"}]}, [{"Id": "a"}]), ({"Items": []}, []), ({"Quantity": 0}, [])],
)
def test_items_that_stand_in_a_group(held, expected):
    gathering = calls({DISTRIBUTIONS: {"DistributionList": held}}).listing(DISTRIBUTIONS)
    assert (list(gathering.items), gathering.unknown) == (expected, None)


@pytest.mark.parametrize("held", [None, [], {}, {"Quantity": 1}, {"Items": {}}, {"Items": "a"}])
def test_half_a_group_is_never_taken_for_nothing(held):
    gathering = calls({DISTRIBUTIONS: {"DistributionList": held}}).listing(DISTRIBUTIONS)
    assert cause_of(gathering.unknown).detail == "no DistributionList.Items"


def test_an_odd_item_costs_only_itself():
    gathering = calls({LIST: {"DBInstances": [{"Arn": "a"}, {"Other": 1}, {"Arn": "c"}]}}).records(
        LIST, named
    )
    assert [record.arn for record in gathering.records] == ["a", "c"]
    cause = cause_of(gathering.unknown)
    assert (cause.why, cause.detail) == (Why.MALFORMED, "Arn: is missing")


@pytest.mark.parametrize("item", ["b", 1, None, ["b"]])
def test_an_item_that_is_no_structure_costs_only_itself(item):
    listing = calls({LIST: {"DBInstances": [{"Arn": "a"}, item, {"Arn": "c"}]}}).listing(LIST)
    assert [structure["Arn"] for structure in listing.items] == ["a", "c"]
    cause = cause_of(listing.unknown)
    fault = "DBInstances: an item is not a structure"
    assert (cause.why, cause.detail) == (Why.MALFORMED, fault)


def test_an_item_at_a_path_of_the_caller_has_to_be_a_structure():
    answers = {ALARMS: {"MetricAlarms": [{"AlarmName": "a"}, "b"], "CompositeAlarms": []}}
    listing = calls(answers).listing(ALARMS, "MetricAlarms")
    assert listing.items == ({"AlarmName": "a"},)
    assert cause_of(listing.unknown).detail == "MetricAlarms: an item is not a structure"


def test_an_item_that_is_no_structure_before_a_page_that_failed():
    pages = [{"DBInstances": ["b", {"Arn": "a"}], "Marker": "1"}, {"Marker": "2"}]
    listing = calls({LIST: pages}).listing(LIST)
    assert listing.items == ({"Arn": "a"},)
    details = {cause.detail for cause in listing.unknown.causes}
    assert details == {"no DBInstances", "DBInstances: an item is not a structure"}


def test_bare_names_are_no_structures():
    gathering = calls({DETECTORS: {"DetectorIds": ["a"]}}).listing(DETECTORS)
    assert (gathering.items, gathering.unknown) == (("a",), None)


def test_an_absent_thing_is_none_and_any_other_error_is_not():
    transport = calls({"s3:GetBucketPolicy": "NoSuchBucketPolicy"})
    absent = ("NoSuchBucketPolicy",)
    assert transport.get("s3:GetBucketPolicy", absent=absent, Bucket="b") is None
    assert cause_of(transport.get("s3:GetBucketPolicy", Bucket="b")).code == "NoSuchBucketPolicy"


def test_what_a_source_cannot_tell_carries_its_own_words_and_no_code():
    cause = cause_of(calls({LIST: CallError(NOT_PROVIDED, "no file x.json")}).get(LIST))
    assert (cause.why, cause.code, cause.detail) == (Why.NOT_PROVIDED, "", "no file x.json")
    cause = cause_of(calls({LIST: CallError(MALFORMED)}).get(LIST))
    assert (cause.why, cause.code) == (Why.MALFORMED, "")


def test_an_operation_that_is_not_on_the_list_is_a_defect():
    with pytest.raises(KeyError):
        calls({}).get("s3:DeleteBucket", Bucket="b")


def test_what_two_parts_lack_is_added_up():
    one, other = (Unknown.because(Why.FAILED, code=code) for code in ("A", "B"))
    assert both(None, None) is None
    assert both(one, None) is one
    assert both(None, other) is other
    assert Gathered.joined([Gathered((), one), Gathered((), other)]).unknown == one | other
    assert Gathered.joined([Gathered(())], one) == Gathered((), one)
    assert Listing.joined([Listing(({},), one), Listing(({}, {}))]) == Listing(({}, {}, {}), one)


class TestPaging:
    """One guard for every listing, whatever answers."""

    def listed(self, *pages):
        return calls({LIST: list(pages)}).listing(LIST)

    def test_a_token_that_comes_again_ends_the_listing(self):
        def forever():
            while True:
                yield {"DBInstances": [{}], "Marker": "a"}

        one = operation(LIST)
        pages = guarded(one, forever())
        assert next(pages)
        with pytest.raises(CallError, match="has no end"):
            next(pages)

    def test_a_circle_of_tokens_ends_it_too(self):
        pages = ({"DBInstances": [], "Marker": marker} for marker in "abcab")
        with pytest.raises(CallError, match="has no end"):
            list(guarded(operation(LIST), pages))

    def test_truncated_without_a_next_page_is_half_an_answer(self):
        listing = self.listed({"DBInstances": [{}], "IsTruncated": True})
        assert len(listing.items) == 1
        assert listing.unknown.causes[0].why is Why.MALFORMED

    @pytest.mark.parametrize(
        ("key", "page", "mark"),
        [
            (
                "ec2:SearchTransitGatewayRoutes",
                {"Routes": [{"DestinationCidrBlock": "10.0.0.0/8"}]},
                "AdditionalRoutesAvailable",
            ),
            (
                "firehose:ListDeliveryStreams",
                {"DeliveryStreamNames": ["a"]},
                "HasMoreDeliveryStreams",
            ),
        ],
    )
    def test_every_mark_of_a_truncated_answer_counts(self, key, page, mark):
        assert calls({key: [page | {mark: False}]}).listing(key).unknown is None
        listing = calls({key: [page | {mark: True}]}).listing(key)
        assert len(listing.items) == 1
        assert listing.unknown.causes[0].why is Why.MALFORMED

    def test_truncated_with_a_next_page_is_whole(self):
        first = {"DBInstances": [{}], "IsTruncated": True, "Marker": "a"}
        listing = self.listed(first, {"DBInstances": [{}], "IsTruncated": False})
        assert (len(listing.items), listing.unknown) == (2, None)

    def test_cloudfront_repeats_the_marker_that_it_was_asked_with(self):
        key = "cloudfront:ListDistributions"

        def page(marker, following):
            return {
                "DistributionList": {
                    "Marker": marker,
                    "NextMarker": following,
                    "IsTruncated": bool(following),
                    "Items": [{}],
                }
            }

        listing = calls({key: [page("", "a"), page("a", "")]}).listing(key)
        assert (len(listing.items), listing.unknown) == (2, None)
        listing = calls({key: [page("x", "") | {}]}).listing(key)
        assert listing.unknown is None
        odd = page("x", "")
        odd["DistributionList"]["IsTruncated"] = True
        assert calls({key: [odd]}).listing(key).unknown is not None
