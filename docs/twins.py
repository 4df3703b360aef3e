"""Holds Japanese pages to their English twins, and the glossary to the texts.

Twins have the same headings, rows, list items, code, links and names.

python docs/twins.py
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from os.path import normpath
from pathlib import Path

from cloudpack_baseline import texts

__all__ = ["glossary_faults", "twin_faults"]

DOCS = Path(__file__).parent
ROOT = DOCS.parent
JAPANESE = DOCS / "ja"
GLOSSARY = "reference/glossary.md"

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+")
"""Code without a fence; no page indents the paragraphs of a list by four spaces."""
CODE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
LINK = re.compile(r"!?\[(?:[^\]`]|`[^`]*`)*\]\(([^)\s]+)\)")
IN_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LANGUAGE = re.compile(r" --(?:cloudpack-)?lang (?:ja|en)\b")


def main() -> int:
    """Check all pages; 0 where nothing is wrong."""
    faults = [*twin_faults(), *glossary_faults()]
    for fault in faults:
        print(f"WRONG  {fault}")
    return 1 if faults else 0


def twin_faults() -> Iterator[str]:
    """Differences between the languages, page by page."""
    english = {path for path in _pages(DOCS) if not path.startswith("ja/")}
    japanese = _pages(JAPANESE)
    yield from (f"docs/ja/{path}: has no English twin" for path in japanese - english)
    yield from (f"docs/{path}: is not in Japanese" for path in english - japanese)
    for path in sorted(english & japanese):
        for fault in _differences(DOCS / path, JAPANESE / path):
            yield f"docs/ja/{path}: {fault}"
    for page in sorted(ROOT.glob("*.ja.md")):
        for fault in _differences(page.with_name(page.name.replace(".ja", "")), page):
            yield f"{page.name}: {fault}"


def _pages(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")}


def _differences(english: Path, japanese: Path) -> Iterator[str]:
    pages = [page.read_text(encoding="utf-8") for page in (english, japanese)]
    yield from _structure_differences(*(FENCE.sub("", page) for page in pages))
    yield from _code_differences(*map(_blocks, pages))
    yield from _link_differences(english, japanese)


def _structure_differences(english: str, japanese: str) -> Iterator[str]:
    """Headings, rows, items and names that are in only one of two texts without code blocks."""
    for pair in zip_longest(_levels(english), _levels(japanese), fillvalue="no heading"):
        if len({level.split(" ")[0] for level in pair}) > 1:
            yield f"heading {pair[1]!r} where the English page has {pair[0]!r}"
            break
    for start in ("| ", "- ", "1. "):
        numbers = [_lines_with(start, text) for text in (english, japanese)]
        if len(set(numbers)) > 1:
            yield f"{numbers[1]} lines that begin with {start!r}; the English page has {numbers[0]}"
    names, translated = (set(CODE.findall(LANGUAGE.sub("", text))) for text in (english, japanese))
    yield from (f"does not name `{name}`" for name in sorted(names - translated))


def _lines_with(start: str, text: str) -> int:
    return sum(line.startswith(start) for line in text.splitlines())


def _levels(text: str) -> list[str]:
    return [f"{level} {heading}" for level, heading in HEADING.findall(text)]


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    fenced = [(match.start(), match[1], match[2]) for match in FENCE.finditer(text)]
    # Of the same length, so that the order of all blocks is known.
    prose = FENCE.sub(lambda match: re.sub(r"[^\n]", "-", match[0]), text)
    indented = [(match.start(), "", match[0].rstrip()) for match in INDENTED.finditer(prose)]
    blocks = sorted([*fenced, *indented])
    return [(language, LANGUAGE.sub("", code).splitlines()) for _, language, code in blocks]


def _code_differences(
    english: list[tuple[str, list[str]]], japanese: list[tuple[str, list[str]]]
) -> Iterator[str]:
    """Blocks that differ in more than lines that the Japanese page has in Japanese."""
    if len(english) != len(japanese):
        yield f"{len(japanese)} code blocks where the English page has {len(english)}"
        return
    for (language, expected), (kind, lines) in zip(english, japanese, strict=True):
        pairs = list(zip_longest(expected, lines, fillvalue="(no line)"))
        if language != kind:
            yield f"a block is {kind or 'plain'}, and {language or 'plain'} in English: {lines[0]}"
        yield from (
            f"{line!r} where the English page has {original!r}"
            for original, line in pairs
            if line != original and not IN_JAPANESE.search(line)
        )


def _link_differences(english: Path, japanese: Path) -> Iterator[str]:
    expected, links = _targets(english), _targets(japanese)
    yield from (f"lacks a link to {target}" for target in sorted((expected - links).elements()))
    yield from (
        f"has a further link to {target}" for target in sorted((links - expected).elements())
    )
    for path in _local_links(japanese):
        page = normpath(japanese.parent / path.partition("#")[0])
        if _twin_of(Path(page)).exists():
            yield f"links to the English page: {path}"


def _twin_of(page: Path) -> Path:
    """The Japanese twin of an English page, whether it exists or not."""
    if page.is_relative_to(DOCS) and not page.is_relative_to(JAPANESE):
        return JAPANESE / page.relative_to(DOCS)
    return page.with_suffix(".ja.md")


def _targets(page: Path) -> Counter[str]:
    """What a page links to, the same for both languages; headings by their number."""
    targets = Counter(link for link in _links(page) if "://" in link)
    for link in _local_links(page):
        path, _, anchor = link.partition("#")
        target = Path(normpath(page.parent / path)) if path else page
        number = f" heading {_anchors(target).index(anchor)}" if anchor else ""
        targets[_canonical(target) + number] += 1
    return targets


def _canonical(target: Path) -> str:
    name = target.relative_to(ROOT).as_posix()
    return re.sub(r"^docs/ja/", "docs/", name).replace(".ja.md", ".md")


def _links(page: Path) -> list[str]:
    return LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))


def _local_links(page: Path) -> list[str]:
    """Links to files of this repository and to headings, except those to the other language."""
    links = [link for link in _links(page) if "://" not in link and not link.startswith("mailto:")]
    return [link for link in links if not _is_other(page, Path(normpath(page.parent / link)))]


def _is_other(page: Path, target: Path) -> bool:
    if page.is_relative_to(JAPANESE) or page.name.endswith(".ja.md"):
        return _twin_of(target) == page
    return target.is_relative_to(JAPANESE) or target == _twin_of(page)


def _anchors(page: Path) -> list[str]:
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return [re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for _, text in headings]


ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)

REQUIRED = (
    "プリンシパル インターネット向け (〜の)代理として 判定不能 読み取れない 対象外 "
    "定義されていない(定義外の) 例外承認(未対応) ユーザー側拠点 業務ネットワーク 権限昇格 "
    "テスト項目 無効 オリジンアクセスアイデンティティ(OAI) レプリケーション 対処方法 順守 "
    "インターフェイス セキュリティグループ アウトバウンド インバウンド ネットワーク|ACL "
    "ルートテーブル 戻り ポート なし IP|アドレス"
)
"""The terms that were chosen among several; ``|`` stands for a space."""

NAMED = {
    "pass": ("report", "pass"),
    "fail": ("report", "fail"),
    "unknown": ("report", "unknown"),
    "not applicable": ("report", "not_applicable"),
    "direct": ("catalogue", "direct"),
    "by analogy": ("catalogue", "by-analogy"),
    "best practice": ("catalogue", "best-practice"),
    "judged": ("catalogue", "judged"),
    "attested": ("catalogue", "attested"),
    "mixed": ("catalogue", "mixed"),
    "informative": ("catalogue", "informative"),
}
"""Terms that are texts of the package as well: their theme and ID."""


def glossary_faults() -> Iterator[str]:
    """Terms that differ between the glossaries or from the texts, are missing, or lead nowhere."""
    english, japanese = (_glossary(folder / GLOSSARY) for folder in (DOCS, JAPANESE))
    pairs = [(term, translation) for term, translation, *_ in english]
    if pairs != [(translation, term) for term, translation, *_ in japanese]:
        yield "the glossaries list different terms"
    for term, _, _, page in [*english, *japanese]:
        if not LINK.search(page):
            yield f"glossary: {term} links to no page"
    terms = dict(pairs)
    for term in REQUIRED.split():
        if term.replace("|", " ") not in terms.values():
            yield f"glossary: lacks {term}"
    for term, (theme, name) in NAMED.items():
        if terms.get(term) != texts.catalogue(theme)[name]["ja"]:
            yield f"glossary: {term} is not as in texts/{theme}.toml"


def _glossary(page: Path) -> list[tuple[str, str, str, str]]:
    rows = ROW.findall(page.read_text(encoding="utf-8"))
    return [row for row in rows if row[0] not in {"term", "用語"}]


if __name__ == "__main__":
    sys.exit(main())
