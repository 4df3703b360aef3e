"""The tables ``[controls.ID]``: options of controls; defaults are those of the white paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

from attrs import field, frozen

from cloudpack_baseline.baseline.formats import (
    AccountId,
    Between,
    Cidr,
    Format,
    KeyArn,
    NetworkName,
    NotEmpty,
    OrganizationId,
    Reference,
    Region,
    RegionOrEvery,
    SegmentName,
    Service,
    Sha256,
    Ticket,
    Words,
)

__all__ = [
    "OPTIONS",
    "AccessKeyRotationOptions",
    "AccessKeysDeclaredOptions",
    "AccountDecommissionedOptions",
    "AdminIngressOptions",
    "AdminPreset",
    "AdminPrivilegesOptions",
    "AiServicesOptOutOptions",
    "ApprovedRegionsOptions",
    "BackupCopyDestinationOptions",
    "BastionIngressOptions",
    "CloudfrontTlsOptions",
    "CloudtrailEnabledOptions",
    "CloudtrailLogBucketOptions",
    "CloudtrailRetentionOptions",
    "CloudwatchAlarmsOptions",
    "ConfigRecorderOptions",
    "ConfirmedAccount",
    "Correction",
    "CustomerAdminAccessOptions",
    "DailyBackupOptions",
    "DataExportPathsOptions",
    "DatabaseIsolationOptions",
    "DeclaredExportPath",
    "DeclaredKey",
    "DeclaredUser",
    "DedicatedAccountOptions",
    "DedicatedTenancyOptions",
    "DomainLockOptions",
    "EbsEncryptionOptions",
    "ElasticacheEncryptionOptions",
    "EndedContract",
    "EngineSupportOptions",
    "FederatedAccessOptions",
    "FindingsRoutedOptions",
    "GuarddutyOptions",
    "InactiveCredentialsOptions",
    "InspectorOptions",
    "InstancePatchComplianceOptions",
    "KmsKeyRotationOptions",
    "LoadBalancerTlsOptions",
    "LogRetentionOptions",
    "NetworkAclsOptions",
    "PasswordPolicyOptions",
    "RdsBackupOptions",
    "RdsDeletionProtectionOptions",
    "RdsEncryptionOptions",
    "RdsMultiAzOptions",
    "ResourceSharingOptions",
    "RoleTrustOptions",
    "RootHardwareMfaOptions",
    "RootUnusedOptions",
    "RootUse",
    "Route53DanglingRecordsOptions",
    "Route53DnssecOptions",
    "Route53QueryLoggingOptions",
    "S3ReplicationDestinationOptions",
    "ScannerExport",
    "SecurityDriftOptions",
    "ServerAccessPathsOptions",
    "SessionRecordingOptions",
    "SourceNetworkOptions",
    "StoredAssessment",
    "UrgentVulnerabilitiesOptions",
    "VpcFlowLogsOptions",
    "YearlyAssessmentOptions",
]

TlsVersion: TypeAlias = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]

_TLS_DEFAULT = 'the default is ["TLSv1.2", "TLSv1.3"]'

_UtcOffset: TypeAlias = Annotated[
    str, Format(r"[+-](0\d|1[0-4]):[0-5]\d", "an offset such as '+09:00'")
]
AdminPreset: TypeAlias = Literal["cdk", "control-tower", "identity-center"]


@frozen(kw_only=True)
class EndedContract:
    """The end of the contract for an account.

    Attributes:
        account: the account ID.
        ends: the last day of the contract, in the time zone of the options.
        deleted_on: the day on which the last resource was deleted.
        closed_on: the day on which the closing of the account began.
    """

    account: AccountId
    ends: date
    deleted_on: date | None = None
    closed_on: date | None = None


@frozen(kw_only=True)
class AccountDecommissionedOptions:
    """Options of account-decommissioned.

    Attributes:
        contracts: contracts that end: tables with ``account``, ``ends`` (a day) and, once they are
            known, ``deleted_on`` and ``closed_on``.
        deletion_days: the number of days after the end in which every resource is deleted (5.4: a
            week).
        closing_days: the number of days after the deletion in which the account is closed (5.4).
        utc_offset: the time zone in which days are counted: that of Asia/Tokyo.
        exempt: resources that may be left: patterns of names or ARNs.
    """

    contracts: tuple[EndedContract, ...] = ()
    deletion_days: Annotated[int, Between(0, 365)] = 7
    closing_days: Annotated[int, Between(0, 365)] = 60
    utc_offset: _UtcOffset = "+09:00"
    exempt: tuple[str, ...] = ()


@frozen(kw_only=True)
class SecurityDriftOptions:
    """Options of security-drift.

    Attributes:
        reference: the recorded snapshot that settings are compared with, relative to the baseline
            file.
        digest: the digest of that snapshot, such as ``sha256:...``, as reports show it.
        managed: resources that services or controllers manage, in addition to those that their
            tags show: patterns of names or ARNs.
    """

    reference: Words | None = None
    digest: str | None = None
    managed: tuple[str, ...] = ()

    @property
    def snapshots(self) -> tuple[str, ...]:
        """The snapshots that the check reads."""
        return (self.reference,) if self.reference else ()


@frozen(kw_only=True)
class StoredAssessment:
    """A report that was stored as the assessment of an audit period.

    Attributes:
        file: the JSON report, relative to the baseline file.
        sha256: the SHA-256 digest of the file.
        starts: the first day of the audit period.
        ends: its last day.
    """

    file: Words
    sha256: Sha256
    starts: date
    ends: date


@frozen(kw_only=True)
class Correction:
    """What corrects findings of a stored assessment.

    Attributes:
        finding: the ID of a finding, or a pattern (``*``, ``?``) of it.
        ticket: the key or the URL of the ticket of the correction.
        due: the last day by which it has to be corrected (UTC).
        corrected_on: the day on which it was corrected; absent: it is not yet.
    """

    finding: Words
    ticket: Ticket
    due: date
    corrected_on: date | None = None


@frozen(kw_only=True)
class YearlyAssessmentOptions:
    """Options of yearly-assessment.

    Attributes:
        days: the maximum number of days since the end of the last audit period.
        assessments: stored reports: tables with ``file``, ``sha256``, and ``starts`` and ``ends``
            of the audit period.
        corrections: what corrects their findings: tables with ``finding`` (an ID or a pattern),
            ``ticket``, ``due`` and, once it is corrected, ``corrected_on``.
    """

    days: Annotated[int, Between(1, 3650)] = 366
    assessments: tuple[StoredAssessment, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the check reads."""
        return tuple(assessment.file for assessment in self.assessments)


