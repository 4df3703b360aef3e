"""Paths in several steps: by what is created, given, joined and passed (admin-privileges)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Outcome
from cloudpack_baseline.checks.identity._path_catalogue import path_catalogue, sources
from principals import (
    BOSS,
    EVERYTHING,
    IAM,
    ME,
    PASS,
    allow,
    boss,
    deny,
    equals,
    group,
    judged,
    managed,
    me,
    role,
    trusting,
    user,
)
from support import ACCOUNT

ROLES, USERS = f"{IAM}role/app-*", f"{IAM}user/dev/*"
GROUPS, POLICIES = f"{IAM}group/dev-*", f"{IAM}policy/app-*"
BOUND = managed("bound", allow("s3:*"))
BOUNDED = {"Condition": equals("iam:PermissionsBoundary", BOUND.arn)}
READ_ONLY = {
    "Condition": {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
}
OWN_POLICIES = {"Condition": {"ArnLike": {"iam:PolicyARN": POLICIES}}}
ROLE = ["iam:CreateRole", "iam:PutRolePolicy"]
USER = ["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"]
GROUP = ["iam:CreateGroup", "iam:PutGroupPolicy", "iam:AddUserToGroup"]
FAIL, PASSES = Outcome.FAIL, Outcome.PASS
CREATION = [
    ([allow(ROLE, ROLES)], FAIL),
    ([allow(["iam:CreateRole", "iam:AttachRolePolicy"], ROLES)], FAIL),
    ([allow("iam:CreateRole", ROLES)], PASSES),
    # The boundary is required on creation.
    ([allow(ROLE, ROLES, **BOUNDED)], PASSES),
    ([allow("iam:CreateRole", ROLES, **BOUNDED), allow("iam:PutRolePolicy", ROLES)], PASSES),
    (
        [
            allow(ROLE, ROLES),
            deny(
                "iam:CreateRole",
                Condition={"StringNotEquals": {"iam:PermissionsBoundary": BOUND.arn}},
            ),
        ],
        PASSES,
    ),
    # It may be deleted again.
    (
        [
            allow("iam:CreateRole", ROLES, **BOUNDED),
            allow(["iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"], ROLES),
        ],
        FAIL,
    ),
    # What may be attached is no administrator's, unless it is written first.
    ([allow("iam:CreateRole", ROLES), allow("iam:AttachRolePolicy", ROLES, **READ_ONLY)], PASSES),
    (
        [allow("iam:CreateRole", ROLES), allow("iam:AttachRolePolicy", ROLES, **OWN_POLICIES)],
        PASSES,
    ),
    (
        [
            allow("iam:CreateRole", ROLES),
            allow("iam:AttachRolePolicy", ROLES, **OWN_POLICIES),
            allow("iam:CreatePolicy", POLICIES),
        ],
        FAIL,
    ),
    # The role cannot be assumed, but passed.
    ([allow(ROLE, ROLES), deny("sts:AssumeRole")], PASSES),
    (
        [allow([*ROLE, "iam:PassRole"], ROLES), allow("ec2:RunInstances"), deny("sts:AssumeRole")],
        FAIL,
    ),
    ([allow(USER, USERS)], FAIL),
    ([allow(["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateLoginProfile"], USERS)], FAIL),
    ([allow(USER[:2], USERS)], PASSES),
    ([allow([*USER[:2], "iam:UpdateLoginProfile"], USERS)], PASSES),
    ([allow(USER, USERS, **BOUNDED)], PASSES),
    ([allow(["iam:CreateUser", "iam:CreateAccessKey"], USERS)], PASSES),
    ([allow(GROUP, GROUPS)], FAIL),
    ([allow(GROUP[:2], GROUPS)], PASSES),
    ([allow(GROUP[::2], GROUPS)], PASSES),
]


@pytest.mark.parametrize(("statements", "outcome"), CREATION)
def test_what_is_created(statements, outcome):
    assert judged(me(*statements), BOUND).outcome is outcome


def test_a_role_joins_by_a_user_that_it_creates():
    statements = [allow(GROUP, GROUPS), allow(["iam:CreateUser", "iam:CreateAccessKey"], USERS)]
    assert judged(role("r", *statements), principal="r").outcome is FAIL
    assert judged(role("r", statements[0]), principal="r").outcome is PASSES
    admins = group("admins", EVERYTHING)
    joining = [statements[1], allow("iam:AddUserToGroup", admins.arn)]
    assert judged(role("r", *joining), admins, principal="r").outcome is FAIL
    assert judged(role("r", *joining), group("admins"), principal="r").outcome is PASSES


def test_another_user_is_added_to_a_group():
    admins = group("admins", EVERYTHING)
    statements = [
        allow("iam:AddUserToGroup", admins.arn),
        allow("iam:CreateAccessKey", f"{IAM}user/clerk"),
    ]
    assert judged(role("r", *statements), admins, user("clerk"), principal="r").outcome is FAIL
    assert judged(role("r", statements[0]), admins, user("clerk"), principal="r").outcome is PASSES


def test_a_group_is_given_everything_before_it_is_joined():
    dev = group("dev", allow("s3:*"))
    statements = [allow(["iam:PutGroupPolicy", "iam:AddUserToGroup"], dev.arn)]
    assert judged(me(*statements), dev).outcome is FAIL
    assert judged(me(allow("iam:PutGroupPolicy", dev.arn)), dev).outcome is PASSES


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("IAMFullAccess", FAIL), ("AdministratorAccess", FAIL), ("ReadOnlyAccess", PASSES)],
)
def test_a_policy_that_lets_it_attach_the_rest(name, outcome):
    only = {"Condition": {"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::aws:policy/{name}"}}}
    assert judged(me(allow("iam:AttachUserPolicy", ME, **only))).outcome is outcome


def test_a_certain_step_goes_before_one_in_doubt():
    def attaching(name, **fields):
        only = {"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::aws:policy/{name}"}}
        return allow("iam:AttachUserPolicy", ME, Condition=only | fields)

    odd = attaching("AdministratorAccess", StringUnlike={"aws:userid": "x"})
    assert judged(me(odd)).outcome is Outcome.UNKNOWN
    assert judged(me(odd, attaching("IAMFullAccess"))).outcome is FAIL


def test_a_new_version_of_a_policy_that_is_attached_then():
    mine = managed("app-1", allow("s3:*"))
    attaching = allow("iam:AttachUserPolicy", ME, **OWN_POLICIES)
    version = allow("iam:CreatePolicyVersion", mine.arn)
    assert judged(me(attaching, version), mine).outcome is FAIL
    # Another policy is written than may be attached.
    record = managed("other", allow("s3:*"))
    elsewhere = allow("iam:CreatePolicyVersion", record.arn)
    assert judged(me(attaching, elsewhere), mine, record).outcome is PASSES
    assert judged(me(attaching), mine).outcome is PASSES


def test_a_new_version_of_a_policy_of_another():
    mine = managed("app-1", allow("s3:*"))
    app = role("app", attached_policies=(mine.arn,), trust=trusting({"AWS": ME}))
    assert judged(me(allow("iam:CreatePolicyVersion", mine.arn)), mine, app).outcome is FAIL


def test_a_role_that_is_given_more_is_passed():
    app = role("app", trust=trusting({"Service": "ec2.amazonaws.com"}))
    allow_statement = allow(["iam:PutRolePolicy", "iam:PassRole"], app.arn)
    assert judged(me(allow_statement, allow("ec2:RunInstances")), app).outcome is FAIL
    assert judged(me(allow_statement, allow("ec2:Describe*")), app).outcome is PASSES


def test_the_metadata_of_a_saml_provider():
    corporate = f"{IAM}saml-provider/corporate"
    trust = trusting({"Federated": corporate}, "sts:AssumeRoleWithSAML")
    chief = boss(trust=trust)
    assert judged(me(allow("iam:UpdateSAMLProvider", corporate)), chief).outcome is FAIL
    allow_statement = allow("iam:UpdateSAMLProvider", f"{corporate}-2")
    assert judged(me(allow_statement), chief).outcome is PASSES


def test_a_role_of_an_identity_pool():
    federated = {"Federated": "cognito-identity.amazonaws.com"}
    chief = boss(trust=trusting(federated, "sts:AssumeRoleWithWebIdentity"))
    setting = allow("cognito-identity:SetIdentityPoolRoles")
    assert judged(me(PASS, setting), chief).outcome is FAIL
    assert judged(me(setting), chief).outcome is PASSES


@pytest.mark.parametrize(
    ("service", "action", "outcome"),
    [
        ("tasks.apprunner", "apprunner:CreateService", FAIL),
        ("ec2", "elasticmapreduce:RunJobFlow", FAIL),
        ("ec2", "autoscaling:*", FAIL),
        ("ecs-tasks", "batch:*", FAIL),
        ("lambda", "synthetics:CreateCanary", FAIL),
        ("states.ap-northeast-1", "states:CreateStateMachine", FAIL),
        ("braket", "braket:CreateJob", FAIL),
        ("pods.eks", "eks:*", FAIL),
        ("ec2", "eks:CreateNodegroup", FAIL),
        # It is passed by other actions of the prefix, or to another service.
        ("ec2", "ecs:RunTask", PASSES),
        ("ec2", "batch:*Job*", PASSES),
        ("ec2", "ssm:StartAutomationExecution", PASSES),
        ("ecs", "ecs:RunTask", PASSES),
        ("spotfleet", "ec2:RunInstances", PASSES),
        ("build.apprunner", "apprunner:CreateService", PASSES),
        ("eks", "eks:CreateNodegroup", PASSES),
        # The caller cannot steer it.
        ("chatbot", "chatbot:*", PASSES),
        ("grafana", "grafana:*", PASSES),
        ("quicksight", "quicksight:*", PASSES),
        ("vpc-flow-logs", "ec2:CreateFlowLogs", PASSES),
        ("cloudtrail", "cloudtrail:*", PASSES),
        ("gamelift", "gamelift:Delete*", PASSES),
        # Nobody knows how it is passed.
        ("x", "x:*", PASSES),
    ],
)
def test_services_that_a_role_is_passed_to(service, action, outcome):
    chief = boss({"Service": f"{service}.amazonaws.com"})
    assert judged(me(PASS, allow(action)), chief).outcome is outcome


@pytest.mark.parametrize(
    ("resource", "outcome"),
    [
        ("rule/nightly", FAIL),
        ("rule/partner/nightly", FAIL),
        ("target/nightly", PASSES),
    ],
)
def test_an_action_on_one_of_several_kinds_of_resource(resource, outcome):
    rule = f"arn:aws:events:ap-northeast-1:{ACCOUNT}:{resource}"
    chief = boss({"Service": "events.amazonaws.com"})
    assert judged(me(PASS, allow("events:PutTargets", rule)), chief).outcome is outcome


def test_a_role_that_lets_in_every_service():
    statements = [PASS, allow("braket:CreateJob"), deny("sts:*")]
    chief = boss(trust=trusting("*"))
    assert judged(me(*statements), chief).outcome is FAIL
    assert judged(me(statements[0], statements[2]), chief).outcome is PASSES


INSTANCE = {"Service": "ec2.amazonaws.com"}
LAUNCH = allow("ec2:RunInstances")


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        (
            [
                PASS,
                LAUNCH,
                deny(
                    "ec2:RunInstances",
                    "arn:aws:ec2:*:*:instance/*",
                    Condition={"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}},
                ),
            ],
            FAIL,
        ),
        (
            [
                PASS,
                LAUNCH,
                deny(
                    "ec2:RunInstances",
                    "arn:aws:ec2:*:*:volume/*",
                    Condition={"Bool": {"ec2:Encrypted": "false"}},
                ),
            ],
            FAIL,
        ),
        (
            [
                PASS,
                LAUNCH,
                deny(
                    "ec2:RunInstances",
                    "arn:aws:ec2:*:*:instance/*",
                    Condition={"StringNotLike": {"ec2:InstanceType": "t3.*"}},
                ),
            ],
            FAIL,
        ),
        (
            [
                allow(
                    "iam:PassRole",
                    BOSS,
                    Condition={
                        "ArnLike": {"iam:AssociatedResourceARN": "arn:aws:ec2:*:*:instance/*"}
                    },
                ),
                LAUNCH,
            ],
            FAIL,
        ),
        # No name of another partition occurs.
        (
            [
                allow(
                    "iam:PassRole",
                    BOSS,
                    Condition={"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
                ),
                LAUNCH,
            ],
            PASSES,
        ),
        (
            [allow("iam:PassRole", BOSS, Condition=equals("iam:ResourceTag/team", "a")), LAUNCH],
            FAIL,
        ),
        (
            [allow("iam:PassRole", BOSS, Condition=equals("iam:ResourceTag/team", "b")), LAUNCH],
            PASSES,
        ),
        (
            [
                PASS,
                LAUNCH
                | {"Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}},
            ],
            PASSES,
        ),
    ],
)
def test_guard_rails(statements, outcome):
    chief = boss(INSTANCE, tags=(("team", "a"),))
    assert judged(me(*statements), chief).outcome is outcome


@pytest.mark.parametrize("trusted", ["", ".cn"])
@pytest.mark.parametrize("passed", ["", ".cn"])
@pytest.mark.parametrize(
    ("service", "action"),
    [("ec2", "ec2:RunInstances"), ("batchoperations.s3", "s3:CreateJob")],
)
def test_service_principals_of_china(service, action, passed, trusted):
    arn = "arn:aws-cn:iam::123456789012:role/boss"
    chief = boss({"Service": f"{service}.amazonaws.com{trusted}"}, arn=arn)
    to_service = equals("iam:PassedToService", f"{service}.amazonaws.com{passed}")
    mine = [allow("iam:PassRole", arn, Condition=to_service), allow(action)]
    one = me(*mine, arn="arn:aws-cn:iam::123456789012:user/me")
    assert judged(one, chief).outcome is FAIL


@pytest.mark.parametrize(("service", "outcome"), [("glue", FAIL), ("polly", PASSES)])
def test_any_role_is_passed_to_one_service(service, outcome):
    to_service = equals("iam:PassedToService", f"{service}.amazonaws.com")
    passing = allow("iam:PassRole", Condition=to_service)
    jobs = allow(["glue:CreateJob", "glue:StartJobRun"])
    assert judged(me(passing, jobs)).outcome is outcome


def test_a_job_needs_its_definition_and_a_queue():
    chief = boss({"Service": "ecs-tasks.amazonaws.com"})
    define, submit = allow("batch:RegisterJobDefinition"), "batch:SubmitJob"
    definition, queue = "arn:aws:batch:*:*:job-definition/*", "arn:aws:batch:*:*:job-queue/*"
    for resources, outcome in (([definition, queue], FAIL), (definition, PASSES), (queue, PASSES)):
        finding = judged(me(PASS, define, allow(submit, resources)), chief)
        assert finding.outcome is outcome


@pytest.mark.parametrize(
    "action",
    [
        *("iam:PutUserPolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"),
        *("iam:AttachUserPolicy", "iam:AttachRolePolicy"),
    ],
)
def test_only_whom_the_boundary_holds_may_be_changed(action):
    assert judged(me(allow(action))).outcome is FAIL
    assert judged(me(allow(action, **BOUNDED)), BOUND).outcome is PASSES


@pytest.mark.parametrize("kind", ["User", "Role", "Group"])
def test_only_a_harmless_policy_may_be_attached(kind):
    action = f"iam:Attach{kind}Policy"
    assert judged(me(allow(action))).outcome is FAIL
    assert judged(me(allow(action, **READ_ONLY))).outcome is PASSES


def test_all_but_some_actions_on_a_role():
    def but(*actions):
        return {"Effect": "Allow", "NotAction": list(actions), "Resource": BOSS}

    assert judged(me(but("s3:*")), boss()).outcome is FAIL
    assert judged(me(but("iam:*", "sts:*")), boss()).outcome is PASSES


FUNCTIONS = ["lambda:CreateFunction", "lambda:InvokeFunction"]


@pytest.mark.parametrize(
    ("function", "outcome"),
    [
        ("arn:aws:lambda:us-west-2:123456789012:function:a", FAIL),
        ("arn:aws:lambda:*:*:function:a-*", FAIL),
        ("arn:aws:lambda:us-*:123456789012:function:????", FAIL),
        ("arn:aws:lambda:us-west-2:123456789012:function:${aws:username}-*", FAIL),
        ("arn:aws:lambda:mars-?:123456789012:function:a", PASSES),
        ("arn:aws:lambda:us-west-2:999999999999:function:a", PASSES),
        ("arn:aws-cn:lambda:*:*:function:a", PASSES),
        ("arn:aws:s3:::function:a", PASSES),
        ("*:function:a", FAIL),
        ("arn:aws:lambda:us-west-2:*function:a*", FAIL),
        ("*:layer:a", PASSES),
    ],
)
def test_names_that_it_may_choose(function, outcome):
    chief = boss({"Service": "lambda.amazonaws.com"})
    assert judged(me(PASS, allow(FUNCTIONS, function)), chief).outcome is outcome


def test_a_name_in_a_region_that_a_limit_leaves():
    chief = boss({"Service": "lambda.amazonaws.com"})
    launch = allow(FUNCTIONS, "arn:aws:lambda:us-*:*:function:app-*")
    for regions, outcome in (("us-east-*", FAIL), ("us-*", PASSES)):
        limit = deny(Condition={"StringLike": {"aws:RequestedRegion": regions}})
        passing = allow("iam:PassRole", BOSS)
        limit = limit | {"Action": FUNCTIONS}
        assert judged(me(passing, launch, limit), chief).outcome is outcome


def test_names_that_a_limit_leaves():
    chief = boss({"Service": "lambda.amazonaws.com"})
    name = "arn:aws:lambda:*:*:function:app-*"
    launch = allow(FUNCTIONS)
    but = {"Effect": "Deny", "Action": FUNCTIONS, "NotResource": name}
    assert judged(me(PASS, launch, but), chief).outcome is FAIL
    assert judged(me(PASS, launch, but, deny(FUNCTIONS, name)), chief).outcome is PASSES
    for names, outcome in ((name, FAIL), ("arn:aws:lambda:*:*:layer:app-*", PASSES)):
        bound = managed("bound", PASS, allow(FUNCTIONS, names))
        assert judged(me(PASS, launch, boundary=bound.arn), chief, bound).outcome is outcome


def test_a_step_shows_a_name_that_is_chosen_as_a_wildcard():
    (observation,) = judged(me(allow(ROLE, ROLES))).observations
    resources = {request.resource for request in observation.witness.requests}
    assert resources == {f"{IAM}role/app-*"}


@pytest.mark.parametrize("region", ["eu-west-1", "us-*", "sa-east-?", "mx-*", "*"])
def test_resources_at_large_in_some_regions(region):
    code = allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:{region}:*:function:*")
    assert judged(me(code)).outcome is FAIL


SHELL = "arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell"
INSTANCES = "arn:aws:ec2:*:*:instance/*"


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (allow("ssm:SendCommand"), FAIL),
        (allow("ssm:SendCommand", ["arn:aws:ssm:*::document/AWS-RunShellScript", INSTANCES]), FAIL),
        (allow("ssm:SendCommand", ["arn:aws:ssm:*:*:document/*", INSTANCES]), FAIL),
        (
            allow(
                "ssm:SendCommand", ["arn:aws:ssm:*:*:document/AWSEC2-CreateVssSnapshot", INSTANCES]
            ),
            PASSES,
        ),
        (allow("ssm:SendCommand", INSTANCES), PASSES),
        (allow("ssm:SendCommand", "arn:aws:ssm:*::document/AWS-RunShellScript"), PASSES),
        (
            allow(
                "ssm:StartSession",
                [INSTANCES, SHELL],
                Condition={"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}},
            ),
            FAIL,
        ),
        # Instances that carry a tag are not all instances.
        (allow("ssm:StartSession", Condition=equals("ssm:resourceTag/team", "a")), PASSES),
        (
            allow("ec2-instance-connect:SendSSHPublicKey", "arn:aws:ec2:eu-west-1:*:instance/*"),
            FAIL,
        ),
    ],
)
def test_what_runs_with_a_role_already(statement, outcome):
    assert judged(me(statement)).outcome is outcome


def test_a_pass_says_how_many_paths_were_considered():
    finding = judged(me())
    assert f"({path_catalogue().size} paths were considered)" in (
        finding.observations[0].message.in_language("en")
    )
    assert path_catalogue().size > 500


def test_each_row_names_its_source():
    rows = sources()
    kept = [
        row
        for name, group in rows.items()
        if name not in ("services", "resources", "steps")
        for row in group
    ]
    assert all(row["source"] for row in kept)
    assert all(row["reason"] for row in rows["not_steered"])


UNSURE = {"StringUnlike": {"aws:userid": "x"}}
ROLE_STEP = allow("iam:AttachRolePolicy", f"{IAM}role/step")
ASSUME_STEP = allow("sts:AssumeRole", f"{IAM}role/step")
TRUSTED = trusting({"AWS": f"{IAM}root"})
USERS_STEP = allow("iam:PutUserPolicy", f"{IAM}user/step")


@pytest.mark.parametrize(
    ("mine", "step", "outcome"),
    [
        (ASSUME_STEP, role("step", ROLE_STEP, trust=TRUSTED), FAIL),
        (ASSUME_STEP, role("step", allow("iam:*"), trust=TRUSTED), FAIL),
        (allow("s3:*"), role("step", ROLE_STEP, trust=trusting({"AWS": ME})), FAIL),
        (allow("iam:UpdateAssumeRolePolicy", f"{IAM}role/step"), role("step", ROLE_STEP), FAIL),
        (allow("iam:CreateAccessKey", f"{IAM}user/step"), user("step", USERS_STEP), FAIL),
        (ASSUME_STEP, role("step", allow("s3:*"), trust=TRUSTED), PASSES),
        (ASSUME_STEP, role("step", ROLE_STEP), PASSES),
        (allow("sts:AssumeRole", f"{IAM}role/x"), role("step", ROLE_STEP, trust=TRUSTED), PASSES),
        (allow("iam:CreateAccessKey", f"{IAM}user/x"), user("step", USERS_STEP), PASSES),
    ],
)
def test_another_that_has_a_path_is_an_end(mine, step, outcome):
    assert judged(me(mine), step).outcome is outcome


def test_a_chain_of_roles():
    first = role("first", ASSUME_STEP, trust=TRUSTED)
    step = role("step", ROLE_STEP, trust=TRUSTED)
    finding = judged(me(allow("sts:AssumeRole", f"{IAM}role/first")), first, step)
    assert finding.outcome is FAIL
    (observation,) = finding.observations
    assert observation.message.id == "identity.escalation-path-on"
    assert "role/first, which has a path" in observation.message.in_language("en")


def test_roles_that_assume_one_another():
    there = role("there", allow("sts:AssumeRole", f"{IAM}role/back"), trust=TRUSTED)
    back = role("back", allow("sts:AssumeRole", f"{IAM}role/there"), trust=TRUSTED)
    assert judged(me(allow("sts:AssumeRole", f"{IAM}role/there")), there, back).outcome is PASSES


def test_users_that_may_act_as_one_another_in_doubt():
    def doubtful(name, other):
        return user(
            name,
            allow("iam:PutUserPolicy", f"{IAM}user/{name}", Condition=UNSURE),
            allow("iam:CreateAccessKey", f"{IAM}user/{other}", Condition=UNSURE),
        )

    finding = judged(doubtful("me", "clerk"), doubtful("clerk", "me"))
    assert finding.outcome is Outcome.UNKNOWN
    assert len(finding.observations) == 1


@pytest.mark.parametrize(("certain", "outcome"), [(False, Outcome.UNKNOWN), (True, FAIL)])
def test_a_chain_in_doubt(certain, outcome):
    step = role("step", ROLE_STEP | ({} if certain else {"Condition": UNSURE}), trust=TRUSTED)
    other = role("other", ROLE_STEP | {"Condition": UNSURE}, trust=TRUSTED)
    mine = me(ASSUME_STEP, allow("sts:AssumeRole", f"{IAM}role/other"))
    assert judged(mine, step, other).outcome is outcome
