"""account-decommissioned (5.3.3, 5.4): emptied by day 7, closed by day 67."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, InputError, Outcome, check_account_decommissioned
from cloudpack_baseline.checks.account._leftovers import KINDS
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.backup import BackupVault
from cloudpack_baseline.model.ec2 import Instance, Vpc
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.organizations import OrganizationAccount
from cloudpack_baseline.model.rds_automated_backups import AutomatedBackup
from cloudpack_baseline.model.recycle_bin import RecycledImage, RecycledSnapshot
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.testing import records
from cloudpack_baseline.whitepaper import control_of
from support import ACCOUNT, denied, only, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
AWAY = Outcome.NOT_APPLICABLE
ENDS = date(2026, 8, 31)
DAY_7, DAY_67 = date(2026, 9, 7), date(2026, 11, 6)
OTHER = "210987654321"
BUCKET = records.bucket("docs")


def noon(day):
    """Noon in Japan."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def contract(**changes):
    return {"account": ACCOUNT, "ends": ENDS} | changes


def baseline(*contracts, **options):
    table = {"contracts": list(contracts or [contract()])} | options
    return Baseline.from_mapping({"controls": {"account-decommissioned": table}})


def judge(day, *found, declared=None, as_of=None, **changes):
    snapshot = world("account-decommissioned", *found, **changes)
    moment = as_of or noon(day)
    return check_account_decommissioned(snapshot, declared or baseline(), as_of=moment)


def reasons(assessment):
    return [
        (observation.outcome, observation.message.id.removeprefix("account."))
        for finding in assessment.findings
        for observation in finding.observations
    ]


IDS = {
    Instance: "instance_id",
    Volume: "volume_id",
    NatGateway: "nat_gateway_id",
    Vpc: "vpc_id",
    RecycledSnapshot: "snapshot_id",
    RecycledImage: "image_id",
}


def record(kind, **fields):
    identity = {IDS[kind]: "1"} if kind in IDS else {}
    return records.record(kind, f"{kind.__name__}/1", **identity, **fields)


def key(**fields):
    return record(KmsKey, key_spec="SYMMETRIC_DEFAULT", key_material="AWS_KMS", **fields)


def member(state, id_=OTHER):
    arn = f"arn:aws:organizations::{ACCOUNT}:account/o-1/{id_}"
    identity = {"arn": arn, "account": ACCOUNT, "name": id_, "id": id_}
    return OrganizationAccount(**identity, path=("r-1", id_), service_control=True, state=state)


class TestDeclaration:
    def test_without_a_contract_end_it_is_not_applicable_and_reads_nothing(self):
        snapshot = world("account-decommissioned", BUCKET)
        finding = only(check_account_decommissioned(snapshot))
        assert finding.outcome is AWAY
        assert finding.observations[0].message.id == "common.not-declared"
        judged = control_of("account-decommissioned")
        assert reads_of([judged], Baseline()) == ()
        assert {read.kind for read in reads_of([judged], baseline())} == {
            *KINDS,
            OrganizationAccount,
        }

    def test_of_another_account_it_is_not_applicable(self):
        declared = baseline(contract(account=OTHER, ends=date(2027, 1, 1)))
        assert reasons(judge(DAY_7, BUCKET, declared=declared)) == [(AWAY, "no-contract-end")]

    @pytest.mark.parametrize("offset", ["JST", "09:00", "+15:00", "+09:60"])
    def test_an_offset(self, offset):
        with pytest.raises(InputError, match="is not an offset such as"):
            baseline(utc_offset=offset)


