"""Writes the pages that the browser tests open: python tests/browser/pages.py FOLDER."""

from __future__ import annotations

import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from attrs import evolve

from cloudpack_baseline import Baseline, assess, assess_period, read_snapshot
from cloudpack_baseline.reports.comparison import JudgedReport, compare
from cloudpack_baseline.reports.html import render

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from reports import samples  # noqa: E402 - of the tests, beside this folder

BASELINE = """
[scope]
attested = true
exclude = [{ clause = "5.1.3", reason = "ドメインは扱わない" }]

[[waivers]]
control = "s3-versioning"
resource = "*"
reason = "</span><script>alert(1)</script>"
approved_by = "佐藤"
approved_on = 2026-11-01
expires = 2026-12-10
ticket = "OPS-123"

[[attestations]]
promise = "4.1.1.committee"
evidence = "https://example.com/minutes"
attested_by = "鈴木"
attested_on = 2026-11-10
ticket = "OPS-99"
"""


CONTROLS = (
    "root-mfa",
    "console-user-mfa",
    "cloudtrail-enabled",
    "segmentation",
    "database-isolation",
    "rds-backup",
    "daily-backup",
    "s3-exposure",
    "s3-versioning",
    "yearly-assessment",
)
"""Failures, unknown outcomes, exceptions and passes; all of them take axe a minute."""


def report() -> dict[str, Any]:
    """A broken account over two months, with every section that a page can have."""
    example = samples.EXAMPLES / "three-tier-broken" / "cloudpack-baseline.toml"
    lines = example.read_text("utf-8").replace("[scope]", "").replace('since = "0.1"', "")
    baseline = Baseline.from_mapping(tomllib.loads(lines + BASELINE))
    newest = read_snapshot(samples.ACCOUNT)
    earlier = [
        evolve(newest, taken_at=newest.taken_at - timedelta(days=days), records=())
        for days in (60, 20)
    ]
    assessment = assess_period([newest, *earlier], baseline, controls=CONTROLS)
    before = JudgedReport.of(assess(earlier[0], baseline, controls=CONTROLS))
    return compare(before, JudgedReport.of(assessment)).added_to(assessment.to_json())


def large(size: int = 10_000) -> dict[str, Any]:
    """As many findings, every third of which fails with words of its own."""
    values = report()
    findings = values["findings"]
    failing = next(finding for finding in findings if finding["control"] == "segmentation")
    controls = sorted({finding["control"] for finding in findings})
    values["findings"] = [
        failing
        | {
            "id": f"{controls[number % len(controls)]}:{number}",
            "control": controls[number % len(controls)],
            "outcome": ("fail", "pass", "pass")[number % 3],
            "resource": failing["resource"] | {"key": f"arn:aws:s3:::bucket-{number}", "name": ""},
            "observations": [
                failing["observations"][0]
                | {"witness": None, "read": f"Port={number}" if number % 3 == 0 else "Port=443"}
            ],
        }
        for number in range(size)
    ]
    values["comparison"] |= {state: [] for state in ("new", "stayed", "corrected", "not_judged")}
    return values


def main(folder: Path) -> None:
    """Write ``report.html``, ``hostile.html`` and ``large.html``."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "report": report(),
        "hostile": samples.hostile_assessment(400).to_json(),
        "large": large(),
    }
    for name, values in pages.items():
        (folder / f"{name}.html").write_bytes(render(values, "ja"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
