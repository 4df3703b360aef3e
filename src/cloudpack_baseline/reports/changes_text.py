"""What changed between two snapshots, as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from itertools import islice

from cloudpack_baseline.model.codec import Json
from cloudpack_baseline.reports.columns import cut
from cloudpack_baseline.reports.snapshot_changes import (
    ResourceChange,
    SettingChange,
    SnapshotChanges,
    UncomparedKind,
)
from cloudpack_baseline.texts import Language, Parameter, printable, text

__all__ = ["change_lines"]

_MOST_LINES = 20
"""Lines that are shown of the difference of two values; JSON contains the values."""

_LONGEST = 200
"""Columns of a value that are shown."""

_MOST_CONTROLS = 4
"""Controls that are named before a group of changes; the others are counted."""


def change_lines(changes: SnapshotChanges, language: Language) -> Iterator[str]:
    """The lines, without line ends.

    Args:
        changes: that are shown.
        language: ``en`` or ``ja``.
    """
    yield _say("snapshots", language, since=changes.since, until=changes.until)
    yield f"- {changes.before}"
    yield f"+ {changes.after}"
    yield _say("accounts", language, accounts=changes.accounts)
    for name in ("accounts_added", "accounts_removed"):
        if accounts := getattr(changes, name):
            yield _say(name.replace("_", "-"), language, accounts=accounts)
    yield ""
    yield _totals(changes, language)
    yield from _settings(changes.changed, language)
    for name in ("added", "removed"):
        yield from _resources(name, getattr(changes, name), language)
    if changes.uncompared:
        yield ""
        yield _say("uncompared", language)
    for kind in changes.uncompared:
        yield f"  ? {_uncompared(kind, language)}"
    yield ""
    yield _say("legend", language)


def _say(words: str, language: Language, **parameters: Parameter) -> str:
    return text(f"changes.{words}", **parameters).in_language(language)


def _totals(changes: SnapshotChanges, language: Language) -> str:
    all_changes = [*changes.changed, *changes.added, *changes.removed]
    undeclared = [
        change for change in all_changes if change.is_security_setting and not change.ticket
    ]
    return _say(
        "totals",
        language,
        changed=len(changes.changed),
        added=len(changes.added),
        removed=len(changes.removed),
        undeclared=len(undeclared),
    )


def _settings(changes: Iterable[SettingChange], language: Language) -> Iterator[str]:
    """The changes, under the controls that read them."""
    groups: dict[tuple[str, ...], list[SettingChange]] = {}
    for change in changes:
        groups.setdefault(change.controls, []).append(change)
    for controls, group in sorted(groups.items()):
        yield ""
        yield _controls(controls, language)
        previous = ""
        for change in group:
            if change.resource != previous:
                yield f"  {_label(change)}"
            previous = change.resource
            yield from _values(change, language)


def _controls(controls: tuple[str, ...], language: Language) -> str:
    listed = controls[:_MOST_CONTROLS]
    if len(controls) == len(listed):
        return _say("controls", language, controls=listed)
    return _say("more-controls", language, controls=listed, number=len(controls) - len(listed))


def _label(change: ResourceChange) -> str:
    name = change.name
    named = name and name != change.resource and not change.resource.endswith(name)
    return printable(f"{change.kind} {change.resource}{f' ({name})' if named else ''}")


def _mark(change: ResourceChange) -> str:
    if not change.is_security_setting:
        return " "
    return "=" if change.ticket else "!"


def _values(change: SettingChange, language: Language) -> Iterator[str]:
    head = f"  {_mark(change)} {change.field}"
    ticket = f" [{change.ticket}]" if change.ticket else ""
    if not any(isinstance(value, dict | list) for value in (change.before, change.after)):
        values = f"{_shown(change.before)} -> {_shown(change.after)}"
        yield printable(f"{head}: {values}{ticket}")
        return
    yield printable(f"{head}:{ticket}")
    lines = [
        line
        for line in unified_diff(_pretty(change.before), _pretty(change.after), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
    for line in islice(lines, _MOST_LINES):
        yield f"      {cut(printable(line), _LONGEST)}"
    if len(lines) > _MOST_LINES:
        yield f"      {_say('more-lines', language, number=len(lines) - _MOST_LINES)}"


def _shown(value: Json) -> str:
    return cut(json.dumps(value, ensure_ascii=False), _LONGEST)


def _pretty(value: Json) -> list[str]:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).split("\n")


def _resources(name: str, changes: tuple[ResourceChange, ...], language: Language) -> Iterator[str]:
    if changes:
        yield ""
        yield _say(name, language)
    for change in changes:
        ticket = f" [{change.ticket}]" if change.ticket else ""
        yield printable(f"  {_mark(change)} {_label(change)}{ticket}")


def _uncompared(kind: UncomparedKind, language: Language) -> str:
    facts: dict[str, Parameter] = {"account": kind.account, "kind": kind.kind}
    if not kind.fields:
        return _say("unlisted", language, **facts)
    return _say("unread", language, **facts, fields=kind.fields, number=kind.resources)
