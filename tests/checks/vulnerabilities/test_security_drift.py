"""security-drift (5.2.1)."""

from __future__ import annotations

import json
from datetime import timedelta

import attrs
import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, InputError, Outcome, check_security_drift
from cloudpack_baseline.checks.security_settings import (
    SETTINGS,
    canonical,
    costly_fields,
    is_change_by_itself,
    value_text,
)
from cloudpack_baseline.checks.service_managed import is_managed, managed_fields
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.cloudfront import CacheBehavior
from cloudpack_baseline.model.iam_principals import ManagedPolicyDetail
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.rds import DBSnapshot
from cloudpack_baseline.model.read import merged
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import records
from cloudpack_baseline.whitepaper import control_of, controls
from support import ACCOUNT, NOW, REGION, denied, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
THEN = NOW - timedelta(days=30)
OPEN = records.tcp(443, "0.0.0.0/0")
SHUT = records.tcp(443, "10.0.0.0/8")


def group(*ingress, **fields):
    return records.security_group("sg-1", ip_permissions=ingress, **fields)


def bucket(policy=None, **fields):
    read = {"replication": None, "mfa_delete": False}
    return records.bucket("docs", policy=policy, **(read | fields))


@pytest.fixture
def judge(tmp_path):
    """Compare what was with what is."""

    def run(before, after, *, changes=(), then=None, now=None, **options):
        path = tmp_path / "reference.json.gz"
        reference = world("security-drift", *before, taken_at=THEN, **(then or {}))
        write_snapshot(reference, path)
        table = {"reference": str(path)} | options
        declared = Baseline.from_mapping(
            {"controls": {"security-drift": table}, "changes": list(changes)}
        )
        return check_security_drift(world("security-drift", *after, **(now or {})), declared)

    return run


def changed(assessment):
    """Of the resources that changed, the texts."""
    return [
        (finding.resource.name, observation.message.id.partition(".drift-")[2])
        for finding in assessment.findings
        if finding.resource.kind != "Account"
        for observation in finding.observations
    ]


def change(**values):
    return {
        "resource": "sg-1",
        "ticket": "OPS-1",
        "starts": THEN.date(),
        "ends": NOW.date(),
    } | values


class TestDeclaration:
    def test_without_a_reference_nothing_is_read(self):
        snapshot = world("security-drift", group(OPEN))
        (finding,) = check_security_drift(snapshot).findings
        assert finding.observations[0].message.id == "common.not-declared"
        assert reads_of([control_of("security-drift")], Baseline()) == ()

    def test_the_fields_are_those_of_the_records(self):
        read = {one.kind: one.fields for one in reads_of([control_of("security-drift")])}
        assert read == {kind: frozenset(costly_fields(kind)) for kind in SETTINGS}


class TestChanges:
    def test_nothing_changed(self, judge):
        held = [group(SHUT), bucket()]
        assessment = judge(held, held)
        assert [finding.resource.kind for finding in assessment.findings] == ["Account"]
        assert assessment
        message = assessment.findings[0].observations[0].message
        words = f"2 resources were compared with the snapshot of {THEN:%Y-%m-%dT%H:%M:%SZ}"
        assert message.in_language("en") == words

    def test_a_setting(self, judge):
        assessment = judge([group(SHUT)], [group(OPEN)])
        assert changed(assessment) == [("sg-1", "changed")]
        assert not assessment
        (observation,) = next(
            finding.observations
            for finding in assessment.findings
            if finding.resource.kind != "Account"
        )
        assert "0.0.0.0/0" in observation.read
        assert "10.0.0.0/8" in observation.expected

    def test_the_order_of_rules_and_the_spelling_of_policies_do_not_count(self, judge):
        statement = {"Effect": "Allow", "Action": ["s3:A", "s3:B"], "Resource": "*"}
        turned = {"Resource": "*", "Action": ["s3:B", "s3:A"], "Effect": "Allow"}
        before = [group(OPEN, SHUT), bucket(json.dumps({"Statement": [statement]}))]
        after = [group(SHUT, OPEN), bucket(json.dumps({"Statement": [turned]}, indent=2))]
        assert judge(before, after)

    def test_another_policy(self, judge):
        after = bucket(json.dumps({"Statement": []}))
        assert changed(judge([bucket()], [after])) == [("docs", "changed")]

    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ([], [group(SHUT)], [("sg-1", "added")]),
            ([group(SHUT)], [], [("sg-1", "removed")]),
            ([], [bucket()], []),
            ([bucket()], [], []),
        ],
    )
    def test_new_and_removed(self, judge, before, after, expected):
        assert changed(judge(before, after)) == expected

    @pytest.mark.parametrize("side", ["before", "after"])
    def test_a_field_that_could_not_be_read(self, judge, side):
        pair = {"before": bucket(), "after": bucket()} | {side: bucket(policy=denied())}
        assessment = judge([pair["before"]], [pair["after"]])
        assert assessment.outcome is UNKNOWN


