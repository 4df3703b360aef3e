"""Every text exists in both languages, with the same places for its parameters."""

import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import cloudpack_baseline
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.texts import (
    LANGUAGES,
    MOST_LISTED,
    Text,
    abridged,
    catalogue,
    environment_language,
    text,
)
from cloudpack_baseline.whitepaper import clauses, controls, promises

ROOT = Path(__file__).parents[2]

THEMES = sorted(
    path.name.removesuffix(".toml")
    for path in files("cloudpack_baseline.texts").iterdir()
    if path.name.endswith(".toml")
)
KEYS = (files("cloudpack_baseline.baseline") / "descriptions_ja.toml").read_text("utf-8")
"""What the keys of the baseline file mean."""
TEXTS = [f"{theme}.{name}" for theme in THEMES for name in catalogue(theme)]
KANA_OR_KANJI = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
NAMED = re.compile(r"""\btext\(\s*(f?)"([a-z0-9_.{}-]+)\"""")
"""An id given to `text` in the code; an f-string names a family of ids."""


def words(id_: str, language: str) -> str:
    theme, _, name = id_.partition(".")
    return catalogue(theme)[name][language]


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def used() -> set[tuple[str, str]]:
    """(file, id) of every text that the code names; ``*`` for what an f-string leaves open."""
    root = files(cloudpack_baseline)
    found = set()
    for path in sorted(root.rglob("*.py")):
        for _, id_ in NAMED.findall(path.read_text(encoding="utf-8")):
            found.add((path.name, re.sub(r"\{[^}]*\}", "*", id_)))
    return found


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LANG": "ja.utf8"}, "ja"),
        ({"LANG": "jam_JM.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US", "LC_ALL": "", "LC_MESSAGES": "ja_JP@x"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_CTYPE": "ja_JP.UTF-8"}, "en"),
    ],
)
def test_the_language_of_the_environment(environment, language):
    assert environment_language(environment) == language


def test_each_text_stands_in_both_languages():
    assert len(TEXTS) > 1000
    for id_ in TEXTS:
        theme, _, name = id_.partition(".")
        assert set(catalogue(theme)[name]) == set(LANGUAGES), id_


def test_both_languages_have_the_same_places():
    for id_ in TEXTS:
        by_language = {language: places(words(id_, language)) for language in LANGUAGES}
        # A text that is given in both languages stands in a place named as its language.
        assert by_language["ja"] - {"ja"} == by_language["en"] - {"en"}, id_


def test_japanese_is_japanese_and_english_is_not():
    for id_ in TEXTS:
        bare = PLACE.sub("", words(id_, "ja"))
        if re.search(r"\b[a-z]{2,}\b", bare):  # more than signs, names and parameters
            assert KANA_OR_KANJI.search(words(id_, "ja")), id_
        assert not KANA_OR_KANJI.search(words(id_, "en")), id_


def test_no_blank_at_the_ends_of_a_message():
    for id_ in TEXTS:
        for language in LANGUAGES:
            message = words(id_, language)
            assert message == message.rstrip(), id_
            assert "\n" not in message, id_


PLACE = re.compile(r"\{\w+\}")

NOT_JAPANESE_TERMS = {
    "主体": "プリンシパル",
    "面する": "インターネット向け",
    "アイテム": "テスト項目",
    r"オフ(?!ィス|ライン)": "無効",
    "未定義": "定義されていない、定義外の",
    "定義にない": "定義されていない",
    "対象なし": "対象外",
    "判断できない": "判定できない",
    "確定できない": "判定できない",
    "分からない": "読み取れない",
    "得られない": "読み取れない",
    "パブリックアドレス": "パブリック IP アドレス",
    "ユーザー様": "ユーザー側",
    "遵守": "順守",
    "権限を拡大": "権限昇格",
}
"""What Japanese texts and pages do not say, and what they say instead."""

NOT_JAPANESE_TEXTS = {"のために": "の代理として", "すること": "〜する"}
"""The same for texts alone: the prose of pages has a purpose, or says 〜することはない."""

NOT_ENGLISH_TERMS = re.compile(
    r"\b(anybody|cannot be taken|hands? out|hangs on|holds? off|Internet|lets? in|mend"
    r"|of its own|tells?|told|wants?|wanted|whoever)\b"
)
"""What AWS's documentation would say otherwise."""


def sentences(language: str) -> list[str]:
    """Every text, every title and remedy of a control, and every promise."""
    told = [words(id_, language) for id_ in TEXTS]
    for control in controls().values():
        told += [control.title[language], control.remedy[language]]
    told += [promise.text[language] for promise in promises().values()]
    descriptions = (japanese for keys in tomllib.loads(KEYS).values() for japanese in keys.values())
    return [*told, *descriptions] if language == "ja" else told


