"""Where backups and images are copied to, from moto's answers and from odd ones."""

from __future__ import annotations

from cloudpack_baseline.model.backup import BackupPlan, BackupVault
from cloudpack_baseline.model.dlm import LifecyclePolicy
from cloudpack_baseline.model.ecr import EcrRegistry
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.regions import AccountRegion
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.mock import Mock
from fakes import calls
from support import ACCOUNT, REGION

VAULT = f"arn:aws:backup:ap-northeast-3:{ACCOUNT}:backup-vault:copies"


def gather(session, kind, *fields):
    snapshot = gather_account(session, [reads(kind, *fields)], regions=[REGION], via=Mock())
    assert [coverage.unknown for coverage in snapshot.coverage] == [None]
    return snapshot.all(kind, ACCOUNT)


def read(kind, answers, *fields):
    return gatherer_of(kind).run(calls(answers), frozenset(fields)).records


def test_a_backup_plan(session):
    client = session.client("backup", region_name=REGION)
    client.create_backup_vault(BackupVaultName="main")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "main"}
    copies = {"RuleName": "far", "TargetBackupVaultName": "main"} | {
        "CopyActions": [{"DestinationBackupVaultArn": VAULT}]
    }
    client.create_backup_plan(BackupPlan={"BackupPlanName": "all", "Rules": [rule, copies]})
    (plan,) = gather(session, BackupPlan, "copy_destinations")
    assert (plan.name, plan.copy_destinations) == ("all", (VAULT,))
    (vault,) = gather(session, BackupVault)
    assert vault.recovery_points == 0


def test_an_air_gapped_vault():
    arn = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-plan:1"
    answers = {
        "backup:ListBackupPlans": {
            "BackupPlansList": [{"BackupPlanArn": arn, "BackupPlanId": "1"}]
        },
        "backup:GetBackupPlan": {
            "BackupPlan": {"Rules": [{"TargetLogicallyAirGappedBackupVaultArn": VAULT}]}
        },
    }
    (plan,) = read(BackupPlan, answers, "copy_destinations")
    assert plan.copy_destinations == (VAULT,)


def lifecycle(details):
    answers = {
        "dlm:GetLifecyclePolicies": {"Policies": [{"PolicyId": "policy-1", "State": "ENABLED"}]},
        "dlm:GetLifecyclePolicy": {"Policy": {"PolicyDetails": details}},
    }
    (policy,) = read(LifecyclePolicy, answers, "copy_targets", "shared_accounts")
    return policy


def test_every_way_of_a_lifecycle_policy_to_copy():
    policy = lifecycle(
        {
            "Schedules": [
                {
                    "CrossRegionCopyRules": [
                        {"TargetRegion": "us-east-1"},
                        {"Target": "us-east-2"},
                    ],
                    "ShareRules": [{"TargetAccounts": ["111122223333"]}],
                },
                {},
            ],
            "Actions": [{"CrossRegionCopy": [{"Target": "us-west-1"}]}],
            "CrossRegionCopyTargets": [{"TargetRegion": "us-west-2"}],
        }
    )
    assert policy.copy_targets == ("us-east-1", "us-east-2", "us-west-1", "us-west-2")
    assert policy.shared_accounts == ("111122223333",)
    assert lifecycle({}).copy_targets == ()


def test_an_odd_rule_is_unknown():
    policy = lifecycle({"Schedules": [{"CrossRegionCopyRules": [{}]}]})
    assert policy.copy_targets.causes[0].why is Why.MALFORMED
    assert policy.shared_accounts == ()


def test_without_lifecycle_policies(session):
    assert gather(session, LifecyclePolicy, "copy_targets") == ()


def test_replicated_backups():
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:shop"
    item = {
        "DBInstanceIdentifier": "shop",
        "DBInstanceArn": arn,
        "Engine": "mysql",
        "BackupRetentionPeriod": 7,
    }
    copy = f"arn:aws:rds:us-west-2:{ACCOUNT}:auto-backup:ab-1"
    replicated = {
        "DBInstanceAutomatedBackupsReplications": [{"DBInstanceAutomatedBackupsArn": copy}]
    }
    listing = {"rds:DescribeDBInstances": {"DBInstances": [item, item | replicated]}}
    found = [each.automated_backup_replications for each in read(DBInstance, listing)]
    assert found == [(), (copy,)]


def test_a_registry(session):
    client = session.client("ecr", region_name=REGION)
    destination = {"region": "ap-northeast-3", "registryId": ACCOUNT}
    client.put_replication_configuration(
        replicationConfiguration={"rules": [{"destinations": [destination]}]}
    )
    (registry,) = gather(session, EcrRegistry, "replication")
    (copy,) = registry.replication
    assert (copy.region, copy.registry) == ("ap-northeast-3", ACCOUNT)


def test_the_regions_of_an_account(session):
    statuses = {each.name: each.opt_in_status for each in gather(session, AccountRegion)}
    assert statuses[REGION] == "opt-in-not-required"
    assert "not-opted-in" in statuses.values()
