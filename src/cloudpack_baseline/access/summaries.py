"""The answers of an exposure, each cut from the sets of requests that get in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.actions import KNOWN, names
from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.grants import (
    EffectiveGrant,
    best_grant,
    public_by_policy,
    request_witness,
)
from cloudpack_baseline.access.keys import AP_KEYS
from cloudpack_baseline.access.networks import LAST, V6, networks_text
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.access.requests import Request
from cloudpack_baseline.access.results import (
    EVERYWHERE,
    AccessPointExposure,
    AccountAccess,
    Approximation,
    DeniedGrant,
    Endpoints,
    Objects,
    Reach,
    ServiceAccess,
)
from cloudpack_baseline.access.space import RequestSet
from cloudpack_baseline.access.witnesses import sample_request, sample_request_if_any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cloudpack_baseline.access.analysis import Analysis, PolicySource
    from cloudpack_baseline.access.axes import Axis
    from cloudpack_baseline.access.grants import Answers
    from cloudpack_baseline.access.networks import Interval
    from cloudpack_baseline.access.requests import RequestWitness
    from cloudpack_baseline.access.results import Scope

__all__ = [
    "access_point_exposures",
    "accounts",
    "anonymous_reach",
    "approximations",
    "clear_text",
    "clear_text_anonymous",
    "cloudfront_identities",
    "confining_organizations",
    "denied_grants",
    "is_named",
    "lowest_tls",
    "reach_of",
    "services",
    "unbound_box",
]

_SECURE: Final = 2
_CLEAR: Final = 4
_EXAMPLES: Final = 8
_ENDPOINT_KEYS: Final = (
    "aws:sourcevpce",
    "aws:sourcevpc",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:sourcevpcarn",
)
"""The keys that tell which endpoint it is, whose, and in which VPC."""


def _channels(analysis: Analysis, *, endpoint: bool) -> int:
    return sum(
        1 << i
        for i, channel in enumerate(analysis.context.channels)
        if channel.endpoint is endpoint
    )


def anonymous_reach(answers: Answers, question: str, actions: int) -> Reach:
    """From where unsigned requests of some actions are answered."""
    analysis = answers.analysis
    layout = analysis.context.layout
    granted_actions = 0
    for grant in answers.unsigned:
        granted_actions |= grant.high.classes(layout.action)
    if not granted_actions & actions:
        return Reach()
    box = {} if not granted_actions & ~actions else {layout.action: actions}
    _note_unsure(answers, question, box)
    # All actions and those of one kind are often the same.
    key = 0 if not box else actions
    summary = answers.reaches.get(key)
    if summary is None:
        summary = answers.reaches[key] = reach_of(analysis, answers.unsigned, box)
    return summary


def reach_of(analysis: Analysis, grants: Sequence[EffectiveGrant], box: Mapping[int, int]) -> Reach:
    """From where the requests in a box are answered; some are."""
    granted = [
        (grant, requests)
        for grant, requests in ((grant, grant.high.within(box)) for grant in grants)
        if requests
    ]
    exact = [cut for cut in granted if cut[0].low is cut[0].high][:1]
    best = exact[0] if exact else best_grant(grants, box) or granted[0]
    witness = request_witness(analysis, best[1], best[0].rule)
    return _summarize(analysis, [requests for _, requests in granted], witness)


def _summarize(
    analysis: Analysis, granted: Iterable[RequestSet], witness: RequestWitness | None = None
) -> Reach:
    """What is told of requests: from where they come, and what they reach."""
    layout = analysis.context.layout
    granted = [requests for requests in granted if requests]
    internet, endpoint = _channels(analysis, endpoint=False), _channels(analysis, endpoint=True)
    from_internet = [
        requests
        for requests in (requests.within({layout.channel: internet}) for requests in granted)
        if requests
    ]
    through_endpoints = [
        requests
        for requests in (requests.within({layout.channel: endpoint}) for requests in granted)
        if requests
    ]
    ipv4, ipv6 = networks_text(_addresses(analysis, from_internet))
    actions = 0
    for requests in granted:
        actions |= requests.classes(layout.action)
    scope: Scope = "all" if (ipv4, ipv6) == EVERYWHERE else "some" if ipv4 or ipv6 else "none"
    return Reach(
        scope=scope,
        ipv4=ipv4,
        ipv6=ipv6,
        endpoints=_endpoints(analysis, through_endpoints),
        objects=_objects(analysis, granted),
        actions=names(actions),
        witness=witness,
    )


def _note_unsure(answers: Answers, question: str, box: Mapping[int, int]) -> None:
    """What is told is exact only if it is the same of what is possible and of what is sure."""
    if all(grant.low is grant.high for grant in answers.unsigned):
        return
    possible = [grant.high.within(box) for grant in answers.unsigned]
    sure = [grant.low.within(box) for grant in answers.unsigned]
    if _summarize(answers.analysis, possible) != _summarize(answers.analysis, sure):
        answers.uncertain.append(question)


def _addresses(analysis: Analysis, granted: Iterable[RequestSet]) -> list[Interval]:
    level = analysis.context.layout.keys.get("aws:sourceip")
    if level is None:
        return [(0, V6 - 1), (V6, LAST)] if any(granted) else []
    mask = 0
    for requests in granted:
        mask |= requests.classes(level)
    spans = analysis.context.axes["aws:sourceip"].spans
    return [span for i, group in enumerate(spans) if mask >> i & 1 for span in group]


def _endpoints(analysis: Analysis, granted: Sequence[RequestSet]) -> Endpoints:
    if not granted:
        return Endpoints()
    masks = _endpoint_classes(analysis, granted)
    names = {key: _values(analysis.context.axes[key], mask) for key, mask in masks.items()}
    endpoints, but_endpoints = names.get("aws:sourcevpce", ((), ()))
    vpcs, but_vpcs = names.get("aws:sourcevpc", ((), ()))
    confined = any(mask != analysis.context.axes[key].present for key, mask in masks.items())
    fixed = {
        value
        for channel in analysis.context.channels
        for name, value in channel.fixed
        if name == "aws:sourcevpc"
    }
    level = analysis.context.layout.channel
    if not vpcs and fixed and all(_pinned(analysis, requests, level) for requests in granted):
        vpcs, confined = tuple(sorted(fixed)), True
    return Endpoints(
        scope="some" if confined else "all",
        endpoints=endpoints,
        vpcs=vpcs,
        but_endpoints=but_endpoints,
        but_vpcs=but_vpcs,
    )


def _endpoint_classes(analysis: Analysis, granted: Sequence[RequestSet]) -> dict[str, int]:
    """For each key of endpoints the classes of its values with which a request gets in.

    Of the other keys of endpoints it has values that nothing names, so that an endpoint that gets
    in by its own id tells nothing of its VPC; where nothing gets in so, any values.
    """
    layout, axes = analysis.context.layout, analysis.context.axes
    keys = [key for key in _ENDPOINT_KEYS if key in layout.keys]
    plain = {layout.keys[key]: _unnamed(axes[key]) for key in keys}

    def classes(key: str, box: Mapping[int, int]) -> int:
        mask = 0
        for requests in granted:
            mask |= requests.within(box).classes(layout.keys[key])
        return mask & ~ABSENT

    alone = {
        key: classes(key, {k: m for k, m in plain.items() if k != layout.keys[key]}) for key in keys
    }
    return alone if any(alone.values()) else {key: classes(key, {}) for key in keys}


def _unnamed(axis: Axis) -> int:
    """The classes of values that pass no test; all values, where each passes one."""
    tested = 0
    for _, possible in axis.some_value.values():
        tested |= possible
    return axis.present & ~tested or axis.present


def _pinned(analysis: Analysis, requests: RequestSet, level: int) -> bool:
    channels = requests.classes(level)
    return all(
        any(name == "aws:sourcevpc" for name, _ in channel.fixed)
        for i, channel in enumerate(analysis.context.channels)
        if channels >> i & 1
    )


def _values(axis: Axis, mask: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values of some classes of a text key, if all are named; else the named ones of others."""
    named = {
        i: str(sample)
        for i, sample in enumerate(axis.samples)
        if i and is_named(axis.some_value, sample)
    }
    if all(i in named for i in range(len(axis.samples)) if mask >> i & 1):
        return tuple(sorted(name for i, name in named.items() if mask >> i & 1)), ()
    return (), tuple(sorted(name for i, name in named.items() if not mask >> i & 1))


