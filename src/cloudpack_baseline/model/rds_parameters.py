"""Records of Amazon RDS: effective parameters, and how long engine versions are supported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.filters import TLS_PARAMETERS
from cloudpack_baseline.model.reading import structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = [
    "TLS_PARAMETERS",
    "DBClusterParameterGroup",
    "DBMajorEngineVersion",
    "DBParameter",
    "DBParameterGroup",
    "SupportedEngineLifecycle",
]


@frozen(kw_only=True)
class DBParameter:
    """A parameter of a group (Parameter).

    Attributes:
        name: ParameterName.
        setting: ParameterValue; ``None``: the default of the engine.
    """

    name: str = described("ParameterName")
    setting: str | None = described("ParameterValue", default=None)


def _tls_parameters(parameters: Iterable[Answer]) -> tuple[DBParameter, ...]:
    """Only these: an answer without a filter has hundreds."""
    return tuple(
        structured(DBParameter, parameter)
        for parameter in parameters
        if parameter["ParameterName"] in TLS_PARAMETERS
    )


@frozen(kw_only=True)
class DBParameterGroup(Record):
    """A parameter group that an instance outside a cluster uses (DescribeDBParameters).

    Attributes:
        parameters: those of `TLS_PARAMETERS` that the group has, as they are in effect.
    """

    api = Listed(
        "rds:DescribeDBInstances",
        arn="arn:{partition}:rds:{region}:{account}:pg:{DBParameterGroupName}",
        id="DBParameterGroupName",
    )

    parameters: Field[tuple[DBParameter, ...]] = described(
        "Parameters", operation="rds:DescribeDBParameters", convert=_tls_parameters, default=()
    )


@frozen(kw_only=True)
class DBClusterParameterGroup(Record):
    """A parameter group that a cluster uses (DescribeDBClusterParameters).

    Attributes:
        parameters: those of `TLS_PARAMETERS` that the group has, as they are in effect.
    """

    api = Listed(
        "rds:DescribeDBClusters",
        arn="arn:{partition}:rds:{region}:{account}:cluster-pg:{DBClusterParameterGroup}",
        id="DBClusterParameterGroup",
    )

    parameters: Field[tuple[DBParameter, ...]] = described(
        "Parameters",
        operation="rds:DescribeDBClusterParameters",
        convert=_tls_parameters,
        default=(),
    )


@frozen(kw_only=True)
class SupportedEngineLifecycle:
    """A kind of support, and when it is given (SupportedEngineLifecycle).

    Attributes:
        name: LifecycleSupportName: ``open-source-rds-standard-support`` or
            ``open-source-rds-extended-support``.
        end: LifecycleSupportEndDate.
    """

    name: str = described("LifecycleSupportName")
    end: datetime = described("LifecycleSupportEndDate")


@frozen(kw_only=True)
class DBMajorEngineVersion(Record):
    """A major version of an engine (DescribeDBMajorEngineVersions).

    It belongs to AWS and has no ARN; `arn` is made up.

    Attributes:
        engine: such as ``mysql``.
        major_engine_version: such as ``8.0``.
        lifecycles: the kinds of support; none for commercial engines.
    """

    api = Listed(
        "rds:DescribeDBMajorEngineVersions",
        arn="arn:{partition}:rds:{region}:{account}:major-engine-version:{Engine}/{MajorEngineVersion}",
        name=lambda version: f"{version['Engine']} {version['MajorEngineVersion']}",
    )

    engine: str
    major_engine_version: str
    lifecycles: Field[tuple[SupportedEngineLifecycle, ...]] = described(
        "SupportedEngineLifecycles", default=()
    )
