"""What is declared about a bucket, as sets of requests in the space of its analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from cloudpack_baseline.access.actions import KINDS
from cloudpack_baseline.access.analysis import ExtraValues
from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.distributions import (
    CLOUDFRONT_SERVICE,
    arns_like,
    distribution_tests,
    from_cloudfront,
    never_sent,
    sent_for,
)
from cloudpack_baseline.access.grants import UNSIGNED
from cloudpack_baseline.access.log_delivery import delivers_logs
from cloudpack_baseline.access.networks import parse_network, union
from cloudpack_baseline.access.patterns import glob
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    StringPredicate,
    equal_to,
    not_before,
)
from cloudpack_baseline.access.source_binding import bound_requests
from cloudpack_baseline.access.space import RequestSet
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.networks import Interval
    from cloudpack_baseline.access.predicates import Predicate

__all__ = [
    "ACCOUNT_DIGITS",
    "Declaration",
    "always_allowed",
    "cloudfront_boxes",
    "declared_by_cloudfront",
    "declared_callers",
    "declared_requests",
    "endpoint_key",
    "extra_values",
    "intervals",
    "listing_prefixes",
    "object_keys",
    "unsigned_declared_callers",
]

Access = Literal["read", "list", "write"]
ACCOUNT_DIGITS: Final = 12


@frozen(kw_only=True)
class Declaration:
    """One declared access.

    ``kind`` says for whom: everyone (``public``), requests from ``networks`` (CIDRs) or through
    ``endpoints`` (IDs of VPC endpoints and VPCs), principals of ``accounts`` (IDs or canonical
    user IDs) or of ``organizations``, or ``cloudfront``: the service on behalf of
    ``distributions`` (ARNs, ``*`` allowed; none means all of the owner's account and of
    ``accounts``) and origin access ``identities`` (IDs). ``access`` says for what, ``objects``
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


def object_keys(patterns: Iterable[str]) -> StringPredicate:
    """The object keys of some patterns."""
    return StringPredicate(tuple(glob(((text, False),)) for text in patterns))


def listing_prefixes(patterns: Iterable[str]) -> StringPredicate:
    """The prefixes whose listing shows only keys of the patterns."""
    return object_keys(text for text in patterns if text.endswith("*"))


def _distributions(bucket: BucketAccess, declaration: Declaration) -> tuple[str, ...]:
    accounts = (bucket.owner_account, *declaration.accounts)
    return declaration.distributions or tuple(
        f"arn:{bucket.partition}:cloudfront::{account}:distribution/*" for account in accounts
    )


def extra_values(
    bucket: BucketAccess,
    declarations: Sequence[Declaration],
    since: datetime | None,
    distributions: Mapping[str, Sequence[str]],
) -> ExtraValues:
    """What the analysis has to distinguish in addition to the policies."""
    tests: list[tuple[str, Predicate]] = []
    objects: list[StringPredicate] = []
    accounts: list[str] = []
    organizations: list[str] = []
    for declaration in declarations:
        objects += [object_keys((text,)) for text in declaration.objects]
        objects.append(object_keys(declaration.objects))
        accounts += declaration.accounts
        tests += _tests(bucket, declaration)
        organizations += declaration.organizations
    declared_keys = {key for key, _ in tests}
    tests += distribution_tests(bucket, distributions, accounts, organizations, declared_keys)
    return ExtraValues(
        accounts=tuple(account for account in accounts if len(account) == ACCOUNT_DIGITS),
        canonical=tuple(account for account in accounts if len(account) != ACCOUNT_DIGITS),
        services=(CLOUDFRONT_SERVICE,),
        tests=tuple(tests),
        objects=tuple(dict.fromkeys(objects)),
        since=None if since is None else not_before(since),
    )


def _tests(bucket: BucketAccess, declaration: Declaration) -> Iterable[tuple[str, Predicate]]:
    """The values that the declaration distinguishes."""
    if "list" in declaration.access:
        yield "s3:prefix", listing_prefixes(declaration.objects)
    if declaration.networks:
        yield "aws:sourceip", AddressPredicate(intervals(declaration))
    for name in declaration.endpoints:
        yield endpoint_key(name), equal_to(name)
    for name in declaration.organizations:
        yield "aws:principalorgid", equal_to(name)
    if declaration.kind == "cloudfront":
        texts = _distributions(bucket, declaration)
        for arns in (texts, *((text,) for text in texts)):
            yield "aws:sourcearn", arns_like(arns)
        for account in (bucket.owner_account, *declaration.accounts):
            yield "aws:sourceaccount", equal_to(account)


def endpoint_key(name: str) -> str:
    """The key for an endpoint or a VPC, by its ID."""
    return "aws:sourcevpc" if name.startswith("vpc-") else "aws:sourcevpce"


