"""Settings of repositories of images and of caches."""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.settings import Setting, each, one_of
from cloudpack_baseline.findings import Observation, Outcome, not_applicable, unknown
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.elasticache import CacheCluster
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["ecr_scan_on_push", "elasticache_auto_minor_version"]

ecr_scan_on_push = each(
    Repository,
    Setting("scan_frequency", one_of("SCAN_ON_PUSH", "CONTINUOUS_SCAN")),
    evidence="""Reads the scan frequency of each private repository.

The scan frequency follows from the scanning configuration of the registry, basic or enhanced,
and from the filters of its rules (BatchGetRepositoryScanningConfiguration). The setting of the
repository itself is deprecated, and counts only where the registry has no rules.""",
)


_REDIS_SINCE = 6
"""Earlier major versions of Redis OSS are not upgraded automatically."""


def _exempt(view: AccountView, cluster: CacheCluster) -> Observation | None:
    """That the setting does not apply; where it is on, the cache passes or it does not apply."""
    exemption = _exempt_engine(view, cluster)
    is_unknown = exemption is not None and exemption.outcome is Outcome.UNKNOWN
    return None if is_unknown and cluster.auto_minor_version_upgrade is True else exemption


def _exempt_engine(view: AccountView, cluster: CacheCluster) -> Observation | None:
    """That the setting does not apply to the engine, or to its version."""
    engine, version = cluster.engine, cluster.engine_version
    if isinstance(engine, Unknown):
        return unknown("Engine", engine)
    # Without a version, a new cache has the latest one.
    is_latest = isinstance(version, str) and not version and view.snapshot.is_planned
    if engine == "valkey" or (engine == "redis" and is_latest):
        return None
    if engine == "redis":
        if isinstance(version, Unknown):
            return unknown("EngineVersion", version)
        major = version.partition(".")[0]
        if not (major.isascii() and major.isdigit()):
            why = Unknown.because(Why.UNSUPPORTED, detail=f"EngineVersion={version}")
            return unknown("EngineVersion", why)
        if int(major) >= _REDIS_SINCE:
            return None
    name = f"{engine} {version}".strip() if isinstance(version, str) else engine
    return not_applicable(text("vulnerabilities.no-auto-minor-version", engine=name))


elasticache_auto_minor_version = each(
    CacheCluster,
    Setting("auto_minor_version_upgrade", expected=True),
    exempt=_exempt,
    evidence="""Reads ``AutoMinorVersionUpgrade`` of each node-based cache, member by member.

The setting applies to Valkey, and to Redis OSS 6.0 and later (ElastiCache API Reference,
CacheCluster). Serverless caches are always upgraded automatically.""",
)
