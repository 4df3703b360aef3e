"""Ways by which a principal gives itself more than it holds.

A way is a row of steps, each an action on a resource that the access engine allows. Some ways are
open on resources at large; the others lead by the principal itself, its groups and policies, or
towards somebody who is an administrator already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TypeAlias

from attrs import evolve, frozen

from cloudpack_baseline.access import (
    Capability,
    Policy,
    Powers,
    Statement,
    TrustGrant,
    at_large,
    has_full_admin,
    regions_of,
    trust_grant_for,
    who_can_assume,
)
from cloudpack_baseline.access.administration import ESCALATIONS, NOBODY
from cloudpack_baseline.checks.identity._principals import (
    Directory,
    Holdings,
    Principal,
    means_action,
    named_actions,
)
from cloudpack_baseline.checks.identity._service_control import Levels
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.iam_principals import RoleDetail, UserDetail
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.values import Field, Unknown

__all__ = [
    "Account",
    "Administrator",
    "Step",
    "Way",
    "administrator",
    "escalations",
    "everything",
    "may_be_everything",
]

_TOLD = 5
"""So many narrow ways of a principal are told; who closes them sees the next."""

_SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "cloudformation": "cloudformation.amazonaws.com",
        "codebuild": "codebuild.amazonaws.com",
        "datapipeline": "datapipeline.amazonaws.com",
        "ec2": "ec2.amazonaws.com",
        "ecs": "ecs-tasks.amazonaws.com",
        "glue": "glue.amazonaws.com",
        "lambda": "lambda.amazonaws.com",
        "sagemaker": "sagemaker.amazonaws.com",
        "scheduler": "scheduler.amazonaws.com",
        "states": "states.amazonaws.com",
    }
)
"""Who assumes a role that is passed, by the prefix of the actions that pass it."""

_PASSING: tuple[tuple[str, ...], ...] = tuple(
    group[1:] for group in ESCALATIONS if group[0] == "iam:PassRole"
)
_ASKED = tuple(
    dict.fromkeys(
        (
            *(name for group in ESCALATIONS for name in group),
            "iam:PutUserPermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
        )
    )
)

Context: TypeAlias = Mapping[str, str | None]


@frozen(kw_only=True)
class Step:
    """One action of a way.

    Attributes:
        action: what is done.
        resource: on what; a name of one's own choice shows as ``*``.
        found: what allows it; ``None``: a trust policy alone does.
        entry: how a trust policy lets the principal in, if this is its assuming a role.
    """

    action: str
    resource: str
    found: Capability | None
    entry: TrustGrant | None = None

    @property
    def exact(self) -> bool:
        """Whether no statement decides it that could not be taken exactly."""
        return (self.found is None or self.found.exact) and (self.entry is None or self.entry.exact)


@frozen(kw_only=True)
class Administrator:
    """Somebody who may do everything.

    Attributes:
        principal: who.
        services: of a role: the services that can assume it, as far as it is known.
        unknown: why it may be none; ``None``: it is one.
    """

    principal: Principal
    services: frozenset[str] = frozenset()
    unknown: Unknown | None = None


@frozen(kw_only=True)
class Way:
    """A way to everything.

    Attributes:
        kind: ``large``, ``own`` (it gives itself more) or ``other`` (it becomes another).
        steps: all of them are open.
        towards: whom it becomes.
    """

    kind: str
    steps: tuple[Step, ...]
    towards: Administrator | None = None

    @property
    def exact(self) -> bool:
        """Whether it is one for sure."""
        sure = self.towards is None or self.towards.unknown is None
        return sure and all(step.exact for step in self.steps)


@frozen(kw_only=True)
class Account:
    """What ways lead by.

    Attributes:
        directory: policies and groups.
        principals: all users and roles that can be changed.
        administrators: who may do everything.
        trusts: the trust policy of each role, by ARN.
        everything: ARNs of managed policies that allow everything.
        levels: service control policies that bind; none: nobody knows of any.
    """

    directory: Directory
    principals: tuple[Principal, ...]
    administrators: tuple[Administrator, ...]
    trusts: Mapping[str, Field[Policy]]
    everything: tuple[str, ...]
    levels: Levels = ()


_ADMINISTRATION = "arn:{}:iam::aws:policy/AdministratorAccess"


def everything(directory: Directory, partition: str) -> tuple[str, ...]:
    """ARNs of the managed policies that allow everything: AWS's own, and those that are held."""
    found = (
        arn
        for arn, policy in directory.managed.items()
        if isinstance(policy, Policy) and may_be_everything((policy,))
        if has_full_admin((policy,)).full
    )
    return tuple(dict.fromkeys((_ADMINISTRATION.format(partition), *found)))


