"""Lines of table headers, which tomllib does not keep."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.baseline._lines import line_of

SOURCE = """regions = []
[scope]
[ accounts . production ]  # spaces and a comment
id = "1"
[accounts."staging"]
[[segments]]
name = "a"
[[segments]]
name = "b"
[segments.tags]
Tier = "b"
[[flows]]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("regions", 0),
        ("regions[0]", 0),
        ("scope.exclude[0].clause", 2),
        ("accounts.production.id", 3),
        ("accounts.staging.id", 5),
        ("segments[0].name", 6),
        ("segments[1].name", 8),
        ("segments[1].tags.Tier", 10),
        ("segments[2].name", 0),
        ("flows[0].from[3]", 12),
        ("", 0),
    ],
)
def test_the_innermost_header(path, line):
    assert line_of(SOURCE, path) == line


NAMES = st.sampled_from(["accounts", "networks", "segments", "flows", "a", "b-1", "c_2"])


@st.composite
def documents(draw):
    """A TOML text of empty tables, and (path, line) of each header."""
    lines, places, seen = [], [], {}
    for name in draw(st.lists(NAMES, max_size=8)):
        lines += ["# between"] * draw(st.integers(0, 2))
        listed = seen.get(name, draw(st.booleans()))
        if listed is not True and name in seen:
            continue
        seen[name] = listed
        lines.append(f"[[{name}]]" if listed else f"[{name}]")
        count = sum(path.partition("[")[0] == name for path, _ in places)
        places.append((f"{name}[{count}]" if listed else name, len(lines)))
    return "\n".join(lines), places


@given(documents())
def test_every_header_is_found_by_its_path(document):
    source, places = document
    tomllib.loads(source)
    for path, line in places:
        assert line_of(source, path) == line
        assert line_of(source, f"{path}.key[0]") == line
