"""root-unused (5.3.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Outcome, check_root_unused
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.model.cloudtrail_events import RootSession
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.testing import records
from credentials import ago, entry
from support import ACCOUNT, NOW, REGION, denied, only, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
UNREAD = denied("iam:GetCredentialReport")
FIELDS = ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date")


def root(**fields):
    return entry("<root_account>", **fields)


def judge(record, baseline=None, **changes):
    return only(check_root_unused(world("root-unused", record, **changes), baseline))


def options(**values):
    return Baseline.from_mapping({"controls": {"root-unused": values}})


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("last_use", "outcome"),
    [
        (None, PASS),
        (ago(1000), PASS),
        (ago(365), PASS),
        (ago(365) + timedelta(seconds=1), FAIL),
        (ago(1), FAIL),
        (UNREAD, UNKNOWN),
    ],
)
def test_each_credential(field, last_use, outcome):
    assert judge(root(**{field: last_use})).outcome is outcome


def test_one_recent_use_among_old_ones():
    finding = judge(root(**dict(zip(FIELDS, (ago(900), ago(800), ago(3)), strict=True))))
    (observation,) = finding.observations
    assert observation.outcome is FAIL
    assert observation.read == "access_key_2_last_used_date=2026-10-29T12:00:00Z"


def test_a_recent_use_decides_whatever_is_unknown():
    assert (
        judge(root(password_last_used=ago(1), access_key_1_last_used_date=UNREAD)).outcome is FAIL
    )


@pytest.mark.parametrize(
    ("used", "outcome"), [(ago(40), PASS), (ago(33), PASS), (ago(32), FAIL), (ago(1), FAIL)]
)
def test_a_young_account(used, outcome):
    assert judge(root(user_creation_time=ago(40), password_last_used=used)).outcome is outcome


def test_building_takes_as_long_as_is_declared():
    young = root(user_creation_time=ago(40), password_last_used=ago(20))
    assert judge(young, options(building_days=20)).outcome is PASS
    assert judge(young, options(building_days=19)).outcome is FAIL


@pytest.mark.parametrize("created", [None, UNREAD])
def test_an_unknown_creation_excuses_nothing(created):
    assert judge(root(user_creation_time=created, password_last_used=ago(1))).outcome is FAIL
    assert judge(root(user_creation_time=created, password_last_used=ago(400))).outcome is PASS


def test_the_period_is_an_option():
    assert judge(root(password_last_used=ago(100)), options(days=100)).outcome is PASS
    assert judge(root(password_last_used=ago(100)), options(days=101)).outcome is FAIL


USE = {"reason": "AWS contract", "ticket": "OPS-1"}


@pytest.mark.parametrize(
    ("day", "account", "outcome"),
    [
        # 22:00 on the 20th in UTC is the 21st in Japan.
        (datetime(2026, 10, 20, tzinfo=UTC).date(), None, PASS),
        (datetime(2026, 10, 21, tzinfo=UTC).date(), None, PASS),
        (datetime(2026, 10, 22, tzinfo=UTC).date(), None, FAIL),
        (datetime(2026, 10, 19, tzinfo=UTC).date(), None, FAIL),
        (datetime(2026, 10, 20, tzinfo=UTC).date(), ACCOUNT, PASS),
        (datetime(2026, 10, 20, tzinfo=UTC).date(), "999999999999", FAIL),
    ],
)
def test_a_declared_use(day, account, outcome):
    use = {"on": day, **USE} | ({"account": account} if account else {})
    used = root(password_last_used=datetime(2026, 10, 20, 22, tzinfo=UTC))
    finding = judge(used, options(uses=[use]))
    assert finding.outcome is outcome
    if outcome is PASS:
        assert "OPS-1" in finding.observations[0].message.in_language("en")


def test_the_day_in_japan_ends_at_15_o_clock_in_utc():
    for hour, outcome in ((14, FAIL), (15, PASS)):
        used = root(password_last_used=datetime(2026, 10, 20, hour, 30, tzinfo=UTC))
        use = {"on": datetime(2026, 10, 21, tzinfo=UTC).date(), **USE}
        assert judge(used, options(uses=[use])).outcome is outcome


def test_other_users_are_not_root():
    snapshot = world("root-unused", root(), entry("ann", password_last_used=NOW))
    assert only(check_root_unused(snapshot)).outcome is PASS


def test_a_report_without_root_is_unknown():
    finding = judge(entry("ann"))
    assert finding.outcome is UNKNOWN
    assert finding.observations[0].causes[0].operation == "iam:GetCredentialReport"


def test_a_report_that_was_denied():
    snapshot = world("root-unused", gaps={"CredentialReportEntry": UNREAD})
    finding = only(check_root_unused(snapshot))
    assert finding.outcome is UNKNOWN
    assert finding.observations[0].causes == UNREAD.causes


MANAGEMENT = "999988887777"
MEMBER_OF = records.record(
    Organization, "organization", region="", id="o-abcde12345", management_account=MANAGEMENT
)


def session(started_at, target=ACCOUNT):
    return records.record(
        RootSession,
        "event/e-1",
        service="cloudtrail",
        account=MANAGEMENT,
        event_time=started_at,
        target_account=target,
    )


def beside_management(*held, unread=None, baseline=None):
    alone = world("root-unused", *held)
    above = Coverage(kind="RootSession", account=MANAGEMENT, region=REGION, unknown=unread)
    both = (AccountScope(id=ACCOUNT), AccountScope(id=MANAGEMENT))
    snapshot = evolve(alone, accounts=both, coverage=(*alone.coverage, above))
    findings = check_root_unused(snapshot, baseline).findings
    return next(finding for finding in findings if finding.resource.name == "<root_account>")


LOOKUP = denied("cloudtrail:LookupEvents")


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (session(ago(1)), FAIL),
        (session(ago(365)), PASS),
        (session(ago(1), target="111122223333"), PASS),
        (session(ago(1), target=None), PASS),
        (session(ago(1), target=LOOKUP), UNKNOWN),
        (session(LOOKUP), UNKNOWN),
    ],
)
def test_a_session_of_central_root_access(event, outcome):
    assert beside_management(root(), MEMBER_OF, event).outcome is outcome


def test_what_was_read_of_a_session():
    started_at = ago(1)
    finding = beside_management(root(), MEMBER_OF, session(started_at))
    reads = [observation.read for observation in finding.observations if observation.read]
    assert f"AssumeRoot={started_at:%Y-%m-%dT%H:%M:%SZ}" in reads


def test_a_declared_session():
    declared = options(uses=[{"on": ago(1).date(), **USE}])
    event = session(ago(1))
    assert beside_management(root(), MEMBER_OF, event, baseline=declared).outcome is PASS


def test_events_that_could_not_be_read():
    finding = beside_management(root(), MEMBER_OF, unread=LOOKUP)
    assert finding.outcome is UNKNOWN
    assert finding.observations[0].causes == LOOKUP.causes
    used = root(password_last_used=ago(1))
    assert beside_management(used, MEMBER_OF, unread=LOOKUP).outcome is FAIL
    # No such session exists for the management account, or outside an organization.
    changed_member_of = evolve(MEMBER_OF, management_account=ACCOUNT)
    assert beside_management(root(), changed_member_of, unread=LOOKUP).outcome is PASS
    assert beside_management(root(), unread=LOOKUP).outcome is PASS


def test_a_note_names_the_management_account():
    (note,) = judge_as_member().notes
    assert MANAGEMENT in note.in_language("en")
    assert judge(root()).notes == ()
    assert beside_management(root(), MEMBER_OF).notes == ()


def judge_as_member():
    return only(check_root_unused(world("root-unused", root(), MEMBER_OF)))
