"""Report files: every format of the same report, and hostile names in each."""

import csv
import io
import json
from pathlib import Path, PurePath

import jsonschema
import pytest

from cloudpack_baseline import assess
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.reports.formats import SUFFIXES, renderer_of
from cloudpack_baseline.testing import records

SARIF = Path(__file__).with_name("schemas") / "sarif-schema-2.1.0.json"
HOSTILE = "=cmd|'/c calc'!A0\x1b[31m|<script>alert(1)</script>[x](javascript:y)`\u202e"


@pytest.fixture
def values():
    """A report with a failure whose resource has a hostile name."""
    bucket = records.record(Bucket, HOSTILE, service="s3", versioning="")
    return assess(records.snapshot(bucket), controls=["s3-versioning"]).to_json()


def rendered(values, suffix, language="en"):
    return renderer_of(PurePath(f"report{suffix}"))(values, language)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_same_report_gives_the_same_bytes_of_printable_text(values, suffix, language):
    content = rendered(values, suffix, language)
    assert content == rendered(values, suffix, language)
    text = content.decode("utf-8-sig")
    assert all(char.isprintable() or char in "\r\n" for char in text)


def test_a_name_without_a_suffix_is_json_and_an_unknown_suffix_wrong_input(values):
    assert json.loads(rendered(values, ""))["schema"] == values["schema"]
    with pytest.raises(InputError, match=r"report\.pdf: the name of a report ends with one of"):
        rendered(values, ".pdf")


def test_sarif_is_valid(values):
    document = json.loads(rendered(values, ".sarif"))
    jsonschema.validate(document, json.loads(SARIF.read_text("utf-8")))
    (run,) = document["runs"]
    (result,) = [result for result in run["results"] if result["ruleId"] == "s3-versioning"]
    assert (result["kind"], result["level"]) == ("fail", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "s3-versioning"
    assert "physicalLocation" not in result["locations"][0]


def test_sarif_names_the_lines_of_a_template(values):
    (finding,) = [item for item in values["findings"] if item["control"] == "s3-versioning"]
    origin = {"file": "a/site.yaml", "line": 7, "column": 3, "path": "Resources.Site"}
    finding["observations"][0]["origin"] = origin
    document = json.loads(rendered(values, ".sarif"))
    (location,) = next(
        result["locations"]
        for result in document["runs"][0]["results"]
        if result["ruleId"] == "s3-versioning"
    )
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "a/site.yaml"},
        "region": {"startLine": 7, "startColumn": 3},
    }


def test_no_cell_of_csv_is_a_formula(values):
    rows = list(csv.reader(io.StringIO(rendered(values, ".csv").decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_no_name_is_markup_in_markdown(values):
    text = rendered(values, ".md").decode()
    assert "<script>" not in text
    assert "](javascript" not in text
    assert len([line for line in text.splitlines() if line.startswith("| 4.1 |")]) == 1
