"""Whether instance metadata requires a session token."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._instances import instances
from cloudpack_baseline.checks.network._launches import tokens
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.ec2 import (
    Instance,
    MetadataOptions,
)
from cloudpack_baseline.model.ec2_posture import InstanceMetadataDefaults, LaunchTemplate
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import (
    Field,
    Unknown,
)
from cloudpack_baseline.texts import text

__all__ = ["imdsv2"]


@check(
    reads(Instance),
    reads(LaunchTemplate),
    reads(InstanceMetadataDefaults),
    subjects=(Instance, LaunchTemplate),
)
def imdsv2(view: AccountView) -> Iterator[Finding]:
    """Reads ``HttpTokens`` and ``HttpEndpoint`` of MetadataOptions.

    These are evaluated for instances, and for the default and the latest version of launch
    templates. Where a template sets nothing, the account defaults apply, and then the image
    (Amazon EC2 User Guide, Order of precedence for instance metadata options).
    """
    for instance in instances(view):
        origin = instance.origin_of("metadata_options")
        yield view.finding(instance, evolve(_metadata(instance), origin=origin))
    for template in view.all(LaunchTemplate):
        yield view.finding(template, *tokens(view, template))


def _metadata(instance: Instance) -> Observation:
    options: Field[MetadataOptions | None] = instance.metadata_options
    expected = "HttpTokens=required"
    if options is None:
        options = missing(None, Instance, "MetadataOptions")
    if isinstance(options, Unknown):
        return unknown("MetadataOptions", options, expected=expected)
    if options.http_endpoint == "disabled":
        return passed(text("network.metadata-off"), read="HttpEndpoint=disabled")
    if options.http_tokens == "required":
        return passed(text("network.metadata-token"), read=expected, expected=expected)
    return failed(
        text("network.metadata-open"),
        read=f"HttpTokens={options.http_tokens}",
        expected=expected,
    )
