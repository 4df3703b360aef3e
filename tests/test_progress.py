"""The line of progress: what it says, and where it is shown."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading

import pytest

from cloudpack_baseline.progress import (
    GatheringProgress,
    JudgingProgress,
    ProgressLine,
    SlowCall,
)
from cloudpack_baseline.reports.columns import cut, width
from cloudpack_baseline.sources.calls import CallError
from cloudpack_baseline.sources.observed import Observed
from cloudpack_baseline.sources.operations import operation
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import mocked_account, records
from cloudpack_baseline.texts import text
from cloudpack_baseline.whitepaper import controls
from fakes import FakeTransport
from processes import run_program, time_limit
from support import ACCOUNT, REGION

# -- the counters


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self):
        return self.now


def test_the_state_of_a_gathering():
    clock = Clock()
    progress = GatheringProgress(clock)
    progress.expect(2)
    progress.begin(ACCOUNT, [("s3", ""), ("ec2", REGION), ("ec2", "us-east-1"), ("ec2", REGION)])
    clock.now = 1.5
    for _ in range(3):
        progress.end(ACCOUNT, "ec2")
    with progress.calling("s3:ListBuckets", "") as count:
        count()
        count()
        clock.now = 4.0
        state = progress.state()
    assert (state.accounts, state.services, state.regions) == ((0, 2), (1, 2), 2)
    assert (state.calls, state.seconds) == (2, 4.0)
    assert state.slow == SlowCall("s3:ListBuckets", "", 2.5)
    assert progress.state().slow is None
    progress.end(ACCOUNT, "s3")
    progress.end_account()
    assert progress.text().in_language("en") == (
        "reading: 1/2 accounts, 2/2 services, 2 Regions, 2 calls, 4 s"
    )


def test_a_call_is_slow_after_two_seconds_and_the_oldest_is_named():
    clock = Clock()
    progress = GatheringProgress(clock)
    with progress.calling("s3:ListBuckets", ""):
        clock.now = 1.9
        assert progress.state().slow is None
        with progress.calling("ec2:DescribeVpcs", REGION):
            clock.now = 2.0
            assert progress.state().slow.operation == "s3:ListBuckets"
            assert progress.text().in_language("ja").endswith("応答待ち 2 秒: s3:ListBuckets(-)")


def test_the_same_service_of_two_accounts_counts_twice():
    progress = GatheringProgress()
    progress.begin("1", [("ec2", REGION)])
    progress.begin("2", [("ec2", REGION)])
    progress.end("1", "ec2")
    assert progress.state().services == (1, 2)


def test_the_state_of_an_assessment():
    progress = JudgingProgress(Clock())
    selected = list(controls().values())[:3]
    shown = [progress.text().in_language("en") for _ in progress.follow(selected)]
    assert shown[1] == f"evaluating: 1/3 controls, 0 s; {selected[1].id}"
    assert progress.text().in_language("ja").startswith("判定中: コントロール 3/3、")


def test_a_transport_is_observed_and_not_changed():
    progress = GatheringProgress()
    inner = FakeTransport({"ec2:DescribeVpcs": [{"Vpcs": []}, {"Vpcs": []}, "Throttling"]})
    transport = Observed(inner, progress)
    pages = []
    with pytest.raises(CallError, match="Throttling"):
        pages.extend(transport.pages(operation("ec2:DescribeVpcs"), REGION, {}))
    assert progress.state().calls == 2
    assert progress.state().slow is None
    transport.release("ec2", REGION)
    assert inner.released == [("ec2", REGION)]
    assert transport.assumptions == inner.assumptions


# -- the line


def test_the_line_is_written_and_erased():
    shown, seen = [], threading.Event()

    def show(line):
        shown.append(line)
        seen.set()

    with ProgressLine(lambda: text("plugin.control"), show, "ja", delay=0):
        assert seen.wait(time_limit())
    assert shown[0] == "コントロール"
    assert shown[-1] == ""


def test_what_is_done_at_once_shows_nothing():
    shown = []
    with ProgressLine(lambda: text("plugin.control"), shown.append, delay=60):
        pass
    assert shown == []


def test_an_error_erases_the_line_too():
    shown, seen = [], threading.Event()

    def show(line):
        shown.append(line)
        seen.set()

    def fail():
        with ProgressLine(lambda: text("plugin.control"), show, delay=0):
            assert seen.wait(time_limit())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert shown[-1] == ""


def test_a_terminal_that_is_closed_ends_the_line_alone(monkeypatch):
    faults, seen = [], threading.Event()
    monkeypatch.setattr(threading, "excepthook", faults.append)

    def show(_line):
        seen.set()
        raise BrokenPipeError

    with ProgressLine(lambda: text("plugin.control"), show, delay=0):
        assert seen.wait(time_limit())
    assert faults == []


@pytest.mark.parametrize(
    ("line", "columns", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("取得中です", 10, "取得中です"),
        ("取得中です", 9, "取得中で…"),
        ("取得中です", 8, "取得中…"),
        ("abc", 1, "…"),
        ("", 0, ""),
    ],
)
def test_a_line_is_cut_by_columns(line, columns, expected):
    assert cut(line, columns) == expected
    assert width(cut(line, columns)) <= max(columns, 1)


# -- terminals


def on_terminal(command, *, folder, columns=80, **variables):
    """Run the command with a pseudo terminal as its output; what it wrote, and its exit code."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("CI", "BUILD_NUMBER", "NO_COLOR", "PY_COLORS", "COLUMNS", "LINES")
        and not name.startswith("PYTEST_")
    }
    environment |= {"TERM": "xterm", "COLUMNS": str(columns), "LINES": "24"} | variables
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    chunks = []
    while True:
        try:
            chunk = os.read(controller, 65536)
        except OSError:  # Linux: the other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(controller)
    return b"".join(chunks).decode(), process.wait(time_limit())


