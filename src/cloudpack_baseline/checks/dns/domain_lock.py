"""Whether registered domains are renewed, and locked against transfers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from cloudpack_baseline.baseline.options.dns import DomainLockOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import FieldValue, Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.route53 import RegisteredDomain
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["domain_lock"]

_COUNTRY = re.compile(r"[a-z]{2}|xn--.+")
"""The top-level domain of a country: not every registry of one offers a lock."""


@check(reads(RegisteredDomain, "statuses"))
def domain_lock(view: AccountView) -> Iterator[Finding]:
    """Reads ``AutoRenew``, ``Expiry`` and the transfer lock of each domain (ListDomains).

    A domain also fails if its registration ends soon, although it renews automatically: then the
    renewal did not succeed (``.jp`` renews between 30 and 7 days before). A domain is locked by
    ``TransferLock``, or by a status of the registry such as ``serverTransferProhibited``
    (GetDomainDetail). All generic top-level domains can be locked (Amazon Route 53 Developer
    Guide, "Locking a domain"); for that of a country, a missing lock is unknown until the baseline
    says that its registry offers none. No plan knows when the registration of a new domain ends.
    """
    options = view.baseline.options(DomainLockOptions)
    for domain in view.all(RegisteredDomain):
        lock = _lock(domain, options.without_lock)
        if view.snapshot.is_planned and isinstance(domain.expiry, Unknown):
            yield view.finding(domain, _renewal(domain), lock)
        else:
            yield view.finding(domain, _renewal(domain), _expiry(view, domain, options.days), lock)


def _renewal(domain: RegisteredDomain) -> Observation:
    if isinstance(domain.auto_renew, Unknown):
        return unknown("AutoRenew", domain.auto_renew, expected="AutoRenew=true")
    if domain.auto_renew:
        return passed(text("dns.renewed"), read="AutoRenew=true", expected="AutoRenew=true")
    return failed(text("dns.not-renewed"), read="AutoRenew=false", expected="AutoRenew=true")


def _expiry(view: AccountView, domain: RegisteredDomain, days: int) -> Observation:
    if isinstance(domain.expiry, Unknown):
        return unknown("Expiry", domain.expiry)
    day = f"{domain.expiry:%Y-%m-%d}"
    read, expected = f"Expiry={day}", f"Expiry>={view.as_of + timedelta(days=days):%Y-%m-%d}"
    if domain.expiry - view.as_of < timedelta(days=days):
        return failed(text("dns.expires-soon", day=day, days=days), read=read, expected=expected)
    return passed(text("dns.expires", day=day), read=read, expected=expected)


def _lock(domain: RegisteredDomain, without_lock: tuple[str, ...]) -> Observation:
    if domain.transfer_lock is True:
        return passed(text("dns.locked"), read="TransferLock=true", expected="TransferLock=true")
    statuses, origin = domain.statuses, domain.origin_of("statuses")
    if isinstance(statuses, Unknown):
        return unknown("StatusList", statuses, origin=origin)
    locks = [status for status in statuses if "transferprohibited" in status.lower()]
    if locks:
        return passed(
            text("dns.locked"), read=(FieldValue("StatusList", tuple(locks)),), origin=origin
        )
    if isinstance(domain.transfer_lock, Unknown):
        return unknown("TransferLock", domain.transfer_lock)
    return _unlocked(domain, without_lock)


def _unlocked(domain: RegisteredDomain, without_lock: tuple[str, ...]) -> Observation:
    name = domain.name.lower()
    suffixes = (suffix.lower().removeprefix(".") for suffix in without_lock)
    if any(f".{name}".endswith(f".{suffix}") for suffix in suffixes):
        return passed(text("dns.no-lock"), read="TransferLock=false")
    if _COUNTRY.fullmatch(name.rpartition(".")[2]):
        why = Unknown.because(Why.UNSUPPORTED, detail=f"TransferLock=false ({name})")
        return unknown(text("dns.lock-in-doubt"), why)
    return failed(text("dns.not-locked"), read="TransferLock=false", expected="TransferLock=true")
