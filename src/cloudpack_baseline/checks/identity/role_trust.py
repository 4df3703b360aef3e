"""The check of ``role-trust``."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.access import Assumer, Policy
from cloudpack_baseline.checks.approximations import in_doubt
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._policies import SERVICE_LINKED
from cloudpack_baseline.checks.identity._role_trust_policy import service_linked, trust_policy
from cloudpack_baseline.checks.identity._trusted_principals import RoleTrust, TrustedPrincipals
from cloudpack_baseline.checks.identity.resource_control import RESOURCE_CONTROL, ResourceControl
from cloudpack_baseline.checks.request_texts import located
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Witness,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam_principals import OpenIDConnectProvider, RoleDetail
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.witnesses import AllowedAccess, WitnessRequest, WitnessStatement

__all__ = ["role_trust"]


@check(reads(RoleDetail), reads(OpenIDConnectProvider), *RESOURCE_CONTROL, subjects=(RoleDetail,))
def role_trust(view: AccountView) -> Iterator[Finding]:
    """Evaluates the trust policy of each role (AssumeRolePolicyDocument) for every caller.

    These are accepted: the same account and its services, declared accounts, third parties with
    an external ID, declared organizations limited by ``aws:PrincipalOrgID`` or
    ``aws:PrincipalOrgPaths``, and declared identity providers. The policy has to limit the
    audience, or, for an OpenID Connect provider, its registered clients do
    (GetOpenIDConnectProvider, ClientIDList). It also has to limit the subject to what an outsider
    cannot choose: ``repo:OWNER/*`` for GitHub, a namespace for Amazon EKS, and so on for each
    known provider; for other providers, to exact values. For Amazon Cognito it has to limit the
    identity pool and ``amr``, because guests of a pool are anyone on the internet. All statements
    count together, including a Deny that limits the subject, and the Deny statements of resource
    control policies, where the management account is in the snapshot.
    Only AWS can assume service-linked roles (``/aws-service-role/``).
    """
    trusted, control = TrustedPrincipals.of(view), ResourceControl.of(view)
    first: dict[Policy, RoleTrust] = {}
    for role in view.all(RoleDetail):
        trust = trust_policy(role)
        if role.path.startswith(SERVICE_LINKED):
            yield view.finding(role, service_linked())
        elif isinstance(trust, Unknown):
            origin = role.origin_of("trust")
            yield view.finding(role, unknown("AssumeRolePolicyDocument", trust, origin=origin))
        else:
            restricted = control.restrict(trust, "sts")
            judged = RoleTrust(role, restricted, trusted, alike=first.get(restricted))
            first.setdefault(restricted, judged)
            yield _judge(view, judged, control)


def _judge(view: AccountView, trust: RoleTrust, control: ResourceControl) -> Finding:
    observations = tuple(_observe(trust))
    outcomes = {observation.outcome for observation in observations}
    notes: tuple[Text, ...] = ()
    if Outcome.FAIL in outcomes:
        notes = control.notes("sts")
    elif outcomes == {Outcome.PASS}:
        notes = tuple(_passing_notes(trust))
    return view.finding(trust.role, *observations, notes=notes)


def _passing_notes(trust: RoleTrust) -> Iterator[Text]:
    if trust.admits_guests:
        yield text("identity.guests-declared")
    if accounts := trust.deputy_sources:
        yield text("identity.deputy-sources", accounts=accounts)


def _observe(trust: RoleTrust) -> Iterator[Observation]:
    origin = trust.role.origin_of("trust")
    faults = [
        (assumer, fault)
        for assumer in trust.assumers
        if (fault := trust.fault(assumer)) is not None
    ]
    if not faults:
        names = tuple(dict.fromkeys(map(_name, trust.assumers)))
        message = (
            text("identity.trust-declared", principals=names)
            if names
            else text("identity.trust-nobody")
        )
        yield passed(message, origin=origin)
    for assumer, fault in faults:
        if not assumer.exact or trust.fault(assumer.surely or assumer) is None:
            message = text("identity.trust-in-doubt", statement=assumer.statement)
            yield in_doubt(message, assumer.statement, [trust.trust])
        elif isinstance(fault, Unknown):
            yield unknown("ClientIDList", fault)
        else:
            yield failed(
                fault,
                read=f"{assumer.action}: {assumer.principal}",
                origin=trust.role.origin_of("trust", assumer.path),
                witness=_witness(trust.role, assumer),
                allowed=AllowedAccess(
                    principal_kind=assumer.principal_kind,
                    principal=assumer.principal,
                    actions=(assumer.action,),
                    organizations=_organizations(assumer),
                ),
            )


def _name(assumer: Assumer) -> str | Text:
    if assumer.principal != "*":
        return assumer.principal
    if organizations := _organizations(assumer):
        return text("identity.accounts-of", organizations=organizations)
    return text("identity.anyone")


def _organizations(assumer: Assumer) -> tuple[str, ...]:
    """The organizations to whose accounts it is limited; empty: it is not."""
    use = assumer.keys.get("aws:principalorgid")
    return tuple(use.values) if use is not None and use.required else ()


def _witness(role: RoleDetail, assumer: Assumer) -> Witness:
    """A request that the trust policy allows."""
    return Witness(
        summary=text(
            "identity.assumes", principal=_name(assumer), action=assumer.action, role=role.arn
        ),
        steps=(
            *(
                text("identity.context", key=key, value=value)
                if value
                else text("identity.any-value", key=key)
                for key, value in sorted(assumer.context.items())
            ),
            text(
                "identity.allowed-by",
                statement=located(assumer.statement, role.origin_of("trust", assumer.path)),
            ),
        ),
        requests=(_request(role, assumer),),
    )


def _request(role: RoleDetail, assumer: Assumer) -> WitnessRequest:
    statement = WitnessStatement(
        policy="trust",
        policy_arn=role.arn,
        sid="" if assumer.statement == assumer.path else assumer.statement,
        path=assumer.path,
        origin=role.origin_of("trust", assumer.path),
    )
    return WitnessRequest(
        principal_kind=assumer.principal_kind,
        principal=assumer.principal,
        action=assumer.action,
        resource=role.arn,
        context=assumer.context,
        statements=(statement,),
    )
