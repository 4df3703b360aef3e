"""Which hosted zones a control applies to."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.findings import Observation, not_applicable, unknown
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.route53 import HostedZone
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["exempt_private", "exempt_unless_declared"]


def exempt_private(zone: HostedZone) -> Observation | None:
    """Why a control of public zones does not apply to the zone; ``None``: it does."""
    if isinstance(zone.private, Unknown):
        return unknown("Config.PrivateZone", zone.private, origin=zone.origin_of("private"))
    return not_applicable(text("dns.private-zone")) if zone.private else None


def exempt_unless_declared(zone: HostedZone, patterns: Iterable[str]) -> Observation | None:
    """The same, where the baseline also has to name the zone."""
    if not any(covers(pattern, zone.arn, zone.name) for pattern in patterns):
        return not_applicable(text("dns.zone-not-declared"))
    return exempt_private(zone)
