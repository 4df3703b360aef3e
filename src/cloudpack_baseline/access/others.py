"""The answers of an exposure, each cut from the sets of requests that get in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.actions import KNOWN, names
from cloudpack_baseline.access.answers import Let, pick, public_by_policy, witness_of
from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.keys import AP_KEYS
from cloudpack_baseline.access.networks import LAST, V6, networks_text
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.access.requests import Request, request_in, request_of
from cloudpack_baseline.access.results import (
    EVERYWHERE,
    AccessPointExposure,
    AccountAccess,
    Approximation,
    Endpoints,
    Objects,
    Reach,
    ServiceAccess,
    Stopped,
)
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cloudpack_baseline.access.analysis import Analysis, Source
    from cloudpack_baseline.access.answers import Answers
    from cloudpack_baseline.access.axes import Axis
    from cloudpack_baseline.access.networks import Interval
    from cloudpack_baseline.access.requests import Witness
    from cloudpack_baseline.access.results import Scope

__all__ = ["accounts", "approximations", "clear_text", "clear_text_anonymous",
           "cloudfront_identities", "is_named", "lowest_tls", "organizations", "points",
           "reach", "reach_of", "services", "stopped", "unbound_box"]  # fmt: skip

_SECURE: Final = 2
_CLEAR: Final = 4
_EXAMPLES: Final = 8
_ENDPOINT_KEYS: Final = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpceaccount", "aws:vpceorgid",
                         "aws:vpceorgpaths", "aws:sourcevpcarn")  # fmt: skip
"""The keys that tell which endpoint it is, whose, and in which VPC."""


def _ways(analysis: Analysis, *, endpoint: bool) -> int:
    return sum(1 << i for i, way in enumerate(analysis.world.ways) if way.endpoint is endpoint)


def reach(answers: Answers, question: str, actions: int) -> Reach:
    """From where unsigned requests of some actions are answered."""
    analysis = answers.analysis
    layout = analysis.world.layout
    taken = 0
    for let in answers.unsigned:
        taken |= let.high.classes(layout.action)
    if not taken & actions:
        return Reach()
    box = {} if not taken & ~actions else {layout.action: actions}
    _note_unsure(answers, question, box)
    # All actions and those of one kind are often the same.
    key = 0 if not box else actions
    found = answers.reaches.get(key)
    if found is None:
        found = answers.reaches[key] = reach_of(analysis, answers.unsigned, box)
    return found


def reach_of(analysis: Analysis, lets: Sequence[Let], box: Mapping[int, int]) -> Reach:
    """From where the requests in a box are answered; some are."""
    cuts = [(let, part) for let, part in ((let, let.high.within(box)) for let in lets) if part]
    exact = [cut for cut in cuts if cut[0].low is cut[0].high][:1]
    best = exact[0] if exact else pick((let, box) for let in lets) or cuts[0]
    witness = witness_of(analysis, best[1], best[0].rule)
    return _told(analysis, [part for _, part in cuts], witness)


def _told(analysis: Analysis, found: Iterable[RequestSet], witness: Witness | None = None) -> Reach:
    """What is told of requests: from where they come, and what they reach."""
    layout = analysis.world.layout
    parts = [part for part in found if part]
    net, endpoint = _ways(analysis, endpoint=False), _ways(analysis, endpoint=True)
    public = [part for part in (p.within({layout.way: net}) for p in parts) if part]
    private = [part for part in (p.within({layout.way: endpoint}) for p in parts) if part]
    ipv4, ipv6 = networks_text(_addresses(analysis, public))
    taken = 0
    for part in parts:
        taken |= part.classes(layout.action)
    scope: Scope = "all" if (ipv4, ipv6) == EVERYWHERE else "some" if ipv4 or ipv6 else "none"
    return Reach(
        scope=scope,
        ipv4=ipv4,
        ipv6=ipv6,
        endpoints=_endpoints(analysis, private),
        objects=_objects(analysis, parts),
        actions=names(taken),
        witness=witness,
    )


def _note_unsure(answers: Answers, question: str, box: Mapping[int, int]) -> None:
    """What is told is exact only if it is the same of what is possible and of what is sure."""
    if all(let.low is let.high for let in answers.unsigned):
        return
    possible = [let.high.within(box) for let in answers.unsigned]
    sure = [let.low.within(box) for let in answers.unsigned]
    if _told(answers.analysis, possible) != _told(answers.analysis, sure):
        answers.uncertain.append(question)


def _addresses(analysis: Analysis, found: Iterable[RequestSet]) -> list[Interval]:
    level = analysis.world.layout.keys.get("aws:sourceip")
    if level is None:
        return [(0, V6 - 1), (V6, LAST)] if any(found) else []
    mask = 0
    for part in found:
        mask |= part.classes(level)
    spans = analysis.world.axes["aws:sourceip"].spans
    return [span for i, group in enumerate(spans) if mask >> i & 1 for span in group]


def _endpoints(analysis: Analysis, found: Sequence[RequestSet]) -> Endpoints:
    if not found:
        return Endpoints()
    masks = _endpoint_classes(analysis, found)
    names = {key: _values(analysis.world.axes[key], mask) for key, mask in masks.items()}
    endpoints, but_endpoints = names.get("aws:sourcevpce", ((), ()))
    vpcs, but_vpcs = names.get("aws:sourcevpc", ((), ()))
    confined = any(mask != analysis.world.axes[key].present for key, mask in masks.items())
    fixed = {value for way in analysis.world.ways for name, value in way.fixed
             if name == "aws:sourcevpc"}  # fmt: skip
    level = analysis.world.layout.way
    if not vpcs and fixed and all(_pinned(analysis, part, level) for part in found):
        vpcs, confined = tuple(sorted(fixed)), True
    return Endpoints(
        scope="some" if confined else "all",
        endpoints=endpoints, vpcs=vpcs, but_endpoints=but_endpoints, but_vpcs=but_vpcs,
    )  # fmt: skip


def _endpoint_classes(analysis: Analysis, found: Sequence[RequestSet]) -> dict[str, int]:
    """For each key of endpoints the classes of its values with which a request gets in.

    Of the other keys of endpoints it has values that nothing names, so that an endpoint that gets
    in by its own id tells nothing of its VPC; where nothing gets in so, any values.
    """
    layout, axes = analysis.world.layout, analysis.world.axes
    keys = [key for key in _ENDPOINT_KEYS if key in layout.keys]
    plain = {layout.keys[key]: _unnamed(axes[key]) for key in keys}

    def classes(key: str, box: Mapping[int, int]) -> int:
        mask = 0
        for part in found:
            mask |= part.within(box).classes(layout.keys[key])
        return mask & ~ABSENT

    alone = {
        key: classes(key, {k: m for k, m in plain.items() if k != layout.keys[key]})
        for key in keys
    }  # fmt: skip
    return alone if any(alone.values()) else {key: classes(key, {}) for key in keys}


def _unnamed(axis: Axis) -> int:
    """The classes of values that pass no test; all values, where each passes one."""
    tested = 0
    for _, possible in axis.some.values():
        tested |= possible
    return axis.present & ~tested or axis.present


def _pinned(analysis: Analysis, found: RequestSet, level: int) -> bool:
    taken = found.classes(level)
    return all(
        any(name == "aws:sourcevpc" for name, _ in way.fixed)
        for i, way in enumerate(analysis.world.ways) if taken >> i & 1
    )  # fmt: skip


def _values(axis: Axis, mask: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values of some classes of a text key, if all are named; else the named ones of others."""
    named = {
        i: str(sample) for i, sample in enumerate(axis.samples)
        if i and is_named(axis.some, sample)
    }  # fmt: skip
    if all(i in named for i in range(len(axis.samples)) if mask >> i & 1):
        return tuple(sorted(name for i, name in named.items() if mask >> i & 1)), ()
    return (), tuple(sorted(name for i, name in named.items() if not mask >> i & 1))


