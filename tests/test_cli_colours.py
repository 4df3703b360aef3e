"""Colours of the commands: decided as pytest decides them, and never in a pipe."""

from __future__ import annotations

import argparse
import io
import re

import pytest

from cloudpack_baseline._cli import colours
from cloudpack_baseline.cli import main
from cloudpack_baseline.reports.matrix import SIGNS
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import records

RED, GREEN, BOLD, END = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"


class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, is_terminal):
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self):
        return self._is_terminal


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("choice", "environment", "is_terminal", "is_coloured"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("yes", {"NO_COLOR": "1"}, False, True),
        ("no", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_when(monkeypatch, choice, environment, is_terminal, is_coloured):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    arguments = argparse.Namespace(color=choice)
    line = colours.styled("a", "red", arguments, Screen(is_terminal))
    assert line == (f"{RED}a{END}" if is_coloured else "a")


@pytest.mark.parametrize(
    ("line", "style"),
    [
        ("FAIL  root-mfa: a", RED),
        ("  不適合  root-mfa: a", RED),
        ("  UNKNOWN  a", RED),
        ("  pass  a", GREEN),
        ("  ! Policy:", RED),
        ("      + a", GREEN),
        ("  ? a", "\x1b[33m"),
        ("+ sha256:0", ""),
        ("  passes as declared", ""),
        ("    a - b", ""),
        ("", ""),
    ],
)
def test_marks(line, style):
    assert colours.marks(line) == (f"{style}{line}{END}" if style else line)


def test_cells_keep_their_columns():
    row = "web        -          = tcp/8080  ! all but tcp/22  .  x tcp/1"
    painted = colours.matrix_cells(row)
    assert re.sub(r"\x1b\[\d+m", "", painted) == row
    assert f"{GREEN}= tcp/8080{END}  {RED}! all but tcp/22{END}  .  {RED}x tcp/1{END}" in painted
    assert set(colours._SIGNS) >= set(SIGNS.values()) - {"."}


class TestCommands:
    @pytest.fixture(autouse=True)
    def _elsewhere(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

    def test_validate(self, tmp_path, capsys):
        (tmp_path / "a.toml").write_text("", encoding="utf-8")
        (tmp_path / "b.toml").write_text("a = 1\n", encoding="utf-8")
        main(["validate", "a.toml", "b.toml", "--color", "yes"])
        good, bad = capsys.readouterr().out.splitlines()
        assert good.startswith(f"{GREEN}a.toml: valid")
        assert bad.startswith(f"{RED}b.toml:1: a: ")
        main(["validate", "a.toml", "b.toml"])
        assert "\x1b" not in capsys.readouterr().out

    def test_explain(self, tmp_path, capsys):
        write_snapshot(records.snapshot(records.bucket("shop")), tmp_path / "a.json")
        main(["explain", "s3", "shop", "--source", "snapshot:a.json", "--color=yes"])
        head, *_, last = capsys.readouterr().out.splitlines()
        assert head.startswith(f"{BOLD}arn:aws:s3:::shop ")
        assert "\x1b" not in last or last.endswith(END)

    def test_tables(self, capsys):
        main(["controls", "--color=yes"])
        head, row, *_ = capsys.readouterr().out.splitlines()
        assert head.startswith(BOLD)
        assert "\x1b" not in row
        main(["clauses", "--clause", "2.2", "--color=yes"])
        head, *_ = capsys.readouterr().out.splitlines()
        assert head.startswith(f"{BOLD}2.2 ")

    def test_json_is_never_coloured(self, capsys):
        main(["controls", "--json", "--color=yes"])
        assert "\x1b" not in capsys.readouterr().out

    def test_errors(self, capsys):
        assert main(["record", "a.json", "--file", "nowhere.toml", "--color=yes"]) == 2
        assert capsys.readouterr().err.startswith(f"{RED}cloudpack-baseline: nowhere.toml")
        main(["record", "a.json", "--file", "nowhere.toml"])
        assert "\x1b" not in capsys.readouterr().err
