"""The summary of a run: totals, failures, the table of controls, notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

from cloudpack_baseline._pytest.header import moment_text, source_text
from cloudpack_baseline._pytest.item_outcome import LABELS, ItemOutcome
from cloudpack_baseline._pytest.plan import PlannedItem
from cloudpack_baseline._pytest.run import Run
from cloudpack_baseline._pytest.screen import SummaryBlock, SummaryLine, fitted, screen_of
from cloudpack_baseline._pytest.verdict import Verdict
from cloudpack_baseline.reports.columns import aligned, cut, width
from cloudpack_baseline.reports.plain import totals
from cloudpack_baseline.texts import Text, catalogue, printable, text
from cloudpack_baseline.unread_templates import UNREAD
from cloudpack_baseline.waivers import WAIVERS
from cloudpack_baseline.whitepaper import declarations

if TYPE_CHECKING:
    import pytest

    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.reports.comparison import ReportComparison

__all__ = ["NOTES", "summarize", "unread_lines"]

NOTES = 20
"""The maximum number of notes shown; the report contains all."""
_GAP = "  "
_SHORTEST_TITLE = 16
"""Columns: what is left of a title in fewer says nothing."""
_COLOURS: Mapping[Verdict, str] = {
    Verdict.FAIL: "red",
    Verdict.UNKNOWN: "red",
    Verdict.WAIVED: "yellow",
    Verdict.PASS: "green",
}


def summarize(run: Run, reporter: pytest.TerminalReporter, *, verbose: bool) -> None:
    """Write the section of the run, where it judged anything; it fits one screen.

    Args:
        run: that ended.
        reporter: of pytest.
        verbose: all lines, also of the controls that had nothing to judge, and each assumed
            default.
    """
    if not run.judged:
        return
    reporter.write_sep("=", "cloudpack-baseline")
    by_control = _by_control(run)
    rows = by_control | _unread_templates(run) | _bad_waivers(run)
    columns, screen = screen_of(reporter)
    head, *table = _table(run, rows, columns, verbose=verbose)
    blocks = (
        SummaryBlock(lines=[_totals(run, by_control, rows)]),
        _block(run, "more-failures", list(_failures(run, LABELS)), least=5),
        SummaryBlock(lines=[head]),
        _block(run, "more-controls", table, least=4),
        SummaryBlock(lines=[] if verbose else list(_idle(run, rows))),
        _block(run, "more-notes", list(_notes(run, verbose=verbose)), least=3),
        SummaryBlock(lines=list(_end(run))),
    )
    needed = sum(block.rows(columns) for block in blocks) + 1
    if not verbose and needed > screen:
        # One resource of each control says more than three of the first controls.
        brief = _block(run, "more-failures", list(_failures(run, 1)), least=5)
        blocks = (blocks[0], brief, *blocks[2:])
    for line in fitted(blocks, columns, needed if verbose else screen - 1):
        reporter.write_line(line.words, **line.markup)


def unread_lines(run: Run) -> Iterator[SummaryLine]:
    """What no item says: which templates were not read."""
    language = run.plan.settings.language
    for finding in run.unread[:NOTES]:
        message = finding.observations[0].message.in_language(language)
        yield SummaryLine(f"cloudpack-baseline: {message}", {"red": True})
    if len(run.unread) > NOTES:
        further = text("plugin.unread-left-out", number=len(run.unread) - NOTES)
        yield SummaryLine(f"cloudpack-baseline: {further.in_language(language)}", {"red": True})


def _block(run: Run, left_out: str, lines: list[SummaryLine], *, least: int) -> SummaryBlock:
    language = run.plan.settings.language

    def more(number: int) -> SummaryLine:
        return SummaryLine(text(f"plugin.{left_out}", number=number).in_language(language))

    return SummaryBlock(lines=lines, left_out=more, least=least)


def _totals(
    run: Run,
    by_control: Mapping[str, Mapping[Verdict, int]],
    rows: Mapping[str, Mapping[Verdict, int]],
) -> SummaryLine:
    language = run.plan.settings.language
    sums = _sum(rows.values())
    promises = {item.control for item in run.outcomes if not item.account}
    controls = [counts for id_, counts in by_control.items() if id_ not in promises]
    judged = sum(_worst(counts) is not Verdict.NOT_APPLICABLE for counts in controls)
    words = totals({verdict.value: sums[verdict] for verdict in Verdict}, language)
    line = (
        text("plugin.totals", judged=judged, number=len(controls), totals=words)
        if controls
        else text("plugin.promise-totals", number=len(promises), totals=words)
    )
    return SummaryLine(line.in_language(language), {**_colour(sums), "bold": True})


def _end(run: Run) -> Iterator[SummaryLine]:
    """What became of the earlier report, and what was judged."""
    language = run.plan.settings.language
    if comparison := run.comparison():
        yield SummaryLine(_compared(comparison).in_language(language))
    moment = moment_text(run.as_of)
    identity = (
        text("plugin.as-of", moment=moment)  # promises need no account
        if run.snapshot is None
        else text(
            "plugin.summary",
            moment=moment,
            source=source_text(run.plan),
            digest=run.snapshot.digest,
        )
    )
    yield SummaryLine(identity.in_language(language))


def _compared(comparison: ReportComparison) -> Text:
    counts = {state.replace(" ", "_"): str(number) for state, number in comparison.counts.items()}
    return text("plugin.compared", moment=moment_text(comparison.as_of), **counts)


# -- numbers


def _by_control(run: Run) -> dict[str, dict[Verdict, int]]:
    """How many findings of each control that ran came to what, in the catalogue's order."""
    outcomes: dict[str, list[ItemOutcome]] = {}
    for item, outcome in run.outcomes.items():
        outcomes.setdefault(item.control, []).append(outcome)
    return {
        control: {
            verdict: sum(outcome.counts[verdict.value] for outcome in outcomes[control])
            for verdict in Verdict
        }
        for control in run.plan.controls
        if control in outcomes and control != WAIVERS
    }