class TestDeclaredChanges:
    @pytest.mark.parametrize(
        ("values", "accepted"),
        [
            ({}, True),
            ({"resource": "*"}, True),
            ({"resource": "arn:*:security-group/sg-1"}, True),
            ({"resource": "sg-2"}, False),
            ({"starts": NOW.date()}, True),
            ({"starts": NOW.date() + timedelta(1), "ends": NOW.date() + timedelta(1)}, False),
            ({"ends": THEN.date()}, True),
            ({"starts": THEN.date() - timedelta(9), "ends": THEN.date() - timedelta(1)}, False),
        ],
    )
    def test_it_covers_the_resource_since_the_snapshot(self, judge, values, accepted):
        assessment = judge([group(SHUT)], [group(OPEN)], changes=[change(**values)])
        assert bool(assessment) is accepted
        assert changed(assessment) == [("sg-1", "declared" if accepted else "changed")]

    def test_it_excuses_no_unknown(self, judge):
        after = [bucket(policy=denied())]
        assessment = judge([bucket()], after, changes=[change(resource="*")])
        assert assessment.outcome is UNKNOWN

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"ends": THEN.date() - timedelta(1)}, r"changes\[0\].ends: ends before it starts"),
            ({"ticket": "?"}, "is not the key of a ticket"),
            ({"resource": " "}, "must not be empty"),
        ],
    )
    def test_a_wrong_one_is_wrong_input(self, values, message):
        with pytest.raises(InputError, match=message):
            Baseline.from_mapping({"changes": [change(**values)]})

    @pytest.mark.parametrize(
        ("controls", "covered"),
        [
            (["s3-exposure"], {"policy"}),
            (["s3-versioning"], {"versioning"}),
            (["s3-exposure", "s3-versioning"], {"policy", "versioning"}),
            (["root-mfa"], set()),
        ],
    )
    def test_only_settings_of_the_named_controls(self, judge, controls, covered):
        before, after = bucket(versioning="Enabled"), bucket('{"Statement": []}')
        declared = change(resource="docs", controls=controls)
        findings = judge([before], [after], changes=[declared]).findings
        (finding,) = [finding for finding in findings if finding.resource.name == "docs"]
        passed = {
            observation.expected.partition("=")[0]
            for observation in finding.observations
            if observation.outcome is PASS
        }
        assert passed == {{"policy": "Policy", "versioning": "Status"}[name] for name in covered}

    def test_a_new_resource_is_covered_by_the_controls_that_read_its_kind(self, judge):
        for control_id, good in (("open-security-groups", True), ("s3-exposure", False)):
            declared = [change(controls=[control_id])]
            assert bool(judge([], [group(SHUT)], changes=declared)) is good
            assert bool(judge([group(SHUT)], [], changes=declared)) is good


def role(**fields):
    return records.role("deploy", **fields)


