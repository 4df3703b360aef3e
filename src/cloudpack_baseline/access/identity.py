"""What a principal may do by its own policies, boundary and service control policies.

Actions and resources are open sets here: any service, any ARN.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field, frozen

from cloudpack_baseline.access._spelling import EXAMPLES, spelled, usual_resources
from cloudpack_baseline.access.axes import ABSENT, Axis, text_axis
from cloudpack_baseline.access.callers import Caller
from cloudpack_baseline.access.denies import UNBOUND, subtract
from cloudpack_baseline.access.keys import (
    SOURCE_IP,
    VIA_SERVICE,
    Key,
    Kind,
    Presence,
    find_key,
)
from cloudpack_baseline.access.networks import parse_network, union
from cloudpack_baseline.access.patterns import MANY, ONE, Pattern, glob, string_classes
from cloudpack_baseline.access.predicates import AddressPredicate, StringPredicate, equal_to
from cloudpack_baseline.access.resources import resource_patterns
from cloudpack_baseline.access.space import RequestSet, TooComplex
from cloudpack_baseline.access.world import Pending, Rule, Way, World, frequent_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.variables import Free

__all__ = [
    "ESCALATIONS",
    "NOBODY",
    "Capability",
    "FullAdmin",
    "Holder",
    "Powers",
    "at_large",
    "can_act_from_outside",
    "has_full_admin",
    "may",
    "regions_of",
]

_ALPHABET: Final = "xabcdefghijklmnopqrstuvwyz0123456789-:"
_VALID: Final = (Pattern((ONE, MANY, ":", ONE, MANY)),)
_STEPS: Final = 20_000

ESCALATIONS: Final = (
    ("iam:CreatePolicyVersion",), ("iam:SetDefaultPolicyVersion",), ("iam:AttachUserPolicy",),
    ("iam:AttachRolePolicy",), ("iam:AttachGroupPolicy",), ("iam:PutUserPolicy",),
    ("iam:PutRolePolicy",), ("iam:PutGroupPolicy",), ("iam:AddUserToGroup",),
    ("iam:UpdateAssumeRolePolicy",), ("iam:CreateAccessKey",), ("iam:CreateLoginProfile",),
    ("iam:UpdateLoginProfile",), ("iam:DeleteRolePermissionsBoundary",),
    ("iam:DeleteUserPermissionsBoundary",), ("sts:AssumeRole",),
    ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"),
    ("iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    ("iam:PassRole", "ec2:RunInstances"), ("iam:PassRole", "cloudformation:CreateStack"),
    ("iam:PassRole", "ecs:RunTask"), ("iam:PassRole", "glue:CreateDevEndpoint"),
    ("iam:PassRole", "glue:CreateJob", "glue:StartJobRun"),
    ("iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    ("iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"),
    ("iam:PassRole", "sagemaker:CreateNotebookInstance"),
    ("iam:PassRole", "scheduler:CreateSchedule"),
    ("iam:PassRole", "states:CreateStateMachine"), ("lambda:UpdateFunctionCode",),
    ("ssm:SendCommand",), ("ssm:StartSession",),
)  # fmt: skip
"""Actions that together let a principal give itself more: on resources at large they are as good
as administration."""

NOBODY: Final = "z9q-nobodys-name"
"""What no policy names: whatever is allowed on it is allowed on things at large."""

_RESOURCES: Final = {
    "cloudformation": ("stack/{name}/1",),
    "codebuild": ("project/{name}",),
    "datapipeline": ("pipeline/{name}",),
    "ec2": ("instance/{name}",),
    "ec2:RunInstances": ("instance/{name}", "image/{name}", "network-interface/{name}",
                         "security-group/{name}", "subnet/{name}", "volume/{name}"),
    "ecs": ("task-definition/{name}:1",),
    "glue": ("job/{name}",),
    "lambda": ("function:{name}",),
    "sagemaker": ("notebook-instance/{name}",),
    "scheduler": ("schedule/default/{name}",),
    "states": ("stateMachine:{name}",),
}  # fmt: skip
"""What the actions of ``ESCALATIONS`` are about, by action or by service; an instance is not
launched unless all that belongs to it may be used (Service Authorization Reference)."""

_WITHOUT_RESOURCE: Final = frozenset(
    {"datapipeline:CreatePipeline", "glue:CreateDevEndpoint", "lambda:CreateEventSourceMapping"}
)
_REGION: Final = "ap-northeast-1"
_REGIONS: Final = re.compile(r"(?<=:)[a-z]{2,4}(?:-[a-z]+)+-[1-9](?=:)", re.ASCII)

_CARRIERS: Final = {
    "iam:passedtoservice": ("iam:PassRole",),
    "iam:policyarn": ("iam:AttachUserPolicy", "iam:AttachRolePolicy", "iam:AttachGroupPolicy",
                      "iam:DetachUserPolicy", "iam:DetachRolePolicy", "iam:DetachGroupPolicy"),
    "iam:permissionsboundary": (
        "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:CreateRole", "iam:CreateUser",
        "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy",
        "iam:DeleteUserPermissionsBoundary", "iam:DeleteUserPolicy", "iam:DetachRolePolicy",
        "iam:DetachUserPolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
        "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy", "iam:UpdateAssumeRolePolicy",
    ),
}  # fmt: skip
"""Condition keys of IAM's own, and the actions that carry them (Service Authorization Reference,
"Actions, resources, and condition keys for AWS IAM")."""

_IAM_KEYS: Final = {
    name.lower(): Key(name.lower(), name, Kind.TEXT, Presence.OPERATION)
    for name in ("iam:PassedToService", "iam:PolicyARN", "iam:PermissionsBoundary")
}

_TAG: Final = "aws:principaltag/"


def _tags_by_key(tags: Mapping[str, str] | None) -> Mapping[str, str] | None:
    return None if tags is None else {key.lower(): value for key, value in tags.items()}


@frozen(kw_only=True)
class Holder:
    """Who holds the policies: its ARN (user or role) and account, if they are known.

    ``tags`` are its own, in any case of their keys; None: nobody tells. With ``session_tags`` its
    sessions may bring further ones, and other values of these.
    """

    account: str = "123456789012"
    arn: str | None = None
    organization: str | None = None
    tags: Mapping[str, str] | None = field(default=None, converter=_tags_by_key, hash=False)
    session_tags: bool = True

    @property
    def partition(self) -> str:
        """That of its ARN."""
        return self.arn.split(":", 2)[1] if self.arn else "aws"


@frozen(kw_only=True)
class Capability:
    """Something that a principal can do: an action on a resource in a context.

    ``statement`` and ``path`` name the statement that allows it, ``policy`` is the place of its
    policy in the row that was given; ``exact`` is false where the answer rests on a statement that
    could not be taken exactly.
    """

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]]
    statement: str
    path: str
    policy: int = 0
    exact: bool = True


@frozen(kw_only=True)
class FullAdmin:
    """Whether policies amount to everything on everything.

    ``full``: for each action and resource there is a context in which it is allowed;
    ``unconditional``: it is so in every context. ``missing`` is an action and resource that are
    not allowed. ``escalations`` are sets of actions, allowed on resources at large, by which the
    principal can give itself the rest. ``grants`` are the statements that it takes for what is
    full: the place of each one's policy, and its path.
    """

    full: bool
    unconditional: bool
    missing: tuple[str, str] | None
    escalations: tuple[tuple[str, ...], ...]
    grants: tuple[tuple[int, str], ...] = ()
    exact: bool = True


@define(eq=False)
class _World(World):
    """The requests of one holder, whose tags may be known."""

    holder: Holder = field(factory=Holder)

    def settle(self, name: str, caller: Caller, way: int) -> str | Free | None:
        """What a variable is: a tag that no session can change is settled."""
        key = find_key(name)
        tags = self.holder.tags
        if key is None or tags is None or self.holder.session_tags or not _is_tag(key):
            return super().settle(name, caller, way)
        return tags.get(key.id.removeprefix(_TAG))

    def caller_mask(self, key: Key, caller: Caller) -> int | None:
        """The classes of a key of callers, tags included."""
        tags = self.holder.tags
        if tags is None or not _is_tag(key):
            return super().caller_mask(key, caller)
        value = tags.get(key.id.removeprefix(_TAG))
        if self.holder.session_tags:
            # A session changes what the role's tag is, and takes none away.
            return None if value is None else ~ABSENT
        return ABSENT if value is None else self._pin(key.id, value)

    def _pins(self, key: str) -> list[Predicate]:
        value = (self.holder.tags or {}).get(key.removeprefix(_TAG))
        own = [equal_to(value)] if value is not None and key.startswith(_TAG) else []
        return [*super()._pins(key), *own]


def _is_tag(key: Key) -> bool:
    return key.id.startswith(_TAG)


@define(eq=False)
class _Case:
    world: World
    actions: Axis
    high: RequestSet
    low: RequestSet
    holder: Holder
    allows: list[tuple[int, Rule]] = field(factory=list)
    written: tuple[str, ...] = ()

    def action(self, index: int) -> str:
        """The action at that place of the axis, as it is written."""
        return spelled(str(self.actions.samples[index]), self.written)

    def actions_of(self, name: str) -> int:
        """The class that the action is of."""
        mask = self.actions.present
        for test, (low, _) in self.actions.some.items():
            mask &= low if test.verdict(name.lower())[0] else ~low
        return mask

    def places(self, resource: str) -> int:
        """The classes that the resource is of."""
        objects = self.world.axes["object"]
        found = loose = objects.present
        for test, (low, high) in objects.some.items():
            sure, possible = test.verdict(resource)
            found &= (low if sure else ~low) & (high if possible else ~high)
            loose &= (high if sure else -1) & (-1 if possible else ~low)
        # Where there were too many classes, those that it may be of.
        return found or loose


def _case(  # noqa: PLR0913, PLR0917 - every policy that has a say
    policies: Sequence[Policy],
    boundary: Policy | None,
    scps: Sequence[Sequence[Policy]],
    holder: Holder,
    tests: Sequence[tuple[Key, Predicate]] = (),
    extra_actions: Sequence[str] = (),
    resource: str | None = None,
) -> _Case:
    layers: list[Sequence[Policy]] = [policies, *([(boundary,)] if boundary else []), *scps]
    caller = Caller(
        kind="account", name=holder.arn or f"arn:aws:iam::{holder.account}:role/example",
        account=holder.account, arn=holder.arn, owner=True, sample=holder.arn is None,
    )  # fmt: skip
    world = _World((caller,), (Way(), Way(endpoint=True)), holder.account, holder.organization,
                   holder=holder)  # fmt: skip
    every = [policy for layer in layers for policy in layer]
    frequent = frequent_keys(every)
    pending = [
        [(place, _pending(world, policy, statement, frequent))
         for place, policy in enumerate(layer) for statement in policy.statements]
        for layer in layers
    ]  # fmt: skip
    flat = [item for layer in pending for _, item in layer]
    found: list[tuple[Key, Predicate | None]] = [
        (t.key, t.predicate) for item in flat for d in item.drafts for t in d.tests
    ]
    used = {key.id for key, _ in found}
    found += [(key, test) for key, test in tests if key.id not in _IAM_KEYS or key.id in used]
    found.append((VIA_SERVICE, None))
    carriers = {key: _action_test(names) for key, names in _CARRIERS.items() if key in used}
    rows = [_action_test(item.statement.actions) for item in flat]
    actions = _action_axis(
        [*rows, *(_action_test((name,)) for name in extra_actions), *carriers.values()]
    )
    keys = list(dict.fromkeys(keys for item in flat for _, keys in item.resources))
    objects = (
        text_axis("resource", keys, empty=False, prefix="arn:")
        if resource is None
        else _single(keys, resource)
    )
    world.build(
        found, objects=objects, action_count=len(actions.samples),
        object_actions=actions.present, bucket_actions=0,
        actions_of=lambda key: actions.some[carriers[key.id]][1] if key.id in carriers
        else actions.present,
    )  # fmt: skip
    case = _combine(world, actions, pending, holder)
    case.written = tuple(name for item in flat for name in item.statement.actions)
    case.written += (*extra_actions, *(name for group in ESCALATIONS for name in group))
    return case


def _single(tests: Sequence[StringPredicate], resource: str) -> Axis:
    """One resource, and what each test says of it."""
    axis = Axis("resource", [None, resource])
    for test in tests:
        sure, possible = test.verdict(resource)
        axis.some[test] = axis.every[test] = (sure << 1, possible << 1)
    return axis


def _combine(
    world: World, actions: Axis, pending: Sequence[Sequence[tuple[int, Pending]]], holder: Holder
) -> _Case:
    rules = [[_rule(world, actions, item) for _, item in layer] for layer in pending]
    flat = [rule for layer in rules for rule in layer]
    denies = [rule for rule in flat if not rule.allows]
    high, low, _ = subtract(world.space, world.valid, denies, rules=len(flat))
    for layer in rules[1:]:
        world.space.allow(_STEPS)
        try:
            high, low = _both_allow(high, low, layer)
        except TooComplex:
            low = RequestSet.nothing(world.space)
    world.space.allow(UNBOUND)
    case = _Case(world, actions, high, low, holder)
    case.allows = [
        (place, rule) for (place, _), rule in zip(pending[0], rules[0], strict=True) if rule.allows
    ]
    return case


def _both_allow(
    high: RequestSet, low: RequestSet, layer: Sequence[Rule]
) -> tuple[RequestSet, RequestSet]:
    """What a boundary or a level of SCPs leaves."""
    allowed, sure = high - high, low - low
    for rule in layer:
        if rule.allows:
            allowed, sure = allowed | (high & rule.high), sure | (low & rule.low)
    return allowed, sure


def _pending(
    world: World, policy: Policy, statement: Statement, frequent: frozenset[str]
) -> Pending:
    def known(name: str) -> Key | None:
        key = find_key(name) or _IAM_KEYS.get(name.lower())
        if key is None or name.lower() not in frequent:
            return None
        # Whose a resource is depends on the resource.
        return evolve(key, presence=Presence.ALWAYS) if key.presence is Presence.CONSTANT else key

    drafts = world.drafts(statement, (1, 1), 3, variables=policy.variables, known=known)
    pending = Pending(statement, "identity", drafts, 0)
    for target in drafts:
        sure, maybe = resource_patterns(statement, target.environment, variables=policy.variables)
        pending.resources.append(((0, 0), StringPredicate(tuple(sure), tuple(maybe))))
    return pending


def _action_test(patterns: Iterable[str]) -> StringPredicate:
    return StringPredicate(tuple(glob(((text.lower(), False),)) for text in patterns))


def _action_axis(tests: Sequence[StringPredicate]) -> Axis:
    tests = list(dict.fromkeys(tests))
    rows: list[tuple[Pattern, ...]] = [test.patterns for test in tests]
    simple = all(p.exact is not None or p.head is not None for row in rows for p in row)
    classes = string_classes(rows if simple else [*rows, _VALID], empty=False, alphabet=_ALPHABET)
    exact = classes is not None
    if classes is None:
        loose = [tuple(pattern.loosened() for pattern in row) for row in rows]
        classes = string_classes(loose, empty=False, alphabet=_ALPHABET) or []
    elif not simple:
        classes = [(word, vector) for word, vector in classes if vector >> len(rows) & 1]
    classes = _readable(classes, rows, simple=simple)
    axis = Axis("action", [None, *(w if ":" in w else f"{w}:x" for w, _ in classes)])
    for index, test in enumerate(tests):
        mask = sum((vector >> index & 1) << place for place, (_, vector) in enumerate(classes, 1))
        axis.some[test] = axis.every[test] = (mask if exact else 0, mask)
    return axis


def _readable(
    classes: list[tuple[str, int]], rows: Sequence[tuple[Pattern, ...]], *, simple: bool
) -> list[tuple[str, int]]:
    """Let an action that exists stand for its class; a service's name begins with a letter."""
    if simple:
        classes = [(word, vector) for word, vector in classes if word[0].isalpha()]
    mask = (1 << len(rows)) - 1
    for name in map(str.lower, EXAMPLES):
        vector = sum(1 << i for i, row in enumerate(rows) if any(p.matches(name) for p in row))
        classes = [(name if v & mask == vector else w, v) for w, v in classes]
    return classes


