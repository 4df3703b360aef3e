"""Whether people sign in through one identity provider, and which users are beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from cloudpack_baseline.access import Assumer, who_can_assume
from cloudpack_baseline.baseline.options.identity import FederatedAccessOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._policies import SERVICE_LINKED
from cloudpack_baseline.checks.identity._role_trust_policy import trust_policy
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.iam_principals import RoleDetail, SAMLProvider, UserDetail
from cloudpack_baseline.model.pattern import covers, matches
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Truth, Unknown, any_of, lift
from cloudpack_baseline.texts import Text, text

__all__ = ["federated_access"]

_IDENTITY_CENTER = "/aws-reserved/sso.amazonaws.com/"
"""The path of the roles of IAM Identity Center; nobody else can make roles there."""
_WITH_SAML = "sts:AssumeRoleWithSAML"


@check(
    reads(RoleDetail),
    reads(SAMLProvider),
    reads(UserDetail, "password", "access_keys"),
)
def federated_access(view: AccountView) -> Iterator[Finding]:
    """Reads who can assume the roles of the account, and which users have credentials.

    People come through IAM Identity Center (roles below ``/aws-reserved/sso.amazonaws.com/``),
    through a SAML provider that exists (ListSAMLProviders) and that a role trusts, or from a
    declared account where they signed in. One of these is expected; further providers have to be
    declared. OpenID Connect providers do not count, since programs use them as a rule. Without
    any, the account fails if a user has a password. Every user with a password (GetLoginProfile)
    or an active access key (ListAccessKeys) needs a declaration with a ticket.
    """
    options = view.baseline.options(FederatedAccessOptions)
    if not view.snapshot.is_planned:  # a template is not all of the account
        yield view.account_finding(_judge_account(view, options))
    for user in view.all(UserDetail):
        yield view.finding(user, _judge_user(options, user))


@frozen(kw_only=True)
class _SignIn:
    """How people get into the account.

    Attributes:
        providers: what they sign in through, without providers that are declared beside it.
        unknown: why there may be more; ``None``: these are all.
    """

    providers: tuple[Text | str, ...]
    unknown: Unknown | None


def _judge_account(view: AccountView, options: FederatedAccessOptions) -> Observation:
    sign_in = _sign_in(view, options)
    if len(sign_in.providers) > 1:
        return failed(text("identity.several-sign-ins", providers=sign_in.providers))
    if sign_in.unknown is not None:
        return unknown("Trust", sign_in.unknown)
    if sign_in.providers:
        return passed(text("identity.one-sign-in", provider=sign_in.providers[0]))
    gap = view.gap(UserDetail)
    passwords: Iterable[Truth] = [user.password for user in view.all(UserDetail)]
    people = any_of(passwords if gap is None else (*passwords, gap))
    if isinstance(people, Unknown):
        return unknown("LoginProfile", people)
    if people:
        return failed(text("identity.no-sign-in"))
    return not_applicable(text("identity.nobody-signs-in"))


def _sign_in(view: AccountView, options: FederatedAccessOptions) -> _SignIn:
    existing = {provider.arn for provider in view.all(SAMLProvider)}
    providers: dict[str, Text | str] = {}
    gaps = [gap for kind in (RoleDetail, SAMLProvider) if (gap := view.gap(kind)) is not None]
    for role in view.all(RoleDetail):
        if role.path.startswith(SERVICE_LINKED):
            continue
        if role.path.startswith(_IDENTITY_CENTER):
            providers[_IDENTITY_CENTER] = text("identity.identity-center")
            continue
        trust = trust_policy(role)
        if isinstance(trust, Unknown):
            gaps.append(trust)
            continue
        assumers = who_can_assume(
            trust, account=role.account, partition=view.account.partition, since=view.as_of
        )
        providers |= {
            name: name for assumer in assumers for name in _providers(options, assumer, existing)
        }
    return _SignIn(
        providers=tuple(providers[name] for name in sorted(providers)),
        unknown=reduce(or_, gaps) if gaps else None,
    )


def _providers(
    options: FederatedAccessOptions, assumer: Assumer, existing: set[str]
) -> Iterator[str]:
    """The provider or account that the assumer comes from, if people sign in there."""
    if assumer.action == _WITH_SAML:
        declared = any(matches(pattern, assumer.principal) for pattern in options.providers)
        if assumer.principal in existing and not declared:
            yield assumer.principal
    elif assumer.account in options.accounts:
        yield assumer.account


def _judge_user(options: FederatedAccessOptions, user: UserDetail) -> Observation:
    active_keys = lift(lambda keys: any(key.active for key in keys), user.access_keys)
    has_credentials = any_of((user.password, active_keys))
    if has_credentials is False:
        return not_applicable(text("identity.no-active-credential"))
    for declaration in options.users:
        if covers(declaration.user, user.arn, user.name):
            return passed(
                text(
                    "identity.user-declared",
                    ticket=declaration.ticket,
                    reason=declaration.reason,
                )
            )
    if isinstance(has_credentials, Unknown):
        return unknown("Credentials", has_credentials)
    words = "password" if user.password is True else "key"
    return failed(text(f"identity.user-with-{words}"))
