"""AWS Config: recorders.

Source: AWS CloudFormation Template Reference, "AWS Config resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, camel_case

__all__ = ["TYPES"]

TYPES = Types()

_RECORDERS = "config:DescribeConfigurationRecorders"
_RECORDER_STATUS = "config:DescribeConfigurationRecorderStatus"
_CHANNELS = "config:DescribeDeliveryChannels"


@TYPES.of("AWS::Config::DeliveryChannel", _CHANNELS, ref="Name")
def _delivery_channel(resource: TypedResource) -> None:
    resource.item(_CHANNELS, name=resource.id)


@TYPES.of("AWS::Config::ConfigurationRecorder", _RECORDERS, _RECORDER_STATUS, ref="Name")
def _recorder(resource: TypedResource) -> None:
    """CloudFormation starts a recorder, for which a delivery channel has to be there or elsewhere.

    A deployment fails without one (AWS Config API Reference, StartConfigurationRecorder).
    """
    group = resource.get("RecordingGroup", {"AllSupported": True})
    recorder = resource.item(_RECORDERS, name=resource.id, recordingGroup=camel_case(group))
    resource.locate(recorder, recordingGroup="RecordingGroup")
    resource.about(_RECORDER_STATUS, resource.id, name=resource.id, recording=True)
