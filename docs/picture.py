"""Draws the README's picture: what pytest really prints for the broken example.

python docs/picture.py docs/picture.svg
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "three-tier-broken"
COMMAND = "pytest --cloudpack-baseline --cloudpack-control rds-backup,segmentation"
COLUMNS = 104
OF_THIS_MACHINE = ("platform ", "rootdir: ", "configfile: ", "plugins: ")
"""How lines begin that describe the machine, not the account."""

CELL, LINE, MARGIN = 7.83, 18, 16
COLOURS = {
    31: "#f47067",
    32: "#8ddb8c",
    33: "#daaa3f",
    34: "#6cb6ff",
    35: "#dcbdfb",
    36: "#76e3ea",
    37: "#cdd9e5",
    90: "#768390",
}
PLAIN, BACKGROUND = "#cdd9e5", "#1c2128"
SGR = re.compile(r"\x1b\[([\d;]*)m")


def main(target: Path) -> None:
    """Run the example and draw what it prints."""
    lines = list(wrapped(printed().splitlines()))
    target.write_text(svg([f"$ {COMMAND}", *lines]), encoding="utf-8")


def printed() -> str:
    """What pytest prints, with colours."""
    done = subprocess.run(
        [sys.executable, "-m", *COMMAND.split(), "--color=yes", "-p", "no:cacheprovider"],
        cwd=EXAMPLE,
        env=os.environ | {"COLUMNS": str(COLUMNS)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (
        line
        for line in done.stdout.splitlines()
        if not SGR.sub("", line).startswith(OF_THIS_MACHINE)
    )
    return "\n".join(lines)


def wrapped(lines: list[str]) -> Iterator[str]:
    """Lines of at most as many characters as the terminal has columns, as it would show them."""
    for line in lines:
        room, text = COLUMNS, ""
        for piece in re.split(r"(\x1b\[[\d;]*m)", line):
            if SGR.fullmatch(piece):
                text += piece
                continue
            remainder = piece
            while len(remainder) > room:
                yield text + remainder[:room]
                remainder, room, text = remainder[room:], COLUMNS, ""
            text, room = text + remainder, room - len(remainder)
        yield text


def svg(lines: list[str]) -> str:
    """The lines as a drawing of a terminal."""
    width = round(COLUMNS * CELL + 2 * MARGIN)
    height = len(lines) * LINE + 2 * MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="pytest output">\n'
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>\n'
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, '
        'monospace" font-size="13">\n'
    )
    drawn = []
    style = Style()
    for number, line in enumerate(lines):
        spans = "".join(style.spans(line))
        drawn.append(f'<text y="{MARGIN + (number + 1) * LINE - 5}">{spans}</text>')
    return head + "\n".join(drawn) + "\n</g>\n</svg>\n"


class Style:
    """The colour and weight that hold until the next escape sequence."""

    def __init__(self) -> None:
        """Begin plain."""
        self.colour, self.bold = PLAIN, False

    def spans(self, line: str) -> Iterator[str]:
        """The line in pieces of one style each."""
        column = 0
        for index, piece in enumerate(SGR.split(line)):
            if index % 2:
                self._set(piece)
            elif piece:
                weight = ' font-weight="bold"' if self.bold else ""
                place = f'x="{MARGIN + column * CELL:.1f}" textLength="{len(piece) * CELL:.1f}"'
                # Viewers fold plain spaces.
                escaped = escape(piece).replace(" ", "\N{NO-BREAK SPACE}")
                yield f'<tspan {place} fill="{self.colour}"{weight}>{escaped}</tspan>'
                column += len(piece)

    def _set(self, codes: str) -> None:
        for code in map(int, codes.split(";") if codes else ["0"]):
            if code == 0:
                self.colour, self.bold = PLAIN, False
            elif code == 1:
                self.bold = True
            else:
                self.colour = COLOURS.get(code, self.colour)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
