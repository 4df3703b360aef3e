"""The record classes by name, so that a module is loaded only when its records occur."""

from __future__ import annotations

from importlib import import_module

from cloudpack_baseline.model._kinds import KINDS
from cloudpack_baseline.model.record import Record

__all__ = ["MODULES", "record_class"]

MODULES = (
    "cloudtrail",
    "cloudtrail_events",
    "iam",
    "iam_principals",
    "iam_credentials",
    "account",
    "organizations",
    "rds",
    "rds_parameters",
    "s3",
    "regions",
    "ec2",
    "ec2_addresses",
    "ec2_gateways",
    "ec2_images",
    "ec2_posture",
    "ec2_storage",
    "elasticache",
    "elb",
    "elbv2",
    "redshift",
    "redshift_sharing",
    "serverless",
    "kms",
    "route53",
    "cloudfront",
    "guardduty",
    "ecr",
    "config",
    "ecs",
    "logs",
    "ssm",
    "ssm_compliance",
    "inspector2",
    "secretsmanager",
    "signin",
    "functions",
    "lambda_functions",
    "sqs",
    "sns",
    "efs",
    "ssm_documents",
    "opensearch",
    "backup",
    "dlm",
    "recycle_bin",
    "rds_automated_backups",
    "ram",
    "backup_protection",
    "batch",
    "dynamodb",
    "fsx",
    "kinesis",
    "glacier",
    "codeartifact",
    "schemas",
    "ses",
    "privatelink",
    "servicecatalog",
    "events",
    "log_policies",
    "glue",
    "apigateway",
    "layers",
    "exports",
    "cloudwatch",
    "notifications",
    "securityhub",
    "cloudformation",
    "codebuild",
    "stepfunctions",
    "sagemaker",
    "wafv2",
    "globalaccelerator",
)
"""The modules of records, in the order in which a name is looked for."""


def record_class(name: str) -> type[Record]:
    """The record class of that name.

    Raises:
        KeyError: no module has one.
    """
    # The table spares loading the others; a kind that is newer than it is looked for.
    for module in (KINDS[name],) if name in KINDS else MODULES:
        kind = getattr(import_module(f"cloudpack_baseline.model.{module}"), name, None)
        if isinstance(kind, type) and issubclass(kind, Record) and kind is not Record:
            return kind
    raise KeyError(name)
