"""Declared access that is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.actions import KINDS
from cloudpack_baseline.access.declarations import (
    cloudfront_boxes,
    endpoint_key,
    intervals,
    listing_prefixes,
    object_keys,
    unsigned_declared_callers,
)
from cloudpack_baseline.access.grants import UNSIGNED
from cloudpack_baseline.access.networks import networks_text
from cloudpack_baseline.access.predicates import AddressPredicate, equal_to
from cloudpack_baseline.access.space import RequestSet, classes_in
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.declarations import Declaration
    from cloudpack_baseline.access.grants import Answers

__all__ = ["BlockedDeclaration", "blocked_declarations", "lists_undeclared_keys"]

_ORG_ID: Final = "aws:principalorgid"


@frozen(kw_only=True)
class BlockedDeclaration:
    """A part of a declaration that is blocked.

    ``declaration`` is its index; ``parts`` are the networks, endpoints, accounts, organizations,
    distributions, identities or object patterns for which no request is allowed. ``denied_by`` are
    the Deny statements that deny some of what an Allow would allow there.
    """

    declaration: int
    access: str
    unreachable: tuple[str, ...]
    denied_by: tuple[str, ...] = ()


def blocked_declarations(
    answers: Answers, index: int, declaration: Declaration
) -> Iterable[BlockedDeclaration]:
    """The blocked parts of a declaration, by access."""
    for access in declaration.access:
        actions = KINDS[access]
        unreachable, entirely = _unreachable(answers, declaration, actions)
        if entirely:
            unreachable = unreachable or ("*",)
        elif access != "list":
            unreachable += _unreachable_objects(answers, declaration, actions)
        if unreachable:
            yield BlockedDeclaration(
                declaration=index,
                access=access,
                unreachable=tuple(dict.fromkeys(unreachable)),
                denied_by=_blocking_denies(answers, declaration, actions),
            )


def lists_undeclared_keys(answers: Answers, declaration: Declaration) -> bool:
    """Whether an allowed listing shows more keys than those of the declared objects."""
    if "list" not in declaration.access or "*" in declaration.objects:
        return False
    analysis = answers.analysis
    inside = analysis.context.axes["s3:prefix"].where(listing_prefixes(declaration.objects))
    box = {
        analysis.context.layout.action: KINDS["list"],
        analysis.context.layout.keys["s3:prefix"]: ~inside,
    }
    return any(
        _any_granted(answers, {**box, **declared_callers})
        for declared_callers in unsigned_declared_callers(analysis, declaration)
    )


def _blocking_denies(answers: Answers, declaration: Declaration, actions: int) -> tuple[str, ...]:
    """The Denies of the bucket policy that stop some of the declared, in their order."""
    analysis = answers.analysis
    effective_grants = RequestSet.nothing(analysis.context.space)
    for rule in analysis.allows.get("policy", ()):
        effective_grants |= rule.high
    boxes = [
        {analysis.context.layout.action: actions, **declared_callers}
        for declared_callers in unsigned_declared_callers(analysis, declaration)
    ]
    return tuple(
        deny.label
        for deny in analysis.denies.get("policy", ())
        if any((deny.low & effective_grants & analysis.context.valid).within(box) for box in boxes)
    )


def _unreachable_objects(
    answers: Answers, declaration: Declaration, actions: int
) -> tuple[str, ...]:
    analysis = answers.analysis
    layout = analysis.context.layout
    axis = analysis.context.axes["object"]
    boxes = [
        {layout.action: actions, **declared_callers}
        for declared_callers in unsigned_declared_callers(analysis, declaration)
    ]
    return tuple(
        text
        for text in declaration.objects
        if not any(
            _any_granted(answers, {**box, layout.object: axis.where(object_keys((text,)))})
            for box in boxes
        )
    )


def _unreachable(
    answers: Answers, declaration: Declaration, actions: int
) -> tuple[tuple[str, ...], bool]:
    """The parts that are blocked, and whether all are."""
    analysis = answers.analysis
    box = {analysis.context.layout.action: actions}
    declared_callers = unsigned_declared_callers(analysis, declaration)
    entirely = not any(_any_granted(answers, {**box, **callers}) for callers in declared_callers)
    match declaration.kind:
        case "networks":
            unreachable = (
                _unreachable_networks(answers, declaration, actions) if declaration.networks else ()
            )
            return (*unreachable, *_unreachable_endpoints(answers, declaration, box)), entirely
        case "accounts":
            return _unreachable_accounts(answers, declaration, box), entirely
        case "public":
            return (
                ("public",) if entirely else _unreachable_networks(answers, None, actions)
            ), entirely
        case _:
            unreachable = tuple(
                name
                for name, boxes in cloudfront_boxes(analysis, declaration).items()
                if not any(_any_granted(answers, {**box, **callers}) for callers in boxes)
            )
            # An identity is the older way of the same: one of both will do.
            either = declaration.distributions or entirely
            return (unreachable if either else ()), entirely


def _unreachable_endpoints(
    answers: Answers, declaration: Declaration, box: dict[int, int]
) -> tuple[str, ...]:
    context = answers.analysis.context
    unsigned = {**box, context.layout.caller: UNSIGNED}
    return tuple(
        name
        for name in declaration.endpoints
        if not _any_granted(
            answers,
            {
                **unsigned,
                context.layout.keys[endpoint_key(name)]: context.axes[endpoint_key(name)].where(
                    equal_to(name)
                ),
            },
        )
    )


def _unreachable_accounts(
    answers: Answers, declaration: Declaration, box: dict[int, int]
) -> tuple[str, ...]:
    context = answers.analysis.context
    layout, axes = context.layout, context.axes
    unreachable = [
        account
        for account in declaration.accounts
        if not _any_granted(answers, {**box, layout.caller: _callers_of(answers.analysis, account)})
    ]
    foreign_accounts = answers.analysis.callers(
        lambda caller: caller.kind == "account" and not caller.owner
    )
    for name in declaration.organizations:
        members = {layout.keys[_ORG_ID]: axes[_ORG_ID].where(equal_to(name))}
        if not _any_granted(answers, {**box, layout.caller: foreign_accounts, **members}):
            unreachable.append(name)
    return tuple(unreachable)


def _callers_of(analysis: Analysis, account: str) -> int:
    return analysis.callers(lambda caller: (caller.account or caller.name) == account)


def _unreachable_networks(
    answers: Answers, declaration: Declaration | None, actions: int
) -> tuple[str, ...]:
    """The declared addresses, or all, from which no unsigned request is allowed."""
    analysis = answers.analysis
    layout = analysis.context.layout
    level = layout.keys.get("aws:sourceip")
    if level is None:
        return ()
    axis = analysis.context.axes["aws:sourceip"]
    inside = (
        axis.present
        if declaration is None
        else axis.where(AddressPredicate(intervals(declaration)))
    )
    box = {layout.caller: UNSIGNED, layout.action: actions, level: inside}
    passing = classes_in((grant.high.within(box) for grant in answers.grants), level)
    ipv4, ipv6 = networks_text(axis.spans_of(inside & ~passing))
    return ipv4 + ipv6


def _any_granted(answers: Answers, box: dict[int, int]) -> bool:
    return any(grant.high.within(box) for grant in answers.grants)
