"""Whether data is kept in approved Regions only."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.regions import ApprovedRegionsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.permission_reads import SERVICE_CONTROL
from cloudpack_baseline.checks.regions._data_kinds import DATA_KINDS, DataKind
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import merged, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.regions import AccountRegion
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["approved_regions"]


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
        for record in view.named(data.kind):
            if view.snapshot.is_planned and not record.region:
                # A template names no Region of its own.
                yield view.finding(record, not_applicable(text("regions.undetermined")))
            else:
                yield view.finding(record, _judge(data, record, options))
    account_regions = view.all(AccountRegion)
    if not account_regions:
        return
    from cloudpack_baseline.checks.regions._unread_regions import (  # noqa: PLC0415 - loads the access engine
        KnownRegions,
    )

    regions = KnownRegions.of(view, options)
    for region in account_regions:
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
