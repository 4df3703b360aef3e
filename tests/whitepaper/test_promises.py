"""The promises of the clauses, and the cross-references: complete, in both languages."""

import hashlib
import re
from datetime import timedelta

import pytest

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.whitepaper import (
    Catalogue,
    Clause,
    Control,
    Link,
    Promise,
    Relation,
    builtin,
    clauses,
    controls,
    promises,
)
from cloudpack_baseline.whitepaper.reading import read_catalogue

KANA_OR_KANJI = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
PCI_DSS = re.compile(r"(A1|[1-9]|1[0-2])\.\d+\.\d+(\.\d+)?")
ANNEX_A = {
    f"{theme}.{number}"
    for theme, size in ((5, 37), (6, 8), (7, 14), (8, 34))
    for number in range(1, size + 1)
}
WITHOUT_TEXT = ("2.2", "4.1", "4.3", "5.1", "5.2", "5.3", "6.1")
"""Headings of the paper that only hold others."""

HEADINGS = "af2472c1b45e6c36fc3bfc9f4ae7b2a67b865b0b9fbc3b663569619b7b3ce45c"
"""The SHA-256 of the numbered headings of the body of the paper, a line each."""


def test_the_headings_are_those_of_the_paper_byte_by_byte():
    text = "\n".join(f"{clause.id} {clause.heading}" for clause in clauses().values())
    assert hashlib.sha256(text.encode()).hexdigest() == HEADINGS


TABLE = "e880c1cc4300078ec060ee162d8a9fb0b821d29b70418e27914656946d1b66e3"
"""The SHA-256 of the audited headings in the table of chapter 7, a line each."""


def test_the_table_of_chapter_7_is_that_of_the_paper_byte_by_byte():
    rows = [
        f"{clause.id} {clause.table_heading}"
        for clause in clauses().values()
        if clause.id.startswith("4")
    ]
    assert len(rows) == 32
    assert hashlib.sha256("\n".join(rows).encode()).hexdigest() == TABLE


def deciding_controls(promise: Promise) -> list[str]:
    """The controls that can show alone that the promise is kept."""
    relation = Relation.BEST_PRACTICE if promise.best_practice else Relation.DIRECT
    return [
        control.id
        for control in controls().values()
        for link in control.clauses
        if link.relation is relation
        and (promise.best_practice or builtin().promise_of(link) == promise)
    ]


class TestClauses:
    @pytest.mark.parametrize("number", list(clauses()))
    def test_each_promises_what_its_kind_says(self, number):
        clause = clauses()[number]
        kinds = {promise.kind for promise in builtin().promises_of(number)}
        match clause.kind:
            case "informative":
                assert kinds <= {"informative"}
                assert set(clause.reason) == {"ja", "en"}
            case "judged" | "attested" if number not in WITHOUT_TEXT:
                assert kinds - {"informative"} == {clause.kind}
            case "mixed" if number not in WITHOUT_TEXT:
                # What AWS shows is never enough here.
                assert "attested" in kinds
        assert clause.kind == "informative" or not clause.reason

    @pytest.mark.parametrize("number", [n for n in WITHOUT_TEXT if n != "6.1"])
    def test_a_heading_without_text_is_the_worst_of_its_children(self, number):
        children = [clause for clause in clauses().values() if clause.id.startswith(f"{number}.")]
        kinds = {one.kind for one in children} - {"informative"}
        assert not builtin().promises_of(number)
        assert clauses()[number].kind == (kinds.pop() if len(kinds) == 1 else "mixed")

    def test_within(self):
        assert [one.id for one in builtin().clauses_within(["4.7", "5.6"])] == [
            "4.7",
            "4.7.1",
            "4.7.2",
            "5.6",
        ]
        assert len(builtin().clauses_within(None)) == len(clauses())
        with pytest.raises(InputError, match=r"no clause '4\.77'; did you mean 4\.7"):
            builtin().clauses_within(["4.77"])


