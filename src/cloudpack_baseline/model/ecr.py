"""Records of Amazon ECR."""

from __future__ import annotations

from functools import partial

from attrs import frozen

from cloudpack_baseline.model.described import Listed, Singular, described
from cloudpack_baseline.model.reading import single
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["EcrRegistry", "Repository"]


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
class EcrRegistry(Record):
    """The private registry of an account in a Region (Amazon ECR API Reference).

    Attributes:
        policy: policyText, a JSON string (GetRegistryPolicy); ``None``: it has none.
    """

    api = Singular(
        "ecr:GetRegistryPolicy",
        arn="arn:{partition}:ecr:{region}:{account}:registry",
        name="{region}",
        absent="RegistryPolicyNotFoundException",
    )

    policy: Field[str | None] = described("policyText", default=None)
