"""What became of the findings of an earlier report."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.cli import main
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reports.comparison import (
    ComparisonState,
    JudgedFinding,
    JudgedReport,
    compare,
    read_report,
)
from cloudpack_baseline.reports.json import SCHEMA, report_bytes
from cloudpack_baseline.reports.markdown import escaped
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW, denied

CONTROL = "s3-versioning"


def finding(name, outcome, account=ACCOUNT, control="c"):
    return JudgedFinding(
        id=f"{control}:{name}",
        control=control,
        account=account,
        resource=name,
        name=name,
        outcome=outcome,
    )


def report(*findings, not_run=()):
    return JudgedReport(
        as_of=NOW,
        snapshot="sha256:0",
        findings={finding.id: finding for finding in findings},
        not_run=frozenset(not_run),
    )


ANCHOR = finding("anchor", "pass")
"""The control was judged."""

OUTCOMES = ("fail", "unknown", "waived", "pass", "not applicable", None)
OPEN = ("fail", "unknown", "waived")


@pytest.mark.parametrize("before", OUTCOMES)
@pytest.mark.parametrize("after", OUTCOMES)
def test_every_outcome_then_and_now(before, after):
    then = [finding("r", before)] if before else []
    now = [finding("r", after)] if after else []
    compared = compare(report(ANCHOR, *then), report(ANCHOR, *now))
    if before in OPEN:
        state = ComparisonState.STAYED if after in OPEN else ComparisonState.CORRECTED
    else:
        state = ComparisonState.NEW if after in OPEN else None
    assert list(compared.findings) == ([state] if state else [])
    if state:
        (one,) = compared.findings[state]
        assert (one.before, one.after) == (before or "absent", after or "absent")
        assert sum(compared.counts.values()) == compared.counts[state.value] == 1


@pytest.mark.parametrize(
    "current",
    [
        report(finding("r", "pass", control="another")),
        report(ANCHOR, not_run=[("c", ACCOUNT)]),
        report(ANCHOR, finding("*", "unknown")),
    ],
    ids=["control-not-judged", "not-run", "listing-unknown"],
)
def test_what_was_not_judged_is_not_corrected(current):
    compared = compare(report(finding("r", "fail")), current)
    (one,) = compared.findings[ComparisonState.NOT_JUDGED]
    assert one.id == "c:r"
    assert ComparisonState.CORRECTED not in compared.findings


def test_what_was_not_judged_in_this_account_is_not_corrected():
    other = "210987654321"
    previous = report(finding("r", "fail"), finding("s", "fail", other))
    compared = compare(previous, report(ANCHOR))
    assert [one.id for one in compared.findings[ComparisonState.CORRECTED]] == ["c:r"]
    (one,) = compared.findings[ComparisonState.NOT_JUDGED]
    assert (one.account, one.after) == (other, "not judged")


def test_a_control_that_is_new_was_not_judged_before():
    compared = compare(report(ANCHOR), report(ANCHOR, finding("r", "fail", control="later")))
    (one,) = compared.findings[ComparisonState.NEW]
    assert one.before == "not judged"


def test_the_findings_of_each_state_are_in_the_order_of_their_ids():
    now = [finding(name, "fail") for name in "cab"]
    compared = compare(report(ANCHOR), report(ANCHOR, *now))
    assert [one.resource for one in compared.findings[ComparisonState.NEW]] == ["a", "b", "c"]


def test_reports_of_other_accounts_are_not_compared():
    with pytest.raises(InputError, match=f"is about other accounts: {ACCOUNT}"):
        compare(report(ANCHOR), report(finding("r", "pass", "210987654321")))
    assert compare(report(), report(ANCHOR)).findings == {}
    assert compare(report(ANCHOR), report()).findings == {}


# -- assessments


def bucket(name, **fields):
    return records.record(Bucket, name, service="s3", **fields)


def assessed(*buckets, baseline=None, **changes):
    snapshot = records.snapshot(*buckets, **changes)
    return assess(snapshot, baseline, controls=[CONTROL])


def compared(before, after, tmp_path):
    path = tmp_path / "before.json"
    path.write_bytes(report_bytes(before.to_json()))
    return compare(read_report(path), JudgedReport.of(after)).counts


@pytest.mark.parametrize(
    ("after", "counts"),
    [
        (assessed(bucket("a", versioning="Enabled")), {"corrected": 1}),
        (assessed(bucket("a", versioning="Suspended")), {"stayed": 1}),
        (assessed(bucket("a", versioning=denied())), {"stayed": 1}),
        (assessed(bucket("b", versioning="Suspended")), {"corrected": 1, "new": 1}),
        (assessed(), {"corrected": 1}),
        (
            assessed(unread={"Bucket": Unknown.because(Why.DENIED, operation="s3:ListBuckets")}),
            {"not judged": 1, "new": 1},
        ),
        (
            assessed(baseline=Baseline.from_mapping({"scope": {"controls": ["root-mfa"]}})),
            {"not judged": 1},
        ),
    ],
    ids=["corrected", "stayed", "denied", "renamed", "removed", "not-listed", "out-of-scope"],
)
def test_assessments_are_compared(tmp_path, after, counts):
    before = assessed(bucket("a", versioning="Suspended"))
    states = compared(before, after, tmp_path)
    assert {state: number for state, number in states.items() if number} == counts


def test_an_assessment_compared_with_its_own_report_stays_as_it_is(tmp_path):
    before = assessed(bucket("a", versioning="Suspended"), bucket("b", versioning="Enabled"))
    assert compared(before, before, tmp_path) == {
        "corrected": 0,
        "new": 0,
        "stayed": 1,
        "not judged": 0,
    }
    path = tmp_path / "before.json"
    judged = JudgedReport.of(before)
    assert read_report(path) == judged
    assert judged.accounts == {ACCOUNT}


# -- reading


@pytest.mark.parametrize("schema", range(1, SCHEMA + 1))
def test_reports_of_every_schema_are_read(tmp_path, schema):
    values = assessed(bucket("a", versioning="Suspended")).to_json() | {"schema": schema}
    if schema == 1:
        for finding in values["findings"]:
            for observation in finding["observations"]:
                observation["wanted"] = observation.pop("expected")
        del values["rows"]
    (tmp_path / "old.json").write_bytes(report_bytes(values))
    assert [
        finding.is_open for finding in read_report(tmp_path / "old.json").findings.values()
    ] == [True]


def test_a_time_without_a_zone_is_utc(tmp_path):
    values = assessed().to_json() | {"as_of": "2026-11-01T00:00:00"}
    (tmp_path / "old.json").write_bytes(report_bytes(values))
    assert read_report(tmp_path / "old.json").as_of == datetime(2026, 11, 1, tzinfo=UTC)


VALUES = {"schema": 2, "as_of": "2026-11-01", "snapshot": "", "findings": [], "not_run": []}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"{", "broken JSON"),
        (b"\xff", "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        ([], "expected the keys schema, as_of"),
        ({}, "expected the keys schema, as_of"),
        (
            VALUES | {"schema": SCHEMA + 1},
            f"schema {SCHEMA + 1} is later than",
        ),
        (VALUES | {"as_of": "yesterday"}, "Invalid isoformat"),
        (VALUES | {"as_of": "0001-01-01T00:00:00+23:00"}, "not a JSON report"),
        (VALUES | {"findings": [{}]}, "a finding lacks id, control"),
        (
            VALUES
            | {
                "findings": [
                    {
                        "id": "a",
                        "control": "a",
                        "outcome": "maybe",
                        "waived": False,
                        "resource": {"key": "a", "name": "a", "account": "1"},
                    }
                ]
            },
            "a finding lacks id, control",
        ),
        (VALUES, "contains no findings"),
        (VALUES | {"not_run": [7]}, "an entry of not_run lacks control"),
    ],
)
def test_what_is_no_report_is_wrong_input(tmp_path, values, message):
    path = tmp_path / "old.json"
    if values is not None:
        path.write_bytes(values if isinstance(values, bytes) else json.dumps(values).encode())
    with pytest.raises(InputError, match=rf"old\.json: .*{message}"):
        read_report(path)


# -- the command


def test_the_command_adds_the_comparison_to_its_reports(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for year, versioning in (("2025", "Suspended"), ("2026", "Enabled")):
        snapshot = records.snapshot(bucket("a", versioning=versioning))
        write_snapshot(snapshot, tmp_path / f"{year}.gz")
    options = ["--control", CONTROL]
    assert main(["report", "2025.gz", "-o", "2025.json", *options]) == 0
    assert "comparison" not in json.loads((tmp_path / "2025.json").read_bytes())
    command = ["report", "2026.gz", "--compare", "2025.json", "-o", "2026.json", *options]
    assert main(command) == 0
    comparison = json.loads((tmp_path / "2026.json").read_bytes())["comparison"]
    assert comparison["counts"] == {"corrected": 1, "new": 0, "stayed": 0, "not judged": 0}
    assert (comparison["new"], comparison["not_judged"], comparison["stayed"]) == ([], [], [])
    key = bucket("a").key
    assert comparison["corrected"] == [
        {
            "id": f"{CONTROL}:{key}",
            "control": CONTROL,
            "account": ACCOUNT,
            "resource": key,
            "name": "a",
            "before": "fail",
            "after": "pass",
        }
    ]
    capsys.readouterr()
    assert main([*command[:3], "2026.gz", *command[4:]]) == 2
    assert "2026.gz: broken JSON" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "words"), [("en", "corrected: 1"), ("ja", "是正済み: 1")])
def test_markdown_lists_what_became_of_the_earlier_report(tmp_path, monkeypatch, language, words):
    monkeypatch.chdir(tmp_path)
    for year, versioning in (("2025", "Suspended"), ("2026", "Enabled")):
        snapshot = records.snapshot(bucket("a_b", versioning=versioning))
        write_snapshot(snapshot, tmp_path / f"{year}.gz")
    options = ["--control", CONTROL, "--lang", language]
    main(["report", "2025.gz", "-o", "2025.json", "-o", "2025.md", *options])
    main(["report", "2026.gz", "--compare", "2025.json", "-o", "2026.md", *options])
    text = (tmp_path / "2026.md").read_text("utf-8")
    id_ = escaped(f"{CONTROL}:{bucket('a_b').key}")
    assert f"- {words}\n  - {id_}\n" in text
    assert "a\\_b" in text
    assert words not in (tmp_path / "2025.md").read_text("utf-8")
