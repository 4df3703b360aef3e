"""Ways to spoil JSON: what a broken disk, a bad tool or an attacker makes of it."""

from __future__ import annotations

import copy

JUNK = (
    None,
    True,
    False,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "*",
    "0.0.0.0/0",
    "999.1.1.1/40",
    "arn:aws:iam::1:root",
    "{",
    '{"Statement": 1}',
    '{"Statement": [{}]}',
    '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}',
    [],
    {},
    [[]],
    [{}],
    {"$unknown": []},
    {"$unknown": [{"why": "denied"}]},
    "2026-11-01T12:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "\ud800",
    "\x1b[2J",
    "a" * 3000,
)


def places(value, path=()):
    """The path to every value but the whole."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(below, (*path, key))


def spoiled(dice, value, most=3):
    """The value with up to `most` places changed, removed, repeated or put out of order."""
    value = copy.deepcopy(value)
    for _ in range(dice.randint(1, most)):
        choices = list(places(value))
        if not choices:
            break
        *path, last = dice.choice(choices)
        parent = value
        for step in path:
            parent = parent[step]
        way = dice.choice(["junk", "junk", "alike", "alike", "gone", "twice", "shuffled"])
        if way == "junk":
            parent[last] = copy.deepcopy(dice.choice(JUNK))
        elif way == "alike":
            same = [junk for junk in JUNK if type(junk) is type(parent[last])]
            parent[last] = copy.deepcopy(dice.choice(same or JUNK))
        elif way == "gone":
            del parent[last]
        elif isinstance(parent, list):
            parent.append(copy.deepcopy(parent[last]))
            if way == "shuffled":
                dice.shuffle(parent)
        else:
            parent[f"{last}x"] = copy.deepcopy(dice.choice(JUNK))
    return value
