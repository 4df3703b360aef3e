"""Terraform plans: how long a run over 5,000 resources takes; fails where the bar is missed.

The plan is made here: about 20 MB, as ``terraform show -json`` writes it, with the attributes that
providers compute. What an empty run of pytest costs is taken off. The figure is processor time, the
smallest of several runs: a busy machine's clock says little.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _bars import report_bar
from startup import work
from templates import EMPTY

BAR = 3.0
RESOURCES = 5_000
RUNS = 3
BASELINE = 'schema = 1\npaper = "1.5.6"\n'
COMPUTED = {f"computed_attribute_{number}": True for number in range(14)}
KNOWN = {f"known_attribute_{number}": "a value that is known" for number in range(14)}
TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
}
READ = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
INGRESS = [{"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"]}]


def groups() -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """Type and name, values and references of resource after resource."""
    yield "aws_vpc.v", {"cidr_block": "10.0.0.0/8"}, {}
    for number in range(RESOURCES):
        place = number // 40
        if number % 40 == 0:
            block = {"cidr_block": f"10.{place % 256}.{place // 256}.0/24"}
            yield f"aws_subnet.s{place}", block, {"vpc_id": "aws_vpc.v.id"}
            rules = {"ingress": INGRESS, "egress": []}
            yield f"aws_security_group.s{place}", rules, {"vpc_id": "aws_vpc.v.id"}
        bucket = {"bucket": f"aws_s3_bucket.b{number}.id"}
        status = {"versioning_configuration": [{"status": "Enabled"}]}
        yield f"aws_s3_bucket.b{number}", {"bucket": f"bucket-{number}"}, {}
        yield f"aws_s3_bucket_versioning.b{number}", status, bucket
        yield f"aws_s3_bucket_public_access_block.b{number}", {"block_public_acls": True}, bucket
        role = {"name": f"r{number}", "assume_role_policy": json.dumps(TRUST)}
        yield f"aws_iam_role.r{number}", role, {}
        policy = {"name": "p", "policy": json.dumps(READ)}
        yield f"aws_iam_role_policy.r{number}", policy, {"role": f"aws_iam_role.r{number}.id"}
        yield f"aws_cloudwatch_log_group.g{number}", {"name": f"g{number}"}, {}
        yield f"aws_kms_key.k{number}", {"enable_key_rotation": True}, {}
        options = {"ami": "ami-1", "metadata_options": [{"http_tokens": "required"}]}
        references = {
            "subnet_id": f"aws_subnet.s{place}.id",
            "vpc_security_group_ids": f"aws_security_group.s{place}.id",
        }
        yield f"aws_instance.i{number}", options, references


def plan() -> dict[str, Any]:
    """The plan."""
    planned: list[Any] = []
    changes: list[Any] = []
    configured: list[Any] = []
    for address, values, references in groups():
        if len(planned) == RESOURCES:
            break
        type_, name = address.split(".")
        entry = {"address": address, "mode": "managed", "type": type_, "name": name}
        known = values | KNOWN
        unknown = dict.fromkeys((*references, "id", "arn"), True) | COMPUTED
        planned.append(entry | {"values": known, "sensitive_values": {}})
        actions = {"actions": ["create"], "before": None}
        changes.append(entry | {"change": actions | {"after": known, "after_unknown": unknown}})
        expressions: dict[str, Any] = {
            key: {"constant_value": value} for key, value in known.items()
        }
        for key, reference in references.items():
            expressions[key] = {"references": [reference, reference.rpartition(".")[0]]}
        configured.append(entry | {"provider_config_key": "aws", "expressions": expressions})
    region = {"region": {"constant_value": "ap-northeast-1"}}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": region}},
            "root_module": {"resources": configured},
        },
    }


def main() -> int:
    """Measure, print, and tell whether the bar was kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cloudpack-baseline.toml").write_text(BASELINE, encoding="utf-8")
        (folder / "test_empty.py").write_text("def test(): pass\n", encoding="utf-8")
        file = folder / "plan.json"
        file.write_text(json.dumps(plan()), encoding="utf-8")
        size = file.stat().st_size / 1e6
        judging = (*EMPTY, "--cloudpack-baseline", "--cloudpack-source=plan:plan.json")
        empty = min(work(EMPTY, name) for _ in range(RUNS))
        judged = min(work(judging, name) for _ in range(RUNS))
    within_bar = report_bar(
        f"a plan of {RESOURCES:,} resources ({size:.0f} MB)", judged - empty, BAR
    )
    return 0 if within_bar else 1


if __name__ == "__main__":
    sys.exit(main())
