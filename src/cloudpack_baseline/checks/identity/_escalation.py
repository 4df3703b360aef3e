"""The paths to administrator rights that are open to one principal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.checks.identity._paths import (
    AccountPrincipals,
    Administrator,
    EscalationPath,
)
from cloudpack_baseline.checks.identity._paths_at_large import paths_at_large
from cloudpack_baseline.checks.identity._paths_by_creation import paths_by_creation
from cloudpack_baseline.checks.identity._paths_by_running import unread_paths
from cloudpack_baseline.checks.identity._paths_to_itself import paths_to_itself
from cloudpack_baseline.checks.identity._paths_to_others import paths_by_others, paths_towards
from cloudpack_baseline.checks.identity._permission_questions import Questions
from cloudpack_baseline.checks.identity._policies import Principal, PrincipalPolicies
from cloudpack_baseline.checks.identity._question_budget import TooManyQuestions
from cloudpack_baseline.model.values import Unknown, Why

__all__ = ["escalation_paths", "paths_of_each"]

_REPORTED = 5
"""The maximum number of reported paths of a principal; the next ones show once these are closed."""


def paths_of_each(
    account: AccountPrincipals,
    principals: Iterable[Principal],
    policies: Mapping[str, PrincipalPolicies],
) -> Mapping[str, tuple[EscalationPath, ...]]:
    """The paths of each principal that is no administrator, also through one another.

    Args:
        account: with its administrators.
        principals: the principals.
        policies: of each of them, by ARN.
    """
    candidates = tuple(principals)
    paths = {
        principal.arn: escalation_paths(account, principal, policies[principal.arn])
        for principal in candidates
    }
    targets = _escalating(account, candidates, paths)
    while targets:
        nearer: list[Principal] = []
        for principal in candidates:
            known = paths[principal.arn]
            if any(path.exact for path in known):
                continue
            questions = Questions.of(account, principal, policies[principal.arn])
            # `paths_towards` ends with the first certain path to an end.
            certain, doubtful = _first(_through(questions, targets))
            if certain or (doubtful and not known):
                paths[principal.arn] = (*certain, *known, *doubtful)
                nearer.append(principal)
        targets = _escalating(account, nearer, paths)
    return paths


def _through(questions: Questions, targets: Iterable[Administrator]) -> Iterator[EscalationPath]:
    for target in targets:
        if target.principal.arn != questions.principal.arn:
            yield from paths_towards(questions, target)


def _escalating(
    account: AccountPrincipals,
    principals: Iterable[Principal],
    paths: Mapping[str, tuple[EscalationPath, ...]],
) -> tuple[Administrator, ...]:
    """Those of the principals that have a path, as ends of the paths of others."""
    return tuple(
        evolve(account.target(principal), escalates=True, unknown=_why_doubtful(open_paths))
        for principal in principals
        if (open_paths := paths[principal.arn])
    )


def _why_doubtful(paths: Iterable[EscalationPath]) -> Unknown | None:
    """Why the paths may be none."""
    if any(path.exact for path in paths):
        return None
    return Unknown.because(Why.UNSUPPORTED, detail="Action=*, Resource=*")


def escalation_paths(
    account: AccountPrincipals, principal: Principal, policies: PrincipalPolicies
) -> tuple[EscalationPath, ...]:
    """The paths that are open to the principal: those at large, else the first narrow ones.

    Certain ones go before doubtful ones.
    """
    questions = Questions.of(account, principal, policies)
    if not questions.names and not account.administrators:  # a trust policy alone may allow it
        return ()
    large = _first(paths_at_large(questions))
    if large[0]:
        return (*large[0], *large[1])
    certain, doubtful = _first(_narrow(questions), by_end=True)
    return (*certain, *large[1], *doubtful)


def _narrow(questions: Questions) -> Iterator[EscalationPath]:
    yield from paths_to_itself(questions)
    for target in questions.account.administrators:
        yield from paths_towards(questions, target)
    yield from paths_by_creation(questions)
    yield from paths_by_others(questions)
    yield from unread_paths(questions)


def _first(
    paths: Iterable[EscalationPath], *, by_end: bool = False
) -> tuple[tuple[EscalationPath, ...], tuple[EscalationPath, ...]]:
    """The first certain paths, and the doubtful ones before; with ``by_end`` one to each end."""
    certain: dict[object, EscalationPath] = {}
    doubtful: list[EscalationPath] = []
    for path in _as_far_as_asked(paths):
        if not path.exact:
            doubtful.append(path)
            continue
        certain.setdefault(path.end if by_end else len(certain), path)
        if len(certain) == _REPORTED:
            break
    return tuple(certain.values()), tuple(doubtful)


def _as_far_as_asked(paths: Iterable[EscalationPath]) -> Iterator[EscalationPath]:
    """The paths; the last one stands for all that nobody asked about any more."""
    try:
        yield from paths
    except TooManyQuestions:
        why = Unknown.because(Why.UNSUPPORTED, detail="Policies")
        yield EscalationPath(steps=(), unknown=why)
