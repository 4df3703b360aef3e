"""Lines of table headers, which tomllib does not keep."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.baseline._lines import header_lines, key_lines, line_of

SOURCE = """regions = [
  "a",
]
[scope]
[ accounts . production ]  # spaces and a comment
id = "1"
[accounts."staging"]
[accounts.'a.b']
[[segments]]
name = "a"
[[segments]]
name = "b"
[segments.tags]
Tier = "b"
[[flows]]
services = [
  ["not", "a header"],
]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("regions",), 1),
        (("regions", 0), 1),
        (("schema",), 0),
        (("id",), 0),
        (("scope", "exclude", 0, "clause"), 4),
        (("accounts", "production", "id"), 5),
        (("accounts", "staging", "id"), 7),
        (("accounts", "a.b", "id"), 8),
        (("accounts", "a", "b"), 0),
        (("segments", 0, "name"), 9),
        (("segments", 1, "name"), 11),
        (("segments", 1, "tags", "Tier"), 13),
        (("segments", 0, "tags", "Tier"), 9),
        (("segments", 2, "name"), 0),
        (("flows", 0, "from", 3), 15),
        ((), 0),
    ],
)
def test_the_innermost_header(path, line):
    assert line_of(header_lines(SOURCE), path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("regions", 0), 1),
        (("accounts", "production", "id"), 6),
        (("accounts", "production", "regions"), 5),
        (("segments", 0, "name"), 10),
        (("segments", 1, "name"), 12),
        (("segments", 1, "tags", "Tier"), 14),
        (("flows", 0, "services", 0), 16),
        (("flows", 0, "to"), 15),
    ],
)
def test_the_line_of_a_key(path, line):
    assert line_of(key_lines(SOURCE), path) == line


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("[networks]\n'a b' = []", ("networks", "a b")),
        ('[networks]\n  "a.b" = []', ("networks", "a.b")),
        ("[controls]\nrds-backup . generations = 2", ("controls", "rds-backup", "generations")),
        ("controls.rds-backup.generations = 2\n", ("controls", "rds-backup", "generations")),
    ],
)
def test_every_way_to_write_a_key(source, path):
    number = next(n for n, line in enumerate(source.split("\n"), 1) if "=" in line)
    assert line_of(key_lines(source), path) == number


@given(st.text(alphabet="a.= \"'[]#\n", max_size=40))
def test_any_text_has_lines(source):
    last = source.count("\n") + 1
    assert all(1 <= number <= last for number in key_lines(source).values())


NAMES = st.sampled_from(["accounts", "networks", "segments", "flows", "a", "b-1", "c_2", "名 前"])


@st.composite
def documents(draw):
    """A TOML text of empty tables, and (path, line) of each header."""
    lines, places, repeated = [], [], {}
    for name in draw(st.lists(NAMES, max_size=8)):
        lines += ["# between"] * draw(st.integers(0, 2))
        listed = repeated.get(name, draw(st.booleans()))
        if listed is not True and name in repeated:
            continue
        repeated[name] = listed
        lines.append(f'[["{name}"]]' if listed else f'["{name}"]')
        count = sum(path[0] == name for path, _ in places)
        places.append(((name, count) if listed else (name,), len(lines)))
    return "\n".join(lines), places


@given(documents())
def test_every_header_is_found_by_its_path(document):
    source, places = document
    tomllib.loads(source)
    lines = header_lines(source)
    for path, line in places:
        assert line_of(lines, path) == line
        assert line_of(lines, (*path, "key", 0)) == line
