"""What a run will judge: the baseline, the controls, the accounts, and their node ids."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pytest

from cloudpack_baseline._pytest.catalogue import catalogue_in_force
from cloudpack_baseline._pytest.settings import Settings, baseline_path, settings
from cloudpack_baseline.attestations import judged_promises
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.named_files import with_files, with_reference
from cloudpack_baseline.waivers import WAIVERS
from cloudpack_baseline.whitepaper import Control, builtin

__all__ = [
    "CURRENT",
    "PlannedItem",
    "RunPlan",
    "items_of",
    "plan",
    "promise_items",
    "waiver_items",
]

CURRENT = "current"
"""Stands for the account of the credentials where the baseline declares none."""


ATTESTATIONS = "attestations"
"""The name of the collector of the attested promises."""


@frozen(kw_only=True)
class PlannedItem:
    """One control in one account: an item of the run.

    The waivers of an account and an attested promise are items as well.

    Attributes:
        control: the ID of the control or of the promise, or `WAIVERS`.
        account: the account ID, or `CURRENT`; empty for a promise.
        name: what the baseline calls the account.
    """

    control: str
    account: str
    name: str = ""

    @property
    def group(self) -> str:
        """The name of its collector."""
        return self.control if self.account else ATTESTATIONS

    @property
    def leaf(self) -> str:
        """Its name below the collector."""
        return self.account or self.control

    def is_of(self, account: str) -> bool:
        """Whether the account of a snapshot is meant."""
        return self.account in (CURRENT, account)


@frozen(kw_only=True)
class RunPlan:
    """What a run will judge.

    Attributes:
        settings: the options.
        baseline: what is declared.
        anchor: the baseline file, absolute: the file that items are collected from.
        anchor_id: its node ID.
        items: by control, then by account ID; at the end, those of the waivers and promises.
    """

    settings: Settings
    baseline: Baseline
    anchor: Path
    anchor_id: str
    items: tuple[PlannedItem, ...]

    def node_id(self, item: PlannedItem) -> str:
        """The node ID of the item."""
        return f"{self.anchor_id}::{item.group}::{item.leaf}"

    def named(self, ids: frozenset[str]) -> tuple[PlannedItem, ...]:
        """The items among the node IDs; ``ID@GROUP`` (of xdist) stands for the node ID."""
        plain = ids | {id_.rpartition("@")[0] for id_ in ids if "@" in id_}
        return tuple(item for item in self.items if self.node_id(item) in plain)

    @property
    def controls(self) -> tuple[str, ...]:
        """The IDs of what is judged, in the order of the items."""
        return tuple(dict.fromkeys(item.control for item in self.items))

    @cached_property
    def clauses(self) -> dict[str, tuple[str, ...]]:
        """The clauses of the selected controls and promises, by ID."""
        return {
            control.id: tuple(link.clause for link in control.clauses)
            for control in (*self.settings.controls, *self.settings.promises)
        }

    @cached_property
    def groups(self) -> Mapping[str, Sequence[PlannedItem]]:
        """The items of each collector by its name, in their order."""
        groups: dict[str, list[PlannedItem]] = {}
        for item in self.items:
            groups.setdefault(item.group, []).append(item)
        return groups


def plan(session: pytest.Session) -> RunPlan:
    """The plan of the run: reads the options and the baseline file.

    Raises:
        InputError: everything that is wrong with the options, or with the file.
    """
    config = session.config
    problems: list[Problem] = []
    options = baseline = None
    catalogue = builtin()
    try:
        path = baseline_path(config)
        catalogue = catalogue_in_force(session, path)
        baseline = Baseline.load(path, catalogue=catalogue)
        if reference := config.option.cloudpack_reference:
            baseline = with_reference(baseline, config.invocation_params.dir / reference)
    except InputError as error:
        problems += error.problems
    try:
        options = settings(config, catalogue)
    except InputError as error:
        problems = [*error.problems, *problems]
    if problems or options is None or baseline is None:
        raise InputError(problems)
    baseline = with_files(baseline, options.controls, options.promises)
    items = (
        *items_of(options.controls, baseline),
        *waiver_items(options.controls, baseline),
        *promise_items(options.promises, baseline),
    )
    if not items:
        message = "no control judges it, and no attested promise of it is in scope"
        raise InputError(Problem(message, "--cloudpack-clause"))
    return RunPlan(
        settings=options,
        baseline=baseline,
        anchor=path,
        anchor_id=_node_id(path, config.rootpath),
        items=items,
    )


def _node_id(path: Path, root: Path) -> str:
    # A file above the root folder has an id all the same: pytest gives it an empty one.
    return os.path.relpath(path, root).replace(os.sep, "/")


def items_of(controls: Iterable[Control], baseline: Baseline) -> tuple[PlannedItem, ...]:
    """Each of the controls in each declared account."""
    return tuple(item for control in controls for item in _in_each_account(control.id, baseline))


def waiver_items(controls: Iterable[Control], baseline: Baseline) -> tuple[PlannedItem, ...]:
    """The waivers of the controls in each declared account; none if there is no waiver."""
    ids = {control.id for control in controls}
    if not any(waiver.control in ids for waiver in baseline.waivers):
        return ()
    return tuple(_in_each_account(WAIVERS, baseline))


def promise_items(promises: Iterable[Control], baseline: Baseline) -> tuple[PlannedItem, ...]:
    """Each of the attested promises that is judged, once for all accounts."""
    return tuple(
        PlannedItem(control=promise.id, account="")
        for promise in judged_promises(promises, baseline)
    )


def _in_each_account(control: str, baseline: Baseline) -> Iterator[PlannedItem]:
    accounts = {account.id: name for name, account in sorted(baseline.accounts.items())}
    for account in sorted(accounts) or (CURRENT,):
        yield PlannedItem(control=control, account=account, name=accounts.get(account, ""))
