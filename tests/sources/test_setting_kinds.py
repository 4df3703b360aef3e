"""Kinds that only controls over settings read: from moto, and from odd answers."""

import json

import pytest

from cloudpack_baseline.model.batch import JobDefinition
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.glue import GlueJob
from cloudpack_baseline.model.guardduty import Detector
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.calls import CallError
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import FakeTransport, calls
from support import ACCOUNT, REGION

FREQUENCY = "ecr:BatchGetRepositoryScanningConfiguration"
REPOSITORY = {
    "repositoryArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app/web",
    "repositoryName": "app/web",
}
KEY = {"KeyId": "k1", "KeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k1"}


def one(kind, answers):
    gatherer = gatherer_of(kind)
    (record,) = gatherer.run(calls(answers), frozenset(gatherer.fields)).records
    return record


def scanned(*configurations):
    return one(
        Repository,
        {
            "ecr:DescribeRepositories": {"repositories": [REPOSITORY]},
            FREQUENCY: {"scanningConfigurations": list(configurations), "failures": []},
        },
    )


class Frequencies(FakeTransport):
    """Answers about as many repositories as it is asked about."""

    def __init__(self, answers):
        super().__init__(answers)
        self.names = []

    def pages(self, operation, region, parameters):
        if operation.id != FREQUENCY:
            yield from super().pages(operation, region, parameters)
            return
        self.names.append(parameters["repositoryNames"])
        if self.frequency != "MANUAL":
            raise CallError(self.frequency)
        configurations = [
            {"repositoryName": name, "scanFrequency": self.frequency}
            for name in parameters["repositoryNames"]
            if name not in self.unanswered
        ]
        yield {"scanningConfigurations": configurations, "failures": []}


class TestRepository:
    def test_from_moto(self, session):
        client = session.client("ecr", region_name=REGION)
        for name in ("app/web", "tools"):
            client.create_repository(repositoryName=name)
        rule = {
            "scanFrequency": "SCAN_ON_PUSH",
            "repositoryFilters": [{"filter": "app*", "filterType": "WILDCARD"}],
        }
        client.put_registry_scanning_configuration(scanType="BASIC", rules=[rule])
        snapshot = gather_account(session, [reads(Repository, "scan_frequency")], regions=[REGION])
        found = {
            repository.name: repository.scan_frequency
            for repository in snapshot.all(Repository, ACCOUNT)
        }
        assert found == {"app/web": "SCAN_ON_PUSH", "tools": "MANUAL"}

    def test_one_configuration_a_repository(self):
        assert scanned({"scanFrequency": "CONTINUOUS_SCAN"}).scan_frequency == "CONTINUOUS_SCAN"

    def test_one_call_asks_about_many(self):
        asked, found = self.of_many("MANUAL", names=[f"r{number:02}" for number in range(27)])
        assert [len(names) for names in asked] == [25, 2]
        assert set(found.values()) == {"MANUAL"}

    def test_what_it_does_not_answer_is_asked_of_each(self):
        asked, found = self.of_many("MANUAL", names=["a", "b", "gone"], unanswered=["gone"])
        assert asked == [["a", "b", "gone"], ["gone"]]
        assert found["gone"].causes[0].why is Why.MALFORMED
        assert found["a"] == found["b"] == "MANUAL"

    def test_a_denied_call_affects_each(self):
        asked, found = self.of_many("AccessDeniedException", names=["a", "b"])
        assert len(asked) == 3
        assert {value.causes[0].why for value in found.values()} == {Why.DENIED}

    @staticmethod
    def of_many(answer, names, unanswered=()):
        prefix = REPOSITORY["repositoryArn"].removesuffix("app/web")
        repositories = [
            {"repositoryArn": f"{prefix}{name}", "repositoryName": name} for name in names
        ]
        transport = Frequencies({"ecr:DescribeRepositories": {"repositories": repositories}})
        transport.frequency, transport.unanswered = answer, unanswered
        run = gatherer_of(Repository).run
        records = run(calls({}, transport=transport), frozenset(("scan_frequency",))).records
        return transport.names, {record.name: record.scan_frequency for record in records}

    @pytest.mark.parametrize("configurations", [(), ({},), ({"scanFrequency": "MANUAL"},) * 2])
    def test_odd_answers_are_unknown(self, configurations):
        (cause,) = scanned(*configurations).scan_frequency.causes
        assert (cause.why, cause.operation) == (Why.MALFORMED, FREQUENCY)

    def test_a_recorded_answer_is_of_the_one_repository_that_was_asked_about(self, tmp_path):
        files = {
            "sts.get-caller-identity.json": {
                "UserId": "u",
                "Account": ACCOUNT,
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/a",
            },
            "ecr.describe-repositories.json": {"repositories": [REPOSITORY]},
            "ecr.batch-get-repository-scanning-configuration@app%2Fweb.json": {
                "scanningConfigurations": [{"scanFrequency": "SCAN_ON_PUSH"}]
            },
        }
        folder = tmp_path / ACCOUNT / REGION
        folder.mkdir(parents=True)
        for name, answer in files.items():
            (folder / name).write_text(json.dumps(answer), encoding="utf-8")
        with parse_source(f"describe:{tmp_path}").open(()) as source:
            snapshot = source.gather([reads(Repository, "scan_frequency")])
        (repository,) = snapshot.all(Repository, ACCOUNT)
        assert repository.scan_frequency == "SCAN_ON_PUSH"


