"""States of the controls of assessments."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from control_examples.example import Example

__all__ = ["EXAMPLES"]

_REPORT = json.dumps(
    {
        "as_of": "2026-09-30T00:00:00Z",
        "findings": [
            {
                "id": "s3-versioning:arn:aws:s3:::orders",
                "outcome": "pass",
                "waived": False,
                "resource": {"key": "arn:aws:s3:::orders", "account": "123456789012"},
            }
        ],
        "not_run": [],
    }
)
_BASELINE = f"""\
[[controls.yearly-assessment.assessments]]
file = "report.json"
sha256 = "{hashlib.sha256(_REPORT.encode()).hexdigest()}"
starts = 2025-10-01
ends = 2026-09-30
"""


def _write_report(folder: Path) -> None:
    """The stored report of the year."""
    (folder / "report.json").write_text(_REPORT, encoding="utf-8")


EXAMPLES = (
    Example(
        "yearly-assessment",
        baseline=_BASELINE,
        failing_baseline="",
        files=_write_report,
        never_unknown={
            "en": "The control reads stored reports and nothing of the account: a report that is "
            "missing or incomplete fails.",
            "ja": "このコントロールは保存済みのレポートだけを読み取り、アカウントは読み取らない。"
            "レポートがない場合や不完全な場合は不適合になる。",
        },
    ),
)
