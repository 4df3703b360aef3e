"""AWS Secrets Manager: secrets and their policies.

Source: AWS CloudFormation Template Reference, "AWS Secrets Manager resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policy_choices import add_policy
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_of_one
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_SECRETS = "secretsmanager:ListSecrets"
_POLICY = "secretsmanager:GetResourcePolicy"


@TYPES.of(
    "AWS::SecretsManager::Secret",
    _SECRETS,
    name="Name",
    ref="arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-XXXXXX",
    attributes={"Id": "{id}"},
)
def _secret(resource: TypedResource) -> None:
    """AWS appends six characters to the name that nobody can know before."""
    resource.item(
        _SECRETS,
        ARN=resource.id,
        Name=resource.get("Name", resource.name),
        Tags=resource.tags(),
    )


@TYPES.of("AWS::SecretsManager::ResourcePolicy", _POLICY, order=1)
def _resource_policy(resource: TypedResource) -> None:
    for secret in resource.subjects("SecretId"):
        named = resource.answers.find(_SECRETS, "Name", secret)
        subject = secret if named is None else named.raw("ARN")
        policy = policy_of_one(resource.get("ResourcePolicy"), subject, resource.account)
        add_policy(resource, _POLICY, str(subject), at="ResourcePolicy", ResourcePolicy=policy)