def _rule(world: World, actions: Axis, item: Pending) -> Rule:
    statement = item.statement
    low = high = RequestSet.nothing(world.space)
    named = actions.some[_action_test(statement.actions)]
    if statement.not_action:
        named = (actions.present & ~named[1], actions.present & ~named[0])
    objects = world.axes["object"]
    for target, (_, keys) in zip(item.drafts, item.resources, strict=True):
        places = objects.some[keys]
        if statement.not_resource:
            places = (objects.full & ~places[1], objects.full & ~places[0])
        sets = world.sets(target, {world.layout.action: named, world.layout.object: places})
        low, high = low | sets[0], high | sets[1]
    reasons = dict.fromkeys(reason for target in item.drafts for reason in target.reasons)
    return Rule(statement.label, item.source, statement.path, statement.effect == "Allow", low,
                high, tuple(reasons))  # fmt: skip


def _capability(
    case: _Case, box: Mapping[int, int], about: tuple[str, str] | None = None
) -> Capability | None:
    """What the first statement allows of the box; ``about`` is the action and resource to tell."""
    best: Capability | None = None
    for policy, rule in case.allows:
        inside = (case.high & rule.high).within(box)
        if not inside:
            continue
        sure = (case.low & rule.low).within(box)
        if sure:
            return _describe(case, sure, (policy, rule), about, exact=True)
        best = best or _describe(case, inside, (policy, rule), about, exact=False)
    return best