def is_named(tests: Iterable[object], text: object) -> bool:
    """Whether some test names this very value."""
    return any(
        isinstance(test, StringPredicate) and any(p.exact == text for p in test.patterns)
        for test in tests
    )


def _objects(analysis: Analysis, granted: Sequence[RequestSet]) -> Objects:
    layout = analysis.context.layout
    axis = analysis.context.axes["object"]
    mask = 0
    for requests in granted:
        mask |= requests.classes(layout.object)
    mask &= ~ABSENT
    if not mask:
        return Objects()
    examples = tuple(str(sample) for i, sample in enumerate(axis.samples) if i and mask >> i & 1)
    return Objects(scope="all" if mask == axis.present else "some", examples=examples[:_EXAMPLES])


def clear_text(answers: Answers) -> Request | None:
    """A request over plain HTTP, of anybody, that no Deny refuses."""
    analysis = answers.analysis
    layout = analysis.context.layout
    box = {layout.secure: _CLEAR, layout.action: KNOWN, layout.channel: _counting(analysis)}
    requests = analysis.open_high["policy"].within(box)
    if requests and not analysis.open_low["policy"].within(box):
        answers.uncertain.append("clear_text")
    return sample_request_if_any(analysis, requests)


def _counting(analysis: Analysis) -> int:
    return sum(1 << i for i, channel in enumerate(analysis.context.channels) if channel.counts)


