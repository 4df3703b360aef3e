"""What an example of a control is, and how it is judged."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs

from cloudpack_baseline import Baseline, Finding, Outcome, Snapshot, assess
from cloudpack_baseline.checks import check_of, entry_of
from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.described import descriptions
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.operations import operation
from cloudpack_baseline.testing import records

__all__ = ["Denial", "Example"]


@attrs.frozen
class Denial:
    """A denied operation, and what becomes of the passing state without its answer."""

    operation: str
    findings: tuple[Finding, ...]


@attrs.frozen(kw_only=True)
class Example:
    """A state of an account in which a control passes, and one in which it fails.

    Attributes:
        control: its ID.
        common: records of both states.
        passing: records in which it passes, together with `common`.
        failing: records in which it fails, together with `common`.
        baseline: the baseline file of both states.
        failing_baseline: that of the failing state, if it is the declaration that is wrong.
        files: writes the files that the baseline file names, in its folder.
        never_unknown: why no denied operation makes the control unknown, by language.
    """

    control: str = attrs.field(kw_only=False)
    common: tuple[Record, ...] = ()
    passing: tuple[Record, ...] = ()
    failing: tuple[Record, ...] = ()
    baseline: str = ""
    failing_baseline: str | None = None
    files: Callable[[Path], None] | None = None
    never_unknown: Mapping[str, str] | None = None

    def baseline_of(self, outcome: Outcome) -> str:
        """The baseline file of the state with that outcome."""
        if outcome is Outcome.FAIL and self.failing_baseline is not None:
            return self.failing_baseline
        return self.baseline

    def findings(self, outcome: Outcome) -> tuple[Finding, ...]:
        """What the control finds in the state that passes, or in the one that fails."""
        entries = self.failing if outcome is Outcome.FAIL else self.passing
        snapshot = records.snapshot(*self.common, *entries, controls=[self.control])
        return self._judge(snapshot, outcome)

    def denial(self) -> Denial | None:
        """The first denied operation that makes the passing state unknown, if there is one."""
        for key, snapshot in self._denials():
            findings = self._judge(snapshot, Outcome.PASS)
            if any(finding.outcome is Outcome.UNKNOWN for finding in findings):
                return Denial(key, findings)
        return None

    def _judge(self, snapshot: Snapshot, outcome: Outcome) -> tuple[Finding, ...]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "cloudpack-baseline.toml"
            file.write_text(self.baseline_of(outcome), encoding="utf-8")
            if self.files is not None:
                self.files(file.parent)
            assessment = assess(snapshot, Baseline.load(file), controls=[self.control])
        return tuple(finding for finding in assessment.findings if finding.control == self.control)

    def _denials(self) -> Iterator[tuple[str, Snapshot]]:
        """The passing state with each denied operation: those about one resource come first."""
        entries = (*self.common, *self.passing)
        for read in check_of(self.control).reads:
            for name, description in descriptions(read.kind).items():
                key = description.operation
                if key and (name in read.fields or description.always_read):
                    yield key, self._snapshot(_without(entries, read.kind, name, key))
        entry = entry_of(self.control)
        for kind in (*entry.subjects, *entry.reads):
            key = gatherer_of(record_class(kind)).operations[0]
            remaining = (record for record in entries if type(record).__name__ != kind)
            yield key, self._snapshot(remaining, unread={kind: _denied(key)})

    def _snapshot(
        self, entries: Iterator[Record], unread: Mapping[str, Unknown] | None = None
    ) -> Snapshot:
        return records.snapshot(*entries, controls=[self.control], unread=unread)


def _without(
    entries: tuple[Record, ...], kind: type[Record], name: str, key: str
) -> Iterator[Record]:
    """The records, with the field of those of the kind denied."""
    for entry in entries:
        yield attrs.evolve(entry, **{name: _denied(key)}) if type(entry) is kind else entry


def _denied(key: str) -> Unknown:
    actions = operation(key).actions
    return Unknown.because(Why.DENIED, operation=key, code="AccessDenied", actions=actions)
