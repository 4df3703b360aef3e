"""Each operation denied in turn, for all controls at once: what a finding says, and no pass by it.

The answers are those that moto gives about the two example accounts, played back by the live
gatherers; what no control reads in them is filled beside (a trail, a distribution).
"""

from __future__ import annotations

import importlib.util
import io
import zipfile
from functools import cache
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cloudpack_baseline import Outcome, assess
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.calls import CallError, Calls
from cloudpack_baseline.sources.gathering import gather_with, operations_of
from cloudpack_baseline.sources.mock import Mock
from cloudpack_baseline.sources.operations import operation
from cloudpack_baseline.whitepaper import select
from support import ACCOUNT, NOW, REGION

EXAMPLES = Path(__file__).parents[1] / "examples"
CONTROLS = select()
READS = reads_of(CONTROLS)
OPERATIONS = sorted(operations_of(READS) - {"sts:GetCallerIdentity", "ec2:DescribeRegions"})
ROOT = {"AccountMFAEnabled": 1, "AccountPasswordPresent": 1}
FINE = {Outcome.NOT_APPLICABLE, Outcome.PASS}


class Recorder:
    """A transport that keeps what the inner one answers."""

    def __init__(self, inner, kept):
        self.inner, self.kept = inner, kept

    def pages(self, one, region, parameters):
        key = (one.id, region, repr(sorted(parameters.items())))
        pages = self.kept.setdefault(key, [])
        try:
            for page in self.inner.pages(one, region, parameters):
                pages.append(page)
                yield page
        except CallError as error:
            pages.append(error)
            raise

    def release(self, client, region):
        self.inner.release(client, region)

    @property
    def assumptions(self):
        return self.inner.assumptions


class Replay:
    """Plays the answers back; one operation is denied."""

    assumptions = frozenset()

    def __init__(self, kept, denied="", fault="AccessDenied"):
        self.kept, self.denied, self.fault = kept, denied, fault

    def pages(self, one, region, parameters):
        if self.denied in (one.id, one.client):
            yield from self.spoiled(one, region, parameters)
            return
        key = (one.id, region, repr(sorted(parameters.items())))
        for page in self.kept[key] if key in self.kept else [UNASKED[one.id]]:
            if isinstance(page, CallError):
                raise CallError(page.code, page.detail)
            yield page

    def spoiled(self, one, region, parameters):
        """The answer with the fault: an error code, or what a page becomes."""
        if self.fault not in SPOILED:
            raise CallError(self.fault)
        for page in self.kept[one.id, region, repr(sorted(parameters.items()))]:
            if isinstance(page, CallError):
                raise CallError(page.code, page.detail)
            yield SPOILED[self.fault](page)

    def release(self, client, region):
        pass


UNASKED = {
    "iam:ListMFADevices": {"MFADevices": []},
    "s3:GetBucketAcl": {"Owner": {"ID": "owner"}, "Grants": []},
    "s3:GetBucketReplication": CallError("ReplicationConfigurationNotFoundError"),
}
"""Answers to what is asked only if another answer is missing."""

SPOILED = {
    "nothing": lambda _: {},
    "no next page": lambda page: {**page, "IsTruncated": True},
    "nulls": dict.fromkeys,
    "other types": lambda page: dict.fromkeys(page, "x"),
}
"""What becomes of each page of an answer."""


def infrastructure(example):
    path = EXAMPLES / example / "infrastructure.py"
    spec = importlib.util.spec_from_file_location(f"infrastructure_{example}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def beside(session):
    """What the examples lack, so that more than listings is asked."""
    session.client("cloudtrail").create_trail(Name="all", S3BucketName="example-shop-logs")
    session.client("kms").create_key()
    share(session)
    iam = session.client("iam")
    iam.create_user(UserName="somebody")
    iam.create_access_key(UserName="somebody")
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["0" * 40],
    )


