"""States of the controls of sharing."""

from __future__ import annotations

from cloudpack_baseline.model.dlm import LifecyclePolicy
from cloudpack_baseline.model.ec2_images import EbsSnapshot, Image
from cloudpack_baseline.model.exports import DeliveryStream, TransferServer
from cloudpack_baseline.model.organizations import AIServicesOptOutPolicy
from cloudpack_baseline.model.rds import ManualDBSnapshot
from cloudpack_baseline.model.s3 import Bucket, ReplicationRule
from cloudpack_baseline.model.sqs import Queue
from cloudpack_baseline.testing.records import policy, record
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "ebs-snapshot-sharing",
        passing=(record(EbsSnapshot, "snapshot/snap-1", snapshot_id="snap-1"),),
        failing=(
            record(
                EbsSnapshot,
                "snapshot/snap-1",
                snapshot_id="snap-1",
                create_volume_permissions=("111122223333",),
            ),
        ),
    ),
    Example(
        "ami-sharing",
        passing=(record(Image, "image/ami-1", image_id="ami-1"),),
        failing=(record(Image, "image/ami-1", image_id="ami-1", launch_permissions=("all",)),),
    ),
    Example(
        "rds-snapshot-sharing",
        passing=(record(ManualDBSnapshot, "snapshot:before-release", service="rds"),),
        failing=(
            record(ManualDBSnapshot, "snapshot:before-release", service="rds", restore=("all",)),
        ),
        baseline="""\
[controls.resource-sharing]
accounts = ["111122223333"]
""",
    ),
    Example(
        "resource-sharing",
        passing=(
            record(
                Queue,
                "orders",
                service="sqs",
                policy=policy(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                        "Action": "sqs:SendMessage",
                        "Resource": "arn:aws:sqs:ap-northeast-1:123456789012:orders",
                    }
                ),
            ),
        ),
        failing=(
            record(
                Queue,
                "orders",
                service="sqs",
                policy=policy(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                        "Action": "sqs:SendMessage",
                        "Resource": "arn:aws:sqs:ap-northeast-1:123456789012:orders",
                    }
                ),
            ),
        ),
    ),
    Example(
        "s3-replication-destination",
        passing=(
            record(
                Bucket,
                "data",
                arn="arn:aws:s3:::data",
                replication=(
                    ReplicationRule(
                        enabled=True, bucket="arn:aws:s3:::copy", account="111122223333"
                    ),
                ),
            ),
        ),
        failing=(
            record(
                Bucket,
                "data",
                arn="arn:aws:s3:::data",
                replication=(
                    ReplicationRule(
                        enabled=True, bucket="arn:aws:s3:::far", account="111122223333"
                    ),
                ),
            ),
        ),
        baseline="""\
[controls.s3-replication-destination]
accounts = ["111122223333"]

[controls.s3-replication-destination.buckets]
copy = "ap-northeast-3"
far = "us-east-1"
""",
    ),
    Example(
        "ai-services-opt-out",
        passing=(
            record(
                AIServicesOptOutPolicy,
                "root",
                service="iam",
                region="",
                name="123456789012",
                services=(("default", "optOut"),),
            ),
        ),
        failing=(
            record(AIServicesOptOutPolicy, "root", service="iam", region="", name="123456789012"),
        ),
    ),
    Example(
        "backup-copy-destination",
        passing=(
            record(
                LifecyclePolicy,
                "policy/policy-1",
                service="dlm",
                state="ENABLED",
                copy_targets=("ap-northeast-3",),
                shared_accounts=(),
            ),
        ),
        failing=(
            record(
                LifecyclePolicy,
                "policy/policy-1",
                service="dlm",
                state="ENABLED",
                copy_targets=("us-east-1",),
                shared_accounts=(),
            ),
        ),
    ),
    Example(
        "data-export-paths",
        passing=(record(DeliveryStream, "deliverystream/logs", service="firehose"),),
        failing=(record(TransferServer, "server/s-1", service="transfer"),),
        baseline="""\
[controls.data-export-paths]
declared = []

[networks]
office = ["10.1.0.0/16", "2001:db8::/32"]
""",
    ),
)
