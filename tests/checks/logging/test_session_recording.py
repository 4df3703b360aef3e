"""session-recording (4.5.1, 4.5.3)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_session_recording
from cloudpack_baseline.model.ecs import ClusterSettings, EcsCluster
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.s3 import Bucket, LifecycleRule
from cloudpack_baseline.model.ssm import (
    DesktopRecording,
    ManagedNode,
    SessionPreferences,
    SessionRecording,
)
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.testing import records
from principals import EVERYTHING, allow, deny, me, user
from support import ACCOUNT, REGION, denied, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
UNREAD = denied("ssm:GetDocument")
NO_NODES = Unknown.because(Why.NOT_PROVIDED)
SERVER = records.instance("i-1", platform=None)
WINDOWS = records.instance("i-1", platform="windows")
TO_GROUP = SessionRecording(log_group="sessions")
TO_BUCKET = SessionRecording(s3_bucket="records", s3_prefix="ssm")
INSTANCES, OWN = "arn:aws:ec2:*:*:instance/*", f"arn:aws:ssm:*:{ACCOUNT}:document/"
CHECKED = {"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}}


def preferences(recording=TO_GROUP):
    return records.record(
        SessionPreferences,
        "document/SSM-SessionManagerRunShell",
        service="ssm",
        recording=recording,
    )


def group(**fields):
    return records.record(LogGroup, "log-group:sessions", service="logs", name="sessions", **fields)


def bucket(*rules):
    return Bucket(
        arn="arn:aws:s3:::records",
        account=ACCOUNT,
        region=REGION,
        name="records",
        versioning=None,
        lifecycle=rules,
        default_retention=None,
    )


FOLDER = LifecycleRule(enabled=True, days=30, prefix="i-0/")


def cluster(**settings):
    defaults = {"running_tasks": 1}
    return records.record(
        EcsCluster, "cluster/web", service="ecs", settings=ClusterSettings(**(defaults | settings))
    )


def options(**keys):
    return Baseline.from_mapping({"controls": {"session-recording": keys}})


def judged(*entries, baseline=None, **fields):
    if not any(isinstance(entry, ManagedNode) for entry in entries):
        fields["gaps"] = {"ManagedNode": NO_NODES} | fields.get("gaps", {})
    if not any(isinstance(entry, SessionPreferences) for entry in entries):
        entries = (*entries, preferences())
    snapshot = world("session-recording", *entries, **fields)
    return {
        finding.resource.kind: finding
        for finding in check_session_recording(snapshot, baseline).findings
    }


def outcome(*entries, kind="SessionPreferences", **fields):
    return judged(*entries, **fields)[kind].outcome


class TestSessionManager:
    @pytest.mark.parametrize(
        ("recording", "entries", "expected"),
        [
            (TO_GROUP, (group(),), PASS),
            (TO_GROUP, (group(retention_in_days=365),), PASS),
            (TO_GROUP, (group(retention_in_days=30),), FAIL),
            (TO_GROUP, (), FAIL),
            (TO_BUCKET, (bucket(),), PASS),
            (TO_BUCKET, (bucket(LifecycleRule(enabled=True, days=30)),), FAIL),
            (TO_BUCKET, (bucket(LifecycleRule(enabled=True, days=30, prefix="s3/")),), PASS),
            (TO_BUCKET, (), UNKNOWN),
            (evolve(TO_BUCKET, s3_prefix=""), (bucket(FOLDER),), FAIL),
            (
                evolve(TO_BUCKET, log_group="sessions", s3_prefix=""),
                (group(), bucket(LifecycleRule(enabled=True, days=30))),
                PASS,
            ),
            (SessionRecording(), (), FAIL),
            (None, (), FAIL),
            (UNREAD, (), UNKNOWN),
        ],
    )
    def test_where_sessions_are_recorded(self, recording, entries, expected):
        assert outcome(SERVER, preferences(recording), *entries) is expected

    def test_an_archive_of_another_account(self):
        baseline = options(archives=["rec*"])
        assert outcome(SERVER, preferences(TO_BUCKET), baseline=baseline) is PASS

    def test_the_number_of_days_is_an_option(self):
        entries = SERVER, preferences(), group(retention_in_days=30)
        assert outcome(*entries, baseline=options(days=30)) is PASS

    def test_without_servers(self):
        (observation,) = judged(preferences(None))["SessionPreferences"].observations
        assert (observation.outcome, observation.message.id) == (
            NOT_APPLICABLE,
            "logging.no-servers",
        )
        for state in ("terminated", "shutting-down"):
            gone = evolve(SERVER, state=state)
            assert outcome(gone, preferences(None)) is NOT_APPLICABLE
        elsewhere = evolve(SERVER, region="us-east-1", arn=SERVER.arn.replace(REGION, "us-east-1"))
        assert outcome(elsewhere, preferences(None)) is NOT_APPLICABLE

    def test_servers_that_could_not_be_listed(self):
        gaps = {"Instance": denied("ec2:DescribeInstances")}
        assert outcome(preferences(), group(), gaps=gaps) is UNKNOWN


class TestManagedNodes:
    def node(self, **fields):
        return records.record(ManagedNode, "managed-instance/i-1", service="ssm", **fields)

    def test_sessions_are_opened_on_them(self):
        assert outcome(self.node(platform="Linux"), preferences(None)) is FAIL
        assert outcome(self.node(platform="Linux"), preferences(), group()) is PASS

    def test_other_instances_have_no_sessions(self):
        snapshot = world("session-recording", SERVER, preferences(None), me(EVERYTHING))
        outcomes = {finding.outcome for finding in check_session_recording(snapshot).findings}
        assert outcomes == {NOT_APPLICABLE}

    @pytest.mark.parametrize(
        ("platform", "expected"), [("Windows", FAIL), ("Linux", PASS), (UNREAD, UNKNOWN)]
    )
    def test_remote_desktops_are_of_windows(self, platform, expected):
        recording = records.record(DesktopRecording, "preferences", buckets=())
        node = self.node(platform=platform)
        assert outcome(node, WINDOWS, preferences(), group(), recording) is expected

    def test_who_can_open_sessions_on_them(self):
        node = self.node(platform="Linux")
        assert outcome(node, me(EVERYTHING), kind="Account") is FAIL

    def test_a_denied_listing(self):
        gaps = {"ManagedNode": denied("ssm:DescribeInstanceInformation")}
        entries = SERVER, preferences(None), me(EVERYTHING)
        assert outcome(*entries, gaps=gaps) is UNKNOWN
        assert outcome(*entries, kind="Account", gaps=gaps) is UNKNOWN

    def test_a_listing_that_was_denied_in_part(self):
        both = NO_NODES | denied("ssm:DescribeInstanceInformation")
        assert outcome(SERVER, preferences(None), gaps={"ManagedNode": both}) is UNKNOWN

    def test_windows_of_another_region(self):
        arn = WINDOWS.arn.replace(REGION, "us-east-1")
        elsewhere = evolve(WINDOWS, region="us-east-1", arn=arn)
        recording = records.record(DesktopRecording, "preferences", buckets=())
        entries = SERVER, elsewhere, preferences(), group(), recording
        assert outcome(*entries) is PASS

    def test_those_of_another_region(self):
        node = self.node(platform="Linux", region="us-east-1")
        assert outcome(node, preferences(None)) is NOT_APPLICABLE


def test_each_region_has_its_own_preferences():
    def elsewhere(record):
        return evolve(record, region="us-east-1", arn=record.arn.replace(REGION, "us-east-1"))

    entries = (preferences(), elsewhere(preferences()), elsewhere(group()))
    node = records.record(ManagedNode, "managed-instance/i-1", service="ssm", platform="Linux")
    snapshot = world("session-recording", node, elsewhere(node), *entries)
    outcomes = {
        finding.resource.region: finding.outcome
        for finding in check_session_recording(snapshot).findings
        if finding.resource.kind == "SessionPreferences"
    }
    assert outcomes == {REGION: FAIL, "us-east-1": PASS}


class TestRemoteDesktops:
    def recording(self, buckets, **fields):
        return records.record(
            DesktopRecording, "preferences", service="ssm-guiconnect", buckets=buckets, **fields
        )

    @pytest.mark.parametrize(
        ("server", "buckets", "expected"),
        [
            (WINDOWS, ("records",), PASS),
            (WINDOWS, (), FAIL),
            (WINDOWS, UNREAD, UNKNOWN),
            (WINDOWS, ("elsewhere",), UNKNOWN),
            (SERVER, (), PASS),
            (evolve(SERVER, platform=UNREAD), ("records",), UNKNOWN),
        ],
    )
    def test_of_windows_servers(self, server, buckets, expected):
        entries = server, preferences(), group(), bucket(), self.recording(buckets)
        assert outcome(*entries) is expected

    def test_rules_of_a_folder_count_as_recordings_have_no_prefix(self):
        entries = WINDOWS, preferences(), group(), bucket(FOLDER), self.recording(("records",))
        assert outcome(*entries) is FAIL

    def test_before_launch_the_operating_system_is_not_known(self):
        server = evolve(SERVER, platform=UNREAD)
        assert outcome(server, preferences(), group(), source="template") is PASS

    def test_preferences_that_were_not_read(self):
        entries = WINDOWS, preferences(), group()
        gaps = {"DesktopRecording": denied("ssm-guiconnect:GetConnectionRecordingPreferences")}
        assert outcome(*entries, gaps=gaps) is UNKNOWN
        assert outcome(*entries, self.recording((), region="us-east-1")) is UNKNOWN


class TestEcsExec:
    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ({"exec_logging": "OVERRIDE", "exec_log_group": "sessions"}, PASS),
            ({"exec_logging": "OVERRIDE", "exec_bucket": "records", "exec_prefix": "ecs"}, PASS),
            ({"exec_logging": "OVERRIDE"}, FAIL),
            ({"exec_logging": "NONE"}, PASS),
            ({"exec_logging": "DEFAULT"}, PASS),
            ({"exec_logging": "NONE", "running_tasks": 0}, NOT_APPLICABLE),
        ],
    )
    def test_of_a_cluster(self, settings, expected):
        entries = cluster(**settings), group(), bucket()
        assert outcome(*entries, kind="EcsCluster") is expected

    @pytest.mark.parametrize(
        ("statement", "logging", "expected"),
        [
            (EVERYTHING, "NONE", FAIL),
            (EVERYTHING, "DEFAULT", UNKNOWN),
            (allow("ecs:ExecuteCommand", "arn:aws:ecs:*:*:*/web*"), "NONE", FAIL),
            (allow("ecs:ExecuteCommand", "arn:aws:ecs:*:*:*/other*"), "NONE", PASS),
            (allow("ecs:ExecuteCommand", "arn:aws:ecs:*:*:cluster/web"), "NONE", PASS),
            (allow("ecs:Describe*"), "DEFAULT", PASS),
        ],
    )
    def test_who_can_open_sessions_that_are_not_recorded(self, statement, logging, expected):
        entries = cluster(exec_logging=logging), me(statement)
        assert outcome(*entries, kind="EcsCluster") is expected
        declared = options(unrecorded=["me"])
        assert outcome(*entries, kind="EcsCluster", baseline=declared) is PASS

    def test_five_of_those_who_can_are_named(self):
        def message(number):
            users = [user(f"u{place}", EVERYTHING) for place in range(number)]
            finding = judged(cluster(exec_logging="NONE"), *users)["EcsCluster"]
            return finding.observations[0].message.in_language("en")

        assert "u4" in message(5)
        assert "more" not in message(5)
        assert "u4" in message(6)
        assert "u5" not in message(6)
        assert "1 more" in message(6)

    def test_what_was_not_read_of_a_principal_may_deny_it(self):
        unread = me(EVERYTHING, attached_policies=denied("iam:GetAccountAuthorizationDetails"))
        assert outcome(cluster(exec_logging="NONE"), unread, kind="EcsCluster") is UNKNOWN

    def test_who_can_open_them_is_not_known(self):
        gaps = {"RoleDetail": denied("iam:GetAccountAuthorizationDetails")}
        assert outcome(cluster(exec_logging="NONE"), kind="EcsCluster", gaps=gaps) is UNKNOWN

    def test_it_is_not_used(self):
        baseline = options(without_exec=["web"])
        assert outcome(cluster(), kind="EcsCluster", baseline=baseline) is NOT_APPLICABLE

    def test_a_cluster_that_could_not_be_read(self):
        unread = evolve(cluster(), settings=denied("ecs:DescribeClusters"))
        assert outcome(unread, kind="EcsCluster") is UNKNOWN


class TestOtherSessions:
    def outcome(self, *statements, **fields):
        return outcome(SERVER, me(*statements), kind="Account", **fields)

    @pytest.mark.parametrize(
        ("statements", "expected"),
        [
            ((), PASS),
            ((EVERYTHING,), FAIL),
            ((allow("ssm:StartSession", INSTANCES),), FAIL),
            ((allow("ssm:StartSession", INSTANCES, Condition=CHECKED),), PASS),
            (
                (
                    allow(
                        "ssm:StartSession",
                        [INSTANCES, f"{OWN}SSM-SessionManagerRunShell"],
                        Condition=CHECKED,
                    ),
                ),
                PASS,
            ),
            (
                (allow("ssm:StartSession", [INSTANCES, f"{OWN}*"], Condition=CHECKED),),
                FAIL,
            ),
            (
                (
                    allow(
                        "ssm:StartSession",
                        [INSTANCES, "arn:aws:ssm:*::document/AWS-StartSSHSession"],
                        Condition=CHECKED,
                    ),
                ),
                FAIL,
            ),
            (
                (
                    EVERYTHING,
                    deny(
                        "ssm:StartSession",
                        Condition={"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "false"}},
                    ),
                    deny("ssm:StartSession", "arn:aws:ssm:*::document/*"),
                    deny("ssm:StartSession", NotResource=[INSTANCES, f"{OWN}SSM-*"], Resource=None),
                ),
                PASS,
            ),
        ],
    )
    def test_who_can_start_them(self, statements, expected):
        statements = [
            {key: entry for key, entry in statement.items() if entry is not None}
            for statement in statements
        ]
        assert self.outcome(*statements) is expected

    def test_a_statement_that_cannot_be_taken_exactly(self):
        odd = {"StringUnlike": {"aws:userid": "x"}}
        assert self.outcome(allow("ssm:StartSession", Condition=odd)) is UNKNOWN

    @pytest.mark.parametrize(
        "name",
        [
            "AWS-StartSSHSession",
            "AWS-StartPortForwardingSession",
            "AWS-StartPortForwardingSessionToRemoteHost",
        ],
    )
    def test_each_document_that_records_nothing(self, name):
        resources = [INSTANCES, f"arn:aws:ssm:*::document/{name}"]
        assert self.outcome(allow("ssm:StartSession", resources, Condition=CHECKED)) is FAIL

    @pytest.mark.parametrize("kind", ["ec2", "ssm"])
    def test_each_kind_of_server(self, kind):
        server = {"ec2": INSTANCES, "ssm": "arn:aws:ssm:*:*:managed-instance/*"}[kind]
        assert self.outcome(allow("ssm:StartSession", server)) is FAIL
        one = server.replace("/*", "/i-0123456789abcdef0")
        assert self.outcome(allow("ssm:StartSession", one)) is FAIL

    def test_declared_principals_may(self):
        assert self.outcome(EVERYTHING, baseline=options(unrecorded=["me"])) is PASS

    def test_without_servers(self):
        assert outcome(me(EVERYTHING), kind="Account") is NOT_APPLICABLE

    def test_the_first_few_are_named(self):
        users = [user(f"u{number}", EVERYTHING) for number in range(7)]
        observation = judged(SERVER, *users)["Account"].observations[0]
        assert "2 more" in observation.message.in_language("en")
        assert "u0" in observation.witness.summary.in_language("en")

    def test_what_could_not_be_read(self):
        unread = me(attached_policies=denied("iam:GetAccountAuthorizationDetails"))
        assert outcome(SERVER, unread, kind="Account") is UNKNOWN
        gaps = {"UserDetail": denied("iam:GetAccountAuthorizationDetails")}
        assert outcome(SERVER, kind="Account", gaps=gaps) is UNKNOWN
        gaps = {"Instance": denied("ec2:DescribeInstances")}
        assert outcome(me(EVERYTHING), kind="Account", gaps=gaps) is UNKNOWN
        assert outcome(me(), kind="Account", gaps=gaps) is PASS

    def test_service_control_policies_that_were_not_read(self):
        organization = records.record(
            Organization, "organization/o-1", id="o-1", management_account="999988887777"
        )
        assert outcome(SERVER, me(EVERYTHING), organization, kind="Account") is UNKNOWN
        assert outcome(SERVER, me(), organization, kind="Account") is PASS
