"""The tables ``[controls.ID]`` of the identity controls."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from attrs import frozen

from cloudpack_baseline.baseline.formats import AccountId, NetworkName, OrganizationId

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
        presets: roles that may be administrators: those of ``cdk`` (bootstrap),
            ``control-tower`` (with AWS Organizations and StackSets) and ``identity-center`` (the
            permission set AdministratorAccess).
    """

    principals: tuple[str, ...] = ()
    presets: tuple[AdminPreset, ...] = ()


IDENTITY_OPTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "admin-privileges": AdminPrivilegesOptions,
        "role-trust": RoleTrustOptions,
        "source-network": SourceNetworkOptions,
    }
)
"""By control ID."""
