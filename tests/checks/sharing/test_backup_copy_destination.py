"""backup-copy-destination (5.4, 5.6)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, Outcome, check_backup_copy_destination
from cloudpack_baseline.model.backup import BackupPlan
from cloudpack_baseline.model.dlm import LifecyclePolicy
from cloudpack_baseline.model.ecr import EcrRegistry, ReplicationDestination
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.testing.records import record
from support import ACCOUNT, REGION, denied, only, world

OSAKA, PARTNER, STRANGER = "ap-northeast-3", "111122223333", "999988887777"
PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)


def vault(region=OSAKA, account=ACCOUNT):
    return f"arn:aws:backup:{region}:{account}:backup-vault:copies"


def judge(resource, **tables):
    baseline = Baseline.from_mapping({"controls": tables})
    return only(check_backup_copy_destination(world("backup-copy-destination", resource), baseline))


def plan(*destinations):
    return record(BackupPlan, "backup-plan:1", service="backup", copy_destinations=destinations)


def policy(*targets, accounts=(), state="ENABLED"):
    return record(
        LifecyclePolicy,
        "policy/1",
        service="dlm",
        state=state,
        copy_targets=targets,
        shared_accounts=accounts,
    )


@pytest.mark.parametrize(
    ("destinations", "outcome"),
    [
        ((), NOT_APPLICABLE),
        ((vault(),), PASS),
        ((vault(REGION),), PASS),
        ((vault("us-east-1"),), FAIL),
        ((vault(account=STRANGER),), FAIL),
        ((vault(), vault("us-east-1")), FAIL),
        (("not an ARN",), UNKNOWN),
    ],
)
def test_a_backup_plan(destinations, outcome):
    assert judge(plan(*destinations)).outcome is outcome


def test_what_the_baseline_declares():
    partner = plan(vault(account=PARTNER))
    assert judge(partner).outcome is FAIL
    declared = {"backup-copy-destination": {"accounts": [PARTNER]}}
    assert judge(partner, **declared).outcome is PASS
    abroad = {"approved-regions": {"regions": ["us-east-1"]}}
    assert judge(plan(vault("us-east-1")), **abroad).outcome is PASS
    assert judge(plan(vault()), **abroad).outcome is FAIL


def test_what_was_read_and_expected():
    (observation,) = judge(plan(vault("us-east-1"))).observations
    assert observation.read == f"CopyActions={vault('us-east-1')}"
    assert observation.expected == f"CopyActions={REGION} | {OSAKA}"


@pytest.mark.parametrize(
    ("targets", "accounts", "outcome"),
    [
        ((), (), NOT_APPLICABLE),
        ((OSAKA,), (), PASS),
        (("us-east-1",), (), FAIL),
        ((f"arn:aws:outposts:us-east-1:{ACCOUNT}:outpost/op-1",), (), FAIL),
        ((f"arn:aws:outposts:{REGION}:{ACCOUNT}:outpost/op-1",), (), PASS),
        ((), (PARTNER,), FAIL),
        ((), (ACCOUNT,), PASS),
        ((OSAKA,), (STRANGER,), FAIL),
    ],
)
def test_a_lifecycle_policy(targets, accounts, outcome):
    assert judge(policy(*targets, accounts=accounts)).outcome is outcome


def messages(resource):
    return [observation.message.id for observation in judge(resource).observations]


def test_what_makes_no_copies_is_reported_once_and_alone():
    assert messages(policy()) == ["sharing.no-copies"]
    assert messages(policy(OSAKA)) == ["sharing.copy"]
    assert messages(policy(OSAKA, accounts=(ACCOUNT,))) == ["sharing.copy"] * 2
    assert messages(policy(OSAKA, state="DISABLED")) == ["sharing.policy-disabled"]
    assert messages(plan()) == ["sharing.no-copies"]


def test_a_lifecycle_policy_that_does_nothing():
    assert judge(policy("us-east-1", state="DISABLED")).outcome is NOT_APPLICABLE
    assert judge(policy("us-east-1", state="ERROR")).outcome is FAIL
    assert judge(policy(state=denied("dlm:GetLifecyclePolicies"))).outcome is UNKNOWN


FOREIGN = {
    "CopyActions": plan(vault(account=STRANGER)),
    "CrossRegionCopyRules": policy("us-east-1"),
    "ShareRules": policy(accounts=(STRANGER,)),
    "DBInstanceAutomatedBackupsReplications": record(
        DBInstance,
        "db:shop",
        service="rds",
        engine="mysql",
        automated_backup_replications=(f"arn:aws:rds:{OSAKA}:{STRANGER}:auto-backup:ab-1",),
    ),
    "replicationConfiguration": record(
        EcrRegistry,
        "registry",
        service="ecr",
        replication=(ReplicationDestination(region=OSAKA, registry=STRANGER),),
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_destination_is_shown_by_the_name_that_the_api_gives_it(name):
    observations = judge(FOREIGN[name]).observations
    (failure,) = (entry for entry in observations if entry.outcome is FAIL)
    assert failure.read.startswith(f"{name}=")


def test_what_was_denied():
    why = denied("backup:GetBackupPlan")
    unread = record(BackupPlan, "backup-plan:1", service="backup", copy_destinations=why)
    assert judge(unread).observations[0].causes == why.causes
    unread = record(
        LifecyclePolicy,
        "policy/1",
        service="dlm",
        state="ENABLED",
        copy_targets=why,
        shared_accounts=why,
    )
    assert judge(unread).outcome is UNKNOWN


@pytest.mark.parametrize(
    ("copies", "outcome"),
    [
        ((), NOT_APPLICABLE),
        ((f"arn:aws:rds:{OSAKA}:{ACCOUNT}:auto-backup:ab-1",), PASS),
        ((f"arn:aws:rds:us-west-2:{ACCOUNT}:auto-backup:ab-1",), FAIL),
        (denied("rds:DescribeDBInstances"), UNKNOWN),
    ],
)
def test_automated_backups(copies, outcome):
    instance = record(
        DBInstance,
        "db:shop",
        service="rds",
        engine="mysql",
        automated_backup_replications=copies,
    )
    assert judge(instance).outcome is outcome


@pytest.mark.parametrize(
    ("region", "registry", "outcome"),
    [(OSAKA, ACCOUNT, PASS), ("eu-west-1", ACCOUNT, FAIL), (OSAKA, STRANGER, FAIL)],
)
def test_a_registry(region, registry, outcome):
    copies = (ReplicationDestination(region=region, registry=registry),)
    resource = record(EcrRegistry, "registry", service="ecr", replication=copies)
    assert judge(resource).outcome is outcome


def test_a_registry_without_copies():
    assert judge(record(EcrRegistry, "r", service="ecr", replication=())).outcome is NOT_APPLICABLE
    unread = record(EcrRegistry, "r", service="ecr", replication=denied("ecr:DescribeRegistry"))
    assert judge(unread).outcome is UNKNOWN