def may_be_everything(policies: Sequence[Policy]) -> bool:
    """Whether it is worth asking: some Allow is about an action that there is not."""
    return named_actions(policies, "z9q:NobodysAction")


def administrator(
    one: Principal, trust: Field[Policy] | None, unknown: Unknown | None
) -> Administrator:
    """Who may do everything, and the services that do by it."""
    services: frozenset[str] = frozenset()
    if isinstance(trust, Policy):
        found = who_can_assume(trust, account=one.account, partition=Arn.parse(one.arn).partition)
        services = frozenset(
            each.principal.removesuffix(".cn") for each in found if each.principal_kind == "service"
        )
    return Administrator(principal=one, services=services, unknown=unknown)


def escalations(account: Account, one: Principal, held: Holdings) -> tuple[Way, ...]:
    """The ways that are open to the principal: those at large, else the first narrow ones.

    Sure ones go before doubtful ones.
    """
    asker = _Asker.of(account, one, held)
    large = tuple(_at_large(asker))
    if any(way.exact for way in large):
        return tuple(sorted(large, key=lambda way: not way.exact))
    sure, doubtful = _first(_narrow(asker))
    return (*sure, *large, *doubtful)


def _first(ways: Iterable[Way]) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """The first sure ways, one to each end, and the first doubtful one."""
    sure: dict[str, Way] = {}
    doubtful: list[Way] = []
    for way in ways:
        if not way.exact:
            doubtful.append(way)
            continue
        end = way.towards.principal.arn if way.towards else way.steps[0].resource
        sure.setdefault(end, way)
        if len(sure) == _TOLD:
            break
    return tuple(sure.values()), tuple(doubtful[:1])


@frozen(kw_only=True)
class _Asker:
    """Asks the engine about one principal.

    Attributes:
        policies: what its policies say of the actions of interest.
        names: the actions of interest that some Allow of it is about.
        whole: nothing that it is given stops at its boundary.
        may: an action on a resource in a context, if it is allowed.
    """

    account: Account
    one: Principal
    held: Holdings
    policies: tuple[Policy, ...]
    names: frozenset[str]
    whole: bool
    may: Callable[[str, str, Context], Capability | None]

    @classmethod
    def of(cls, account: Account, one: Principal, held: Holdings) -> _Asker:
        boundary = held.boundary
        policies = tuple(map(_relevant, held.policies))
        return cls(
            account=account,
            one=one,
            held=held,
            policies=policies,
            names=frozenset().union(
                *(
                    _asked(statement)
                    for policy in policies
                    for statement in policy.statements
                    if statement.effect == "Allow"
                )
            ),
            whole=boundary is None or has_full_admin((boundary,), holder=held.holder).full,
            may=_powers(account, held, policies),
        )

    def can(self, action: str, resource: str, *contexts: Context) -> Step | None:
        """The step, if it is open in one of the contexts (in any, if there is none)."""
        if action not in self.names or not _is_named(self.policies, action, resource):
            return None
        for context in contexts or ({},):
            found = self.may(action, resource, context)
            if found is not None:
                return Step(action=action, resource=_shown(resource), found=found)
        return None

    def attaching(self, boundary: str | None) -> tuple[Context, ...]:
        """Contexts in which everything is attached to somebody with the boundary."""
        return tuple(
            {"iam:PolicyARN": arn, "iam:PermissionsBoundary": boundary}
            for arn in self.account.everything
        )


