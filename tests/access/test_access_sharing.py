"""Who may use a resource by its policy, beyond those that it may be shared with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.evaluator import decide
from cloudpack_baseline.access import (
    AllowedSharing,
    Request,
    SharedResource,
    parse_policy,
    undeclared_access,
)

OWNER, PARTNER, STRANGER = "123456789012", "111122223333", "999988887777"
ORGANIZATION = "o-abcdefghij"
QUEUE = f"arn:aws:sqs:ap-northeast-1:{OWNER}:orders"
KEY = f"arn:aws:kms:ap-northeast-1:{OWNER}:key/1"
SEND, RECEIVE = "sqs:SendMessage", "sqs:ReceiveMessage"
NOBODY = AllowedSharing()


def document(*statements):
    defaults = {"Effect": "Allow", "Principal": "*", "Action": "*"}
    blocks = [
        {name: value for name, value in (defaults | statement).items() if value is not None}
        for statement in statements
    ]
    return {"Version": "2012-10-17", "Statement": blocks}


def queue(**changes):
    members = {"arn": QUEUE, "account": OWNER, "actions": (SEND, RECEIVE)}
    return SharedResource(**(members | {"organization": ORGANIZATION} | changes))


def key(**changes):
    return queue(arn=KEY, actions=("kms:Decrypt", "kms:Encrypt"), signed=True, **changes)


def compare(*statements, resource=None, allowed=NOBODY, **options):
    policy = parse_policy(document(*statements), kind="service")
    return undeclared_access(policy, resource or queue(), allowed, **options)


def principals(*statements, **options):
    """Who is not expected, after checking the witness of each."""
    undeclared = compare(*statements, **options).undeclared
    for access in undeclared:
        if access.exact:
            assert decide(document(*statements), access.witness.request) == "Allow"
    return [(access.principal_kind, access.principal) for access in undeclared]


def when(operator, name, *values):
    return {"Condition": {operator: {name: list(values)}}}


ANYONE = [("anonymous", "anonymous")]
ANY_ACCOUNT = [("account", "*")]


def test_everyone_is_reported_once():
    assert principals({}) == ANYONE
    assert principals({"Principal": {"AWS": "*"}}) == ANYONE
    assert principals({}, {"Principal": {"AWS": STRANGER}}) == ANYONE


def test_a_service_that_answers_signed_requests_only():
    assert principals({"Action": "kms:*"}, resource=key()) == ANY_ACCOUNT


@pytest.mark.parametrize("principal", [OWNER, f"arn:aws:iam::{OWNER}:role/app"])
def test_the_account_of_the_resource(principal):
    assert principals({"Principal": {"AWS": principal}}) == []


@pytest.mark.parametrize("principal", [PARTNER, f"arn:aws:iam::{PARTNER}:user/jo"])
def test_another_account(principal):
    statement = {"Principal": {"AWS": principal}, "Action": SEND}
    (access,) = compare(statement).undeclared
    assert (access.principal, access.actions) == (PARTNER, (SEND,))
    expected = compare(statement, allowed=AllowedSharing(accounts=(PARTNER,)))
    assert (expected.undeclared, expected.recipients) == ((), (PARTNER,))


def test_principals_that_are_no_accounts():
    assert principals({"Principal": {"CanonicalUser": "a" * 64}}) == [("canonical", "a" * 64)]
    provider = f"arn:aws:iam::{OWNER}:saml-provider/staff"
    assert principals({"Principal": {"Federated": provider}}) == [("federated", provider)]
    assert principals({"Principal": {"AWS": []}}) == []
    assert principals({"Principal": {"AWS": "AIDAEXAMPLEEXAMPLE123"}}) == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (when("ArnEquals", "aws:SourceArn", f"arn:aws:sns:ap-northeast-1:{OWNER}:t"), []),
        (when("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:uploads"), []),
        (when("ArnLike", "aws:SourceArn", "arn:aws:s3:::uploads-*"), [("service", "*")]),
        (when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:topic"), [("service", "*")]),
        (when("StringEquals", "aws:SourceAccount", OWNER), []),
        (when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION), []),
        (when("StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"), []),
        (when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"), []),
        (when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/r-1/*"), []),
        (
            when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-zzzzzzzzzz/r-1/*"),
            ANY_ACCOUNT,
        ),
        (when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "*"), ANY_ACCOUNT),
        (when("ForAnyValue:StringLike", "aws:VpceOrgPaths", f"{ORGANIZATION}/r-1/*"), []),
        (when("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"), []),
        (when("StringEquals", "aws:PrincipalOrgID", "o-zzzzzzzzzz"), ANY_ACCOUNT),
        (when("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION), ANYONE),
        (when("StringEquals", "aws:PrincipalAccount", OWNER), []),
        (when("StringEquals", "aws:PrincipalAccount", OWNER, STRANGER), [("account", STRANGER)]),
        (when("IpAddress", "aws:SourceIp", "203.0.113.0/25"), []),
        (when("IpAddress", "aws:SourceIp", "203.0.112.0/22"), ANYONE),
        (when("StringEquals", "aws:SourceVpce", "vpce-0123456789abcdef0"), []),
        (when("StringEquals", "aws:SourceVpc", "vpc-0123456789abcdef0"), []),
        (when("StringEquals", "aws:VpceAccount", OWNER), []),
        (when("StringEquals", "aws:VpceAccount", PARTNER), ANYONE),
        (when("StringEquals", "aws:VpceAccount", OWNER, PARTNER), ANYONE),
        (when("StringEqualsIfExists", "aws:VpceAccount", OWNER), ANYONE),
        (when("StringNotEquals", "aws:VpceAccount", PARTNER), ANYONE),
        (when("StringEquals", "aws:VpceOrgID", ORGANIZATION), []),
        (when("StringEquals", "aws:VpceOrgID", "o-0000000000"), ANYONE),
        (when("ForAnyValue:StringLike", "aws:VpceOrgPaths", f"{ORGANIZATION}/*"), []),
        (when("ForAllValues:StringLike", "aws:VpceOrgPaths", f"{ORGANIZATION}/*"), ANYONE),
        (when("StringNotEquals", "aws:SourceVpce", "vpce-0123456789abcdef0"), ANYONE),
        (when("Bool", "aws:PrincipalIsAWSService", "true"), [("service", "*")]),
    ],
)
def test_what_limits_everyone(condition, found):
    allowed = AllowedSharing(organizations=(ORGANIZATION,), networks=("203.0.113.0/24",))
    assert [*dict.fromkeys(principals(condition, allowed=allowed))] == found


def test_the_organizations_that_a_policy_names():
    condition = when("StringEquals", "aws:PrincipalOrgID", "o-zzzzzzzzzz")
    (access,) = compare(condition).undeclared
    assert access.organizations == ("o-zzzzzzzzzz",)
    assert compare({}).undeclared[0].organizations == ()
    for operator in ("StringEqualsIfExists", "StringNotEquals"):
        others = {"Action": "kms:*"} | when(operator, "aws:PrincipalOrgID", "o-zzzzzzzzzz")
        (access,) = compare(others, resource=key()).undeclared
        assert access.organizations == ()
    members = {
        "StringNotEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"},
        "Null": {"aws:PrincipalOrgID": "false"},
    }
    (access,) = compare({"Action": "kms:*", "Condition": members}, resource=key()).undeclared
    assert access.organizations == ()


def test_the_networks_that_a_policy_names():
    def networks(*statements):
        (access,) = compare(*statements).undeclared
        return access.networks

    condition = when("IpAddress", "aws:SourceIp", "198.51.100.0/24", "2001:db8::/32")
    assert networks(condition) == ("198.51.100.0/24", "2001:db8::/32")
    assert networks(condition, {}) == ()
    assert networks(when("IpAddressIfExists", "aws:SourceIp", "198.51.100.0/24")) == ()
    assert networks(when("IpAddress", "aws:SourceIp", "0.0.0.0/0", "::/0")) == ()


def test_services():
    statement = {"Principal": {"Service": "sns.amazonaws.com"}}
    unbound = compare(statement)
    assert (unbound.undeclared, unbound.unbound_services) == ((), ("sns.amazonaws.com",))
    own = compare(statement | when("StringEquals", "aws:SourceAccount", OWNER))
    assert (own.undeclared, own.unbound_services, own.deputy_sources) == ((), (), ())
    other = compare(statement | when("StringEquals", "aws:SourceAccount", STRANGER))
    assert (other.undeclared, other.deputy_sources) == ((), (STRANGER,))
    number = compare(statement | when("NumericEquals", "aws:SourceAccount", STRANGER))
    assert (number.undeclared, number.unbound_services, number.deputy_sources) == ((), (), ())
    organization = compare(statement | when("StringEquals", "aws:SourceOrgID", "o-zzzzzzzzzz"))
    assert (organization.undeclared, organization.deputy_sources) == ((), ("o-zzzzzzzzzz",))
    path = compare(statement | when("StringLike", "aws:SourceOrgPaths", "o-zzzzzzzzzz/r-1/*"))
    assert path.deputy_sources == ("o-zzzzzzzzzz",)
    paths = when("StringLike", "aws:SourceOrgPaths", "o-zzzzzzzzzz/r-1/*", "o-zzzzzzzzzz/r-2/*")
    assert compare(statement | paths).deputy_sources == ("o-zzzzzzzzzz",)
    several = when("StringEquals", "aws:SourceAccount", OWNER, STRANGER, PARTNER)
    assert set(compare(statement | several).deputy_sources) == {PARTNER, STRANGER}
    denied = {"Effect": "Deny"} | when("StringEquals", "aws:SourceAccount", PARTNER)
    assert compare(statement | several, denied).deputy_sources == (STRANGER,)
    of_stranger = statement | when("StringEquals", "aws:SourceAccount", STRANGER)
    one_topic = f"arn:aws:sns:*:{STRANGER}:t"
    denied = {"Effect": "Deny"} | when("ArnLike", "aws:SourceArn", one_topic)
    assert compare(of_stranger, denied).deputy_sources == (STRANGER,)
    names = [f"arn:aws:sns:*:{name}:{topic}" for name in (OWNER, STRANGER) for topic in "ab"]
    assert compare(statement | when("ArnLike", "aws:SourceArn", *names)).deputy_sources == (
        STRANGER,
    )
    many = [f"{account:012d}" for account in range(1, 100)]
    patterns = [f"arn:aws:*:*:{account}:*/a*" for account in many]
    for name, sources in (("aws:SourceAccount", many), ("aws:SourceArn", patterns)):
        found = compare(statement | when("StringLike", name, *sources))
        assert set(found.deputy_sources) == set(many)
    denied = {"Effect": "Deny"} | when("Bool", "aws:PrincipalIsAWSService", "true")
    never = compare(statement | when("StringEquals", "aws:SourceAccount", STRANGER), denied)
    assert never.deputy_sources == ()


def test_a_deny_counts():
    deny = {"Effect": "Deny"} | when("StringNotEquals", "aws:PrincipalAccount", OWNER, PARTNER)
    assert principals({}, deny, allowed=AllowedSharing(accounts=(PARTNER,))) == []
    assert principals({}, deny) == [("account", PARTNER)]


def test_the_caller_of_a_key_has_an_account():
    through = {"kms:ViaService": "s3.ap-northeast-1.amazonaws.com"}
    both = {
        "Action": "kms:*",
        "Condition": {"StringEquals": through | {"kms:CallerAccount": OWNER}},
    }
    assert principals(both, resource=key()) == []
    assert principals(both | {"Condition": {"StringEquals": through}}, resource=key()) == (
        ANY_ACCOUNT
    )
    context = when("StringEquals", "kms:EncryptionContext:app", "shop")
    (access,) = compare({"Action": "kms:*"} | context, resource=key()).undeclared
    assert access.exact
    assert access.witness.request.context["kms:EncryptionContext:app"] == "shop"
    assert access.actions == ("kms:Decrypt", "kms:Encrypt")


def test_a_constant_key():
    function = queue(
        arn=f"arn:aws:lambda:ap-northeast-1:{OWNER}:function:hook",
        actions=("lambda:InvokeFunctionUrl",),
        child_prefix=f"arn:aws:lambda:ap-northeast-1:{OWNER}:function:hook:",
        constants={"lambda:functionurlauthtype": "AWS_IAM"},
    )
    condition = when("StringEquals", "lambda:FunctionUrlAuthType", "NONE")
    assert principals(condition, resource=function) == []
    same = when("StringEquals", "lambda:FunctionUrlAuthType", "AWS_IAM")
    assert principals(same, resource=function) == ANYONE
    # Of other actions, no request has the key.
    absent = when("Null", "lambda:FunctionUrlAuthType", "true")
    invoked = queue(arn=function.arn, actions=("lambda:GetFunction",), constants=function.constants)
    assert principals(absent, resource=invoked) == ANYONE
    assert principals({}, resource=function) == ANYONE


def test_a_confinement():
    disk = queue(
        arn=f"arn:aws:elasticfilesystem:ap-northeast-1:{OWNER}:file-system/fs-1",
        actions=("elasticfilesystem:ClientMount",),
    )
    allowed = AllowedSharing(confinements={"elasticfilesystem:accessedviamounttarget": ("true",)})
    condition = when("Bool", "elasticfilesystem:AccessedViaMountTarget", "true")
    assert principals(condition, resource=disk, allowed=allowed) == []
    assert principals(condition, resource=disk) == ANYONE
    assert principals({}, resource=disk, allowed=allowed) == ANYONE
    encrypted = AllowedSharing(confinements={"kms:encryptioncontext:app": ("shop",)})
    context = when("StringLike", "kms:EncryptionContext:app", "s*")
    assert principals({"Action": "kms:*"} | context, resource=key(), allowed=encrypted) == (
        ANY_ACCOUNT
    )


@pytest.mark.parametrize(
    ("resource", "found"),
    [(QUEUE, ANYONE), ("*", ANYONE), (f"{QUEUE}-2", []), (f"{QUEUE}/x", [])],
)
def test_the_resource_of_a_statement(resource, found):
    assert principals({"Resource": resource}) == found


def test_what_is_in_a_resource():
    domain = queue(
        arn=f"arn:aws:es:ap-northeast-1:{OWNER}:domain/logs",
        actions=("es:ESHttpGet",),
        child_prefix=f"arn:aws:es:ap-northeast-1:{OWNER}:domain/logs/",
    )
    (access,) = compare({"Resource": f"{domain.arn}/public/*"}, resource=domain).undeclared
    assert access.witness.request.resource.startswith(f"{domain.arn}/public/")
    assert principals({"NotResource": f"{domain.arn}/*"}, resource=domain) == ANYONE


def test_actions_that_the_reference_does_not_list():
    assert compare({"Action": "sqs:SendLater"}).undeclared[0].actions == ("sqs:SendLater",)
    assert compare({"Action": ["s3:GetObject", "sqs:X*", "sqs"]}).undeclared == ()
    (access,) = compare({"NotAction": SEND, "Action": None}).undeclared
    assert access.actions == (RECEIVE,)


def test_what_was_allowed_in_the_past():
    condition = when("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z")
    assert principals(condition) == ANYONE
    now = datetime(2026, 11, 1, tzinfo=UTC)
    assert compare(condition, since=now).undeclared == ()
    later = when("DateEquals", "aws:CurrentTime", "2026-11-01T00:00:00Z", "2026-10-31T23:59:59Z")
    (access,) = compare(later, since=now).undeclared
    assert access.witness.request.context["aws:CurrentTime"] == "2026-11-01T00:00:00Z"


@pytest.mark.parametrize(
    "condition",
    [
        when("StringResembles", "aws:PrincipalAccount", OWNER),
        when("StringEquals", "s3:prefix", "x"),
        when("StringEquals", "sts:ExternalId", "x"),
        when("StringEquals", "nosuch:key", "x"),
    ],
)
def test_what_cannot_be_evaluated(condition):
    comparison = compare(condition, {"Principal": {"AWS": OWNER}})
    assert len(comparison.approximations) == 1
    assert [access.exact for access in comparison.undeclared] == [False]
    assert [each.path for each in comparison.approximations[0].inexactness]
    assert compare(condition | {"Principal": {"AWS": OWNER}}).approximations == ()


ACCOUNTS = st.sampled_from((OWNER, PARTNER, STRANGER))
OTHER_ORGANIZATION = "o-zzzzzzzzzz"
OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.7"
ENDPOINT = "vpce-0123456789abcdef0"
DECLARED = AllowedSharing(
    accounts=(PARTNER,), organizations=(ORGANIZATION,), networks=("203.0.113.0/24",)
)
TESTS = st.one_of(
    st.tuples(st.sampled_from(("aws:PrincipalAccount", "aws:SourceAccount")), ACCOUNTS),
    st.tuples(st.just("aws:PrincipalOrgID"), st.sampled_from((ORGANIZATION, OTHER_ORGANIZATION))),
    st.tuples(st.just("aws:SourceVpce"), st.just(ENDPOINT)),
)
CONDITIONS = st.one_of(
    st.just({}),
    st.tuples(
        st.sampled_from(("StringEquals", "StringNotEquals", "StringEqualsIfExists")), TESTS
    ).map(lambda each: {each[0]: dict([each[1]])}),
    st.tuples(
        st.sampled_from(("IpAddress", "NotIpAddress")),
        st.sampled_from(("203.0.113.0/24", "203.0.112.0/22", "198.51.100.0/24")),
    ).map(lambda each: {each[0]: {"aws:SourceIp": each[1]}}),
)
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(("Allow", "Allow", "Deny")),
        "Principal": st.one_of(
            st.just("*"),
            ACCOUNTS.map(lambda account: {"AWS": account}),
            st.just({"Service": "sns.amazonaws.com"}),
        ),
        "Action": st.sampled_from((SEND, RECEIVE, "sqs:*", "*")),
        "Condition": CONDITIONS,
    }
)
POLICIES = st.lists(STATEMENTS, min_size=1, max_size=4)


def is_expected(request, statements):
    """By the words of `undeclared_access`, evaluated for one request."""
    context = request.context
    if request.principal_kind == "service":
        source = context.get("aws:SourceAccount")
        named = any(
            statement["Principal"] == {"Service": request.principal} for statement in statements
        )
        return named or source in {OWNER, PARTNER, STRANGER}
    return (
        request.account in {OWNER, PARTNER}
        or context.get("aws:PrincipalOrgID") == ORGANIZATION
        or context.get("aws:SourceIp", "").startswith("203.0.113.")
        or context.get("aws:SourceVpce") == ENDPOINT
    )


SOURCES = (
    {"aws:SourceIp": OFFICE},
    {"aws:SourceIp": ELSEWHERE},
    {"aws:SourceVpce": ENDPOINT},
    {"aws:SourceVpce": "vpce-0fedcba"},
)


def callers():
    """Who sends requests, with the keys of the caller."""
    yield {"principal_kind": "anonymous", "principal": "anonymous", "account": None}, {}
    for account in (OWNER, PARTNER, STRANGER, "444455556666"):
        arn = f"arn:aws:iam::{account}:role/x"
        caller = {"principal_kind": "account", "principal": arn, "account": account}
        keys = {"aws:PrincipalArn": arn}
        # The organization of the account is that of its own callers.
        others = () if account == OWNER else ({}, {"aws:PrincipalOrgID": OTHER_ORGANIZATION})
        for organization in ({"aws:PrincipalOrgID": ORGANIZATION}, *others):
            yield caller, keys | organization


REQUESTS = [
    Request(
        action=action,
        resource=QUEUE,
        context=keys | source | {"aws:PrincipalAccount": caller["account"] or "anonymous"},
        **caller,
    )
    for caller, keys in callers()
    for source in SOURCES
    for action in (SEND, RECEIVE)
]
"""Requests that differ in everything that the policies distinguish."""


@pytest.mark.lengthy
@given(POLICIES)
def test_each_witness_is_an_unexpected_request_that_the_policy_allows(statements):
    undeclared = compare(*statements, allowed=DECLARED).undeclared
    named = [(access.principal_kind, access.principal) for access in undeclared]
    assert len(named) == len(set(named))
    for access in undeclared:
        request = access.witness.request
        assert access.exact
        assert decide(document(*statements), request) == "Allow"
        assert not is_expected(request, statements)
        assert access.actions


@pytest.mark.lengthy
@given(POLICIES)
def test_each_unexpected_request_that_the_policy_allows_is_reported(statements):
    found = {
        (access.principal_kind, access.principal)
        for access in compare(*statements, allowed=DECLARED).undeclared
    }
    for request in REQUESTS:
        if is_expected(request, statements) or decide(document(*statements), request) != "Allow":
            continue
        # Anyone is also each account; whoever is not named is any account.
        covering = {*ANYONE} if request.account is None else {*ANYONE, *ANY_ACCOUNT}
        assert found & {*covering, ("account", request.account)}


PERHAPS = when("StringEquals", "cloudpack-baseline:undetermined/parameter A", "true")
SIGNED = when("StringLike", "aws:PrincipalArn", "*")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([PERHAPS], {"anonymous": False}),
        ([PERHAPS, {"Principal": {"AWS": STRANGER}}], {"anonymous": False, STRANGER: True}),
        ([PERHAPS, SIGNED], {"anonymous": False, "*": True}),
        ([{}, PERHAPS, {"Principal": {"AWS": STRANGER}}], {"anonymous": True}),
        # Of what is possible for everybody, only that is sure for the account which names it.
        (
            [PERHAPS, {"Principal": {"AWS": STRANGER}, **PERHAPS}],
            {"anonymous": False},
        ),
    ],
)
def test_what_is_possible_for_everybody_hides_nothing_that_is_sure(statements, expected):
    undeclared = compare(*statements).undeclared
    assert {access.principal: access.exact for access in undeclared} == expected
