"""Completion of commands, asked as each shell asks, and by a real bash."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from cloudpack_baseline._cli._candidates import candidates
from cloudpack_baseline.cli import main, parser
from cloudpack_baseline.whitepaper import clauses, controls
from processes import run_program, time_limit

BIN = Path(sys.executable).parent
SHELLS = ("bash", "zsh", "fish")
COMMANDS = parser()._subparsers._group_actions[0].choices


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with files to complete."""
    (tmp_path / "evidence").mkdir()
    for name in ("run.json", "run two.json", ".hidden", "evidence/a.json.gz"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words(*before):
    """The texts of the candidates behind the words; the last one is incomplete."""
    return [candidate.text for candidate in candidates(parser(), before, "en")]


class TestCandidates:
    def test_commands(self):
        assert words("") == list(COMMANDS)
        assert words("re") == ["record", "report", "register", "repeat"]

    def test_each_has_a_description(self):
        assert all(candidate.description for candidate in candidates(parser(), [""], "en"))

    def test_subjects(self):
        assert words("explain", "") == ["s3", "flow"]
        assert "--lang" in words("explain", "flow", "a", "b", "443", "-")

    @pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"explain"}))
    def test_the_options_of_every_command(self, command):
        options = [
            name for name in COMMANDS[command]._option_string_actions if name.startswith("--")
        ]
        assert set(words(command, "--")) == set(options) - {"--line", "--replaced", "--words"}

    def test_an_option_that_was_given_is_not_offered_again_unless_it_repeats(self):
        assert "--split" not in words("policy", "--split", "--")
        assert "--lang" not in words("controls", "--lang=ja", "--")
        assert "--control" in words("policy", "--control", "root-mfa", "--")

    def test_choices(self):
        assert words("controls", "--lang", "") == ["ja", "en"]
        assert words("controls", "--lang=j") == ["--lang=ja"]
        assert words("completion", "") == list(SHELLS)

    def test_controls_and_clauses(self):
        assert words("policy", "--control", "") == list(controls())
        assert words("policy", "--control", "rds-b") == ["rds-backup"]
        assert words("policy", "--clause", "5.3.") == [n for n in clauses() if n.startswith("5.3.")]

    def test_a_list(self):
        assert words("policy", "--control", "rds-backup,root-m") == ["rds-backup,root-mfa"]
        assert "rds-backup,rds-backup" not in words("policy", "--control", "rds-backup,")

    def test_titles_are_in_the_language(self):
        (candidate,) = candidates(parser(), ["policy", "--control", "root-mfa"], "ja")
        assert candidate.description == "ルートユーザーに MFA が設定されている"

    def test_sources(self):
        assert words("record", "--source", "m") == ["moto", "moto:"]
        assert words("record", "--source", "moto:h") == []
        assert words("record", "--source", "snapshot:r") == [
            "snapshot:run two.json",
            "snapshot:run.json",
        ]

    def test_files(self):
        assert words("report", "") == ["evidence/", "run two.json", "run.json"]
        assert words("report", "evidence/") == ["evidence/a.json.gz"]
        assert words("report", ".") == [".hidden"]
        assert words("report", "nowhere/") == []
        assert words("report", "a.json", "b.json", "-o", "ru") == ["run two.json", "run.json"]

    def test_files_of_the_home_folder(self, folder, monkeypatch):
        monkeypatch.setenv("HOME", str(folder))
        assert words("report", "~/ev") == ["~/evidence/"]

    def test_nothing_where_only_the_user_knows(self):
        assert words("record", "--profile", "") == []
        assert words("explain", "s3", "") == []

    def test_behind_what_is_wrong(self):
        assert words("bogus", "--x", "") == list(COMMANDS)
        assert words("policy", "--bogus", "") == []


class TestAnswers:
    def answer(self, capsys, shell, *arguments):
        assert main(["completion", shell, *arguments]) == 0
        return capsys.readouterr().out.splitlines()

    @pytest.mark.parametrize(
        ("line", "replaced", "expected"),
        [
            ("cloudpack-baseline val", "val", ["validate "]),
            ("cloudpack-baseline report run", "run", [r"run\ two.json ", "run.json "]),
            ("cloudpack-baseline report run\\ t", r"run\ t", [r"run\ two.json "]),
            ("cloudpack-baseline report 'run t", "run t", ["run two.json"]),
            (
                'cloudpack-baseline record --source "snapshot:run t',
                "snapshot:run t",
                ["snapshot:run two.json"],
            ),
            ("cloudpack-baseline report evi", "evi", ["evidence/"]),
            ("cloudpack-baseline record --source snapshot:ev", "ev", ["evidence/"]),
            (
                "cloudpack-baseline record --source snapshot:",
                "",
                ["evidence/", r"run\ two.json ", "run.json "],
            ),
            ("cloudpack-baseline controls --lang=j", "j", ["ja "]),
            ("cloudpack-baseline controls --lang=j", "--lang=j", ["--lang=ja "]),
            ('cloudpack-baseline "$(', "$(", []),
        ],
    )
    def test_bash(self, capsys, line, replaced, expected):
        answer = self.answer(capsys, "bash", "--line", line, f"--replaced={replaced}")
        assert answer == expected

    def test_zsh(self, capsys):
        assert self.answer(capsys, "zsh", "--words", "cloudpack-baseline", "val") == [
            "full\tvalidate\tvalidate  -- validate a baseline file"
        ]
        assert self.answer(capsys, "zsh", "--words", "cloudpack-baseline", "report", "ev") == [
            "open\tevidence/\tevidence/"
        ]

    def test_fish(self, capsys):
        assert self.answer(capsys, "fish", "--words", "cloudpack-baseline", "val") == [
            "validate\tvalidate a baseline file"
        ]

    @pytest.mark.parametrize("shell", ["zsh", "fish"])
    def test_a_name_that_acts_on_the_terminal_is_left_out(self, capsys, folder, shell):
        (folder / "e\n\x1b[2J").touch()
        (answer,) = self.answer(capsys, shell, "--words", "cloudpack-baseline", "report", "e")
        assert "evidence/" in answer

    def test_no_name_is_run(self, capsys, folder):
        (folder / "e$(touch pwned)").touch()
        answer = self.answer(
            capsys, "bash", "--line", "cloudpack-baseline report e$", "--replaced=e$"
        )
        assert answer == [r"e\$\(touch\ pwned\) "]


