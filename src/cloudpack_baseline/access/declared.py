"""What a bucket lets in beyond what was declared, and what was declared but cannot get in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from attrs import evolve, frozen

from cloudpack_baseline.access.actions import KINDS, KNOWN, names
from cloudpack_baseline.access.analysis import Extras, analyse
from cloudpack_baseline.access.answers import let_in, pick, witness_of
from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.networks import networks_text, parse_network, union
from cloudpack_baseline.access.others import approximations, organizations, reach_of, unbound_box
from cloudpack_baseline.access.patterns import arn, glob
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    StringPredicate,
    equal_to,
    not_before,
)
from cloudpack_baseline.access.results import Approximation, Reach
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.answers import Answers, Let
    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.networks import Interval
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.requests import Witness

__all__ = ["Comparison", "Declaration", "Deputy", "Shut", "Surplus", "compare"]

Access = Literal["read", "list", "write"]
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"
_ACCOUNT_DIGITS: Final = 12


@frozen(kw_only=True)
class Declaration:
    """One way in that is wanted.

    ``kind`` says for whom: everybody (``public``), requests from ``networks`` (CIDRs) or through
    ``endpoints`` (ids of VPC endpoints and VPCs), principals of ``accounts`` (ids or canonical
    user ids) or of ``organizations``, or ``cloudfront``: the service on behalf of
    ``distributions`` (ARNs, ``*`` allowed; none means all of the owner's account and of
    ``accounts``) and origin access ``identities`` (ids). ``access`` says for what, ``objects``
    for which keys (``*`` and ``?``).
    """

    kind: Literal["public", "networks", "accounts", "cloudfront"]
    access: tuple[Access, ...] = ("read",)
    objects: tuple[str, ...] = ("*",)
    networks: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()


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


@frozen(kw_only=True)
class Deputy:
    """A service that is let in on behalf of an account that is neither the owner's nor declared."""

    service: str
    account: str
    witness: Witness


@frozen(kw_only=True)
class Comparison:
    """What gets in beyond the declared, and what of the declared does not.

    ``whole_listings`` are the indices of declarations for some objects, whose listing shows the
    keys of others too.
    """

    surplus: tuple[Surplus, ...]
    shut: tuple[Shut, ...]
    deputies: tuple[Deputy, ...] = ()
    whole_listings: tuple[int, ...] = ()
    approximations: tuple[Approximation, ...] = ()


def compare(
    bucket: BucketAccess,
    declarations: Sequence[Declaration] = (),
    *,
    since: datetime | None = None,
) -> Comparison:
    """Hold what a bucket lets in against the declared.

    The owner's account may always come in, and services that are bound to a source account, ARN or
    organization (CloudFront only where declared). No declaration means a private bucket. What
    could get in only before ``since`` (with its time zone) does not count.

    Raises:
        ValueError: a declared network is no CIDR.
    """
    analysis = analyse(bucket, _extras(bucket, declarations, since))
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
        deputies=tuple(_deputies(answers, declarations)),
        whole_listings=tuple(
            index
            for index, declaration in enumerate(declarations)
            if _lists_others(answers, declaration)
        ),
        approximations=approximations(answers),
    )


def _intervals(declaration: Declaration) -> tuple[Interval, ...]:
    return union(parse_network(text) for text in declaration.networks)


def _keys(patterns: Iterable[str]) -> StringPredicate:
    return StringPredicate(tuple(glob(((text, False),)) for text in patterns))


def _distributions(bucket: BucketAccess, declaration: Declaration) -> tuple[str, ...]:
    own = (bucket.owner_account, *declaration.accounts)
    return declaration.distributions or tuple(
        f"arn:{bucket.partition}:cloudfront::{account}:distribution/*" for account in own
    )


def _prefixes(patterns: Iterable[str]) -> StringPredicate:
    """The prefixes whose listing shows only keys of the patterns."""
    return _keys(text for text in patterns if text.endswith("*"))


def _lists_others(answers: Answers, declaration: Declaration) -> bool:
    """Whether a listing that is let in shows more keys than those of the declared objects."""
    if "list" not in declaration.access or "*" in declaration.objects:
        return False
    analysis = answers.analysis
    inside = analysis.world.axes["s3:prefix"].where(_prefixes(declaration.objects))
    box = {analysis.world.layout.action: KINDS["list"],
           analysis.world.layout.keys["s3:prefix"]: ~inside}  # fmt: skip
    return any(_any(answers, {**box, **who}) for who in _unsigned_who(analysis, declaration))


def _arns(texts: Iterable[str]) -> StringPredicate:
    found = (arn(((text, False),)) for text in texts)
    return StringPredicate(tuple(pattern for pattern in found if pattern is not None))


def _extras(
    bucket: BucketAccess, declarations: Sequence[Declaration], since: datetime | None
) -> Extras:
    tests: list[tuple[str, Predicate]] = []
    objects: list[StringPredicate] = []
    accounts: list[str] = []
    for declaration in declarations:
        objects += [_keys((text,)) for text in declaration.objects]
        objects.append(_keys(declaration.objects))
        accounts += declaration.accounts
        tests += _tests(bucket, declaration)
    return Extras(
        accounts=tuple(account for account in accounts if len(account) == _ACCOUNT_DIGITS),
        canonical=tuple(account for account in accounts if len(account) != _ACCOUNT_DIGITS),
        services=(_CLOUDFRONT,),
        tests=tuple(tests),
        objects=tuple(dict.fromkeys(objects)),
        since=None if since is None else not_before(since),
    )