def _bad_waivers(run: Run) -> dict[str, dict[Verdict, int]]:
    """The row of the waivers, if any fails: those that are as they should be are no evidence."""
    outcomes = [outcome for item, outcome in run.outcomes.items() if item.control == WAIVERS]
    number = sum(outcome.counts[Verdict.FAIL.value] for outcome in outcomes)
    return {WAIVERS: dict.fromkeys(Verdict, 0) | {Verdict.FAIL: number}} if number else {}


def _unread_templates(run: Run) -> dict[str, dict[Verdict, int]]:
    """The row of the templates that nobody read, if there are any."""
    number = len(run.unread)
    return {UNREAD: dict.fromkeys(Verdict, 0) | {Verdict.UNKNOWN: number}} if number else {}


def _sum(rows: Iterable[Mapping[Verdict, int]]) -> dict[Verdict, int]:
    rows = tuple(rows)
    return {verdict: sum(counts[verdict] for counts in rows) for verdict in Verdict}


def _worst(counts: Mapping[Verdict, int]) -> Verdict:
    return next(
        (verdict for verdict in Verdict if counts[verdict]),
        Verdict.NOT_APPLICABLE,
    )


def _colour(counts: Mapping[Verdict, int]) -> dict[str, bool]:
    colour = _COLOURS.get(_worst(counts))
    return {colour: True} if colour else {}


# -- lines


def _failures(run: Run, limit: int) -> Iterator[SummaryLine]:
    """The first resources of each item that fail, then of those that are unknown or waived."""
    language = run.plan.settings.language
    order = {control: place for place, control in enumerate(run.plan.controls)}
    items = sorted(run.outcomes, key=lambda item: (order[item.control], item.account))
    for verdict, item in product((Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED), items):
        outcome = run.outcomes[item]
        labels = outcome.labels.get(verdict.value, [])[:limit]
        hidden = outcome.counts[verdict.value] - len(labels)
        markup = {_COLOURS[verdict]: True}
        for label in labels:
            line = text(
                "plugin.failure",
                outcome=text(f"report.{verdict.slug}"),
                control=item.control,
                resource=_named(run, item, label),
            ).in_language(language)
            if limit == 1 and hidden:
                line += text("plugin.more", number=hidden).in_language(language)
            yield SummaryLine(line, markup)
        if limit > 1 and hidden > 0:
            line = text("plugin.failures-left-out", number=hidden).in_language(language)
            yield SummaryLine(line, markup)


def _named(run: Run, item: PlannedItem, label: str) -> Text | str:
    """The resource, with the name of its account where several are declared."""
    accounts = run.plan.baseline.accounts
    names = [name for name, account in accounts.items() if account.id == item.account]
    if len(accounts) == 1 or not names:
        return label
    return text("plugin.in-account", resource=label, account=names[0])


