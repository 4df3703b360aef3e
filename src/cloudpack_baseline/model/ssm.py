"""Records of AWS Systems Manager."""

from __future__ import annotations

import json

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, Singular, described
from cloudpack_baseline.model.reading import Misshapen, structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["DesktopRecording", "ManagedNode", "SessionPreferences", "SessionRecording"]


@frozen(kw_only=True)
class SessionRecording:
    """Where sessions are recorded (Systems Manager User Guide, Session document schema).

    Attributes:
        s3_bucket: s3BucketName; empty: not in Amazon S3.
        s3_prefix: s3KeyPrefix.
        log_group: cloudWatchLogGroupName; empty: not in CloudWatch Logs.
    """

    s3_bucket: str = described("s3BucketName", default="")
    s3_prefix: str = described("s3KeyPrefix", default="")
    log_group: str = described("cloudWatchLogGroupName", default="")


def _recording(content: str) -> SessionRecording:
    document = json.loads(content)
    inputs = document.get("inputs", {}) if isinstance(document, dict) else None
    if not isinstance(inputs, dict):
        raise Misshapen("Content: is not a session document")
    return structured(SessionRecording, inputs)


@frozen(kw_only=True)
class SessionPreferences(Record):
    """The preferences of Session Manager in a Region: the document SSM-SessionManagerRunShell.

    Attributes:
        recording: where sessions are recorded (GetDocument); ``None``: there is no document, so
            nothing is recorded.
    """

    api = Singular(
        "ssm:GetDocument",
        arn="arn:{partition}:ssm:{region}:{account}:document/SSM-SessionManagerRunShell",
        name="SSM-SessionManagerRunShell",
        absent="InvalidDocument",
    )

    recording: Field[SessionRecording | None] = described(
        "Content", convert=_recording, required=True, default=None
    )


@frozen(kw_only=True)
class DesktopRecording(Record):
    """Whether remote desktop sessions of Fleet Manager are recorded in a Region.

    Attributes:
        buckets: the names of the buckets that receive the recordings, sorted
            (GetConnectionRecordingPreferences); empty: they are not recorded.
    """

    api = Singular(
        "ssm-guiconnect:GetConnectionRecordingPreferences",
        arn="arn:{partition}:ssm-guiconnect:{region}:{account}:connection-recording-preferences",
        name="{region}",
        absent="ResourceNotFoundException",
    )

    buckets: Field[tuple[str, ...]] = described(
        "ConnectionRecordingPreferences.RecordingDestinations.S3Buckets[].BucketName",
        unordered=True,
        default=(),
    )


@frozen(kw_only=True)
class ManagedNode(Record):
    """A node that Systems Manager manages (Systems Manager API Reference, InstanceInformation).

    Attributes:
        platform: PlatformType: ``Windows``, ``Linux`` or ``MacOS``.
    """

    api = Listed(
        "ssm:DescribeInstanceInformation",
        arn="arn:{partition}:ssm:{region}:{account}:managed-instance/{InstanceId}",
        id="InstanceId",
        name="InstanceId",
    )

    platform: Field[str] = described("PlatformType", default="")
