"""Unknown as a value, and where a value came from.

A field of a record is a value, ``None`` (AWS says that there is none) or an `Unknown` that
says why it could not be read. One representation serves every source: a call that was denied, a
mock that cannot report it, a template value that is known only at deployment.

Truth over such fields has three values: ``True``, ``False`` and `Unknown` (Kleene's logic):
`all_of` is false as soon as one part is false, and unknown only if nothing decides it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from operator import attrgetter
from typing import TypeAlias, TypeVar

from attrs import field
from typing_extensions import TypeIs

from cloudpack_baseline.immutable import frozen

__all__ = [
    "NOT_DESCRIBED",
    "Cause",
    "Field",
    "Origin",
    "Truth",
    "Unknown",
    "Why",
    "all_of",
    "any_of",
    "is_known",
    "lift",
    "negate",
]

T = TypeVar("T")


class Why(StrEnum):
    """The kinds of not knowing; each has a text in Japanese and English."""

    DENIED = "denied"
    """The caller may not make the call; `Cause.actions` names what is missing."""
    THROTTLED = "throttled"
    """The call was still throttled after botocore's own retries."""
    FAILED = "failed"
    """The call broke: an error code, a time-out, half an answer."""
    MALFORMED = "malformed"
    """The answer came, but holds something that AWS does not document."""
    NOT_GATHERED = "not-gathered"
    """Nobody read it: the snapshot was recorded for other controls."""
    NOT_PROVIDED = "not-told"  # the value that snapshots have stored since schema 1
    """The source cannot provide it (constants of moto, a missing file)."""
    NOT_TOLD = NOT_PROVIDED
    """The earlier name of `NOT_PROVIDED`."""
    UNDETERMINED = "undetermined"
    """The value is fixed only at deployment (template parameters, plans)."""
    UNSUPPORTED = "unsupported"
    """The value was read, but deciding on it exactly is beyond us."""


NOT_DESCRIBED = "no template describes this"
"""The detail of a cause: no resource of a template or plan answers the operation."""


@frozen(kw_only=True)
class Origin:
    """Where a value came from.

    Attributes:
        operation: the API operation that answered, such as ``iam:GetAccountSummary``.
        file: the file that says it (template, plan, recorded answer).
        line: its line in `file`, from 1; 0 where the file has no lines.
        path: the path to the value, such as ``Resources.Bucket.Properties.BucketName``.
        column: its column in `line`, from 1; 0 where it is not known.
        elsewhere: whether the resource itself is not in the file, which only says a part of it,
            such as its policy.
    """

    operation: str = ""
    file: str = ""
    line: int = 0
    path: str = ""
    column: int = 0
    elsewhere: bool = False

    @property
    def place(self) -> str:
        """``FILE:LINE``, or ``FILE: PATH`` of a file without lines; empty: it is of no file."""
        if not self.file:
            return ""
        return f"{self.file}:{self.line}" if self.line else f"{self.file}: {self.path}"


@frozen(kw_only=True, order=True)
class Cause:
    """One reason for not knowing.

    Attributes:
        why: the kind.
        operation: the API operation that failed, such as ``s3:GetBucketPolicy``.
        code: the error code of AWS, such as ``AccessDenied``.
        actions: the IAM actions that the operation needs.
        detail: what else helps (an expression of a template, a resource), no secrets.
    """

    why: Why
    operation: str = ""
    code: str = ""
    actions: tuple[str, ...] = ()
    detail: str = ""


_ORDER = attrgetter("why", "operation", "code", "actions", "detail")
"""As `Cause` is ordered, in a tenth of the time."""


def _in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    return tuple(sorted(set(causes), key=_ORDER))


@frozen
class Unknown:
    """A value that could not be read, with every cause, sorted and without duplicates."""

    causes: tuple[Cause, ...] = field(converter=_in_order)

    @classmethod
    def because(
        cls,
        why: Why,
        *,
        operation: str = "",
        code: str = "",
        actions: Iterable[str] = (),
        detail: str = "",
    ) -> Unknown:
        """An unknown with a single cause."""
        cause = Cause(
            why=why, operation=operation, code=code, actions=tuple(actions), detail=detail
        )
        return cls((cause,))

    def __or__(self, other: Unknown) -> Unknown:
        """Both sets of causes."""
        return Unknown(self.causes + other.causes)

    def __bool__(self) -> bool:
        """Raise, because an unknown is neither true nor false.

        Raises:
            TypeError: always; call `is_known` first.
        """
        raise TypeError(f"an unknown value has no truth: {self.causes}")


Field: TypeAlias = T | Unknown
"""A value of type T, or why it is not known."""

Truth: TypeAlias = bool | Unknown
"""Kleene's three values."""


def is_known(value: T | Unknown) -> TypeIs[T]:
    """Whether the value is known (``None`` is)."""
    return not isinstance(value, Unknown)


def lift(test: Callable[[T], bool], value: T | Unknown) -> Truth:
    """The test of the value; unknown where the value is."""
    return test(value) if is_known(value) else value


def negate(truth: Truth) -> Truth:
    """Not; the unknown stays unknown."""
    return truth if isinstance(truth, Unknown) else not truth


def all_of(truths: Iterable[Truth]) -> Truth:
    """True if all are; false if one is false, whatever else is unknown."""
    return _fold(truths, decides=False)


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if one is, whatever else is unknown; false if all are false."""
    return _fold(truths, decides=True)


def _fold(truths: Iterable[Truth], *, decides: bool) -> Truth:
    unknown: Unknown | None = None
    for truth in truths:
        if isinstance(truth, Unknown):
            unknown = truth if unknown is None else unknown | truth
        elif truth is decides:
            return decides
    return (not decides) if unknown is None else unknown
