"""A drafted baseline is one at once, and with every suggestion taken."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline import Baseline
from cloudpack_baseline.baseline.initial import (
    InitialBaseline,
    OpenBucket,
    Opening,
    TagValues,
    render,
)

SUGGESTION = re.compile(r"^#(?! )", re.MULTILINE)
FULL = InitialBaseline(
    accounts=(("production", "123456789012", "aws-cn"),),
    regions=("cn-north-1",),
    buckets=(
        OpenBucket(
            name="site",
            description=("anybody may read", "for example: GET"),
            openings=(Opening(exposure="public", access=("read", "list")),),
        ),
    ),
    private=2,
    tag=TagValues(key="Tier", values=(("db", 1), ("web", 3)), served=frozenset(("web",))),
)


def taken(text: str) -> str:
    """The text with every suggestion taken."""
    return SUGGESTION.sub("", text)


def baseline(text: str) -> Baseline:
    return Baseline.from_mapping(tomllib.loads(text))


def test_nothing_known_is_the_papers_own_baseline():
    held = baseline(render(InitialBaseline()))
    assert (held.regions, held.accounts, held.segments, held.buckets) == (("*",), {}, (), ())


def test_nothing_known_and_every_suggestion_taken():
    held = baseline(taken(render(InitialBaseline())))
    assert held.accounts["production"].profile == "audit"
    assert held.networks == {"office": ("203.0.113.0/28",)}
    assert [one.name for one in held.segments] == ["web"]
    assert [one.to for one in held.flows] == [("web",)]
    assert [one.exposure for one in held.buckets] == [("cloudfront",)]
    assert [one.control for one in held.waivers] == ["rds-backup"]


def test_what_is_known_is_named_and_what_is_open_is_not_accepted():
    held = baseline(render(FULL))
    assert held.regions == ("cn-north-1",)
    assert held.accounts["production"].id == "123456789012"
    assert held.buckets == ()
    assert held.segments == ()


def test_what_is_known_is_suggested():
    text = render(FULL)
    held = baseline(taken(text))
    assert held.accounts["production"].role_arn == "arn:aws-cn:iam::123456789012:role/Audit"
    assert [(one.name, one.tags) for one in held.segments] == [
        ("db", {"Tier": "db"}),
        ("web", {"Tier": "web"}),
    ]
    # The first by name are databases alone; nobody should be led to open those.
    assert [one.to for one in held.flows] == [("web",)]
    (site,) = held.buckets
    assert (site.name, site.exposure, site.access) == ("site", ("public",), ("read", "list"))
    assert "#   anybody may read\n#   for example: GET\n" in text
    assert "# Buckets that are private now and have to stay private: 2.\n" in text
    assert "# 3 servers or databases\n" in text
    assert "# 1 server or database\n" in text


def test_regions_in_use_are_told_but_narrow_nothing():
    text = render(InitialBaseline(used_regions=("ap-northeast-1", "us-east-1")))
    assert baseline(text).regions == ("*",)
    assert "#   ap-northeast-1, us-east-1\n" in text


WORDS = st.text(min_size=1, max_size=12).filter(str.strip)


@pytest.mark.parametrize("change", [str, taken])
@given(key=WORDS, values=st.lists(WORDS, min_size=1, max_size=3, unique=True), told=st.text())
def test_odd_words_stay_words(change, key, values, told):
    draft = InitialBaseline(
        tag=TagValues(key=key, values=tuple((value, 1) for value in values)),
        buckets=(OpenBucket(name=values[0], description=tuple(told.splitlines())),),
    )
    held = tomllib.loads(change(render(draft)))
    if change is taken:
        assert [one["tags"] for one in held["segments"]] == [{key: value} for value in values]
