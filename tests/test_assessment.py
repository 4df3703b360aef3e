"""Select, judge, waive."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from attrs import evolve

from cloudpack_baseline import (
    Baseline,
    InputError,
    Outcome,
    assess,
    check_rds_backup,
    check_root_mfa,
)
from cloudpack_baseline.baseline import Account, Exclusion, Scope, Waiver
from cloudpack_baseline.findings import worst
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.snapshot import AccountScope, Coverage, Snapshot
from cloudpack_baseline.reports.json import report_bytes
from cloudpack_baseline.testing import mocked_account, records, set_root
from cloudpack_baseline.whitepaper import controls
from support import ACCOUNT, NOW, REGION, denied, only, world

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def summary(mfa, **changes):
    fields = {"arn": ROOT, "account": ACCOUNT, "name": "root", "mfa_enabled": mfa}
    return AccountSummary(**(fields | changes))


def waiver(**changes):
    held = {
        "control": "root-mfa",
        "resource": ROOT,
        "reason": "being set up",
        "approved_by": "ops@example.jp",
        "approved_on": date(2026, 10, 1),
        "expires": date(2026, 11, 1),
    }
    return Waiver(**(held | changes))


def failing():
    return world("root-mfa", summary(mfa=False))


def test_truth_and_counts():
    good, bad = world("root-mfa", summary(mfa=True)), failing()
    assert check_root_mfa(good)
    assert check_root_mfa(good).judged == 1
    assert not check_root_mfa(bad)
    assert check_root_mfa(bad).counts["fail"] == 1
    assert not check_root_mfa(world("root-mfa", summary(mfa=denied())))


def test_worst_outcome_comes_first():
    assert worst([Outcome.PASS, Outcome.UNKNOWN, Outcome.FAIL]) is Outcome.FAIL
    assert worst([Outcome.PASS, Outcome.UNKNOWN]) is Outcome.UNKNOWN
    assert worst([Outcome.NOT_APPLICABLE, Outcome.PASS]) is Outcome.PASS
    assert worst([]) is Outcome.NOT_APPLICABLE


def test_repr_is_one_short_line_with_the_worst_finding():
    line = repr(check_root_mfa(failing()))
    assert len(line) <= 200
    assert "\n" not in line
    assert "root-mfa" in line
    long = summary(mfa=denied("iam:" + "x" * 300))
    assert len(repr(check_root_mfa(world("root-mfa", long)))) <= 200


def test_require_tells_everything_in_the_language():
    with pytest.raises(AssertionError) as caught:
        check_root_mfa(failing()).require(language="ja")
    message = str(caught.value)
    assert message.startswith("判定結果: 不適合 1 件")
    assert ROOT in message
    assert "対処方法" in message
    check_root_mfa(world("root-mfa", summary(mfa=True))).require()


@pytest.mark.parametrize(
    ("changes", "waived"),
    [
        ({}, True),
        ({"resource": "arn:aws:iam::*:root"}, True),
        ({"resource": "arn:aws:iam::?23456789012:root"}, True),
        ({"resource": "arn:aws:iam::999999999999:*"}, False),
        ({"resource": "[a]rn:*"}, False),
        ({"control": "rds-backup"}, False),
        ({"expires": date(2026, 10, 31)}, False),
        ({"approved_on": date(2026, 11, 1)}, True),
        ({"approved_on": date(2026, 11, 2), "expires": date(2027, 1, 1)}, False),
    ],
)
def test_waivers_cover_a_resource_for_a_time(changes, waived):
    baseline = Baseline(waivers=(waiver(**changes),))
    assessment = check_root_mfa(failing(), baseline)
    finding = assessment.findings[0]
    assert finding.outcome is Outcome.FAIL
    assert finding.waived is waived
    assert bool(assessment) is waived
    assert assessment.outcome is (Outcome.WAIVED if waived else Outcome.FAIL)


def test_a_waiver_by_name_waives():
    baseline = Baseline(waivers=(waiver(resource="root"),))
    assert only(check_root_mfa(failing(), baseline)).waived


def test_the_last_day_of_a_waiver_ends_at_midnight_utc():
    baseline = Baseline(waivers=(waiver(),))
    tokyo = timezone(timedelta(hours=9))
    last = datetime(2026, 11, 2, 8, 59, 59, tzinfo=tokyo)
    assert check_root_mfa(failing(), baseline, as_of=last)
    assert not check_root_mfa(failing(), baseline, as_of=last + timedelta(seconds=1))


def test_an_expired_waiver_is_told():
    baseline = Baseline(waivers=(waiver(expires=date(2026, 10, 2)),))
    note = check_root_mfa(failing(), baseline).findings[0].notes[0]
    assert "2026-10-02" in note.in_language("ja")


def test_unknown_cannot_be_waived():
    snapshot = world("root-mfa", summary(mfa=denied()))
    assert not check_root_mfa(snapshot, Baseline(waivers=(waiver(),)))


def test_clauses_may_be_excluded_one_by_one():

    several = next(control for control in controls().values() if len(control.clauses) > 1)
    exclusions = [Exclusion(clause=link.clause, reason="elsewhere") for link in several.clauses]

    def outcome(*exclude):
        baseline = Baseline(scope=Scope(exclude=exclude))
        return assess(failing(), baseline, controls=[several.id]).outcome

    assert outcome(*exclusions) is Outcome.NOT_APPLICABLE
    assert outcome(*exclusions[1:]) is Outcome.UNKNOWN


def test_an_excluded_clause_is_not_applicable_with_its_reason():
    scope = Scope(exclude=(Exclusion(clause="5.3", reason="elsewhere"),))
    finding = only(check_root_mfa(failing(), Baseline(scope=scope)))
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "elsewhere" in finding.observations[0].message.in_language("en")
    near = Scope(exclude=(Exclusion(clause="5.3.1", reason="elsewhere"),))
    assert only(check_root_mfa(failing(), Baseline(scope=near))).outcome is Outcome.FAIL


def test_what_was_not_gathered_is_unknown():
    snapshot = failing().without(AccountSummary, ACCOUNT)
    finding = only(check_root_mfa(snapshot))
    assert finding.outcome is Outcome.UNKNOWN
    assert "record it again" in finding.observations[0].message.in_language("en")


def test_what_a_source_cannot_tell_is_not_applicable():
    blind = Coverage(kind="AccountSummary", account=ACCOUNT, cannot_tell="template")
    snapshot = evolve(failing(), records=(), coverage=(blind,))
    finding = only(check_root_mfa(snapshot))
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "AccountSummary" in finding.observations[0].message.in_language("en")


def test_every_account_of_a_snapshot_is_judged_by_itself():
    other = "210987654321"
    snapshot = evolve(
        failing(),
        accounts=(AccountScope(id=ACCOUNT), AccountScope(id=other)),
        records=(summary(mfa=False), summary(mfa=True, arn="arn:aws:iam::x:root", account=other)),
        coverage=(
            Coverage(kind="AccountSummary", account=ACCOUNT),
            Coverage(kind="AccountSummary", account=other),
        ),
    )
    outcomes = {
        finding.resource.account: finding.outcome for finding in check_root_mfa(snapshot).findings
    }
    assert outcomes == {ACCOUNT: Outcome.FAIL, other: Outcome.PASS}


def test_a_declared_account_that_was_not_read_did_not_run():
    baseline = Baseline(accounts={"staging": Account(id="210987654321")})
    (missing,) = check_root_mfa(failing(), baseline).not_run
    assert (missing.control, missing.account) == ("root-mfa", "210987654321")
    assert "staging" in missing.reason.in_language("ja")


def test_an_account_that_was_not_read_makes_it_false():
    baseline = Baseline(accounts={"staging": Account(id="210987654321")})
    assessment = check_root_mfa(world("root-mfa", summary(mfa=True)), baseline)
    assert assessment.outcome is Outcome.PASS
    assert not assessment
    shown = (
        "<Assessment pass: 1 pass, 1 not evaluated; root-mfa was not evaluated in account 21098765"
    )
    assert repr(assessment).startswith(shown)
    with pytest.raises(AssertionError, match=r"not evaluated in account 210987654321: .* staging"):
        assessment.require()


def test_a_session_is_asked_for_its_own_account_alone():
    accounts = {"production": Account(id=ACCOUNT), "staging": Account(id="210987654321")}
    with mocked_account(ACCOUNT, region=REGION) as account:
        set_root(account, mfa=True)
        assessment = check_root_mfa(account.session, Baseline(accounts=accounts))
    assert assessment
    assert assessment.not_run == ()


def test_nothing_is_true_over_no_account():
    snapshot = evolve(failing(), accounts=(), records=(), coverage=())
    assessment = check_root_mfa(snapshot)
    assert not assessment
    assert [(each.control, each.account) for each in assessment.not_run] == [("root-mfa", "")]
    with pytest.raises(AssertionError, match="no account was read"):
        assessment.require()


def test_not_applicable_is_an_answer_and_no_judgement():
    scope = Scope(exclude=(Exclusion(clause="5.3", reason="elsewhere"),))
    assessment = check_root_mfa(failing(), Baseline(scope=scope))
    assert (assessment.judged, bool(assessment)) == (0, True)
    assessment.require()
    assert "proves nothing:\n  root-mfa: excluded by" in assessment.text()


@pytest.mark.parametrize(
    ("parties", "outcome"),
    [
        (("customer", "cloudpack"), Outcome.FAIL),
        (("cloudpack",), Outcome.FAIL),
        (("customer",), Outcome.FAIL),
        (("aws", "customer"), Outcome.FAIL),
        (("aws",), Outcome.NOT_APPLICABLE),
    ],
)
def test_only_promises_of_the_parties_in_scope_are_judged(parties, outcome):
    finding = only(check_root_mfa(failing(), Baseline(scope=Scope(parties=parties))))
    assert finding.outcome is outcome


def test_what_another_party_promises_says_so():
    baseline = Baseline(scope=Scope(parties=("cloudpack",)))
    snapshot = world("vpc-flow-logs")
    finding = only(assess(snapshot, baseline, controls=["vpc-flow-logs"]))
    message = finding.observations[0].message
    assert message.in_language("en") == (
        "excluded by [scope] parties: this is a promise of the customer"
    )
    assert "ユーザー" in message.in_language("ja")


def test_wrong_arguments():
    with pytest.raises(InputError, match="did you mean root-mfa"):
        assess(failing(), controls=["root-mfaa"])
    with pytest.raises(InputError, match="time zone"):
        check_root_mfa(failing(), as_of=datetime(2026, 11, 1))  # noqa: DTZ001 - the fault
    with pytest.raises(InputError, match="snapshot has its own"):
        check_root_mfa(failing(), regions=[REGION])


def test_a_recorded_snapshot_judged_again_gives_the_same_bytes():
    snapshot = evolve(failing(), taken_at=NOW + timedelta(microseconds=1))
    again = Snapshot.from_json(snapshot.to_json())
    first, second = (report_bytes(check_root_mfa(one).to_json()) for one in (snapshot, again))
    assert first == second
    assert b'"as_of":"2026-11-01T12:00:00.000001Z"' in first


def test_as_of_is_told_in_utc():
    moment = datetime(2026, 11, 1, 21, 0, tzinfo=timezone(timedelta(hours=9)))
    assert check_root_mfa(failing(), as_of=moment).as_of == datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "judged"),
    [
        (datetime.min.replace(tzinfo=UTC), False),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))), False),
        (datetime(1970, 1, 1, tzinfo=UTC), True),
        (datetime(9998, 12, 31, 23, tzinfo=timezone(timedelta(hours=9))), True),
    ],
)
def test_the_ends_of_time(moment, judged):
    database = DBInstance(
        arn=f"arn:aws:rds:{REGION}:{ACCOUNT}:db:a",
        account=ACCOUNT,
        region=REGION,
        name="a",
        engine="mysql",
        status="available",
        backup_retention_period=7,
        latest_restorable_time=NOW,
        created_at=NOW,
    )
    snapshot = world("rds-backup", database)
    if judged:
        assert assess(snapshot, controls=["rds-backup"], as_of=moment).judged == 1
        return
    with pytest.raises(InputError, match="out of range"):
        assess(snapshot, controls=["rds-backup"], as_of=moment)
    with pytest.raises(InputError, match="out of range"):
        assess(evolve(snapshot, taken_at=moment), controls=["rds-backup"])


def test_findings_are_sorted_by_resource():
    def database(name):
        return DBInstance(
            arn=f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}",
            account=ACCOUNT,
            region=REGION,
            name=name,
            engine="mysql",
            status="deleting",
        )

    snapshot = world("rds-backup", database("b"), database("a"))
    names = [
        finding.resource.name for finding in assess(snapshot, controls=["rds-backup"]).findings
    ]
    assert names == ["a", "b"]


def test_one_region_as_a_text_is_no_list_of_letters():
    with pytest.raises(InputError, match=r"a list of Regions, got the string 'eu-west-1'$"):
        assess(object(), controls=["root-mfa"], regions="eu-west-1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("snapshot.json",), "a boto3 session or a snapshot, got str; read_snapshot reads a file"),
        ((None,), "got NoneType"),
        ((failing(), "cloudpack-baseline.toml"), "Baseline.load reads a file"),
    ],
)
def test_arguments_of_another_kind(arguments, words):
    with pytest.raises(InputError, match=words):
        check_root_mfa(*arguments)


def test_regions_that_the_snapshot_lacks_are_noted():
    snapshot = failing()
    (account,) = snapshot.accounts
    read = account.regions[0]
    for named, noted in (((read,), False), (("*",), False), ((read, "eu-west-3"), True)):
        notes = assess(snapshot, Baseline(regions=named), controls=["root-mfa"]).notes
        remarks = [note for note in notes if note.id == "plugin.regions-missing"]
        assert bool(remarks) is noted
    assert "eu-west-3" in remarks[0].in_language("en")
    planned = evolve(snapshot, source="template")
    global_only = evolve(snapshot, accounts=(evolve(account, regions=()),))
    for without in (planned, global_only):
        notes = assess(without, Baseline(regions=("eu-west-3",)), controls=["root-mfa"]).notes
        assert "plugin.regions-missing" not in {note.id for note in notes}


@pytest.mark.parametrize("moment", ["2026-01-01T00:00:00Z", date(2026, 1, 1), 0])
def test_an_instant_of_another_kind(moment):
    with pytest.raises(InputError, match=f"as_of requires a datetime, got {type(moment).__name__}"):
        assess(failing(), controls=["root-mfa"], as_of=moment)


def test_ages_count_to_the_gathering_unless_another_instant_is_named():
    snapshot = failing()
    (account,) = snapshot.accounts
    assert view_of(snapshot, Baseline(), "root-mfa", account).as_of == snapshot.taken_at
    later = snapshot.taken_at + timedelta(days=1)
    assert view_of(snapshot, Baseline(), "root-mfa", account, later).as_of == later


@pytest.mark.parametrize("excluded", [0, 1])
def test_a_control_is_judged_as_long_as_one_of_its_clauses_is(excluded):
    links = controls()["rds-backup"].clauses
    assert len(links) == 2
    exclusions = [Exclusion(clause=link.clause, reason="elsewhere") for link in links]
    for exclude, expected in (
        ((exclusions[excluded],), "common.nothing"),
        (tuple(exclusions), "common.excluded"),
    ):
        baseline = Baseline(scope=Scope(exclude=exclude))
        finding = only(check_rds_backup(world("rds-backup"), baseline))
        assert finding.observations[0].message.id == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((), "nothing to evaluate: this account has no SecurityGroup"),
        (
            (records.security_group("sg-web", [], []),),
            "nothing to evaluate: the control concerns none of the SecurityGroup of this account",
        ),
    ],
)
def test_an_account_without_subjects_and_one_with_others(groups, expected):
    """The group of a server is no default group."""
    snapshot = records.snapshot(*groups)
    (finding,) = assess(snapshot, controls=["default-security-group"]).findings
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.observations[0].message.in_language("en") == expected


@pytest.mark.parametrize(("blind", "expected"), [(1, "common.nothing"), (2, "common.cannot-tell")])
def test_a_source_that_tells_a_kind_in_one_region_is_judged_there(blind, expected):
    coverage = [
        Coverage(kind=kind, account=ACCOUNT, region=region, cannot_tell="moto" * (number < blind))
        for kind in ("DBInstance", "DBCluster", "DBSnapshot")
        for number, region in enumerate((REGION, "us-east-1"))
    ]
    finding = only(check_rds_backup(world("rds-backup", coverage=coverage)))
    assert finding.observations[0].message.id == expected


def test_a_kind_that_was_never_gathered_is_unknown_for_the_whole_account():
    finding = only(check_root_mfa(world("root-mfa", coverage=())))
    assert finding.outcome is Outcome.UNKNOWN
    assert (finding.resource.key, finding.resource.region) == (f"{ACCOUNT}:AccountSummary:*", "")
    assert [str(cause.why) for cause in finding.observations[0].causes] == ["not-gathered"]


@pytest.mark.parametrize(
    ("changes", "id_", "words"),
    [
        ({"approved_on": date(2026, 11, 2), "expires": date(2026, 12, 1)}, "not-yet", "2026-11-02"),
        ({"expires": date(2026, 10, 31)}, "expired", "2026-10-31"),
    ],
)
def test_a_waiver_that_is_not_in_effect_is_a_note_with_its_day(changes, id_, words):
    baseline = Baseline(waivers=(waiver(**changes),))
    finding = check_root_mfa(failing(), baseline).findings[0]
    assert not finding.waived
    (note,) = finding.notes
    assert note.id == f"common.waiver-{id_}"
    for language in ("ja", "en"):
        assert words in note.in_language(language)


def test_a_text_in_a_language_that_there_is_none_of():
    assessment = assess(world("root-mfa"), controls=["root-mfa"])
    with pytest.raises(InputError, match="expected a language of ja, en, got 'fr'"):
        assessment.text("fr")