def is_named(tests: Iterable[object], text: object) -> bool:
    """Whether some test names this very value."""
    return any(
        isinstance(test, StringPredicate) and any(p.exact == text for p in test.patterns)
        for test in tests
    )


def _objects(analysis: Analysis, found: Sequence[RequestSet]) -> Objects:
    layout = analysis.world.layout
    axis = analysis.world.axes["object"]
    mask = 0
    for part in found:
        mask |= part.classes(layout.object)
    mask &= ~ABSENT
    if not mask:
        return Objects()
    examples = tuple(
        str(sample) for i, sample in enumerate(axis.samples) if i and mask >> i & 1
    )  # fmt: skip
    return Objects(scope="all" if mask == axis.present else "some", examples=examples[:_EXAMPLES])


def clear_text(answers: Answers) -> Request | None:
    """A request over plain HTTP, of anybody, that no Deny refuses."""
    analysis = answers.analysis
    layout = analysis.world.layout
    box = {layout.secure: _CLEAR, layout.action: KNOWN, layout.way: _counting(analysis)}
    found = analysis.open_high["policy"].within(box)
    if found and not analysis.open_low["policy"].within(box):
        answers.uncertain.append("clear_text")
    return request_of(analysis, found)


def _counting(analysis: Analysis) -> int:
    return sum(1 << i for i, way in enumerate(analysis.world.ways) if way.counts)


