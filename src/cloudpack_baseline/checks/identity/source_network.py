"""The check of ``source-network``."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.access import who_can_assume
from cloudpack_baseline.baseline.options.identity import SourceNetworkOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._network_binding import network_binding
from cloudpack_baseline.checks.identity._policies import (
    POLICY_READS,
    SERVICE_LINKED,
    PolicyDirectory,
    Principal,
)
from cloudpack_baseline.checks.identity._role_trust_policy import trust_policy
from cloudpack_baseline.checks.identity._root_sign_in import SIGN_IN_READS, root_sign_in
from cloudpack_baseline.checks.identity._trusted_principals import is_oidc
from cloudpack_baseline.checks.identity.service_control import (
    SERVICE_CONTROL,
    Levels,
    service_control,
)
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    not_applicable,
    unknown,
)
from cloudpack_baseline.model.iam_principals import RoleDetail, UserDetail
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.signin import ConsoleSignInPolicy
from cloudpack_baseline.model.values import Truth, Unknown, Why, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["source_network"]


@check(
    *POLICY_READS,
    reads(UserDetail, "password", "access_keys"),
    *SERVICE_CONTROL,
    *SIGN_IN_READS,
    subjects=(UserDetail, RoleDetail),
    later=(ConsoleSignInPolicy,),
)
def source_network(view: AccountView) -> Iterator[Finding]:
    """Evaluates the policies of operators for requests from outside the declared networks.

    Operators are users with a password or an active access key, and roles that people can
    assume: all roles except those that only AWS services or OpenID Connect providers can assume.

    The policies and the boundary of an operator (GetAccountAuthorizationDetails) must not allow
    any request from the internet with an address outside. A condition in the trust policy does
    not count, because the session can act from anywhere. Service control policies limit the
    members of an organization as well, at the root, at each organizational unit and at the
    account (ListRoots, ListOrganizationalUnitsForParent, ListAccountsForParent, ListPolicies,
    DescribePolicy, ListTargetsForPolicy). A member cannot read them: what only they could deny
    is unknown unless the snapshot contains the management account too. They do not apply to the
    management account, or to an account outside an organization.

    Where the account has a sign-in policy (GetResourcePolicy of AWS Sign-In), it has to keep the
    root user from signing in from outside, and to be in effect
    (GetConsoleAuthorizationConfiguration).
    """
    options = view.baseline.options(SourceNetworkOptions)
    networks = view.baseline.cidrs_of(options.networks or view.baseline.networks)
    levels = service_control(view)
    directory = PolicyDirectory.of(view)
    principals: tuple[Principal, ...] = (*view.all(UserDetail), *view.all(RoleDetail))
    for principal in principals:
        if not networks:
            observation = not_applicable(text("identity.no-networks"))
        elif principal.path.startswith(SERVICE_LINKED) or any(
            covers(pattern, principal.arn, principal.name) for pattern in options.exempt
        ):
            observation = not_applicable(text("identity.exempt"))
        else:
            observation = _judge(view, directory, principal, networks, levels)
        yield view.finding(principal, observation)
    yield from root_sign_in(view, networks)


def _judge(
    view: AccountView,
    directory: PolicyDirectory,
    principal: Principal,
    networks: tuple[str, ...],
    levels: Levels | Unknown,
) -> Observation:
    operator = (
        _has_credentials(principal)
        if isinstance(principal, UserDetail)
        else _is_for_people(view, principal)
    )
    if operator is False:
        return not_applicable(text("identity.no-operator"))
    observation = network_binding(view, directory, principal, networks, levels)
    if isinstance(operator, Unknown) and observation.outcome is Outcome.FAIL:
        subject = "Credentials" if isinstance(principal, UserDetail) else "Trust"
        return unknown(subject, operator)
    return observation


def _has_credentials(user: UserDetail) -> Truth:
    active_keys = lift(lambda keys: any(key.active for key in keys), user.access_keys)
    return any_of((user.password, active_keys))


def _is_for_people(view: AccountView, role: RoleDetail) -> Truth:
    trust = trust_policy(role)
    if isinstance(trust, Unknown):
        return trust
    assumers = who_can_assume(
        trust, account=role.account, partition=view.account.partition, since=view.as_of
    )
    people = [
        assumer
        for assumer in assumers
        if not (assumer.principal_kind == "service" or is_oidc(assumer))
    ]
    doubt = Unknown.because(Why.UNSUPPORTED, detail=f"trust policy of {role.arn}")
    return any_of(assumer.exact or doubt for assumer in people)
