"""cloudtrail-enabled (4.5.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloudpack_baseline import Baseline, Outcome, check_cloudtrail_enabled
from cloudpack_baseline.checks.index import entry_of
from cloudpack_baseline.model.cloudtrail import (
    AdvancedSelector,
    EventSelector,
    FieldSelector,
)
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW, REGION, denied, world
from trails import advanced, store, trail

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
MANAGEMENT_ACCOUNT = "999988887777"
GLOBAL = "us-east-1"
ALL = EventSelector(include_management_events=True)
HIDDEN = denied("cloudtrail:GetEventSelectors")


def regions(*names, **unread):
    """The account with these Regions; by name of a kind, the listings that were denied in all."""
    kinds = entry_of("cloudtrail-enabled").reads
    return {
        "accounts": (AccountScope(id=ACCOUNT, regions=tuple(sorted(names))),),
        "coverage": [
            Coverage(kind=kind, account=ACCOUNT, region=region, unknown=unread.get(kind))
            for kind in kinds
            for region in ("" if kind == "Organization" else name for name in names)
        ],
    }


def judged(*entries, baseline=None, **fields):
    snapshot = world("cloudtrail-enabled", *entries, **fields)
    assessment = check_cloudtrail_enabled(snapshot, baseline)
    return {
        finding.resource.name or finding.resource.key: finding for finding in assessment.findings
    }


def outcome(*entries, **fields):
    return judged(*entries, **fields)[REGION].outcome


class TestSelectors:
    @pytest.mark.parametrize(
        ("selectors", "expected"),
        [
            ((), PASS),  # no selectors of its own: the default
            ((ALL,), PASS),
            ((EventSelector(include_management_events=False),), FAIL),
            ((EventSelector(),), UNKNOWN),  # a snapshot from before it was recorded
            ((EventSelector(read_write_type="WriteOnly", include_management_events=True),), FAIL),
            (
                (
                    EventSelector(read_write_type="WriteOnly", include_management_events=True),
                    EventSelector(read_write_type="ReadOnly", include_management_events=True),
                ),
                PASS,
            ),
            ((advanced(),), PASS),
            ((advanced(FieldSelector(field="readOnly", equals=("true",))),), FAIL),
            (
                (
                    advanced(FieldSelector(field="readOnly", equals=("true",))),
                    advanced(FieldSelector(field="readOnly", equals=("false",))),
                ),
                PASS,
            ),
            ((advanced(FieldSelector(field="readOnly", not_equals=("true",))),), FAIL),
            ((advanced(FieldSelector(field="eventName", equals=("RunInstances",))),), FAIL),
            ((AdvancedSelector(field_selectors=()),), FAIL),
        ],
    )
    def test_all_management_events(self, selectors, expected):
        assert outcome(trail(*selectors, custom_selectors=bool(selectors))) is expected

    @pytest.mark.parametrize(
        "selector",
        [
            EventSelector(
                include_management_events=True,
                exclude_management_event_sources=("kms.amazonaws.com",),
            ),
            advanced(FieldSelector(field="eventSource", not_equals=("kms.amazonaws.com",))),
        ],
    )
    def test_excluded_sources_are_declared(self, selector):
        recorded = trail(selector, custom_selectors=True)
        assert outcome(recorded) is FAIL
        table = {"cloudtrail-enabled": {"excluded_sources": ["kms.amazonaws.com"]}}
        baseline = Baseline.from_mapping({"controls": table})
        assert outcome(recorded, baseline=baseline) is PASS

    def test_selectors_that_could_not_be_read(self):
        unread = {"event_selectors": HIDDEN, "advanced_selectors": HIDDEN}
        assert outcome(trail(custom_selectors=True, **unread)) is UNKNOWN
        # Without custom selectors it records all management events.
        assert outcome(trail(custom_selectors=False, **unread)) is PASS


class TestDelivery:
    @pytest.mark.parametrize(
        ("fields", "expected", "read"),
        [
            ({"logging": False}, FAIL, "all: IsLogging=false"),
            ({"logging": denied("cloudtrail:GetTrailStatus")}, UNKNOWN, ""),
            ({"delivery_error": "AccessDenied"}, FAIL, "all: LatestDeliveryError=AccessDenied"),
            ({"delivered_at": NOW - timedelta(hours=24)}, PASS, "all"),
            (
                {"delivered_at": NOW - timedelta(hours=24, seconds=1)},
                FAIL,
                "all: LatestDeliveryTime=2026-10-31T11:59:59+00:00",
            ),
            ({"delivered_at": None}, FAIL, "all: LatestDeliveryTime="),
            ({"delivered_at": denied("cloudtrail:GetTrailStatus")}, UNKNOWN, ""),
        ],
    )
    def test_of_a_trail(self, fields, expected, read):
        finding = judged(trail(**fields))[REGION]
        assert finding.outcome is expected
        assert finding.observations[0].read == read

    def test_a_record_without_an_arn_is_of_its_account(self):
        assert outcome(trail(arn="")) is PASS
        assert outcome(trail(arn="", delivered_at=None)) is FAIL

    def test_a_trail_of_reads_beside_one_of_writes(self):
        reads = advanced(FieldSelector(field="readOnly", equals=("true",)))
        writes = EventSelector(read_write_type="WriteOnly", include_management_events=True)
        of_reads = trail(reads, name="reads", custom_selectors=True)
        assert outcome(of_reads, trail(writes, name="writes", custom_selectors=True)) is PASS
        reads_again = EventSelector(read_write_type="ReadOnly", include_management_events=True)
        assert outcome(of_reads, trail(reads_again, name="r", custom_selectors=True)) is FAIL

    def test_all_that_count_are_named(self):
        halves = [
            trail(
                EventSelector(read_write_type=kind, include_management_events=True),
                name=kind,
                custom_selectors=True,
            )
            for kind in ("ReadOnly", "WriteOnly")
        ]
        observation = judged(*halves, trail(name="off", logging=False))[REGION].observations[0]
        assert observation.read == "ReadOnly, WriteOnly"

    def test_one_that_works_is_enough(self):
        assert outcome(trail(logging=False), trail(name="second")) is PASS

    def test_before_deployment_nothing_was_delivered(self):
        assert outcome(trail(delivered_at=None), source="template") is PASS

    @pytest.mark.parametrize(
        ("multi_region", "expected"),
        [(True, {}), (False, {ACCOUNT: FAIL}), (HIDDEN, {ACCOUNT: UNKNOWN})],
    )
    def test_a_template_is_deployed_in_one_region(self, multi_region, expected):
        placed = Origin(file="trail.yaml", line=7)
        planned = trail(multi_region=multi_region, origins=(("multi_region", placed),))
        findings = judged(planned, source="template")
        accounts = {
            name: found for name, found in findings.items() if found.resource.kind == "Account"
        }
        assert {name: found.outcome for name, found in accounts.items()} == expected
        assert all(found.observations[0].origin == placed for found in accounts.values())

    def test_what_is_not_known_of_a_region_is_reported_there(self):
        hidden = trail(multi_region=HIDDEN)
        findings = judged(hidden, source="template", **regions(REGION, GLOBAL))
        assert (findings[REGION].outcome, findings[GLOBAL].outcome) == (PASS, UNKNOWN)
        assert {found.resource.kind for found in findings.values()} == {"Region"}

    def test_where_a_template_turns_a_trail_off(self):
        placed = Origin(file="trail.yaml", line=9)
        stopped = trail(logging=False, origins=(("logging", placed),))
        for source, expected in (("template", placed), ("aws", None)):
            found = judged(stopped, source=source)[REGION]
            assert (found.resource.kind, found.outcome) == ("Region", FAIL)
            assert found.observations[0].origin == expected

    def test_no_trail(self):
        finding = judged()[REGION]
        assert finding.outcome is FAIL
        assert not finding.observations[0].read


class TestRegions:
    def test_a_trail_of_one_region_covers_it_alone(self):
        recorded = trail(multi_region=False)
        findings = judged(recorded, **regions(REGION, GLOBAL))
        assert findings[REGION].outcome is PASS
        assert findings[GLOBAL].outcome is FAIL
        assert findings[GLOBAL].observations[0].read == f"all: HomeRegion={REGION}"

    def test_a_multi_region_trail_at_rest_beside_a_trail_of_one_region(self):
        entries = trail(multi_region=False), trail(name="every", logging=False)
        findings = judged(*entries, **regions(REGION, GLOBAL))
        assert (findings[REGION].outcome, findings[GLOBAL].outcome) == (PASS, FAIL)

    @pytest.mark.parametrize(("included", "expected"), [(True, PASS), (False, FAIL)])
    @pytest.mark.parametrize("region", [GLOBAL, "cn-north-1", "us-gov-west-1"])
    def test_global_services_in_their_region(self, region, included, expected):
        recorded = trail(multi_region=False, region=region, global_service_events=included)
        assert judged(recorded, **regions(region))[region].outcome is expected

    def test_global_services_do_not_matter_elsewhere(self):
        assert outcome(trail(multi_region=False, global_service_events=False)) is PASS

    def test_a_shadow_of_a_trail_whose_home_is_not_read(self):
        assert outcome(trail(region="eu-west-1")) is PASS

    @pytest.mark.parametrize(
        ("entries", "expected"),
        [
            ((trail(),), PASS),
            ((trail(multi_region=False),), UNKNOWN),
            ((trail(multi_region=HIDDEN),), UNKNOWN),
            ((), UNKNOWN),
        ],
    )
    def test_regions_that_the_baseline_leaves_out(self, entries, expected):
        baseline = Baseline.from_mapping({"regions": [REGION]})
        finding = judged(*entries, baseline=baseline)[ACCOUNT]
        assert finding.outcome is expected
        causes = [cause for one in finding.observations for cause in one.causes]
        if not any(entry.multi_region is HIDDEN for entry in entries):
            assert [cause.detail for cause in causes] == ["Trail (other Regions)"] * len(causes)

    def test_every_enabled_region_is_read_without_declaration(self):
        assert set(judged(trail())) == {REGION}

    def test_a_denied_listing_is_reported_for_each_region(self):
        gaps = {"Trail": denied("cloudtrail:DescribeTrails")}
        findings = judged(**regions(REGION, GLOBAL, **gaps))
        assert {finding.outcome for finding in findings.values()} == {UNKNOWN}
        snapshot = world("cloudtrail-enabled", **regions(REGION, GLOBAL, **gaps))
        keys = [finding.resource.key for finding in check_cloudtrail_enabled(snapshot).findings]
        assert keys == [f"{ACCOUNT}:{REGION}:Trail:*", f"{ACCOUNT}:{GLOBAL}:Trail:*"]


class TestOrganization:
    def member(self, **fields):
        hidden = {"event_selectors": HIDDEN, "advanced_selectors": HIDDEN}
        return trail(owner=MANAGEMENT_ACCOUNT, organization=True, **(hidden | fields))

    def test_a_member_relies_on_the_default_selectors(self):
        assert outcome(self.member()) is PASS
        assert outcome(self.member(custom_selectors=True)) is UNKNOWN

    def test_a_member_may_not_see_deliveries(self):
        (observation,) = judged(self.member(delivered_at=None))[REGION].observations
        assert observation.outcome is UNKNOWN
        assert [cause.operation for cause in observation.causes] == ["cloudtrail:GetTrailStatus"]

    @pytest.mark.parametrize(("selector", "expected"), [(ALL, PASS), (EventSelector(), UNKNOWN)])
    def test_the_management_account_says_which_events(self, selector, expected):
        owned = trail(selector, owner=MANAGEMENT_ACCOUNT, account=MANAGEMENT_ACCOUNT)
        snapshot = world("cloudtrail-enabled", self.member(custom_selectors=True), owned)
        (finding,) = check_cloudtrail_enabled(snapshot).findings
        assert finding.outcome is expected


class TestStores:
    def test_an_enabled_store_counts(self):
        assert outcome(store(advanced())) is PASS
        assert outcome(store(advanced(), multi_region=False)) is PASS

    @pytest.mark.parametrize(
        ("fields", "expected", "read"),
        [
            ({"status": "STOPPED_INGESTION"}, FAIL, "lake: Status=STOPPED_INGESTION"),
            ({"status": denied("cloudtrail:GetEventDataStore")}, UNKNOWN, ""),
            ({"advanced_selectors": ()}, FAIL, "lake: EventSelectors: ReadOnly"),
        ],
    )
    def test_others_do_not(self, fields, expected, read):
        finding = judged(store(**({"advanced_selectors": (advanced(),)} | fields)))[REGION]
        assert finding.outcome is expected
        assert finding.observations[0].read.startswith(read)

    def test_a_listing_that_was_denied(self):
        gaps = {"EventDataStore": denied("cloudtrail:ListEventDataStores")}
        assert outcome(gaps=gaps) is UNKNOWN
        assert outcome(trail(), gaps=gaps) is PASS

    def test_what_may_count_elsewhere_is_a_note(self):
        organization = records.record(
            Organization, "organization/o-1", id="o-1", management_account=MANAGEMENT_ACCOUNT
        )
        notes = judged(organization)[REGION].notes
        assert MANAGEMENT_ACCOUNT in notes[0].in_language("en")


def test_not_gathered():
    snapshot = world("root-mfa")
    assert {finding.outcome for finding in check_cloudtrail_enabled(snapshot).findings} == {UNKNOWN}
    assert Unknown.because(Why.NOT_GATHERED).causes