def _powers(
    account: Account, held: Holdings, policies: tuple[Policy, ...]
) -> Callable[[str, str, Context], Capability | None]:
    """The engine's answers; each question is asked but once, and none costs before it is."""
    known: dict[tuple[str, str, tuple[tuple[str, str | None], ...]], Capability | None] = {}

    @cache
    def powers() -> Powers:
        boundaries = sorted({one.boundary for one in account.principals if one.boundary})
        services = [name + end for name in _SERVICES.values() for end in ("", ".cn")]
        return Powers.of(
            policies,
            _ASKED,
            boundary=held.boundary and _relevant(held.boundary),
            scps=[[_relevant(one) for one in level] for level in account.levels],
            holder=held.holder,
            values={
                "iam:PassedToService": services,
                "iam:PolicyARN": account.everything,
                "iam:PermissionsBoundary": (*boundaries, *account.everything),
            },
        )

    def may(action: str, resource: str, context: Context) -> Capability | None:
        key = (action, resource, tuple(sorted(context.items())))
        if key not in known:
            known[key] = powers().may(action, resource=resource, context=context)
        return known[key]

    return may


def _shown(resource: str) -> str:
    return resource.replace(NOBODY, "*")


def _is_named(policies: Sequence[Policy], action: str, resource: str) -> bool:
    """Whether some Allow is about both; asking exactly is dear."""
    return any(
        statement.effect == "Allow"
        and action in _asked(statement)
        and _may_mean(statement, resource)
        for policy in policies
        for statement in policy.statements
    )


@lru_cache(maxsize=8192)
def _asked(statement: Statement) -> frozenset[str]:
    """The actions of interest that the statement is about."""
    return frozenset(name for name in _ASKED if means_action(statement, name))


def _relevant(policy: Policy) -> Policy:
    """What the policy says of the actions of interest: the engine's work grows with the rest."""
    return evolve(policy, statements=tuple(one for one in policy.statements if _asked(one)))


def _may_mean(statement: Statement, resource: str) -> bool:
    if statement.not_resource:
        return True
    return any("${" in one or matches(one, resource) for one in statement.resources or ())


# --- at large


def _at_large(asker: _Asker) -> Iterator[Way]:
    for group in ESCALATIONS:
        if group[0] == "iam:PassRole":
            (arn,) = at_large("iam:PassRole", asker.held.holder)
            passed = asker.can("iam:PassRole", arn, *_passing(group[1:]))
            steps = _running(asker, group[1:]) if passed else None
            found = (passed, *steps) if passed and steps else None
        else:
            found = _on_all(asker, group[0])
        if found:
            yield Way(kind="large", steps=found)


def _on_all(asker: _Asker, action: str) -> tuple[Step, ...] | None:
    """The action on what nobody named, and nobody bounds."""
    contexts: tuple[Context, ...] = ()
    if action.startswith("iam:Attach"):
        contexts = asker.attaching(None)
    elif action in ("iam:PutUserPolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"):
        contexts = ({"iam:PermissionsBoundary": None},)
    for region in regions_of(asker.policies):
        steps = [
            asker.can(action, arn, *contexts) for arn in at_large(action, asker.held.holder, region)
        ]
        found = tuple(step for step in steps if step)
        if len(found) == len(steps):
            return found
    return None


def _passing(actions: Sequence[str]) -> tuple[Context, ...]:
    service = _SERVICES[actions[0].partition(":")[0]]
    return ({"iam:PassedToService": service}, {"iam:PassedToService": f"{service}.cn"})


def _running(asker: _Asker, actions: Sequence[str]) -> tuple[Step, ...] | None:
    """The steps by which a service runs what the principal tells it to; None: one is not open.

    What is about the same kind of thing has to be open on the same one.
    """
    kinds: dict[str, list[str]] = {}
    for action in actions:
        for arn in at_large(action, asker.held.holder):
            kinds.setdefault(arn, []).append(action)
    steps: list[Step] = []
    for arn, names in kinds.items():
        found = _on_one(asker, names, arn)
        if found is None:
            return None
        steps += found
    return tuple(steps)


