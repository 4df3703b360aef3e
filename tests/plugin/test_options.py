"""The options, one by one; and that each mistake is told in one message with exit code 4."""

from __future__ import annotations

import pytest

from plugin.project import MAIN, ROOT

pytest_plugins = ["pytester"]


def refused(result, *lines):
    """The run was refused before anything was collected, with just these lines."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(lines)
    result.stderr.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    result.stdout.no_fnmatch_line("collected *")


def line_of(result, start):
    (line,) = [line for line in result.outlines if line.startswith(start)]
    return line


@pytest.mark.parametrize(
    "chosen",
    [
        ("--cloudpack-control=root-mfa,rds-backup",),
        ("--cloudpack-control", "root-mfa", "--cloudpack-control", "rds-backup"),
        ("--cloudpack-control=rds-backup", "--cloudpack-clause=5.3.2"),
        ("--cloudpack-clause=3.1,5.3.2",),
    ],
)
def test_control_and_clause(project, chosen):
    result = project.run("--collect-only", "-q", *chosen, controls=None)
    found = {line.split("::")[1] for line in result.outlines if "::" in line}
    assert {"root-mfa", "rds-backup"} <= found


def test_a_clause_takes_those_below_it(project):
    result = project.run("--collect-only", "-q", "--cloudpack-clause", "5.3", controls=None)
    assert f"cloudpack-baseline.toml::root-mfa::{MAIN}" in result.outlines


def test_mistaken_names_are_told_at_once_with_the_nearest(project):
    result = project.run("--cloudpack-clause", "5.9.9", controls="root-mffa,rds")
    refused(
        result,
        "*there is no control 'root-mffa'; did you mean root-mfa*",
        "*there is no control 'rds'*",
        "*there is no clause '5.9.9'*",
    )


@pytest.mark.parametrize("nothing", ["--cloudpack-control=", "--cloudpack-clause=4.3.1"])
def test_a_selection_of_nothing(project, nothing):
    refused(project.run(nothing, controls=None), "*no control judges *")


def test_file(project):
    held = (project.path / "cloudpack-baseline.toml").rename(project.path / "other.toml")
    result = project.run("--cloudpack-file", held.name, "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"other.toml::root-mfa::{MAIN} PASSED*"])


def test_file_as_ini_key_is_relative_to_the_ini_file(project):
    (project.path / "infra").mkdir()
    held = (project.path / "cloudpack-baseline.toml").rename(project.path / "infra" / "b.toml")
    project.ini("cloudpack_file = 'infra/b.toml'\ncloudpack_source = 'snapshot:recorded.json'")
    (project.path / "below").mkdir()
    project.pytester.chdir()
    result = project.run("below", source=None)
    result.assert_outcomes(passed=1)
    assert held.exists()


def test_file_that_is_not_there(project):
    refused(project.run("--cloudpack-file", "nowhere.toml"), "*nowhere.toml*there is no such file*")


def test_as_of_a_date_is_its_start_in_utc(project):
    result = project.run("--cloudpack-as-of", "2026-10-31")
    assert "; as of 2026-10-31T00:00:00Z; " in line_of(result, "cloudpack-baseline: source")


def test_as_of_an_instant(project):
    project.run("--cloudpack-as-of=2026-10-31T09:30:00+09:00", "--cloudpack-report=report.json")
    assert project.report()["as_of"] == "2026-10-31T00:30:00Z"


def test_as_of_is_the_gathering_by_default(project):
    project.run("--cloudpack-report=report.json")
    assert project.report()["as_of"] == "2026-11-01T12:00:00Z"


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "2026-10-31T09:30:00"])
def test_as_of_wrongly(project, value):
    refused(project.run("--cloudpack-as-of", value), f"*--cloudpack-as-of: *{value}*")


def test_lang(project):
    project.recorded({MAIN: False})
    result = project.run("--cloudpack-lang", "ja")
    result.stdout.fnmatch_lines(
        [
            "cloudpack-baseline: 取得元: snapshot:recorded.json、*",
            f"  不適合  {ROOT}",
            "コントロール * 不適合 *",
        ]
    )


def test_lang_as_ini_key_and_the_option_before_it(project):
    project.ini("cloudpack_lang = 'ja'")
    assert "取得元" in line_of(project.run(), "cloudpack-baseline: ")
    result = project.run("--cloudpack-lang=en")
    assert "source snapshot" in line_of(result, "cloudpack-baseline: ")


def test_lang_of_the_environment_after_option_and_ini_key(project, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    project.run().stdout.fnmatch_lines(["*取得元*"])
    project.run("--cloudpack-lang=en").stdout.no_fnmatch_line("*取得元*")
    project.ini("cloudpack_lang = 'en'")
    project.run().stdout.no_fnmatch_line("*取得元*")


def test_lang_wrongly(project):
    refused(project.run("--cloudpack-lang=fr"), "*--cloudpack-lang: expected ja or en, got 'fr'*")


def test_source_as_ini_key_is_relative_to_the_ini_file(project):
    project.ini("cloudpack_source = 'snapshot:recorded.json'")
    (project.path / "below").mkdir()
    project.run("below", source=None).assert_outcomes(passed=1)


@pytest.mark.parametrize("source", ["gcp", "moto:nowhere", "snapshot:"])
def test_source_wrongly(project, source):
    refused(project.run(source=source), "*" + source.partition(":")[0] + "*")


def test_record_writes_what_was_gathered(project):
    project.run("--cloudpack-record=again.json").assert_outcomes(passed=1)
    again = (project.path / "again.json").read_bytes()
    assert again == (project.path / "recorded.json").read_bytes()


@pytest.mark.parametrize("option", ["--cloudpack-record", "--cloudpack-report"])
def test_a_file_that_cannot_be_written_is_told_before_the_run(project, option):
    refused(project.run(f"{option}=nowhere/file.json"), f"*{option}*folder does not exist*")
    refused(project.run(f"{option}=."), f"*{option}*name a file*")


def test_mistakes_in_options_and_baseline_are_told_together(project):
    project.baseline("regionz = []\n")
    refused(
        project.run("--cloudpack-lang=fr", controls="nope"),
        "*there is no control 'nope'*",
        "*--cloudpack-lang*",
        "*cloudpack-baseline.toml:*: regionz: there is no key 'regionz'; did you mean regions*",
    )


def test_the_options_are_in_the_help(project):
    result = project.pytester.runpytest("--help")
    result.stdout.fnmatch_lines(["judge AWS accounts *:", "*--cloudpack-baseline*"])
    for name in ("source", "lang", "file"):
        assert any(line.strip().startswith(f"cloudpack_{name} ") for line in result.outlines)


def test_help_does_not_need_a_baseline(project):
    (project.path / "cloudpack-baseline.toml").unlink()
    assert project.run("--help").ret == pytest.ExitCode.OK