def clear_text_anonymous(answers: Answers) -> RequestWitness | None:
    """An unsigned request over plain HTTP that is answered."""
    layout = answers.analysis.context.layout
    box = {layout.secure: _CLEAR}
    return answers.witness("clear_text_anonymous", box, answers.unsigned)


def lowest_tls(answers: Answers) -> str | None:
    """The lowest TLS version that no Deny refuses; None if TLS is refused as a whole."""
    analysis = answers.analysis
    context = analysis.context
    box = {
        context.layout.secure: _SECURE,
        context.layout.action: KNOWN,
        context.layout.channel: _counting(analysis),
    }
    versions: list[str | None] = []
    for requests in (analysis.open_high["policy"], analysis.open_low["policy"]):
        versions.append(_lowest(analysis, requests.within(box)))
        if analysis.open_low["policy"] is analysis.open_high["policy"]:
            break
    if versions[0] != versions[-1]:
        answers.uncertain.append("lowest_tls")
    return versions[0]


def _lowest(analysis: Analysis, requests: RequestSet) -> str | None:
    if not requests:
        return None
    level = analysis.context.layout.keys.get("s3:tlsversion")
    if level is None:
        return "1.0"
    mask = requests.classes(level)
    samples = analysis.context.axes["s3:tlsversion"].samples
    passing = [str(sample) for i, sample in enumerate(samples) if i and mask >> i & 1]
    return next(
        (v for v in ("1.0", "1.1", "1.2", "1.3") if v in passing), min(passing, default=None)
    )


def _entries(
    answers: Answers, question: str, callers: int
) -> tuple[RequestWitness | None, tuple[str, ...]]:
    """What the callers are let in to: a witness, and the actions."""
    analysis = answers.analysis
    layout = analysis.context.layout
    box = {layout.caller: callers}
    best = best_grant(answers.named_first, box)
    if best is None:
        return None, ()
    grant, requests, sure = best
    if not sure:
        answers.uncertain.append(question)
    actions = 0
    for further in answers.grants:
        actions |= further.high.within(box).classes(layout.action)
    return request_witness(analysis, requests, grant.rule), names(actions)


def accounts(answers: Answers) -> tuple[AccountAccess, ...]:
    """The other accounts that are let in."""
    analysis = answers.analysis
    accesses: list[AccountAccess] = []
    groups: dict[str, int] = {}
    for index, caller in enumerate(analysis.context.callers):
        if caller.kind in {"account", "canonical"} and not caller.owner:
            name = "*" if caller.stranger else caller.account or caller.name
            groups[name] = groups.get(name, 0) | 1 << index
    for name, callers in groups.items():
        witness, actions = _entries(answers, "accounts", callers)
        if witness is not None:
            granted = (
                [
                    grant.high.within({analysis.context.layout.caller: callers})
                    for grant in answers.grants
                ]
                if name == "*"
                else []
            )
            accesses.append(
                AccountAccess(
                    account=name,
                    organizations=confining_organizations(analysis, granted),
                    actions=actions,
                    witness=witness,
                )
            )
    return tuple(accesses)


def confining_organizations(analysis: Analysis, granted: Iterable[RequestSet]) -> tuple[str, ...]:
    """The organizations from whose members alone the requests come; none, if not only from such."""
    level = analysis.context.layout.keys.get("aws:principalorgid")
    mask = 0
    for requests in (requests for requests in granted if requests):
        mask |= requests.classes(level) if level is not None else ABSENT
    if not mask or mask & ABSENT:
        return ()
    return _values(analysis.context.axes["aws:principalorgid"], mask)[0]