def _on_one(asker: _Asker, actions: Sequence[str], arn: str) -> list[Step] | None:
    for resource in dict.fromkeys((arn, *_choices(asker.policies, actions, arn))):
        found = [asker.can(action, resource) for action in actions]
        steps = [step for step in found if step]
        if len(steps) == len(found):
            return steps
    return None


def _choices(policies: Sequence[Policy], actions: Sequence[str], arn: str) -> Iterator[str]:
    """Names that the principal may choose: one for each resource that an Allow names."""
    kind = Arn.parse(arn).resource.partition(NOBODY)[0] if arn != "*" else ""
    for policy in policies:
        for statement in policy.statements:
            if any(means_action(statement, action) for action in actions):
                for text in statement.resources or ():
                    if text.count(":") >= _ARN_COLONS and "${" not in text:
                        chosen = _chosen(Arn.parse(text), Arn.parse(arn)) if kind else None
                        if chosen is not None and chosen.resource.startswith(kind):
                            yield str(chosen)


_ARN_COLONS = 5


def _chosen(pattern: Arn, usual: Arn) -> Arn | None:
    """An ARN that the pattern means, as usual where it leaves a choice."""
    parts = {
        name: getattr(usual, name) if "*" in getattr(pattern, name) else getattr(pattern, name)
        for name in ("partition", "service", "region", "account")
    }
    if parts["service"] != usual.service:
        return None
    return Arn(**parts, resource=pattern.resource.replace("*", NOBODY).replace("?", "x"))


# --- by the principal itself


def _narrow(asker: _Asker) -> Iterator[Way]:
    if asker.whole:
        yield from _own(asker)
    yield from _unbound(asker)
    for one in asker.account.administrators:
        yield from _towards(asker, one)
    yield from _by_others(asker)


def _own(asker: _Asker) -> Iterator[Way]:
    one, kind = asker.one, "User" if isinstance(asker.one, UserDetail) else "Role"
    steps = [
        asker.can(f"iam:Attach{kind}Policy", one.arn, *asker.attaching(one.boundary)),
        asker.can(f"iam:Put{kind}Policy", one.arn, {"iam:PermissionsBoundary": one.boundary}),
    ]
    for group in asker.held.groups:
        steps.append(asker.can("iam:AttachGroupPolicy", group.arn, *asker.attaching(None)))
        steps.append(asker.can("iam:PutGroupPolicy", group.arn))
    steps += [
        asker.can("iam:CreatePolicyVersion", held.arn)
        for held in asker.held.held
        if _is_of_customer(held.arn)
    ]
    if isinstance(one, UserDetail):
        steps += _joining(asker, one)
    yield from (Way(kind="own", steps=(step,)) for step in steps if step)


def _is_of_customer(arn: str) -> bool:
    return bool(arn) and Arn.parse(arn).account != "aws"


def _joining(asker: _Asker, one: UserDetail) -> Iterator[Step | None]:
    """Groups with which it would hold everything."""
    for group in asker.account.directory.groups.values():
        step = asker.can("iam:AddUserToGroup", group.arn) if group.name not in one.groups else None
        more = asker.account.directory.group_policies(group) if step else None
        if more and has_full_admin((*asker.held.policies, *more), holder=asker.held.holder).full:
            yield step


def _unbound(asker: _Asker) -> Iterator[Way]:
    """Ways out of a boundary that alone keeps it from everything."""
    held, one = asker.held, asker.one
    if one.boundary is None or not has_full_admin(held.policies, holder=held.holder).full:
        return
    kind = "User" if isinstance(one, UserDetail) else "Role"
    wide = tuple({"iam:PermissionsBoundary": arn} for arn in asker.account.everything)
    steps = [
        asker.can(f"iam:Delete{kind}PermissionsBoundary", one.arn),
        asker.can(f"iam:Put{kind}PermissionsBoundary", one.arn, *wide),
    ]
    if _is_of_customer(one.boundary):
        steps.append(asker.can("iam:CreatePolicyVersion", one.boundary))
    yield from (Way(kind="own", steps=(step,)) for step in steps if step)


# --- by others


