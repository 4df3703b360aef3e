"""Common good architectures stay green: each is judged by all controls."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from attrs import evolve

import architectures as good
import control_tower
import workloads
from cloudpack_baseline import Baseline, Outcome, assess
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.testing import records
from cloudpack_baseline.whitepaper import controls
from support import ACCOUNT, REGION

WITHOUT_A_STATE = {"yearly-assessment"}
"""Judges a stored report that the baseline names, and no state of the account."""

SITE = {"buckets": [{"name": "site", "exposure": ["cloudfront"], "access": ["read"]}]}
CLASSIC = {"buckets": [{"name": "classic", "exposure": ["cloudfront"], "access": ["read"]}]}
LOGS = {"buckets": [{"name": "logs-*", "logs": True}]}
ASSETS = {
    "buckets": [
        {
            "name": "cdk-accel-assets-*",
            "exposure": ["accounts"],
            "organizations": [good.ORGANIZATION],
            "access": ["read", "list"],
        }
    ]
}
PRIVATE = {"segments": good.SEGMENTS["segments"][1:], "flows": good.SEGMENTS["flows"][2:]}
SUPPORT = {"engine-support": {"support_ends": {"aurora-mysql 8.0": date(2028, 4, 30)}}}

ARCHITECTURES = {
    "an empty member of AWS Control Tower": ((good.landing_zone,), {}),
    "the log archive of AWS Control Tower": (
        (
            good.landing_zone,
            partial(
                control_tower.log_archive, good.ORGANIZATION, good.MANAGEMENT, good.good_bucket
            ),
        ),
        {},
    ),
    "the audit account of AWS Control Tower": (
        (good.landing_zone, partial(control_tower.audit_account, good.ORGANIZATION)),
        {},
    ),
    "the Landing Zone Accelerator on AWS": ((good.accelerated,), ASSETS),
    "Session Manager without a bastion, in a VPC with NAT only": (
        (good.landing_zone, good.nat_gateway, good.server),
        good.SEGMENTS,
    ),
    "a regional NAT gateway": (
        (good.landing_zone, good.regional_nat_gateway, good.server),
        good.SEGMENTS,
    ),
    "a shared transit gateway": (
        (good.landing_zone, good.shared_transit_gateway, good.server),
        PRIVATE,
    ),
    "a load balancer in front": (
        (good.landing_zone, good.nat_gateway, good.load_balancer, good.server),
        good.SEGMENTS,
    ),
    "Aurora Serverless": (
        (
            good.landing_zone,
            good.nat_gateway,
            good.load_balancer,
            good.server,
            good.aurora_serverless,
        ),
        good.SEGMENTS,
    ),
    "a bucket behind CloudFront": ((good.landing_zone, good.site), SITE),
    "a bucket behind CloudFront, by an origin access identity": (
        (good.landing_zone, partial(workloads.site_with_identity, good.good_bucket)),
        CLASSIC,
    ),
    "the AWS CDK": ((good.landing_zone, partial(workloads.cdk_bootstrap, good.good_bucket)), {}),
    "a bucket of logs": (
        (good.landing_zone, partial(workloads.log_bucket, good.good_bucket)),
        LOGS,
    ),
    "keys of the Landing Zone Accelerator": (
        (good.accelerated, partial(workloads.keys_of_the_accelerator, good.ORGANIZATION)),
        ASSETS,
    ),
    "a Network Load Balancer in front": (
        (good.landing_zone, good.nat_gateway, workloads.network_load_balancer, good.server),
        good.SEGMENTS,
    ),
    "Session Manager by VPC endpoints": (
        (good.landing_zone, good.nat_gateway, workloads.interface_endpoints, good.server),
        good.SEGMENTS,
    ),
    "AWS Fargate behind a load balancer": (
        (good.landing_zone, good.nat_gateway, good.load_balancer, workloads.fargate),
        good.SEGMENTS,
    ),
}


def judged(parts, declared, *more):
    """The findings about the member account; the other accounts only say what concerns it."""
    others = (good.MANAGEMENT, good.ARCHIVE)
    account = records.snapshot(*(entry for part in parts for entry in part()), *more)
    snapshot = evolve(
        account,
        accounts=tuple(AccountScope(id=id_, regions=(REGION,)) for id_ in (ACCOUNT, *others)),
        coverage=(
            *account.coverage,
            *(evolve(entry, account=id_) for entry in account.coverage for id_ in others),
        ),
    )
    options = {**good.BASELINE["controls"], **SUPPORT}
    baseline = Baseline.from_mapping({**good.BASELINE, **declared, "controls": options})
    findings = assess(snapshot, baseline).findings
    return [finding for finding in findings if finding.resource.account == ACCOUNT]


def bad(findings):
    return [
        (finding.control, finding.resource.key, observation.message.in_language("en"))
        for finding in findings
        if finding.control not in WITHOUT_A_STATE
        for observation in finding.observations
        if observation.outcome in {Outcome.FAIL, Outcome.UNKNOWN}
    ]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_nothing_fails(name):
    findings = judged(*ARCHITECTURES[name])
    assert bad(findings) == []
    assert {finding.control for finding in findings} >= set(controls()) - WITHOUT_A_STATE


def test_each_state_can_fail():
    """An opened group, a bucket of strangers and a public one are noticed in the same states."""
    parts, declared = ARCHITECTURES["Aurora Serverless"]
    opened = records.security_group("sg-db", [records.tcp(3306, "0.0.0.0/0")], [])
    assert "open-security-groups" in controls_of(judged(parts, declared, opened))
    config = {"Principal": {"Service": "config.amazonaws.com"}}
    of_anyone = good.good_bucket(
        "logs", control_tower.statement("s3:PutObject", "arn:aws:s3:::logs/*", **config)
    )
    assert controls_of(judged((good.landing_zone,), {}, of_anyone)) == {"s3-exposure"}
    parts, _ = ARCHITECTURES["a bucket behind CloudFront"]
    assert controls_of(judged(parts, {})) == {"s3-exposure", "s3-access-logging"}


def controls_of(findings):
    return {control for control, *_ in bad(findings)}
