"""Requests as lines for a shell: ``curl`` for unsigned ones, ``aws`` for signed ones.

Source: Amazon S3 User Guide, "Virtual hosting of general purpose buckets" and "Accessing general
purpose buckets through access points"; Amazon S3 API Reference; AWS CLI Command Reference, s3api.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from cloudpack_baseline.access._s3_lines import LINES, Line

if TYPE_CHECKING:
    from cloudpack_baseline.access.requests import Request

__all__ = ["command_of"]

_SUFFIXES: Final = {
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
}
_POINT: Final = re.compile(r"arn:[^:]*:s3:([^:]+):(\d{12}):accesspoint/([^/]+)", re.ASCII)
_PLAIN: Final = re.compile(r"[\w.:/-]+", re.ASCII)
_SIGNED: Final = frozenset({"account", "canonical"})
_USUAL_ADDRESS: Final = "8.8.8.8"
_NEWEST_TLS: Final = "1.3"

_QUERIES: Final = {
    "s3:prefix": "prefix",
    "s3:delimiter": "delimiter",
    "s3:max-keys": "max-keys",
    "s3:versionid": "versionId",
}
_OPTIONS: Final = {
    "s3:prefix": "prefix",
    "s3:delimiter": "delimiter",
    "s3:max-keys": "max-keys",
    "s3:versionid": "version-id",
    "s3:if-none-match": "if-none-match",
    "s3:if-match": "if-match",
    "s3:x-amz-acl": "acl",
    "s3:x-amz-grant-full-control": "grant-full-control",
    "s3:x-amz-grant-read": "grant-read",
    "s3:x-amz-grant-read-acp": "grant-read-acp",
    "s3:x-amz-grant-write": "grant-write",
    "s3:x-amz-grant-write-acp": "grant-write-acp",
    "s3:x-amz-object-ownership": "object-ownership",
    "s3:x-amz-server-side-encryption": "server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "ssekms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm": "sse-customer-algorithm",
    "s3:x-amz-storage-class": "storage-class",
    "s3:x-amz-website-redirect-location": "website-redirect-location",
}

_TAKEN_BY: Final = {
    "grant-write": frozenset(("put-bucket-acl", "put-object-acl", "create-bucket")),
    **dict.fromkeys(
        ("server-side-encryption", "ssekms-key-id", "storage-class"), frozenset(("put-object",))
    ),
}
"""Options that not every operation takes whose action may be asked for them."""


def command_of(request: Request) -> str:
    """A line that sends the request; empty where nobody can send it by hand.

    What a line cannot carry (the address it has to come from, the principal who signs it) stands
    behind it as a comment, and so does that it changes the bucket. A service calls by itself, and
    some actions are never called alone.
    """
    line = LINES.get(request.action.partition(":")[2])
    if line is None:
        return ""
    if request.principal_kind == "anonymous":
        return _with_remarks(_curl(request, line), request, _effect(line))
    if request.principal_kind in _SIGNED:
        remarks = (*_effect(line), f"as {request.principal}")
        return _with_remarks(_aws(request, line), request, remarks)
    return ""


def _effect(line: Line) -> tuple[str, ...]:
    """A warning that goes wherever the line is copied, where it does more than look."""
    return () if line.method == "GET" else ("changes the bucket",)


def _with_remarks(command: str, request: Request, remarks: tuple[str, ...]) -> str:
    address = request.context.get("aws:SourceIp", _USUAL_ADDRESS)
    if address != _USUAL_ADDRESS:
        remarks += (f"from {address}",)
    endpoint = request.context.get("aws:SourceVpce") or request.context.get("aws:SourceVpc")
    if endpoint:
        remarks += (f"through {endpoint}",)
    return f"{command}  # {_one_line(', '.join(remarks))}" if remarks else command


def _curl(request: Request, line: Line) -> str:
    words = ["curl"]
    if line.method != "GET":
        words.append(f"-X {line.method}")
    words += [f"-H {_quoted(header)}" for header in _headers(request)]
    for option, key in (("-e", "aws:Referer"), ("-A", "aws:UserAgent")):
        value = str(request.context.get(key, ""))
        if value and not value.startswith("curl/"):
            words.append(f"{option} {_quoted(value)}")
    highest = request.context.get("s3:TlsVersion", _NEWEST_TLS)
    if highest != _NEWEST_TLS:
        words.append(f"--tls-max {_word(str(highest))}")
    if line.body:
        words.append(f"--data-binary {_quoted('@' + line.body)}")
    elif line.method in {"PUT", "POST"}:
        words.append("-d ''")
    return " ".join([*words, _quoted(_address(request, line))])


def _headers(request: Request) -> list[str]:
    """The headers that condition keys of S3 tell of, by the names of the keys."""
    found = [
        f"{key.removeprefix('s3:')}: {value}"
        for key, value in _carried(request).items()
        if key.startswith(("s3:x-amz-", "s3:if-")) and value
    ]
    if request.action.endswith("Attributes"):
        found.append("x-amz-object-attributes: ETag")
    tags = _tags(request)
    return [*found, f"x-amz-tagging: {tags}"] if tags else found


def _carried(request: Request) -> Mapping[str, str | tuple[str, ...]]:
    """The context, and an ACL where one has to be given."""
    context = request.context
    given = any(key.startswith(("s3:x-amz-acl", "s3:x-amz-grant-")) for key in context)
    if given or not (request.action.startswith("s3:Put") and request.action.endswith("Acl")):
        return context
    return {**context, "s3:x-amz-acl": "private"}


def _tags(request: Request) -> str:
    return "&".join(
        f"{_encoded(key.partition('/')[2])}={_encoded(str(value))}"
        for key, value in request.context.items()
        if key.startswith("s3:RequestObjectTag/")
    )


def _address(request: Request, line: Line) -> str:
    scheme = "http" if request.context.get("aws:SecureTransport") == "false" else "https"
    path = _encoded(request.key or "", safe="/~")
    query = dict(part.partition("=")[::2] for part in filter(None, line.query.split("&")))
    for key, name in _QUERIES.items():
        value = request.context.get(key)
        if value is not None and (key != "s3:versionid" or "versionId" in query):
            query[name] = _encoded(str(value))
    text = "&".join(f"{name}={value}" if value else name for name, value in query.items())
    return f"{scheme}://{_host(request)}/{path}" + (f"?{text}" if text else "")


def _host(request: Request) -> str:
    suffix = _suffix(request)
    point = _point(request)
    if point is not None:
        region, account, name = point
        return f"{name}-{account}.s3-accesspoint.{region}.{suffix}"
    service = f"s3.{request.region}.{suffix}" if request.region else f"s3.{suffix}"
    # The certificate of S3 does not hold for names with dots.
    return f"{service}/{request.bucket}" if "." in request.bucket else f"{request.bucket}.{service}"


def _suffix(request: Request) -> str:
    return _SUFFIXES.get(request.resource.split(":")[1], "amazonaws.com")


def _point(request: Request) -> tuple[str, str, str] | None:
    """Region, account and name of the access point that the request goes through."""
    arn = str(request.context.get("s3:DataAccessPointArn", "")) if request.access_point else ""
    found = _POINT.fullmatch(arn)
    return (found[1], found[2], found[3]) if found else None


def _aws(request: Request, line: Line) -> str:
    by_point = _point(request) is not None
    target = str(request.context["s3:DataAccessPointArn"]) if by_point else request.bucket
    words = [f"aws s3api {line.operation} --bucket {_word(target)}"]
    if request.key is not None:
        words.append(f"--key {_quoted(request.key)}")
    context = _carried(request)
    if "versionId" in line.query:
        context = {"s3:versionid": "null", **context}
    words += [
        f"--{option} {_quoted(str(context[key]))}"
        for key, option in _OPTIONS.items()
        if context.get(key) and line.operation in _TAKEN_BY.get(option, (line.operation,))
    ]
    tags = _tags(request)
    if tags and line.operation == "put-object":
        words.append(f"--tagging {_quoted(tags)}")
    if line.arguments:
        words.append(line.arguments)
    if request.context.get("aws:SecureTransport") == "false":
        service = f"s3.{request.region}" if request.region else "s3"
        words.append(f"--endpoint-url {_word(f'http://{service}.{_suffix(request)}')}")
    if request.region and not by_point:
        words.append(f"--region {_word(request.region)}")
    return " ".join(words)


def _one_line(remark: str) -> str:
    """The remark without what could end the comment, or hide what stands in it."""
    return "".join(one if one.isprintable() else _escape(one) for one in remark)


def _escape(one: str) -> str:
    return one.encode("unicode_escape").decode("ascii")


def _encoded(text: str, safe: str = "/") -> str:
    """For an address; half a surrogate pair as the bytes that it would have."""
    return quote(text, safe=safe, errors="surrogatepass")


def _word(text: str) -> str:
    """As it is where a shell takes it so, else in quotes."""
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    """In quotes for a shell, on one line."""
    if text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    escaped = _escape(text).replace("'", "\\'")
    return f"$'{escaped}'"
