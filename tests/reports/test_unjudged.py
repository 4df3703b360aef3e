"""What was selected and not judged is in every file: a report without it would look green."""

import csv
import io
import json
from pathlib import Path, PurePath

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.reports.formats import renderer_of
from cloudpack_baseline.reports.github import step_summary, workflow_commands
from cloudpack_baseline.reports.unjudged import findings_of, unjudged_lines
from cloudpack_baseline.testing import records

MISSING = "444455556666"


@pytest.fixture
def values():
    """A report in which a declared account is missing."""
    accounts = {
        "main": {"id": records.ACCOUNT},
        "other": {"id": MISSING},
    }
    baseline = Baseline.from_mapping({"accounts": accounts})
    return assess(records.snapshot(), baseline, controls=["root-mfa", "s3-versioning"]).to_json()


def rendered(values, suffix):
    return renderer_of(PurePath(f"r{suffix}"))(values, "en").decode("utf-8-sig")


def test_csv(values):
    rows = list(csv.reader(io.StringIO(rendered(values, ".csv"))))
    missing = [row for row in rows if MISSING in row]
    assert [row[:2] for row in missing] == [["UNKNOWN", "root-mfa"], ["UNKNOWN", "s3-versioning"]]


def test_markdown(values):
    text = rendered(values, ".md")
    assert f"Not judged in account {MISSING}: root\\-mfa, s3\\-versioning: " in text


def test_sarif(values):
    (run,) = json.loads(rendered(values, ".sarif"))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    missing = [
        result["ruleId"] for result in run["results"] if result["properties"]["account"] == MISSING
    ]
    assert missing == ["root-mfa", "s3-versioning"]


def test_ocsf(values):
    events = json.loads(rendered(values, ".ocsf.json"))
    missing = [event for event in events if event["cloud"]["account"]["uid"] == MISSING]
    assert {event["compliance"]["status"] for event in missing} == {"Warning"}
    assert len(missing) == 2


def test_asff(values):
    (line,) = rendered(values, ".asff.json").splitlines()
    missing = [f for f in json.loads(line)["Findings"] if f["AwsAccountId"] == MISSING]
    assert {finding["Compliance"]["Status"] for finding in missing} == {"WARNING"}
    resources = {(r["Type"], r["Id"]) for finding in missing for r in finding["Resources"]}
    assert resources == {("AwsAccount", f"AWS::::Account:{MISSING}")}
    assert len(missing) == 2


def test_oscal(values):
    (result,) = json.loads(rendered(values, ".oscal.json"))["assessment-results"]["results"]
    states = {
        finding["target"]["target-id"]: finding["target"]["status"]["state"]
        for finding in result["findings"]
    }
    assert states == {"root-mfa": "not-satisfied", "s3-versioning": "not-satisfied"}


def test_code_quality(values):
    entries = json.loads(rendered(values, ".codequality.json"))
    assert [entry["check_name"] for entry in entries][-2:] == ["root-mfa", "s3-versioning"]


def test_github(values):
    assert f"Not judged in account {MISSING}" in step_summary(values, "en").decode()
    warnings = [line for line in workflow_commands(values, "en", Path.cwd()) if MISSING in line]
    assert len(warnings) == 2


def test_many_controls_are_counted(values):
    (missing, *_) = values["not_run"]
    values["not_run"] = [missing | {"control": f"c{number}"} for number in range(7)]
    (line,) = unjudged_lines(values, "en")
    assert "c0, c1, c2, c3, c4, c5, ... (7)" in line


def test_a_control_of_your_own_has_its_id_as_title(values):
    values["not_run"] = [values["not_run"][0] | {"control": "own", "account": ""}]
    rows = list(csv.reader(io.StringIO(rendered(values, ".csv"))))
    assert rows[-1][1] == "own"
    assert "own" not in rendered(values, ".asff.json")  # which requires an account


def test_a_run_without_gaps_was_successful(values):
    (run,) = json.loads(rendered(values | {"not_run": []}, ".sarif"))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_what_stands_for_it_has_every_member_of_a_finding(values):
    *_, finding, first, second = findings_of(values)
    assert finding.keys() == first.keys() == second.keys()
    assert finding["resource"].keys() == first["resource"].keys()
