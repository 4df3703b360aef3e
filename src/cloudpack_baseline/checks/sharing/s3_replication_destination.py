"""Whether buckets are replicated to declared accounts and approved regions only."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.sharing._destinations import Destinations
from cloudpack_baseline.findings import Finding, Observation, not_applicable, unknown
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["s3_replication_destination"]


@check(reads(Bucket, "replication"))
def s3_replication_destination(view: AccountView) -> Iterator[Finding]:
    """Reads the destinations of enabled replication rules (GetBucketReplication).

    The account and Region of a destination are those of its record if its account was read,
    or those that are declared. A destination that is neither read nor declared is unknown.
    """
    destinations = Destinations.of(view)
    for bucket in view.all(Bucket):
        yield view.finding(bucket, *_replicated(bucket, destinations))


def _replicated(bucket: Bucket, destinations: Destinations) -> Iterator[Observation]:
    rules, origin = bucket.replication, bucket.origin_of("replication")
    if isinstance(rules, Unknown):
        yield unknown("ReplicationConfiguration", rules, origin=origin)
        return
    targets = {(rule.bucket, rule.account): rule for rule in rules or () if rule.enabled}
    if not targets:
        yield not_applicable(text("sharing.no-replication"))
    for rule in targets.values():
        yield destinations.judge(rule, origin)
