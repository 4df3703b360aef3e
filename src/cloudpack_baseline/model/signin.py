"""Records of AWS Sign-In."""

from __future__ import annotations

import json

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Singular, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["ConsoleSignInPolicy"]

_NONE = ("ResourceNotFoundException", "EndpointConnectionError")
"""There is none, or the partition does not offer it."""


def _document(policy: Answer) -> str:
    """As IAM writes policies; the service names the elements in lower case."""
    statements = [
        {name.capitalize(): element for name, element in statement.items()}
        for statement in policy["statement"]
    ]
    return json.dumps({"Version": policy["version"], "Statement": statements})


@frozen(kw_only=True)
class ConsoleSignInPolicy(Record):
    """Who may sign in to the console of an account, and from where (SigninResourceBasedPolicy).

    Attributes:
        document: the policy, a JSON string as of IAM (GetResourcePolicy); ``None``: there is none.
        enabled: consoleAuthorizationEnabled: whether it is in effect
            (GetConsoleAuthorizationConfiguration).
    """

    api = Singular(
        "signin:GetResourcePolicy",
        arn="arn:{partition}:iam::{account}:root",
        name="{account}",
        absent=_NONE,
        regional=False,
    )

    document: Field[str | None] = described(
        "signinResourceBasedPolicy", convert=_document, default=None
    )
    enabled: Field[bool] = described(
        "consoleAuthorizationEnabled",
        operation="signin:GetConsoleAuthorizationConfiguration",
        absent=_NONE,
        default=False,
    )