class TestManaged:
    @pytest.mark.parametrize(
        "tags",
        [
            (("elbv2.k8s.aws/cluster", "prod"),),
            (("kubernetes.io/cluster/prod", "owned"),),
            (("aws:eks:cluster-name", "prod"), ("Name", "x")),
        ],
    )
    def test_controllers_of_clusters(self, judge, tags):
        assert judge([group(SHUT, tags=tags)], [group(OPEN, tags=tags)])
        assert judge([], [group(OPEN, tags=tags)])

    @pytest.mark.parametrize(
        "key",
        [
            "aws:autoscaling:groupName",
            "aws:eks:cluster-name",
            "eks:nodegroup-name",
            "kubernetes.io/cluster/prod",
            "karpenter.sh/nodepool",
            "elbv2.k8s.aws/cluster",
            "ingress.k8s.aws/stack",
            "service.k8s.aws/stack",
            "aws:elasticmapreduce:job-flow-id",
            "elasticbeanstalk:environment-id",
            "AmazonECSManaged",
            "aws:backup:source-resource",
            "aws:dlm:lifecycle-policy-id",
        ],
    )
    def test_each_tag_of_a_service(self, key):
        assert is_managed(group(SHUT, tags=((key, "x"),)))
        assert not is_managed(group(SHUT, tags=((f"x{key}", "x"),)))

    def test_one_side_is_enough(self, judge):
        tags = (("elbv2.k8s.aws/cluster", "prod"),)
        assert judge([group(SHUT)], [group(OPEN, tags=tags)])
        assert judge([group(SHUT, tags=tags)], [group(OPEN)])

    def test_scaling_groups(self, judge):
        tags = (("aws:autoscaling:groupName", "web"),)
        before = records.instance("i-1", security_groups=("sg-1",), tags=tags)
        assert judge([before], [evolve(before, security_groups=("sg-2",))])

    def test_other_tags_do_not_count(self, judge):
        tags = (("Name", "kubernetes.io/cluster/x"),)
        assert not judge([group(SHUT, tags=tags)], [group(OPEN, tags=tags)])

    def test_service_linked_roles_and_policies_of_aws(self, judge):
        linked = role(path="/aws-service-role/autoscaling.amazonaws.com/")
        policy = ManagedPolicyDetail(
            arn="arn:aws:iam::aws:policy/ReadOnlyAccess", account=ACCOUNT, document="{}"
        )
        assert judge([policy], [evolve(policy, document='{"a": 1}'), linked])
        assert not judge([], [role(path="/")])

    def test_keys_of_aws(self, judge):
        fields = {"key_spec": "SYMMETRIC_DEFAULT", "key_material": "AWS_KMS", "policy": "{}"}
        fields |= {"key_manager": "AWS", "key_state": "Enabled"}
        key = records.record(KmsKey, "key/1", service="kms", **fields)
        for manager, good in (("AWS", True), ("CUSTOMER", False)):
            before = evolve(key, key_manager=manager)
            assert bool(judge([before], [evolve(before, policy='{"a": 1}')])) is good

    @pytest.mark.parametrize(
        ("type_", "good"), [("automated", True), ("awsbackup", True), ("manual", False)]
    )
    def test_snapshots_by_schedule(self, type_, good):
        fields = {"name": "s", "database": "shop", "snapshot_type": type_, "encrypted": True}
        before = records.record(DBSnapshot, "snapshot:s", service="rds", **fields)
        assert is_managed(before, ()) is good

    def test_declared_ones(self, judge):
        assert judge([group(SHUT)], [group(OPEN)], managed=["sg-*"])


class TestWhatCannotBeCompared:
    def only(self, assessment):
        (finding,) = assessment.findings
        return finding.outcome, finding.observations[0].message.id.partition(".drift-")[2]

    def test_no_file(self):
        declared = Baseline.from_mapping({"controls": {"security-drift": {"reference": "gone"}}})
        found = check_security_drift(world("security-drift"), declared)
        assert self.only(found) == (UNKNOWN, "unreadable")

    def test_another_digest(self, judge):
        assert self.only(judge([], [], digest="sha256:0")) == (FAIL, "digest")

    def test_the_declared_digest(self, judge):
        reference = world("security-drift", group(SHUT), taken_at=THEN)
        assert judge([group(SHUT)], [group(SHUT)], digest=reference.digest)

    def test_a_later_snapshot(self, judge):
        earlier = {"taken_at": THEN - timedelta(seconds=1)}
        assert self.only(judge([], [], now=earlier)) == (UNKNOWN, "later")
        assert judge([], [], now={"taken_at": THEN})

    def test_another_account(self, judge):
        tables = {"accounts": (AccountScope(id="210987654321"),)}
        assert self.only(judge([], [], then=tables)) == (UNKNOWN, "account")

    def test_a_snapshot_of_several_accounts(self, judge):
        accounts = (AccountScope(id=ACCOUNT), AccountScope(id="210987654321"))
        assert judge([group(SHUT)], [group(SHUT)], then={"accounts": accounts})

    @pytest.mark.parametrize("side", ["then", "now"])
    def test_a_denied_listing(self, judge, side):
        gaps = {"gaps": {"SecurityGroup": denied("ec2:DescribeSecurityGroups")}}
        for before, after in (([group(SHUT)], []), ([], [group(SHUT)])):
            assessment = judge(before, after, **{side: gaps})
            unread = [
                finding.resource.key
                for finding in assessment.findings
                if finding.outcome is UNKNOWN
            ]
            assert unread == [f"{ACCOUNT}:SecurityGroup:*"]
            missing = (side == "now") == bool(before)
            assert bool(changed(assessment)[1:]) is not missing

    def test_a_kind_that_the_reference_lacks(self, judge):
        reference = world("security-drift", taken_at=THEN)
        covered = tuple(one for one in reference.coverage if one.kind != "Secret")
        assessment = judge([], [], then={"coverage": covered})
        unread = [
            finding.resource.kind for finding in assessment.findings if finding.outcome is UNKNOWN
        ]
        assert unread == ["Secret"]

    def test_a_field_that_the_reference_lacks(self, judge):
        reference = world("security-drift", taken_at=THEN)
        covered = tuple(
            evolve(one, fields=("acl",)) if one.kind == "Bucket" else one
            for one in reference.coverage
        )
        after = bucket(json.dumps({"Statement": []}))
        assessment = judge([bucket()], [after], then={"coverage": covered})
        assert assessment.outcome is UNKNOWN
        assert changed(assessment) == [("*", "fields")]

    @pytest.mark.parametrize(("off", "outcome"), [((), UNKNOWN), (("us-east-1",), PASS)])
    def test_a_region_that_is_not_read_any_more(self, judge, off, outcome):
        then = {"accounts": (AccountScope(id=ACCOUNT, regions=(REGION, "us-east-1")),)}
        now = {"accounts": (AccountScope(id=ACCOUNT, regions=(REGION,), regions_off=off),)}
        assert judge([], [], then=then, now=now).outcome is outcome


