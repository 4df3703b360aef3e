"""The role that a CI platform assumes by OpenID Connect, for CloudFormation and Terraform.

Source: GitHub Docs, "Configuring OpenID Connect in Amazon Web Services" and "OpenID Connect
reference"; GitLab Docs, "Configure OpenID Connect in AWS to retrieve temporary credentials" and
"OpenID Connect (OIDC) Authentication Using ID Tokens"; IAM User Guide, "Create a role for OpenID
Connect federation".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.immutable import frozen

__all__ = ["AuditRole", "cloudformation", "subject_of", "terraform"]

_ISSUERS: Final = {
    "github": "https://token.actions.githubusercontent.com",
    "gitlab": "https://gitlab.com",
}
_REPOSITORIES: Final = {
    # With immutable subjects, @ID follows the name of the owner and that of the repository.
    "github": re.compile(r"[\w.-]+(@\d+)?/[\w.-]+(@\d+)?", re.ASCII),
    "gitlab": re.compile(r"[\w.-]+(/[\w.-]+)+", re.ASCII),
}
_REF: Final = re.compile(r"""[^\s*?"'\\$%{}\[\]^~:\x00-\x1f\x7f]+""")
_ENVIRONMENT: Final = re.compile(r"""[^*?"'\\$%{}\x00-\x1f\x7f]+""")
_ISSUER: Final = re.compile(r"https://[\w.-]+(:\d+)?(/[\w.-]+)*", re.ASCII)
_AUDIENCE: Final = re.compile(r"[\w.:/-]+", re.ASCII)
_ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_NO_PATTERN: Final = "[^*?]+"
"""A subject is compared as it is: who writes a pattern means something else."""


@frozen(kw_only=True)
class ManagedPolicy:
    """A managed policy with one statement.

    Attributes:
        name: what its name ends with.
        description: of the policy.
        actions: that it allows.
        bucket: the bucket whose objects they are allowed on; empty: any resource.
    """

    name: str
    description: str
    actions: tuple[str, ...]
    bucket: str = ""

    def resource(self, partition: str) -> str:
        """The resource of the statement, in the partition that an expression gives."""
        return f"arn:${{{partition}}}:s3:::{self.bucket}/*" if self.bucket else "*"


@frozen(kw_only=True)
class AuditRole:
    """A role that reads what the selected controls need, and who assumes it.

    Attributes:
        platform: ``github`` or ``gitlab``.
        name: of the role.
        policies: documents that fit into managed policies, with one statement each.
        subject: the ``sub`` claim of the tokens; empty: it is given at deployment.
        issuer: URL of the identity provider.
        audience: the ``aud`` claim of the tokens.
        evidence_bucket: the bucket to which the role may add objects; empty: none.
    """

    platform: str
    name: str
    policies: tuple[Mapping[str, Any], ...]
    subject: str = ""
    issuer: str = ""
    audience: str = ""
    evidence_bucket: str = ""

    def __attrs_post_init__(self) -> None:
        """Fill in the defaults of the platform.

        Raises:
            InputError: a name or URL that none can be.
        """
        issuer = self.issuer.rstrip("/") or _ISSUERS[self.platform]
        default = "sts.amazonaws.com" if self.platform == "github" else issuer
        object.__setattr__(self, "issuer", issuer)
        object.__setattr__(self, "audience", self.audience or default)
        _require("--issuer", self.issuer, _ISSUER, "a URL that begins with https://")
        _require("--audience", self.audience, _AUDIENCE, "an audience")
        _require("--role-name", self.name, _ROLE_NAME, "a name of an IAM role")
        if self.evidence_bucket:
            _require("--evidence-bucket", self.evidence_bucket, _BUCKET, "a name of a bucket")

    @property
    def condition_prefix(self) -> str:
        """What condition keys of the provider begin with: its URL without the scheme."""
        return self.issuer.removeprefix("https://")

    @property
    def host(self) -> str:
        """The host of the provider."""
        return str(urlsplit(self.issuer).hostname)

    @property
    def managed_policies(self) -> tuple[ManagedPolicy, ...]:
        """What the role is allowed: to read, and to add evidence."""
        reading = tuple(
            ManagedPolicy(
                name=f"Read{number}",
                description="Read what cloudpack-baseline judges",
                actions=tuple(statement["Action"]),
            )
            for number, policy in enumerate(self.policies, 1)
            for statement in policy["Statement"]
        )
        if not self.evidence_bucket:
            return reading
        evidence = ManagedPolicy(
            name="Evidence",
            description="Add evidence, which this role can neither read nor delete",
            actions=("s3:PutObject",),
            bucket=self.evidence_bucket,
        )
        return (*reading, evidence)


def subject_of(platform: str, repository: str, branch: str = "", environment: str = "") -> str:
    """The ``sub`` claim of the tokens of a branch (by default ``main``) or an environment.

    Raises:
        InputError: no such names, or an environment of GitLab, whose subject names none.
    """
    expected = "OWNER/NAME" if platform == "github" else "GROUP/PROJECT"
    _require("--repository", repository, _REPOSITORIES[platform], expected)
    if environment and branch:
        raise InputError("--branch and --environment exclude each other")
    if environment and platform == "gitlab":
        raise InputError("--environment: subjects of GitLab name no environment; use --branch")
    if environment:
        _require("--environment", environment, _ENVIRONMENT, "a name of an environment")
        # GitHub writes a colon so, because colons part the claim.
        return f"repo:{repository}:environment:{environment.replace(':', '%3A')}"
    branch = branch or "main"
    _require("--branch", branch, _REF, "a name of a branch")
    if platform == "gitlab":
        return f"project_path:{repository}:ref_type:branch:ref:{branch}"
    return f"repo:{repository}:ref:refs/heads/{branch}"


