"""Policies of AWS Organizations that set what an account cannot: Amazon S3, Amazon EC2, backups."""

import json

import pytest

from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.backup import BackupPlan
from cloudpack_baseline.model.ec2_gateways import VpcBlockPublicAccessOptions
from cloudpack_baseline.model.ec2_images import SnapshotBlockPublicAccess
from cloudpack_baseline.model.ec2_posture import InstanceMetadataDefaults, SerialConsoleAccess
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import select


def organization(*policies, further=""):
    """Policies: type, content and targets of each."""
    text = "Parameters: {Root: {Type: String}, Choice: {Type: String}}\nResources:\n"
    text += "  Org: {Type: AWS::Organizations::Organization}\n"
    for number, (kind, content, targets) in enumerate(policies):
        properties = f"Name: p, Type: {kind}, TargetIds: {targets}, Content: {content}"
        text += f"  P{number}: {{Type: AWS::Organizations::Policy, Properties: {{{properties}}}}}\n"
    return text + further


def only(snapshot, kind):
    (record,) = (record for record in snapshot.records if isinstance(record, kind))
    return record


# Amazon S3 -------------------------------------------------------------------------------------

ALL = '{s3_attributes: {public_access_block_configuration: {"@@assign": all}}}'
NONE = ALL.replace("all}", "none}")
BUCKET = """\
  Open:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {BlockPublicPolicy: false, RestrictPublicBuckets: false}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Open
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: "*", Action: s3:GetObject, Resource: !Sub "${Open.Arn}/*"}
"""


@pytest.mark.parametrize(
    ("content", "targets", "outcome"),
    [
        (ALL, "[r-abcd]", "pass"),
        (ALL, "[!GetAtt Org.RootId]", "pass"),
        (ALL, "[ou-ab12-cd34, r-abcd]", "pass"),
        (json.dumps(json.dumps({"s3_attributes": {}})), "[r-abcd]", "fail"),
        (NONE, "[r-abcd]", "fail"),
        (ALL, "[ou-ab12-cd34]", "fail"),
        (ALL, "[!Ref Root]", "fail"),
        (ALL, "['111122223333']", "fail"),
        (ALL, "[]", "fail"),
    ],
)
def test_a_bucket_is_private_where_the_organization_blocks_access(
    judge_template, content, targets, outcome
):
    text = organization(("S3_POLICY", content, targets), further=BUCKET)
    assert judge_template("s3-exposure", text) == {"Open": outcome}


@pytest.mark.parametrize(
    "policies",
    [
        [("S3_POLICY", ALL, "[ou-ab12-cd34]")],
        [("S3_POLICY", ALL, "[r-abcd]"), ("S3_POLICY", NONE, "[r-abcd]")],
        [("S3_POLICY", ALL, "[r-abcd]"), ("S3_POLICY", ALL, "[ou-ab12-cd34]")],
        [("S3_POLICY", ALL.replace("@@assign", "@@append"), "[r-abcd]")],
        [("S3_POLICY", ALL.replace(" all", " !Ref Choice"), "[r-abcd]")],
        [("S3_POLICY", "!ImportValue content", "[r-abcd]")],
        [("S3_POLICY", "'{'", "[r-abcd]")],
    ],
)
def test_what_an_organization_blocks_may_be_unknown(gathered, policies):
    snapshot = gathered(organization(*policies), controls=["s3-exposure"])
    assert isinstance(only(snapshot, AccountPublicAccessBlock).organization, Unknown)


def test_policies_that_agree_are_in_effect(gathered):
    policies = [("S3_POLICY", ALL, "[r-abcd]"), ("S3_POLICY", ALL, "[r-abcd, ou-ab12-cd34]")]
    snapshot = gathered(organization(*policies), controls=["s3-exposure"])
    assert only(snapshot, AccountPublicAccessBlock).organization.block_public_acls


@pytest.mark.parametrize(
    ("targets", "is_blocked"),
    [
        ("['111122223333']", True),
        ("['444455556666']", False),
        ("['444455556666', '111122223333']", True),
    ],
)
def test_a_policy_for_an_account_is_in_effect_there(tmp_path, targets, is_blocked):
    file = tmp_path / "template.yaml"
    file.write_text(organization(("S3_POLICY", ALL, targets)))
    account = SourceAccount(id="111122223333", regions=("ap-northeast-1",))
    with parse_source(f"template:{file}").open([account]) as opened:
        snapshot = opened.gather(reads_of(select(["s3-exposure"])))
    assert (only(snapshot, AccountPublicAccessBlock).organization is not None) == is_blocked


# Amazon EC2 ------------------------------------------------------------------------------------

INGRESS = '{internet_gateway_block: {mode: {"@@assign": block_ingress}}}'
BIDIRECTIONAL = '{internet_gateway: {mode: {"@@assign": block_bidirectional}}}'
EC2 = "DECLARATIVE_POLICY_EC2"


def blocking(block):
    return f"{{ec2_attributes: {{vpc_block_public_access: {block}}}}}"


def mode_of(snapshot):
    return only(snapshot, VpcBlockPublicAccessOptions).internet_gateway_block_mode


@pytest.mark.parametrize(
    ("block", "mode"),
    [(INGRESS, "block-ingress"), (BIDIRECTIONAL, "block-bidirectional"), ("{}", "off")],
)
def test_a_declarative_policy_blocks_the_internet(gathered, block, mode):
    text = organization((EC2, blocking(block), "[r-abcd]"))
    assert mode_of(gathered(text, controls=["admin-ingress"])) == mode


