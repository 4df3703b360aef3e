"""Assertions on a control: it passes or fails over records, a snapshot or a session."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from cloudpack_baseline.assessment import Assessment, Source, assess
from cloudpack_baseline.model.record import Record

if TYPE_CHECKING:
    from cloudpack_baseline.baseline import Baseline
    from cloudpack_baseline.whitepaper import Control

__all__ = ["must_fail", "must_pass"]


def must_pass(
    control: Control | str,
    *source: Record | Source,
    baseline: Baseline | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """Judge the control; something has to pass, and nothing fail, be unknown or be waived.

    Args:
        control: a control of your own, or an ID.
        source: a session, a snapshot, or records of one account.
        baseline: what is declared; by default the values of the white paper.
        as_of: the time as of which ages are calculated; by default the time of gathering.

    Raises:
        AssertionError: it does not pass; the message shows the findings.
    """
    assessment = _judged(control, source, baseline, as_of)
    counts = assessment.counts
    if not counts["pass"] or counts["fail"] or counts["unknown"] or counts["waived"]:
        raise AssertionError(f"expected to pass: {_id(control)}\n\n{assessment.text()}")
    return assessment


def must_fail(
    control: Control | str,
    *source: Record | Source,
    baseline: Baseline | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """Judge the control; at least one finding has to fail without being waived.

    Args:
        control: a control of your own, or an ID.
        source: a session, a snapshot, or records of one account.
        baseline: what is declared; by default the values of the white paper.
        as_of: the time as of which ages are calculated; by default the time of gathering.

    Raises:
        AssertionError: nothing fails; the message shows the findings.
    """
    assessment = _judged(control, source, baseline, as_of)
    if not assessment.counts["fail"]:
        raise AssertionError(f"expected to fail: {_id(control)}\n\n{assessment.text()}")
    return assessment


def _judged(
    control: Control | str,
    source: tuple[Record | Source, ...],
    baseline: Baseline | None,
    as_of: datetime | None,
) -> Assessment:
    if len(source) == 1 and not isinstance(source[0], Record):
        judged = source[0]
    else:
        from cloudpack_baseline.testing.records import snapshot  # noqa: PLC0415 - a run that does not need it starts sooner

        judged = snapshot(*cast("tuple[Record, ...]", source), controls=[control])
    return assess(judged, baseline, controls=[control], as_of=as_of)


def _id(control: Control | str) -> str:
    return control if isinstance(control, str) else control.id
