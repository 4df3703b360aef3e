"""Resources of policies whose names are known in part: they may be those of any resource.

``arn:aws:iam::123456789012:role/${Name}`` names a role of the template, if the parameter is its
name. As a text, it names only what has the same unknown parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.values import Resolved, placeholder, why_of

__all__ = ["may_be_named", "pattern_of"]

_ARN = re.compile(r"(arn(?::[^:]*){4}:)(.*)", re.DOTALL)
"""What precedes the last part of an ARN, and that part, which names a resource."""


def may_be_named(statement: Mapping[str, Resolved], element: str) -> Mapping[str, Unknown]:
    """The patterns of what names that are known in part may name, with why they are not known.

    Args:
        statement: resolved.
        element: ``Resource`` or ``NotResource``.
    """
    names = statement.get(element)
    return dict(
        named
        for name in (names if isinstance(names, list) else [names])
        if (named := pattern_of(name)) is not None
    )


def pattern_of(name: Resolved) -> tuple[str, Unknown] | None:
    """The pattern of an ARN whose last part is known in part, and why; ``None``: it is not."""
    unknown = why_of(name)
    match = _ARN.fullmatch(name) if isinstance(name, str) else None
    if unknown is None or match is None:
        return None
    pattern = match[2]
    for cause in unknown.causes:
        pattern = pattern.replace(placeholder(Unknown((cause,))), "*")
    return None if pattern == match[2] else (f"{match[1]}{pattern}", unknown)
