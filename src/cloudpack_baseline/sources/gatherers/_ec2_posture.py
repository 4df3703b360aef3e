"""EC2's flow logs, launch templates and metadata defaults; `ec2` adds them to its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import evolve

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.ec2_posture import (
    FlowLog,
    InstanceMetadataDefaults,
    LaunchTemplate,
    LaunchTemplateInterface,
    LaunchTemplateVersion,
)
from cloudpack_baseline.model.reading import flag, string
from cloudpack_baseline.model.record import tags_from
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, both, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_FLOW_LOGS = "ec2:DescribeFlowLogs"
_DEFAULTS = "ec2:GetInstanceMetadataDefaults"
_VERSIONS = "ec2:DescribeLaunchTemplateVersions"
_IMAGES = "ec2:DescribeImages"


def _common(calls: Calls, key: str, kind: str, id_: str, name: str = "") -> dict[str, Any]:
    arn = Arn(calls.partition, "ec2", calls.region, calls.account, f"{kind}/{id_}")
    return {
        "arn": str(arn),
        "account": calls.account,
        "region": calls.region,
        "name": name or id_,
        "origin": Origin(operation=key),
    }


def _flow_logs(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_FLOW_LOGS, lambda item: _flow_log(calls, item))


def _flow_log(calls: Calls, item: Answer) -> FlowLog:
    id_ = string(item, "FlowLogId")
    return FlowLog(
        **_common(calls, _FLOW_LOGS, "vpc-flow-log", id_),
        flow_log_id=id_,
        resource_id=string(item, "ResourceId"),
        traffic_type=item.get("TrafficType", ""),
        status=item.get("FlowLogStatus", ""),
        deliver_logs_status=item.get("DeliverLogsStatus"),
        deliver_logs_error=item.get("DeliverLogsErrorMessage", ""),
        destination=item.get("LogDestination") or item.get("LogGroupName", ""),
    )


def _defaults(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    answer = calls.get(_DEFAULTS)
    held = answer if isinstance(answer, Unknown) else (answer or {}).get("AccountLevel", {})
    record = InstanceMetadataDefaults(
        **_common(calls, _DEFAULTS, "instance-metadata-defaults", calls.region),
        http_tokens=_preference(held, "HttpTokens"),
        http_endpoint=_preference(held, "HttpEndpoint"),
        http_tokens_enforced=_preference(held, "HttpTokensEnforced"),
    )
    return Gathered((record,))


def _preference(held: Answer | Unknown, key: str) -> Field[str | None]:
    if isinstance(held, Unknown):
        return held
    value = held.get(key)
    if value is None or isinstance(value, str):
        return None if value in (None, "no-preference") else value
    return Unknown.because(Why.MALFORMED, operation=_DEFAULTS, detail=key)


def _templates(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    listing = calls.listing(_VERSIONS, Versions=["$Default", "$Latest"])
    found: dict[str, LaunchTemplate] = {}
    unknown = listing.unknown
    for item in listing.items:
        made = converted(_VERSIONS, lambda item: _template(calls, item), item)
        if isinstance(made, Unknown):
            unknown = both(unknown, made)
        else:
            found[made.launch_template_id] = _joined(found.get(made.launch_template_id), made)
    return Gathered(tuple(_with_images(calls, found.values())), unknown)


def _joined(one: LaunchTemplate | None, other: LaunchTemplate) -> LaunchTemplate:
    versions = {made.number: made for made in (*(one.versions if one else ()), *other.versions)}
    return evolve(other, versions=tuple(versions[number] for number in sorted(versions)))


def _template(calls: Calls, item: Answer) -> LaunchTemplate:
    id_ = string(item, "LaunchTemplateId")
    data = item["LaunchTemplateData"]
    options = data.get("MetadataOptions") or {}
    version = LaunchTemplateVersion(
        number=int(item["VersionNumber"]),
        default=flag(item, "DefaultVersion"),
        image_id=data.get("ImageId"),
        http_tokens=options.get("HttpTokens"),
        http_endpoint=options.get("HttpEndpoint"),
        interfaces=tuple(_interface(one) for one in data.get("NetworkInterfaces") or ()),
        tags=_instance_tags(data),
    )
    return LaunchTemplate(
        **_common(calls, _VERSIONS, "launch-template", id_, item.get("LaunchTemplateName", "")),
        launch_template_id=id_,
        versions=(version,),
    )


def _interface(item: Answer) -> LaunchTemplateInterface:
    public = item.get("AssociatePublicIpAddress")
    return LaunchTemplateInterface(
        associate_public_ip_address=None if public is None else bool(public),
        subnet_id=item.get("SubnetId"),
        groups=tuple(item.get("Groups") or ()),
        ipv6=bool(item.get("Ipv6AddressCount") or item.get("Ipv6Addresses")),
    )


def _instance_tags(data: Answer) -> Any:  # noqa: ANN401 - as `tags_from`
    for one in data.get("TagSpecifications") or ():
        if one.get("ResourceType") == "instance":
            return tags_from(one.get("Tags"))
    return ()


def _with_images(calls: Calls, templates: Iterable[LaunchTemplate]) -> list[LaunchTemplate]:
    """Where a version leaves tokens open, what its image asks for."""
    held = list(templates)
    wanted = {
        version.image_id
        for template in held
        for version in template.versions
        if _asks_image(version) and version.image_id
    }
    named = sorted(one for one in wanted if one.startswith("ami-"))
    support = dict(zip(named, calls.map(lambda one: _support(calls, one), named), strict=True))
    return [
        evolve(
            template,
            versions=tuple(_with_support(version, support) for version in template.versions),
        )
        for template in held
    ]


def _asks_image(version: LaunchTemplateVersion) -> bool:
    return version.http_tokens is None and version.http_endpoint != "disabled"


def _with_support(
    version: LaunchTemplateVersion, support: dict[str, Field[str | None]]
) -> LaunchTemplateVersion:
    if not _asks_image(version):
        return version
    image = version.image_id or "ImageId"
    absent = Unknown.because(Why.NOT_TOLD, operation=_IMAGES, detail=f"ImdsSupport of {image}")
    return evolve(version, imds_support=support.get(image, absent))


def _support(calls: Calls, image: str) -> Field[str | None]:
    # One call an image: asked for several, EC2 refuses all if one is gone.
    listing = calls.listing(_IMAGES, ImageIds=[image])
    if listing.unknown is not None:
        return listing.unknown
    for item in listing.items:
        if item.get("ImageId") == image:
            return converted(_IMAGES, lambda held: held.get("ImdsSupport"), item)
    return Unknown.because(Why.NOT_TOLD, operation=_IMAGES, detail=f"ImdsSupport of {image}")


GATHERERS = (
    Gatherer(kind=FlowLog, run=_flow_logs, operations=(_FLOW_LOGS,)),
    Gatherer(kind=InstanceMetadataDefaults, run=_defaults, operations=(_DEFAULTS,)),
    Gatherer(kind=LaunchTemplate, run=_templates, operations=(_VERSIONS, _IMAGES)),
)