@pytest.mark.parametrize("term", NOT_JAPANESE_TERMS)
def test_japanese_says_the_terms_of_the_trade(term):
    pages = [*(ROOT / "docs" / "ja").rglob("*.md"), ROOT / "README.ja.md"]
    told = [*sentences("ja"), *(of_ours(page.read_text(encoding="utf-8")) for page in pages)]
    assert len(pages) > 1
    assert [one for one in told if re.search(term, one)] == [], NOT_JAPANESE_TERMS[term]


def of_ours(page):
    """The page without the headings of the white paper, which keep its words."""
    headings = sorted((clause.heading for clause in clauses().values()), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, headings)), "", page)


@pytest.mark.parametrize("term", NOT_JAPANESE_TEXTS)
def test_japanese_texts_say_the_terms_of_the_trade(term):
    texts = sentences("ja")
    assert [text for text in texts if term in text] == [], NOT_JAPANESE_TEXTS[term]


def test_english_says_what_aws_would_say():
    assert [
        sentence
        for sentence in sentences("en")
        if NOT_ENGLISH_TERMS.search(PLACE.sub("", sentence))
    ] == []


def test_pages_say_what_aws_would_say():
    pages = {*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"}
    pages.remove(ROOT / "docs" / "reference" / "access-cases.md")  # the reasons of cases
    pages.remove(ROOT / "docs" / "reference" / "texts.md")  # ids of texts; those are above
    terms = re.compile(r"\b(anybody|hands? out|hangs on|lets? in|mends?|told|whom it)\b")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages if "ja" not in page.parts)
    assert [match[0] for match in terms.finditer(text.replace("| not told |", ""))] == []


def test_every_text_that_the_code_names_exists():
    assert len(used()) > 500
    for file, id_ in sorted(used()):
        pattern = re.compile(re.escape(id_).replace(r"\*", ".+") + r"\Z")
        assert any(pattern.match(text) for text in TEXTS), f"{file} names {id_}"


@pytest.mark.parametrize("why", list(Why))
def test_every_kind_of_not_knowing_has_its_words(why):
    assert f"causes.{why.name.lower().replace('_', '-')}" in TEXTS


class TestText:
    def test_parameters_are_put_in_place(self):
        message = text("common.excluded", clause="4.3", reason="elsewhere")
        assert message.in_language("en") == "excluded by [scope], clause 4.3: elsewhere"
        assert "4.3" in message.in_language("ja")

    def test_braces_of_a_parameter_are_its_own(self):
        message = text("common.excluded", clause="4.3", reason="{clause} {0} {")
        assert message.in_language("en").endswith("clause 4.3: {clause} {0} {")

    def test_a_text_within_a_text_speaks_the_same_language(self):
        inner = text("account.password")
        message = text("account.root-without-mfa-usable", credentials=(inner, "x"))
        assert message.in_language("en").endswith("still has a password, x")
        assert "パスワード、x" in message.in_language("ja")

    def test_the_first_of_many_entries_and_how_many_more(self):
        entries = [str(number) for number in range(MOST_LISTED + 2)]
        assert abridged(entries[:MOST_LISTED]) == tuple(entries[:MOST_LISTED])
        assert abridged(entries) == (
            *entries[:MOST_LISTED],
            text("common.further", number=2),
        )
        assert abridged(["a"] * 9) == ("a",)

    def test_it_is_a_value(self):
        assert text("common.nothing", kinds="a") == Text("common.nothing", (("kinds", "a"),))
        assert hash(text("common.nothing", kinds=("a",))) == hash(
            text("common.nothing", kinds=("a",))
        )

    def test_no_such_text(self):
        with pytest.raises(KeyError):
            text("common.no-such").in_language("en")

    def test_no_such_theme(self):
        with pytest.raises(FileNotFoundError):
            catalogue("no-such")

    @pytest.mark.parametrize(
        ("held", "shown"),
        [
            ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
            ("a\nb\tc", r"a\nb\tc"),
            ("\u202egnp.exe", r"\u202egnp.exe"),
            ("\ud800", r"\ud800"),
            ("\u2028", r"\u2028"),
            ("全角\u3000空白 and é", "全角\u3000空白 and é"),
        ],
    )
    def test_what_a_parameter_holds_cannot_act_on_a_terminal(self, held, shown):
        message = text("common.excluded", clause="1", reason=held)
        assert message.in_language("en").endswith(f": {shown}")
        among = text("common.excluded", clause="1", reason=(held, text("common.verbatim", en=held)))
        assert among.in_language("en").endswith(f": {shown}, {shown}")