class TestPromises:
    @pytest.mark.parametrize("promise", promises().values(), ids=lambda promise: promise.id)
    def test_each_is_complete(self, promise):
        assert promise.id.startswith(f"{promise.clause}.")
        assert promise.clause in clauses()
        assert promise.parties
        assert set(promise.parties) <= {"aws", "cloudpack", "customer"}
        assert promise.kind in {"judged", "attested", "informative"}
        assert set(promise.text) == {"ja", "en"}
        assert KANA_OR_KANJI.search(promise.text["ja"])
        assert promise.text["en"].isascii()
        assert not promise.text["en"].endswith(".")

    @pytest.mark.parametrize("promise", promises().values(), ids=lambda promise: promise.id)
    def test_what_is_attested_has_a_longest_validity(self, promise):
        assert (promise.valid_days is not None) == (promise.kind == "attested")

    @pytest.mark.parametrize(
        ("id_", "days"),
        [
            ("4.1.1.committee", 31),
            ("4.1.4.education", 366),
            ("4.1.5.isms-audit", 366),
            ("3.3.iso-27001", 3 * 365 + 1),
            ("3.3.pci-dss", 366),
        ],
    )
    def test_longest_validities(self, id_, days):
        assert promises()[id_].valid_days == timedelta(days=days).days

    @pytest.mark.parametrize(
        "promise",
        [promise for promise in promises().values() if promise.kind == "judged"],
        ids=lambda promise: promise.id,
    )
    def test_what_is_judged_has_a_control_that_decides_it(self, promise):
        assert deciding_controls(promise), (
            f"whitepaper/promises.toml: {promise.id} is judged, and no control of the relation "
            f"{'best-practice' if promise.best_practice else 'direct'} names it"
        )

    def test_each_party_has_promises(self):
        assert {party for promise in promises().values() for party in promise.parties} == {
            "aws",
            "cloudpack",
            "customer",
        }

    def test_what_is_the_customers(self):
        assert [
            promise.id for promise in promises().values() if promise.parties == ("customer",)
        ] == [
            "2.2.1.applications",
            "4.5.3.customer-logs",
            "5.6.residency",
        ]


class TestControls:
    @pytest.mark.parametrize("control", controls().values(), ids=lambda control: control.id)
    def test_each_judges_a_promise(self, control):
        for link in control.clauses:
            if link.relation is Relation.BEST_PRACTICE and not link.promise:
                continue  # it counts for the promises to follow best practices
            names = [promise.id for promise in builtin().promises_of(link.clause)]
            assert builtin().promise_of(link) is not None, (
                f"whitepaper/controls.toml: {control.id}: in place of {link.clause!r}, name the "
                f"promise that it judges: {', '.join(names)}"
            )
        assert builtin().judged_promises(control)

    @pytest.mark.parametrize("control", controls().values(), ids=lambda control: control.id)
    def test_what_it_decides_alone_is_judged(self, control):
        for link in control.clauses:
            promise = builtin().promise_of(link)
            if promise is not None and link.relation is Relation.DIRECT:
                assert promise.kind == "judged"

    @pytest.mark.parametrize("control", controls().values(), ids=lambda control: control.id)
    def test_a_control_of_one_party_judges_its_promises(self, control):
        for link in control.clauses:
            promise = builtin().promise_of(link)
            if link.promise and promise is not None:
                assert set(control.parties) & set(promise.parties)

    def test_best_practices_count_where_they_are_promised(self):
        judged = builtin().judged_promises(builtin().control("admin-privileges"))
        assert [one.id for one in judged] == [
            "2.2.2.aws-best-practices",
            "3.3.aws-best-practices",
        ]

    def test_links_to_a_clause(self):
        links = builtin().links_to("5.1.2")
        assert {control.id for control, _ in links} == {
            "s3-exposure",
            "s3-public-access-block",
            "s3-website",
        }
        assert {link.heading["en"] for _, link in links} == {"Hosting of static content"}