def _towards(asker: _Asker, target: Administrator) -> Iterator[Way]:
    one = target.principal
    if isinstance(one, UserDetail):
        for steps in _as_user(asker, one):
            yield Way(kind="other", steps=steps, towards=target)
        return
    for steps in (*_as_role(asker, one), *_by_services(asker, one, target.services)):
        yield Way(kind="other", steps=steps, towards=target)
    trust = asker.account.trusts[one.arn]
    step = asker.can("sts:AssumeRole", one.arn) if isinstance(trust, Unknown) else None
    if step and isinstance(trust, Unknown):
        yield Way(kind="other", steps=(step,), towards=evolve(target, unknown=trust))


def _as_user(asker: _Asker, one: UserDetail) -> Iterator[tuple[Step, ...]]:
    for name in ("CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"):
        step = asker.can(f"iam:{name}", one.arn)
        if step:
            yield (step,)


def _as_role(asker: _Asker, one: RoleDetail) -> Iterator[tuple[Step, ...]]:
    assumed = _assuming(asker, one)
    if assumed:
        yield (assumed,)
    step = asker.can(
        "iam:UpdateAssumeRolePolicy", one.arn, {"iam:PermissionsBoundary": one.boundary}
    )
    if step:
        yield (step,)


def _assuming(asker: _Asker, one: RoleDetail) -> Step | None:
    trust = asker.account.trusts[one.arn]
    if isinstance(trust, Unknown):
        return None
    step = asker.can("sts:AssumeRole", one.arn)
    if not (step or _names(trust, asker.one.arn)):
        return None
    entry = trust_grant_for(trust, asker.one.arn, account=one.account)
    if entry is None:
        return None
    if step is not None:
        return evolve(step, entry=entry)
    if entry.direct and _is_let(asker, one.arn):
        return Step(action="sts:AssumeRole", resource=one.arn, found=None, entry=entry)
    return None


def _names(trust: Policy, arn: str) -> bool:
    return any(
        statement.effect == "Allow"
        and (
            statement.not_principal
            or statement.principal is None
            or statement.principal.everyone
            or arn in statement.principal.aws
        )
        for statement in trust.statements
    )


def _is_let(asker: _Asker, arn: str) -> bool:
    """Whether nothing stops the principal where a trust policy is leave enough.

    The boundary of a user takes nothing from what a policy of the resource gives it by name, that
    of a role does (IAM User Guide, "Permissions boundaries for IAM entities").
    """
    own = Statement(path="$", effect="Allow", actions=("sts:AssumeRole",), resources=(arn,))
    boundary = asker.held.boundary
    if boundary is not None and isinstance(asker.one, UserDetail):
        boundary = evolve(boundary, statements=(*boundary.statements, own))
    powers = Powers.of(
        (*asker.held.policies, Policy(statements=(own,), kind="identity")),
        ("sts:AssumeRole",),
        boundary=boundary,
        scps=asker.account.levels,
        holder=asker.held.holder,
    )
    return powers.may("sts:AssumeRole", resource=arn) is not None


def _by_services(
    asker: _Asker, one: RoleDetail, services: frozenset[str]
) -> Iterator[tuple[Step, ...]]:
    """Let a service do it that can assume the role."""
    for actions in _PASSING:
        if not services & {"*", _SERVICES[actions[0].partition(":")[0]]}:
            continue
        passed = asker.can("iam:PassRole", one.arn, *_passing(actions))
        steps = _running(asker, actions) if passed else None
        if passed and steps:
            yield (passed, *steps)


def _by_others(asker: _Asker) -> Iterator[Way]:
    """Give more to somebody whom the principal can become."""
    for one in asker.account.principals:
        if one.arn == asker.one.arn or one.boundary is not None:
            continue
        kind = "User" if isinstance(one, UserDetail) else "Role"
        given = asker.can(f"iam:Attach{kind}Policy", one.arn, *asker.attaching(None)) or asker.can(
            f"iam:Put{kind}Policy", one.arn, {"iam:PermissionsBoundary": None}
        )
        if given is None:
            continue
        become = _as_user(asker, one) if isinstance(one, UserDetail) else _as_role(asker, one)
        for steps in become:
            yield Way(kind="own", steps=(given, *steps))
