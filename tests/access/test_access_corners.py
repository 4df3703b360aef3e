"""Corners of the engine that no ordinary policy reaches."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.access import (
    ALL_USERS,
    AUTHENTICATED_USERS,
    LOG_DELIVERY,
    AclGrant,
    BucketAccess,
    PublicAccessSettings,
    exposure,
    parse_policy,
)
from cloudpack_baseline.access.networks import LAST, V6
from cloudpack_baseline.access.patterns import ANYTHING, arn, glob, string_classes
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    NumberPredicate,
    addresses_of,
    read_date,
)
from cloudpack_baseline.access.space import RequestSet, Space, TooComplex


def test_a_version_that_yaml_made_a_date_is_its_text():
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    policy = parse_policy({"Version": dt.date(2012, 10, 17), "Statement": [statement]})
    assert policy.version == "2012-10-17"
    until = {"DateLessThan": {"aws:CurrentTime": dt.date(2026, 11, 1)}}
    dated = parse_policy({"Statement": [statement | {"Condition": until}]})
    assert "2026-11-01" in repr(dated.statements[0].conditions)


def test_a_lone_star_is_every_arn():
    assert arn((("*", False),)) is ANYTHING
    # Told to be plain, it is no ARN at all.
    assert arn((("*", True),)) is None


def test_one_character_within_a_part_of_an_arn():
    pattern = arn((("arn:aws:iam::12345678901?:role/x", False),))
    star = arn((("arn:aws:iam::*:role/*y*", False),))
    found = string_classes([[pattern], [star]])
    assert found is not None
    words = {vector: word for word, vector in found}
    assert pattern.matches(words[0b01])
    assert not star.matches(words[0b01])
    assert star.matches(words[0b10])
    assert not pattern.matches("arn:aws:iam::12345678901::role/x")


def test_classes_of_too_many_beginnings_are_not_worked_out():
    many = [[glob(((f"{number:04}*", False),))] for number in range(1200)]
    assert string_classes(many) is None
    assert string_classes(many[:10]) is not None


def test_any_text_is_every_address():
    assert addresses_of(ANYTHING) == ((0, V6 - 1), (V6, LAST))


def test_a_space_ends_its_work_at_its_limit():
    space = Space((4, 4), limit=1)
    RequestSet.box(space, {0: 1})
    with pytest.raises(TooComplex):
        _ = RequestSet.box(space, {0: 2, 1: 2})
    assert space.left == 0


def test_a_set_shows_a_request_of_it():
    space = Space((2, 2))
    assert repr(RequestSet.nothing(space)) == "RequestSet(empty)"
    assert "..." in repr(RequestSet.box(space, {0: 1}))


def exposed(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return exposure(
        BucketAccess(name="b", owner_account="123456789012", policy=parse_policy(document))
    )


GOOD = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*",
}
USER = "arn:aws:iam::111122223333:user/u"


def test_an_address_without_zeros_is_written_out():
    text = "2001:db8:1:2:3:4:5:6"
    bucket_exposure = exposed({**GOOD, "Condition": {"IpAddress": {"aws:SourceIp": text}}})
    assert bucket_exposure.anonymous.ipv6 == (f"{text}/128",)


def test_a_truth_and_a_number_of_one_tag():
    true = {"Bool": {"aws:PrincipalTag/a": "true"}}
    below = {"NumericLessThan": {"aws:PrincipalTag/a": "3"}}
    for condition, effective_grants in ((true, ["*"]), (below, ["*"]), (true | below, [])):
        bucket_exposure = exposed({**GOOD, "Condition": condition})
        assert [account.account for account in bucket_exposure.accounts] == effective_grants
        assert bucket_exposure.exact


def test_more_named_users_than_are_followed():
    users = [f"{USER}{number}" for number in range(60)]
    own = {**GOOD, "Principal": {"AWS": users}, "Resource": "arn:aws:s3:::b/${aws:username}/*"}
    bucket_exposure = exposed(own)
    assert [account.account for account in bucket_exposure.accounts] == ["111122223333"]
    assert not bucket_exposure.exact
    assert exposed({**own, "Principal": {"AWS": users[:9]}}).exact


def test_a_role_whose_path_nobody_can_tell():
    session = "arn:aws:sts::111122223333:assumed-role/admin/s"
    hurting = [f"arn:aws:iam::*:role/{'*?a?*b' * 60}{number}" for number in range(40)]
    statement = {
        **GOOD,
        "Principal": {"AWS": session},
        "Condition": {"StringLike": {"aws:PrincipalArn": hurting}},
    }
    bucket_exposure = exposed(statement)
    assert [account.account for account in bucket_exposure.accounts] == ["111122223333"]
    assert not bucket_exposure.exact


@pytest.mark.parametrize(
    ("number", "accounts", "exact"), [("1", ["*"], True), ("0", [], True), ("many", ["*"], False)]
)
def test_accounts_below_a_number(number, accounts, exact):
    condition = {"NumericLessThan": {"aws:PrincipalAccount": number}}
    bucket_exposure = exposed({**GOOD, "Condition": condition})
    assert [account.account for account in bucket_exposure.accounts] == accounts
    assert bucket_exposure.exact is exact


@pytest.mark.parametrize(
    ("key", "form"),
    [("aws:PrincipalAccount", "{}"), ("aws:PrincipalArn", "arn:aws:iam::{}:role/app")],
)
@pytest.mark.parametrize(
    ("pattern", "accounts"),
    [
        # The shortest account that the pattern means may be the owner, whom nobody has to allow.
        ("12345678901?", ["*"]),
        ("?23456789012", ["*"]),
        ("12345678901*", ["*"]),
        ("123456789012", []),
        # Or one that the policy names as principal.
        ("21098765432?", ["*"]),
    ],
)
def test_an_account_that_is_named_does_not_stand_for_others(key, form, pattern, accounts):
    condition = {"StringLike": {key: form.format(pattern)}}
    named = {**GOOD, "Principal": {"AWS": "210987654321"}, "Effect": "Deny"}
    bucket_exposure = exposed({**GOOD, "Condition": condition}, named)
    assert [account.account for account in bucket_exposure.accounts] == accounts


def test_an_arn_that_is_compared_as_a_truth_value():
    condition = {"Bool": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/x"}}
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::b",
        "Condition": condition,
    }
    policy = parse_policy({"Version": "2012-10-17", "Statement": [statement]})
    answer = exposure(BucketAccess(name="b", owner_account="123456789012", policy=policy))
    assert [access.account for access in answer.accounts] == ["111122223333"]


SIZES = (3, 2, 3)


@st.composite
def sets_of_requests(draw):
    """A set in a space of a few classes, as a set and as the requests themselves."""
    space = Space(SIZES)
    boxes = draw(
        st.lists(st.tuples(*(st.integers(1, (1 << size) - 1) for size in SIZES)), max_size=4)
    )
    requests = RequestSet.nothing(space)
    for box in boxes:
        requests |= RequestSet.box(space, dict(enumerate(box)))
    return requests, {
        point
        for point in product(*map(range, SIZES))
        if any(
            all(mask >> place & 1 for mask, place in zip(box, point, strict=True)) for box in boxes
        )
    }


@given(sets_of_requests(), st.dictionaries(st.integers(0, 2), st.integers(0, 7)))
def test_restrictions_and_projections_are_those_of_sets(pair, box):
    requests, points = pair
    inside = {
        point for point in points if all(mask >> point[level] & 1 for level, mask in box.items())
    }
    restricted = requests.within(box)
    for level in range(len(SIZES)):
        assert restricted.classes(level) == sum(1 << place for place in {p[level] for p in inside})
    further = restricted.beyond(0)
    firsts = {point[0] for point in inside}
    is_alike = all((first, *point[1:]) in inside for point in inside for first in firsts)
    for level in (1, 2):
        assert further.classes(level) == restricted.classes(level)
    if inside and is_alike:
        assert further.classes(0) == 0b111


def test_an_address_key_under_an_operator_of_numbers():
    """What becomes of an address that is compared with a number is not known."""
    both = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "NumericEquals": {"aws:SourceIp": "1"}}
    answer = exposed({**GOOD, "Condition": both})
    assert not answer.exact
    assert [each.statement for each in answer.approximations] == ["$.Statement[0]"]


def test_a_constant_key_that_cannot_be_compared():
    condition = {"NumericEquals": {"aws:ResourceAccount": "many"}}
    bucket_exposure = exposed({**GOOD, "Condition": condition})
    assert bucket_exposure.public
    assert {"anonymous", "public"} <= {
        question
        for approximation in bucket_exposure.approximations
        for question in approximation.questions
    }


def test_what_is_settled_of_unsigned_requests_where_there_are_too_many_users():
    users = [f"{USER}{number}" for number in range(60)]
    key = "${aws:PrincipalAccount}/${aws:username, 'nobody'}"
    denied = {**GOOD, "Principal": {"AWS": users}, "Effect": "Deny"}
    own = {**GOOD, "Resource": f"arn:aws:s3:::b/{key}/*"}
    bucket_exposure = exposed(own, denied)
    examples = bucket_exposure.anonymous.objects.examples
    assert [example.rpartition("/")[0] for example in examples] == ["anonymous/nobody"]
    assert not any(
        "anonymous" in approximation.questions for approximation in bucket_exposure.approximations
    )


def test_a_string_operator_compares_addresses_and_no_networks():
    """A network as text is no address, so that it confines nothing (meaning of public)."""
    wide = {**GOOD, "Condition": {"IpAddress": {"aws:SourceIp": "20.0.0.0/7"}}}
    as_text = {"StringEquals": {"aws:SourceIp": ["20.0.0.0/8", "21.0.0.0/8"]}}
    assert exposed(wide, {**GOOD, "Effect": "Deny", "Condition": as_text}).policy_public
    as_networks = {"NotIpAddress": {"aws:SourceIp": ["20.0.0.0/8", "21.0.0.0/8"]}}
    assert not exposed(wide, {**GOOD, "Effect": "Deny", "Condition": as_networks}).policy_public


BELOW = {"NumericLessThan": {"aws:PrincipalTag/a": "3"}}


@pytest.mark.parametrize(
    ("condition", "exact"),
    [
        ({"StringEquals": {"aws:PrincipalTag/a": "y"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/a": ""}}, True),
        (
            {
                "StringLike": {"aws:PrincipalTag/a": ["x*", "y"]},
                "StringNotEquals": {"aws:PrincipalTag/a": "y"},
            },
            True,
        ),
        ({"StringEquals": {"aws:PrincipalTag/a": "x${aws:PrincipalTag/b}"}}, False),
        (
            {
                "Bool": {"aws:PrincipalTag/a": "true"},
                "StringLike": {"aws:PrincipalTag/a": "T*"},
            },
            True,
        ),
        (
            {
                "Bool": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"},
                "StringLike": {"aws:PrincipalTag/a": "x*"},
            },
            False,
        ),
    ],
)
def test_texts_beside_a_number_of_one_tag(condition, exact):
    upload = {**GOOD, "Effect": "Deny", "Action": "s3:PutObject", "Condition": BELOW}
    bucket_exposure = exposed({**GOOD, "Condition": condition}, upload)
    assert [account.account for account in bucket_exposure.accounts] == ["*"]
    assert bucket_exposure.exact is exact


def test_several_stars_are_one():
    assert glob((("a**", False), ("*b", False))) == glob((("a*b", False),))
    assert glob((("**", False),)) == ANYTHING


@pytest.mark.parametrize(
    ("number", "accounts"),
    [("987654321098", ["*"]), ("999999999998", ["*"]), ("999999999999", [])],
)
def test_accounts_above_a_number(number, accounts):
    bucket_exposure = exposed(
        {**GOOD, "Condition": {"NumericGreaterThan": {"aws:PrincipalAccount": number}}}
    )
    assert [account.account for account in bucket_exposure.accounts] == accounts
    assert bucket_exposure.exact


def test_a_text_that_is_no_address():
    everywhere = {"aws:PrincipalTag/a": ["0.0.0.0/0", "::/0"]}
    for operator in ("NotIpAddress", "IpAddress"):
        bucket_exposure = exposed({**GOOD, "Condition": {operator: everywhere}})
        assert [account.account for account in bucket_exposure.accounts] == ["*"]
        assert bucket_exposure.exact
    both = {"NotIpAddress": everywhere, "IpAddress": {"aws:PrincipalTag/a": "203.0.113.0/24"}}
    assert exposed({**GOOD, "Condition": both}).accounts == ()


NUMBER = "s3:max-keys"


@pytest.mark.parametrize(
    ("conditions", "is_open", "exact"),
    [
        # Whatever the number is, and however it is written.
        ({"StringLike": {NUMBER: "*"}, "NumericGreaterThan": {NUMBER: "7"}}, True, True),
        ({"StringEquals": {NUMBER: "5"}, "NumericLessThan": {NUMBER: "7"}}, True, True),
        ({"StringEquals": {NUMBER: "5"}, "NumericLessThan": {NUMBER: "4"}}, False, True),
        # A number that begins so may be among those above.
        ({"StringLike": {NUMBER: ["5", "1*"]}, "NumericGreaterThan": {NUMBER: "7"}}, True, False),
    ],
)
def test_a_number_that_is_compared_as_a_text(conditions, is_open, exact):
    listing = {"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": conditions}
    bucket_exposure = exposed({**GOOD, **listing})
    assert bool(bucket_exposure.by_access["list"]) is is_open
    assert bucket_exposure.exact is exact


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-01T05:30:00+05:30", "2024-01-01T00:00:00Z"),
        ("2023-12-31T20:30:00-03:30", "2024-01-01T00:00:00Z"),
        ("2024-01-01T09:45:00+0945", "2024-01-01"),
        ("2024-01-01T00:00:00.5Z", "1704067200.5"),
        ("2024", "2024-01-01"),
    ],
)
def test_dates_of_other_zones(text, moment):
    assert read_date(text) == read_date(moment) is not None


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("203.0.113.0", True),
        ("203.0.113.255", True),
        ("203.0.114.0", False),
        ("203.0.113.0/25", True),
        ("203.0.112.0/23", False),
        ("198.51.100.7", True),
        ("2001:db8::1", False),
        ("text", False),
    ],
)
def test_whether_an_address_is_in_one_of_several_networks(text, sure):
    networks = (*addresses_of(glob((("198.51.100.7", False),))), (0xCB007100, 0xCB0071FF))
    assert AddressPredicate(networks).verdict(text) == (sure, sure)
    assert AddressPredicate(networks, unsure=True).verdict(text) == (sure, True)


CANONICAL = "d" * 64


@pytest.mark.parametrize(
    ("accounts", "allowed"),
    [
        (["123456789012"], []),
        (["anonymous"], []),
        (["123456789012", "111122223333"], [CANONICAL]),
        (["1234*"], [CANONICAL]),
    ],
)
def test_an_account_of_which_only_the_canonical_id_is_known(accounts, allowed):
    statement = {
        **GOOD,
        "Principal": {"CanonicalUser": CANONICAL},
        "Condition": {"StringLike": {"aws:PrincipalAccount": accounts}},
    }
    bucket = BucketAccess(
        name="b",
        owner_account="123456789012",
        owner_canonical_id="e" * 64,
        policy=parse_policy({"Version": "2012-10-17", "Statement": [statement]}),
    )
    answer = exposure(bucket)
    assert [account.account for account in answer.accounts] == allowed
    assert answer.exact is (not allowed)


def test_a_caller_of_an_unknown_account_is_no_service():
    for operator, value in (("Bool", "false"), ("BoolIfExists", "false"), ("Bool", "true")):
        statement = {
            **GOOD,
            "Principal": {"CanonicalUser": CANONICAL},
            "Condition": {operator: {"aws:PrincipalIsAWSService": value}},
        }
        answer = exposed(statement)
        assert bool(answer.accounts) is (value == "false")
        assert answer.exact


@pytest.mark.parametrize(
    ("relation", "accepted"),
    [
        ("equals", (3, 7)),
        ("less", (2, 3, 5)),
        ("less-equal", (2, 3, 5, 7)),
        ("greater", (5, 7, 8)),
        ("greater-equal", (3, 5, 7, 8)),
    ],
)
def test_a_number_against_any_of_several(relation, accepted):
    predicate = NumberPredicate(relation, (Decimal(3), Decimal(7)))
    assert tuple(n for n in (2, 3, 5, 7, 8) if predicate.accepts(Decimal(n))) == accepted


def test_the_longest_notation_of_an_address():
    last = (1 << 32) - 1
    assert addresses_of(glob((("255.255.255.255*", False),))) == ((last, last),)
    assert addresses_of(glob((("255.255.255.255?", False),))) == ()


def deny(**fields):
    return {**GOOD, "Effect": "Deny", **fields}


def not_action(*names, effect="Deny"):
    """All actions but these."""
    return {k: v for k, v in GOOD.items() if k != "Action"} | {
        "Effect": effect,
        "NotAction": list(names),
    }


def owner(action):
    return {**GOOD, "Action": action, "Principal": {"AWS": "123456789012"}}


@pytest.mark.parametrize(
    ("statements", "public"),
    [
        ([{**GOOD, "Action": "s3:Foo"}], True),
        ([{**GOOD, "Action": "s3:Foo"}, deny(Action="s3:Foo")], False),
        ([{**GOOD, "Action": "s3:Foo"}, deny(Action="s3:F*")], False),
        ([{**GOOD, "Action": ["s3:Foo", "s3:Bar"]}, deny(Action="s3:Foo")], True),
        ([{**GOOD, "Action": ["s3:Foo", "s3:Bar"]}, deny(Action="s3:Bar")], True),
        ([{**GOOD, "Action": ["s3:Foo", "s3:Bar"]}, deny(Action=["s3:Bar", "s3:Foo"])], False),
        ([{**GOOD, "Action": "s3:Foo"}, not_action("s3:GetObject")], False),
        ([{**GOOD, "Action": "s3:Foo"}, not_action("s3:Foo")], True),
        ([{**GOOD, "Action": ["s3:Foo", "s3:Bar"]}, not_action("s3:Foo")], True),
        ([{**GOOD, "Action": ["s3:Foo", "s3:Bar"]}, not_action("s3:Foo", "s3:Bar")], True),
        ([{**GOOD, "Action": "s3:Bar"}, owner("s3:Foo"), not_action("s3:Foo")], False),
        ([owner("s3:Foo"), not_action("s3:*", effect="Allow")], False),
    ],
)
def test_actions_that_are_none_of_amazon_s3(statements, public):
    """A grant of what S3 does not know makes a policy public (meaning of public)."""
    assert exposed(*statements).policy_public is public


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({"NumericEquals": {"aws:SourceAccount": "444455556666"}}, False),
        (
            {
                "NumericLessThanEquals": {"aws:SourceAccount": "444455556666"},
                "NumericGreaterThanEquals": {"aws:SourceAccount": "444455556666"},
            },
            True,
        ),
    ],
)
def test_only_equality_fixes_a_number(condition, public):
    assert exposed({**GOOD, "Condition": condition}).policy_public is public


TAG = "aws:PrincipalTag/a"
REST = "${aws:PrincipalTag/b}"


@pytest.mark.parametrize(
    ("operator", "text", "value", "is_open"),
    [
        ("StringLike", f"a*b{REST}", "axb1", True),
        ("StringLike", f"a?b{REST}", "axb1", True),
        ("StringLike", f"a*b${{*}}c{REST}", "axb*c1", True),
        ("StringLike", f"a${{*}}b{REST}", "axb1", False),
        ("StringLike", f"a${{*}}b{REST}", "a*b1", True),
        ("StringEquals", f"ab{REST}", "ab1", True),
        ("StringEquals", f"ab{REST}", "AB1", False),
        ("StringEquals", f"AB{REST}", "AB1", True),
        ("StringEqualsIgnoreCase", f"AB{REST}", "ab1", True),
        ("StringEqualsIgnoreCase", f"ab{REST}", "AB1", True),
        ("StringEqualsIgnoreCase", f"AB{REST}", "xb1", False),
    ],
)
def test_a_text_that_ends_with_what_is_not_known(operator, text, value, is_open):
    """What stands before it is known: it is the beginning of the value."""
    begins = {**GOOD, "Condition": {operator: {TAG: text}}}
    others = deny(Condition={"StringNotEquals": {TAG: value}})
    answer = exposed(begins, others)
    assert [account.account for account in answer.accounts] == (["*"] if is_open else [])


@pytest.mark.parametrize(
    ("condition", "is_open"),
    [
        ({"StringLike": {"aws:PrincipalServiceName": "*"}}, True),
        ({"StringLike": {"aws:PrincipalServiceName": "?*"}}, True),
        ({"StringLike": {"aws:PrincipalServiceName": "s*"}}, True),
        ({"StringLike": {"aws:PrincipalServiceName": "x*z.amazonaws.com"}}, True),
        ({"StringLike": {"aws:PrincipalServiceName": ["s*", "*.amazonaws.com"]}}, True),
        ({"StringLike": {"aws:PrincipalServiceName": "*.example.com"}}, False),
        ({"StringEqualsIgnoreCase": {"aws:PrincipalServiceName": "SNS.amazonaws.com"}}, True),
        (
            {
                "StringNotLike": {"aws:PrincipalServiceName": ["s*", "c*", "e*"]},
                "Bool": {"aws:PrincipalIsAWSService": "true"},
            },
            True,
        ),
        (
            {
                "StringNotLike": {"aws:PrincipalServiceName": "*"},
                "Bool": {"aws:PrincipalIsAWSService": "true"},
            },
            False,
        ),
    ],
)
def test_services_by_a_pattern_of_their_names(condition, is_open):
    answer = exposed({**GOOD, "Condition": condition})
    assert bool(answer.services) is is_open
    assert not answer.accounts
    assert answer.exact
    for access in answer.services:
        assert access.witness.request.principal.endswith(".amazonaws.com")


@pytest.mark.parametrize(
    ("kind", "is_open"),
    [
        ("Account", True),
        ("User", True),
        ("AssumedRole", True),
        ("FederatedUser", True),
        ("X", False),
    ],
)
def test_the_type_of_a_principal(kind, is_open):
    answer = exposed({**GOOD, "Condition": {"StringEquals": {"aws:PrincipalType": kind}}})
    assert bool(answer.accounts) is is_open
    assert answer.exact


@pytest.mark.parametrize("key", ["PrincipalServiceName", "PrincipalServiceNamesList"])
@pytest.mark.parametrize("absent", ["true", "false"])
def test_an_unknown_principal_has_no_name_of_a_service(key, absent):
    statement = {
        **GOOD,
        "Principal": {"CanonicalUser": CANONICAL},
        "Condition": {"Null": {f"aws:{key}": absent}},
    }
    answer = exposed(statement)
    assert bool(answer.accounts) is (absent == "true")
    assert answer.exact


@pytest.mark.parametrize("absent", ["true", "false"])
def test_an_unknown_principal_may_be_a_user(absent):
    statement = {
        **GOOD,
        "Principal": {"CanonicalUser": CANONICAL},
        "Condition": {"Null": {"aws:username": absent}},
    }
    answer = exposed(statement)
    assert [account.account for account in answer.accounts] == [CANONICAL]
    assert not answer.exact


def test_a_variable_names_nobody_beside_the_principals():
    own = {
        **GOOD,
        "Principal": {"AWS": "111122223333"},
        "Resource": "arn:aws:s3:::b/${aws:username}/*",
    }
    assert [account.account for account in exposed(own).accounts] == ["111122223333"]


def test_an_operator_that_is_none_with_an_arn():
    answer = exposed({**GOOD, "Condition": {"StringResembles": {"aws:PrincipalArn": "x"}}})
    assert answer.public
    assert not answer.exact


@pytest.mark.parametrize(
    ("action", "public"),
    [("s3:CreateAccessPoint", False), ("s3:CreateAccessPoin*", False), ("s3:CreateNothing*", True)],
)
def test_an_action_that_is_about_no_bucket(action, public):
    assert exposed({**GOOD, "Action": action}).policy_public is public


RESTRICTED = PublicAccessSettings(restrict_public_buckets=True)
OWN_CANONICAL = "e" * 64


@pytest.mark.parametrize(
    ("grantee", "statements", "block", "public"),
    [
        (ALL_USERS, [], None, True),
        (AUTHENTICATED_USERS, [], None, True),
        (CANONICAL, [], None, False),
        (OWN_CANONICAL, [], None, False),
        (LOG_DELIVERY, [], None, False),
        # Restricted is what a policy grants, and not what an ACL does.
        (ALL_USERS, [GOOD], RESTRICTED, True),
        (CANONICAL, [GOOD], RESTRICTED, False),
        (CANONICAL, [GOOD], None, True),
    ],
)
def test_whom_an_acl_makes_public(grantee, statements, block, public):
    document = {"Version": "2012-10-17", "Statement": statements}
    bucket = BucketAccess(
        name="b",
        owner_account="123456789012",
        owner_canonical_id=OWN_CANONICAL,
        policy=parse_policy(document) if statements else None,
        acl=(AclGrant(grantee=grantee, permission="READ"),),
        bucket_block=block,
    )
    answer = exposure(bucket)
    assert answer.public is public
    assert answer.policy_public is bool(statements)


ID_OF, PATHS_OF = "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"


@pytest.mark.parametrize(
    ("conditions", "is_open"),
    [
        ({"ForAnyValue:StringLike": {PATHS_OF: "o-1/*"}}, True),
        ({"ForAnyValue:StringLike": {PATHS_OF: "o-2/*"}}, False),
        ({"ForAnyValue:StringNotLike": {PATHS_OF: "o-1/*"}}, False),
        ({"ForAllValues:StringLike": {PATHS_OF: "o-1/r-1/*"}}, True),
        # Every member has a path.
        ({"ForAllValues:StringNotLike": {PATHS_OF: "*"}}, False),
    ],
)
def test_the_paths_of_a_member_begin_with_its_organization(conditions, is_open):
    """IAM API Reference, GenerateOrganizationsAccessReport: entity path."""
    member = conditions | {"StringEquals": {ID_OF: "o-1"}}
    answer = exposed({**GOOD, "Condition": member})
    assert [account.account for account in answer.accounts] == (["*"] if is_open else [])
    other = {"ForAnyValue:StringLike": {PATHS_OF: "o-1/*"}, "StringNotEquals": {ID_OF: "o-1"}}
    assert exposed({**GOOD, "Condition": other}).accounts == ()