def _describe(
    case: _Case,
    found: RequestSet,
    by: tuple[int, Rule],
    about: tuple[str, str] | None,
    *,
    exact: bool,
) -> Capability:
    world, layout = case.world, case.world.layout
    picked = found.pick() or {}
    context: dict[str, str | tuple[str, ...]] = {}
    for name, key in world.keys.items():
        sample = world.axes[name].samples[picked.get(layout.keys[name], 0)]
        if isinstance(sample, (str, tuple)):
            context[key.name] = sample
    action, resource = about or _pair(
        case, picked.get(layout.action, 1), 1 << picked.get(layout.object, 1)
    )
    policy, rule = by
    return Capability(
        action=action, resource=resource, context=context, statement=rule.label, path=rule.path,
        policy=policy, exact=exact,
    )  # fmt: skip


def _pair(case: _Case, index: int, places: int) -> tuple[str, str]:
    """An action of the class and a resource of the classes, the one about the other if possible."""
    action = case.action(index)
    others = (name for name in reversed(EXAMPLES) if case.actions_of(name) >> index & 1)
    for name in (action, *others):
        for resource in usual_resources(name, case.holder.partition, case.holder.account):
            if case.places(resource) & places:
                return name, resource
    first = (places & -places).bit_length() - 1
    return action, str(case.world.axes["object"].samples[first])


