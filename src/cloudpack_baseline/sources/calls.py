"""The interface between gatherers and whatever answers: clients, moto, a folder of answers.

A `Transport` answers one operation. `Calls` binds it to an account and a Region, and turns every
failure into a value, so that gatherers need no error handling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from functools import reduce
from typing import Any, Protocol, TypeVar

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.sources.known_records import KnownRecords
from cloudpack_baseline.sources.operations import Operation, operation

__all__ = [
    "MALFORMED",
    "NEXT_PAGE",
    "NOT_PROVIDED",
    "UNREACHABLE",
    "Answer",
    "CallError",
    "Calls",
    "Gathered",
    "Listing",
    "Transport",
    "both",
    "converted",
    "guarded",
    "known_of",
    "unknown_from",
]

T = TypeVar("T")
U = TypeVar("U")

MALFORMED = "MalformedAnswer"
"""The code of an answer that cannot be parsed, or lacks a member that is read."""

_STATUSES = "inspector2:BatchGetAccountStatus"

UNREACHABLE = "EndpointUnreachable"
"""The code of a connection that failed although the service is offered in the Region."""

NOT_PROVIDED = "NotProvided"
"""The code of an operation that the source has no answer to."""

_MISSING = "MISSING"
"""The reason of a failure: what was listed before is gone."""

_TRUNCATED = ("IsTruncated", "AdditionalRoutesAvailable", "HasMoreDeliveryStreams")
"""The members by which an answer says that there is more than it contains."""

NEXT_PAGE = (
    "ContinuationToken",
    "Marker",
    "NextContinuationToken",
    "NextMarker",
    "NextToken",
    "nextToken",
)
"""Members of an answer that name its next page."""

_DENIED = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthFailure",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
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
        code: AWS's error code, the name of the fault (``ConnectTimeoutError``),
            `MALFORMED` or `NOT_PROVIDED`.
        detail: of our own words; AWS's messages stay out, they may quote anything. Of a denial,
            the kind of policy that denied it, if the message says so.
        unknown: why the answer is not known, where the source says it itself.
    """

    def __init__(self, code: str, detail: str = "", unknown: Unknown | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.unknown = unknown


class Transport(Protocol):
    """Answers operations."""

    def pages(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """The pages of the answer; one page where the operation is not paginated.

        Raises:
            CallError: at the page that failed.
        """

    def release(self, client: str, region: str) -> None:
        """Release the client in the Region (empty: in every Region)."""

    @property
    def assumptions(self) -> frozenset[str]:
        """IDs of the documented defaults that replaced answers so far."""


@frozen
class Listing:
    """The items of a listing, and what is missing from it (``None``: nothing)."""

    items: tuple[Answer, ...]
    unknown: Unknown | None = None

    @staticmethod
    def joined(listings: Iterable[Listing], unknown: Unknown | None = None) -> Listing:
        """The items of all listings, and what is missing from any, or is not known beside them."""
        several = tuple(listings)
        items = tuple(item for listing in several for item in listing.items)
        return Listing(items, reduce(both, (listing.unknown for listing in several), unknown))


@frozen
class Gathered:
    """The records of a kind, and why there may be more (``None``: these are all)."""

    records: tuple[Record, ...]
    unknown: Unknown | None = None

    @staticmethod
    def joined(gatherings: Iterable[Gathered], unknown: Unknown | None = None) -> Gathered:
        """The records of all parts, and what is missing from any, or is not known beside them."""
        several = tuple(gatherings)
        records = tuple(record for gathered in several for record in gathered.records)
        return Gathered(records, reduce(both, (gathered.unknown for gathered in several), unknown))


@frozen(kw_only=True)
class Calls:
    """Calls in one account and region.

    Attributes:
        transport: what answers.
        account: the account ID.
        partition: of the account.
        region: where regional operations are called.
        pool: runs the calls of `map`; ``None``: one after the other.
        known: records that an earlier gathering made of the same answers; ``None``: there is none.
    """

    transport: Transport
    account: str
    partition: str
    region: str
    pool: Executor | None = None
    known: KnownRecords | None = None

    def in_region(self, region: str) -> Calls:
        """The same account in that region."""
        return self if region == self.region else evolve(self, region=region)

    def get(
        self, key: str, *, absent: Iterable[str] = (), **parameters: object
    ) -> Answer | Unknown | None:
        """The whole answer of an operation that is not a listing.

        Args:
            key: the operation, such as ``s3:GetBucketPolicy``.
            absent: error codes that mean that there is no such thing: the answer is ``None``.
            parameters: of the operation.
        """
        api_operation = operation(key)
        try:
            return next(iter(self._pages(api_operation, parameters)))
        except CallError as error:
            return None if error.code in tuple(absent) else unknown_from(api_operation, error)

    def pages(self, key: str, **parameters: object) -> Listing:
        """The raw pages of an operation that lists several kinds of things at once."""
        api_operation = operation(key)
        pages: list[Answer] = []
        try:
            pages.extend(self._pages(api_operation, parameters))
        except CallError as error:
            return Listing(tuple(pages), unknown_from(api_operation, error))
        return Listing(tuple(pages))

    def listing(self, key: str, items: str = "", /, **parameters: object) -> Listing:
        """All items of a listing; what could be read of it where a page failed.

        Args:
            key: the operation.
            items: the path to the items, where it is not the operation's own.
            parameters: of the operation.
        """
        api_operation = operation(key)
        path = items or api_operation.items
        gathered: list[Answer] = []
        unknown = None
        try:
            for page in self._pages(api_operation, parameters):
                if not (api_operation.optional_items and path not in page):
                    gathered.extend(_items(page, path))
                _check_failures(page, api_operation.failures)
        except CallError as error:
            unknown = unknown_from(api_operation, error)
        if api_operation.bare and path == api_operation.items:
            return Listing(tuple(gathered), unknown)
        structures = tuple(item for item in gathered if isinstance(item, Mapping))
        if len(structures) < len(gathered):
            fault = CallError(MALFORMED, f"{path}: an item is not a structure")
            unknown = both(unknown, unknown_from(api_operation, fault))
        return Listing(structures, unknown)

    def records(
        self, key: str, convert: Callable[[Answer], Record], **parameters: object
    ) -> Gathered:
        """A record for each item of a listing; a malformed item affects only itself."""
        listing = self.listing(key, **parameters)
        records = (converted(key, convert, item) for item in listing.items)
        return Gathered(*known_of(records, listing.unknown))

    def _pages(
        self, api_operation: Operation, parameters: Mapping[str, object]
    ) -> Iterator[Answer]:
        account = _account_parameters(api_operation, self.account)
        complete = {**api_operation.parameters, **account, **parameters}
        yield from guarded(
            api_operation, self.transport.pages(api_operation, self.region, complete)
        )

    def map(self, function: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """The function of each item, in order, concurrently where there is a pool."""
        return list(self.pool.map(function, items)) if self.pool else [*map(function, items)]


def _account_parameters(api_operation: Operation, account: str) -> Mapping[str, object]:
    """The parameters that name the account; AWS takes the caller's where they are optional."""
    if api_operation.client == "s3control":
        return {"AccountId": account}
    # moto describes only the accounts that are named.
    return {"accountIds": [account]} if api_operation.id == _STATUSES else {}


def guarded(api_operation: Operation, pages: Iterable[Answer]) -> Iterator[Answer]:
    """The pages, as long as there are more.

    Raises:
        CallError: a page repeats a token, so there would be no end, or the last page is
            truncated and names no next one.
    """
    passed: set[str] = set()
    is_truncated = False
    for page in pages:
        group = api_operation.items.rpartition(".")[0]
        tokens, is_truncated = _paging(page, group)
        if passed.intersection(tokens):
            raise CallError(MALFORMED, "the listing repeats a page, and has no end")
        passed.update(tokens)
        yield page
        is_truncated = is_truncated and not tokens
    if is_truncated:
        raise CallError(MALFORMED, "the last page is truncated and names no next one")


def _paging(page: Answer, group: str) -> tuple[list[str], bool]:
    try:
        holder = page.get(group) if group else page
        if not isinstance(holder, Mapping):
            return [], False
        # CloudFront repeats the marker that it was asked with.
        names = [name for name in NEXT_PAGE if not (group and name == "Marker")]
        members = [(name, holder.get(name)) for name in names if name in holder]
        is_truncated = any(holder.get(name) is True for name in _TRUNCATED if name in holder)
        return [f"{name}={token}" for name, token in members if token], is_truncated
    except Misshapen as error:
        raise CallError(MALFORMED, str(error)) from error


def _items(page: Answer, path: str) -> Iterable[Answer]:
    # AWS sends an empty list where there is nothing. A page without the list is half an
    # answer, and taking it for "nothing" would turn a fault into a pass.
    group, _, key = path.rpartition(".")
    try:
        group_members = page.get(group) if group else page
        items = group_members.get(key) if isinstance(group_members, Mapping) else None
    except Misshapen as error:
        raise CallError(MALFORMED, str(error)) from error
    if (
        group
        and items is None
        and isinstance(group_members, Mapping)
        and group_members.get("Quantity") == 0
    ):
        return ()  # CloudFront counts its items, and leaves them out where there are none
    if not isinstance(items, list | tuple):
        raise CallError(MALFORMED, f"no {path}")
    return items


def _check_failures(page: Answer, name: str) -> None:
    """Raises CallError: the page lacks something that is there."""
    for failure in _items(page, name) if name and name in page else ():
        reason = failure.get("reason") if isinstance(failure, Mapping) else None
        if not isinstance(reason, str):
            raise CallError(MALFORMED, f"{name}: no reason")
        if reason != _MISSING:
            raise CallError(reason, f"{failure.get('arn')}")


def known_of(
    items: Iterable[T | Unknown], unknown: Unknown | None = None
) -> tuple[tuple[T, ...], Unknown | None]:
    """The items that are known, and why there may be more (``None``: these are all).

    Args:
        items: in order.
        unknown: why there may be more than these.
    """
    items = tuple(items)
    gaps = (item for item in items if isinstance(item, Unknown))
    known = tuple(item for item in items if not isinstance(item, Unknown))
    return known, reduce(both, gaps, unknown)


def both(first: Unknown | None, second: Unknown | None) -> Unknown | None:
    """The causes of both; ``None`` where neither has any."""
    if first is None or second is None:
        return second if first is None else first
    return first | second


def converted(key: str, convert: Callable[[U], T], item: U) -> T | Unknown:
    """The converted item; unknown where it lacks what AWS documents as always present."""
    try:
        return convert(item)
    except Misshapen as error:
        return _malformed(key, item, str(error)) if error.unknown is None else error.unknown
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        return _malformed(key, item, _fault(error))


def _malformed(key: str, item: object, fault: str) -> Unknown:
    """That the answer is not what AWS documents; of a template or plan, where it is written."""
    origin = getattr(item, "origin", None)
    if isinstance(origin, Origin) and origin.file:
        return Unknown.because(Why.MALFORMED, detail=f"{origin.place}: {fault}"[:200])
    return Unknown.because(Why.MALFORMED, operation=key, detail=fault[:200])


def _fault(error: Exception) -> str:
    """What is wrong with an item, in words that are not Python's."""
    if isinstance(error, KeyError):
        return f"{error.args[0]}: is missing"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    return str(error) if isinstance(error, ValueError) else "a value is of another type"


def unknown_from(api_operation: Operation, error: CallError) -> Unknown:
    """The unknown for an operation that failed."""
    if error.unknown is not None:
        return error.unknown
    why = _WHY.get(error.code, Why.FAILED)
    return Unknown.because(
        why,
        operation=api_operation.id,
        code="" if error.code in (MALFORMED, NOT_PROVIDED) else error.code,
        actions=api_operation.actions if why is Why.DENIED else (),
        detail=error.detail,
    )


_WHY: Mapping[str, Why] = {
    **dict.fromkeys(_DENIED, Why.DENIED),
    **dict.fromkeys(_THROTTLED, Why.THROTTLED),
    MALFORMED: Why.MALFORMED,
    NOT_PROVIDED: Why.NOT_PROVIDED,
}
