"""What ``[scope]`` leaves out, and why."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.baseline import Baseline, Exclusion
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.whitepaper import Control, is_within

__all__ = ["in_scope", "later_controls", "out_of_scope"]


def in_scope(controls: Iterable[Control], baseline: Baseline) -> tuple[Control, ...]:
    """The controls that are judged."""
    return tuple(control for control in controls if out_of_scope(control, baseline) is None)


def out_of_scope(control: Control, baseline: Baseline) -> Text | None:
    """Why the control is not judged; ``None``: it is."""
    return (
        _later(control, baseline)
        or _not_selected(control, baseline)
        or _other_party(control, baseline)
        or _excluded(control, baseline)
    )


def later_controls(controls: Iterable[Control], baseline: Baseline) -> tuple[Text, ...]:
    """One line on the controls that ``[scope] since`` leaves out; nothing if there are none."""
    since = baseline.scope.since
    number = sum(_later(control, baseline) is not None for control in controls)
    return (text("common.later-controls", since=since, number=number),) if since and number else ()


def _later(control: Control, baseline: Baseline) -> Text | None:
    since = baseline.scope.since
    if since is None or not control.is_later_than(since):
        return None
    return text("common.later", since=since, version=control.since)


def _not_selected(control: Control, baseline: Baseline) -> Text | None:
    scope = baseline.scope
    if not (scope.controls or scope.clauses):
        return None
    if control.id in scope.controls or baseline.catalogue.judges_within(control, scope.clauses):
        return None
    keys = [key for key in ("controls", "clauses") if getattr(scope, key)]
    return text("common.not-selected", keys=tuple(keys))


def _other_party(control: Control, baseline: Baseline) -> Text | None:
    if set(control.parties) & set(baseline.scope.parties):
        return None
    names: dict[str, str | Text] = {"aws": "AWS", "customer": text("common.customer")}
    parties = tuple(names.get(party, party) for party in control.parties)
    return text("common.other-party", parties=parties)


def _excluded(control: Control, baseline: Baseline) -> Text | None:
    """That each of its clauses is excluded."""
    exclusions = [_exclusion(link.clause, baseline) for link in control.clauses]
    first = exclusions[0]
    if first is None or None in exclusions:
        return None
    return text("common.excluded", clause=first.clause, reason=first.reason)


def _exclusion(clause: str, baseline: Baseline) -> Exclusion | None:
    covering = (
        exclusion for exclusion in baseline.scope.exclude if is_within(clause, exclusion.clause)
    )
    return next(covering, None)
