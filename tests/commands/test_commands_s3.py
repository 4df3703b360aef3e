"""Witnesses as command lines, held against the model of Amazon S3 that the AWS CLI is made of."""

from __future__ import annotations

import shlex
from urllib.parse import parse_qsl, urlsplit

import botocore.session
import pytest
from botocore import xform_name

from cloudpack_baseline.access import Request
from cloudpack_baseline.access._s3_actions import KEY_ACTIONS
from cloudpack_baseline.access.actions import KINDS, ON_OBJECT, bits, names
from cloudpack_baseline.commands import request_command
from cloudpack_baseline.commands.s3 import CALLS

ACTIONS = [name.removeprefix("s3:") for name in CALLS]


@pytest.fixture(scope="module")
def model():
    return botocore.session.get_session().get_service_model("s3")


def request_for(action, *, kind="anonymous", context=(), **fields):
    on_object = bool(bits((action,)) & ON_OBJECT)
    given = {
        "principal_kind": kind,
        "principal": "anonymous" if kind == "anonymous" else "arn:aws:iam::111122223333:user/al",
        "account": None,
        "action": f"s3:{action}",
        "resource": "arn:aws:s3:::b" + ("/file.txt" if on_object else ""),
        "context": {"aws:SourceIp": "8.8.8.8", "s3:TlsVersion": "1.3", **dict(context)},
    }
    return Request(**{**given, **fields})


def operation_of(model, action):
    names = {xform_name(name, "-"): name for name in model.operation_names}
    return model.operation_model(names[CALLS[f"s3:{action}"].operation])


def test_the_actions_that_a_declaration_can_mean_have_a_line():
    assert set(ACTIONS) == {name for mask in KINDS.values() for name in names(mask)}


@pytest.mark.parametrize("action", ACTIONS)
def test_aws_lines_give_what_the_operation_asks_for(model, action):
    operation = operation_of(model, action)
    words = shlex.split(request_command(request_for(action, kind="account")), comments=True)
    assert words[:3] == ["aws", "s3api", CALLS[f"s3:{action}"].operation]
    given = {word.removeprefix("--") for word in words if word.startswith("--")}
    members = {xform_name(name, "-") for name in operation.input_shape.members}
    assert given <= members
    assert {xform_name(name, "-") for name in operation.input_shape.required_members} <= given
    streams = operation.has_streaming_output
    assert streams == (words[-1] == "/dev/null")


@pytest.mark.parametrize("action", ACTIONS)
def test_curl_lines_are_the_calls_of_the_operation(model, action):
    operation = operation_of(model, action)
    words = shlex.split(request_command(request_for(action)), comments=True)
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    assert method == operation.http["method"]
    address = urlsplit(words[-1])
    query = urlsplit(operation.http["requestUri"]).query
    asked = {name for name, _ in parse_qsl(address.query, keep_blank_values=True)}
    assert {name for name, _ in parse_qsl(query, keep_blank_values=True)} <= asked
    assert ("-d" in words) == (method == "PUT")
    on_object = "{Key+}" in operation.http["requestUri"]
    assert address.path == ("/file.txt" if on_object else "/")


@pytest.mark.parametrize("action", ACTIONS)
def test_options_are_those_of_the_operation(model, action):
    keys = {key for key, carriers in KEY_ACTIONS.items() if action in carriers.split()}
    assert CALLS[f"s3:{action}"].options <= keys
    context = dict.fromkeys(CALLS[f"s3:{action}"].options, "x")
    line = request_command(request_for(action, kind="account", context=context))
    members = {xform_name(name, "-") for name in operation_of(model, action).input_shape.members}
    options = {word[2:] for word in shlex.split(line) if word.startswith("--")}
    assert options <= members
    assert len(options) >= len(context)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "curl 'https://b.s3.amazonaws.com/file.txt'"),
        ({"region": "eu-west-1"}, "curl 'https://b.s3.eu-west-1.amazonaws.com/file.txt'"),
        (
            {"resource": "arn:aws-cn:s3:::b/a b/ü?.txt", "region": "cn-north-1"},
            "curl 'https://b.s3.cn-north-1.amazonaws.com.cn/a%20b/%C3%BC%3F.txt'",
        ),
        (
            {"resource": "arn:aws:s3:::a.b/file.txt", "region": "eu-west-1"},
            "curl 'https://s3.eu-west-1.amazonaws.com/a.b/file.txt'",
        ),
        (
            {"context": {"aws:SecureTransport": "false", "aws:SourceIp": "198.51.100.7"}},
            "curl 'http://b.s3.amazonaws.com/file.txt'  # from 198.51.100.7",
        ),
        (
            {"context": {"s3:TlsVersion": "1.1", "aws:Referer": "https://it's/"}},
            "curl -e 'https://it'\\''s/' --tls-max 1.1 'https://b.s3.amazonaws.com/file.txt'",
        ),
        (
            {"context": {"aws:UserAgent": "two\nlines", "aws:SourceVpce": "vpce-1"}},
            "curl -A $'two\\nlines' 'https://b.s3.amazonaws.com/file.txt'  # through vpce-1",
        ),
        (
            {
                "access_point": "mine",
                "context": {
                    "s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine"
                },
            },
            "curl 'https://mine-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/file.txt'",
        ),
        (
            {
                "action": "PutObject",
                "context": {"s3:x-amz-acl": "public-read", "s3:RequestObjectTag/a": "1 2"},
            },
            (
                "curl -X PUT -H 'x-amz-acl: public-read' -H 'x-amz-tagging: a=1%202' -d '' "
                "'https://b.s3.amazonaws.com/file.txt'  # changes the bucket"
            ),
        ),
    ],
)
def test_curl(more, line):
    assert request_command(request_for(**{"action": "GetObject", **more})) == line


