"""The laws of request sets, and that equal sets are the same node."""

from __future__ import annotations

import functools
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.access.space import RequestSet, Space, TooComplex

SIZES = (3, 2, 4)
SPACE = Space(SIZES, limit=1 << 60)
POINTS = list(itertools.product(*(range(size) for size in SIZES)))

boxes = st.fixed_dictionaries(
    {}, optional={level: st.integers(0, (1 << size) - 1) for level, size in enumerate(SIZES)}
)
sets = st.lists(boxes, max_size=4)


def made(parts):
    found = RequestSet.nothing(SPACE)
    for part in parts:
        found |= RequestSet.box(SPACE, part)
    return found


def points(parts):
    return {
        point
        for point in POINTS
        for part in parts
        if all(mask >> point[level] & 1 for level, mask in part.items())
    }


def held(found):
    return {
        point
        for point in POINTS
        if found.within({level: 1 << place for level, place in enumerate(point)})
    }


@given(sets)
def test_a_set_holds_the_points_of_its_boxes(parts):
    assert held(made(parts)) == points(parts)


@given(sets, sets)
def test_operations_are_those_of_sets(one, two):
    a, b = made(one), made(two)
    assert held(a & b) == points(one) & points(two)
    assert held(a | b) == points(one) | points(two)
    assert held(a - b) == points(one) - points(two)
    assert held(~a) == set(POINTS) - points(one)
    assert (a <= b) == (points(one) <= points(two))


@given(sets, sets)
def test_equal_sets_are_one(one, two):
    a, b = made(one), made(two)
    assert (a == b) == (points(one) == points(two))
    assert (a == b) <= (hash(a) == hash(b))
    assert bool(a) == bool(points(one))


@given(sets, sets, sets)
def test_laws(one, two, three):
    a, b, c = made(one), made(two), made(three)
    assert a & b == b & a
    assert a | b == b | a
    assert a & (b | c) == (a & b) | (a & c)
    assert a - (b | c) == (a - b) - c
    assert ~(a | b) == ~a & ~b
    assert ~~a == a
    assert a & ~a == RequestSet.nothing(SPACE)
    assert a | ~a == RequestSet.everything(SPACE)


@given(sets)
def test_projection_and_pick(parts):
    found = made(parts)
    for level in range(len(SIZES)):
        mask = sum(1 << place for place in {point[level] for point in points(parts)})
        assert found.classes(level) == mask
    picked = found.pick()
    if picked is None:
        assert not points(parts)
    else:
        assert tuple(picked.get(level, 0) for level in range(len(SIZES))) in points(parts)


@given(sets, boxes)
def test_within_is_intersection_with_a_box(parts, box):
    assert made(parts).within(box) == made(parts) & RequestSet.box(SPACE, box)


def test_spaces_do_not_mix():
    other = RequestSet.everything(Space((2,)))
    with pytest.raises(ValueError, match="different spaces"):
        RequestSet.everything(SPACE) & other
    assert other != RequestSet.everything(SPACE)
    assert other != 1


def test_the_limit_is_an_exception():
    space = Space((2,) * 40, limit=20)
    found = RequestSet.everything(space)
    boxes_of = [{level: 1, (level * 7 + 3) % 40: 1} for level in range(0, 40, 2)]
    with pytest.raises(TooComplex):
        functools.reduce(lambda rest, box: rest - RequestSet.box(space, box), boxes_of, found)
