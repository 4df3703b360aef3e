"""Databases, caches and search.

Source: Terraform AWS provider, the resources of Amazon RDS, DocumentDB, Neptune, ElastiCache,
MemoryDB, Redshift, OpenSearch and DynamoDB. Defaults that differ from those of CloudFormation:
``backup_retention_period`` of ``aws_db_instance`` is 0; ``publicly_accessible`` is false.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import as_list, shown
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    undetermined,
)
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    block_of,
    obj,
    properties_of,
    single,
)

__all__ = ["TYPES"]

TYPES = Mappings()

# Amazon RDS ----------------------------------------------------------------------------------

_INSTANCE = {
    "identifier": "DBInstanceIdentifier",
    "instance_class": "DBInstanceClass",
    "db_name": "DBName",
    "db_subnet_group_name": "DBSubnetGroupName",
    "parameter_group_name": "DBParameterGroupName",
    "db_parameter_group_name": "DBParameterGroupName",
    "vpc_security_group_ids": "VPCSecurityGroups",
    "multi_az": "MultiAZ",
    "cluster_identifier": "DBClusterIdentifier",
    "snapshot_identifier": "DBSnapshotIdentifier",
    "replicate_source_db": "SourceDBInstanceIdentifier",
    "restore_to_point_in_time": "",
    "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication",
    "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
    "ca_cert_identifier": "CACertificateIdentifier",
}


def _source(values: ResolvedObject, *names: str) -> Resolved:
    """What a database is restored from, as of a point in time."""
    block = block_of(values, "restore_to_point_in_time")
    if not isinstance(block, ResolvedObject):
        return block
    return next((block[name] for name in names if name in block), undetermined("its source"))


@TYPES.made(
    "aws_db_instance",
    "AWS::RDS::DBInstance",
    ref="identifier",
    attributes={"arn": "DBInstanceArn"},
)
def _instance(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    # The provider has no cluster here: members are aws_rds_cluster_instance.
    renames = {**_INSTANCE, "cluster_identifier": ""}
    properties = properties_of(Mapped(renames=renames), values)
    restored = _source(values, "source_db_instance_identifier", "source_dbi_resource_id")
    if restored is not None:
        properties["SourceDBInstanceIdentifier"] = restored
    snapshot = properties.get("DBSnapshotIdentifier")
    if "BackupRetentionPeriod" not in properties:
        properties["BackupRetentionPeriod"] = (
            0 if snapshot is None else undetermined(f"BackupRetentionPeriod of {shown(snapshot)}")
        )
    # Changes that are applied in the next maintenance window are planned as well.
    yield "AWS::RDS::DBInstance", properties


@TYPES.part(
    "aws_db_instance_automated_backups_replication", "aws_db_instance", "source_db_instance_arn"
)
def _replicated_backups(values: ResolvedObject) -> Properties:
    """A copy in the Region of the resource, which the provider writes since version 6."""
    region = values.get("region", undetermined("the Region of the replicated backups"))
    return {"AutomaticBackupReplicationRegion": region}


_CLUSTER = {
    "cluster_identifier": "DBClusterIdentifier",
    "db_subnet_group_name": "DBSubnetGroupName",
    "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
    "vpc_security_group_ids": "VpcSecurityGroupIds",
    "restore_to_point_in_time": "",
    "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication",
    "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
    "serverlessv2_scaling_configuration": "ServerlessV2ScalingConfiguration",
}


@TYPES.made(
    "aws_rds_cluster",
    "AWS::RDS::DBCluster",
    ref="cluster_identifier",
    attributes={"arn": "DBClusterArn"},
)
def _cluster(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    blocks = frozenset(("scaling_configuration", "serverlessv2_scaling_configuration"))
    properties = properties_of(Mapped(renames=_CLUSTER, blocks=blocks), values)
    restored = _source(values, "source_cluster_identifier", "source_cluster_resource_id")
    if restored is not None:
        properties["SourceDBClusterIdentifier"] = restored
    properties.setdefault("Engine", "aurora")
    yield "AWS::RDS::DBCluster", properties


TYPES.plain(
    "aws_rds_cluster_instance",
    "AWS::RDS::DBInstance",
    _INSTANCE,
    ref="identifier",
    attributes={"arn": "DBInstanceArn"},
)
TYPES.plain("aws_db_subnet_group", "AWS::RDS::DBSubnetGroup", {"name": "DBSubnetGroupName"})


def _parameters(blocks: Resolved) -> Resolved:
    if not isinstance(blocks, list):
        return blocks
    parameters: dict[str, Any] = {}
    for block in blocks:
        if not isinstance(block, ResolvedObject) or not isinstance(block.get("name"), str):
            return block if isinstance(block, Unknown) else undetermined("the name of a parameter")
        parameters[str(block["name"])] = block.get("value")
    return ResolvedObject(parameters, NOWHERE)


for _name, _type, _renamed in (
    ("aws_db_parameter_group", "AWS::RDS::DBParameterGroup", "DBParameterGroupName"),
    (
        "aws_rds_cluster_parameter_group",
        "AWS::RDS::DBClusterParameterGroup",
        "DBClusterParameterGroupName",
    ),
    ("aws_docdb_cluster_parameter_group", "AWS::DocDB::DBClusterParameterGroup", "Name"),
    ("aws_neptune_cluster_parameter_group", "AWS::Neptune::DBClusterParameterGroup", "Name"),
    ("aws_neptune_parameter_group", "AWS::Neptune::DBParameterGroup", "Name"),
):
    TYPES.plain(
        _name,
        _type,
        {"name": _renamed, "parameter": "Parameters"},
        ref="name",
        parameter=_parameters,
    )

TYPES.plain(
    "aws_db_proxy",
    "AWS::RDS::DBProxy",
    {"name": "DBProxyName", "require_tls": "RequireTLS"},
    ref="name",
)
TYPES.plain(
    "aws_rds_global_cluster",
    "AWS::RDS::GlobalCluster",
    {"source_db_cluster_identifier": "SourceDBClusterIdentifier"},
)

# DocumentDB and Neptune ------------------------------------------------------------------------

for _service in ("docdb", "neptune"):
    _names = {"docdb": "DocDB", "neptune": "Neptune"}
    _cfn = f"AWS::{_names[_service]}"
    TYPES.plain(
        f"aws_{_service}_cluster",
        f"{_cfn}::DBCluster",
        _CLUSTER
        | {
            "neptune_subnet_group_name": "DBSubnetGroupName",
            "neptune_cluster_parameter_group_name": "DBClusterParameterGroupName",
            "iam_database_authentication_enabled": "IamAuthEnabled",
            "kms_key_arn": "KmsKeyId",
            "port": "DBPort" if _service == "neptune" else "Port",
        },
        ref="cluster_identifier",
    )
    TYPES.plain(
        f"aws_{_service}_cluster_instance",
        f"{_cfn}::DBInstance",
        _INSTANCE
        | {
            "neptune_subnet_group_name": "DBSubnetGroupName",
            "neptune_parameter_group_name": "DBParameterGroupName",
        },
        ref="identifier",
    )
    TYPES.plain(
        f"aws_{_service}_subnet_group", f"{_cfn}::DBSubnetGroup", {"name": "DBSubnetGroupName"}
    )
TYPES.plain("aws_neptunegraph_graph", "AWS::NeptuneGraph::Graph")

# Caches --------------------------------------------------------------------------------------


@TYPES.made("aws_elasticache_cluster", "AWS::ElastiCache::CacheCluster", ref="cluster_id")
def _cache(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    """A member of a replication group has the settings of the group."""
    if "replication_group_id" in values:
        return
    renames = {
        "cluster_id": "ClusterName",
        "subnet_group_name": "CacheSubnetGroupName",
        "security_group_ids": "VpcSecurityGroupIds",
    }
    yield "AWS::ElastiCache::CacheCluster", properties_of(Mapped(renames=renames), values)


TYPES.plain(
    "aws_elasticache_replication_group",
    "AWS::ElastiCache::ReplicationGroup",
    {
        "subnet_group_name": "CacheSubnetGroupName",
        "multi_az_enabled": "MultiAZEnabled",
        "parameter_group_name": "CacheParameterGroupName",
    },
    ref="replication_group_id",
)
TYPES.plain(
    "aws_elasticache_serverless_cache",
    "AWS::ElastiCache::ServerlessCache",
    {"name": "ServerlessCacheName", "endpoint": "", "reader_endpoint": ""},
    ref="name",
)
TYPES.plain(
    "aws_elasticache_subnet_group",
    "AWS::ElastiCache::SubnetGroup",
    {"name": "CacheSubnetGroupName"},
    ref="name",
)
TYPES.plain(
    "aws_memorydb_cluster",
    "AWS::MemoryDB::Cluster",
    {"name": "ClusterName", "tls_enabled": "TLSEnabled", "kms_key_arn": "KmsKeyId"},
    ref="name",
)
TYPES.plain(
    "aws_memorydb_subnet_group",
    "AWS::MemoryDB::SubnetGroup",
    {"name": "SubnetGroupName"},
    ref="name",
)
TYPES.plain(
    "aws_dax_cluster",
    "AWS::DAX::Cluster",
    {"server_side_encryption": "SSESpecification", "enabled": "SSEEnabled"},
    blocks=("server_side_encryption",),
    ref="cluster_name",
)
TYPES.plain(
    "aws_dax_subnet_group", "AWS::DAX::SubnetGroup", {"name": "SubnetGroupName"}, ref="name"
)

# Amazon Redshift -----------------------------------------------------------------------------

TYPES.plain(
    "aws_redshift_cluster",
    "AWS::Redshift::Cluster",
    {"logging": ""},
    ref="cluster_identifier",
)
TYPES.plain("aws_redshift_subnet_group", "AWS::Redshift::ClusterSubnetGroup", ref="name")
TYPES.plain(
    "aws_redshift_parameter_group",
    "AWS::Redshift::ClusterParameterGroup",
    {"parameter": "Parameters", "family": "ParameterGroupFamily", "name": "ParameterGroupName"},
    ref="name",
    parameter=lambda blocks: ResolvedList(
        [
            obj(ParameterName=block.get("name"), ParameterValue=block.get("value"))
            if isinstance(block, ResolvedObject)
            else block
            for block in as_list(blocks)
        ],
        NOWHERE,
    ),
)
TYPES.plain(
    "aws_redshiftserverless_workgroup",
    "AWS::RedshiftServerless::Workgroup",
    {"endpoint": ""},
    ref="workgroup_name",
)
TYPES.plain("aws_redshiftserverless_namespace", "AWS::RedshiftServerless::Namespace")

# Search --------------------------------------------------------------------------------------

for _name, _type in (
    ("aws_opensearch_domain", "AWS::OpenSearchService::Domain"),
    ("aws_elasticsearch_domain", "AWS::Elasticsearch::Domain"),
):
    TYPES.plain(
        _name,
        _type,
        {
            "vpc_options": "VPCOptions",
            "encrypt_at_rest": "EncryptionAtRestOptions",
            "node_to_node_encryption": "NodeToNodeEncryptionOptions",
            "enforce_https": "EnforceHTTPS",
            "tls_security_policy": "TLSSecurityPolicy",
            "endpoint": "",
        },
        blocks=(
            "vpc_options",
            "encrypt_at_rest",
            "node_to_node_encryption",
            "domain_endpoint_options",
            "advanced_security_options",
            "cluster_config",
        ),
        ref="domain_name",
        attributes={"id": "Arn"},
    )

    @TYPES.part(f"{_name}_policy", _name, "domain_name")
    def _domain_policy(values: ResolvedObject) -> Properties:
        return {"AccessPolicies": values.get("access_policies")}


TYPES.plain(
    "aws_opensearchserverless_security_policy",
    "AWS::OpenSearchServerless::SecurityPolicy",
    ref="name",
)
TYPES.plain("aws_opensearchserverless_collection", "AWS::OpenSearchServerless::Collection")
TYPES.plain("aws_opensearchserverless_access_policy", "AWS::OpenSearchServerless::AccessPolicy")

# Amazon DynamoDB and Aurora DSQL -----------------------------------------------------------------


def _table_encryption(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    return obj(
        SSEEnabled=block.get("enabled"),
        KMSMasterKeyId=block.get("kms_key_arn"),
        SSEType="KMS",
    )


def _recovery(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    return obj(PointInTimeRecoveryEnabled=block.get("enabled", False))


TYPES.plain(
    "aws_dynamodb_table",
    "AWS::DynamoDB::Table",
    {
        "name": "TableName",
        "server_side_encryption": "SSESpecification",
        "point_in_time_recovery": "PointInTimeRecoverySpecification",
        "attribute": "AttributeDefinitions",
        "replica": "",
    },
    ref="name",
    server_side_encryption=_table_encryption,
    point_in_time_recovery=_recovery,
)


@TYPES.part("aws_dynamodb_resource_policy", "aws_dynamodb_table", "resource_arn")
def _table_policy(values: ResolvedObject) -> Properties:
    return {"ResourcePolicy": obj(PolicyDocument=values.get("policy"))}


TYPES.plain("aws_dsql_cluster", "AWS::DSQL::Cluster")