class TestDeletion:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (ENDS - timedelta(1), [(AWAY, "contract-runs")]),
            (DAY_7, [(AWAY, "contract-runs")]),
            (DAY_7 + timedelta(1), [(PASS, "to-be-closed"), (FAIL, "left")]),
        ],
    )
    def test_something_is_left_after_the_end_of_day_7(self, day, expected):
        assert sorted(reasons(judge(day, BUCKET))) == sorted(expected)

    @pytest.mark.parametrize(
        ("moment", "left"),
        [
            (datetime(2026, 9, 7, 14, 59, 59, tzinfo=UTC), False),
            (datetime(2026, 9, 7, 15, 0, tzinfo=UTC), True),
        ],
    )
    def test_the_day_ends_at_midnight_in_japan(self, moment, left):
        assessment = judge(None, BUCKET, as_of=moment)
        assert bool(assessment) is not left
        in_utc = baseline(utc_offset="+00:00")
        assert judge(None, BUCKET, as_of=moment, declared=in_utc)

    def test_nothing_is_left(self):
        assessment = judge(DAY_7 + timedelta(1))
        assert reasons(assessment) == [(PASS, "nothing-left"), (PASS, "to-be-closed")]

    @pytest.mark.parametrize(
        ("found", "outcome"),
        [
            (record(Instance, state="running"), FAIL),
            (record(Instance, state="stopped"), FAIL),
            (record(Instance, state="terminated"), None),
            (record(Instance, state=denied()), UNKNOWN),
            (record(Volume, state="available"), FAIL),
            (record(Volume, state="deleting"), None),
            (record(Volume, state="deleted"), None),
            (record(NatGateway, state="deleted", vpc_id="vpc-1"), None),
            (record(NatGateway, state="deleting", vpc_id="vpc-1"), None),
            (record(NatGateway, state="available", vpc_id="vpc-1"), FAIL),
            (record(Vpc, is_default=False), FAIL),
            (record(Vpc, is_default=True), None),
            (record(Vpc, is_default=denied()), UNKNOWN),
            (record(RecycledSnapshot), FAIL),
            (record(RecycledImage), FAIL),
            (record(AutomatedBackup, status="retained"), FAIL),
            (record(AutomatedBackup, status="active"), None),
            (record(BackupVault, recovery_points=1), FAIL),
            (record(BackupVault, recovery_points=0), None),
            (record(BackupVault, recovery_points=denied()), UNKNOWN),
            (key(key_manager="CUSTOMER", key_state="Disabled"), FAIL),
            (key(key_manager="CUSTOMER", key_state="PendingDeletion"), None),
            (key(key_manager="CUSTOMER", key_state="PendingReplicaDeletion"), None),
            (key(key_manager="CUSTOMER", key_state=denied()), UNKNOWN),
            (key(key_manager="AWS", key_state=denied()), None),
            (key(key_manager=denied(), key_state="PendingDeletion"), None),
            (key(key_manager=denied(), key_state="Enabled"), UNKNOWN),
        ],
    )
    def test_what_counts_as_left(self, found, outcome):
        findings = judge(DAY_7 + timedelta(1), found).findings
        outcomes = [finding.outcome for finding in findings if finding.resource.key == found.key]
        assert outcomes == ([] if outcome is None else [outcome])

    def test_exempt_resources_may_be_left(self):
        declared = baseline(exempt=["do*"])
        assert judge(DAY_7 + timedelta(1), BUCKET, declared=declared)
        assert not judge(DAY_7 + timedelta(1), BUCKET, declared=baseline(exempt=["d"]))

    def test_a_denied_listing_is_unknown(self):
        assessment = judge(
            DAY_7 + timedelta(1), gaps={"Secret": denied("secretsmanager:ListSecrets")}
        )
        assert assessment.outcome is UNKNOWN
        assert [
            finding.resource.key for finding in assessment.findings if finding.outcome is UNKNOWN
        ] == [f"{ACCOUNT}:Secret:*"]
        assert judge(DAY_7, gaps={"Secret": denied("secretsmanager:ListSecrets")})

    @pytest.mark.parametrize(("days", "good"), [(7, True), (8, False)])
    def test_the_declared_day_of_deletion(self, days, good):
        declared = baseline(contract(deleted_on=ENDS + timedelta(days)))
        assessment = judge(DAY_7 + timedelta(3), declared=declared)
        assert bool(assessment) is good
        assert ((FAIL, "deleted-late") in reasons(assessment)) is not good

    @pytest.mark.parametrize(("locked", "notes"), [(True, 1), (False, 0), (denied(), 1)])
    def test_vault_lock_is_said_early(self, locked, notes):
        vault = record(BackupVault, recovery_points=1, locked=locked)
        assert len(only(judge(ENDS, vault)).notes) == notes

    def test_the_number_of_days_is_an_option(self):
        assert judge(DAY_7 + timedelta(1), BUCKET, declared=baseline(deletion_days=8))


class TestClosingOfAnAccountThatAnswers:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [(DAY_67, "to-be-closed"), (DAY_67 + timedelta(1), "not-closed")],
    )
    def test_it_is_open_until_day_67(self, day, expected):
        assert expected in [words for _, words in reasons(judge(day))]
        assert bool(judge(day)) is (expected == "to-be-closed")

    def test_sixty_days_count_from_the_day_of_deletion(self):
        declared = baseline(contract(deleted_on=date(2026, 9, 2)))
        assert judge(date(2026, 11, 1), declared=declared)
        assert not judge(date(2026, 11, 2), declared=declared)

    def test_it_is_open_though_its_closing_is_declared(self):
        declared = baseline(contract(closed_on=date(2026, 9, 20)))
        assert judge(date(2026, 9, 19), declared=declared)
        assessment = judge(date(2026, 9, 20), declared=declared)
        assert (FAIL, "open-though-closed") in reasons(assessment)


