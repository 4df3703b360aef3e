"""The requests that AWS can send: which keys and values occur together.

The diagram of possible requests is built from its end: each step takes what is possible below and
decides one more group of axes above it, so it stays as small as the groups.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.added_predicates import own_access_points
from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.keys import ORIGIN, Presence
from cloudpack_baseline.access.patterns import glob
from cloudpack_baseline.access.predicates import StringPredicate, equal_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cloudpack_baseline.access.channels import Channel
    from cloudpack_baseline.access.context import PolicyContext
    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.space import Node

__all__ = ["GROUPS", "group_of", "organization_tests", "possible_requests"]

_ORG_ID: Final = "aws:principalorgid"
_ORG_PATHS: Final = "aws:principalorgpaths"

_CALLERS, _CHANNELS, _TLS, _ACTIONS, _FREE = GROUPS = range(5)
"""The groups of keys, in the order of their axes: each depends on those before it."""

_GROUP_OF: Final = {
    Presence.USER_ID: _CALLERS,
    Presence.BEHALF: _CALLERS,
    Presence.SIGNED: _CALLERS,
    Presence.ORGANIZATION: _CALLERS,
    Presence.DEPUTY: _CALLERS,
    Presence.FEDERATED: _CALLERS,
    Presence.INTERNET: _CHANNELS,
    Presence.ENDPOINT: _CHANNELS,
    Presence.ACCESS_POINT: _CHANNELS,
    Presence.TLS: _TLS,
    Presence.OPERATION: _ACTIONS,
}

_TRUE: Final = 4
"""The class of a key that is true (save for SecureTransport): false is 2, absent 1."""

_ONLY_IF_TRUE: Final = {
    "aws:multifactorauthage": "aws:multifactorauthpresent",
    "aws:calledvia": "aws:viaawsservice",
    "aws:calledviafirst": "aws:viaawsservice",
    "aws:calledvialast": "aws:viaawsservice",
}
"""There is an age of a login with MFA only after one, a chain of services only behind one."""

_TOGETHER: Final = {"aws:multifactorauthpresent": "aws:tokenissuetime", _ORG_PATHS: _ORG_ID}
"""Temporary credentials, and members of an organization, carry both or none."""


def group_of(key: Key) -> int:
    """The group of the axis of a key."""
    return _GROUP_OF.get(key.presence, _FREE)


def possible_requests(
    context: PolicyContext,
    object_actions: int,
    bucket_actions: int,
    actions_of: Callable[[Key], int | None],
) -> Node:
    """The requests that can be: every key there exactly when its table says so."""
    groups: list[list[Key]] = [[] for _ in GROUPS]
    for name, key in context.keys.items():
        if name != "aws:securetransport":
            groups[group_of(key)].append(key)
    levels = context.layout.keys
    always = (key for key in groups[_FREE] if key.presence is Presence.ALWAYS)
    below = context.space.box({levels[key.id]: ~ABSENT for key in always})
    carried = {key: actions_of(key) or 0 for key in groups[_ACTIONS]}
    below = _couple_actions(context, carried, below, object_actions, bucket_actions)
    below = _couple_tls(context, [levels[key.id] for key in groups[_TLS]], below)
    below = _couple_channels(context, groups[_CHANNELS], below)
    return _couple_keys(context, _couple_callers(context, groups[_CALLERS], below))


def _couple_actions(
    context: PolicyContext,
    carried: Mapping[Key, int],
    below: Node,
    object_actions: int,
    bucket_actions: int,
) -> Node:
    """Actions carry the keys of their operations, and are about the bucket or about an object."""
    space, layout = context.space, context.layout
    # Classes of actions that carry the same keys: each key halves them at most.
    classes: dict[int, dict[int, int]] = {object_actions | bucket_actions: {}}
    for key, carriers in carried.items():
        halves: dict[int, dict[int, int]] = {}
        for actions, absent in classes.items():
            halves[actions & carriers] = absent
            halves[actions & ~carriers] = {**absent, layout.keys[key.id]: ABSENT}
        halves.pop(0, None)
        classes = halves
    # Object keys are absent (class 0) in requests on the bucket; some actions do either.
    either = bucket_actions & object_actions
    kinds = ((bucket_actions & ~either, ABSENT), (object_actions & ~either, ~ABSENT), (either, -1))
    branches: dict[Node, int] = {}
    for actions, absent in classes.items():
        with_keys = space.box(absent, below)
        for kind, objects in kinds:
            if actions & kind:
                placed = space.box({layout.object: objects}, with_keys)
                branches[placed] = branches.get(placed, 0) | (actions & kind)
    return space.node(layout.action, branches)


def _couple_tls(context: PolicyContext, levels: Iterable[int], below: Node) -> Node:
    """A version of TLS is there only over TLS; SecureTransport is true in class 1, false in 2."""
    space = context.space
    clear = space.box(dict.fromkeys(levels, ABSENT), below)
    branches = {space.box(dict.fromkeys(levels, ~ABSENT), below): 0b010}
    # Without a key of TLS both are one node.
    branches[clear] = branches.get(clear, 0) | 0b100
    return space.node(context.layout.secure, branches)


def _couple_channels(context: PolicyContext, keys: Sequence[Key], below: Node) -> Node:
    branches: dict[Node, int] = {}
    for index, channel in enumerate(context.channels):
        fixed = dict(channel.fixed)
        masks: dict[int, int] = {}
        for key in keys:
            value = fixed.get(key.id)
            present = ~ABSENT if value is None else context.class_of_value(key.id, value)
            carries = context.carries(key, channel)
            masks[context.layout.keys[key.id]] = present if carries else ABSENT
        _couple_unlisted_points(context, channel, masks)
        under = context.space.box(masks, below)
        branches[under] = branches.get(under, 0) | 1 << index
    return context.space.node(context.layout.channel, branches)


def _couple_unlisted_points(
    context: PolicyContext, channel: Channel, masks: dict[int, int]
) -> None:
    """Access points that are not listed belong to other accounts, or do not exist."""
    if channel.point not in {"own", "foreign"}:
        return
    for name, predicate in own_access_points(context.owner_account):
        of_own = context.axes[name].where(predicate)
        masks[context.layout.keys[name]] &= of_own if channel.point == "own" else ~of_own
    if ORIGIN in context.axes:
        origins = (context.class_of_value(ORIGIN, origin) for origin in channel.origins)
        masks[context.layout.keys[ORIGIN]] = sum(origins)


def _couple_callers(context: PolicyContext, keys: Sequence[Key], below: Node) -> Node:
    if not keys:
        return below
    # Callers that carry the same keys share a branch: there may be hundreds of one kind.
    profiles: dict[tuple[int | None, ...], int] = {}
    for index, caller in enumerate(context.callers):
        profile = tuple(context.caller_mask(key, caller) for key in keys)
        profiles[profile] = profiles.get(profile, 0) | 1 << index
    levels = [context.layout.keys[key.id] for key in keys]
    branches: dict[Node, int] = {}
    for profile, callers in profiles.items():
        masks = {
            level: mask for level, mask in zip(levels, profile, strict=True) if mask is not None
        }
        under = context.space.box(masks, below)
        branches[under] = branches.get(under, 0) | callers
    return context.space.node(context.layout.caller, branches)


def _couple_keys(context: PolicyContext, possible: Node) -> Node:
    """Take away what cannot be: a key without its partner, a path of another organization."""
    levels = context.layout.keys
    impossible: list[dict[str, int]] = [
        {name: ~ABSENT, partner: ~_TRUE} for name, partner in _ONLY_IF_TRUE.items()
    ]
    for name, partner in _TOGETHER.items():
        impossible += [{name: ABSENT, partner: ~ABSENT}, {name: ~ABSENT, partner: ABSENT}]
    if _ORG_PATHS in levels and _ORG_ID in levels:
        impossible += _paths_of_others(context)
    for masks in impossible:
        if all(name in levels for name in masks):
            box = context.space.box({levels[name]: mask for name, mask in masks.items()})
            possible = context.space.minus(possible, box)
    return possible


_ORGANIZATION: Final = re.compile(r"(o-[a-z0-9]+)(?:/.*)?", re.ASCII | re.DOTALL)


def _organizations(tests: Iterable[object]) -> Iterable[str]:
    """The organizations that tests on IDs or paths name."""
    for test in tests:
        for pattern in test.patterns if isinstance(test, StringPredicate) else ():
            match = _ORGANIZATION.fullmatch(pattern.exact or pattern.text)
            if match:
                yield match[1]


def _paths_in(organization: str) -> StringPredicate:
    return StringPredicate((glob(((f"{organization}/*", False),)),))


def organization_tests(by_key: Mapping[str, Sequence[Predicate]]) -> dict[str, list[Predicate]]:
    """Tests that distinguish the organizations that IDs or paths name, for both keys.

    Empty if no paths are tested.
    """
    if _ORG_PATHS not in by_key:
        return {}
    named = dict.fromkeys(_organizations((*by_key[_ORG_PATHS], *by_key.get(_ORG_ID, ()))))
    return {_ORG_PATHS: [*map(_paths_in, named)], _ORG_ID: [*map(equal_to, named)]}


def _paths_of_others(context: PolicyContext) -> Iterable[dict[str, int]]:
    """A member has a path, and all its paths begin with the ID of its organization.

    Source: IAM API Reference, GenerateOrganizationsAccessReport (entity path).
    """
    ids, paths = context.axes[_ORG_ID], context.axes[_ORG_PATHS]
    # Without any test, the empty set stands for all others too.
    if paths.some_value:
        without_path = sum(1 << i for i, sample in enumerate(paths.samples) if sample == ())
        yield {_ORG_ID: ~ABSENT, _ORG_PATHS: without_path}
    for organization in dict.fromkeys(_organizations(ids.some_value)):
        test = _paths_in(organization)
        if test in paths.some_value:
            member = ids.where(equal_to(organization))
            yield {_ORG_ID: member, _ORG_PATHS: paths.present & ~paths.every_value[test][1]}
            yield {_ORG_ID: ids.present & ~member, _ORG_PATHS: paths.some_value[test][0]}
