"""Amazon RDS and Aurora, Amazon DocumentDB and Amazon Neptune: instances, clusters and groups.

Source: AWS CloudFormation Template Reference, "Amazon RDS resource types", "Amazon DocumentDB
resource types", "Amazon Neptune resource types"; Amazon RDS API Reference for defaults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from cloudpack_baseline.model.ec2 import DEFAULT_VPC
from cloudpack_baseline.model.filters import TLS_PARAMETERS
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.interfaces import (
    InterfaceSettings,
    add_interfaces,
    flattened,
    group_ids,
    vpc_of,
)
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    follow,
    shown,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    as_text,
    is_exact,
    undetermined,
    why_of,
)
from cloudpack_baseline.sources.located import AnswerList, AnswerObject

__all__ = ["TYPES"]

TYPES = Types()

_MOST_DAYS = 35
_INSTANCES = "rds:DescribeDBInstances"
_CLUSTERS = "rds:DescribeDBClusters"
_SUBNET_GROUPS = "rds:DescribeDBSubnetGroups"
_PARAMETERS = "rds:DescribeDBParameters"
_CLUSTER_PARAMETERS = "rds:DescribeDBClusterParameters"
_INTERFACES = "ec2:DescribeNetworkInterfaces"

_SERVICES = {"RDS": "", "DocDB": "docdb", "Neptune": "neptune"}
"""The engine, for services that have only one."""
_PORTS: Mapping[str, int] = {
    "aurora": 3306,
    "aurora-mysql": 3306,
    "aurora-postgresql": 5432,
    "custom-oracle": 1521,
    "custom-sqlserver": 1433,
    "db2": 50000,
    "docdb": 27017,
    "mariadb": 3306,
    "mysql": 3306,
    "neptune": 8182,
    "oracle": 1521,
    "postgres": 5432,
    "sqlserver": 1433,
}
_NO_ENGINE = "<no engine>"
_FAMILY = re.compile(r"(?P<engine>(?:db2|[a-z]+)(?:-[a-z]+)*)-?(?P<version>[0-9.]+)?")
_EXTENDED_SUPPORT = "open-source-rds-extended-support"


def _engine(resource: TypedResource, kind: str) -> Resolved:
    """The engine; ``None``: it names none, as RDS accepts from a copy only."""
    engine = resource.get("Engine")
    # RDS takes the name of an engine in any case, and answers it in lower case.
    if isinstance(engine, str) and is_exact(engine):
        engine = DocumentText(engine.lower())
    return _SERVICES[kind] or engine


def _is_aurora(engine: Resolved) -> bool | Unknown:
    """Whether the engine is one of Aurora; why that is not known."""
    unknown = why_of(engine)
    name = str(shown(engine))
    beginning = name if unknown is None else name.partition("<")[0]
    if beginning.startswith("aurora"):
        return True
    return False if unknown is None or not "aurora".startswith(beginning) else unknown


def _default_port(engine: Resolved) -> Resolved:
    name = str(shown(engine))
    by_family = _PORTS.get(
        "-".join(name.split("-")[:2]), _PORTS.get(name.split("-", maxsplit=1)[0])
    )
    return undetermined(f"the port of {name}") if by_family is None else by_family


# Subnet groups and parameter groups ----------------------------------------------------------


def _subnet_group(resource: TypedResource) -> None:
    subnets = [shown(subnet) for subnet in flattened(resource.get("SubnetIds"))]
    unknown = resource.get("SubnetIds") if isinstance(resource.get("SubnetIds"), Unknown) else None
    resource.item(
        _SUBNET_GROUPS,
        DBSubnetGroupName=resource.id,
        DBSubnetGroupArn=_arn(resource, "subgrp"),
        VpcId=vpc_of(resource.answers, str(subnets[0])) if subnets else None,
        Subnets=[{"SubnetIdentifier": subnet} for subnet in subnets]
        if unknown is None
        else unknown,
    )


def _arn(resource: TypedResource, kind: str) -> str:
    place = f"{resource.partition}:rds:{resource.region}:{resource.account}"
    return f"arn:{place}:{kind}:{resource.id}"


for _service in _SERVICES:
    TYPES.of(f"AWS::{_service}::DBSubnetGroup", _SUBNET_GROUPS, ref="DBSubnetGroupName", order=2)(
        _subnet_group
    )


def _parameter_group(operation: str, resource: TypedResource) -> None:
    parameters = _parameters(resource.get("Parameters"))
    family = resource.get("Family")
    resource.about(operation, resource.id, Parameters=parameters, Family=family)


def _family(resource: TypedResource, operation: str, group: Resolved) -> tuple[str, str]:
    """The engine and version that a parameter group is for; a database has to have the same."""
    described = resource.answers.subjects.get((operation, str(shown(group))))
    family = None if described is None else described.raw("Family")
    match = _FAMILY.fullmatch(str(family).lower()) if is_exact(family) else None
    return ("", "") if match is None else (match["engine"], match["version"] or "")


def _parameters(parameters: Resolved) -> Resolved:
    """The parameters that make clients use TLS; one that is not given has its default."""
    if parameters is not None and not isinstance(parameters, dict):
        return parameters
    return [_parameter(name, (parameters or {}).get(name)) for name in TLS_PARAMETERS]


def _parameter(name: str, value: Resolved) -> dict[str, Resolved]:
    setting = {} if value is None else {"ParameterValue": _setting(value)}
    return {"ParameterName": name, **setting}


def _setting(value: Resolved) -> Resolved:
    """A setting as the API describes it: a truth value is 1 or 0."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value) if why_of(value) is None else exact(value)


