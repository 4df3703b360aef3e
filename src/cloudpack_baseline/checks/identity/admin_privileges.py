"""Who may act in the account, from where, and as what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from attrs import evolve

from cloudpack_baseline.access import FullAdmin, has_full_admin
from cloudpack_baseline.baseline import AdminPrivilegesOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._escalation import (
    Account,
    Step,
    Way,
    administrator,
    escalations,
    everything,
    may_be_everything,
)
from cloudpack_baseline.checks.identity._identity_shared import service_linked, trust_policy
from cloudpack_baseline.checks.identity._principals import (
    HOLDINGS,
    SERVICE_LINKED,
    Directory,
    Holdings,
    Principal,
    allowed_by,
)
from cloudpack_baseline.checks.identity._service_control import SERVICE_CONTROL, service_control
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Resource,
    Witness,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam_principals import (
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["admin_privileges"]

_PRESETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cdk": ("arn:*:iam::*:role/cdk-*-cfn-exec-role-*",),
        "control-tower": (
            "arn:*:iam::*:role/AWSControlTowerExecution",
            "arn:*:iam::*:role/OrganizationAccountAccessRole",
            "arn:*:iam::*:role/stacksets-exec-*",
        ),
        "identity-center": (
            "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AdministratorAccess_*",
            "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AWSAdministratorAccess_*",
            "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_*",
            "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AWSAdministratorAccess_*",
        ),
    }
)
"""The administrators that each tool makes, by the names that it gives them."""


@check(*HOLDINGS, *SERVICE_CONTROL, subjects=(UserDetail, RoleDetail))
def admin_privileges(view: AccountView) -> Iterator[Finding]:
    """Evaluates the policies of each user and role, its groups and its boundary together.

    What is pieced together from several statements to ``*`` is ``*``
    (GetAccountAuthorizationDetails). Service control policies take nothing from it.

    A path to everything is asked of the access engine, step by step, with conditions,
    boundaries and, where the management account is in the snapshot, service control policies:

    - actions on resources at large by which a principal can give itself more, as
      ``iam:AttachUserPolicy`` on all users, or ``iam:PassRole`` on all roles with
      ``ec2:RunInstances``;
    - attaching or writing policies of the principal itself and of its groups, new versions of
      the customer managed policies that it holds, joining a group that makes up for the rest,
      and taking away or widening a boundary that alone keeps it from everything;
    - towards each administrator of the account, declared or not: its access keys and login
      profile, its trust policy, assuming it where its trust policy lets the principal in, and
      passing it to a service that can assume it, with the actions that let the service run;
    - giving more to another user or role, and becoming it by one of these.

    Functions, instances and other things that already run with a role are asked about at
    large only; versions of a policy other than the default one are not read.
    """
    options = view.baseline.options(AdminPrivilegesOptions)
    presets = (pattern for name in options.presets for pattern in _PRESETS[name])
    declared = (*options.principals, *presets)
    directory = Directory.of(view)
    principals: tuple[Principal, ...] = (*view.all(UserDetail), *view.all(RoleDetail))
    changeable = tuple(one for one in principals if not one.path.startswith(SERVICE_LINKED))
    holdings = {one.arn: directory.holdings(one) for one in changeable}
    full = {arn: _full(held) for arn, held in holdings.items()}
    named = frozenset(
        one.arn for one in changeable if any(matches(pattern, one.arn) for pattern in declared)
    )
    account = _account(view, directory, changeable, holdings, full, named)
    for one in principals:
        if one not in changeable:
            seen: tuple[Observation, ...] = (service_linked(),)
        elif one.arn in named:
            seen = (passed(text("identity.admin-declared")),)
        else:
            seen = tuple(_privileges(account, one, holdings[one.arn], full[one.arn]))
        yield Finding(control=view.control, resource=Resource.of(one), observations=seen)


def _full(held: Holdings) -> FullAdmin | None:
    """What it holds, where that is everything."""
    if not may_be_everything(held.policies):
        return None
    found = has_full_admin(held.policies, boundary=held.boundary, holder=held.holder)
    return found if found.full else None


def _account(  # noqa: PLR0913, PLR0917 - what it is put together from
    view: AccountView,
    directory: Directory,
    principals: tuple[Principal, ...],
    holdings: Mapping[str, Holdings],
    full: Mapping[str, FullAdmin | None],
    declared: frozenset[str],
) -> Account:
    trusts = {one.arn: trust_policy(one) for one in principals if isinstance(one, RoleDetail)}
    levels = service_control(view)
    plain = Account(
        directory=directory,
        principals=principals,
        administrators=(),
        trusts=trusts,
        everything=everything(directory, view.account.partition),
        # What was not read could only excuse.
        levels=() if isinstance(levels, Unknown) else levels,
    )
    found = tuple(
        administrator(one, trusts.get(one.arn), _why_unsure(held, full[one.arn], declared=sure))
        for one in principals
        for held, sure in ((holdings[one.arn], one.arn in declared),)
        if held.unknown is not None
        or full[one.arn] is not None
        or (sure and escalations(plain, one, held))
    )
    return evolve(plain, administrators=found)


def _why_unsure(held: Holdings, full: FullAdmin | None, *, declared: bool) -> Unknown | None:
    """Why it may be no administrator; those that are declared are."""
    if declared:
        return None
    if held.unknown is not None:
        return held.unknown
    if full is not None and not full.exact:
        return Unknown.because(Why.UNSUPPORTED, detail="Action=*, Resource=*")
    return None


def _privileges(
    account: Account, one: Principal, held: Holdings, full: FullAdmin | None
) -> Iterator[Observation]:
    if held.unknown is not None:
        # What was not read may allow more, or deny what was read.
        yield held.doubt(held.unknown)
        return
    if full is not None:
        yield _everything(held, full)
        return
    ways = escalations(account, one, held)
    if not ways:
        yield passed(text("identity.no-admin"))
        return
    sure = [way for way in ways if way.exact]
    if not sure:
        yield _doubtful(ways[0])
    elif sure[0].kind == "large":
        yield _at_large(held, sure[0], len(ways) - 1)
    else:
        for way in sure:
            yield _way(held, one, way)


def _everything(held: Holdings, found: FullAdmin) -> Observation:
    if not found.exact:
        return _in_doubt("Action=*, Resource=*")
    name = "admin" if found.unconditional else "admin-conditional"
    by = tuple(held.held[place].statement(path) for place, path in found.grants)
    return failed(text(f"identity.{name}", by=by), read="Action=*, Resource=*")


def _at_large(held: Holdings, way: Way, others: int) -> Observation:
    actions = tuple(dict.fromkeys(step.action for step in way.steps))
    told = text("identity.escalation", actions=actions)
    return failed(
        text("identity.and-others", told=told, others=others) if others else told,
        read=", ".join(f"Action={name}" for name in actions),
        witness=Witness(
            summary=text("identity.gives-itself", principal=held.holder.arn or ""),
            steps=_steps(held, way),
        ),
    )


def _way(held: Holdings, one: Principal, way: Way) -> Observation:
    steps = tuple(
        text("identity.step", action=step.action, resource=step.resource) for step in way.steps
    )
    if way.towards is None:
        message = text("identity.own-way", steps=steps)
        summary = text("identity.gives-itself", principal=one.arn)
    else:
        message = text("identity.way", steps=steps, target=way.towards.principal.arn)
        summary = text("identity.becomes", principal=one.arn, target=way.towards.principal.arn)
    return failed(
        message,
        read=", ".join(f"Action={step.action}, Resource={step.resource}" for step in way.steps),
        witness=Witness(summary=summary, steps=_steps(held, way)),
    )


def _steps(held: Holdings, way: Way) -> tuple[Text, ...]:
    return tuple(part for step in way.steps for part in _step(held, step))


def _step(held: Holdings, step: Step) -> Iterator[Text]:
    does = text("identity.step", action=step.action, resource=step.resource)
    if step.found is not None:
        yield text("identity.step-by", step=does, by=allowed_by(held, step.found))
    if step.entry is not None:
        trust = text("identity.trust-of", role=step.resource, path=step.entry.path)
        yield text("identity.step-by", step=does, by=trust)


def _doubtful(way: Way) -> Observation:
    actions = ", ".join(dict.fromkeys(step.action for step in way.steps))
    if way.towards is not None and way.towards.unknown is not None:
        target = way.towards.principal.arn
        message = text("identity.way-in-doubt", actions=actions, target=target)
        return unknown(message, way.towards.unknown)
    return _in_doubt(actions)


def _in_doubt(detail: str) -> Observation:
    why = Unknown.because(Why.UNSUPPORTED, detail=detail)
    return unknown(text("identity.admin-in-doubt", actions=detail), why)
