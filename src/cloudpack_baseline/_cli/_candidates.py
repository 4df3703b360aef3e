"""What can follow on a command line, from its parser: the same for every shell."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.texts import Language
from cloudpack_baseline.whitepaper import installed

__all__ = ["Candidate", "candidates"]

_FILES = re.compile("FILE|FOLDER|SNAPSHOT|REPORT|OLD|NEW|TEMPLATE")
"""In the name of a value that is a file."""

_SOURCES = {
    "aws": "AWS",
    "moto": "an empty mocked account",
    "moto:": "a moto server that is filled",
    "snapshot:": "a recorded snapshot",
    "describe:": "a folder of recorded responses",
    "template:": "CloudFormation templates",
    "plan:": "a plan of Terraform or OpenTofu",
}


@frozen
class Candidate:
    """A word that can stand where the cursor is.

    Attributes:
        text: the whole word.
        description: what it is; empty: nothing to say.
        is_open: whether more of the word may follow: a folder, a list, the kind of a source.
    """

    text: str
    description: str = ""
    is_open: bool = False


def candidates(
    parser: argparse.ArgumentParser, words: Sequence[str], language: Language
) -> list[Candidate]:
    """What the last word can become.

    Args:
        parser: of the command line.
        words: those before the cursor, without the program; the last one is incomplete.
        language: of titles of controls and clauses.
    """
    *before, incomplete = words
    position = _Position(parser)
    for word in before:
        position.take(word)
    fitting = position.candidates(incomplete, language)
    return [candidate for candidate in fitting if candidate.text.startswith(incomplete)]


class _Position:
    """Where the words lead to in a parser."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._enter(parser)

    def _enter(self, parser: argparse.ArgumentParser) -> None:
        actions = parser._actions  # noqa: SLF001 - argparse has no public list of what a parser takes
        self._options = {name: action for action in actions for name in action.option_strings}
        self._positionals = [action for action in actions if not action.option_strings]
        self._awaited: argparse.Action | None = None
        self._used: set[argparse.Action] = set()

    def take(self, word: str) -> None:
        """Go on behind a word."""
        if self._awaited is not None:
            self._awaited = None
        elif word.startswith("-"):
            name, equals, _ = word.partition("=")
            action = self._options.get(name)
            if action is not None:
                self._used.add(action)
                self._awaited = action if action.nargs is None and not equals else None
        elif self._positionals:
            action = self._positionals[0]
            commands = _commands(action)
            if commands:
                if word in commands:
                    self._enter(commands[word])
            elif action.nargs not in ("*", "+"):
                del self._positionals[0]

    def candidates(self, incomplete: str, language: Language) -> Iterator[Candidate]:
        """What can stand here."""
        name, equals, value = incomplete.partition("=")
        if self._awaited is not None:
            yield from _values(self._awaited, incomplete, language)
        elif equals and name in self._options:
            for candidate in _values(self._options[name], value, language):
                yield evolve(candidate, text=f"{name}={candidate.text}")
        elif incomplete.startswith("-"):
            yield from self._names()
        elif self._positionals:
            yield from _values(self._positionals[0], incomplete, language)

    def _names(self) -> Iterator[Candidate]:
        """The options that are not given yet, and those that can be repeated."""
        repeated = (argparse._AppendAction, argparse._ExtendAction)  # noqa: SLF001 - argparse has no public names for options that repeat
        for name, action in self._options.items():
            is_hidden = action.help == argparse.SUPPRESS or not name.startswith("--")
            if not is_hidden and (action not in self._used or isinstance(action, repeated)):
                yield Candidate(name, _in_one_line(action.help))


def _values(action: argparse.Action, incomplete: str, language: Language) -> Iterable[Candidate]:
    metavar = str(action.metavar)
    if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - only this class has the help of each command
        helps = {choice.dest: choice.help for choice in action._get_subactions()}  # noqa: SLF001 - the parser of a command has a description, and no help
        return [Candidate(name, _in_one_line(helps.get(name))) for name in _commands(action)]
    if action.choices is not None:
        return [Candidate(str(choice)) for choice in action.choices]
    if metavar.startswith("ID"):
        return _listed(_controls(language), incomplete)
    if metavar.startswith("NUMBER"):
        return _listed(_clauses(language), incomplete)
    if metavar == "SOURCE":
        return _sources(incomplete)
    return _files(incomplete) if _FILES.search(metavar) else ()


def _commands(action: argparse.Action) -> Mapping[str, argparse.ArgumentParser]:
    """The parsers of the commands that stand here; empty: none do."""
    return action.choices if isinstance(action.choices, Mapping) else {}


def _in_one_line(words: str | None) -> str:
    return " ".join((words or "").split())


def _controls(language: Language) -> Mapping[str, str]:
    return {control.id: control.title[language] for control in installed().controls.values()}


def _clauses(language: Language) -> Mapping[str, str]:
    return {
        number: clause.heading if language == "ja" else clause.heading_en
        for number, clause in installed().clauses.items()
    }


def _listed(names: Mapping[str, str], incomplete: str) -> Iterator[Candidate]:
    """The names that are not in the list yet, behind the last comma."""
    start, comma, _ = incomplete.rpartition(",")
    for name, description in names.items():
        if name not in start.split(","):
            yield Candidate(f"{start}{comma}{name}", description)


def _sources(incomplete: str) -> Iterator[Candidate]:
    kind, colon, path = incomplete.partition(":")
    if not colon or kind == "moto":
        for text, description in _SOURCES.items():
            yield Candidate(text, description, is_open=text.endswith(":"))
        return
    for candidate in _files(path):
        yield evolve(candidate, text=f"{kind}:{candidate.text}")


def _files(incomplete: str) -> Iterator[Candidate]:
    """The files and folders that begin so; hidden ones only behind a dot.

    Names with control characters are left out: nobody can type them, and a terminal obeys them.
    """
    folder, slash, beginning = incomplete.rpartition("/")
    try:
        entries = sorted(os.scandir(Path(folder + slash).expanduser()), key=_name)
    except OSError:
        return
    for entry in entries:
        is_hidden = entry.name.startswith(".") and not beginning.startswith(".")
        if is_hidden or not entry.name.isprintable():
            continue
        is_folder = entry.is_dir()
        yield Candidate(f"{folder}{slash}{entry.name}{'/' * is_folder}", is_open=is_folder)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
