"""Runs the examples: some must be green, the others red for just what was planted.

    python examples/check.py [FOLDER [CDK]]

The reports are written to the folder; without one, nowhere that lasts. CDK is a folder with the
assemblies `good` and `bad` that `cdk synth` wrote from examples/cdk: with it, only they are judged.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

Examples: TypeAlias = Mapping[str, Mapping[str, Iterable[tuple[str, str, str]]]]
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
CDK_MUST_PASS = frozenset(("rds-backup", "s3-exposure", "vpc-flow-logs", "database-isolation"))
TEMPLATE_FAULTS = {
    "the database admits the whole VPC": (
        ("segmentation", ":web->db", "tcp/3306"),
        ("database-isolation", ":db:Database", "tcp/3306"),
    ),
    "backups are kept for a day": (("rds-backup", ":db:Database", "retained for 1 day"),),
    "orders are open to the internet": (
        ("s3-exposure", ":::example-shop-orders", "from the entire internet"),
        ("s3-public-access-block", ":::example-shop-orders", "off at every level"),
    ),
}
"""The same of the template."""

PLAN_FAULTS = {
    "the load balancer reaches the database": (
        ("segmentation", ":balancer->database", "tcp/3306"),
        ("database-isolation", ":db:example-shop", "tcp/3306"),
    ),
    "backups are kept for a day": (("rds-backup", ":db:example-shop", "retained for 1 day"),),
    "orders are open to the internet": TEMPLATE_FAULTS["orders are open to the internet"],
}
"""The same of the plan of Terraform."""

CDK_FAULTS = {
    "the database admits everybody": (
        ("open-security-groups", ":security-group/sg-Data.DbGroup0D20CEC8", "tcp/3306"),
    ),
    "backups are kept for a day": (
        ("rds-backup", ":db:Data.DatabaseB269D8BB", "retained for 1 day"),
    ),
    "orders are open to the internet": TEMPLATE_FAULTS["orders are open to the internet"],
}
"""The same of the AWS CDK."""


def main(folder: Path, cdk: Path | None = None) -> int:
    """Run and compare; 0 where everything is as it was meant."""
    wrong, examples = _offline(folder) if cdk is None else _synthesized(folder, cdk)
    for fault in wrong:
        print(f"WRONG  {fault}")
    if not wrong:
        for name, faults in examples.items():
            print(f"{name} is red for {len(faults)} planted faults, its counterpart is green:")
            print(*(f"  {fault}" for fault in faults), sep="\n")
    return 1 if wrong else 0


def _offline(folder: Path) -> tuple[list[str], Examples]:
    """What is wrong with the examples that need nothing else, and what was planted in them."""
    template = f"template:{HERE / 'template'}"
    wrong = [
        *green(folder, "three-tier", MUST_PASS),
        *red(folder, "three-tier-broken", FAULTS),
        *green(folder, "template", MUST_PASS - {"root-mfa"}, f"{template}/shop.yaml"),
        *red(folder, "template", TEMPLATE_FAULTS, f"{template}/broken.yaml"),
        *green(folder, "plan", MUST_PASS - {"root-mfa"}, "plan:plan-mended.json"),
        *red(folder, "plan", PLAN_FAULTS),
    ]
    return wrong, {"three-tier-broken": FAULTS, "template": TEMPLATE_FAULTS, "plan": PLAN_FAULTS}


def _synthesized(folder: Path, cdk: Path) -> tuple[list[str], Examples]:
    """The same of the example of the AWS CDK."""
    wrong = [
        *green(folder, "cdk", CDK_MUST_PASS, f"template:{cdk / 'good'}"),
        *red(folder, "cdk", CDK_FAULTS, f"template:{cdk / 'bad'}"),
    ]
    return wrong, {"cdk": CDK_FAULTS}


def run(name: str, folder: Path, source: str = "") -> tuple[int, dict[str, Any]]:
    """Judge an example: exit code and report."""
    report = folder / f"{name}.json"
    command = ["-m", "pytest", "--cloudpack-baseline", f"--cloudpack-report={report}"]
    command += [f"--cloudpack-source={source}"] if source else []
    # moto would make every public image in each Region, and no example names one.
    environment = os.environ | {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    done = subprocess.run(
        [sys.executable, *command, "-p", "no:cacheprovider"],
        cwd=HERE / name,
        env=environment,
        check=False,
    )
    return done.returncode, json.loads(report.read_text(encoding="utf-8"))


def green(folder: Path, name: str, must_pass: Iterable[str], source: str = "") -> Iterator[str]:
    """What is wrong with a good example."""
    code, report = run(name, folder, source)
    if code:
        yield f"{name}: exit code {code}"
    for finding in report["findings"]:
        if finding["outcome"] in BAD:
            yield f"{name}: {finding['id']} is {finding['outcome']}"
    passed = {finding["control"] for finding in report["findings"] if finding["outcome"] == "pass"}
    for control in sorted(set(must_pass) - passed):
        yield f"{name}: {control} passes nowhere"


def red(
    folder: Path, name: str, faults: Mapping[str, Iterable[tuple[str, str, str]]], source: str = ""
) -> Iterator[str]:
    """What is wrong with a broken example."""
    code, report = run(name, folder, source)
    if code != 1:
        yield f"{name}: exit code {code}"
    bad = {finding["id"]: finding for finding in report["findings"] if finding["outcome"] in BAD}
    for fault, traces in faults.items():
        for trace in traces:
            ids = [id_ for id_, finding in bad.items() if tells(finding, *trace)]
            if len(ids) != 1:
                yield f"{name}: {fault}: told {len(ids)} times by {trace[0]}"
            for id_ in ids:
                del bad[id_]
    for id_ in bad:
        yield f"{name}: nobody planted {id_}"


def tells(finding: dict[str, Any], control: str, end: str, words: str) -> bool:
    """Whether the finding is a failure of the control that names the fault."""
    return (
        finding["control"] == control
        and finding["outcome"] == "fail"
        and finding["resource"]["key"].endswith(end)
        and any(words in observation["message"]["en"] for observation in finding["observations"])
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(*map(Path, sys.argv[1:])))
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(main(Path(scratch)))
