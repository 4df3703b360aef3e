"""Records of Amazon SageMaker AI."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["NotebookInstance"]


@frozen(kw_only=True)
class NotebookInstance(Record):
    """A notebook instance (Amazon SageMaker AI API Reference, DescribeNotebookInstance).

    Attributes:
        role: the ARN of RoleArn, with which its code runs (DescribeNotebookInstance).
    """

    api = Listed(
        "sagemaker:ListNotebookInstances",
        arn="NotebookInstanceArn",
        id="NotebookInstanceName",
        name="NotebookInstanceName",
    )

    role: Field[str] = described(
        "RoleArn", operation="sagemaker:DescribeNotebookInstance", required=True
    )
