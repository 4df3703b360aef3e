"""What the schema of the AWS provider says of the attributes that are read.

Source: Terraform AWS provider, the page of each resource type. A plan contains the defaults of
arguments, but not those that the provider applies itself, and a plan from a part of a provider's
output may lack any.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["DEFAULTS", "NESTED_BLOCKS"]

_DATABASE = {"auto_minor_version_upgrade": True, "publicly_accessible": False}
_UNPROTECTED = {"deletion_protection": False}
_BALANCER = {"internal": False, "load_balancer_type": "application"}
_TARGETS = {"target_type": "instance"}
_INSTANCE = {"source_dest_check": True}
_BLOCK = {
    "block_public_acls": False,
    "block_public_policy": False,
    "ignore_public_acls": False,
    "restrict_public_buckets": False,
}

DEFAULTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "aws_cloudtrail": {
            "enable_logging": True,
            "enable_log_file_validation": False,
            "include_global_service_events": True,
            "is_multi_region_trail": False,
            "is_organization_trail": False,
        },
        "aws_cloudtrail_event_data_store": {
            "multi_region_enabled": True,
            "organization_enabled": False,
            "retention_period": 2555,
            "suspend": False,
            "termination_protection_enabled": True,
        },
        "aws_cloudwatch_event_bus_policy": {"event_bus_name": "default"},
        "aws_cloudwatch_event_permission": {
            "action": "events:PutEvents",
            "event_bus_name": "default",
        },
        "aws_cloudwatch_event_rule": {"event_bus_name": "default"},
        "aws_cloudwatch_metric_alarm": {"actions_enabled": True},
        "aws_config_configuration_recorder": {"name": "default"},
        "aws_db_instance": _DATABASE | _UNPROTECTED | {"multi_az": False},
        "aws_default_subnet": {"map_public_ip_on_launch": True},
        "aws_default_vpc": {"cidr_block": "172.31.0.0/16"},
        "aws_dlm_lifecycle_policy": {"state": "ENABLED"},
        "aws_dms_s3_endpoint": {"engine_name": "s3"},
        "aws_docdb_cluster": _UNPROTECTED | {"backup_retention_period": 1},
        "aws_docdb_cluster_instance": {"auto_minor_version_upgrade": True},
        "aws_ec2_serial_console_access": {"enabled": True},
        "aws_ec2_transit_gateway": {
            "default_route_table_association": "enable",
            "default_route_table_propagation": "enable",
            "security_group_referencing_support": "disable",
        },
        "aws_ecr_repository": {"image_tag_mutability": "MUTABLE"},
        "aws_efs_file_system": {"encrypted": False},
        "aws_elasticache_cluster": {
            "auto_minor_version_upgrade": True,
            "snapshot_retention_limit": 0,
            "transit_encryption_enabled": False,
        },
        "aws_elasticache_replication_group": {
            "auto_minor_version_upgrade": True,
            "engine": "redis",
            "multi_az_enabled": False,
            "snapshot_retention_limit": 0,
        },
        "aws_fsx_windows_file_system": {"automatic_backup_retention_days": 7},
        "aws_guardduty_detector": {"enable": True},
        "aws_iam_access_key": {"status": "Active"},
        "aws_instance": _INSTANCE,
        "aws_kms_external_key": {"origin": "EXTERNAL"},
        "aws_kms_key": {
            "customer_master_key_spec": "SYMMETRIC_DEFAULT",
            "enable_key_rotation": False,
            "is_enabled": True,
        },
        **dict.fromkeys(("aws_alb", "aws_lb"), _BALANCER),
        **dict.fromkeys(("aws_alb_target_group", "aws_lb_target_group"), _TARGETS),
        "aws_nat_gateway": {"connectivity_type": "public"},
        "aws_neptune_cluster": _UNPROTECTED | {"backup_retention_period": 1},
        "aws_neptune_cluster_instance": _DATABASE,
        "aws_network_acl_rule": {"egress": False},
        "aws_network_interface": _INSTANCE,
        "aws_rds_cluster": {"backup_retention_period": 1, "deletion_protection": False},
        "aws_rds_cluster_instance": _DATABASE,
        "aws_redshift_cluster": {"publicly_accessible": False},
        "aws_route53_key_signing_key": {"status": "ACTIVE"},
        "aws_route53domains_registered_domain": {"auto_renew": True, "transfer_lock": True},
        "aws_s3_account_public_access_block": _BLOCK,
        "aws_s3_bucket_public_access_block": _BLOCK,
        "aws_spot_instance_request": _INSTANCE,
        "aws_subnet": {"map_public_ip_on_launch": False},
        "aws_vpc_endpoint": {"vpc_endpoint_type": "Gateway"},
    }
)
"""The default of each argument that is read, where a plan has neither a value nor a reference.

