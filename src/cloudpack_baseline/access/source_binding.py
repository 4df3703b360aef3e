"""Which requests of services are limited to a source, so that nobody else can use the service.

A service is bound by condition keys (aws:SourceArn, aws:SourceAccount, ...), and one that delivers
logs also by the folder that it writes to.

Source: IAM User Guide, "The confused deputy problem".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.actions import bits
from cloudpack_baseline.access.added_predicates import ORGANIZATION_KEYS, source_named
from cloudpack_baseline.access.log_delivery import delivers_logs
from cloudpack_baseline.access.policy import account_of
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.access.space import RequestSet, mask_union
from cloudpack_baseline.model.pattern import literal_prefix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.context import PolicyContext
    from cloudpack_baseline.access.predicates import Predicate

__all__ = ["bound_requests", "sources_bound_by", "unbound_box"]

_KEYS: Final = (
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
)


def bound_requests(analysis: Analysis) -> RequestSet:
    """Every request except those of services that no policy limits to a source."""
    context, layout = analysis.context, analysis.context.layout
    bound_by_keys = ~RequestSet.box(context.space, unbound_box(context, analysis.bindings))
    delivering = {
        layout.caller: analysis.callers(delivers_logs),
        layout.action: bits(("PutObject",)),
        layout.object: mask_union(
            context.axes["object"].where(folder) for folder in analysis.log_folders.values()
        ),
    }
    return bound_by_keys | RequestSet.box(context.space, delivering)


def unbound_box(
    context: PolicyContext, bindings: Mapping[str, Sequence[Predicate]]
) -> dict[int, int]:
    """The box of requests that no key of calling services limits to a source."""
    return {
        context.layout.keys[key]: ~mask_union(
            context.axes[key].where(test) for test in bindings.get(key, ())
        )
        for key in _KEYS
        if key in context.axes
    }


def sources_bound_by(key: str, test: Predicate) -> tuple[str, ...]:
    """The accounts or organizations that a test on texts names; one on numbers names none."""
    if not isinstance(test, StringPredicate):
        return ()
    names = dict.fromkeys(source_named(key, pattern.text) for pattern in test.patterns)
    if key in ORGANIZATION_KEYS:
        return tuple(name for name in names if literal_prefix(name) == name)
    accounts = (account_of(name) for name in names)
    return tuple(account for account in accounts if account is not None)
