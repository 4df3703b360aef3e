"""Records of Amazon ECR."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, Singular, described
from cloudpack_baseline.model.reading import single, structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["EcrRegistry", "PublicRepository", "ReplicationDestination", "Repository"]


@frozen(kw_only=True)
class Repository(Record):
    """A private repository of images (Amazon ECR API Reference, Repository).

    Attributes:
        scan_frequency: its scan frequency according to the scanning configuration of the registry:
            ``SCAN_ON_PUSH``, ``CONTINUOUS_SCAN`` or ``MANUAL``
            (BatchGetRepositoryScanningConfiguration).
        policy: policyText, a JSON string (GetRepositoryPolicy); ``None``: it has none.
    """

    api = Listed("ecr:DescribeRepositories", arn="repositoryArn", id="repositoryName")

    scan_frequency: Field[str] = described(
        "scanningConfigurations[].scanFrequency",
        operation="ecr:BatchGetRepositoryScanningConfiguration",
        convert=partial(single, name="scanningConfigurations"),
    )
    policy: Field[str | None] = described(
        "policyText",
        operation="ecr:GetRepositoryPolicy",
        absent="RepositoryPolicyNotFoundException",
        default=None,
    )


@frozen(kw_only=True)
class ReplicationDestination:
    """Where images are copied to (Amazon ECR API Reference, ReplicationDestination).

    Attributes:
        region: the Region.
        registry: registryId, the account.
    """

    region: str = described("region")
    registry: str = described("registryId")


def _destinations(rules: Iterable[Answer]) -> tuple[ReplicationDestination, ...]:
    return tuple(
        structured(ReplicationDestination, destination)
        for rule in rules
        for destination in rule["destinations"]
    )


@frozen(kw_only=True)
class EcrRegistry(Record):
    """The private registry of an account in a Region (Amazon ECR API Reference).

    Attributes:
        policy: policyText, a JSON string (GetRegistryPolicy); ``None``: it has none.
        replication: where images are copied to (DescribeRegistry).
    """

    api = Singular(
        "ecr:GetRegistryPolicy",
        arn="arn:{partition}:ecr:{region}:{account}:registry",
        name="{region}",
        absent="RegistryPolicyNotFoundException",
    )

    policy: Field[str | None] = described("policyText", default=None)
    replication: Field[tuple[ReplicationDestination, ...]] = described(
        "replicationConfiguration.rules",
        operation="ecr:DescribeRegistry",
        convert=_destinations,
        required=True,
        default=(),
    )


@frozen(kw_only=True)
class PublicRepository(Record):
    """A repository of Amazon ECR Public, from which anyone can pull (Repository)."""

    api = Listed(
        "ecr-public:DescribeRepositories",
        arn="repositoryArn",
        id="repositoryName",
        regional=False,
    )
