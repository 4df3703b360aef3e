"""Writes reference/access-cases.md from the cases that the tests judge.

python docs/access_cases.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
CASES = HERE.parent / "tests" / "access" / "cases"
PAGE = HERE / "reference" / "access-cases.md"

HEAD = """# The access engine's cases

Each case is a bucket, what is asked of it, and the reason for the answer; the policies stand in
`tests/access/cases/*.json`, from which this page is made. `test_access_cases.py` holds the engine
and an independent judge of single requests to every one of them.
"""


def lines() -> Iterator[str]:
    """The page, line by line: a section a file, a row a case."""
    yield HEAD
    for file in sorted(CASES.glob("*.json")):
        family = json.loads(file.read_text(encoding="utf-8"))
        title = family["family"]
        yield f"## {title[0].upper()}{title[1:]}\n"
        yield "| case | expected | reason |"
        yield "|---|---|---|"
        for case in family["cases"]:
            expected = ", ".join(
                f"{key} = {json.dumps(value, ensure_ascii=False)}"
                for key, value in case["expect"].items()
            )
            cells = (case["name"], expected, case["reason"])
            yield "| " + " | ".join(_plain(cell) for cell in cells) + " |"
        yield ""


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text("\n".join(lines()), encoding="utf-8")
