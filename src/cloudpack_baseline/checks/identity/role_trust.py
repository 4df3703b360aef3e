"""Who may act in the account, from where, and as what."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.access import Assumer, Policy, who_can_assume
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._policies import (
    SERVICE_LINKED,
)
from cloudpack_baseline.checks.identity._role_trust_policy import service_linked, trust_policy
from cloudpack_baseline.checks.identity._trust import Trusted
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Witness,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam_principals import (
    OpenIDConnectProvider,
    RoleDetail,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["role_trust"]


@check(reads(RoleDetail), reads(OpenIDConnectProvider), subjects=(RoleDetail,))
def role_trust(view: AccountView) -> Iterator[Finding]:
    """Evaluates the trust policy of each role (AssumeRolePolicyDocument) for every caller.

    Accepted are the own account and its services, declared accounts, third parties that bring
    an external id, declared organizations bound by ``aws:PrincipalOrgID``, and declared
    identity providers. An audience has to be pinned, by the policy or, of an OpenID Connect
    provider, by its registered clients (GetOpenIDConnectProvider, ClientIDList); and the
    subject with it, to an owner at least (``repo:OWNER/*``). Of Amazon Cognito, the identity
    pool and ``amr`` have to be pinned: whoever did not sign in is anybody on the Internet.
    Roles of AWS services (``/aws-service-role/``) can be assumed by AWS alone.
    """
    trusted = Trusted.of(view)
    for role in view.all(RoleDetail):
        seen = (
            (service_linked(),)
            if role.path.startswith(SERVICE_LINKED)
            else tuple(_trust(view, role, trusted))
        )
        trust = trust_policy(role)
        guests = isinstance(trust, Policy) and trusted.guests(trust)
        notes = (text("identity.guests-declared"),) if guests and _passes(seen) else ()
        yield view.finding(role, *seen, notes=notes)


def _passes(seen: tuple[Observation, ...]) -> bool:
    return all(one.outcome is Outcome.PASS for one in seen)


def _assumers(view: AccountView, role: RoleDetail, trust: Policy) -> tuple[Assumer, ...]:
    return who_can_assume(trust, account=role.account, partition=view.account.partition)


def _trust(view: AccountView, role: RoleDetail, trusted: Trusted) -> Iterator[Observation]:
    trust, origin = trust_policy(role), role.origin_of("trust")
    if isinstance(trust, Unknown):
        yield unknown("AssumeRolePolicyDocument", trust, origin=origin)
        return
    assumers = _assumers(view, role, trust)
    faults = [
        (one, fault) for one in assumers if (fault := trusted.fault(role, trust, one)) is not None
    ]
    if not faults:
        names = tuple(dict.fromkeys(_name(one) for one in assumers))
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
            fault,
            read=f"{one.action}: {one.principal}",
            origin=origin,
            witness=_assumes(role, one),
        )


def _name(one: Assumer) -> str | Text:
    if one.principal != "*":
        return one.principal
    use = one.keys.get("aws:principalorgid")
    if use is not None and use.required and use.values:
        return text("identity.accounts-of", organizations=use.values)
    return text("identity.anyone")


def _assumes(role: RoleDetail, one: Assumer) -> Witness:
    """A request that the trust policy lets in."""
    return Witness(
        summary=text("identity.assumes", principal=_name(one), action=one.action, role=role.arn),
        steps=(
            *(
                text("identity.context", key=key, value=value)
                if value
                else text("identity.any-value", key=key)
                for key, value in sorted(one.context.items())
            ),
            text("identity.allowed-by", statement=one.statement),
        ),
    )
