"""Report files: every format of the same report, and hostile names in each."""

import csv
import io
import json
import os
import re
import uuid
from pathlib import Path, PurePath

import botocore.session
import jsonschema
import pytest

from cloudpack_baseline import Baseline, assess, gather_template, write_snapshot
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.reports.formats import SUFFIXES, renderer_of
from cloudpack_baseline.reports.places import account_places
from cloudpack_baseline.testing import records
from processes import run_python

from . import samples

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


@pytest.mark.parametrize(
    "report",
    [
        samples.template_report,
        samples.plan_report,
        lambda: samples.hostile_assessment(200).to_json(),
    ],
)
def test_sarif_is_valid(report):
    document = json.loads(rendered(report(), ".sarif"))
    schema = json.loads(SARIF.read_text("utf-8"))
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)
    (run,) = document["runs"]
    assert run["results"]
    for result in run["results"]:
        assert ("level" in result) == (result["kind"] == "fail")
        assert result["message"]["text"]


def test_sarif_has_the_lines_of_the_rules_that_a_packet_passes():
    document = json.loads(rendered(samples.template_report(), ".sarif"))
    related = [
        location
        for result in document["runs"][0]["results"]
        if result["ruleId"] == "segmentation"
        for location in result["relatedLocations"]
    ]
    assert [location["id"] for location in related] == list(range(1, len(related) + 1))
    assert any("tcp/3306" in location["message"]["text"] for location in related)
    assert all(location["physicalLocation"]["region"]["startLine"] > 0 for location in related)


def test_a_flow_is_shown_at_the_rule_that_admits_it():
    report = samples.template_report()
    (finding,) = [
        f for f in report["findings"] if f["control"] == "segmentation" and f["outcome"] == "fail"
    ]
    hops = finding["observations"][0]["witness"]["packet"]["hops"]
    rules = [hop for hop in hops if hop["kind"] == "security-group" and not hop["is_reply"]]
    line = rules[-1]["origin"]["line"]
    (result,) = [
        result
        for result in json.loads(rendered(report, ".sarif"))["runs"][0]["results"]
        if result["ruleId"] == "segmentation"
    ]
    (location,) = result["locations"]
    assert location["physicalLocation"]["region"]["startLine"] == line
    (entry,) = [
        entry
        for entry in json.loads(rendered(report, ".codequality.json"))
        if entry["check_name"] == "segmentation"
    ]
    assert entry["location"]["lines"]["begin"] == line


def test_every_result_of_a_declared_account_has_a_file_for_code_scanning():
    report = samples.account_report()
    (line,) = [
        line
        for steps, line in report["baseline"]["layout"]["lines"]
        if steps == ["accounts", "production"]
    ]
    (run,) = json.loads(rendered(report, ".sarif"))["runs"]
    assert run["results"]
    for result in run["results"]:
        (location,) = result["locations"]
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": "cloudpack-baseline.toml"},
            "region": {"startLine": line},
        }
        assert location["logicalLocations"]
    entries = json.loads(rendered(report, ".codequality.json"))
    assert {
        (entry["location"]["path"], entry["location"]["lines"]["begin"]) for entry in entries
    } == {("cloudpack-baseline.toml", line)}


def test_what_no_table_declares_is_shown_at_the_first_line():
    report = samples.account_report()
    declared = report["baseline"] | {"declared": {}}
    places = account_places(report | {"baseline": declared})
    assert places == {"": {"file": "cloudpack-baseline.toml", "line": 1}}
    assert account_places(report | {"baseline": declared | {"layout": None}}) == {}


def test_a_table_of_pyproject_is_found_below_its_prefix():
    layout = {
        "file": "pyproject.toml",
        "prefix": ["tool", "cloudpack-baseline"],
        "lines": [[["tool", "cloudpack-baseline", "accounts", "main"], 12]],
    }
    declared = {"accounts": {"main": {"id": "1"}, "inline": {"id": "2"}}}
    places = account_places({"baseline": {"layout": layout, "declared": declared}})
    assert {id_: place["line"] for id_, place in places.items()} == {"": 1, "1": 12, "2": 1}


