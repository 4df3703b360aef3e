"""What `docs/check.py` says of code blocks, commands and their output."""

from __future__ import annotations

import block_checks
import pytest
from blocks import ROOT, Block, blocks
from sessions import ELSEWHERE, RUN, Session, run_session
from shell_commands import command_faults, command_lines, simple_commands


@pytest.mark.parametrize(
    "command",
    [
        "cloudpack-baseline report a.json.gz -o report.html",
        "pytest --cloudpack-baseline --cloudpack-control root-mfa -q",
        "aws iam create-policy --policy-name P --policy-document X --query Policy.Arn",
        "aws s3 sync s3://bucket folder",
        "nox -s changelog -- 0.2.0",
        "terraform show -json plan.bin > plan.json",
        ".venv/bin/pip install 'cloudpack-baseline[moto]'",
        "find evidence -print0 | xargs -0 cloudpack-baseline report -o audit.html",
        "while read -r n; do arn=$(aws iam list-roles --output text); done < file",
    ],
)
def test_commands_that_exist(command):
    assert list(command_faults(command)) == []


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("cloudpack-baseline controls --nope", "unrecognized arguments: --nope"),
        ("pytest --cloudpack-nope", "no such option: --cloudpack-nope"),
        ("aws iam create-polices", "no such operation: iam create-polices"),
        ("aws iamm list-roles", "no such service: iamm"),
        ("aws iam list-roles --nope x", "has no option --nope"),
        ("nox -s nope", "no such session: nope"),
        ("terraform destroy", "terraform has no such command"),
        ("python nope.py", "no such file: nope.py"),
        ("frobnicate --all", "no way to check the command frobnicate"),
        ("true && frobnicate", "no way to check the command true"),
        ("x=$(frobnicate)", "no way to check the command frobnicate"),
    ],
)
def test_commands_that_do_not(command, fault):
    faults = list(command_faults(command))
    assert faults
    assert fault in faults[0]


def test_a_script_in_its_simple_commands():
    script = "a=1 one two > file | three \\\n  four; five && six"
    assert list(simple_commands(script)) == [["one", "two"], ["three", "four"], ["five"], ["six"]]


def test_commands_of_a_session_with_their_output():
    session = "$ one \\\n    two\nprinted\n\n$ three\n"
    assert list(command_lines(session)) == [("one two", ["printed", ""]), ("three", [])]


def test_blocks_in_lists_and_of_any_language(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("1. One\n\n   ```sh\n   ls\n   ```\n\n```text\n  kept\n```\n", encoding="utf-8")
    found = [(block.line, block.kind, block.text) for block in blocks(page)]
    assert found == [(3, "sh", "ls\n"), (7, "text", "  kept\n")]


@pytest.fixture
def report(monkeypatch):
    """The faults of one block, where nothing is run."""

    def of(kind, text):
        block = Block(ROOT / "README.md", 1, kind, text)
        monkeypatch.setattr(block_checks, "all_blocks", lambda: [block])
        monkeypatch.setattr(block_checks, "RUN", ())
        return block_checks.block_report()

    return of


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("ruby", "puts 1\n", "no way to check a block of ruby"),
        ("", "what\n", "no way to check a block of no language"),
        ("text", "printed\n", "nothing runs it"),
        ("console", "$ nox -s docs\nprinted\n", "nothing runs it"),
        ("console", "$ cloudpack-baseline validate\n", "nothing runs it"),
        ("console", "nox -s docs\n", "does not begin with a command"),
        ("toml", "nope = 1\n", "there is no key 'nope'"),
        ("yaml", "a: [\n", "while parsing"),
        ("json", "{,}\n", "Expecting property name"),
        ("ini", "nope\n", "no section headers"),
        ("python", "def (\n", "invalid syntax"),
        ("python", "from cloudpack_baseline import nope\n", "cannot import name 'nope'"),
    ],
)
def test_a_block_that_is_wrong(report, kind, text, fault):
    faults, _ = report(kind, text)
    assert len(faults) == 1
    assert faults[0].startswith("README.md:1: ")
    assert fault in faults[0]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("console", "$ nox -s docs\n"),
        ("yaml", "Key: !Sub ${AWS::Region}\nOther: !reference [a, b]\nThird: !Join {a: 1}\n"),
        ("json", "{}\n"),
        ("ini", "[pytest]\nx = 1\n"),
        ("toml", "[tool.x]\ny = 1\n"),
        ("python", "    return 1\n"),
        ("sh", "cd folder\n"),
    ],
)
def test_a_block_that_is_right(report, kind, text):
    assert report(kind, text) == ([], f"1 {kind} parsed")


def test_a_session_compares_what_is_printed(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    good = "```console\n$ cloudpack-baseline controls --control root-mfa\nCONTROL...\n...\n```\n"
    bad = good.replace("CONTROL...", "SOMETHING")
    usage = "```console\n$ cloudpack-baseline nope\n```\n"
    page.write_text(good + bad + usage, encoding="utf-8")
    monkeypatch.setattr(Session, "pages", property(lambda _: [page]))
    faults = [fault for _, fault in run_session(Session(page="page.md", example="plan"))]
    assert faults[0] == ""
    assert "prints 'CONTROL" in faults[1]
    assert "exit code 2" in faults[2]


def test_a_block_counts_as_run_where_a_command_of_it_was(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    network = "```console\n$ pip install one\n$ aws sts get-caller-identity\n```\n"
    mixed = "```console\n$ pip install one\n$ cloudpack-baseline nope\n```\n"
    page.write_text(network + mixed, encoding="utf-8")
    monkeypatch.setattr(Session, "pages", property(lambda _: [page]))
    ran = list(run_session(Session(page="page.md", example="plan")))
    assert [block.line for block, _ in ran] == [5]
    assert "pip" not in ran[0][1]


@pytest.mark.parametrize(
    ("text", "how"),
    [("$ pip install one\n", "parsed"), ("$ pytest --cloudpack-baseline\n", "run")],
)
def test_a_test_of_a_page_runs_what_needs_no_network(monkeypatch, text, how):
    block = Block(ROOT / "docs/ja/tutorial.md", 1, "console", text)
    monkeypatch.setattr(block_checks, "all_blocks", lambda: [block])
    monkeypatch.setattr(block_checks, "RUN", ())
    assert block_checks.block_report() == ([], f"1 console {how}")


def test_every_session_and_every_test_that_is_named_exists():
    assert all(list(session.pages) for session in RUN)
    for name, test in ELSEWHERE.items():
        assert name.rpartition("/")[2] in (ROOT / test).read_text(encoding="utf-8")
