"""What each Allow grants after ownership, Block Public Access, Denies and access points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, field

from cloudpack_baseline.access.actions import KNOWN
from cloudpack_baseline.access.requests import RequestWitness
from cloudpack_baseline.access.space import RequestSet
from cloudpack_baseline.access.witnesses import sample_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cloudpack_baseline.access.analysis import Analysis, PolicySource
    from cloudpack_baseline.access.context import PolicyContext
    from cloudpack_baseline.access.results import Reach
    from cloudpack_baseline.access.rules import Rule

__all__ = [
    "UNSIGNED",
    "Answers",
    "EffectiveGrant",
    "best_grant",
    "effective_grants",
    "existing_requests",
    "grants_at",
    "grants_within",
    "grants_without",
    "public_by_policy",
    "public_request",
    "request_witness",
    "unreported",
]

UNSIGNED: Final = 1
"""The mask of the callers that do not sign requests: the first one is anonymous."""


@define(eq=False)
class EffectiveGrant:
    """The requests that one Allow grants: possibly (``high``) and surely (``low``)."""

    rule: Rule
    high: RequestSet
    low: RequestSet

    def __attrs_post_init__(self) -> None:
        """Keep one object where both are equal, so that what follows is worked out once."""
        if self.low == self.high:
            self.low = self.high

    def __bool__(self) -> bool:
        """Whether it possibly grants anything."""
        return bool(self.high)

    @property
    def exact(self) -> bool:
        """Whether what it grants is known exactly."""
        return self.low is self.high

    def within(self, box: Mapping[int, int]) -> EffectiveGrant:
        """The part inside a box."""
        high = self.high.within(box)
        return EffectiveGrant(self.rule, high, high if self.exact else self.low.within(box))

    def without(self, requests: RequestSet) -> EffectiveGrant:
        """The part outside a set."""
        high = self.high - requests
        return EffectiveGrant(self.rule, high, high if self.exact else self.low - requests)


def grant_of(rule: Rule, high: RequestSet, low: RequestSet) -> EffectiveGrant:
    """What an Allow grants of the requests that are possibly and surely open."""
    possible = high & rule.high
    exact = low is high and rule.low is rule.high
    return EffectiveGrant(rule, possible, possible if exact else low & rule.low)


@define(eq=False)
class Answers:
    """The grants that all answers derive from, and which answers are uncertain.

    ``unsigned`` are the parts of ``grants`` for unsigned requests; ``named_first`` are ``grants``,
    starting with those that name principals, so that these are reported with them.
    """

    analysis: Analysis
    policy_public: RequestWitness | None = None
    restricted: bool = False
    grants: Sequence[EffectiveGrant] = ()
    unsigned: Sequence[EffectiveGrant] = ()
    named_first: Sequence[EffectiveGrant] = ()
    uncertain: list[str] = field(factory=list)
    reaches: dict[int, Reach] = field(factory=dict)

    def witness(
        self, question: str, box: Mapping[int, int], grants: Iterable[EffectiveGrant]
    ) -> RequestWitness | None:
        """A witness inside a box, a sure one if there is; else the question is noted."""
        best = best_grant(grants, box)
        if best is None:
            return None
        grant, requests, sure = best
        if not sure:
            self.uncertain.append(question)
        return request_witness(self.analysis, requests, grant.rule)


def grants_at(grants: Iterable[EffectiveGrant], level: int, classes: int) -> list[EffectiveGrant]:
    """Those that possibly grant something to some classes of an axis, such as callers.

    Of many statements, most are about others, and to restrict each grant to a box takes longer.
    """
    return [grant for grant in grants if grant.high.classes(level) & classes]


def grants_within(grants: Iterable[EffectiveGrant], box: Mapping[int, int]) -> list[EffectiveGrant]:
    """The parts of the grants inside a box, without empty ones."""
    restricted = (grant.within(box) for grant in grants)
    return [grant for grant in restricted if grant]


def grants_without(grants: Iterable[EffectiveGrant], requests: RequestSet) -> list[EffectiveGrant]:
    """What the grants allow besides some requests; grants of nothing else are omitted."""
    return [grant for grant in (grant.without(requests) for grant in grants) if grant]


def unreported(
    grants: Sequence[EffectiveGrant], box: Mapping[int, int], context: PolicyContext
) -> list[EffectiveGrant]:
    """The grants without the requests that are reported of the callers in a box.

    A report about those callers covers the same requests of anyone. If it is in doubt, a request
    that is granted for certain to someone else remains.
    """
    possible = sure = RequestSet.nothing(context.space)
    for part in grants_within(grants, box):
        possible |= part.high.below(context.layout.channel)
        sure |= part.low.below(context.layout.channel)
    if possible == sure:
        return grants_without(grants, sure)
    lows = [(grant, grant.low - sure) for grant in grants]
    remaining = [
        EffectiveGrant(grant.rule, (grant.high - possible) | low, low) for grant, low in lows
    ]
    return [grant for grant in remaining if grant]


def best_grant(
    grants: Iterable[EffectiveGrant], box: Mapping[int, int]
) -> tuple[EffectiveGrant, RequestSet, bool] | None:
    """The first Allow that surely grants some of a box; failing that, that possibly does."""
    possible: tuple[EffectiveGrant, RequestSet, bool] | None = None
    for grant in grants:
        inside = grant.high.within(box)
        if not inside:
            continue
        sure = inside if grant.exact else grant.low.within(box)
        if sure:
            return grant, sure, True
        possible = possible or (grant, inside, False)
    return possible


def request_witness(analysis: Analysis, requests: RequestSet, rule: Rule) -> RequestWitness:
    """The witness of a non-empty set that a rule allows."""
    request = sample_request(analysis, requests)
    return RequestWitness(request=request, statement=rule.label, source=rule.source, path=rule.path)


def effective_grants(analysis: Analysis) -> Answers:
    """What each Allow grants, after ownership, blocks, Denies and access points."""
    answers = Answers(analysis)
    source = next((s for s in analysis.sources if s.point is None), None)
    answers.policy_public = public_by_policy(answers, source) if source else None
    blocked = analysis.bucket.block.restrict_public_buckets
    answers.restricted = blocked and answers.policy_public is not None
    existing = existing_requests(analysis)
    high, low = analysis.open_high["policy"], analysis.open_low["policy"]
    of_policy = [grant_of(rule, high, low) for rule in analysis.allows.get("policy", ())]
    if source is not None and answers.restricted:
        of_policy = _restricted(answers, source, of_policy)
    of_acl = [grant_of(rule, high, low) for rule in analysis.acl]
    answers.grants = [
        _through_points(answers, grant.within(existing)) for grant in (*of_policy, *of_acl)
    ]
    answers.unsigned = grants_within(answers.grants, {analysis.context.layout.caller: UNSIGNED})
    everybody = {id(grant.rule) for grant in answers.unsigned}
    answers.named_first = sorted(answers.grants, key=lambda grant: id(grant.rule) in everybody)
    return answers


def existing_requests(analysis: Analysis) -> dict[int, int]:
    """The box of requests that exist: of known actions, by channels that exist."""
    context = analysis.context
    box: dict[int, int] = {}
    if len(analysis.actions) > KNOWN.bit_length():
        box[context.layout.action] = KNOWN
    if not all(channel.counts for channel in context.channels):
        box[context.layout.channel] = context.channel_mask(lambda channel: channel.counts)
    return box


def _restricted(
    answers: Answers, source: PolicySource, grants: Iterable[EffectiveGrant]
) -> list[EffectiveGrant]:
    """What RestrictPublicBuckets leaves of the grants of a policy that may be public.

    If it is public only in statements that are known at deployment, they may also name principals
    of other accounts, which are not restricted then. Nobody is anonymous in either case.
    """
    box = _restriction(answers.analysis)
    restricted = [grant.within(box) for grant in grants]
    if _is_public_whatever_is_deployed(answers, source):
        return restricted
    signed = {answers.analysis.context.layout.caller: ~UNSIGNED}
    return [
        EffectiveGrant(grant.rule, grant.high.within(signed), surely.low)
        for grant, surely in zip(grants, restricted, strict=True)
    ]


def _is_public_whatever_is_deployed(answers: Answers, source: PolicySource) -> bool:
    """Whether statements make it public that are known before deployment."""
    box = answers.analysis.trust(source)
    return any(
        grant.high.within(box)
        for grant in _grants_of(answers.analysis, source)
        if all(reason.reason != "undetermined" for reason in grant.rule.inexactness)
    )


def _restriction(analysis: Analysis) -> dict[int, int]:
    """Whom RestrictPublicBuckets leaves: services and principals of the owner's account."""
    passes = analysis.callers(lambda caller: caller.kind == "service" or caller.owner)
    return {analysis.context.layout.caller: passes}


