"""ebs-snapshot-sharing, ami-sharing, rds-snapshot-sharing (5.4)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import (
    Baseline,
    Outcome,
    check_ami_sharing,
    check_ebs_snapshot_sharing,
    check_rds_snapshot_sharing,
)
from cloudpack_baseline.model.ec2_images import EbsSnapshot, Image, SnapshotBlockPublicAccess
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.rds import ManualDBClusterSnapshot, ManualDBSnapshot
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.testing.records import record
from support import ACCOUNT, REGION, denied, only, world

PARTNER, STRANGER = "111122223333", "999988887777"
ORGANIZATION = "o-exampleorgid"
OF_ORGANIZATION = f"arn:aws:organizations::{PARTNER}:organization/{ORGANIZATION}"
UNIT = f"arn:aws:organizations::{PARTNER}:ou/{ORGANIZATION}/ou-ab12-11111111"
FOREIGN = "arn:aws:organizations::999988887777:organization/o-someoneelse"
DECLARED = Baseline.from_mapping({"controls": {"resource-sharing": {"accounts": [PARTNER]}}})


def organization():
    return record(
        Organization, "organization", id=ORGANIZATION, management_account=PARTNER, region=""
    )


def ebs(*permissions, state="unblocked", baseline=None, block=True, **changes):
    snapshot = record(
        EbsSnapshot,
        "snapshot/snap-1",
        snapshot_id="snap-1",
        create_volume_permissions=changes.pop("read", permissions),
    )
    blocks = [record(SnapshotBlockPublicAccess, REGION, state=state)] if block else []
    control = "ebs-snapshot-sharing"
    return only(check_ebs_snapshot_sharing(world(control, snapshot, *blocks, **changes), baseline))


def ami(*permissions, others=(), baseline=None, **changes):
    image = record(Image, "image/ami-1", image_id="ami-1", launch_permissions=permissions)
    return only(check_ami_sharing(world("ami-sharing", image, *others, **changes), baseline))


def test_a_snapshot_that_is_not_shared():
    assert ebs().outcome is Outcome.PASS


@pytest.mark.parametrize(("baseline", "outcome"), [(None, Outcome.FAIL), (DECLARED, Outcome.PASS)])
def test_a_snapshot_shared_with_an_account(baseline, outcome):
    finding = ebs(PARTNER, baseline=baseline)
    assert finding.outcome is outcome
    assert finding.observations[0].read == f"CreateVolumePermissions={PARTNER}"


def test_accounts_of_the_baseline_and_of_the_run_are_declared():
    baseline = Baseline.from_mapping({"accounts": {"audit": {"id": PARTNER}}})
    assert ebs(PARTNER, baseline=baseline).outcome is Outcome.PASS
    scopes = (AccountScope(id=ACCOUNT, regions=(REGION,)), AccountScope(id=PARTNER, regions=()))
    snapshot = record(
        EbsSnapshot, "snapshot/snap-1", snapshot_id="snap-1", create_volume_permissions=(PARTNER,)
    )
    assessed = check_ebs_snapshot_sharing(
        world("ebs-snapshot-sharing", snapshot, accounts=scopes), None
    )
    (finding,) = [finding for finding in assessed.findings if finding.resource.name == "snap-1"]
    assert finding.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("unblocked", Outcome.FAIL),
        ("block-new-sharing", Outcome.FAIL),
        ("block-all-sharing", Outcome.PASS),
        (denied("ec2:GetSnapshotBlockPublicAccessState"), Outcome.UNKNOWN),
    ],
)
def test_a_public_snapshot(state, outcome):
    assert ebs("all", state=state).outcome is outcome
    # The block is about the public alone.
    assert ebs("all", STRANGER, state=state).outcome is Outcome.FAIL


def test_a_public_snapshot_whose_block_was_not_read():
    finding = ebs("all", block=False)
    assert finding.outcome is Outcome.UNKNOWN
    assert "SnapshotBlockPublicAccess" in finding.observations[0].causes[0].detail
    gap = denied("ec2:GetSnapshotBlockPublicAccessState")
    finding = ebs("all", block=False, gaps={"SnapshotBlockPublicAccess": gap})
    assert finding.observations[0].causes == gap.causes


def test_a_denied_attribute_costs_one_snapshot():
    why = denied("ec2:DescribeSnapshotAttribute")
    unread, private = (
        record(EbsSnapshot, f"snapshot/{name}", snapshot_id=name, create_volume_permissions=read)
        for name, read in (("snap-1", why), ("snap-2", ()))
    )
    findings = check_ebs_snapshot_sharing(world("ebs-snapshot-sharing", unread, private)).findings
    assert {finding.resource.name: finding.outcome for finding in findings} == {
        "snap-1": Outcome.UNKNOWN,
        "snap-2": Outcome.PASS,
    }


@pytest.mark.parametrize("recipient", [OF_ORGANIZATION, UNIT])
def test_an_image_of_the_organization(recipient):
    assert ami(recipient, others=[organization()]).outcome is Outcome.PASS
    assert ami(recipient).outcome is Outcome.FAIL
    declared = {"controls": {"resource-sharing": {"organizations": [ORGANIZATION]}}}
    assert ami(recipient, baseline=Baseline.from_mapping(declared)).outcome is Outcome.PASS


def test_an_image_of_a_foreign_organization():
    finding = ami(FOREIGN, others=[organization()])
    assert finding.outcome is Outcome.FAIL
    assert "o-someoneelse" in finding.observations[0].message.in_language("en")


def test_an_organization_that_could_not_be_read():
    gap = denied("organizations:DescribeOrganization")
    finding = ami(OF_ORGANIZATION, gaps={"Organization": gap})
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].causes == gap.causes
    assert ami("all", gaps={"Organization": gap}).outcome is Outcome.FAIL
    assert ami(gaps={"Organization": gap}).outcome is Outcome.PASS


def test_an_odd_organization_is_not_declared():
    assert ami("arn:aws:organizations", others=[organization()]).outcome is Outcome.FAIL


def test_one_public_image_among_private_ones():
    images = [
        record(Image, f"image/ami-{number}", image_id=f"ami-{number}", launch_permissions=read)
        for number, read in enumerate(((), ("all",), ()))
    ]
    findings = check_ami_sharing(world("ami-sharing", *images)).findings
    assert [finding.outcome for finding in findings].count(Outcome.FAIL) == 1


@pytest.mark.parametrize("kind", [ManualDBSnapshot, ManualDBClusterSnapshot])
@pytest.mark.parametrize(
    ("restore", "outcome"),
    [
        ((), Outcome.PASS),
        (("all",), Outcome.FAIL),
        ((PARTNER,), Outcome.PASS),
        ((PARTNER, STRANGER), Outcome.FAIL),
        (denied("rds:DescribeDBSnapshotAttributes"), Outcome.UNKNOWN),
    ],
)
def test_a_database_snapshot(kind, restore, outcome):
    snapshot = record(kind, "snapshot:before-release", service="rds", restore=restore)
    assessed = check_rds_snapshot_sharing(world("rds-snapshot-sharing", snapshot), DECLARED)
    assert only(assessed).outcome is outcome


def test_without_snapshots_there_is_nothing_to_judge():
    assert only(check_ebs_snapshot_sharing(world("ebs-snapshot-sharing"))).outcome is (
        Outcome.NOT_APPLICABLE
    )
