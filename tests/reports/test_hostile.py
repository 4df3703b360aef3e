"""Names, tags and policies act in no format: a test for each."""

import csv
import html.parser
import io
import json
import re
import unicodedata
from pathlib import Path, PurePath

import pytest
from hypothesis import Phase, given, settings

from cloudpack_baseline.reports.formats import SUFFIXES, renderer_of
from cloudpack_baseline.reports.github import step_summary, workflow_commands
from cloudpack_baseline.reports.markdown import escaped

from . import samples

ASSESSMENT = samples.hostile_assessment(200)
LANGUAGES = ("en", "ja")


def rendered(suffix, language="en"):
    return renderer_of(PurePath(f"report{suffix}"))(ASSESSMENT.to_json(), language)


def strings(value):
    """Every string in JSON values, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from strings(entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from strings(entry)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_byte_of_a_file_acts_on_a_terminal_or_turns_the_writing(suffix, language):
    text = rendered(suffix, language).decode("utf-8-sig")
    assert all(char.isprintable() or char in "\r\n\u3000" for char in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_a_terminal(language):
    lines = ASSESSMENT.text(language).split("\n")
    assert all(char.isprintable() or char == "\u3000" for line in lines for char in line)
    commands = [line for line in lines if line.strip().startswith("::") or "##[" in line]
    assert commands == []  # of GitHub's workflows, wherever they begin


def test_json_has_the_names_as_they_are():
    assert b"##" not in rendered(".json")
    values = json.loads(rendered(".json"))
    names = {finding["resource"]["name"] for finding in values["findings"]}
    assert names == set(samples.HOSTILE)


@pytest.mark.parametrize(
    "suffix", [".sarif", ".ocsf.json", ".oscal.json", ".asff.json", ".codequality.json"]
)
def test_what_other_tools_show_is_printable(suffix):
    content = rendered(suffix)
    for document in content.splitlines() if suffix == ".asff.json" else [content]:
        shown = "".join(strings(json.loads(document)))
        assert all(char.isprintable() or char == "\u3000" for char in shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_of_csv_is_a_formula_nor_another_row(language):
    rows = list(csv.reader(io.StringIO(rendered(".csv", language).decode("utf-8-sig"))))
    assert len(rows) == 1 + len(ASSESSMENT.findings)
    assert len({len(row) for row in rows}) == 1
    beginnings = tuple("=+-@\t\r＝＋－＠")
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(beginnings)]


@pytest.mark.parametrize(
    "name",
    ["=1", "＝1+1", " =1", "\u3000=1"],
)
def test_a_formula_behind_a_space_is_none(name):
    values = ASSESSMENT.to_json()
    values["findings"][1]["resource"]["key"] = name
    content = renderer_of(PurePath("report.csv"))(values, "en").decode("utf-8-sig")
    assert name not in {cell for row in csv.reader(io.StringIO(content)) for cell in row}
    assert f"'{name}" in content


ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")


def unescaped(markdown):
    """The characters that a renderer of Markdown may take for markup."""
    return ESCAPED.sub("", markdown)


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_no_name_is_markup_in_markdown(name):
    bare = unescaped(escaped(name))
    assert not re.search(r"[`*_{}\[\]<>()#|~&@$\n]|://|www\.", bare)
    assert not re.match(r"\d+[.)]|[=+-]", bare)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("1. x", r"1\. x"),
        ("10) x", r"10\) x"),
        ("=== x", r"\=== x"),
        ("www.example.com", r"www\.example.com"),
        ("https://example.com", r"https\://example.com"),
        ("arn:aws:s3:::shop", "arn:aws:s3:::shop"),
    ],
)
def test_what_github_makes_markup_is_escaped(name, shown):
    assert escaped(name) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_has_the_headings_and_markup_of_the_report_only(language):
    lines = rendered(".md", language).decode().splitlines()
    bad = [finding for finding in ASSESSMENT.findings if finding.outcome in ("fail", "unknown")]
    headings = [line for line in lines if line.startswith("### ")]
    assert len(headings) == len(bad)
    assert not any(re.search(r"[`<>\[\]]|://", unescaped(line)) for line in lines)


class Tags(html.parser.HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_html_has_the_tags_of_the_page_only():
    pytest.importorskip("jinja2")
    page = Tags()
    page.feed(rendered(".html").decode())
    handlers = [attrs for _, attrs in page.seen if any(name.startswith("on") for name in attrs)]
    assert handlers == []
    assert not {tag for tag, _ in page.seen} & {"img", "iframe", "object", "embed", "base", "form"}
    scripts = [attrs for tag, attrs in page.seen if tag == "script"]
    assert 1 <= len(scripts) <= 2
    links = [attrs.get("href", "") for tag, attrs in page.seen if tag == "a"]
    assert not [link for link in links if link.lower().startswith(("javascript:", "data:"))]


@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
@given(samples.assessments)
def test_every_format_takes_reports_of_any_shape(assessment):
    values = assessment.to_json()
    for suffix in SUFFIXES:
        text = renderer_of(PurePath(f"r{suffix}"))(values, "ja").decode("utf-8-sig")
        shown = (char for char in text if char not in "\r\n")
        assert all(char.isprintable() or unicodedata.category(char) == "Zs" for char in shown)
    for line in workflow_commands(values, "ja", Path.cwd()):
        assert re.match(r"::(error|warning) \S", line)
        assert "\n" not in line
    assert b"##[" not in step_summary(values, "ja")
    assert assessment.text("ja")
