"""The tables ``[controls.ID]`` of the controls that ask who may act."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from attrs import frozen

from cloudpack_baseline.baseline.formats import AccountId, NetworkName, OrganizationId

AdminPreset: TypeAlias = Literal["cdk", "control-tower", "identity-center"]


@frozen(kw_only=True)
class RoleTrustOptions:
    """Of role-trust.

    Attributes:
        accounts: ids of accounts that may assume roles, beside those of ``[accounts]``.
        third_parties: ids of accounts of others that may, if they bring an external id.
        organizations: ids of organizations whose accounts may, where the trust policy asks
            for ``aws:PrincipalOrgID``.
        providers: ARNs of identity providers, or patterns (``*``, ``?``) of them.
        subjects: patterns (``*``) of the OpenID Connect subjects that may; none: any that
            the trust policy confines.
        guest_pools: ids of identity pools of Amazon Cognito whose guests, so anybody on the
            Internet, may assume roles.
    """

    accounts: tuple[AccountId, ...] = ()
    third_parties: tuple[AccountId, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    providers: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    guest_pools: tuple[str, ...] = ()


@frozen(kw_only=True)
class SourceNetworkOptions:
    """Of source-network.

    Attributes:
        networks: names of the networks that operators act from; none: all of ``[networks]``.
        exempt: ARNs or names of users and roles that are no operators, or patterns of them.
    """

    networks: tuple[NetworkName, ...] = ()
    exempt: tuple[str, ...] = ()


@frozen(kw_only=True)
class AdminPrivilegesOptions:
    """Of admin-privileges.

    Attributes:
        principals: ARNs or names of users and roles that may hold everything, or patterns.
        presets: the same for the roles of ``cdk`` (bootstrap), ``control-tower``
            (with AWS Organizations and StackSets) and ``identity-center``
            (the permission set AdministratorAccess).
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
"""By control id."""
