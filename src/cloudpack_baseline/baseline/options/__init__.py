"""The tables ``[controls.ID]``: options of controls; defaults are those of the white paper.

Each control has a class in the module of its theme, which is named after it: `RdsBackupOptions`
in `databases` for ``rds-backup``. A theme is loaded when a control of it is configured or judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

__all__ = ["OPTIONS"]

_CONTROLS = {
    "account": (
        "account-decommissioned",
        "dedicated-account",
        "root-hardware-mfa",
        "root-unused",
    ),
    "assessments": ("yearly-assessment",),
    "databases": (
        "daily-backup",
        "rds-backup",
        "rds-deletion-protection",
        "rds-multi-az",
    ),
    "dns": (
        "domain-lock",
        "route53-dangling-records",
        "route53-dnssec",
        "route53-query-logging",
    ),
    "encryption": (
        "cloudfront-tls",
        "ebs-encryption",
        "elasticache-encryption",
        "kms-key-rotation",
        "load-balancer-tls",
        "rds-encryption",
    ),
    "identity": (
        "access-key-rotation",
        "access-keys-declared",
        "admin-privileges",
        "federated-access",
        "inactive-credentials",
        "password-policy",
        "role-trust",
        "server-access-paths",
        "source-network",
    ),
    "logging": (
        "cloudtrail-enabled",
        "cloudtrail-log-bucket",
        "cloudtrail-retention",
        "cloudwatch-alarms",
        "config-recorder",
        "findings-routed",
        "guardduty",
        "log-retention",
        "session-recording",
        "vpc-flow-logs",
    ),
    "network": (
        "admin-ingress",
        "bastion-ingress",
        "customer-admin-access",
        "database-isolation",
        "dedicated-tenancy",
        "network-acls",
        "open-security-groups",
    ),
    "regions": ("approved-regions",),
    "sharing": (
        "ai-services-opt-out",
        "backup-copy-destination",
        "data-export-paths",
        "resource-sharing",
        "s3-replication-destination",
    ),
    "vulnerabilities": (
        "engine-support",
        "inspector",
        "instance-patch-compliance",
        "security-drift",
        "urgent-vulnerabilities",
    ),
}
"""The controls with options, by theme."""

_THEMES = {control: theme for theme, controls in _CONTROLS.items() for control in controls}


class _OptionsClasses(Mapping[str, type[Any]]):
    def __getitem__(self, control: str) -> type[Any]:
        theme = import_module(f"{__name__}.{_THEMES[control]}")
        words = control.split("-")
        options: type[Any] = getattr(theme, "".join(map(str.capitalize, words)) + "Options")
        return options

    def __iter__(self) -> Iterator[str]:
        return iter(_THEMES)

    def __len__(self) -> int:
        return len(_THEMES)


OPTIONS: Mapping[str, type[Any]] = _OptionsClasses()
"""By control ID; a control that is not named here has no table."""
