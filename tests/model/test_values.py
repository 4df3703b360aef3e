"""Not knowing as a value: Kleene's logic, and causes in order."""

from __future__ import annotations

import itertools

import pytest

from cloudpack_baseline.model.values import (
    Cause,
    Unknown,
    Why,
    all_of,
    any_of,
    is_known,
    lift,
    negate,
)

A = Unknown.because(Why.DENIED, operation="s3:GetBucketPolicy", actions=["s3:GetBucketPolicy"])
B = Unknown.because(Why.THROTTLED, operation="iam:GetAccountSummary")


def rank(truth):
    """The place in Kleene's order: false, unknown, true."""
    return 1 if isinstance(truth, Unknown) else 2 * truth


@pytest.mark.parametrize("truths", list(itertools.product((True, False, A, B), repeat=3)))
def test_all_is_the_least_and_any_the_greatest(truths):
    assert rank(all_of(truths)) == min(map(rank, truths))
    assert rank(any_of(truths)) == max(map(rank, truths))


def test_what_decides_hides_what_is_unknown():
    assert all_of([A, False, B]) is False
    assert any_of([A, True, B]) is True


def test_an_unknown_result_has_every_cause():
    assert all_of([A, True, B]) == any_of([B, False, A]) == A | B


def test_of_nothing():
    assert all_of([]) is True
    assert any_of([]) is False


def test_a_generator_is_read_until_something_decides():
    seen = []

    def truths():
        for truth in (True, False, True):
            seen.append(truth)
            yield truth

    assert all_of(truths()) is False
    assert seen == [True, False]


def test_negation_keeps_the_unknown():
    assert negate(True) is False
    assert negate(False) is True
    assert negate(A) is A


def test_lift_asks_only_what_is_known():
    assert lift(lambda days: days > 1, 2) is True
    assert lift(lambda days: days > 1, A) is A
    assert lift(lambda policy: policy is None, None) is True


def test_none_is_known():
    assert is_known(None)
    assert not is_known(A)


def test_an_unknown_has_no_truth():
    with pytest.raises(TypeError, match="no truth"):
        bool(A)


def test_causes_are_sorted_and_told_once():
    assert (A | B).causes == (B | A | B).causes
    assert [cause.why for cause in (B | A).causes] == [Why.DENIED, Why.THROTTLED]


def test_a_single_cause():
    (cause,) = A.causes
    assert cause == Cause(
        why=Why.DENIED, operation="s3:GetBucketPolicy", actions=("s3:GetBucketPolicy",)
    )


def test_the_earlier_name_of_a_reason_means_the_same():
    assert Why.NOT_TOLD is Why.NOT_PROVIDED
    assert Why("not-told").name == "NOT_PROVIDED"
