"""What tokens of identity providers contain, and what of it an outsider can choose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.tables import read_table

__all__ = ["ProviderTokens", "provider_rows", "tokens_of"]

_PLACEHOLDER = re.compile(r"<[a-z]+>")
_NAME = r"([^*?/:{}]+)"


@frozen(kw_only=True)
class ProviderTokens:
    """What pins the owner of a token.

    Attributes:
        subjects: templates of ``sub``; empty: only values without wildcards pin it.
        claims: templates of further claims.
    """

    subjects: tuple[str, ...] = ()
    claims: Mapping[str, tuple[str, ...]] = {}

    def confinement(
        self, provider: str, values: Mapping[str, tuple[str, ...]]
    ) -> dict[str, tuple[str, ...]]:
        """Patterns by condition key: anyone can have tokens outside all of them.

        Args:
            provider: the URL of the provider, which begins its condition keys.
            values: the values that the trust policy tests for each key (in lower case).
        """
        templates = {"sub": self.subjects, **self.claims}
        return {
            key: tuple(dict.fromkeys(_pinned(values.get(key.lower(), ()), patterns)))
            for claim, patterns in templates.items()
            for key in (f"{provider}:{claim}",)
        }


def _pinned(values: Iterable[str], templates: tuple[str, ...]) -> Iterator[str]:
    for value in values:
        if not templates and not set("*?") & set(value):
            yield value
        for template in templates:
            match = _regex(template).fullmatch(value)
            if match:
                pieces = _PLACEHOLDER.split(template)
                yield "".join(map("".join, zip(pieces, (*match.groups(), ""), strict=True)))


@cache
def _regex(template: str) -> re.Pattern[str]:
    pieces = re.split(r"(<[a-z]+>|\*)", template)
    return re.compile(
        "".join(
            ".*" if piece == "*" else _NAME if _PLACEHOLDER.fullmatch(piece) else re.escape(piece)
            for piece in pieces
        ),
        re.DOTALL | re.IGNORECASE,
    )


@cache
def provider_rows() -> list[dict[str, Any]]:
    """The known providers, as stored."""
    rows: list[dict[str, Any]] = read_table(__package__, "identity_providers")["provider"]
    return rows


def tokens_of(provider: str) -> ProviderTokens:
    """What is known about the tokens of the provider with the URL."""
    for row in provider_rows():
        if matches(row["url"], provider):
            claims = {name: tuple(texts) for name, texts in row.get("claims", {}).items()}
            return ProviderTokens(subjects=tuple(row["subjects"]), claims=claims)
    return ProviderTokens()
