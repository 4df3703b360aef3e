"""Which requests of services are limited to a source, so that nobody else can use the service.

A service is bound by condition keys (aws:SourceArn, aws:SourceAccount, ...), and one that delivers
logs also by the folder that it writes to.

Source: IAM User Guide, "The confused deputy problem".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.actions import bits
from cloudpack_baseline.access.log_delivery import delivers_logs
from cloudpack_baseline.access.space import RequestSet, union

if TYPE_CHECKING:
    from cloudpack_baseline.access.analysis import Analysis

__all__ = ["bound_requests"]

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
    unbound: dict[int, int] = {}
    for key in _KEYS:
        axis = context.axes.get(key)
        if axis is not None:
            bound = union(axis.where(test) for test in analysis.bindings.get(key, ()))
            unbound[layout.keys[key]] = ~bound
    bound_by_keys = ~RequestSet.box(context.space, unbound)
    delivering = {
        layout.caller: analysis.callers(delivers_logs),
        layout.action: bits(("PutObject",)),
        layout.object: union(
            context.axes["object"].where(folder) for folder in analysis.log_folders.values()
        ),
    }
    return bound_by_keys | RequestSet.box(context.space, delivering)