def test_sarif_has_no_result_for_what_passes(values):
    for finding in values["findings"]:
        finding["outcome"] = "pass"
    assert json.loads(rendered(values, ".sarif"))["runs"][0]["results"] == []


def test_sarif_tells_the_failure_of_an_account_by_its_resource(values):
    document = json.loads(rendered(values, ".sarif"))
    (run,) = document["runs"]
    (result,) = [result for result in run["results"] if result["ruleId"] == "s3-versioning"]
    assert (result["kind"], result["level"]) == ("fail", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "s3-versioning"
    assert "physicalLocation" not in result["locations"][0]


def test_sarif_names_the_lines_of_a_template(values):
    (finding,) = [item for item in values["findings"] if item["control"] == "s3-versioning"]
    origin = {"file": "a/my site.yaml", "line": 7, "column": 3, "path": "Resources.Site"}
    finding["observations"][0]["origin"] = origin
    document = json.loads(rendered(values, ".sarif"))
    (location,) = next(
        result["locations"]
        for result in document["runs"][0]["results"]
        if result["ruleId"] == "s3-versioning"
    )
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "a/my%20site.yaml"},
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


SECURITY_HUB = botocore.session.get_session().get_service_model("securityhub")
ASFF = SECURITY_HUB.shape_for("AwsSecurityFinding")
BATCH = SECURITY_HUB.operation_model("BatchImportFindings").input_shape.members["Findings"]
LIMITS = {
    "Id": 512,
    "GeneratorId": 512,
    "Title": 256,
    "Description": 1024,
    "Types": 50,
    "Resources": 32,
    "Resources.Id": 512,
    "Resources.Type": 256,
    "Remediation.Recommendation.Text": 512,
    "Remediation.Recommendation.Url": 512,
    "Compliance.RelatedRequirements": 32,
    "Compliance.RelatedRequirements[]": 64,
    "ProductFields": 50,
    "ProductFields{}": 2048,
    "ProductFields.key": 128,
}
"""The longest values, which the model lacks (Security Hub API Reference, AwsSecurityFinding)."""
PATTERNS = {
    "SchemaVersion": r"2018-10-08",
    "AwsAccountId": r"\d{12}",
    "ProductArn": r"arn:aws[a-z-]*:securityhub:[a-z0-9-]+:(\d{12}):product/\1/default",
    "CreatedAt": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "UpdatedAt": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "Region": r"[a-z]{2}(-[a-z]+)+-\d",
    "Types[]": r"(Software and Configuration Checks|TTPs|Effects)(/[^/]+){0,2}",
}
TYPES = {*SECURITY_HUB.shape_for("ResourceDetails").members, "AwsAccount"}


def problems(shape, value, path=""):
    """What is wrong with the value: members, types, enumerations, patterns and lengths."""
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", LIMITS.get(path))
    if most is not None and not least <= len(value) <= most:
        yield f"{path}: {len(value)} is not between {least} and {most}"
    if shape.type_name == "structure":
        yield from (f"{path}: no member {name}" for name in value.keys() - shape.members.keys())
        yield from (f"{path}: lacks {name}" for name in set(shape.required_members) - value.keys())
        for name in value.keys() & shape.members.keys():
            yield from problems(shape.members[name], value[name], f"{path}.{name}".lstrip("."))
    elif shape.type_name == "list":
        for entry in value:
            scalar = "" if shape.member.type_name == "structure" else "[]"
            yield from problems(shape.member, entry, f"{path}{scalar}")
    elif shape.type_name == "map":
        for key, entry in value.items():
            yield from problems(shape.key, key, f"{path}.key")
            yield from problems(shape.value, entry, f"{path}{{}}")
    elif shape.type_name == "string":
        yield from string_problems(shape.metadata, value, path)


