"""Annotations and the summary of a job, as the runner of GitHub Actions reads them."""

import re
from pathlib import Path

import pytest

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.reports.github import announce, step_summary, workflow_commands

from . import samples

ON_GITHUB = {"GITHUB_ACTIONS": "true"}
ESCAPES = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}


def unescaped(value):
    return re.sub("|".join(ESCAPES), lambda match: ESCAPES[match[0]], value)


def parsed(line):
    """Command, properties and message, as the runner takes them (ActionCommand.TryParseV2)."""
    assert line.startswith("::")
    head, _, message = line[2:].partition("::")
    command, _, listed = head.partition(" ")
    pairs = (piece.partition("=") for piece in listed.split(","))
    return command, {name: unescaped(value) for name, _, value in pairs}, unescaped(message)


def report(*origins):
    """Failures, one for each place."""
    values = samples.hostile_assessment(4).to_json()
    finding = values["findings"][0] | {"waived": False, "waiver": None}
    observation = finding["observations"][0]
    values["findings"] = [
        finding | {"observations": [observation | {"origin": origin}]} for origin in origins
    ]
    return values


def only(values, workspace):
    (line,) = workflow_commands(values, "en", workspace)
    return parsed(line)


def test_a_failure_of_a_template_is_shown_at_its_line(tmp_path):
    origin = {"file": str(tmp_path / "infra" / "a,b: c.yaml"), "line": 7, "column": 3}
    command, properties, message = only(report(origin), tmp_path)
    assert command == "error"
    assert properties["file"] == "infra/a,b: c.yaml"
    assert (properties["line"], properties["col"]) == ("7", "3")
    assert properties["title"].startswith("root-mfa: ")
    assert message


@pytest.mark.parametrize(
    ("file", "shown"), [("site.yaml", "infra/site.yaml"), ("../site.yaml", "site.yaml")]
)
def test_a_relative_file_is_of_the_working_folder(file, shown, tmp_path, monkeypatch):
    (tmp_path / "infra").mkdir()
    monkeypatch.chdir(tmp_path / "infra")
    _, properties, _ = only(report({"file": file, "line": 1}), tmp_path)
    assert properties["file"] == shown


@pytest.mark.parametrize(
    "origin",
    [None, {"operation": "s3:x"}, {"file": "/elsewhere/a.yaml"}, {"file": "../" * 20 + "a.yaml"}],
)
def test_what_is_of_no_file_of_the_repository_has_no_line(origin, tmp_path):
    _, properties, _ = only(report(origin), tmp_path)
    assert set(properties) == {"title"}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_name_is_a_command_and_the_number_of_annotations_is_bounded(language):
    values = samples.hostile_assessment(400).to_json()
    lines = list(workflow_commands(values, language, Path.cwd()))
    assert [parsed(line)[0] for line in lines] == ["error"] * 10 + ["warning"] * 10
    for line in lines:
        assert all(char.isprintable() or char == "\u3000" for char in line)
        assert set(parsed(line)[1]) <= {"file", "line", "col", "title"}
        assert "##[" not in line
    failed = sum(f["outcome"] == "fail" and not f["waived"] for f in values["findings"])
    assert str(failed - 9) in lines[9]


def test_ten_are_shown_without_a_word_on_further_ones():
    lines = list(workflow_commands(report(*[None] * 10), "en", Path.cwd()))
    assert len(lines) == 10
    assert not any("further" in line for line in lines)


def test_waived_failures_are_in_the_summary_alone():
    values = report(None)
    values["findings"][0] |= {"waived": True}
    assert list(workflow_commands(values, "en", Path.cwd())) == []
    rows = [
        line for line in step_summary(values, "en").decode().splitlines() if "| waived |" in line
    ]
    assert len(rows) == 1


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_summary_is_short_whatever_there_is(language):
    values = samples.hostile_assessment(5000).to_json()
    summary = step_summary(values, language).decode()
    assert len(summary) < 100_000
    assert len([line for line in summary.splitlines() if line.startswith("| ")]) == 51
    assert str(625 + 1250 + 625 - 50) in summary


def test_the_summary_of_nothing_to_say():
    values = samples.hostile_assessment(0).to_json()
    assert "| " not in step_summary(values, "en").decode()


def test_nothing_is_written_outside_of_github(tmp_path):
    environment = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    assert announce(report(None), "en", environment) == []
    assert not (tmp_path / "summary.md").exists()


def test_the_summary_is_added_to_that_of_other_steps(tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    environment = ON_GITHUB | {
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_WORKSPACE": str(tmp_path),
    }
    assert len(announce(report(None), "en", environment)) == 1
    lines = summary.read_text("utf-8").splitlines()
    assert lines[0] == "before"
    assert lines[1].startswith("## ")


def test_without_a_file_for_the_summary_there_are_annotations_still():
    assert len(announce(report(None), "en", ON_GITHUB)) == 1


def test_a_summary_that_cannot_be_written_is_said(tmp_path):
    environment = ON_GITHUB | {"GITHUB_STEP_SUMMARY": str(tmp_path / "none" / "summary.md")}
    with pytest.raises(InputError, match="GITHUB_STEP_SUMMARY: cannot be written"):
        announce(report(None), "en", environment)
