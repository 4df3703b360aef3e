"""The README's picture of a report: parts of the page that the program writes for an example.

`docs/generate.py` writes it to docs/report.svg. The parts are those of the page, with its style
sheet; only what is in the other language, and what changes with every version, is left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET

from attrs import evolve

from cloudpack_baseline import Baseline, assess, read_snapshot
from cloudpack_baseline.reports.html import render

__all__ = ["report_picture"]

ROOT = Path(__file__).parents[1]
SNAPSHOT = ROOT / "tests/model/golden/accounts/three-tier-broken.json"
BASELINE = ROOT / "examples/three-tier-broken/cloudpack-baseline.toml"
CONTROLS = ("root-mfa", "rds-backup", "segmentation", "s3-exposure", "s3-public-access-block")
CLAUSES = ("3.1", "5.1.1", "5.1.2", "5.3.2")
TAKEN_AT = datetime(2026, 11, 28, tzinfo=UTC)
WIDTH, HEIGHT = 1080, 1470
XHTML, SVG = "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"
VOID = {"br", "input", "meta"}


def report_picture() -> str:
    """The picture: an SVG with parts of the page."""
    baseline = Baseline.from_mapping(tomllib.loads(BASELINE.read_text("utf-8")))
    snapshot = evolve(read_snapshot(SNAPSHOT), taken_at=TAKEN_AT)
    assessment = assess(snapshot, baseline, controls=CONTROLS)
    page = Page(render(assessment.to_json(), "en").decode())
    body = ET.Element("body", {"xmlns": XHTML, "style": "padding-bottom:1rem"})
    body.append(page.one("header"))
    body.append(main := ET.Element("main"))
    main.extend(list(parts(page)))
    style = files("cloudpack_baseline.reports").joinpath("report.css").read_text("utf-8")
    labels = re.findall(r"html\[data-lang=en\] (\.values \.\w+::before\{[^}]*\})", page.style)
    svg = ET.Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "width": str(WIDTH),
            "height": str(HEIGHT),
            "role": "img",
        },
    )
    ET.SubElement(svg, "title").text = page.one("h1").find("span").text
    ET.SubElement(svg, "style").text = "\n".join([style, *labels])
    ET.SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "var(--paper)"})
    size = {"width": str(WIDTH), "height": str(HEIGHT)}
    ET.SubElement(svg, "foreignObject", size).append(body)
    return ET.tostring(svg, encoding="unicode") + "\n"


def parts(page: Page) -> Iterator[ET.Element]:
    """Summary, some rows, the matrix, and the first finding of the network."""
    summary = page.one("section", "aria-labelledby", "summary")
    for unwanted in ("nav", "p"):
        for element in summary.findall(unwanted):
            summary.remove(element)
    facts = summary.find("dl")
    for element in list(facts)[6:]:
        facts.remove(element)
    yield summary
    rows = page.one("table", "aria-labelledby", "further-rows")
    body = rows.find("tbody")
    for row in list(body):
        if row.get("id").removeprefix("clause-") not in CLAUSES:
            body.remove(row)
    yield rows
    matrix = page.one("section", "aria-labelledby", "matrix")
    figure = matrix.find("figure")
    figure.remove(figure.find("details"))
    yield matrix
    findings = page.one("section", "id", "control-segmentation")
    for group in list(findings)[4:]:
        findings.remove(group)
    yield findings


class Page(HTMLParser):
    """The page as a tree, in English only.

    Attributes:
        root: its first element.
        style: its style sheet.
    """

    def __init__(self, content: str) -> None:
        """Read the page."""
        super().__init__()
        self.root = ET.Element("page")
        self._open = [self.root]
        self.feed(content)
        self._leave_out(self.root)
        self.style = self.one("style").text

    def one(self, tag: str, attribute: str = "", value: str = "") -> ET.Element:
        """The first element of the tag, with the value of the attribute."""
        return next(
            element
            for element in self.root.iter(tag)
            if not attribute or element.get(attribute) == value
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element; names of SVG are as SVG spells them."""
        attributes = {
            {"viewbox": "viewBox"}.get(name, name): name if value is None else value
            for name, value in attrs
        }
        if tag == "svg":
            attributes["xmlns"] = SVG
        element = ET.SubElement(self._open[-1], tag, attributes)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add an element without content."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """End the element, and those in it that HTML lets end by themselves."""
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Add text."""
        element = self._open[-1]
        if len(element):
            element[-1].tail = (element[-1].tail or "") + data
        else:
            element.text = (element.text or "") + data

    def _leave_out(self, element: ET.Element) -> None:
        """Drop what is in Japanese; buttons stay, in every language."""
        for child in list(element):
            if child.get("lang") == "ja" and child.tag != "button":
                place = list(element).index(child)
                before = element[place - 1] if place else None
                if before is not None:
                    before.tail = (before.tail or "") + (child.tail or "")
                else:
                    element.text = (element.text or "") + (child.tail or "")
                element.remove(child)
            else:
                self._leave_out(child)
