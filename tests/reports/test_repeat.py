"""``cloudpack-baseline repeat``: the verdicts of a page, from the page and the snapshot alone."""

import json
import re
import shutil
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings

from cloudpack_baseline import Baseline, InputError, write_snapshot
from cloudpack_baseline.baseline.portable import from_values, to_values
from cloudpack_baseline.cli import main
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.stored import StoredFile
from cloudpack_baseline.reports.html import render
from cloudpack_baseline.reports.json import report_bytes
from cloudpack_baseline.reports.recipe import recorded_verdicts
from cloudpack_baseline.testing import records
from cloudpack_baseline.whitepaper import builtin

from . import samples

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/three-tier/cloudpack-baseline.toml"
BUCKETS = [
    records.record(Bucket, name, service="s3", versioning=versioning)
    for name, versioning in (("good", "Enabled"), ("bad", "Suspended"), ("logs", "Suspended"))
]
SNAPSHOT = records.snapshot(*BUCKETS)
DAY = SNAPSHOT.taken_at.date()
BASELINE = f"""
schema = 1
[accounts.production]
id = "123456789012"
role_arn = "arn:aws:iam::123456789012:role/Audit"
external_id = "only-we-know"
[[waivers]]
control = "s3-versioning"
resource = "logs"
reason = "<b>logs</b>"
approved_by = "Sato"
approved_on = {DAY - timedelta(days=9)}
expires = {DAY - timedelta(days=2)}
[[waivers]]
control = "s3-versioning"
resource = "bad"
reason = "logs"
approved_by = "Sato"
approved_on = {DAY - timedelta(days=9)}
expires = {DAY + timedelta(days=20)}
[[attestations]]
promise = "4.1.1.committee"
evidence = "minutes.pdf"
attested_by = "Suzuki"
attested_on = {DAY}
"""