for _name, _reference in (
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName"),
    ("AWS::DocDB::DBParameterGroup", "Name"),
    ("AWS::Neptune::DBParameterGroup", "Name"),
):
    TYPES.of(_name, _PARAMETERS, ref=_reference, attributes={"DBParameterGroupName": "{id}"})(
        partial(_parameter_group, _PARAMETERS)
    )
for _name, _reference in (
    ("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName"),
    ("AWS::DocDB::DBClusterParameterGroup", "Name"),
    ("AWS::Neptune::DBClusterParameterGroup", "Name"),
):
    TYPES.of(_name, _CLUSTER_PARAMETERS, ref=_reference)(
        partial(_parameter_group, _CLUSTER_PARAMETERS)
    )


def _group_or_default(
    resource: TypedResource, operation: str, name: Resolved, engine: Resolved
) -> Resolved:
    """The name of the parameter group; without one, the default of the engine.

    What a group that is elsewhere sets is not known; the groups of AWS set nothing.
    """
    group = f"default.{shown(engine)}" if name is None else str(shown(name))
    if (operation, group) not in resource.answers.subjects:
        elsewhere = Unknown.because(Why.NOT_PROVIDED, detail=group, operation=operation)
        value = None if group.startswith("default.") else elsewhere
        parameters = [_parameter(parameter, value) for parameter in TLS_PARAMETERS]
        resource.about(operation, group, Parameters=parameters)
    return group


# Clusters ------------------------------------------------------------------------------------


def _cluster(resource: TypedResource, kind: str) -> None:
    engine = _engine(resource, kind)
    groups = resource.get("DBClusterParameterGroupName")
    family, major = _family(resource, _CLUSTER_PARAMETERS, groups)
    if engine is None:
        engine = family or _NO_ENGINE
    is_aurora = _is_aurora(engine)
    is_multi_az = is_aurora is not True and kind == "RDS" and engine != _NO_ENGINE
    group = resource.get("DBSubnetGroupName")
    restored = _restored(resource, "SnapshotIdentifier", "SourceDBClusterIdentifier")
    port = resource.get("DBPort" if kind == "Neptune" else "Port")
    item = resource.item(
        _CLUSTERS,
        "KmsKeyId DatabaseName",
        DBClusterIdentifier=resource.id,
        DBClusterArn=_arn(resource, "cluster"),
        Engine=exact(engine),
        EngineVersion=_version(resource, major),
        Status="available",
        DBClusterMembers=[],
        BackupRetentionPeriod=_retention(resource, 1),
        DeletionProtection=resource.get("DeletionProtection", False),
        MultiAZ=is_aurora if isinstance(is_aurora, Unknown) else is_multi_az,
        HttpEndpointEnabled=resource.get("EnableHttpEndpoint", False),
        VPCNetworkingEnabled=True,
        PubliclyAccessible=_is_public(resource, kind, engine, group) if is_multi_az else None,
        AutoMinorVersionUpgrade=resource.get("AutoMinorVersionUpgrade", True),
        ReplicationSourceIdentifier=shown(resource.get("ReplicationSourceIdentifier")),
        GlobalClusterIdentifier=shown(resource.get("GlobalClusterIdentifier")),
        EngineLifecycleSupport=resource.get("EngineLifecycleSupport", _EXTENDED_SUPPORT),
        DBClusterParameterGroup=_group_or_default(resource, _CLUSTER_PARAMETERS, groups, engine),
        DBSubnetGroup=shown(group),
        VpcSecurityGroups=_vpc_groups(resource, group),
        Port=_default_port(engine) if port is None else port,
        TagList=resource.tags(),
        **_cluster_encryption(resource, restored, by_default=is_aurora),
    )
    if is_multi_az:
        _add_interfaces(resource, group, item, public=item.raw("PubliclyAccessible"))


