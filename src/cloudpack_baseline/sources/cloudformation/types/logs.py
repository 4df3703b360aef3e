"""Amazon CloudWatch Logs: log groups, and the delivery of logs of other services.

Source: AWS CloudFormation Template Reference, "Amazon CloudWatch Logs resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types
from cloudpack_baseline.sources.cloudformation.values import undetermined

__all__ = ["TYPES"]

TYPES = Types()

_TYPES = {"s3": "S3", "logs": "CWL", "firehose": "FH", "xray": "XRAY"}


@TYPES.of(
    "AWS::Logs::LogGroup",
    "logs:DescribeLogGroups",
    ref="LogGroupName",
    attributes={"Arn": "arn:{partition}:logs:{region}:{account}:log-group:{id}:*"},
)
def _log_group(resource: TypedResource) -> None:
    resource.item(
        "logs:DescribeLogGroups",
        logGroupName=resource.id,
        arn=resource.attribute("Arn"),
        retentionInDays=resource.get("RetentionInDays"),
        logGroupClass=resource.get("LogGroupClass", "STANDARD"),
        kmsKeyId=resource.get("KmsKeyId"),
        deletionProtectionEnabled=resource.get("DeletionProtectionEnabled", False),
    )


@TYPES.of(
    "AWS::Logs::Destination",
    "logs:DescribeDestinations",
    ref="DestinationName",
    attributes={"Arn": "arn:{partition}:logs:{region}:{account}:destination:{id}"},
)
def _destination(resource: TypedResource) -> None:
    policy = resource.get("DestinationPolicy")
    resource.item(
        "logs:DescribeDestinations",
        destinationName=resource.id,
        arn=resource.attribute("Arn"),
        accessPolicy=None
        if policy is None
        else policy_here(
            policy, resource.account, resource.region, name=f"destination:{resource.id}"
        ),
    )


@TYPES.of("AWS::Logs::ResourcePolicy", "logs:DescribeResourcePolicies", ref="PolicyName")
def _resource_policy(resource: TypedResource) -> None:
    resource.item(
        "logs:DescribeResourcePolicies",
        policyName=resource.id,
        policyDocument=policy_here(
            resource.get("PolicyDocument"), resource.account, resource.region
        ),
    )


@TYPES.of(
    "AWS::Logs::DeliverySource",
    "logs:DescribeDeliverySources",
    ref="Name",
    attributes={"Arn": "arn:{partition}:logs:{region}:{account}:delivery-source:{id}"},
)
def _delivery_source(resource: TypedResource) -> None:
    resource.item(
        "logs:DescribeDeliverySources",
        name=resource.id,
        arn=resource.attribute("Arn"),
        logType=resource.get("LogType"),
        resourceArns=[resource.get("ResourceArn")],
        status="ACTIVE",
    )


@TYPES.of(
    "AWS::Logs::DeliveryDestination",
    "logs:DescribeDeliveryDestinations",
    ref="Name",
    attributes={"Arn": "arn:{partition}:logs:{region}:{account}:delivery-destination:{id}"},
)
def _delivery_destination(resource: TypedResource) -> None:
    receiver = resource.get("DestinationResourceArn")
    resource.item(
        "logs:DescribeDeliveryDestinations",
        name=resource.id,
        arn=resource.attribute("Arn"),
        deliveryDestinationType=resource.get("DeliveryDestinationType", _type_of(receiver)),
        deliveryDestinationConfiguration={"destinationResourceArn": receiver},
    )


def _type_of(receiver: object) -> object:
    """The type of a destination, which follows from the service that receives the logs."""
    service = str(receiver).split(":")[2:3] if isinstance(receiver, str) else []
    return _TYPES.get("".join(service), undetermined("DeliveryDestinationType"))


@TYPES.of("AWS::Logs::Delivery", "logs:DescribeDeliveries", order=1)
def _delivery(resource: TypedResource) -> None:
    destination = resource.get("DeliveryDestinationArn")
    known = resource.answers.find("logs:DescribeDeliveryDestinations", "arn", str(destination))
    resource.item(
        "logs:DescribeDeliveries",
        id=resource.id,
        deliverySourceName=resource.get("DeliverySourceName"),
        deliveryDestinationArn=destination,
        deliveryDestinationType=undetermined(f"destination {destination}")
        if known is None
        else known.raw("deliveryDestinationType"),
    )
