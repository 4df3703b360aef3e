"""Whether a principal that can assume a role is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from attrs import define

from cloudpack_baseline.access import Assumer, Policy, who_can_assume
from cloudpack_baseline.access.added_predicates import source_named
from cloudpack_baseline.baseline.options.identity import RoleTrustOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity._identity_providers import tokens_of
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.iam_principals import OpenIDConnectProvider, RoleDetail
from cloudpack_baseline.model.pattern import literal_prefix, matches
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.texts import Text, text

__all__ = ["RoleTrust", "TrustedPrincipals", "is_oidc"]

Fault: TypeAlias = Text
"""What is wrong, in words."""

_SSO = "/aws-reserved/sso.amazonaws.com/"
"""The path of the roles of IAM Identity Center; nobody else can make roles there."""
_COGNITO = "cognito-identity.amazonaws.com"
_GITHUB = "token.actions.githubusercontent.com"
_WITH_SAML = "sts:AssumeRoleWithSAML"
_EXTERNAL_ID = "sts:ExternalId"
_ACCOUNT_ID = re.compile(r"[0-9]{12}")


def is_oidc(assumer: Assumer) -> bool:
    """Whether it comes by an OpenID Connect provider: programs, as a rule."""
    return assumer.principal_kind == "federated" and assumer.action != _WITH_SAML


def _url(principal: str) -> str:
    """The URL of an OpenID Connect provider, which begins its condition keys."""
    return principal.partition(":oidc-provider/")[2] or principal


@frozen(kw_only=True)
class TrustedPrincipals:
    """Who may assume roles.

    Attributes:
        account: the account of the roles.
        partition: its partition.
        accounts: IDs of declared accounts.
        options: further declarations.
        clients: the audiences that AWS STS accepts, by ARN of an OpenID Connect provider.
        unlisted: why there may be more such providers; ``None``: there are no more.
        as_of: grants that ended before this time do not count.
    """

    account: str
    partition: str
    accounts: frozenset[str]
    options: RoleTrustOptions
    clients: Mapping[str, Field[tuple[str, ...]]]
    unlisted: Unknown | None
    as_of: datetime

    @classmethod
    def of(cls, view: AccountView) -> TrustedPrincipals:
        """What the baseline declares."""
        options = view.baseline.options(RoleTrustOptions)
        of_file = (account.id for account in view.baseline.accounts.values())
        return cls(
            account=view.account.id,
            partition=view.account.partition,
            accounts=frozenset((*of_file, *options.accounts)),
            options=options,
            clients={
                provider.arn: provider.client_ids for provider in view.all(OpenIDConnectProvider)
            },
            unlisted=view.gap(OpenIDConnectProvider),
            as_of=view.as_of,
        )

    def is_declared(self, assumer: Assumer) -> bool:
        """Whether the identity provider was declared."""
        return any(matches(pattern, assumer.principal) for pattern in self.options.providers)


@define(slots=False)
class RoleTrust:
    """The trust policy of a role, and who can assume the role.

    Attributes:
        role: the role.
        trust: its trust policy.
        trusted: who may assume roles.
        alike: another role of the account with the same trust policy; ``None``: none is known.
    """

    role: RoleDetail
    trust: Policy
    trusted: TrustedPrincipals
    alike: RoleTrust | None = None

    @cached_property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The values that the policy tests for each condition key (in lower case)."""
        values: dict[str, list[str]] = {}
        for statement in self.trust.statements:
            for condition in statement.conditions:
                if condition.operator.lower() != "null":
                    values.setdefault(condition.key.lower(), []).extend(condition.values)
        return {key: tuple(dict.fromkeys(texts)) for key, texts in values.items()}

    @cached_property
    def assumers(self) -> tuple[Assumer, ...]:
        """Every principal that can assume the role; the same for roles that are alike."""
        if self.alike is not None:
            return self.alike.assumers
        return who_can_assume(
            self.trust,
            account=self.role.account,
            partition=self.trusted.partition,
            since=self.trusted.as_of,
            confinements=dict(self._confinements()),
            tokens={"guests": (f"{_COGNITO}:amr", "unauthenticated")},
            ignoring_case=frozenset(self._ignoring_case()),
        )

    def _confinements(self) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
        """What pins each kind of principal: by a name, patterns of condition keys."""
        organizations = self.trusted.options.organizations
        yield "organization", {"aws:PrincipalOrgID": organizations}
        yield _EXTERNAL_ID, {_EXTERNAL_ID: self._begun(_EXTERNAL_ID)}
        yield _WITH_SAML, {"saml:aud": self._begun("saml:aud")}
        for principal in self._providers():
            provider = _url(principal)
            audiences = (f"{provider}:aud", f"{provider}:app_id")
            pinned = self._exact if principal == _COGNITO else self._begun
            yield f"audience of {principal}", {key: pinned(key) for key in audiences}
            confinement = tokens_of(provider).confinement(provider, self.values)
            yield (
                f"any subject of {principal}",
                {key: self.values.get(key.lower(), ()) for key in confinement},
            )
            declared = self.trusted.options.subjects
            yield (
                f"subject of {principal}",
                {f"{provider}:sub": declared} if declared else confinement,
            )

    def _ignoring_case(self) -> Iterator[str]:
        """Confinements that hold in upper and lower case: no two owners differ in that alone."""
        for principal in self._providers():
            yield f"any subject of {principal}"
            if tokens_of(_url(principal)).subjects:
                yield f"subject of {principal}"

    def _begun(self, key: str) -> tuple[str, ...]:
        """The values that do not begin with a wildcard."""
        return tuple(filter(literal_prefix, self.values.get(key.lower(), ())))

    def _exact(self, key: str) -> tuple[str, ...]:
        """The values without wildcards: anyone may create a pool that a wildcard matches."""
        texts = self.values.get(key.lower(), ())
        return tuple(text for text in texts if literal_prefix(text) == text)

    def _providers(self) -> dict[str, None]:
        return dict.fromkeys(
            principal
            for statement in self.trust.statements
            if statement.principal is not None
            for principal in statement.principal.federated
        )

    # --- what is wrong with an assumer

    def fault(self, assumer: Assumer) -> Fault | Unknown | None:
        """What is wrong with an assumer of the role; ``None``: it may assume it."""
        if assumer.principal_kind == "service":
            return text("identity.any-service") if assumer.principal == "*" else None
        if assumer.principal_kind != "federated":
            return self._account_fault(assumer)
        if assumer.principal == "*":
            return text("identity.any-provider")
        if assumer.action == _WITH_SAML:
            return self._saml_fault(assumer)
        return self._oidc_fault(assumer)

    def _account_fault(self, assumer: Assumer) -> Fault | None:
        trusted = self.trusted
        if assumer.account is not None and assumer.account in (trusted.account, *trusted.accounts):
            return None
        if assumer.account is not None and assumer.account in trusted.options.third_parties:
            return _external_id_fault(assumer)
        if trusted.options.organizations and "organization" not in assumer.exceeds:
            return None
        if assumer.principal != "*":
            return text("identity.undeclared-account", principal=assumer.principal)
        use = assumer.keys.get("aws:principalorgid")
        if use is not None and use.required and use.values:
            return text("identity.undeclared-organization", organizations=use.values)
        return text("identity.anybody")

    def _saml_fault(self, assumer: Assumer) -> Fault | None:
        if not (self.role.path.startswith(_SSO) or self.trusted.is_declared(assumer)):
            return _named("undeclared-provider", assumer)
        return _named("no-audience", assumer) if _WITH_SAML in assumer.exceeds else None

    def _oidc_fault(self, assumer: Assumer) -> Fault | Unknown | None:
        if not self.trusted.is_declared(assumer):
            return _named("undeclared-provider", assumer)
        if assumer.principal == _COGNITO:
            return self._cognito_fault(assumer)
        if f"any subject of {assumer.principal}" in assumer.exceeds:
            return _named("no-subject", assumer)
        if f"subject of {assumer.principal}" in assumer.exceeds:
            return self._subject_fault(assumer)
        return self._audience_fault(assumer)

    def _cognito_fault(self, assumer: Assumer) -> Fault | None:
        """Whether an identity pool is named, and only signed-in users are allowed.

        An identity that did not sign in is anyone on the internet: it carries
        ``unauthenticated`` as ``amr`` (Amazon Cognito Developer Guide, "Role trust and
        permissions").
        """
        if f"audience of {_COGNITO}" in assumer.exceeds:
            return _named("no-audience", assumer)
        pools = self.values.get(f"{_COGNITO}:aud", ())
        if "guests" not in assumer.admits or set(pools) <= set(self.trusted.options.guest_pools):
            return None
        return text("identity.guests", pools=pools)

    @property
    def admits_guests(self) -> bool:
        """Whether guests of Amazon Cognito can assume it."""
        return any(
            assumer.principal == _COGNITO and "guests" in assumer.admits
            for assumer in self.assumers
        )

    @property
    def deputy_sources(self) -> tuple[str, ...]:
        """IDs of undeclared accounts on whose behalf services can assume it.

        The policy names them in ``aws:SourceAccount`` or ``aws:SourceArn`` (IAM User Guide, "The
        confused deputy problem").
        """
        accounts = {
            account
            for assumer in self.assumers
            if assumer.principal_kind == "service"
            for key in ("aws:sourceaccount", "aws:sourcearn")
            for account in self._accounts_of_sources(assumer, key)
        }
        return tuple(sorted(accounts - {self.trusted.account} - self.trusted.accounts))

    def _accounts_of_sources(self, assumer: Assumer, key: str) -> Iterator[str]:
        use = assumer.keys.get(key)
        if use is not None and use.required:
            for source in use.values or self.values.get(key, ()):
                account = source_named(key, source)
                if _ACCOUNT_ID.fullmatch(account):
                    yield account

    def _subject_fault(self, assumer: Assumer) -> Fault:
        """A fault: subjects are allowed that are not declared, or that others can have."""
        provider = _url(assumer.principal)
        subjects = self.values.get(f"{provider}:sub".lower(), ())
        if self.trusted.options.subjects:
            name = "other-subject"
        elif provider != _GITHUB:
            name = "any-subject"
        elif any("repo:".startswith(literal_prefix(subject)) for subject in subjects):
            name = "any-repository"
        else:
            name = "any-owner"
        return text(f"identity.{name}", principal=assumer.principal, subjects=subjects)

    def _audience_fault(self, assumer: Assumer) -> Fault | Unknown | None:
        """Whether tokens for others count: the policy or the provider has to pin the audience.

        AWS STS accepts tokens for a registered client alone, and none of a provider that is
        not registered; providers without ARN are everyone's.
        """
        arn = assumer.principal
        if f"audience of {arn}" not in assumer.exceeds:
            return None
        clients = self.trusted.clients.get(arn)
        if clients is None and arn.startswith("arn:"):
            return self.trusted.unlisted
        if isinstance(clients, Unknown):
            return clients
        return None if clients else _named("no-audience", assumer)


def _named(name: str, assumer: Assumer) -> Fault:
    return text(f"identity.{name}", principal=assumer.principal)


def _external_id_fault(assumer: Assumer) -> Fault | None:
    """What is wrong with what a third party brings."""
    if _EXTERNAL_ID not in assumer.exceeds:
        return None
    use = assumer.keys.get(_EXTERNAL_ID.lower())
    name = "any-external-id" if use is not None and use.required else "no-external-id"
    return _named(name, assumer)
