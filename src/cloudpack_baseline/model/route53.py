"""Records of Amazon Route 53: hosted zones, their records and logs, and registered domains."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, derived, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = [
    "ClaimableTarget",
    "DnssecKey",
    "HostedZone",
    "KeySigningKey",
    "QueryLoggingConfig",
    "RegisteredDomain",
    "ResourceRecordSet",
]

_DETAIL = "route53domains:GetDomainDetail"
_DNSSEC = "route53:GetDNSSEC"


@frozen(kw_only=True)
class DnssecKey:
    """A key that the registry of the parent publishes as a DS record (DnssecKey).

    Attributes:
        key_tag: KeyTag.
        public_key: PublicKey, in Base64.
    """

    key_tag: int | None = None
    public_key: str = ""


@frozen(kw_only=True)
class RegisteredDomain(Record):
    """A domain that is registered in the account (Route 53 Domains API Reference, DomainSummary).

    Attributes:
        auto_renew: whether it renews automatically.
        transfer_lock: whether it is locked against transfers.
        expiry: when the registration ends.
        statuses: StatusList, the status codes of the registry (GetDomainDetail).
        dnssec_keys: the keys for its DS records (GetDomainDetail).
    """

    api = Listed(
        "route53domains:ListDomains",
        arn="arn:{partition}:route53domains::{account}:domain/{DomainName}",
        id="DomainName",
        regional=False,
    )

    auto_renew: Field[bool] = False
    transfer_lock: Field[bool] = False
    expiry: Field[datetime]
    statuses: Field[tuple[str, ...]] = described("StatusList", operation=_DETAIL, default=())
    dnssec_keys: Field[tuple[DnssecKey, ...]] = described(
        "DnssecKeys", operation=_DETAIL, default=()
    )


@frozen(kw_only=True)
class ResourceRecordSet:
    """Resource records of a name and a type (Route 53 API Reference, ResourceRecordSet).

    Attributes:
        name: with a dot at the end; Route 53 writes a wildcard as an octal number.
        type: ``A``, ``AAAA``, ``CNAME``, ``NS``, ``DS``, ...
        values: of its records; empty for an alias.
        alias: AliasTarget.DNSName; ``None``: it is no alias.
    """

    name: str
    type: str
    values: tuple[str, ...] = described("ResourceRecords[].Value", default=())
    alias: str | None = described("AliasTarget.DNSName", default=None)


@frozen(kw_only=True)
class KeySigningKey:
    """A key-signing key of a zone (Route 53 API Reference, KeySigningKey).

    Attributes:
        status: ``ACTIVE`` or ``INACTIVE``, or why it does not work.
        key_tag: KeyTag.
        public_key: PublicKey, in Base64.
    """

    status: str
    key_tag: int | None = None
    public_key: str = ""


@frozen(kw_only=True)
class ClaimableTarget:
    """A name that a record points to and that anyone may take if it is free.

    Attributes:
        record: the name of the record.
        kind: ``bucket`` or ``environment`` (AWS Elastic Beanstalk).
        name: of the bucket or environment.
        region: of the environment.
        free: whether nobody has it (HeadBucket, CheckDNSAvailability).
    """

    record: str
    kind: Literal["bucket", "environment"]
    name: str
    region: str = ""
    free: Field[bool] = derived()


def _zone_id(value: object) -> str:
    return str(value).rpartition("/")[2]


def _name(zone: Answer) -> str:
    return string(zone, "Name").removesuffix(".")


@frozen(kw_only=True)
class HostedZone(Record):
    """A hosted zone (Route 53 API Reference, HostedZone).

    Attributes:
        id: such as ``Z111111QQQQQQQ``.
        private: Config.PrivateZone; a private zone has none of the further fields.
        record_sets: its record sets (ListResourceRecordSets).
        targets: the names that its records point to and that anyone may take.
        serve_signature: Status.ServeSignature: ``SIGNING`` if its answers are signed (GetDNSSEC).
        key_signing_keys: KeySigningKeys (GetDNSSEC).
    """

    api = Listed(
        "route53:ListHostedZones",
        arn="arn:{partition}:route53:::{Id}",
        id="Id",
        name=_name,
        gone="NoSuchHostedZone",
        regional=False,
    )

    id: str = described("Id", convert=_zone_id)
    private: Field[bool] = described("Config.PrivateZone", default=False)
    record_sets: Field[tuple[ResourceRecordSet, ...]] = described(
        "ResourceRecordSets", operation="route53:ListResourceRecordSets", default=()
    )
    targets: Field[tuple[ClaimableTarget, ...]] = derived(())
    serve_signature: Field[str] = described(
        "Status.ServeSignature", operation=_DNSSEC, default="NOT_SIGNING"
    )
    key_signing_keys: Field[tuple[KeySigningKey, ...]] = described(
        "KeySigningKeys", operation=_DNSSEC, default=()
    )


@frozen(kw_only=True)
class QueryLoggingConfig(Record):
    """Where queries to a public zone are logged (Route 53 API Reference, QueryLoggingConfig).

    Attributes:
        hosted_zone_id: such as ``Z111111QQQQQQQ``.
        log_group: CloudWatchLogsLogGroupArn.
    """

    api = Listed(
        "route53:ListQueryLoggingConfigs",
        arn="arn:{partition}:route53:::queryloggingconfig/{Id}",
        id="Id",
        regional=False,
    )

    hosted_zone_id: str
    log_group: Field[str] = described("CloudWatchLogsLogGroupArn", default="")
