"""Whether somebody who can assume a role was declared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from attrs import frozen

from cloudpack_baseline.access import Assumer, KeyUse, Policy
from cloudpack_baseline.baseline import RoleTrustOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.model.iam_principals import OpenIDConnectProvider, RoleDetail
from cloudpack_baseline.model.pattern import literal_prefix, matches
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.texts import Text, text

__all__ = ["Trusted", "is_oidc"]

Fault: TypeAlias = Text
"""What is wrong, in words."""

_SSO = "/aws-reserved/sso.amazonaws.com/"
"""The path of the roles of IAM Identity Center; nobody else can make roles there."""
_COGNITO = "cognito-identity.amazonaws.com"
_GITHUB = "token.actions.githubusercontent.com"
_WITH_SAML = "sts:AssumeRoleWithSAML"
_OWNER = re.compile(r"[^:]+:[^/:]+[/:]")
_POSITIVE = frozenset(
    f"{sets}{name}"
    for sets in ("", "foranyvalue:")
    for name in ("stringequals", "stringequalsignorecase", "stringlike")
)


def is_oidc(one: Assumer) -> bool:
    """Whether it comes by an OpenID Connect provider: programs, as a rule."""
    return one.principal_kind == "federated" and one.action != _WITH_SAML


@frozen(kw_only=True)
class Trusted:
    """Who may assume roles.

    Attributes:
        own: the account of the roles.
        accounts: ids of declared accounts.
        options: the rest of what was declared.
        clients: by ARN of an OpenID Connect provider: the audiences that AWS takes.
        unlisted: why there may be more such providers; ``None``: there are no more.
    """

    own: str
    accounts: frozenset[str]
    options: RoleTrustOptions
    clients: Mapping[str, Field[tuple[str, ...]]]
    unlisted: Unknown | None

    @classmethod
    def of(cls, view: AccountView) -> Trusted:
        """What the baseline declares."""
        options = view.baseline.options(RoleTrustOptions)
        files = (one.id for one in view.baseline.accounts.values())
        return cls(
            own=view.account.id,
            accounts=frozenset((*files, *options.accounts)),
            options=options,
            clients={one.arn: one.client_ids for one in view.all(OpenIDConnectProvider)},
            unlisted=view.gap(OpenIDConnectProvider),
        )

    def fault(self, role: RoleDetail, trust: Policy, one: Assumer) -> Fault | Unknown | None:
        """What is wrong with an assumer of the role; ``None``: it may assume it."""
        if one.principal_kind == "service":
            return text("identity.any-service") if one.principal == "*" else None
        if one.principal_kind != "federated":
            return self._account(one)
        if one.principal == "*":
            return text("identity.any-provider")
        if one.action == _WITH_SAML:
            return self._saml(role, trust, one)
        return self._oidc(trust, one)

    def _account(self, one: Assumer) -> Fault | None:
        if one.account is not None and one.account in (self.own, *self.accounts):
            return None
        if one.account is not None and one.account in self.options.third_parties:
            return _external_id(one)
        use = one.keys.get("aws:principalorgid")
        if self._in_organization(use):
            return None
        if one.principal != "*":
            return text("identity.undeclared-account", principal=one.principal)
        if use is not None and use.required and use.values:
            return text("identity.undeclared-organization", organizations=use.values)
        return text("identity.anybody")

    def _in_organization(self, use: KeyUse | None) -> bool:
        return (
            use is not None
            and use.required
            and bool(use.values)
            and set(use.values) <= set(self.options.organizations)
        )

    def _saml(self, role: RoleDetail, trust: Policy, one: Assumer) -> Fault | None:
        if not (role.path.startswith(_SSO) or self._is_declared(one)):
            return _of("undeclared-provider", one)
        return None if _pinned(trust, one.principal, "saml:aud") else _of("no-audience", one)

    def _oidc(self, trust: Policy, one: Assumer) -> Fault | Unknown | None:
        if not self._is_declared(one):
            return _of("undeclared-provider", one)
        if one.principal == _COGNITO:
            return self._cognito(trust, one)
        provider = one.principal.partition(":oidc-provider/")[2] or one.principal
        subjects = _pinned(trust, one.principal, f"{provider}:sub")
        if not subjects:
            return _of("no-subject", one)
        others = tuple(held for held in subjects if not self._is_subject(held))
        if others:
            return self._other_subject(one, provider, others)
        return self._audience(trust, one, provider)

    def _cognito(self, trust: Policy, one: Assumer) -> Fault | None:
        """Whether an identity pool is named, and only who signed in comes in.

        An identity that did not sign in is anybody on the Internet: it carries
        ``unauthenticated`` as ``amr`` (Amazon Cognito Developer Guide, "Role trust and
        permissions").
        """
        pools = _pinned(trust, one.principal, f"{_COGNITO}:aud")
        if not pools:
            return _of("no-audience", one)
        guests = self.guests(trust)
        if not guests or set(pools) <= set(self.options.guest_pools):
            return None
        return text("identity.guests", pools=pools)

    def guests(self, trust: Policy) -> bool:
        """Whether identities of Amazon Cognito come in that did not sign in."""
        if not any(s.principal and _COGNITO in s.principal.federated for s in trust.statements):
            return False
        ways = _pinned(trust, _COGNITO, f"{_COGNITO}:amr")
        return not ways or any(matches(held, "unauthenticated") for held in ways)

    def _other_subject(self, one: Assumer, provider: str, held: tuple[str, ...]) -> Fault:
        name = "other-subject"
        if not self.options.subjects:
            whole = any("repo:".startswith(literal_prefix(each)) for each in held)
            loose = "any-repository" if whole else "any-owner"
            name = loose if provider == _GITHUB else "any-subject"
        return text(f"identity.{name}", principal=one.principal, subjects=held)

    def _audience(self, trust: Policy, one: Assumer, provider: str) -> Fault | Unknown | None:
        """Whether tokens for others count: the policy or the provider has to pin the audience.

        AWS STS takes tokens for a registered client alone, and none of a provider that is
        not registered; providers without ARN are everybody's.
        """
        arn = one.principal
        pins = (_pinned(trust, arn, f"{provider}:{name}") for name in ("aud", "app_id"))
        if any(held and all(map(literal_prefix, held)) for held in pins):
            return None
        clients = self.clients.get(arn)
        if clients is None and arn.startswith("arn:"):
            return self.unlisted
        if isinstance(clients, Unknown):
            return clients
        return None if clients else _of("no-audience", one)

    def _is_declared(self, one: Assumer) -> bool:
        return any(matches(pattern, one.principal) for pattern in self.options.providers)

    def _is_subject(self, held: str) -> bool:
        """Whether the pattern of a trust policy lies within a declared one.

        It does if the declared one matches its very text: a ``*`` takes the other's
        wildcards in. Where none is declared it has to name an owner, as ``repo:OWNER/``.
        """
        if self.options.subjects:
            return any(matches(pattern, held) for pattern in self.options.subjects)
        prefix = literal_prefix(held)
        return prefix == held or _OWNER.match(prefix) is not None


def _of(name: str, one: Assumer) -> Fault:
    return text(f"identity.{name}", principal=one.principal)


def _external_id(one: Assumer) -> Fault | None:
    """What is wrong with what a third party brings."""
    if one.needs("sts:ExternalId"):
        return None
    use = one.keys.get("sts:externalid")
    return _of("any-external-id" if use is not None and use.required else "no-external-id", one)


def _pinned(trust: Policy, provider: str, key: str) -> tuple[str, ...]:
    """The values that the key is held to, for all who come by the provider; empty: to none.

    Each statement that lets them in has to name some: one that does not lets in everybody.
    """
    values: list[str] = []
    for statement in trust.statements:
        principal = statement.principal
        if statement.effect != "Allow" or principal is None or statement.not_principal:
            continue
        if provider not in principal.federated:
            continue
        held = [
            value
            for condition in statement.conditions
            if condition.key.lower() == key.lower() and condition.operator.lower() in _POSITIVE
            for value in condition.values
        ]
        if not held:
            return ()
        values += held
    return tuple(values)
