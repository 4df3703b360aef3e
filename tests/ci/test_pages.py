"""The commands of the pages about CI, run against moto in place of AWS."""

import os
import re
import sys
from pathlib import Path

import pytest

from ci.steps import ROOT
from cloudpack_baseline import gather, write_snapshot
from cloudpack_baseline.testing import mocked_account
from processes import run_program

_SESSION = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(page):
    """The commands of a page that print nothing in it."""
    sessions = _SESSION.findall((ROOT / "docs" / page).read_text("utf-8"))
    return [line.removeprefix("$ ") for session in sessions for line in session.splitlines()]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    file = tmp_path_factory.mktemp("snapshot") / "snapshot.json.gz"
    with mocked_account() as account:
        write_snapshot(gather(account.session, controls=["root-mfa"]), file)
    return file


@pytest.mark.filterwarnings("ignore:Tried to parse AWS..IAM..OIDCProvider")  # moto lacks it
@pytest.mark.parametrize("page", ["github-actions.md", "gitlab.md"])
def test_every_command(page, tmp_path, snapshot, evidence):
    bucket = evidence.url.removeprefix("s3://")
    key = "production/2026-04-01/1-1/snapshot.json.gz"
    evidence.client.upload_file(str(snapshot), bucket, key)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    programs = ("aws ", "cloudpack-baseline ", "find ")
    given = [command for command in commands(f"how-to/{page}") if command.startswith(programs)]
    assert sum("aws cloudformation deploy" in one for one in given) == 1
    for command in given:
        run_program(
            *("bash", "-eo", "pipefail", "-c", command),
            cwd=tmp_path,
            env=os.environ | evidence.environment | {"PATH": path},
        )
    assert "<title>" in (tmp_path / "audit.html").read_text("utf-8")


@pytest.mark.parametrize("page", ["github-actions.md", "gitlab.md", "pre-commit.md"])
def test_both_languages_have_the_same_commands(page):
    assert commands(f"how-to/{page}") == commands(f"ja/how-to/{page}")
