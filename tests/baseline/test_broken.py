"""Whatever a baseline file holds, it is read, or refused with file and key: never a traceback."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baselines import DAY, TEXT, VALID, at, changed, places, valid
from cloudpack_baseline import Baseline, InputError
from cloudpack_baseline.baseline._structure import key_path
from cloudpack_baseline.baseline.options import OPTIONS

SCALARS = (
    st.sampled_from(["", " ", "internet", "private", "*", "網", "\x1b[2J", "x" * 300])
    | st.integers(-2, 40)
    | st.sampled_from([0.0, 1.0, math.inf, -math.inf, math.nan])
    | st.booleans()
    | st.sampled_from([DAY, dt.datetime(2026, 10, 1, tzinfo=dt.UTC), dt.time(1)])
)
ANY = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab."), inner, max_size=2)
    ),
    max_leaves=5,
)


def mistakes(values):
    try:
        Baseline.from_mapping(values)
    except InputError as error:
        return error.problems
    return ()


PLACES = list(places(VALID))
CONTROL_PLACES = {("controls", control) for control in OPTIONS}


def test_the_valid_one_is_valid_and_whole():
    assert Baseline.from_mapping(VALID)
    assert set(VALID["controls"]) == set(OPTIONS)


WRONG = [1, 2.5, math.nan, False, "", DAY, dt.time(1), [], {}, [[]], [{}], {"": 1}, 2**20000]


@pytest.mark.parametrize("path", PLACES, ids=key_path)
def test_a_value_of_a_wrong_type_is_one_mistake_at_its_key(path):
    for value in WRONG:
        wrong = None if type(value) is type(at(VALID, path)) else value
        problems = mistakes(changed(path, wrong))
        assert len(problems) == 1, (type(value), problems)
        assert problems[0].path.startswith(key_path(path))
        assert len(problems[0].message) < 300


@given(st.sampled_from(PLACES), ANY)
@settings(max_examples=600)
def test_any_value_anywhere_is_taken_or_refused(path, value):
    for problem in mistakes(changed(path, value)):
        assert problem.message
        assert str(problem).isprintable()


@given(st.lists(st.tuples(st.sampled_from(PLACES), ANY), min_size=2, max_size=5))
@settings(max_examples=400)
def test_several_at_once(changes):
    values = valid(*(path for path, _ in changes))
    for path, value in changes:
        parent = values
        for step in path[:-1]:
            parent = parent.get(step) if isinstance(parent, dict) else None
        if isinstance(parent, dict):
            parent[path[-1]] = value
    mistakes(values)


@pytest.mark.parametrize("exposure", [1, None, "public", [1], [["public"]], {}])
def test_two_tables_of_one_bucket_with_an_exposure_of_a_wrong_type(exposure):
    """`exposure = 1` in a second table of a bucket ended in a traceback."""
    rows = [{"name": "a"}, {"name": "a", "exposure": exposure}]
    (problem,) = mistakes({"buckets": rows})
    assert problem.path.startswith("buckets[1].exposure")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("broken") / "cloudpack-baseline.toml"


def test_the_text_is_the_valid_one(file):
    file.write_text(TEXT, encoding="utf-8")
    assert Baseline.load(file) == Baseline.from_mapping(VALID)


@given(
    st.integers(0, len(TEXT)),
    st.integers(0, 40),
    st.sampled_from(
        ["", "[", "]", "{", '"', "=", "\n[a.b]\n", "\n[[buckets]]\n", "0x" + "f" * 9999]
    ),
)
@settings(max_examples=400)
def test_any_cut_of_the_file_is_read_or_refused(file, start, length, inserted):
    file.write_text(TEXT[:start] + inserted + TEXT[start + length :], encoding="utf-8")
    try:
        Baseline.load(file)
    except InputError as error:
        problems = error.problems
    else:
        problems = ()
    assert all(problem.file == str(file) for problem in problems)


@given(st.binary(max_size=60))
@settings(max_examples=100)
def test_any_bytes_are_read_or_refused(file, data):
    file.write_bytes(data)
    try:
        Baseline.load(file)
    except InputError as error:
        problems = error.problems
    else:
        problems = ()
    assert all(problem.file == str(file) for problem in problems)
