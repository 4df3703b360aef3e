"""Amazon Kinesis: data streams and their policies.

Source: AWS CloudFormation Template Reference, "Amazon Kinesis resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policy_choices import add_policy
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_STREAMS = "kinesis:ListStreams"
_POLICY = "kinesis:GetResourcePolicy"


@TYPES.of(
    "AWS::Kinesis::Stream",
    _STREAMS,
    ref="Name",
    attributes={"Arn": "arn:{partition}:kinesis:{region}:{account}:stream/{id}"},
)
def _stream(resource: TypedResource) -> None:
    resource.item(_STREAMS, StreamName=resource.id, StreamARN=resource.attribute("Arn"))


@TYPES.of("AWS::Kinesis::ResourcePolicy", _POLICY, order=1)
def _resource_policy(resource: TypedResource) -> None:
    for stream in resource.subjects("ResourceArn"):
        policy = policy_here(
            resource.get("ResourcePolicy"),
            resource.account,
            resource.region,
            name=stream.rpartition(":")[2],
        )
        add_policy(resource, _POLICY, stream, at="ResourcePolicy", Policy=policy)
