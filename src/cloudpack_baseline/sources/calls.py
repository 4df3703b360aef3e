"""The narrow way from gatherers to whatever answers: live clients, moto, a folder of answers.

A `Transport` answers one operation; `Calls` binds it to an account and a region and
turns every failure into a value, so that gatherers hold no error handling of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from typing import Any, Protocol, TypeAlias, TypeVar

from attrs import evolve, frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.operations import Operation, operation

__all__ = ["Answer", "CallError", "Calls", "Gathered", "Listing", "Transport"]

Answer: TypeAlias = Mapping[str, Any]
"""What an operation answers, as boto3 parses it."""

T = TypeVar("T")
U = TypeVar("U")

_DENIED = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthFailure",
        "NotAuthorized",
        "OptInRequired",
        "UnauthorizedOperation",
    )
)
_THROTTLED = frozenset(
    (
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    )
)


class CallError(Exception):
    """An operation was answered by an error, or by nothing.

    Attributes:
        code: AWS's error code, or the name of the fault (``ConnectTimeoutError``).
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class Transport(Protocol):
    """Answers operations."""

    def pages(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """The pages of the answer; one page where the operation is not paginated.

        Raises:
            CallError: at the page that failed.
        """


@frozen
class Listing:
    """The items of a listing, and what is missing of it (``None``: nothing)."""

    items: tuple[Answer, ...]
    unknown: Unknown | None = None


@frozen
class Gathered:
    """The records of a kind, and why there may be more (``None``: these are all)."""

    records: tuple[Record, ...]
    unknown: Unknown | None = None


@frozen(kw_only=True)
class Calls:
    """Calls in one account and region.

    Attributes:
        transport: what answers.
        account: the account id.
        partition: of the account.
        region: where regional operations are called.
        pool: runs the calls of `map`; ``None``: one after the other.
    """

    transport: Transport
    account: str
    partition: str
    region: str
    pool: Executor | None = None

    def in_region(self, region: str) -> Calls:
        """The same account in another region."""
        return evolve(self, region=region)

    def get(
        self, key: str, *, absent: Iterable[str] = (), **parameters: object
    ) -> Answer | Unknown | None:
        """The whole answer of an operation that is not a listing.

        Args:
            key: the operation, as ``s3:GetBucketPolicy``.
            absent: error codes that mean that there is no such thing: the answer is ``None``.
            parameters: of the operation.
        """
        one = operation(key)
        try:
            return next(iter(self.transport.pages(one, self.region, parameters)))
        except CallError as error:
            return None if error.code in tuple(absent) else unknown_from(one, error.code)

    def listing(self, key: str, **parameters: object) -> Listing:
        """All items of a listing; what could be read of it where a page failed."""
        one = operation(key)
        items: list[Answer] = []
        try:
            for page in self.transport.pages(one, self.region, parameters):
                found = page.get(one.items, ())
                items.extend(_items(found))
        except CallError as error:
            return Listing(tuple(items), unknown_from(one, error.code))
        return Listing(tuple(items))

    def records(
        self, key: str, convert: Callable[[Answer], Record], **parameters: object
    ) -> Gathered:
        """A record for each item of a listing; an odd item is named, and costs only itself."""
        listing = self.listing(key, **parameters)
        records: list[Record] = []
        unknown = listing.unknown
        for item in listing.items:
            made = converted(key, convert, item)
            if isinstance(made, Unknown):
                unknown = made if unknown is None else unknown | made
            else:
                records.append(made)
        return Gathered(tuple(records), unknown)

    def map(self, function: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """The function of each item, in order, concurrently where there is a pool."""
        return list(self.pool.map(function, items)) if self.pool else [*map(function, items)]


def _items(found: object) -> Iterable[Answer]:
    if not isinstance(found, list | tuple):
        raise CallError("MalformedAnswer")
    return found


def converted(key: str, convert: Callable[[Answer], T], item: Answer) -> T | Unknown:
    """The converted item; unknown where it lacks what AWS documents as always present."""
    try:
        return convert(item)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        detail = f"{type(error).__name__}: {error}"[:200]
        return Unknown.because(Why.MALFORMED, operation=key, detail=detail)


def unknown_from(one: Operation, code: str) -> Unknown:
    """Why an operation that failed with the code tells nothing."""
    if code in _DENIED:
        why = Why.DENIED
    elif code in _THROTTLED:
        why = Why.THROTTLED
    else:
        why = Why.MALFORMED if code == "MalformedAnswer" else Why.FAILED
    actions = one.actions if why is Why.DENIED else ()
    return Unknown.because(why, operation=one.id, code=code, actions=actions)
