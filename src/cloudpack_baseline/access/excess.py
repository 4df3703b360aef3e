"""What a bucket lets in beyond what was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from cloudpack_baseline.access.actions import KINDS, KNOWN, names
from cloudpack_baseline.access.declarations import ACCOUNT_DIGITS
from cloudpack_baseline.access.grants import best_grant, request_witness
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.access.results import Reach
from cloudpack_baseline.access.space import RequestSet
from cloudpack_baseline.access.summaries import confining_organizations, reach_of, unbound_box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.declarations import Declaration
    from cloudpack_baseline.access.grants import Answers, EffectiveGrant
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.requests import RequestWitness

__all__ = ["Deputy", "ExcessAccess", "excess_access", "undeclared_deputies"]


@frozen(kw_only=True)
class ExcessAccess:
    """Requests that get in and were not declared.

    ``principal`` is ``anonymous``, an account id (``*`` for any other), a canonical user id, a
    service (``*`` for any) or an origin access identity; ``access`` is ``read``, ``list``,
    ``write`` or ``other``; ``reach`` tells, for unsigned requests, from where; ``organizations``
    to which of them any account is confined, if it is. ``bound`` is false for a service that may
    act on behalf of anybody. ``exact`` is false where it rests on a statement that could
    not be taken exactly.
    """

    principal_kind: str
    principal: str
    access: str
    actions: tuple[str, ...]
    reach: Reach
    witness: RequestWitness
    organizations: tuple[str, ...] = ()
    bound: bool = True
    exact: bool = True


@frozen(kw_only=True)
class Deputy:
    """A service that is let in on behalf of an account that is neither the owner's nor declared."""

    service: str
    account: str
    witness: RequestWitness


def excess_access(answers: Answers, declared: RequestSet) -> Iterable[ExcessAccess]:
    """What gets in beyond the wanted, by who and what."""
    layout = answers.analysis.context.layout
    undeclared = _without(answers.named_first, declared)
    kinds = {**KINDS, "other": KNOWN & ~(KINDS["read"] | KINDS["list"] | KINDS["write"])}
    # Whoever may come in unsigned may come in as anybody else: told once.
    unsigned = RequestSet.nothing(answers.analysis.context.space)
    for grant in undeclared:
        unsigned |= grant.high.within({layout.caller: 1}).below(layout.channel)
    beyond = _without(undeclared, unsigned)
    for (kind, name), callers in _groups(answers.analysis).items() if undeclared else ():
        of_anybody = name == "*" or kind == "service"
        for access, actions in kinds.items():
            box = {layout.caller: callers, layout.action: actions}
            excess = _summarize(answers, beyond if of_anybody else undeclared, box)
            if excess is not None:
                yield evolve(excess, principal_kind=kind, principal=name, access=access)


def _groups(analysis: Analysis) -> dict[tuple[str, str], int]:
    """The callers as a reader knows them."""
    groups: dict[tuple[str, str], int] = {}
    for index, caller in enumerate(analysis.context.callers):
        name = caller.name
        if caller.stranger:
            name = "*"
        elif caller.kind == "account":
            name = caller.account or name
        groups[caller.kind, name] = groups.get((caller.kind, name), 0) | 1 << index
    return groups


def _without(grants: Iterable[EffectiveGrant], requests: RequestSet) -> list[EffectiveGrant]:
    """What the Allows let in besides some requests; those that let in nothing else are left out."""
    reduced = []
    for grant in grants:
        high = grant.high - requests
        if high:
            reduced.append(
                type(grant)(
                    grant.rule, high, high if grant.low is grant.high else grant.low - requests
                )
            )
    return reduced


def _summarize(
    answers: Answers, grants: Sequence[EffectiveGrant], box: dict[int, int]
) -> ExcessAccess | None:
    """What is told of the requests in a box, but for the words for who and what."""
    analysis = answers.analysis
    best = best_grant(grants, box)
    if best is None:
        return None
    grant, requests, sure = best
    granted = [
        requests_of_grant
        for requests_of_grant in (grant_left.high.within(box) for grant_left in grants)
        if requests_of_grant
    ]
    action_mask = 0
    for requests_of_grant in granted:
        action_mask |= requests_of_grant.classes(analysis.context.layout.action)
    if not sure:
        answers.uncertain.append("excess")
    unbound = unbound_box(analysis)
    return ExcessAccess(
        principal_kind="",
        principal="",
        access="",
        actions=names(action_mask),
        reach=reach_of(analysis, grants, box),
        witness=request_witness(analysis, requests, grant.rule),
        organizations=confining_organizations(analysis, granted),
        bound=not any(requests_of_grant.within(unbound) for requests_of_grant in granted),
        exact=sure,
    )


def undeclared_deputies(answers: Answers, declarations: Sequence[Declaration]) -> Iterable[Deputy]:
    """Services that act for accounts which the policies name and nobody declared."""
    analysis = answers.analysis
    layout = analysis.context.layout
    known = {analysis.bucket.owner_account}
    known.update(account for declaration in declarations for account in declaration.accounts)
    for key, tests in analysis.bindings.items():
        for test in tests:
            account = _account_bound_by(key, test)
            if account is None or account in known:
                continue
            inside = analysis.context.axes[key].where(test)
            for index, caller in enumerate(analysis.context.callers):
                box = {layout.caller: 1 << index, layout.keys[key]: inside}
                best = best_grant(answers.grants, box) if inside else None
                if best is not None and caller.kind == "service" and not caller.stranger:
                    yield Deputy(
                        service=caller.name,
                        account=account,
                        witness=request_witness(analysis, best[1], best[0].rule),
                    )


def _account_bound_by(key: str, test: Predicate) -> str | None:
    """The account that a binding test names, if it names one alone."""
    if not isinstance(test, StringPredicate) or len(test.patterns) != 1:
        return None
    text = test.patterns[0].text
    accounts = text.split(":")[4:5] if key == "aws:sourcearn" else [text]
    return (
        accounts[0]
        if accounts and len(accounts[0]) == ACCOUNT_DIGITS and accounts[0].isdigit()
        else None
    )
