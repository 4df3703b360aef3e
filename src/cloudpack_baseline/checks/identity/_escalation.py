"""The paths to administrator rights that are open to one principal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.checks.identity._paths import AccountPrincipals, EscalationPath
from cloudpack_baseline.checks.identity._paths_at_large import paths_at_large
from cloudpack_baseline.checks.identity._paths_by_creation import paths_by_creation
from cloudpack_baseline.checks.identity._paths_by_running import paths_by_running, unread_paths
from cloudpack_baseline.checks.identity._paths_to_itself import paths_to_itself
from cloudpack_baseline.checks.identity._paths_to_others import paths_by_others, paths_towards
from cloudpack_baseline.checks.identity._permission_questions import Questions
from cloudpack_baseline.checks.identity._policies import Principal, PrincipalPolicies

__all__ = ["escalation_paths"]

_REPORTED = 5
"""The maximum number of reported paths of a principal; the next ones show once these are closed."""


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
    yield from paths_by_running(questions)
    yield from paths_by_creation(questions)
    yield from paths_by_others(questions)
    yield from unread_paths(questions)


def _first(
    paths: Iterable[EscalationPath], *, by_end: bool = False
) -> tuple[tuple[EscalationPath, ...], tuple[EscalationPath, ...]]:
    """The first certain paths, and the doubtful ones before; with ``by_end`` one to each end."""
    certain: dict[object, EscalationPath] = {}
    doubtful: list[EscalationPath] = []
    for path in paths:
        if not path.exact:
            doubtful.append(path)
            continue
        certain.setdefault(path.end if by_end else len(certain), path)
        if len(certain) == _REPORTED:
            break
    return tuple(certain.values()), tuple(doubtful)
