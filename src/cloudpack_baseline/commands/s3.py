"""Requests to Amazon S3: ``curl`` for unsigned ones, ``aws`` for signed ones.

Only actions that a declaration of a bucket can mean (read, list, write) have a line.

Source: Amazon S3 User Guide, "Virtual hosting of general purpose buckets" and "Accessing general
purpose buckets through access points"; Amazon S3 API Reference; AWS CLI Command Reference, s3api.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from cloudpack_baseline.access import Request

__all__ = ["CALLS", "Call", "request_command"]


@frozen
class Call:
    """How to call an action by hand.

    Attributes:
        operation: of ``aws s3api``.
        method: of HTTP.
        query: of the URL.
        arguments: that the operation requires besides bucket and key.
        options: of the operation, by the condition key that they fill.
    """

    operation: str
    method: str = "GET"
    query: str = ""
    arguments: str = ""
    options: frozenset[str] = frozenset()


_LISTING: Final = frozenset(("s3:prefix", "s3:delimiter", "s3:max-keys"))
_OPTIONS: Final = {
    "s3:prefix": "prefix",
    "s3:delimiter": "delimiter",
    "s3:max-keys": "max-keys",
    "s3:if-match": "if-match",
    "s3:if-none-match": "if-none-match",
    "s3:x-amz-acl": "acl",
    "s3:x-amz-grant-full-control": "grant-full-control",
    "s3:x-amz-grant-read": "grant-read",
    "s3:x-amz-grant-read-acp": "grant-read-acp",
    "s3:x-amz-grant-write-acp": "grant-write-acp",
    "s3:x-amz-server-side-encryption": "server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "ssekms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm": "sse-customer-algorithm",
    "s3:x-amz-storage-class": "storage-class",
    "s3:x-amz-website-redirect-location": "website-redirect-location",
}
CALLS: Final = {
    "s3:GetObject": Call("get-object", arguments="/dev/null"),
    "s3:ListBucket": Call("list-objects-v2", query="list-type=2", options=_LISTING),
    "s3:ListBucketVersions": Call("list-object-versions", query="versions", options=_LISTING),
    "s3:ListBucketMultipartUploads": Call("list-multipart-uploads", query="uploads"),
    "s3:PutObject": Call("put-object", "PUT", options=frozenset(_OPTIONS) - _LISTING),
    "s3:DeleteObject": Call("delete-object", "DELETE"),
    "s3:DeleteObjectVersion": Call(
        "delete-object", "DELETE", "versionId=null", "--version-id null"
    ),
    "s3:AbortMultipartUpload": Call(
        "abort-multipart-upload", "DELETE", "uploadId=UPLOAD_ID", "--upload-id UPLOAD_ID"
    ),
}
"""The actions that a declaration can mean."""

_SUFFIXES: Final = {
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
}
_ACCESS_POINT: Final = re.compile(r"arn:[^:]*:s3:([^:]+):(\d{12}):accesspoint/([^/]+)", re.ASCII)
_NEEDS_NO_QUOTES: Final = re.compile(r"[\w.:/-]+", re.ASCII)
_SIGNED: Final = frozenset({"account", "canonical"})
_USUAL_ADDRESS: Final = "8.8.8.8"
_NEWEST_TLS: Final = "1.3"


def request_command(request: Request) -> str:
    """Return a line that sends the request; empty where nobody can send it by hand.

    What a line cannot carry (the address that it has to come from, the principal who signs it)
    follows as a comment, and so does a warning that it changes the bucket. A service calls by
    itself, and actions that no declaration can mean have no line.
    """
    call = CALLS.get(request.action)
    if call is None:
        return ""
    # The warning goes wherever the line is copied.
    remarks = () if call.method == "GET" else ("changes the bucket",)
    if request.principal_kind == "anonymous":
        return _with_remarks(_curl(request, call), request, remarks)
    if request.principal_kind in _SIGNED:
        return _with_remarks(_aws(request, call), request, (*remarks, f"as {request.principal}"))
    return ""


def _with_remarks(command: str, request: Request, remarks: tuple[str, ...]) -> str:
    address = request.context.get("aws:SourceIp", _USUAL_ADDRESS)
    if address != _USUAL_ADDRESS:
        remarks += (f"from {address}",)
    endpoint = request.context.get("aws:SourceVpce") or request.context.get("aws:SourceVpc")
    if endpoint:
        remarks += (f"through {endpoint}",)
    return f"{command}  # {_one_line(', '.join(remarks))}" if remarks else command


def _curl(request: Request, call: Call) -> str:
    words = ["curl"]
    if call.method != "GET":
        words.append(f"-X {call.method}")
    words += [f"-H {_quoted(header)}" for header in _headers(request)]
    for option, key in (("-e", "aws:Referer"), ("-A", "aws:UserAgent")):
        value = str(request.context.get(key, ""))
        if value and not value.startswith("curl/"):
            words.append(f"{option} {_quoted(value)}")
    highest = request.context.get("s3:TlsVersion", _NEWEST_TLS)
    if highest != _NEWEST_TLS:
        words.append(f"--tls-max {_word(str(highest))}")
    if call.method == "PUT":
        words.append("-d ''")
    return " ".join([*words, _quoted(_url(request, call))])


def _headers(request: Request) -> list[str]:
    """The headers for condition keys of S3, by the names of the keys."""
    headers = [
        f"{key.removeprefix('s3:')}: {value}"
        for key, value in request.context.items()
        if key.startswith(("s3:x-amz-", "s3:if-")) and value
    ]
    tags = _tags(request)
    return [*headers, f"x-amz-tagging: {tags}"] if tags else headers


def _tags(request: Request) -> str:
    return "&".join(
        f"{_encoded(key.partition('/')[2])}={_encoded(str(value))}"
        for key, value in request.context.items()
        if key.startswith("s3:RequestObjectTag/")
    )


def _url(request: Request, call: Call) -> str:
    scheme = "http" if request.context.get("aws:SecureTransport") == "false" else "https"
    path = _encoded(request.key or "", safe="/~")
    query = [call.query] if call.query else []
    query += [
        f"{option}={_encoded(str(request.context[key]))}"
        for key, option in _OPTIONS.items()
        if key in _LISTING & call.options and key in request.context
    ]
    return f"{scheme}://{_host(request)}/{path}" + (f"?{'&'.join(query)}" if query else "")


def _host(request: Request) -> str:
    suffix = _suffix(request)
    point = _access_point(request)
    if point is not None:
        region, account, name = point
        return f"{name}-{account}.s3-accesspoint.{region}.{suffix}"
    service = f"s3.{request.region}.{suffix}" if request.region else f"s3.{suffix}"
    # The certificate of S3 does not cover names with dots.
    return f"{service}/{request.bucket}" if "." in request.bucket else f"{request.bucket}.{service}"


def _suffix(request: Request) -> str:
    return _SUFFIXES.get(request.resource.split(":")[1], "amazonaws.com")


def _access_point(request: Request) -> tuple[str, str, str] | None:
    """Region, account and name of the access point that the request goes through."""
    arn = str(request.context.get("s3:DataAccessPointArn", "")) if request.access_point else ""
    match = _ACCESS_POINT.fullmatch(arn)
    return (match[1], match[2], match[3]) if match else None


def _aws(request: Request, call: Call) -> str:
    by_point = _access_point(request) is not None
    target = str(request.context["s3:DataAccessPointArn"]) if by_point else request.bucket
    words = [f"aws s3api {call.operation} --bucket {_word(target)}"]
    if request.key is not None:
        words.append(f"--key {_quoted(request.key)}")
    words += [
        f"--{option} {_quoted(str(request.context[key]))}"
        for key, option in _OPTIONS.items()
        if key in call.options and request.context.get(key)
    ]
    tags = _tags(request)
    if tags and call.operation == "put-object":
        words.append(f"--tagging {_quoted(tags)}")
    if call.arguments:
        words.append(call.arguments)
    if request.context.get("aws:SecureTransport") == "false":
        service = f"s3.{request.region}" if request.region else "s3"
        words.append(f"--endpoint-url {_word(f'http://{service}.{_suffix(request)}')}")
    if request.region and not by_point:
        words.append(f"--region {_word(request.region)}")
    return " ".join(words)


def _one_line(remark: str) -> str:
    """Escape what could end the comment, or hide what it says."""
    return "".join(char if char.isprintable() else _escape(char) for char in remark)


def _escape(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def _encoded(text: str, safe: str = "/") -> str:
    """Percent-encode for a URL; half a surrogate pair as the bytes that it would have."""
    return quote(text, safe=safe, errors="surrogatepass")


def _word(text: str) -> str:
    """As it is where a shell takes it so, else in quotes."""
    return text if _NEEDS_NO_QUOTES.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    """In quotes for a shell, on one line."""
    if text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    escaped = _escape(text).replace("'", "\\'")
    return f"$'{escaped}'"
