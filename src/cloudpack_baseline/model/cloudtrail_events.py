"""Records of events that AWS CloudTrail keeps for 90 days."""

from __future__ import annotations

import json
import re
from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["RootSession"]


def _target_account(event: object) -> str | None:
    """The account ID in ``targetPrincipal``, which is an ID or an ARN."""
    if not isinstance(event, str):
        raise Misshapen("CloudTrailEvent: is not a string")
    content = json.loads(event)
    if content.get("errorCode"):
        return None
    account = re.search(r"\d{12}", content["requestParameters"]["targetPrincipal"])
    if account is None:
        raise Misshapen("targetPrincipal: is not an account")
    return account[0]


@frozen(kw_only=True)
class RootSession(Record):
    """A session for a task of the root user of a member account, the event ``AssumeRoot``.

    It is recorded in the account that began it: the management account, or a delegated
    administrator of IAM (IAM User Guide, Track privileged tasks in AWS CloudTrail; CloudTrail API
    Reference, LookupEvents).

    Attributes:
        event_time: when it began.
        target_account: the ID of the member account; ``None``: the request failed.
    """

    api = Listed(
        "cloudtrail:LookupEvents",
        arn="arn:{partition}:cloudtrail:{region}:{account}:event/{EventId}",
        id="EventId",
        name="EventId",
        parameters={
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "AssumeRoot"}]
        },
    )

    event_time: Field[datetime]
    target_account: Field[str | None] = described("CloudTrailEvent", convert=_target_account)
