"""AWS CodeArtifact: domains and repositories with their policies.

Source: AWS CloudFormation Template Reference, "AWS CodeArtifact resource types".
"""

from __future__ import annotations

from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_DOMAINS = "codeartifact:ListDomains"
_DOMAIN_POLICY = "codeartifact:GetDomainPermissionsPolicy"
_REPOSITORIES = "codeartifact:ListRepositories"
_REPOSITORY_POLICY = "codeartifact:GetRepositoryPermissionsPolicy"
_POLICY = "PermissionsPolicyDocument"
_PLACE = "arn:{partition}:codeartifact:{region}:{account}"


@TYPES.of(
    "AWS::CodeArtifact::Domain",
    _DOMAINS,
    _DOMAIN_POLICY,
    name="DomainName",
    ref=_PLACE + ":domain/{name}",
    attributes={"Arn": "{id}", "Name": "{name}"},
)
def _domain(resource: TypedResource) -> None:
    name = resource.attribute("Name")
    resource.item(_DOMAINS, name=name, arn=resource.id)
    _add_policy(resource, _DOMAIN_POLICY, name, f"domain/{name}")


@TYPES.of(
    "AWS::CodeArtifact::Repository",
    _REPOSITORIES,
    _REPOSITORY_POLICY,
    name="RepositoryName",
    ref=_PLACE + ":repository/DOMAIN/{name}",
    attributes={"Arn": "{id}", "Name": "{name}"},
)
def _repository(resource: TypedResource) -> None:
    """A name is unique in a domain only; policies are told apart by it here."""
    name, domain = resource.get("RepositoryName", resource.name), resource.get("DomainName")
    if resource.answers.find(_REPOSITORIES, "name", str(name)) is not None:
        raise Misshapen("RepositoryName: is the name of another repository as well")
    resource.item(_REPOSITORIES, name=name, arn=resource.id, domainName=domain)
    _add_policy(resource, _REPOSITORY_POLICY, name, f"repository/{domain}/{name}")


def _add_policy(resource: TypedResource, operation: str, subject: object, name: str) -> None:
    document = resource.get(_POLICY)
    if document is not None:
        policy = policy_here(document, resource.account, resource.region, name=name)
        resource.about(operation, subject, at=_POLICY, policy={"document": policy})
