"""Names of actions as AWS writes them, and their resources.

The engine compares actions in lower case, and uses one for many that no policy distinguishes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access._s3_actions import BUCKET_ACTIONS, OBJECT_ACTIONS, OTHER_ACTIONS
from cloudpack_baseline.access.actions import action_matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EXAMPLES", "spelled", "usual_resources"]

_ABOUT: Final = {
    "cloudfront:GetDistribution": "cloudfront::{account}:distribution/EXAMPLE",
    "logs:DescribeLogGroups": "logs:us-east-1:{account}:log-group:example",
    "cloudwatch:GetMetricData": "",
    "cloudtrail:DescribeTrails": "",
    "config:DescribeConfigRules": "",
    "guardduty:ListDetectors": "",
    "elasticloadbalancing:DescribeLoadBalancers": "",
    "autoscaling:DescribeAutoScalingGroups": "",
    "organizations:DescribeOrganization": "",
    "cloudformation:DescribeStacks": "cloudformation:us-east-1:{account}:stack/example/1",
    "ecr:GetAuthorizationToken": "",
    "ecr:BatchGetImage": "ecr:us-east-1:{account}:repository/example",
    "eks:DescribeCluster": "eks:us-east-1:{account}:cluster/example",
    "ecs:DescribeTasks": "ecs:us-east-1:{account}:task/example/1",
    "sns:Publish": "sns:us-east-1:{account}:example",
    "sqs:SendMessage": "sqs:us-east-1:{account}:example",
    "kms:Decrypt": "kms:us-east-1:{account}:key/example",
    "secretsmanager:GetSecretValue": "secretsmanager:us-east-1:{account}:secret:example",
    "ssm:GetParameter": "ssm:us-east-1:{account}:parameter/example",
    "dynamodb:GetItem": "dynamodb:us-east-1:{account}:table/example",
    "rds:DescribeDBInstances": "rds:us-east-1:{account}:db:example",
    "lambda:InvokeFunction": "lambda:us-east-1:{account}:function:example",
    "sts:AssumeRole": "iam::{account}:role/example",
    "iam:PassRole": "iam::{account}:role/example",
    "iam:ListUsers": "iam::{account}:user/example",
    "iam:GetUser": "iam::{account}:user/example",
    "ec2:StartInstances": "ec2:us-east-1:{account}:instance/i-0123456789abcdef0",
    "ec2:DescribeInstances": "",
    "s3:ListBucket": "s3:::example",
    "s3:GetObject": "s3:::example/file.txt",
}
"""Representative actions, the most typical last, each with its resource: an ARN after the
partition, or nothing if AWS requires ``*`` (Service Authorization Reference)."""

EXAMPLES: Final = tuple(_ABOUT)
"""Representative actions, the most typical last."""


@cache
def _find_known_key() -> Mapping[str, str]:
    s3 = (f"s3:{name}" for name in (*BUCKET_ACTIONS, *OBJECT_ACTIONS, *OTHER_ACTIONS))
    return {name.lower(): name for name in (*EXAMPLES, *s3)}


def spelled(action: str, patterns: Iterable[str]) -> str:
    """The action as AWS writes it, or, if that is unknown, as the policies do.

    For an unknown action that no policy names, the narrowest pattern that matches it is returned.

    Args:
        action: in lower case.
        patterns: patterns of actions, as written in policies.
    """
    known = _find_known_key().get(action)
    if known is not None:
        return known
    written = [pattern for pattern in patterns if action_matches(pattern, action)]
    return max(written, key=_narrowness, default=action)


def _narrowness(pattern: str) -> tuple[bool, int]:
    return not set("*?") & set(pattern), len(pattern)


def usual_resources(action: str, partition: str, account: str) -> tuple[str, ...]:
    """The usual resources of an action; for an unknown action, ``*`` comes last."""
    about = _ABOUT.get(action)
    if about is not None:
        return (f"arn:{partition}:{about.format(account=account)}" if about else "*",)
    service = action.partition(":")[0]
    arns = (text for name, text in _ABOUT.items() if text and name.startswith(f"{service}:"))
    same_service = (f"arn:{partition}:{text.format(account=account)}" for text in arns)
    return (*dict.fromkeys(same_service), "*")
