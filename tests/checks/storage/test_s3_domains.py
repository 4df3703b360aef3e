"""Host names of S3, and the buckets that they lead to."""

from __future__ import annotations

import pytest

from cloudpack_baseline.checks.storage._s3_domains import bucket_at
from cloudpack_baseline.model.values import Unknown


@pytest.mark.parametrize(
    "domain",
    [
        "data.s3.amazonaws.com",
        "data.s3.ap-northeast-1.amazonaws.com",
        "data.s3-ap-northeast-1.amazonaws.com",
        "data.s3.dualstack.ap-northeast-1.amazonaws.com",
        "data.s3-fips.us-east-1.amazonaws.com",
        "data.s3-fips.dualstack.us-east-1.amazonaws.com",
        "data.s3-accelerate.amazonaws.com",
        "data.s3-external-1.amazonaws.com",
        "data.s3-website-ap-northeast-1.amazonaws.com",
        "data.s3-website.eu-central-1.amazonaws.com",
        "data.s3.cn-north-1.amazonaws.com.cn",
        "DATA.S3.AMAZONAWS.COM",
    ],
)
def test_the_bucket_stands_before_the_service(domain):
    assert bucket_at(domain) == "data"
    assert bucket_at(domain, "/folder") == "data"


@pytest.mark.parametrize("name", ["www.example.jp", "s3.example.jp", "s3", "logs.s3-old"])
def test_names_with_dots(name):
    assert bucket_at(f"{name}.s3.eu-west-1.amazonaws.com") == name


@pytest.mark.parametrize("domain", ["s3.amazonaws.com", "s3.eu-west-1.amazonaws.com"])
def test_the_path_names_the_bucket_where_the_host_does_not(domain):
    assert bucket_at(domain, "/data") == "data"
    assert bucket_at(domain, "/data/folder") == "data"
    assert isinstance(bucket_at(domain), Unknown)


@pytest.mark.parametrize(
    "domain",
    [
        "www.example.jp",
        "s3.example.jp",
        "data.s3.amazonaws.com.example.jp",
        "web-1.ap-northeast-1.elb.amazonaws.com",
        "abc.execute-api.eu-west-1.amazonaws.com",
        "amazonaws.com",
        "",
    ],
)
def test_other_hosts(domain):
    assert bucket_at(domain) is None


@pytest.mark.parametrize(
    "domain",
    [
        "point-abcdefgh123-s3alias.s3.ap-northeast-1.amazonaws.com",
        "lambda-abcdefgh123--ol-s3.s3.ap-northeast-1.amazonaws.com",
        "point-123456789012.s3-accesspoint.ap-northeast-1.amazonaws.com",
        "point-123456789012.s3-accesspoint-fips.us-east-1.amazonaws.com",
        "abc.mrap.accesspoint.s3-global.amazonaws.com",
        "point-123456789012.s3-object-lambda.us-east-1.amazonaws.com",
        "point-123456789012.op-0123.s3-outposts.us-east-1.amazonaws.com",
        "{{tenant}}.s3.amazonaws.com",
    ],
)
def test_hosts_that_do_not_tell_the_bucket(domain):
    unknown = bucket_at(domain)
    assert isinstance(unknown, Unknown)
    assert domain in unknown.causes[0].detail
