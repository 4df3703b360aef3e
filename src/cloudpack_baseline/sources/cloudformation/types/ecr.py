"""Amazon ECR: repositories and the scanning configuration of the registry.

Source: AWS CloudFormation Template Reference, "Amazon Elastic Container Registry resource types".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from cloudpack_baseline.sources.cloudformation.policies import policy_text
from cloudpack_baseline.sources.cloudformation.policy_choices import add_policy
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    camel_case,
    either,
    member,
)
from cloudpack_baseline.sources.cloudformation.values import why_of

__all__ = ["TYPES"]

TYPES = Types()

_REPOSITORIES = "ecr:DescribeRepositories"
_SCANNING = "ecr:BatchGetRepositoryScanningConfiguration"
_POLICY = "ecr:GetRepositoryPolicy"
_REGISTRY = "ecr:DescribeRegistry"
_REGISTRY_POLICY = "ecr:GetRegistryPolicy"
_PRINCIPAL = ("Principal", "Action")


@TYPES.of(
    "AWS::ECR::Repository",
    _REPOSITORIES,
    _SCANNING,
    _POLICY,
    ref="RepositoryName",
    attributes={"Arn": "arn:{partition}:ecr:{region}:{account}:repository/{id}"},
)
def _repository(resource: TypedResource) -> None:
    resource.item(
        _REPOSITORIES,
        repositoryName=resource.id,
        repositoryArn=resource.attribute("Arn"),
        registryId=resource.account,
        imageTagMutability=resource.get("ImageTagMutability", "MUTABLE"),
    )
    on_push = member(resource.get("ImageScanningConfiguration"), "ScanOnPush", "false")
    frequency = either(on_push, yes="SCAN_ON_PUSH", no="MANUAL")
    _add_scanning(resource, resource.id, frequency, is_default=True)
    policy = resource.get("RepositoryPolicyText")
    if policy is not None:
        resource.about(
            _POLICY,
            resource.id,
            at="RepositoryPolicyText",
            repositoryName=resource.id,
            policyText=policy_text(policy, _PRINCIPAL),
        )


def _add_scanning(
    resource: TypedResource, repository: str, frequency: object, *, is_default: bool = False
) -> None:
    configuration = {"repositoryName": repository, "scanFrequency": frequency}
    resource.about(
        _SCANNING,
        repository,
        at="ImageScanningConfiguration",
        is_default=is_default,
        scanningConfigurations=[configuration],
    )


@TYPES.of(
    "AWS::ECR::PublicRepository",
    "ecr-public:DescribeRepositories",
    ref="RepositoryName",
    attributes={"Arn": "arn:{partition}:ecr-public::{account}:repository/{id}"},
)
def _public_repository(resource: TypedResource) -> None:
    resource.item(
        "ecr-public:DescribeRepositories",
        repositoryName=resource.id,
        repositoryArn=resource.attribute("Arn"),
    )


@TYPES.of("AWS::ECR::RegistryPolicy", _REGISTRY_POLICY, _REGISTRY, order=1)
def _registry_policy(resource: TypedResource) -> None:
    policy = policy_here(resource.get("PolicyText"), resource.account, resource.region)
    add_policy(
        resource,
        _REGISTRY_POLICY,
        "",
        at="PolicyText",
        registryId=resource.account,
        policyText=policy,
    )
    _add_replication(resource, {"rules": []}, is_default=True)


@TYPES.of("AWS::ECR::ReplicationConfiguration", _REGISTRY_POLICY, _REGISTRY)
def _replication(resource: TypedResource) -> None:
    _add_replication(resource, camel_case(resource.get("ReplicationConfiguration")))
    resource.about(_REGISTRY_POLICY, "", is_default=True, registryId=resource.account)


def _add_replication(
    resource: TypedResource, configuration: object, *, is_default: bool = False
) -> None:
    resource.about(
        _REGISTRY,
        "",
        is_default=is_default,
        registryId=resource.account,
        replicationConfiguration=configuration,
    )


@TYPES.of("AWS::ECR::RegistryScanningConfiguration", _SCANNING, order=1)
def _registry_scanning(resource: TypedResource) -> None:
    """The rules of the registry replace what its repositories say."""
    for repository in resource.answers.items.get(_REPOSITORIES, ()):
        name = str(repository.raw("repositoryName"))
        frequencies = list(_frequencies(resource, name))
        _add_scanning(resource, name, frequencies[0] if frequencies else "MANUAL")


def _matches(name: str, pattern: str) -> bool:
    """A filter without a wildcard matches the names that contain it."""
    return fnmatchcase(name, pattern if "*" in pattern else f"*{pattern}*")


def _frequencies(resource: TypedResource, name: str) -> Iterator[object]:
    """The frequencies of the rules that a repository matches; continuous scans come first."""
    matching = []
    for rule in as_list(resource.get("Rules")):
        if not isinstance(rule, Mapping):
            yield rule
            continue
        filters = [member(entry, "Filter") for entry in as_list(rule.get("RepositoryFilters"))]
        unknown = why_of(filters)
        if unknown is not None:
            yield unknown
        elif any(_matches(name, str(pattern)) for pattern in filters):
            matching.append(rule.get("ScanFrequency"))
    order = ("CONTINUOUS_SCAN", "SCAN_ON_PUSH", "MANUAL")
    yield from sorted(matching, key=lambda entry: order.index(entry) if entry in order else -1)