def _cluster_encryption(
    resource: TypedResource, restored: Resolved, *, by_default: bool | Unknown
) -> dict[str, Resolved]:
    """Aurora Serverless v1 is always encrypted (Amazon Aurora User Guide)."""
    if str(shown(resource.get("EngineMode"))) == "serverless":
        return {"StorageEncrypted": True}
    return _encryption(resource, restored, takes_key=True, by_default=by_default)


def _retention(resource: TypedResource, default: int) -> Resolved:
    """The days that backups are kept; AWS rejects more than it can keep (CreateDBInstance)."""
    days = resource.get("BackupRetentionPeriod", default)
    if why_of(days) is None and as_text(days).isdecimal() and int(as_text(days)) > _MOST_DAYS:
        return Unknown.because(Why.MALFORMED, detail=f"BackupRetentionPeriod={as_text(days)}")
    return days


def _restored(resource: TypedResource, *names: str) -> Resolved:
    """What it is made of, so that its encryption and engine follow from it; else ``None``.

    An empty name is none: CloudFormation then makes a new database.
    """
    sources = (resource.get(name) for name in names)
    return next((source for source in sources if source is not None and source != ""), None)


def _version(resource: TypedResource, major: str) -> Resolved:
    """The version; where none is given, the major one of its parameter group."""
    version = resource.get("EngineVersion", major or None)
    if version is None:
        return undetermined(f"the default EngineVersion of {resource.name}")
    return str(version) if why_of(version) is None else exact(version)


def _encryption(
    resource: TypedResource, restored: Resolved, *, takes_key: bool, by_default: bool | Unknown
) -> dict[str, Resolved]:
    """A copy is like its source or encrypted with its own key; Aurora encrypts by default.

    No operation that makes a copy has ``StorageEncrypted``, so what the template says of it is not
    in effect (Amazon RDS API Reference, RestoreDBInstanceFromDBSnapshot). With a key, a copy is
    encrypted or rejected (same, RestoreDBClusterFromSnapshot, CreateDBInstanceReadReplica).

    Args:
        resource: the database.
        restored: what it is a copy of; ``None``: it is new.
        takes_key: whether the operation that makes the copy takes a key.
        by_default: whether a new one is encrypted; why that is not known.
    """
    if restored is not None:
        if takes_key and resource.get("KmsKeyId") is not None:
            return {"StorageEncrypted": True}
        return {"StorageEncrypted": undetermined(f"StorageEncrypted of {shown(restored)}")}
    encrypted = resource.get("StorageEncrypted")
    if encrypted is not None:
        return {"StorageEncrypted": encrypted}
    if isinstance(by_default, Unknown):
        return {"StorageEncrypted": by_default}
    if by_default:
        return {"StorageEncrypted": False, "StorageEncryptionType": "sse-rds"}
    return {"StorageEncrypted": False}


for _service in _SERVICES:

    def _described_cluster(resource: TypedResource, kind: str = _service) -> None:
        _cluster(resource, kind)

    TYPES.of(
        f"AWS::{_service}::DBCluster",
        _CLUSTERS,
        _CLUSTER_PARAMETERS,
        _INTERFACES,
        ref="DBClusterIdentifier",
        attributes={"DBClusterArn": "arn:{partition}:rds:{region}:{account}:cluster:{id}"},
        order=4,
    )(_described_cluster)


@TYPES.of("AWS::RDS::GlobalCluster", _CLUSTERS, ref="GlobalClusterIdentifier", order=5)
def _global_cluster(resource: TypedResource) -> None:
    source = resource.get("SourceDBClusterIdentifier")
    name = str(shown(source)).rpartition(":")[2]
    item = resource.answers.find(_CLUSTERS, "DBClusterIdentifier", name)
    if item is not None:
        resource.settle(item, GlobalClusterIdentifier=resource.id)


