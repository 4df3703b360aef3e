"""The grammar of ``--cloudpack-source``."""

from __future__ import annotations

import pytest

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.sources import parse_source
from processes import run_python


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("aws", "aws"),
        ("moto", "moto"),
        ("moto:http://127.0.0.1:5000", "moto"),
        ("snapshot:it.json", "snapshot"),
        ("describe:answers", "describe"),
    ],
)
def test_what_may_be_written(text, name):
    assert parse_source(text).name == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no source ''"),
        ("aws:", "there is no source 'aws:'"),
        ("aws:prod", "there is no source"),
        ("moto:", "there is no source"),
        ("moto:5000", "not a URL: '5000'"),
        ("moto:ftp://x", "not a URL"),
        ("snapshot", "there is no source"),
        ("snapshot:", "there is no source"),
        ("describe:", "there is no source"),
        ("AWS", "there is no source"),
    ],
)
def test_what_may_not(text, message):
    with pytest.raises(InputError, match=message):
        parse_source(text)


def test_options_go_to_aws():
    source = parse_source("aws", profile="audit", region="eu-west-1")
    with source.open() as opened:
        assert (opened.profile, opened.region) == ("audit", "eu-west-1")
        assert len(opened.targets) == 1


def test_naming_a_source_loads_neither_boto3_nor_moto():
    code = (
        "import sys; from cloudpack_baseline.sources import parse_source;"
        "[parse_source(one) for one in ('aws', 'moto', 'snapshot:x')];"
        "print(sorted({'boto3', 'botocore', 'moto'} & set(sys.modules)))"
    )
    done = run_python("-c", code)
    assert done.stdout.strip() == "[]"
