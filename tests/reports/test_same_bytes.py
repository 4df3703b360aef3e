"""The same snapshot gives the same bytes: on any machine, and on every Python that it has."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import attr
import boto3
import botocore
import jinja2
import pytest

import cloudpack_baseline
from cloudpack_baseline.reports.formats import SUFFIXES
from processes import run_program

ACCOUNTS = Path(__file__).parents[1] / "model" / "golden" / "accounts"
PACKAGES = (attr, boto3, botocore, jinja2, cloudpack_baseline)

SCRIPT = """
import hashlib, io, json, sys
from contextlib import redirect_stdout
from pathlib import Path
from cloudpack_baseline.cli import main
from cloudpack_baseline.reports.formats import SUFFIXES
from cloudpack_baseline.sources.recording import read_snapshot, write_snapshot

accounts, folder = map(Path, sys.argv[1:])
good, bad = accounts / "three-tier.json", accounts / "three-tier-broken.json"
baseline = ["--file", str(accounts / "cloudpack-baseline.toml")]
snapshot = str(good)
outputs = {}
for language in ("en", "ja"):
    files = [folder / f"{language}{suffix}" for suffix in SUFFIXES]
    options = [word for file in files for word in ("-o", str(file))]
    main(["report", str(bad), *options, "--lang", language, *baseline])
    main(["register", str(bad), "-o", str(folder / f"{language}.csv2"), "--lang", language])
    for file in (*files, folder / f"{language}.csv2"):
        outputs[file.name] = file.read_bytes()
    old, new = sorted((good, bad), key=lambda file: read_snapshot(file).taken_at)
    for format in ([], ["--json"]):
        printed = io.StringIO()
        with redirect_stdout(printed):
            main(["diff", str(old), str(new), "--lang", language, *format, *baseline])
        outputs[f"diff {language} {format}"] = printed.getvalue().encode()
write_snapshot(read_snapshot(bad), folder / "again.json")
outputs["again.json"] = (folder / "again.json").read_bytes()
digests = {name: hashlib.sha256(data).hexdigest() for name, data in outputs.items()}
(folder / "digests.json").write_text(json.dumps(digests))
"""


def interpreter_of(minor):
    """A Python of the version that this machine has: on the path, or beside this one.

    Version managers keep their installations side by side, and put programs on the path that run
    only where a version is chosen.
    """
    name = f"python3.{minor}"
    beside = Path(sys.base_prefix).parent.glob(f"*/bin/{name}")
    for candidate in (shutil.which(name), *sorted(beside)):
        if candidate and not run_program(str(candidate), "-c", "", check=False).returncode:
            return str(candidate)
    return pytest.skip(f"this machine has no Python 3.{minor}")


def digests(folder, interpreter=sys.executable, **variables):
    """The digest of each output, written by the interpreter."""
    folder.mkdir()
    places = dict.fromkeys(str(Path(module.__file__).parents[1]) for module in PACKAGES)
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "PYTHONPATH": ":".join(places),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    run_program(
        interpreter,
        "-c",
        SCRIPT,
        str(ACCOUNTS),
        str(folder),
        cwd=folder,
        env=environment | variables,
    )
    return json.loads((folder / "digests.json").read_bytes())


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What this interpreter writes."""
    return digests(tmp_path_factory.mktemp("bytes") / "here", PYTHONHASHSEED="0")


def test_every_format_is_compared(expected):
    assert len(expected) == 2 * (len(SUFFIXES) + 3) + 1


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "0", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "4294967295", "PYTHONOPTIMIZE": "2", "COLUMNS": "20"},
    ],
    ids=["hashes", "time-zone-and-locale", "optimized"],
)
def test_hashes_and_settings_of_the_machine_change_nothing(tmp_path, expected, variables):
    assert digests(tmp_path / "there", **variables) == expected


@pytest.mark.parametrize(
    "minor", [minor for minor in range(11, 15) if minor != sys.version_info.minor]
)
def test_every_python_writes_the_same(tmp_path, expected, minor):
    other = digests(tmp_path / "there", interpreter_of(minor), PYTHONHASHSEED="5")
    assert other == expected
