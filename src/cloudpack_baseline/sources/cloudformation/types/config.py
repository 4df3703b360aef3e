"""AWS Config: recorders.

Source: AWS CloudFormation Template Reference, "AWS Config resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, camel_case
from cloudpack_baseline.sources.cloudformation.values import undetermined

__all__ = ["TYPES"]

TYPES = Types()

_RECORDERS = "config:DescribeConfigurationRecorders"
_RECORDER_STATUS = "config:DescribeConfigurationRecorderStatus"
_CHANNELS = "config:DescribeDeliveryChannels"


@TYPES.of("AWS::Config::DeliveryChannel", _CHANNELS, _RECORDER_STATUS, ref="Name", order=-1)
def _delivery_channel(resource: TypedResource) -> None:
    """CloudFormation starts the recorder once there is a delivery channel."""
    resource.item(_CHANNELS, name=resource.id)


@TYPES.of("AWS::Config::ConfigurationRecorder", _RECORDERS, _RECORDER_STATUS, ref="Name")
def _recorder(resource: TypedResource) -> None:
    group = resource.get("RecordingGroup", {"AllSupported": True})
    resource.item(_RECORDERS, name=resource.id, recordingGroup=camel_case(group))
    is_delivered = bool(resource.answers.items.get(_CHANNELS))
    resource.about(
        _RECORDER_STATUS,
        resource.id,
        name=resource.id,
        recording=True if is_delivered else undetermined("a delivery channel elsewhere"),
    )
