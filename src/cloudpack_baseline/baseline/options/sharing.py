"""Options of controls of sharing and copies of data."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field

from cloudpack_baseline.baseline.formats import AccountId, OrganizationId, Region, Ticket, Words
from cloudpack_baseline.immutable import frozen

__all__ = [
    "AiServicesOptOutOptions",
    "BackupCopyDestinationOptions",
    "DataExportPathsOptions",
    "DeclaredExportPath",
    "ResourceSharingOptions",
    "S3ReplicationDestinationOptions",
]


@frozen(kw_only=True)
class AiServicesOptOutOptions:
    """Options of ai-services-opt-out.

    Attributes:
        services: names of the AI services in use, as in the policy (``rekognition``); ``*``: any;
            if empty, none is used.
    """

    services: tuple[Words, ...] = ("*",)


@frozen(kw_only=True)
class DeclaredExportPath:
    """A resource that may carry data out of AWS.

    Attributes:
        resource: its name, ID or ARN, or a pattern (``*``, ``?``).
        ticket: the key or the URL of the ticket in which it was approved.
    """

    resource: Words
    ticket: Ticket


@frozen(kw_only=True)
class DataExportPathsOptions:
    """Options of data-export-paths.

    Attributes:
        declared: what may carry data out of AWS: tables with ``resource`` (an ID, a name, an ARN or
            a pattern) and ``ticket``.
    """

    declared: tuple[DeclaredExportPath, ...] = ()


@frozen(kw_only=True)
class ResourceSharingOptions:
    """Options of resource-sharing, which apply to every control on sharing.

    Attributes:
        accounts: IDs of accounts that resources may be shared with, in addition to those of
            ``[accounts]``.
        organizations: IDs of organizations that resources may be shared with, in addition to that
            of the account.
        public: names or ARNs of resources that anyone may use, such as a function with a URL, or
            patterns (``*``, ``?``).
    """

    accounts: tuple[AccountId, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    public: tuple[str, ...] = ()


@frozen(kw_only=True)
class BackupCopyDestinationOptions:
    """Options of backup-copy-destination.

    Attributes:
        accounts: IDs of accounts that may receive copies of backups, in addition to those of
            ``[accounts]``.
    """

    accounts: tuple[AccountId, ...] = ()


@frozen(kw_only=True)
class S3ReplicationDestinationOptions:
    """Options of s3-replication-destination.

    Attributes:
        accounts: IDs of accounts that may receive copies, in addition to those of ``[accounts]``.
        buckets: buckets of declared accounts that are not read here, or whose Region is not
            available from the source: name = Region.
    """

    accounts: tuple[AccountId, ...] = ()
    buckets: Mapping[str, Region] = field(factory=dict)