def can_act_from_outside(  # noqa: PLR0913 - every policy that has a say
    policies: Sequence[Policy],
    *,
    networks: Sequence[str],
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    holder: Holder | None = None,
    ignored_actions: Sequence[str] = (),
) -> Capability | None:
    """Something that the principal can do over the Internet from outside the networks, or None.

    Requests that AWS services make on its behalf, and requests through VPC endpoints, do not count.
    ``scps`` are levels of service control policies: each level has to allow, by any policy of it.
    ``ignored_actions`` (patterns) are left aside.

    Raises:
        ValueError: a network is no CIDR.
    """
    inside = AddressPredicate(union(parse_network(text) for text in networks))
    ignored = _action_test(ignored_actions)
    case = _case(policies, boundary, scps, holder or Holder(), ((SOURCE_IP, inside),),
                 ignored_actions)  # fmt: skip
    world, layout = case.world, case.world.layout
    place = layout.keys["aws:sourceip"]
    box = {layout.way: 1, place: ~world.axes["aws:sourceip"].where(inside),
           layout.keys["aws:viaawsservice"]: 2}  # fmt: skip
    if ignored_actions:
        box[layout.action] = ~_all_of(case.actions, ignored)
    return _capability(case, box)


def _all_of(axis: Axis, test: StringPredicate) -> int:
    return sum(
        1 << place for place, sample in enumerate(axis.samples)
        if isinstance(sample, str) and test.verdict(sample)[0]
    )  # fmt: skip


