"""admin-privileges (4.5.2)."""

from __future__ import annotations

import pytest

import principals
from cloudpack_baseline import Baseline, Outcome, check_admin_privileges
from cloudpack_baseline.model.iam_principals import InlinePolicy
from cloudpack_baseline.model.values import Origin, Why
from principals import ADMINISTRATION as ADMIN
from principals import NOT_READ, UNREAD, allow
from support import ACCOUNT, world

SHELL = "arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell"


def role(*statements, name="r", **changes):
    return principals.role(name, *statements, **changes)


def user(*statements, name="u", **changes):
    return principals.user(name, *statements, **changes)


def group(*statements, name="g", **changes):
    return principals.group(name, *statements, **changes)


def managed(*statements, arn=ADMIN, **changes):
    return principals.managed("m", *statements, arn=arn, **changes)


def judged(*records, options=None, gaps=None, source="aws"):
    baseline = Baseline.from_mapping({"controls": {"admin-privileges": options or {}}})
    unread = NOT_READ | (gaps or {})
    snapshot = world("admin-privileges", *records, gaps=unread, source=source)
    assessment = check_admin_privileges(snapshot, baseline)
    return next(
        finding for finding in assessment.findings if finding.resource.name in ("r", "u", ACCOUNT)
    )


def outcome(*records, **fields):
    return judged(*records, **fields).outcome


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        ([allow("*")], "admin"),
        ([allow("*:*")], "admin"),
        (
            [allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
            "admin-conditional",
        ),
        # Everything in pieces.
        (
            [
                allow(["a*", "b*"]),
                {"Effect": "Allow", "NotAction": ["a*", "b*"], "Resource": "*"},
            ],
            "admin",
        ),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::x"}], "and-others"),
        ([allow("iam:*")], "and-others"),
        ([allow("iam:PutRolePolicy")], "escalation"),
        ([allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])], "escalation"),
        ([allow("iam:*", f"arn:aws:iam::{ACCOUNT}:*")], "and-others"),
        ([allow("iam:CreateAccessKey", "arn:aws:iam::*:user/*")], "escalation"),
        ([allow("iam:AddUserToGroup", "arn:aws:iam::*:group/*")], "escalation"),
        ([allow("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/*")], "escalation"),
        ([allow("sts:AssumeRole", "arn:aws:iam::*:role/*")], "escalation"),
        ([allow("ssm:StartSession", ["arn:aws:ec2:*:*:instance/*", SHELL])], "escalation"),
        ([allow(["iam:PassRole"]), allow("ec2:RunInstances")], "escalation"),
        # The document is needed as well.
        ([allow("ssm:StartSession", "arn:aws:ec2:*:*:instance/*")], None),
        # One half of a path is none; nor is a way on one resource.
        ([allow(["lambda:CreateFunction", "lambda:InvokeFunction"])], None),
        ([allow("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/app")], None),
        ([allow(["s3:*", "dynamodb:*"])], None),
        ([allow("*"), {"Effect": "Deny", "Action": "*", "Resource": "*"}], None),
        ([], None),
    ],
)
def test_what_is_held(statements, told):
    finding = judged(role(*statements))
    if told is None:
        assert finding.outcome is Outcome.PASS
    else:
        assert finding.outcome is Outcome.FAIL
        assert finding.observations[0].message.id == f"identity.{told}"


def test_every_way_to_hold_a_policy():
    admin = managed(allow("*"))
    assert outcome(role(attached_policies=(ADMIN,)), admin) is Outcome.FAIL
    assert outcome(user(attached_policies=(ADMIN,)), admin) is Outcome.FAIL
    assert outcome(user(groups=("g",)), group(allow("*"))) is Outcome.FAIL
    assert outcome(user(groups=("g",)), group(attached_policies=(ADMIN,)), admin) is Outcome.FAIL
    assert outcome(user(), group(allow("*"))) is Outcome.PASS


def test_a_boundary_takes_away():
    bound = managed(allow("s3:*"), arn=f"arn:aws:iam::{ACCOUNT}:policy/bound")
    assert outcome(role(allow("*"), boundary=bound.arn), bound) is Outcome.PASS
    wide = managed(allow("*"), arn=bound.arn)
    assert outcome(role(allow("*"), boundary=wide.arn), wide) is Outcome.FAIL


@pytest.mark.parametrize(
    "options",
    [
        {"principals": [f"arn:aws:iam::{ACCOUNT}:role/r"]},
        {"principals": ["arn:aws:iam::*:role/*"]},
    ],
)
def test_a_declared_administrator(options):
    assert outcome(role(allow("*")), options=options) is Outcome.PASS
    assert outcome(role(inline_policies=UNREAD), options=options) is Outcome.PASS
    assert outcome(user(allow("*")), options=options) is Outcome.FAIL


SSO = "aws-reserved/sso.amazonaws.com"


@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("cdk", f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-ap-northeast-1"),
        ("cdk", f"cdk-hnb659fds-deploy-role-{ACCOUNT}-ap-northeast-1"),
        ("control-tower", "AWSAFTExecution"),
        ("control-tower", "AWSControlTowerExecution"),
        ("control-tower", "aws-controltower-AdministratorExecutionRole"),
        ("control-tower", "OrganizationAccountAccessRole"),
        ("control-tower", "stacksets-exec-0123456789abcdef"),
        ("identity-center", f"{SSO}/ap-northeast-1/AWSReservedSSO_AdministratorAccess_0123456789"),
        ("identity-center", f"{SSO}/AWSReservedSSO_AWSAdministratorAccess_0123456789abcdef"),
    ],
)
def test_administrators_of_tools(preset, name):
    role_record = role(allow("*"), arn=f"arn:aws:iam::{ACCOUNT}:role/{name}")
    assert outcome(role_record, options={"presets": [preset]}) is Outcome.PASS
    others = [other for other in ("cdk", "control-tower", "identity-center") if other != preset]
    assert outcome(role_record, options={"presets": others}) is Outcome.FAIL


