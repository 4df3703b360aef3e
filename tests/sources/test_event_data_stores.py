"""How event data stores of CloudTrail Lake are read."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.cloudtrail import AdvancedSelector, EventDataStore, FieldSelector
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, REGION

LIST, GET = "cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore"
ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:eventdatastore/1234"
LISTED = {"EventDataStoreArn": ARN, "Name": "lake"}
STORE = LISTED | {
    "Status": "ENABLED",
    "MultiRegionEnabled": True,
    "OrganizationEnabled": True,
    "AdvancedEventSelectors": [
        {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]},
    ],
}


def read(listed=None, **answers):
    held = {LIST: {"EventDataStores": [LISTED]} if listed is None else listed}
    held |= {GET: answers.get("get", STORE)}
    return gatherer_of(EventDataStore).run(calls(held), frozenset())


def test_a_store():
    record = read()
    assert record.unknown is None
    assert record.records == (
        EventDataStore(
            arn=ARN,
            account=ACCOUNT,
            region=REGION,
            name="lake",
            origin=record.records[0].origin,
            status="ENABLED",
            multi_region=True,
            organization=True,
            advanced_selectors=(
                AdvancedSelector(
                    field_selectors=(FieldSelector(field="eventCategory", equals=("Data",)),)
                ),
            ),
        ),
    )


def test_a_region_without_cloudtrail_lake_has_no_stores():
    record = read("UnsupportedOperationException")
    assert (record.records, record.unknown) == ((), None)


def test_a_refused_listing_names_the_action():
    record = read("AccessDeniedException")
    assert record.unknown.causes[0].actions == (LIST,)


def test_a_store_that_cannot_be_read_is_there_all_the_same():
    (store,) = read(get="AccessDeniedException").records
    for name in ("status", "multi_region", "organization", "advanced_selectors"):
        assert getattr(store, name).causes[0].actions == (GET,)


def test_a_store_that_was_deleted_meanwhile_is_no_store():
    record = read(get="EventDataStoreNotFoundException")
    assert (record.records, record.unknown) == ((), None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Status": "ASLEEP"}, "status"),
        ({"Status": None}, "status"),
        ({"MultiRegionEnabled": "yes"}, "multi_region"),
        ({"OrganizationEnabled": 1}, "organization"),
        ({"AdvancedEventSelectors": [{}]}, "advanced_selectors"),
    ],
)
def test_odd_values_cost_only_their_field(change, field):
    (store,) = read(get=STORE | change).records
    held = {
        name: getattr(store, name)
        for name in ("status", "multi_region", "organization", "advanced_selectors")
    }
    unknown = {name for name, value in held.items() if isinstance(value, Unknown)}
    assert unknown == {field}
    assert held[field].causes[0].why is Why.MALFORMED


def test_an_odd_item_is_named_and_costs_only_itself():
    record = read({"EventDataStores": [LISTED, {"Name": "lake"}, {"EventDataStoreArn": "lake"}]})
    assert len(record.records) == 1
    assert record.unknown.causes[0].operation == LIST


def test_moto_has_none(session):
    snapshot = gather_account(session, [reads(EventDataStore)], regions=[REGION])
    assert snapshot.all(EventDataStore, ACCOUNT) == ()
    assert [one.unknown for one in snapshot.coverage] == [None]
    assert snapshot.assumptions == ("no-event-data-stores",)
