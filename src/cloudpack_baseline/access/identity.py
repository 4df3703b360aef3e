"""What a principal may do by its own policies, boundary and service control policies.

Actions and resources are open sets here: any service, any ARN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field, frozen

from cloudpack_baseline.access._spelling import EXAMPLES, spelled
from cloudpack_baseline.access.axes import Axis, text_axis
from cloudpack_baseline.access.callers import Caller
from cloudpack_baseline.access.denies import UNBOUND, subtract
from cloudpack_baseline.access.keys import SOURCE_IP, VIA_SERVICE, Presence, find_key
from cloudpack_baseline.access.networks import parse_network, union
from cloudpack_baseline.access.patterns import MANY, ONE, Pattern, glob, string_classes
from cloudpack_baseline.access.predicates import AddressPredicate, StringPredicate
from cloudpack_baseline.access.resources import resource_patterns
from cloudpack_baseline.access.space import RequestSet, TooComplex
from cloudpack_baseline.access.world import Pending, Rule, Way, World, frequent_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate

__all__ = [
    "ESCALATIONS",
    "Capability",
    "FullAdmin",
    "Holder",
    "can_act_from_outside",
    "has_full_admin",
    "may",
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
    ("iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    ("iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"),
    ("iam:PassRole", "sagemaker:CreateNotebookInstance"),
    ("iam:PassRole", "states:CreateStateMachine"), ("lambda:UpdateFunctionCode",),
    ("ssm:SendCommand",), ("ssm:StartSession",),
)  # fmt: skip
"""Actions that together let a principal give itself more: on every resource they are as good as
administration."""


@frozen(kw_only=True)
class Holder:
    """Who holds the policies: its ARN (user or role) and account, if they are known."""

    account: str = "123456789012"
    arn: str | None = None
    organization: str | None = None


@frozen(kw_only=True)
class Capability:
    """Something that a principal can do: an action on a resource in a context.

    ``statement`` and ``path`` name the statement that allows it; ``exact`` is false where the
    answer rests on a statement that could not be taken exactly.
    """

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]]
    statement: str
    path: str
    exact: bool = True


@frozen(kw_only=True)
class FullAdmin:
    """Whether policies amount to everything on everything.

    ``full``: for each action and resource there is a context in which it is allowed;
    ``unconditional``: it is so in every context. ``missing`` is an action and resource that are
    not allowed. ``escalations`` are sets of actions, allowed on every resource, by which the
    principal can give itself the rest.
    """

    full: bool
    unconditional: bool
    missing: tuple[str, str] | None
    escalations: tuple[tuple[str, ...], ...]
    exact: bool = True


@define(eq=False)
class _Case:
    world: World
    actions: Axis
    high: RequestSet
    low: RequestSet
    allows: list[Rule] = field(factory=list)
    written: tuple[str, ...] = ()

    def action(self, index: int) -> str:
        """The action at that place of the axis, as it is written."""
        return spelled(str(self.actions.samples[index]), self.written)


def _case(  # noqa: PLR0913, PLR0917 - every policy that has a say
    policies: Sequence[Policy],
    boundary: Policy | None,
    scps: Sequence[Sequence[Policy]],
    holder: Holder,
    tests: Sequence[tuple[Key, Predicate]] = (),
    extra_actions: Sequence[str] = (),
) -> _Case:
    layers: list[Sequence[Policy]] = [policies, *([(boundary,)] if boundary else []), *scps]
    caller = Caller(
        kind="account", name=holder.arn or f"arn:aws:iam::{holder.account}:role/example",
        account=holder.account, arn=holder.arn, owner=True, sample=holder.arn is None,
    )  # fmt: skip
    world = World((caller,), (Way(), Way(endpoint=True)), holder.account, holder.organization)
    every = [policy for layer in layers for policy in layer]
    frequent = frequent_keys(every)
    pending = [
        [_pending(world, policy, statement, frequent) for policy in layer
         for statement in policy.statements]
        for layer in layers
    ]  # fmt: skip
    flat = [item for layer in pending for item in layer]
    found = [(t.key, t.predicate) for item in flat for d in item.drafts for t in d.tests]
    found += [*tests, (VIA_SERVICE, None)]
    rows = [_action_test(item.statement.actions) for item in flat]
    actions = _action_axis([*rows, *(_action_test((name,)) for name in extra_actions)])
    keys = [keys for item in flat for _, keys in item.resources]
    world.build(
        found, objects=text_axis("resource", list(dict.fromkeys(keys)), empty=False, prefix="arn:"),
        action_count=len(actions.samples), object_actions=actions.present, bucket_actions=0,
        actions_of=lambda _: actions.present,
    )  # fmt: skip
    case = _combine(world, actions, pending)
    case.written = tuple(name for item in flat for name in item.statement.actions)
    case.written += (*extra_actions, *(name for group in ESCALATIONS for name in group))
    return case


def _combine(world: World, actions: Axis, pending: Sequence[Sequence[Pending]]) -> _Case:
    rules = [[_rule(world, actions, item) for item in layer] for layer in pending]
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
    case = _Case(world, actions, high, low)
    case.allows = [rule for rule in rules[0] if rule.allows]
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
        key = find_key(name)
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


def _capability(case: _Case, box: Mapping[int, int]) -> Capability | None:
    best: Capability | None = None
    for rule in case.allows:
        inside = (case.high & rule.high).within(box)
        if not inside:
            continue
        sure = (case.low & rule.low).within(box)
        if sure:
            return _describe(case, sure, rule, exact=True)
        best = best or _describe(case, inside, rule, exact=False)
    return best


def _describe(case: _Case, found: RequestSet, rule: Rule, *, exact: bool) -> Capability:
    world, layout = case.world, case.world.layout
    picked = found.pick() or {}
    context: dict[str, str | tuple[str, ...]] = {}
    for name, key in world.keys.items():
        sample = world.axes[name].samples[picked.get(layout.keys[name], 0)]
        if isinstance(sample, (str, tuple)):
            context[key.name] = sample
    action = picked.get(layout.action, 1)
    place = picked.get(layout.object, 1)
    return Capability(
        action=case.action(action),
        resource=str(world.axes["object"].samples[place]),
        context=context, statement=rule.label, path=rule.path, exact=exact,
    )  # fmt: skip


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
    case = _case(policies, boundary, scps, holder or Holder(), extra_actions=(action,))
    return _may(case, action, resource)


def _may(case: _Case, action: str, resource: str | None) -> Capability | None:
    layout, objects = case.world.layout, case.world.axes["object"]
    test = _action_test((action,))
    box = {layout.action: case.actions.some[test][1]}
    if resource is not None:
        place = 0
        for index in range(1, len(objects.samples)):
            same = all(
                test.verdict(resource)[0] == bool(masks[0] >> index & 1)
                for test, masks in objects.some.items()
            )
            place |= same << index
        box[layout.object] = place
    return _capability(case, box)


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
    world, layout = case.world, case.world.layout
    allowed = sure = RequestSet.nothing(world.space)
    for rule in case.allows:
        allowed, sure = allowed | (case.high & rule.high), sure | (case.low & rule.low)
    missing = _missing(case, allowed)
    unconditional = not (world.valid - sure)
    objects = world.axes["object"].present
    return FullAdmin(
        full=missing is None,
        unconditional=unconditional,
        missing=missing,
        escalations=tuple(
            group for group in ESCALATIONS
            if all(_everywhere(case, allowed, layout.object, objects, name) for name in group)
        ),
        exact=allowed == sure or missing is not None or _missing(case, sure) is None,
    )  # fmt: skip


def _everywhere(case: _Case, allowed: RequestSet, level: int, objects: int, name: str) -> bool:
    mask = case.actions.some[_action_test((name,))][1]
    return allowed.within({case.world.layout.action: mask}).classes(level) & objects == objects


def _missing(case: _Case, allowed: RequestSet) -> tuple[str, str] | None:
    """An action and a resource that no context allows."""
    layout, objects = case.world.layout, case.world.axes["object"]
    for index in range(1, len(case.actions.samples)):
        part = allowed.within({layout.action: 1 << index})
        lacking = objects.present & ~part.classes(layout.object)
        if lacking:
            place = (lacking & -lacking).bit_length() - 1
            return case.action(index), str(objects.samples[place])
    return None
