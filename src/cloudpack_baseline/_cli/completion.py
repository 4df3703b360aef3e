"""``cloudpack-baseline completion``: the script that a shell completes commands with.

The scripts ask this command for the candidates at each Tab, so they know new options, controls of
installed packages and files without being written anew.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
from importlib.resources import files

from cloudpack_baseline._cli._candidates import Candidate, candidates
from cloudpack_baseline.texts import environment_language

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the script, or the candidates for a line, one on each output line."""
    if arguments.words is None and arguments.line is None:
        script = files(__package__) / "scripts" / f"completion.{arguments.shell}"
        print(script.read_text(encoding="utf-8"), end="")
        return
    words, is_quoted = _words(arguments)
    language = environment_language(os.environ)
    for candidate in candidates(arguments.grammar(), words[1:] or [""], language):
        if arguments.shell == "bash":
            # Outside quotes, bash takes words apart at `:` and `=`, and replaces the last part.
            start = len(words[-1]) - len(arguments.replaced.replace("\\", ""))
            print(_in_bash(candidate, max(0, start), is_quoted=is_quoted))
        else:
            print(_FORMS[arguments.shell](candidate))


def _words(arguments: argparse.Namespace) -> tuple[list[str], bool]:
    """The words before the cursor, and whether a quote is open in the last one.

    The last word is incomplete, and may be empty.
    """
    if arguments.line is None:
        return arguments.words or [""], False
    end = "\0"  # no word contains it
    for quote in ("", "'", '"'):
        try:
            *before, last = shlex.split(f"{arguments.line}{end}{quote}")
        except ValueError:
            continue
        return [*before, last.replace(end, "")], bool(quote)
    return [""], False


def _in_bash(candidate: Candidate, start: int, *, is_quoted: bool) -> str:
    text = candidate.text[start:]
    if is_quoted:
        return text
    return _quoted(text) if candidate.is_open else f"{_quoted(text)} "


def _in_zsh(candidate: Candidate) -> str:
    description = f"  -- {candidate.description}" if candidate.description else ""
    kind = "open" if candidate.is_open else "full"
    return f"{kind}\t{_quoted(candidate.text)}\t{candidate.text}{description}"


def _in_fish(candidate: Candidate) -> str:
    return f"{candidate.text}\t{candidate.description}"


def _quoted(text: str) -> str:
    """The text as a word of the shell."""
    return re.sub(r"([^\w@%+=:,./~-])", r"\\\1", text)


_FORMS = {"zsh": _in_zsh, "fish": _in_fish}
