"""Runs both examples: the one must be green, the other red for just what was planted.

    python examples/check.py [FOLDER]

The reports are written to the folder; without one, nowhere that lasts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BAD = ("fail", "unknown")
MUST_PASS = frozenset(("root-mfa", "rds-backup", "s3-exposure", "segmentation"))
"""Controls that the good example gives something to judge."""
FAULTS = {
    "the root user lost its MFA": (("root-mfa", ":root", "no MFA device"),),
    "backups are kept for a day": (("rds-backup", ":db:shop", "retained for 1 day"),),
    "orders are open to the internet": (
        ("s3-exposure", ":::example-shop-orders", "from 0.0.0.0/0"),
        ("s3-public-access-block", ":::example-shop-orders", "off at every level"),
    ),
    "reports are open to the agency": (
        ("s3-exposure", ":::example-shop-reports", "from 198.51.100.0/24"),
    ),
    "the web tier reads the database": (
        ("segmentation", ":web->db", "tcp/3306"),
        ("database-isolation", ":db:shop", "tcp/3306"),
    ),
}
"""What was planted, and how it is told: control, end of the resource's key, words."""


def main(folder: Path) -> int:
    """Run and compare; 0 where everything is as it was meant."""
    wrong = [*green(folder), *red(folder)]
    for one in wrong:
        print(f"WRONG  {one}")
    if not wrong:
        print(f"one example is green, the other is red for {len(FAULTS)} planted faults:")
        print(*(f"  {fault}" for fault in FAULTS), sep="\n")
    return 1 if wrong else 0


def run(name: str, folder: Path) -> tuple[int, dict[str, Any]]:
    """Judge an example: exit code and report."""
    report = folder / f"{name}.json"
    command = ["-m", "pytest", "--cloudpack-baseline", f"--cloudpack-report={report}"]
    done = subprocess.run(
        [sys.executable, *command, "-p", "no:cacheprovider"], cwd=HERE / name, check=False
    )
    return done.returncode, json.loads(report.read_text(encoding="utf-8"))


def green(folder: Path) -> Iterator[str]:
    """What is wrong with the good example."""
    code, report = run("three-tier", folder)
    if code:
        yield f"three-tier: exit code {code}"
    for one in report["findings"]:
        if one["outcome"] in BAD:
            yield f"three-tier: {one['id']} is {one['outcome']}"
    passed = {one["control"] for one in report["findings"] if one["outcome"] == "pass"}
    for control in sorted(MUST_PASS - passed):
        yield f"three-tier: {control} passes nowhere"


def red(folder: Path) -> Iterator[str]:
    """What is wrong with the broken example."""
    code, report = run("three-tier-broken", folder)
    if code != 1:
        yield f"three-tier-broken: exit code {code}"
    bad = {one["id"]: one for one in report["findings"] if one["outcome"] in BAD}
    for fault, ways in FAULTS.items():
        for way in ways:
            found = [id_ for id_, one in bad.items() if tells(one, *way)]
            if len(found) != 1:
                yield f"three-tier-broken: {fault}: told {len(found)} times by {way[0]}"
            for id_ in found:
                del bad[id_]
    for id_ in bad:
        yield f"three-tier-broken: nobody planted {id_}"


def tells(finding: dict[str, Any], control: str, end: str, words: str) -> bool:
    """Whether the finding is a failure of the control that names the fault."""
    return (
        finding["control"] == control
        and finding["outcome"] == "fail"
        and finding["resource"]["key"].endswith(end)
        and any(words in one["message"]["en"] for one in finding["observations"])
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(Path(made)))