def clear_text_anonymous(answers: Answers) -> Witness | None:
    """An unsigned request over plain HTTP that is answered."""
    layout = answers.analysis.world.layout
    box = {layout.secure: _CLEAR}
    return answers.found("clear_text_anonymous", box, answers.unsigned)


def lowest_tls(answers: Answers) -> str | None:
    """The lowest TLS version that no Deny refuses; None if TLS is refused as a whole."""
    analysis = answers.analysis
    world = analysis.world
    box = {world.layout.secure: _SECURE, world.layout.action: KNOWN,
           world.layout.way: _counting(analysis)}  # fmt: skip
    versions: list[str | None] = []
    for found in (analysis.open_high["policy"], analysis.open_low["policy"]):
        versions.append(_lowest(analysis, found.within(box)))
        if analysis.open_low["policy"] is analysis.open_high["policy"]:
            break
    if versions[0] != versions[-1]:
        answers.uncertain.append("lowest_tls")
    return versions[0]


def _lowest(analysis: Analysis, found: RequestSet) -> str | None:
    if not found:
        return None
    level = analysis.world.layout.keys.get("s3:tlsversion")
    if level is None:
        return "1.0"
    mask = found.classes(level)
    samples = analysis.world.axes["s3:tlsversion"].samples
    passing = [str(sample) for i, sample in enumerate(samples) if i and mask >> i & 1]
    return next(
        (v for v in ("1.0", "1.1", "1.2", "1.3") if v in passing), min(passing, default=None)
    )


def _entries(
    answers: Answers, question: str, callers: int
) -> tuple[Witness | None, tuple[str, ...]]:
    """What the callers are let in to: a witness, and the actions."""
    analysis = answers.analysis
    layout = analysis.world.layout
    box = {layout.caller: callers}
    best = pick((let, box) for let in answers.named_first)
    if best is None:
        return None, ()
    let, found, sure = best
    if not sure:
        answers.uncertain.append(question)
    actions = 0
    for other in answers.lets:
        actions |= other.high.within(box).classes(layout.action)
    return witness_of(analysis, found, let.rule), names(actions)


def accounts(answers: Answers) -> tuple[AccountAccess, ...]:
    """The other accounts that are let in."""
    analysis = answers.analysis
    found: list[AccountAccess] = []
    groups: dict[str, int] = {}
    for index, caller in enumerate(analysis.world.callers):
        if caller.kind in {"account", "canonical"} and not caller.owner:
            name = "*" if caller.stranger else caller.account or caller.name
            groups[name] = groups.get(name, 0) | 1 << index
    for name, callers in groups.items():
        witness, actions = _entries(answers, "accounts", callers)
        if witness is not None:
            parts = [let.high.within({analysis.world.layout.caller: callers})
                     for let in answers.lets] if name == "*" else []  # fmt: skip
            found.append(AccountAccess(account=name, organizations=organizations(analysis, parts),
                                       actions=actions, witness=witness))  # fmt: skip
    return tuple(found)


def organizations(analysis: Analysis, found: Iterable[RequestSet]) -> tuple[str, ...]:
    """The organizations from whose members alone the requests come; none, if not only from such."""
    level = analysis.world.layout.keys.get("aws:principalorgid")
    mask = 0
    for part in (part for part in found if part):
        mask |= part.classes(level) if level is not None else ABSENT
    if not mask or mask & ABSENT:
        return ()
    return _values(analysis.world.axes["aws:principalorgid"], mask)[0]


