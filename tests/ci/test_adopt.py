"""The guide to adopting in an old account: every command, as written."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci.steps import ROOT
from processes import run_program

_BLOCK = re.compile(r"^```(toml|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SCOPE = re.compile(r"\[scope\]\n(?:\w.*\n)+")
_WAIVER = re.compile(r"\n\[\[waivers\]\]\n(?:\w.*\n)+")
_EXPECTED = [0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]
"""The exit codes of the commands, in their order."""


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    """The account of the example, recorded by the first command of the guide."""
    folder = tmp_path_factory.mktemp("old-account")
    shutil.copy(ROOT / "examples/old-account/old_account.py", folder)
    run_program(sys.executable, "old_account.py", "first.json.gz", "second.json.gz", cwd=folder)
    return folder


def blocks(page: Path) -> list[tuple[str, str]]:
    return _BLOCK.findall(page.read_text("utf-8"))


def commands(piece: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a block, with the lines that it prints among others."""
    for session in piece.split("$ ")[1:]:
        command, *expected = session.splitlines()
        yield command, expected


def declared(baseline: str, piece: str) -> str:
    """The baseline file with a piece of the guide: the scope is replaced, the rest is added."""
    if piece.startswith("[scope]"):
        return _SCOPE.sub(piece, baseline, count=1)
    return f"{baseline}\n{piece}"


def test_every_command(snapshots, tmp_path):
    for file in snapshots.glob("*.gz"):
        shutil.copy(file, tmp_path)
    # The waiver of the guide is in effect on this day.
    as_of = {"PYTEST_ADDOPTS": "--cloudpack-as-of=2026-12-01", "TERM": "dumb"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    baseline, codes = tmp_path / "cloudpack-baseline.toml", []
    (_, recording), *pieces = blocks(ROOT / "docs/how-to/adopt.md")
    assert recording == "$ python old_account.py first.json.gz second.json.gz\n"
    for kind, piece in pieces:
        if kind == "toml":
            text = declared(baseline.read_text("utf-8"), piece)
            # The guide says to remove the waiver before root-mfa is added.
            text = _WAIVER.sub("\n", text) if '"root-mfa"' in piece else text
            baseline.write_text(text, "utf-8")
            continue
        for command, expected in commands(piece):
            done = run_program(
                *("bash", "-c", command),
                cwd=tmp_path,
                check=False,
                env=os.environ | as_of | {"PATH": path},
            )
            codes.append(done.returncode)
            for line in expected:
                assert line in done.stdout, f"{command}\n{done.stdout}{done.stderr}"
            if command.startswith("jq -c '[.findings"):
                good = set(json.loads(done.stdout))
    assert codes == _EXPECTED
    report = json.loads((tmp_path / "today.json").read_text("utf-8"))
    assert report["counts"]["fail"] > 60
    declared_scope = next(piece for kind, piece in pieces if kind == "toml")
    assert set(re.findall(r'"([a-z][\w-]+)"', declared_scope)) <= good


def test_the_translation_differs_in_the_reason_of_the_waiver_alone():
    reason = re.compile(r'^reason = ".+"$', re.MULTILINE)
    english, japanese = (
        [(kind, reason.sub("", piece)) for kind, piece in blocks(ROOT / f"docs/{folder}adopt.md")]
        for folder in ("how-to/", "ja/how-to/")
    )
    assert japanese == english
