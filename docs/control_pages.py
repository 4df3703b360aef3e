"""A page for each control in English and Japanese, from the catalogue, the checks and the records.

The pages stand on the site alone: `docs/site/build.py` writes them at build.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs
from control_examples import Denial, Example, example_code, examples
from fidelity import instead
from remediation import Remediation, remediations

from cloudpack_baseline import Finding, Outcome
from cloudpack_baseline.baseline._consistency import needs_customers_decision
from cloudpack_baseline.baseline.options import OPTIONS
from cloudpack_baseline.baseline.schema import attribute_descriptions
from cloudpack_baseline.checks import Check, check_of, entry_of
from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.described import descriptions
from cloudpack_baseline.reports.plain import findings_text
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.fidelity import GAPS
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.gathering import operations_of
from cloudpack_baseline.sources.operations import operation
from cloudpack_baseline.sources.terraform.types import terraform_types
from cloudpack_baseline.texts import Language
from cloudpack_baseline.whitepaper import Control, builtin, controls

__all__ = ["control_pages"]

_WORDS = tomllib.loads(Path(__file__).with_name("control_words.toml").read_text(encoding="utf-8"))
_LANGUAGES: tuple[Language, ...] = ("en", "ja")
_MANY = 40
"""Fields or types from which on a page links to the reference instead."""
_ABOVE = frozenset({"OrganizationAccount", "ResourceControlPolicy", "ServiceControlPolicy"})
"""Kinds that are read in the management account."""
_PARTIES = {
    "en": {"aws": "AWS", "cloudpack": "cloudpack", "customer": "customer"},
    "ja": {"aws": "AWS", "cloudpack": "cloudpack", "customer": "ユーザー"},
}


@cache
def control_pages() -> Mapping[str, str]:
    """The pages: Markdown by path below `docs`."""
    return {
        f"{'' if language == 'en' else f'{language}/'}reference/controls/{id_}.md": _Page(
            control, language
        ).text()
        for language in _LANGUAGES
        for id_, control in controls().items()
    }


@attrs.frozen
class _Page:
    """The page of a control in a language."""

    control: Control
    language: Language

    def text(self) -> str:
        """Its Markdown."""
        sections = (
            [f"# {self.control.id}", "", self._sentence(self.control.title[self.language])],
            self._promises(),
            self._evidence(),
            self._sources(),
            self._options(),
            self._examples(),
            self._remediation(),
            self._waiver(),
            self._python(),
            self._references(),
            self._more(),
        )
        return "\n".join(line for section in sections for line in section)

    def _say(self, name: str, **parameters: str) -> str:
        words: str = _WORDS[self.language][name]
        return words.format(docs="../../", control=self.control.id, **parameters)

    def _sentence(self, words: str) -> str:
        return f"{words}{'.' if self.language == 'en' else '。'}"

    def _heading(self, name: str, level: int = 2) -> Iterator[str]:
        yield from ("", f"{'#' * level} {self._say(name)}", "")

    def _table(self, header: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
        names: list[str] = _WORDS[self.language][header]
        yield _row(names)
        yield f"|{'---|' * len(names)}"
        yield from map(_row, rows)

    # -- what the paper promises

    def _promises(self) -> Iterator[str]:
        yield from self._heading("promise")
        yield from self._table("promise_row", self._promise_rows())
        names = _PARTIES[self.language]
        separator = ", " if self.language == "en" else "、"
        parties = separator.join(names[party] for party in self.control.parties)
        yield from ("", self._say("responsible", parties=parties) + self._say("own_words"))

    def _promise_rows(self) -> Iterator[tuple[str, str, str]]:
        catalogue = builtin()
        for link in self.control.clauses:
            clause = catalogue.clauses[link.clause]
            promise = catalogue.promise_of(link)
            words = f"`{promise.id}`: {promise.text[self.language]}" if promise else "–"
            relation = self._say(link.relation.value)
            yield f"{clause.id} {clause.heading_in(self.language)}", words, relation
        linked = [catalogue.promise_of(link) for link in self.control.clauses]
        for promise in catalogue.judged_promises(self.control):
            if promise not in linked:
                clause = catalogue.clauses[promise.clause]
                words = f"`{promise.id}`: {promise.text[self.language]}"
                relation = self._say("best-practice")
                yield f"{clause.id} {clause.heading_in(self.language)}", words, relation

    # -- what is read

    @property
    def _check(self) -> Check:
        return check_of(self.control)

    def _evidence(self) -> Iterator[str]:
        yield from self._heading("evidence")
        if self.language == "en":
            yield self._check.evidence.replace("``", "`")
        else:
            yield self._say("evidence_note")
        yield from self._heading("fields", 3)
        rows = list(_field_rows(self.control, self._say("derived"), self._say("whole")))
        if not rows:
            yield self._say("no_fields")
        elif len(rows) > _MANY:
            yield _ticked(sorted({row[0] for row in rows}))
            yield from ("", self._say("many_fields"))
        else:
            yield from self._table("fields_row", ((f"`{row[0]}`", *row[1:]) for row in rows))
        yield from self._heading("operations", 3)
        operations = sorted(operations_of(self._check.reads)) if self._check.reads else []
        if not operations:
            yield self._say("no_operations")
            return
        yield from self._table(
            "operations_row",
            ((f"`{key}`", _ticked(operation(key).actions) or "–") for key in operations),
        )
        yield from ("", self._say("operations_note"))

    def _sources(self) -> Iterator[str]:
        yield from self._heading("sources")
        if not self._check.reads:
            yield self._say("none_read")
            return
        above = _ABOVE & entry_of(self.control).reads.keys()
        gaps = [key for key in sorted(operations_of(self._check.reads)) if key in GAPS]
        yield from self._table(
            "sources_row",
            (
                (self._say("live"), self._say("live_organization" if above else "live_all")),
                (self._say("describe"), self._say("describe_all")),
                (self._say("moto"), self._say("moto_gaps" if gaps else "moto_all")),
                (self._say("cloudformation"), self._types(_cloudformation_types(self.control))),
                (self._say("terraform"), self._types(_terraform_types(self.control))),
            ),
        )
        if gaps:
            yield from ("", self._say("moto_instead"), "")
            yield from (f"- `{key}`: {instead(GAPS[key], self.language)}" for key in gaps)

    def _types(self, names: tuple[str, ...]) -> str:
        if not names:
            return self._say("no_types" if self._check.planned else "not_planned")
        return self._say("many_types" if len(names) > _MANY else "types", types=_ticked(names))

    # -- what is declared

    def _options(self) -> Iterator[str]:
        yield from self._heading("options")
        kind = OPTIONS.get(self.control.id)
        if kind is None:
            yield self._say("no_options")
            return
        yield from (self._say("options_intro"), "")
        yield from self._table("options_row", _option_rows(kind, self.language))

    # -- examples

    def _examples(self) -> Iterator[str]:
        example = examples()[self.control.id]
        yield from self._heading("examples")
        yield self._say("examples_intro")
        yield from self._state(example, Outcome.PASS, "passes")
        yield from self._state(example, Outcome.FAIL, "fails")
        yield from self._heading("unknown", 3)
        denial = _denied(self.control.id)
        if denial is None:
            yield (example.never_unknown or {})[self.language]
            return
        yield from (self._say("unknown_intro", operation=denial.operation), "")
        yield from self._output(denial.findings, Outcome.UNKNOWN)

    def _state(self, example: Example, outcome: Outcome, heading: str) -> Iterator[str]:
        yield from self._heading(heading, 3)
        if baseline := example.baseline_of(outcome).strip():
            yield from (self._say("with_baseline"), "")
            yield from (*_fenced("toml", baseline), "")
            if example.files:
                yield from (self._say("with_files"), "")
        yield from (*_fenced("python", example_code(self.control.id, outcome)), "")
        yield from self._output(_judged(self.control.id, outcome), outcome)

    def _output(self, findings: Iterable[Finding], outcome: Outcome) -> Iterator[str]:
        """What the terminal shows of the first finding with the outcome."""
        first = next(finding for finding in findings if finding.outcome is outcome)
        return _fenced("text", findings_text(self.control, [first], self.language))

    # -- what to do about it

    def _remediation(self) -> Iterator[str]:
        yield from self._heading("remediation")
        yield self._sentence(self.control.advice[self.language])
        remediation = remediations().get(self.control.id)
        if remediation is None:
            return
        yield from self._heading("console", 3)
        yield getattr(remediation, f"console_{self.language}")
        for heading, code_format, kind in (
            (self._say("cli"), "cli", "sh"),
            ("CloudFormation", "cloudformation", "yaml"),
            ("Terraform", "terraform", "terraform"),
        ):
            yield from ("", f"### {heading}", "")
            yield from _example_code(remediation, code_format, kind, self.language)

    def _waiver(self) -> Iterator[str]:
        customer = needs_customers_decision(self.control)
        yield from self._heading("waive")
        yield self._say("waive_intro")
        if customer:
            yield from ("", self._say("waive_customer"))
        yield ""
        yield from _fenced("toml", self._waiver_table(for_customer=customer))

    def _waiver_table(self, *, for_customer: bool) -> str:
        judged = _judged(self.control.id, Outcome.FAIL)
        failing = (finding for finding in judged if finding.outcome is Outcome.FAIL)
        rows = {
            "control": self.control.id,
            "resource": next(failing).resource.key,
            "reason": self._say("waive_reason"),
            "approved_by": "ops-lead@example.jp",
        }
        lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in rows.items()]
        decided = "customer" if for_customer else "cloudpack"
        return "\n".join(
            [
                "[[waivers]]",
                *lines,
                "approved_on = 2026-10-01",
                "expires = 2027-03-31",
                f'approved_for = "{decided}"',
                'ticket = "OPS-123"',
            ]
        )

    def _python(self) -> Iterator[str]:
        name = f"check_{self.control.id.replace('-', '_')}"
        yield from self._heading("python")
        code = f"from cloudpack_baseline import {name}\n\n{name}(source).require()"
        yield from (*_fenced("python", code), "", self._say("python_note"), "")
        yield from (self._say("command_line"), "")
        command = f"pytest --cloudpack-baseline --cloudpack-control {self.control.id}"
        yield from _fenced("sh", command)

    def _references(self) -> Iterator[str]:
        yield from self._heading("references")
        references = builtin().references.get(self.control.id)
        if references is None:
            yield self._say("no_references")
            return
        annex = "Annex A" if self.language == "en" else "附属書 A"
        standards = (
            ("PCI DSS v4.0.1", references.pci_dss),
            (f"ISO/IEC 27001:2022 {annex}", references.iso_27001),
        )
        yield from (f"- {name}: {', '.join(numbers)}" for name, numbers in standards if numbers)
        if references.note:
            yield f"- {references.note[self.language]}"
        yield from ("", self._say("references_note"))

    def _more(self) -> Iterator[str]:
        yield from self._heading("more")
        names = ["all", "outcomes", "judgements"]
        if self.control.id == "admin-privileges":
            names.insert(0, "paths")
        kinds = entry_of(self.control).reads
        if "SecurityGroup" in kinds:
            names.append("network")
        if {"Bucket", "RoleDetail", "UserDetail"} & kinds.keys():
            names.append("access")
        yield from (f"- {self._say(name)}" for name in names)
        yield from ("", self._say("since", version=self.control.since), "")


@cache
def _judged(control_id: str, outcome: Outcome) -> tuple[Finding, ...]:
    return examples()[control_id].findings(outcome)


@cache
def _denied(control_id: str) -> Denial | None:
    return examples()[control_id].denial()


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _ticked(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _fenced(kind: str, text: str) -> Iterator[str]:
    yield from (f"```{kind}", text, "```")


def _field_rows(control: Control, derived: str, listed: str) -> Iterator[tuple[str, str, str, str]]:
    """Record, field, path in the response, operation."""
    for kind_name, names in entry_of(control).fields.items():
        kind = record_class(kind_name)
        described = descriptions(kind)
        gatherer = gatherer_of(kind)
        for name in names:
            if name not in described:
                keys = gatherer.fields.get(name, ()) or gatherer.operations[:1]
                yield kind_name, f"`{name}`", derived, _ticked(keys)
                continue
            description = described[name]
            key = description.operation or gatherer.operations[0]
            path = f"`{description.path}`" if description.path else listed
            yield kind_name, f"`{name}`", path, f"`{key}`"


def _answers(control: Control) -> frozenset[str]:
    """The listings that the control reads, whose answers a template may contain."""
    entry = entry_of(control)
    if not entry.planned:
        return frozenset()
    kinds = [record_class(name) for name in entry.reads]
    return frozenset(
        key
        for kind in kinds
        for key in (kind.api.operations if kind.api else gatherer_of(kind).operations)
    )


@cache
def _types_by_operation() -> Mapping[str, frozenset[str]]:
    """The resource types of CloudFormation whose resources an operation answers about."""
    types: dict[str, set[str]] = {}
    for name, kind in resource_types().items():
        for key in kind.operations:
            types.setdefault(key, set()).add(name)
    return {key: frozenset(names) for key, names in types.items()}


def _cloudformation_types(control: Control) -> tuple[str, ...]:
    by_operation = _types_by_operation()
    names = {name for key in _answers(control) for name in by_operation.get(key, ())}
    return tuple(sorted(names))


def _terraform_types(control: Control) -> tuple[str, ...]:
    """The types of the AWS provider that become such resources, or add to one."""
    answers, known = _answers(control), set(_cloudformation_types(control))
    listed = {
        name
        for name, mapped in terraform_types().items()
        if mapped.type in known or answers & set(mapped.describes)
    }
    added = {name for name, mapped in terraform_types().items() if listed & set(mapped.part_of)}
    return tuple(sorted(listed | added))


def _option_rows(kind: type[Any], language: Language) -> Iterator[tuple[str, str, str]]:
    meanings = attribute_descriptions(kind) if language == "en" else _japanese().get(kind.__name__)
    for option in attrs.fields(kind):
        default = option.default
        value = default.factory() if isinstance(default, attrs.Factory) else default
        default_text = json.dumps(value, ensure_ascii=False)
        yield f"`{option.name}`", f"`{default_text}`", (meanings or {}).get(option.name, "")


@cache
def _japanese() -> Mapping[str, Mapping[str, str]]:
    source = files("cloudpack_baseline.baseline").joinpath("descriptions_ja.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _example_code(
    remediation: Remediation, code_format: str, kind: str, language: Language
) -> Iterator[str]:
    """A way to remediation: its code and note, or why there is none."""
    code = getattr(remediation, code_format)
    if code is None:
        yield getattr(remediation, f"no_{code_format}_{language}")
        return
    yield from _fenced(kind, code)
    if note := getattr(remediation, f"{code_format}_note_{language}"):
        yield from ("", note)