def test_a_listing_asks_for_the_prefix_that_is_let_in():
    request = request_for("ListBucket", context={"s3:prefix": "a b/", "s3:max-keys": "3"})
    assert request_command(request) == (
        "curl 'https://b.s3.amazonaws.com/?list-type=2&prefix=a%20b/&max-keys=3'"
    )


@pytest.mark.parametrize(
    ("action", "more", "line"),
    [
        (
            "GetObject",
            {"region": "eu-west-1"},
            (
                "aws s3api get-object --bucket b --key 'file.txt' /dev/null --region eu-west-1"
                "  # as arn:aws:iam::111122223333:user/al"
            ),
        ),
        (
            "ListBucket",
            {"context": {"s3:prefix": "a/", "aws:SecureTransport": "false"}},
            (
                "aws s3api list-objects-v2 --bucket b --prefix 'a/'"
                " --endpoint-url http://s3.amazonaws.com  # as arn:aws:iam::111122223333:user/al"
            ),
        ),
        (
            "PutObject",
            {"context": {"s3:RequestObjectTag/a": "1", "aws:SourceIp": "203.0.113.9"}},
            (
                "aws s3api put-object --bucket b --key 'file.txt' --tagging 'a=1'"
                "  # changes the bucket, as arn:aws:iam::111122223333:user/al, from 203.0.113.9"
            ),
        ),
        (
            "PutObject",
            {"context": {"s3:x-amz-grant-read": "id=1"}},
            (
                "aws s3api put-object --bucket b --key 'file.txt' --grant-read 'id=1'"
                "  # changes the bucket, as arn:aws:iam::111122223333:user/al"
            ),
        ),
        (
            "GetObject",
            {
                "region": "eu-west-1",
                "access_point": "mine",
                "context": {
                    "s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine"
                },
            },
            (
                "aws s3api get-object --bucket arn:aws:s3:eu-west-1:123456789012:accesspoint/mine"
                " --key 'file.txt' /dev/null  # as arn:aws:iam::111122223333:user/al"
            ),
        ),
    ],
)
def test_aws(action, more, line):
    assert request_command(request_for(action, kind="account", **more)) == line


@pytest.mark.parametrize("kind", ["service", "federated", "cloudfront"])
def test_nobody_can_send_what_a_service_calls(kind):
    assert (
        request_command(request_for("GetObject", kind=kind, principal="cloudfront.amazonaws.com"))
        == ""
    )


def test_an_action_that_no_declaration_can_mean_has_no_line():
    assert request_command(request_for("BypassGovernanceRetention")) == ""


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("kind", ["anonymous", "account"])
def test_a_line_that_changes_the_bucket_says_so_where_it_is_copied(action, kind):
    line = request_command(request_for(action, kind=kind))
    assert ("  # changes the bucket" in line) == (CALLS[f"s3:{action}"].method != "GET")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"principal": "arn:aws:iam::1:user/a\ntouch x"}, "# as arn:aws:iam::1:user/a\\ntouch x"),
        ({"context": {"aws:SourceVpce": "a\rtouch x"}}, "through a\\rtouch x"),
        ({"principal": "a\u2028touch x\u202e"}, "# as a\\u2028touch x\\u202e"),
    ],
)
def test_a_remark_never_ends_its_line(more, told):
    line = request_command(request_for("GetObject", kind="account", **more))
    assert line.isprintable()
    assert told in line
    assert "touch" not in shlex.split(line, comments=True)


@pytest.mark.parametrize(
    "more",
    [
        {"resource": "arn:aws:s3:::b;touch x/k"},
        {"resource": "arn:aws:s3:::$(touch x)/k"},
        {"region": "a b; touch x"},
        {"context": {"s3:TlsVersion": "1; touch x"}},
        {"context": {"aws:SecureTransport": "false"}, "region": "`touch x`"},
    ],
)
@pytest.mark.parametrize("kind", ["anonymous", "account"])
def test_no_word_of_a_line_is_one_for_the_shell(more, kind):
    line = request_command(request_for("GetObject", kind=kind, **more))
    split = shlex.shlex(line, posix=True, punctuation_chars=True)
    assert not {"touch", ";", "`"} & set(split)


def test_half_a_surrogate_pair_in_a_key_is_sent_as_bytes():
    line = request_command(request_for("GetObject", resource="arn:aws:s3:::b/\ud800"))
    assert line == "curl 'https://b.s3.amazonaws.com/%ED%A0%80'"