def test_a_service_linked_role_is_not_applicable():
    role_record = role(allow("*"), path="/aws-service-role/x.amazonaws.com/")
    finding = judged(role_record)
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert [seen.message.id for seen in finding.observations] == ["identity.service-linked"]


@pytest.mark.parametrize(
    "record",
    [
        role(allow("*"), attached_policies=("arn:aws:iam::aws:policy/Gone",)),
        role(allow("*"), boundary="arn:aws:iam::aws:policy/Gone"),
        role(inline_policies=UNREAD),
        role(inline_policies=(InlinePolicy(name="own", document="{"),)),
        user(groups=("gone",)),
        user(groups=UNREAD),
        role(attached_policies=UNREAD),
        role(boundary=UNREAD),
        role(allow("*"), boundary=UNREAD),
    ],
)
def test_what_was_not_read_may_change_it(record):
    finding = judged(record)
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].causes


def test_the_cause_of_a_malformed_policy_names_it_and_the_call():
    finding = judged(role(inline_policies=(InlinePolicy(name="own", document="{"),)))
    (cause,) = finding.observations[0].causes
    assert cause.why is Why.MALFORMED
    assert cause.operation == "iam:GetAccountAuthorizationDetails"
    assert "own" in cause.detail


def test_the_cause_of_a_missing_policy_is_that_of_the_listing():
    finding = judged(role(attached_policies=(ADMIN,)), gaps={"ManagedPolicyDetail": UNREAD})
    assert finding.observations[0].causes == UNREAD.causes
    unread = managed(document=UNREAD)
    assert judged(role(attached_policies=(ADMIN,)), unread).observations[0].causes == UNREAD.causes


def test_a_statement_that_cannot_be_taken_exactly():
    odd = allow("*", Condition={"StringUnlike": {"aws:userid": "x"}})
    finding = judged(role(odd))
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].message.id == "identity.admin-in-doubt"
    assert "(Action=*, Resource=*)" in finding.observations[0].message.in_language("en")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [([allow("*")], Outcome.FAIL), ([allow("s3:*")], Outcome.PASS), ([], None)],
)
def test_a_principal_that_is_not_in_the_template(statements, expected):
    elsewhere = Origin(file="policies.yaml", elsewhere=True)
    one = user(*statements, origin=elsewhere)
    planned = world("admin-privileges", one, source="template", gaps=NOT_READ)
    outcomes = {
        finding.resource.name: finding.outcome
        for finding in check_admin_privileges(planned).findings
    }
    assert outcomes.get("u") is expected
    # One that the template contains has no policies.
    assert statements or judged(user(), source="template").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("statement", "boundary", "expected"),
    [
        (allow("*"), None, Outcome.FAIL),
        # Neither certain by itself: the policy elsewhere may allow more, or the boundary less.
        (allow("s3:*"), None, Outcome.UNKNOWN),
        (allow("*"), "elsewhere", Outcome.UNKNOWN),
        (allow("*"), "here", Outcome.FAIL),
        (allow("*", Condition={"StringUnlike": {"aws:userid": "x"}}), None, Outcome.UNKNOWN),
    ],
)
def test_an_administrator_of_a_template_with_a_policy_elsewhere(statement, boundary, expected):
    bound = principals.managed("here", allow("*"))
    bounds = {None: None, "here": bound.arn, "elsewhere": f"{bound.arn}-2"}
    elsewhere = f"arn:aws:iam::{ACCOUNT}:policy/of-another-template"
    one = user(statement, attached_policies=(elsewhere,), boundary=bounds[boundary])
    assert judged(one, bound, source="template").outcome is expected
    # In an account, that policy may deny everything again.
    assert judged(one, bound).outcome is Outcome.UNKNOWN


def test_a_way_that_hangs_on_such_a_statement():
    odd = allow("iam:PutRolePolicy", Condition={"StringUnlike": {"aws:userid": "x"}})
    finding = judged(role(odd))
    assert finding.outcome is Outcome.UNKNOWN
    assert "iam:PutRolePolicy" in finding.observations[0].message.in_language("en")
    # A sure way is told before a doubtful one.
    assert outcome(role(odd, allow("iam:PutUserPolicy"))) is Outcome.FAIL


def test_the_partition_is_that_of_the_principal():
    arn = f"arn:aws-us-gov:iam::{ACCOUNT}:role/r"
    far = f"arn:aws-us-gov:iam::{ACCOUNT}:role/*"
    assert outcome(role(allow("iam:PutRolePolicy", far), arn=arn)) is Outcome.FAIL


def test_nobody():
    gaps = {"RoleDetail": UNREAD, "UserDetail": UNREAD}
    snapshot = world("admin-privileges", gaps=gaps)
    assert {finding.outcome for finding in check_admin_privileges(snapshot).findings} == {
        Outcome.UNKNOWN
    }
    (finding,) = check_admin_privileges(world("admin-privileges")).findings
    assert finding.outcome is Outcome.NOT_APPLICABLE
