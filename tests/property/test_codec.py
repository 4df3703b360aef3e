"""Any record there is goes through canonical JSON unchanged."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import string
import types
import typing
from datetime import UTC, datetime
from enum import Enum
from functools import cache

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.addresses import CidrBlock, IpAddress, cidr_block, ip_address
from cloudpack_baseline.model.codec import DecodeError, decode, encode, to_bytes
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Cause, Unknown

FORMS = {
    cidr_block: ["0.0.0.0/0", "10.0.0.1/8", "::/0", "2001:db8::/32"],
    ip_address: ["10.0.0.1", "2001:db8::1"],
}
TEXT = st.text(string.ascii_letters + string.digits + ' :*$/\n"\\私é\ud800\x1b', max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@cache
def values(kind):  # noqa: PLR0911 - one line for each form of annotation
    """Whatever the annotation admits."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values(argument) for argument in arguments])
    if origin is typing.Annotated:
        return st.sampled_from(FORMS[arguments[1]])
    if origin is tuple and arguments[1:] == (...,):
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values, arguments))
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if kind is Unknown:
        return st.lists(values(Cause), min_size=1, max_size=2).map(
            lambda held: Unknown(tuple(held))
        )
    simple = {
        str: TEXT,
        bool: st.booleans(),
        int: st.integers(-(2**40), 2**40),
        types.NoneType: st.none(),
        datetime: st.datetimes(datetime(2006, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone comes beside
    }
    if kind in simple:
        return simple[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    return records(kind)


@cache
def records(kind):
    """Any instance of an attrs class."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return st.builds(
        kind,
        **{field.name: values(hints[field.name]) for field in attrs.fields(kind) if field.init},
    )


def kinds():
    for name in catalogue.MODULES:
        module = importlib.import_module(f"cloudpack_baseline.model.{name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Record) and kind is not Record:
                yield kind


KINDS = sorted(set(kinds()), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=12)
def test_a_record_goes_through_canonical_json(kind, data):
    record = data.draw(records(kind))
    text = to_bytes(encode(record))
    again = decode(kind, json.loads(text))
    assert again == record
    assert to_bytes(encode(again)) == text


@given(JSON)
@settings(max_examples=80)
def test_any_json_is_decoded_or_refused_with_a_path(value):
    for kind in KINDS[:6]:
        with contextlib.suppress(DecodeError):
            record = decode(kind, value)
            assert decode(kind, encode(record)) == record


@given(st.dictionaries(st.sampled_from(["arn", "account", "policy", "acl", "owner"]), JSON))
@settings(max_examples=80)
def test_half_right_records_are_refused_with_the_path_of_a_field(value):
    kind = catalogue.record_class("Bucket")
    place = None
    try:
        record = decode(kind, value)
    except DecodeError as error:
        place = error.path.split(".")[0].split("[")[0]
    if place is None:
        assert record.arn == value["arn"]
    else:
        assert place in ("", *value)


def test_defaults_are_left_out_and_keys_are_sorted():
    bucket = catalogue.record_class("Bucket")(arn="a", account="1", owner="me")
    assert to_bytes(encode(bucket)) == b'{"account":"1","arn":"a","owner":"me"}'


@pytest.mark.parametrize("value", [{"a": 1}, {1}, [1], object()])
def test_what_records_must_not_hold(value):
    with pytest.raises(TypeError, match="records hold no"):
        encode(value)


def test_an_annotation_that_no_record_may_have():
    with pytest.raises(TypeError, match="no decoder for"):
        decode(dict, {})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, True),
        (bool, 1),
        (str, None),
        (datetime, "2026-11-01"),
        (datetime, 7),
        (tuple[str, str], ["a"]),
        (Unknown, {}),
        (Unknown, {"$unknown": [], "more": 1}),
        (Unknown | None, 7),
        (datetime, "0001-01-01T00:00:00+23:59"),
        (datetime, "9999-12-31T23:59:59-23:59"),
        (CidrBlock, "10.0.0.0/33"),
        (CidrBlock, "10.0.0.256/32"),
        (CidrBlock, "anywhere"),
        (CidrBlock, ""),
        (CidrBlock, 7),
        (IpAddress, "10.0.0.0/8"),
        (IpAddress, "host"),
    ],
)
def test_types_are_exact(kind, value):
    with pytest.raises(DecodeError):
        decode(kind, value)
