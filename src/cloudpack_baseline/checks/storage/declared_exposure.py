"""The declared exposure of a bucket, for the access engine and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from cloudpack_baseline.access import BucketAccess, Declaration, exposure
from cloudpack_baseline.baseline import Baseline, BucketDeclaration
from cloudpack_baseline.texts import Text, text

__all__ = ["NOUNS", "exposure_declarations", "exposure_texts", "shown_exposure"]

NOUNS = {"read": "reading", "list": "listing", "write": "writing"}
"""Texts of what a declaration opens."""


def exposure_declarations(
    baseline: Baseline, openings: Iterable[BucketDeclaration], bucket: BucketAccess
) -> tuple[Declaration, ...]:
    """One for each exposure that is declared; none for a private bucket."""
    return tuple(
        declaration
        for opening in openings
        for declaration in _of_opening(baseline, opening, bucket)
    )


def _of_opening(
    baseline: Baseline, declared: BucketDeclaration, bucket: BucketAccess
) -> Iterable[Declaration]:
    declaration = partial(Declaration, access=declared.access, objects=declared.objects)
    for kind in declared.exposure:
        if kind == "public":
            yield declaration(kind=kind)
        elif kind == "networks":
            cidrs = baseline.cidrs_of(declared.networks)
            yield declaration(kind=kind, networks=cidrs, endpoints=declared.endpoints)
        elif kind == "accounts":
            yield declaration(
                kind=kind, accounts=declared.accounts, organizations=declared.organizations
            )
        elif kind == "cloudfront":
            # Nothing shows whose identity an origin access identity is: it counts, and is noted.
            yield declaration(
                kind=kind,
                accounts=declared.accounts,
                identities=exposure(bucket).cloudfront_identities,
            )


def shown_exposure(openings: Iterable[BucketDeclaration]) -> str:
    """The declaration in one line, as the baseline file would have it."""
    return "; ".join(map(_shown, openings))


def _shown(declared: BucketDeclaration) -> str:
    words: list[str] = list(declared.exposure)
    for name in ("networks", "endpoints", "accounts", "organizations"):
        values = getattr(declared, name)
        words += [f"{name}={','.join(values)}"] if values else []
    if declared.exposure != ("private",):
        words.append(f"access={','.join(declared.access)}")
        words += [f"objects={','.join(declared.objects)}"] if declared.objects != ("*",) else []
    return " ".join(words)


def exposure_texts(openings: Iterable[BucketDeclaration]) -> tuple[Text, ...]:
    """The declarations in words: who has which access to which objects."""
    return tuple(map(_exposure_text, openings))


def _exposure_text(declared: BucketDeclaration) -> Text:
    if declared.exposure == ("private",):
        return text("storage.exposure-private")
    callers = tuple(_callers(declared))
    access = tuple(text(f"storage.{NOUNS[access]}") for access in declared.access)
    if declared.objects == ("*",):
        return text("storage.exposure", callers=callers, access=access)
    return text("storage.exposure-of", callers=callers, access=access, objects=declared.objects)


def _callers(declared: BucketDeclaration) -> Iterator[Text]:
    for kind in ("public", "cloudfront"):
        if kind in declared.exposure:
            yield text(f"storage.exposure-{kind}")
    for name in ("networks", "endpoints", "accounts", "organizations"):
        if names := getattr(declared, name):
            yield text(f"storage.exposure-{name}", names=names)
