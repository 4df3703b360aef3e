"""The pages of the documentation site, before Sphinx reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from links import anchors, linked
from navigation import contents
from pages import Page, page_name, pages

ROOT = Path(__file__).parents[1]

ENGLISH = {
    "how-to/waive": Page(
        "how-to/waive",
        "docs/how-to/waive.md",
        "# Waive\n\n## For long\n\n[Reports](reports.md#in-csv) [file](../report.svg)\n",
        "en",
    ),
    "how-to/reports": Page(
        "how-to/reports", "docs/how-to/reports.md", "# Reports\n\n## In CSV\n", "en"
    ),
}
JAPANESE = {
    "how-to/waive": Page(
        "how-to/waive",
        "docs/ja/how-to/waive.md",
        "# 例外\n\n## 期間\n\n[レポート](../../how-to/reports.md#in-csv) `[a](b.md)`\n",
        "ja",
    ),
    "how-to/reports": Page(
        "how-to/reports", "docs/ja/how-to/reports.md", "# レポート\n\n## CSV で\n", "ja"
    ),
}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("README.ja.md", "index"),
        ("docs/index.md", "index"),
        ("docs/ja/how-to/waive.md", "how-to/waive"),
        ("docs/reference/controls.md", "reference/controls"),
        ("CHANGELOG.md", "changelog"),
        ("examples/plan/README.md", "examples/plan"),
        ("examples/plan", "examples/plan"),
    ],
)
def test_a_page_has_one_name_in_both_languages(path, name):
    assert page_name(path) == name


def test_links_lead_to_pages_and_to_copies_of_files():
    text, files = linked(ENGLISH["how-to/waive"], ENGLISH, ENGLISH)
    assert "[Reports](reports.md#in-csv)" in text
    assert "[file](../files/docs/report.svg)" in text
    assert files == {"docs/report.svg"}


def test_an_anchor_leads_to_the_same_heading_of_the_translation():
    text, _ = linked(JAPANESE["how-to/waive"], JAPANESE, ENGLISH)
    assert "[レポート](reports.md#csv-で)" in text


def test_code_is_no_link():
    text, _ = linked(JAPANESE["how-to/waive"], JAPANESE, ENGLISH)
    assert "`[a](b.md)`" in text
    fenced = Page("a", "docs/a.md", "```text\n[a](b.md)\n```\n", "en")
    assert linked(fenced, {}, {})[0] == fenced.text


def test_a_link_to_nothing_stays_one_for_sphinx_to_report():
    page = Page("a", "docs/a.md", "[a](missing.md)\n", "en")
    text, files = linked(page, {"a": page}, {"a": page})
    assert "missing.md" in text
    assert not files


def test_repeated_headings_are_numbered():
    assert anchors("# A `b`\n\n## [C](d.md)\n\n## C\n\n```sh\n# no heading\n```\n") == [
        "a-b",
        "c",
        "c-1",
    ]


def test_a_page_without_translation_is_the_english_one():
    generated = {"reference/only-english.md": "# Only\n"}
    assert pages("ja", generated)["reference/only-english"].language == "en"
    assert pages("ja", generated)["how-to/waive"].language == "ja"


def test_each_page_is_in_the_navigation_once():
    site = [*pages("en", {}), "reference/api/package", "reference/controls/root-mfa"]
    trees = "".join(contents(name, site, "ja") for name in site)
    for name in site:
        assert trees.count(f"/{name}\n") == (name != "index")