class TestDetector:
    def detector(self, answer):
        return one(
            Detector,
            {"guardduty:ListDetectors": {"DetectorIds": ["d1"]}, "guardduty:GetDetector": answer},
        )

    def test_the_items_are_bare_names(self):
        detector = self.detector(
            {
                "Status": "ENABLED",
                "Features": [
                    {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
                    {"Name": "EKS_AUDIT_LOGS", "Status": "DISABLED"},
                ],
            }
        )
        assert detector.arn == f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/d1"
        assert (detector.name, detector.status) == ("d1", "ENABLED")
        assert detector.features == ("S3_DATA_EVENTS",)

    def test_without_a_status_it_is_unknown(self):
        assert self.detector({}).status.causes[0].why is Why.MALFORMED


class TestKmsKey:
    def key(self, rotation, spec="SYMMETRIC_DEFAULT"):
        metadata = {
            "KeyManager": "CUSTOMER",
            "KeySpec": spec,
            "KeyState": "Enabled",
            "Origin": "AWS_KMS",
        }
        return one(
            KmsKey,
            {
                "kms:ListKeys": {"Keys": [KEY]},
                "kms:DescribeKey": {"KeyMetadata": metadata},
                "kms:GetKeyRotationStatus": rotation,
            },
        )

    def test_the_period_is_a_year_where_none_is_told(self):
        key = self.key({"KeyRotationEnabled": True})
        assert (key.key_spec, key.multi_region_key_type) == ("SYMMETRIC_DEFAULT", None)
        assert (key.rotation_enabled, key.rotation_period) == (True, 365)

    def test_a_key_that_cannot_be_rotated_is_not(self):
        assert self.key("UnsupportedOperationException").rotation_enabled is False

    def test_an_asymmetric_key_is_not_asked_about_its_rotation(self):
        key = self.key("AccessDeniedException", spec="RSA_2048")
        assert (key.key_spec, key.rotation_enabled) == ("RSA_2048", False)

    def test_a_refusal_names_the_action(self):
        (cause,) = self.key("AccessDeniedException").rotation_enabled.causes
        assert cause.actions == ("kms:GetKeyRotationStatus",)


class TestJobDefinition:
    @pytest.mark.parametrize(
        ("properties", "roles"),
        [
            ({"containerProperties": {"jobRoleArn": "boss"}}, ("boss",)),
            ({"containerProperties": {"image": "app"}}, ()),
            ({"ecsProperties": {"taskProperties": [{}, {"taskRoleArn": "boss"}]}}, ("boss",)),
            (
                {
                    "nodeProperties": {
                        "nodeRangeProperties": [
                            {"container": {"jobRoleArn": "reader"}},
                            {"container": {"jobRoleArn": "boss"}},
                            {"ecsProperties": {"taskProperties": [{"taskRoleArn": "main"}]}},
                        ],
                    }
                },
                ("reader", "boss", "main"),
            ),
            ({"eksProperties": {}}, ()),
        ],
    )
    def test_its_roles_are_those_of_its_containers(self, properties, roles):
        record = self.record(properties)
        assert (record.role, record.further_roles) == ((roles or (None,))[0], roles[1:])

    @pytest.mark.parametrize("role", [5, ["boss"], {"Ref": "Role"}])
    def test_a_role_that_is_no_text_leaves_them_unknown(self, role):
        record = self.record({"containerProperties": {"jobRoleArn": role}})
        assert record.role.causes[0].why is Why.MALFORMED
        assert record.further_roles.causes[0].why is Why.MALFORMED

    def record(self, properties):
        arn = f"arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/d:1"
        definition = {"jobDefinitionArn": arn, "jobDefinitionName": "d"} | properties
        return one(
            JobDefinition, {"batch:DescribeJobDefinitions": {"jobDefinitions": [definition]}}
        )


def test_a_job_has_a_role():
    job = one(GlueJob, {"glue:GetJobs": {"Jobs": [{"Name": "j", "Role": "boss"}]}})
    assert (job.arn, job.role) == (f"arn:aws:glue:{REGION}:{ACCOUNT}:job/j", "boss")