def _table(
    run: Run, by_control: Mapping[str, Mapping[Verdict, int]], columns: int, *, verbose: bool
) -> list[SummaryLine]:
    """The controls that judged something, worst first; with `verbose` all that ran.

    Their titles stand where the columns leave room.
    """
    language = run.plan.settings.language
    order = list(Verdict)
    rows = sorted(by_control.items(), key=lambda row: order.index(_worst(row[1])))
    idle = _idle_controls(by_control)
    listed = [row for row in rows if verbose or row[0] not in idle]
    # Outcomes that do not occur leave their columns to the titles.
    verdicts = [verdict for verdict in Verdict if any(counts[verdict] for _, counts in listed)]
    heads = [text("plugin.control"), *map(_head, verdicts)]
    cells = [[head.in_language(language) for head in heads]]
    cells += [
        [control, *(str(counts[verdict]) for verdict in verdicts)] for control, counts in listed
    ]
    titles = _titles(run)
    names = [text("plugin.title").in_language(language)]
    names += [titles.get(control, "") for control, _ in listed]
    head, *lines = _with_titles(aligned(cells, right=1), names, columns)
    return [
        SummaryLine(head, {"bold": True}),
        *(
            SummaryLine(line, _colour(counts))
            for line, (_, counts) in zip(lines, listed, strict=True)
        ),
    ]


def _with_titles(lines: Sequence[str], titles: Sequence[str], columns: int) -> list[str]:
    """The lines with as much of the titles as the columns hold, or none."""
    room = columns - max(map(width, lines)) - len(_GAP)
    if room < _SHORTEST_TITLE:
        return list(lines)
    return [
        f"{line}{_GAP}{cut(title, room)}".rstrip()
        for line, title in zip(lines, titles, strict=True)
    ]


def _head(verdict: Verdict) -> Text:
    if verdict is Verdict.NOT_APPLICABLE:
        return text("plugin.not-applicable")  # shorter: the titles need the room
    return text(f"report.{verdict.slug}")


def _titles(run: Run) -> Mapping[str, str]:
    """By the ID of a control or attested promise, what it is about."""
    settings = run.plan.settings
    return {
        definition.id: printable(definition.title[settings.language])
        for definition in (*settings.controls, *settings.promises, *declarations().values())
    }


def _idle_controls(by_control: Mapping[str, Mapping[Verdict, int]]) -> frozenset[str]:
    """The controls that had nothing to judge."""
    return frozenset(
        control
        for control, counts in by_control.items()
        if _worst(counts) is Verdict.NOT_APPLICABLE
    )


def _idle(run: Run, by_control: Mapping[str, Mapping[Verdict, int]]) -> Iterator[SummaryLine]:
    if idle := _idle_controls(by_control):
        line = text("plugin.idle", number=len(idle))
        yield SummaryLine(line.in_language(run.plan.settings.language))


# -- notes


def _notes(run: Run, *, verbose: bool) -> Iterator[SummaryLine]:
    language = run.plan.settings.language
    for note in _note_lines(run, verbose=verbose):
        yield SummaryLine(text("plugin.note", note=note).in_language(language))


def _note_lines(run: Run, *, verbose: bool) -> Iterator[str]:
    language = run.plan.settings.language
    for note in _notes_of_run(run, verbose=verbose):
        yield note.in_language(language)
    notes = [note for outcome in run.outcomes.values() for note in outcome.notes]
    yield from islice(notes, NOTES)
    if len(notes) > NOTES:
        yield text("plugin.notes-left-out", number=len(notes) - NOTES).in_language(language)


def _notes_of_run(run: Run, *, verbose: bool) -> Iterator[Text]:
    if run.unfilled:
        yield text("plugin.unfilled")
    yield from run.remarks()
    if run.snapshot is not None:
        yield from _notes_of_snapshot(run.snapshot, verbose=verbose)


def _notes_of_snapshot(snapshot: Snapshot, *, verbose: bool) -> Iterator[Text]:
    for account in snapshot.accounts:
        if account.regions_off:
            yield text("plugin.regions-off", account=account.id, regions=account.regions_off)
    if verbose:
        yield from (
            text("plugin.assumed-each", assumption=_assumption(id_)) for id_ in snapshot.assumptions
        )
    elif snapshot.assumptions:
        yield text("plugin.assumed", number=len(snapshot.assumptions))


def _assumption(id_: str) -> Text | str:
    # A snapshot of another version may name one that this version has no words for.
    return text(f"assumptions.{id_}") if id_ in catalogue("assumptions") else id_
