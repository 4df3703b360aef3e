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
    initial = baseline(render(InitialBaseline()))
    assert (initial.regions, initial.accounts, initial.segments, initial.buckets) == (
        ("*",),
        {},
        (),
        (),
    )


def test_nothing_known_and_every_suggestion_taken():
    initial = baseline(taken(render(InitialBaseline())))
    assert initial.accounts["production"].profile == "audit"
    assert initial.networks == {"office": ("203.0.113.0/28",)}
    assert [segment.name for segment in initial.segments] == ["web"]
    assert [flow.to for flow in initial.flows] == [("web",)]
    assert [bucket.exposure for bucket in initial.buckets] == [("cloudfront",)]
    assert [waiver.control for waiver in initial.waivers] == ["rds-backup"]


def test_what_is_known_is_named_and_what_is_open_is_not_accepted():
    initial = baseline(render(FULL))
    assert initial.regions == ("cn-north-1",)
    assert initial.accounts["production"].id == "123456789012"
    assert initial.buckets == ()
    assert initial.segments == ()


def test_what_is_known_is_suggested():
    text = render(FULL)
    initial = baseline(taken(text))
    assert initial.accounts["production"].role_arn == "arn:aws-cn:iam::123456789012:role/Audit"
    assert [(segment.name, segment.tags) for segment in initial.segments] == [
        ("db", {"Tier": "db"}),
        ("web", {"Tier": "web"}),
    ]
    # The first by name are databases alone; nobody should be led to open those.
    assert [flow.to for flow in initial.flows] == [("web",)]
    (site,) = initial.buckets
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
    document = tomllib.loads(change(render(draft)))
    if change is taken:
        assert [segment["tags"] for segment in document["segments"]] == [
            {key: value} for value in values
        ]
