"""From where requests are allowed, and which objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.actions import names
from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.grants import best_grant, grants_within, request_witness
from cloudpack_baseline.access.networks import LAST, V6, networks_text
from cloudpack_baseline.access.results import EVERYWHERE, Endpoints, Objects, Reach
from cloudpack_baseline.access.space import classes_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.axes import Axis
    from cloudpack_baseline.access.grants import Answers, EffectiveGrant
    from cloudpack_baseline.access.networks import Interval
    from cloudpack_baseline.access.requests import RequestWitness
    from cloudpack_baseline.access.results import Scope
    from cloudpack_baseline.access.space import RequestSet

__all__ = ["anonymous_reach", "confining_organizations", "reach_of"]

_EXAMPLES: Final = 8
"""The maximum number of object keys shown; a policy with more classes of them names its
patterns."""
_SOURCE_IP: Final = "aws:sourceip"
_SOURCE_VPC: Final = "aws:sourcevpc"
_ORG_ID: Final = "aws:principalorgid"
_ENDPOINT_KEYS: Final = (
    "aws:sourcevpce",
    _SOURCE_VPC,
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:sourcevpcarn",
)
"""The keys that identify an endpoint, its owner and its VPC."""


def anonymous_reach(answers: Answers, question: str, actions: int) -> Reach:
    """From where unsigned requests of some actions are answered."""
    analysis = answers.analysis
    level = analysis.context.layout.action
    granted = classes_in((grant.high for grant in answers.unsigned), level)
    if not granted & actions:
        return Reach()
    box = {} if not granted & ~actions else {level: actions}
    _note_unsure(answers, question, box)
    # All actions and those of one kind are often the same.
    key = 0 if not box else actions
    reach = answers.reaches.get(key)
    if reach is None:
        grants = grants_within(answers.unsigned, box)
        reach = answers.reaches[key] = reach_of(analysis, grants)
    return reach


def reach_of(analysis: Analysis, grants: Sequence[EffectiveGrant]) -> Reach:
    """From where requests are answered; each of the grants possibly grants some."""
    exact = next((grant for grant in grants if grant.exact), None)
    if exact is not None:
        grant, requests = exact, exact.high
    else:
        grant, requests, _ = best_grant(grants, {}) or (grants[0], grants[0].high, False)
    witness = request_witness(analysis, requests, grant.rule)
    return _summarize(analysis, [grant.high for grant in grants], witness)


def _summarize(
    analysis: Analysis, granted: Iterable[RequestSet], witness: RequestWitness | None = None
) -> Reach:
    """Summarize granted requests: source networks, VPC endpoints, objects and actions."""
    layout = analysis.context.layout
    # Who asks makes no difference here, and different callers mostly get the same.
    granted = list({requests.beyond(layout.caller) for requests in granted if requests})
    internet = analysis.context.channel_mask(lambda channel: not channel.endpoint)
    from_internet = _restrict(granted, {layout.channel: internet})
    ipv4, ipv6 = networks_text(_addresses(analysis, from_internet))
    scope: Scope = "all" if (ipv4, ipv6) == EVERYWHERE else "some" if ipv4 or ipv6 else "none"
    return Reach(
        scope=scope,
        ipv4=ipv4,
        ipv6=ipv6,
        endpoints=_endpoints(analysis, _restrict(granted, {layout.channel: ~internet})),
        objects=_objects(analysis, granted),
        actions=names(classes_in(granted, layout.action)),
        witness=witness,
    )


def _restrict(sets: Iterable[RequestSet], box: Mapping[int, int]) -> list[RequestSet]:
    """The parts of the sets inside a box, without empty ones."""
    inside = (requests.within(box) for requests in sets)
    return [requests for requests in inside if requests]


def _note_unsure(answers: Answers, question: str, box: Mapping[int, int]) -> None:
    """A summary is exact only if it is the same of what is possible and of what is sure."""
    if all(grant.exact for grant in answers.unsigned):
        return
    inside = [grant.within(box) for grant in answers.unsigned]
    possible = _summarize(answers.analysis, (grant.high for grant in inside))
    if possible != _summarize(answers.analysis, (grant.low for grant in inside)):
        answers.uncertain.append(question)


def _addresses(analysis: Analysis, granted: Sequence[RequestSet]) -> list[Interval]:
    level = analysis.context.layout.keys.get(_SOURCE_IP)
    if level is None:
        return [(0, V6 - 1), (V6, LAST)] if granted else []
    return analysis.context.axes[_SOURCE_IP].spans_of(classes_in(granted, level))


def _endpoints(analysis: Analysis, granted: Sequence[RequestSet]) -> Endpoints:
    if not granted:
        return Endpoints()
    axes = analysis.context.axes
    masks = _endpoint_classes(analysis, granted)
    values = {key: _values(axes[key], mask) for key, mask in masks.items()}
    endpoints, but_endpoints = values.get("aws:sourcevpce", ((), ()))
    vpcs, but_vpcs = values.get(_SOURCE_VPC, ((), ()))
    confined = any(mask != axes[key].present for key, mask in masks.items())
    pinned = _vpcs_of_access_points(analysis, granted)
    if pinned and not vpcs:
        vpcs, confined = pinned, True
    return Endpoints(
        scope="some" if confined else "all",
        endpoints=endpoints,
        vpcs=vpcs,
        but_endpoints=but_endpoints,
        but_vpcs=but_vpcs,
    )


def _endpoint_classes(analysis: Analysis, granted: Sequence[RequestSet]) -> dict[str, int]:
    """For each key of endpoints, the classes of its values with which a request is allowed.

    Of the other keys of endpoints it has values that nothing names, so that an endpoint that gets
    in by its own ID says nothing about its VPC; if nothing is allowed that way, any values.
    """
    layout, axes = analysis.context.layout, analysis.context.axes
    keys = [key for key in _ENDPOINT_KEYS if key in layout.keys]
    unnamed = {key: _unnamed(axes[key]) for key in keys}

    def classes(key: str, names: Iterable[str]) -> int:
        box = {layout.keys[name]: unnamed[name] for name in names if name != key}
        return classes_in(_restrict(granted, box), layout.keys[key]) & ~ABSENT

    alone = {key: classes(key, keys) for key in keys}
    return alone if any(alone.values()) else {key: classes(key, ()) for key in keys}


def _unnamed(axis: Axis) -> int:
    """The classes of values that pass no test; all values, where each passes one."""
    tested = 0
    for _, possible in axis.some_value.values():
        tested |= possible
    return axis.present & ~tested or axis.present


def _vpcs_of_access_points(analysis: Analysis, granted: Sequence[RequestSet]) -> tuple[str, ...]:
    """The VPCs of the access points through which all requests come; none if not all do."""
    channels = classes_in(granted, analysis.context.layout.channel)
    vpcs = [
        dict(channel.fixed).get(_SOURCE_VPC)
        for i, channel in enumerate(analysis.context.channels)
        if channels >> i & 1
    ]
    return tuple(sorted({vpc for vpc in vpcs if vpc})) if all(vpcs) else ()


def _values(axis: Axis, mask: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values of some classes of a text key, if all are named; else the named ones of others."""
    inside = [place for place in range(len(axis.samples)) if mask >> place & 1]
    values = axis.named
    named = {place for place, sample in enumerate(axis.samples) if sample in values}
    chosen, excepted = (inside, ()) if named.issuperset(inside) else ((), named.difference(inside))
    return (
        tuple(sorted(str(axis.samples[place]) for place in chosen)),
        tuple(sorted(str(axis.samples[place]) for place in excepted)),
    )


def confining_organizations(analysis: Analysis, granted: Iterable[RequestSet]) -> tuple[str, ...]:
    """The organizations from whose members alone the requests come; none, if not only from such."""
    level = analysis.context.layout.keys.get(_ORG_ID)
    mask = ABSENT if level is None else classes_in(granted, level)
    if not mask or mask & ABSENT:
        return ()
    return _values(analysis.context.axes[_ORG_ID], mask)[0]


def _objects(analysis: Analysis, granted: Sequence[RequestSet]) -> Objects:
    axis = analysis.context.axes["object"]
    mask = classes_in(granted, analysis.context.layout.object) & ~ABSENT
    if not mask:
        return Objects()
    keys = [str(sample) for i, sample in enumerate(axis.samples) if mask >> i & 1]
    return Objects(
        scope="all" if mask == axis.present else "some", examples=tuple(keys[:_EXAMPLES])
    )
