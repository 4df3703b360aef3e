"""AWS Identity and Access Management: principals, their policies and credentials, providers.

Source: AWS CloudFormation Template Reference, "AWS Identity and Access Management resource types".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.managed_policies import managed_policy
from cloudpack_baseline.sources.cloudformation.policies import (
    TRUST_POLICY,
    policy_text,
)
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_of_principal
from cloudpack_baseline.sources.cloudformation.stack_answers import extending
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    follow,
    listed,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, why_of
from cloudpack_baseline.sources.located import AnswerList, AnswerObject

__all__ = ["TYPES", "add_role", "identity_policy"]

TYPES = Types()

_ALL = "iam:GetAccountAuthorizationDetails"
_USERS = f"{_ALL} UserDetailList"
_GROUPS = f"{_ALL} GroupDetailList"
_ROLES = f"{_ALL} RoleDetailList"
_POLICIES = f"{_ALL} Policies"
_KEYS = "iam:ListAccessKeys"

_OWNERS = {
    "Roles": (_ROLES, "RoleName", "RolePolicyList"),
    "Users": (_USERS, "UserName", "UserPolicyList"),
    "Groups": (_GROUPS, "GroupName", "GroupPolicyList"),
}
"""By the property that names owners of a policy: their list, their name, their own policies."""


# Principals ------------------------------------------------------------------------------


@TYPES.of(
    "AWS::IAM::Role",
    _ROLES,
    _POLICIES,
    ref="RoleName",
    attributes={
        "Arn": "arn:{partition}:iam::{account}:role{Path}{id}",
        "RoleId": "AROA{logical}",
    },
)
def _role(resource: TypedResource) -> None:
    trust = resource.get("AssumeRolePolicyDocument")
    if not (resource.origin.elsewhere and isinstance(trust, Unknown)):
        trust = policy_text(trust, TRUST_POLICY)
    add_role(resource, resource.id, trust)


def add_role(resource: TypedResource, name: str, trust: Resolved, arn: object = None) -> None:
    """A role with the properties that roles have.

    Args:
        resource: the role, or a resource that brings a role of its own.
        name: of the role.
        trust: its trust policy as text.
        arn: if the resource is not the role itself.
    """
    resource.item(
        _ROLES,
        "Path",
        RoleName=name,
        RoleId=f"AROA{resource.name}",
        Arn=resource.attribute("Arn") if arn is None else arn,
        AssumeRolePolicyDocument=trust,
        RolePolicyList=_inline_policies(resource),
        AttachedManagedPolicies=_attached(resource, "ManagedPolicyArns"),
        PermissionsBoundary=_boundary(resource),
        InstanceProfileList=[],
        Tags=resource.tags(),
    )


_SSO_PATH = "/aws-reserved/sso.amazonaws.com/"


@TYPES.of(
    "AWS::SSO::PermissionSet",
    _ROLES,
    _POLICIES,
    name="Name",
    ref="arn:{partition}:sso:::permissionSet/{logical}",
    attributes={"PermissionSetArn": "{id}"},
)
def _permission_set(resource: TypedResource) -> None:
    """The role that IAM Identity Center creates in each account that the set is assigned to."""
    name = f"AWSReservedSSO_{shown(resource.get('Name', resource.name))}"
    place = f"arn:{resource.partition}:iam::{resource.account}"
    signed_in = {
        "Effect": "Allow",
        "Principal": {"Federated": f"{place}:saml-provider/AWSSSO_DO_NOT_DELETE"},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    }
    inline = resource.get("InlinePolicy")
    resource.elsewhere(
        _ROLES,
        RoleName=name,
        RoleId=f"AROA{resource.name}",
        Arn=f"{place}:role{_SSO_PATH}{name}",
        Path=_SSO_PATH,
        AssumeRolePolicyDocument=policy_text({"Statement": [signed_in]}, TRUST_POLICY),
        RolePolicyList=[]
        if inline is None
        else [_inline_policy(resource, "AwsSSOInlinePolicy", inline)],
        AttachedManagedPolicies=_attached_to_set(resource, place),
    )


@TYPES.of(
    "AWS::IAM::User",
    _USERS,
    _POLICIES,
    "iam:GetLoginProfile",
    ref="UserName",
    attributes={"Arn": "arn:{partition}:iam::{account}:user{Path}{id}"},
)
def _user(resource: TypedResource) -> None:
    resource.item(
        _USERS,
        "Path",
        UserName=resource.id,
        UserId=f"AIDA{resource.name}",
        Arn=resource.attribute("Arn"),
        UserPolicyList=_inline_policies(resource),
        GroupList=_group_names(listed(resource.get("Groups", []))),
        AttachedManagedPolicies=_attached(resource, "ManagedPolicyArns"),
        PermissionsBoundary=_boundary(resource),
        Tags=resource.tags(),
    )
    profile = resource.get("LoginProfile")
    if profile is not None:
        resource.about(
            "iam:GetLoginProfile",
            resource.id,
            LoginProfile=profile if isinstance(profile, Unknown) else {"UserName": resource.id},
        )


@TYPES.of(
    "AWS::IAM::Group",
    _GROUPS,
    _POLICIES,
    ref="GroupName",
    attributes={"Arn": "arn:{partition}:iam::{account}:group{Path}{id}"},
)
def _group(resource: TypedResource) -> None:
    resource.item(
        _GROUPS,
        "Path",
        GroupName=resource.id,
        GroupId=f"AGPA{resource.name}",
        Arn=resource.attribute("Arn"),
        GroupPolicyList=_inline_policies(resource),
        AttachedManagedPolicies=_attached(resource, "ManagedPolicyArns"),
    )


def _group_names(groups: Resolved) -> Resolved:
    """The names; one that is known in part is that of a group with the same name, or elsewhere."""
    if not isinstance(groups, list):
        return groups
    return [str(group) if isinstance(group, str) else group for group in groups]


@TYPES.of("AWS::IAM::UserToGroupAddition", _USERS, order=2)
def _user_to_group(resource: TypedResource) -> None:
    (group,) = _group_names([resource.get("GroupName")])
    for user in _named(resource, _USERS, "UserName", as_list(resource.get("Users"))):
        _append(user, "GroupList", group)


@TYPES.of("AWS::IAM::AccessKey", _KEYS, prefix="AKIA", order=2)
def _access_key(resource: TypedResource) -> None:
    (user,) = resource.subjects("UserName")
    key = resource.object(
        UserName=user, AccessKeyId=resource.id, Status=resource.get("Status", "Active")
    )
    join = extending("AccessKeyMetadata")
    resource.about(_KEYS, user, join=join, AccessKeyMetadata=AnswerList([key]))


# Policies --------------------------------------------------------------------------------


def identity_policy(resource: TypedResource, document: object) -> Resolved:
    """The policy of a principal as the API returns it."""
    return policy_of_principal(
        document, resource.account, resource.region, resource.answers.open_names
    )


def _inline_policies(resource: TypedResource) -> Resolved:
    """The policies of a principal; one that is not known may allow, and may deny, anything."""
    return [
        _inline_policy(resource, policy.get("PolicyName", "policy"), policy.get("PolicyDocument"))
        if isinstance(policy, dict)
        else _inline_policy(resource, "policy", policy)
        for policy in as_list(resource.get("Policies"))
    ]


def _inline_policy(resource: TypedResource, name: object, document: object) -> dict[str, Any]:
    policy_name = name if isinstance(name, str) else "policy"
    return {"PolicyName": policy_name, "PolicyDocument": identity_policy(resource, document)}


def _attached(resource: TypedResource, name: str) -> Resolved:
    arns = listed(resource.get(name, []))
    if not isinstance(arns, list):
        return arns
    for arn in arns:
        _add_aws_managed(resource, arn)
    return [_attachment(arn) for arn in arns]


def _attached_to_set(resource: TypedResource, place: str) -> Resolved:
    """The managed policies of a permission set: of AWS, and of the account that it is used in."""
    managed = _attached(resource, "ManagedPolicies")
    references = resource.get("CustomerManagedPolicyReferences", [])
    if not isinstance(managed, list) or not isinstance(references, list):
        return references if isinstance(managed, list) else managed
    return [*managed, *(_attachment(_policy_arn(place, reference)) for reference in references)]


def _policy_arn(place: str, reference: Resolved) -> Resolved:
    name, path = follow(reference, "Name"), follow(reference, "Path")
    unknown = why_of([name, path])
    return f"{place}:policy{path or '/'}{name}" if unknown is None else unknown


def _attachment(arn: Resolved) -> Resolved:
    if not isinstance(arn, str):
        return arn
    return {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}


def _boundary(resource: TypedResource) -> dict[str, Any] | None:
    arn = resource.get("PermissionsBoundary")
    if arn is None:
        return None
    _add_aws_managed(resource, arn)
    return {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}


def _add_aws_managed(resource: TypedResource, arn: object) -> None:
    """Describe a policy that AWS manages, which no template contains."""
    document = managed_policy(arn) if isinstance(arn, str) else None
    if document is not None and resource.answers.find(_POLICIES, "Arn", str(arn)) is None:
        _add_policy(resource, str(arn), document)


def _add_policy(resource: TypedResource, arn: Resolved, document: object) -> None:
    resource.item(
        _POLICIES,
        PolicyName=arn.rpartition("/")[2],
        Arn=arn,
        DefaultVersionId="v1",
        AttachmentCount=1,
        PermissionsBoundaryUsageCount=0,
        PolicyVersionList=[{"Document": document, "VersionId": "v1", "IsDefaultVersion": True}],
    )


@TYPES.of(
    "AWS::IAM::ManagedPolicy",
    _POLICIES,
    _ROLES,
    _USERS,
    _GROUPS,
    name="ManagedPolicyName",
    ref="arn:{partition}:iam::{account}:policy{Path}{name}",
    attributes={"PolicyArn": "{id}", "PolicyName": "{name}"},
    order=2,
)
def _managed_policy(resource: TypedResource) -> None:
    document = identity_policy(resource, resource.get("PolicyDocument"))
    _add_policy(resource, resource.id, document)
    for owner, _ in _owners(resource):
        _append(owner, "AttachedManagedPolicies", resource.object("", **_attachment(resource.id)))


@TYPES.of("AWS::IAM::Policy", _ROLES, _USERS, _GROUPS, order=2)
def _policy(resource: TypedResource) -> None:
    inline = _inline_policy(
        resource, resource.get("PolicyName", resource.name), resource.get("PolicyDocument")
    )
    for owner, policies in _owners(resource):
        _append(owner, policies, resource.object("", **inline))


@TYPES.of("AWS::IAM::RolePolicy", _ROLES, order=2)
def _role_policy(resource: TypedResource) -> None:
    _policy_of(resource, "Roles")


@TYPES.of("AWS::IAM::UserPolicy", _USERS, order=2)
def _user_policy(resource: TypedResource) -> None:
    _policy_of(resource, "Users")


@TYPES.of("AWS::IAM::GroupPolicy", _GROUPS, order=2)
def _group_policy(resource: TypedResource) -> None:
    _policy_of(resource, "Groups")


def _policy_of(resource: TypedResource, owners: str) -> None:
    """A policy as a resource of its own that names its one owner."""
    listing, key, policies = _OWNERS[owners]
    if resource.get(key) is None:
        return  # whoever it is, is elsewhere
    document = identity_policy(resource, resource.get("PolicyDocument"))
    inline = {"PolicyName": resource.get("PolicyName", resource.name), "PolicyDocument": document}
    for owner in _named(resource, listing, key, [resource.subject(key)]):
        _append(owner, policies, resource.object("", **inline))


def _owners(resource: TypedResource) -> Iterator[tuple[AnswerObject, str]]:
    """The principals of the template that a policy names, and the list of their own policies."""
    for name, (listing, key, policies) in _OWNERS.items():
        for owner in _named(resource, listing, key, as_list(resource.get(name))):
            yield owner, policies


def _named(
    resource: TypedResource, listing: str, key: str, names: Iterable[object]
) -> Iterator[AnswerObject]:
    for name in names:
        principal = resource.answers.find(listing, key, str(name))
        if principal is not None:
            yield principal


def _append(principal: AnswerObject, members: str, member: object) -> None:
    known = principal.raw(members)
    if not isinstance(known, Unknown):
        principal[members] = AnswerList([*(known or ()), member])


# Providers -------------------------------------------------------------------------------


@TYPES.of(
    "AWS::IAM::OIDCProvider",
    "iam:ListOpenIDConnectProviders",
    "iam:GetOpenIDConnectProvider",
    ref="arn:{partition}:iam::{account}:oidc-provider/{Url}",
    attributes={"Arn": "{id}"},
)
def _oidc_provider(resource: TypedResource) -> None:
    resource.item("iam:ListOpenIDConnectProviders", Arn=resource.id)
    resource.about(
        "iam:GetOpenIDConnectProvider",
        resource.id,
        Url=resource.get("Url"),
        ClientIDList=resource.get("ClientIdList", []),
        ThumbprintList=resource.get("ThumbprintList", []),
    )


@TYPES.of(
    "AWS::IAM::SAMLProvider",
    "iam:ListSAMLProviders",
    ref="arn:{partition}:iam::{account}:saml-provider/{name}",
    name="Name",
    attributes={"Arn": "{id}"},
)
def _saml_provider(resource: TypedResource) -> None:
    resource.item("iam:ListSAMLProviders", Arn=resource.id)


@TYPES.of(
    "AWS::IAM::InstanceProfile",
    ref="InstanceProfileName",
    attributes={"Arn": "arn:{partition}:iam::{account}:instance-profile{Path}{id}"},
)
def _instance_profile(resource: TypedResource) -> None:
    """Named by instances only."""