def piped(command, folder):
    """Run the command without a terminal."""
    return run_program(*command, cwd=folder, check=False)


def screen(output):
    """The lines that stay on the screen: what a carriage return goes back over is overwritten."""
    lines = []
    for line in output.replace("\r\n", "\n").split("\n"):
        cells = []
        for piece in line.split("\r"):
            erased = piece.startswith("\x1b[K")
            shown = list(piece.removeprefix("\x1b[K"))
            cells = shown if erased else shown + cells[len(shown) :]
        lines.append("".join(cells).rstrip())
    return lines


BASELINE = f'regions = ["{REGION}"]\n[accounts.production]\nid = "{ACCOUNT}"\n'
CONFTEST = """
from cloudpack_baseline import progress
progress.DELAY = 0
"""
RUN = (
    sys.executable,
    "-m",
    "pytest",
    "--cloudpack-baseline",
    "--cloudpack-source=moto",
    "--cloudpack-control=s3-versioning,root-mfa",
    "-p",
    "no:cacheprovider",
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cloudpack-baseline.toml").write_text(BASELINE, "utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    return tmp_path


@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["one", "xdist"])
def test_pytest_shows_the_line_and_nothing_of_it_stays(folder, workers):
    output, _ = on_terminal([*RUN, *workers], folder=folder)
    assert "\rreading: 0/1 accounts, " in output
    assert not any("reading" in line for line in screen(output))
    assert any(line.startswith("cloudpack-baseline.toml ") for line in screen(output)) or workers


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [(("-q",), {}), ((), {"TERM": "dumb"}), (("-o", "log_cli=true"), {})],
    ids=["quiet", "dumb", "live-logs"],
)
def test_pytest_shows_no_line(folder, arguments, variables):
    output, _ = on_terminal([*RUN, *arguments], folder=folder, **variables)
    assert "reading" not in output


def test_without_colours_the_line_has_none(folder):
    output, _ = on_terminal(RUN, folder=folder, NO_COLOR="1")
    assert "\rreading: 0/1 accounts, " in output
    assert "\x1b" not in output


def test_a_narrow_terminal_is_not_wrapped(folder):
    output, _ = on_terminal(RUN, folder=folder, columns=45)
    lines = [piece for piece in output.split("\r") if piece.startswith("reading")]
    assert lines
    assert all(width(line.rstrip("\n")) <= 44 for line in lines)


def test_pytest_shows_nothing_where_it_is_piped(folder):
    done = piped(RUN, folder)
    assert "reading" not in done.stdout + done.stderr


MAIN = "from cloudpack_baseline import cli, progress; progress.DELAY = 0; exit(cli.main())"


def test_commands_show_the_line_on_standard_error_alone(folder):
    snapshot = records.snapshot(*(records.bucket(f"b{number}") for number in range(200)))
    write_snapshot(snapshot, folder / "run.json")
    command = [sys.executable, "-c", MAIN, "report", "run.json", "-o", "r.json", "--lang", "ja"]
    output, code = on_terminal(command, folder=folder)
    assert code == 0
    assert "\r\x1b[K判定中: コントロール " in output
    assert [line for line in screen(output) if line] == ["wrote r.json"]
    done = piped(command, folder)
    assert (done.stdout, done.stderr) == ("wrote r.json\n", "")


def test_record_shows_what_it_reads(folder):
    with mocked_account(ACCOUNT, region=REGION) as account:
        command = [sys.executable, "-c", MAIN, "record", "run.json", "--control=s3-versioning"]
        command += ["--source", f"moto:{account.endpoint_url}"]
        output, code = on_terminal(command, folder=folder)
    assert code == 0
    assert "\r\x1b[Kreading: 0/1 accounts, " in output
    assert [line[:14] for line in screen(output) if line] == ["wrote run.json"]
