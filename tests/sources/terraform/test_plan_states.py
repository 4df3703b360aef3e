"""States of resources that other scanners try, each with its outcome."""

import json

import pytest

from sources.terraform.plans import PlanBuilder, outcomes

DISTRIBUTION = {
    "enabled": True,
    "origin": [
        {
            "domain_name": "x.example.com",
            "origin_id": "o",
            "custom_origin_config": [
                {
                    "http_port": 80,
                    "https_port": 443,
                    "origin_protocol_policy": "https-only",
                    "origin_ssl_protocols": ["TLSv1.2"],
                }
            ],
        }
    ],
    "default_cache_behavior": [
        {
            "target_origin_id": "o",
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": ["GET"],
            "cached_methods": ["GET"],
        }
    ],
    "viewer_certificate": [
        {
            "acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/x",
            "minimum_protocol_version": "TLSv1.2_2021",
            "ssl_support_method": "sni-only",
        }
    ],
    "restrictions": [{"geo_restriction": [{"restriction_type": "none"}]}],
}
OPEN = (
    '{"Version":"2012-10-17","Statement":'
    '[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}'
)
TRUST = (
    '{"Version":"2012-10-17","Statement":'
    '[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
)

PUBLIC = (
    '{"Version":"2012-10-17",'
    '"Statement":[{"Effect":"Allow","Principal":"*",'
    '"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}'
)
OFF = {
    "block_public_acls": False,
    "block_public_policy": False,
    "ignore_public_acls": False,
    "restrict_public_buckets": False,
}
ON = dict.fromkeys(OFF, True)
BUCKET = ("aws_s3_bucket.b", {"bucket": "b"}, {})
OF_BUCKET = {"bucket": ["aws_s3_bucket.b.id"]}
POINT = (
    '{"Version":"2012-10-17",'
    '"Statement":[{"Effect":"Allow","Principal":"*",'
    '"Action":"s3:GetObject","Resource":"arn:aws:s3:ap-northeast-1:000000009999:accesspoint/a/object/*"}]}'
)
DELEGATED = (
    '{"Version":"2012-10-17",'
    '"Statement":[{"Effect":"Allow","Principal":"*",'
    '"Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],'
    '"Condition":{"StringEquals":{"s3:DataAccessPointAccount":"000000009999"}}}]}'
)
BALANCER = ("aws_lb.b", {"name": "b"}, {})


def state(control, outcome, *resources):
    """A control, the outcome of the first resource, and resources with values and references."""
    return pytest.param(control, outcome, resources, id=f"{control} {outcome} {resources[0][0]}")


