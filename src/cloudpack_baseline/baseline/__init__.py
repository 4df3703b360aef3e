"""What the user declares: ``cloudpack-baseline.toml`` as frozen records.

A baseline is data: `Baseline` contains it, and `Baseline.load` reads a file. Every problem in
the file is reported at once, each with the path to its key.
"""

from __future__ import annotations

from cloudpack_baseline.baseline._find import FILE_NAME, find_baseline, nearest_baseline
from cloudpack_baseline.baseline.declarations import (
    Account,
    Baseline,
    BucketDeclaration,
    Exclusion,
    Flow,
    Scope,
    Segment,
    Waiver,
)
from cloudpack_baseline.baseline.options import (
    AdminIngressOptions,
    AdminPrivilegesOptions,
    ApprovedRegionsOptions,
    BastionIngressOptions,
    CloudfrontTlsOptions,
    CustomerAdminAccessOptions,
    DatabaseIsolationOptions,
    DedicatedTenancyOptions,
    EbsEncryptionOptions,
    ElasticacheEncryptionOptions,
    GuarddutyOptions,
    KmsKeyRotationOptions,
    LoadBalancerTlsOptions,
    NetworkAclsOptions,
    RdsBackupOptions,
    RdsDeletionProtectionOptions,
    RdsEncryptionOptions,
    RdsMultiAzOptions,
    ResourceSharingOptions,
    RoleTrustOptions,
    RootHardwareMfaOptions,
    S3ReplicationDestinationOptions,
    SourceNetworkOptions,
    VpcFlowLogsOptions,
)

__all__ = [
    "FILE_NAME",
    "Account",
    "AdminIngressOptions",
    "AdminPrivilegesOptions",
    "ApprovedRegionsOptions",
    "Baseline",
    "BastionIngressOptions",
    "BucketDeclaration",
    "CloudfrontTlsOptions",
    "CustomerAdminAccessOptions",
    "DatabaseIsolationOptions",
    "DedicatedTenancyOptions",
    "EbsEncryptionOptions",
    "ElasticacheEncryptionOptions",
    "Exclusion",
    "Flow",
    "GuarddutyOptions",
    "KmsKeyRotationOptions",
    "LoadBalancerTlsOptions",
    "NetworkAclsOptions",
    "RdsBackupOptions",
    "RdsDeletionProtectionOptions",
    "RdsEncryptionOptions",
    "RdsMultiAzOptions",
    "ResourceSharingOptions",
    "RoleTrustOptions",
    "RootHardwareMfaOptions",
    "S3ReplicationDestinationOptions",
    "Scope",
    "Segment",
    "SourceNetworkOptions",
    "VpcFlowLogsOptions",
    "Waiver",
    "find_baseline",
    "nearest_baseline",
]
