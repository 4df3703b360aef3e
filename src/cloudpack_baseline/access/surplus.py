"""What a bucket lets in beyond what was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from cloudpack_baseline.access.actions import KINDS, KNOWN, names
from cloudpack_baseline.access.answers import pick, witness_of
from cloudpack_baseline.access.declarations import ACCOUNT_DIGITS
from cloudpack_baseline.access.others import organizations, reach_of, unbound_box
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.access.results import Reach
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.answers import Answers, Let
    from cloudpack_baseline.access.declarations import Declaration
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.requests import Witness

__all__ = ["Deputy", "Surplus", "deputies_of", "surplus_of"]


@frozen(kw_only=True)
class Surplus:
    """Requests that get in and were not declared.

    ``principal`` is ``anonymous``, an account id (``*`` for any other), a canonical user id, a
    service (``*`` for any) or an origin access identity; ``access`` is ``read``, ``list``,
    ``write`` or ``other``; ``reach`` tells, for unsigned requests, from where; ``organizations``
    to which of them any account is confined, if it is. ``bound`` is false for a service that may
    act on behalf of anybody. ``exact`` is false where the surplus rests on a statement that could
    not be taken exactly.
    """

    principal_kind: str
    principal: str
    access: str
    actions: tuple[str, ...]
    reach: Reach
    witness: Witness
    organizations: tuple[str, ...] = ()
    bound: bool = True
    exact: bool = True


@frozen(kw_only=True)
class Deputy:
    """A service that is let in on behalf of an account that is neither the owner's nor declared."""

    service: str
    account: str
    witness: Witness


def surplus_of(answers: Answers, wanted: RequestSet) -> Iterable[Surplus]:
    """What gets in beyond the wanted, by who and what."""
    layout = answers.analysis.world.layout
    rests = _without(answers.named_first, wanted)
    kinds = {**KINDS, "other": KNOWN & ~(KINDS["read"] | KINDS["list"] | KINDS["write"])}
    # Whoever may come in unsigned may come in as anybody else: told once.
    unsigned = RequestSet.nothing(answers.analysis.world.space)
    for rest in rests:
        unsigned |= rest.high.within({layout.caller: 1}).below(layout.way)
    beyond = _without(rests, unsigned)
    for (kind, name), callers in _groups(answers.analysis).items() if rests else ():
        of_anybody = name == "*" or kind == "service"
        for access, actions in kinds.items():
            box = {layout.caller: callers, layout.action: actions}
            found = _told(answers, beyond if of_anybody else rests, box)
            if found is not None:
                yield evolve(found, principal_kind=kind, principal=name, access=access)


def _groups(analysis: Analysis) -> dict[tuple[str, str], int]:
    """The callers as a reader knows them."""
    found: dict[tuple[str, str], int] = {}
    for index, caller in enumerate(analysis.world.callers):
        name = caller.name
        if caller.stranger:
            name = "*"
        elif caller.kind == "account":
            name = caller.account or name
        found[caller.kind, name] = found.get((caller.kind, name), 0) | 1 << index
    return found


def _without(lets: Iterable[Let], taken: RequestSet) -> list[Let]:
    """What the Allows let in besides some requests; those that let in nothing else are left out."""
    found = []
    for let in lets:
        high = let.high - taken
        if high:
            found.append(type(let)(let.rule, high, high if let.low is let.high else
                                   let.low - taken))  # fmt: skip
    return found


def _told(answers: Answers, rests: Sequence[Let], box: dict[int, int]) -> Surplus | None:
    """What is told of the requests in a box, but for the words for who and what."""
    analysis = answers.analysis
    best = pick((rest, box) for rest in rests)
    if best is None:
        return None
    let, found, sure = best
    parts = [part for part in (rest.high.within(box) for rest in rests) if part]
    taken = 0
    for part in parts:
        taken |= part.classes(analysis.world.layout.action)
    if not sure:
        answers.uncertain.append("surplus")
    free = unbound_box(analysis)
    return Surplus(
        principal_kind="", principal="", access="", actions=names(taken),
        reach=reach_of(analysis, rests, box), witness=witness_of(analysis, found, let.rule),
        organizations=organizations(analysis, parts),
        bound=not any(part.within(free) for part in parts), exact=sure,
    )  # fmt: skip


def deputies_of(answers: Answers, declarations: Sequence[Declaration]) -> Iterable[Deputy]:
    """Services that act for accounts which the policies name and nobody declared."""
    analysis = answers.analysis
    layout = analysis.world.layout
    known = {analysis.bucket.owner_account}
    known.update(account for declaration in declarations for account in declaration.accounts)
    for key, tests in analysis.bindings.items():
        for test in tests:
            account = _account_bound_by(key, test)
            if account is None or account in known:
                continue
            inside = analysis.world.axes[key].where(test)
            for index, caller in enumerate(analysis.world.callers):
                box = {layout.caller: 1 << index, layout.keys[key]: inside}
                best = pick((let, box) for let in answers.lets) if inside else None
                if best is not None and caller.kind == "service" and not caller.stranger:
                    yield Deputy(service=caller.name, account=account,
                                 witness=witness_of(analysis, best[1], best[0].rule))  # fmt: skip


def _account_bound_by(key: str, test: Predicate) -> str | None:
    """The account that a binding test names, if it names one alone."""
    if not isinstance(test, StringPredicate) or len(test.patterns) != 1:
        return None
    text = test.patterns[0].text
    found = text.split(":")[4:5] if key == "aws:sourcearn" else [text]
    return found[0] if found and len(found[0]) == ACCOUNT_DIGITS and found[0].isdigit() else None
