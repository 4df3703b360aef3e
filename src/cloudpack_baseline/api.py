"""The check functions: one a control, for users' own tests and programs.

Each takes a boto3 session or a snapshot, and a baseline, and returns an `Assessment`
of its control, which is true if nothing fails and nothing is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cloudpack_baseline.assessment import Assessment, Source, assess
from cloudpack_baseline.baseline import Baseline

__all__ = [
    "check_admin_ingress",
    "check_admin_privileges",
    "check_bastion_ingress",
    "check_customer_admin_access",
    "check_database_isolation",
    "check_dedicated_tenancy",
    "check_default_security_group",
    "check_imdsv2",
    "check_network_acls",
    "check_open_security_groups",
    "check_public_ip_assignment",
    "check_rds_backup",
    "check_rds_public_access",
    "check_resources_in_vpc",
    "check_role_trust",
    "check_root_mfa",
    "check_route_restriction",
    "check_s3_access_logging",
    "check_s3_acl_disabled",
    "check_s3_encryption",
    "check_s3_exposure",
    "check_s3_public_access_block",
    "check_s3_replication_destination",
    "check_s3_tls_only",
    "check_s3_versioning",
    "check_s3_website",
    "check_segmentation",
    "check_source_network",
    "check_vpc_flow_logs",
]


def check_root_mfa(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.3.2: the root user has MFA, or no credentials left at all.

    Args and errors are those of `assess`. A session costs two calls.
    """
    return assess(source, baseline, controls=["root-mfa"], regions=regions, as_of=as_of)


def check_rds_backup(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """3.1: databases are backed up daily, two generations are kept, recoverable now.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["rds-backup"], regions=regions, as_of=as_of)


def check_s3_exposure(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.2: each bucket is exactly as open as ``[[buckets]]`` declares; default private.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["s3-exposure"], regions=regions, as_of=as_of)


def check_segmentation(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: what the network lets through between ``[[segments]]`` is declared as ``[[flows]]``.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["segmentation"], regions=regions, as_of=as_of)


def check_s3_public_access_block(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.2: Block Public Access is in effect for every bucket that is not declared public.

    GetPublicAccessBlock of bucket and account, DescribeEffectivePolicy (Amazon S3 and AWS
    Organizations API References).
    Args and errors are those of `assess`.
    """
    return assess(
        source, baseline, controls=["s3-public-access-block"], regions=regions, as_of=as_of
    )


def check_s3_acl_disabled(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """2.2.2: ACLs of buckets are off, save where ``acls`` is declared.

    GetBucketOwnershipControls (Amazon S3 API Reference).
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["s3-acl-disabled"], regions=regions, as_of=as_of)


def check_s3_versioning(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """2.2.2: versioning of buckets is on, save where ``versioning = false`` is declared.

    GetBucketVersioning (Amazon S3 API Reference).
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["s3-versioning"], regions=regions, as_of=as_of)


def check_s3_website(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.2: a bucket that hosts a website is declared to (``website``).

    GetBucketWebsite (Amazon S3 API Reference).
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["s3-website"], regions=regions, as_of=as_of)


def check_s3_encryption(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """2.2.2, 3.3: new objects are encrypted, by one of ``kms_keys`` where such are declared.

    GetBucketEncryption (Amazon S3 API Reference).
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["s3-encryption"], regions=regions, as_of=as_of)


def check_default_security_group(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1 (best practice): the default security group of each VPC has no rule.

    Args and errors are those of `assess`.
    """
    return assess(
        source, baseline, controls=["default-security-group"], regions=regions, as_of=as_of
    )


def check_public_ip_assignment(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: only Internet-facing segments hand out public addresses.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["public-ip-assignment"], regions=regions, as_of=as_of)


def check_resources_in_vpc(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: servers, databases and caches live in a VPC that is not the default one.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["resources-in-vpc"], regions=regions, as_of=as_of)


def check_dedicated_tenancy(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: servers for which dedicated hardware is declared run on such.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["dedicated-tenancy"], regions=regions, as_of=as_of)


def check_imdsv2(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """2.2.2 (best practice): instance metadata needs a token, or is off.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["imdsv2"], regions=regions, as_of=as_of)


def check_vpc_flow_logs(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """4.5.3 (best practice): flow logs cover every VPC in use and are delivered.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["vpc-flow-logs"], regions=regions, as_of=as_of)


def check_network_acls(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: where two layers are asked for, a network ACL filters beside the groups.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["network-acls"], regions=regions, as_of=as_of)


def check_s3_access_logging(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """4.5.3(4): access to objects is logged in some way; buckets that receive logs are exempt.

    GetBucketLogging (Amazon S3 API Reference); GetEventSelectors and GetTrailStatus (AWS
    CloudTrail API Reference).
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["s3-access-logging"], regions=regions, as_of=as_of)


def check_s3_replication_destination(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.4, 5.6: copies of buckets go to declared accounts and approved regions only.

    GetBucketReplication (Amazon S3 API Reference).
    Args and errors are those of `assess`.
    """
    return assess(
        source, baseline, controls=["s3-replication-destination"], regions=regions, as_of=as_of
    )


def check_s3_tls_only(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """2.2.2, 3.3: requests over plain HTTP are refused; declared websites are exempt.

    GetBucketPolicy (Amazon S3 API Reference), decided over all requests.
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["s3-tls-only"], regions=regions, as_of=as_of)


def check_route_restriction(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: only declared Internet-facing segments have a route to an Internet gateway.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["route-restriction"], regions=regions, as_of=as_of)


def check_open_security_groups(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: no port that is not declared public is open to the Internet.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["open-security-groups"], regions=regions, as_of=as_of)


def check_rds_public_access(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: databases of RDS are not public, neither by flag nor by reachability.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["rds-public-access"], regions=regions, as_of=as_of)


def check_database_isolation(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.1.1: databases, caches and warehouses are reached from declared segments only.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["database-isolation"], regions=regions, as_of=as_of)


def check_admin_ingress(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """4.5.1: administration ports of servers are reached from the bastion only.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["admin-ingress"], regions=regions, as_of=as_of)


def check_bastion_ingress(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """4.5.1: the bastion is reached from the corporate networks only, encrypted.

    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["bastion-ingress"], regions=regions, as_of=as_of)


def check_customer_admin_access(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """5.5: the application is administered from the customer's sites only.

    Args and errors are those of `assess`.
    """
    return assess(
        source, baseline, controls=["customer-admin-access"], regions=regions, as_of=as_of
    )


def check_role_trust(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """4.5.2: nobody undeclared can assume a role.

    AssumeRolePolicyDocument of GetAccountAuthorizationDetails, ClientIDList of
    GetOpenIDConnectProvider (IAM API Reference).
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["role-trust"], regions=regions, as_of=as_of)


def check_admin_privileges(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """4.5.2: everything, or a way to it, is held by declared users and roles only.

    GetAccountAuthorizationDetails (IAM API Reference).
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["admin-privileges"], regions=regions, as_of=as_of)


def check_source_network(
    source: Source,
    baseline: Baseline | None = None,
    *,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """4.5.2: operators cannot act from outside the declared networks.

    GetAccountAuthorizationDetails, GetLoginProfile, ListAccessKeys (IAM API Reference);
    DescribeOrganization and, of the management account, ListRoots,
    ListOrganizationalUnitsForParent, ListAccountsForParent, ListPolicies, DescribePolicy,
    ListTargetsForPolicy (AWS Organizations API Reference).
    Args and errors are those of `assess`.
    """
    return assess(source, baseline, controls=["source-network"], regions=regions, as_of=as_of)
