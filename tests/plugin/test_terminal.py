"""What is printed beside the items."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline._pytest.item_outcome import LABELS
from cloudpack_baseline._pytest.screen import SummaryBlock, SummaryLine, fitted
from cloudpack_baseline._pytest.summary import NOTES
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.reports.columns import width
from cloudpack_baseline.sources.cloudformation.transport import ASSUMED
from cloudpack_baseline.sources.fidelity import GAPS
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import records
from cloudpack_baseline.texts import catalogue
from cloudpack_baseline.whitepaper import controls
from plugin.project import BASELINE, MAIN, OTHER, ROOT, WAIVER, snapshot
from processes import run_python

pytest_plugins = ["pytester"]


def section(result):
    """The lines of our section of the summary."""
    text = result.stdout.str()
    _, found, rest = text.partition("= cloudpack-baseline =")
    return rest.partition("\n=")[0].splitlines()[1:] if found else []


def test_the_header(project):
    line = (
        "cloudpack-baseline: source snapshot:recorded.json; baseline cloudpack-baseline.toml; "
        "as of the gathering; controls root-mfa"
    )
    assert line in project.run().outlines


def test_the_header_names_no_controls_where_all_are_judged(project):
    result = project.run("--collect-only", "-n2", controls=None)
    (line,) = [outline for outline in result.outlines if outline.startswith("cloudpack-baseline: ")]
    assert line.endswith(f"; controls all ({len(controls())})")


def test_no_header_and_no_section_without_the_flag(project):
    project.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    result = project.pytester.runpytest()
    result.stdout.no_fnmatch_line("cloudpack-baseline:*")
    assert section(result) == []


def test_a_password_in_a_url_is_not_shown(project):
    result = project.run("--collect-only", source="moto:http://user:geheim@127.0.0.1:5000")
    result.stdout.fnmatch_lines(["cloudpack-baseline: source moto:http://127.0.0.1:5000; *"])
    result.stdout.no_fnmatch_line("*geheim*")


def test_the_header_names_what_redirects_calls_to_aws(project, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://user:geheim@127.0.0.1:4566")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000")
    monkeypatch.setenv("AWS_PROFILE", "audit")
    lines = project.run("--collect-only", source="aws").outlines
    assert [line for line in lines if line.startswith("cloudpack-baseline: AWS")] == [
        "cloudpack-baseline: AWS_ENDPOINT_URL=http://127.0.0.1:4566",
        "cloudpack-baseline: AWS_ENDPOINT_URL_S3=http://127.0.0.1:9000",
        "cloudpack-baseline: AWS_PROFILE=audit",
    ]
    assert not any("AWS_PROFILE" in line for line in project.run("--collect-only").outlines)


def test_the_table_counts_findings(project):
    project.baseline(f'{BASELINE}\n[accounts.staging]\nid = "{OTHER}"\n')
    held = project.recorded({MAIN: True, OTHER: False})
    run = ("--cloudpack-as-of=2026-11-02",)
    assert section(project.run(*run, controls="rds-backup,root-mfa")) == [
        "1 of 2 controls had something to evaluate; findings: 1 FAIL, 1 pass, 2 not applicable",
        f"FAIL  root-mfa: arn:aws:iam::{OTHER}:root in staging",
        "control   FAIL  pass  title",
        "root-mfa     1     1  The root user has MFA",
        "1 control(s) had nothing to evaluate; -v lists them",
        "as of 2026-11-02T00:00:00Z, source snapshot:recorded.json, snapshot " + held.digest,
    ]


def test_the_columns_stand_under_each_other_in_japanese(project):
    head, row = section(project.run("--cloudpack-lang=ja"))[1:3]
    assert head.startswith("コントロール")
    title = head.index("内容"), row.index("ルートユーザー")
    assert width(head[: title[0]]) == width(row[: title[1]])


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_the_table_is_of_all_controls_with_v(project, workers):
    lines = section(project.run("-v", *workers, controls="rds-backup,root-mfa"))
    assert lines[1:4] == [
        "control     pass  n/a  title",
        "root-mfa       1    0  The root user has MFA",
        "rds-backup     0    1  Databases are backed up daily and can be restored to a p…",
    ]


def test_colours(project):
    project.baseline(f'{BASELINE}\n[accounts.staging]\nid = "{OTHER}"\n')
    project.recorded({MAIN: True, OTHER: False})
    red, green, end = "\x1b[31m", "\x1b[32m", "\x1b[0m"
    text = project.run("--color=yes").stdout.str()
    assert f"{red}FAIL  root-mfa: arn:aws:iam::{OTHER}:root in staging{end}" in text
    assert f"{red}root-mfa     1" in text
    project.recorded({MAIN: True, OTHER: True})
    assert (
        f"{green}root-mfa     2  The root user has MFA{end}"
        in project.run("--color=yes").stdout.str()
    )
    assert "\x1b[" not in project.run("--color=no").stdout.str()


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_findings_are_coloured_in_this_process_and_never_in_files(project, workers):
    project.recorded({MAIN: False})
    text = project.run("--color=yes", "--junit-xml=junit.xml", *workers).stdout.str()
    line = f"  FAIL  arn:aws:iam::{MAIN}:root"
    assert line in text
    assert (f"\x1b[31m{line}\x1b[0m" in text) is (not workers)
    assert "\x1b" not in (project.path / "junit.xml").read_text(encoding="utf-8")


def test_no_color_wins(project, monkeypatch):
    monkeypatch.delenv("PY_COLORS")  # pytester's own
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in project.run().stdout.str()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in project.run().stdout.str()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_titles_stand_beside_ids_as_far_as_the_columns_reach(project, language):
    project.recorded({MAIN: True})
    lines = section(project.run("-v", f"--cloudpack-lang={language}", controls=None))
    heads = {"en": "title", "ja": "内容"}
    (start,) = (place for place, line in enumerate(lines) if line.endswith(heads[language]))
    titles = {control.id: control.title[language] for control in controls().values()}
    table = lines[start + 1 : start + 1 + len(titles)]
    assert {row.split()[0] for row in table} == set(titles)
    for row in table:
        assert width(row) <= 80
        beginning = row.rpartition("  ")[2].removesuffix("…")
        assert len(beginning) > 5
        assert titles[row.split()[0]].startswith(beginning)


def test_many_failures_of_an_item_are_cut(project):
    gathering = project.recorded({MAIN: True})
    extra = [
        DBInstance(
            arn=f"arn:aws:rds:ap-northeast-1:{MAIN}:db:d{number}",
            account=MAIN,
            region="ap-northeast-1",
            name=f"d{number}",
            engine="mysql",
            status="available",
            backup_retention_period=0,
        )
        for number in range(LABELS + 2)
    ]
    full = evolve(gathering, records=(*gathering.records, *extra))
    write_snapshot(full, project.path / "recorded.json")
    lines = section(project.run(controls="rds-backup"))
    start = lines.index(f"FAIL  rds-backup: arn:aws:rds:ap-northeast-1:{MAIN}:db:d0")
    assert [line.startswith("FAIL  ") for line in lines[start : start + LABELS]] == [True] * LABELS
    assert lines[start + LABELS] == "      and 2 more"


@pytest.mark.parametrize("arguments", [("-q",), ("-n2",), ("-v",)])
def test_the_section_stands_once(project, arguments):
    assert project.run(*arguments).stdout.str().count("= cloudpack-baseline =") == 1


def test_no_section_where_no_item_ran(project):
    project.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    assert section(project.run("-k", "test_own")) == []


@pytest.mark.parametrize(
    ("moment", "note"),
    [
        ("2027-02-28", None),
        ("2027-03-01", "expires on"),
        ("2027-03-31", "expires on"),
        ("2027-04-01", None),
    ],
)
def test_waivers_that_end(project, moment, note):
    project.baseline(BASELINE + WAIVER)
    lines = section(project.run(f"--cloudpack-as-of={moment}"))
    found = [line for line in lines if line.startswith("note: ")]
    assert len(found) == (note is not None)
    waived = f"note: the waiver of root-mfa for {ROOT} (approved by ops@example.jp) {note}"
    assert all(line.startswith(waived) for line in found)


def test_waivers_of_controls_that_did_not_run_are_not_told(project):
    project.baseline(BASELINE + WAIVER.replace("root-mfa", "rds-backup"))
    assert not any(
        "waiver" in line for line in section(project.run("--cloudpack-as-of=2027-04-01"))
    )


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_notes_of_findings(project, workers):
    project.recorded({MAIN: False})
    project.baseline(BASELINE + WAIVER)
    lines = section(project.run("--cloudpack-as-of=2026-09-01", *workers))
    note = "the waiver approved by ops@example.jp takes effect on 2026-10-01"
    assert f"note: {ROOT}: {note}" in lines


def test_named_regions_that_the_snapshot_lacks(project):
    project.recorded({MAIN: True})
    project.baseline(BASELINE.replace('["ap', '["eu-west-1", "ap'))
    (line,) = [line for line in section(project.run()) if "record it again" in line]
    assert line.startswith(f"note: account {MAIN}: the baseline names Regions that the snapshot")
    assert "evaluated: eu-west-1;" in line
    for regions in ('["ap-northeast-1"]', '["*"]'):
        project.baseline(BASELINE.replace('["ap-northeast-1"]', regions))
        assert not any("record it again" in line for line in section(project.run()))


def test_regions_that_are_off_and_what_was_assumed(project):
    scope = AccountScope(id=MAIN, regions=("ap-northeast-1",), regions_off=("ap-east-1",))
    assumed = ("of-another-version", "vpc-block-public-access-off")
    changed_snapshot = evolve(snapshot({MAIN: True}), accounts=(scope,), assumptions=assumed)
    write_snapshot(changed_snapshot, project.path / "recorded.json")
    lines = section(project.run())
    assert f"note: account {MAIN}: Regions that are not enabled were not read: ap-east-1" in lines
    assert [line for line in lines if "default" in line] == [
        (
            "note: 2 setting(s) cannot be read from this source; the default of a new AWS "
            "account was "
            "assumed for each (-v lists them)"
        )
    ]
    lines = [line for line in section(project.run("-v")) if "default was assumed" in line]
    assert [line.rpartition(": ")[2] for line in lines] == [
        "of-another-version",
        "VPC Block Public Access is turned off",
    ]


def test_every_assumption_has_words():
    ids = {gap.assumption for gap in GAPS.values() if hasattr(gap, "assumption")}
    ids |= {one.assumption for one in ASSUMED.values()}
    of_plans = {"bucket-and-objects"}
    assert ids | of_plans == set(catalogue("assumptions"))


def test_many_notes_are_cut(project):
    project.recorded({MAIN: False})
    waiver = WAIVER.replace("2026-10-01", "2026-12-01").replace("ops@", "ops{}@")
    project.baseline(BASELINE + "".join(waiver.format(number) for number in range(25)))
    lines = [line for line in section(project.run("-v")) if line.startswith("note: ")]
    assert len(lines) == NOTES + 1
    assert lines[-1].startswith("note: 5 more note(s); ")


@pytest.mark.parametrize("arguments", [("-W", "error"), ("-p", "no:terminal"), ("-s",), ("-vv",)])
def test_other_ways_to_run(project, arguments):
    assert project.run(*arguments).ret == pytest.ExitCode.OK


# -- one screen


def rows(lines):
    """The rows of a screen of 80 columns that the lines take."""
    return sum(max(1, -(-width(line) // 80)) for line in lines)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_summary_of_2000_failures_fits_one_screen(project, language):
    buckets = [records.bucket(f"bucket-{number:04}") for number in range(1000)]
    groups = [
        records.security_group(f"sg-{number}", [records.tcp(22, "0.0.0.0/0")])
        for number in range(1000)
    ]
    write_snapshot(records.snapshot(*buckets, *groups), project.path / "recorded.json")
    project.baseline()
    result = project.run(f"--cloudpack-lang={language}", controls=None)
    lines = section(result)
    # The head of the section, pytest's totals and the prompt of the shell stand around them.
    assert rows(lines) + 3 <= 24
    assert result.outlines.index(lines[-1]) == len(result.outlines) - 2
    more = "-v ですべて表示" if language == "ja" else "more lines; -v shows all"
    assert any(more in line for line in lines)


def test_the_summary_of_many_failures_is_whole_with_v(project):
    buckets = [records.bucket(f"bucket-{number:04}") for number in range(100)]
    write_snapshot(records.snapshot(*buckets), project.path / "recorded.json")
    project.baseline()
    lines = section(project.run("-v", controls=None))
    assert len(lines) > 80
    assert not any("-v " in line for line in lines)


@pytest.fixture(scope="module")
def summarized(tmp_path_factory):
    """What the broken example prints of every control, in a language; gathered once."""
    folder = tmp_path_factory.mktemp("example") / "copy"
    example = Path(__file__).parents[2] / "examples" / "three-tier-broken"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("__pycache__"))
    baseline = folder / "cloudpack-baseline.toml"
    text = baseline.read_text(encoding="utf-8")
    assert 'since = "0.1"\n' in text
    baseline.write_text(text.replace('since = "0.1"\n', ""), encoding="utf-8")

    def run(*arguments):
        command = ("-m", "pytest", "-p", "no:cacheprovider", "--cloudpack-baseline", *arguments)
        options = {"cwd": folder, "check": False, "env": {**os.environ, "COLUMNS": "80"}}
        return run_python(*command, **options).stdout

    run("--cloudpack-record=account.json")
    return lambda language: run(
        "--cloudpack-source=snapshot:account.json", f"--cloudpack-lang={language}"
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_summary_of_the_example_with_every_control_fits_40_lines(summarized, language):
    printed = summarized(language)
    lines = printed.partition("= cloudpack-baseline =")[2].splitlines()[1:-1]
    assert rows(lines) <= 40
    assert any(str(len(controls())) in line for line in lines[:1])
    outcomes = [line.split()[0] for line in lines if line.split("  ")[0] in ("FAIL", "不適合")]
    assert len(outcomes) >= 5


def test_the_summary_stands_after_the_failures(project):
    project.recorded({MAIN: False})
    text = project.run().stdout.str()
    assert text.index("short test summary info") < text.index("= cloudpack-baseline =")


LINES = st.lists(st.sampled_from(["a", "b" * 80, "c" * 81, "私" * 41]), max_size=40)


@given(st.lists(st.tuples(LINES, st.integers(0, 6)), min_size=1, max_size=4), st.integers(30, 60))
def test_blocks_are_cut_to_the_rows_and_say_how_much_is_left_out(made, screen):
    blocks = [
        SummaryBlock(
            lines=[SummaryLine(line) for line in lines],
            left_out=lambda number: SummaryLine(f"{number} left out"),
            least=max(1, least),
        )
        for lines, least in made
    ]
    shown = [line.words for line in fitted(blocks, 80, screen)]
    assert rows(shown) <= screen
    left_out = sum(int(line.split()[0]) for line in shown if line.endswith("left out"))
    assert len([line for line in shown if not line.endswith("left out")]) + left_out == sum(
        len(lines) for lines, _ in made
    )
    if sum(rows(lines) for lines, _ in made) <= screen:
        assert shown == [line for lines, _ in made for line in lines]


def test_a_block_that_is_never_cut_is_shown_in_full():
    block = SummaryBlock(lines=[SummaryLine("a")] * 5)
    assert len(fitted([block], 80, 2)) == 5