def cloudfront_identities(answers: Answers) -> tuple[str, ...]:
    """The origin access identities that are let in."""
    layout = answers.analysis.context.layout
    return tuple(
        caller.name
        for index, caller in enumerate(answers.analysis.context.callers)
        if caller.kind == "cloudfront"
        and any(grant.high.within({layout.caller: 1 << index}) for grant in answers.grants)
    )


def services(answers: Answers) -> tuple[ServiceAccess, ...]:
    """The service principals that are let in, and whether each is bound to a source."""
    analysis = answers.analysis
    layout = analysis.context.layout
    accesses: list[ServiceAccess] = []
    unbound_requests = unbound_box(analysis)
    for index, caller in enumerate(analysis.context.callers):
        if caller.kind != "service":
            continue
        witness, actions = _entries(answers, "services", 1 << index)
        if witness is None:
            continue
        unbound = answers.witness(
            "unbound", {layout.caller: 1 << index, **unbound_requests}, answers.grants
        )
        accesses.append(
            ServiceAccess(
                service="*" if caller.stranger else caller.name,
                actions=actions,
                witness=witness,
                unbound=unbound,
            )
        )
    return tuple(accesses)


def unbound_box(analysis: Analysis) -> dict[int, int]:
    """The requests of services that no policy binds to a source."""
    context = analysis.context
    box: dict[int, int] = {}
    for key in (
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
    ):
        axis = context.axes.get(key)
        if axis is None:
            continue
        bound = 0
        for test in analysis.bindings.get(key, ()):
            bound |= axis.where(test)
        box[context.layout.keys[key]] = ~bound
    return box


def access_point_exposures(answers: Answers) -> tuple[AccessPointExposure, ...]:
    """Each access point: public by its policy, and public through both policies."""
    analysis = answers.analysis
    exposures: list[AccessPointExposure] = []
    for point in analysis.bucket.access_points:
        source = next((s for s in analysis.sources if s.point is point), None)
        policy_public = bool(source and public_by_policy(answers, source))
        channels = sum(
            1 << i
            for i, channel in enumerate(analysis.context.channels)
            if channel.point == point.name
        )
        witness = None
        restricted = analysis.bucket.block_of(point).restrict_public_buckets
        if source is not None and policy_public and not restricted:
            box = _confined_by_neither(analysis, source)
            box[analysis.context.layout.channel] = channels
            witness = answers.witness(source.name, box, answers.grants)
        exposures.append(
            AccessPointExposure(
                name=point.name,
                policy_public=policy_public,
                public=witness is not None,
                witness=witness,
            )
        )
    return tuple(exposures)


def _confined_by_neither(analysis: Analysis, point: PolicySource) -> dict[int, int]:
    """Requests without a trusted value of the access point's policy, nor of the bucket's.

    That a request comes through the access point is no value that the bucket's policy confines by.
    """
    layout = analysis.context.layout
    by_point = {layout.keys.get(key) for key in AP_KEYS}
    box = dict(analysis.trust(point))
    for source in analysis.sources:
        for level, mask in analysis.trust(source).items() if source.point is None else ():
            if level not in by_point:
                box[level] = box.get(level, -1) & mask
    return box


def denied_grants(answers: Answers) -> tuple[DeniedGrant, ...]:
    """For each Allow of which a Deny stops every unsigned request: one of them, and the Deny."""
    analysis = answers.analysis
    level = analysis.context.layout.caller
    denied: list[DeniedGrant] = []
    for grant in answers.grants:
        if grant.high.within({level: 1}):
            continue
        allowed = (
            grant.rule.high.within(
                {
                    level: 1,
                    analysis.context.layout.action: KNOWN,
                    analysis.context.layout.channel: _counting(analysis),
                }
            )
            & analysis.context.valid
        )
        if not allowed:
            continue
        for deny in analysis.denies.get("policy", ()):
            stopped = allowed & deny.low
            if stopped:
                denied.append(
                    DeniedGrant(
                        request=sample_request(analysis, stopped),
                        allow=grant.rule.label,
                        deny=deny.label,
                        deny_path=deny.path,
                    )
                )
                break
    return tuple(denied)


def approximations(answers: Answers) -> tuple[Approximation, ...]:
    """The inexact statements, where some answer hangs on them."""
    analysis = answers.analysis
    questions = tuple(dict.fromkeys(answers.uncertain))
    if not questions:
        return ()
    return tuple(
        Approximation(
            statement=rule.label,
            source=rule.source,
            inexactness=rule.inexactness,
            questions=questions,
        )
        for rule in analysis.rules()
        if rule.inexactness or rule in analysis.skipped or rule.low != rule.high
    )
