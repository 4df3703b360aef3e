"""Trust policies: who can assume a role, what each of them needs, and what binds a service."""

from __future__ import annotations

import pytest

from cloudpack_baseline.access import (
    EffectivePermissions,
    PrincipalIdentity,
    parse_policy,
    trust_grant_for,
    trust_of_principal,
    undetermined_parts,
    who_can_assume,
)

OWNER, FRIEND, OTHER = "123456789012", "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{FRIEND}:role/r"
SESSION = f"arn:aws:sts::{FRIEND}:assumed-role/r/s"
DEPLOYERS = f"arn:aws:iam::{FRIEND}:role/app-*"
EC2, LAMBDA = "ec2.amazonaws.com", "lambda.amazonaws.com"
GITHUB = "token.actions.githubusercontent.com"
OIDC = f"arn:aws:iam::{OWNER}:oidc-provider/{GITHUB}"
SAML = f"arn:aws:iam::{OWNER}:saml-provider/idp"
SIGN_IN = "https://signin.aws.amazon.com/saml"
COGNITO = "cognito-identity.amazonaws.com"
WEB, BY_SAML = "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"
OFFICE = "203.0.113.0/24"


def allow(principal, condition=None, action="sts:AssumeRole", **fields):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **fields}
    if condition:
        statement["Condition"] = condition
    return {key: value for key, value in statement.items() if value is not None}


def deny(condition=None, principal="*", **fields):
    return allow(principal, condition, Effect="Deny", **fields)


def equal(key, value):
    return {"StringEquals": {key: value}}


def other(key, value):
    return {"StringNotEquals": {key: value}}


def web(condition=None, provider=OIDC):
    return allow({"Federated": provider}, condition, WEB)


def saml(condition=None, action=BY_SAML):
    return allow({"Federated": SAML}, condition, action)


def account(condition=None, who=FRIEND, **fields):
    return allow({"AWS": who}, condition, **fields)


def topic(condition=None):
    return allow({"Service": "sns.amazonaws.com"}, condition)