@pytest.mark.parametrize(
    "policies",
    [
        [(EC2, blocking(INGRESS), "[ou-ab12-cd34]")],
        [(EC2, blocking(INGRESS), "[r-abcd]"), (EC2, blocking(BIDIRECTIONAL), "[r-abcd]")],
        [(EC2, blocking(INGRESS.replace("block_ingress", "!Ref Choice")), "[r-abcd]")],
    ],
)
def test_a_declarative_policy_may_block_the_internet(gathered, policies):
    snapshot = gathered(organization(*policies), controls=["admin-ingress"])
    assert isinstance(mode_of(snapshot), Unknown)


@pytest.mark.parametrize(
    ("defaults", "tokens"),
    [
        ('{http_tokens: {"@@assign": required}}', "required"),
        ('{http_tokens: {"@@assign": no_preference}}', None),
        ("{}", None),
        ("!ImportValue defaults", Unknown),
    ],
)
def test_a_declarative_policy_has_defaults_of_instances(gathered, defaults, tokens):
    content = f"{{ec2_attributes: {{instance_metadata_defaults: {defaults}}}}}"
    snapshot = gathered(organization((EC2, content, "[r-abcd]")), controls=["imdsv2"])
    known = only(snapshot, InstanceMetadataDefaults).http_tokens
    assert known == tokens or isinstance(known, tokens)


LAUNCHES = """\
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}
  Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-1}}}
"""


@pytest.mark.parametrize(
    ("tokens", "targets", "outcome"),
    [
        ("required", "[r-abcd]", "pass"),
        ("optional", "[r-abcd]", "fail"),
        ("!Ref Choice", "[r-abcd]", "unknown"),
        ("required", "[ou-ab12-cd34]", "unknown"),
    ],
)
def test_instances_have_the_defaults_of_a_declarative_policy(
    judge_template, tokens, targets, outcome
):
    content = f'{{http_tokens: {{"@@assign": {tokens}}}}}'
    content = f"{{ec2_attributes: {{instance_metadata_defaults: {content}}}}}"
    text = organization((EC2, content, targets), further=LAUNCHES)
    assert judge_template("imdsv2", text) == {"i-Web": outcome, "Template": outcome}


@pytest.mark.parametrize(
    ("status", "is_enabled"), [("enabled", True), ("disabled", False), ("!Ref Choice", Unknown)]
)
def test_a_declarative_policy_decides_on_the_serial_console(gathered, status, is_enabled):
    content = f'{{ec2_attributes: {{serial_console_access: {{status: {{"@@assign": {status}}}}}}}}}'
    text = organization((EC2, content, "[r-abcd]"))
    enabled = only(gathered(text, controls=["server-access-paths"]), SerialConsoleAccess).enabled
    if is_enabled is Unknown:
        assert isinstance(enabled, Unknown)
    else:
        assert enabled is is_enabled


def test_a_declarative_policy_blocks_public_snapshots(gathered):
    content = (
        '{ec2_attributes: {snapshot_block_public_access: {state: {"@@assign": block_all_sharing}}}}'
    )
    text = organization((EC2, content, "[r-abcd]"))
    block = only(gathered(text, controls=["ebs-snapshot-sharing"]), SnapshotBlockPublicAccess)
    assert block.state == "block-all-sharing"


# Backups ---------------------------------------------------------------------------------------

VAULT = "arn:aws:backup:ap-northeast-1:%s:backup-vault:copies"


def backing_up(vault, action='{target_backup_vault_arn: {"@@assign": %s}}'):
    copies = f'{{"{vault}": {action % vault if "%s" in action else action}}}'
    return f"{{plans: {{daily: {{rules: {{nightly: {{copy_actions: {copies}}}}}}}}}}}"


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (backing_up(VAULT % "$account"), "pass"),
        (backing_up(VAULT % "111122223333"), "fail"),
        (backing_up(VAULT % "111122223333", "{}"), "fail"),
        ("{plans: {daily: {rules: {nightly: {}}}}}", "not applicable"),
        ("{plans: {daily: {rules: {nightly: {copy_actions: !ImportValue c}}}}}", "unknown"),
        ("{plans: {daily: {rules: !ImportValue rules}}}", "unknown"),
        ("!ImportValue plans", "unknown"),
    ],
)
def test_a_backup_policy_copies_to_vaults(judge_template, content, outcome):
    text = organization(("BACKUP_POLICY", content, "[ou-ab12-cd34]"))
    assert set(judge_template("backup-copy-destination", text).values()) == {outcome}


def test_a_backup_policy_makes_plans(gathered):
    text = organization(("BACKUP_POLICY", "{plans: {daily: {}, weekly: {}}}", "[r-abcd]"))
    snapshot = gathered(text, controls=["daily-backup"])
    names = [record.name for record in snapshot.records if isinstance(record, BackupPlan)]
    assert names == ["daily", "weekly"]


def test_other_policies_and_other_accounts_set_nothing(gathered):
    statements = '{Version: "2012-10-17", Statement: []}'
    text = organization(
        ("SERVICE_CONTROL_POLICY", statements, "[r-abcd]"), (EC2, blocking(INGRESS), "[]")
    )
    snapshot = gathered(text, controls=["admin-ingress", "s3-exposure"])
    assert mode_of(snapshot) == "off"
    assert only(snapshot, AccountPublicAccessBlock).organization is None


def test_what_a_policy_sets_is_not_assumed(gathered):
    controls = ["admin-ingress", "s3-exposure"]
    assumed = gathered(organization(), controls=controls).assumptions
    assert {"no-organization-s3-policy", "vpc-block-public-access-off"} <= set(assumed)
    text = organization(("S3_POLICY", ALL, "[r-abcd]"), (EC2, blocking(INGRESS), "[r-abcd]"))
    assumed = gathered(text, controls=controls).assumptions
    assert not {"no-organization-s3-policy", "vpc-block-public-access-off"} & set(assumed)