def _through_points(answers: Answers, grant: EffectiveGrant) -> EffectiveGrant:
    """Requests through a listed access point need its policy too."""
    analysis = answers.analysis
    level = analysis.context.layout.channel
    for point in analysis.bucket.access_points:
        name = point.name
        channels = analysis.context.channels_through(name)
        high, low = _point_sets(answers, name)
        if grant.rule.public_acl and analysis.bucket.block_of(point).ignore_public_acls:
            high = low = RequestSet.nothing(analysis.context.space)
        through, directly = grant.within({level: channels}), grant.within({level: ~channels})
        grant = EffectiveGrant(
            grant.rule, directly.high | (through.high & high), directly.low | (through.low & low)
        )
    return grant


def _point_sets(answers: Answers, name: str) -> tuple[RequestSet, RequestSet]:
    """What the policy of an access point grants, possibly and surely."""
    analysis = answers.analysis
    source = next((s for s in analysis.sources if s.point and s.point.name == name), None)
    high = low = RequestSet.nothing(analysis.context.space)
    if source is None or source.point is None:
        return high, low
    grants = _grants_of(analysis, source)
    block = analysis.bucket.block_of(source.point)
    if block.restrict_public_buckets and public_by_policy(answers, source):
        grants = _restricted(answers, source, grants)
    for grant in grants:
        high, low = high | grant.high, low | grant.low
    return high, low