# Instances -----------------------------------------------------------------------------------


def _instance(resource: TypedResource, kind: str) -> None:
    cluster_id = resource.get("DBClusterIdentifier")
    cluster = resource.answers.find(_CLUSTERS, "DBClusterIdentifier", str(cluster_id))
    source = _restored(resource, "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier")
    restored = _restored(
        resource,
        "DBSnapshotIdentifier",
        "DBClusterSnapshotIdentifier",
        "SourceDBInstanceIdentifier",
        "SourceDBClusterIdentifier",
    )
    engine = _engine(resource, kind)
    family, major = _family(resource, _PARAMETERS, resource.get("DBParameterGroupName"))
    if engine is None:
        engine = family or _engine_of_source(
            cluster, shown(cluster_id) if restored is None else restored
        )
    group = resource.get("DBSubnetGroupName")
    if group is None and cluster is not None:
        group = cluster.raw("DBSubnetGroup")
    placement = _placement(resource, group, is_placed=cluster_id is not None or source is not None)
    public = _is_public(resource, kind, engine, group)
    if source is not None and resource.get("PubliclyAccessible") is None and group is None:
        public = undetermined(f"PubliclyAccessible of {resource.name}")
    item = resource.item(
        _INSTANCES,
        "KmsKeyId",
        DBInstanceIdentifier=resource.id,
        DBInstanceArn=_arn(resource, "db"),
        Engine=exact(engine),
        EngineVersion=_version(resource, major),
        DBInstanceStatus="available",
        DBClusterIdentifier=shown(cluster_id),
        ReadReplicaSourceDBInstanceIdentifier=shown(source),
        BackupRetentionPeriod=_retention(resource, 1 if source is None else 0),
        DBSubnetGroup=placement,
        VpcSecurityGroups=cluster.raw("VpcSecurityGroups")
        if cluster is not None
        else _vpc_groups(resource, group),
        Endpoint={"Port": _port(resource, engine, cluster)},
        PubliclyAccessible=public,
        DeletionProtection=resource.get("DeletionProtection", False),
        MultiAZ=resource.get("MultiAZ", False),
        AutoMinorVersionUpgrade=resource.get("AutoMinorVersionUpgrade", True),
        EngineLifecycleSupport=resource.get("EngineLifecycleSupport", _EXTENDED_SUPPORT),
        DBParameterGroups=[
            {
                "DBParameterGroupName": _group_or_default(
                    resource, _PARAMETERS, resource.get("DBParameterGroupName"), engine
                ),
                "ParameterApplyStatus": "in-sync",
            }
        ],
        DBInstanceAutomatedBackupsReplications=_replicated_backups(resource),
        TagList=resource.tags(),
        **_encryption(
            resource,
            restored,
            takes_key=source is not None,
            by_default=_is_aurora(engine),
        ),
    )
    if cluster is not None:
        _join(resource, cluster)
    _add_interfaces(resource, group, item, public=public)


def _replicated_backups(resource: TypedResource) -> Resolved:
    """The copies of the automated backups in another Region."""
    region = resource.get("AutomaticBackupReplicationRegion")
    if region is None or why_of(region) is not None:
        return [] if region is None else exact(region)
    place = f"{resource.partition}:rds:{region}:{resource.account}"
    return [{"DBInstanceAutomatedBackupsArn": f"arn:{place}:auto-backup:ab-{resource.name}"}]


def _engine_of_source(cluster: AnswerObject | None, source: Resolved) -> Resolved:
    """The engine of the cluster or the source of a database that names none."""
    if cluster is not None:
        return cluster.raw("Engine")
    return _NO_ENGINE if source is None else undetermined(f"Engine of {shown(source)}")


def _port(resource: TypedResource, engine: Resolved, cluster: AnswerObject | None) -> Resolved:
    port = resource.get("Port")
    if port is not None:
        return port
    return _default_port(engine) if cluster is None else cluster.raw("Port")


def _join(resource: TypedResource, cluster: AnswerObject) -> None:
    """A member of a cluster; with a second one, the cluster is in several zones."""
    members = [
        *list.__iter__(cluster.raw("DBClusterMembers")),
        resource.object(DBInstanceIdentifier=resource.id, DBClusterParameterGroupStatus="in-sync"),
    ]
    cluster["DBClusterMembers"] = AnswerList(members)
    cluster["MultiAZ"] = len(members) > 1


