"""Records of AWS CloudFormation."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["CloudFormationStack"]


@frozen(kw_only=True)
class CloudFormationStack(Record):
    """A stack that is not deleted (AWS CloudFormation API Reference, Stack).

    Attributes:
        role: RoleARN: the service role of its operations; ``None``: they use the caller's rights.
    """

    api = Listed("cloudformation:DescribeStacks", arn="StackId", id="StackName", name="StackName")

    role: Field[str | None] = described("RoleARN", default=None)
