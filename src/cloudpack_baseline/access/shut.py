"""What was declared and cannot get in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from cloudpack_baseline.access.actions import KINDS
from cloudpack_baseline.access.declarations import (
    by_cloudfront,
    endpoint_key,
    intervals,
    keys_of,
    prefixes,
    unsigned_who,
)
from cloudpack_baseline.access.networks import networks_text
from cloudpack_baseline.access.predicates import AddressPredicate, equal_to
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.answers import Answers
    from cloudpack_baseline.access.declarations import Declaration

__all__ = ["Shut", "lists_others", "shut_of"]


@frozen(kw_only=True)
class Shut:
    """A declared part that cannot get in.

    ``declaration`` is its index; ``parts`` are the networks, endpoints, accounts, organizations,
    distributions, identities or object patterns that no request gets in from, or for.
    ``stopped_by`` are the Denies that stop some of what an Allow would let in there.
    """

    declaration: int
    access: str
    parts: tuple[str, ...]
    stopped_by: tuple[str, ...] = ()


def shut_of(answers: Answers, index: int, declaration: Declaration) -> Iterable[Shut]:
    """What of a declaration cannot get in, by what may be done."""
    for access in declaration.access:
        actions = KINDS[access]
        parts, whole = _shut_parts(answers, declaration, actions)
        if whole:
            parts = parts or ("*",)
        elif access != "list":
            parts += _shut_objects(answers, declaration, actions)
        if parts:
            yield Shut(declaration=index, access=access, parts=tuple(dict.fromkeys(parts)),
                       stopped_by=_stoppers(answers, declaration, actions))  # fmt: skip


def lists_others(answers: Answers, declaration: Declaration) -> bool:
    """Whether a listing that is let in shows more keys than those of the declared objects."""
    if "list" not in declaration.access or "*" in declaration.objects:
        return False
    analysis = answers.analysis
    inside = analysis.world.axes["s3:prefix"].where(prefixes(declaration.objects))
    box = {analysis.world.layout.action: KINDS["list"],
           analysis.world.layout.keys["s3:prefix"]: ~inside}  # fmt: skip
    return any(_any(answers, {**box, **who}) for who in unsigned_who(analysis, declaration))


def _stoppers(answers: Answers, declaration: Declaration, actions: int) -> tuple[str, ...]:
    """The Denies of the bucket policy that stop some of the declared, in their order."""
    analysis = answers.analysis
    let_in = RequestSet.nothing(analysis.world.space)
    for rule in analysis.allows.get("policy", ()):
        let_in |= rule.high
    boxes = [{analysis.world.layout.action: actions, **who}
             for who in unsigned_who(analysis, declaration)]  # fmt: skip
    return tuple(
        deny.label
        for deny in analysis.denies.get("policy", ())
        if any((deny.low & let_in & analysis.world.valid).within(box) for box in boxes)
    )


def _shut_objects(answers: Answers, declaration: Declaration, actions: int) -> tuple[str, ...]:
    analysis = answers.analysis
    layout = analysis.world.layout
    axis = analysis.world.axes["object"]
    boxes = [{layout.action: actions, **who} for who in unsigned_who(analysis, declaration)]
    return tuple(
        text
        for text in declaration.objects
        if not any(
            _any(answers, {**box, layout.object: axis.where(keys_of((text,)))}) for box in boxes
        )
    )


def _shut_parts(
    answers: Answers, declaration: Declaration, actions: int
) -> tuple[tuple[str, ...], bool]:
    """The parts through which nothing gets in, and whether nothing at all does."""
    analysis = answers.analysis
    box = {analysis.world.layout.action: actions}
    who = unsigned_who(analysis, declaration)
    whole = not any(_any(answers, {**box, **one}) for one in who)
    match declaration.kind:
        case "networks":
            parts = _shut_networks(answers, declaration, actions) if declaration.networks else ()
            return (*parts, *_shut_endpoints(answers, declaration, box)), whole
        case "accounts":
            return _shut_accounts(answers, declaration, box), whole
        case "public":
            return (("public",) if whole else _shut_networks(answers, None, actions)), whole
        case _:
            parts = tuple(
                name
                for name, boxes in by_cloudfront(analysis, declaration).items()
                if not any(_any(answers, {**box, **one}) for one in boxes)
            )
            # An identity is the older way of the same: one of both will do.
            either = declaration.distributions or whole
            return (parts if either else ()), whole


def _shut_endpoints(
    answers: Answers, declaration: Declaration, box: dict[int, int]
) -> tuple[str, ...]:
    world = answers.analysis.world
    unsigned = {**box, world.layout.caller: 1}
    return tuple(
        name
        for name in declaration.endpoints
        if not _any(answers, {**unsigned, world.layout.keys[endpoint_key(name)]: world.axes[
            endpoint_key(name)].where(equal_to(name))})
    )  # fmt: skip


def _shut_accounts(
    answers: Answers, declaration: Declaration, box: dict[int, int]
) -> tuple[str, ...]:
    world = answers.analysis.world
    level = world.layout.caller
    shut = [
        account
        for account in declaration.accounts
        if not _any(answers, {**box, level: _callers_of(answers.analysis, account)})
    ]
    members = world.layout.keys.get("aws:principalorgid", 0)
    others = answers.analysis.callers(lambda caller: caller.kind == "account" and not caller.owner)
    for name in declaration.organizations:
        inside = world.axes["aws:principalorgid"].where(equal_to(name))
        if not _any(answers, {**box, level: others, members: inside}):
            shut.append(name)
    return tuple(shut)


def _callers_of(analysis: Analysis, account: str) -> int:
    return analysis.callers(lambda caller: (caller.account or caller.name) == account)


def _shut_networks(
    answers: Answers, declaration: Declaration | None, actions: int
) -> tuple[str, ...]:
    """The declared addresses, or all, from which no unsigned request gets in."""
    analysis = answers.analysis
    layout = analysis.world.layout
    level = layout.keys.get("aws:sourceip")
    if level is None:
        return ()
    axis = analysis.world.axes["aws:sourceip"]
    inside = (
        axis.present
        if declaration is None
        else axis.where(AddressPredicate(intervals(declaration)))
    )
    passing = 0
    for let in answers.lets:
        box = {layout.caller: 1, layout.action: actions, level: inside}
        passing |= let.high.within(box).classes(level)
    shut = inside & ~passing
    spans = [span for i, group in enumerate(axis.spans) if shut >> i & 1 for span in group]
    ipv4, ipv6 = networks_text(spans)
    return ipv4 + ipv6


def _any(answers: Answers, box: dict[int, int]) -> bool:
    return any(let.high.within(box) for let in answers.lets)
