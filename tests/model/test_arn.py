"""ARNs in parts."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.arn import Arn


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::123456789012:root",
        "arn:aws-cn:s3:::bucket",
        "arn:aws-us-gov:rds:us-gov-west-1:123456789012:snapshot:rds:db-2026",
    ],
)
def test_an_arn_is_its_parts(text):
    assert str(Arn.parse(text)) == text


def test_the_resource_keeps_its_colons():
    arn = Arn.parse("arn:aws:rds:eu-west-1:123456789012:snapshot:rds:db")
    assert (arn.partition, arn.service, arn.region) == ("aws", "rds", "eu-west-1")
    assert (arn.account, arn.resource) == ("123456789012", "snapshot:rds:db")


@pytest.mark.parametrize("text", ["", "arn:aws:iam", "urn:aws:iam::1:root", "bucket"])
def test_what_is_no_arn(text):
    with pytest.raises(ValueError, match="not an ARN"):
        Arn.parse(text)
