"""What is declared of a bucket, as sets of requests in the space of its analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from attrs import frozen

from cloudpack_baseline.access.actions import KINDS
from cloudpack_baseline.access.analysis import Extras
from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.networks import parse_network, union
from cloudpack_baseline.access.others import unbound_box
from cloudpack_baseline.access.patterns import arn, glob
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    StringPredicate,
    equal_to,
    not_before,
)
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.networks import Interval
    from cloudpack_baseline.access.predicates import Predicate

__all__ = ["ACCOUNT_DIGITS", "Declaration", "always_wanted", "by_cloudfront", "declared_set",
           "endpoint_key", "extras_for", "intervals", "keys_of", "prefixes", "unsigned_who",
           "who"]  # fmt: skip

Access = Literal["read", "list", "write"]
ACCOUNT_DIGITS: Final = 12
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"


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


def intervals(declaration: Declaration) -> tuple[Interval, ...]:
    """The addresses of the declared networks."""
    return union(parse_network(text) for text in declaration.networks)


def keys_of(patterns: Iterable[str]) -> StringPredicate:
    """The object keys of some patterns."""
    return StringPredicate(tuple(glob(((text, False),)) for text in patterns))


def prefixes(patterns: Iterable[str]) -> StringPredicate:
    """The prefixes whose listing shows only keys of the patterns."""
    return keys_of(text for text in patterns if text.endswith("*"))


def _distributions(bucket: BucketAccess, declaration: Declaration) -> tuple[str, ...]:
    own = (bucket.owner_account, *declaration.accounts)
    return declaration.distributions or tuple(
        f"arn:{bucket.partition}:cloudfront::{account}:distribution/*" for account in own
    )


def _arns(texts: Iterable[str]) -> StringPredicate:
    found = (arn(((text, False),)) for text in texts)
    return StringPredicate(tuple(pattern for pattern in found if pattern is not None))


def extras_for(
    bucket: BucketAccess, declarations: Sequence[Declaration], since: datetime | None
) -> Extras:
    """What the analysis has to tell apart besides what the policies do."""
    tests: list[tuple[str, Predicate]] = []
    objects: list[StringPredicate] = []
    accounts: list[str] = []
    for declaration in declarations:
        objects += [keys_of((text,)) for text in declaration.objects]
        objects.append(keys_of(declaration.objects))
        accounts += declaration.accounts
        tests += _tests(bucket, declaration)
    return Extras(
        accounts=tuple(account for account in accounts if len(account) == ACCOUNT_DIGITS),
        canonical=tuple(account for account in accounts if len(account) != ACCOUNT_DIGITS),
        services=(_CLOUDFRONT,),
        tests=tuple(tests),
        objects=tuple(dict.fromkeys(objects)),
        since=None if since is None else not_before(since),
    )


def _tests(bucket: BucketAccess, declaration: Declaration) -> Iterable[tuple[str, Predicate]]:
    """The values that the declaration tells apart."""
    if "list" in declaration.access:
        yield "s3:prefix", prefixes(declaration.objects)
    if declaration.networks:
        yield "aws:sourceip", AddressPredicate(intervals(declaration))
    for name in declaration.endpoints:
        yield endpoint_key(name), equal_to(name)
    for name in declaration.organizations:
        yield "aws:principalorgid", equal_to(name)
    if declaration.kind == "cloudfront":
        texts = _distributions(bucket, declaration)
        for part in (texts, *((text,) for text in texts)):
            yield "aws:sourcearn", _arns(part)
        for account in (bucket.owner_account, *declaration.accounts):
            yield "aws:sourceaccount", equal_to(account)


def endpoint_key(name: str) -> str:
    """The key that tells of an endpoint, or of a VPC, by its id."""
    return "aws:sourcevpc" if name.startswith("vpc-") else "aws:sourcevpce"


def always_wanted(analysis: Analysis) -> RequestSet:
    """What need not be declared: the owner's account, and services bound to a source."""
    layout, space = analysis.world.layout, analysis.world.space
    owner = analysis.callers(lambda caller: caller.owner)
    bound = analysis.callers(lambda c: c.kind == "service" and c.name != _CLOUDFRONT)
    found = RequestSet.box(space, {layout.caller: owner})
    services = RequestSet.box(space, {layout.caller: bound})
    free = unbound_box(analysis)
    return found | (services - RequestSet.box(space, {layout.caller: bound, **free}))


def declared_set(analysis: Analysis, declaration: Declaration) -> RequestSet:
    """The requests that are declared."""
    world = analysis.world
    found = RequestSet.nothing(world.space)
    for callers in who(analysis, declaration):
        found |= RequestSet.box(world.space, {**_what(analysis, declaration), **callers})
    return found


def _what(analysis: Analysis, declaration: Declaration) -> dict[int, int]:
    world = analysis.world
    actions = 0
    for access in declaration.access:
        actions |= KINDS[access]
    keys = world.axes["object"].where(keys_of(declaration.objects))
    return {world.layout.action: actions, world.layout.object: keys | ABSENT}


def who(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    """Boxes of the callers and ways in that are declared."""
    match declaration.kind:
        case "public":
            return [{}]
        case "networks":
            return _places(analysis, declaration)
        case "accounts":
            return _accounts(analysis, declaration)
        case _:
            return _cloudfront(analysis, declaration)


def unsigned_who(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    """Who is declared; of everybody and of networks, unsigned requests."""
    unsigned = {analysis.world.layout.caller: 1}
    boxes = who(analysis, declaration)
    if declaration.kind in {"public", "networks"}:
        return [{**box, **unsigned} for box in boxes]
    return boxes


def _places(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    layout, axes = analysis.world.layout, analysis.world.axes
    found: list[dict[int, int]] = []
    if declaration.networks:
        inside = axes["aws:sourceip"].where(AddressPredicate(intervals(declaration)))
        found.append({layout.keys["aws:sourceip"]: inside})
    for name in declaration.endpoints:
        key = endpoint_key(name)
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
    parts = by_cloudfront(analysis, declaration)
    return [box for boxes in parts.values() for box in boxes]


def by_cloudfront(analysis: Analysis, declaration: Declaration) -> dict[str, list[dict[int, int]]]:
    """For each distribution and identity, or all distributions, the boxes of its requests."""
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
    for index, caller in enumerate(analysis.world.callers):
        if _is_identity(caller, declaration):
            found[caller.name] = [{layout.caller: 1 << index}]
    return found
