"""States of the controls of encryption."""

from __future__ import annotations

from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Distribution,
    DistributionOrigin,
    ViewerCertificate,
)
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.elasticache import CacheCluster
from cloudpack_baseline.model.elbv2 import Listener, ListenerAction, LoadBalancer
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.rds import ParameterGroupStatus
from cloudpack_baseline.model.rds_parameters import DBParameter, DBParameterGroup
from cloudpack_baseline.model.s3 import Encryption
from cloudpack_baseline.testing.records import bucket, db_instance, record
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "kms-key-rotation",
        passing=(
            record(
                KmsKey,
                "key/k1",
                service="kms",
                key_manager="CUSTOMER",
                key_spec="SYMMETRIC_DEFAULT",
                key_state="Enabled",
                key_material="AWS_KMS",
                rotation_enabled=True,
            ),
        ),
        failing=(
            record(
                KmsKey,
                "key/k1",
                service="kms",
                key_manager="CUSTOMER",
                key_spec="SYMMETRIC_DEFAULT",
                key_state="Enabled",
                key_material="AWS_KMS",
            ),
        ),
    ),
    Example(
        "ebs-encryption",
        passing=(
            record(Volume, "volume/vol-1", volume_id="vol-1", state="in-use", encrypted=True),
        ),
        failing=(record(Volume, "volume/vol-1", volume_id="vol-1", state="in-use"),),
    ),
    Example(
        "rds-encryption",
        passing=(
            db_instance(
                "shop",
                "mysql",
                storage_encrypted=True,
                kms_key_id="arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd",
            ),
        ),
        failing=(db_instance("shop", "mysql", storage_encrypted=False),),
    ),
    Example(
        "elasticache-encryption",
        passing=(
            record(
                CacheCluster,
                "cluster:shop",
                service="elasticache",
                name="shop",
                engine="redis",
                at_rest_encryption_enabled=True,
                transit_encryption_enabled=True,
                transit_encryption_mode="required",
            ),
        ),
        failing=(
            record(
                CacheCluster,
                "cluster:shop",
                service="elasticache",
                name="shop",
                engine="redis",
                at_rest_encryption_enabled=False,
                transit_encryption_enabled=True,
                transit_encryption_mode="required",
            ),
        ),
    ),
    Example(
        "load-balancer-tls",
        passing=(
            record(
                LoadBalancer,
                "loadbalancer/app/web/1",
                service="elasticloadbalancing",
                type="application",
                listeners=(
                    Listener(
                        listener_arn="listener/80",
                        port=80,
                        protocol="HTTP",
                        default_actions=(
                            ListenerAction(type="redirect", redirect_protocol="HTTPS"),
                        ),
                    ),
                ),
                rules=(),
            ),
        ),
        failing=(
            record(
                LoadBalancer,
                "loadbalancer/app/web/1",
                service="elasticloadbalancing",
                type="application",
                listeners=(
                    Listener(
                        listener_arn="listener/80",
                        port=80,
                        protocol="HTTP",
                        default_actions=(ListenerAction(type="forward"),),
                    ),
                ),
                rules=(),
            ),
        ),
    ),
    Example(
        "cloudfront-tls",
        passing=(
            record(
                Distribution,
                "distribution/E1",
                service="cloudfront",
                region="",
                content_origins=(
                    DistributionOrigin(
                        id="web",
                        domain_name="web.example.com",
                        protocol_policy="https-only",
                        ssl_protocols=("TLSv1.2",),
                    ),
                ),
                cache_behaviors=(
                    CacheBehavior(target="web", viewer_protocol_policy="redirect-to-https"),
                ),
                viewer_certificate=ViewerCertificate(minimum_protocol_version="TLSv1.2_2021"),
            ),
        ),
        failing=(
            record(
                Distribution,
                "distribution/E1",
                service="cloudfront",
                region="",
                content_origins=(
                    DistributionOrigin(
                        id="web",
                        domain_name="web.example.com",
                        protocol_policy="https-only",
                        ssl_protocols=("TLSv1.2",),
                    ),
                ),
                cache_behaviors=(CacheBehavior(target="web", viewer_protocol_policy="allow-all"),),
                viewer_certificate=ViewerCertificate(minimum_protocol_version="TLSv1.2_2021"),
            ),
        ),
    ),
    Example(
        "rds-tls",
        common=(
            db_instance(
                "shop",
                "postgres",
                engine_version="16.3",
                parameter_groups=(ParameterGroupStatus(name="shop", status="in-sync"),),
            ),
        ),
        passing=(
            record(
                DBParameterGroup,
                "pg:shop",
                service="rds",
                name="shop",
                parameters=(DBParameter(name="rds.force_ssl", setting="1"),),
            ),
        ),
        failing=(
            record(
                DBParameterGroup,
                "pg:shop",
                service="rds",
                name="shop",
                parameters=(DBParameter(name="rds.force_ssl", setting="0"),),
            ),
        ),
    ),
    Example(
        "s3-encryption",
        passing=(bucket("data", encryption=Encryption(algorithm="aws:kms", kms_key="1234abcd")),),
        failing=(bucket("data", encryption=Encryption(algorithm="AES256")),),
        baseline="""\
[[buckets]]
name = "data"
kms_keys = ["arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd"]
""",
    ),
    Example(
        "s3-tls-only",
        passing=(
            bucket(
                "data",
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ),
        ),
        failing=(bucket("data"),),
    ),
)
