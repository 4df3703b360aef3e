"""Controls over settings of single records: declared, not written.

A declaration names the kind, the field and the value that passes. Everything else follows: what is
gathered, the name of the field in the API, where the value came from, and what is reported for an
unknown value, a denied listing, and an account without such a resource. The texts are those of the
theme: ``THEME.WORDS`` and ``THEME.WORDS-not``, and ``THEME.WORDS-none`` for a Region without such a
resource. By default, `Setting.words` is the ID of the control.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from attrs import evolve

from cloudpack_baseline.checks.check import AccountView, Check
from cloudpack_baseline.findings import (
    FieldValue,
    Finding,
    Observation,
    Resource,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import description_of
from cloudpack_baseline.model.read import Read, merged, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin, Unknown
from cloudpack_baseline.texts import text

__all__ = [
    "Expected",
    "Setting",
    "api_name",
    "at_most",
    "each",
    "in_each_region",
    "includes",
    "needs_call",
    "one_of",
]

Exempt: TypeAlias = Callable[[AccountView, Any], Observation | None]
"""Why the control does not apply to a record; ``None``: it does."""


@frozen
class Expected:
    """What passes.

    Attributes:
        condition: as it follows the name of the field: ``=ENABLED``, ``<=365``.
        accepts: whether a value passes.
        includes: the values that a list must have; empty if it is no list.
    """

    condition: str
    accepts: Callable[[Any], bool]
    includes: tuple[str, ...] = ()

    def fields(self, name: str) -> tuple[FieldValue, ...]:
        """The field of that name with what passes."""
        if self.includes:
            return (FieldValue(name, self.includes, "includes"),)
        return FieldValue.parse(name + self.condition)


def one_of(*values: object) -> Expected:
    """One of these values passes."""
    names = " | ".join(_shown(value) for value in values if value is not None)
    return Expected(f"={names}", values.__contains__)


def at_most(limit: int) -> Expected:
    """A number up to the limit passes."""
    return Expected(f"<={limit}", lambda number: number <= limit)


def includes(*values: str) -> Expected:
    """A collection passes that holds at least these values."""
    return Expected(f"={_shown(values)}", set(values).issubset, values)


@frozen
class Setting:
    """A field, and what passes.

    Attributes:
        field: its name in the record class.
        expected: the value that passes, or an `Expected`; or a function of the view, where the
            baseline decides (``None``: the field is not judged).
        words: the ID of the texts in the theme; by default that of the control.
    """

    field: str
    expected: Any
    words: str = ""

    def is_judged(self, view: AccountView) -> bool:
        """Whether the baseline requires the field."""
        return not callable(self.expected) or self.expected(view) is not None

    def expected_in(self, view: AccountView) -> Expected:
        """What passes in the view."""
        expected = self.expected(view) if callable(self.expected) else self.expected
        return expected if isinstance(expected, Expected) else one_of(expected)

    def words_in(self, view: AccountView) -> str:
        """The ID of the text that says that it passes; without a theme, a common one."""
        theme = view.definition.theme
        return f"{theme}.{self.words or view.control}" if theme else "common.setting"

    def observe(self, view: AccountView, record: Record) -> Observation:
        """What is reported about the field."""
        value, origin = getattr(record, self.field), record.origin_of(self.field)
        name, expected = api_name(type(record), self.field), self.expected_in(view)
        passes = name + expected.condition
        if isinstance(value, Unknown):
            return unknown(name, value, expected=passes, origin=origin)
        words = self.words_in(view)
        read = f"{name}={_shown(value)}"
        observation = (
            passed(text(words), read=read, expected=passes, origin=origin)
            if expected.accepts(value)
            else failed(text(f"{words}-not"), read=read, expected=passes, origin=origin)
        )
        values = tuple(map(_shown, value if isinstance(value, tuple) else (value,)))
        return evolve(
            observation,
            read_fields=(FieldValue(name, values),),
            expected_fields=expected.fields(name),
        )

    def exempts(self, view: AccountView, record: Record) -> Observation | None:
        """Why the control does not apply to the record, if it applies where this passes."""
        value, name = getattr(record, self.field), api_name(type(record), self.field)
        passes = name + self.expected_in(view).condition
        if isinstance(value, Unknown):
            return unknown(name, value, expected=passes, origin=record.origin_of(self.field))
        if self.expected_in(view).accepts(value):
            return None
        return not_applicable(text("common.other-kind", read=f"{name}={_shown(value)}", of=passes))


def api_name(kind: type[Record], field: str) -> str:
    """What the API calls the field."""
    return description_of(kind, field).path.rpartition(".")[2]


def each(
    kinds: type[Record] | tuple[type[Record], ...],
    *settings: Setting,
    evidence: str,
    conditions: Iterable[Setting] = (),
    exempt: Exempt | None = None,
    beside: Iterable[type[Record]] = (),
) -> Check:
    """A finding for each record: all settings are as expected.

    Args:
        kinds: the record classes.
        settings: what is judged, all of it.
        evidence: what counts as evidence, in English.
        conditions: the conditions on a record for the control to apply to it.
        exempt: why the control does not apply to a record, if no setting says so.
        beside: the other kinds that `exempt` reads.
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    conditions = tuple(conditions)

    def judge(view: AccountView) -> Iterator[Finding]:
        for kind in kinds:
            for record in view.all(kind):
                exemption = _exemption(view, record, conditions, exempt)
                if exemption is not None:
                    yield view.finding(record, exemption)
                else:
                    yield view.finding(record, *_observations(view, record, settings))

    return Check(
        reads=(*_reads(kinds, (*settings, *conditions)), *map(reads, beside)),
        subjects=kinds,
        judge=judge,
        evidence=evidence,
        settings=_fields(kinds, (*settings, *conditions)),
    )


