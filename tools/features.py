"""Uses what each extra gives, in the environment that runs it.

python tools/features.py [--only] FEATURE...

The named features must work; with --only, each other one must name the extra that it needs.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from cloudpack_baseline import (
    MissingExtraError,
    Snapshot,
    __version__,
    gather_template,
    write_snapshot,
)
from cloudpack_baseline import sign as sign_evidence
from cloudpack_baseline.cli import main as command
from cloudpack_baseline.testing import mocked_account

TEMPLATE = "Resources: {Logs: {Type: 'AWS::S3::Bucket'}}\n"


KEY = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
"""
"""An Ed25519 key of counted bytes, which signs nothing else."""


def main(arguments: list[str]) -> int:
    """Use the features; 0 if all is as the arguments say."""
    problems = [] if version() == __version__ else [f"--version prints {version()}"]
    for name, use in FEATURES.items():
        with tempfile.TemporaryDirectory() as folder:
            missing = extra_missing(use, Path(folder))
        if name in arguments and missing:
            problems.append(f"{name} does not work: it asks for the extra {missing}")
        elif "--only" in arguments and name not in arguments and missing != name:
            problems.append(f"{name} without its extra names {missing}")
    for problem in problems:
        print(f"WRONG  {problem}")
    return 1 if problems else 0


def version() -> str:
    """What the installed command prints."""
    script = Path(sys.executable).with_name("cloudpack-baseline")
    done = subprocess.run([script, "--version"], check=True, capture_output=True, text=True)
    return done.stdout.split()[-1]


def extra_missing(use: Callable[[Path], object], folder: Path) -> str | None:
    """The extra that the feature asks for, with the command that installs it."""
    try:
        use(folder)
    except (MissingExtraError, FeatureError) as error:
        named = re.search(r"pip install 'cloudpack-baseline\[([\w-]+)\]'", str(error))
        return named[1] if named else f"nothing: {error}"
    return None


class FeatureError(Exception):
    """A command failed; the message is what it printed."""


def moto(_: Path) -> None:
    """An account on moto."""
    with mocked_account() as account:
        account.session.client("s3").create_bucket(Bucket="logs")


def templates(folder: Path) -> None:
    """A template in YAML."""
    path = folder / "template.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    gather_template(path)


def cfn_lint(_: Path) -> None:
    """The rules of cfn-lint."""
    importlib.import_module("cloudpack_baseline.cfn_lint_rules")


def html(folder: Path) -> None:
    """A report in HTML."""
    arguments = ["report", str(snapshot(folder)), "-o", str(folder / "report.html")]
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(io.StringIO()):
        command(arguments)
    if not (folder / "report.html").exists():
        raise FeatureError(printed.getvalue())


def sign(folder: Path) -> None:
    """A signature with a key file."""
    key = folder / "key.pem"
    key.write_text(KEY, encoding="utf-8")
    sign_evidence(snapshot(folder), key=key)


def snapshot(folder: Path) -> Path:
    """The snapshot of no account."""
    path = folder / "snapshot.json"
    write_snapshot(Snapshot(taken_at=datetime.now(UTC), source="aws", accounts=()), path)
    return path


FEATURES: Mapping[str, Callable[[Path], None]] = {
    "moto": moto,
    "templates": templates,
    "cfn-lint": cfn_lint,
    "html": html,
    "sign": sign,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
