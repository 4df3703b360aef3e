"""A valid baseline with every key, and what is made of it."""

from __future__ import annotations

import copy
import datetime as dt
import json

DAY = dt.date(2026, 10, 1)
VALID = {
    "schema": 1,
    "paper": "1.5.6",
    "regions": ["ap-northeast-1"],
    "scope": {
        "parties": ["customer", "cloudpack"],
        "exclude": [{"clause": "4.3", "reason": "attested"}],
        "controls": ["rds-backup"],
        "clauses": ["4.1"],
        "since": "0.1",
        "attested": True,
    },
    "accounts": {
        "production": {
            "id": "123456789012",
            "role_arn": "arn:aws:iam::123456789012:role/Audit",
            "external_id": "word",
        },
        "staging": {"id": "210987654321", "profile": "staging", "regions": ["*"]},
    },
    "networks": {"office": ["203.0.113.0/28"], "customer": ["2001:db8::/32"]},
    "segments": [
        {"name": "web", "tags": {"Tier": "web"}, "internet_facing": True},
        {
            "name": "jump",
            "subnets": ["subnet-1"],
            "cidrs": ["10.0.0.0/24"],
            "security_groups": ["sg-1"],
            "names": ["jump-*"],
            "role": "bastion",
        },
    ],
    "flows": [{"from": ["internet"], "to": ["web"], "services": ["https"], "required": True}],
    "buckets": [
        {
            "name": "site",
            "exposure": ["networks", "accounts"],
            "access": ["read"],
            "objects": ["a/*"],
            "networks": ["office"],
            "endpoints": ["vpce-1"],
            "accounts": ["111122223333"],
            "organizations": ["o-abcdef1234"],
            "website": True,
            "acls": False,
            "versioning": True,
            "logs": False,
            "kms_keys": ["arn:aws:kms:eu-west-1:123456789012:alias/own"],
        },
        {"name": "site", "exposure": ["cloudfront"]},
    ],
    "controls": {
        "admin-ingress": {"services": ["ssh"], "networks": ["office"], "peers": ["pcx-1"]},
        "admin-privileges": {"principals": ["*"], "presets": ["cdk"]},
        "approved-regions": {
            "regions": ["eu-west-1"],
            "unused": ["us-east-1"],
            "exempt": ["cdn-*"],
        },
        "bastion-ingress": {"networks": ["office"], "services": ["ssh"], "rdp_over_tls": True},
        "customer-admin-access": {
            "services": ["https"],
            "segments": ["web"],
            "networks": ["customer"],
        },
        "database-isolation": {"data_api": ["reports-*"]},
        "dedicated-tenancy": {"segments": ["web"], "vpcs": ["vpc-1"]},
        "network-acls": {"two_layers": ["*"]},
        "open-security-groups": {"unused": True},
        "access-key-rotation": {"days": 60},
        "ai-services-opt-out": {"services": ["rekognition"]},
        "dedicated-account": {
            "organization": "o-abcdef1234",
            "confirmed": [{"account": "111122223333", "on": DAY, "ticket": "OPS-3"}],
        },
        "federated-access": {
            "accounts": ["111122223333"],
            "providers": ["arn:aws:iam::*:saml-provider/entra"],
            "users": [{"user": "break-glass-*", "reason": "emergencies", "ticket": "OPS-9"}],
        },
        "access-keys-declared": {
            "networks": ["office"],
            "keys": [{"user": "ci-*", "reason": "deploys", "ticket": "OPS-7", "id": "AKIA1"}],
        },
        "inactive-credentials": {"days": 60},
        "password-policy": {"minimum_length": 16, "reuse": 12, "max_age_days": 60},
        "rds-backup": {"generations": 7, "restorable_within_minutes": 30},
        "root-hardware-mfa": {"required": False},
        "root-unused": {
            "days": 180,
            "building_days": 14,
            "uses": [
                {"on": DAY, "reason": "contract", "ticket": "OPS-1", "account": "111122223333"}
            ],
        },
        "guardduty": {"features": ["S3_DATA_EVENTS"]},
        "kms-key-rotation": {"days": 365},
        "rds-deletion-protection": {"databases": ["shop-*"]},
        "elasticache-encryption": {"kms_keys": ["arn:aws:kms:eu-west-1:123456789012:key/k1"]},
        "load-balancer-tls": {"protocols": ["TLSv1.3"]},
        "cloudfront-tls": {"protocols": ["TLSv1.2"]},
        "engine-support": {
            "extended_support": ["shop-*"],
            "support_ends": {"docdb 5.0": DAY},
        },
        "inspector": {
            "scanners": {"i-*": "Vuls"},
            "pulled_within_days": 30,
            "scanned_within_days": 7,
        },
        "urgent-vulnerabilities": {
            "severities": ["CRITICAL", "HIGH"],
            "days": 14,
            "exported_within_days": 7,
            "exports": [
                {
                    "scanner": "Vuls",
                    "file": "vuls.json",
                    "sha256": "0" * 64,
                    "exported_on": DAY,
                    "resources": ["i-*"],
                }
            ],
        },
        "instance-patch-compliance": {"severities": ["Important"], "scanned_within_days": 7},
        "daily-backup": {"generations": 7, "newest_within_hours": 48, "exempt": ["tmp-*"]},
        "cloudtrail-enabled": {
            "excluded_sources": ["kms.amazonaws.com"],
            "delivered_within_hours": 48,
        },
        "cloudtrail-retention": {"days": 400, "archives": ["logs-*"]},
        "cloudwatch-alarms": {"monitored": ["web-*"], "receivers": ["*"]},
        "config-recorder": {"excluded_types": ["AWS::EC2::NetworkInterface"]},
        "findings-routed": {"administrators": ["111122223333"], "receivers": ["*"]},
        "log-retention": {"days": 400, "log_groups": ["bastion"], "forwarded": ["ssm-*"]},
        "rds-multi-az": {"databases": ["shop-*"]},
        "ebs-encryption": {"kms_keys": ["arn:aws:kms:eu-west-1:123456789012:alias/own"]},
        "rds-encryption": {"kms_keys": ["arn:aws:kms:eu-west-1:123456789012:alias/own"]},
        "role-trust": {
            "accounts": ["111122223333"],
            "third_parties": ["111122223333"],
            "organizations": ["o-abcdef1234"],
            "providers": ["*"],
            "subjects": ["repo:*"],
            "guest_pools": ["eu-west-1:1"],
        },
        "backup-copy-destination": {"accounts": ["111122223333"]},
        "data-export-paths": {"declared": [{"resource": "*", "ticket": "OPS-1"}]},
        "domain-lock": {"days": 30, "without_lock": ["de"]},
        "route53-query-logging": {"zones": ["example.jp"]},
        "route53-dnssec": {"zones": ["example.jp"], "delegated": ["example.jp"]},
        "route53-dangling-records": {
            "addresses": ["192.0.2.0/24"],
            "delegations": ["dev.example.jp"],
        },
        "resource-sharing": {
            "accounts": ["111122223333"],
            "organizations": ["o-exampleorgid"],
            "public": ["webhook"],
        },
        "s3-replication-destination": {
            "accounts": ["111122223333"],
            "buckets": {"copy": "eu-west-1"},
        },
        "source-network": {"networks": ["office"], "exempt": ["*"]},
        "vpc-flow-logs": {"traffic": "REJECT"},
        "cloudtrail-log-bucket": {"principals": ["audit"], "archives": ["logs-*"], "days": 365},
        "server-access-paths": {"operators": ["ops-*"], "key_pairs": ["legacy"]},
        "session-recording": {
            "days": 365,
            "archives": ["sessions-*"],
            "unrecorded": ["audit"],
            "without_exec": ["batch"],
        },
        "security-drift": {
            "reference": "evidence/a.json.gz",
            "digest": "sha256:0",
            "managed": ["eks-*"],
        },
        "account-decommissioned": {
            "contracts": [
                {"account": "111122223333", "ends": DAY, "deleted_on": DAY, "closed_on": DAY},
            ],
            "deletion_days": 7,
            "closing_days": 60,
            "utc_offset": "+09:00",
            "exempt": ["audit-*"],
        },
        "yearly-assessment": {
            "days": 366,
            "assessments": [
                {"file": "a.json", "sha256": "0" * 64, "starts": DAY, "ends": DAY},
            ],
            "corrections": [
                {"finding": "*", "ticket": "OPS-1", "due": DAY, "corrected_on": DAY},
            ],
        },
    },
    "waivers": [
        {
            "control": "rds-backup",
            "resource": "*",
            "reason": "nightly",
            "approved_by": "ops",
            "approved_on": DAY,
            "expires": DAY,
            "approved_for": "customer",
            "ticket": "OPS-1",
        }
    ],
    "changes": [
        {"resource": "*", "ticket": "OPS-1", "starts": DAY, "ends": DAY, "reason": "asked"},
    ],
    "attestations": [
        {
            "promise": "4.1.4.education",
            "evidence": "evidence/education.pdf",
            "attested_by": "ops",
            "attested_on": DAY,
            "expires": DAY,
            "ticket": "OPS-1",
            "sha256": "0" * 64,
            "resources": ["*:mfa/root"],
        }
    ],
}


def places(value, path=()):
    """The path to every value of the baseline, tables and lists included."""
    if path:
        yield path
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, below in pairs:
            yield from places(below, (*path, key))


def at(values, path):
    for step in path:
        values = values[step]
    return values


REFERENCED = {"accounts", "networks", "scope", "segments"}
"""Tables that other tables refer to."""


def valid(*paths):
    """A copy of the valid baseline, with only those controls that the places are in.

    Where nothing refers to what is at the places, it has only their tables and those that they
    refer to.
    """
    controls = {path[1] for path in paths if path[0] == "controls" and len(path) > 1}
    tables = {path[0] for path in paths}
    kept = tables | REFERENCED if tables and not tables & REFERENCED else VALID.keys()
    values = {key: value for key, value in VALID.items() if key in kept}
    if "controls" in values:
        values["controls"] = {name: VALID["controls"][name] for name in sorted(controls)}
    return copy.deepcopy(values)


def changed(path, value):
    """The valid baseline with another value at the place."""
    values = valid(path)
    at(values, path[:-1])[path[-1]] = value
    return values


def toml(value):
    """The value as TOML, tables in line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {toml(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(value)


TEXT = "\n".join(f"{key} = {toml(value)}" for key, value in VALID.items())
