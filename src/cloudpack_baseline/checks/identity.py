"""Who may act in the account, from where, and as what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cloudpack_baseline.access import Assumer, FullAdmin, Policy, has_full_admin, who_can_assume
from cloudpack_baseline.baseline import AdminPrivilegesOptions
from cloudpack_baseline.checks._check import World, check
from cloudpack_baseline.checks._escalation import escalations
from cloudpack_baseline.checks._principals import (
    HOLDINGS,
    SERVICE_LINKED,
    Holdings,
    Principal,
    parsed,
)
from cloudpack_baseline.checks._trust import Trusted
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Resource,
    Witness,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam_principals import (
    OpenIDConnectProvider,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["admin_privileges", "role_trust"]


@check(reads(RoleDetail), reads(OpenIDConnectProvider), subjects=(RoleDetail,))
def role_trust(world: World) -> Iterator[Finding]:
    """4.5.2: nobody undeclared can assume a role.

    Evidence: the trust policy of each role (AssumeRolePolicyDocument), decided for
    everybody: the own account and its services, declared accounts, third parties that bring
    an external id, declared organizations bound by ``aws:PrincipalOrgID``, and declared
    identity providers. An audience has to be pinned, by the policy or, of an OpenID Connect
    provider, by its registered clients (GetOpenIDConnectProvider, ClientIDList); and the
    subject with it. Roles of AWS services (``/aws-service-role/``) can be assumed by AWS
    alone.
    """
    trusted = Trusted.of(world)
    for role in world.all(RoleDetail):
        seen = (
            (_service_linked(),)
            if role.path.startswith(SERVICE_LINKED)
            else tuple(_trust(world, role, trusted))
        )
        yield Finding(control=world.control, resource=Resource.of(role), observations=seen)


def _service_linked() -> Observation:
    return Observation(outcome=Outcome.NOT_APPLICABLE, message=text("identity.service-linked"))


def _trust_policy(role: RoleDetail) -> Field[Policy]:
    if isinstance(role.trust, Unknown):
        return role.trust
    return parsed(role.trust, "trust", role.arn)


def _assumers(world: World, role: RoleDetail, trust: Policy) -> tuple[Assumer, ...]:
    return who_can_assume(trust, account=role.account, partition=world.account.partition)


def _trust(world: World, role: RoleDetail, trusted: Trusted) -> Iterator[Observation]:
    trust, origin = _trust_policy(role), role.origin_of("trust")
    if isinstance(trust, Unknown):
        yield unknown("AssumeRolePolicyDocument", trust, origin=origin)
        return
    assumers = _assumers(world, role, trust)
    faults = [
        (one, fault) for one in assumers if (fault := trusted.fault(role, trust, one)) is not None
    ]
    if not faults:
        names = tuple(dict.fromkeys(one.principal for one in assumers))
        yield passed(
            text("identity.trust-declared", principals=names)
            if names
            else text("identity.trust-nobody"),
            origin=origin,
        )
    for one, fault in faults:
        if not one.exact:
            why = Unknown.because(Why.UNSUPPORTED, detail=one.statement)
            yield unknown(text("identity.trust-in-doubt", statement=one.statement), why)
            continue
        if isinstance(fault, Unknown):
            yield unknown("ClientIDList", fault)
            continue
        yield failed(
            text(f"identity.{fault}", principal=one.principal),
            read=f"{one.action}: {one.principal}",
            origin=origin,
            witness=_assumes(role, one),
        )


def _assumes(role: RoleDetail, one: Assumer) -> Witness:
    """A request that the trust policy lets in."""
    return Witness(
        summary=text("identity.assumes", principal=one.principal, action=one.action, role=role.arn),
        steps=(
            *(
                text("identity.context", key=key, value=value)
                for key, value in sorted(one.context.items())
            ),
            text("identity.allowed-by", statement=one.statement),
        ),
    )


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


@check(*HOLDINGS, subjects=(UserDetail, RoleDetail))
def admin_privileges(world: World) -> Iterator[Finding]:
    """4.5.2: everything, or a way to it, is held by declared users and roles only.

    Evidence: the policies of each user and role, those of its groups and its boundary
    (GetAccountAuthorizationDetails), taken together: ``*`` pieced together is ``*``, and
    actions by which a principal can give itself more are a way to it. Service control
    policies are left aside: they take nothing from what is held.
    """
    options = world.baseline.options(AdminPrivilegesOptions)
    presets = (pattern for name in options.presets for pattern in _PRESETS[name])
    declared = (*options.principals, *presets)
    principals: tuple[Principal, ...] = (*world.all(UserDetail), *world.all(RoleDetail))
    for one in principals:
        if one.path.startswith(SERVICE_LINKED):
            seen = _service_linked()
        elif any(matches(pattern, one.arn) for pattern in declared):
            seen = passed(text("identity.admin-declared"))
        else:
            seen = _privileges(Holdings.of(world, one))
        yield Finding(control=world.control, resource=Resource.of(one), observations=(seen,))


def _privileges(held: Holdings) -> Observation:
    if held.unknown is not None:
        # What was not read may allow more, or deny what was read.
        return unknown("Policies", held.unknown)
    found = has_full_admin(held.policies, boundary=held.boundary, holder=held.holder)
    if found.full:
        return _everything(found)
    ways = tuple(escalations(held))
    if not ways:
        return passed(text("identity.no-admin"))
    first = next((one for one in ways if one.exact), None)
    if first is None:
        return _in_doubt(", ".join(ways[0].actions))
    return failed(
        text("identity.escalation", actions=first.actions, others=len(ways) - 1),
        read=", ".join(f"Action={name}" for name in first.actions),
    )


def _everything(found: FullAdmin) -> Observation:
    if not found.exact:
        return _in_doubt("Action=*, Resource=*")
    name = "admin" if found.unconditional else "admin-conditional"
    return failed(text(f"identity.{name}"), read="Action=*, Resource=*")


def _in_doubt(detail: str) -> Observation:
    why = Unknown.because(Why.UNSUPPORTED, detail=detail)
    return unknown(text("identity.admin-in-doubt", actions=detail), why)
