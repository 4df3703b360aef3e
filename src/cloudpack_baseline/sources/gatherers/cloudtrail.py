"""AWS CloudTrail: trails as each region shows them."""

from __future__ import annotations

from typing import Any

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.reading import flag, string
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, both, converted
from cloudpack_baseline.sources.gatherers._event_data_stores import EVENT_DATA_STORES
from cloudpack_baseline.sources.gatherers._event_selectors import (
    advanced_selectors,
    event_selectors,
)
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_LIST = "cloudtrail:DescribeTrails"
_STATUS = "cloudtrail:GetTrailStatus"
_SELECTORS = "cloudtrail:GetEventSelectors"
_FIELDS = {
    "logging": (_STATUS,),
    "event_selectors": (_SELECTORS,),
    "advanced_selectors": (_SELECTORS,),
}


def _trails(calls: Calls, wanted: frozenset[str]) -> Gathered:
    """The trails that the region shows: its own, and shadows of those of other regions."""
    listing = calls.listing(_LIST, includeShadowTrails=True)
    made = calls.map(lambda item: _read(calls, item, wanted), listing.items)
    unknown = listing.unknown
    for one in made:
        unknown = both(unknown, one if isinstance(one, Unknown) else None)
    return Gathered(tuple(one for one in made if isinstance(one, Trail)), unknown)


def _read(calls: Calls, item: Answer, wanted: frozenset[str]) -> Trail | Unknown:
    plain = converted(_LIST, lambda held: _plain(calls, held), item)
    if isinstance(plain, Unknown):
        return plain
    name, home = plain["arn"], calls.in_region(plain["region"])
    status = _asked(home, _STATUS, wanted & {"logging"}, Name=name)
    selectors = _selectors(home, name, wanted)
    return Trail(
        **plain,
        logging=_told(_STATUS, _is_logging, status),
        event_selectors=_told(_SELECTORS, event_selectors, selectors),
        advanced_selectors=_told(_SELECTORS, advanced_selectors, selectors),
    )


def _plain(calls: Calls, item: Answer) -> dict[str, Any]:
    return {
        "arn": str(Arn.parse(string(item, "TrailARN"))),
        "account": calls.account,
        "region": string(item, "HomeRegion"),
        "name": string(item, "Name"),
        "origin": Origin(operation=_LIST),
        "s3_bucket": item.get("S3BucketName", ""),
        "s3_prefix": item.get("S3KeyPrefix", ""),
        "multi_region": flag(item, "IsMultiRegionTrail"),
        "organization": flag(item, "IsOrganizationTrail"),
        "log_file_validation": flag(item, "LogFileValidationEnabled"),
        "kms_key": item.get("KmsKeyId"),
        "log_group": item.get("CloudWatchLogsLogGroupArn"),
        "custom_selectors": flag(item, "HasCustomEventSelectors"),
    }


def _selectors(calls: Calls, arn: str, wanted: frozenset[str]) -> Answer | Unknown:
    owner = Arn.parse(arn).account
    if owner != calls.account:
        # Members see the trail of their organization, but not what it records.
        return Unknown.because(
            Why.NOT_TOLD, operation=_SELECTORS, detail=f"EventSelectors of {arn}"
        )
    fields = wanted & {"event_selectors", "advanced_selectors"}
    return _asked(calls, _SELECTORS, fields, TrailName=arn)


def _asked(calls: Calls, key: str, wanted: frozenset[str], **parameters: str) -> Answer | Unknown:
    if not wanted:
        return Unknown.because(Why.NOT_GATHERED, operation=key)
    answer = calls.get(key, **parameters)
    return {} if answer is None else answer


def _told(key: str, convert: Any, answer: Answer | Unknown) -> Field[Any]:  # noqa: ANN401 - of the field
    return answer if isinstance(answer, Unknown) else converted(key, convert, answer)


def _is_logging(answer: Answer) -> bool:
    held = answer["IsLogging"]
    return flag({"IsLogging": held}, "IsLogging")


GATHERERS = (
    Gatherer(kind=Trail, run=_trails, operations=(_LIST,), fields=_FIELDS),
    EVENT_DATA_STORES,
)
