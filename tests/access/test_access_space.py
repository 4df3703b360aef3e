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


def made(boxes):
    requests = RequestSet.nothing(SPACE)
    for box in boxes:
        requests |= RequestSet.box(SPACE, box)
    return requests


def points(boxes):
    return {
        point
        for point in POINTS
        for box in boxes
        if all(mask >> point[level] & 1 for level, mask in box.items())
    }


def held(requests):
    return {
        point
        for point in POINTS
        if requests.within({level: 1 << place for level, place in enumerate(point)})
    }


@given(sets)
def test_a_set_holds_the_points_of_its_boxes(boxes):
    assert held(made(boxes)) == points(boxes)


@given(sets, sets)
def test_operations_are_those_of_sets(boxes_a, boxes_b):
    a, b = made(boxes_a), made(boxes_b)
    assert held(a & b) == points(boxes_a) & points(boxes_b)
    assert held(a | b) == points(boxes_a) | points(boxes_b)
    assert held(a - b) == points(boxes_a) - points(boxes_b)
    assert held(~a) == set(POINTS) - points(boxes_a)
    assert (a <= b) == (points(boxes_a) <= points(boxes_b))


@given(sets, sets)
def test_equal_sets_are_one(boxes_a, boxes_b):
    a, b = made(boxes_a), made(boxes_b)
    assert (a == b) == (points(boxes_a) == points(boxes_b))
    assert (a == b) <= (hash(a) == hash(b))
    assert bool(a) == bool(points(boxes_a))


@given(sets, sets, sets)
def test_laws(boxes_a, boxes_b, three):
    a, b, c = made(boxes_a), made(boxes_b), made(three)
    assert a & b == b & a
    assert a | b == b | a
    assert a & (b | c) == (a & b) | (a & c)
    assert a - (b | c) == (a - b) - c
    assert ~(a | b) == ~a & ~b
    assert ~~a == a
    assert a & ~a == RequestSet.nothing(SPACE)
    assert a | ~a == RequestSet.everything(SPACE)


@given(sets)
def test_projection_and_pick(boxes):
    requests = made(boxes)
    for level in range(len(SIZES)):
        mask = sum(1 << place for place in {point[level] for point in points(boxes)})
        assert requests.classes(level) == mask
    picked = requests.pick()
    if picked is None:
        assert not points(boxes)
    else:
        assert tuple(picked.get(level, 0) for level in range(len(SIZES))) in points(boxes)


@given(sets, boxes)
def test_within_is_intersection_with_a_box(boxes, box):
    assert made(boxes).within(box) == made(boxes) & RequestSet.box(SPACE, box)


def test_spaces_do_not_mix():
    another_space = RequestSet.everything(Space((2,)))
    with pytest.raises(ValueError, match="different spaces"):
        RequestSet.everything(SPACE) & another_space
    assert another_space != RequestSet.everything(SPACE)
    assert another_space != 1


def test_the_limit_is_an_exception():
    space = Space((2,) * 40, limit=20)
    requests = RequestSet.everything(space)
    boxes_of = [{level: 1, (level * 7 + 3) % 40: 1} for level in range(0, 40, 2)]
    with pytest.raises(TooComplex):
        functools.reduce(
            lambda remaining, box: remaining - RequestSet.box(space, box), boxes_of, requests
        )
