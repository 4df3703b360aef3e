"""``cloudpack-baseline report``."""

import json
from datetime import timedelta

import pytest

from cloudpack_baseline.cli import main
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import records


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A snapshot in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    bucket = records.record(Bucket, "site", service="s3", versioning="Enabled")
    write_snapshot(records.snapshot(bucket), tmp_path / "run.json")
    return tmp_path


def test_several_reports_are_written_at_once(recorded, capsys):
    command = ["report", "run.json", "-o", "a.json", "-o", "b.md", "--control", "s3-versioning"]
    assert main([*command, "--lang", "ja"]) == 0
    assert capsys.readouterr().out == "wrote a.json\nwrote b.md\n"
    report = json.loads((recorded / "a.json").read_bytes())
    assert report["counts"]["pass"] == 1
    assert "評価基準日" in (recorded / "b.md").read_text("utf-8")


def test_on_github_there_are_annotations_and_a_summary(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    bucket = records.record(Bucket, "site", service="s3", versioning="Suspended")
    write_snapshot(records.snapshot(bucket), tmp_path / "run.json")
    assert main(["report", "run.json", "-o", "a.json", "--control", "s3-versioning"]) == 0
    wrote, annotation = capsys.readouterr().out.splitlines()
    assert wrote == "wrote a.json"
    assert annotation.startswith("::error title=s3-versioning")
    assert "versioning" in (tmp_path / "summary.md").read_text("utf-8")


def test_the_report_of_a_snapshot_is_that_of_the_run(recorded):
    main(["report", "run.json", "-o", "a.json", "--as-of", "2026-11-01"])
    main(["report", "run.json", "-o", "b.json", "--as-of", "2026-11-01T09:00:00+09:00"])
    assert (recorded / "a.json").read_bytes() == (recorded / "b.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.json", "-o", "a.md"], "nothing.json"),
        (["run.json", "-o", "a.pdf"], "ends with one of"),
        (["run.json", "run.json", "-o", "a.md"], "cannot be judged together"),
        (["run.json", "-o", "no/a.md"], "cannot be written"),
    ],
)
@pytest.mark.usefixtures("recorded")
def test_wrong_input_is_said(capsys, arguments, message):
    assert main(["report", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("time", ["yesterday", "2026-11-01T12:00"])
def test_a_time_without_a_zone_is_wrong_input(recorded, capsys, time):  # noqa: ARG001 - the snapshot
    with pytest.raises(SystemExit):
        main(["report", "run.json", "-o", "a.md", "--as-of", time])
    assert "argument --as-of" in capsys.readouterr().err


def test_another_reference_is_compared_with(recorded, capsys):
    then = records.snapshot().taken_at - timedelta(days=1)
    before = records.record(Bucket, "site", service="s3", versioning="Suspended")
    write_snapshot(records.snapshot(before, taken_at=then), recorded / "before.json")
    command = ["report", "run.json", "-o", "a.json", "--control", "security-drift", "--reference"]
    assert main([*command, "before.json"]) == 0
    findings = json.loads((recorded / "a.json").read_bytes())["findings"]
    messages = [
        observation["message"]["en"]
        for finding in findings
        for observation in finding["observations"]
    ]
    assert "Status changed since" in " ".join(messages)
    capsys.readouterr()
    assert main([*command, "gone.json"]) == 2
    assert "gone.json: cannot be read" in capsys.readouterr().err


def test_where_it_is_written_changes_no_byte(recorded, tmp_path):
    baseline = """
[[attestations]]
promise = "4.1.1.committee"
evidence = "missing.pdf"
attested_by = "Suzuki"
attested_on = 2026-10-01
[[waivers]]
control = "s3-versioning"
resource = "*"
reason = "logs"
approved_by = "Sato"
approved_on = 2026-01-01
expires = 2026-01-31
"""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    names = ("r.html", "r.json", "r.md")
    for folder in (recorded, elsewhere):
        (folder / "cloudpack-baseline.toml").write_text(baseline)
    outputs = [f"-o{name}" for name in names]
    assert main(["report", "run.json", *outputs]) == 0
    arguments = ["--file", str(elsewhere / "cloudpack-baseline.toml")]
    outputs = [f"-o{elsewhere / name}" for name in names]
    assert main(["report", str(recorded / "run.json"), *outputs, *arguments]) == 0
    for name in names:
        assert (recorded / name).read_bytes() == (elsewhere / name).read_bytes()
        assert str(tmp_path).encode() not in (recorded / name).read_bytes()