def _observations(
    view: AccountView, record: Record, settings: Iterable[Setting]
) -> Iterator[Observation]:
    return (setting.observe(view, record) for setting in settings if setting.is_judged(view))


def _exemption(
    view: AccountView, record: Record, conditions: Iterable[Setting], exempt: Exempt | None
) -> Observation | None:
    for condition in conditions:
        if (observation := condition.exempts(view, record)) is not None:
            return observation
    return exempt(view, record) if exempt else None


def in_each_region(kind: type[Record], *settings: Setting, evidence: str) -> Check:
    """A finding for each Region of the account: such a resource exists, as expected.

    Args:
        kind: the record class.
        settings: what is judged, all of it; the first one has the text for a Region without the
            resource.
        evidence: what counts as evidence, in English.
    """

    def judge(view: AccountView) -> Iterator[Finding]:
        for region in view.account.regions:
            records = [record for record in view.all(kind) if record.region == region]
            for record in records:
                yield view.finding(record, *_observations(view, record, settings))
            if not records:
                yield from _absent(view, kind, region, settings[0])

    return Check(
        reads=_reads((kind,), settings),
        subjects=(kind,),
        judge=judge,
        evidence=evidence,
        absence="always",
        settings=_fields((kind,), settings),
    )


def _absent(
    view: AccountView, kind: type[Record], region: str, setting: Setting
) -> Iterator[Finding]:
    """That the region has none, or was not read; of a failed listing every control reports."""
    listing = Resource.listing(kind.__name__, view.account.id, region)
    expected = api_name(kind, setting.field) + setting.expected_in(view).condition
    gap = view.gap(kind, region)
    if gap is None:
        words = f"{setting.words_in(view)}-none"
        origin = Origin(operation=kind.api.operations[0]) if kind.api else None
        yield view.finding(listing, failed(text(words), expected=expected, origin=origin))
    elif not view.is_reported(kind, region):
        yield view.finding(listing, unknown(kind.__name__, gap, expected=expected))


def _reads(kinds: Iterable[type[Record]], settings: Iterable[Setting]) -> tuple[Read, ...]:
    """The kinds, with those of the fields that another operation than the listing describes."""
    return merged(
        reads(kind, *(setting.field for setting in settings if needs_call(kind, setting.field)))
        for kind in kinds
    )


def _fields(
    kinds: Iterable[type[Record]], settings: Iterable[Setting]
) -> tuple[tuple[type[Record], str], ...]:
    fields = dict.fromkeys(setting.field for setting in settings)
    return tuple((kind, field) for kind in kinds for field in fields)


def needs_call(kind: type[Record], field: str) -> bool:
    """Whether a separate operation describes the field, only if it is selected."""
    description = description_of(kind, field)
    return bool(description.operation) and not description.always_read


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str("" if value is None else value)
