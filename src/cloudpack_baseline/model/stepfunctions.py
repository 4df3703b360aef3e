"""Records of AWS Step Functions."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["StateMachine"]


@frozen(kw_only=True)
class StateMachine(Record):
    """A state machine (AWS Step Functions API Reference, DescribeStateMachine).

    Attributes:
        role: the ARN of roleArn, with which it runs (DescribeStateMachine).
    """

    api = Listed(
        "stepfunctions:ListStateMachines", arn="stateMachineArn", id="stateMachineArn", name="name"
    )

    role: Field[str] = described(
        "roleArn", operation="stepfunctions:DescribeStateMachine", required=True
    )
