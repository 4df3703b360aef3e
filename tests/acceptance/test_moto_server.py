"""The whole way, as a user goes it: a server that the AWS CLI filled, judged by pytest."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from processes import run_python, time_limit

HERE = Path(__file__).parent
CONTROLS = ("root-mfa", "rds-backup", "s3-exposure", "segmentation")


def plain_environment(home, **fields):
    """Nothing of the user's own AWS settings, as on a fresh machine."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return kept | {"HOME": str(home), **fields}


@pytest.fixture(scope="module")
def server():
    """The URL of a moto server of its own, on a free port of the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=time_limit())


def wait_for(url):
    deadline = time.monotonic() + time_limit()
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=time_limit()).close()  # noqa: S310 - loopback
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
        else:
            return


@pytest.fixture(scope="module")
def filled(server, tmp_path_factory):
    """The server, filled by the AWS CLI."""
    environment = plain_environment(
        tmp_path_factory.mktemp("home"),
        AWS_ENDPOINT_URL=server,
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_DEFAULT_REGION="ap-northeast-1",
        AWS_PAGER="",
    )
    run_python(str(HERE / "fill.py"), env=environment, capture_output=False)
    return server


@pytest.fixture
def project(tmp_path):
    shutil.copy(HERE / "cloudpack-baseline.toml", tmp_path)
    return tmp_path


def run(project, *arguments):
    """A run of pytest with the plugin, and its findings by control."""
    report = project / "report.json"
    chosen = [f"--cloudpack-control={','.join(CONTROLS)}"]
    done = run_python(
        "-m",
        "pytest",
        "--cloudpack-baseline",
        *chosen,
        *arguments,
        f"--cloudpack-report={report}",
        "-p",
        "no:cacheprovider",
        cwd=project,
        env=plain_environment(project),
        check=False,
    )
    return done, report.read_bytes()


def outcomes(report):
    found = {}
    for finding in json.loads(report)["findings"]:
        found.setdefault(finding["control"], set()).add(finding["outcome"])
    return found


def test_three_controls_are_judged_and_root_mfa_is_unknown(filled, project):
    snapshot = project / "snapshot.json"
    first, told = run(
        project, f"--cloudpack-source=moto:{filled}", f"--cloudpack-record={snapshot}"
    )
    outcomes_by_control = outcomes(told)
    assert outcomes_by_control["root-mfa"] == {"unknown"}, first.stdout
    assert outcomes_by_control["rds-backup"] == {"pass"}, first.stdout
    assert outcomes_by_control["s3-exposure"] == {"pass"}, first.stdout
    assert outcomes_by_control["segmentation"] <= {"pass", "not applicable"}, first.stdout
    assert first.returncode == 1
    assert "3 passed" in first.stdout
    assert "1 failed" in first.stdout
    again, retold = run(project, f"--cloudpack-source=snapshot:{snapshot}")
    assert again.returncode == 1
    assert retold == told


def test_the_same_account_against_another_baseline_fails(filled, project):
    narrow = (project / "cloudpack-baseline.toml").read_text("utf-8")
    narrow = narrow.replace('services = ["https"]', 'services = ["http"]')
    narrow = narrow.replace('name = "www-*"', 'name = "web-*"')
    (project / "cloudpack-baseline.toml").write_text(
        narrow + "\n[controls.rds-backup]\ngenerations = 8\n", encoding="utf-8"
    )
    done, told = run(project, f"--cloudpack-source=moto:{filled}")
    outcomes_by_control = outcomes(told)
    for control in ("rds-backup", "s3-exposure", "segmentation"):
        assert "fail" in outcomes_by_control[control], done.stdout
    assert "tcp/443" in done.stdout
    assert "www-example" in done.stdout
    assert "BackupRetentionPeriod=7" in done.stdout
