"""How users, groups, roles and policies are read: from moto's answers, and from odd ones."""

from __future__ import annotations

import json
from urllib.parse import quote

import boto3
import pytest
from moto import mock_aws

from cloudpack_baseline.model.iam_principals import (
    GroupDetail,
    InlinePolicy,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.calls import CallError, Calls
from cloudpack_baseline.sources.gatherers import gatherer_of
from support import ACCOUNT, REGION

KINDS = (
    reads(RoleDetail),
    reads(UserDetail, "password", "access_keys"),
    reads(GroupDetail),
    reads(ManagedPolicyDetail),
)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
}


@pytest.fixture
def iam(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.Session(region_name=REGION).client("iam")


def gathered():
    snapshot = gather_account(boto3.Session(region_name=REGION), KINDS)
    return {record.name: record for record in snapshot.records}


def test_who_holds_what(iam):
    arn = iam.create_policy(PolicyName="shared", PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
    iam.create_policy(PolicyName="unused", PolicyDocument=json.dumps(READ))
    iam.create_role(
        RoleName="server",
        Path="/app/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        PermissionsBoundary=arn,
        Tags=[{"Key": "team", "Value": "web"}],
    )
    iam.put_role_policy(RoleName="server", PolicyName="own", PolicyDocument=json.dumps(READ))
    iam.attach_role_policy(RoleName="server", PolicyArn=arn)
    iam.create_user(UserName="person", Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": ""}])
    iam.create_login_profile(UserName="person", Password="Not-A-Secret-1")
    iam.create_user(UserName="program")
    key = iam.create_access_key(UserName="program")["AccessKey"]["AccessKeyId"]
    old = iam.create_access_key(UserName="program")["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName="program", AccessKeyId=old, Status="Inactive")
    iam.create_group(GroupName="people")
    iam.put_group_policy(GroupName="people", PolicyName="own", PolicyDocument=json.dumps(READ))
    iam.add_user_to_group(UserName="person", GroupName="people")
    record_by_name = gathered()
    role = record_by_name["server"]
    assert (role.path, role.attached_policies, role.boundary) == ("/app/", (arn,), arn)
    assert json.loads(role.trust) == TRUST
    (inline_policy,) = role.inline_policies
    assert (inline_policy.name, json.loads(inline_policy.document)) == ("own", READ)
    assert role.tags == (("team", "web"),)
    assert record_by_name["person"].tags == (("a", ""), ("b", "2"))
    assert record_by_name["program"].tags == ()
    assert record_by_name["person"].groups == ("people",)
    assert record_by_name["person"].password is True
    assert record_by_name["person"].access_keys == ()
    assert record_by_name["program"].password is False
    assert {
        access_key.id: access_key.active for access_key in record_by_name["program"].access_keys
    } == {
        key: True,
        old: False,
    }
    assert [inline_policy.name for inline_policy in record_by_name["people"].inline_policies] == [
        "own"
    ]
    assert json.loads(record_by_name["shared"].document) == READ
    # A policy that nobody holds says nothing of anybody.
    assert "unused" not in record_by_name


class Answers:
    """A transport: the pages of each operation (a code: the error that ends them)."""

    assumptions = frozenset()

    def __init__(self, **answers):
        self.answers = answers

    def pages(self, operation, region, parameters):  # noqa: ARG002 - the protocol's
        for held in self.answers[operation.name]:
            if isinstance(held, str):
                raise CallError(held)
            yield held

    def release(self, client, region):
        pass


def run(kind, *pages, fields=(), **answers):
    transport = Answers(GetAccountAuthorizationDetails=pages, **answers)
    calls = Calls(transport=transport, account=ACCOUNT, partition="aws", region=REGION)
    return gatherer_of(kind).run(calls, frozenset(fields))


def role(name="r", **changes):
    held = {
        "RoleName": name,
        "RoleId": "AROA1",
        "Path": "/",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "AssumeRolePolicyDocument": TRUST,
    }
    return held | changes


def user(name="u"):
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    return {"UserName": name, "UserId": "AIDA1", "Path": "/", "Arn": arn}


def test_what_came_before_a_failed_page_is_kept():
    gathering = run(RoleDetail, {"RoleDetailList": [role()]}, "Throttling")
    assert [record.name for record in gathering.records] == ["r"]
    assert gathering.unknown.causes[0].why is Why.THROTTLED


def test_nothing_may_be_read():
    gathering = run(RoleDetail, "AccessDenied")
    assert gathering.records == ()
    assert gathering.unknown.causes[0].actions == ("iam:GetAccountAuthorizationDetails",)


def test_a_page_without_its_list_is_half_an_answer():
    gathering = run(RoleDetail, {"RoleDetailList": [role()]}, {})
    assert len(gathering.records) == 1
    assert gathering.unknown.causes[0].why is Why.MALFORMED


def test_an_odd_role_costs_only_itself():
    gathering = run(RoleDetail, {"RoleDetailList": [{"RoleName": "odd"}, role()]})
    assert [record.name for record in gathering.records] == ["r"]
    assert gathering.unknown.causes[0].why is Why.MALFORMED


def test_documents_that_a_recorded_answer_quotes():
    quoted = role(
        AssumeRolePolicyDocument=quote(json.dumps(TRUST)),
        RolePolicyList=[{"PolicyName": "own", "PolicyDocument": json.dumps(READ)}],
    )
    (record,) = run(RoleDetail, {"RoleDetailList": [quoted]}).records
    assert json.loads(record.trust) == TRUST
    assert record.inline_policies == (InlinePolicy(name="own", document=json.dumps(READ)),)


def test_odd_documents_are_unknown():
    odd = role(AssumeRolePolicyDocument=1, RolePolicyList=[{"PolicyName": "own"}])
    (record,) = run(RoleDetail, {"RoleDetailList": [odd]}).records
    assert isinstance(record.trust, Unknown)
    assert isinstance(record.inline_policies, Unknown)


def test_credentials_of_a_user():
    page = {"UserDetailList": [user()]}
    keys = [{"AccessKeyMetadata": [{"AccessKeyId": "AKIA1", "Status": "Strange"}]}]
    fields = ("password", "access_keys")
    gathering = run(
        UserDetail, page, fields=fields, GetLoginProfile=["NoSuchEntity"], ListAccessKeys=keys
    )
    (record,) = gathering.records
    assert record.password is False
    assert [key.active for key in record.access_keys] == [True]
    (record,) = run(UserDetail, page).records
    assert record.password.causes[0].why is Why.NOT_GATHERED
    gathering = run(
        UserDetail,
        page,
        fields=fields,
        GetLoginProfile=["AccessDenied"],
        ListAccessKeys=["AccessDenied"],
    )
    (record,) = gathering.records
    assert record.password.causes[0].operation == "iam:GetLoginProfile"
    assert record.access_keys.causes[0].operation == "iam:ListAccessKeys"
    odd = [{"AccessKeyMetadata": [{"Status": "Active"}]}]
    gathering = run(UserDetail, page, fields=fields, GetLoginProfile=[{}], ListAccessKeys=odd)
    (record,) = gathering.records
    assert record.password is True
    assert record.access_keys.causes[0].why is Why.MALFORMED


@pytest.mark.parametrize(
    "versions",
    [
        [],
        [{"IsDefaultVersion": False, "Document": READ}],
        [{"IsDefaultVersion": True, "Document": None}],
    ],
)
def test_a_policy_without_a_default_version_is_unknown(versions):
    held = {
        "Arn": "arn:aws:iam::aws:policy/X",
        "AttachmentCount": 1,
        "PolicyVersionList": versions,
    }
    (record,) = run(ManagedPolicyDetail, {"Policies": [held]}).records
    assert isinstance(record.document, Unknown)


class TestBoundaries:
    """A policy that only bounds somebody is read, also where no count says that it does."""

    ARN = f"arn:aws:iam::{ACCOUNT}:policy/limit"

    def read(self, **policy):
        bound = {"PermissionsBoundaryArn": self.ARN, "PermissionsBoundaryType": "Policy"}
        answer = {
            "UserDetailList": [],
            "RoleDetailList": [role() | {"PermissionsBoundary": bound}],
            "Policies": [
                {
                    "Arn": arn,
                    "AttachmentCount": 0,
                    "PolicyVersionList": [{"IsDefaultVersion": True, "Document": "{}"}],
                }
                | policy
                for arn in (self.ARN, self.ARN + "-unused")
            ],
        }
        return [record.name for record in run(ManagedPolicyDetail, answer).records]

    def test_with_and_without_a_count(self):
        assert self.read() == ["limit"]
        assert self.read(PermissionsBoundaryUsageCount=0) == []
        assert self.read(PermissionsBoundaryUsageCount=1) == ["limit", "limit-unused"]
