"""Amazon Route 53: public zones with their records, and the names that anyone may take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

from attrs import evolve

from cloudpack_baseline.model.reading import member, string
from cloudpack_baseline.model.route53 import (
    ClaimableTarget,
    HostedZone,
    RegisteredDomain,
    ResourceRecordSet,
)
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted, known_of
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    complete_each,
    described_gatherer,
    gather_listing,
    records_of,
)
from cloudpack_baseline.sources.operations import DOMAINS, operation

__all__ = ["GATHERERS"]

_ZONES = "route53:ListHostedZones"
_RECORD_SETS = "route53:ListResourceRecordSets"
_DNSSEC = "route53:GetDNSSEC"
_HEAD = "s3:HeadBucket"
_AVAILABILITY = "elasticbeanstalk:CheckDNSAvailability"

# Website endpoints have a dash or a dot before the Region (Amazon S3 User Guide, "Website
# endpoints").
_BUCKET = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:-website)?(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?"
    r"\.amazonaws\.com(?:\.cn)?"
)
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ENVIRONMENT = re.compile(
    r"(?P<name>[a-z0-9-]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.elasticbeanstalk\.com"
)


def _zones(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_ZONES)
    items, unknown = known_of(
        (converted(_ZONES, _with_plain_id, item) for item in listing.items), listing.unknown
    )
    answered = {_RECORD_SETS: _record_sets, _DNSSEC: _signing}
    fields = selected | {"record_sets"} if "targets" in selected else selected
    gathered = records_of(
        calls, HostedZone, _ZONES, Listing(items, unknown), fields, answered=answered
    )
    if "targets" not in selected:
        return gathered
    return complete_each(calls, gathered, partial(_with_targets, calls))


def _with_plain_id(zone: Answer) -> Answer:
    """The zone with its ID as ARNs have it: without the first slash."""
    # A copy of its own kind: an object of a template knows where its members are written.
    copied: dict[str, Any] = {} | cast("dict[str, Any]", zone)
    copied["Id"] = f"hostedzone/{string(zone, 'Id').rpartition('/')[2]}"
    return copied


def _is_private(zone: ListedItem) -> bool:
    return member(zone.item, "Config.PrivateZone") is True


def _record_sets(calls: Calls, zone: ListedItem) -> Reply:
    if _is_private(zone):
        return None
    listing = calls.listing(_RECORD_SETS, HostedZoneId=f"/{zone.subject}")
    if listing.unknown is not None:
        return listing.unknown
    return {operation(_RECORD_SETS).items: list(listing.items)}


def _signing(calls: Calls, zone: ListedItem) -> Reply:
    return None if _is_private(zone) else calls.get(_DNSSEC, HostedZoneId=f"/{zone.subject}")


def _with_targets(calls: Calls, zone: HostedZone) -> HostedZone:
    """The zone with whether the names that its records point to are free."""
    if isinstance(zone.record_sets, Unknown):
        return evolve(zone, targets=zone.record_sets)
    targets = tuple(
        evolve(target, free=_is_free(calls, target))
        for record_set in zone.record_sets
        for target in _claimable(record_set)
    )
    return evolve(zone, targets=targets)


def _claimable(record_set: ResourceRecordSet) -> Iterator[ClaimableTarget]:
    is_alias = record_set.alias is not None
    names = record_set.values if record_set.type == "CNAME" else ()
    for name in (*names, *([record_set.alias] if record_set.alias else [])):
        host = name.lower().removesuffix(".")
        if bucket := _BUCKET.fullmatch(host):
            # The alias of a website names the endpoint alone: the record is named as the bucket.
            named = record_set.name.removesuffix(".") if is_alias else bucket["bucket"]
            if named and _BUCKET_NAME.fullmatch(named):
                yield ClaimableTarget(record=record_set.name, kind="bucket", name=named, free=False)
        elif environment := _ENVIRONMENT.fullmatch(host):
            yield ClaimableTarget(
                record=record_set.name,
                kind="environment",
                name=environment["name"],
                region=environment["region"],
                free=False,
            )


_TAKEN = ("403", "301", "AccessDenied", "PermanentRedirect")
"""Codes of HeadBucket for a bucket of another account or Region (Amazon S3 API Reference)."""


def _is_free(calls: Calls, target: ClaimableTarget) -> Field[bool]:
    if target.kind == "bucket":
        answer = calls.get(_HEAD, absent=("404", "NoSuchBucket"), Bucket=target.name)
        if isinstance(answer, Unknown) and all(cause.code in _TAKEN for cause in answer.causes):
            return False
        return answer if isinstance(answer, Unknown) else answer is None
    place = calls.in_region(target.region)
    reply = place.get(_AVAILABILITY, CNAMEPrefix=target.name)
    if isinstance(reply, Unknown):
        return reply
    available = (reply or {}).get("Available")
    if isinstance(available, bool):
        return available
    return Unknown.because(Why.MALFORMED, operation=_AVAILABILITY, detail="Available: is missing")


_DOMAINS = described_gatherer(RegisteredDomain)


def _domains(calls: Calls, selected: frozenset[str]) -> Gathered:
    if calls.partition != "aws":
        return Gathered(())  # no other partition registers domains
    return gather_listing(
        RegisteredDomain, RegisteredDomain.api, calls.in_region(DOMAINS), selected
    )


_HOSTED_ZONES = described_gatherer(HostedZone)

GATHERERS = (
    evolve(_DOMAINS, run=_domains),
    evolve(
        _HOSTED_ZONES,
        run=_zones,
        fields={**_HOSTED_ZONES.fields, "targets": (_RECORD_SETS, _HEAD, _AVAILABILITY)},
    ),
)
