"""The check functions, one for each control, for your own tests and programs.

Each takes a boto3 session or a snapshot, and a baseline, and returns an `Assessment` of its
control, which is true if no finding fails or is unknown.

The functions follow from the catalogue. Type checkers and editors read ``api.pyi``, which
`docs/generate.py` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache

from cloudpack_baseline.assessment import Assessment, Source, assess
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks import check_of
from cloudpack_baseline.whitepaper import Control, controls

_ARGUMENTS = """
Args:
    source: a boto3 session, from which only what the control reads is gathered, or a snapshot.
    baseline: what is declared; by default the values of the white paper.
    regions: used instead of the Regions in the baseline; for a session only.
    as_of: the time as of which ages are calculated (aware); by default the time of gathering.

Raises:
    InputError: a time without a time zone, or an argument of another kind.
    SourceError: the credentials of the session are missing, rejected, or of an account that the
        baseline does not declare.
"""


def __getattr__(name: str) -> object:
    """The check function of that name, or all their names as ``__all__``."""
    functions = _controls_by_function()
    if name == "__all__":
        return sorted(functions)
    if name not in functions:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _function(name)


def __dir__() -> list[str]:
    """The check functions."""
    return sorted(_controls_by_function())


@cache
def _controls_by_function() -> dict[str, Control]:
    return {f"check_{id_.replace('-', '_')}": control for id_, control in controls().items()}


@cache
def _function(name: str) -> Callable[..., Assessment]:
    control = _controls_by_function()[name]

    def check(
        source: Source,
        baseline: Baseline | None = None,
        *,
        regions: Iterable[str] | None = None,
        as_of: datetime | None = None,
    ) -> Assessment:
        return assess(source, baseline, controls=[control.id], regions=regions, as_of=as_of)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = documentation(control)
    return check


def documentation(control: Control) -> str:
    """What the check function says of itself: title, clauses, evidence and arguments."""
    clauses = ", ".join(
        f"{link.clause} ({link.relation.value.replace('-', ' ')})" for link in control.clauses
    )
    evidence = check_of(control).evidence
    return f"{control.title['en']}.\n\nJudges {clauses}. {evidence}\n{_ARGUMENTS}"
