"""The answers about a bucket, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from attrs import field

from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloudpack_baseline.access.bucket import AclGrant
    from cloudpack_baseline.access.normalization import Inexactness
    from cloudpack_baseline.access.requests import Request, RequestWitness

__all__ = [
    "EVERYWHERE",
    "AccessPointExposure",
    "AccountAccess",
    "Approximation",
    "DeniedGrant",
    "Endpoints",
    "Exposure",
    "Objects",
    "Reach",
    "Scope",
    "ServiceAccess",
]

Scope = Literal["none", "some", "all"]

EVERYWHERE: Final = ("0.0.0.0/0",), ("::/0",)


@frozen(kw_only=True)
class Endpoints:
    """The VPC endpoints through which a request is allowed.

    ``endpoints`` and ``vpcs`` name them if only named ones are; ``but_endpoints`` and ``but_vpcs``
    name the exceptions if all others are.
    """

    scope: Scope = "none"
    endpoints: tuple[str, ...] = ()
    vpcs: tuple[str, ...] = ()
    but_endpoints: tuple[str, ...] = ()
    but_vpcs: tuple[str, ...] = ()


@frozen(kw_only=True)
class Objects:
    """The object keys that requests reach: examples of each class of keys, and how many classes."""

    scope: Scope = "none"
    examples: tuple[str, ...] = ()


@frozen(kw_only=True)
class Reach:
    """From where unsigned requests of one kind are allowed.

    ``scope``, ``ipv4`` and ``ipv6`` describe the internet, with the fewest CIDR blocks that cover
    exactly the addresses; ``endpoints`` describes VPC endpoints, ``objects`` the keys.
    """

    scope: Scope = "none"
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    endpoints: Endpoints = field(factory=Endpoints)
    objects: Objects = field(factory=Objects)
    actions: tuple[str, ...] = ()
    witness: RequestWitness | None = None

    def __bool__(self) -> bool:
        """Whether any request is answered."""
        return self.witness is not None


@frozen(kw_only=True)
class AccountAccess:
    """An account other than the owner's with access.

    ``account`` is its ID, a canonical user ID, or ``*`` for any account; ``organizations`` the
    organizations to which ``*`` is limited, if it is.
    """

    account: str
    organizations: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    witness: RequestWitness


@frozen(kw_only=True)
class ServiceAccess:
    """A service principal with access; ``*`` is any service.

    ``unbound`` is a request that is not limited to a source account, ARN or organization: the
    service may act for anyone (confused deputy). None if every request is limited.
    """

    service: str
    actions: tuple[str, ...] = ()
    witness: RequestWitness
    unbound: RequestWitness | None = None

    @property
    def bound(self) -> bool:
        """Whether every request is bound to a source."""
        return self.unbound is None


@frozen(kw_only=True)
class DeniedGrant:
    """An Allow for unsigned requests, and the Deny that denies this one."""

    request: Request
    allow: str
    deny: str


@frozen(kw_only=True)
class Approximation:
    """A statement that cannot be evaluated exactly, and the answers that depend on it."""

    statement: str
    source: str
    inexactness: tuple[Inexactness, ...]
    questions: tuple[str, ...]


@frozen(kw_only=True)
class AccessPointExposure:
    """An access point: whether its policy is public, and whether requests pass both policies."""

    name: str
    policy_public: bool
    public: bool
    witness: RequestWitness | None = None


@frozen(kw_only=True)
class Exposure:
    """The access to a bucket.

    Attributes:
        policy_public: whether the bucket policy alone is public as AWS defines it.
        acl_public: whether some grant of an effective ACL is public (whatever the policy denies).
        public: whether a public request is allowed after ACL, ownership, blocks and every Deny; an
            action that S3 does not know counts, although S3 answers no such request today.
        public_witness: such a request.
        masked: public grants that exist, but that IgnorePublicAcls ignores.
        acl_may_be_masked: AWS shows no public grants while IgnorePublicAcls is on, so there may be
            some.
        anonymous: unsigned requests of any action.
        by_access: unsigned requests by ``read``, ``list``, ``write`` and ``other`` action.
        clear_text: a request over plain HTTP, by any caller, that no Deny denies.
        clear_text_anonymous: an unsigned request over plain HTTP that is allowed.
        lowest_tls: the lowest TLS version that no Deny denies; None if all are denied.
        accounts, services: who else has access.
        cloudfront_identities: origin access identities with access.
        object_acls_may_grant: ACLs of objects, which cannot be listed, are effective in this
            bucket.
        denied: unsigned requests that an Allow allows and a Deny denies.
        approximations: statements that made an answer inexact; empty if all answers are exact.
    """

    bucket: str
    policy_public: bool
    acl_public: bool
    public: bool
    public_witness: RequestWitness | None
    policy_public_witness: RequestWitness | None
    masked: tuple[AclGrant, ...]
    acl_may_be_masked: bool
    anonymous: Reach
    by_access: Mapping[str, Reach]
    clear_text: Request | None
    clear_text_anonymous: RequestWitness | None
    lowest_tls: str | None
    accounts: tuple[AccountAccess, ...]
    services: tuple[ServiceAccess, ...]
    cloudfront_identities: tuple[str, ...]
    object_acls_may_grant: bool
    access_points: tuple[AccessPointExposure, ...]
    denied: tuple[DeniedGrant, ...]
    approximations: tuple[Approximation, ...]

    @property
    def exact(self) -> bool:
        """Whether no answer is an over-approximation."""
        return not self.approximations
