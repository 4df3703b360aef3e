"""The register of resources with their owners (clause 4.1.2), as data and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks.service_managed import is_managed
from cloudpack_baseline.findings import causes_text
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.described import Singular
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reports.csv import cell
from cloudpack_baseline.texts import Language, Text, in_each_language, text

__all__ = [
    "NO_RESOURCES",
    "OwnerSource",
    "RegisteredResource",
    "register_csv",
    "register_of",
]

_ALL = "*"

NO_RESOURCES: Mapping[str, str] = MappingProxyType(
    {
        "AccountRegion": "a Region of the account",
        "CredentialReportEntry": "facts about a user, which is a UserDetail",
        "DBMajorEngineVersion": "a version that AWS offers",
        "InspectorCoverage": "results of scans",
        "InspectorFinding": "results of scans",
        "KmsAlias": "a name of a KmsKey",
        "ManualDBClusterSnapshot": "facts about a DBSnapshot",
        "ManualDBSnapshot": "facts about a DBSnapshot",
        "OrganizationAccount": "an account, whose own resources are registered",
        "PatchCompliance": "results of scans",
        "ProtectedResource": "facts about another resource",
        "RootSession": "an event",
        "SecurityGroupVpcAssociation": "facts about a SecurityGroup",
        "SslPolicy": "a policy that AWS offers",
    }
)
"""Kinds of listed records that are no resources of their own, with what they are instead. Settings
of an account or a Region are none either."""


class OwnerSource(StrEnum):
    """Where the owner of a resource comes from, or why there is none."""

    TAG = "tag"
    DECLARED = "declared"
    NONE = "none"
    """Its tags were read, and none of them names an owner."""
    NOT_READ = "not read"
    """Tags of this kind are not read, or could not be."""
    NOT_LISTED = "not listed"
    """Not a resource: that some of the kind may lack, since not all could be listed."""


@frozen(kw_only=True, order=True)
class RegisteredResource:
    """A row of the register.

    Attributes:
        account: the ID of the account in which it was seen.
        account_name: what the baseline calls that account.
        region: the Region; empty for global resources.
        service: of its ARN, such as ``s3``.
        kind: the class name of the record, such as ``Bucket``.
        resource: its key, the ARN in most cases.
        name: its name for people; ``*`` if the kind was not listed in full.
        owner: a person, a team or a role; empty: unknown.
        owner_source: where the owner comes from.
        managed: whether a service manages it, such as an automated snapshot.
        note: why the kind was not listed in full.
    """

    account: str
    account_name: str
    region: str
    service: str
    kind: str
    resource: str
    name: str
    owner: str
    owner_source: OwnerSource
    managed: bool = False
    note: Text | None = None

    def to_json(self) -> dict[str, Any]:
        """The row as JSON values."""
        return {
            "account": self.account,
            "account_name": self.account_name,
            "region": self.region,
            "service": self.service,
            "kind": self.kind,
            "resource": self.resource,
            "name": self.name,
            "owner": self.owner,
            "owner_source": self.owner_source.value,
            "managed": self.managed,
            "note": in_each_language(self.note) if self.note else None,
        }


def register_of(snapshot: Snapshot, baseline: Baseline) -> tuple[RegisteredResource, ...]:
    """All resources that the snapshot contains, and the kinds that were not listed in full.

    Args:
        snapshot: of one or several accounts.
        baseline: names the tags of owners, and owners (``[register]``).

    Returns:
        By account, Region, service, kind and key; each resource once.
    """
    names = {account.id: account.name for account in snapshot.accounts}
    rows: dict[tuple[str, str], RegisteredResource] = {}
    for record in snapshot.records:
        if _is_resource(record):
            row = _row(record, names.get(record.account, ""), baseline)
            rows.setdefault((row.account, row.resource), row)
    gaps = (
        _gap(coverage, coverage.unknown, names)
        for coverage in snapshot.coverage
        if coverage.unknown is not None and _is_kind(coverage.kind)
    )
    return tuple(sorted((*rows.values(), *gaps), key=_order))


def _order(row: RegisteredResource) -> tuple[str, ...]:
    return row.account, row.region, row.service, row.kind, row.resource


def _is_kind(kind: str) -> bool:
    """Whether the records of the kind are resources."""
    return kind not in NO_RESOURCES and not isinstance(
        catalogue.record_class(kind).api, Singular | None
    )


def _is_resource(record: Record) -> bool:
    # Of AWS are its managed policies and prefix lists: they are in no account.
    aws_owns = _parts(record.arn)[4] == "aws" or getattr(record, "owner_id", "") == "AWS"
    return _is_kind(type(record).__name__) and not aws_owns


def _row(record: Record, account_name: str, baseline: Baseline) -> RegisteredResource:
    owner, source = _owner(record, baseline)
    return RegisteredResource(
        account=record.account,
        account_name=account_name,
        region=record.region,
        service=_parts(record.arn)[2],
        kind=type(record).__name__,
        resource=record.key,
        name=record.display_name,
        owner=owner,
        owner_source=source,
        managed=is_managed(record),
    )


def _parts(arn: str) -> list[str]:
    """The parts ``arn:PARTITION:SERVICE:REGION:ACCOUNT:...``, empty where there is none."""
    return [*arn.split(":"), "", "", "", "", ""]


def _owner(record: Record, baseline: Baseline) -> tuple[str, OwnerSource]:
    options = baseline.register
    tags = getattr(record, "tags", None)
    if isinstance(tags, tuple):
        values = dict(tags)
        for key in options.owner_tags:
            if owner := values.get(key, "").strip():
                return owner, OwnerSource.TAG
    for declared in options.owners:
        if covers(declared.resource, record.key, record.display_name):
            return declared.owner, OwnerSource.DECLARED
    return "", OwnerSource.NONE if isinstance(tags, tuple) else OwnerSource.NOT_READ


def _gap(coverage: Coverage, unknown: Unknown, names: Mapping[str, str]) -> RegisteredResource:
    return RegisteredResource(
        account=coverage.account,
        account_name=names.get(coverage.account, ""),
        region=coverage.region,
        service="",
        kind=coverage.kind,
        resource=_ALL,
        name=_ALL,
        owner="",
        owner_source=OwnerSource.NOT_LISTED,
        note=text("register.not-listed", cause=causes_text(unknown.causes)),
    )


# -- CSV

_COLUMNS = (
    "account",
    "account-name",
    "region",
    "service",
    "kind",
    "name",
    "resource",
    "owner",
    "owner-source",
    "managed",
    "note",
)


def register_csv(rows: Iterable[RegisteredResource], language: Language) -> bytes:
    """The register as CSV in UTF-8 with a byte order mark, which Excel needs for Japanese.

    No cell is a formula, whatever a resource is called.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_say(column, language) for column in _COLUMNS])
    writer.writerows([cell(value) for value in _cells(row, language)] for row in rows)
    return ("\ufeff" + file.getvalue()).encode("utf-8", "backslashreplace")


def _say(words: str, language: Language) -> str:
    return text(f"register.{words}").in_language(language)


def _cells(row: RegisteredResource, language: Language) -> Iterator[str]:
    yield from (row.account, row.account_name, row.region, row.service, row.kind, row.name)
    yield from (row.resource, row.owner)
    yield _say(f"source-{row.owner_source.name.lower().replace('_', '-')}", language)
    yield _say("yes", language) if row.managed else ""
    yield row.note.in_language(language) if row.note else ""
