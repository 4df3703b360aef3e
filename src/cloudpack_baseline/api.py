"""The check functions: one a control, for users' own tests and programs.

Each takes a boto3 session or a snapshot, and a baseline, and returns an `Assessment`
of its control, which is true if nothing fails and nothing is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cloudpack_baseline.assessment import Assessment, Source, assess
from cloudpack_baseline.baseline import Baseline

__all__ = ["check_rds_backup", "check_root_mfa", "check_s3_exposure", "check_segmentation"]


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
