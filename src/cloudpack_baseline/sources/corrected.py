"""A transport to moto whose answers are those of AWS, as far as the fidelity table says how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from cloudpack_baseline.sources.calls import MALFORMED, NOT_PROVIDED, Answer, CallError, Transport
from cloudpack_baseline.sources.effective_policies import effective_policy
from cloudpack_baseline.sources.fidelity import (
    GAPS,
    Adjusted,
    Constant,
    Default,
    Gap,
    Incomplete,
    LeftOut,
    Respelled,
)
from cloudpack_baseline.sources.operations import Operation, operation
from cloudpack_baseline.sources.repository_scanning import with_own_settings

__all__ = ["LOCATION", "CorrectedTransport"]

LOCATION = Operation(
    client="s3", name="GetBucketLocation", actions=("s3:GetBucketLocation",), subject="Bucket"
)
"""Asked of moto alone: AWS's own listing of buckets has their regions."""
_MANY_BUCKETS = 4
"""From here on, two calls for a Region are fewer than one for each of its buckets."""
_REPORT = "iam:GetCredentialReport"
_SCANNING = "ecr:BatchGetRepositoryScanningConfiguration"
_UNIMPLEMENTED = frozenset(("404", "500", "501", "InternalFailure", "NotImplemented", MALFORMED))
"""How a missing operation looks: moto's server fails, and its error page is no answer."""
_SERVER_ERROR = "500"


def _asked_again(call: Callable[[], Iterator[Answer]]) -> Iterator[Answer]:
    """The pages of the call; those of a second one if the server failed at once.

    On a busy machine, the first request to a service was seen to fail, and not the next one.
    """
    pages = call()
    try:
        page = next(pages, None)
    except CallError as error:
        if error.code != _SERVER_ERROR:
            raise
        pages = call()
        page = next(pages, None)
    if page is not None:
        yield page
        yield from pages


class CorrectedTransport:
    """A transport to moto with the gaps filled.

    Attributes:
        assumptions: IDs of the defaults that replaced answers so far.
    """

    def __init__(self, inner: Transport, facts: Mapping[str, Answer], *, root: str = "") -> None:
        """Wrap the transport.

        Args:
            inner: to moto.
            facts: answers that a test declared, by operation ID; they take precedence. Those of
                ``iam:GetCredentialReport`` are the cells of the root user, which moto leaves out.
            root: the ARN of the root user.
        """
        self._root = root
        self._inner = inner
        self._declared = dict(facts)
        self._assumed: set[str] = set()

    def pages(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """The pages of the answer: the declared one, that of moto, or the default.

        Raises:
            CallError: as the inner transport; `NOT_PROVIDED` for constants of moto.
        """
        if operation.id == _REPORT:
            pages = self._inner.pages(operation, region, parameters)
            yield from (self._with_root_user(page) for page in pages)
            return
        if operation.id in self._declared:
            yield self._declared[operation.id]
            return
        if operation.id == "s3:ListBuckets":
            pages = self._inner.pages(operation, region, parameters)
            yield from (self._with_regions(page, region) for page in pages)
            return
        if operation.id == _SCANNING:
            pages = self._inner.pages(operation, region, parameters)
            yield from (with_own_settings(self._inner, region, page) for page in pages)
            return
        gap = GAPS.get(operation.id)
        if isinstance(gap, Constant):
            raise CallError(NOT_PROVIDED, gap.detail)
        try:
            call = partial(self._inner.pages, operation, region, parameters)
            for page in call() if isinstance(gap, Default) else _asked_again(call):
                yield self._checked(gap, page)
        except CallError as error:
            if isinstance(gap, Incomplete) and error.code == gap.absent:
                yield gap.answer
            elif isinstance(gap, Default) and error.code in _UNIMPLEMENTED:
                yield self._effective(operation, region, parameters) or self._assume(gap)
            else:
                raise

    def _effective(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Answer | None:
        """The policy in effect for the account, if the operation asks for one and moto has it."""
        if operation.id != "organizations:DescribeEffectivePolicy":
            return None
        account = self._root.split(":")[4] if self._root else ""
        return effective_policy(self._inner, region, str(parameters["PolicyType"]), account)

    def _checked(self, gap: Gap | None, page: Answer) -> Answer:
        """The page, or what replaces it; an assumption is noted."""
        if isinstance(gap, Respelled):
            return gap.respell(page)
        adjusted = gap.adjust(page) if isinstance(gap, Adjusted) else page
        if (isinstance(gap, Adjusted) and adjusted is not page) or (
            isinstance(gap, LeftOut) and gap.holds(page)
        ):
            self._assumed.add(gap.assumption)
        return adjusted

    def _with_root_user(self, page: Answer) -> Answer:
        """The credential report with the row of the root user, if a test declared it."""
        cells, content = self._declared.get(_REPORT), page.get("Content")
        if cells is None or not isinstance(content, bytes):
            return page
        header, *rows = content.decode().splitlines()
        root = {"user": "<root_account>", "arn": self._root, **cells}
        row = ",".join(root.get(column, "N/A") for column in header.split(","))
        return {**page, "Content": "\n".join((header, row, *rows)).encode()}

    def _with_regions(self, page: Answer, region: str) -> Answer:
        """The page with the regions of the buckets, which moto leaves out of its listing."""
        buckets = page.get("Buckets") or ()
        names = [bucket["Name"] for bucket in buckets if not bucket.get("BucketRegion")]
        regions = self._regions(names, region)
        located = [
            bucket | {"BucketRegion": regions[bucket["Name"]]}
            if bucket["Name"] in regions
            else bucket
            for bucket in buckets
        ]
        return {**page, "Buckets": located}

    def _regions(self, names: Sequence[str], region: str) -> Mapping[str, str]:
        """The Region of each bucket, as far as moto says.

        Its listing can be limited to a Region: two calls for each Region instead of one for each
        bucket. A moto that ignores the limit lists buckets in no Region, too.
        """
        limits = len(names) >= _MANY_BUCKETS and self._inside("none", region) == frozenset()
        regions: dict[str, str] = {}
        for name in names:
            if name not in regions and (location := self._location(name, region)):
                inside = self._inside(location, region) if limits else None
                regions |= dict.fromkeys((inside or frozenset()).intersection(names), location)
                regions[name] = location
        return regions

    def _location(self, bucket: str, region: str) -> str:
        try:
            (answer,) = self._inner.pages(LOCATION, region, {"Bucket": bucket})
        except CallError:
            return ""
        return answer.get("LocationConstraint") or "us-east-1"

    def _inside(self, location: str, region: str) -> frozenset[str] | None:
        """The names of the buckets in a Region; ``None``: moto does not say."""
        listing = operation("s3:ListBuckets")
        try:
            pages = [*self._inner.pages(listing, region, {"BucketRegion": location})]
        except CallError:
            return None
        return frozenset(bucket["Name"] for page in pages for bucket in page.get("Buckets") or ())

    def _assume(self, gap: Default) -> Answer:
        self._assumed.add(gap.assumption)
        return gap.answered()

    def release(self, client: str, region: str) -> None:
        """Pass it on."""
        self._inner.release(client, region)

    @property
    def assumptions(self) -> frozenset[str]:
        """IDs of the documented defaults that replaced answers so far."""
        return frozenset(self._assumed)
