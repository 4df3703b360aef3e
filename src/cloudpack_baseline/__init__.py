"""The cloudpack security white paper as checks over AWS.

    import boto3
    from cloudpack_baseline import check_root_mfa

    check_root_mfa(boto3.Session()).require()

The names below are loaded when they are first used, so that importing the package
costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from cloudpack_baseline._version import __version__

if TYPE_CHECKING:
    from cloudpack_baseline.api import (
        check_admin_ingress,
        check_admin_privileges,
        check_bastion_ingress,
        check_customer_admin_access,
        check_database_isolation,
        check_dedicated_tenancy,
        check_default_security_group,
        check_imdsv2,
        check_network_acls,
        check_open_security_groups,
        check_public_ip_assignment,
        check_rds_backup,
        check_rds_public_access,
        check_resources_in_vpc,
        check_role_trust,
        check_root_mfa,
        check_route_restriction,
        check_s3_access_logging,
        check_s3_acl_disabled,
        check_s3_encryption,
        check_s3_exposure,
        check_s3_public_access_block,
        check_s3_replication_destination,
        check_s3_tls_only,
        check_s3_versioning,
        check_s3_website,
        check_segmentation,
        check_source_network,
        check_vpc_flow_logs,
    )
    from cloudpack_baseline.assessment import Assessment, assess, gather
    from cloudpack_baseline.baseline import Baseline
    from cloudpack_baseline.errors import CloudpackError, InputError, SourceError
    from cloudpack_baseline.findings import Finding, Observation, Outcome, Resource, Witness
    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = [
    "Assessment",
    "Baseline",
    "CloudpackError",
    "Finding",
    "InputError",
    "Observation",
    "Outcome",
    "Resource",
    "Snapshot",
    "SourceError",
    "Witness",
    "__version__",
    "assess",
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
    "gather",
]

_HOMES = {
    "assessment": ("Assessment", "assess", "gather"),
    "baseline": ("Baseline",),
    "errors": ("CloudpackError", "InputError", "SourceError"),
    "findings": ("Finding", "Observation", "Outcome", "Resource", "Witness"),
    "model.snapshot": ("Snapshot",),
}


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), "api")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
