"""Ways to administrator rights on single resources (admin-privileges, 4.5.2)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Outcome, check_admin_privileges
from cloudpack_baseline.checks import check_of
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.model.values import Origin
from principals import (
    ADMINISTRATION,
    BOSS,
    EVERYTHING,
    IAM,
    ME,
    PASS,
    UNREAD,
    allow,
    boss,
    deny,
    document,
    equals,
    group,
    judged,
    managed,
    me,
    role,
    told,
    trusting,
    user,
)
from support import ACCOUNT, REGION, coverage, world

ACCOUNT_TRUST = {"AWS": ACCOUNT}
OWN = [
    ("me", allow("iam:AttachUserPolicy", ME)),
    ("me", allow("iam:PutUserPolicy", f"{IAM}user/${{aws:username}}")),
    ("me", allow("iam:AttachGroupPolicy", f"{IAM}group/dev")),
    ("me", allow("iam:PutGroupPolicy", f"{IAM}group/dev")),
    ("me", allow("iam:CreatePolicyVersion", f"{IAM}policy/mine")),
    ("me", allow("iam:CreatePolicyVersion", f"{IAM}policy/of-group")),
    ("me", allow("iam:AddUserToGroup", f"{IAM}group/admins")),
    ("r", allow("iam:AttachRolePolicy", f"{IAM}role/r")),
    ("r", allow("iam:PutRolePolicy", f"{IAM}role/r")),
]


@pytest.mark.parametrize(("kind", "statement"), OWN)
def test_more_for_itself(kind, statement):
    attachments = {"attached_policies": (f"{IAM}policy/mine",)}
    principal = (
        me(statement, groups=("dev",), **attachments)
        if kind == "me"
        else role("r", statement, **attachments)
    )
    groups = [
        group("dev", attached_policies=(f"{IAM}policy/of-group",)),
        group("admins", EVERYTHING),
        group("readers", allow("s3:*")),
        managed("mine", allow("s3:*")),
        managed("of-group", allow("s3:*")),
        managed("not-mine", allow("s3:*")),
    ]
    finding = judged(principal, *groups, principal=kind)
    assert finding.outcome is Outcome.FAIL
    (observation,) = finding.observations
    assert observation.message.id == "identity.escalates-itself"
    assert statement["Action"] in told(finding, "ja")[0]
    (step,) = observation.witness.steps
    assert "inline policy own, $.Statement[0]" in step.in_language("en")


@pytest.mark.parametrize(
    "statement",
    [
        allow("iam:AttachUserPolicy", f"{IAM}user/other"),
        allow("iam:AttachGroupPolicy", f"{IAM}group/admins"),
        allow("iam:CreatePolicyVersion", f"{IAM}policy/not-mine"),
        allow("iam:CreatePolicyVersion", f"{ADMINISTRATION}2"),
        allow("iam:AddUserToGroup", f"{IAM}group/readers"),
        allow("iam:AddUserToGroup", f"{IAM}group/dev"),
        allow("iam:AddUserToGroup", f"{IAM}group/unread"),
        # Only policies that are not everything may be attached.
        allow("iam:AttachUserPolicy", ME, Condition=equals("iam:PolicyARN", f"{IAM}policy/mine")),
        # Only whom a boundary holds may be given more.
        allow("iam:PutUserPolicy", ME, Condition=equals("iam:PermissionsBoundary", "arn:x")),
        allow("iam:PutUserPolicy", f"{IAM}user/${{aws:username}}2"),
    ],
)
def test_nothing_for_itself(statement):
    groups = [
        group("dev"),
        group("admins", EVERYTHING),
        group("unread", attached_policies=(f"{IAM}policy/gone",)),
        group("readers", allow("s3:*")),
        managed("mine", allow("s3:*")),
        managed("not-mine", allow("s3:*")),
    ]
    attachments = (f"{IAM}policy/mine",)
    principal = me(statement, groups=("dev",), attached_policies=attachments)
    assert judged(principal, *groups).outcome is Outcome.PASS


@pytest.mark.parametrize("arn", [ADMINISTRATION, f"{IAM}policy/power"])
def test_a_policy_that_may_be_attached_and_is_everything(arn):
    statement = allow("iam:AttachUserPolicy", ME, Condition=equals("iam:PolicyARN", arn))
    power = managed("power", EVERYTHING)
    assert judged(me(statement), power).outcome is Outcome.FAIL


def test_a_group_makes_up_for_the_rest():
    record = group("rest", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    join = allow("iam:AddUserToGroup", record.arn)
    assert judged(me(join), record).outcome is Outcome.PASS
    reads = deny("iam:CreateUser"), allow("iam:*")
    assert judged(me(allow("iam:Get*"), join, reads[0]), record).outcome is Outcome.PASS
    security_group = group("rest", {"Effect": "Allow", "NotAction": "iam:Get*", "Resource": "*"})
    assert judged(me(allow("iam:Get*"), join), security_group).outcome is Outcome.FAIL


OWN_POLICY = allow("iam:PutUserPolicy", ME)
WITHIN = managed("within", allow(["iam:*", "s3:*"]))


@pytest.mark.parametrize(
    ("statements", "boundary", "outcome"),
    [
        # What it is given stops at the boundary, unless that lets it change identities.
        (
            [allow("iam:PutUserPolicy", ME)],
            managed("within", allow("s3:*"), OWN_POLICY),
            Outcome.PASS,
        ),
        ([allow("iam:PutUserPolicy", ME)], WITHIN, Outcome.FAIL),
        (
            [allow("iam:PutUserPolicy", ME)],
            managed("within", EVERYTHING, deny("cloudtrail:StopLogging")),
            Outcome.FAIL,
        ),
        ([allow("iam:PutUserPolicy", ME)], managed("within", EVERYTHING), Outcome.FAIL),
        # Full without the boundary, which it can take away.
        ([EVERYTHING], managed("within", allow("s3:*")), Outcome.PASS),
        (
            [EVERYTHING],
            managed("within", allow("s3:*"), allow("iam:DeleteUserPermissionsBoundary", ME)),
            Outcome.FAIL,
        ),
        (
            [EVERYTHING],
            managed("within", allow("s3:*"), allow("iam:PutUserPermissionsBoundary", ME)),
            Outcome.FAIL,
        ),
        (
            [EVERYTHING],
            managed(
                "within",
                allow(
                    "iam:PutUserPermissionsBoundary",
                    ME,
                    Condition=equals("iam:PermissionsBoundary", "arn:other"),
                ),
            ),
            Outcome.PASS,
        ),
        (
            [EVERYTHING],
            managed("within", allow("iam:CreatePolicyVersion", f"{IAM}policy/within")),
            Outcome.FAIL,
        ),
        ([allow("iam:DeleteUserPermissionsBoundary", ME)], WITHIN, Outcome.PASS),
    ],
)
def test_boundaries(statements, boundary, outcome):
    principal = me(*statements, boundary=boundary.arn)
    assert judged(principal, boundary).outcome is outcome


def test_the_boundary_of_a_role_that_aws_keeps():
    power = "arn:aws:iam::aws:policy/PowerUserAccess"
    bound = managed("x", allow("iam:DeleteRolePermissionsBoundary", f"{IAM}role/r"), arn=power)
    assert (
        judged(role("r", EVERYTHING, boundary=power), bound, principal="r").outcome is Outcome.FAIL
    )


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ([allow("iam:CreateAccessKey", f"{IAM}user/chief")], Outcome.FAIL),
        ([allow("iam:CreateLoginProfile", f"{IAM}user/chief")], Outcome.FAIL),
        ([allow("iam:UpdateLoginProfile", f"{IAM}user/ch*")], Outcome.FAIL),
        ([allow("iam:CreateAccessKey", f"{IAM}user/clerk")], Outcome.PASS),
        ([allow("iam:CreateAccessKey", f"{IAM}user/${{aws:username}}")], Outcome.PASS),
        ([allow("iam:UpdateAssumeRolePolicy", BOSS)], Outcome.FAIL),
        ([allow("iam:UpdateAssumeRolePolicy", f"{IAM}role/clerk")], Outcome.PASS),
        ([allow("iam:UpdateAssumeRolePolicy", BOSS), deny("iam:*", BOSS)], Outcome.PASS),
        ([allow("iam:UpdateAssumeRolePolicy", "*", NotResource=BOSS)], Outcome.FAIL),
    ],
)
def test_towards_an_administrator(statements, outcome):
    statements = [
        {
            key: value
            for key, value in statement.items()
            if key != "Resource" or "NotResource" not in statement
        }
        for statement in statements
    ]
    principals = [boss(), user("chief", EVERYTHING), user("clerk"), role("clerk")]
    assert judged(me(*statements), *principals).outcome is outcome


ASSUME = allow("sts:AssumeRole", BOSS)


@pytest.mark.parametrize(
    ("statements", "principal", "outcome"),
    [
        ([ASSUME], ACCOUNT_TRUST, Outcome.FAIL),
        ([ASSUME], {"AWS": ME}, Outcome.FAIL),
        ([ASSUME], {"AWS": f"{IAM}user/other"}, Outcome.PASS),
        ([ASSUME], {"Service": "ec2.amazonaws.com"}, Outcome.PASS),
        ([allow("sts:AssumeRole", f"{IAM}role/other")], ACCOUNT_TRUST, Outcome.PASS),
        # Whom a trust policy names needs no leave of its own.
        ([], {"AWS": ME}, Outcome.FAIL),
        ([], "*", Outcome.FAIL),
        ([], ACCOUNT_TRUST, Outcome.PASS),
        ([deny("sts:*")], {"AWS": ME}, Outcome.PASS),
    ],
)
def test_assuming_an_administrator(statements, principal, outcome):
    finding = judged(me(*statements), boss(principal))
    assert finding.outcome is outcome
    if outcome is Outcome.FAIL:
        assert BOSS in told(finding)[0]
        last = finding.observations[0].witness.steps[-1].in_language("en")
        assert f"the trust policy of {BOSS}, $.Statement[0]" in last


def test_a_trust_policy_names_the_principal_beside_others():
    trust = json.loads(trusting({"Service": "ec2.amazonaws.com"}))
    trust["Statement"] += json.loads(trusting({"AWS": [f"{IAM}user/other", ME]}))["Statement"]
    finding = judged(me(), role("boss", EVERYTHING, trust=json.dumps(trust)))
    assert finding.outcome is Outcome.FAIL
    (observation,) = finding.observations
    assert observation.read == f"Action=sts:AssumeRole, Resource={BOSS}"
    assert [request.action for request in observation.witness.requests] == ["sts:AssumeRole"]


def test_one_certain_path_to_an_administrator_is_reported():
    chief = user("chief", EVERYTHING)
    doubtful = allow(
        "iam:CreateAccessKey", chief.arn, Condition={"Unheard": {"aws:UserAgent": "x"}}
    )
    certain = allow("iam:UpdateLoginProfile", chief.arn)
    assert judged(me(doubtful), chief).outcome is Outcome.UNKNOWN
    assert judged(me(doubtful, certain), chief).outcome is Outcome.FAIL
    both = judged(me(certain, allow("iam:CreateLoginProfile", chief.arn)), chief)
    assert len(both.observations) == 1


def test_boundaries_where_a_trust_policy_names_the_principal():
    bound = managed("bound", allow("s3:*"))
    # That of a user takes nothing from what it is given by name, save by a Deny.
    assert judged(me(boundary=bound.arn), boss({"AWS": ME}), bound).outcome is Outcome.FAIL
    hard = managed("bound", allow("s3:*"), deny("sts:*"))
    assert judged(me(boundary=hard.arn), boss({"AWS": ME}), hard).outcome is Outcome.PASS
    clerk = role("clerk", boundary=bound.arn)
    assert judged(clerk, boss({"AWS": clerk.arn}), bound, principal="clerk").outcome is Outcome.PASS
    free = role("clerk")
    assert judged(free, boss({"AWS": free.arn}), principal="clerk").outcome is Outcome.FAIL


def test_a_declared_administrator_is_one_to_others():
    options = {"principals": [BOSS]}
    finding = judged(me(ASSUME), boss(ACCOUNT_TRUST), options=options)
    assert finding.outcome is Outcome.FAIL
    # One that holds a way to everything only.
    role_record = role("boss", allow("iam:PutRolePolicy"), trust=trusting(ACCOUNT_TRUST))
    assert judged(me(ASSUME), role_record, options=options).outcome is Outcome.FAIL
    # One that holds nothing of the kind.
    reader = role("boss", allow("s3:*"), trust=trusting(ACCOUNT_TRUST))
    assert judged(me(ASSUME), reader, options=options).outcome is Outcome.PASS
    unread = role("boss", inline_policies=UNREAD, trust=trusting(ACCOUNT_TRUST))
    assert judged(me(ASSUME), unread, options=options).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "administrator",
    [
        role("boss", inline_policies=UNREAD, trust=trusting(ACCOUNT_TRUST)),
        role("boss", attached_policies=UNREAD, trust=trusting(ACCOUNT_TRUST)),
        boss(ACCOUNT_TRUST, boundary=UNREAD),
        role(
            "boss",
            allow("*", Condition={"StringUnlike": {"a:b": "c"}}),
            trust=trusting(ACCOUNT_TRUST),
        ),
        boss(trust=UNREAD),
        boss(trust="{"),
    ],
)
def test_a_way_towards_somebody_who_may_be_an_administrator(administrator):
    finding = judged(me(ASSUME), administrator)
    assert finding.outcome is Outcome.UNKNOWN
    (observation,) = finding.observations
    assert observation.causes
    assert BOSS in observation.message.in_language("ja")
    assert judged(me(), administrator).outcome is Outcome.PASS
    # A sure way beside it is told.
    statements = me(ASSUME, allow("iam:PutUserPolicy", ME))
    assert judged(statements, administrator).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("field", "kind"),
    [("boundary", role), ("attached_policies", role), ("groups", user)],
)
def test_more_for_somebody_whose_field_is_unknown(field, kind):
    trust = {"trust": trusting(ACCOUNT_TRUST)} if kind is role else {}
    record = kind("other", **trust, **{field: UNREAD})
    actions = ["iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]
    actions += ["iam:AddUserToGroup", "iam:CreateLoginProfile", "sts:AssumeRole"]
    finding = judged(me(allow(actions, record.arn)), record)
    certain = field == "attached_policies"  # what it may attach decides by itself
    assert finding.outcome is (Outcome.FAIL if certain else Outcome.UNKNOWN)


def test_the_boundary_of_a_declared_administrator_is_unknown():
    options = {"principals": ["boss"]}
    unread = boss(boundary=UNREAD)
    limited = allow("iam:UpdateAssumeRolePolicy", Condition=equals("iam:PermissionsBoundary", "x"))
    assert judged(me(limited), unread, options=options).outcome is Outcome.UNKNOWN


def test_a_doubtful_statement_on_the_way():
    odd = ASSUME | {"Condition": {"StringUnlike": {"aws:userid": "x"}}}
    finding = judged(me(odd), boss(ACCOUNT_TRUST))
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].message.id == "identity.admin-in-doubt"


def test_a_certain_path_after_a_doubtful_one_to_the_same_end():
    odd = ASSUME | {"Condition": {"StringUnlike": {"aws:userid": "x"}}}
    statements = [odd, allow("iam:UpdateAssumeRolePolicy", BOSS)]
    assert judged(me(*statements), boss(ACCOUNT_TRUST)).outcome is Outcome.FAIL


def test_nobody_writes_versions_of_policies_of_aws():
    of_aws = managed("ReadOnlyAccess", allow("s3:Get*"), arn=f"{ADMINISTRATION}ReadOnly")
    own = managed("own", allow("s3:Get*"))
    for policy, outcome in ((of_aws, Outcome.PASS), (own, Outcome.FAIL)):
        version = allow("iam:CreatePolicyVersion", policy.arn)
        finding = judged(me(version, attached_policies=(policy.arn,)), policy)
        assert finding.outcome is outcome


FUNCTION = f"arn:aws:lambda:*:{ACCOUNT}:function:app-*"
LAUNCH = [
    f"arn:aws:ec2:*:*:{kind}/*"
    for kind in ("instance", "network-interface", "security-group", "subnet", "volume")
]


@pytest.mark.parametrize(
    ("service", "statements", "outcome"),
    [
        ("ec2", [PASS, allow("ec2:RunInstances")], Outcome.FAIL),
        (
            "ec2",
            [PASS, allow("ec2:RunInstances", [*LAUNCH, "arn:aws:ec2:*::image/ami-1*"])],
            Outcome.FAIL,
        ),
        ("ec2", [PASS, allow("ec2:RunInstances", LAUNCH)], Outcome.PASS),
        # An instance profile of an instance that runs already.
        ("ec2", [PASS, allow("ec2:*", LAUNCH)], Outcome.FAIL),
        ("ec2", [PASS], Outcome.PASS),
        ("ec2", [allow("ec2:RunInstances")], Outcome.PASS),
        # The service has to be let in by the trust policy of the role.
        ("lambda", [PASS, allow("ec2:RunInstances")], Outcome.PASS),
        ("lambda", [PASS, allow("lambda:CreateFunction")], Outcome.PASS),
        ("lambda", [PASS, allow(["lambda:CreateFunction", "lambda:InvokeFunction"])], Outcome.FAIL),
        ("lambda", [PASS, allow("lambda:*", FUNCTION)], Outcome.FAIL),
        # Each on another function.
        (
            "lambda",
            [
                PASS,
                allow("lambda:CreateFunction", FUNCTION),
                allow("lambda:InvokeFunction", FUNCTION.replace("app", "old")),
            ],
            Outcome.PASS,
        ),
        ("lambda", [PASS, allow("lambda:*", f"{IAM}function/x")], Outcome.PASS),
        ("lambda", [PASS, allow("lambda:*", "arn:aws:lambda:*:*:layer:x")], Outcome.PASS),
        ("lambda", [PASS, allow("lambda:*", "${aws:username}:a:b:c:d:e")], Outcome.PASS),
        ("glue", [PASS, allow("glue:CreateDevEndpoint")], Outcome.FAIL),
        ("glue", [PASS, allow("glue:CreateDevEndpoint", "arn:aws:glue:*:*:*")], Outcome.PASS),
        ("glue", [PASS, allow(["glue:CreateJob", "glue:StartJobRun"])], Outcome.FAIL),
        ("cloudformation", [PASS, allow("cloudformation:CreateStack")], Outcome.FAIL),
        ("ecs-tasks", [PASS, allow("ecs:RunTask")], Outcome.FAIL),
        ("codebuild", [PASS, allow("codebuild:*")], Outcome.FAIL),
        (
            "ec2",
            [
                allow(
                    "iam:PassRole",
                    BOSS,
                    Condition=equals("iam:PassedToService", "ec2.amazonaws.com"),
                ),
                allow("ec2:RunInstances"),
            ],
            Outcome.FAIL,
        ),
        (
            "ec2",
            [
                allow(
                    "iam:PassRole",
                    BOSS,
                    Condition=equals("iam:PassedToService", "lambda.amazonaws.com"),
                ),
                allow("ec2:RunInstances"),
            ],
            Outcome.PASS,
        ),
    ],
)
def test_passing_an_administrator_to_a_service(service, statements, outcome):
    service_role = boss({"Service": f"{service}.amazonaws.com"})
    assert judged(me(*statements), service_role).outcome is outcome


def test_passing_at_large_in_one_region():
    launch = allow(
        ["lambda:CreateFunction", "lambda:InvokeFunction"],
        f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:*",
    )
    finding = judged(me(allow("iam:PassRole"), launch))
    assert finding.observations[0].message.id == "identity.escalation"
    code = allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:*")
    assert judged(me(code)).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        (
            [
                allow("iam:PutRolePolicy", f"{IAM}role/app"),
                allow("sts:AssumeRole", f"{IAM}role/app"),
            ],
            Outcome.FAIL,
        ),
        (
            [
                allow("iam:AttachRolePolicy", f"{IAM}role/app"),
                allow("iam:UpdateAssumeRolePolicy", f"{IAM}role/app"),
            ],
            Outcome.FAIL,
        ),
        ([allow("iam:PutRolePolicy", f"{IAM}role/app")], Outcome.PASS),
        (
            [
                allow("iam:PutUserPolicy", f"{IAM}user/clerk"),
                allow("iam:CreateAccessKey", f"{IAM}user/clerk"),
            ],
            Outcome.FAIL,
        ),
        ([allow("iam:PutUserPolicy", f"{IAM}user/clerk")], Outcome.PASS),
        # What is given to it stops at its boundary.
        (
            [
                allow("iam:PutRolePolicy", f"{IAM}role/bound"),
                allow("sts:AssumeRole", f"{IAM}role/bound"),
            ],
            Outcome.PASS,
        ),
        (
            [
                allow("iam:PutRolePolicy", f"{IAM}role/wide"),
                allow("sts:AssumeRole", f"{IAM}role/wide"),
            ],
            Outcome.FAIL,
        ),
        (
            [
                allow("iam:PutRolePolicy", f"{IAM}role/unread"),
                allow("sts:AssumeRole", f"{IAM}role/unread"),
            ],
            Outcome.UNKNOWN,
        ),
    ],
)
def test_more_for_another_and_becoming_it(statements, outcome):
    principals = [
        role("app", trust=trusting(ACCOUNT_TRUST)),
        role("bound", trust=trusting(ACCOUNT_TRUST), boundary=f"{IAM}policy/narrow"),
        role("wide", trust=trusting(ACCOUNT_TRUST), boundary=WITHIN.arn),
        role("unread", trust=trusting(ACCOUNT_TRUST), boundary="arn:x"),
        user("clerk"),
        WITHIN,
        managed("narrow", allow("s3:*")),
    ]
    assert judged(me(*statements), *principals).outcome is outcome


def test_two_paths_out_of_a_boundary_are_told_once():
    actions = ["iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"]
    for allowed in (actions[:1], actions[1:], actions):
        bound = managed("within", allow("s3:*"), allow(allowed, ME))
        (line,) = told(judged(me(EVERYTHING, boundary=bound.arn), bound))
        assert allowed[0] in line


def test_each_end_is_told_once_and_not_all_of_many():
    chiefs = [user(f"chief-{n}", EVERYTHING) for n in range(7)]
    mighty = me(allow(["iam:CreateAccessKey", "iam:CreateLoginProfile"], f"{IAM}user/chief-*"))
    lines = told(judged(mighty, *chiefs))
    assert len(lines) == len(set(lines)) == 5


def test_the_texts_of_a_way():
    finding = judged(me(ASSUME), boss(ACCOUNT_TRUST))
    assert told(finding) == [f"it can act as the administrator {BOSS}: sts:AssumeRole on {BOSS}"]
    assert told(finding, "ja") == [f"管理者 {BOSS} として操作できる: {BOSS} への sts:AssumeRole"]


def test_ways_at_large_are_counted_only_where_there_are_others():
    (line,) = told(judged(me(allow("iam:PutUserPolicy"))))
    assert line.startswith("it can escalate its privileges with iam:PutUserPolicy, allowed without")
    (line,) = told(judged(me(allow(["iam:PutUserPolicy", "iam:AttachUserPolicy"]))))
    assert line.endswith("(other paths: 1)")
    launch = allow(["iam:PassRole", "ec2:RunInstances"])
    (line,) = told(judged(me(launch)))
    assert "with iam:PassRole, ec2:RunInstances, allowed without" in line


def test_policies_are_told_by_name_and_group():
    memberships = {"groups": ("admins",)}
    admins = group("admins", attached_policies=(f"{IAM}policy/MyAdmin",))
    finding = judged(me(**memberships), admins, managed("MyAdmin", EVERYTHING))
    (line,) = told(finding)
    assert line.endswith("by the managed policy MyAdmin of group admins, $.Statement[0]")
    assert "グループ admins の管理ポリシー MyAdmin、$.Statement[0]" in told(finding, "ja")[0]
    inline = judged(me(**memberships), group("admins", EVERYTHING))
    assert "inline policy own of group admins" in told(inline)[0]
    pieces = judged(
        me(allow("a*"), attached_policies=(f"{IAM}policy/rest",)),
        managed("rest", {"Effect": "Allow", "NotAction": "a*", "Resource": "*"}),
    )
    assert (
        "the inline policy own, $.Statement[0], the managed policy rest, $.Statement[0]"
        in told(pieces)[0]
    )


@pytest.mark.parametrize(
    ("record", "english", "japanese"),
    [
        (
            me(EVERYTHING, boundary="arn:x:gone"),
            "permissions boundary arn:x:gone is not",
            "アクセス許可の境界 arn:x:gone が",
        ),
        (
            me(attached_policies=("arn:x:gone",)),
            "policy arn:x:gone is not",
            "管理ポリシー arn:x:gone が",
        ),
        (me(groups=("gone",)), "group gone is not", "グループ gone が"),
    ],
)
def test_what_is_missing_from_the_answer(record, english, japanese):
    finding = judged(record)
    assert finding.outcome is Outcome.UNKNOWN
    assert told(finding)[0].startswith(english)
    assert told(finding, "ja")[0].startswith(japanese)


def test_what_is_missing_where_more_was_not_read():
    finding = judged(me(boundary="arn:x:gone", inline_policies=UNREAD))
    assert finding.observations[0].message.id == "common.value"
    finding = judged(me(boundary="arn:x:gone"), gaps={"ManagedPolicyDetail": UNREAD})
    assert finding.observations[0].causes == UNREAD.causes


MANAGER = "210987654321"


def organized(*scps):
    def record(kind, name, account, **fields):
        return kind(
            arn=f"arn:aws:organizations::{MANAGER}:x/{name}", account=account, name=name, **fields
        )

    organization = {"id": "o-1", "management_account": MANAGER}
    return [
        record(Organization, "o-1", ACCOUNT, **organization),
        record(Organization, "o-1", MANAGER, **organization),
        record(OrganizationAccount, "a", MANAGER, id=ACCOUNT, path=("r-1",), service_control=True),
        record(ServiceControlPolicy, "p", MANAGER, document=document(*scps), targets=("r-1",)),
    ]


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ([EVERYTHING], Outcome.FAIL),
        ([EVERYTHING, deny("iam:*")], Outcome.PASS),
        (
            [
                EVERYTHING,
                deny(
                    "iam:*",
                    "*",
                    Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/m*"}},
                ),
            ],
            Outcome.FAIL,
        ),
    ],
)
def test_service_control_policies_close_ways(statements, outcome):
    reads = check_of("admin-privileges").reads
    snapshot = world(
        "admin-privileges",
        me(allow("iam:PutUserPolicy", ME)),
        user("chief", EVERYTHING),
        *organized(*statements),
        accounts=tuple(
            AccountScope(id=account, regions=(REGION,)) for account in (ACCOUNT, MANAGER)
        ),
        coverage=(
            *coverage(reads),
            *(
                Coverage(
                    kind=read.kind.__name__,
                    account=MANAGER,
                    region=REGION,
                    fields=tuple(sorted(read.fields)),
                )
                for read in reads
            ),
        ),
    )
    outcome_by_name = {
        finding.resource.name: finding.outcome
        for finding in check_admin_privileges(snapshot).findings
    }
    assert outcome_by_name["me"] is outcome
    # They take nothing from what is held.
    assert outcome_by_name["chief"] is Outcome.FAIL


def test_service_control_policies_that_were_not_read_excuse_nothing():
    assert (
        judged(me(allow("iam:PutUserPolicy", ME)), gaps={"Organization": UNREAD}).outcome
        is Outcome.FAIL
    )


PART = {"StringEquals": {"cloudpack-baseline:undetermined/parameter A": "true"}}
RUN = allow("ec2:RunInstances")
EC2 = {"Service": "ec2.amazonaws.com"}


def doubted(principal, effect="Allow"):
    """The administrator with a trust policy that allows or denies the principal, or does not."""
    trust = json.loads(trusting(principal))
    (statement,) = trust["Statement"]
    trust["Statement"] = [
        *([] if effect == "Allow" else [statement]),
        statement | {"Effect": effect, "Condition": PART},
    ]
    return role("boss", EVERYTHING, trust=json.dumps(trust))


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_passing_to_a_service_that_a_trust_policy_may_or_may_not_allow(effect):
    finding = judged(me(allow("iam:PassRole", BOSS), RUN), doubted(EC2, effect))
    assert finding.outcome is Outcome.UNKNOWN
    assert judged(me(allow("iam:PassRole", BOSS)), doubted(EC2, effect)).outcome is Outcome.PASS


def test_passing_to_a_service_where_the_trust_policy_was_not_read():
    unread = role("boss", EVERYTHING, trust=UNREAD)
    assert judged(me(allow("iam:PassRole", BOSS), RUN), unread).outcome is Outcome.UNKNOWN
    assert judged(me(allow("iam:PassRole", BOSS)), unread).outcome is Outcome.PASS


def test_metadata_of_a_saml_provider_that_a_trust_policy_may_or_may_not_allow():
    provider = f"{IAM}saml-provider/idp"
    saml = json.loads(trusting({"Federated": provider}, "sts:AssumeRoleWithSAML"))
    saml["Statement"][0]["Condition"] = PART
    target = role("boss", EVERYTHING, trust=json.dumps(saml))
    finding = judged(me(allow("iam:UpdateSAMLProvider", provider)), target)
    assert finding.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("own", [[], [allow("iam:PutUserPolicy", ME)]])
@pytest.mark.parametrize("statement", [allow("*", Condition=PART), allow("s3:*")])
def test_a_boundary_that_may_or_may_not_be_wide(statement, own):
    bound = managed("bound", statement, *own)
    expected = Outcome.UNKNOWN if "Condition" in statement else Outcome.PASS
    allow_statement = allow("iam:PutUserPolicy", ME)
    assert judged(me(allow_statement, boundary=bound.arn), bound).outcome is expected


def test_a_doubt_names_what_is_known_only_at_deployment():
    finding = judged(me(allow("*", Condition=PART)))
    (message,) = told(finding)
    assert finding.outcome is Outcome.UNKNOWN
    assert message.endswith(": parameter A is known only at deployment")


def test_the_witness_is_the_requests_with_the_statements_that_allow_them():
    allow_statement = allow("iam:PutGroupPolicy", f"{IAM}group/dev", Sid="Own")
    finding = judged(me(groups=("dev",)), group("dev", allow_statement))
    (request,) = finding.observations[0].witness.requests
    assert (request.principal_kind, request.principal) == ("user", ME)
    assert (request.action, request.resource) == ("iam:PutGroupPolicy", f"{IAM}group/dev")
    (by,) = request.statements
    assert (by.policy, by.group, by.sid, by.index) == ("inline", "dev", "Own", 0)
    access = finding.observations[0].allowed
    assert (access.principal, access.actions) == (ME, ("iam:PutGroupPolicy",))


def test_an_administrator_is_allowed_everything():
    access = judged(me(EVERYTHING)).observations[0].allowed
    assert (access.principal_kind, access.principal, access.actions) == ("user", ME, ("*",))


def test_a_witness_names_the_statements_by_their_sids():
    trust = trusting(ACCOUNT_TRUST, Sid="LetIn")
    named = role("boss", EVERYTHING, trust=trust)
    finding = judged(me(allow("sts:AssumeRole", BOSS, Sid="Assume")), named)
    (request,) = finding.observations[0].witness.requests
    assert [by.sid for by in request.statements] == ["Assume", "LetIn"]
    assert "$.Statement[0] (Assume)" in finding.observations[0].witness.steps[0].in_language("en")
    finding = judged(me(allow("sts:AssumeRole", BOSS)), boss(ACCOUNT_TRUST))
    (request,) = finding.observations[0].witness.requests
    assert [by.sid for by in request.statements] == ["", ""]
    assert finding.observations[0].witness.steps[0].in_language("en").endswith("$.Statement[0]")


def test_a_witness_names_the_policy_and_its_group():
    attach = allow("iam:AttachUserPolicy", ME)
    one = me(groups=("dev",), attached_policies=(f"{IAM}policy/mine",))
    dev = group("dev", attach, attached_policies=(f"{IAM}policy/of-group",))
    for statements, expected in (
        ({"mine": attach}, ("managed", "mine", f"{IAM}policy/mine", "")),
        ({"of-group": attach}, ("managed", "of-group", f"{IAM}policy/of-group", "dev")),
    ):
        policies = [
            managed(name, statements.get(name, allow("s3:*"))) for name in ("mine", "of-group")
        ]
        others = (group("dev", attached_policies=dev.attached_policies), *policies)
        (request,) = judged(one, *others).observations[0].witness.requests
        (by,) = request.statements
        assert (by.policy, by.policy_name, by.policy_arn, by.group) == expected
    (request,) = judged(me(groups=("dev",)), group("dev", attach)).observations[0].witness.requests
    assert [(by.policy, by.policy_name, by.group) for by in request.statements] == [
        ("inline", "own", "dev")
    ]
    (request,) = judged(me(attach)).observations[0].witness.requests
    assert [(by.policy, by.policy_name, by.group) for by in request.statements] == [
        ("inline", "own", "")
    ]


def test_a_role_that_escalates_is_called_one():
    finding = judged(role("r", allow("iam:PutRolePolicy", f"{IAM}role/r")), principal="r")
    (observation,) = finding.observations
    assert observation.allowed.principal_kind == "role"
    assert [request.principal_kind for request in observation.witness.requests] == ["role"]


def test_a_template_says_where_a_trust_policy_lets_the_principal_in():
    placed = Origin(file="roles.yaml", line=7)
    named = role("boss", EVERYTHING, trust=trusting({"AWS": ME}), origins=(("trust", placed),))
    (observation,) = judged(me(), named).observations
    assert observation.origin == placed
    assert "roles.yaml:7" in observation.witness.steps[0].in_language("en")
    # In an account, the role says enough.
    (observation,) = judged(me(), boss({"AWS": ME})).observations
    assert observation.origin is None
    # What is in the template is the trust policy of the last role, not what passes it.
    passed = role(
        "boss",
        EVERYTHING,
        trust=trusting({"Service": "lambda.amazonaws.com"}),
        origins=(("trust", placed),),
    )
    (observation,) = judged(me(PASS, allow("lambda:*")), passed).observations
    assert observation.origin is None


def test_a_role_that_may_be_assumed_is_allowed_by_both_policies():
    finding = judged(me(allow("sts:AssumeRole", BOSS)), boss(ACCOUNT_TRUST))
    (request,) = finding.observations[0].witness.requests
    assert [by.policy for by in request.statements] == ["inline", "trust"]
    finding = judged(me(), boss({"AWS": ME}))
    (request,) = finding.observations[0].witness.requests
    assert [(by.policy, by.policy_arn) for by in request.statements] == [("trust", BOSS)]
