"""Whether data is kept in approved Regions only."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.access import may, parse_policy
from cloudpack_baseline.baseline.options.regions import ApprovedRegionsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.service_control import (
    SERVICE_CONTROL,
    Levels,
    service_control,
)
from cloudpack_baseline.checks.regions._data_kinds import DATA_KINDS, DataKind
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import merged, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.regions import AccountRegion
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["approved_regions"]

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


@check(
    *merged(reads(data.kind) for data in DATA_KINDS),
    reads(AccountRegion),
    *SERVICE_CONTROL,
    subjects=(*(data.kind for data in DATA_KINDS), AccountRegion),
)
def approved_regions(view: AccountView) -> Iterator[Finding]:
    """Reads the Region of each resource that keeps data, and which Regions were read.

    Resources are buckets, volumes, snapshots, images, databases, caches, tables, file systems,
    queues, streams, repositories, secrets, vaults with recovery points, log groups, event data
    stores and multi-Region keys, replicas included. Logs that AWS keeps in a certain Region are
    exempt: those of functions at the edge, of AWS WAF for CloudFront, and of queries to Route 53.
    An enabled Region that is neither approved nor read is unknown, unless service control policies
    deny creating resources there (read in the management account), or the baseline attests that it
    contains no data.
    """
    options = view.baseline.options(ApprovedRegionsOptions)
    for data in DATA_KINDS:
        for record in view.all(data.kind):
            if view.snapshot.is_planned and not record.region:
                # A template names no Region of its own.
                yield view.finding(record, not_applicable(text("regions.undetermined")))
            else:
                yield view.finding(record, _judge(data, record, options))
    regions = _Regions.of(view, options)
    for region in view.all(AccountRegion):
        observation = regions.observe(region)
        notes = (text("regions.kinds"),) if region.name in options.regions else ()
        yield view.finding(region, observation, notes=notes)


def _judge(data: DataKind, record: Record, options: ApprovedRegionsOptions) -> Observation:
    region, expected = record.region, f"Region={' | '.join(options.regions)}"
    if region in options.regions:
        words = text("regions.approved", region=region)
        return passed(words, read=f"Region={region}", expected=expected)
    if not region:
        why = Unknown.because(Why.UNDETERMINED, detail="Region")
        return unknown(text("regions.undetermined"), why, expected=expected)
    has_data = data.has_data(record)
    if isinstance(has_data, Unknown):
        return unknown("Region", has_data, expected=expected)
    if not has_data:
        return not_applicable(text("regions.no-data"))
    allowed = any(covers(pattern, record.arn, record.name) for pattern in options.exempt)
    if allowed or data.is_bound(record):
        return not_applicable(text("regions.exempt", region=region))
    words = text("regions.not-approved", region=region)
    return failed(words, read=f"Region={region}", expected=expected)


@frozen(kw_only=True)
class _Regions:
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
    def of(cls, view: AccountView, options: ApprovedRegionsOptions) -> _Regions:
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
