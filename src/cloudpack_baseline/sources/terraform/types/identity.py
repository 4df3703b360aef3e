"""IAM: principals, their policies and credentials, providers, settings of the account.

Source: Terraform AWS provider, the resources ``aws_iam_*``.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, as_list
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    undetermined,
    why_of,
)
from cloudpack_baseline.sources.located import AnswerList
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Addition,
    Mapped,
    Mappings,
    Properties,
    block_of,
    obj,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_OWNERS = {"roles": "aws_iam_role", "users": "aws_iam_user", "groups": "aws_iam_group"}


def _has_policy(block: ResolvedObject) -> bool:
    policy = block.get("policy")
    return why_of(policy) is not None or bool(policy)


def _inline(blocks: Resolved) -> Resolved:
    """Inline policies; an empty block removes those that others added."""
    if not isinstance(blocks, list):
        return blocks
    return ResolvedList(
        [
            obj(PolicyName=block.get("name"), PolicyDocument=block.get("policy"))
            if isinstance(block, ResolvedObject)
            else block
            for block in blocks
            if not isinstance(block, ResolvedObject) or _has_policy(block)
        ],
        NOWHERE,
    )


TYPES.plain(
    "aws_iam_role",
    "AWS::IAM::Role",
    {
        "name": "RoleName",
        "assume_role_policy": "AssumeRolePolicyDocument",
        "inline_policy": "Policies",
    },
    ref="name",
    attributes={"unique_id": "RoleId"},
    inline_policy=_inline,
)
TYPES.plain("aws_ssoadmin_permission_set", "AWS::SSO::PermissionSet", ref="arn")

TYPES.setting(
    "aws_ssoadmin_permission_set_inline_policy",
    "aws_ssoadmin_permission_set",
    "permission_set_arn",
    {"inline_policy": "InlinePolicy"},
)

TYPES.setting(
    "aws_ssoadmin_managed_policy_attachment",
    "aws_ssoadmin_permission_set",
    "permission_set_arn",
    {"managed_policy_arn": "ManagedPolicies[]"},
)


@TYPES.part(
    "aws_ssoadmin_customer_managed_policy_attachment",
    "aws_ssoadmin_permission_set",
    "permission_set_arn",
)
def _customer_managed(values: ResolvedObject) -> Properties:
    policy = block_of(values, "customer_managed_policy_reference")
    if isinstance(policy, ResolvedObject):
        policy = obj(Name=policy.get("name"), Path=policy.get("path"))
    return {"CustomerManagedPolicyReferences": ResolvedList([policy], NOWHERE)}


TYPES.plain("aws_iam_user", "AWS::IAM::User", {"name": "UserName"}, ref="name")
TYPES.plain("aws_iam_group", "AWS::IAM::Group", {"name": "GroupName"}, ref="name")
TYPES.plain(
    "aws_iam_policy",
    "AWS::IAM::ManagedPolicy",
    {"name": "ManagedPolicyName", "policy": "PolicyDocument"},
    ref="arn",
)

# Policies of principals ------------------------------------------------------------------------

for _owner in ("role", "user", "group"):
    TYPES.plain(
        f"aws_iam_{_owner}_policy",
        f"AWS::IAM::{_owner.title()}Policy",
        {"name": "PolicyName", "policy": "PolicyDocument", _owner: f"{_owner.title()}Name"},
        needs=(f"{_owner.title()}Name",),
    )


def _attached(values: ResolvedObject) -> Properties:
    return {"ManagedPolicyArns": ResolvedList([values.get("policy_arn")], NOWHERE)}


for _owner in ("role", "user", "group"):
    TYPES.part(f"aws_iam_{_owner}_policy_attachment", f"aws_iam_{_owner}", _owner)(_attached)
    # It attaches the policies that it names, and detaches all others.
    TYPES.setting(
        f"aws_iam_{_owner}_policy_attachments_exclusive",
        f"aws_iam_{_owner}",
        f"{_owner}_name",
        {"policy_arns": "ManagedPolicyArns"},
    )


def _attached_to_several(values: ResolvedObject) -> Iterator[Addition]:
    for name, type_ in _OWNERS.items():
        for owner in as_list(values.get(name)):
            yield Addition(type_, owner, _attached(values))


TYPES["aws_iam_policy_attachment"] = Mapped(
    additions=_attached_to_several, part_of=tuple(_OWNERS.values())
)

# Groups and credentials ------------------------------------------------------------------------

TYPES.plain(
    "aws_iam_group_membership",
    "AWS::IAM::UserToGroupAddition",
    {"group": "GroupName", "name": ""},
    needs=("GroupName", "Users"),
)

TYPES.setting("aws_iam_user_group_membership", "aws_iam_user", "user", {"groups": "Groups"})


@TYPES.part("aws_iam_user_login_profile", "aws_iam_user", "user")
def _login_profile(values: ResolvedObject) -> Properties:
    return {"LoginProfile": obj(PasswordResetRequired=values.get("password_reset_required"))}


TYPES.plain("aws_iam_access_key", "AWS::IAM::AccessKey", {"user": "UserName"})


_SSH_KEYS = "iam:ListSSHPublicKeys"
_OF_SERVICES = "iam:ListServiceSpecificCredentials"


def _ssh_key(resource: TypedResource) -> None:
    """A key for AWS CodeCommit, beside further ones of the user."""
    user = resource.subject("Username")
    if (_SSH_KEYS, user) not in resource.answers.subjects:
        resource.about(_SSH_KEYS, user, SSHPublicKeys=AnswerList())
    key = resource.object(SSHPublicKeyId=resource.name, Status=resource.get("Status", "Active"))
    resource.append_about(_SSH_KEYS, user, "SSHPublicKeys", key)


TYPES["aws_iam_user_ssh_key"] = Mapped(describe=_ssh_key, describes=(_SSH_KEYS,))


def _credential_of_service(resource: TypedResource) -> None:
    """A credential, which is created at deployment."""
    resource.item(
        _OF_SERVICES,
        "ServiceName",
        ServiceSpecificCredentialId=resource.name,
        UserName=resource.subject("UserName"),
        Status=resource.get("Status", "Active"),
        CreateDate=undetermined("the time of deployment"),
    )


TYPES["aws_iam_service_specific_credential"] = Mapped(
    describe=_credential_of_service, describes=(_OF_SERVICES,)
)


@TYPES.made("aws_iam_instance_profile", "AWS::IAM::InstanceProfile", ref="name")
def _instance_profile(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield (
        "AWS::IAM::InstanceProfile",
        {
            "InstanceProfileName": values.get("name"),
            "Path": values.get("path"),
            "Roles": ResolvedList(as_list(values.get("role")), NOWHERE),
        },
    )


TYPES.plain(
    "aws_iam_service_linked_role",
    "AWS::IAM::ServiceLinkedRole",
    {"aws_service_name": "AWSServiceName"},
    ref="name",
)
TYPES.plain("aws_iam_openid_connect_provider", "AWS::IAM::OIDCProvider", ref="arn")
TYPES.plain("aws_iam_saml_provider", "AWS::IAM::SAMLProvider", ref="arn")

# The account -----------------------------------------------------------------------------------

_PASSWORDS = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": True,
    "HardExpiry": False,
}


def _password_policy(resource: TypedResource) -> None:
    """The password policy of the account, which no CloudFormation type sets."""
    policy = {name: resource.get(name, default) for name, default in _PASSWORDS.items()}
    age = resource.get("MaxPasswordAge")
    if isinstance(age, Unknown) or age:
        policy |= {"MaxPasswordAge": age, "ExpirePasswords": True}
    reuse = resource.get("PasswordReusePrevention")
    if isinstance(reuse, Unknown) or reuse:
        policy["PasswordReusePrevention"] = reuse
    resource.about("iam:GetAccountPasswordPolicy", "", PasswordPolicy=policy)


TYPES["aws_iam_account_password_policy"] = Mapped(
    describe=_password_policy, describes=("iam:GetAccountPasswordPolicy",)
)
