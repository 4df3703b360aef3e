"""The values of callers by groups: the same as asking for each caller."""

from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.access.caller_values import CallerValues
from cloudpack_baseline.access.callers import Caller
from cloudpack_baseline.access.keys import find_key
from cloudpack_baseline.access.normalization import Test as Condition
from cloudpack_baseline.access.normalization import verdict
from cloudpack_baseline.access.patterns import glob
from cloudpack_baseline.access.policy import find_operator
from cloudpack_baseline.access.predicates import StringPredicate

ACCOUNTS = ("111111111111", "222222222222", "333333333333")
NAMES = ("admin", "audit", "")
KEYS = ("aws:principalarn", "aws:principalaccount", "aws:username")
OPERATORS = ("StringLike", "StringNotLike", "StringLikeIfExists", "StringEqualsIgnoreCase", "Null")


def arn_of(account, name):
    return f"arn:aws:iam::{account}:user/{name}" if name else f"arn:aws:iam::{account}:root"


callers = st.lists(
    st.one_of(
        st.sampled_from([Caller(kind="anonymous", name="anonymous")]),
        st.sampled_from([Caller(kind="canonical", name="c1", other_than=ACCOUNTS[0])]),
        st.builds(
            lambda account, name: Caller(
                kind="account", name=name, account=account, arn=arn_of(account, name)
            ),
            st.sampled_from(ACCOUNTS),
            st.sampled_from(NAMES),
        ),
        st.builds(
            lambda account: Caller(kind="account", name="x", account=account),
            st.sampled_from(ACCOUNTS),
        ),
    ),
    unique=True,
)
texts = st.sampled_from(
    ["*", "a*", "*min", "111*", "anonymous", "222222222222", "ADMIN"]
    + [arn_of(account, name) for account in ACCOUNTS for name in ("admin", "a*", "*t")]
)


def condition(name, key, values):
    operator, key = find_operator(name), find_key(key)
    if operator.family == "null":
        return Condition(key, operator, None, frozenset(("true",)))
    fold = name.endswith("IgnoreCase")
    patterns = tuple(glob(((value, False),), fold=fold) for value in values)
    return Condition(key, operator, StringPredicate(patterns))


@given(
    callers,
    st.sampled_from(KEYS),
    st.sampled_from(OPERATORS),
    st.lists(texts, min_size=1, max_size=3),
)
def test_groups_have_the_verdicts_of_their_callers(everybody, key, operator, values):
    test = condition(operator, key, values)
    by_group = {}
    for value, bearers in CallerValues(everybody).groups(key, test.predicate):
        for index in range(len(everybody)):
            if bearers >> index & 1:
                assert index not in by_group
                by_group[index] = verdict(test, value)
    assert by_group == {
        index: verdict(test, caller.value(key)) for index, caller in enumerate(everybody)
    }


def test_texts_that_a_pattern_cannot_match_are_one_group():
    everybody = [
        Caller(kind="account", name="x", account=account, arn=arn_of(account, "admin"))
        for account in ACCOUNTS
    ]
    test = condition("StringLike", "aws:PrincipalArn", [arn_of(ACCOUNTS[1], "*")])
    groups = dict(CallerValues(everybody).groups("aws:principalarn", test.predicate))
    assert sorted(groups.values()) == [0b010, 0b101]
