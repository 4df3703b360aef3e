"""Records of Amazon Redshift: snapshots and data shares, which other accounts can use."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["RedshiftDataShare", "RedshiftServerlessSnapshot", "RedshiftSnapshot"]


def _accounts(grants: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(sorted(string(grant, "AccountId") for grant in grants))


@frozen(kw_only=True)
class RedshiftSnapshot(Record):
    """A manual snapshot of a cluster (Amazon Redshift API Reference, Snapshot).

    Attributes:
        restore_accounts: AccountsWithRestoreAccess: IDs of the accounts that can restore it.
    """

    api = Listed(
        "redshift:DescribeClusterSnapshots",
        arn="arn:{partition}:redshift:{region}:{account}:snapshot:"
        "{ClusterIdentifier}/{SnapshotIdentifier}",
        name="SnapshotIdentifier",
    )

    restore_accounts: Field[tuple[str, ...]] = described(
        "AccountsWithRestoreAccess", convert=_accounts, default=()
    )


@frozen(kw_only=True)
class RedshiftServerlessSnapshot(Record):
    """A snapshot of a namespace (Amazon Redshift Serverless API Reference, Snapshot).

    Attributes:
        restore_accounts: accountsWithRestoreAccess: IDs of the accounts that can restore it.
    """

    api = Listed(
        "redshift-serverless:ListSnapshots",
        arn="snapshotArn",
        name="snapshotName",
        absent="EndpointConnectionError",
    )

    restore_accounts: Field[tuple[str, ...]] = described(
        "accountsWithRestoreAccess", unordered=True, default=()
    )


_IN_FORCE = ("ACTIVE", "AUTHORIZED")


def _consumers(associations: Iterable[Answer]) -> tuple[str, ...]:
    """Account IDs and ARNs of namespaces; the catalog of an account stands for the account."""
    return tuple(
        sorted(
            string(association, "ConsumerIdentifier").removeprefix("DataCatalog/")
            for association in associations
            if association.get("Status") in _IN_FORCE
        )
    )


def _name(share: Answer) -> str:
    return string(share, "DataShareArn").rpartition("/")[2]


@frozen(kw_only=True)
class RedshiftDataShare(Record):
    """A data share that the account produces (Amazon Redshift API Reference, DataShare).

    Attributes:
        consumers: who may use it: account IDs, ARNs of namespaces, and ``ADX`` for AWS Data
            Exchange (DataShareAssociations, if authorized or active).
    """

    api = Listed("redshift:DescribeDataSharesForProducer", arn="DataShareArn", name=_name)

    consumers: Field[tuple[str, ...]] = described(
        "DataShareAssociations", convert=_consumers, default=()
    )
