"""What controls decide before deployment.

Some decide nothing, as only a running resource shows what they read; some let what a template
says of a resource elsewhere pass.
"""

from datetime import date

import pytest

from cloudpack_baseline import Baseline, Outcome, assess
from cloudpack_baseline.checks import check_of, entry_of
from cloudpack_baseline.whitepaper import controls
from support import ACCOUNT, only, world

AFTER_DEPLOYMENT = {
    "account-decommissioned",
    "cloudwatch-alarms",
    "console-user-mfa",
    "findings-routed",
    "inspector",
    "instance-patch-compliance",
    "route53-dangling-records",
    "security-drift",
    "urgent-vulnerabilities",
    "yearly-assessment",
}

DECLARED = Baseline.from_mapping(
    {
        "controls": {
            "account-decommissioned": {
                "contracts": [{"account": ACCOUNT, "ends": date(2026, 3, 31)}]
            },
            "security-drift": {"reference": "reference.json"},
        }
    }
)
"""What some of them need."""


def test_these_and_no_others():
    assert {id_ for id_ in controls() if not check_of(id_).planned} == AFTER_DEPLOYMENT
    assert {id_ for id_ in controls() if not entry_of(id_).planned} == AFTER_DEPLOYMENT


@pytest.mark.parametrize("id_", sorted(AFTER_DEPLOYMENT))
def test_the_finding_on_a_template_says_so(id_):
    finding = only(assess(world(id_, source="template"), DECLARED, controls=[id_]))
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.observations[0].message.id == "common.after-deployment"


def test_the_controls_that_evaluate_each_part_of_a_resource_by_itself():
    by_parts = {
        "admin-privileges",
        "load-balancer-tls",
        "network-acls",
        "open-security-groups",
        "resource-sharing",
        "route-restriction",
        "s3-exposure",
        "s3-tls-only",
    }
    assert {id_ for id_ in controls() if check_of(id_).by_parts} == by_parts
    assert {id_ for id_ in controls() if entry_of(id_).by_parts} == by_parts
