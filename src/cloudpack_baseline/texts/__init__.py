"""Texts for people, in Japanese and English under one ID.

A `Text` is an ID with parameters. The words are in the TOML files next to this module, one
file for each theme, and are looked up only when they are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, TypeAlias

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.tables import read_table

__all__ = [
    "LANGUAGES",
    "MOST_LISTED",
    "Language",
    "Parameter",
    "Text",
    "abridged",
    "catalogue",
    "environment_language",
    "in_each_language",
    "printable",
    "text",
]

Language: TypeAlias = Literal["ja", "en"]

LANGUAGES: tuple[Language, Language] = ("ja", "en")

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order of POSIX (Base Definitions, Internationalization Variables)."""

Parameter: TypeAlias = "str | int | Text | tuple[str | Text, ...]"


def environment_language(environment: Mapping[str, str]) -> Language:
    """Japanese where the locale of messages is Japanese, such as ``ja_JP.UTF-8``; else English.

    Args:
        environment: its variables; the first one of the locale that is set decides.
    """
    locale = next(filter(None, map(environment.get, _LOCALE_VARIABLES)), "")
    return "ja" if re.split("[_.@]", locale)[0] == "ja" else "en"


@cache
def catalogue(theme: str) -> Mapping[str, Mapping[str, str]]:
    """The texts of a theme: ID without the theme -> language -> words.

    Raises:
        FileNotFoundError: there is no such theme.
    """
    return read_table(__name__, theme)


@frozen
class Text:
    """A message, in any of the languages.

    Attributes:
        id: ``THEME.name``, such as ``account.root-without-mfa``.
        parameters: (name, value) pairs, sorted by name; a value can be a text itself.
    """

    id: str
    parameters: tuple[tuple[str, Parameter], ...] = field(default=())

    def in_language(self, language: Language) -> str:
        """The words, with the parameters made printable.

        Raises:
            KeyError: there is no text with this ID.
        """
        theme, _, name = self.id.partition(".")
        words = catalogue(theme)[name][language]
        return words.format_map({key: _shown(value, language) for key, value in self.parameters})


def _shown(value: Parameter, language: Language) -> str | int:
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, tuple):
        separator = "、" if language == "ja" else ", "
        return separator.join(str(_shown(element, language)) for element in value)
    return value if isinstance(value, int) else printable(value)


_COMMAND = re.compile(r"##(?=\w*\[)")


def printable(string: str) -> str:
    """The string with its escapes in place of what could act on a terminal or end a line.

    Others write names, keys and policies: they can contain control characters, line ends, marks
    that change the direction of writing, and unpaired surrogates, which no file can contain.
    Wherever they are in a line, ``##[command]`` acts in the log of GitHub Actions, and
    ``##vso[command]`` in that of Azure Pipelines.
    """
    if "##" in string:
        string = _COMMAND.sub(r"#\\#", string)
    if string.isprintable():
        return string
    return "".join(char if _is_shown(char) else _escape(char) for char in string)


def _is_shown(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"  # a wide space is a space


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def text(id: str, /, **parameters: Parameter) -> Text:  # noqa: A002 - positional only
    """A text with its parameters."""
    return Text(id, tuple(sorted(parameters.items())))


MOST_LISTED = 5
"""How many names or reasons a sentence lists; a record of it contains all of them."""


def abridged(entries: Iterable[str | Text]) -> tuple[str | Text, ...]:
    """The first of the distinct entries, and how many more there are."""
    distinct = tuple(dict.fromkeys(entries))
    further = len(distinct) - MOST_LISTED
    if further <= 0:
        return distinct
    return (*distinct[:MOST_LISTED], text("common.further", number=further))


def in_each_language(words: Text | str) -> dict[str, str]:
    """The words by language; a string is the same in each, made printable like a parameter."""
    if isinstance(words, Text):
        return {language: words.in_language(language) for language in LANGUAGES}
    return dict.fromkeys(LANGUAGES, printable(words))
