"""Records of AWS Lambda."""

from __future__ import annotations

from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["LambdaFunction"]

_NOT_FOUND = "ResourceNotFoundException"
_FUNCTIONS = "lambda:ListFunctions"
_NOT_RECORDED = Unknown.because(Why.NOT_GATHERED, operation=_FUNCTIONS)
"""Of what an earlier version did not record."""


@frozen(kw_only=True)
class LambdaFunction(Record):
    """A function (AWS Lambda API Reference, FunctionConfiguration).

    Attributes:
        policy: Policy of the function without qualifier, a JSON string (GetPolicy); ``None``: it
            has none.
        url_auth_type: AuthType of its URL, ``NONE`` or ``AWS_IAM`` (GetFunctionUrlConfig);
            ``None``: it has no URL.
        package_type: ``Zip`` or ``Image``.
        last_modified: when its code or configuration was last updated.
        role: the ARN of Role, with which it runs.
    """

    api = Listed(_FUNCTIONS, arn="FunctionArn", id="FunctionName")

    policy: Field[str | None] = described(
        "Policy", operation="lambda:GetPolicy", absent=_NOT_FOUND, default=None
    )
    url_auth_type: Field[str | None] = described(
        "AuthType", operation="lambda:GetFunctionUrlConfig", absent=_NOT_FOUND, default=None
    )
    package_type: Field[str] = described("PackageType", omitted="Zip", default=_NOT_RECORDED)
    last_modified: Field[datetime] = described("LastModified", required=True, default=_NOT_RECORDED)
    role: Field[str] = described("Role", required=True, default=_NOT_RECORDED)
