"""Options of controls of domains and hosted zones."""

from __future__ import annotations

from typing import Annotated

from cloudpack_baseline.baseline.formats import Between, Cidr
from cloudpack_baseline.immutable import frozen

__all__ = [
    "DomainLockOptions",
    "Route53DanglingRecordsOptions",
    "Route53DnssecOptions",
    "Route53QueryLoggingOptions",
]


@frozen(kw_only=True)
class DomainLockOptions:
    """Options of domain-lock.

    Attributes:
        days: the minimum number of days until a registration ends.
        without_lock: domains, or top-level domains such as ``co.uk``, whose registry offers no
            transfer lock.
    """

    days: Annotated[int, Between(1, 365)] = 10
    without_lock: tuple[str, ...] = ()


@frozen(kw_only=True)
class Route53QueryLoggingOptions:
    """Options of route53-query-logging; without any, the control is not applicable.

    Attributes:
        zones: names or IDs of the public hosted zones that require query logs, or patterns
            (``*``, ``?``).
    """

    zones: tuple[str, ...] = ()


@frozen(kw_only=True)
class Route53DnssecOptions:
    """Options of route53-dnssec; without any, the control is not applicable.

    Attributes:
        zones: names or IDs of the public hosted zones that require signatures, or patterns
            (``*``, ``?``).
        delegated: names of zones whose DS record in the parent zone is attested, because neither
            the domain nor the parent zone is in an account that is read.
    """

    zones: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()


@frozen(kw_only=True)
class Route53DanglingRecordsOptions:
    """Options of route53-dangling-records.

    Attributes:
        addresses: CIDR blocks of public addresses that are known to be in use, in addition to
            those of ``[networks]`` and of the accounts that are read.
        delegations: names of zones that are known to exist in other accounts.
    """

    addresses: tuple[Cidr, ...] = ()
    delegations: tuple[str, ...] = ()
