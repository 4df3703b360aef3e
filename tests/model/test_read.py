"""What a check reads."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import Read, merged, reads
from cloudpack_baseline.model.s3 import Bucket


def test_a_field_that_does_not_exist():
    with pytest.raises(AttributeError, match="Bucket has no field 'polcy'"):
        reads(Bucket, "polcy")


def test_reads_of_one_kind_become_one():
    assert merged([reads(DBInstance), reads(Bucket, "acl"), reads(Bucket, "policy", "acl")]) == (
        Read(Bucket, frozenset(("acl", "policy"))),
        Read(DBInstance),
    )
    assert merged([]) == ()


@pytest.mark.parametrize("fields", [("acl", "policy"), ("policy", "acl")])
def test_no_field_of_an_earlier_or_later_read_is_lost(fields):
    (read,) = merged(reads(Bucket, field) for field in fields)
    assert read.fields == {"acl", "policy"}
