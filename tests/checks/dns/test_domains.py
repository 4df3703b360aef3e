"""domain-lock (5.1.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloudpack_baseline import Baseline, Outcome, check_domain_lock
from cloudpack_baseline.model.route53 import RegisteredDomain
from cloudpack_baseline.testing.records import record
from support import NOW, denied, only, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
DENIED = denied("route53domains:GetDomainDetail")


def judge(name="example.com", *, options=None, days=200, source="aws", **changes):
    settings = {
        "name": name,
        "region": "",
        "auto_renew": True,
        "transfer_lock": True,
        "expiry": NOW + timedelta(days=days),
        "statuses": ("clientTransferProhibited",),
    }
    domain = record(
        RegisteredDomain, f"domain/{name}", service="route53domains", **(settings | changes)
    )
    baseline = Baseline.from_mapping({"controls": {"domain-lock": options or {}}})
    return only(check_domain_lock(world("domain-lock", domain, source=source), baseline))


def test_a_domain_that_renews_and_is_locked():
    assert judge().outcome is PASS
    messages = [observation.message.id for observation in judge().observations]
    assert messages == ["dns.renewed", "dns.expires", "dns.locked"]


@pytest.mark.parametrize(
    ("renews", "outcome"),
    [(True, PASS), (False, FAIL), (denied("route53domains:ListDomains"), UNKNOWN)],
)
def test_renewal(renews, outcome):
    assert judge(auto_renew=renews).outcome is outcome


@pytest.mark.parametrize(("days", "outcome"), [(10, PASS), (9.99, FAIL), (-1, FAIL)])
def test_a_registration_that_ends_soon(days, outcome):
    assert judge(days=days).outcome is outcome


def test_the_days_are_chosen_in_the_baseline():
    assert judge(days=20, options={"days": 30}).outcome is FAIL
    assert judge(days=9, options={"days": 5}).outcome is PASS


def test_an_unknown_end():
    assert judge(expiry=denied("route53domains:ListDomains")).outcome is UNKNOWN


def test_no_plan_knows_the_end_of_a_new_registration():
    of_plan = judge(expiry=denied(), source="plan")
    assert of_plan.outcome is PASS
    assert [seen.message.id for seen in of_plan.observations] == ["dns.renewed", "dns.locked"]
    assert judge(expiry=denied(), source="plan", auto_renew=False).outcome is FAIL
    assert judge(days=9, source="plan").outcome is FAIL


@pytest.mark.parametrize(
    ("name", "lock", "statuses", "outcome"),
    [
        ("example.com", True, DENIED, PASS),
        ("example.com", False, ("ok",), FAIL),
        ("example.com", False, (), FAIL),
        ("example.com", False, ("serverTransferProhibited",), PASS),
        ("example.com", False, DENIED, UNKNOWN),
        ("example.com", DENIED, ("ok",), UNKNOWN),
        ("example.com", DENIED, ("clientTransferProhibited",), PASS),
        ("example.jp", False, ("clientTransferProhibited",), PASS),
        ("example.co.uk", False, (), UNKNOWN),
        ("example.xn--fiqs8s", False, (), UNKNOWN),
    ],
)
def test_the_lock(name, lock, statuses, outcome):
    assert judge(name, transfer_lock=lock, statuses=statuses).outcome is outcome


@pytest.mark.parametrize("declared", ["uk", ".uk", "co.uk", "example.co.uk", "UK"])
def test_a_registry_without_lock(declared):
    options = {"without_lock": [declared]}
    changes = {"transfer_lock": False, "statuses": ()}
    assert judge("example.co.uk", options=options, **changes).outcome is PASS
    assert judge("example.com", options=options, **changes).outcome is FAIL
    assert judge("myuk", options=options, **changes).outcome is FAIL


def test_without_domains():
    assert only(check_domain_lock(world("domain-lock"))).outcome is Outcome.NOT_APPLICABLE
