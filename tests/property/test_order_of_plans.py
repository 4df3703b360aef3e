"""The order of the resources in a plan changes no verdict."""

import copy
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpack_baseline import Outcome, assess, gather_plan
from sources.terraform.plans import PlanBuilder

EXAMPLE = json.loads(
    (Path(__file__).parents[2] / "examples/plan/plan.json").read_text(encoding="utf-8")
)


def chained():
    """Copies of copies, replicas of replicas, volumes of snapshots of volumes, shared names."""
    plan = PlanBuilder()
    known = ["id", "arn"]
    plan.add("aws_ebs_volume.first", {"encrypted": True}, known)
    plan.add(
        "aws_ebs_snapshot.first",
        {},
        [*known, "volume_id"],
        {"volume_id": ["aws_ebs_volume.first.id"]},
    )
    plan.add(
        "aws_ebs_volume.second",
        {"encrypted": False},
        [*known, "snapshot_id"],
        {"snapshot_id": ["aws_ebs_snapshot.first.id"]},
    )
    plan.add(
        "aws_ebs_snapshot.second",
        {},
        [*known, "volume_id"],
        {"volume_id": ["aws_ebs_volume.second.id"]},
    )
    for name, source in (
        ("third", "aws_ebs_snapshot.second"),
        ("fourth", "aws_ebs_snapshot_copy.third"),
        ("fifth", "aws_ebs_snapshot_copy.fourth"),
    ):
        plan.add(
            f"aws_ebs_snapshot_copy.{name}",
            {},
            [*known, "source_snapshot_id"],
            {"source_snapshot_id": [f"{source}.id"]},
        )
    plan.add(
        "aws_instance.imaged", {"ami": "ami-1", "root_block_device": [{"encrypted": False}]}, known
    )
    plan.add(
        "aws_ami_from_instance.imaged",
        {"name": "web"},
        [*known, "source_instance_id"],
        {"source_instance_id": ["aws_instance.imaged.id"]},
    )
    for name, source in (
        ("a", "aws_ami_from_instance.imaged"),
        ("b", "aws_ami_copy.a"),
        ("c", "aws_ami_copy.b"),
    ):
        plan.add(
            f"aws_ami_copy.{name}",
            {"name": name},
            [*known, "source_ami_id"],
            {"source_ami_id": [f"{source}.id"]},
        )
    database = {"engine": "mysql", "instance_class": "db.t3.micro"}
    plan.add(
        "aws_db_instance.main",
        {"identifier": "main", "storage_encrypted": True, **database},
        known,
    )
    for name, source in (("near", "main"), ("far", "near"), ("farther", "far")):
        plan.add(
            f"aws_db_instance.{name}", {"identifier": name, "replicate_source_db": source}, known
        )
    plan.add(
        "aws_db_snapshot.s",
        {"db_snapshot_identifier": "s", "db_instance_identifier": "farther"},
        known,
    )
    for name, source in (("t", "s"), ("u", "t"), ("v", "u")):
        plan.add(
            "aws_db_snapshot_copy." + name,
            {"target_db_snapshot_identifier": name, "source_db_snapshot_identifier": source},
            known,
        )
    return plan


def document():
    """The example with the chains of copies."""
    plan, built = copy.deepcopy(EXAMPLE), chained()
    plan["planned_values"]["root_module"]["resources"] += built.planned
    plan["resource_changes"] += built.changes
    plan["configuration"]["root_module"]["resources"] += built.configured
    return plan


PLAN = document()
CHAINS = [resource["address"] for resource in chained().planned]
ADDRESSES = sorted(change["address"] for change in PLAN["resource_changes"])


def place_of(finding):
    """The address of what the finding is about; of the account, its key."""
    origin = finding.resource.origin
    return finding.resource.key if origin is None else origin.path


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """How many findings of a control have an outcome, with the resources in an order."""
    file = tmp_path_factory.mktemp("orders") / "plan.json"

    def findings(addresses):
        places = {address: place for place, address in enumerate(addresses)}
        plan = copy.deepcopy(PLAN)
        root = plan["planned_values"]["root_module"]
        configured = plan["configuration"]["root_module"]
        for part, key in (
            (root, "resources"),
            (plan, "resource_changes"),
            (configured, "resources"),
        ):
            part[key].sort(key=lambda entry: places.get(entry.get("address"), 0))
        file.write_text(json.dumps(plan), encoding="utf-8")
        assessment = assess(gather_plan(file))
        return Counter(
            (
                finding.control,
                finding.resource.origin and finding.resource.origin.path,
                finding.outcome,
            )
            for finding in assessment.findings
        )

    return findings


@settings(max_examples=6, deadline=None)
@given(st.permutations(ADDRESSES))
def test_any_order_has_the_same_findings(judge, addresses):
    assert judge(addresses) == judge(ADDRESSES)


def test_the_last_copies_first(judge):
    others = [address for address in ADDRESSES if address not in CHAINS]
    assert judge([*others, *CHAINS]) == judge([*reversed(CHAINS), *others])


@pytest.mark.parametrize(
    ("control", "address", "outcome"),
    [
        ("ebs-encryption", "aws_ebs_snapshot_copy.fifth", Outcome.PASS),
        ("ebs-encryption", "aws_ami_copy.c", Outcome.FAIL),
        ("rds-encryption", "aws_db_instance.farther", Outcome.PASS),
        ("rds-encryption", "aws_db_snapshot_copy.v", Outcome.PASS),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_the_end_of_a_chain_is_encrypted_as_its_source(judge, control, address, outcome, turn):
    assert judge(ADDRESSES[::turn])[control, address, outcome] == 1