def script(shell):
    return run_program(str(BIN / "cloudpack-baseline"), "completion", shell).stdout


def in_path():
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb"}


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, *command):
        self._process, self._fd = pty.fork()
        if self._process == 0:  # pragma: no cover - another process
            os.execvpe(command[0], command, in_path())  # noqa: S606 - a shell is what is tested
        self._read = b""

    def type(self, keys):
        os.write(self._fd, keys.encode())

    def wait_for(self, pattern):
        """Read until the pattern is shown; what was shown since the last time."""
        end = time.monotonic() + time_limit()
        while (match := re.search(pattern.encode(), self._read)) is None:
            assert time.monotonic() < end, self._read
            if select.select([self._fd], [], [], 1)[0]:
                self._read += os.read(self._fd, 65536)
        self._read = self._read[match.end() :]
        return match[0].decode()

    def close(self):
        with suppress(OSError):
            os.close(self._fd)
        os.waitpid(self._process, 0)


@pytest.fixture
def bash():
    terminal = Terminal(shutil.which("bash") or "", "--norc", "--noprofile", "-i")
    terminal.type("PS1='# '; bind 'set enable-bracketed-paste off'\n")
    terminal.type('eval "$(cloudpack-baseline completion bash)"; echo rea""dy\n')
    terminal.wait_for("\nready")
    yield terminal
    terminal.close()


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
class TestBash:
    @pytest.mark.parametrize(
        ("typed", "completed"),
        [
            ("cloudpack-baseline valid", "cloudpack-baseline validate "),
            ("cloudpack-baseline policy --control rds-b", "rds-backup "),
            ("cloudpack-baseline policy --control root-mfa,rds-b", "root-mfa,rds-backup "),
            ("cloudpack-baseline record --source snapshot:ev", "snapshot:evidence/a.json.gz "),
            ("cloudpack-baseline report run\\ t", "run\\\\ two.json "),
            ("cloudpack-baseline report 'run t", "run two.json"),
            ('cloudpack-baseline record --source "snapshot:run t', "snapshot:run two.json"),
        ],
    )
    def test_tab(self, bash, typed, completed):
        bash.type(typed + "\t" * (2 if "evidence" in completed else 1))
        bash.wait_for(completed)
        bash.type("\x15exit\n")

    def test_the_list_of_commands(self, bash):
        bash.type("cloudpack-baseline re\t\t")
        for name in ("record", "register", "repeat", "report"):
            bash.wait_for(name)
        bash.type("\x15exit\n")


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
class TestZsh:
    def test_syntax(self, tmp_path):
        path = tmp_path / "_cloudpack-baseline"
        path.write_text(script("zsh"), encoding="utf-8")
        run_program("zsh", "-n", str(path))

    def test_tab(self):
        terminal = Terminal("zsh", "-f", "-i")
        terminal.type("PS1='# '; autoload -U compinit; compinit -u -D\n")
        terminal.type('eval "$(cloudpack-baseline completion zsh)"; echo rea""dy\n')
        terminal.wait_for("\nready")
        terminal.type("cloudpack-baseline policy --control root-mfa,rds-b\t")
        terminal.wait_for("rds-backup ")
        terminal.type("\x15exit\n")
        terminal.close()


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
class TestFish:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("cloudpack-baseline val", "validate\tvalidate a baseline file"),
            ("cloudpack-baseline controls --lang=j", "--lang=ja"),
            ("cloudpack-baseline record --source snapshot:ev", "snapshot:evidence/"),
        ],
    )
    def test_complete(self, tmp_path, line, expected):
        path = tmp_path / "cloudpack-baseline.fish"
        path.write_text(script("fish"), encoding="utf-8")
        command = f"source {path}; complete -C '{line}'"
        done = run_program("fish", "--no-config", "-c", command, env=in_path())
        assert done.stdout.splitlines() == [expected]
