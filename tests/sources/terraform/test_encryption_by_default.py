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


# Volumes and images of what the plan makes ---------------------------------------------------


def with_snapshot(encrypted, /, **values):
    """A volume, a snapshot of it, and a volume of that."""
    plan = PlanBuilder().add("aws_ebs_volume.a", PLAIN | {"encrypted": encrypted}, ["id"])
    plan.add("aws_ebs_snapshot.s", {}, ["id", "volume_id"], {"volume_id": ["aws_ebs_volume.a.id"]})
    return plan.add(
        "aws_ebs_volume.b",
        {"availability_zone": "ap-northeast-1a", **values},
        ["id", "snapshot_id", "encrypted"][: 3 - len(values)],
        {"snapshot_id": ["aws_ebs_snapshot.s.id"]},
    )


@pytest.mark.parametrize(
    ("encrypted", "values", "outcome"),
    [
        (True, {}, "pass"),
        (True, {"encrypted": False}, "pass"),
        (False, {}, "fail"),
        (False, {"encrypted": True}, "pass"),
    ],
)
def test_a_volume_of_a_snapshot_of_the_plan(tmp_path, encrypted, values, outcome):
    judged = outcomes(tmp_path, with_snapshot(encrypted, **values), "ebs-encryption")
    assert judged["aws_ebs_volume.b"] == outcome


@pytest.mark.parametrize(
    ("by_default", "outcome"), [(True, "pass"), (False, "fail"), ("unknown", "unknown")]
)
def test_a_volume_of_a_bare_snapshot_where_the_account_encrypts(tmp_path, by_default, outcome):
    plan = with_snapshot(False)
    if by_default == "unknown":
        references = {"enabled": ["var.encrypts"]}
        plan.add("aws_ebs_encryption_by_default.d", {}, ["enabled"], references)
    else:
        plan.add("aws_ebs_encryption_by_default.d", {"enabled": by_default})
    assert outcomes(tmp_path, plan, "ebs-encryption")["aws_ebs_volume.b"] == outcome


def image_of(plan):
    return plan.add(
        "aws_ami_from_instance.m",
        {"name": "m"},
        ["id", "source_instance_id"],
        {"source_instance_id": ["aws_instance.i.id"]},
    )


@pytest.mark.parametrize(
    ("devices", "outcome"),
    [
        ({"root_block_device": [{"encrypted": True}]}, "pass"),
        ({"root_block_device": [{"encrypted": False}]}, "fail"),
        ({}, "fail"),
        ({"root_block_device": [{"snapshot_id": "snap-1"}]}, "unknown"),
        (
            {
                "root_block_device": [{"snapshot_id": "snap-1"}],
                "ebs_block_device": [{"device_name": "/dev/sdb", "encrypted": False}],
            },
            "fail",
        ),
    ],
)
def test_an_image_has_snapshots_of_the_volumes_of_its_instance(tmp_path, devices, outcome):
    plan = image_of(PlanBuilder().add("aws_instance.i", {"ami": "ami-1", **devices}, ["id"]))
    judged = outcomes(tmp_path, plan, "ebs-encryption")
    assert judged["aws_ami_from_instance.m"] == outcome


def test_an_image_of_an_instance_elsewhere(tmp_path):
    plan = PlanBuilder()
    plan.add("aws_ami_from_instance.m", {"name": "m", "source_instance_id": "i-1"}, ["id"])
    judged = outcomes(tmp_path, plan, "ebs-encryption")
    assert judged == {"aws_ami_from_instance.m": "unknown"}


@pytest.mark.parametrize(("encrypted", "outcome"), [(True, "pass"), (False, "fail")])
def test_a_copy_of_an_image_of_an_instance(tmp_path, encrypted, outcome):
    root = {"root_block_device": [{"encrypted": encrypted}]}
    plan = image_of(PlanBuilder().add("aws_instance.i", {"ami": "ami-1", **root}, ["id"]))
    plan.add(
        "aws_ami_copy.c",
        {"name": "c", "source_ami_region": "ap-northeast-1"},
        ["id", "source_ami_id"],
        {"source_ami_id": ["aws_ami_from_instance.m.id"]},
    )
    assert outcomes(tmp_path, plan, "ebs-encryption")["aws_ami_copy.c"] == outcome
