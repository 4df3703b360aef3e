"""The report as one self-contained HTML file: no network, both languages, filters and search.

A Content-Security-Policy forbids everything but the page's own style and script.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from cloudpack_baseline.errors import MissingExtraError
from cloudpack_baseline.reports.rows import RowMark
from cloudpack_baseline.reports.words import label, outcome_label, place_of, safe
from cloudpack_baseline.texts import Language

__all__ = ["render"]

_MARKS = {
    RowMark.KEPT: ("kept", "pass"),
    RowMark.CORRECTED: ("corrected", "corrected"),
    RowMark.BROKEN: ("broken", "fail"),
    RowMark.WAIVED: ("waived", "waived"),
    RowMark.NOT_APPLICABLE: ("not-applicable", "not-applicable"),
    RowMark.UNKNOWN: ("unknown", "unknown"),
}
"""The word for each mark (formats.mark-...), and its class in the style sheet."""
_ORDER = ("fail", "unknown", "waived", "pass", "not applicable")


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """The page; it opens in the language.

    Raises:
        MissingExtraError: Jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - an extra
        from markupsafe import Markup  # noqa: PLC0415 - as above
    except ImportError:
        raise MissingExtraError("html", "a report in HTML") from None
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    style, script = _asset("report.css"), _asset("report.js")
    page = environment.from_string(_asset("report.html.j2")).render(
        report=values,
        groups=_groups(values),
        language=language,
        # Ours, not a user's: the hashes below let the page use them and nothing else.
        style=Markup(style),  # noqa: S704 - an asset of this package
        script=Markup(script),  # noqa: S704 - as above
        style_hash=_hash(style),
        script_hash=_hash(script),
        word=label,
        outcome_word=outcome_label,
        clean=safe,
        css=_css,
        marks=_MARKS,
    )
    return page.encode("utf-8", "xmlcharrefreplace")


def _asset(name: str) -> str:
    return files("cloudpack_baseline.reports").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _css(outcome: str) -> str:
    return outcome.replace(" ", "-")


def _groups(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The findings of each control; controls with a failure come first.

    What is bad is shown in full, worst first. The others are listed below the words that they
    share, so that 10,000 of them stay a small page.
    """
    by_control: dict[str, list[dict[str, Any]]] = {}
    for finding in _shown(values):
        by_control.setdefault(finding["control"], []).append(finding)
    groups = {id_: _group(findings) for id_, findings in by_control.items()}
    return dict(sorted(groups.items(), key=lambda entry: _ORDER.index(entry[1]["worst"])))


def _group(findings: list[dict[str, Any]]) -> dict[str, Any]:
    findings = sorted(findings, key=lambda finding: _ORDER.index(finding["shown"]))
    alike: dict[str, dict[str, Any]] = {}
    for finding in findings:
        if not finding["bad"]:
            messages = [observation["message"] for observation in finding["observations"]]
            messages += finding["notes"]
            key = repr((finding["shown"], messages))
            alike.setdefault(key, {**finding, "messages": messages, "members": []})
            alike[key]["members"].append(finding)
    return {
        "first": findings[0],
        "worst": findings[0]["shown"],
        "bad": [finding for finding in findings if finding["bad"]],
        "alike": list(alike.values()),
    }


def _shown(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for finding in values["findings"]:
        outcome = "waived" if finding["waived"] else finding["outcome"]
        digest = hashlib.sha256(finding["id"].encode("utf-8", "backslashreplace")).hexdigest()
        yield {
            **finding,
            "shown": outcome,
            "bad": outcome in ("fail", "unknown", "waived"),
            "anchor": f"finding-{digest[:16]}",
            "observations": [
                {**observation, "place": place_of(observation["origin"])}
                for observation in finding["observations"]
            ],
        }
