"""What every record is."""

from __future__ import annotations

import importlib
import inspect

import attrs
import pytest

from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.record import Record, tags_from
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Origin


def kinds():
    for name in catalogue.MODULES:
        module = importlib.import_module(f"cloudpack_baseline.model.{name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Record) and kind is not Record:
                yield kind


KINDS = pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda kind: kind.__name__))


@KINDS
def test_a_record_is_frozen_and_known_by_name(kind):
    assert attrs.fields_dict(kind)["arn"].kw_only
    assert kind.__setattr__ is not object.__setattr__
    assert catalogue.record_class(kind.__name__) is kind


@pytest.mark.parametrize("name", ["Boat", "Record", "Grant", "Field", "annotations", ""])
def test_what_is_no_record_is_not_found(name):
    with pytest.raises(KeyError):
        catalogue.record_class(name)


def test_a_record_without_arn_is_known_by_file_and_logical_id():
    origin = Origin(file="stack.yaml", line=7)
    assert Bucket(arn="", account="", name="Logs", origin=origin).key == "stack.yaml#Logs"
    assert Bucket(arn="", account="", name="Logs").key == "#Logs"
    assert Bucket(arn="arn:aws:s3:::b", account="", origin=origin).key == "arn:aws:s3:::b"


def test_a_field_may_come_from_elsewhere():
    listed, read = Origin(operation="s3:ListBuckets"), Origin(operation="s3:GetBucketAcl")
    bucket = Bucket(arn="a", account="1", origin=listed, origins=(("acl", read),))
    assert bucket.origin_of("acl") is read
    assert bucket.origin_of("policy") == Origin(operation="s3:GetBucketPolicy")
    assert bucket.origin_of("arn") is listed


def test_tags():
    pairs = [{"Key": "b", "Value": "2"}, {"Key": "a"}]
    assert tags_from(pairs) == (("a", ""), ("b", "2"))
    assert tags_from(None) == ()
