"""How open a bucket is declared to be, in the words of the access engine."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from cloudpack_baseline.access import BucketAccess, Declaration, exposure
from cloudpack_baseline.baseline import Baseline, BucketDeclaration

__all__ = ["declarations", "shown_exposure"]


def declarations(
    baseline: Baseline, declared: BucketDeclaration, bucket: BucketAccess
) -> tuple[Declaration, ...]:
    """One for each exposure that is declared; none for a private bucket."""
    return tuple(_each(baseline, declared, bucket))


def _each(
    baseline: Baseline, declared: BucketDeclaration, bucket: BucketAccess
) -> Iterable[Declaration]:
    what = partial(Declaration, access=declared.access, objects=declared.objects)
    for kind in declared.exposure:
        if kind == "public":
            yield what(kind=kind)
        elif kind == "networks":
            yield what(kind=kind, networks=baseline.cidrs_of(declared.networks))
        elif kind == "accounts":
            yield what(kind=kind, accounts=declared.accounts)
        elif kind == "cloudfront":
            # Whose an origin access identity is, nothing tells: it counts, and is noted.
            yield what(kind=kind, identities=exposure(bucket).cloudfront_identities)


def shown_exposure(declared: BucketDeclaration) -> str:
    """The declaration in one line, as the baseline file would have it."""
    parts: list[str] = list(declared.exposure)
    parts += [f"networks={','.join(declared.networks)}"] if declared.networks else []
    parts += [f"accounts={','.join(declared.accounts)}"] if declared.accounts else []
    if declared.exposure != ("private",):
        parts.append(f"access={','.join(declared.access)}")
        parts += [f"objects={','.join(declared.objects)}"] if declared.objects != ("*",) else []
    return " ".join(parts)
