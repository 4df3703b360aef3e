"""Records of AWS Systems Manager: documents."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["SsmDocument"]


def _recipients(answer: Answer) -> tuple[str, ...]:
    """Account IDs, and ``all``, which some answers write with a capital letter."""
    if answer.get("NextToken"):
        raise Misshapen("AccountIds: continues on another page")
    accounts = answer.get("AccountIds")
    if not isinstance(accounts, list):
        raise Misshapen("AccountIds: is not a list")
    return tuple(sorted(str(account).lower() for account in accounts))


@frozen(kw_only=True)
class SsmDocument(Record):
    """A document of the account (Systems Manager API Reference, DocumentIdentifier).

    Attributes:
        account_ids: the account IDs that it is shared with, and ``all`` for everyone
            (DescribeDocumentPermission).
    """

    api = Listed(
        "ssm:ListDocuments",
        arn="arn:{partition}:ssm:{region}:{account}:document/{Name}",
        id="Name",
        gone="InvalidDocument",
    )

    account_ids: Field[tuple[str, ...]] = described(
        "", operation="ssm:DescribeDocumentPermission", convert=_recipients
    )
