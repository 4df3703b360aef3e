"""yearly-assessment (4.8)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from cloudpack_baseline import Baseline, InputError, Outcome, check_yearly_assessment, judging
from cloudpack_baseline.checks.assessments._stored_report import parse_report
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.whitepaper import control_of
from support import ACCOUNT, NOW, only, world

PASS, FAIL = Outcome.PASS, Outcome.FAIL
TODAY = NOW.date()
OTHER = "210987654321"
BAD = f"root-mfa:arn:aws:iam::{ACCOUNT}:root"


def row(id_=BAD, outcome="fail", account=ACCOUNT, **changes):
    resource = {"key": id_.partition(":")[2], "account": account}
    return {"id": id_, "outcome": outcome, "waived": False, "resource": resource} | changes


GOOD = row("s3-versioning:a", "pass")


def report(*findings, **changes):
    return {
        "as_of": "2026-09-30T00:00:00Z",
        "findings": list(findings or [GOOD]),
        "not_run": [],
    } | changes


@pytest.fixture
def declare(tmp_path):
    """A baseline with stored reports, and the tables of corrections."""

    def make(stored, *corrections, **changes):
        assessments = []
        for number, one in enumerate(stored):
            data = one if isinstance(one, bytes) else json.dumps(one).encode()
            (tmp_path / f"{number}.json").write_bytes(data)
            table = {
                "file": str(tmp_path / f"{number}.json"),
                "sha256": hashlib.sha256(data).hexdigest(),
                "starts": date(2025, 10, 1),
                "ends": date(2026, 9, 30),
            }
            assessments.append(table | changes.pop(f"of_{number}", {}))
        options = {"assessments": assessments, "corrections": list(corrections)} | changes
        return Baseline.from_mapping({"controls": {"yearly-assessment": options}})

    return make


def correction(**changes):
    return {"finding": BAD, "ticket": "OPS-1", "due": TODAY} | changes


def judge(baseline=None, **changes):
    return check_yearly_assessment(world("yearly-assessment", **changes), baseline)


def reason(assessment):
    finding = assessment.findings[0]
    return finding.outcome, finding.observations[0].message.id.removeprefix("assessments.")


class TestThePeriod:
    def test_without_a_stored_assessment_it_fails(self):
        assessment = judge()
        assert reason(assessment) == (FAIL, "none")
        assert only(assessment).resource.key == ACCOUNT

    def test_a_stored_one_passes(self, declare):
        assessment = judge(declare([report()]))
        assert reason(assessment) == (PASS, "stored")
        assert "sha256=" in only(assessment).observations[0].read
        path = only(assessment).observations[0].origin.path
        assert path == "controls.yearly-assessment.assessments[0]"

    @pytest.mark.parametrize(("days", "outcome"), [(366, PASS), (367, FAIL)])
    def test_the_last_period_ended_within_a_year(self, declare, days, outcome):
        ends = TODAY - timedelta(days)
        period = {"starts": ends - timedelta(365), "ends": ends}
        stored = report(as_of=f"{ends}T00:00:00Z")
        assessment = judge(declare([stored], of_0=period))
        assert only(assessment).outcome is outcome
        assert outcome is PASS or reason(assessment)[1] == "too-old"

    def test_the_limit_is_an_option(self, declare):
        assert reason(judge(declare([report()], days=31)))[0] is FAIL
        assert reason(judge(declare([report()], days=32)))[0] is PASS

    @pytest.mark.parametrize(("days", "expected"), [(0, "not-ended"), (1, "stored")])
    def test_a_period_that_has_not_ended_is_none(self, declare, days, expected):
        ends = TODAY - timedelta(days)
        assert reason(judge(declare([report()], of_0={"ends": ends})))[1] == expected

    def test_the_first_to_end_is_told(self, declare):
        later = {"ends": TODAY + timedelta(9)}
        assessment = judge(declare([report(), report()], of_0=later, of_1={"ends": TODAY}))
        message = only(assessment).observations[0].message.in_language("en")
        assert message.endswith(f"the first one ends on {TODAY}")

    def test_the_period_and_the_time_are_told(self, declare):
        message = only(judge(declare([report()]))).observations[0].message.in_language("en")
        expected = "2025-10-01 to 2026-09-30 was assessed as of 2026-09-30T00:00:00Z"
        assert message.endswith(expected)

    def test_the_last_of_several_counts(self, declare):
        earlier = {"starts": date(2024, 10, 1), "ends": date(2025, 9, 30)}
        baseline = declare([report(row()), report()], of_0=earlier)
        assert reason(judge(baseline)) == (PASS, "stored")
        baseline = declare([report(), report(row())], of_0=earlier)
        assert not judge(baseline)


class TestTheFile:
    def test_another_digest(self, declare):
        assessment = judge(declare([report()], of_0={"sha256": "0" * 64}))
        assert reason(assessment) == (FAIL, "changed")
        assert only(assessment).observations[0].expected == "sha256=" + "0" * 64

    def test_no_file(self, declare):
        gone = declare([report()], of_0={"file": "gone.json"})
        assert reason(judge(gone)) == (FAIL, "unreadable")

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff",
            b"[]",
            b"{}",
            b"[" * 100_000,
            json.dumps(report(as_of="soon")).encode(),
            json.dumps(report(as_of=1)).encode(),
            json.dumps(report({})).encode(),
            json.dumps(report(row() | {"outcome": None})).encode(),
            json.dumps(report(not_run=[{}])).encode(),
            json.dumps(report() | {"findings": {}}).encode(),
        ],
    )
    def test_no_report(self, declare, data):
        assert reason(judge(declare([data]))) == (FAIL, "no-report")
        assert parse_report(data) is None

    @pytest.mark.parametrize(
        ("as_of", "expected"),
        [
            ("2025-09-30T23:59:59Z", "another-time"),
            ("2025-10-01T00:00:00Z", "stored"),
            ("2026-10-15T00:00:00Z", "stored"),
            ("2026-10-15T00:00:00", "stored"),
            (NOW.isoformat(), "stored"),
            ((NOW + timedelta(seconds=1)).isoformat(), "another-time"),
        ],
    )
    def test_its_time_of_evaluation(self, declare, as_of, expected):
        assert reason(judge(declare([report(as_of=as_of)])))[1] == expected

    def test_another_account(self, declare):
        stored = report(row("s3-versioning:a", "pass", account=OTHER))
        assert reason(judge(declare([stored]))) == (FAIL, "another-account")

    def test_a_real_report(self, declare):
        stored = judge().to_json() | {"as_of": "2026-09-30T00:00:00Z"}
        assessment = judge(declare([stored]))
        assert [finding.outcome for finding in assessment.findings] == [PASS]


class TestCorrections:
    @pytest.mark.parametrize(
        ("corrections", "expected"),
        [
            ([], "uncorrected"),
            ([correction()], "to-be-corrected"),
            ([correction(due=TODAY - timedelta(1))], "overdue"),
            ([correction(due=TODAY - timedelta(1), corrected_on=TODAY)], "corrected"),
            ([correction(due=TODAY - timedelta(1), corrected_on=TODAY + timedelta(1))], "overdue"),
            ([correction(finding="root-mfa:*")], "to-be-corrected"),
            ([correction(finding="rds-backup:*")], "uncorrected"),
            ([correction(due=TODAY - timedelta(1)), correction()], "to-be-corrected"),
            ([correction(), correction(corrected_on=TODAY)], "corrected"),
        ],
    )
    @pytest.mark.parametrize("outcome", ["fail", "unknown", "error"])
    def test_each_failure_and_unknown(self, declare, corrections, expected, outcome):
        stored = report(GOOD, row(outcome=outcome))
        _, finding = judge(declare([stored], *corrections)).findings
        assert finding.observations[0].message.id == f"assessments.{expected}"
        good = expected in ("to-be-corrected", "corrected")
        assert finding.outcome is (PASS if good else FAIL)
        assert (finding.resource.key, finding.resource.kind) == (BAD, "StoredFinding")
        words = {"fail": "不適合", "unknown": "判定不能"}.get(outcome, outcome)
        assert f"結果では{words}" in finding.observations[0].message.in_language("ja")

    @pytest.mark.parametrize(
        "settled",
        [
            row(waived=True),
            row(outcome="pass"),
            row(outcome="not applicable"),
            row(f"yearly-assessment:{ACCOUNT}"),
            row(account=OTHER),
        ],
    )
    def test_what_needs_none(self, declare, settled):
        assert len(judge(declare([report(GOOD, settled)])).findings) == 1

    def test_what_did_not_run_needs_one(self, declare):
        stored = report(not_run=[{"control": "root-mfa", "account": ACCOUNT, "reason": {}}])
        _, finding = judge(declare([stored])).findings
        assert (finding.outcome, finding.resource.key) == (FAIL, f"root-mfa:{ACCOUNT}")
        assert "判定不能" in finding.observations[0].message.in_language("ja")

    def test_what_belongs_to_no_account_is_told_once(self, declare):
        stored = report(
            GOOD, row(GOOD["id"], "pass", account=OTHER), row("4.1.4.education:x", account="")
        )
        snapshot = world(
            "yearly-assessment", accounts=(AccountScope(id=ACCOUNT), AccountScope(id=OTHER))
        )
        findings = check_yearly_assessment(snapshot, declare([stored])).findings
        assert [finding.outcome for finding in findings] == [PASS, FAIL, PASS]


def test_it_reads_nothing_of_aws():
    assert reads_of([control_of("yearly-assessment")]) == ()


def test_an_unread_file_fails(declare):
    snapshot = world("yearly-assessment")
    (finding,) = judging.judge(
        snapshot,
        declare([report()]),
        control_of("yearly-assessment"),
        snapshot.accounts[0],
        datetime(2026, 11, 1, tzinfo=UTC),
    )
    assert finding.observations[0].message.id == "assessments.unreadable"


def test_a_period_ends_after_it_starts(declare):
    with pytest.raises(InputError, match=r"assessments\[0\].ends: ends before it starts"):
        declare([report()], of_0={"ends": date(2025, 9, 30)})
