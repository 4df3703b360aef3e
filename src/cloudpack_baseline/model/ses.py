"""Records of Amazon SES."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["EmailIdentity"]


def _combined(policies: Mapping[str, str]) -> str | None:
    """The policies of an identity as one, with the statements of all."""
    documents = [policy for _, policy in sorted(policies.items())]
    if len(documents) <= 1:
        return documents[0] if documents else None
    statements: list[object] = []
    for document in documents:
        try:
            statement = json.loads(document)["Statement"]
        except (ValueError, KeyError, TypeError) as error:
            raise Misshapen(f"Policies: {error}") from None
        statements += statement if isinstance(statement, list) else [statement]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@frozen(kw_only=True)
class EmailIdentity(Record):
    """A domain or address that mail is sent from (Amazon SES API v2 Reference, IdentityInfo).

    Attributes:
        policy: its authorization policies, as one JSON string (GetEmailIdentityPolicies);
            ``None``: it has none.
    """

    api = Listed(
        "sesv2:ListEmailIdentities",
        arn="arn:{partition}:ses:{region}:{account}:identity/{IdentityName}",
        id="IdentityName",
        name="IdentityName",
        gone="NotFoundException",
        absent="EndpointConnectionError",
    )

    policy: Field[str | None] = described(
        "Policies",
        operation="sesv2:GetEmailIdentityPolicies",
        convert=_combined,
        omitted=None,
        default=None,
    )
