"""Amazon Route 53: hosted zones, the logs of queries to them, and DNSSEC.

Source: AWS CloudFormation Template Reference, "Amazon Route 53 resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list, follow
from cloudpack_baseline.sources.located import AnswerList

__all__ = ["TYPES"]

TYPES = Types()

_ZONES = "route53:ListHostedZones"
_LOGS = "route53:ListQueryLoggingConfigs"
_DNSSEC = "route53:GetDNSSEC"


@TYPES.of("AWS::Route53::HostedZone", _ZONES, _LOGS, _DNSSEC, attributes={"Id": "{id}"})
def _zone(resource: TypedResource) -> None:
    private = bool(as_list(resource.get("VPCs")))
    resource.item(_ZONES, "Name", Id=resource.id, Config={"PrivateZone": private})
    group = follow(resource.get("QueryLoggingConfig"), "CloudWatchLogsLogGroupArn")
    if group is not None:
        resource.item(
            _LOGS,
            Id=f"logs-of-{resource.id}",
            HostedZoneId=resource.id,
            CloudWatchLogsLogGroupArn=group,
        )
    signing = {"ServeSignature": "NOT_SIGNING"}
    resource.about(_DNSSEC, _path(resource.id), Status=signing, KeySigningKeys=AnswerList())


@TYPES.of("AWS::Route53::DNSSEC", _DNSSEC, order=1)
def _dnssec(resource: TypedResource) -> None:
    zone = _path(resource.subject("HostedZoneId"))
    known = resource.answers.subjects.get((_DNSSEC, zone))
    if known is not None:
        # CloudFormation has no setting for it; a plan may keep the zone unsigned.
        status = resource.get("SigningStatus", "SIGNING")
        resource.settle(known, Status=resource.object(ServeSignature=status))


@TYPES.of("AWS::Route53::KeySigningKey", _DNSSEC, order=1)
def _key_signing_key(resource: TypedResource) -> None:
    """Its tag and public key exist after deployment only."""
    key = resource.object(Status=resource.get("Status", "ACTIVE"), Name=resource.get("Name"))
    zone = _path(resource.subject("HostedZoneId"))
    resource.append_about(_DNSSEC, zone, "KeySigningKeys", key)


def _path(zone: str) -> str:
    """The ID of a zone as its listing contains it."""
    return f"/hostedzone/{zone}"
