"""The report in HTML: hostile names, the Content-Security-Policy, both languages, and its size."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import PurePath

import pytest

from cloudpack_baseline import assess
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.reports.formats import renderer_of
from cloudpack_baseline.testing import records

HOSTILE = "</span><script>alert(1)</script><img src=x onerror=alert(2)>\" onclick='x' \u202e{{7*7}}"


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text inside style and script."""

    def __init__(self, content):
        super().__init__()
        self.tags = []
        self.raw = {"style": "", "script": ""}
        self._open = None
        self.feed(content.decode())

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._open = tag if tag in self.raw else None

    def handle_endtag(self, tag):
        self._open = None if tag == self._open else self._open

    def handle_data(self, data):
        if self._open:
            self.raw[self._open] += data


@pytest.fixture
def values():
    """A report with a failure whose resource has a hostile name."""
    bucket = records.record(Bucket, HOSTILE, service="s3", versioning="")
    return assess(records.snapshot(bucket), controls=["s3-versioning"]).to_json()


def render(values, language="en"):
    return renderer_of(PurePath("report.html"))(values, language)


def test_no_name_is_markup(values):
    page = Page(render(values))
    assert "img" not in {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "\u202e" not in render(values).decode()


def test_nothing_but_its_own_style_and_script_is_allowed(values):
    page = Page(render(values))
    (policy,) = [
        attributes["content"]
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none';")
    for name in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.raw[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    addresses = [
        attributes[name]
        for _, attributes in page.tags
        for name in ("href", "src", "action")
        if name in attributes
    ]
    assert addresses
    assert all(address.startswith("#") for address in addresses)


def test_every_link_leads_to_a_place_of_the_page(values):
    page = Page(render(values))
    places = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = {attributes["href"][1:] for tag, attributes in page.tags if tag == "a"}
    assert links <= places
    assert len(places) == sum("id" in attributes for _, attributes in page.tags)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_opens_in_its_language_and_has_the_other(values, language):
    content = render(values, language).decode()
    assert re.match(rf'<!DOCTYPE html>\s*<html lang="{language}"', content)
    assert "評価基準日" in content
    assert "As of" in content


def test_ten_thousand_findings_are_below_five_megabytes(values):
    (finding,) = [item for item in values["findings"] if item["control"] == "s3-versioning"]
    passing = finding | {"outcome": "pass", "notes": []}
    values["findings"] = [
        passing
        | {
            "id": f"s3-versioning {number}",
            "resource": finding["resource"] | {"key": f"arn:aws:s3:::bucket-{number}", "name": ""},
        }
        for number in range(10_000)
    ]
    assert len(render(values)) < 5_000_000


def test_the_same_report_gives_the_same_bytes(values):
    assert render(values) == render(values)
