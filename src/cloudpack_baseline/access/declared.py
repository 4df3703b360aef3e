"""What a bucket lets in beyond what was declared, and what was declared but cannot get in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from attrs import frozen

from cloudpack_baseline.access.actions import KINDS, KNOWN, names
from cloudpack_baseline.access.analysis import Extras, analyse
from cloudpack_baseline.access.answers import let_in, pick, witness_of
from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.networks import networks_text, parse_network, union
from cloudpack_baseline.access.others import approximations, reach_of, unbound_box
from cloudpack_baseline.access.patterns import arn, glob
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    StringPredicate,
    equal_to,
)
from cloudpack_baseline.access.results import Approximation, Reach
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.answers import Answers, Let
    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.networks import Interval
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.requests import Witness

__all__ = ["Comparison", "Declaration", "Shut", "Surplus", "compare"]

Access = Literal["read", "list", "write"]
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"


@frozen(kw_only=True)
class Declaration:
    """One way in that is wanted.

    ``kind`` says for whom: everybody (``public``), requests from ``networks`` (CIDRs), principals
    of ``accounts`` (ids or canonical user ids) or of ``organizations``, or ``cloudfront``: the
    service on behalf of ``distributions`` (ARNs, ``*`` allowed; none means all of the owner's
    account) and origin access ``identities`` (ids). ``access`` says for what, ``objects`` for
    which keys (``*`` and ``?``).
    """

    kind: Literal["public", "networks", "accounts", "cloudfront"]
    access: tuple[Access, ...] = ("read",)
    objects: tuple[str, ...] = ("*",)
    networks: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()


@frozen(kw_only=True)
class Surplus:
    """Requests that get in and were not declared.

    ``principal`` is ``anonymous``, an account id (``*`` for any other), a canonical user id, a
    service (``*`` for any) or an origin access identity; ``access`` is ``read``, ``list``,
    ``write`` or ``other``; ``reach`` tells, for unsigned requests, from where. ``exact`` is false
    where the surplus rests on a statement that could not be taken exactly.
    """

    principal_kind: str
    principal: str
    access: str
    actions: tuple[str, ...]
    reach: Reach
    witness: Witness
    exact: bool = True


@frozen(kw_only=True)
class Shut:
    """A declared part that cannot get in.

    ``declaration`` is its index; ``parts`` are the networks, accounts, distributions or object
    patterns that no request gets in from, or for.
    """

    declaration: int
    access: str
    parts: tuple[str, ...]


@frozen(kw_only=True)
class Comparison:
    """What gets in beyond the declared, and what of the declared does not."""

    surplus: tuple[Surplus, ...]
    shut: tuple[Shut, ...]
    approximations: tuple[Approximation, ...] = ()


def compare(bucket: BucketAccess, declarations: Sequence[Declaration] = ()) -> Comparison:
    """Hold what a bucket lets in against the declared.

    The owner's account may always come in, and services that are bound to a source account, ARN or
    organization (CloudFront only where declared). No declaration means a private bucket.

    Raises:
        ValueError: a declared network is no CIDR.
    """
    analysis = analyse(bucket, _extras(bucket, declarations))
    answers = let_in(analysis)
    wanted = _always(analysis)
    parts = [_declared(analysis, declaration) for declaration in declarations]
    for part in parts:
        wanted |= part
    return Comparison(
        surplus=tuple(_surplus(answers, wanted)),
        shut=tuple(
            shut
            for index, declaration in enumerate(declarations)
            for shut in _shut(answers, index, declaration)
        ),
        approximations=approximations(answers),
    )


def _intervals(declaration: Declaration) -> tuple[Interval, ...]:
    return union(parse_network(text) for text in declaration.networks)


def _keys(patterns: Iterable[str]) -> StringPredicate:
    return StringPredicate(tuple(glob(((text, False),)) for text in patterns))


def _distributions(bucket: BucketAccess, declaration: Declaration) -> StringPredicate:
    own = f"arn:{bucket.partition}:cloudfront::{bucket.owner_account}:distribution/*"
    texts = declaration.distributions or (own,)
    found = (arn(((text, False),)) for text in texts)
    return StringPredicate(tuple(pattern for pattern in found if pattern is not None))


def _extras(bucket: BucketAccess, declarations: Sequence[Declaration]) -> Extras:
    tests: list[tuple[str, Predicate]] = []
    objects: list[StringPredicate] = []
    accounts: list[str] = []
    canonical: list[str] = []
    for declaration in declarations:
        objects += [_keys((text,)) for text in declaration.objects]
        objects.append(_keys(declaration.objects))
        if declaration.networks:
            tests.append(("aws:sourceip", AddressPredicate(_intervals(declaration))))
        for account in declaration.accounts:
            (accounts if len(account) == 12 else canonical).append(account)  # noqa: PLR2004 - ids
        tests += [("aws:principalorgid", equal_to(name)) for name in declaration.organizations]
        if declaration.kind == "cloudfront":
            tests.append(("aws:sourcearn", _distributions(bucket, declaration)))
            tests.append(("aws:sourceaccount", equal_to(bucket.owner_account)))
    return Extras(accounts=tuple(accounts), canonical=tuple(canonical), tests=tuple(tests),
                  objects=tuple(dict.fromkeys(objects)))  # fmt: skip


def _always(analysis: Analysis) -> RequestSet:
    layout, space = analysis.world.layout, analysis.world.space
    owner = analysis.callers(lambda caller: caller.owner)
    bound = analysis.callers(lambda c: c.kind == "service" and c.name != _CLOUDFRONT)
    found = RequestSet.box(space, {layout.caller: owner})
    services = RequestSet.box(space, {layout.caller: bound})
    free = unbound_box(analysis)
    return found | (services - RequestSet.box(space, {layout.caller: bound, **free}))


def _declared(analysis: Analysis, declaration: Declaration) -> RequestSet:
    world = analysis.world
    found = RequestSet.nothing(world.space)
    for who in _who(analysis, declaration):
        found |= RequestSet.box(world.space, {**_what(analysis, declaration), **who})
    return found


def _what(analysis: Analysis, declaration: Declaration) -> dict[int, int]:
    world = analysis.world
    actions = 0
    for access in declaration.access:
        actions |= KINDS[access]
    keys = world.axes["object"].where(_keys(declaration.objects))
    return {world.layout.action: actions, world.layout.object: keys | ABSENT}


def _who(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    layout, axes = analysis.world.layout, analysis.world.axes
    match declaration.kind:
        case "public":
            return [{}]
        case "networks":
            if not declaration.networks:
                return []
            inside = axes["aws:sourceip"].where(AddressPredicate(_intervals(declaration)))
            return [{layout.keys["aws:sourceip"]: inside}]
        case "accounts":
            return _accounts(analysis, declaration)
        case _:
            return _cloudfront(analysis, declaration)


def _accounts(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    layout, axes = analysis.world.layout, analysis.world.axes
    named = analysis.callers(lambda c: (c.account or c.name) in declaration.accounts)
    found = [{layout.caller: named}] if named else []
    any_account = analysis.callers(lambda c: c.kind == "account")
    for name in declaration.organizations:
        members = axes["aws:principalorgid"].where(equal_to(name))
        found.append({layout.caller: any_account, layout.keys["aws:principalorgid"]: members})
    return found


def _is_identity(caller: Caller, declaration: Declaration) -> bool:
    ids = declaration.identities
    named = caller.name in ids or any(caller.name.endswith(f" {name}") for name in ids)
    return caller.kind in {"cloudfront", "canonical"} and named


def _cloudfront(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    layout, axes = analysis.world.layout, analysis.world.axes
    service = analysis.callers(lambda c: c.name == _CLOUDFRONT and c.kind == "service")
    identities = analysis.callers(lambda c: _is_identity(c, declaration))
    test = _distributions(analysis.bucket, declaration)
    found = [{layout.caller: service, layout.keys["aws:sourcearn"]: axes["aws:sourcearn"].where(
        test)}]  # fmt: skip
    if not declaration.distributions:
        own = axes["aws:sourceaccount"].where(equal_to(analysis.bucket.owner_account))
        found.append({layout.caller: service, layout.keys["aws:sourceaccount"]: own})
    return [*found, {layout.caller: identities}]


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


def _surplus(answers: Answers, wanted: RequestSet) -> Iterable[Surplus]:
    analysis = answers.analysis
    layout = analysis.world.layout
    rests = [type(let)(let.rule, let.high - wanted, let.low - wanted) if let.low is not let.high
             else _same(let, let.high - wanted) for let in answers.named_first]  # fmt: skip
    rests = [rest for rest in rests if rest.high]
    kinds = {**KINDS, "other": KNOWN & ~(KINDS["read"] | KINDS["list"] | KINDS["write"])}
    unsigned = 0
    for (kind, name), callers in _groups(analysis).items() if rests else ():
        for access, actions in kinds.items():
            box = {layout.caller: callers, layout.action: actions}
            best = pick((rest, box) for rest in rests)
            taken = 0
            for rest in rests:
                taken |= rest.high.within(box).classes(layout.action)
            # Whoever may come in unsigned may come in as anybody else: told once.
            if best is None or (name == "*" and not taken & ~unsigned):
                continue
            unsigned |= taken if kind == "anonymous" else 0
            let, found, sure = best
            witness = witness_of(analysis, found, let.rule)
            if not sure:
                answers.uncertain.append(f"surplus {access}")
            yield Surplus(principal_kind=kind, principal=name, access=access, actions=names(taken),
                          reach=reach_of(analysis, rests, box), witness=witness,
                          exact=sure)  # fmt: skip


def _same(let: Let, found: RequestSet) -> Let:
    return type(let)(let.rule, found, found)


def _shut(answers: Answers, index: int, declaration: Declaration) -> Iterable[Shut]:
    for access in declaration.access:
        parts = _shut_parts(answers, declaration, KINDS[access])
        if access != "list":
            parts += _shut_objects(answers, declaration, KINDS[access])
        if parts:
            yield Shut(declaration=index, access=access, parts=tuple(dict.fromkeys(parts)))


def _shut_objects(answers: Answers, declaration: Declaration, actions: int) -> tuple[str, ...]:
    analysis = answers.analysis
    layout = analysis.world.layout
    axis = analysis.world.axes["object"]
    boxes = [{layout.action: actions, **who} for who in _who(analysis, declaration)]
    return tuple(
        text
        for text in declaration.objects
        if not any(
            let.high.within({**box, layout.object: axis.where(_keys((text,)))})
            for let in answers.lets
            for box in boxes
        )
    )


def _shut_parts(answers: Answers, declaration: Declaration, actions: int) -> tuple[str, ...]:
    analysis = answers.analysis
    layout = analysis.world.layout
    box = {layout.action: actions}
    match declaration.kind:
        case "networks":
            if not declaration.networks:
                return ()
            return _shut_networks(answers, declaration, actions)
        case "accounts":
            return _shut_accounts(answers, declaration, box)
        case "public":
            return () if _any(answers, {**box, layout.caller: 1}) else ("public",)
        case _:
            boxes = _cloudfront(analysis, declaration)
            return () if any(_any(answers, {**box, **who}) for who in boxes) else ("cloudfront",)


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
    for name in declaration.organizations:
        inside = world.axes["aws:principalorgid"].where(equal_to(name))
        if not _any(answers, {**box, members: inside}):
            shut.append(name)
    return tuple(shut)


def _callers_of(analysis: Analysis, account: str) -> int:
    return analysis.callers(lambda caller: (caller.account or caller.name) == account)


def _shut_networks(answers: Answers, declaration: Declaration, actions: int) -> tuple[str, ...]:
    """The declared addresses from which no unsigned request gets in."""
    analysis = answers.analysis
    layout = analysis.world.layout
    level = layout.keys["aws:sourceip"]
    axis = analysis.world.axes["aws:sourceip"]
    inside = axis.where(AddressPredicate(_intervals(declaration)))
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
