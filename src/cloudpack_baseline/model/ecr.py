"""Records of Amazon ECR."""

from __future__ import annotations

from functools import partial

from attrs import frozen

from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.reading import single
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["Repository"]


@frozen(kw_only=True)
class Repository(Record):
    """A private repository of images (Amazon ECR API Reference, Repository).

    Attributes:
        scan_frequency: its scan frequency according to the scanning configuration of the registry:
            ``SCAN_ON_PUSH``, ``CONTINUOUS_SCAN`` or ``MANUAL``
            (BatchGetRepositoryScanningConfiguration).
    """

    api = Listed("ecr:DescribeRepositories", arn="repositoryArn", id="repositoryName")

    scan_frequency: Field[str] = described(
        "scanningConfigurations[].scanFrequency",
        operation="ecr:BatchGetRepositoryScanningConfiguration",
        convert=partial(single, name="scanningConfigurations"),
    )
