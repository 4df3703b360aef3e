"""Whether data can be in Regions that were not read."""

from __future__ import annotations

from cloudpack_baseline.access import may, parse_policy
from cloudpack_baseline.baseline.options.regions import ApprovedRegionsOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity.service_control import Levels, service_control
from cloudpack_baseline.findings import Observation, not_applicable, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.regions import AccountRegion
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["KnownRegions"]

_CREATIONS = (
    "s3:CreateBucket",
    "ec2:CreateVolume",
    "ec2:RunInstances",
    "rds:CreateDBInstance",
    "rds:CreateDBCluster",
    "dynamodb:CreateTable",
    "elasticfilesystem:CreateFileSystem",
    "secretsmanager:CreateSecret",
    "logs:CreateLogGroup",
    "sqs:CreateQueue",
)
"""The actions that bring data into a Region; all of them have to be denied."""


@frozen(kw_only=True)
class KnownRegions:
    """What is known of the Regions of an account.

    Attributes:
        read: the Regions that were read.
        options: what the baseline declares.
        levels: the service control policies that bind the account.
        partition: of the account.
    """

    read: tuple[str, ...]
    options: ApprovedRegionsOptions
    levels: Levels | Unknown
    partition: str

    @classmethod
    def of(cls, view: AccountView, options: ApprovedRegionsOptions) -> KnownRegions:
        """Those of the account."""
        return cls(
            read=view.account.regions,
            options=options,
            levels=service_control(view),
            partition=view.account.partition,
        )

    def observe(self, region: AccountRegion) -> Observation:
        """Whether data in the Region would have been found, or cannot be there."""
        name, status = region.name, region.opt_in_status
        if name in self.options.regions:
            return not_applicable(text("regions.region-approved"))
        if name in self.read:
            return passed(text("regions.region-read"))
        if status == "not-opted-in":
            return not_applicable(text("regions.region-disabled"))
        if isinstance(status, Unknown):
            return unknown("OptInStatus", status)
        return self._observe_unread(name)

    def _observe_unread(self, name: str) -> Observation:
        if name in self.options.unused or "*" in self.options.unused:
            return passed(text("regions.region-unused"))
        if not isinstance(self.levels, Unknown) and _denies_creation(self.levels, name):
            return passed(text("regions.region-denied"))
        why = Unknown.because(Why.NOT_GATHERED, detail=name)
        return unknown(text("regions.region-unread"), why)


def _denies_creation(levels: Levels, region: str) -> bool:
    """Whether the policies deny everybody to create resources in the Region."""
    if not levels:
        return False
    everything = parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
            },
        },
        kind="identity",
    )
    return not any(may((everything,), action, scps=levels) for action in _CREATIONS)