def promise(name: str, kind: str, **fields: object) -> Promise:
    return Promise(id=f"1.{name}", clause="1", text={}, parties=("cloudpack",), kind=kind, **fields)


class TestPromiseOfALink:
    """A link that names no promise is about the only one that it can be about."""

    JUDGED, ATTESTED = promise("a", "judged"), promise("b", "attested")
    DUTY, BEST = promise("c", "informative"), promise("d", "judged", best_practice=True)

    def of(self, relation: Relation, *known: Promise, named: str = "") -> Promise | None:
        catalogue = Catalogue(promises={one.id: one for one in known})
        return catalogue.promise_of(Link(clause="1", relation=relation, promise=named))

    def test_direct(self):
        assert self.of(Relation.DIRECT, self.JUDGED, self.ATTESTED, self.DUTY) is self.JUDGED
        assert self.of(Relation.DIRECT, self.ATTESTED) is None
        assert self.of(Relation.DIRECT, self.JUDGED, self.BEST) is None

    def test_by_analogy(self):
        assert self.of(Relation.ANALOGY, self.ATTESTED, self.DUTY) is self.ATTESTED
        assert self.of(Relation.ANALOGY, self.ATTESTED, self.JUDGED) is None

    def test_best_practice(self):
        assert self.of(Relation.BEST_PRACTICE, self.BEST, self.JUDGED) is self.BEST
        assert self.of(Relation.BEST_PRACTICE, self.JUDGED) is None

    def test_named(self):
        assert self.of(Relation.DIRECT, self.JUDGED, self.BEST, named="1.d") is self.BEST


class TestCrossReferences:
    @pytest.mark.parametrize("id_", list(builtin().references))
    def test_each_has_numbers_that_exist(self, id_):
        references = builtin().references[id_]
        assert references.pci_dss or references.iso_27001
        assert all(map(PCI_DSS.fullmatch, references.pci_dss))
        assert set(references.iso_27001) <= ANNEX_A
        assert set(references.note) in ({"ja", "en"}, set())

    def test_what_they_are_of(self):
        known = {*clauses(), *promises()}
        names = {id_ for id_ in builtin().references if id_[0].isdigit()}
        assert names <= known

    def test_the_caution_stands_in_both_languages(self):
        assert KANA_OR_KANJI.search(builtin().caution["ja"])
        assert "no claim of compliance" in builtin().caution["en"]

    def test_some_of_them(self):
        references = builtin().references
        assert references["root-mfa"].pci_dss == ("8.4.1", "8.4.2")
        assert references["3.3.csirt"].iso_27001 == ("5.7", "5.24", "8.8")
        assert "3.5.1.2" in references["ebs-encryption"].note["en"]


class TestReading:
    def test_files_that_are_not_there_are_empty(self, tmp_path):
        assert read_catalogue(tmp_path) == Catalogue()

    def test_a_link_to_nothing(self, tmp_path):
        (tmp_path / "clauses.toml").write_text('["1"]\nja = "a"\nen = "a"\nkind = "judged"\n')
        (tmp_path / "controls.toml").write_text(
            '[x]\ntheme = "account"\nclauses = { "1.backup" = "direct" }\n'
            '[x.title]\nja = "a"\nen = "a"\n[x.remedy]\nja = "a"\nen = "a"\n'
        )
        with pytest.raises(
            InputError, match=r"control x: there is no clause or promise '1.backup'"
        ):
            read_catalogue(tmp_path)

    def test_a_heading_in_a_language(self):
        clause = Clause(id="1", heading="一", heading_en="one", kind="judged")
        assert (clause.heading_in("ja"), clause.heading_in("en")) == ("一", "one")

    def test_control_is_a_record(self):
        assert isinstance(builtin().control("root-mfa"), Control)
