"""Runs both examples: the one must be green, the other red for just what was planted.

    python examples/check.py [FOLDER]

The reports are written to the folder; without one, nowhere that lasts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PLANTED = {
    "root-mfa": {":root": "no MFA device"},
    "rds-backup": {":db:shop": "BackupRetentionPeriod"},
    "s3-exposure": {
        ":::example-shop-orders": "0.0.0.0/1",
        ":::example-shop-reports": "198.51.100.0",
    },
    "segmentation": {"": "tcp/3306"},
}
"""By control: the end of the resource's key, and words of the failure that name the fault."""


def main(folder: Path) -> int:
    """Run and compare; 0 where everything is as it was meant."""
    wrong = [*green(folder), *red(folder)]
    for one in wrong:
        print(f"WRONG  {one}")
    if not wrong:
        print("both examples are as they were meant: one green, one red for five planted faults")
    return 1 if wrong else 0


def run(name: str, folder: Path) -> tuple[int, dict[str, Any]]:
    """Judge an example: exit code and report."""
    report = folder / f"{name}.json"
    command = ["-m", "pytest", "--cloudpack-baseline", f"--cloudpack-report={report}"]
    done = subprocess.run(
        [sys.executable, *command, "-p", "no:cacheprovider"], cwd=HERE / name, check=False
    )
    return done.returncode, json.loads(report.read_text(encoding="utf-8"))


def green(folder: Path) -> list[str]:
    """What is wrong with the good example."""
    code, report = run("three-tier", folder)
    outcomes = {one["control"]: one["outcome"] for one in report["findings"]}
    wrong = [
        f"three-tier: {control} is {told}" for control, told in outcomes.items() if told != "pass"
    ]
    if code:
        wrong.append(f"three-tier: exit code {code}")
    if missing := set(PLANTED) - set(outcomes):
        wrong.append(f"three-tier: not judged: {', '.join(sorted(missing))}")
    return wrong


def red(folder: Path) -> list[str]:
    """What is wrong with the broken example."""
    code, report = run("three-tier-broken", folder)
    bad = [one for one in report["findings"] if one["outcome"] in ("fail", "unknown")]
    wrong = [] if code == 1 else [f"three-tier-broken: exit code {code}"]
    wanted = [(control, *fault) for control, faults in PLANTED.items() for fault in faults.items()]
    for control, end, words in wanted:
        told = [
            one
            for one in bad
            if one["control"] == control
            and one["resource"]["key"].endswith(end)
            and one["outcome"] == "fail"
            and words in json.dumps(one["observations"])
        ]
        if len(told) != 1:
            wrong.append(f"three-tier-broken: {len(told)} failures of {control} {end} name {words}")
    if len(bad) != len(wanted):
        keys = ", ".join(one["id"] for one in bad)
        wrong.append(f"three-tier-broken: {len(bad)} failures instead of {len(wanted)}: {keys}")
    return wrong


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(Path(made)))