def _require(option: str, value: str, pattern: re.Pattern[str], expected: str) -> None:
    if not pattern.fullmatch(value):
        raise InputError(f"{option}: not {expected}: {value!r}")


# -- CloudFormation


def cloudformation(role: AuditRole) -> str:
    """A template in YAML: the identity provider, the role and its managed policies."""
    references = "".join(
        f"\n        - !Ref {policy.name}Policy" for policy in role.managed_policies
    )
    policies = "".join(map(_cloudformation_policy, role.managed_policies))
    default = f"\n    Default: {json.dumps(role.subject)}" if role.subject else ""
    return f"""\
AWSTemplateFormatVersion: "2010-09-09"
Description: A role that reads what cloudpack-baseline judges, for {_TITLES[role.platform]}
Parameters:
  Subject:
    Type: String
    Description: {_SUBJECTS[role.platform]}
    AllowedPattern: "{_NO_PATTERN}"{default}
  IdentityProviderArn:
    Type: String
    Description: ARN of the identity provider {role.host}, if the account has it already
    AllowedPattern: "(arn:{_NO_PATTERN})?"
    Default: ""
  RoleName:
    Type: String
    Default: {role.name}
Conditions:
  CreateIdentityProvider: !Equals [!Ref IdentityProviderArn, ""]
Resources:
  IdentityProvider:
    Type: AWS::IAM::OIDCProvider
    Condition: CreateIdentityProvider
    # Other roles may trust it when this stack is deleted.
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      Url: {role.issuer}
      ClientIdList: [{json.dumps(role.audience)}]
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: sts:AssumeRoleWithWebIdentity
            Principal:
              Federated: !If
                - CreateIdentityProvider
                - !Ref IdentityProvider
                - !Ref IdentityProviderArn
            Condition:
              StringEquals:
                "{role.condition_prefix}:aud": {json.dumps(role.audience)}
                "{role.condition_prefix}:sub": !Ref Subject
      ManagedPolicyArns:{references or " []"}
{policies}Outputs:
  RoleArn:
    Value: !GetAtt Role.Arn
"""


_TITLES: Final = {"github": "GitHub Actions", "gitlab": "GitLab CI/CD"}
_SUBJECTS: Final = {
    "github": '"The subject of the tokens, such as repo:OWNER/NAME:ref:refs/heads/main"',
    "gitlab": '"The subject of the tokens, project_path:GROUP/PROJECT:ref_type:branch:ref:main"',
}


def _cloudformation_policy(policy: ManagedPolicy) -> str:
    resource = json.dumps(policy.resource("AWS::Partition"))
    return f"""\
  {policy.name}Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: {policy.description}
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action:
{_lines(policy.actions, " " * 14 + "- {}")}
            Resource: {"!Sub " if policy.bucket else ""}{resource}
"""


def _lines(actions: Iterable[str], line: str) -> str:
    return "\n".join(line.format(action) for action in actions)


# -- Terraform


def terraform(role: AuditRole) -> str:
    """A configuration for Terraform and OpenTofu: the same as the template."""
    default = f"\n  default     = {json.dumps(role.subject)}" if role.subject else ""
    policies = "\n".join(map(_terraform_policy, role.managed_policies))
    return f"""\
# A role that reads what cloudpack-baseline judges, for {_TITLES[role.platform]}.

terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }}
  }}
}}

variable "subject" {{
  type        = string
  description = {_SUBJECTS[role.platform]}{default}

  validation {{
    condition     = can(regex("^{_NO_PATTERN}$", var.subject))
    error_message = "The subject is compared as it is: give it in full."
  }}
}}

variable "identity_provider_arn" {{
  type        = string
  description = "ARN of the identity provider {role.host}, if the account has it already"
  default     = ""
}}

variable "role_name" {{
  type    = string
  default = "{role.name}"
}}

data "aws_partition" "current" {{}}

resource "aws_iam_openid_connect_provider" "ci" {{
  count          = var.identity_provider_arn == "" ? 1 : 0
  url            = "{role.issuer}"
  client_id_list = ["{role.audience}"]
}}

locals {{
  created_arn           = one(aws_iam_openid_connect_provider.ci[*].arn)
  identity_provider_arn = coalesce(var.identity_provider_arn, local.created_arn)
}}

resource "aws_iam_role" "audit" {{
  name = var.role_name

  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = local.identity_provider_arn }}
      Condition = {{
        StringEquals = {{
          "{role.condition_prefix}:aud" = "{role.audience}"
          "{role.condition_prefix}:sub" = var.subject
        }}
      }}
    }}]
  }})
}}

{policies}
output "role_arn" {{
  value = aws_iam_role.audit.arn
}}
"""


def _terraform_policy(policy: ManagedPolicy) -> str:
    label = policy.name.lower()
    return f"""\
resource "aws_iam_policy" "{label}" {{
  name        = "${{var.role_name}}{policy.name}"
  description = "{policy.description}"

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect = "Allow"
      Action = [
{_lines(policy.actions, " " * 8 + '"{}",')}
      ]
      Resource = "{policy.resource("data.aws_partition.current.partition")}"
    }}]
  }})
}}

resource "aws_iam_role_policy_attachment" "{label}" {{
  role       = aws_iam_role.audit.name
  policy_arn = aws_iam_policy.{label}.arn
}}
"""