class TestTheManagementAccount:
    def judge(self, day, state, **changes):
        declared = baseline(contract(account=OTHER, **changes))
        return judge(day, member(state), declared=declared)

    @pytest.mark.parametrize(
        ("day", "state", "expected"),
        [
            (ENDS, "ACTIVE", (AWAY, "contract-runs")),
            (ENDS + timedelta(1), "ACTIVE", (PASS, "to-be-closed")),
            (DAY_67, "ACTIVE", (PASS, "to-be-closed")),
            (DAY_67 + timedelta(1), "ACTIVE", (FAIL, "not-closed")),
            (DAY_67 + timedelta(1), "PENDING_ACTIVATION", (FAIL, "not-closed")),
            (ENDS, "CLOSED", (FAIL, "closed-early")),
            (DAY_7, "PENDING_CLOSURE", (FAIL, "closed-early")),
            (DAY_7 + timedelta(1), "PENDING_CLOSURE", (PASS, "closed-in-time")),
            (DAY_7 + timedelta(1), "SUSPENDED", (PASS, "closed-in-time")),
            (DAY_67, "CLOSED", (PASS, "closed-in-time")),
            (DAY_67 + timedelta(1), "CLOSED", (UNKNOWN, "closing-day")),
        ],
    )
    def test_each_state(self, day, state, expected):
        assert reasons(self.judge(day, state)) == [expected]

    @pytest.mark.parametrize(
        ("closed_on", "expected"),
        [
            (DAY_7, (FAIL, "closed-early")),
            (DAY_7 + timedelta(1), (PASS, "closed-in-time")),
            (DAY_67, (PASS, "closed-in-time")),
            (DAY_67 + timedelta(1), (FAIL, "closed-late")),
        ],
    )
    def test_the_declared_day_of_closing(self, closed_on, expected):
        assessment = self.judge(date(2027, 1, 1), "CLOSED", closed_on=closed_on)
        assert reasons(assessment) == [expected]

    def test_a_state_that_could_not_be_read(self):
        assert self.judge(DAY_67, denied()).outcome is UNKNOWN

    def test_a_late_deletion_is_told_there_too(self):
        assessment = self.judge(DAY_67, "CLOSED", deleted_on=DAY_7 + timedelta(1))
        assert (FAIL, "deleted-late") in reasons(assessment)


class TestAnAccountThatNobodyShows:
    DECLARED = contract(account=OTHER)

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, (UNKNOWN, "closing-unread")),
            ({"closed_on": DAY_67}, (PASS, "closed-in-time")),
            ({"closed_on": DAY_67 + timedelta(1)}, (FAIL, "closed-late")),
        ],
    )
    def test_what_is_declared_has_to_do(self, changes, expected):
        declared = baseline(self.DECLARED | changes)
        finding = only(judge(DAY_67 + timedelta(2), declared=declared))
        assert (finding.outcome, finding.observations[0].message.id) == (
            expected[0],
            f"account.{expected[1]}",
        )
        assert (finding.resource.key, finding.resource.kind) == (OTHER, "Account")

    def test_the_cause_names_the_call(self):
        declared = baseline(self.DECLARED)
        (observation,) = only(judge(DAY_67, declared=declared)).observations
        assert [cause.operation for cause in observation.causes] == [
            "organizations:ListAccountsForParent"
        ]

    @pytest.mark.parametrize(("day", "outcome"), [(ENDS, AWAY), (ENDS + timedelta(1), UNKNOWN)])
    def test_it_is_reported_after_the_end_of_the_contract(self, day, outcome):
        assert only(judge(day, declared=baseline(self.DECLARED))).outcome is outcome

    def test_a_closing_on_this_day_counts(self):
        declared = baseline(self.DECLARED | {"closed_on": DAY_67})
        assert judge(DAY_67, declared=declared)

    def test_another_account_of_the_run_that_shows_it_reports_it(self):
        third = "333333333333"
        snapshot = world(
            "account-decommissioned",
            evolve(member("ACTIVE"), account=third),
            accounts=(AccountScope(id=ACCOUNT), AccountScope(id=third)),
        )
        assessment = check_account_decommissioned(
            snapshot, baseline(self.DECLARED), as_of=noon(DAY_67)
        )
        assert [finding.outcome for finding in assessment.findings] == [AWAY, PASS]

    def test_its_own_snapshot_is_enough(self):
        snapshot = world(
            "account-decommissioned", accounts=(AccountScope(id=ACCOUNT), AccountScope(id=OTHER))
        )
        assessment = check_account_decommissioned(
            snapshot, baseline(self.DECLARED), as_of=noon(DAY_67)
        )
        accounts = {
            finding.resource.account for finding in assessment.findings if finding.outcome is AWAY
        }
        assert accounts == {ACCOUNT}

    def test_a_closing_in_the_future_is_none(self):
        declared = baseline(self.DECLARED | {"closed_on": DAY_67})
        assert judge(DAY_67 - timedelta(1), declared=declared).outcome is UNKNOWN

    def test_the_first_account_reports_it(self):
        third = "333333333333"
        snapshot = world(
            "account-decommissioned", accounts=(AccountScope(id=ACCOUNT), AccountScope(id=third))
        )
        assessment = check_account_decommissioned(
            snapshot, baseline(self.DECLARED), as_of=noon(DAY_67)
        )
        keys = [(finding.resource.key, finding.outcome) for finding in assessment.findings]
        assert keys == [(OTHER, UNKNOWN), (third, AWAY)]

    def test_one_that_another_account_of_the_run_shows_is_judged_there(self):
        snapshot = world(
            "account-decommissioned",
            evolve(member("ACTIVE"), account=OTHER, id=OTHER),
            accounts=(AccountScope(id=ACCOUNT), AccountScope(id=OTHER)),
        )
        assessment = check_account_decommissioned(
            snapshot, baseline(self.DECLARED), as_of=noon(DAY_7)
        )
        assert [finding.outcome for finding in assessment.findings] == [AWAY, AWAY]
