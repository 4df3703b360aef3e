"""Whether backups and images are copied to declared accounts and approved Regions only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.baseline.options.regions import ApprovedRegionsOptions
from cloudpack_baseline.baseline.options.sharing import BackupCopyDestinationOptions
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
from cloudpack_baseline.model.backup import BackupPlan
from cloudpack_baseline.model.dlm import LifecyclePolicy
from cloudpack_baseline.model.ecr import EcrRegistry
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["backup_copy_destination"]


@check(
    reads(BackupPlan, "copy_destinations"),
    reads(LifecyclePolicy, "copy_targets", "shared_accounts"),
    reads(DBInstance),
    reads(EcrRegistry, "replication"),
)
def backup_copy_destination(view: AccountView) -> Iterator[Finding]:
    """Reads where backups and container images are copied to.

    That is ``CopyActions`` and ``TargetLogicallyAirGappedBackupVaultArn`` of backup plans
    (GetBackupPlan), ``CrossRegionCopyRules``, ``CrossRegionCopyTargets`` and ``ShareRules`` of
    enabled lifecycle policies (GetLifecyclePolicy), ``DBInstanceAutomatedBackupsReplications`` of
    database instances, and ``replicationConfiguration`` of ECR registries (DescribeRegistry).
    """
    allowed = _AllowedDestinations.of(view)
    for plan in view.all(BackupPlan):
        yield view.finding(plan, *allowed.observe(plan, "copy_destinations", _of_arns(plan)))
    for policy in view.all(LifecyclePolicy):
        yield view.finding(policy, *_policy(allowed, policy))
    for instance in view.all(DBInstance):
        field = "automated_backup_replications"
        yield view.finding(instance, *allowed.observe(instance, field, _of_backups(instance)))
    for registry in view.all(EcrRegistry):
        yield view.finding(registry, *allowed.observe(registry, "replication", _of(registry)))


@frozen(kw_only=True)
class _Destination:
    """Where copies go.

    Attributes:
        name: as the API names the destination.
        account: its account.
        region: its Region; empty: where the copies come from.
        unreadable: why its account and Region are unknown.
    """

    name: str
    account: str = ""
    region: str = ""
    unreadable: Unknown | None = None

    @classmethod
    def of_arn(cls, destination_arn: str) -> _Destination:
        """That of an ARN."""
        try:
            arn = Arn.parse(destination_arn)
        except ValueError as error:
            why = Unknown.because(Why.MALFORMED, detail=str(error))
            return cls(name=destination_arn, unreadable=why)
        return cls(name=destination_arn, account=arn.account, region=arn.region)


_Destinations = Field[tuple[_Destination, ...]]


def _arns(texts: Field[tuple[str, ...]]) -> _Destinations:
    return texts if isinstance(texts, Unknown) else tuple(map(_Destination.of_arn, texts))


def _of_arns(plan: BackupPlan) -> _Destinations:
    return _arns(plan.copy_destinations)


def _of_backups(instance: DBInstance) -> _Destinations:
    return _arns(instance.automated_backup_replications)


def _of(registry: EcrRegistry) -> _Destinations:
    if isinstance(registry.replication, Unknown):
        return registry.replication
    return tuple(
        _Destination(
            name=f"{destination.registry}.dkr.ecr.{destination.region}",
            account=destination.registry,
            region=destination.region,
        )
        for destination in registry.replication
    )


def _copies(policy: LifecyclePolicy) -> _Destinations:
    if isinstance(policy.copy_targets, Unknown):
        return policy.copy_targets
    return tuple(
        _Destination.of_arn(target)
        if target.startswith("arn:")
        else _Destination(name=target, account=policy.account, region=target)
        for target in policy.copy_targets
    )


def _shares(policy: LifecyclePolicy) -> _Destinations:
    if isinstance(policy.shared_accounts, Unknown):
        return policy.shared_accounts
    return tuple(_Destination(name=account, account=account) for account in policy.shared_accounts)


def _policy(allowed: _AllowedDestinations, policy: LifecyclePolicy) -> Iterator[Observation]:
    if isinstance(policy.state, Unknown):
        yield unknown("State", policy.state)
    elif policy.state == "DISABLED":
        yield not_applicable(text("sharing.policy-disabled"))
    else:
        observations = [
            *allowed.observe(policy, "copy_targets", _copies(policy)),
            *allowed.observe(policy, "shared_accounts", _shares(policy)),
        ]
        yield from _without_nothing(observations)


def _without_nothing(observations: Iterable[Observation]) -> Iterator[Observation]:
    """Of one part that makes no copies, nothing is reported beside another that does."""
    distinct = dict.fromkeys(observations)
    nothing = not_applicable(text("sharing.no-copies"))
    if len(distinct) > 1:
        distinct.pop(nothing, None)
    yield from distinct


@frozen(kw_only=True)
class _AllowedDestinations:
    """Where copies may go.

    Attributes:
        accounts: IDs of accounts.
        regions: the approved Regions.
    """

    accounts: frozenset[str]
    regions: tuple[str, ...]

    @classmethod
    def of(cls, view: AccountView) -> _AllowedDestinations:
        """What the baseline declares, and the accounts that were read."""
        options = view.baseline.options(BackupCopyDestinationOptions)
        read = (account.id for account in view.snapshot.accounts)
        declared = (account.id for account in view.baseline.accounts.values())
        return cls(
            accounts=frozenset((view.account.id, *read, *declared, *options.accounts)),
            regions=view.baseline.options(ApprovedRegionsOptions).regions,
        )

    def observe(
        self, record: Record, field: str, destinations: _Destinations
    ) -> Iterator[Observation]:
        """What is reported about the destinations in a field of a record."""
        origin = record.origin_of(field)
        if isinstance(destinations, Unknown):
            yield unknown(_NAMES[field], destinations, origin=origin)
            return
        if not destinations:
            yield not_applicable(text("sharing.no-copies"))
        for destination in destinations:
            yield self._judge(_NAMES[field], destination, origin)

    def _judge(self, name: str, destination: _Destination, origin: Origin | None) -> Observation:
        account, region = destination.account, destination.region
        if destination.unreadable is not None:
            return unknown(name, destination.unreadable, origin=origin)
        read = f"{name}={destination.name}"
        if account not in self.accounts:
            return failed(
                text("sharing.copy-account", target=destination.name, account=account),
                read=read,
                expected=f"{name}={' | '.join(sorted(self.accounts))}",
                origin=origin,
            )
        if region and region not in self.regions:
            return failed(
                text("sharing.copy-region", target=destination.name, region=region),
                read=read,
                expected=f"{name}={' | '.join(self.regions)}",
                origin=origin,
            )
        return passed(text("sharing.copy", target=destination.name), read=read, origin=origin)


_NAMES = {
    "copy_destinations": "CopyActions",
    "copy_targets": "CrossRegionCopyRules",
    "shared_accounts": "ShareRules",
    "automated_backup_replications": "DBInstanceAutomatedBackupsReplications",
    "replication": "replicationConfiguration",
}
"""How the API names what the fields are made of."""
