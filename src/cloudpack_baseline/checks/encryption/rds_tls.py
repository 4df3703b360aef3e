"""Whether databases accept only connections over TLS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.databases.clusters import Database, databases_of, exempt_member
from cloudpack_baseline.checks.missing import why_missing
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.rds_parameters import DBClusterParameterGroup, DBParameterGroup
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["rds_tls"]

_PARAMETERS: Mapping[str, str] = {
    "aurora-mysql": "require_secure_transport",
    "mariadb": "require_secure_transport",
    "mysql": "require_secure_transport",
    "aurora-postgresql": "rds.force_ssl",
    "postgres": "rds.force_ssl",
    "sqlserver": "rds.force_ssl",
    "db2": "db2comm",
    "docdb": "tls",
}
"""By engine, without the edition: the parameter that makes clients use TLS."""

_ENFORCED: Mapping[str, tuple[str, ...]] = {
    "require_secure_transport": ("1", "ON"),
    "rds.force_ssl": ("1",),
    "db2comm": ("SSL",),
    "tls": ("enabled", "fips-140-3", "tls1.2+", "tls1.3+"),
}

_DEFAULTS: Mapping[str, str] = {"db2comm": "TCPIP", "tls": "enabled"}
"""By parameter: the default of all versions."""

_OPTIONAL_BEFORE: Mapping[str, tuple[int, ...]] = {
    "aurora-mysql": (8, 4),
    "aurora-postgresql": (17,),
    "mariadb": (11, 8),
    "mysql": (8, 5),
    "postgres": (15,),
}
"""By engine: before this version, TLS is optional by default."""

_ENFORCED_FROM: Mapping[str, tuple[int, ...]] = {"mysql": (9, 7), "postgres": (15,)}
"""By engine: from this version on, TLS is enforced by default (Amazon RDS User Guide, "Requiring
SSL/TLS for all connections to a MySQL DB instance on Amazon RDS", "Requiring an SSL connection to a
PostgreSQL DB instance")."""

_WITHOUT_PARAMETER = ("custom-", "oracle-")


@check(
    reads(DBInstance),
    reads(DBCluster),
    reads(DBParameterGroup, "parameters"),
    reads(DBClusterParameterGroup, "parameters"),
    subjects=(DBInstance, DBCluster),
)
def rds_tls(view: AccountView) -> Iterator[Finding]:
    """Reads the parameter that enforces TLS in the parameter group of each database.

    That is ``require_secure_transport`` for MySQL and MariaDB, ``rds.force_ssl`` for PostgreSQL and
    SQL Server, ``db2comm`` for Db2, which names the protocols that it listens for, and ``tls`` for
    Amazon DocumentDB (DescribeDBParameters, DescribeDBClusterParameters), as it is in effect: the
    group has to be ``in-sync``. Members are evaluated through the group of their cluster. Oracle
    and RDS Custom enforce TLS by other means; Amazon Neptune accepts only TLS. A group that a
    template or plan names, and does not contain, is unknown. A group that no database uses is not
    judged: nothing is in effect there.
    """
    for database in databases_of(view):
        yield view.finding(database, exempt_member(view, database) or _observe(view, database))


def _observe(view: AccountView, database: Database) -> Observation:
    engine = database.engine
    if isinstance(engine, Unknown):
        return unknown("Engine", engine)
    if engine == "neptune":
        return not_applicable(text("encryption.neptune-tls"))
    if engine.startswith(_WITHOUT_PARAMETER):
        return not_applicable(text("encryption.no-tls-parameter", engine=engine))
    name = _PARAMETERS.get(engine, _PARAMETERS.get(engine.partition("-")[0]))
    if name is None:
        return unknown("Engine", Unknown.because(Why.UNSUPPORTED, detail=f"Engine={engine}"))
    return _parameter(view, database, name)


def _parameter(view: AccountView, database: Database, name: str) -> Observation:
    """Whether the parameter enforces TLS, and is in effect."""
    expected = f"{name}={' | '.join(_ENFORCED[name])}"
    setting = _effective(view, database, name)
    if isinstance(setting, Unknown):
        return unknown(name, setting, expected=expected)
    read = f"{name}={setting}"
    if setting not in _ENFORCED[name]:
        return failed(text("encryption.tls-optional"), read=read, expected=expected)
    statuses = _statuses(database)
    if isinstance(statuses, Unknown):
        return unknown("ParameterApplyStatus", statuses, expected=expected)
    pending = sorted(set(statuses) - {"in-sync"})
    if pending:
        message = text("encryption.tls-pending", status=tuple(pending))
        read = f"{read}, ParameterApplyStatus={', '.join(pending)}"
        return failed(message, read=read, expected="ParameterApplyStatus=in-sync")
    return passed(text("encryption.tls-enforced"), read=read, expected=expected)


def _effective(view: AccountView, database: Database, name: str) -> Field[str]:
    """The setting that is in effect, or the default of the engine."""
    group = _group_name(database)
    if isinstance(group, Unknown):
        return group
    kind: type[DBParameterGroup | DBClusterParameterGroup] = (
        DBClusterParameterGroup if isinstance(database, DBCluster) else DBParameterGroup
    )
    parameter_groups: Iterable[DBParameterGroup | DBClusterParameterGroup] = view.all(kind)
    for parameter_group in parameter_groups:
        if (parameter_group.region, parameter_group.name) != (database.region, group):
            continue
        if isinstance(parameter_group.parameters, Unknown):
            return parameter_group.parameters
        settings = {parameter.name: parameter.setting for parameter in parameter_group.parameters}
        # A listing of what users set (Source=user) leaves out what has its default.
        setting = settings.get(name)
        return _default(database, name) if setting is None else setting
    return why_missing(view, kind, group, region=database.region)


def _group_name(database: Database) -> Field[str]:
    """The name of its parameter group; an instance has one."""
    if isinstance(database, DBCluster):
        name = database.parameter_group
        operation = "rds:DescribeDBClusters"
    else:
        groups = database.parameter_groups
        if isinstance(groups, Unknown):
            return groups
        name = groups[0].name if groups else None
        operation = "rds:DescribeDBInstances"
    return Unknown.because(Why.NOT_GATHERED, operation=operation) if name is None else name


def _statuses(database: Database) -> Field[tuple[str, ...]]:
    """Whether the parameter group is in effect, for a cluster of each member."""
    if isinstance(database, DBCluster):
        return database.parameter_statuses
    groups = database.parameter_groups
    return groups if isinstance(groups, Unknown) else tuple(group.status for group in groups)


def _default(database: Database, name: str) -> Field[str]:
    """The default of the engine where the answer has none."""
    engine, version = str(database.engine), database.engine_version
    if name in _DEFAULTS:
        return _DEFAULTS[name]
    if engine not in _OPTIONAL_BEFORE:
        return "0"
    if isinstance(version, Unknown):
        return version
    numbers = version.split(".")[:2]
    if all(number.isascii() and number.isdigit() for number in numbers):
        release = tuple(map(int, numbers))
        if release < _OPTIONAL_BEFORE[engine]:
            return "0"
        if engine in _ENFORCED_FROM and release >= _ENFORCED_FROM[engine]:
            return "1"
    return Unknown.because(Why.UNSUPPORTED, detail=f"default of {name} in {engine} {version}")