@frozen(kw_only=True)
class RdsBackupOptions:
    """Options of rds-backup.

    Attributes:
        generations: the minimum number of daily generations (3.1: two). A database keeps at most
            35 (Amazon RDS API Reference, CreateDBInstance).
        restorable_within_minutes: the maximum age of the latest restorable time. RDS advances it
            every five minutes (Amazon RDS User Guide, Point-in-time recovery).
    """

    generations: Annotated[int, Between(1, 35)] = 2
    restorable_within_minutes: Annotated[int, Between(5, 1440)] = 30


@frozen(kw_only=True)
class RoleTrustOptions:
    """Options of role-trust.

    Attributes:
        accounts: IDs of accounts that may assume roles, in addition to those of ``[accounts]``.
        third_parties: IDs of third-party accounts that may assume roles with an external ID.
        organizations: IDs of organizations whose accounts may assume roles, if the trust policy
            requires ``aws:PrincipalOrgID``.
        providers: ARNs of identity providers, or patterns (``*``, ``?``).
        subjects: patterns (``*``) of accepted OpenID Connect subjects; if empty, any subjects to
            which the trust policy limits access.
        guest_pools: IDs of Amazon Cognito identity pools whose guests, and so anyone on the
            internet, may assume roles.
    """

    accounts: tuple[AccountId, ...] = ()
    third_parties: tuple[AccountId, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    providers: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    guest_pools: tuple[str, ...] = ()


@frozen(kw_only=True)
class RootHardwareMfaOptions:
    """Options of root-hardware-mfa.

    Attributes:
        required: whether the MFA devices of the root user have to be hardware devices.
    """

    required: bool = True


@frozen(kw_only=True)
class RootUse:
    """A use of the root user for a special reason.

    Attributes:
        on: the day, in Japan or in UTC.
        reason: why it was necessary, such as a change of the AWS contract.
        ticket: where it is recorded.
        account: the ID of the account; without it, any account.
    """

    on: date
    reason: Words
    ticket: Words
    account: AccountId | None = None


@frozen(kw_only=True)
class RootUnusedOptions:
    """Options of root-unused.

    Attributes:
        days: the length of the audit period, which ends when the account is judged.
        building_days: the number of days after the creation of the account in which its building
            may need the root user.
        uses: declared uses: tables with ``on`` (a day), ``reason``, ``ticket`` and, for one account
            only, ``account``.
    """

    days: Annotated[int, Between(1, 3650)] = 365
    building_days: Annotated[int, Between(0, 365)] = 7
    uses: tuple[RootUse, ...] = ()


@frozen(kw_only=True)
class PasswordPolicyOptions:
    """Options of password-policy, at least as strong as PCI DSS v4.0.1 requires.

    Attributes:
        minimum_length: the minimum length of a password, in characters (8.3.6).
        reuse: the number of previous passwords that cannot be used again (8.3.7). AWS remembers at
            most 24.
        max_age_days: the number of days after which a password expires, if a user with a password
            has no MFA (8.3.9).
    """

    minimum_length: Annotated[int, Between(12, 128)] = 14
    reuse: Annotated[int, Between(4, 24)] = 24
    max_age_days: Annotated[int, Between(1, 90)] = 90


@frozen(kw_only=True)
class InactiveCredentialsOptions:
    """Options of inactive-credentials.

    Attributes:
        days: the number of days without use after which a credential has to be disabled.
    """

    days: Annotated[int, Between(1, 365)] = 90


@frozen(kw_only=True)
class AccessKeyRotationOptions:
    """Options of access-key-rotation.

    Attributes:
        days: the maximum age of an active key, in days.
    """

    days: Annotated[int, Between(1, 365)] = 90


@frozen(kw_only=True)
class DeclaredKey:
    """Long-lived keys that are necessary.

    Attributes:
        user: the ARN or name of the user, or a pattern.
        reason: why temporary credentials do not do.
        ticket: where it is recorded.
        id: the ID of the key; without it, all keys of the user.
    """

    user: Words
    reason: Words
    ticket: Words
    id: str = ""


@frozen(kw_only=True)
class AccessKeysDeclaredOptions:
    """Options of access-keys-declared.

    Attributes:
        networks: names of the networks that keys are used from; if empty, all of ``[networks]``.
        keys: declared keys: tables with ``user`` (an ARN or name, or a pattern), ``reason``,
            ``ticket`` and, for a single key, ``id``.
    """

    networks: tuple[NetworkName, ...] = ()
    keys: tuple[DeclaredKey, ...] = ()


@frozen(kw_only=True)
class DeclaredUser:
    """An IAM user that is necessary.

    Attributes:
        user: its ARN or name, or a pattern.
        reason: why federated sign-in or a role does not do.
        ticket: where it is recorded.
    """

    user: Words
    reason: Words
    ticket: Words


@frozen(kw_only=True)
class FederatedAccessOptions:
    """Options of federated-access.

    Attributes:
        accounts: IDs of accounts that people sign in to before they assume roles here.
        providers: ARNs of SAML providers that are accepted in addition to the one for people, or
            patterns.
        users: declared users with a password or access keys: tables with ``user`` (an ARN or name,
            or a pattern), ``reason`` and ``ticket``.
    """

    accounts: tuple[AccountId, ...] = ()
    providers: tuple[str, ...] = ()
    users: tuple[DeclaredUser, ...] = ()


@frozen(kw_only=True)
class ConfirmedAccount:
    """What somebody confirmed in the management account.

    It was created in the organization, and service control policies keep it there.

    Attributes:
        account: the ID of the account.
        on: the day of the confirmation.
        ticket: where it is recorded.
    """

    account: AccountId
    on: date
    ticket: Words


@frozen(kw_only=True)
class DedicatedAccountOptions:
    """Options of dedicated-account.

    Attributes:
        organization: the ID of the organization that the accounts belong to.
        confirmed: accounts that were confirmed in a management account that is not read: tables
            with ``account``, ``on`` (a day) and ``ticket``.
    """

    organization: OrganizationId | None = None
    confirmed: tuple[ConfirmedAccount, ...] = ()


@frozen(kw_only=True)
class AiServicesOptOutOptions:
    """Options of ai-services-opt-out.

    Attributes:
        services: names of the AI services in use, as in the policy (``rekognition``); ``*``: any;
            if empty, none is used.
    """

    services: tuple[Words, ...] = ("*",)


@frozen(kw_only=True)
class SourceNetworkOptions:
    """Options of source-network.

    Attributes:
        networks: names of the networks that operators act from; if empty, all of ``[networks]``.
        exempt: ARNs or names of users and roles that are not operators, or patterns.
    """

    networks: tuple[NetworkName, ...] = ()
    exempt: tuple[str, ...] = ()


@frozen(kw_only=True)
class AdminPrivilegesOptions:
    """Options of admin-privileges.

    Attributes:
        principals: ARNs or names of users and roles that may be administrators, or patterns.
        presets: roles that may be administrators: those of ``cdk`` (bootstrap),
            ``control-tower`` (with AWS Organizations and StackSets) and ``identity-center`` (the
            permission set AdministratorAccess).
    """

    principals: tuple[str, ...] = ()
    presets: tuple[AdminPreset, ...] = ()


@frozen(kw_only=True)
class DedicatedTenancyOptions:
    """Options of dedicated-tenancy; without any, the control is not applicable.

    Attributes:
        segments: names of the segments whose servers require dedicated hardware.
        vpcs: IDs of the VPCs whose servers require dedicated hardware.
    """

    segments: tuple[SegmentName, ...] = ()
    vpcs: tuple[str, ...] = ()


@frozen(kw_only=True)
class VpcFlowLogsOptions:
    """Options of vpc-flow-logs.

    Attributes:
        traffic: ``ALL`` requires accepted and rejected traffic, ``REJECT`` only rejected traffic.
    """

    traffic: Literal["ALL", "REJECT"] = "ALL"


@frozen(kw_only=True)
class NetworkAclsOptions:
    """Options of network-acls.

    Attributes:
        two_layers: names of the segments that also require a network ACL; ``*``: all.
    """

    two_layers: tuple[Annotated[str, Reference(("segment",), reserved=("*",))], ...] = ()


@frozen(kw_only=True)
class DatabaseIsolationOptions:
    """Options of database-isolation.

    Attributes:
        data_api: names or ARNs of clusters whose Data API may be enabled, or patterns
            (``*``, ``?``).
    """

    data_api: tuple[str, ...] = ()


@frozen(kw_only=True)
class AdminIngressOptions:
    """Options of admin-ingress.

    Attributes:
        services: the administration ports (4.5.1): SSH, RDP and WinRM.
        networks: names of networks with a bastion that is in no segment.
        peers: IDs of peering connections to the VPC of such a bastion.
    """

    services: tuple[Service, ...] = ("tcp/22", "tcp/3389", "tcp/5985-5986")
    networks: tuple[NetworkName, ...] = ()
    peers: tuple[str, ...] = ()


@frozen(kw_only=True)
class BastionIngressOptions:
    """Options of bastion-ingress.

    Attributes:
        networks: names of the operations networks; if empty, all networks in flows to the
            bastion, except ``internet``.
        services: the encrypted protocols that the bastion accepts.
        rdp_over_tls: whether it is attested that RDP enforces TLS, so that 3389 may be open.
    """

    networks: tuple[NetworkName, ...] = ()
    services: tuple[Service, ...] = ("tcp/22", "tcp/443")
    rdp_over_tls: bool = False


@frozen(kw_only=True)
class CustomerAdminAccessOptions:
    """Options of customer-admin-access.

    Attributes:
        services: the administration ports of the application.
        segments: names of the segments with these ports; if empty, all segments.
        networks: names of the networks of the customer's sites.
    """

    services: tuple[Service, ...] = ()
    segments: tuple[SegmentName, ...] = ()
    networks: tuple[NetworkName, ...] = ("customer",)


@frozen(kw_only=True)
class ApprovedRegionsOptions:
    """Options of approved-regions, which apply to every control on where copies go.

    Attributes:
        regions: Regions in which data may be kept (5.6: Japan; the customer chooses).
        unused: Regions that are not read, and that are attested to contain no data; ``*``: all.
        exempt: names or ARNs of resources that may be elsewhere, or patterns (``*``, ``?``).
    """

    regions: tuple[Region, ...] = ("ap-northeast-1", "ap-northeast-3")
    unused: tuple[RegionOrEvery, ...] = ()
    exempt: tuple[str, ...] = ()


@frozen(kw_only=True)
class DeclaredExportPath:
    """A resource that may carry data out of AWS.

    Attributes:
        resource: its name, ID or ARN, or a pattern (``*``, ``?``).
        ticket: the key or the URL of the ticket in which it was approved.
    """

    resource: Words
    ticket: Ticket


@frozen(kw_only=True)
class DataExportPathsOptions:
    """Options of data-export-paths.

    Attributes:
        declared: what may carry data out of AWS: tables with ``resource`` (an ID, a name, an ARN or
            a pattern) and ``ticket``.
    """

    declared: tuple[DeclaredExportPath, ...] = ()


@frozen(kw_only=True)
class ResourceSharingOptions:
    """Options of resource-sharing, which apply to every control on sharing.

    Attributes:
        accounts: IDs of accounts that resources may be shared with, in addition to those of
            ``[accounts]``.
        organizations: IDs of organizations that resources may be shared with, in addition to that
            of the account.
        public: names or ARNs of resources that anyone may use, such as a function with a URL, or
            patterns (``*``, ``?``).
    """

    accounts: tuple[AccountId, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    public: tuple[str, ...] = ()


@frozen(kw_only=True)
class BackupCopyDestinationOptions:
    """Options of backup-copy-destination.

    Attributes:
        accounts: IDs of accounts that may receive copies of backups, in addition to those of
            ``[accounts]``.
    """

    accounts: tuple[AccountId, ...] = ()


@frozen(kw_only=True)
class S3ReplicationDestinationOptions:
    """Options of s3-replication-destination.

    Attributes:
        accounts: IDs of accounts that may receive copies, in addition to those of ``[accounts]``.
        buckets: buckets of declared accounts that are not read here, or whose Region is not
            available from the source: name = Region.
    """

    accounts: tuple[AccountId, ...] = ()
    buckets: Mapping[str, Region] = field(factory=dict)


@frozen(kw_only=True)
class GuarddutyOptions:
    """Options of guardduty.

    Attributes:
        features: names of optional features that also have to be enabled, such as
            ``S3_DATA_EVENTS`` (GuardDuty API Reference, DetectorFeatureResult).
    """

    features: tuple[str, ...] = ()


@frozen(kw_only=True)
class CloudtrailEnabledOptions:
    """Options of cloudtrail-enabled.

    Attributes:
        excluded_sources: services whose management events need not be recorded, such as
            ``kms.amazonaws.com`` (AWS CloudTrail API Reference, EventSelector).
        delivered_within_hours: the maximum age of the latest delivery of a trail.
    """

    excluded_sources: tuple[str, ...] = ()
    delivered_within_hours: Annotated[int, Between(1, 720)] = 24


@frozen(kw_only=True)
class CloudtrailLogBucketOptions:
    """Options of cloudtrail-log-bucket.

    Attributes:
        principals: ARNs or names of users and roles that may manage trails and their buckets, or
            patterns (``*``, ``?``). Declared administrators may too.
        archives: names of buckets of a log archive account that is not read, or patterns.
        days: the minimum number of days that Object Lock has to protect log files.
    """

    principals: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    days: Annotated[int, Between(1, 36500)] = 365


@frozen(kw_only=True)
class CloudtrailRetentionOptions:
    """Options of cloudtrail-retention.

    Attributes:
        days: the minimum number of days (4.5.3: one year).
        archives: names of buckets of a log archive account that is not read, which keep logs for
            that long, or patterns (``*``, ``?``).
    """

    days: Annotated[int, Between(1, 36500)] = 365
    archives: tuple[str, ...] = ()


@frozen(kw_only=True)
class FindingsRoutedOptions:
    """Options of findings-routed.

    Attributes:
        administrators: IDs of accounts that receive the findings of this account and notify
            somebody, such as the audit account of AWS Control Tower.
        receivers: ARNs of targets that notify somebody, such as functions or topics of other
            accounts, or patterns (``*``, ``?``).
    """

    administrators: tuple[AccountId, ...] = ()
    receivers: tuple[str, ...] = ()


@frozen(kw_only=True)
class ServerAccessPathsOptions:
    """Options of server-access-paths.

    Attributes:
        operators: ARNs or names of users and roles that may open sessions on servers, or patterns
            (``*``, ``?``). Declared administrators may too.
        key_pairs: names of key pairs that servers may carry, or patterns.
    """

    operators: tuple[str, ...] = ()
    key_pairs: tuple[str, ...] = ()


@frozen(kw_only=True)
class SessionRecordingOptions:
    """Options of session-recording.

    Attributes:
        days: the minimum number of days that records are kept (4.5.3: one year).
        archives: names of buckets of another account that is not read, which keep records for
            that long, or patterns (``*``, ``?``).
        unrecorded: ARNs or names of users and roles that may open sessions that are not recorded,
            or patterns. Declared administrators may too.
        without_exec: names or ARNs of clusters in which ECS Exec is not used, or patterns.
    """

    days: Annotated[int, Between(1, 36500)] = 365
    archives: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    without_exec: tuple[str, ...] = ()


@frozen(kw_only=True)
class CloudwatchAlarmsOptions:
    """Options of cloudwatch-alarms.

    Attributes:
        monitored: names or ARNs of servers and databases that an external monitor watches, or
            patterns (``*``, ``?``); ``*``: all.
        receivers: ARNs of alarm actions that notify somebody, such as functions or topics of
            other accounts, or patterns.
    """

    monitored: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()


@frozen(kw_only=True)
class ConfigRecorderOptions:
    """Options of config-recorder.

    Attributes:
        excluded_types: resource types that need not be recorded, such as
            ``AWS::EC2::NetworkInterface`` (AWS Config API Reference, ExclusionByResourceTypes).
    """

    excluded_types: tuple[str, ...] = ()


@frozen(kw_only=True)
class LogRetentionOptions:
    """Options of log-retention.

    Attributes:
        days: the minimum number of days (4.5.3: one year).
        log_groups: names of log groups that are judged in addition to those of sessions, such as
            those of bastions, or patterns (``*``, ``?``).
        forwarded: names of log groups whose events a subscription forwards to a store that keeps
            them, or patterns.
    """

    days: Annotated[int, Between(1, 3653)] = 365
    log_groups: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()


@frozen(kw_only=True)
class KmsKeyRotationOptions:
    """Options of kms-key-rotation.

    Attributes:
        days: the maximum number of days between rotations (AWS KMS API Reference,
            EnableKeyRotation: 90 to 2560).
    """

    days: Annotated[int, Between(90, 2560)] = 365


@frozen(kw_only=True)
class RdsDeletionProtectionOptions:
    """Options of rds-deletion-protection.

    Attributes:
        databases: the production databases: patterns of names or ARNs of instances and clusters.
    """

    databases: tuple[str, ...] = ()


@frozen(kw_only=True)
class RdsMultiAzOptions:
    """Options of rds-multi-az.

    Attributes:
        databases: the production databases: patterns of names or ARNs of instances and clusters.
    """

    databases: tuple[str, ...] = ()


@frozen(kw_only=True)
class EbsEncryptionOptions:
    """Options of ebs-encryption.

    Attributes:
        kms_keys: ARNs of the keys or aliases of which one has to encrypt each volume; none: any
            key.
    """

    kms_keys: tuple[KeyArn, ...] = ()


@frozen(kw_only=True)
class RdsEncryptionOptions:
    """Options of rds-encryption.

    Attributes:
        kms_keys: ARNs of the keys or aliases of which one has to encrypt each database; none: any
            key.
    """

    kms_keys: tuple[KeyArn, ...] = ()


@frozen(kw_only=True)
class ElasticacheEncryptionOptions:
    """Options of elasticache-encryption.

    Attributes:
        kms_keys: ARNs of the keys or aliases of which one has to encrypt each cache; none: any
            key.
    """

    kms_keys: tuple[KeyArn, ...] = ()


@frozen(kw_only=True)
class LoadBalancerTlsOptions:
    """Options of load-balancer-tls.

    Attributes:
        protocols: the versions of TLS that listeners may accept.
    """

    protocols: Annotated[tuple[TlsVersion, ...], NotEmpty(_TLS_DEFAULT)] = ("TLSv1.2", "TLSv1.3")


@frozen(kw_only=True)
class CloudfrontTlsOptions:
    """Options of cloudfront-tls.

    Attributes:
        protocols: the versions of TLS that viewers and origins may use.
    """

    protocols: Annotated[tuple[TlsVersion, ...], NotEmpty(_TLS_DEFAULT)] = ("TLSv1.2", "TLSv1.3")


@frozen(kw_only=True)
class EngineSupportOptions:
    """Options of engine-support.

    Attributes:
        extended_support: the databases that are enrolled in RDS Extended Support on purpose:
            patterns of names or ARNs of instances and clusters.
        support_ends: the last day of support of engines for which AWS publishes no dates:
            engine and major version = day, such as ``"oracle-se2 19" = 2027-04-30``.
    """

    extended_support: tuple[str, ...] = ()
    support_ends: Mapping[str, date] = field(factory=dict)


@frozen(kw_only=True)
class InspectorOptions:
    """Options of inspector.

    Attributes:
        scanners: other scanners that are in use: patterns of IDs, names or ARNs of instances,
            repositories, images and functions = the name of the scanner.
        pulled_within_days: an image that was pulled in these days is in use.
        scanned_within_days: the maximum age of the last scan in days.
    """

    scanners: Mapping[str, str] = field(factory=dict)
    pulled_within_days: Annotated[int, Between(0, 3650)] = 90
    scanned_within_days: Annotated[int, Between(1, 365)] = 30


@frozen(kw_only=True)
class ScannerExport:
    """Findings that another scanner has exported.

    Attributes:
        scanner: its name.
        file: the findings in the AWS Security Finding Format, relative to the baseline file.
        sha256: the SHA-256 digest of the file.
        exported_on: the day of the export.
        resources: the instances, repositories and functions that it scans: patterns of IDs,
            names or ARNs.
    """

    scanner: Words
    file: Words
    sha256: Sha256
    exported_on: date
    resources: tuple[Words, ...]


@frozen(kw_only=True)
class UrgentVulnerabilitiesOptions:
    """Options of urgent-vulnerabilities.

    Attributes:
        severities: the severities of urgent vulnerabilities.
        days: the number of days in which they have to be fixed.
        exports: findings of other scanners: tables with ``scanner``, ``file`` (in the AWS Security
            Finding Format), ``sha256``, ``exported_on`` and ``resources``, patterns of the
            instances and repositories that it scans.
        exported_within_days: the maximum age of an export.
    """

    severities: Annotated[
        tuple[Literal["CRITICAL", "HIGH"], ...], NotEmpty('the default is ["CRITICAL"]')
    ] = ("CRITICAL",)
    days: Annotated[int, Between(0, 365)] = 30
    exports: tuple[ScannerExport, ...] = ()
    exported_within_days: Annotated[int, Between(1, 365)] = 31

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the check reads."""
        return tuple(export.file for export in self.exports)


@frozen(kw_only=True)
class InstancePatchComplianceOptions:
    """Options of instance-patch-compliance.

    Attributes:
        severities: the severities of critical patches, as operating systems name them.
        scanned_within_days: the maximum age of the last comparison with the patch baseline.
    """

    severities: Annotated[tuple[str, ...], NotEmpty('the default is ["Critical"]')] = ("Critical",)
    scanned_within_days: Annotated[int, Between(1, 365)] = 14


@frozen(kw_only=True)
class DomainLockOptions:
    """Options of domain-lock.

    Attributes:
        days: the minimum number of days until a registration ends.
        without_lock: domains, or top-level domains such as ``co.uk``, whose registry offers no
            transfer lock.
    """

    days: Annotated[int, Between(1, 365)] = 10
    without_lock: tuple[str, ...] = ()


@frozen(kw_only=True)
class Route53QueryLoggingOptions:
    """Options of route53-query-logging; without any, the control is not applicable.

    Attributes:
        zones: names or IDs of the public hosted zones that require query logs, or patterns
            (``*``, ``?``).
    """

    zones: tuple[str, ...] = ()


@frozen(kw_only=True)
class Route53DnssecOptions:
    """Options of route53-dnssec; without any, the control is not applicable.

    Attributes:
        zones: names or IDs of the public hosted zones that require signatures, or patterns
            (``*``, ``?``).
        delegated: names of zones whose DS record in the parent zone is attested, because neither
            the domain nor the parent zone is in an account that is read.
    """

    zones: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()


@frozen(kw_only=True)
class Route53DanglingRecordsOptions:
    """Options of route53-dangling-records.

    Attributes:
        addresses: CIDR blocks of public addresses that are known to be in use, in addition to
            those of ``[networks]`` and of the accounts that are read.
        delegations: names of zones that are known to exist in other accounts.
    """

    addresses: tuple[Cidr, ...] = ()
    delegations: tuple[str, ...] = ()


@frozen(kw_only=True)
class DailyBackupOptions:
    """Options of daily-backup.

    Attributes:
        generations: the minimum number of daily generations (3.1: two).
        newest_within_hours: the maximum age of the newest one: a day, and room for the window.
        exempt: resources that need no backup: patterns of names or ARNs.
    """

    generations: Annotated[int, Between(1, 35)] = 2
    newest_within_hours: Annotated[int, Between(1, 168)] = 26
    exempt: tuple[str, ...] = ()


OPTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "account-decommissioned": AccountDecommissionedOptions,
        "access-key-rotation": AccessKeyRotationOptions,
        "access-keys-declared": AccessKeysDeclaredOptions,
        "admin-ingress": AdminIngressOptions,
        "admin-privileges": AdminPrivilegesOptions,
        "ai-services-opt-out": AiServicesOptOutOptions,
        "approved-regions": ApprovedRegionsOptions,
        "backup-copy-destination": BackupCopyDestinationOptions,
        "bastion-ingress": BastionIngressOptions,
        "cloudfront-tls": CloudfrontTlsOptions,
        "cloudtrail-enabled": CloudtrailEnabledOptions,
        "cloudtrail-log-bucket": CloudtrailLogBucketOptions,
        "cloudtrail-retention": CloudtrailRetentionOptions,
        "cloudwatch-alarms": CloudwatchAlarmsOptions,
        "config-recorder": ConfigRecorderOptions,
        "customer-admin-access": CustomerAdminAccessOptions,
        "data-export-paths": DataExportPathsOptions,
        "database-isolation": DatabaseIsolationOptions,
        "dedicated-account": DedicatedAccountOptions,
        "dedicated-tenancy": DedicatedTenancyOptions,
        "ebs-encryption": EbsEncryptionOptions,
        "elasticache-encryption": ElasticacheEncryptionOptions,
        "domain-lock": DomainLockOptions,
        "findings-routed": FindingsRoutedOptions,
        "engine-support": EngineSupportOptions,
        "federated-access": FederatedAccessOptions,
        "guardduty": GuarddutyOptions,
        "inactive-credentials": InactiveCredentialsOptions,
        "inspector": InspectorOptions,
        "urgent-vulnerabilities": UrgentVulnerabilitiesOptions,
        "instance-patch-compliance": InstancePatchComplianceOptions,
        "daily-backup": DailyBackupOptions,
        "kms-key-rotation": KmsKeyRotationOptions,
        "load-balancer-tls": LoadBalancerTlsOptions,
        "log-retention": LogRetentionOptions,
        "network-acls": NetworkAclsOptions,
        "password-policy": PasswordPolicyOptions,
        "rds-backup": RdsBackupOptions,
        "rds-deletion-protection": RdsDeletionProtectionOptions,
        "rds-encryption": RdsEncryptionOptions,
        "rds-multi-az": RdsMultiAzOptions,
        "resource-sharing": ResourceSharingOptions,
        "role-trust": RoleTrustOptions,
        "root-hardware-mfa": RootHardwareMfaOptions,
        "root-unused": RootUnusedOptions,
        "route53-dangling-records": Route53DanglingRecordsOptions,
        "route53-dnssec": Route53DnssecOptions,
        "route53-query-logging": Route53QueryLoggingOptions,
        "s3-replication-destination": S3ReplicationDestinationOptions,
        "security-drift": SecurityDriftOptions,
        "server-access-paths": ServerAccessPathsOptions,
        "session-recording": SessionRecordingOptions,
        "source-network": SourceNetworkOptions,
        "vpc-flow-logs": VpcFlowLogsOptions,
        "yearly-assessment": YearlyAssessmentOptions,
    }
)
"""By control ID; a control that is not named here has no table."""
