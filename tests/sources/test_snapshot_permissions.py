"""Whom images and snapshots are shared with, from moto's answers and from odd ones."""

from __future__ import annotations

from cloudpack_baseline.model.ec2_images import EbsSnapshot, Image, SnapshotBlockPublicAccess
from cloudpack_baseline.model.rds import ManualDBClusterSnapshot, ManualDBSnapshot
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.mock import Mock
from fakes import calls
from support import ACCOUNT, REGION

PARTNER = "111122223333"
SNAPSHOT = {"SnapshotId": "snap-1", "OwnerId": ACCOUNT}


def gather(session, *kinds):
    return gather_account(session, list(kinds), regions=[REGION], via=Mock())


def read(kind, field, answers):
    return gatherer_of(kind).run(calls(answers), frozenset((field,)))


def test_snapshots_of_the_account_alone(session):
    ec2 = session.client("ec2", region_name=REGION)
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    for sharing in ({"UserIds": [PARTNER]}, {"GroupNames": ["all"]}, {}):
        snapshot_id = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        if sharing:
            ec2.modify_snapshot_attribute(
                SnapshotId=snapshot_id,
                Attribute="createVolumePermission",
                OperationType="add",
                **sharing,
            )
    kinds = (reads(EbsSnapshot, "create_volume_permissions"), reads(SnapshotBlockPublicAccess))
    snapshot = gather(session, *kinds)
    permissions = [
        ebs_snapshot.create_volume_permissions
        for ebs_snapshot in snapshot.all(EbsSnapshot, ACCOUNT)
    ]
    assert sorted(permissions) == [(), (PARTNER,), ("all",)]
    (block,) = snapshot.all(SnapshotBlockPublicAccess, ACCOUNT)
    assert block.state == "unblocked"
    assert "snapshot-block-public-access-off" in snapshot.assumptions


def test_images_of_the_account(session):
    ec2 = session.client("ec2", region_name=REGION)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]
    image_id = ec2.create_image(InstanceId=instance["InstanceId"], Name="golden")["ImageId"]
    ec2.modify_image_attribute(
        ImageId=image_id,
        LaunchPermission={"Add": [{"UserId": PARTNER}, {"Group": "all"}]},
    )
    snapshot = gather(session, reads(Image, "launch_permissions"))
    (image,) = snapshot.all(Image, ACCOUNT)
    assert (image.name, image.launch_permissions) == ("golden", (PARTNER, "all"))


def test_manual_snapshots_of_databases(session):
    rds = session.client("rds", region_name=REGION)
    rds.create_db_instance(
        DBInstanceIdentifier="shop", Engine="mysql", DBInstanceClass="db.t3.micro"
    )
    rds.create_db_snapshot(DBInstanceIdentifier="shop", DBSnapshotIdentifier="shop-manual")
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="shop-manual", AttributeName="restore", ValuesToAdd=[PARTNER]
    )
    snapshot = gather(session, reads(ManualDBSnapshot, "restore"))
    assert [
        manual_db_snapshot.restore for manual_db_snapshot in snapshot.all(ManualDBSnapshot, ACCOUNT)
    ] == [(PARTNER,)]


def test_public_snapshots_of_others_are_left_out():
    listing = {"Snapshots": [SNAPSHOT, SNAPSHOT | {"SnapshotId": "snap-2", "OwnerId": PARTNER}]}
    attribute = {"CreateVolumePermissions": []}
    answers = {"ec2:DescribeSnapshots": listing, "ec2:DescribeSnapshotAttribute": attribute}
    gathered = read(EbsSnapshot, "create_volume_permissions", answers)
    assert [record.snapshot_id for record in gathered.records] == ["snap-1"]


def test_a_snapshot_that_was_deleted_meanwhile():
    answers = {
        "ec2:DescribeSnapshots": {
            "Snapshots": [SNAPSHOT, SNAPSHOT | {"SnapshotId": "snap-2"}],
        },
        ("ec2:DescribeSnapshotAttribute", "snap-1"): "InvalidSnapshot.NotFound",
        ("ec2:DescribeSnapshotAttribute", "snap-2"): "UnauthorizedOperation",
    }
    (record,) = read(EbsSnapshot, "create_volume_permissions", answers).records
    assert record.snapshot_id == "snap-2"
    assert record.create_volume_permissions.causes[0].actions == ("ec2:DescribeSnapshotAttribute",)


def test_odd_permissions_are_unknown():
    for odd in ({}, {"LaunchPermissions": [{}]}, {"LaunchPermissions": [{"UserId": 5}]}):
        answers = {
            "ec2:DescribeImages": {"Images": [{"ImageId": "ami-1", "OwnerId": ACCOUNT}]},
            "ec2:DescribeImageAttribute": odd,
        }
        (image,) = read(Image, "launch_permissions", answers).records
        assert isinstance(image.launch_permissions, Unknown)
        assert image.launch_permissions.causes[0].why is Why.MALFORMED


def test_organizations_among_the_permissions():
    arn = "arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-11111111"
    answers = {
        "ec2:DescribeImages": {"Images": [{"ImageId": "ami-1", "OwnerId": ACCOUNT}]},
        "ec2:DescribeImageAttribute": {"LaunchPermissions": [{"OrganizationalUnitArn": arn}]},
    }
    (image,) = read(Image, "launch_permissions", answers).records
    assert image.launch_permissions == (arn,)


def test_cluster_snapshots_have_an_operation_of_their_own():
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster-snapshot:shop-manual"
    item = {"DBClusterSnapshotIdentifier": "shop-manual", "DBClusterSnapshotArn": arn}
    attributes = [
        {"AttributeName": "restore", "AttributeValues": ["all"]},
        {"AttributeName": "copy", "AttributeValues": ["other"]},
    ]
    answers = {
        "rds:DescribeDBClusterSnapshots": {"DBClusterSnapshots": [item]},
        "rds:DescribeDBClusterSnapshotAttributes": {
            "DBClusterSnapshotAttributesResult": {"DBClusterSnapshotAttributes": attributes}
        },
    }
    (snapshot,) = read(ManualDBClusterSnapshot, "restore", answers).records
    assert snapshot.restore == ("all",)
