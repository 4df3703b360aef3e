"""Whether volumes and copies of snapshots of a plan are encrypted, if the account encrypts them."""

import pytest

from sources.terraform.plans import PlanBuilder, outcomes

IMAGE = {"name": "copy", "source_ami_id": "ami-1", "source_ami_region": "us-west-2"}
OF_SNAPSHOT = {"availability_zone": "ap-northeast-1a", "snapshot_id": "snap-1"}
PLAIN = {"availability_zone": "ap-northeast-1a", "size": 8, "encrypted": False}
ENCRYPTED = PLAIN | {"encrypted": True}
COPY = {"source_snapshot_id": "snap-1", "source_region": "us-west-2"}


def plan_with(address, values, by_default):
    plan = PlanBuilder().add(address, values)
    if by_default == "unknown":
        references = {"enabled": ["var.encrypts"]}
        return plan.add("aws_ebs_encryption_by_default.d", {}, ["enabled"], references)
    if by_default is not None:
        plan.add("aws_ebs_encryption_by_default.d", {"enabled": by_default})
    return plan


@pytest.mark.parametrize(
    ("address", "values", "by_state"),
    [
        ("aws_ebs_volume.v", OF_SNAPSHOT, ("pass", "unknown", "unknown")),
        ("aws_ebs_volume.v", PLAIN, ("pass", "fail", "unknown")),
        ("aws_ebs_volume.v", ENCRYPTED, ("pass", "pass", "pass")),
        ("aws_ebs_snapshot_copy.c", COPY, ("pass", "unknown", "unknown")),
        ("aws_ebs_snapshot_copy.c", COPY | {"encrypted": True}, ("pass", "pass", "pass")),
        ("aws_ami_copy.c", IMAGE, ("unknown", "unknown", "unknown")),
        ("aws_ami_copy.c", IMAGE | {"encrypted": True}, ("pass", "pass", "pass")),
        ("aws_ami_copy.c", IMAGE | {"kms_key_id": "alias/images"}, ("pass", "pass", "pass")),
        ("aws_ebs_snapshot.s", {"volume_id": "vol-1"}, ("unknown", "unknown", "unknown")),
    ],
)
def test_what_the_account_encrypts_by_default(tmp_path, address, values, by_state):
    on, off, unknown = by_state
    expected = {True: on, False: off, None: off, "unknown": unknown}
    for by_default, outcome in expected.items():
        plan = plan_with(address, values, by_default)
        assert outcomes(tmp_path, plan, "ebs-encryption") == {address: outcome}, by_default


def test_a_root_volume_of_a_snapshot(tmp_path):
    root = {"ami": "ami-1", "root_block_device": [{"snapshot_id": "snap-1"}]}
    for by_default, outcome in {True: "pass", False: "unknown"}.items():
        plan = plan_with("aws_instance.i", root, by_default)
        assert outcomes(tmp_path, plan, "ebs-encryption") == {"aws_instance.i": outcome}


@pytest.mark.parametrize(("encrypted", "outcome"), [(True, "pass"), (False, "unknown")])
def test_a_copy_of_a_copied_image(tmp_path, encrypted, outcome):
    plan = PlanBuilder().add("aws_ami_copy.a", IMAGE | {"encrypted": encrypted})
    plan.add(
        "aws_ami_copy.b",
        {"name": "second", "source_ami_region": "ap-northeast-1"},
        ["source_ami_id"],
        {"source_ami_id": ["aws_ami_copy.a.id"]},
    )
    assert outcomes(tmp_path, plan, "ebs-encryption")["aws_ami_copy.b"] == outcome


def test_the_snapshots_of_a_copied_image_are_shared_with_nobody(tmp_path):
    plan = PlanBuilder().add("aws_ami_copy.a", IMAGE)
    assert outcomes(tmp_path, plan, "ebs-snapshot-sharing") == {"aws_ami_copy.a": "pass"}
