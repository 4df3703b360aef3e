"""Records of IAM: users, groups, roles, their policies, identity providers.

One call describes all of it except the credentials of users and the providers (IAM API Reference,
GetAccountAuthorizationDetails).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import unquote

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import Misshapen, single, string
from cloudpack_baseline.model.record import Record, Tags, tags_from
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why

__all__ = [
    "AccessKey",
    "GroupDetail",
    "InlinePolicy",
    "ManagedPolicyDetail",
    "OpenIDConnectProvider",
    "RoleDetail",
    "SAMLProvider",
    "SSHPublicKey",
    "UserDetail",
]

_NO_ENTITY = ("NoSuchEntity", "NoSuchEntityException")


def _document(policy: object) -> str:
    """The policy as JSON text: boto3 gives what it parsed, a recorded answer may be quoted."""
    if isinstance(policy, Mapping):
        return json.dumps(policy, ensure_ascii=False, separators=(",", ":"))
    if not isinstance(policy, str):
        raise Misshapen("a policy is neither a string nor an object")
    return unquote(policy) if policy.startswith("%") else str(policy)


def _default_version(versions: Iterable[Answer]) -> str:
    defaults = (version for version in versions if version["IsDefaultVersion"])
    return _document(single(defaults, "IsDefaultVersion")["Document"])


def _tags(principal: Answer) -> Tags:
    return tags_from(principal.get("Tags"))


def _boundary(boundary: Answer) -> str:
    return string(boundary, "PermissionsBoundaryArn")


@frozen(kw_only=True)
class InlinePolicy:
    """A policy that is part of a user, group or role (PolicyDetail).

    Attributes:
        name: its name.
        document: JSON text.
    """

    name: str = described("PolicyName")
    document: str = described("PolicyDocument", convert=_document)


def _is_active(status: object) -> bool:
    """A status that nobody documented may well be usable."""
    if not isinstance(status, str):
        raise Misshapen("Status: is not a string")
    return status not in ("Inactive", "Expired")


@frozen(kw_only=True)
class AccessKey:
    """An access key of a user (AccessKeyMetadata).

    Attributes:
        id: AccessKeyId.
        active: Status is ``Active``.
        created_at: CreateDate.
        written_at: where a template or plan contains it.
    """

    id: str = described("AccessKeyId")
    active: bool = described("Status", convert=_is_active)
    created_at: datetime | None = described("CreateDate", default=None)
    written_at: Origin | None = None


@frozen(kw_only=True)
class SSHPublicKey:
    """A public key that a user authenticates with to AWS CodeCommit (SSHPublicKeyMetadata).

    Attributes:
        id: SSHPublicKeyId.
        active: Status is ``Active``.
        uploaded_at: UploadDate.
    """

    id: str = described("SSHPublicKeyId")
    active: bool = described("Status", convert=_is_active)
    uploaded_at: datetime | None = described("UploadDate", default=None)


@frozen(kw_only=True)
class RoleDetail(Record):
    """A role.

    Attributes:
        id: its unique ID, such as ``AROA...``.
        path: such as ``/`` or ``/aws-service-role/...``.
        trust: AssumeRolePolicyDocument, a JSON string.
        inline_policies: its own policies.
        attached_policies: ARNs of managed policies.
        boundary: the ARN of its permissions boundary.
        tags: its tags; ``None`` in snapshots from before they were read.
        instance_profiles: the ARNs of the instance profiles that contain it.
    """

    api = Listed(
        "iam:GetAccountAuthorizationDetails",
        arn="Arn",
        id="RoleName",
        name="RoleName",
        items="RoleDetailList",
        parameters={"Filter": ["Role"]},
        regional=False,
    )

    id: str = described("RoleId", required=True, default="")
    path: str = "/"
    trust: Field[str] = described(
        "AssumeRolePolicyDocument", convert=_document, required=True, default=""
    )
    inline_policies: Field[tuple[InlinePolicy, ...]] = described("RolePolicyList", default=())
    attached_policies: Field[tuple[str, ...]] = described(
        "AttachedManagedPolicies[].PolicyArn", default=()
    )
    boundary: Field[str | None] = described("PermissionsBoundary", convert=_boundary, default=None)
    tags: Tags | None = described("", convert=_tags, default=None)
    instance_profiles: Field[tuple[str, ...]] = described(
        "InstanceProfileList[].Arn",
        omitted=(),
        default=Unknown.because(Why.NOT_GATHERED, operation="iam:GetAccountAuthorizationDetails"),
    )


@frozen(kw_only=True)
class UserDetail(Record):
    """A user.

    Attributes:
        id: its unique ID, such as ``AIDA...``.
        path: such as ``/``.
        groups: the names of its groups.
        inline_policies: its own policies.
        attached_policies: ARNs of managed policies.
        boundary: the ARN of its permissions boundary.
        password: whether it can sign in to the console (GetLoginProfile).
        access_keys: (ListAccessKeys).
        mfa_devices: serial numbers of its MFA devices (ListMFADevices).
        ssh_public_keys: (ListSSHPublicKeys).
        tags: its tags; ``None`` in snapshots from before they were read.
    """

    api = Listed(
        "iam:GetAccountAuthorizationDetails",
        arn="Arn",
        id="UserName",
        name="UserName",
        items="UserDetailList",
        parameters={"Filter": ["User"]},
        regional=False,
    )

    id: str = described("UserId", required=True, default="")
    path: str = "/"
    groups: Field[tuple[str, ...]] = described("GroupList", default=())
    inline_policies: Field[tuple[InlinePolicy, ...]] = described("UserPolicyList", default=())
    attached_policies: Field[tuple[str, ...]] = described(
        "AttachedManagedPolicies[].PolicyArn", default=()
    )
    boundary: Field[str | None] = described("PermissionsBoundary", convert=_boundary, default=None)
    password: Field[bool] = described(
        "",
        operation="iam:GetLoginProfile",
        absent=_NO_ENTITY,
        convert=lambda _: True,
        default=False,
    )
    access_keys: Field[tuple[AccessKey, ...]] = described(
        "AccessKeyMetadata", operation="iam:ListAccessKeys", default=()
    )
    mfa_devices: Field[tuple[str, ...]] = described(
        "MFADevices[].SerialNumber",
        operation="iam:ListMFADevices",
        required=True,
        default=Unknown.because(Why.NOT_GATHERED, operation="iam:ListMFADevices"),
    )
    ssh_public_keys: Field[tuple[SSHPublicKey, ...]] = described(
        "SSHPublicKeys",
        operation="iam:ListSSHPublicKeys",
        required=True,
        default=Unknown.because(Why.NOT_GATHERED, operation="iam:ListSSHPublicKeys"),
    )
    tags: Tags | None = described("", convert=_tags, default=None)


@frozen(kw_only=True)
class GroupDetail(Record):
    """A group.

    Attributes:
        path: such as ``/``.
        inline_policies: its own policies.
        attached_policies: ARNs of managed policies.
    """

    api = Listed(
        "iam:GetAccountAuthorizationDetails",
        arn="Arn",
        id="GroupName",
        name="GroupName",
        items="GroupDetailList",
        parameters={"Filter": ["Group"]},
        regional=False,
    )

    path: str = "/"
    inline_policies: Field[tuple[InlinePolicy, ...]] = described("GroupPolicyList", default=())
    attached_policies: Field[tuple[str, ...]] = described(
        "AttachedManagedPolicies[].PolicyArn", default=()
    )


@frozen(kw_only=True)
class ManagedPolicyDetail(Record):
    """A managed policy that is attached or is a boundary, including AWS managed policies.

    Attributes:
        document: the document of the default version, a JSON string.
    """

    api = Listed(
        "iam:GetAccountAuthorizationDetails",
        arn="Arn",
        name=lambda item: string(item, "Arn").rpartition("/")[2],  # moto leaves the name out
        items="Policies",
        parameters={"Filter": ["LocalManagedPolicy", "AWSManagedPolicy"]},
        regional=False,
    )

    document: Field[str] = described(
        "PolicyVersionList", convert=_default_version, required=True, default=""
    )


def _client_ids(provider: Answer) -> tuple[str, ...]:
    string(provider, "Url")  # an answer without it is half of one, which may lack the list too
    ids = tuple(provider.get("ClientIDList") or ())
    if not all(isinstance(client_id, str) for client_id in ids):
        raise Misshapen("ClientIDList: contains something other than strings")
    return ids


@frozen(kw_only=True)
class OpenIDConnectProvider(Record):
    """An OpenID Connect provider that the account trusts (ListOpenIDConnectProviders).

    Attributes:
        client_ids: the audiences for which AWS STS accepts its tokens, ClientIDList
            (GetOpenIDConnectProvider).
    """

    api = Listed(
        "iam:ListOpenIDConnectProviders",
        arn="Arn",
        id="Arn",
        name=lambda item: string(item, "Arn").partition("/")[2],
        gone=_NO_ENTITY,
        regional=False,
    )

    client_ids: Field[tuple[str, ...]] = described(
        "",
        operation="iam:GetOpenIDConnectProvider",
        convert=_client_ids,
        always_read=True,
        default=(),
    )


@frozen(kw_only=True)
class SAMLProvider(Record):
    """A SAML provider that the account trusts (ListSAMLProviders)."""

    api = Listed(
        "iam:ListSAMLProviders",
        arn="Arn",
        name=lambda item: string(item, "Arn").partition("/")[2],
        regional=False,
    )