def _grants_of(analysis: Analysis, source: PolicySource) -> list[EffectiveGrant]:
    """What one policy grants by itself."""
    high, low = analysis.open_high[source.name], analysis.open_low[source.name]
    return [grant_of(rule, high, low) for rule in analysis.allows.get(source.name, ())]


def public_by_policy(answers: Answers, source: PolicySource) -> RequestWitness | None:
    """A request that makes the policy public in AWS's meaning."""
    analysis = answers.analysis
    if source.point is not None and source.point.network_origin == "VPC":
        return None
    question = "policy_public" if source.point is None else source.name
    return answers.witness(question, analysis.trust(source), _grants_of(analysis, source))


def public_request(answers: Answers, source: PolicySource | None) -> RequestWitness | None:
    """A request that is allowed after everything, without a trusted value."""
    analysis = answers.analysis
    box = analysis.trust(source) if source is not None else {}
    # Of an ACL only grants to everyone count, so the owner and named users are left aside.
    named = analysis.callers(lambda c: c.kind in {"canonical", "service"} or c.owner)
    everybody = {analysis.context.layout.caller: ~named}
    grants = [
        grant.within(everybody) if grant.rule.source == "acl" else grant
        for grant in answers.grants
        if grant.rule.source == "acl" or not answers.restricted
    ]
    return answers.witness("public", box, grants)
