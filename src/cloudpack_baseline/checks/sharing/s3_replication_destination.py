"""Whether buckets are replicated to declared accounts and approved regions only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudpack_baseline.baseline.options.regions import ApprovedRegionsOptions
from cloudpack_baseline.baseline.options.sharing import S3ReplicationDestinationOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket, ReplicationRule
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["s3_replication_destination"]


@check(reads(Bucket, "replication"))
def s3_replication_destination(view: AccountView) -> Iterator[Finding]:
    """Reads the destinations of enabled replication rules (GetBucketReplication).

    The account and Region of a destination are those of its record if its account was read,
    or those that are declared. A destination that is neither read nor declared is unknown.
    """
    destinations = _Destinations.of(view)
    for bucket in view.all(Bucket):
        yield view.finding(bucket, *_replicated(bucket, destinations))


def _replicated(bucket: Bucket, destinations: _Destinations) -> Iterator[Observation]:
    rules, origin = bucket.replication, bucket.origin_of("replication")
    if isinstance(rules, Unknown):
        yield unknown("ReplicationConfiguration", rules, origin=origin)
        return
    targets = {(rule.bucket, rule.account): rule for rule in rules or () if rule.enabled}
    if not targets:
        yield not_applicable(text("sharing.no-replication"))
    for rule in targets.values():
        yield destinations.judge(rule, origin)


@frozen(kw_only=True)
class _Destinations:
    """Where copies may go.

    Attributes:
        buckets: the buckets of every account that was read, by name.
        declared: the Regions of declared buckets, by name: those in accounts that were not read,
            and those whose Region is not available from the source.
        accounts: IDs of the accounts that may receive copies.
        regions: the approved Regions.
    """

    buckets: Mapping[str, Bucket]
    declared: Mapping[str, str]
    accounts: frozenset[str]
    regions: tuple[str, ...]

    @classmethod
    def of(cls, view: AccountView) -> _Destinations:
        """What the baseline declares and the snapshot contains."""
        options = view.baseline.options(S3ReplicationDestinationOptions)
        read = [account.id for account in view.snapshot.accounts]
        declared = [account.id for account in view.baseline.accounts.values()]
        return cls(
            buckets={
                bucket.name: bucket
                for account in read
                for bucket in view.snapshot.all(Bucket, account)
            },
            declared=options.buckets,
            accounts=frozenset((*read, *declared, *options.accounts)),
            regions=view.baseline.options(ApprovedRegionsOptions).regions,
        )

    def judge(self, rule: ReplicationRule, origin: Origin | None) -> Observation:
        """Whether the destination of the rule is allowed.

        ``Destination.Account`` is present only in rules that change the owner of the copies, so
        otherwise the owner follows from the name of the bucket.
        """
        try:
            arn = Arn.parse(rule.bucket)
        except ValueError as error:
            why = Unknown.because(Why.MALFORMED, detail=str(error))
            return unknown("Destination.Bucket", why, origin=origin)
        if arn.service != "s3":
            why = Unknown.because(Why.UNSUPPORTED, detail=rule.bucket)
            return unknown("Destination.Bucket", why, origin=origin)
        wrong_owner = self._judge_owner(arn.resource, rule, origin)
        return wrong_owner or self._judge_region(arn.resource, origin)

    def _judge_owner(
        self, name: str, rule: ReplicationRule, origin: Origin | None
    ) -> Observation | None:
        """What is wrong with the owner of the bucket; ``None``: nothing."""
        bucket = self.buckets.get(name)
        account = bucket.account if bucket else rule.account
        if account is None:
            why = Unknown.because(Why.NOT_PROVIDED, detail=rule.bucket)
            message = text("sharing.destination-owner", bucket=name)
            return None if name in self.declared else unknown(message, why, origin=origin)
        if account in self.accounts:
            return None
        return failed(
            text("sharing.destination-account", bucket=name, account=account),
            read=f"Destination.Account={account}",
            expected=f"Destination.Account={' | '.join(sorted(self.accounts))}",
            origin=origin,
        )

    def _judge_region(self, name: str, origin: Origin | None) -> Observation:
        bucket = self.buckets.get(name)
        region = (bucket.region if bucket else "") or self.declared.get(name)
        if not region:
            why = Unknown.because(Why.NOT_PROVIDED, detail=name)
            place = "destination-not-provided" if bucket else "destination-place"
            return unknown(text(f"sharing.{place}", bucket=name), why, origin=origin)
        message = text("sharing.destination", bucket=name, region=region)
        if region in self.regions:
            return passed(message, origin=origin)
        return failed(
            text("sharing.destination-region", bucket=name, region=region),
            read=f"BucketRegion={region}",
            expected=f"BucketRegion={' | '.join(self.regions)}",
            origin=origin,
        )
