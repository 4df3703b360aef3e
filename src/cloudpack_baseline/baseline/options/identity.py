"""Options of controls of identities and what they may do."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from cloudpack_baseline.baseline.formats import (
    AccountId,
    Between,
    NetworkName,
    OrganizationId,
    Words,
)
from cloudpack_baseline.immutable import frozen

__all__ = [
    "AccessKeyRotationOptions",
    "AccessKeysDeclaredOptions",
    "AdminPreset",
    "AdminPrivilegesOptions",
    "DeclaredKey",
    "DeclaredUser",
    "FederatedAccessOptions",
    "InactiveCredentialsOptions",
    "PasswordPolicyOptions",
    "RoleTrustOptions",
    "ServerAccessPathsOptions",
    "SourceNetworkOptions",
]

AdminPreset: TypeAlias = Literal["cdk", "control-tower", "identity-center"]


@frozen(kw_only=True)
class RoleTrustOptions:
    """Options of role-trust.

    Attributes:
        accounts: IDs of accounts that may assume roles, in addition to those of ``[accounts]``.
        third_parties: IDs of third-party accounts that may assume roles with an external ID.
        organizations: IDs of organizations whose accounts may assume roles, if the trust policy
            requires ``aws:PrincipalOrgID``.
        providers: ARNs of identity providers, or patterns (``*``, ``?``).
        subjects: patterns (``*``) of accepted OpenID Connect subjects; if empty, any subjects to
            which the trust policy limits access.
        guest_pools: IDs of Amazon Cognito identity pools whose guests, and so anyone on the
            internet, may assume roles.
    """

    accounts: tuple[AccountId, ...] = ()
    third_parties: tuple[AccountId, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    providers: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    guest_pools: tuple[str, ...] = ()


@frozen(kw_only=True)
class PasswordPolicyOptions:
    """Options of password-policy, at least as strong as PCI DSS v4.0.1 requires.

    Attributes:
        minimum_length: the minimum length of a password, in characters (8.3.6).
        reuse: the number of previous passwords that cannot be used again (8.3.7). AWS remembers at
            most 24.
        max_age_days: the number of days after which a password expires, if a user with a password
            has no MFA (8.3.9).
    """

    minimum_length: Annotated[int, Between(12, 128)] = 14
    reuse: Annotated[int, Between(4, 24)] = 24
    max_age_days: Annotated[int, Between(1, 90)] = 90


@frozen(kw_only=True)
class InactiveCredentialsOptions:
    """Options of inactive-credentials.

    Attributes:
        days: the number of days without use after which a credential has to be disabled.
    """

    days: Annotated[int, Between(1, 365)] = 90


@frozen(kw_only=True)
class AccessKeyRotationOptions:
    """Options of access-key-rotation.

    Attributes:
        days: the maximum age of an active key, in days.
    """

    days: Annotated[int, Between(1, 365)] = 90


@frozen(kw_only=True)
class DeclaredKey:
    """Long-lived keys that are necessary.

    Attributes:
        user: the ARN or name of the user, or a pattern.
        reason: why temporary credentials do not do.
        ticket: where it is recorded.
        id: the ID of the key; without it, all keys of the user.
    """

    user: Words
    reason: Words
    ticket: Words
    id: str = ""


@frozen(kw_only=True)
class AccessKeysDeclaredOptions:
    """Options of access-keys-declared.

    Attributes:
        networks: names of the networks that keys are used from; if empty, all of ``[networks]``.
        keys: declared keys: tables with ``user`` (an ARN or name, or a pattern), ``reason``,
            ``ticket`` and, for a single key, ``id``.
    """

    networks: tuple[NetworkName, ...] = ()
    keys: tuple[DeclaredKey, ...] = ()


@frozen(kw_only=True)
class DeclaredUser:
    """An IAM user that is necessary.

    Attributes:
        user: its ARN or name, or a pattern.
        reason: why federated sign-in or a role does not do.
        ticket: where it is recorded.
    """

    user: Words
    reason: Words
    ticket: Words


@frozen(kw_only=True)
class FederatedAccessOptions:
    """Options of federated-access.

    Attributes:
        accounts: IDs of accounts that people sign in to before they assume roles here.
        providers: ARNs of SAML providers that are accepted in addition to the one for people, or
            patterns.
        users: declared users with a password or access keys: tables with ``user`` (an ARN or name,
            or a pattern), ``reason`` and ``ticket``.
    """

    accounts: tuple[AccountId, ...] = ()
    providers: tuple[str, ...] = ()
    users: tuple[DeclaredUser, ...] = ()


@frozen(kw_only=True)
class SourceNetworkOptions:
    """Options of source-network.

    Attributes:
        networks: names of the networks that operators act from; if empty, all of ``[networks]``.
        exempt: ARNs or names of users and roles that are not operators, or patterns.
    """

    networks: tuple[NetworkName, ...] = ()
    exempt: tuple[str, ...] = ()


@frozen(kw_only=True)
class AdminPrivilegesOptions:
    """Options of admin-privileges.

    Attributes:
        principals: ARNs or names of users and roles that may be administrators, or patterns.
        presets: roles that may be administrators: those of ``cdk`` (bootstrap: the
            roles that deploy and execute), ``control-tower`` (with AWS Organizations, StackSets
            and Account Factory for Terraform) and ``identity-center`` (the permission set
            AdministratorAccess).
    """

    principals: tuple[str, ...] = ()
    presets: tuple[AdminPreset, ...] = ()


@frozen(kw_only=True)
class ServerAccessPathsOptions:
    """Options of server-access-paths.

    Attributes:
        operators: ARNs or names of users and roles that may open sessions on servers, or patterns
            (``*``, ``?``). Declared administrators may too.
        key_pairs: names of key pairs that servers may carry, or patterns.
    """

    operators: tuple[str, ...] = ()
    key_pairs: tuple[str, ...] = ()
