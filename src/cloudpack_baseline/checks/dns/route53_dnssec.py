"""Whether declared hosted zones are signed, and the parent zone says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudpack_baseline.baseline.options.dns import Route53DnssecOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.dns._zones import exempt_unless_declared
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.route53 import HostedZone, KeySigningKey, RegisteredDomain
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["route53_dnssec"]


@check(
    reads(HostedZone, "serve_signature", "key_signing_keys"),
    reads(RegisteredDomain, "dnssec_keys"),
    subjects=(HostedZone,),
)
def route53_dnssec(view: AccountView) -> Iterator[Finding]:
    """Reads ``ServeSignature`` and the key-signing keys of the zones that the baseline names.

    A signature protects nobody unless the parent zone publishes a DS record of an active key. That
    is read from the registered domain (GetDomainDetail, ``DnssecKeys``), in any account that was
    read; for a zone whose domain is registered elsewhere, it is unknown unless the baseline attests
    it. Private zones are not applicable.
    """
    options = view.baseline.options(Route53DnssecOptions)
    delegation = _Delegation.of(view, options.delegated)
    for zone in view.all(HostedZone):
        exemption = exempt_unless_declared(zone, options.zones)
        observations = (exemption,) if exemption else tuple(_observations(zone, delegation))
        yield view.finding(zone, *observations)


@frozen(kw_only=True)
class _Delegation:
    """What is known of the DS records in parent zones.

    Attributes:
        domains: the registered domains of all accounts that were read, by name.
        unlisted: why there may be more; ``None``: there are no more.
        attested: names of zones whose DS record is attested.
    """

    domains: Mapping[str, RegisteredDomain]
    unlisted: Unknown | None
    attested: tuple[str, ...]

    @classmethod
    def of(cls, view: AccountView, attested: tuple[str, ...]) -> _Delegation:
        """That of the snapshot."""
        domains = {
            domain.name.lower(): domain
            for account in view.snapshot.accounts
            for domain in view.snapshot.all(RegisteredDomain, account.id)
        }
        return cls(domains=domains, unlisted=view.gap(RegisteredDomain), attested=attested)

    def observe(self, zone: HostedZone, keys: tuple[KeySigningKey, ...]) -> Observation:
        """Whether the parent publishes one of the active keys."""
        if zone.name in self.attested:
            return passed(text("dns.ds-attested"))
        domain = self.domains.get(zone.name.lower())
        if domain is None:
            return unknown(text("dns.ds-elsewhere"), self._unread(zone))
        published, origin = domain.dnssec_keys, domain.origin_of("dnssec_keys")
        if isinstance(published, Unknown):
            return unknown("DnssecKeys", published, origin=origin)
        tags = {key.key_tag for key in published}
        tag = next((key.key_tag for key in keys if key.key_tag in tags), None)
        expected = f"DnssecKeys={' | '.join(str(key.key_tag) for key in keys)}"
        if tag is None:
            return failed(text("dns.no-ds"), expected=expected, origin=origin)
        words = text("dns.ds", tag=tag)
        return passed(words, read=f"DnssecKeys={tag}", expected=expected, origin=origin)

    def _unread(self, zone: HostedZone) -> Unknown:
        if self.unlisted is not None:
            return self.unlisted
        return Unknown.because(Why.NOT_PROVIDED, detail=f"DS {zone.name}")


def _observations(zone: HostedZone, delegation: _Delegation) -> Iterator[Observation]:
    signing, keys = zone.serve_signature, zone.key_signing_keys
    origin = zone.origin_of("serve_signature")
    expected = "ServeSignature=SIGNING"
    if isinstance(signing, Unknown):
        yield unknown("ServeSignature", signing, expected=expected, origin=origin)
        return
    read = f"ServeSignature={signing}"
    if signing != "SIGNING":
        yield failed(text("dns.not-signed"), read=read, expected=expected, origin=origin)
        return
    yield passed(text("dns.signed"), read=read, expected=expected, origin=origin)
    if isinstance(keys, Unknown):
        yield unknown("KeySigningKeys", keys, origin=origin)
        return
    active = tuple(key for key in keys if key.status == "ACTIVE")
    if not active:
        statuses = ", ".join(key.status for key in keys)
        yield failed(text("dns.no-active-key"), read=f"Status={statuses}", origin=origin)
        return
    yield delegation.observe(zone, active)
