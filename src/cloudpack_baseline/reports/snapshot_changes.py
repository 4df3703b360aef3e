"""What changed between two snapshots: settings, by control, and resources that came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, TypeAlias

import attrs

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.baseline.options.vulnerabilities import SecurityDriftOptions
from cloudpack_baseline.checks import entry_of
from cloudpack_baseline.checks.security_settings import (
    SETTINGS,
    canonical,
    covering_change,
)
from cloudpack_baseline.checks.service_managed import MANAGED_KINDS, is_managed, managed_fields
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.codec import Json, encode
from cloudpack_baseline.model.described import descriptions
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.whitepaper import Control

__all__ = [
    "ResourceChange",
    "SettingChange",
    "SnapshotChanges",
    "UncomparedKind",
    "changes_between",
]

_IDENTITY = frozenset(attribute.name for attribute in attrs.fields(Record))
"""Fields that say which resource it is and where it was read, not how it is set."""


@frozen(kw_only=True)
class ResourceChange:
    """A resource that came or went.

    Attributes:
        kind: the class name of the record, such as ``SecurityGroup``.
        resource: its key, the ARN in most cases.
        name: its name for people.
        account: the account ID.
        region: the Region; empty for global resources.
        controls: the IDs of the controls that read the kind.
        is_security_setting: whether `security-drift` requires a declared change for it.
        ticket: of the declared change that covers it; empty: none does.
    """

    kind: str
    resource: str
    name: str
    account: str
    region: str
    controls: tuple[str, ...]
    is_security_setting: bool
    ticket: str = ""


@frozen(kw_only=True)
class SettingChange(ResourceChange):
    """A field of a resource that is in both snapshots.

    Attributes:
        field: as the API names it.
        before: the value then, as JSON values: lists are sorted, policies are parsed.
        after: the value now.
    """

    field: str
    before: Json
    after: Json


@frozen(kw_only=True, order=True)
class UncomparedKind:
    """What one of the snapshots lacks, so that nobody knows whether it changed.

    Attributes:
        account: the account ID.
        kind: the class name of the record.
        fields: as the API names them; empty: the listing itself.
        resources: the number of resources whose fields are unknown; 0 for a listing.
    """

    account: str
    kind: str
    fields: tuple[str, ...] = ()
    resources: int = 0


@frozen(kw_only=True)
class SnapshotChanges:
    """What changed between two snapshots.

    Attributes:
        before: the digest of the earlier one.
        after: the digest of the later one.
        since: when the earlier one was taken.
        until: when the later one was taken.
        accounts: the IDs of the accounts in both.
        accounts_added: the IDs of the accounts in the later one alone.
        accounts_removed: the IDs of the accounts in the earlier one alone.
        changed: settings that changed, in the order of kinds, resources and fields.
        added: resources that came.
        removed: resources that went.
        uncompared: what one of the snapshots lacks.
    """

    before: str
    after: str
    since: str
    until: str
    accounts: tuple[str, ...]
    accounts_added: tuple[str, ...]
    accounts_removed: tuple[str, ...]
    changed: tuple[SettingChange, ...]
    added: tuple[ResourceChange, ...]
    removed: tuple[ResourceChange, ...]
    uncompared: tuple[UncomparedKind, ...]

    def to_json(self) -> dict[str, Any]:
        """The changes as JSON values; every field is there."""
        return {"schema": 1, **attrs.asdict(self)}


def changes_between(
    old: Snapshot, new: Snapshot, baseline: Baseline, controls: Iterable[Control]
) -> SnapshotChanges:
    """What changed between two snapshots of the same accounts.

    Left out is what AWS services manage (`checks.service_managed`). The order of lists and the
    spelling of policies do not count.

    Args:
        old: the earlier snapshot.
        new: the later one.
        baseline: declares changes, and resources that services manage.
        controls: only what these read.

    Raises:
        InputError: the snapshots have no account in common, or the first one is the later one.
    """
    old_accounts = {account.id for account in old.accounts}
    new_accounts = {account.id for account in new.accounts}
    if not old_accounts & new_accounts:
        raise InputError("the snapshots have no account in common")
    if old.taken_at > new.taken_at:
        raise InputError("the first snapshot was taken after the second; name the older one first")
    accounts = tuple(sorted(old_accounts & new_accounts))
    comparison = _SnapshotComparison(old=old, new=new, baseline=baseline, controls=tuple(controls))
    pairs = [pair for account in accounts for pair in comparison.pairs(account)]
    return SnapshotChanges(
        before=old.digest,
        after=new.digest,
        since=encode(old.taken_at),
        until=encode(new.taken_at),
        accounts=accounts,
        accounts_added=tuple(sorted(new_accounts - old_accounts)),
        accounts_removed=tuple(sorted(old_accounts - new_accounts)),
        changed=tuple(change for pair in pairs for change in comparison.changed(*pair)),
        added=tuple(
            comparison.resource(record)
            for before, record in pairs
            if before is None and record is not None and comparison.is_listed(old, record)
        ),
        removed=tuple(
            comparison.resource(record)
            for record, after in pairs
            if after is None and record is not None and comparison.is_listed(new, record)
        ),
        uncompared=tuple(
            sorted(
                (
                    *(kind for account in accounts for kind in comparison.unlisted(account)),
                    *comparison.unread(pairs),
                )
            )
        ),
    )


_Pair: TypeAlias = "tuple[Record | None, Record | None]"
"""A resource then and now; ``None``: there is none."""


@frozen(kw_only=True, slots=False)
class _SnapshotComparison:
    """Two snapshots, and what is compared.

    Attributes:
        old: the earlier snapshot.
        new: the later one.
        baseline: declares changes, and resources that services manage.
        controls: only what these read.
    """

    old: Snapshot
    new: Snapshot
    baseline: Baseline
    controls: tuple[Control, ...]

    def kinds(self, account: str) -> list[str]:
        """The kinds of records that one of the snapshots covers, as far as a control reads them."""
        covered = {
            coverage.kind
            for snapshot in (self.old, self.new)
            for coverage in snapshot.coverage
            if coverage.account == account
        }
        read = {kind for control in self.controls for kind in entry_of(control).reads}
        return sorted((covered & read) - MANAGED_KINDS)

    def pairs(self, account: str) -> Iterator[_Pair]:
        """Each resource then and now, without those that services manage."""
        managed = self.baseline.options(SecurityDriftOptions).managed
        for kind in self.kinds(account):
            before = {record.key: record for record in self.old.named(kind, account)}
            after = {record.key: record for record in self.new.named(kind, account)}
            for key in sorted(before.keys() | after.keys()):
                pair = before.get(key), after.get(key)
                if not any(record is not None and is_managed(record, managed) for record in pair):
                    yield pair

    def changed(self, before: Record | None, after: Record | None) -> Iterator[SettingChange]:
        """The settings of the resource that changed."""
        if before is None or after is None:
            return
        for name in _compared_fields(type(after)):
            values = getattr(before, name), getattr(after, name)
            if values[0] == values[1] or not _is_known(values):
                continue
            old, new = map(canonical, values)
            controls = self._controls(type(after), name)
            if controls and old != new:
                yield SettingChange(
                    **self._facts(after, controls, name),
                    field=_shown_name(type(after), name),
                    before=old,
                    after=new,
                )

    def resource(self, record: Record) -> ResourceChange:
        """The resource, as one that came or went."""
        return ResourceChange(**self._facts(record, self._controls(type(record), "")))

    def is_listed(self, snapshot: Snapshot, record: Record) -> bool:
        """Whether all records of the kind, in its Region, were listed."""
        return not _gaps(snapshot, type(record).__name__, record.account, record.region)

    def unlisted(self, account: str) -> Iterator[UncomparedKind]:
        """The kinds that one of the snapshots did not list in full."""
        for kind in self.kinds(account):
            if any(_gaps(snapshot, kind, account) for snapshot in (self.old, self.new)):
                yield UncomparedKind(account=account, kind=kind)

    def unread(self, pairs: Iterable[_Pair]) -> Iterator[UncomparedKind]:
        """The fields that one of the snapshots does not know of resources that are in both."""
        fields: dict[tuple[str, type[Record]], dict[str, None]] = {}
        resources: Counter[tuple[str, type[Record]]] = Counter()
        for before, after in pairs:
            if before is None or after is None:
                continue
            place = after.account, type(after)
            names = [
                name
                for name in _compared_fields(type(after))
                if _is_in_doubt(getattr(before, name), getattr(after, name))
                and self._controls(type(after), name)
            ]
            fields.setdefault(place, {}).update(dict.fromkeys(names))
            resources[place] += bool(names)
        for (account, kind), in_doubt in fields.items():
            if in_doubt:
                yield UncomparedKind(
                    account=account,
                    kind=kind.__name__,
                    fields=tuple(_shown_name(kind, name) for name in in_doubt),
                    resources=resources[account, kind],
                )

    def _facts(self, record: Record, controls: tuple[str, ...], field: str = "") -> dict[str, Any]:
        settings = SETTINGS.get(type(record))
        required = settings is not None and (
            field in settings.fields if field else settings.existence
        )
        change = covering_change(
            self.baseline.changes,
            record,
            field,
            since=self.old.taken_at.date(),
            until=self.new.taken_at.date(),
        )
        return {
            "kind": type(record).__name__,
            "resource": record.key,
            "name": record.display_name,
            "account": record.account,
            "region": record.region,
            "controls": controls,
            "is_security_setting": required,
            "ticket": change.ticket if change else "",
        }

    def _controls(self, kind: type[Record], field: str) -> tuple[str, ...]:
        """The IDs of the controls that read the field of the kind; of no field: the kind."""
        if (kind, field) not in self._readers:
            readers = [control.id for control in self.controls if _reads(control, kind, field)]
            further_readers = tuple(id_ for id_ in readers if id_ != _DRIFT)
            self._readers[kind, field] = further_readers or tuple(readers)
        return self._readers[kind, field]

    @cached_property
    def _readers(self) -> dict[tuple[type[Record], str], tuple[str, ...]]:
        return {}


_DRIFT = "security-drift"
"""Reads whatever is a security setting, which `ResourceChange` says on its own. It is named where
no other control reads the field."""


def _compared_fields(kind: type[Record]) -> tuple[str, ...]:
    left_out = _IDENTITY | managed_fields(kind)
    return tuple(
        attribute.name
        for attribute in attrs.fields(kind)
        if attribute.init and attribute.name not in left_out
    )


def _is_known(values: tuple[Any, Any]) -> bool:
    return not any(isinstance(value, Unknown) for value in values)


def _is_in_doubt(before: Any, after: Any) -> bool:  # noqa: ANN401 - whatever records hold
    """Whether a value that should have been read is unknown in one of the snapshots or in both."""
    values = [value for value in (before, after) if isinstance(value, Unknown)]
    if len(values) == 1:
        return True
    return any(cause.why is not Why.NOT_GATHERED for value in values for cause in value.causes)


def _shown_name(kind: type[Record], field: str) -> str:
    """The field as the API names it; one that no answer contains has its own name."""
    description = descriptions(kind).get(field)
    named = description.path.rpartition(".")[2] if description else ""
    return named if named.isalnum() else field


def _reads(control: Control, kind: type[Record], field: str) -> bool:
    """Whether the control reads the field of the kind; of no field: whether it reads the kind."""
    entry = entry_of(control)
    name = kind.__name__
    return name in entry.reads and (not field or field in entry.fields.get(name, (field,)))


def _gaps(snapshot: Snapshot, kind: str, account: str, region: str = "") -> bool:
    """Whether there may be more records of the kind than the snapshot contains."""
    listings = [
        coverage
        for coverage in snapshot.covered(kind, account)
        if not region or coverage.region in (region, "", "*")
    ]
    return not listings or any(coverage.unknown is not None for coverage in listings)
