"""The path of a packet as a picture: SVG for the page, whose style sheet colours it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reports.columns import width
from cloudpack_baseline.reports.words import safe
from cloudpack_baseline.texts import LANGUAGES, catalogue, text

__all__ = ["path_svg"]

_LINE = 17
_GAP = 9
_LEFT = 14
_WORDS = 30
_CHAR = 7.0
_LONGEST = 56
"""Columns of a line; what is longer is in the list of steps below the picture."""


@frozen(kw_only=True)
class _Stop:
    """A place on the path.

    Attributes:
        kind: ``end``, ``hop`` or ``reply``.
        lines: its words, by language where they differ, else under an empty one.
    """

    kind: str
    lines: tuple[Mapping[str, str], ...]

    @property
    def height(self) -> int:
        return len(self.lines) * _LINE + _GAP


def path_svg(packet: Mapping[str, Any], label: str) -> str:
    """The picture: both ends, and in between the hops in order, those of the reply dashed.

    Args:
        packet: of a witness, as JSON values.
        label: the ID of the element of the page that says what the picture shows.
    """
    hops = packet["hops"]
    stops = [
        _end(packet["source"], packet["source_port"]),
        *(_hop(hop) for hop in hops if not hop["is_reply"]),
        _end(packet["destination"], packet["destination_port"]),
        *(_hop(hop) for hop in hops if hop["is_reply"]),
    ]
    columns = max(width(line) for stop in stops for words in stop.lines for line in words.values())
    wide, high = _WORDS + columns * _CHAR + _GAP, sum(stop.height for stop in stops) + _GAP
    return (
        f'<svg class="path" role="img" aria-labelledby="{label}" width="{wide:.0f}"'
        f' height="{high}" viewBox="0 0 {wide:.0f} {high}">{"".join(_drawn(stops))}</svg>'
    )


def _end(address: str, port: int | None) -> _Stop:
    words = address if port is None else f"{address} : {port}"
    return _Stop(kind="end", lines=({"": _short(words)},))


def _hop(hop: Mapping[str, Any]) -> _Stop:
    id_ = f"kind-{hop['kind']}"
    kind = text(f"reachability.{id_}") if id_ in catalogue("reachability") else None
    names = ", ".join(
        f"{resource['name']} ({resource['id']})" if resource["name"] else resource["id"]
        for resource in hop["resources"]
    )
    words: Mapping[str, str] = {
        language: _short(kind.in_language(language) if kind else hop["kind"])
        for language in LANGUAGES
    }
    below = tuple({"": _short(line)} for line in (names, hop["rule"]) if line)
    return _Stop(kind="reply" if hop["is_reply"] else "hop", lines=(words, *below))


def _short(words: str) -> str:
    words = safe(words)
    while width(words) > _LONGEST:
        words = f"{words[: len(words) - 2]}…"
    return words


def _drawn(stops: Sequence[_Stop]) -> Iterator[str]:
    y = _LINE
    for number, stop in enumerate(stops):
        if number + 1 < len(stops):
            dashed = ' stroke-dasharray="4 4"' if stops[number + 1].kind == "reply" else ""
            yield f'<path d="M{_LEFT} {y}v{stop.height}"{dashed}/>'
        radius = 8 if stop.kind == "end" else 5
        yield f'<circle cx="{_LEFT}" cy="{y}" r="{radius}" class="{stop.kind}"/>'
        for place, words in enumerate(stop.lines):
            css = stop.kind if place == 0 else "detail"
            for language, line in words.items():
                named = f' lang="{language}"' if language else ""
                yield (
                    f'<text x="{_WORDS}" y="{y + 5 + place * _LINE}" class="{css}"{named}>'
                    f"{escape(line)}</text>"
                )
        y += stop.height
