"""A resource that has a policy, with whom it may be shared, and with whom it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field

from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloudpack_baseline.access.requests import RequestWitness
    from cloudpack_baseline.access.results import Approximation

__all__ = ["AllowedSharing", "SharedResource", "SharingComparison", "UndeclaredAccess"]


@frozen(kw_only=True)
class SharedResource:
    """A resource that has a policy.

    Attributes:
        arn: its ARN.
        account: the account that owns it.
        actions: the IAM actions of requests about it, such as ``kms:Decrypt``.
        partition: of its ARN.
        organization: the organization of its account; ``None``: unknown, or none.
        region: its Region.
        child_prefix: how the ARNs begin of what is in it, if requests can name that; empty: they
            cannot.
        signed: whether its service answers signed requests only.
        constants: condition keys (in lower case) with the value that all requests have.
        excluded: actions that no request about it has, or that other accounts cannot be allowed,
            whatever its policy names.
    """

    arn: str
    account: str
    actions: tuple[str, ...]
    partition: str = "aws"
    organization: str | None = None
    region: str | None = None
    child_prefix: str = ""
    signed: bool = False
    constants: Mapping[str, str] = field(factory=dict)
    excluded: tuple[str, ...] = ()


@frozen(kw_only=True)
class AllowedSharing:
    """Whose requests are expected, beside those of the account that owns the resource.

    Attributes:
        accounts: IDs of accounts.
        organizations: IDs of organizations, all of whose accounts are.
        networks: CIDR blocks, for anyone in them.
        confinements: condition keys (in lower case) with values that make a request acceptable.
    """

    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    confinements: Mapping[str, tuple[str, ...]] = field(factory=dict)


@frozen(kw_only=True)
class UndeclaredAccess:
    """Requests that the policy allows to someone who is not expected.

    Attributes:
        principal_kind: as of `Request`.
        principal: ``anonymous``, an account ID (``*`` for any), a canonical user ID, an identity
            provider, or ``*`` for any service.
        actions: the IAM actions.
        witness: one of the requests.
        organizations: the organizations whose members alone are allowed, if it is limited to some.
        networks: the CIDR blocks from which alone it is allowed, if it is limited to some.
        exact: whether it does not depend on a statement that cannot be evaluated exactly.
    """

    principal_kind: str
    principal: str
    actions: tuple[str, ...]
    witness: RequestWitness
    organizations: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    exact: bool = True


@frozen(kw_only=True)
class SharingComparison:
    """Who may use a resource by its policy.

    Attributes:
        undeclared: access by those who are not expected.
        recipients: IDs of the expected accounts that have access.
        unbound_services: services with access on behalf of any account (confused deputy).
        deputy_sources: IDs of unexpected accounts and organizations on whose behalf services have
            access.
        approximations: statements that cannot be evaluated exactly, if an answer depends on them.
    """

    undeclared: tuple[UndeclaredAccess, ...]
    recipients: tuple[str, ...] = ()
    unbound_services: tuple[str, ...] = ()
    deputy_sources: tuple[str, ...] = ()
    approximations: tuple[Approximation, ...] = ()
