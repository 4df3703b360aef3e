"""The JSON Schema of the baseline file beside the loader: both give the same verdict."""

from __future__ import annotations

import datetime as dt
import re

from jsonschema import Draft7Validator, FormatChecker

from cloudpack_baseline.baseline.schema import baseline_schema
from cloudpack_baseline.whitepaper import builtin

__all__ = ["VALIDATOR", "assert_same_verdict", "json_values"]

VALIDATOR = Draft7Validator(
    baseline_schema(builtin()), format_checker=FormatChecker(formats=["date"])
)

UNSAID = {
    "names that other tables declare": (
        "there is no (segment|network|segment or network) ",
        "'internet' is not a network",
    ),
    "the same in two tables": (
        "the same (account|bucket|promise) as",
        "is the name of ",
        "belongs in the first table",
    ),
    "dates that are compared": (
        "expires before it is ",
        "at most a year after",
        "is valid for [0-9]+ days at most",
        "ends before it starts",
    ),
    "numbers that are compared": (
        "has host bits set",
        "the range ends before it starts",
        "is not a range of protocols",
        "is later than this version of the package",
    ),
    "groups of an IPv6 address": ("in '.*:.*'$", "^'.*:.*' does not appear to be"),
    "a service among several in one string, or in capital letters": (
        "there is no service or protocol '(.*)'",
        "is neither a service nor a protocol",
    ),
    "JSON has no dates": (
        r"expected a date such as \S+, got '[0-9]{4}-[0-9]{2}-[0-9]{2}'",
        "expected a string, got [0-9]{4}-[0-9]{2}-[0-9]{2}",
        r"expected a string, got datetime\.time",
    ),
    "JSON has one kind of number": (r"expected a whole number, got -?[0-9]+\.0$",),
}
"""What the loader rejects and JSON Schema cannot say: messages, by the reason."""

_UNSAID = re.compile("|".join(pattern for patterns in UNSAID.values() for pattern in patterns))


_LARGEST = 2**64
"""Python writes no number of more than 4,300 digits, not even in the message of an error."""


def json_values(values):
    """The values as editors give them to JSON Schema: dates are strings."""
    if isinstance(values, dict):
        return {key: json_values(value) for key, value in values.items()}
    if isinstance(values, list):
        return [json_values(value) for value in values]
    if isinstance(values, dt.date | dt.time):
        return values.isoformat()
    if isinstance(values, int) and values > _LARGEST:
        return _LARGEST
    return values


def assert_same_verdict(values, messages):
    """Reject what the loader rejects, but for what cannot be said, and nothing else.

    Args:
        values: of a baseline file.
        messages: what the loader says is wrong with them.
    """
    if not messages:
        error = next(VALIDATOR.iter_errors(json_values(values)), None)
        assert error is None, error.message
    elif said := [message for message in messages if not _UNSAID.search(message)]:
        assert not VALIDATOR.is_valid(json_values(values)), said