def cloudfront_identities(answers: Answers) -> tuple[str, ...]:
    """The origin access identities that are let in."""
    layout = answers.analysis.world.layout
    return tuple(
        caller.name
        for index, caller in enumerate(answers.analysis.world.callers)
        if caller.kind == "cloudfront"
        and any(let.high.within({layout.caller: 1 << index}) for let in answers.lets)
    )


def services(answers: Answers) -> tuple[ServiceAccess, ...]:
    """The service principals that are let in, and whether each is bound to a source."""
    analysis = answers.analysis
    layout = analysis.world.layout
    found: list[ServiceAccess] = []
    free = unbound_box(analysis)
    for index, caller in enumerate(analysis.world.callers):
        if caller.kind != "service":
            continue
        witness, actions = _entries(answers, "services", 1 << index)
        if witness is None:
            continue
        loose = answers.found("unbound", {layout.caller: 1 << index, **free}, answers.lets)
        found.append(ServiceAccess(service="*" if caller.stranger else caller.name,
                                   actions=actions, witness=witness, unbound=loose))  # fmt: skip
    return tuple(found)


def unbound_box(analysis: Analysis) -> dict[int, int]:
    """The requests of services that no policy binds to a source."""
    world = analysis.world
    box: dict[int, int] = {}
    for key in ("aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid",
                "aws:sourceorgpaths"):  # fmt: skip
        axis = world.axes.get(key)
        if axis is None:
            continue
        bound = 0
        for test in analysis.bindings.get(key, ()):
            bound |= axis.where(test)
        box[world.layout.keys[key]] = ~bound
    return box


def points(answers: Answers) -> tuple[AccessPointExposure, ...]:
    """Each access point: public by its policy, and public through both policies."""
    analysis = answers.analysis
    found: list[AccessPointExposure] = []
    for point in analysis.bucket.access_points:
        source = next((s for s in analysis.sources if s.point is point), None)
        policy_public = bool(source and public_by_policy(answers, source))
        ways = sum(1 << i for i, way in enumerate(analysis.world.ways) if way.point == point.name)
        witness = None
        shut = analysis.bucket.block_of(point).restrict_public_buckets
        if source is not None and policy_public and not shut:
            box = _confined_by_neither(analysis, source)
            box[analysis.world.layout.way] = ways
            witness = answers.found(source.name, box, answers.lets)
        found.append(AccessPointExposure(name=point.name, policy_public=policy_public,
                                         public=witness is not None, witness=witness))  # fmt: skip
    return tuple(found)


def _confined_by_neither(analysis: Analysis, point: Source) -> dict[int, int]:
    """Requests without a trusted value of the access point's policy, nor of the bucket's.

    That a request comes through the access point is no value that the bucket's policy confines by.
    """
    layout = analysis.world.layout
    by_point = {layout.keys.get(key) for key in AP_KEYS}
    box = dict(analysis.trust(point))
    for source in analysis.sources:
        for level, mask in analysis.trust(source).items() if source.point is None else ():
            if level not in by_point:
                box[level] = box.get(level, -1) & mask
    return box


def stopped(answers: Answers) -> tuple[Stopped, ...]:
    """For each Allow of which a Deny stops every unsigned request: one of them, and the Deny."""
    analysis = answers.analysis
    level = analysis.world.layout.caller
    found: list[Stopped] = []
    for let in answers.lets:
        if let.high.within({level: 1}):
            continue
        wanted = let.rule.high.within(
            {level: 1, analysis.world.layout.action: KNOWN,
             analysis.world.layout.way: _counting(analysis)}
        ) & analysis.world.valid  # fmt: skip
        if not wanted:
            continue
        for deny in analysis.denies.get("policy", ()):
            hit = wanted & deny.low
            if hit:
                found.append(Stopped(request=request_in(analysis, hit), allow=let.rule.label,
                                     deny=deny.label, deny_path=deny.path))  # fmt: skip
                break
    return tuple(found)


def approximations(answers: Answers) -> tuple[Approximation, ...]:
    """The inexact statements, where some answer hangs on them."""
    analysis = answers.analysis
    questions = tuple(dict.fromkeys(answers.uncertain))
    if not questions:
        return ()
    return tuple(
        Approximation(statement=rule.label, source=rule.source, reasons=rule.reasons,
                      questions=questions)
        for rule in analysis.rules()
        if rule.reasons or rule in analysis.skipped or rule.low != rule.high
    )  # fmt: skip