@pytest.mark.parametrize("text", ["{", "{broken", "[1]", "plain", "{" * 50_000])
def test_what_is_no_document_is_itself(text):
    assert canonical(text) == text


def test_the_line_of_a_template_is_no_setting():
    before, after = (
        CacheBehavior(target="site", written_at=Origin(file="site.yaml", line=line))
        for line in (7, 8)
    )
    assert canonical(before) == canonical(after)


def test_the_order_of_members_decides_about_no_order_of_lists():
    first = '{"a": "2", "b": "1"}'
    second, turned = '{"a": "1", "b": "3"}', '{"b": "3", "a": "1"}'
    assert canonical(f'{{"Statement": [{first}, {second}]}}') == canonical(
        f'{{"Statement": [{turned}, {first}]}}'
    )


def test_long_values_are_cut():
    assert value_text("x" * 298) == f'"{"x" * 298}"'
    assert value_text("x" * 299).endswith("...")
    assert value_text("東京") == '"東京"'
    assert len(value_text("x" * 1000)) == 303
    assert value_text("x") == '"x"'


def test_rules_grants_and_logs_are_settings_by_themselves():
    assert {kind.__name__ for kind in SETTINGS if is_change_by_itself(kind)} == {
        "AccessPoint",
        "AccountPasswordPolicy",
        "ConfigurationRecorder",
        "Detector",
        "EgressOnlyInternetGateway",
        "EventDataStore",
        "FlowLog",
        "GroupDetail",
        "InternetGateway",
        "LogDestination",
        "LogResourcePolicy",
        "ManagedPolicyDetail",
        "NetworkAcl",
        "OpenIDConnectProvider",
        "ResourceShare",
        "RoleDetail",
        "RouteTable",
        "SAMLProvider",
        "SecurityGroup",
        "ServiceControlPolicy",
        "Trail",
        "TransitGatewayRouteTable",
        "UserDetail",
        "VpcEndpoint",
        "VpcPeeringConnection",
        "VpnConnection",
    }


@pytest.mark.lengthy
@pytest.mark.parametrize("kind", SETTINGS, ids=lambda kind: kind.__name__)
def test_every_setting_is_a_field_that_no_service_changes(kind):
    assert set(SETTINGS[kind].fields) <= set(attrs.fields_dict(kind)) - managed_fields(kind)


@pytest.mark.lengthy
@pytest.mark.parametrize("kind", SETTINGS, ids=lambda kind: kind.__name__)
def test_a_reference_can_be_recorded_before_it_is_declared(kind):
    """Without a reference the control reads nothing: others have to read what it compares."""
    others = merged(
        read
        for id_, control in controls().items()
        if id_ != "security-drift"
        for read in reads_of([control])
    )
    (read,) = [read for read in others if read.kind is kind]
    assert set(costly_fields(kind)) <= read.fields