def _placement(resource: TypedResource, group: Resolved, *, is_placed: bool = False) -> Resolved:
    """The subnet group of a database; without one, it is in the default VPC.

    Args:
        resource: the database.
        group: the name of its subnet group.
        is_placed: whether it is where its cluster or source is.
    """
    if group is None and is_placed:
        return undetermined(f"the subnets of the source of {resource.name}")
    if group is None or str(group).lower() == "default":
        subnets = undetermined(f"the subnets of the default VPC of {resource.name}")
        return {"DBSubnetGroupName": "default", "VpcId": DEFAULT_VPC, "Subnets": subnets}
    item = resource.answers.find(_SUBNET_GROUPS, "DBSubnetGroupName", str(group))
    if item is not None:
        return item
    unknown = undetermined(f"subnet group {shown(group)}")
    return {"DBSubnetGroupName": shown(group), "VpcId": unknown, "Subnets": unknown}


def _is_public(resource: TypedResource, kind: str, engine: Resolved, group: Resolved) -> Resolved:
    """As it says; else only in the default subnet group (CreateDBInstance, CreateDBCluster).

    Amazon DocumentDB and Amazon Neptune, and Aurora without a subnet group, are private.
    """
    is_public = resource.get("PubliclyAccessible")
    if is_public is not None:
        return truth_of(is_public)
    is_aurora = _is_aurora(engine)
    if kind != "RDS" or is_aurora is True:
        return False
    if group is not None and not is_exact(group):
        return undetermined(f"PubliclyAccessible of {resource.name}")
    if group is not None and str(group).lower() != "default":
        return False
    return is_aurora if isinstance(is_aurora, Unknown) else True


def _vpc_groups(resource: TypedResource, group: Resolved) -> list[dict[str, str]]:
    """Its security groups; without any, the default one of its VPC."""
    named = resource.get("VPCSecurityGroups", resource.get("VpcSecurityGroupIds"))
    groups = group_ids(resource.answers, named)
    if groups is None:
        placement = _placement(resource, group)
        vpc = follow(placement, "VpcId")
        groups = [f"sg-default-of-{shown(vpc)}"]
    return [{"VpcSecurityGroupId": name} for name in groups]


def _add_interfaces(
    resource: TypedResource, group: Resolved, item: AnswerObject, *, public: Resolved
) -> None:
    """One in each subnet that the database may be in."""
    described = resource.answers.find(_SUBNET_GROUPS, "DBSubnetGroupName", str(group))
    subnets: Resolved = None
    if described is not None:
        entries = described.raw("Subnets")
        subnets = (
            entries
            if isinstance(entries, Unknown)
            else [follow(entry, "SubnetIdentifier") for entry in as_list(entries)]
        )
    elif group is not None:
        subnets = undetermined(f"subnets of {shown(group)}")
    groups = [
        str(follow(entry, "VpcSecurityGroupId")) for entry in as_list(item.raw("VpcSecurityGroups"))
    ]
    settings = InterfaceSettings(
        description="RDSNetworkInterface",
        requester="amazon-rds",
        groups=groups,
        public=public,
        tags=resource.tags(),
    )
    add_interfaces(resource, subnets, settings)


for _service in _SERVICES:

    def _described_instance(resource: TypedResource, kind: str = _service) -> None:
        _instance(resource, kind)

    TYPES.of(
        f"AWS::{_service}::DBInstance",
        _INSTANCES,
        _PARAMETERS,
        _CLUSTERS,
        _INTERFACES,
        ref="DBInstanceIdentifier",
        attributes={"DBInstanceArn": "arn:{partition}:rds:{region}:{account}:db:{id}"},
        order=5,
    )(_described_instance)


@TYPES.of(
    "AWS::RDS::DBProxy",
    _INTERFACES,
    ref="DBProxyName",
    attributes={"DBProxyArn": "arn:{partition}:rds:{region}:{account}:db-proxy:{id}"},
    order=4,
)
def _proxy(resource: TypedResource) -> None:
    settings = InterfaceSettings(
        description=f"Network interface for DBProxy {resource.id}",
        requester="rds-proxy",
        groups=group_ids(resource.answers, resource.get("VpcSecurityGroupIds")),
    )
    add_interfaces(resource, resource.get("VpcSubnetIds"), settings)
