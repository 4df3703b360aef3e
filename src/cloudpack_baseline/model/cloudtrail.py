"""Records of AWS CloudTrail."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

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
    """

    read_write_type: ReadWriteType = "All"
    data_resources: tuple[DataResource, ...] = ()


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
        logging: IsLogging (GetTrailStatus): whether it is recording.
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
    logging: Field[bool] = described(
        "IsLogging", operation="cloudtrail:GetTrailStatus", required=True, default=False
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
