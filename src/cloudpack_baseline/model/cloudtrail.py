"""Records of AWS CloudTrail."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = [
    "AdvancedSelector",
    "DataResource",
    "EventDataStore",
    "EventSelector",
    "FieldSelector",
    "Status",
    "Trail",
]

_SELECTORS = "cloudtrail:GetEventSelectors"
_STORE = "cloudtrail:GetEventDataStore"
_STATUS = "cloudtrail:GetTrailStatus"
_TRAILS = "cloudtrail:DescribeTrails"


def _not_recorded(operation: str) -> Unknown:
    """The field in a snapshot from before there was the field."""
    return Unknown.because(Why.NOT_GATHERED, operation=operation)


ReadWriteType: TypeAlias = Literal["All", "ReadOnly", "WriteOnly"]
Status: TypeAlias = Literal[
    "CREATED",
    "ENABLED",
    "PENDING_DELETION",
    "STARTING_INGESTION",
    "STOPPING_INGESTION",
    "STOPPED_INGESTION",
]


@frozen(kw_only=True)
class DataResource:
    """The resources whose data events are recorded (CloudTrail API Reference, DataResource).

    Attributes:
        type: such as ``AWS::S3::Object``.
        values: ARNs, or beginnings of ARNs; ``arn:aws:s3`` is every object.
    """

    type: str
    values: tuple[str, ...] = ()


@frozen(kw_only=True)
class EventSelector:
    """What a trail records (EventSelector).

    Attributes:
        read_write_type: ``All``, ``ReadOnly`` or ``WriteOnly``.
        data_resources: the data events.
        include_management_events: whether it records management events too.
        exclude_management_event_sources: except those of these services, such as
            ``kms.amazonaws.com``.
    """

    read_write_type: ReadWriteType = "All"
    data_resources: Field[tuple[DataResource, ...]] = ()
    include_management_events: Field[bool] = described(
        "IncludeManagementEvents", omitted=True, default=_not_recorded(_SELECTORS)
    )
    exclude_management_event_sources: tuple[str, ...] = ()


@frozen(kw_only=True)
class FieldSelector:
    """One condition on a field of events (AdvancedFieldSelector).

    Attributes:
        field: such as ``eventCategory``, ``resources.type``, ``resources.ARN``, ``readOnly``.
        equals: and the other operators: the values, one of which must fit; of the
            negated ones, none.
    """

    field: str
    equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()


@frozen(kw_only=True)
class AdvancedSelector:
    """What a trail records: events that fit all of the conditions (AdvancedEventSelector)."""

    field_selectors: tuple[FieldSelector, ...]
    name: str = ""


@frozen(kw_only=True)
class Trail(Record):
    """A trail; `region` is its home Region (CloudTrail API Reference, Trail).

    A trail of the organization belongs to the account in its ARN: the record is of the
    account that sees it.

    Attributes:
        s3_bucket: the bucket that receives the log files.
        multi_region: whether it records every Region.
        organization: whether it records every account of the organization.
        log_file_validation: whether digests prove the log files.
        kms_key: the key that encrypts them.
        s3_prefix: S3KeyPrefix: what the keys of the log files begin with.
        log_group: CloudWatchLogsLogGroupArn: the log group that receives the events too.
        global_service_events: IncludeGlobalServiceEvents: whether it records events of services
            such as IAM.
        custom_selectors: HasCustomEventSelectors; a trail without them records all management
            events and no data events.
        logging: IsLogging (GetTrailStatus): whether it is recording.
        delivery_error: LatestDeliveryError (GetTrailStatus): why Amazon S3 rejected the latest
            log files; empty if it accepted them.
        delivered_at: LatestDeliveryTime (GetTrailStatus): when log files were last delivered.
        log_group_error: LatestCloudWatchLogsDeliveryError (GetTrailStatus); empty: none.
        event_selectors: its event selectors (GetEventSelectors); empty if it has advanced ones.
        advanced_selectors: its advanced event selectors (GetEventSelectors); empty if it has none.
    """

    api = Listed(
        "cloudtrail:DescribeTrails", arn="TrailARN", id="TrailARN", name="Name", region="HomeRegion"
    )

    s3_bucket: str = described("S3BucketName", default="")
    multi_region: Field[bool] = described("IsMultiRegionTrail", default=False)
    organization: Field[bool] = described("IsOrganizationTrail", default=False)
    log_file_validation: Field[bool] = described("LogFileValidationEnabled", default=False)
    kms_key: Field[str | None] = described("KmsKeyId", default=None)
    s3_prefix: Field[str] = described("S3KeyPrefix", omitted="", default=_not_recorded(_TRAILS))
    log_group: Field[str | None] = described(
        "CloudWatchLogsLogGroupArn", omitted=None, default=_not_recorded(_TRAILS)
    )
    global_service_events: Field[bool] = described(
        "IncludeGlobalServiceEvents", default=_not_recorded(_TRAILS)
    )
    custom_selectors: Field[bool] = described(
        "HasCustomEventSelectors", default=_not_recorded(_TRAILS)
    )
    logging: Field[bool] = described("IsLogging", operation=_STATUS, required=True, default=False)
    delivery_error: Field[str] = described(
        "LatestDeliveryError", operation=_STATUS, omitted="", default=_not_recorded(_STATUS)
    )
    delivered_at: Field[datetime | None] = described(
        "LatestDeliveryTime", operation=_STATUS, omitted=None, default=_not_recorded(_STATUS)
    )
    log_group_error: Field[str] = described(
        "LatestCloudWatchLogsDeliveryError",
        operation=_STATUS,
        omitted="",
        default=_not_recorded(_STATUS),
    )
    event_selectors: Field[tuple[EventSelector, ...]] = described(
        "EventSelectors", operation=_SELECTORS, default=()
    )
    advanced_selectors: Field[tuple[AdvancedSelector, ...]] = described(
        "AdvancedEventSelectors", operation=_SELECTORS, default=()
    )


@frozen(kw_only=True)
class EventDataStore(Record):
    """An event data store of CloudTrail Lake (CloudTrail API Reference, GetEventDataStore).

    One of the organization belongs to the management account, which its ARN names; it is
    seen there and by the delegated administrator, by no other member.

    Attributes:
        status: Status; it records events while it is ``ENABLED``.
        multi_region: MultiRegionEnabled: it records events of every Region.
        organization: OrganizationEnabled: of every account of the organization.
        advanced_selectors: which events it records (AdvancedEventSelectors).
        retention_period: RetentionPeriod: the number of days that it keeps events.
    """

    api = Listed(
        "cloudtrail:ListEventDataStores",
        arn="EventDataStoreArn",
        id="EventDataStoreArn",
        name="Name",
        absent="UnsupportedOperationException",
        gone="EventDataStoreNotFoundException",
    )

    status: Field[Status] = described("Status", operation=_STORE, always_read=True)
    multi_region: Field[bool] = described(
        "MultiRegionEnabled", operation=_STORE, always_read=True, default=False
    )
    organization: Field[bool] = described(
        "OrganizationEnabled", operation=_STORE, always_read=True, default=False
    )
    advanced_selectors: Field[tuple[AdvancedSelector, ...]] = described(
        "AdvancedEventSelectors", operation=_STORE, always_read=True, default=()
    )
    retention_period: Field[int] = described(
        "RetentionPeriod",
        operation=_STORE,
        always_read=True,
        default=_not_recorded(_STORE),
    )