Arguments that AWS itself chooses, such as the encryption of ``aws_ebs_volume``, have none.
"""

_SCALING = ("scaling_configuration", "serverlessv2_scaling_configuration")
_DOMAIN = ("vpc_options",)
_LISTENER = (
    "default_action",
    "default_action.forward",
    "default_action.redirect",
)
_LISTENER_RULE = (
    "action",
    "action.forward",
    "action.redirect",
    "condition",
    "condition.host_header",
    "condition.http_request_method",
    "condition.path_pattern",
    "condition.source_ip",
)
_BALANCER_LOGS = ("access_logs",)
_RESTORED = ("restore_to_point_in_time",)

NESTED_BLOCKS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        name: frozenset(blocks)
        for name, blocks in {
            "aws_autoscaling_group": (
                "mixed_instances_policy.launch_template",
                "tag",
                "traffic_source",
            ),
            "aws_autoscaling_traffic_source_attachment": ("traffic_source",),
            "aws_backup_plan": ("rule", "rule.copy_action", "rule.lifecycle"),
            "aws_backup_selection": ("selection_tag",),
            "aws_cloudfront_distribution": (
                "default_cache_behavior",
                "logging_config",
                "ordered_cache_behavior",
                "origin",
                "origin.custom_origin_config",
                "origin.s3_origin_config",
                "origin.vpc_origin_config",
                "origin_group",
                "origin_group.member",
                "viewer_certificate",
            ),
            "aws_cloudtrail": (
                "advanced_event_selector",
                "advanced_event_selector.field_selector",
                "event_selector",
                "event_selector.data_resource",
            ),
            "aws_cloudwatch_event_permission": ("condition",),
            "aws_cloudwatch_log_metric_filter": ("metric_transformation",),
            "aws_db_instance": _RESTORED,
            "aws_db_parameter_group": ("parameter",),
            "aws_default_network_acl": ("egress", "ingress"),
            "aws_dlm_lifecycle_policy": (
                "policy_details",
                "policy_details.schedule",
                "policy_details.schedule.cross_region_copy_rule",
                "policy_details.schedule.share_rule",
            ),
            "aws_docdb_cluster_parameter_group": ("parameter",),
            "aws_ecr_replication_configuration": (
                "replication_configuration",
                "replication_configuration.rule",
                "replication_configuration.rule.destination",
            ),
            "aws_ecr_repository": ("image_scanning_configuration",),
            "aws_ecs_cluster": (
                "configuration",
                "configuration.execute_command_configuration",
                "configuration.execute_command_configuration.log_configuration",
            ),
            "aws_ecs_service": ("load_balancer", "network_configuration"),
            "aws_eks_cluster": ("vpc_config",),
            "aws_elasticsearch_domain": _DOMAIN,
            "aws_elb": ("access_logs", "listener"),
            "aws_globalaccelerator_cross_account_attachment": ("resource",),
            "aws_globalaccelerator_endpoint_group": ("endpoint_configuration", "port_override"),
            "aws_globalaccelerator_listener": ("port_range",),
            "aws_iam_policy_document": (
                "statement",
                "statement.condition",
                "statement.not_principals",
                "statement.principals",
            ),
            "aws_kinesis_firehose_delivery_stream": (
                "http_endpoint_configuration",
                "snowflake_configuration",
                "splunk_configuration",
            ),
            "aws_lambda_function": ("vpc_config",),
            "aws_ec2_fleet": ("launch_template_config", "launch_template_config.override"),
            "aws_spot_fleet_request": (
                "launch_specification",
                "launch_specification.ebs_block_device",
                "launch_specification.root_block_device",
                "launch_template_config",
                "launch_template_config.launch_template_specification",
                "launch_template_config.overrides",
            ),
            "aws_launch_template": (
                "block_device_mappings",
                "block_device_mappings.ebs",
                "network_interfaces",
                "placement",
            ),
            "aws_alb": _BALANCER_LOGS,
            "aws_lb": _BALANCER_LOGS,
            "aws_alb_listener": _LISTENER,
            "aws_lb_listener": _LISTENER,
            "aws_alb_listener_rule": _LISTENER_RULE,
            "aws_lb_listener_rule": _LISTENER_RULE,
            "aws_neptune_cluster": ("serverless_v2_scaling_configuration",),
            "aws_neptune_cluster_parameter_group": ("parameter",),
            "aws_neptune_parameter_group": ("parameter",),
            "aws_opensearch_domain": _DOMAIN,
            "aws_rds_cluster": (*_SCALING, *_RESTORED),
            "aws_rds_cluster_parameter_group": ("parameter",),
            "aws_redshift_parameter_group": ("parameter",),
            "aws_route53_record": ("alias",),
            "aws_route53_zone": ("vpc",),
            "aws_s3_access_point": ("public_access_block_configuration", "vpc_configuration"),
            "aws_s3_bucket_lifecycle_configuration": (
                "rule",
                "rule.expiration",
                "rule.filter",
                "rule.filter.and",
                "rule.noncurrent_version_expiration",
                "rule.transition",
            ),
            "aws_s3_bucket_object_lock_configuration": ("rule", "rule.default_retention"),
            "aws_s3_bucket_ownership_controls": ("rule",),
            "aws_s3_bucket_replication_configuration": (
                "rule",
                "rule.destination",
                "rule.destination.access_control_translation",
                "rule.destination.encryption_configuration",
                "rule.filter",
                "rule.filter.and",
            ),
            "aws_s3_bucket_server_side_encryption_configuration": (
                "rule",
                "rule.apply_server_side_encryption_by_default",
            ),
            "aws_s3_bucket_versioning": ("versioning_configuration",),
            "aws_s3_bucket_website_configuration": ("redirect_all_requests_to",),
            "aws_s3control_multi_region_access_point": (
                "details",
                "details.public_access_block",
                "details.region",
            ),
            "aws_wafv2_web_acl": ("default_action", "rule", "rule.statement"),
        }.items()
    }
)
"""Blocks that are read and that the provider never computes, by the path to them.

A plan in which such a block is known after apply has a ``dynamic`` block whose ``for_each`` is:
the configuration of a plan does not contain those. Rules of security groups, entries of network
ACLs and routes are attributes in the schema, which Terraform lets be written as blocks: there, such
a block is an element of which nothing is known, and an attribute that is known after apply as a
whole is not configured (Terraform source, internal/lang/blocktoattr).
"""
