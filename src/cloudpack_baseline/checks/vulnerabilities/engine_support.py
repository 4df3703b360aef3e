"""Whether database engines are in standard support."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from cloudpack_baseline.baseline.options.vulnerabilities import EngineSupportOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.databases.clusters import Database, databases_of, exempt_member
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.rds_parameters import DBMajorEngineVersion
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["engine_support"]

_STANDARD = "open-source-rds-standard-support"
_EXTENDED = "open-source-rds-extended-support"
_NO_DATES = Unknown.because(
    Why.UNSUPPORTED,
    operation="rds:DescribeDBMajorEngineVersions",
    detail="no dates for the engine; declare support_ends",
)
_AURORA = "mysql_aurora."
"""Precedes the version of Aurora MySQL in EngineVersion, as in ``8.0.mysql_aurora.3.05.2``."""


@check(
    reads(DBInstance),
    reads(DBCluster),
    reads(DBMajorEngineVersion),
    subjects=(DBInstance, DBCluster),
)
def engine_support(view: AccountView) -> Iterator[Finding]:
    """Reads until when each engine version is supported (DescribeDBMajorEngineVersions).

    A database passes until the end of standard support. Until the end of RDS Extended Support, it
    passes if it is enrolled (``EngineLifecycleSupport``) and declared (``extended_support``).
    Oracle, SQL Server, Db2, Amazon DocumentDB and Amazon Neptune have no such dates, so the end of
    their support is declared (``support_ends``). A member of a cluster is evaluated through it.
    No template says when support ends: without a declared end, its databases are evaluated once
    they are deployed.
    """
    for database in databases_of(view):
        yield view.finding(database, exempt_member(view, database) or _observe(view, database))


def _observe(view: AccountView, database: Database) -> Observation:
    engine, version = database.engine, database.engine_version
    for name, field in (("Engine", engine), ("EngineVersion", version)):
        if isinstance(field, Unknown):
            return _undecided(view, name, field)
    name = f"{engine} {version}"
    ends = _ends(view, database, str(engine), str(version))
    if isinstance(ends, Unknown):
        return _undecided(view, f"LifecycleSupportEndDate ({name})", ends)
    standard = ends[_STANDARD]
    read, expected = f"LifecycleSupportEndDate={_day(standard)}", f">= {_day(view.as_of)}"
    if view.as_of < standard:
        message = text("vulnerabilities.supported", engine=name, end=_day(standard))
        return passed(message, read=read, expected=expected)
    extended = ends.get(_EXTENDED)
    if extended is not None and view.as_of < extended:
        return _extended(view, database, name, extended)
    message = text("vulnerabilities.unsupported", engine=name, end=_day(standard))
    return failed(message, read=read, expected=expected)


def _undecided(view: AccountView, field: str, why: Unknown) -> Observation:
    """That the end of support is unknown; no template says it."""
    if view.snapshot.is_planned:
        return not_applicable(text("common.after-deployment"))
    return unknown(field, why)


def _ends(
    view: AccountView, database: Database, engine: str, version: str
) -> Field[Mapping[str, datetime]]:
    """The end of each kind of support: as AWS says, else as declared."""
    majors = [
        major
        for major in view.all(DBMajorEngineVersion)
        if (major.region, major.engine) == (database.region, engine)
        and _is_within(version, major.major_engine_version)
    ]
    major = max(majors, key=lambda major: len(major.major_engine_version), default=None)
    lifecycles = () if major is None else major.lifecycles
    if isinstance(lifecycles, Unknown):
        return lifecycles
    ends = {lifecycle.name: lifecycle.end for lifecycle in lifecycles}
    return ends if _STANDARD in ends else _declared(view, database, engine, version)


def _declared(
    view: AccountView, database: Database, engine: str, version: str
) -> Field[Mapping[str, datetime]]:
    """The declared end of support of an engine for which AWS publishes none.

    A source that has no dates at all, such as moto, is no reason not to use it; a denied call is.
    """
    gap = view.gap(DBMajorEngineVersion, database.region)
    if gap is not None and any(cause.why is not Why.NOT_PROVIDED for cause in gap.causes):
        return gap
    for name, day in view.baseline.options(EngineSupportOptions).support_ends.items():
        declared_engine, _, declared_version = name.partition(" ")
        if engine == declared_engine and _is_within(version, declared_version):
            return {_STANDARD: _midnight_after(day)}
    return _NO_DATES if gap is None else gap


def _is_within(version: str, major: str) -> bool:
    """Whether the version is of the major version, by its own number or by that of Aurora."""
    numbers = (version, version.partition(_AURORA)[2])
    return any(f"{number}.".startswith(f"{major}.") for number in numbers if number)


def _midnight_after(day: date) -> datetime:
    """The end of a day on which something is still supported, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _extended(view: AccountView, database: Database, engine: str, end: datetime) -> Observation:
    """Past standard support: whether it is enrolled in Extended Support, and declared."""
    patterns = view.baseline.options(EngineSupportOptions).extended_support
    expected = f"EngineLifecycleSupport={_EXTENDED}"
    enrolled, origin = database.lifecycle_support, database.origin_of("lifecycle_support")
    read = f"EngineLifecycleSupport={enrolled or ''}" if not isinstance(enrolled, Unknown) else ""
    if not any(covers(pattern, database.arn, database.name) for pattern in patterns):
        message = text("vulnerabilities.extended-undeclared", engine=engine, end=_day(end))
        return failed(message, read=read, expected=expected, origin=origin)
    if isinstance(enrolled, Unknown):
        return unknown("EngineLifecycleSupport", enrolled, expected=expected, origin=origin)
    if enrolled == _EXTENDED:
        message = text("vulnerabilities.extended", engine=engine, end=_day(end))
        return passed(message, read=read, expected=expected, origin=origin)
    message = text("vulnerabilities.extended-not", engine=engine)
    return failed(message, read=read, expected=expected, origin=origin)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