def assumers(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return who_can_assume(parse_policy(document, kind="trust"), account=OWNER)


NOBODY = []
WHOLE = [("account", FRIEND, True)]
THAT_ROLE = [("account", ROLE, False)]

# What stands in the policy, the statements, and who can assume: kind, name, the whole account.
ASSUMERS = [
    ("root ARN", [account(who=f"arn:aws:iam::{FRIEND}:root")], WHOLE),
    ("own account", [account(who=OWNER)], [("account", OWNER, True)]),
    ("role", [account(who=ROLE)], THAT_ROLE),
    (
        "role with a path",
        [account(who=f"arn:aws:iam::{FRIEND}:role/a/b/r")],
        [("account", f"arn:aws:iam::{FRIEND}:role/a/b/r", False)],
    ),
    ("role and its account", [account(who=[FRIEND, ROLE])], WHOLE),
    ("session", [account(who=SESSION)], [("account", SESSION, False)]),
    (
        "session of another role",
        [account({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{FRIEND}:role/x"}}, SESSION)],
        NOBODY,
    ),
    (
        "session of a role in some path",
        [account({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{FRIEND}:role/p/*"}}, SESSION)],
        [("account", SESSION, False)],
    ),
    (
        "session beside another role",
        [
            account(
                {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{FRIEND}:role/s"}},
                [SESSION, f"arn:aws:iam::{FRIEND}:role/s"],
            )
        ],
        [("account", f"arn:aws:iam::{FRIEND}:role/s", False)],
    ),
    (
        "session beside its role",
        [account({"ArnEquals": {"aws:PrincipalArn": ROLE}}, [SESSION, ROLE])],
        [("account", ROLE, False), ("account", SESSION, False)],
    ),
    ("a claim of a caller of AWS", [account(equal(f"{GITHUB}:sub", "x"))], NOBODY),
    ("a claim of another provider", [web(equal(f"{COGNITO}:sub", "x"))], NOBODY),
    ("an attribute of SAML for OpenID", [web(equal("SAML:aud", SIGN_IN))], NOBODY),
    ("no subject", [web({"Null": {f"{GITHUB}:sub": "true"}})], NOBODY),
    ("no audience", [saml({"Null": {"SAML:aud": "true"}})], NOBODY),
    (
        "no other claim",
        [web({"Null": {f"{GITHUB}:actor": "true"}})],
        [("federated", OIDC, False)],
    ),
    ("an external id of a token", [web(equal("sts:ExternalId", "x"))], NOBODY),
    (
        "the session name of a token",
        [web(equal("sts:RoleSessionName", "x"))],
        [("federated", OIDC, False)],
    ),
    (
        "two groups at once",
        [
            saml({"ForAnyValue:StringEquals": {"SAML:eduPersonAffiliation": "a"}}),
            allow(
                {"Federated": SAML},
                {"ForAllValues:StringNotEquals": {"SAML:eduPersonAffiliation": "b"}},
                "*",
                Effect="Deny",
            ),
        ],
        [("federated", SAML, False)],
    ),
    (
        "two services",
        [allow({"Service": [EC2, LAMBDA]})],
        [("service", EC2, False), ("service", LAMBDA, False)],
    ),
    ("tags alone", [account(action="sts:TagSession")], NOBODY),
    (
        "tags and source identity",
        [account(action=["sts:SetSourceIdentity", "sts:TagSession"])],
        NOBODY,
    ),
    ("with tags", [account(action=["sts:AssumeRole", "sts:TagSession"])], WHOLE),
    ("any action", [account(action="*")], WHOLE),
    ("action in another case", [account(action="STS:assumerole")], WHOLE),
    ("all actions but tags", [account(action=None, NotAction="sts:TagSession")], WHOLE),
    ("all other actions", [account(action=None, NotAction="sts:AssumeRole")], NOBODY),
    (
        "all other actions for a provider",
        [allow({"Federated": OIDC}, action=None, NotAction=["sts:AssumeRole", BY_SAML])],
        [("federated", OIDC, False)],
    ),
    ("an account by web identity", [account(action=WEB)], NOBODY),
    ("an OpenID provider by SAML", [allow({"Federated": OIDC}, action=BY_SAML)], NOBODY),
    ("SAML", [saml(equal("SAML:aud", SIGN_IN))], [("federated", SAML, False)]),
    (
        "Cognito",
        [
            web(
                {
                    **equal(f"{COGNITO}:aud", "us-east-1:p"),
                    "ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"},
                },
                COGNITO,
            )
        ],
        [("federated", COGNITO, False)],
    ),
    ("all denied", [account(), deny()], NOBODY),
    ("that role denied", [account(who=ROLE), deny(principal={"AWS": ROLE})], NOBODY),
    ("the role's account denied", [account(who=ROLE), deny(principal={"AWS": FRIEND})], NOBODY),
    (
        "no MFA denied",
        [account(), deny({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})],
        WHOLE,
    ),
    (
        "a service of an organization",
        [allow({"Service": EC2}, equal("aws:PrincipalOrgID", "o-1"))],
        NOBODY,
    ),
    (
        "a service by key",
        [allow("*", equal("aws:PrincipalServiceName", EC2))],
        [("service", EC2, False)],
    ),
    (
        "roles of another account",
        [account({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}})],
        NOBODY,
    ),
    ("another account by key", [account(equal("aws:PrincipalAccount", OTHER))], NOBODY),
    (
        "all but one denied",
        [account(who=[FRIEND, OTHER]), deny(principal=None, NotPrincipal={"AWS": FRIEND})],
        WHOLE,
    ),
    (
        "all but one denied by key",
        [account(who=[FRIEND, OTHER]), deny(other("aws:PrincipalAccount", FRIEND))],
        WHOLE,
    ),
    (
        "two external ids at once",
        [account(equal("sts:ExternalId", "a")), deny(other("sts:ExternalId", "b"))],
        NOBODY,
    ),
    (
        "address and endpoint at once",
        [account({"IpAddress": {"aws:SourceIp": OFFICE}, **equal("aws:SourceVpce", "vpce-1")})],
        NOBODY,
    ),
    ("SAML with MFA", [saml({"Bool": {"aws:MultiFactorAuthPresent": "true"}})], NOBODY),
    (
        "web identity, outsiders denied",
        [web(), deny(other("aws:PrincipalOrgID", "o-1"), action="sts:*")],
        NOBODY,
    ),
]


@pytest.mark.parametrize(
    ("statements", "expected"), [case[1:] for case in ASSUMERS], ids=[case[0] for case in ASSUMERS]
)
def test_who_can_assume(statements, expected):
    allowed_assumers = assumers(*statements)
    assert (
        sorted((a.principal_kind, a.principal, a.whole_account) for a in allowed_assumers)
        == expected
    )
    assert all(assumer.exact for assumer in allowed_assumers)


ID, MFA = "sts:ExternalId", "aws:MultiFactorAuthPresent"
SUB, AUDIENCE, METHOD = f"{GITHUB}:sub", f"{GITHUB}:aud", f"{COGNITO}:amr"
ADDRESS, AGE, MAIN = "aws:SourceIp", "aws:MultiFactorAuthAge", "repo:o/r:ref:refs/heads/main"

# What stands in the policy, the statements, a key, whether it is needed, and its values if fixed.
NEEDS = [
    ("id by pattern", [account({"StringLike": {ID: "x*"}})], ID, True, None),
    ("any id", [account({"StringLike": {ID: "*"}})], ID, False, None),
    ("id that is there", [account({"Null": {ID: "false"}})], ID, False, None),
    ("one of two ids", [account(equal(ID, ["x", "y"]))], ID, True, ("x", "y")),
    ("id by a Deny", [account(), deny(other(ID, "x"))], ID, True, ("x",)),
    ("any other id", [account(other(ID, "x"))], ID, False, None),
    (
        "id in one of two statements",
        [account(equal(ID, "x")), account({"IpAddress": {ADDRESS: OFFICE}})],
        ID,
        False,
        None,
    ),
    (
        "ids in two statements",
        [account(equal(ID, "x")), account(equal(ID, "y"))],
        ID,
        True,
        ("x", "y"),
    ),
    (
        "no MFA denied, absence spared",
        [account(), deny({"Bool": {MFA: "false"}})],
        MFA,
        False,
        None,
    ),
    ("no MFA denied", [account(), deny({"BoolIfExists": {MFA: "false"}})], MFA, True, None),
    ("age of MFA", [account({"NumericLessThan": {AGE: "3600"}})], AGE, True, None),
    ("address", [account({"IpAddress": {ADDRESS: OFFICE}})], ADDRESS, True, (OFFICE,)),
    (
        "any address",
        [account({"IpAddress": {ADDRESS: ["0.0.0.0/0", "::/0"]}})],
        ADDRESS,
        False,
        None,
    ),
    (
        "any IPv4 address",
        [account({"IpAddress": {ADDRESS: "0.0.0.0/0"}})],
        ADDRESS,
        True,
        ("0.0.0.0/0",),
    ),
    (
        "address by a Deny",
        [account(), deny({"NotIpAddress": {ADDRESS: OFFICE}})],
        ADDRESS,
        True,
        (OFFICE,),
    ),
    ("one branch", [web(equal(SUB, MAIN))], SUB, True, (MAIN,)),
    ("any subject", [web({"StringLike": {SUB: "*"}})], SUB, False, None),
    (
        "any repository's subject",
        [web({"ForAnyValue:StringLike": {SUB: "repo:o/r:*"}})],
        SUB,
        True,
        None,
    ),
    (
        "audience",
        [web(equal(AUDIENCE, "sts.amazonaws.com"))],
        AUDIENCE,
        True,
        ("sts.amazonaws.com",),
    ),
    (
        "authenticated",
        [web({"ForAnyValue:StringLike": {METHOD: "authenticated"}}, COGNITO)],
        METHOD,
        True,
        None,
    ),
    ("audience of SAML", [saml(equal("SAML:aud", SIGN_IN))], "SAML:aud", True, (SIGN_IN,)),
    (
        "organization",
        [account(equal("aws:PrincipalOrgID", "o-1"), "*")],
        "aws:PrincipalOrgID",
        True,
        ("o-1",),
    ),
    (
        "a path of the organization",
        [account({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/*"}}, "*")],
        "aws:PrincipalOrgID",
        True,
        ("o-1",),
    ),
    (
        "tag of the caller",
        [account(equal("aws:PrincipalTag/team", "x"))],
        "aws:PrincipalTag/team",
        True,
        ("x",),
    ),
    (
        "tag of the session",
        [account(equal("aws:RequestTag/team", "x"))],
        "aws:RequestTag/team",
        True,
        ("x",),
    ),
    (
        "source identity",
        [account({"StringLike": {"sts:SourceIdentity": "a*"}})],
        "sts:SourceIdentity",
        True,
        None,
    ),
]


@pytest.mark.parametrize(
    ("statements", "key", "needed", "values"),
    [case[1:] for case in NEEDS],
    ids=[case[0] for case in NEEDS],
)
def test_what_an_assumer_needs(statements, key, needed, values):
    allowed_assumers = assumers(*statements)
    assert (
        [assumer.needs(key) for assumer in allowed_assumers]
        == [needed] * len(allowed_assumers)
        != []
    )
    if values is not None:
        assert {assumer.keys[key.lower()].values for assumer in allowed_assumers} == {values}
    assert all(assumer.exact for assumer in allowed_assumers)


BOUND = [
    ("account IfExists", [topic({"StringEqualsIfExists": {"aws:SourceAccount": OWNER}})], False),
    (
        "topics of an account",
        [topic({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{OWNER}:*"}})],
        True,
    ),
    (
        "the same as text",
        [topic({"StringLike": {"aws:SourceArn": f"arn:aws:sns:*:{OWNER}:*"}})],
        True,
    ),
    ("topics of anybody", [topic({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}})], False),
    ("organization", [topic(equal("aws:SourceOrgID", "o-1"))], True),
    ("by a Deny", [topic(), deny(other("aws:SourceAccount", OWNER))], True),
    ("in one of two statements", [topic(equal("aws:SourceAccount", OWNER)), topic()], False),
]


@pytest.mark.parametrize(
    ("statements", "bound"), [case[1:] for case in BOUND], ids=[case[0] for case in BOUND]
)
def test_what_binds_a_service(statements, bound):
    (assumer,) = assumers(*statements)
    assert assumer.bound is bound


def test_a_key_that_nobody_knows():
    (assumer,) = assumers(account(equal("foo:bar", "x")))
    assert not assumer.exact


def test_all_but_one_account_are_anybody():
    assert "*" in {a.principal for a in assumers(allow(None, NotPrincipal={"AWS": FRIEND}))}


@pytest.mark.parametrize(
    ("statements", "whole"),
    [
        ([account({"ArnLike": {"aws:PrincipalArn": DEPLOYERS}})], False),
        ([account({"StringLike": {"aws:PrincipalArn": "*"}})], True),
    ],
)
def test_a_part_of_an_account(statements, whole):
    (assumer,) = assumers(*statements)
    assert (assumer.account, assumer.whole_account) == (FRIEND, whole)


def test_a_denied_role_is_not_told():
    allowed_assumers = assumers(account(), deny(principal={"AWS": ROLE}))
    assert ROLE not in {assumer.principal for assumer in allowed_assumers} != set()


def test_a_login_from_outside_has_no_account():
    allowed_assumers = assumers(web(equal("aws:PrincipalAccount", FRIEND)))
    assert all(assumer.exact for assumer in allowed_assumers)


CONFINED = {
    "subject": {f"{GITHUB}:sub": ("repo:own/*",), f"{GITHUB}:repository": ("own/*",)},
    "nothing": {f"{GITHUB}:actor": ("me",)},
}


@pytest.mark.parametrize(
    ("statements", "exceeds"),
    [
        ([web()], {"subject", "nothing"}),
        ([web({"StringLike": {f"{GITHUB}:sub": "repo:own/a:*"}})], {"nothing"}),
        ([web({"StringLike": {f"{GITHUB}:sub": "repo:own*"}})], {"subject", "nothing"}),
        # Either claim will do.
        ([web(equal(f"{GITHUB}:repository", "own/a"))], {"nothing"}),
        (
            [
                web(equal(f"{GITHUB}:repository", "own/a")),
                web({"StringLike": {f"{GITHUB}:sub": "repo:own/*"}}),
            ],
            {"nothing"},
        ),
        # All statements count together.
        (
            [
                web(),
                allow(
                    {"Federated": OIDC},
                    {"StringNotLike": {f"{GITHUB}:sub": "repo:own/*"}},
                    WEB,
                    Effect="Deny",
                ),
            ],
            {"nothing"},
        ),
    ],
)
def test_confinements_that_tokens_exceed(statements, exceeds):
    trust = parse_policy({"Version": "2012-10-17", "Statement": statements}, kind="trust")
    (assumer,) = who_can_assume(trust, account=OWNER, confinements=CONFINED)
    assert assumer.exceeds == exceeds


@pytest.mark.parametrize(("organization", "exceeds"), [("o-1", False), ("o-12", True)])
def test_a_path_of_an_organization_is_confined_to_its_id(organization, exceeds):
    paths = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{organization}/r-1/*"}}
    confinement = {"organization": {"aws:PrincipalOrgID": ("o-1",)}}
    trust = parse_policy({"Version": "2012-10-17", "Statement": [account(paths)]}, kind="trust")
    (assumer,) = who_can_assume(trust, account=OWNER, confinements=confinement)
    assert assumer.exceeds == ({"organization"} if exceeds else set())


@pytest.mark.parametrize("ignoring", [(), ("subject",)])
def test_a_confinement_in_another_case(ignoring):
    statement = web({"StringEquals": {f"{GITHUB}:sub": "repo:Own/a"}})
    trust = parse_policy({"Version": "2012-10-17", "Statement": [statement]}, kind="trust")
    (assumer,) = who_can_assume(trust, account=OWNER, confinements=CONFINED, ignoring_case=ignoring)
    assert assumer.exceeds == {"subject", "nothing"} - set(ignoring)


def test_a_confinement_that_one_of_two_statements_exceeds():
    statements = [web(equal(SUB, "repo:own/a")), web(equal(SUB, "repo:other/a"))]
    trust = parse_policy({"Version": "2012-10-17", "Statement": statements}, kind="trust")
    (assumer,) = who_can_assume(trust, account=OWNER, confinements=CONFINED)
    assert assumer.exceeds == {"subject", "nothing"}


def test_a_token_that_one_of_two_statements_admits():
    methods = [
        {"ForAnyValue:StringLike": {f"{COGNITO}:amr": f"{un}authenticated"}} for un in ("un", "")
    ]
    statements = [allow({"Federated": COGNITO}, method, WEB) for method in methods]
    trust = parse_policy({"Version": "2012-10-17", "Statement": statements}, kind="trust")
    tokens = {"guest": (f"{COGNITO}:amr", "unauthenticated")}
    (assumer,) = who_can_assume(trust, account=OWNER, tokens=tokens)
    assert assumer.admits == {"guest"}


@pytest.mark.parametrize(
    ("condition", "admits"),
    [
        (None, {"guest"}),
        ({"ForAnyValue:StringLike": {f"{COGNITO}:amr": "unauthenticated"}}, {"guest"}),
        ({"ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}}, set()),
    ],
)
def test_tokens_that_get_in(condition, admits):
    statement = allow({"Federated": COGNITO}, condition, WEB)
    trust = parse_policy({"Version": "2012-10-17", "Statement": [statement]}, kind="trust")
    tokens = {"guest": (f"{COGNITO}:amr", "unauthenticated")}
    (assumer,) = who_can_assume(trust, account=OWNER, tokens=tokens)
    assert assumer.admits == admits


PART = {"StringEquals": {"cloudpack-baseline:undetermined/parameter A": "true"}}


def test_what_is_sure_of_an_assumer_that_a_deny_may_or_may_not_confine():
    outside = {"StringNotLike": {f"{GITHUB}:sub": "repo:own/*"}}
    denied = allow({"Federated": OIDC}, PART | outside, WEB, Effect="Deny")
    trust = parse_policy({"Version": "2012-10-17", "Statement": [web(), denied]}, kind="trust")
    (assumer,) = who_can_assume(trust, account=OWNER, confinements=CONFINED)
    assert (assumer.exact, assumer.exceeds) == (True, {"subject", "nothing"})
    assert assumer.surely.exceeds == {"nothing"}
    trust = parse_policy({"Version": "2012-10-17", "Statement": [web()]}, kind="trust")
    (assumer,) = who_can_assume(trust, account=OWNER, confinements=CONFINED)
    assert assumer.surely is None


def test_parts_that_are_known_only_at_deployment_are_named_once():
    statements = [allow({"AWS": FRIEND}, PART), allow({"AWS": OTHER}, PART), allow({"AWS": OWNER})]
    trust = parse_policy({"Version": "2012-10-17", "Statement": statements}, kind="trust")
    assert undetermined_parts([trust, trust]) == ("parameter A",)
    assert [assumer.exact for assumer in who_can_assume(trust, account=OWNER)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (equal("aws:ResourceOrgID", "o-mine"), WHOLE),
        (equal("aws:ResourceOrgID", "o-other"), NOBODY),
        (other("aws:ResourceOrgID", "o-mine"), NOBODY),
        (other("aws:ResourceOrgID", "o-other"), WHOLE),
    ],
)
def test_the_organization_of_the_role_is_one(condition, expected):
    document = {"Version": "2012-10-17", "Statement": [account(condition)]}
    trust = parse_policy(document, kind="trust")
    of_mine = who_can_assume(trust, account=OWNER, organization="o-mine")
    assert [(a.principal_kind, a.principal, a.whole_account) for a in of_mine] == expected
    assert not any(assumer.keys for assumer in of_mine)
    # Where it is not known, it may be any.
    assert all(assumer.keys for assumer in who_can_assume(trust, account=OWNER))


PRINCIPAL, TARGET = f"arn:aws:iam::{FRIEND}:role/r", f"arn:aws:iam::{OWNER}:role/target"
IN_ORGANIZATION = equal("aws:PrincipalOrgID", "o-1")


def trust_policy(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return parse_policy(document, kind="trust")


# What stands in the policy, the statements, and which of them are about the principal.
ABOUT = [
    ("the role", [account(who=ROLE)], (0,)),
    ("its account", [account(who=FRIEND)], (0,)),
    ("everyone", [account(who="*")], (0,)),
    ("another role", [account(who=f"arn:aws:iam::{FRIEND}:role/s")], ()),
    ("another account", [account(who=OWNER)], ()),
    ("a service", [allow({"Service": EC2})], ()),
    ("a Deny", [account(), deny(principal={"AWS": OTHER}), deny(principal={"AWS": ROLE})], (0, 2)),
    ("all but another", [allow(None, NotPrincipal={"AWS": OTHER})], (0,)),
    ("all but it", [allow(None, NotPrincipal={"AWS": [FRIEND, ROLE]})], ()),
    ("denied all but it", [deny(principal=None, NotPrincipal={"AWS": [FRIEND, ROLE]})], ()),
    ("denied all but another", [deny(principal=None, NotPrincipal={"AWS": OTHER})], (0,)),
    # Its account is denied.
    ("denied all but it alone", [deny(principal=None, NotPrincipal={"AWS": ROLE})], (0,)),
]


@pytest.mark.parametrize(
    ("statements", "about"), [case[1:] for case in ABOUT], ids=[case[0] for case in ABOUT]
)
def test_what_a_trust_policy_says_to_a_principal(statements, about):
    said = trust_of_principal(trust_policy(*statements), PRINCIPAL, TARGET)
    paths = [statement.path for statement in said.statements]
    assert paths == [f"$.Statement[{index}]" for index in about]
    assert said.kind == "identity"
    for statement in said.statements:
        assert (statement.principal, statement.not_principal) == (None, False)
        assert (statement.resources, statement.not_resource) == ((TARGET,), False)


@pytest.mark.parametrize(("organization", "allowed"), [("o-1", True), ("o-2", False)])
def test_both_sides_have_to_allow_a_request(organization, allowed):
    own = parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Resource": "*",
                "Condition": equal("aws:PrincipalOrgID", organization),
            },
        },
        kind="identity",
    )
    said = trust_of_principal(trust_policy(account(IN_ORGANIZATION)), PRINCIPAL, TARGET)
    identity = PrincipalIdentity(account=FRIEND, arn=PRINCIPAL)
    permissions = EffectivePermissions(policies=(own,), scps=[[said]], principal=identity)
    assert (permissions.allowed("sts:AssumeRole", TARGET) is not None) is allowed


# What stands in the policy, the statements, and the grant: its statement, if it means the
# principal itself, and if it is exact.
GRANTS = [
    ("the role", [account(who=ROLE)], (0, True, True)),
    ("everyone", [account(who="*")], (0, True, True)),
    ("all but another", [allow(None, NotPrincipal={"AWS": OTHER})], (0, True, True)),
    ("its account", [account()], (0, False, True)),
    ("the role before its account", [account(), account(who=ROLE)], (1, True, True)),
    ("another role", [account(who=f"{ROLE}2")], None),
    ("another action", [account(action="sts:TagSession")], None),
    ("denied", [account(), deny(principal={"AWS": ROLE})], None),
    ("perhaps", [account(PART)], (0, False, False)),
    ("perhaps the role, surely its account", [account(PART, ROLE), account()], (1, False, True)),
    ("perhaps both", [account(PART), account(PART, ROLE)], (1, True, False)),
]


@pytest.mark.parametrize(
    ("statements", "expected"), [case[1:] for case in GRANTS], ids=[case[0] for case in GRANTS]
)
def test_the_grant_of_a_trust_policy_to_a_principal(statements, expected):
    grant = trust_grant_for(trust_policy(*statements), PRINCIPAL, account=OWNER)
    if expected is None:
        assert grant is None
        return
    index, direct, exact = expected
    assert (grant.path, grant.direct, grant.exact) == (f"$.Statement[{index}]", direct, exact)


@pytest.mark.parametrize(
    ("arn", "organization", "allowed"),
    [
        (f"arn:aws:iam::{OWNER}:role/r", "o-1", True),
        (f"arn:aws:iam::{OWNER}:role/r", "o-2", False),
        # Of which organization another account is, is not known.
        (PRINCIPAL, "o-2", True),
    ],
)
def test_principals_of_the_account_are_in_its_organization(arn, organization, allowed):
    trust = trust_policy(account(IN_ORGANIZATION, who="*"))
    grant = trust_grant_for(trust, arn, account=OWNER, organization=organization)
    assert (grant is not None) is allowed
