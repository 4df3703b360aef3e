"""Which module judges a control and what it reads, so that it is loaded only when it is needed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files

from attrs import field

from cloudpack_baseline.checks.check import AccountView, Check
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import Read, merged
from cloudpack_baseline.whitepaper import Control, builtin

__all__ = ["CheckEntry", "check_of", "connected_kinds", "entry_of"]


@frozen(kw_only=True)
class CheckEntry:
    """What the index contains of a check, before its module is loaded.

    Attributes:
        name: its module, below `checks`, and its name there.
        reads: the kinds that it reads, with the fields that need separate calls.
        subjects: the kinds that its findings are about.
        absence: when it has findings although no record of its subjects exists; see `Check`.
        later: further subjects that were not gathered from the first.
        planned: whether resources of templates are judged.
        by_parts: whether what a template says of a resource elsewhere can pass; see `Check`.
        connected: whether only what the network connects with a resource counts; see `Check`.
        declared: the option of the control that must declare something; see `Check`.
        fields: by kind, the fields that the check uses, also those that its listing describes; no
            entry: any that it reads.
    """

    name: str
    reads: Mapping[str, tuple[str, ...]]
    subjects: tuple[str, ...]
    absence: str
    later: tuple[str, ...]
    planned: bool
    by_parts: bool
    connected: bool
    declared: str
    fields: Mapping[str, Collection[str]] = field(factory=dict)

    @classmethod
    def of(cls, check: Check) -> CheckEntry:
        """The entry of a check that the index does not contain.

        What it reads beside the kinds that the network connects may decide anywhere.
        """
        kinds = {read.name: tuple(read.fields) for read in merged(check.reads)}
        return cls(
            name="",
            reads=kinds,
            subjects=check.subjects,
            absence=check.absence,
            later=check.later,
            planned=check.planned,
            by_parts=check.by_parts,
            connected=check.connected and kinds.keys() <= connected_kinds(),
            declared=check.declared,
        )

    def applies_to(self, view: AccountView) -> bool:
        """Whether the check may have findings in the account.

        What a template does not contain may be deployed by another one.
        """
        if not view.snapshot.is_planned and self._judges_absence(view):
            return True
        snapshot, account = view.snapshot, view.account.id
        return any(
            snapshot.has(kind, account) and not snapshot.is_assumed(kind, account)
            for kind in (*self.subjects, *self.later)
        )

    def _judges_absence(self, view: AccountView) -> bool:
        return self.absence == "always" or bool(
            self.absence and getattr(view.baseline, self.absence)
        )

    def to_gather(self) -> tuple[Read, ...]:
        """What it reads; the record classes are loaded once they are needed."""
        return tuple(Read(kind, frozenset(fields)) for kind, fields in self.reads.items())


def entry_of(control: Control | str) -> CheckEntry:
    """The entry of the control's check.

    Args:
        control: a control, or the ID of one of this package.

    Raises:
        InputError: there is no such control.
    """
    control = _control(control)
    return _index()[control.id] if control.check is None else CheckEntry.of(control.check)


def check_of(control: Control | str) -> Check:
    """The check that judges the control; its module is loaded.

    Args:
        control: a control, or the ID of one of this package.

    Raises:
        InputError: there is no such control.
    """
    control = _control(control)
    if control.check is not None:
        declared: Check = control.check
        return declared
    module, _, name = _index()[control.id].name.rpartition(".")
    check: Check = getattr(import_module(f"cloudpack_baseline.checks.{module}"), name)
    return check


def _control(control: Control | str) -> Control:
    return builtin().control(control) if isinstance(control, str) else control


@cache
def connected_kinds() -> frozenset[str]:
    """The kinds of records that the network may connect: what the checks that say so read."""
    entries = [entry for entry in _index().values() if entry.connected]
    return frozenset(kind for entry in entries for kind in entry.reads)


@cache
def _index() -> Mapping[str, CheckEntry]:
    text = files("cloudpack_baseline.checks").joinpath("index.json").read_text(encoding="utf-8")
    return {
        id_: CheckEntry(
            name=row["check"],
            reads={kind: tuple(fields) for kind, fields in row["reads"].items()},
            subjects=tuple(row["subjects"]),
            absence=row["absence"],
            later=tuple(row["later"]),
            planned=row.get("planned", True),
            by_parts=row.get("by_parts", False),
            connected=row.get("connected", False),
            declared=row.get("declared", ""),
            fields={kind: tuple(names.split()) for kind, names in row.get("fields", {}).items()},
        )
        for id_, row in json.loads(text)["checks"].items()
    }
