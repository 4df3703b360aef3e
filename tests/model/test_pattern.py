"""Patterns of the baseline: the whole name, and no more work than both lengths multiplied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline import Baseline
from cloudpack_baseline.model.pattern import covers, literal_prefix, matches

PATTERNS = st.text("ab*?.\n", max_size=9)


def defined(pattern, name):
    """The definition: what the first character of the pattern may stand for."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return defined(pattern[1:], name) or bool(name and defined(pattern, name[1:]))
    return bool(name) and pattern[0] in ("?", name[0]) and defined(pattern[1:], name[1:])


@given(PATTERNS, st.text("ab.\n", max_size=8))
def test_a_pattern_covers_what_its_definition_says(pattern, name):
    assert matches(pattern, name) == defined(pattern, name)


@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=5), st.text("ab", max_size=3))
def test_a_pattern_covers_what_fills_its_wildcards(parts, filling):
    assert matches("*".join(parts), filling.join(parts))


@pytest.mark.parametrize("name", ["[ab]", "a+", "a|b", "^a$", "\\d", "a.c", "(", "日本"])
def test_every_other_character_is_itself(name):
    assert matches(name, name)
    assert not matches(name, f"{name}x")
    assert not matches("a.c", "abc")


@pytest.mark.parametrize(
    "pattern",
    ["*?" * 60 + "z", "*a" * 60 + "z", "*-*-" * 40 + "z", "?*" * 60 + "z", "*" * 500 + "z"],
)
@pytest.mark.parametrize("name", ["a" * 3000, "a-" * 1500, "-" * 3000])
def test_no_pattern_takes_for_ever(pattern, name):
    """Each of them kept a backtracking search busy for longer than the universe is old."""
    assert not matches(pattern, name)
    assert matches(f"{pattern}*", f"{name}z") == covers_at_length(f"{pattern}*", f"{name}z")


def covers_at_length(pattern, name):
    """`defined` without recursion: the states that a pattern may be in after each character."""
    states = {0}
    for character in f"{name}\0":
        frontier = list(states)
        while frontier:
            state = frontier.pop()
            if state < len(pattern) and pattern[state] == "*" and state + 1 not in states:
                states.add(state + 1)
                frontier.append(state + 1)
        if character == "\0":
            return len(pattern) in states
        states = {
            state + (pattern[state] != "*")
            for state in states
            if state < len(pattern) and pattern[state] in ("*", "?", character)
        }
    return None


def test_a_baseline_matches_its_patterns_so():
    pattern = "*-*-" * 40 + "z"
    baseline = Baseline.from_mapping({"buckets": [{"name": pattern}]})
    assert baseline.bucket("-" * 63).name == "-" * 63


@pytest.mark.parametrize(
    ("pattern", "prefix"), [("", ""), ("a", "a"), ("a*b", "a"), ("a?b*", "a"), ("*", "")]
)
def test_the_literal_prefix(pattern, prefix):
    assert literal_prefix(pattern) == prefix


SUBNET = "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1f26"


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        (SUBNET, True),
        ("arn:*:subnet/*", True),
        ("subnet-1f26", True),
        ("*-1f26", True),
        ("db-c", True),
        ("db-*", True),
        ("subnet", False),
        ("1f26", False),
        ("db", False),
        ("subnet/subnet-1f26", False),
        ("", False),
    ],
)
def test_a_resource_is_covered_by_arn_id_or_name(pattern, covered):
    assert covers(pattern, SUBNET, "db-c") is covered


def test_what_has_no_name_is_not_covered_by_an_empty_pattern():
    assert not covers("", SUBNET)
    assert covers("*", SUBNET)
    assert covers("Db", "stack.yaml#Db")
    assert covers("web->db", "123456789012:web->db")
