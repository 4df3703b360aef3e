"""Both tutorials give what they say, followed to the letter."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytest_plugins = ["pytester"]

PAGES = ("tutorial.md", "ja/tutorial.md")


def pieces(page):
    """The blocks of a page, and the arguments of its command of pytest."""
    blocks = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    line = next(text for kind, text in blocks if kind == "console" and "$ pytest" in text)
    return blocks, shlex.split(line.strip().removeprefix("$ pytest "))


def test_both_tutorials_are_the_same_but_for_their_language():
    """So that following either gives what following the other does."""
    (english, command), (japanese, translated) = map(pieces, PAGES)
    assert translated == [*command, "--cloudpack-lang", "ja"]
    for kind in ("toml", "python"):
        assert [text for name, text in english if name == kind] == [
            text for name, text in japanese if name == kind
        ]


def test_a_tutorial(project):
    blocks, command = pieces("ja/tutorial.md")
    (baseline,) = [text for kind, text in blocks if kind == "toml"]
    build, opened = [text for kind, text in blocks if kind == "python"]
    project.baseline(baseline)
    project.pytester.makeconftest(build)
    result = project.run_apart(*command)
    result.assert_outcomes(passed=2, skipped=2)
    assert result.ret == 0
    project.pytester.makeconftest(build + opened)
    result = project.run_apart(*command)
    result.assert_outcomes(passed=1, failed=1, skipped=2)
    result.stdout.fnmatch_lines(["*arn:aws:s3:::my-orders", "*curl 'https://my-orders.s3*"])


def test_what_a_tutorial_leaves_out_is_what_would_fail(project):
    left_out, declared = [], []
    for page in PAGES:
        text = (DOCS / page).read_text(encoding="utf-8")
        (paragraph,) = [piece for piece in text.split("\n\n") if "`--cloudpack-control`" in piece]
        controls = re.findall(r"`([a-z0-9-]+)`", paragraph)
        left_out.append(set(controls) - {"--cloudpack-control"})
        blocks = dict(reversed(BLOCK.findall(text)))
        declared.append((blocks["toml"], blocks["python"]))
    assert left_out[0] == left_out[1]
    assert declared[0] == declared[1]
    project.baseline(declared[0][0])
    project.pytester.makeconftest(declared[0][1])
    result = project.run_apart("--cloudpack-baseline", "--cloudpack-source=moto")
    failed = re.findall(r"^FAILED .*::([a-z0-9-]+)::", result.stdout.str(), re.MULTILINE)
    assert set(failed) == left_out[0]
