"""The report in HTML: hostile names, the Content-Security-Policy, both languages, and its size."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import PurePath

import pytest
from attrs import evolve

from cloudpack_baseline import Assessment, assess
from cloudpack_baseline.findings import Finding, Resource, failed
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.reports.comparison import JudgedReport, compare
from cloudpack_baseline.reports.formats import renderer_of
from cloudpack_baseline.reports.html_findings import (
    DIFFERENT,
    IN_FULL,
    PICTURES,
    anchor_of,
    groups_of,
)
from cloudpack_baseline.reports.html_register import registers_of
from cloudpack_baseline.reports.recipe import recorded_verdicts
from cloudpack_baseline.testing import records
from cloudpack_baseline.texts import text
from cloudpack_baseline.witnesses import HopResource, WitnessHop, WitnessPacket

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
        self._open = tag if tag in self.raw and ("id", "recipe") not in attributes else None

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
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "recipe"}, {}]
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


def hostile_packet(kind="security-group"):
    """A packet whose every name is hostile."""
    hop = WitnessHop(
        kind=kind,
        resources=(HopResource(id=HOSTILE, name=HOSTILE),),
        rule=HOSTILE,
        detail=HOSTILE,
        is_reply=True,
    )
    return WitnessPacket(
        source=HOSTILE, destination=HOSTILE, protocol="tcp", destination_port=22, hops=(hop, hop)
    ).to_json()


def test_no_name_is_markup_in_a_picture(values):
    (finding,) = [entry for entry in values["findings"] if entry["control"] == "s3-versioning"]
    witness = {"summary": {"ja": HOSTILE, "en": HOSTILE}, "steps": [], "command": HOSTILE}
    finding["observations"][0]["witness"] = {**witness, "packet": hostile_packet(HOSTILE)}
    values["matrices"] = [
        {
            "account": HOSTILE,
            "names": [HOSTILE, "web"],
            "unplaced": 1,
            "cells": [{"source": HOSTILE, "target": "web", "traffic": {"excess": "tcp/22"}}],
        }
    ]
    page = Page(render(values))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("svg") == 3
    assert "img" not in tags
    assert tags.count("script") == 2
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    for attributes in (attributes for tag, attributes in page.tags if tag == "svg"):
        assert attributes["role"] == "img"
        assert attributes.get("aria-label") or attributes["aria-labelledby"] == "packet-0"
    assert "\u202e" not in render(values).decode()


def test_a_page_has_a_limited_number_of_pictures(values):
    (finding,) = [entry for entry in values["findings"] if entry["control"] == "s3-versioning"]
    others = [entry for entry in values["findings"] if entry is not finding]
    summary = {"ja": "x", "en": "x"}
    witness = {"summary": summary, "steps": [summary], "command": "", "packet": hostile_packet()}
    values["findings"] = others + [
        finding
        | {
            "id": f"s3-versioning:{number}",
            "observations": [finding["observations"][0] | {"witness": witness, "read": number}],
        }
        for number in range(PICTURES + 1)
    ]
    page = Page(render(values))
    assert sum(tag == "svg" for tag, _ in page.tags) == PICTURES


def test_findings_that_say_the_same_are_listed_once_with_their_resources():
    buckets = [
        records.record(Bucket, f"b{number}", service="s3", versioning="") for number in range(3)
    ]
    values = assess(records.snapshot(*buckets), controls=["s3-versioning"]).to_json()
    group = groups_of(values)["s3-versioning"]
    (alike,) = group["alike"]
    assert len(alike["members"]) == 3
    assert group["counts"] == {"fail": 3}
    assert render(values, "en").decode().count(values["findings"][0]["remedy"]["en"]) == 1


def different(values, number):
    """As many failures, each of which says something of its own."""
    (finding,) = [entry for entry in values["findings"] if entry["control"] == "s3-versioning"]
    return [
        finding
        | {
            "id": f"s3-versioning:{place}",
            "resource": finding["resource"] | {"key": f"arn:aws:s3:::bucket-{place}"},
            "observations": [
                finding["observations"][0] | {"message": {"ja": f"{place}", "en": ""}}
            ],
        }
        for place in range(number)
    ]


@pytest.mark.parametrize(("number", "in_full"), [(DIFFERENT, DIFFERENT), (DIFFERENT + 1, IN_FULL)])
def test_too_many_different_failures_are_shown_in_short(values, number, in_full):
    values["findings"] = different(values, number)
    (group,) = groups_of(values).values()
    assert sum(not alike["brief"] for alike in group["alike"]) == in_full
    assert sum(len(alike["members"]) for alike in group["alike"]) == number
    recorded = recorded_verdicts(render(values).decode())
    assert list(recorded.outcomes.values()) == ["fail"] * number


def test_every_control_has_its_share_of_what_is_shown_in_full(values):
    first = different(values, DIFFERENT)
    second = [finding | {"control": "s3-encryption", "id": "e"} for finding in first[:2]]
    values["findings"] = [*first, *second]
    shares = {
        control: sum(not alike["brief"] for alike in group["alike"])
        for control, group in groups_of(values).items()
    }
    assert shares == {"s3-versioning": IN_FULL // 2, "s3-encryption": 2}


def test_ten_thousand_different_failures_are_below_five_megabytes(values):
    values["findings"] = different(values, 10_000)
    assert len(render(values)) < 5_000_000


def test_what_fails_comes_first():
    good = records.record(Bucket, "good", service="s3", versioning="Enabled")
    bad = records.record(Bucket, "bad", service="s3", versioning="")
    values = assess(records.snapshot(good, bad), controls=["s3-encryption", "s3-versioning"])
    groups = groups_of(values.to_json())
    worst = [group["worst"] for group in groups.values()]
    assert worst == sorted(worst, key=["fail", "unknown", "waived", "pass"].index)
    shown = [alike["shown"] for alike in groups["s3-versioning"]["alike"]]
    assert shown == ["fail", "pass"]


@pytest.mark.parametrize("suffix", [".html", ".md", ".csv"])
def test_a_value_that_is_words_is_in_the_language_of_the_reader(suffix):
    observation = failed(text("common.customer"), expected=text("reachability.none"))
    finding = Finding(
        control="segmentation", resource=Resource(key="web->db"), observations=(observation,)
    )
    assessment = Assessment(
        findings=(finding,), as_of=datetime(2026, 1, 1, tzinfo=UTC), snapshot="", source="aws"
    )
    report = renderer_of(PurePath(f"r{suffix}"))(assessment.to_json(), "ja").decode()
    assert "なし" in report
    assert "<code>none</code>" not in report


def test_a_best_practice_is_named_where_it_does_not_count():
    bucket = records.record(Bucket, "b", service="s3")
    values = assess(records.snapshot(bucket), controls=["s3-public-access-block"]).to_json()
    page = render(values).decode()
    (row,) = re.findall(r'<tr id="clause-5.1.2".*?</tr>', page, re.DOTALL)
    assert values["counts"]["pass"] == 0
    assert re.search(r'Best practices not met.*href="#control-s3-public-access-block"', row)
    (other,) = re.findall(r'<tr id="clause-2.2.2".*?</tr>', page, re.DOTALL)
    assert "Best practices not met" not in other


@pytest.mark.parametrize(("number", "folded"), [(4, False), (5, True)])
def test_many_remarks_are_folded_so_that_the_summary_stays_short(values, number, folded):
    values["notes"] = []
    values["not_run"] = [
        {"control": "root-mfa", "account": "", "reason": {"ja": "理由", "en": "reason"}}
    ] * number
    page = render(values).decode()
    assert page.count(">reason<") == number
    assert ("Remarks: 5" in page) is folded


def test_a_comparison_links_to_the_findings_of_the_page(values):
    before = JudgedReport.of(assess(records.snapshot(), controls=["s3-versioning"]))
    bucket = records.record(Bucket, "b", service="s3", versioning="")
    assessment = assess(records.snapshot(bucket), controls=["s3-versioning"])
    comparison = compare(evolve(before, marks={"2.2.2": "○"}), JudgedReport.of(assessment))
    values = comparison.added_to(assessment.to_json())
    page = Page(render(values))
    (finding,) = assessment.findings
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links.count(f"#{anchor_of(finding.id)}") == 2
    rows = {row["clause"]: row["previous"] for row in values["rows"]}
    assert (rows["2.2.2"], rows["4.1"]) == ("○", None)


def test_the_register_is_in_the_page_by_kind(values):
    bucket = values["resources"][0]
    other = bucket | {"resource": "arn:aws:s3:::b2", "owner": "Sato", "owner_source": "tag"}
    gap = bucket | {"kind": "Vpc", "resource": "*", "note": {"ja": HOSTILE, "en": HOSTILE}}
    parts = registers_of([bucket, other, gap])
    assert [(part["kind"], len(part["resources"]), part["unowned"]) for part in parts] == [
        ("Bucket", 2, 1),
        ("Vpc", 0, 0),
    ]
    assert parts[1]["notes"] == [gap]
    values["resources"] = [bucket, other, gap]
    page = render(values).decode()
    assert "Sato" in page
    assert "arn:aws:s3:::b2" in page
    assert "<img" not in page
    assert 'id="resources"' not in render(values | {"resources": []}).decode()


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
