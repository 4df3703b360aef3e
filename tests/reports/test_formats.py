"""Report files: every format of the same report, and hostile names in each."""

import csv
import io
import json
import uuid
from pathlib import Path, PurePath

import botocore.session
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


def test_ocsf_has_what_a_compliance_finding_requires(values):
    (event,) = [
        event
        for event in json.loads(rendered(values, ".ocsf.json"))
        if event["compliance"]["control"] == "s3-versioning"
    ]
    assert (event["class_uid"], event["type_uid"], event["category_uid"]) == (2003, 200301, 2)
    assert (event["compliance"]["status"], event["severity"]) == ("Fail", "High")
    assert event["compliance"]["requirements"] == ["2.2.2"]
    assert event["time"] == event["finding_info"]["created_time"] > 0


ASFF = (
    botocore.session.get_session().get_service_model("securityhub").shape_for("AwsSecurityFinding")
)


def problems(shape, value, path="Findings"):
    """What is wrong with the value: unknown and missing members, types and enumerations."""
    if shape.type_name == "structure":
        yield from (f"{path}: no member {name}" for name in value.keys() - shape.members.keys())
        yield from (f"{path}: lacks {name}" for name in set(shape.required_members) - value.keys())
        for name in value.keys() & shape.members.keys():
            yield from problems(shape.members[name], value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from problems(shape.member, item, path)
    elif shape.type_name == "string":
        allowed = shape.metadata.get("enum")
        if not isinstance(value, str) or not value or (allowed and value not in allowed):
            yield f"{path}: {value!r}"


def test_asff_is_what_the_model_of_the_api_says(values):
    (line,) = rendered(values, ".asff.json").splitlines()
    (finding,) = [
        finding
        for finding in json.loads(line)["Findings"]
        if finding["GeneratorId"] == "s3-versioning"
    ]
    assert list(problems(ASFF, finding)) == []
    assert finding["Compliance"]["Status"] == "FAILED"
    assert len(finding["Title"]) <= 256


def test_asff_is_written_in_batches_of_a_hundred(values):
    values["findings"] *= 250
    batches = [
        len(json.loads(line)["Findings"]) for line in rendered(values, ".asff.json").splitlines()
    ]
    assert batches == [100, 100, 50]


def test_oscal_relates_every_finding_to_its_observations(values):
    document = json.loads(rendered(values, ".oscal.json"))["assessment-results"]
    (result,) = document["results"]
    (finding,) = [
        item for item in result["findings"] if item["target"]["target-id"] == "s3-versioning"
    ]
    assert finding["target"]["status"]["state"] == "not-satisfied"
    known = {observation["uuid"] for observation in result["observations"]}
    assert {item["observation-uuid"] for item in finding["related-observations"]} <= known
    assert all(uuid.UUID(id_).version == 5 for id_ in known)