def may(  # noqa: PLR0913 - every policy that has a say
    policies: Sequence[Policy],
    action: str,
    *,
    resource: str | None = None,
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    holder: Holder | None = None,
) -> Capability | None:
    """A context in which the principal may do the action, on the resource or on some."""
    powers = Powers.of(policies, (action,), boundary=boundary, scps=scps, holder=holder)
    return powers.may(action, resource=resource)


@define(eq=False)
class Powers:
    """What a principal may do, asked many times."""

    _make: Callable[[str | None], _Case]
    _case: _Case = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Get ready to be asked about any resource."""
        self._case = self._make(None)

    @classmethod
    def of(  # noqa: PLR0913 - every policy that has a say
        cls,
        policies: Sequence[Policy],
        actions: Sequence[str],
        *,
        boundary: Policy | None = None,
        scps: Sequence[Sequence[Policy]] = (),
        holder: Holder | None = None,
        values: Mapping[str, Sequence[str]] | None = None,
    ) -> Powers:
        """Get ready to be asked about these actions.

        ``values`` are those that will be asked about, by condition key: ``iam:PassedToService``,
        ``iam:PolicyARN``, ``iam:PermissionsBoundary``.
        """
        tests = [
            (_IAM_KEYS[name.lower()], equal_to(value))
            for name, several in (values or {}).items() for value in several
        ]  # fmt: skip
        return cls(
            lambda resource: _case(
                policies, boundary, scps, holder or Holder(), tests, actions, resource
            )
        )

    def may(
        self,
        action: str,
        *,
        resource: str | None = None,
        context: Mapping[str, str | None] | None = None,
    ) -> Capability | None:
        """A context in which it may do the action, on the resource or on some.

        ``context`` holds keys to values that were announced (None: the key is absent).
        """
        found = _may(self._case, action, resource, context or {})
        if found is None or found.exact or resource is None:
            return found
        # Resources may be too many to be told apart; this one is not.
        return _may(self._make(resource), action, resource, context or {})


def _may(
    case: _Case, action: str, resource: str | None, context: Mapping[str, str | None]
) -> Capability | None:
    world = case.world
    box = {world.layout.action: case.actions.some[_action_test((action,))][1]}
    if resource is not None:
        box[world.layout.object] = case.places(resource)
    for name, value in context.items():
        axis = world.axes.get(name.lower())
        if axis is not None:
            level = world.layout.keys[name.lower()]
            box[level] = ABSENT if value is None else axis.where(equal_to(value))
    return _capability(case, box, None if resource is None else (action, resource))


def has_full_admin(
    policies: Sequence[Policy],
    *,
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    holder: Holder | None = None,
) -> FullAdmin:
    """Whether the policies amount to ``*`` on ``*``, however pieced together."""
    names = tuple(dict.fromkeys(name for group in ESCALATIONS for name in group))
    case = _case(policies, boundary, scps, holder or Holder(), extra_actions=names)
    world = case.world
    allowed = sure = RequestSet.nothing(world.space)
    for _, rule in case.allows:
        allowed, sure = allowed | (case.high & rule.high), sure | (case.low & rule.low)
    missing = _missing(case, allowed)
    unconditional = not (world.valid - sure)
    return FullAdmin(
        full=missing is None,
        unconditional=unconditional,
        missing=missing,
        escalations=tuple(
            group for group in ESCALATIONS if all(_at_large(case, allowed, name) for name in group)
        ),
        grants=() if missing else _grants(case),
        exact=allowed == sure or missing is not None or _missing(case, sure) is None,
    )


def _grants(case: _Case) -> tuple[tuple[int, str], ...]:
    """The one statement that allows everything, or those that do together, in their order."""
    for place, rule in case.allows:
        if _missing(case, case.high & rule.high) is None:
            return ((place, rule.path),)
    found = []
    allowed = RequestSet.nothing(case.world.space)
    for place, rule in case.allows:
        more = allowed | (case.high & rule.high)
        if more != allowed:
            found.append((place, rule.path))
        allowed = more
    return tuple(found)


def at_large(action: str, holder: Holder, region: str = _REGION) -> tuple[str, ...]:
    """ARNs that nobody named, of every kind that an action of ``ESCALATIONS`` has to be let on."""
    if action in _WITHOUT_RESOURCE:
        return ("*",)
    service, _, name = action.partition(":")
    arn = f"arn:{holder.partition}:"
    if service in {"iam", "sts"}:
        return (f"{arn}iam::{holder.account}:{_iam_kind(name)}/{NOBODY}",)
    # Commands and sessions run on instances.
    service = "ec2" if service == "ssm" else service
    kinds = _RESOURCES.get(action) or _RESOURCES[service]
    return tuple(
        # Images are of other accounts, or of none.
        f"{arn}{service}:{region}:{'' if kind.startswith('image/') else holder.account}:"
        + kind.format(name=NOBODY)
        for kind in kinds
    )


def _iam_kind(name: str) -> str:
    if "Group" in name:
        return "group"
    if "Role" in name:
        return "role"
    if "PolicyVersion" in name:
        return "policy"
    return "user"


def regions_of(policies: Iterable[Policy]) -> tuple[str, ...]:
    """The regions that resources name, or one that stands for all."""
    texts = (text for policy in policies for statement in policy.statements
             for text in statement.resources or ())  # fmt: skip
    return tuple(dict.fromkeys((_REGION, *(r for text in texts for r in _REGIONS.findall(text)))))


def _at_large(case: _Case, allowed: RequestSet, action: str) -> bool:
    layout = case.world.layout
    found = allowed.within({layout.action: case.actions.some[_action_test((action,))][1]})
    places = found.classes(layout.object)
    return all(case.places(arn) & places for arn in at_large(action, case.holder))


def _missing(case: _Case, allowed: RequestSet) -> tuple[str, str] | None:
    """An action and a resource that no context allows."""
    layout, objects = case.world.layout, case.world.axes["object"]
    for index in range(1, len(case.actions.samples)):
        part = allowed.within({layout.action: 1 << index})
        lacking = objects.present & ~part.classes(layout.object)
        if lacking:
            return _pair(case, index, lacking)
    return None
