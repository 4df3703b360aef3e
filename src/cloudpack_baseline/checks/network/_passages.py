"""Which addresses a list of rules lets through: of listeners, and of web ACLs.

Rules decide by the request, the first one that matches. Of an address, some requests may certainly
get through, or may perhaps.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import IpSet

__all__ = ["ALL_ADDRESSES", "NO_ADDRESSES", "Passage", "RequestRule", "decided"]

ALL_ADDRESSES = IpSet.everything()
NO_ADDRESSES = IpSet()


@frozen
class Passage:
    """The addresses of requests that get through.

    Attributes:
        sure: some of their requests certainly do.
        maybe: some of their requests may.
        unread: what was not read; None: nothing was missing.
    """

    sure: IpSet = ALL_ADDRESSES
    maybe: IpSet = ALL_ADDRESSES
    unread: Unknown | None = None

    @classmethod
    def unknown(cls, unread: Unknown | None) -> Passage:
        """Anything may get through, or nothing."""
        return cls(NO_ADDRESSES, ALL_ADDRESSES, unread)

    def __and__(self, other: Passage) -> Passage:
        unknowns = [unread for unread in (self.unread, other.unread) if unread is not None]
        unread = reduce(or_, unknowns) if unknowns else None
        return Passage(self.sure & other.sure, self.maybe & other.maybe, unread)


@frozen
class RequestRule:
    """What a rule does, and the addresses of the requests that match it.

    Attributes:
        passes: whether it lets them through; None: that depends on the requester.
        always: addresses of which every request matches.
        by_choice: addresses whose requesters can make a request that matches.
        maybe: addresses of which a request may match.
    """

    passes: bool | None
    always: IpSet
    by_choice: IpSet
    maybe: IpSet

    @classmethod
    def uncertain(cls, maybe: IpSet = ALL_ADDRESSES, *, passes: bool | None) -> RequestRule:
        """A rule of which it is not known whether any request matches."""
        return cls(passes, NO_ADDRESSES, NO_ADDRESSES, maybe)


def decided(rules: Iterable[RequestRule], *, default: bool) -> Passage:
    """What the rules let through, in their order; `default` is for requests that none matches."""
    sure = maybe = NO_ADDRESSES
    # Some of their requests certainly, or perhaps, match none of the rules so far.
    unmatched = perhaps_unmatched = ALL_ADDRESSES
    for rule in rules:
        if rule.passes is not False:
            maybe |= perhaps_unmatched & rule.maybe
        if rule.passes:
            sure |= unmatched & rule.by_choice
        perhaps_unmatched -= rule.always
        # Nobody says which requests are for administration: all that a rule stops may be.
        unmatched -= rule.always if rule.passes else rule.maybe
    if default:
        return Passage(sure | unmatched, maybe | perhaps_unmatched)
    return Passage(sure, maybe)
