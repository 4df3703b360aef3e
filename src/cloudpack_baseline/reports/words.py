"""What the file formats share: words in the language of the file, and safe text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloudpack_baseline.texts import Language, printable, text

__all__ = [
    "counts_of",
    "label",
    "messages_of",
    "outcome_label",
    "outcome_words",
    "partition_of",
    "place_of",
    "population_of",
    "safe",
    "value_words",
]

_OUTCOMES = {
    "fail": "fail",
    "unknown": "unknown",
    "waived": "waived",
    "pass": "pass",
    "not applicable": "not_applicable",
}


def label(name: str, language: Language, **parameters: str) -> str:
    """A word of a report file."""
    return text(f"formats.{name}", **parameters).in_language(language)


def outcome_label(name: str, language: Language) -> str:
    """An outcome in words."""
    return text(f"report.{_OUTCOMES[name]}").in_language(language)


def outcome_words(finding: Mapping[str, Any], language: Language) -> str:
    """The outcome of a finding in words; a waived failure is an approved exception."""
    name = "waived" if finding["waived"] else finding["outcome"]
    return outcome_label(name, language)


def counts_of(counts: Mapping[str, int], language: Language) -> list[str]:
    """The outcomes that occur, each with its number."""
    return [
        f"{outcome_label(name, language)} {number}" for name, number in counts.items() if number
    ]


def population_of(row: Mapping[str, Any], language: Language) -> str:
    """How many resources a row of the table is about; empty: none."""
    numbers = {name: str(number) for name, number in row["population"].items()}
    return label("population-of", language, **numbers) if row["population"]["resources"] else ""


def value_words(observation: Mapping[str, Any], name: str, language: Language) -> str:
    """What was ``read`` or ``expected``, in the language if it is words."""
    words = observation[f"{name}_text"]
    return str(words[language] if words else observation[name])


def messages_of(finding: Mapping[str, Any], language: Language) -> list[str]:
    """What was observed, the exception and the notes, each in one line."""
    waiver = [finding["waiver"]] if finding["waiver"] else []
    messages = [observation["message"] for observation in finding["observations"]]
    return [safe(message[language]) for message in (*messages, *waiver, *finding["notes"])]


def place_of(origin: Mapping[str, Any] | None) -> str:
    """``FILE:LINE:COLUMN: PATH`` of an origin in a file; empty: it is of no file."""
    if not origin or not origin.get("file"):
        return ""
    numbers = [str(origin[name]) for name in ("line", "column") if origin.get(name)]
    place = ":".join([origin["file"], *numbers])
    return f"{place}: {origin['path']}" if origin.get("path") else place


def partition_of(arn: str) -> str:
    """The partition of an ARN; ``aws`` if there is none."""
    return arn.split(":")[1] if arn.startswith("arn:") else "aws"


def safe(value: object) -> str:
    """A value in one line, without characters that act on a terminal or turn the writing."""
    return printable(str(value)).replace("\n", " ").replace("\r", " ")
