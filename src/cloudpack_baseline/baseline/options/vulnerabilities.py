"""Options of controls of vulnerabilities and changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from attrs import field

from cloudpack_baseline.baseline.formats import Between, NotEmpty, Sha256, Words
from cloudpack_baseline.immutable import frozen

__all__ = [
    "EngineSupportOptions",
    "InspectorOptions",
    "InstancePatchComplianceOptions",
    "ScannerExport",
    "SecurityDriftOptions",
    "UrgentVulnerabilitiesOptions",
]


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
