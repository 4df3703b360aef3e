"""Records of EC2: launch templates, instance metadata defaults, flow logs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, Singular, derived, described
from cloudpack_baseline.model.reading import Misshapen, structured
from cloudpack_baseline.model.record import Record, Tags, tags_from
from cloudpack_baseline.model.values import Field, Origin

__all__ = [
    "FlowLog",
    "InstanceConnectEndpoint",
    "InstanceMetadataDefaults",
    "LaunchTemplate",
    "LaunchTemplateInterface",
    "LaunchTemplateVersion",
    "SerialConsoleAccess",
]


@frozen(kw_only=True)
class FlowLog(Record):
    """A flow log (EC2 API Reference, FlowLog).

    Attributes:
        flow_log_id: ``fl-...``.
        resource_id: the VPC, subnet, network interface or transit gateway it watches.
        traffic_type: ``ALL``, ``ACCEPT`` or ``REJECT``; empty for transit gateways.
        status: FlowLogStatus, ``ACTIVE``.
        deliver_logs_status: ``SUCCESS`` or ``FAILED``; None where AWS does not say.
        deliver_logs_error: DeliverLogsErrorMessage, such as ``Access error``.
        destination: LogDestination, or the name of the log group.
    """

    api = Listed(
        "ec2:DescribeFlowLogs",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{FlowLogId}",
        id="FlowLogId",
    )

    flow_log_id: str
    resource_id: str
    traffic_type: Field[str] = ""
    status: str = described("FlowLogStatus", default="ACTIVE")
    deliver_logs_status: Field[str | None] = None
    deliver_logs_error: Field[str] = described("DeliverLogsErrorMessage", default="")
    destination: Field[str] = described("LogDestination || LogGroupName", default="")


def _preference(value: object) -> str | None:
    if not isinstance(value, str):
        raise Misshapen("a preference is not a string")
    return None if value == "no-preference" else value


@frozen(kw_only=True)
class InstanceMetadataDefaults(Record):
    """Defaults for new instances of an account and Region (GetInstanceMetadataDefaults).

    Attributes:
        http_tokens: ``required`` or ``optional``; None: no preference.
        http_endpoint: ``enabled`` or ``disabled``; None: no preference.
        http_tokens_enforced: ``enabled`` if a launch with optional tokens is rejected.
    """

    api = Singular(
        "ec2:GetInstanceMetadataDefaults",
        arn="arn:{partition}:ec2:{region}:{account}:instance-metadata-defaults/{region}",
        name="{region}",
    )

    http_tokens: Field[str | None] = described(
        "AccountLevel.HttpTokens", convert=_preference, default=None
    )
    http_endpoint: Field[str | None] = described(
        "AccountLevel.HttpEndpoint", convert=_preference, default=None
    )
    http_tokens_enforced: Field[str | None] = described(
        "AccountLevel.HttpTokensEnforced", convert=_preference, default=None
    )


@frozen(kw_only=True)
class LaunchTemplateInterface:
    """A network interface that a launch template requests.

    Attributes:
        associate_public_ip_address: None if the subnet decides.
        subnet_id: its subnet; None if it is named at launch.
        groups: its security groups.
        ipv6: whether it requests IPv6 addresses.
        written_at: where a template or plan contains it.
    """

    written_as: ClassVar[str] = "AssociatePublicIpAddress"

    associate_public_ip_address: Field[bool | None] = None
    subnet_id: Field[str | None] = None
    groups: Field[tuple[str, ...]] = ()
    ipv6: bool = described("Ipv6AddressCount || Ipv6Addresses", convert=bool, default=False)
    written_at: Origin | None = None


def _instance_tags(specifications: Iterable[Answer]) -> Tags:
    for specification in specifications:
        if specification.get("ResourceType") == "instance":
            return tags_from(specification.get("Tags"))
    return ()


@frozen(kw_only=True)
class LaunchTemplateVersion:
    """One version of a launch template (ResponseLaunchTemplateData).

    Attributes:
        number: VersionNumber.
        default: whether it is the default version.
        image_id: ImageId; None without one, ``resolve:ssm:...`` for a parameter.
        http_tokens: MetadataOptions.HttpTokens; None if it is not set.
        http_endpoint: MetadataOptions.HttpEndpoint; None if it is not set.
        imds_support: ImdsSupport of the image; ``v2.0`` if the image requires tokens, None if it
            does not; only read if `http_tokens` is not set.
        interfaces: the network interfaces that it requests.
        tags: the tags that instances get.
        written_at: where a template or plan contains its metadata options.
    """

    written_as: ClassVar[str] = "LaunchTemplateData.MetadataOptions.HttpTokens"

    number: int = described("VersionNumber")
    default: bool = described("DefaultVersion", default=False)
    image_id: Field[str | None] = described("LaunchTemplateData.ImageId", default=None)
    http_tokens: Field[str | None] = described(
        "LaunchTemplateData.MetadataOptions.HttpTokens", default=None
    )
    http_endpoint: Field[str | None] = described(
        "LaunchTemplateData.MetadataOptions.HttpEndpoint", default=None
    )
    imds_support: Field[str | None] = derived(None)
    interfaces: Field[tuple[LaunchTemplateInterface, ...]] = described(
        "LaunchTemplateData.NetworkInterfaces", default=()
    )
    tags: Field[Tags] = described(
        "LaunchTemplateData.TagSpecifications", convert=_instance_tags, default=()
    )
    written_at: Origin | None = None


def _only_version(item: Answer) -> tuple[LaunchTemplateVersion, ...]:
    """The listing holds one version an item."""
    item["LaunchTemplateData"]  # AWS always sends it
    return (structured(LaunchTemplateVersion, item),)


@frozen(kw_only=True)
class LaunchTemplate(Record):
    """A launch template with its default and its latest version.

    Source: DescribeLaunchTemplateVersions of ``$Default`` and ``$Latest``.
    """

    api = Listed(
        "ec2:DescribeLaunchTemplateVersions",
        arn="arn:{partition}:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
        id="LaunchTemplateId",
        name="LaunchTemplateName",
    )

    launch_template_id: str
    versions: tuple[LaunchTemplateVersion, ...] = described("", convert=_only_version, default=())


@frozen(kw_only=True)
class SerialConsoleAccess(Record):
    """Whether the EC2 serial console of a Region may be used (GetSerialConsoleAccessStatus).

    Attributes:
        enabled: SerialConsoleAccessEnabled.
    """

    api = Singular(
        "ec2:GetSerialConsoleAccessStatus",
        arn="arn:{partition}:ec2:{region}:{account}:serial-console-access",
        name="{region}",
    )

    enabled: Field[bool] = described("SerialConsoleAccessEnabled", default=False)


@frozen(kw_only=True)
class InstanceConnectEndpoint(Record):
    """An EC2 Instance Connect Endpoint (DescribeInstanceConnectEndpoints).

    Attributes:
        state: ``create-complete`` if it can be used.
        vpc_id: its VPC.
    """

    api = Listed(
        "ec2:DescribeInstanceConnectEndpoints",
        arn="InstanceConnectEndpointArn",
        id="InstanceConnectEndpointId",
    )

    state: Field[str] = described("State", default="")
    vpc_id: Field[str | None] = None
