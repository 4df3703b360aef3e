"""The published JSON Schema: real reports, made ones, and those of older versions."""

import json
import tomllib
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given

from cloudpack_baseline import Baseline, __version__, assess
from cloudpack_baseline._version import DOCUMENTATION
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.reports.comparison import compare, read_report
from cloudpack_baseline.reports.json import SCHEMA, report_bytes
from cloudpack_baseline.testing import records

from . import samples

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"
GOLDEN = Path(__file__).with_name("golden")


def published(name):
    return json.loads((REFERENCE / name).read_text("utf-8"))


def strict(schema):
    """The schema without leave for members that it does not name."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: strict(part) for name, part in schema.items()}
    if isinstance(parts.get("properties"), dict):
        parts.setdefault("additionalProperties", False)
    return parts


CURRENT = jsonschema.Draft202012Validator(
    strict(published("report.schema.json")), format_checker=jsonschema.FormatChecker()
)
SCHEMA_2 = jsonschema.Draft202012Validator(published("report-2.schema.json"))


def read_back(report):
    """As a program reads it that got it as a file."""
    return json.loads(report_bytes(report))


@pytest.mark.parametrize("name", ["report.schema.json", "report-2.schema.json"])
def test_the_schemas_are_schemas(name):
    jsonschema.Draft202012Validator.check_schema(published(name))


def test_the_schema_names_its_version_and_its_place():
    schema = published("report.schema.json")
    assert schema["properties"]["schema"] == {"const": SCHEMA}
    assert schema["$id"] == f"{DOCUMENTATION}reference/report-{SCHEMA}.schema.json"


@pytest.mark.parametrize(
    "report", [samples.template_report, samples.plan_report, samples.account_report]
)
def test_reports_of_the_examples_are_valid(report):
    values = read_back(report())
    assert not list(CURRENT.iter_errors(values))
    assert values["generator"]["version"] == __version__


def test_waivers_and_attestations_are_described():
    waiver = {
        "control": "s3-versioning",
        "resource": "*",
        "reason": "scratch",
        "approved_by": "a",
        "approved_on": date(2026, 10, 1),
        "expires": date(2027, 1, 1),
    }
    attestation = {
        "promise": "4.1.4.education",
        "evidence": "https://example.com/x",
        "attested_by": "b",
        "attested_on": date(2026, 10, 1),
    }
    baseline = Baseline.from_mapping({"waivers": [waiver], "attestations": [attestation]})
    bucket = records.record(Bucket, "shop", service="s3", versioning="Suspended")
    values = read_back(assess(records.snapshot(bucket), baseline).to_json())
    CURRENT.validate(values)
    assert values["waivers"][0]["ticket"] is None
    assert values["attestations"]
    assert values["counts"]["waived"] == 1


def test_a_report_of_hostile_names_is_valid():
    CURRENT.validate(read_back(samples.hostile_assessment(200).to_json()))


def test_a_report_beside_an_earlier_one_is_valid(tmp_path):
    (earlier := tmp_path / "report.json").write_bytes(report_bytes(samples.plan_report()))
    comparison = compare(read_report(earlier), read_report(earlier))
    CURRENT.validate(read_back(samples.plan_report() | {"comparison": comparison.to_json()}))


@given(samples.assessments)
def test_reports_of_any_shape_are_valid(assessment):
    CURRENT.validate(read_back(assessment.to_json()))


def test_an_old_report_is_valid_still():
    report = json.loads((GOLDEN / "schema-2.json").read_text("utf-8"))
    SCHEMA_2.validate(report)
    assert not CURRENT.is_valid(report)


def test_a_report_of_this_schema_remains_valid():
    """What is added within a version must not be required: reports were written without it."""
    schema = jsonschema.Draft202012Validator(published("report.schema.json"))
    schema.validate(json.loads((GOLDEN / "schema-3.json").read_text("utf-8")))


def test_an_old_report_can_be_compared_with_still():
    assert read_report(GOLDEN / "schema-2.json").findings


def test_every_member_of_the_old_schema_is_there_still():
    """A program that reads schema 2 reads schema 3, save for the number."""
    report = read_back(samples.template_report()) | {"schema": 2}
    SCHEMA_2.validate(report)


def test_the_schema_refuses_what_is_no_report():
    values = read_back(samples.template_report())
    assert not CURRENT.is_valid(values | {"outcome": "fine"})
    assert not CURRENT.is_valid({name: value for name, value in values.items() if name != "rows"})
    values["findings"][0]["observations"] = []
    assert not CURRENT.is_valid(values)


@pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="needs the source tree")
def test_the_place_of_the_documentation_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["urls"]["Documentation"] == DOCUMENTATION
