"""What each Allow lets in once ownership, blocks, Denies and access points have had their say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from cloudpack_baseline.access.actions import KNOWN
from cloudpack_baseline.access.requests import Witness, request_in
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cloudpack_baseline.access.analysis import Analysis, Source
    from cloudpack_baseline.access.results import Reach
    from cloudpack_baseline.access.world import Rule

__all__ = [
    "Answers",
    "Let",
    "let_in",
    "pick",
    "public_by_policy",
    "public_request",
    "real",
    "witness_of",
]


@define(eq=False)
class Let:
    """What one Allow lets in: possibly and surely."""

    rule: Rule
    high: RequestSet
    low: RequestSet


@define(eq=False)
class Answers:
    """The sets from which all answers are cut, and which answers turned out uncertain.

    ``unsigned`` are the parts of ``lets`` that let unsigned requests in; ``named_first`` are
    ``lets``, those ahead that name somebody: whoever is named is told by them.
    """

    analysis: Analysis
    lets: list[Let] = field(factory=list)
    policy_public: Witness | None = None
    restricted: bool = False
    uncertain: list[str] = field(factory=list)
    unsigned: list[Let] = field(factory=list)
    named_first: list[Let] = field(factory=list)
    reaches: dict[int, Reach] = field(factory=dict)

    def found(self, question: str, box: Mapping[int, int], lets: Iterable[Let]) -> Witness | None:
        """A witness inside a box, a sure one if there is; else the question is noted."""
        best = pick((let, box) for let in lets)
        if best is None:
            return None
        let, inside, sure = best
        if not sure:
            self.uncertain.append(question)
        return witness_of(self.analysis, inside, let.rule)


def pick(
    cuts: Iterable[tuple[Let, Mapping[int, int]]],
) -> tuple[Let, RequestSet, bool] | None:
    """The first Allow that surely lets some of a box in; failing that, that possibly does."""
    possible: tuple[Let, RequestSet, bool] | None = None
    for let, box in cuts:
        inside = let.high.within(box)
        if not inside:
            continue
        sure = inside if let.low is let.high else let.low.within(box)
        if sure:
            return let, sure, True
        possible = possible or (let, inside, False)
    return possible


def witness_of(analysis: Analysis, found: RequestSet, rule: Rule) -> Witness:
    """The witness of a set, not empty, that a rule lets in."""
    request = request_in(analysis, found)
    return Witness(request=request, statement=rule.label, source=rule.source, path=rule.path)


def let_in(analysis: Analysis) -> Answers:
    """What each Allow lets in, after ownership, blocks, Denies and access points."""
    answers = Answers(analysis)
    source = next((s for s in analysis.sources if s.point is None), None)
    answers.policy_public = public_by_policy(answers, source) if source else None
    restricted = bool(answers.policy_public) and analysis.bucket.block.restrict_public_buckets
    answers.restricted = restricted
    known = real(analysis)
    high, low = analysis.open_high["policy"], analysis.open_low["policy"]
    within = {**known, **_restriction(analysis)} if restricted else known
    for rule, box in (
        *((rule, within) for rule in analysis.allows.get("policy", ())),
        *((rule, known) for rule in analysis.acl),
    ):
        possible = (high & rule.high).within(box)
        same = low is high and rule.low is rule.high
        sure = possible if same else (low & rule.low).within(box)
        let = Let(rule, possible, sure)
        _through_points(answers, let)
        answers.lets.append(let)
        unsigned = let.high.within({analysis.world.layout.caller: 1})
        if unsigned:
            sure = unsigned if let.low is let.high else let.low.within(
                {analysis.world.layout.caller: 1})  # fmt: skip
            answers.unsigned.append(Let(rule, unsigned, sure))
    everybody = {id(let.rule) for let in answers.unsigned}
    answers.named_first = sorted(answers.lets, key=lambda let: id(let.rule) in everybody)
    return answers


def real(analysis: Analysis) -> dict[int, int]:
    """The box of requests that can be: of known actions, by ways that exist."""
    world = analysis.world
    box: dict[int, int] = {}
    if len(analysis.actions) > KNOWN.bit_length():
        box[world.layout.action] = KNOWN
    if not all(way.counts for way in world.ways):
        box[world.layout.way] = sum(1 << i for i, way in enumerate(world.ways) if way.counts)
    return box


def _restriction(analysis: Analysis) -> dict[int, int]:
    passes = analysis.callers(lambda caller: caller.kind == "service" or caller.owner)
    return {analysis.world.layout.caller: passes}


def _through_points(answers: Answers, let: Let) -> None:
    """Requests through a listed access point need its policy too."""
    analysis = answers.analysis
    level = analysis.world.layout.way
    for point in analysis.bucket.access_points:
        ways = sum(1 << i for i, way in enumerate(analysis.world.ways) if way.point == point.name)
        high, low = _point_sets(answers, point.name)
        if let.rule.public_acl and analysis.bucket.block_of(point).ignore_public_acls:
            high = low = RequestSet.nothing(analysis.world.space)
        same = let.low is let.high and low == high
        let.high = let.high.within({level: ~ways}) | (let.high.within({level: ways}) & high)
        let.low = let.high if same else (
            let.low.within({level: ~ways}) | (let.low.within({level: ways}) & low))  # fmt: skip


def _point_sets(answers: Answers, name: str) -> tuple[RequestSet, RequestSet]:
    analysis = answers.analysis
    source = next((s for s in analysis.sources if s.point and s.point.name == name), None)
    nothing = RequestSet.nothing(analysis.world.space)
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


def public_by_policy(answers: Answers, source: Source) -> Witness | None:
    """A request that makes the policy public in AWS's meaning."""
    analysis = answers.analysis
    if source.point is not None and source.point.network_origin == "VPC":
        return None
    box = analysis.trust(source)
    lets = [
        Let(rule, rule.high & analysis.open_high[source.name],
            rule.low & analysis.open_low[source.name])
        for rule in analysis.allows.get(source.name, ())
    ]  # fmt: skip
    question = "policy_public" if source.point is None else source.name
    return answers.found(question, box, lets)


def public_request(answers: Answers, source: Source | None) -> Witness | None:
    """A request that is let in after everything, without a trusted value."""
    analysis = answers.analysis
    level = analysis.world.layout.caller
    box = analysis.trust(source) if source is not None else {}
    # Of an ACL only grants to everybody count, so the owner and named users are left aside.
    named = analysis.callers(lambda c: c.kind in {"canonical", "service"} or c.owner)
    lets = [
        Let(let.rule, let.high.within({level: ~named}), let.low.within({level: ~named}))
        if let.rule.source == "acl" else let
        for let in answers.lets
        if let.rule.source == "acl" or not answers.restricted
    ]  # fmt: skip
    return answers.found("public", box, lets)
