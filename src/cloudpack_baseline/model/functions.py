"""Records of AWS Lambda: aliases and published versions of functions."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["LambdaAlias", "LambdaVersion"]

_NOT_FOUND = "ResourceNotFoundException"


def _alias(alias: Answer) -> str:
    """The name of the function, and that of the alias."""
    return ":".join(string(alias, "AliasArn").split(":")[-2:])


def _version(version: Answer) -> str:
    """The name of the function, and the number of the version."""
    return ":".join(string(version, "FunctionArn").split(":")[-2:])


@frozen(kw_only=True)
class LambdaAlias(Record):
    """An alias of a function (AWS Lambda API Reference, AliasConfiguration).

    Attributes:
        policy: Policy of the alias, a JSON string (GetPolicy); ``None``: it has none.
        url_auth_type: AuthType of its URL, ``NONE`` or ``AWS_IAM`` (ListFunctionUrlConfigs);
            ``None``: it has no URL.
    """

    api = Listed("lambda:ListAliases", arn="AliasArn", id="AliasArn", name=_alias)

    policy: Field[str | None] = described(
        "Policy", operation="lambda:GetPolicy", absent=_NOT_FOUND, default=None
    )
    url_auth_type: Field[str | None] = described(
        "AuthType", operation="lambda:ListFunctionUrlConfigs", default=None
    )


@frozen(kw_only=True)
class LambdaVersion(Record):
    """A published version of a function (AWS Lambda API Reference, FunctionConfiguration).

    Attributes:
        policy: Policy of the version, a JSON string (GetPolicy); ``None``: it has none.
    """

    api = Listed(
        "lambda:ListFunctions",
        arn="FunctionArn",
        id="FunctionArn",
        name=_version,
        parameters={"FunctionVersion": "ALL"},
    )

    policy: Field[str | None] = described(
        "Policy", operation="lambda:GetPolicy", absent=_NOT_FOUND, default=None
    )
