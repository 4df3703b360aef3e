"""What one principal is allowed, evaluated request by request.

A question names the action and the resource, so only the statements that match both count, and only
their conditions remain: most questions are decided without evaluating one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.keys import find_key
from cloudpack_baseline.access.patterns import glob
from cloudpack_baseline.access.predicates import equal_to
from cloudpack_baseline.access.principal_requests import (
    IAM_KEYS,
    AllowedRequest,
    PrincipalIdentity,
    allowed_request,
    of_any_resource,
    requests_of,
)
from cloudpack_baseline.access.service_keys import (
    RESOURCE_TAGS,
    find_service_key,
    is_carried,
    is_of_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.policy import Policy, Statement

__all__ = ["EffectivePermissions", "means_action"]


@lru_cache(maxsize=1 << 16)
def _names(patterns: tuple[str, ...], action: str) -> bool:
    lower = action.lower()
    return any(glob(((text.lower(), False),)).matches(lower) for text in patterns)


def means_action(statement: Statement, action: str) -> bool:
    """Whether the statement is about the action, on whatever resource and condition."""
    return _names(statement.actions, action) is not statement.not_action


@lru_cache(maxsize=1 << 16)
def _covers(patterns: tuple[str, ...], resource: str) -> bool:
    return any(glob(((text, False),)).matches(resource) for text in patterns)


@lru_cache(maxsize=1 << 14)
def _applied(statement: Statement, resource: str, *, variables: bool) -> Statement | None:
    """What the statement says of the resource: its conditions; None if it is not about it.

    A statement whose resources hold a variable keeps them.
    """
    patterns = statement.resources or ()
    if variables and any("${" in text for text in patterns):
        return evolve(statement, actions=("*",), not_action=False)
    if _covers(patterns, resource) is statement.not_resource:
        return None
    return evolve(statement, actions=("*",), not_action=False, resources=("*",), not_resource=False)


def _is_plain(statement: Statement) -> bool:
    return not statement.conditions and statement.resources == ("*",)


Layer = tuple["Policy", ...]


@define(eq=False)
class EffectivePermissions:
    """The policies of a principal, with its boundary and service control policies.

    ``scps`` are levels: each has to allow, by any policy of it. Grants that ended before
    ``since`` do not count.
    """

    policies: Layer
    boundary: Policy | None = None
    scps: Sequence[Sequence[Policy]] = ()
    principal: PrincipalIdentity = field(factory=PrincipalIdentity)
    since: datetime | None = None
    _answers: dict[object, AllowedRequest | None] = field(factory=dict)

    def allowed(
        self,
        action: str,
        resource: str,
        context: Mapping[str, str | None] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> AllowedRequest | None:
        """An allowed request for the action on the resource, or None.

        ``context`` contains the values of condition keys (None: the key is absent), ``tags`` the
        tags of the resource, if they are known. All other keys may have any value that a request
        can have.
        """
        granting = _layer(self.policies, action, resource)
        if not any(s.effect == "Allow" for policy in granting for s in policy.statements):
            return None
        limits = [*([(self.boundary,)] if self.boundary else []), *map(tuple, self.scps)]
        layers = [granting, *(_layer(limit, action, resource) for limit in limits)]
        statements = [s for layer in layers for policy in layer for s in policy.statements]
        if any(s.effect == "Deny" and _is_plain(s) for s in statements):
            return None
        if not all(
            any(s.effect == "Allow" for policy in layer for s in policy.statements)
            for layer in layers
        ):
            return None
        own_grant, *grants = (_plain_allow(layer) for layer in layers)
        if own_grant and all(grants) and all(s.effect == "Allow" for s in statements):
            return _without_condition(action, resource, *own_grant)
        return self._decide(layers, action, resource, dict(context or {}), tags)

    def _decide(
        self,
        layers: list[Layer],
        action: str,
        resource: str,
        context: dict[str, str | None],
        tags: Mapping[str, str] | None,
    ) -> AllowedRequest | None:
        statements = [s for layer in layers for policy in layer for s in policy.statements]
        pinned = dict(_pinned(statements, action, resource, context, tags))
        # Resources count only where a variable is left in them.
        place = None if all(s.resources == ("*",) for s in statements) else resource
        key = (
            tuple(tuple(policy.statements for policy in layer) for layer in layers),
            frozenset(pinned.items()),
            place,
        )
        if key not in self._answers:
            self._answers[key] = self._ask(layers, resource, pinned)
        answer = self._answers[key]
        return None if answer is None else evolve(answer, action=action, resource=resource)

    def _ask(
        self, layers: list[Layer], resource: str, pinned: Mapping[str, str | None]
    ) -> AllowedRequest | None:
        tests = [
            (key, equal_to(value))
            for name, value in pinned.items()
            if value is not None and (key := _find(name)) is not None
        ]
        limits = layers[1:]
        boundary = limits.pop(0)[0] if self.boundary else None
        case = requests_of(
            layers[0], boundary, limits, self.principal, tests, (), resource, self.since
        )
        axes, levels = case.context.axes, case.context.layout.keys
        # A key beyond the limit of keys has no axis, and its conditions are in doubt.
        box = {
            levels[name]: ABSENT if value is None else axes[name].where(equal_to(value))
            for name, value in pinned.items()
            if name in axes
        }
        return allowed_request(case, box, ("", resource))


def _layer(policies: Sequence[Policy], action: str, resource: str) -> Layer:
    """The policies, each with what its statements say of the request."""
    return tuple(
        evolve(policy, statements=tuple(_statements(policy, action, resource)))
        for policy in policies
    )


def _statements(policy: Policy, action: str, resource: str) -> Iterator[Statement]:
    for statement in policy.statements:
        if means_action(statement, action):
            applied = _applied(statement, resource, variables=policy.variables)
            if applied is not None:
                yield applied


def _plain_allow(layer: Layer) -> tuple[int, Statement] | None:
    """The first statement without a condition: a Deny without one was decided before."""
    for place, policy in enumerate(layer):
        for statement in policy.statements:
            if _is_plain(statement):
                return place, statement
    return None


def _without_condition(
    action: str, resource: str, place: int, statement: Statement
) -> AllowedRequest:
    return AllowedRequest(
        action=action,
        resource=resource,
        context={},
        statement=statement.label,
        path=statement.path,
        policy=place,
    )


def _find(name: str) -> Key | None:
    key = find_key(name) or IAM_KEYS.get(name) or find_service_key(name)
    return None if key is None else of_any_resource(key)


_GLOBAL_REGIONS: Final = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_ARN_PARTS: Final = 6


def _of_resource(action: str, resource: str) -> Iterator[tuple[str, str]]:
    """What the ARN of the resource says of the request: whose it is, and in which region.

    Requests to IAM are in one region of the partition (IAM User Guide, aws:RequestedRegion); a
    role is passed in that of the service that takes it.
    """
    segments = resource.split(":", _ARN_PARTS - 1)
    if len(segments) != _ARN_PARTS:
        return
    _, partition, service, region, account, _ = segments
    if account.isdigit():
        yield "aws:resourceaccount", account
    if service == "iam" and action.startswith("iam:") and action != "iam:PassRole":
        region = _GLOBAL_REGIONS.get(partition, "us-east-1")
    if region:
        yield "aws:requestedregion", region


def _pinned(
    statements: Sequence[Statement],
    action: str,
    resource: str,
    context: Mapping[str, str | None],
    tags: Mapping[str, str] | None,
) -> Iterator[tuple[str, str | None]]:
    """What is settled of the keys that conditions name: by the question, by the action."""
    settled: dict[str, str | None] = dict(_of_resource(action, resource))
    settled |= {name.lower(): value for name, value in context.items()}
    own_tags = None if tags is None else {key.lower(): value for key, value in tags.items()}
    for name in {c.key.lower() for statement in statements for c in statement.conditions}:
        family, slash, tag = name.partition("/")
        if is_of_service(name) and not is_carried(name, action, resource):
            yield name, None
        elif name in settled:
            yield name, settled[name]
        elif own_tags is not None and slash and (family + slash).endswith(RESOURCE_TAGS):
            yield name, own_tags.get(tag)
