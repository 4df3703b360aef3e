"""Databases and caches.

Source: Terraform AWS provider, the resources of Amazon RDS and Amazon ElastiCache.
"""

from __future__ import annotations

from cloudpack_baseline.sources.terraform.mapping import Mappings

__all__ = ["TYPES"]

TYPES = Mappings()

_INSTANCE = {
    "identifier": "DBInstanceIdentifier",
    "instance_class": "DBInstanceClass",
    "db_subnet_group_name": "DBSubnetGroupName",
    "parameter_group_name": "DBParameterGroupName",
    "vpc_security_group_ids": "VPCSecurityGroups",
    "multi_az": "MultiAZ",
    "cluster_identifier": "DBClusterIdentifier",
}

TYPES.plain("aws_db_instance", "AWS::RDS::DBInstance", _INSTANCE)
TYPES.plain("aws_rds_cluster_instance", "AWS::RDS::DBInstance", _INSTANCE)
TYPES.plain(
    "aws_rds_cluster",
    "AWS::RDS::DBCluster",
    {
        "cluster_identifier": "DBClusterIdentifier",
        "db_subnet_group_name": "DBSubnetGroupName",
        "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
    },
)
TYPES.plain("aws_db_subnet_group", "AWS::RDS::DBSubnetGroup", {"name": "DBSubnetGroupName"})
