"""Amazon EC2: fleets of instances, which launch specifications and launch templates describe.

Source: AWS CloudFormation Template Reference, "Amazon EC2 resource types".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.interfaces import flattened
from cloudpack_baseline.sources.cloudformation.metadata_options import template_metadata_options
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    follow,
    listed,
)
from cloudpack_baseline.sources.cloudformation.types.ec2 import (
    add_launched,
    add_unnamed_template,
    name_of_launch,
    over_template,
    template_data,
)
from cloudpack_baseline.sources.cloudformation.types.volumes import add_root_volume, add_volumes
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedObject,
    undetermined,
    why_of,
)

__all__ = ["TYPES"]

TYPES = Types()

_LAUNCHED = ("ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVolumes")
_TEMPLATES = "ec2:DescribeLaunchTemplateVersions"
_OVERRIDDEN = ("BlockDeviceMappings", "ImageId", "Placement")
"""Settings of a launch template that an override of a fleet may have, beside the subnet."""


@TYPES.of(
    "AWS::EC2::SpotFleet", *_LAUNCHED, _TEMPLATES, prefix="sfr-", attributes={"Id": "{id}"}, order=4
)
def _spot_fleet(resource: TypedResource) -> None:
    """A fleet has launch specifications or launch templates."""
    config = resource.get("SpotFleetRequestConfigData")
    specifications = follow(config, "LaunchSpecifications")
    configs = follow(config, "LaunchTemplateConfigs")
    if specifications is None and configs is None:
        # AWS requires one of them, so that it is where it cannot be seen.
        configs = undetermined(f"launch template of {resource.name}")
    _launch(resource, (*_specified(resource, specifications), *_of_templates(resource, configs)))


@TYPES.of(
    "AWS::EC2::EC2Fleet", *_LAUNCHED, prefix="fleet-", attributes={"FleetId": "{id}"}, order=4
)
def _fleet(resource: TypedResource) -> None:
    configs = resource.get("LaunchTemplateConfigs")
    if configs is None:
        configs = undetermined(f"launch template of {resource.name}")
    _launch(resource, _of_templates(resource, configs))


@frozen(kw_only=True)
class _Launch:
    """Instances that have the same settings.

    Attributes:
        settings: of a launch template, and their own.
        subnets: in which they may be.
        own_settings: those that no launch template has.
        is_specified: whether these are all, as of a launch specification.
    """

    settings: dict[str, Resolved]
    subnets: list[Resolved]
    own_settings: dict[str, Resolved]
    is_specified: bool = False


def _launch(resource: TypedResource, launches: Iterable[_Launch]) -> None:
    """One instance stands for those of each launch, with its volumes."""
    for number, launch in enumerate(launches):
        name = name_of_launch(resource, number)
        launched = evolve(resource, name=name, id=f"i-{name}")
        add_launched(launched, launch.settings, launch.subnets, [])
        # Those of a launch template are described with it.
        add_volumes(launched, launch.own_settings, "in-use")
        if "ImageId" in launch.own_settings:
            add_root_volume(launched, launch.own_settings, "in-use")
        if launch.is_specified:
            _add_specification(launched, launch.own_settings)


def _add_specification(resource: TypedResource, settings: dict[str, Resolved]) -> None:
    metadata = template_metadata_options(resource.answers, settings)
    add_unnamed_template(resource, resource.name, {**settings, "MetadataOptions": metadata})


def _specified(resource: TypedResource, specifications: Resolved) -> Iterator[_Launch]:
    for specification in as_list(specifications):
        if not isinstance(specification, dict):
            yield from _of_templates(resource, specification)
            continue
        groups = specification.get("SecurityGroups")
        named = [follow(group, "GroupId") for group in as_list(groups)]
        own_settings = {
            **specification,
            "ImageId": specification.get("ImageId"),
            "NetworkInterfaces": listed(specification.get("NetworkInterfaces")),
            "SecurityGroups": named if isinstance(groups, list) else groups,
        }
        subnets = _subnets(specification.get("SubnetId"))
        yield _Launch(
            settings=own_settings, subnets=subnets, own_settings=own_settings, is_specified=True
        )


def _of_templates(resource: TypedResource, configs: Resolved) -> Iterator[_Launch]:
    """Those of each launch template, for each override that changes more than their subnet."""
    nothing = ResolvedObject({}, resource.properties.mark)
    for config in as_list(configs):
        reference = follow(config, "LaunchTemplateSpecification")
        if reference is None:
            reference = undetermined(f"launch template of {resource.name}")
        is_unknown = isinstance(reference, Unknown)
        template = reference if is_unknown else template_data(resource.answers, reference)
        settings = over_template(template, nothing)
        launches: list[_Launch] = []
        for override in as_list(follow(config, "Overrides")) or [nothing]:
            entries = {name: follow(override, name) for name in _OVERRIDDEN}
            own_settings = {name: value for name, value in entries.items() if value is not None}
            launch = next((known for known in launches if known.own_settings == own_settings), None)
            if launch is None:
                launch = _Launch(
                    settings={**settings, **own_settings}, subnets=[], own_settings=own_settings
                )
                launches.append(launch)
            launch.subnets.extend(_subnets(follow(override, "SubnetId")))
        yield from launches


def _subnets(value: Resolved) -> list[Resolved]:
    """The subnets that a text names, separated by commas."""
    if isinstance(value, str) and why_of(value) is None:
        return [name.strip() for name in value.split(",") if name.strip()]
    return [] if value is None else [*flattened(value)]
