"""Refuses the bodies of responses that botocore would take for an empty answer.

To botocore, a body that is not JSON, an empty one and a web page of a proxy are answers without
members (`botocore.parsers`). Read as "there is no policy", such a fault would be a pass.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

__all__ = ["refuse_incomplete"]

_JSON = ("json", "rest-json")
_PAGES = (b"<!doctype html", b"<html")
_PAYLOADS = ("blob", "string")
"""Types of members that are the body themselves, such as a bucket policy."""


def refuse_incomplete(
    operation_model: OperationModel, response_dict: Mapping[str, Any], **_: object
) -> None:
    """A handler of ``before-parse``.

    Raises:
        ResponseParserError: the response is a success, and its body no complete answer.
    """
    body = response_dict["body"]
    if response_dict["status_code"] >= 300 or not _has_document(operation_model):  # noqa: PLR2004 - of HTTP
        return
    if not body.strip() or body[:64].lstrip().lower().startswith(_PAGES):
        raise ResponseParserError("the body is empty, or a web page")
    if operation_model.service_model.resolved_protocol in _JSON:
        try:
            json.loads(body)
        except ValueError as error:
            raise ResponseParserError("the body is not JSON") from error


def _has_document(operation_model: OperationModel) -> bool:
    """Whether the body is a document with the members of the answer."""
    output = operation_model.output_shape
    if output is None or operation_model.http.get("method") == "HEAD":
        return False
    payload = output.serialization.get("payload")
    return not (payload and output.members[payload].type_name in _PAYLOADS)