def always_allowed(analysis: Analysis) -> RequestSet:
    """What need not be declared: the owner's account, services bound to a source, no request."""
    layout, space = analysis.context.layout, analysis.context.space
    owner = analysis.callers(lambda caller: caller.owner)
    services = analysis.callers(
        lambda c: delivers_logs(c) or (c.kind == "service" and c.name != CLOUDFRONT_SERVICE)
    )
    owned = RequestSet.box(space, {layout.caller: owner}) | never_sent(analysis)
    return owned | bound_requests(analysis).within({layout.caller: services})


def declared_requests(analysis: Analysis, declaration: Declaration) -> RequestSet:
    """The requests that are declared."""
    context = analysis.context
    requests = RequestSet.nothing(context.space)
    for callers in declared_callers(analysis, declaration):
        requests |= RequestSet.box(context.space, {**_what(analysis, declaration), **callers})
    return requests


def declared_by_cloudfront(analysis: Analysis, declaration: Declaration) -> RequestSet:
    """The declared access, by distributions of the accounts and organizations that have it."""
    requests = RequestSet.nothing(analysis.context.space)
    if declaration.kind == "accounts":
        for box in sent_for(analysis, declaration.accounts, declaration.organizations):
            requests |= RequestSet.box(
                analysis.context.space, {**_what(analysis, declaration), **box}
            )
    return requests


def _what(analysis: Analysis, declaration: Declaration) -> dict[int, int]:
    context = analysis.context
    actions = 0
    for access in declaration.access:
        actions |= KINDS[access]
    keys = context.axes["object"].where(object_keys(declaration.objects))
    return {context.layout.action: actions, context.layout.object: keys | ABSENT}


def declared_callers(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    """Boxes of the declared callers and channels."""
    match declaration.kind:
        case "public":
            return [{}]
        case "networks":
            return _places(analysis, declaration)
        case "accounts":
            return _accounts(analysis, declaration)
        case _:
            return _cloudfront(analysis, declaration)


def unsigned_declared_callers(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    """The declared callers; for everyone and for networks, unsigned requests."""
    unsigned = {analysis.context.layout.caller: UNSIGNED}
    boxes = declared_callers(analysis, declaration)
    if declaration.kind in {"public", "networks"}:
        return [{**box, **unsigned} for box in boxes]
    return boxes


def _places(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    layout, axes = analysis.context.layout, analysis.context.axes
    boxes: list[dict[int, int]] = []
    if declaration.networks:
        inside = axes["aws:sourceip"].where(AddressPredicate(intervals(declaration)))
        boxes.append({layout.keys["aws:sourceip"]: inside})
    for name in declaration.endpoints:
        key = endpoint_key(name)
        boxes.append({layout.keys[key]: axes[key].where(equal_to(name))})
    return boxes


def _accounts(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    layout, axes = analysis.context.layout, analysis.context.axes
    named = analysis.callers(lambda c: (c.account or c.name) in declaration.accounts)
    boxes = [{layout.caller: named}] if named else []
    any_account = analysis.callers(lambda c: c.kind == "account")
    for name in declaration.organizations:
        members = axes["aws:principalorgid"].where(equal_to(name))
        boxes.append({layout.caller: any_account, layout.keys["aws:principalorgid"]: members})
    return boxes


def _is_identity(caller: Caller, declaration: Declaration) -> bool:
    ids = declaration.identities
    named = caller.name in ids or any(caller.name.endswith(f" {name}") for name in ids)
    return caller.kind in {"cloudfront", "canonical"} and named


def _cloudfront(analysis: Analysis, declaration: Declaration) -> list[dict[int, int]]:
    """A box for each distribution or account, one for each identity."""
    boxes_by_name = cloudfront_boxes(analysis, declaration)
    return [box for boxes in boxes_by_name.values() for box in boxes]


def cloudfront_boxes(
    analysis: Analysis, declaration: Declaration
) -> dict[str, list[dict[int, int]]]:
    """For each distribution and identity, or all distributions, the boxes of its requests."""
    layout, axes = analysis.context.layout, analysis.context.axes
    service = from_cloudfront(analysis)
    boxes_by_name: dict[str, list[dict[int, int]]] = {}
    for text in _distributions(analysis.bucket, declaration):
        of_arn = axes["aws:sourcearn"].where(arns_like((text,)))
        name = text if declaration.distributions else "cloudfront"
        boxes_by_name.setdefault(name, []).append(service | {layout.keys["aws:sourcearn"]: of_arn})
    accounts = (analysis.bucket.owner_account, *declaration.accounts)
    for account in () if declaration.distributions else accounts:
        of_account = axes["aws:sourceaccount"].where(equal_to(account))
        boxes_by_name["cloudfront"].append(service | {layout.keys["aws:sourceaccount"]: of_account})
    for index, caller in enumerate(analysis.context.callers):
        if _is_identity(caller, declaration):
            boxes_by_name[caller.name] = [{layout.caller: 1 << index}]
    return boxes_by_name
