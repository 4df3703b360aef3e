"""What each Allow lets in once ownership, blocks, Denies and access points have had their say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from cloudpack_baseline.access.actions import KNOWN
from cloudpack_baseline.access.requests import RequestWitness
from cloudpack_baseline.access.space import RequestSet
from cloudpack_baseline.access.witnesses import sample_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cloudpack_baseline.access.analysis import Analysis, PolicySource
    from cloudpack_baseline.access.context import Rule
    from cloudpack_baseline.access.results import Reach

__all__ = [
    "Answers",
    "EffectiveGrant",
    "effective_grants",
    "existing_requests",
    "pick",
    "public_by_policy",
    "public_request",
    "request_witness",
]


@define(eq=False)
class EffectiveGrant:
    """What one Allow lets in: possibly and surely."""

    rule: Rule
    high: RequestSet
    low: RequestSet


@define(eq=False)
class Answers:
    """The sets from which all answers are cut, and which answers turned out uncertain.

    ``unsigned`` are the parts of ``grants`` that let unsigned requests in; ``named_first`` are
    ``grants``, those ahead that name somebody: whoever is named is told by them.
    """

    analysis: Analysis
    grants: list[EffectiveGrant] = field(factory=list)
    policy_public: RequestWitness | None = None
    restricted: bool = False
    uncertain: list[str] = field(factory=list)
    unsigned: list[EffectiveGrant] = field(factory=list)
    named_first: list[EffectiveGrant] = field(factory=list)
    reaches: dict[int, Reach] = field(factory=dict)

    def found(
        self, question: str, box: Mapping[int, int], grants: Iterable[EffectiveGrant]
    ) -> RequestWitness | None:
        """A witness inside a box, a sure one if there is; else the question is noted."""
        granted = pick((grant, box) for grant in grants)
        if granted is None:
            return None
        grant, requests, sure = granted
        if not sure:
            self.uncertain.append(question)
        return request_witness(self.analysis, requests, grant.rule)


def pick(
    grants_in_boxes: Iterable[tuple[EffectiveGrant, Mapping[int, int]]],
) -> tuple[EffectiveGrant, RequestSet, bool] | None:
    """The first Allow that surely lets some of a box in; failing that, that possibly does."""
    possible: tuple[EffectiveGrant, RequestSet, bool] | None = None
    for grant, box in grants_in_boxes:
        inside = grant.high.within(box)
        if not inside:
            continue
        sure = inside if grant.low is grant.high else grant.low.within(box)
        if sure:
            return grant, sure, True
        possible = possible or (grant, inside, False)
    return possible


def request_witness(analysis: Analysis, requests: RequestSet, rule: Rule) -> RequestWitness:
    """The witness of a set, not empty, that a rule lets in."""
    request = sample_request(analysis, requests)
    return RequestWitness(request=request, statement=rule.label, source=rule.source, path=rule.path)


def effective_grants(analysis: Analysis) -> Answers:
    """What each Allow lets in, after ownership, blocks, Denies and access points."""
    answers = Answers(analysis)
    source = next((s for s in analysis.sources if s.point is None), None)
    answers.policy_public = public_by_policy(answers, source) if source else None
    restricted = bool(answers.policy_public) and analysis.bucket.block.restrict_public_buckets
    answers.restricted = restricted
    existing = existing_requests(analysis)
    high, low = analysis.open_high["policy"], analysis.open_low["policy"]
    existing_restricted = {**existing, **_restriction(analysis)} if restricted else existing
    for rule, box in (
        *((rule, existing_restricted) for rule in analysis.allows.get("policy", ())),
        *((rule, existing) for rule in analysis.acl),
    ):
        possible = (high & rule.high).within(box)
        exact = low is high and rule.low is rule.high
        sure = possible if exact else (low & rule.low).within(box)
        grant = EffectiveGrant(rule, possible, sure)
        _through_points(answers, grant)
        answers.grants.append(grant)
        unsigned = grant.high.within({analysis.context.layout.caller: 1})
        if unsigned:
            sure = (
                unsigned
                if grant.low is grant.high
                else grant.low.within({analysis.context.layout.caller: 1})
            )
            answers.unsigned.append(EffectiveGrant(rule, unsigned, sure))
    everybody = {id(grant.rule) for grant in answers.unsigned}
    answers.named_first = sorted(answers.grants, key=lambda grant: id(grant.rule) in everybody)
    return answers


def existing_requests(analysis: Analysis) -> dict[int, int]:
    """The box of requests that can be: of known actions, by ways that exist."""
    context = analysis.context
    box: dict[int, int] = {}
    if len(analysis.actions) > KNOWN.bit_length():
        box[context.layout.action] = KNOWN
    if not all(channel.counts for channel in context.channels):
        box[context.layout.channel] = sum(
            1 << i for i, channel in enumerate(context.channels) if channel.counts
        )
    return box


def _restriction(analysis: Analysis) -> dict[int, int]:
    passes = analysis.callers(lambda caller: caller.kind == "service" or caller.owner)
    return {analysis.context.layout.caller: passes}


def _through_points(answers: Answers, grant: EffectiveGrant) -> None:
    """Requests through a listed access point need its policy too."""
    analysis = answers.analysis
    level = analysis.context.layout.channel
    for point in analysis.bucket.access_points:
        channels = sum(
            1 << i
            for i, channel in enumerate(analysis.context.channels)
            if channel.point == point.name
        )
        high, low = _point_sets(answers, point.name)
        if grant.rule.public_acl and analysis.bucket.block_of(point).ignore_public_acls:
            high = low = RequestSet.nothing(analysis.context.space)
        exact = grant.low is grant.high and low == high
        grant.high = grant.high.within({level: ~channels}) | (
            grant.high.within({level: channels}) & high
        )
        grant.low = (
            grant.high
            if exact
            else (
                grant.low.within({level: ~channels}) | (grant.low.within({level: channels}) & low)
            )
        )


def _point_sets(answers: Answers, name: str) -> tuple[RequestSet, RequestSet]:
    analysis = answers.analysis
    source = next((s for s in analysis.sources if s.point and s.point.name == name), None)
    nothing = RequestSet.nothing(analysis.context.space)
    if source is None or source.point is None:
        return nothing, nothing
    high = low = nothing
    for rule in analysis.allows.get(source.name, ()):
        high |= analysis.open_high[source.name] & rule.high
        low |= analysis.open_low[source.name] & rule.low
    block = analysis.bucket.block_of(source.point)
    if block.restrict_public_buckets and public_by_policy(answers, source):
        box = _restriction(analysis)
        return high.within(box), low.within(box)
    return high, low


def public_by_policy(answers: Answers, source: PolicySource) -> RequestWitness | None:
    """A request that makes the policy public in AWS's meaning."""
    analysis = answers.analysis
    if source.point is not None and source.point.network_origin == "VPC":
        return None
    box = analysis.trust(source)
    grants = [
        EffectiveGrant(
            rule,
            rule.high & analysis.open_high[source.name],
            rule.low & analysis.open_low[source.name],
        )
        for rule in analysis.allows.get(source.name, ())
    ]
    question = "policy_public" if source.point is None else source.name
    return answers.found(question, box, grants)


def public_request(answers: Answers, source: PolicySource | None) -> RequestWitness | None:
    """A request that is let in after everything, without a trusted value."""
    analysis = answers.analysis
    level = analysis.context.layout.caller
    box = analysis.trust(source) if source is not None else {}
    # Of an ACL only grants to everybody count, so the owner and named users are left aside.
    named = analysis.callers(lambda c: c.kind in {"canonical", "service"} or c.owner)
    grants = [
        EffectiveGrant(
            grant.rule, grant.high.within({level: ~named}), grant.low.within({level: ~named})
        )
        if grant.rule.source == "acl"
        else grant
        for grant in answers.grants
        if grant.rule.source == "acl" or not answers.restricted
    ]
    return answers.found("public", box, grants)
