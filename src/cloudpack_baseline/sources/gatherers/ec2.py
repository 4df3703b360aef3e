"""Amazon EC2: what takes more than a listing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from operator import attrgetter

from attrs import evolve

from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ec2_gateways import TransitGatewayAttachment
from cloudpack_baseline.model.ec2_images import EbsSnapshot, Image
from cloudpack_baseline.model.ec2_posture import LaunchTemplate, LaunchTemplateVersion
from cloudpack_baseline.model.reading import member
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted, known_of
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_INSTANCES = "ec2:DescribeInstances"
_ATTACHMENTS = "ec2:DescribeTransitGatewayAttachments"
_VPC_ATTACHMENTS = "ec2:DescribeTransitGatewayVpcAttachments"
_VERSIONS = "ec2:DescribeLaunchTemplateVersions"
_IMAGES = "ec2:DescribeImages"
_SNAPSHOTS = "ec2:DescribeSnapshots"


def _instances(calls: Calls, selected: frozenset[str]) -> Gathered:
    """The instances of each reservation, which alone names their owner."""
    listing = calls.listing(_INSTANCES)
    reservations, unknown = known_of(
        (converted(_INSTANCES, _reserved, item) for item in listing.items), listing.unknown
    )
    listing = Listing(tuple(chain.from_iterable(reservations)), unknown)
    return records_of(calls, Instance, _INSTANCES, listing, selected)


def _reserved(reservation: Answer) -> list[Answer]:
    owner = {"OwnerId": reservation.get("OwnerId")}
    items = reservation.get("Instances") or ()
    return [item if "OwnerId" in item else owner | item for item in items]


def _attachments(calls: Calls, selected: frozenset[str]) -> Gathered:
    """All attachments; a listing of its own describes subnets and options of those to VPCs."""
    listing = calls.listing(_VPC_ATTACHMENTS)
    absent = Unknown.because(
        Why.NOT_PROVIDED, operation=_VPC_ATTACHMENTS, detail="the attachment is not listed"
    )
    of_vpcs = {
        item["TransitGatewayAttachmentId"]: item
        for item in listing.items
        if "TransitGatewayAttachmentId" in item
    }

    def reply(_calls: Calls, attachment: ListedItem) -> Reply:
        if member(attachment.item, "ResourceType") != "vpc":
            return None
        return of_vpcs.get(
            attachment.subject, absent if listing.unknown is None else listing.unknown
        )

    answered = {_VPC_ATTACHMENTS: reply}
    listed = calls.listing(_ATTACHMENTS)
    return records_of(
        calls, TransitGatewayAttachment, _ATTACHMENTS, listed, selected, answered=answered
    )


def _templates(calls: Calls, selected: frozenset[str]) -> Gathered:
    """The templates, each with the versions that the listing holds one by one."""
    gathered = _PLAIN_TEMPLATES.run(calls, selected)
    joined: dict[str, LaunchTemplate] = {}
    for record in gathered.records:
        if isinstance(record, LaunchTemplate):
            earlier = joined.get(record.arn)
            joined[record.arn] = record if earlier is None else _joined(earlier, record)
    return evolve(gathered, records=tuple(_with_images(calls, joined.values())))


def _joined(first: LaunchTemplate, second: LaunchTemplate) -> LaunchTemplate:
    versions = {version.number: version for version in first.versions + second.versions}
    return evolve(second, versions=tuple(sorted(versions.values(), key=attrgetter("number"))))


def _with_images(calls: Calls, templates: Iterable[LaunchTemplate]) -> list[LaunchTemplate]:
    """If a version does not set tokens, what its image requires."""
    templates = list(templates)
    images = sorted(
        {
            version.image_id
            for template in templates
            for version in template.versions
            if _asks_image(version)
            and isinstance(version.image_id, str)
            and version.image_id.startswith("ami-")
        }
    )
    support = dict(
        zip(images, calls.map(lambda image: _support(calls, image), images), strict=True)
    )
    return [
        evolve(
            template,
            versions=tuple(_with_support(version, support) for version in template.versions),
        )
        for template in templates
    ]


def _asks_image(version: LaunchTemplateVersion) -> bool:
    return version.http_tokens is None and version.http_endpoint != "disabled"


def _with_support(
    version: LaunchTemplateVersion, support: Mapping[str, Field[str | None]]
) -> LaunchTemplateVersion:
    if not _asks_image(version):
        return version
    image = version.image_id if isinstance(version.image_id, str) else "ImageId"
    return evolve(version, imds_support=support.get(image, _not_provided(image)))


def _not_provided(image: str) -> Unknown:
    return Unknown.because(Why.NOT_PROVIDED, operation=_IMAGES, detail=f"ImdsSupport of {image}")


def _support(calls: Calls, image: str) -> Field[str | None]:
    # One call for each image: EC2 rejects a call for several if one of them is gone.
    listing = calls.listing(_IMAGES, ImageIds=[image])
    if listing.unknown is not None:
        return listing.unknown
    for item in listing.items:
        if item.get("ImageId") == image:
            return converted(_IMAGES, lambda described: described.get("ImdsSupport"), item)
    return _not_provided(image)


def _snapshots(calls: Calls, selected: frozenset[str]) -> Gathered:
    # moto ignores OwnerIds, and lists more than a thousand snapshots without the filter.
    owner = {"Name": "owner-id", "Values": [calls.account]}
    listing = calls.listing(_SNAPSHOTS, Filters=[owner])
    return records_of(calls, EbsSnapshot, _SNAPSHOTS, _owned(calls, listing), selected)


def _images(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_IMAGES, Owners=["self"])
    return records_of(calls, Image, _IMAGES, _owned(calls, listing), selected)


def _owned(calls: Calls, listing: Listing) -> Listing:
    """What the account owns: an answer that others recorded may hold public images as well."""
    items = (item for item in listing.items if item.get("OwnerId") in (calls.account, None))
    return Listing(tuple(items), listing.unknown)


_PLAIN_TEMPLATES = described_gatherer(LaunchTemplate)

GATHERERS = (
    evolve(described_gatherer(Instance), run=_instances),
    evolve(described_gatherer(TransitGatewayAttachment), run=_attachments),
    evolve(described_gatherer(EbsSnapshot), run=_snapshots),
    evolve(described_gatherer(Image), run=_images),
    evolve(_PLAIN_TEMPLATES, run=_templates, operations=(_VERSIONS, _IMAGES)),
)
