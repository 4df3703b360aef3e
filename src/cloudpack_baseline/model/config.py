"""Records of AWS Config."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import single, structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["ConfigurationRecorder", "RecorderStatus", "RecordingStrategy"]

RecordingStrategy: TypeAlias = Literal[
    "ALL_SUPPORTED_RESOURCE_TYPES",
    "INCLUSION_BY_RESOURCE_TYPES",
    "EXCLUSION_BY_RESOURCE_TYPES",
]


@frozen(kw_only=True)
class RecorderStatus:
    """Whether a recorder is recording (ConfigurationRecorderStatus).

    Attributes:
        recording: whether it is.
        last_status: lastStatus of the last recording: ``Success``, ``Failure``, ``Pending`` or
            ``NotApplicable``; empty: none yet.
        last_error: lastErrorCode.
    """

    recording: bool = described("recording", default=False)
    last_status: str = described("lastStatus", default="")
    last_error: str = described("lastErrorCode", default="")


def _status(statuses: Iterable[Answer]) -> RecorderStatus:
    return structured(RecorderStatus, single(statuses, "ConfigurationRecordersStatus"))


@frozen(kw_only=True)
class ConfigurationRecorder(Record):
    """A configuration recorder (AWS Config API Reference, ConfigurationRecorder).

    Attributes:
        all_supported: recordingGroup.allSupported.
        global_resource_types: includeGlobalResourceTypes: users, groups, roles and customer
            managed policies of IAM too.
        resource_types: the types that it records, if it records only some.
        excluded_types: exclusionByResourceTypes: the types that it leaves out.
        strategy: recordingStrategy.useOnly; ``None`` in recorders from before there were others.
        service_principal: the AWS service that manages the recorder; empty: the customer does.
        status: whether it is recording (DescribeConfigurationRecorderStatus).
    """

    api = Listed(
        "config:DescribeConfigurationRecorders",
        arn="arn:{partition}:config:{region}:{account}:configuration-recorder/{name}",
        id="name",
        name="name",
    )

    all_supported: Field[bool] = described("recordingGroup.allSupported", default=False)
    global_resource_types: Field[bool] = described(
        "recordingGroup.includeGlobalResourceTypes", default=False
    )
    resource_types: Field[tuple[str, ...]] = described("recordingGroup.resourceTypes", default=())
    excluded_types: Field[tuple[str, ...]] = described(
        "recordingGroup.exclusionByResourceTypes.resourceTypes", default=()
    )
    strategy: Field[RecordingStrategy | None] = described(
        "recordingGroup.recordingStrategy.useOnly", default=None
    )
    service_principal: Field[str] = described("servicePrincipal", default="")
    status: Field[RecorderStatus] = described(
        "ConfigurationRecordersStatus",
        operation="config:DescribeConfigurationRecorderStatus",
        convert=_status,
        required=True,
        default=RecorderStatus(),
    )
