"""What launch templates configure: public IP addresses, and instance metadata without a token."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from cloudpack_baseline.baseline import Segment
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network._subnets import Subnets
from cloudpack_baseline.checks.network.segments import has_tags
from cloudpack_baseline.findings import Observation, failed, passed, unknown
from cloudpack_baseline.model.ec2 import Instance, NetworkInterface, Subnet
from cloudpack_baseline.model.ec2_posture import (
    InstanceMetadataDefaults,
    LaunchTemplate,
    LaunchTemplateInterface,
    LaunchTemplateVersion,
)
from cloudpack_baseline.model.values import Field, Truth, Unknown, all_of, any_of, lift, negate
from cloudpack_baseline.texts import text

__all__ = ["public_addresses", "requested_addresses", "tokens"]

_REQUIRED = "HttpTokens=required"


def public_addresses(
    view: AccountView, subnets: Subnets, template: LaunchTemplate
) -> Iterator[Observation]:
    """Whether each version that requests public addresses may do so."""
    observations: list[Observation] = []
    for version in template.versions:
        if isinstance(version.interfaces, Unknown):
            observations.append(unknown("NetworkInterfaces", version.interfaces))
            continue
        for interface in version.interfaces:
            private = negate(lift(bool, interface.associate_public_ip_address))
            if private is True:
                continue
            excuses = [
                private,
                _declared_facing(view, version, interface),
                *_excused_by_subnet(subnets, template.region, interface.subnet_id),
            ]
            observation = _public_address(version.number, any_of(excuses))
            observations.append(evolve(observation, origin=interface.written_at))
    yield from observations or [passed(text("network.template-private"))]


def _public_address(number: int, excused: Truth) -> Observation:
    if isinstance(excused, Unknown):
        return unknown("AssociatePublicIpAddress", excused)
    if excused:
        return passed(text("network.template-facing", version=number))
    return failed(
        text("network.template-public", version=number),
        read="AssociatePublicIpAddress=true",
        expected="AssociatePublicIpAddress=false",
    )


def _excused_by_subnet(
    subnets: Subnets, region: str, subnet_id: Field[str | None]
) -> Iterator[Truth]:
    """The subnet that it names may face the internet, or have no way to it."""
    if subnet_id is None:
        return
    if isinstance(subnet_id, Unknown):
        yield subnet_id
        return
    subnet = next(
        (candidate for candidate in subnets.view.all(Subnet) if candidate.subnet_id == subnet_id),
        None,
    )
    if subnet is not None:
        yield subnets.faces_internet(subnet)
        yield negate(subnets.leads_to_gateway(subnet, 4))
    elif (gap := subnets.view.gap(Subnet, region)) is not None:
        yield gap


def requested_addresses(
    view: AccountView, subnets: Subnets, instance: Instance
) -> Iterator[Observation]:
    """Whether each interface of an instance requests a public address, and may do so."""
    for interface in view.all(NetworkInterface):
        if interface.instance_id != instance.instance_id:
            continue
        private = negate(lift(lambda owner: owner == "amazon", interface.public_ip_owner))
        if private is True:
            yield passed(text("network.instance-address-none"), origin=interface.origin)
            continue
        excuses = [
            private,
            subnets.interface_faces_internet(interface),
            *_excused_by_subnet(subnets, interface.region, interface.subnet_id),
        ]
        yield evolve(_requested_address(any_of(excuses)), origin=interface.origin)


def _requested_address(excused: Truth) -> Observation:
    if isinstance(excused, Unknown):
        return unknown("AssociatePublicIpAddress", excused)
    if excused:
        return passed(text("network.instance-address-facing"))
    return failed(
        text("network.instance-address-public"),
        read="AssociatePublicIpAddress=true",
        expected="AssociatePublicIpAddress=false",
    )


def _declared_facing(
    view: AccountView, version: LaunchTemplateVersion, interface: LaunchTemplateInterface
) -> Truth:
    """Whether its groups or tags put it into ``internet_facing`` segments, and no other."""
    is_in_facing, is_in_internal = (
        any_of(
            _in_segment(segment, version, interface, is_planned=view.snapshot.is_planned)
            for segment in view.baseline.segments
            if segment.internet_facing is internet_facing
        )
        for internet_facing in (True, False)
    )
    return all_of((is_in_facing, negate(is_in_internal)))


def _in_segment(
    segment: Segment,
    version: LaunchTemplateVersion,
    interface: LaunchTemplateInterface,
    *,
    is_planned: bool,
) -> Truth:
    """Whether the groups or the tags put it into the segment."""
    groups: Truth = False
    tags: Truth = False
    if segment.security_groups:
        groups = lift(
            lambda ids: not set(segment.security_groups).isdisjoint(ids), interface.groups
        )
    if segment.tags:
        pairs = version.tags if isinstance(version.tags, Unknown) else dict(version.tags)
        tags = has_tags(pairs, segment.tags, is_planned=is_planned)
    return any_of((groups, tags))


def tokens(view: AccountView, template: LaunchTemplate) -> Iterator[Observation]:
    """Of each version, whether instances from it serve metadata only for a token."""
    defaults = next(
        (
            record
            for record in view.all(InstanceMetadataDefaults)
            if record.region == template.region
        ),
        None,
    )
    gap = view.gap(InstanceMetadataDefaults, template.region)
    for version in template.versions:
        observation = _unread_options(version) or _tokens(version, defaults, gap)
        yield evolve(observation, origin=version.written_at)


def _unread_options(version: LaunchTemplateVersion) -> Observation | None:
    """That an option is unknown, unless the other one decides."""
    if version.http_endpoint == "disabled" or version.http_tokens == "required":
        return None
    for name, setting in (
        ("HttpTokens", version.http_tokens),
        ("HttpEndpoint", version.http_endpoint),
    ):
        if isinstance(setting, Unknown):
            return unknown(name, setting, expected=_REQUIRED)
    return None


def _tokens(
    version: LaunchTemplateVersion,
    defaults: InstanceMetadataDefaults | None,
    gap: Unknown | None,
) -> Observation:
    number = version.number
    if version.http_endpoint == "disabled":
        return passed(text("network.template-metadata-off", version=number))
    if version.http_tokens == "required":
        return passed(text("network.template-token", version=number), read=_REQUIRED)
    absent: Field[str | None] = gap
    enforced = defaults.http_tokens_enforced if defaults else absent
    if version.http_tokens is not None:
        return _optional(version, enforced)
    defaults_of = {
        "AccountLevel.HttpTokens": lift(
            lambda setting: setting == "required", defaults.http_tokens if defaults else absent
        ),
        "AccountLevel.HttpEndpoint": lift(
            lambda setting: setting == "disabled" and version.http_endpoint is None,
            defaults.http_endpoint if defaults else absent,
        ),
        "HttpTokensEnforced": lift(lambda setting: setting == "enabled", enforced),
        "ImdsSupport": _by_image(version, defaults),
    }
    by_default = any_of(defaults_of.values())
    if isinstance(by_default, Unknown):
        return unknown(
            ", ".join(name for name, truth in defaults_of.items() if truth is not False),
            by_default,
            expected=_REQUIRED,
        )
    if by_default:
        reason = next(name for name, truth in defaults_of.items() if truth is True)
        return passed(text("network.template-default", version=number, reason=reason))
    return failed(
        text("network.template-no-token", version=number),
        read="HttpTokens=",
        expected=_REQUIRED,
    )


def _by_image(version: LaunchTemplateVersion, defaults: InstanceMetadataDefaults | None) -> Truth:
    """Whether the image requires tokens; an account that makes them optional takes precedence."""
    if defaults is not None and defaults.http_tokens == "optional":
        return False
    return lift(lambda support: support == "v2.0", version.imds_support)


def _optional(version: LaunchTemplateVersion, enforced: Field[str | None]) -> Observation:
    refused = lift(lambda setting: setting == "enabled", enforced)
    if isinstance(refused, Unknown):
        return unknown("HttpTokensEnforced", refused, expected=_REQUIRED)
    if refused:
        return passed(text("network.template-refused", version=version.number))
    return failed(
        text("network.template-no-token", version=version.number),
        read=f"HttpTokens={version.http_tokens}",
        expected=_REQUIRED,
    )
