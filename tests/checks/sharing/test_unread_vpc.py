"""A domain that was read keeps the reason for which its VPC is unknown."""

from __future__ import annotations

from cloudpack_baseline.checks.sharing.resource_sharing import _left_open
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.testing import records


def test_the_vpc_of_what_was_read_keeps_its_reason():
    reason = Unknown.because(Why.UNDETERMINED, detail="computed")
    assert _left_open(records.bucket("site"), reason) is reason
