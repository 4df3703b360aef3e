"""Resolved values of a template as answers of the API."""

from __future__ import annotations

from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.cloudformation.values import Resolved, ResolvedObject
from cloudpack_baseline.sources.located import AnswerList, AnswerObject, LocatedDocument

__all__ = ["PLACED", "answered"]


PLACED = (dict, list, LocatedDocument)
"""What knows where its parts are written; all else is an answer as it is."""


def answered(value: Resolved, origin: Origin | None = None) -> Resolved:
    """A resolved value as an answer contains it: guarded objects and lists."""
    if not isinstance(value, PLACED) or isinstance(value, (AnswerObject, AnswerList)):
        return value
    if isinstance(value, LocatedDocument):
        return value if origin is None else value.within(origin)
    if isinstance(value, ResolvedObject):
        place = _at(value, origin)
        members = {
            key: answered(member, _below(place, key)) if isinstance(member, PLACED) else member
            for key, member in value.items()
        }
        return AnswerObject(members, place, value.key_marks)
    if isinstance(value, list):
        return AnswerList(answered(item, origin) for item in value)
    return AnswerObject({key: answered(member, origin) for key, member in value.items()}, origin)


def _at(value: ResolvedObject, origin: Origin | None) -> Origin | None:
    if origin is None or not value.mark.line:
        return origin
    return Origin(
        file=origin.file, line=value.mark.line, column=value.mark.column, path=origin.path
    )


def _below(origin: Origin | None, key: str) -> Origin | None:
    if origin is None:
        return None
    return Origin(
        file=origin.file,
        line=origin.line,
        column=origin.column,
        path=f"{origin.path}.{key}" if origin.path else key,
    )