def _tests(bucket: BucketAccess, declaration: Declaration) -> Iterable[tuple[str, Predicate]]:
    """The values that the declaration tells apart."""
    if "list" in declaration.access:
        yield "s3:prefix", _prefixes(declaration.objects)
    if declaration.networks:
        yield "aws:sourceip", AddressPredicate(_intervals(declaration))
    for name in declaration.endpoints:
        yield _endpoint_key(name), equal_to(name)
    for name in declaration.organizations:
        yield "aws:principalorgid", equal_to(name)
    if declaration.kind == "cloudfront":
        texts = _distributions(bucket, declaration)
        for part in (texts, *((text,) for text in texts)):
            yield "aws:sourcearn", _arns(part)
        for account in (bucket.owner_account, *declaration.accounts):
            yield "aws:sourceaccount", equal_to(account)


def _endpoint_key(name: str) -> str:
    return "aws:sourcevpc" if name.startswith("vpc-") else "aws:sourcevpce"


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
    match declaration.kind:
        case "public":
            return [{}]
        case "networks":
            return _places(analysis, declaration)
        case "accounts":
            return _accounts(analysis, declaration)
        case _:
            return _cloudfront(analysis, declaration)


def _places(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    layout, axes = analysis.world.layout, analysis.world.axes
    found: list[dict[int, int]] = []
    if declaration.networks:
        inside = axes["aws:sourceip"].where(AddressPredicate(_intervals(declaration)))
        found.append({layout.keys["aws:sourceip"]: inside})
    for name in declaration.endpoints:
        key = _endpoint_key(name)
        found.append({layout.keys[key]: axes[key].where(equal_to(name))})
    return found


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
    """A box for each distribution or account, one for each identity."""
    parts = _deputies_of_cloudfront(analysis, declaration)
    return [box for boxes in parts.values() for box in boxes]


def _deputies_of_cloudfront(
    analysis: Analysis, declaration: Declaration
) -> dict[str, list[dict[int, int]]]:
    layout, axes = analysis.world.layout, analysis.world.axes
    service = analysis.callers(lambda c: c.name == _CLOUDFRONT and c.kind == "service")
    found: dict[str, list[dict[int, int]]] = {}
    for text in _distributions(analysis.bucket, declaration):
        of_arn = axes["aws:sourcearn"].where(_arns((text,)))
        name = text if declaration.distributions else "cloudfront"
        found.setdefault(name, []).append(
            {layout.caller: service, layout.keys["aws:sourcearn"]: of_arn}
        )
    own = (analysis.bucket.owner_account, *declaration.accounts)
    for account in () if declaration.distributions else own:
        of_account = axes["aws:sourceaccount"].where(equal_to(account))
        found["cloudfront"].append(
            {layout.caller: service, layout.keys["aws:sourceaccount"]: of_account}
        )
    for caller in analysis.world.callers:
        if _is_identity(caller, declaration):
            mask = analysis.callers(lambda c, one=caller: c == one)  # type: ignore[misc]
            found[caller.name] = [{layout.caller: mask}]
    return found


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


def _deputies(answers: Answers, declarations: Sequence[Declaration]) -> Iterable[Deputy]:
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
    return found[0] if found and len(found[0]) == _ACCOUNT_DIGITS and found[0].isdigit() else None


def _shut(answers: Answers, index: int, declaration: Declaration) -> Iterable[Shut]:
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


def _stoppers(answers: Answers, declaration: Declaration, actions: int) -> tuple[str, ...]:
    """The Denies of the bucket policy that stop some of the declared, in their order."""
    analysis = answers.analysis
    let_in = RequestSet.nothing(analysis.world.space)
    for rule in analysis.allows.get("policy", ()):
        let_in |= rule.high
    boxes = [{analysis.world.layout.action: actions, **who}
             for who in _unsigned_who(analysis, declaration)]  # fmt: skip
    return tuple(
        deny.label
        for deny in analysis.denies.get("policy", ())
        if any((deny.low & let_in & analysis.world.valid).within(box) for box in boxes)
    )


def _unsigned_who(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    """Who is declared; of everybody and of networks, unsigned requests."""
    unsigned = {analysis.world.layout.caller: 1}
    boxes = _who(analysis, declaration)
    if declaration.kind in {"public", "networks"}:
        return [{**box, **unsigned} for box in boxes]
    return boxes


def _shut_objects(answers: Answers, declaration: Declaration, actions: int) -> tuple[str, ...]:
    analysis = answers.analysis
    layout = analysis.world.layout
    axis = analysis.world.axes["object"]
    boxes = [{layout.action: actions, **who} for who in _unsigned_who(analysis, declaration)]
    return tuple(
        text
        for text in declaration.objects
        if not any(
            _any(answers, {**box, layout.object: axis.where(_keys((text,)))}) for box in boxes
        )
    )


def _shut_parts(
    answers: Answers, declaration: Declaration, actions: int
) -> tuple[tuple[str, ...], bool]:
    """The parts through which nothing gets in, and whether nothing at all does."""
    analysis = answers.analysis
    box = {analysis.world.layout.action: actions}
    who = _unsigned_who(analysis, declaration)
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
                for name, boxes in _deputies_of_cloudfront(analysis, declaration).items()
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
        if not _any(answers, {**unsigned, world.layout.keys[_endpoint_key(name)]: world.axes[
            _endpoint_key(name)].where(equal_to(name))})
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
        else axis.where(AddressPredicate(_intervals(declaration)))
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
