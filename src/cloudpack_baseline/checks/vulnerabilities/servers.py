"""The servers and functions whose vulnerabilities and patches are judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import Observation, not_applicable
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.values import Truth, lift
from cloudpack_baseline.texts import text

__all__ = [
    "SCANNED",
    "is_of_control_tower",
    "is_recent",
    "just_launched",
    "running_instances",
    "updated_lately",
]

SCANNED = {"ec2": "EC2", "ecr": "ECR", "lambda": "Lambda"}
"""What Amazon Inspector scans, as its console names it."""

_GRACE = timedelta(days=1)
"""How long after its launch an instance need not have been scanned yet."""

_IN_USE = timedelta(days=90)
"""Functions that were updated or invoked since then are scanned (Amazon Inspector User Guide,
"Scanning AWS Lambda functions")."""


def running_instances(view: AccountView) -> Iterator[Instance]:
    """The running instances of the account."""
    return (instance for instance in view.all(Instance) if instance.state == "running")


def is_of_control_tower(function: LambdaFunction) -> bool:
    """Whether it is the function that AWS Control Tower deploys in each account and maintains.

    A mandatory control keeps everybody else from changing it (AWS Control Tower Controls
    Reference Guide, "Mandatory controls").
    """
    return function.name == "aws-controltower-NotificationForwarder"


def updated_lately(view: AccountView, function: LambdaFunction) -> Truth:
    """Whether it was updated lately, so that it is scanned even if nothing invokes it."""
    return lift(lambda moment: is_recent(view, moment, _IN_USE), function.last_modified)


def just_launched(view: AccountView, instance: Instance) -> Observation | None:
    """That a scan is not due yet; ``None``: it is, or it is unknown when the launch was."""
    launched = instance.launched_at
    if isinstance(launched, datetime) and is_recent(view, launched, _GRACE):
        return not_applicable(text("vulnerabilities.just-launched"))
    return None


def is_recent(view: AccountView, moment: datetime, within: timedelta) -> bool:
    """Whether the moment is at most so long ago."""
    return view.as_of - moment <= within
