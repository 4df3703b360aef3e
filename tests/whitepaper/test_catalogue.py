"""The catalogue: clauses, controls, and how they are selected."""

import importlib
import re
from itertools import pairwise

import pytest

from cloudpack_baseline import InputError
from cloudpack_baseline.checks import check_of
from cloudpack_baseline.whitepaper import (
    PAPER,
    Relation,
    clauses,
    control_of,
    controls,
    no_such,
    select,
)

NUMBER = re.compile(r"[2-7](\.\d+)*\Z")
KANA_OR_KANJI = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
FIRST = ("root-mfa", "segmentation", "rds-backup", "s3-exposure")


def parts(number: str) -> list[int]:
    return [int(piece) for piece in number.split(".")]


class TestClauses:
    def test_the_release(self):
        assert PAPER == "1.5.6"

    @pytest.mark.parametrize("number", list(clauses()))
    def test_each_has_a_number_headings_and_a_kind(self, number):
        clause = clauses()[number]
        assert NUMBER.match(number)
        assert clause.id == number
        assert clause.kind in {"judged", "attested", "mixed", "informative"}
        assert clause.heading
        assert clause.heading_en.isascii()

    def test_none_is_missing(self):
        # 2.2, its two, 2.3, and 57 in chapters 3 to 7.
        assert len(clauses()) == 61

    def test_they_stand_in_the_papers_order(self):
        numbers = [parts(number) for number in clauses()]
        assert all(one < two for one, two in pairwise(numbers))

    @pytest.mark.parametrize(
        ("number", "kind"),
        [
            ("3.1", "mixed"),
            ("2.2.2", "mixed"),
            ("5.1.1", "judged"),
            ("5.1.2", "judged"),
            ("5.3.2", "mixed"),
        ],
    )
    def test_the_kinds_that_controls_are_told_under(self, number, kind):
        assert clauses()[number].kind == kind


class TestControls:
    def test_the_four_of_the_first_release(self):
        assert set(FIRST) <= set(controls())

    @pytest.mark.parametrize(
        ("id_", "clause"),
        list(zip(FIRST, ("5.3.2", "5.1.1", "3.1", "5.1.2"), strict=True)),
    )
    def test_the_clause_that_each_judges(self, id_, clause):
        link, *_ = control_of(id_).clauses
        assert (link.clause, link.relation) == (clause, Relation.DIRECT)

    @pytest.mark.parametrize("id_", list(controls()))
    def test_each_is_told_in_both_languages(self, id_):
        held = control_of(id_)
        for words in (held.title, held.remedy):
            assert set(words) == {"ja", "en"}
            assert KANA_OR_KANJI.search(words["ja"])
            assert words["en"].isascii()

    @pytest.mark.parametrize("id_", list(controls()))
    def test_each_judges_clauses_that_exist_and_can_be_judged(self, id_):
        assert control_of(id_).clauses
        for link in control_of(id_).clauses:
            assert clauses()[link.clause].kind in {"judged", "mixed"}

    @pytest.mark.parametrize("id_", list(controls()))
    def test_each_has_its_check_and_its_function(self, id_):
        held = check_of(id_)
        assert held.reads or held.absence == "always"  # yearly-assessment calls nothing
        assert set(held.subjects) <= {read.name for read in held.reads}
        api = importlib.import_module("cloudpack_baseline.api")
        assert f"check_{id_.replace('-', '_')}" in api.__all__

    def test_there_is_no_other(self):
        with pytest.raises(InputError, match=r"no control 'guarddutyy'; did you mean guardduty\?"):
            control_of("guarddutyy")


class TestSelect:
    def test_everything_by_default(self):
        assert [one.id for one in select()] == list(controls())

    def test_nothing_where_nothing_is_named(self):
        assert select([]) == ()

    def test_by_id_in_the_catalogues_order_each_once(self):
        chosen = select(["s3-exposure", "root-mfa", "root-mfa"])
        assert [one.id for one in chosen] == ["root-mfa", "s3-exposure"]

    def test_by_clause(self):
        assert "s3-exposure" in [one.id for one in select(clause_ids=["5.1.2"])]
        assert "segmentation" not in [one.id for one in select(clause_ids=["5.1.2"])]

    def test_by_chapter(self):
        chosen = {one.id for one in select(clause_ids=["5.1"])}
        assert {"s3-exposure", "segmentation"} <= chosen
        assert "root-mfa" not in chosen

    def test_a_chapter_is_no_prefix_of_letters(self):
        # 5.1 must not take 5.10 or 5.12, should the paper ever have them.
        assert all(
            any(link.clause.split(".")[:2] == ["5", "1"] for link in each.clauses)
            for each in select(clause_ids=["5.1"])
        )

    def test_by_id_and_clause_together(self):
        chosen = {one.id for one in select(["root-mfa"], ["3.1"])}
        assert {"root-mfa", "rds-backup"} <= chosen
        assert "s3-exposure" not in chosen

    @pytest.mark.parametrize("named", [{"ids": "root-mfa"}, {"clause_ids": "5.1"}])
    def test_a_text_is_no_list_of_letters(self, named):
        (text,) = named.values()
        with pytest.raises(InputError, match=f"^expected a list of ids, got the string '{text}'$"):
            select(**named)

    def test_every_wrong_name_at_once(self):
        with pytest.raises(InputError) as caught:
            select(["root-mfa", "s3-exposur", "x"], ["5.1", "5.7"])
        assert len(caught.value.problems) == 3

    @pytest.mark.parametrize("clause", ["2.2.2", "3.3"])
    def test_best_practices_are_selected_by_the_clauses_that_promise_them(self, clause):
        assert {control.id for control in select(clause_ids=[clause])} == {
            control.id
            for control in select()
            if any(link.relation is Relation.BEST_PRACTICE for link in control.clauses)
        }

    def test_a_clause_without_controls_selects_none(self):
        assert select(clause_ids=["4.2"]) == ()


class TestNoSuch:
    def test_near_names_each_once(self):
        assert no_such("segment", "wbe", ["web", "web", "db"]) == (
            "there is no segment 'wbe'; did you mean web?"
        )

    def test_nothing_near(self):
        assert no_such("segment", "zzz", ["web"]) == "there is no segment 'zzz'"
        assert no_such("segment", "WEB", ["db", "Web"]) == (
            "there is no segment 'WEB'; did you mean Web?"
        )


def test_the_earlier_name_of_control_of_is_kept():
    whitepaper = importlib.import_module("cloudpack_baseline.whitepaper")
    assert whitepaper.control is whitepaper.control_of
