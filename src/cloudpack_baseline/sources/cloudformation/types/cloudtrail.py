"""AWS CloudTrail: trails and event data stores.

Source: AWS CloudFormation Template Reference, "AWS CloudTrail resource types".
"""

from __future__ import annotations

from typing import Any

from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    either,
    exact,
    listed,
    shown,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved

__all__ = ["TYPES"]

TYPES = Types()

_SELECTORS = "cloudtrail:GetEventSelectors"
_STATUS = "cloudtrail:GetTrailStatus"
_STORE = "cloudtrail:GetEventDataStore"
_MANAGEMENT = {
    "Name": "Default management events",
    "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
}


@TYPES.of(
    "AWS::CloudTrail::Trail",
    "cloudtrail:DescribeTrails",
    _SELECTORS,
    _STATUS,
    ref="TrailName",
    attributes={"Arn": "arn:{partition}:cloudtrail:{region}:{account}:trail/{id}"},
)
def _trail(resource: TypedResource) -> None:
    """A trail without selectors records management events, and no data events.

    So does one with an empty list of them, as the AWS CDK writes it.
    """
    arn = resource.attribute("Arn")
    simple, advanced = map(resource.get, ("EventSelectors", "AdvancedEventSelectors"))
    simple = None if simple == [] else listed(simple)
    advanced = None if advanced == [] else listed(advanced)
    trail = resource.item(
        "cloudtrail:DescribeTrails",
        "S3KeyPrefix",
        Name=resource.id,
        S3BucketName=shown(resource.get("S3BucketName")),
        TrailARN=arn,
        HomeRegion=resource.region,
        IsMultiRegionTrail=resource.get("IsMultiRegionTrail", False),
        IsOrganizationTrail=resource.get("IsOrganizationTrail", False),
        IncludeGlobalServiceEvents=resource.get("IncludeGlobalServiceEvents", True),
        LogFileValidationEnabled=resource.get("EnableLogFileValidation", False),
        KmsKeyId=resource.get("KMSKeyId"),
        CloudWatchLogsLogGroupArn=resource.get("CloudWatchLogsLogGroupArn"),
        HasCustomEventSelectors=simple is not None or advanced is not None,
    )
    resource.locate(
        trail,
        IsMultiRegionTrail="IsMultiRegionTrail",
        LogFileValidationEnabled="EnableLogFileValidation",
        KmsKeyId="KMSKeyId",
    )
    resource.about(_STATUS, arn, IsLogging=_is_logging(resource))
    if advanced is None:
        resource.about(
            _SELECTORS, arn, EventSelectors=_selectors([{}] if simple is None else simple)
        )
    else:
        resource.about(_SELECTORS, arn, AdvancedEventSelectors=advanced)


def _is_logging(resource: TypedResource) -> Resolved:
    """CloudTrail rejects a multi-Region trail without global service events (CreateTrail)."""
    includes = truth_of(resource.get("IncludeGlobalServiceEvents", True))
    if truth_of(resource.get("IsMultiRegionTrail")) is True and includes is False:
        detail = "IncludeGlobalServiceEvents=false with IsMultiRegionTrail=true"
        return Unknown.because(Why.MALFORMED, detail=detail)
    return resource.get("IsLogging", True)


def _selectors(selectors: object) -> object:
    """Selectors with the defaults of CloudFormation."""
    if not isinstance(selectors, list):
        return selectors
    defaults = {"ReadWriteType": "All", "IncludeManagementEvents": True}
    return [
        selector if isinstance(selector, Unknown) else {**defaults, **_with_resources(selector)}
        for selector in selectors
    ]


def _with_resources(selector: dict[str, Any]) -> dict[str, Any]:
    """The selector; a resource that is not known at all may be any, and matches none as a text."""
    if "DataResources" not in selector:
        return selector
    resources = [
        {**resource, "Values": [_arn(value) for value in as_list(resource.get("Values"))]}
        if isinstance(resource, dict)
        else resource
        for resource in as_list(selector["DataResources"])
    ]
    return {**selector, "DataResources": resources}


def _arn(value: object) -> object:
    return value if str(value).startswith("arn:") else exact(value)


@TYPES.of(
    "AWS::CloudTrail::EventDataStore",
    "cloudtrail:ListEventDataStores",
    _STORE,
    ref="arn:{partition}:cloudtrail:{region}:{account}:eventdatastore/{logical}",
    attributes={"EventDataStoreArn": "{id}"},
)
def _event_data_store(resource: TypedResource) -> None:
    ingestion = resource.get("IngestionEnabled", True)
    name = resource.get("Name", resource.name)
    resource.item("cloudtrail:ListEventDataStores", EventDataStoreArn=resource.id, Name=name)
    resource.about(
        _STORE,
        resource.id,
        EventDataStoreArn=resource.id,
        Name=name,
        Status=either(ingestion, yes="ENABLED", no="STOPPED_INGESTION"),
        MultiRegionEnabled=resource.get("MultiRegionEnabled", True),
        OrganizationEnabled=resource.get("OrganizationEnabled", False),
        RetentionPeriod=resource.get("RetentionPeriod", 366),
        TerminationProtectionEnabled=resource.get("TerminationProtectionEnabled", True),
        AdvancedEventSelectors=resource.get("AdvancedEventSelectors", [_MANAGEMENT]),
    )
