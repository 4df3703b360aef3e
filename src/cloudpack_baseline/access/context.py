"""One analysis: callers, channels and axes for a set of policies, and each statement as a set.

The axes are in groups, so that what depends on each other is decided together: the caller and the
keys of callers; the channel and the keys of channels; TLS; the action, the resource and the keys of
actions; the rest.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.caller_values import CallerValues
from cloudpack_baseline.access.callers import Caller, UndecidedValue
from cloudpack_baseline.access.keys import Key, Presence, find_key
from cloudpack_baseline.access.normalization import (
    normalize,
    null_mask,
    split_by_samples,
    variable_groups,
)
from cloudpack_baseline.access.predicates import equal_to
from cloudpack_baseline.access.space import RequestSet, Space
from cloudpack_baseline.access.variables import FREE, Variable, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cloudpack_baseline.access.axes import Axis, Masks
    from cloudpack_baseline.access.channels import Channel, Layout
    from cloudpack_baseline.access.normalization import NormalizedStatement
    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.variables import Free

__all__ = [
    "PolicyContext",
    "frequent_keys",
]

KEY_LIMIT: Final = 120
"""The maximum number of keys with an axis; conditions on more are unknown. AWS managed policies use
49 keys at most; each axis is a level of every diagram."""

_FALSE: Final = 2
"""The class of a key that is false (save for SecureTransport)."""

_NAMES: Final = frozenset({"aws:principalarn", "aws:username"})
"""The keys in which callers of one class differ."""

_OF_ROLES: Final = frozenset({"aws:federatedprovider", "aws:sourceidentity"})
"""Keys of sessions of roles: only AssumeRole and its like set them (IAM User Guide, "AWS global
condition context keys")."""

_TEMPORARY: Final = frozenset({"aws:multifactorauthpresent", "aws:tokenissuetime"})


@define(eq=False)
class PolicyContext:
    """Callers, channels, axes, and the space over them."""

    callers: tuple[Caller, ...]
    channels: tuple[Channel, ...]
    owner_account: str
    owner_org: str | None
    resource_account: str | None = None
    resource_org: str | None = None
    axes: dict[str, Axis] = field(factory=dict)
    keys: dict[str, Key] = field(factory=dict)
    layout: Layout = field(init=False)
    space: Space = field(init=False)
    valid: RequestSet = field(init=False)

    # --- what keys are for a caller and a way

    def constant(self, key: str) -> str | None:
        """The value of a key that is the same in all requests."""
        return self.resource_org if key == "aws:resourceorgid" else self.resource_account

    def as_settled(self, key: Key) -> Key:
        """The key, as a constant if it has the same value in all requests."""
        settled = key.id == "aws:resourceorgid" and self.resource_org is not None
        return evolve(key, presence=Presence.CONSTANT) if settled else key

    def settle(  # noqa: PLR0911 - one return for each kind of presence
        self, name: str, caller: Caller, channel: int
    ) -> str | Free | None:
        """What a variable is for a caller and a channel."""
        key = find_key(name)
        if key is None:
            return FREE
        if key.id == "aws:resourceorgid" and self.resource_org:
            return self.resource_org
        match key.presence:
            case Presence.CONSTANT:
                return self.resource_account or FREE
            case Presence.IDENTITY:
                value = caller.value(key.id)
                open_ended = caller.sample and key.id in _NAMES
                if isinstance(value, (tuple, UndecidedValue)) or (open_ended and value is not None):
                    return FREE
                return value
            case Presence.USER_ID:
                return "anonymous" if caller.kind == "anonymous" else FREE
            case Presence.INTERNET | Presence.ENDPOINT | Presence.ACCESS_POINT:
                return self._settle_channel(key, self.channels[channel])
            case _:
                mask = self.caller_mask(key, caller)
                return None if mask == ABSENT else self._settle_organization(key, caller)

    def exemplify(self, name: str, caller: Caller, channel: int) -> str | Free | None:
        """The same, but a caller that stands for many is only itself."""
        value = caller.value(name) if name in _NAMES else None
        return value if isinstance(value, str) else self.settle(name, caller, channel)

    def _settle_organization(self, key: Key, caller: Caller) -> str | Free:
        known = caller.owner and key.id == "aws:principalorgid" and self.owner_org
        return known or FREE

    def _settle_channel(self, key: Key, channel: Channel) -> str | Free | None:
        fixed = dict(channel.fixed)
        if key.id in fixed:
            return fixed[key.id]
        return FREE if self.carries(key, channel) else None

    @staticmethod
    def carries(key: Key, channel: Channel) -> bool:
        """Whether requests by the channel carry a key of channels."""
        if key.presence is Presence.INTERNET:
            return not channel.endpoint
        if key.presence is Presence.ENDPOINT:
            return channel.endpoint
        return channel.point is not None

    def caller_mask(  # noqa: PLR0911 - one return for each kind of presence
        self, key: Key, caller: Caller
    ) -> int | None:
        """The classes of a key of callers in the requests of one; None if it has any."""
        match key.presence:
            case Presence.USER_ID:
                if caller.kind == "service":
                    return None
                anonymous = self.class_of_value(key.id, "anonymous")
                return anonymous if caller.kind == "anonymous" else ~(ABSENT | anonymous)
            case Presence.BEHALF:
                # A service calls for a principal, never for nobody and never for a service.
                return _FALSE if caller.kind in {"anonymous", "service"} else ~ABSENT
            case Presence.SIGNED:
                return _session_mask(key, caller)
            case Presence.ORGANIZATION:
                if caller.kind in {"anonymous", "service", "cloudfront"} or not caller.signed:
                    return ABSENT
                if caller.owner and self.owner_org:
                    is_org_id = key.id == "aws:principalorgid"
                    return self.class_of_value(key.id, self.owner_org) if is_org_id else ~ABSENT
                return None
            case Presence.DEPUTY:
                return None if caller.kind == "service" else ABSENT
            case Presence.FEDERATED:
                return self._federated_mask(key, caller)
            case _:
                return None

    @staticmethod
    def _federated_mask(key: Key, caller: Caller) -> int | None:
        """The parameters of a session: external IDs by account, claims by provider."""
        if key.id.startswith("sts:"):
            only_signed = key.id == "sts:externalid" and caller.kind == "federated"
            return ABSENT if only_signed else None
        if caller.kind != "federated":
            return ABSENT
        provider, _, claim = key.id.rpartition(":")
        provider_of_caller = (
            caller.name.lower().partition("oidc-provider/")[2] or caller.name.lower()
        )
        is_own = provider_of_caller == provider or (
            provider == "saml" and ":saml-provider/" in provider_of_caller
        )
        return (~ABSENT if claim in {"sub", "aud"} else None) if is_own else ABSENT

    def class_of_value(self, key: str, value: str) -> int:
        """The class of a value that has its own class; none if the key has no axis."""
        axis = self.axes.get(key)
        if axis is None:
            return 0
        return axis.where(equal_to(value))

    def channel_mask(self, test: Callable[[Channel], bool]) -> int:
        """The channels that pass a test."""
        return sum(1 << i for i, channel in enumerate(self.channels) if test(channel))

    def channels_through(self, point: str) -> int:
        """The channels through an access point."""
        return self.channel_mask(lambda channel: channel.point == point)

    # --- statements

    @cached_property
    def caller_values(self) -> CallerValues:
        """The values that the callers have for the keys of their identity."""
        return CallerValues(self.callers)

    def normalized(
        self,
        statement: Statement,
        callers: Masks,
        channels: int,
        *,
        variables: bool,
        known: Callable[[str], Key | None],
    ) -> list[NormalizedStatement]:
        """The statement under every settlement of its variables."""
        texts = [t for condition in statement.conditions for t in condition.values]
        texts += statement.resources or ()
        groups = variable_groups(
            texts if variables else (),
            variables=variables,
            callers=self.callers,
            callers_mask=callers,
            channels=channels,
            settle=self.settle,
        )
        if (
            variables
            and statement.effect == "Allow"
            and any(name in _NAMES for name in _variable_keys(texts))
        ):
            # A caller of a class is certainly allowed where a policy names it.
            samples = sum(1 << i for i, caller in enumerate(self.callers) if caller.sample)
            groups += variable_groups(
                texts,
                variables=True,
                callers=self.callers,
                callers_mask=(callers[0] & samples, callers[0] & samples),
                channels=channels,
                settle=self.exemplify,
            )
        sampled = self.samples(_variable_keys(texts)) if variables else {}
        groups = [split for group in groups for split in split_by_samples(group, sampled)]
        for group in groups:
            normalize(
                group,
                statement,
                self.caller_values,
                variables=variables,
                known=known,
                constant=self.constant,
            )
        return [group for group in groups if not group.never and group.callers[1]]

    def samples(self, names: Iterable[str]) -> dict[str, tuple[Key, str]]:  # noqa: ARG002 - for subclasses
        """The keys of variables, each with a value that stands for any, if there is one."""
        return {}

    def added_predicates(self, key: str) -> list[Predicate]:
        """Values of a key that have classes of their own, beside those that policies name."""
        predicates: list[Predicate] = []
        if key == "aws:userid":
            predicates.append(equal_to("anonymous"))
        if key == "aws:principalorgid" and self.owner_org:
            predicates.append(equal_to(self.owner_org))
        for channel in self.channels:
            predicates += [equal_to(value) for name, value in channel.fixed if name == key]
            predicates += [
                equal_to(origin)
                for origin in channel.origins
                if key == "s3:accesspointnetworkorigin"
            ]
        return predicates

    # --- sets

    def sample_values(self, classes: Mapping[int, int]) -> dict[str, str | tuple[str, ...]]:
        """The condition keys of a request in these classes, by the names of the keys."""
        samples = {
            key.name: self.axes[name].samples[classes.get(self.layout.keys[name], 0)]
            for name, key in self.keys.items()
        }
        return {n: value for n, value in samples.items() if isinstance(value, (str, tuple))}

    def sets(
        self, target: NormalizedStatement, further: Mapping[int, Masks]
    ) -> tuple[RequestSet, RequestSet]:
        """What a settlement of a statement matches: surely and possibly.

        ``further`` are masks of further levels.
        """
        lows: dict[int, int] = {
            self.layout.caller: target.callers[0],
            self.layout.channel: target.channels,
        }
        highs: dict[int, int] = {
            self.layout.caller: target.callers[1],
            self.layout.channel: target.channels,
        }
        for level, (low, high) in further.items():
            lows[level], highs[level] = low, high
        for test in target.tests:
            axis = self.axes[test.key.id]
            level = self.layout.keys[test.key.id]
            if test.predicate is None:
                low = high = null_mask(test.words, ABSENT, axis.full)
            else:
                low, high = axis.mask(test.operator, test.predicate)
            lows[level] = lows.get(level, axis.full) & low
            highs[level] = highs.get(level, axis.full) & high
        sure = RequestSet.box(self.space, highs)
        if target.uncertain:
            return RequestSet.nothing(self.space), sure
        return (sure if lows == highs else RequestSet.box(self.space, lows)), sure


def _variable_keys(texts: Iterable[str]) -> Iterable[str]:
    """The keys of the variables in texts."""
    for text in texts:
        for piece in split(text, variables=True):
            if isinstance(piece, Variable):
                yield piece.key


def _session_mask(key: Key, caller: Caller) -> int | None:
    """The classes of a key of signed requests in those of a caller; None if it has any."""
    if caller.kind == "anonymous" or not caller.signed:
        return ABSENT
    if caller.kind != "service":
        if key.id in _OF_ROLES and caller.arn is not None and ":user/" in caller.arn:
            return ABSENT
        return ~ABSENT if key.id in _TEMPORARY and caller.is_session else None
    # The certificate of a workload comes as tags of the session that Roles Anywhere opens.
    by_certificate = caller.name.startswith("rolesanywhere.") and key.id.startswith(_CERTIFIED)
    return None if by_certificate or key.id.startswith("s3:") else ABSENT


_CERTIFIED: Final = ("aws:principaltag/", "aws:sourceidentity")


def frequent_keys(policies: Iterable[Policy]) -> frozenset[str]:
    """The keys that get an axis: all, or the most frequent where they are too many."""
    count = Counter(
        condition.key.lower()
        for policy in policies
        for statement in policy.statements
        for condition in statement.conditions
    )
    return frozenset(name for name, _ in count.most_common(KEY_LIMIT))