def string_problems(metadata, value, path):
    if not isinstance(value, str) or value not in metadata.get("enum", [value]):
        yield f"{path}: {value!r}"
        return
    for pattern in (metadata.get("pattern", ""), PATTERNS.get(path, "")):
        if pattern and not re.fullmatch(pattern, value, re.DOTALL):
            yield f"{path}: {value!r} is not {pattern}"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Title": "x" * 257}, "Title: 257"),
        ({"Title": " "}, "Title: ' ' is not"),
        ({"AwsAccountId": "1"}, "AwsAccountId"),
        ({"Severity": {"Label": "BAD"}}, "Severity.Label"),
        ({"Foo": 1}, "no member Foo"),
        ({"ProductFields": {"k" * 129: "v"}}, "ProductFields.key"),
        ({"Types": ["x/y"]}, "Types"),
    ],
)
def test_the_oracle_of_asff_finds_what_is_wrong(values, changes, problem):
    finding = json.loads(rendered(values, ".asff.json"))["Findings"][0]
    assert not list(problems(ASFF, finding))
    assert problem in " ".join(problems(ASFF, finding | changes))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "report",
    [
        samples.template_report,
        samples.plan_report,
        lambda: samples.hostile_assessment(450).to_json(),
    ],
)
def test_every_finding_and_batch_of_asff_is_valid(report, language):
    batches = [json.loads(line) for line in rendered(report(), ".asff.json", language).splitlines()]
    assert batches
    for batch in batches:
        assert list(problems(BATCH, batch["Findings"])) == []
        assert {resource["Type"] for f in batch["Findings"] for resource in f["Resources"]} <= TYPES
        assert max(len(json.dumps(finding)) for finding in batch["Findings"]) < 240_000


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


SAME = """
import hashlib, pathlib
from cloudpack_baseline import Baseline, assess, read_snapshot
from cloudpack_baseline.reports.formats import SUFFIXES, renderer_of
baseline = Baseline.load("cloudpack-baseline.toml")
report = assess(read_snapshot("snapshot.json"), baseline).to_json()
for suffix in SUFFIXES:
    content = renderer_of(pathlib.PurePath(f"r{suffix}"))(report, "ja")
    assert str(pathlib.Path.cwd()).encode() not in content, suffix
    print(suffix, hashlib.sha256(content).hexdigest())
"""


@pytest.mark.parametrize("example", ["template", "three-tier-broken"])
def test_the_same_snapshot_gives_the_same_bytes_in_every_process(example, tmp_path, monkeypatch):
    """No order of sets, no clock and no path of the machine gets into a report."""
    monkeypatch.chdir(tmp_path)
    folder = samples.EXAMPLES / example
    (tmp_path / "cloudpack-baseline.toml").write_bytes(
        (folder / "cloudpack-baseline.toml").read_bytes()
    )
    if example == "template":
        (tmp_path / "broken.yaml").write_bytes((folder / "broken.yaml").read_bytes())
        baseline = Baseline.load("cloudpack-baseline.toml")
        write_snapshot(gather_template("broken.yaml", baseline=baseline), "snapshot.json")
    else:
        (tmp_path / "snapshot.json").write_bytes(samples.ACCOUNT.read_bytes())
    runs = [
        run_python("-c", SAME, env=os.environ | {"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].splitlines()) == len(SUFFIXES)


@pytest.mark.parametrize(
    "report",
    [
        samples.template_report,
        samples.account_report,
        lambda: samples.hostile_assessment(200).to_json(),
    ],
)
def test_a_code_quality_report_is_what_gitlab_requires(report):
    entries = json.loads(rendered(report(), ".codequality.json"))
    assert entries
    for entry in entries:
        assert entry.keys() == {"check_name", "description", "fingerprint", "location", "severity"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert entry["location"]["lines"]["begin"] >= 1
        assert entry["location"]["path"]
        assert not entry["location"]["path"].startswith("./")
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def test_an_approved_exception_is_information_in_a_code_quality_report(values):
    (finding,) = [f for f in values["findings"] if f["control"] == "s3-versioning"]
    values["findings"] = [finding, finding | {"waived": True}]
    entry, waived = json.loads(rendered(values, ".codequality.json"))
    assert (entry["severity"], waived["severity"]) == ("major", "info")
    assert entry["location"] == {
        "path": finding["resource"]["key"].replace("\x1b", "\\x1b").replace("\u202e", "\\u202e"),
        "lines": {"begin": 1},
    }