STATES = [
    state(
        "resource-sharing",
        "fail",
        ("aws_ram_resource_share.s", {"name": "s", "allow_external_principals": True}, {}),
        (
            "aws_ram_principal_association.p",
            {"principal": "111122223333"},
            {"resource_share_arn": ["aws_ram_resource_share.s.arn"]},
        ),
    ),
    state("s3-exposure", "fail", ("aws_s3_bucket.b", {"bucket": "b", "policy": PUBLIC}, {})),
    state(
        "s3-exposure",
        "fail",
        BUCKET,
        ("aws_s3_bucket_policy.p", {"policy": PUBLIC}, OF_BUCKET),
        ("aws_s3_bucket_public_access_block.p", OFF, OF_BUCKET),
    ),
    state(
        "s3-exposure",
        "pass",
        BUCKET,
        ("aws_s3_bucket_policy.p", {"policy": PUBLIC}, OF_BUCKET),
        ("aws_s3_bucket_public_access_block.p", ON, OF_BUCKET),
    ),
    state(
        "s3-exposure",
        "pass",
        BUCKET,
        ("aws_s3_bucket_policy.p", {"policy": PUBLIC}, OF_BUCKET),
        ("aws_s3_bucket_public_access_block.p", OFF, OF_BUCKET),
        ("aws_s3_account_public_access_block.p", ON, {}),
    ),
    state(
        "s3-exposure",
        "fail",
        (
            "aws_s3_bucket.b",
            {
                "bucket": "b",
                "grant": [
                    {
                        "type": "Group",
                        "uri": "http://acs.amazonaws.com/groups/global/AllUsers",
                        "permissions": ["READ", "WRITE"],
                    }
                ],
            },
            {},
        ),
        ("aws_s3_bucket_public_access_block.p", OFF, OF_BUCKET),
    ),
    state(
        "s3-public-access-block",
        "fail",
        BUCKET,
        ("aws_s3_bucket_public_access_block.p", OFF, OF_BUCKET),
    ),
    state(
        "s3-public-access-block",
        "pass",
        BUCKET,
        ("aws_s3_bucket_public_access_block.p", OFF, OF_BUCKET),
        ("aws_s3_account_public_access_block.p", ON, {}),
    ),
    state(
        "s3-website",
        "fail",
        BUCKET,
        (
            "aws_s3_bucket_website_configuration.w",
            {"index_document": [{"suffix": "index.html"}]},
            OF_BUCKET,
        ),
    ),
    state(
        "s3-website",
        "fail",
        (
            "aws_s3_bucket.b",
            {"bucket": "b", "website": [{"redirect_all_requests_to": "https://example.com"}]},
            {},
        ),
    ),
    state(
        "s3-website",
        "fail",
        BUCKET,
        (
            "aws_s3_bucket_website_configuration.w",
            {"redirect_all_requests_to": [{"host_name": "example.com", "protocol": "https"}]},
            OF_BUCKET,
        ),
    ),
    state(
        "s3-versioning",
        "pass",
        ("aws_s3_bucket.b", {"bucket": "b", "object_lock_enabled": True}, {}),
    ),
    state("s3-versioning", "fail", ("aws_s3_bucket.b", {"bucket": "b", "versioning": [{}]}, {})),
    state(
        "s3-versioning",
        "pass",
        (
            "aws_s3_bucket.b",
            {
                "bucket": "b",
                "object_lock_configuration": [
                    {
                        "object_lock_enabled": "Enabled",
                        "rule": [{"default_retention": [{"mode": "COMPLIANCE", "days": 30}]}],
                    }
                ],
            },
            {},
        ),
    ),
    state(
        "s3-versioning",
        "fail",
        BUCKET,
        (
            "aws_s3_bucket_versioning.w",
            {"versioning_configuration": [{"status": "Disabled"}]},
            OF_BUCKET,
        ),
    ),
    state(
        "s3-access-logging",
        "pass",
        BUCKET,
        ("aws_s3_bucket.l", {"bucket": "l"}, {}),
        (
            "aws_s3_bucket_logging.w",
            {"target_prefix": "x/"},
            OF_BUCKET | {"target_bucket": ["aws_s3_bucket.l.id"]},
        ),
    ),
    state(
        "s3-encryption",
        "pass",
        BUCKET,
        (
            "aws_s3_bucket_server_side_encryption_configuration.w",
            {
                "rule": [
                    {
                        "apply_server_side_encryption_by_default": [
                            {
                                "sse_algorithm": "aws:kms",
                                "kms_master_key_id": "alias/orders",
                            }
                        ],
                        "bucket_key_enabled": True,
                    }
                ]
            },
            OF_BUCKET,
        ),
    ),
    state(
        "s3-encryption",
        "pass",
        (
            "aws_s3_bucket.b",
            {
                "bucket": "b",
                "server_side_encryption_configuration": [
                    {
                        "rule": [
                            {
                                "apply_server_side_encryption_by_default": [
                                    {"sse_algorithm": "AES256"}
                                ]
                            }
                        ]
                    }
                ],
            },
            {},
        ),
    ),
    state(
        "s3-acl-disabled",
        "pass",
        BUCKET,
        (
            "aws_s3_bucket_ownership_controls.w",
            {"rule": [{"object_ownership": "BucketOwnerEnforced"}]},
            OF_BUCKET,
        ),
    ),
    state(
        "s3-acl-disabled",
        "fail",
        BUCKET,
        (
            "aws_s3_bucket_ownership_controls.w",
            {"rule": [{"object_ownership": "BucketOwnerPreferred"}]},
            OF_BUCKET,
        ),
    ),
    state(
        "s3-replication-destination",
        "fail",
        (
            "aws_s3_bucket.b",
            {
                "bucket": "b",
                "replication_configuration": [
                    {
                        "role": "arn:aws:iam::000000009999:role/r",
                        "rules": [
                            {
                                "status": "Enabled",
                                "destination": [
                                    {"bucket": "arn:aws:s3:::foreign", "account_id": "111122223333"}
                                ],
                            }
                        ],
                    }
                ],
            },
            {},
        ),
    ),
    state(
        "s3-exposure",
        "fail",
        BUCKET,
        ("aws_s3_bucket_policy.p", {"policy": DELEGATED}, OF_BUCKET),
        ("aws_s3_bucket_public_access_block.p", OFF, OF_BUCKET),
        (
            "aws_s3_access_point.a",
            {"name": "a", "policy": POINT, "public_access_block_configuration": [OFF]},
            OF_BUCKET,
        ),
    ),
    state(
        "s3-exposure",
        "fail",
        BUCKET,
        ("aws_s3_bucket_policy.p", {"policy": DELEGATED}, OF_BUCKET),
        ("aws_s3_bucket_public_access_block.p", OFF, OF_BUCKET),
        (
            "aws_s3_access_point.a",
            {"name": "a", "public_access_block_configuration": [OFF]},
            OF_BUCKET,
        ),
        (
            "aws_s3control_access_point_policy.p",
            {"policy": POINT},
            {"access_point_arn": ["aws_s3_access_point.a.arn"]},
        ),
    ),
    state(
        "load-balancer-tls",
        "fail",
        (
            "aws_elb.e",
            {
                "name": "e",
                "subnets": ["subnet-1"],
                "listener": [
                    {
                        "instance_port": 80,
                        "instance_protocol": "http",
                        "lb_port": 443,
                        "lb_protocol": "https",
                        "ssl_certificate_id": "arn:aws:iam::000000009999:server-certificate/c",
                    }
                ],
            },
            {},
        ),
        (
            "aws_load_balancer_policy.p",
            {
                "policy_name": "p",
                "policy_type_name": "SSLNegotiationPolicyType",
                "policy_attribute": [{"name": "Protocol-TLSv1", "value": "true"}],
            },
            {"load_balancer_name": ["aws_elb.e.name"]},
        ),
        (
            "aws_load_balancer_listener_policy.p",
            {"load_balancer_port": 443, "policy_names": ["p"]},
            {"load_balancer_name": ["aws_elb.e.name"]},
        ),
    ),
    state(
        "load-balancer-tls",
        "pass",
        (
            "aws_elb.e",
            {
                "name": "e",
                "subnets": ["subnet-1"],
                "listener": [
                    {
                        "instance_port": 80,
                        "instance_protocol": "http",
                        "lb_port": 443,
                        "lb_protocol": "https",
                        "ssl_certificate_id": "arn:aws:iam::000000009999:server-certificate/c",
                    }
                ],
            },
            {},
        ),
        (
            "aws_load_balancer_policy.p",
            {
                "policy_name": "p",
                "policy_type_name": "SSLNegotiationPolicyType",
                "policy_attribute": [
                    {
                        "name": "Reference-Security-Policy",
                        "value": "ELBSecurityPolicy-TLS-1-2-2017-01",
                    }
                ],
            },
            {"load_balancer_name": ["aws_elb.e.name"]},
        ),
        (
            "aws_load_balancer_listener_policy.p",
            {"load_balancer_port": 443, "policy_names": ["p"]},
            {"load_balancer_name": ["aws_elb.e.name"]},
        ),
    ),
    state(
        "load-balancer-tls",
        "fail",
        BALANCER,
        (
            "aws_lb_listener.l",
            {
                "port": 443,
                "protocol": "HTTPS",
                "ssl_policy": "ELBSecurityPolicy-2016-08",
                "certificate_arn": "arn:aws:acm:ap-northeast-1:000000009999:certificate/x",
                "default_action": [{"type": "forward"}],
            },
            {"load_balancer_arn": ["aws_lb.b.arn"]},
        ),
    ),
    state(
        "load-balancer-tls",
        "pass",
        BALANCER,
        (
            "aws_lb_listener.l",
            {
                "port": 443,
                "protocol": "HTTPS",
                "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                "certificate_arn": "arn:aws:acm:ap-northeast-1:000000009999:certificate/x",
                "default_action": [{"type": "forward"}],
            },
            {"load_balancer_arn": ["aws_lb.b.arn"]},
        ),
    ),
    state(
        "rds-tls",
        "fail",
        (
            "aws_db_instance.d",
            {
                "identifier": "d",
                "engine": "mysql",
                "engine_version": "8.0.40",
                "parameter_group_name": "p",
            },
            {},
        ),
        (
            "aws_db_parameter_group.p",
            {
                "name": "p",
                "family": "mysql8.0",
                "parameter": [{"name": "require_secure_transport", "value": "OFF"}],
            },
            {},
        ),
    ),
    state(
        "rds-tls",
        "pass",
        (
            "aws_db_instance.d",
            {
                "identifier": "d",
                "engine": "mysql",
                "engine_version": "8.0.40",
                "parameter_group_name": "p",
            },
            {},
        ),
        (
            "aws_db_parameter_group.p",
            {
                "name": "p",
                "family": "mysql8.0",
                "parameter": [{"name": "require_secure_transport", "value": "ON"}],
            },
            {},
        ),
    ),
    state(
        "elasticache-encryption",
        "pass",
        ("aws_elasticache_serverless_cache.c", {"name": "c", "engine": "valkey"}, {}),
    ),
    state("rds-encryption", "fail", ("aws_docdb_cluster.c", {"cluster_identifier": "c"}, {})),
    state(
        "rds-encryption",
        "pass",
        ("aws_docdb_cluster.c", {"cluster_identifier": "c", "storage_encrypted": True}, {}),
    ),
    state(
        "rds-encryption",
        "pass",
        ("aws_neptune_cluster.c", {"cluster_identifier": "c", "storage_encrypted": True}, {}),
    ),
    state(
        "rds-backup",
        "unknown",
        (
            "aws_db_instance.d",
            {"identifier": "d", "engine": "mysql", "snapshot_identifier": "s"},
            {},
        ),
    ),
    state("resource-sharing", "fail", ("aws_ecrpublic_repository.l", {"repository_name": "l"}, {})),
    state(
        "resource-sharing",
        "fail",
        ("aws_lambda_layer_version.l", {"layer_name": "l"}, {}),
        (
            "aws_lambda_layer_version_permission.p",
            {
                "version_number": 1,
                "principal": "*",
                "action": "lambda:GetLayerVersion",
                "statement_id": "s",
            },
            {"layer_name": ["aws_lambda_layer_version.l.layer_arn"]},
        ),
    ),
    state("cloudfront-tls", "pass", ("aws_cloudfront_distribution.d", DISTRIBUTION, {})),
    state(
        "cloudfront-tls",
        "fail",
        (
            "aws_cloudfront_distribution.d",
            DISTRIBUTION
            | {
                "default_cache_behavior": [
                    DISTRIBUTION["default_cache_behavior"][0]
                    | {"viewer_protocol_policy": "allow-all"}
                ]
            },
            {},
        ),
    ),
    state(
        "cloudfront-tls",
        "fail",
        (
            "aws_cloudfront_distribution.d",
            DISTRIBUTION
            | {
                "ordered_cache_behavior": [
                    DISTRIBUTION["default_cache_behavior"][0]
                    | {"viewer_protocol_policy": "allow-all", "path_pattern": "/a"}
                ]
            },
            {},
        ),
    ),
    state(
        "cloudfront-tls",
        "fail",
        (
            "aws_cloudfront_distribution.d",
            DISTRIBUTION
            | {
                "viewer_certificate": [
                    {"cloudfront_default_certificate": True, "minimum_protocol_version": "TLSv1"}
                ]
            },
            {},
        ),
    ),
    *(
        state(
            "cloudfront-tls",
            "fail" if is_default else "pass",
            (
                "aws_cloudfront_distribution.d",
                DISTRIBUTION
                | {
                    "viewer_certificate": [
                        {
                            "cloudfront_default_certificate": is_default,
                            "minimum_protocol_version": "TLSv1.2_2021",
                        }
                    ]
                },
                {},
            ),
        )
        for is_default in (True, False)
    ),
    state(
        "cloudfront-tls",
        "fail",
        (
            "aws_cloudfront_distribution.d",
            DISTRIBUTION
            | {
                "viewer_certificate": [
                    {
                        "acm_certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/x",
                        "minimum_protocol_version": "TLSv1",
                        "ssl_support_method": "sni-only",
                    }
                ]
            },
            {},
        ),
    ),
    state(
        "elasticache-encryption",
        "fail",
        ("aws_elasticache_cluster.c", {"cluster_id": "c", "engine": "redis"}, {}),
    ),
    state(
        "config-recorder",
        "pass",
        (
            "aws_config_configuration_recorder.r",
            {
                "name": "r",
                "role_arn": "arn:aws:iam::000000009999:role/c",
                "recording_group": [{"all_supported": True, "include_global_resource_types": True}],
            },
            {},
        ),
        ("aws_config_configuration_recorder_status.s", {"name": "r", "is_enabled": True}, {}),
        ("aws_config_delivery_channel.c", {"s3_bucket_name": "b"}, {}),
    ),
    state(
        "config-recorder",
        "fail",
        (
            "aws_config_configuration_recorder.r",
            {
                "name": "r",
                "role_arn": "arn:aws:iam::000000009999:role/c",
                "recording_group": [{"all_supported": True, "include_global_resource_types": True}],
            },
            {},
        ),
        ("aws_config_configuration_recorder_status.s", {"name": "r", "is_enabled": False}, {}),
    ),
    state(
        "config-recorder",
        "fail",
        (
            "aws_config_configuration_recorder.r",
            {
                "role_arn": "arn:aws:iam::000000009999:role/c",
                "recording_group": [
                    {"all_supported": False, "resource_types": ["AWS::EC2::Instance"]}
                ],
            },
            {},
        ),
        (
            "aws_config_configuration_recorder_status.s",
            {"is_enabled": True},
            {"name": ["aws_config_configuration_recorder.r.name"]},
        ),
    ),
    *(
        state(
            "config-recorder",
            outcome,
            ("aws_config_configuration_recorder.r", {"name": "r", "recording_group": [group]}, {}),
            ("aws_config_configuration_recorder_status.s", {"name": "r", "is_enabled": True}, {}),
        )
        for outcome, group in (
            ("pass", {"include_global_resource_types": True}),
            ("fail", {"resource_types": ["AWS::EC2::Instance"]}),
        )
    ),
    state("guardduty", "pass", ("aws_guardduty_detector.d", {"enable": True}, {})),
    state("guardduty", "pass", ("aws_guardduty_detector.d", {}, {})),
    state("guardduty", "fail", ("aws_guardduty_detector.d", {"enable": False}, {})),
    state("imdsv2", "fail", ("aws_launch_configuration.l", {"image_id": "ami-1"}, {})),
    state(
        "imdsv2",
        "pass",
        (
            "aws_launch_configuration.l",
            {"image_id": "ami-1", "metadata_options": [{"http_tokens": "required"}]},
            {},
        ),
    ),
    state(
        "load-balancer-tls",
        "fail",
        (
            "aws_elb.e",
            {
                "name": "e",
                "listener": [
                    {
                        "instance_port": 80,
                        "instance_protocol": "http",
                        "lb_port": 80,
                        "lb_protocol": "http",
                    }
                ],
                "subnets": ["subnet-1"],
            },
            {},
        ),
    ),
    state(
        "load-balancer-tls",
        "fail",
        (
            "aws_elb.e",
            {
                "name": "e",
                "listener": [
                    {
                        "instance_port": 8000,
                        "instance_protocol": "http",
                        "lb_port": 80,
                        "lb_protocol": "http",
                    },
                    {
                        "instance_port": 8000,
                        "instance_protocol": "http",
                        "lb_port": 443,
                        "lb_protocol": "https",
                        "ssl_certificate_id": "arn:aws:iam::123456789012:server-certificate/c",
                    },
                ],
                "availability_zones": ["us-west-2a"],
            },
            {},
        ),
    ),
    state(
        "rds-public-access",
        "fail",
        (
            "aws_rds_cluster_instance.d",
            {
                "identifier": "d",
                "cluster_identifier": "c",
                "engine": "aurora-mysql",
                "publicly_accessible": True,
            },
            {},
        ),
    ),
    state(
        "kms-key-rotation",
        "not applicable",
        (
            "aws_kms_key.k",
            {"customer_master_key_spec": "RSA_4096", "enable_key_rotation": False},
            {},
        ),
    ),
    state(
        "cloudtrail-log-integrity",
        "pass",
        (
            "aws_cloudtrail.t",
            {"name": "t", "s3_bucket_name": "b", "enable_log_file_validation": True},
            {},
        ),
    ),
    state("resource-sharing", "fail", ("aws_sqs_queue.q", {"name": "q", "policy": OPEN}, {})),
    state(
        "resource-sharing",
        "fail",
        ("aws_sqs_queue.q", {"name": "q"}, {}),
        ("aws_sqs_queue_policy.p", {"policy": OPEN}, {"queue_url": ["aws_sqs_queue.q.id"]}),
    ),
    state(
        "resource-sharing",
        "fail",
        ("aws_sns_topic.q", {"name": "q"}, {}),
        (
            "aws_sns_topic_policy.p",
            {"policy": OPEN.replace("sqs:", "sns:")},
            {"arn": ["aws_sns_topic.q.arn"]},
        ),
    ),
    state(
        "resource-sharing", "fail", ("aws_kms_key.q", {"policy": OPEN.replace("sqs:", "kms:")}, {})
    ),
    state(
        "resource-sharing",
        "fail",
        ("aws_secretsmanager_secret.q", {"name": "q"}, {}),
        (
            "aws_secretsmanager_secret_policy.p",
            {"policy": OPEN.replace("sqs:", "secretsmanager:")},
            {"secret_arn": ["aws_secretsmanager_secret.q.arn"]},
        ),
    ),
    state(
        "resource-sharing",
        "fail",
        ("aws_ecr_repository.q", {"name": "q"}, {}),
        (
            "aws_ecr_repository_policy.p",
            {"policy": OPEN.replace("sqs:", "ecr:")},
            {"repository": ["aws_ecr_repository.q.name"]},
        ),
    ),
    state(
        "resource-sharing",
        "fail",
        ("aws_lambda_function.q", {"function_name": "q"}, {}),
        (
            "aws_lambda_permission.p",
            {"action": "lambda:InvokeFunction", "principal": "*", "statement_id": "s"},
            {"function_name": ["aws_lambda_function.q.function_name"]},
        ),
    ),
    state(
        "resource-sharing",
        "fail",
        ("aws_efs_file_system.q", {"creation_token": "q"}, {}),
        (
            "aws_efs_file_system_policy.p",
            {"policy": OPEN.replace("sqs:*", "elasticfilesystem:*")},
            {"file_system_id": ["aws_efs_file_system.q.id"]},
        ),
    ),
    state(
        "resource-sharing",
        "fail",
        (
            "aws_opensearch_domain.q",
            {"domain_name": "q", "access_policies": OPEN.replace("sqs:", "es:")},
            {},
        ),
    ),
    state(
        "resource-sharing",
        "fail",
        ("aws_backup_vault.q", {"name": "q"}, {}),
        (
            "aws_backup_vault_policy.p",
            {"backup_vault_name": "q", "policy": OPEN.replace("sqs:", "backup:")},
            {},
        ),
    ),
    state(
        "resource-sharing",
        "fail",
        ("aws_dynamodb_table.q", {"name": "q"}, {}),
        (
            "aws_dynamodb_resource_policy.p",
            {"policy": OPEN.replace("sqs:", "dynamodb:")},
            {"resource_arn": ["aws_dynamodb_table.q.arn"]},
        ),
    ),
    state(
        "resource-sharing",
        "fail",
        ("aws_cloudwatch_event_bus.q", {"name": "q"}, {}),
        (
            "aws_cloudwatch_event_bus_policy.p",
            {"event_bus_name": "q", "policy": OPEN.replace("sqs:*", "events:PutEvents")},
            {},
        ),
    ),
    state("role-trust", "fail", ("aws_iam_role.r", {"name": "r", "assume_role_policy": TRUST}, {})),
    state(
        "role-trust",
        "pass",
        (
            "aws_iam_role.r",
            {
                "name": "r",
                "assume_role_policy": TRUST.replace(
                    '{"AWS":"*"}', '{"Service":"ec2.amazonaws.com"}'
                ),
            },
            {},
        ),
    ),
    state(
        "admin-privileges",
        "fail",
        ("aws_iam_user.u", {"name": "u"}, {}),
        (
            "aws_iam_user_policy_attachment.a",
            {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            {"user": ["aws_iam_user.u.name"]},
        ),
    ),
    state(
        "admin-privileges",
        "fail",
        ("aws_iam_user.u", {"name": "u"}, {}),
        ("aws_iam_group.g", {"name": "g"}, {}),
        (
            "aws_iam_group_membership.m",
            {"name": "m"},
            {"users": ["aws_iam_user.u.name"], "group": ["aws_iam_group.g.name"]},
        ),
        (
            "aws_iam_group_policy_attachment.a",
            {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            {"group": ["aws_iam_group.g.name"]},
        ),
    ),
    state(
        "ebs-encryption",
        "fail",
        (
            "aws_instance.i",
            {
                "ami": "ami-1",
                "root_block_device": [{"volume_size": 8}],
                "ebs_block_device": [{"device_name": "/dev/sdb", "encrypted": False}],
            },
            {},
        ),
    ),
    state("s3-tls-only", "fail", ("aws_s3_bucket.b", {"bucket": "b"}, {})),
    state("s3-encryption", "pass", ("aws_s3_bucket.b", {"bucket": "b"}, {})),
    state(
        "s3-access-logging",
        "pass",
        (
            "aws_s3_bucket.b",
            {"bucket": "b", "logging": [{"target_bucket": "l", "target_prefix": "x/"}]},
            {},
        ),
        ("aws_s3_bucket.l", {"bucket": "l"}, {}),
    ),
    state(
        "s3-replication-destination",
        "fail",
        ("aws_s3_bucket.b", {"bucket": "b"}, {}),
        (
            "aws_s3_bucket_replication_configuration.r",
            {
                "bucket": "b",
                "role": "arn:aws:iam::000000009999:role/r",
                "rule": [
                    {
                        "status": "Enabled",
                        "destination": [
                            {"bucket": "arn:aws:s3:::foreign", "account": "111122223333"}
                        ],
                    }
                ],
            },
            {},
        ),
    ),
    state("vpc-flow-logs", "fail", ("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, {})),
    state(
        "open-security-groups",
        "fail",
        (
            "aws_security_group.g",
            {
                "ingress": [
                    {
                        "from_port": 3380,
                        "to_port": 3400,
                        "protocol": "tcp",
                        "cidr_blocks": ["0.0.0.0/0"],
                    }
                ]
            },
            {},
        ),
    ),
    state(
        "open-security-groups",
        "fail",
        (
            "aws_security_group.g",
            {
                "ingress": [
                    {"from_port": 0, "to_port": 0, "protocol": "-1", "ipv6_cidr_blocks": ["::/0"]}
                ]
            },
            {},
        ),
    ),
]


@pytest.mark.parametrize(("control", "outcome", "resources"), STATES)
def test_the_state_of_a_resource(tmp_path, control, outcome, resources):
    plan = PlanBuilder()
    for address, values, references in resources:
        plan.add(address, values, ["id", "arn", *references], references)
    assert outcomes(tmp_path, plan, control)[resources[0][0]] == outcome


def _buckets(*names):
    plan = PlanBuilder()
    for name in names:
        plan.add(f"aws_s3_bucket.{name}", {"bucket": "same"})
    return plan


def test_each_of_several_buckets_with_a_name_is_judged(tmp_path):
    plan = _buckets("first", "second", "third")
    plan.add(
        "aws_s3_bucket_versioning.second",
        {"versioning_configuration": [{"status": "Enabled"}]},
        unknown=["bucket"],
        references={"bucket": ["aws_s3_bucket.second.id"]},
    )
    # A name that is known, of the resource that the configuration mentions.
    plan.add(
        "aws_s3_bucket_versioning.third",
        {"bucket": "same", "versioning_configuration": [{"status": "Enabled"}]},
        references={"bucket": ["aws_s3_bucket.third.bucket"]},
    )
    assert outcomes(tmp_path, plan, "s3-versioning") == {
        "aws_s3_bucket.first": "fail",
        "aws_s3_bucket.second": "pass",
        "aws_s3_bucket.third": "pass",
    }


def test_a_name_that_is_only_written_is_that_of_the_first(tmp_path):
    plan = _buckets("first", "second")
    configuration = {"versioning_configuration": [{"status": "Enabled"}]}
    plan.add("aws_s3_bucket_versioning.any", {"bucket": "same", **configuration})
    assert outcomes(tmp_path, plan, "s3-versioning") == {
        "aws_s3_bucket.first": "pass",
        "aws_s3_bucket.second": "fail",
    }


EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
OPEN = json.dumps({"Version": "2012-10-17", "Statement": [EVERYONE]})

SHARING = {
    "aws_sqs_queue": ("name", "aws_sqs_queue_policy", "queue_url", "id", {"policy": OPEN}),
    "aws_sns_topic": ("name", "aws_sns_topic_policy", "arn", "arn", {"policy": OPEN}),
    "aws_secretsmanager_secret": (
        "name",
        "aws_secretsmanager_secret_policy",
        "secret_arn",
        "arn",
        {"policy": OPEN},
    ),
    "aws_lambda_function": (
        "function_name",
        "aws_lambda_permission",
        "function_name",
        "function_name",
        {"action": "lambda:InvokeFunction", "principal": "*"},
    ),
    "aws_cloudwatch_event_bus": (
        "name",
        "aws_cloudwatch_event_permission",
        "event_bus_name",
        "name",
        {"principal": "*", "statement_id": "all"},
    ),
    "aws_schemas_registry": (
        "name",
        "aws_schemas_registry_policy",
        "registry_name",
        "name",
        {"policy": OPEN},
    ),
    "aws_codeartifact_domain": (
        "domain",
        "aws_codeartifact_domain_permissions_policy",
        "domain",
        "domain",
        {"policy_document": OPEN},
    ),
}
"""Its name, and the type of a policy, the argument that names the resource and by what."""


@pytest.mark.parametrize("kind", SHARING)
@pytest.mark.parametrize("shared", ["first", "second"])
def test_each_of_two_resources_with_a_name_has_its_own_policy(tmp_path, kind, shared):
    name, policy, argument, attribute, values = SHARING[kind]
    plan = PlanBuilder()
    for each in ("first", "second"):
        plan.add(f"{kind}.{each}", {name: "same"}, ["id", "arn", "url"])
    is_name = attribute == name
    plan.add(
        f"{policy}.it",
        values | ({argument: "same"} if is_name else {}),
        [] if is_name else [argument],
        {argument: [f"{kind}.{shared}.{attribute}", f"{kind}.{shared}"]},
    )
    assert outcomes(tmp_path, plan, "resource-sharing") == {
        f"{kind}.{each}": "fail" if each == shared else "pass" for each in ("first", "second")
    }


CLOSED = json.dumps({"Version": "2012-10-17", "Statement": [EVERYONE | {"Effect": "Deny"}]})

PARTS = {
    "aws_kms_key_policy": ("aws_kms_key", "key_id", "policy", (OPEN, CLOSED)),
    "aws_sqs_queue_policy": ("aws_sqs_queue", "queue_url", "policy", (OPEN, CLOSED)),
    "aws_s3_bucket_acl": ("aws_s3_bucket", "bucket", "acl", ("public-read", "private")),
}
"""What has it, by which argument, and two values of another argument."""


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("order", [1, -1])
def test_two_parts_of_a_resource_that_differ(tmp_path, part, order):
    kind, argument, element, values = PARTS[part]
    plan = PlanBuilder().add(f"{kind}.it", {}, ["id", "arn", "bucket"])
    for name, value in zip("ab", values[::order], strict=True):
        plan.add(f"{part}.{name}", {element: value}, [argument], {argument: [f"{kind}.it.id"]})
    is_policy = element == "policy"
    found = outcomes(tmp_path, plan, "resource-sharing" if is_policy else "s3-exposure")
    assert found[f"{kind}.it"] == ("fail" if is_policy else "unknown")


def test_two_parts_of_a_resource_that_agree(tmp_path):
    plan = PlanBuilder().add("aws_s3_bucket.it", {}, ["id", "bucket"])
    for name in "ab":
        plan.add(
            f"aws_s3_bucket_acl.{name}",
            {"acl": "public-read"},
            ["bucket"],
            {"bucket": ["aws_s3_bucket.it.id"]},
        )
    assert outcomes(tmp_path, plan, "s3-exposure")["aws_s3_bucket.it"] == "fail"


@pytest.mark.parametrize(
    ("enabled", "outcome"),
    [
        ([True], "pass"),
        ([True, True], "pass"),
        ([True, False], "unknown"),
        ([False, True], "unknown"),
        ([False, False], "fail"),
    ],
)
def test_of_two_settings_of_an_account_any_may_stay(tmp_path, enabled, outcome):
    plan = PlanBuilder().add("aws_ebs_volume.it", {"size": 1, "encrypted": False}, ["id", "arn"])
    for name, value in zip("ab", enabled, strict=False):
        plan.add(f"aws_ebs_encryption_by_default.{name}", {"enabled": value}, ["id"])
    assert outcomes(tmp_path, plan, "ebs-encryption")["aws_ebs_volume.it"] == outcome


ALL = "http://acs.amazonaws.com/groups/global/AllUsers"


@pytest.mark.parametrize("bucket", [[], ["aws_s3_bucket.b.id"]])
@pytest.mark.parametrize(
    ("grantee", "outcome"),
    [
        ({"type": "Group", "uri": ALL}, "fail"),
        ({"type": "Group", "uri": ALL.replace("AllUsers", "AuthenticatedUsers")}, "fail"),
        ({"type": "CanonicalUser", "id": "of-another-account"}, "fail"),
        ({"type": "CanonicalUser", "id": "owner"}, "pass"),
    ],
)
def test_grants_of_an_acl(tmp_path, bucket, grantee, outcome):
    plan = PlanBuilder()
    if bucket:
        plan.add("aws_s3_bucket.b", {"bucket": "b"})
    grant = {"grantee": [grantee], "permission": "READ_ACP"}
    policy = [{"grant": [grant], "owner": [{"id": "owner"}]}]
    plan.add(
        "aws_s3_bucket_acl.b",
        {"bucket": "b", "access_control_policy": policy},
        references={"bucket": bucket} if bucket else None,
    )
    place = "aws_s3_bucket.b" if bucket else "aws_s3_bucket_acl.b"
    outcome_by_name = outcomes(tmp_path, plan, "s3-exposure")
    assert outcome_by_name.get(place) == outcome


@pytest.mark.parametrize(
    ("owner", "user", "outcome"),
    [
        ("me", "me", "pass"),
        ("me", "other", "fail"),
        ("me", None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_a_user_that_may_be_the_owner(tmp_path, owner, user, outcome):
    grantee = {"type": "CanonicalUser", **({} if user is None else {"id": user})}
    policy = {
        "grant": [{"grantee": [grantee], "permission": "READ"}],
        "owner": [{"display_name": "x"} if owner is None else {"id": owner}],
    }
    unknown = {
        "grant": [{"grantee": [{"id": user is None}]}],
        "owner": [{"id": owner is None}],
    }
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"})
    plan.add(
        "aws_s3_bucket_acl.b",
        {"bucket": "b", "access_control_policy": [policy]},
        {"access_control_policy": [unknown]},
        {"bucket": ["aws_s3_bucket.b.id"]},
    )
    assert outcomes(tmp_path, plan, "s3-exposure")["aws_s3_bucket.b"] == outcome


def test_a_public_grant_decides_beside_one_that_is_not_known(tmp_path):
    grants = [
        {"grantee": [{"type": "CanonicalUser"}], "permission": "READ"},
        {"grantee": [{"type": "Group", "uri": ALL}], "permission": "READ"},
    ]
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"})
    plan.add(
        "aws_s3_bucket_acl.b",
        {"access_control_policy": [{"grant": grants, "owner": [{"id": "me"}]}]},
        {"access_control_policy": [{"grant": [{"grantee": [{"id": True}]}, {}]}]},
        {
            "bucket": ["aws_s3_bucket.b.id"],
            "access_control_policy": [{"grant": [{"grantee": [{"id": ["var.partner"]}]}, {}]}],
        },
    )
    assert outcomes(tmp_path, plan, "s3-exposure")["aws_s3_bucket.b"] == "fail"


@pytest.mark.parametrize(("enabled", "outcome"), [(True, "pass"), (False, "fail"), (None, "pass")])
def test_volumes_are_encrypted_by_default(tmp_path, enabled, outcome):
    plan = PlanBuilder()
    plan.add("aws_ebs_volume.b", {"size": 8})
    plan.add("aws_instance.b", {"ami": "ami-1"})
    settings = {} if enabled is None else {"enabled": enabled}
    plan.add("aws_ebs_encryption_by_default.b", settings, unknown=["id"])
    assert outcomes(tmp_path, plan, "ebs-encryption") == {
        "aws_ebs_volume.b": outcome,
        "aws_instance.b": outcome,
    }


LOAD_BALANCER = (
    "arn:aws:elasticloadbalancing:us-east-1:000000009999:loadbalancer/app/front/0123456789abcdef"
)

ANYBODY = (
    '{{"Version":"2012-10-17","Statement":'
    '[{{"Effect":"Allow","Principal":{{"AWS":"*"}},"Action":"{}","Resource":"*"}}]}}'
)


@pytest.mark.parametrize(
    ("part", "by", "policy", "action"),
    [
        ("aws_efs_file_system_policy", "file_system_id", "policy", "elasticfilesystem:*"),
        ("aws_backup_vault_policy", "backup_vault_name", "policy", "backup:*"),
        ("aws_dynamodb_resource_policy", "resource_arn", "policy", "dynamodb:*"),
        ("aws_sqs_queue_policy", "queue_url", "policy", "sqs:*"),
        ("aws_ecr_repository_policy", "repository", "policy", "ecr:*"),
    ],
)
def test_the_policy_of_what_is_elsewhere(tmp_path, part, by, policy, action):
    plan = PlanBuilder()
    whole = part.removesuffix("_policy").replace("dynamodb_resource", "dynamodb_table")
    references = {by: [f"{whole}.b.id"]}
    plan.add(f"{part}.b", {policy: ANYBODY.format(action)}, unknown=[by], references=references)
    assert "fail" in outcomes(tmp_path, plan, "resource-sharing").values()


@pytest.mark.parametrize(
    ("protocol", "policy", "outcome"),
    [
        ("HTTP", None, "fail"),
        ("HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06", "pass"),
        ("HTTPS", "ELBSecurityPolicy-2016-08", "fail"),
        ("TCP", None, "not applicable"),
    ],
)
@pytest.mark.parametrize("forward", [False, True])
def test_a_target_group_that_is_not_known_does_not_matter(
    tmp_path, protocol, policy, outcome, forward
):
    action, hidden = {"type": "forward"}, {"target_group_arn": True}
    if forward:
        action["forward"] = [{"target_group": [{"weight": 1}]}]
        hidden = {"forward": [{"target_group": [{"arn": True}]}]}
    values = {"port": 8080, "protocol": protocol, "default_action": [action]}
    plan = PlanBuilder().add(
        "aws_lb_listener.b",
        {**values, "load_balancer_arn": LOAD_BALANCER, "ssl_policy": policy},
        {"arn": True, "default_action": [hidden]},
    )
    assert set(outcomes(tmp_path, plan, "load-balancer-tls").values()) == {outcome}


@pytest.mark.parametrize("layer", ["arn:aws:lambda:us-east-1:000000009999:layer:tools", "tools"])
def test_a_permission_for_a_layer_elsewhere(tmp_path, layer):
    plan = PlanBuilder().add(
        "aws_lambda_layer_version_permission.b",
        {
            "layer_name": layer,
            "version_number": 4,
            "principal": "*",
            "action": "lambda:GetLayerVersion",
        },
        ["id"],
    )
    assert set(outcomes(tmp_path, plan, "resource-sharing").values()) == {"fail"}


def test_the_backups_of_a_table_elsewhere_are_not_judged(tmp_path):
    plan = PlanBuilder()
    references = {"resource_arn": ["aws_dynamodb_table.b.arn"]}
    policy = {"policy": ANYBODY.format("dynamodb:*")}
    plan.add(
        "aws_dynamodb_resource_policy.b", policy, unknown=["resource_arn"], references=references
    )
    assert set(outcomes(tmp_path, plan, "daily-backup").values()) == {"not applicable"}


@pytest.mark.parametrize("kind", ["inline_policy", "managed"])
def test_a_permission_set_with_administrator_rights(tmp_path, kind):
    plan = PlanBuilder()
    plan.add("aws_ssoadmin_permission_set.b", {"name": "Admins", "instance_arn": "arn"})
    of_set = {"permission_set_arn": ["aws_ssoadmin_permission_set.b.arn"]}
    every = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    policies = {
        "inline_policy": ("aws_ssoadmin_permission_set_inline_policy.b", {"inline_policy": every}),
        "managed": (
            "aws_ssoadmin_managed_policy_attachment.b",
            {"managed_policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        ),
    }
    address, values = policies[kind]
    plan.add(address, values, unknown=["permission_set_arn"], references=of_set)
    judged = outcomes(tmp_path, plan, "admin-privileges")
    assert judged == {"aws_ssoadmin_permission_set.b": "fail"}


@pytest.mark.parametrize(("authorization", "outcome"), [("NONE", "fail"), ("AWS_IAM", "pass")])
def test_the_provider_opens_a_url_without_authorization(tmp_path, authorization, outcome):
    plan = PlanBuilder()
    plan.add("aws_lambda_function.b", {"function_name": "b"})
    plan.add(
        "aws_lambda_function_url.b",
        {"function_name": "b", "authorization_type": authorization},
        references={"function_name": ["aws_lambda_function.b.function_name"]},
    )
    assert outcomes(tmp_path, plan, "resource-sharing")["aws_lambda_function.b"] == outcome


def test_a_listener_of_which_the_load_balancer_is_not_known(tmp_path):
    plan = PlanBuilder()
    action = [{"type": "forward", "target_group_arn": "arn"}]
    plan.add(
        "aws_lb_listener.b",
        {"port": 80, "protocol": "HTTP", "default_action": action},
        unknown=["load_balancer_arn"],
        references={"load_balancer_arn": ["var.balancer"]},
    )
    assert outcomes(tmp_path, plan, "load-balancer-tls") == {"aws_lb_listener.b": "fail"}


ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize("policies", [[ADMINISTRATOR], []])
@pytest.mark.parametrize("owner", ["role", "user", "group"])
def test_an_exclusive_list_attaches_the_policies_that_it_names(tmp_path, owner, policies):
    plan = PlanBuilder().add("aws_iam_user.u", {"name": "u"}, ["arn"])
    plan.add(f"aws_iam_{owner}.x", {"name": "x"}, ["arn"])
    plan.add(
        f"aws_iam_{owner}_policy_attachments_exclusive.x",
        {"policy_arns": policies},
        [f"{owner}_name"],
        {f"{owner}_name": [f"aws_iam_{owner}.x.name"]},
    )
    plan.add("aws_iam_user_group_membership.u", {"user": "u", "groups": ["x"]})
    bearer = "aws_iam_user.u" if owner == "group" else f"aws_iam_{owner}.x"
    judged = outcomes(tmp_path, plan, "admin-privileges")
    assert judged[bearer] == ("fail" if policies else "pass")


def test_a_permission_set_has_a_policy_of_the_account(tmp_path):
    everything = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    plan = PlanBuilder().add("aws_ssoadmin_permission_set.b", {"name": "b"}, ["arn"])
    plan.add("aws_iam_policy.boss", {"name": "boss", "policy": everything}, ["arn"])
    plan.add(
        "aws_ssoadmin_customer_managed_policy_attachment.b",
        {"customer_managed_policy_reference": [{"name": "boss", "path": "/"}]},
        ["permission_set_arn"],
        {"permission_set_arn": ["aws_ssoadmin_permission_set.b.arn"]},
    )
    judged = outcomes(tmp_path, plan, "admin-privileges")
    assert judged["aws_ssoadmin_permission_set.b"] == "fail"


@pytest.mark.parametrize(
    ("region", "outcome"),
    [("us-west-2", "fail"), ("ap-northeast-3", "pass"), (None, "unknown")],
)
def test_automated_backups_are_replicated_to_the_region_of_the_copy(tmp_path, region, outcome):
    plan = PlanBuilder().add("aws_db_instance.d", {"identifier": "d", "engine": "mysql"}, ["arn"])
    plan.add(
        "aws_db_instance_automated_backups_replication.r",
        {} if region is None else {"region": region},
        ["source_db_instance_arn"],
        {"source_db_instance_arn": ["aws_db_instance.d.arn"]},
    )
    assert outcomes(tmp_path, plan, "backup-copy-destination")["aws_db_instance.d"] == outcome


def test_an_inline_policy_that_is_not_known_costs_its_role_only(tmp_path):
    """``jsonencode`` with the ARN of a new resource."""
    plan = PlanBuilder().add("aws_iam_role.other", {"name": "other"}, ["arn"])
    plan.add(
        "aws_iam_role.r",
        {"name": "r", "inline_policy": [{"name": "p"}]},
        {"arn": True, "inline_policy": [{"policy": True}]},
        {"inline_policy": [{"policy": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}]},
    )
    judged = outcomes(tmp_path, plan, "admin-privileges")
    assert judged == {"aws_iam_role.other": "pass", "aws_iam_role.r": "unknown"}


def test_an_empty_inline_policy_is_none(tmp_path):
    plan = PlanBuilder().add("aws_iam_role.r", {"name": "r", "inline_policy": [{"policy": ""}]})
    assert outcomes(tmp_path, plan, "admin-privileges") == {"aws_iam_role.r": "pass"}


@pytest.mark.parametrize(("validated", "outcome"), [(True, "pass"), (False, "fail")])
def test_a_trail_of_which_the_bucket_is_not_known(tmp_path, validated, outcome):
    plan = PlanBuilder().add(
        "aws_cloudtrail.t",
        {"name": "t", "enable_log_file_validation": validated},
        ["arn", "s3_bucket_name"],
        {"s3_bucket_name": ["local.bucket"]},
    )
    judged = outcomes(tmp_path, plan, "cloudtrail-log-integrity")
    assert judged == {"aws_cloudtrail.t": outcome}


@pytest.mark.parametrize(("cidr", "outcome"), [("0.0.0.0/0", "fail"), ("10.0.0.0/8", "pass")])
@pytest.mark.parametrize("separate", [True, False])
def test_an_open_rule_of_a_group_that_is_not_known(tmp_path, separate, cidr, outcome):
    """No group is in the plan to which the rule could be added."""
    kind, values = "aws_security_group_rule", {"type": "ingress", "protocol": "tcp"}
    peers = {"cidr_blocks": [cidr]}
    if separate:
        kind, values = "aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp"}
        peers = {"cidr_ipv4": cidr}
    plan = PlanBuilder().add(
        f"{kind}.r",
        values | peers | {"from_port": 22, "to_port": 22},
        ["id", "security_group_id"],
        {"security_group_id": ["local.group"]},
    )
    judged = outcomes(tmp_path, plan, "open-security-groups")
    assert judged.get(f"{kind}.r") == outcome


@pytest.mark.parametrize("names", [{"domain": "d"}, {"domain": "d", "repository": "r"}])
def test_the_policy_of_a_package_store_elsewhere(tmp_path, names):
    kind = f"aws_codeartifact_{list(names)[-1]}_permissions_policy"
    values = names | {"policy_document": ANYBODY.format("codeartifact:*")}
    plan = PlanBuilder().add(f"{kind}.p", values)
    assert "fail" in outcomes(tmp_path, plan, "resource-sharing").values()
