"""Who may act in the account, from where, and as what."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.access import Assumer, Policy, who_can_assume
from cloudpack_baseline.checks._check import World, check
from cloudpack_baseline.checks._principals import SERVICE_LINKED, parsed
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
from cloudpack_baseline.model.iam_principals import RoleDetail
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["role_trust"]


@check(reads(RoleDetail))
def role_trust(world: World) -> Iterator[Finding]:
    """4.5.2: nobody undeclared can assume a role.

    Evidence: the trust policy of each role (AssumeRolePolicyDocument), decided for
    everybody: the own account and its services, declared accounts, third parties that bring
    an external id, declared organizations bound by ``aws:PrincipalOrgID``, and declared
    identity providers with a pinned audience or subject. Roles of AWS services
    (``/aws-service-role/``) can be assumed by AWS alone.
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
        message = text(f"identity.{fault}", principal=one.principal)
        if not one.exact:
            why = Unknown.because(Why.UNSUPPORTED, detail=one.statement)
            yield unknown(text("identity.trust-in-doubt", statement=one.statement), why)
            continue
        yield failed(
            message,
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