def share(session):
    """Resources that have policies, permissions and copies."""
    session.client("sqs").create_queue(QueueName="orders")
    session.client("sns").create_topic(Name="alerts")
    session.client("secretsmanager").create_secret(Name="db", SecretString="x")
    session.client("efs").create_file_system(
        CreationToken="1", Tags=[{"Key": "Name", "Value": "f"}]
    )
    session.client("opensearch").create_domain(DomainName="search")
    session.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    session.client("ram").create_resource_share(name="subnets")
    content = '{"schemaVersion": "2.2", "mainSteps": []}'
    session.client("ssm").create_document(Content=content, Name="patch", DocumentType="Command")
    backup = session.client("backup")
    backup.create_backup_vault(BackupVaultName="main")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "main"}
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "all", "Rules": [rule]})
    ec2 = session.client("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    ec2.create_snapshot(VolumeId=volume)
    session.client("route53").create_hosted_zone(Name="example.jp", CallerReference="1")
    stream = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/logs", "BucketARN": "arn:aws:s3:::logs"}
    session.client("firehose").create_delivery_stream(
        DeliveryStreamName="logs", S3DestinationConfiguration=stream
    )


def compute(session):
    """Functions, images, clusters and stores, each of which is asked about on its own."""
    role = session.client("iam").create_role(RoleName="run", AssumeRolePolicyDocument="{}")
    arn, content = role["Role"]["Arn"], io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("run.py", "")
    functions = session.client("lambda")
    functions.create_function(
        FunctionName="run",
        Runtime="python3.12",
        Role=arn,
        Handler="run.run",
        Code={"ZipFile": content.getvalue()},
    )
    number = functions.publish_version(FunctionName="run")["Version"]
    functions.create_alias(FunctionName="run", Name="live", FunctionVersion=number)
    functions.publish_layer_version(LayerName="tools", Content={"ZipFile": content.getvalue()})
    session.client("ecr").create_repository(repositoryName="app")
    session.client("ecs").create_cluster(clusterName="main")
    ec2 = session.client("ec2")
    instance = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    ec2.create_image(InstanceId=instance, Name="golden")
    session.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    rds = session.client("rds")
    for database in rds.describe_db_instances()["DBInstances"]:
        name = database["DBInstanceIdentifier"]
        rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-1")
    session.client("s3control").create_access_point(
        AccountId=ACCOUNT, Name="logs", Bucket="example-shop-logs"
    )
    states = session.client("stepfunctions")
    states.create_state_machine(
        name="run", definition='{"StartAt": "a", "States": {}}', roleArn=arn
    )


def organize(session):
    """An organization whose management account this is."""
    client = session.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    client.create_organizational_unit(ParentId=root, Name="workloads")


@cache
def recorded(example):
    kept = {}

    class Recording(Mock):
        def over(self, transport, caller):
            return Recorder(super().over(transport, caller), kept)

    told = {ACCOUNT: {"iam:GetAccountSummary": {"SummaryMap": ROOT}}}
    with mock_aws():
        session = boto3.Session(region_name=REGION)
        infrastructure(example).build(session)
        beside(session)
        compute(session)
        organize(session)
        gather_account(session, READS, regions=[REGION], workers=1, via=Recording(told))
    return kept


def judged(example, denied="", fault="AccessDenied"):
    calls = Calls(
        transport=Replay(recorded(example), denied, fault),
        account=ACCOUNT,
        partition="aws",
        region=REGION,
    )
    snapshot = gather_with(
        calls, Mock().reads(READS), source="aws", regions=(REGION,), clock=lambda: NOW, workers=1
    )
    baseline = Baseline.load(EXAMPLES / example / "cloudpack-baseline.toml")
    return assess(Mock().completed(snapshot), baseline).findings


@cache
def in_full(example):
    return {finding.id: finding.outcome for finding in judged(example)}


def unknowns(findings):
    for finding in findings:
        for observation in finding.observations:
            if observation.outcome is Outcome.UNKNOWN:
                yield finding, observation


@pytest.mark.parametrize("key", OPERATIONS)
@pytest.mark.parametrize("example", ["three-tier", "three-tier-broken"])
def test_a_denied_operation(example, key):
    findings = judged(example, key)
    full = in_full(example)
    for finding in findings:
        before = full.get(finding.id)
        # Less evidence never excuses: what failed or was unknown does not pass.
        assert not (before in {Outcome.FAIL, Outcome.UNKNOWN} and finding.outcome in FINE), (
            f"{finding.id}: {before} became {finding.outcome}"
        )
    lost = {id_ for id_, outcome in full.items() if outcome is Outcome.FAIL} - {
        finding.id for finding in findings
    }
    controls = {finding.control for finding in findings if finding.outcome is Outcome.UNKNOWN}
    assert {id_.partition(":")[0] for id_ in lost} <= controls
    for finding, observation in unknowns(findings):
        if full.get(finding.id) is Outcome.UNKNOWN:
            continue
        named = {cause.operation: cause.actions for cause in observation.causes}
        words = observation.message.in_language("en")
        assert key in words or key in named, f"{finding.id}: {words}"
        for action in operation(key).actions:
            assert action in words or action in named.get(key, ()), f"{finding.id}: {words}"


def assert_nothing_is_excused(full, findings, touched):
    """No pass and no silence by a fault, and no change of what does not read the answer."""
    outcomes = {finding.id: finding.outcome for finding in findings}
    unread = {
        id_.partition(":")[0] for id_, outcome in outcomes.items() if outcome is Outcome.UNKNOWN
    }
    for id_, before in full.items():
        outcome, control = outcomes.get(id_), id_.partition(":")[0]
        assert not (before in {Outcome.FAIL, Outcome.UNKNOWN} and outcome in FINE), id_
        assert outcome is not None or before is Outcome.NOT_APPLICABLE or control in unread, id_
        assert outcome is before or control in touched, id_


TOUCHED = {control.id: operations_of(Mock().reads(reads_of([control]))) for control in CONTROLS}
SERVICES = sorted({key.partition(":")[0] for key in OPERATIONS})


@pytest.mark.parametrize("service", SERVICES)
def test_a_denied_service(service):
    findings = judged("three-tier-broken", service)
    touched = {
        id_ for id_, keys in TOUCHED.items() if service in {key.partition(":")[0] for key in keys}
    }
    assert_nothing_is_excused(in_full("three-tier-broken"), findings, touched)


@pytest.mark.parametrize("fault", [*SPOILED, "ReadTimeoutError"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_answers_badly(service, fault):
    findings = judged("three-tier-broken", service, fault)
    assert_nothing_is_excused(in_full("three-tier-broken"), findings, set(TOUCHED))


@pytest.mark.parametrize("example", ["three-tier", "three-tier-broken"])
def test_the_accounts_are_read(example):
    """Else nothing above would be tested."""
    full = in_full(example)
    assert set(full.values()) >= {Outcome.PASS}
    asked = {key for key, _, _ in recorded(example)}
    assert len(asked) > 200