@pytest.fixture
def auditor(tmp_path, monkeypatch):
    """A folder with the reports and snapshots of somebody else, and nothing more."""
    work, folder = tmp_path / "work", tmp_path / "auditor"
    work.mkdir()
    folder.mkdir()
    (work / "cloudpack-baseline.toml").write_text(BASELINE)
    (work / "minutes.pdf").write_bytes(b"minutes")
    before = evolve(SNAPSHOT, taken_at=SNAPSHOT.taken_at - timedelta(days=7))
    write_snapshot(before, folder / "before.json.gz")
    write_snapshot(SNAPSHOT, folder / "now.json.gz")
    monkeypatch.chdir(work)
    snapshots = [str(folder / name) for name in ("before.json.gz", "now.json.gz")]
    outputs = [str(folder / name) for name in ("r.html", "r.json")]
    assert main(["report", *snapshots, "-o", outputs[0], "-o", outputs[1]]) == 0
    shutil.rmtree(work / "__pycache__", ignore_errors=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("report", ["r.html", "r.json"])
def test_an_auditor_repeats_each_verdict_and_mark(auditor, capsys, report):
    count = len(json.loads((auditor / "r.json").read_bytes())["findings"])
    assert main(["repeat", report, "before.json.gz", "now.json.gz"]) == 0
    assert f"the same: {count} verdicts and 61 marks" in capsys.readouterr().out


def test_the_page_shows_the_command_and_the_digest(auditor):
    page = (auditor / "r.html").read_text("utf-8")
    (command,) = re.findall(r"<code>(cloudpack-baseline repeat [^<]*)</code>", page)
    assert command == "cloudpack-baseline repeat REPORT.html SNAPSHOT..."
    assert SNAPSHOT.digest in page
    assert main([*command.split()[1:2], "r.html", "before.json.gz", "now.json.gz"]) == 0


def test_snapshots_of_two_accounts_are_repeated_together_and_named_one_by_one(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    other = records.snapshot()
    other = evolve(other, accounts=[evolve(other.accounts[0], id="222222222222")], records=[])
    files = ("one.json.gz", "two.json.gz")
    for file, snapshot in zip(files, (SNAPSHOT, other), strict=True):
        write_snapshot(snapshot, tmp_path / file)
    assert main(["report", *files, "-o", "r.html"]) == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert SNAPSHOT.digest in page
    assert other.digest in page
    assert main(["repeat", "r.html", *reversed(files)]) == 0
    assert "and 61 marks" in capsys.readouterr().out


def test_a_declared_period_is_repeated_with_its_gaps(auditor, capsys):
    start = SNAPSHOT.taken_at - timedelta(days=90)
    snapshots = ["before.json.gz", "now.json.gz"]
    arguments = ["--period-start", start.isoformat(), "--control", "s3-versioning"]
    assert main(["report", *snapshots, "-o", "period.html", *arguments]) == 0
    values = (auditor / "period.html").read_text("utf-8")
    assert "(83 days)" in values
    assert main(["repeat", "period.html", *snapshots]) == 0
    assert "and 61 marks" in capsys.readouterr().out


@pytest.mark.usefixtures("auditor")
def test_the_newest_snapshot_alone_repeats_the_verdicts_but_not_the_marks(capsys):
    assert main(["repeat", "r.html", "now.json.gz"]) == 0
    out = capsys.readouterr().out
    assert "verdicts" in out
    assert "marks" not in out


def test_a_verdict_that_was_changed_in_the_page_is_named(auditor, capsys):
    page = (auditor / "r.html").read_text("utf-8")
    (auditor / "forged.html").write_text(page.replace("alike waived", "alike pass"), "utf-8")
    assert main(["repeat", "forged.html", "now.json.gz"]) == 1
    out = capsys.readouterr().out
    assert f"s3-versioning:{BUCKETS[1].key}: pass in the report, waived now" in out


def test_a_finding_that_was_removed_or_added_is_named(auditor, capsys):
    values = json.loads((auditor / "r.json").read_bytes())
    (removed,) = [
        finding
        for finding in values["findings"]
        if finding["id"] == f"s3-versioning:{BUCKETS[1].key}"
    ]
    values["findings"].remove(removed)
    values["findings"].append(removed | {"id": "s3-versioning:other"})
    (auditor / "forged.json").write_text(json.dumps(values), "utf-8")
    assert main(["repeat", "forged.json", "now.json.gz"]) == 1
    out = capsys.readouterr().out
    assert f"{removed['id']}: absent in the report, waived now" in out
    assert "waived in the report, absent now" in out


def test_a_mark_that_was_changed_is_named(auditor, capsys):
    page = (auditor / "r.html").read_text("utf-8")
    forged = page.replace('id="clause-2.2.2" data-mark="×"', 'id="clause-2.2.2" data-mark="○"')
    assert forged != page
    (auditor / "forged.html").write_text(forged, "utf-8")
    assert main(["repeat", "forged.html", "before.json.gz", "now.json.gz"]) == 1
    assert "2.2.2: ○ in the report, × now" in capsys.readouterr().out


def test_another_version_is_said(auditor, capsys):
    page = (auditor / "r.html").read_text("utf-8")
    (auditor / "old.html").write_text(re.sub(r'"version":"[^"]*"', '"version":"0.1.9"', page))
    assert main(["repeat", "old.html", "now.json.gz"]) == 0
    assert "written by version 0.1.9" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["r.html", "before.json.gz"], "the report is about snapshot sha256:"),
        (["nothing.html", "now.json.gz"], "nothing.html"),
        (["now.json.gz", "now.json.gz"], "now.json.gz"),
        (["empty.html", "now.json.gz"], "no report in HTML or JSON of this version"),
        (["list.json", "now.json.gz"], "no report in HTML or JSON of this version"),
        (["broken.html", "now.json.gz"], "no baseline that can be read"),
    ],
)
def test_what_is_no_report_is_wrong_input(auditor, capsys, arguments, message):
    (auditor / "empty.html").write_text("<!DOCTYPE html>")
    (auditor / "list.json").write_text("{}")
    page = (auditor / "r.html").read_text("utf-8")
    (auditor / "broken.html").write_text(page.replace('"declared":', '"forgotten":'), "utf-8")
    assert main(["repeat", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_control_whose_file_is_not_here_is_named_and_left_out(tmp_path, monkeypatch, capsys):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    stored = tmp_path / "work/2025.json"
    stored.write_text("{}")
    (tmp_path / "work/cloudpack-baseline.toml").write_text(f"""
[[controls.yearly-assessment.assessments]]
file = "2025.json"
sha256 = "{"0" * 64}"
starts = 2025-01-01
ends = 2025-12-31
""")
    write_snapshot(SNAPSHOT, tmp_path / "now.json.gz")
    assert main(["report", "../now.json.gz", "-o", "../r.html"]) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["repeat", "r.html", "now.json.gz"]) == 0
    assert "yearly-assessment: not repeated, a file" in capsys.readouterr().out
    shutil.copy(stored, tmp_path / "2025.json")
    assert main(["repeat", "r.html", "now.json.gz"]) == 0
    assert "not repeated" not in capsys.readouterr().out


def test_nothing_about_how_accounts_are_read_leaves_the_house(auditor):
    page = (auditor / "r.html").read_text("utf-8")
    assert "only-we-know" not in page
    assert "role/Audit" not in page
    recipe = recorded_verdicts(page).recipe
    assert recipe["baseline"]["declared"]["accounts"] == {"production": {"id": "123456789012"}}
    assert "<b>" not in json.dumps(page)


def test_a_baseline_comes_back_as_it_was():
    baseline = evolve(
        Baseline.load(EXAMPLE),
        files={"a.pdf": StoredFile(sha256="0" * 64), "b": StoredFile(problem="is missing")},
    )
    values = json.loads(json.dumps(to_values(baseline)))
    again = from_values(values, builtin())
    assert again == baseline
    assert again.files == baseline.files
    assert again.layout == baseline.layout
    assert to_values(Baseline())["declared"] == {}
    assert from_values(to_values(Baseline()), builtin()) == Baseline()


def documented():
    """The baselines of the examples and of the reference."""
    for path in sorted(ROOT.glob("examples/*/cloudpack-baseline.toml")):
        yield path.read_text("utf-8")
    page = (ROOT / "docs/reference/baseline-file.md").read_text("utf-8")
    yield from re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("content", list(documented()))
def test_every_documented_baseline_comes_back(content):
    try:
        baseline = Baseline.from_mapping(tomllib.loads(content))
    except InputError:
        pytest.skip("a part that needs others")
    # How accounts are read is left out on purpose.
    accounts = {
        name: evolve(account, role_arn=None, profile=None, external_id=None)
        for name, account in baseline.accounts.items()
    }
    again = from_values(json.loads(json.dumps(to_values(baseline))), builtin())
    assert again == evolve(baseline, accounts=accounts)


def test_values_that_are_no_baseline_are_refused():
    with pytest.raises(InputError, match="no baseline that can be read"):
        from_values({"declared": {"waivers": [{"expires": 5}]}, "files": {}}, builtin())


@settings(max_examples=40)
@given(samples.assessments)
def test_a_page_says_the_verdicts_of_its_report(assessment):
    values = assessment.to_json()
    page = recorded_verdicts(render(values, "ja").decode())
    report = recorded_verdicts(report_bytes(values).decode())
    assert page.outcomes == report.outcomes
    assert page.marks == report.marks
    assert page.recipe == report.recipe
