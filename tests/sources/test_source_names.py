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
        ("", "no such source: ''"),
        ("aws:", "no such source: 'aws:'"),
        ("aws:prod", "no such source"),
        ("moto:", "no such source"),
        ("moto:5000", "not a URL: '5000'"),
        ("moto:ftp://x", "not a URL"),
        ("snapshot", "no such source"),
        ("snapshot:", "no such source"),
        ("describe:", "no such source"),
        ("template:it.yaml", "'template' is not available in this version; use aws, moto"),
        ("plan:it.json", "'plan' is not available in this version"),
        ("AWS", "no such source"),
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
