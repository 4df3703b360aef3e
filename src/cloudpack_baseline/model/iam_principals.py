"""Records of IAM: users, groups, roles, the policies that they hold, identity providers.

All of it but the credentials of users and the providers is told by one call (IAM API Reference,
GetAccountAuthorizationDetails).
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field

__all__ = [
    "AccessKey",
    "GroupDetail",
    "InlinePolicy",
    "ManagedPolicyDetail",
    "OpenIDConnectProvider",
    "RoleDetail",
    "UserDetail",
]


@frozen(kw_only=True)
class InlinePolicy:
    """A policy that is part of a user, group or role (PolicyDetail).

    Attributes:
        name: its name.
        document: JSON text.
    """

    name: str
    document: str


@frozen(kw_only=True)
class AccessKey:
    """An access key of a user (AccessKeyMetadata).

    Attributes:
        id: AccessKeyId.
        active: Status is ``Active``.
        created_at: CreateDate.
    """

    id: str
    active: bool
    created_at: datetime | None = None


@frozen(kw_only=True)
class RoleDetail(Record):
    """A role.

    Attributes:
        id: its unique id, as ``AROA...``.
        path: as ``/`` or ``/aws-service-role/...``.
        trust: AssumeRolePolicyDocument, JSON text.
        inline_policies: its own policies.
        attached_policies: ARNs of managed policies.
        boundary: the ARN of its permissions boundary.
        tags: its tags; ``None``: a snapshot of before they were read.
    """

    id: str = ""
    path: str = "/"
    trust: Field[str] = ""
    inline_policies: Field[tuple[InlinePolicy, ...]] = ()
    attached_policies: tuple[str, ...] = ()
    boundary: str | None = None
    tags: Tags | None = None


@frozen(kw_only=True)
class UserDetail(Record):
    """A user.

    Attributes:
        id: its unique id, as ``AIDA...``.
        path: as ``/``.
        groups: the names of its groups.
        inline_policies: its own policies.
        attached_policies: ARNs of managed policies.
        boundary: the ARN of its permissions boundary.
        password: whether it can sign in to the console (GetLoginProfile).
        access_keys: (ListAccessKeys).
        tags: its tags; ``None``: a snapshot of before they were read.
    """

    id: str = ""
    path: str = "/"
    groups: tuple[str, ...] = ()
    inline_policies: Field[tuple[InlinePolicy, ...]] = ()
    attached_policies: tuple[str, ...] = ()
    boundary: str | None = None
    password: Field[bool] = False
    access_keys: Field[tuple[AccessKey, ...]] = ()
    tags: Tags | None = None


@frozen(kw_only=True)
class GroupDetail(Record):
    """A group.

    Attributes:
        path: as ``/``.
        inline_policies: its own policies.
        attached_policies: ARNs of managed policies.
    """

    path: str = "/"
    inline_policies: Field[tuple[InlinePolicy, ...]] = ()
    attached_policies: tuple[str, ...] = ()


@frozen(kw_only=True)
class ManagedPolicyDetail(Record):
    """A managed policy that somebody holds, or that bounds somebody; AWS's own included.

    Attributes:
        document: of the default version, JSON text.
    """

    document: Field[str] = ""


@frozen(kw_only=True)
class OpenIDConnectProvider(Record):
    """An OpenID Connect provider that the account trusts (ListOpenIDConnectProviders).

    Attributes:
        client_ids: the audiences that AWS STS takes its tokens for, ClientIDList
            (GetOpenIDConnectProvider).
    """

    client_ids: Field[tuple[str, ...]] = ()
