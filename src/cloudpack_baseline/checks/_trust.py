"""Whether somebody who can assume a role was declared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from attrs import frozen

from cloudpack_baseline.access import Assumer, KeyUse, Policy
from cloudpack_baseline.baseline import RoleTrustOptions
from cloudpack_baseline.checks._check import World
from cloudpack_baseline.model.iam_principals import OpenIDConnectProvider, RoleDetail
from cloudpack_baseline.model.pattern import literal_prefix, matches
from cloudpack_baseline.model.values import Field, Unknown

__all__ = ["Trusted", "is_oidc"]

Fault: TypeAlias = str
"""The id of a text below ``identity``."""

_SSO = "/aws-reserved/sso.amazonaws.com/"
"""The path of the roles of IAM Identity Center; nobody else can make roles there."""
_COGNITO = "cognito-identity.amazonaws.com"
_SAML = ":saml-provider/"
_OWNER = re.compile(r"[^:]+:[^/:]+[/:]")
_POSITIVE = frozenset(
    f"{sets}{name}"
    for sets in ("", "foranyvalue:")
    for name in ("stringequals", "stringequalsignorecase", "stringlike")
)


def is_oidc(one: Assumer) -> bool:
    """Whether it comes by an OpenID Connect provider: programs, as a rule."""
    return one.principal_kind == "federated" and _SAML not in one.principal


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
    def of(cls, world: World) -> Trusted:
        """What the baseline declares."""
        options = world.baseline.options(RoleTrustOptions)
        files = (one.id for one in world.baseline.accounts.values())
        return cls(
            own=world.account.id,
            accounts=frozenset((*files, *options.accounts)),
            options=options,
            clients={one.arn: one.client_ids for one in world.all(OpenIDConnectProvider)},
            unlisted=world.gap(OpenIDConnectProvider),
        )

    def fault(self, role: RoleDetail, trust: Policy, one: Assumer) -> Fault | Unknown | None:
        """What is wrong with an assumer of the role; ``None``: it may assume it."""
        if one.principal_kind == "service":
            return "any-service" if one.principal == "*" else None
        if one.principal_kind == "federated":
            saml = _SAML in one.principal
            return self._saml(role, trust, one) if saml else self._oidc(trust, one)
        return self._account(one)

    def _account(self, one: Assumer) -> Fault | None:
        if one.account is not None and one.account in (self.own, *self.accounts):
            return None
        if one.account is not None and one.account in self.options.third_parties:
            return None if one.needs("sts:ExternalId") else "no-external-id"
        if self._in_organization(one.keys.get("aws:principalorgid")):
            return None
        return "anybody" if one.principal == "*" else "undeclared-account"

    def _in_organization(self, use: KeyUse | None) -> bool:
        return (
            use is not None
            and use.required
            and bool(use.values)
            and set(use.values) <= set(self.options.organizations)
        )

    def _saml(self, role: RoleDetail, trust: Policy, one: Assumer) -> Fault | None:
        if not (role.path.startswith(_SSO) or self._is_declared(one)):
            return "undeclared-provider"
        return None if _pinned(trust, one.principal, "saml:aud") else "no-audience"

    def _oidc(self, trust: Policy, one: Assumer) -> Fault | Unknown | None:
        if not self._is_declared(one):
            return "undeclared-provider"
        if one.principal == _COGNITO:
            return None if _pinned(trust, one.principal, f"{_COGNITO}:aud") else "no-audience"
        provider = one.principal.partition(":oidc-provider/")[2] or one.principal
        subjects = _pinned(trust, one.principal, f"{provider}:sub")
        if not subjects:
            return "no-subject"
        if not all(map(self._is_subject, subjects)):
            return "other-subject"
        return self._audience(trust, one.principal, provider)

    def _audience(self, trust: Policy, arn: str, provider: str) -> Fault | Unknown | None:
        """Whether tokens for others count: the policy or the provider has to pin the audience.

        AWS STS takes tokens for a registered client alone, and none of a provider that is
        not registered; providers without ARN are everybody's.
        """
        pins = (_pinned(trust, arn, f"{provider}:{name}") for name in ("aud", "app_id"))
        if any(held and all(map(literal_prefix, held)) for held in pins):
            return None
        clients = self.clients.get(arn)
        if clients is None and arn.startswith("arn:"):
            return self.unlisted
        if isinstance(clients, Unknown):
            return clients
        return None if clients else "no-audience"

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
