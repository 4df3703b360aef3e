"""AWS Identity and Access Management: the managed policies in use, and the credential report."""

from __future__ import annotations

import base64
import csv
from time import sleep

from attrs import evolve

from cloudpack_baseline.model.iam_credentials import CredentialReportEntry
from cloudpack_baseline.model.iam_principals import ManagedPolicyDetail, UserDetail
from cloudpack_baseline.model.reading import Misshapen, member
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_USES = "PermissionsBoundaryUsageCount"
_ALL = "iam:GetAccountAuthorizationDetails"
_POLICIES = described_gatherer(ManagedPolicyDetail)
_USERS = described_gatherer(UserDetail)
_LOGIN_PROFILE = "iam:GetLoginProfile"
_DEVICES = "iam:ListMFADevices"


def _users(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Users; MFA devices only of those who may have a password: one call a user is saved."""
    listing = calls.listing(_ALL, "UserDetailList", Filter=["User"])
    return records_of(
        calls,
        UserDetail,
        _ALL,
        listing,
        selected,
        answered={_DEVICES: _devices},
        asked_before=(_LOGIN_PROFILE,),
    )


def _devices(calls: Calls, user: ListedItem) -> Reply:
    if _LOGIN_PROFILE in user.replies and user.replies[_LOGIN_PROFILE] is None:
        detail = f"{user.subject} has no password"
        return Unknown.because(Why.NOT_GATHERED, operation=_DEVICES, detail=detail)
    listing = calls.listing(_DEVICES, UserName=user.subject)
    return {"MFADevices": list(listing.items)} if listing.unknown is None else listing.unknown


def _policies(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_ALL, "Policies", Filter=["LocalManagedPolicy", "AWSManagedPolicy"])
    boundaries: frozenset[str] = frozenset()
    if any(_USES not in item for item in listing.items):
        boundaries = _boundaries(calls)
    used = tuple(item for item in listing.items if _is_used(item, boundaries))
    listing = Listing(used, listing.unknown)
    return records_of(calls, ManagedPolicyDetail, _ALL, listing, selected)


def _is_used(item: Answer, boundaries: frozenset[str]) -> bool:
    return bool(item.get("AttachmentCount") or item.get(_USES) or item.get("Arn") in boundaries)


def _boundaries(calls: Calls) -> frozenset[str]:
    """The policies that bound someone, where no count says so: on moto, in old recordings."""
    principals = (
        calls.listing(_ALL, "UserDetailList", Filter=["User"]),
        calls.listing(_ALL, "RoleDetailList", Filter=["Role"]),
    )
    arns = (converted(_ALL, _boundary, item) for listing in principals for item in listing.items)
    return frozenset(arn for arn in arns if isinstance(arn, str))


def _boundary(principal: Answer) -> object:
    return member(principal, "PermissionsBoundary.PermissionsBoundaryArn")


_GENERATE = "iam:GenerateCredentialReport"
_REPORT = "iam:GetCredentialReport"
_PENDING = ("ReportInProgress", "ReportNotPresent", "ReportExpired")
_ENTRIES = described_gatherer(CredentialReportEntry)
_PAUSES = (1, 2, 4, 8, 16)
"""Seconds between attempts. A report of a few hundred users takes seconds; AWS starts no second
one within four hours."""


def _credential_report(calls: Calls, selected: frozenset[str]) -> Gathered:
    """The rows of the report, once it is complete.

    If generating is denied, the report of somebody else may still be there: AWS returns none that
    is older than four hours.
    """
    started = calls.get(_GENERATE)
    answer = calls.get(_REPORT)
    for pause in () if isinstance(started, Unknown) else _PAUSES:
        if not _is_pending(answer):
            break
        sleep(pause)
        answer = calls.get(_REPORT)
    rows = answer if isinstance(answer, Unknown) else converted(_REPORT, _rows, answer or {})
    if isinstance(rows, Unknown):
        return Gathered((), rows | started if isinstance(started, Unknown) else rows)
    return records_of(calls, CredentialReportEntry, _REPORT, Listing(rows), selected)


def _is_pending(answer: Answer | Unknown | None) -> bool:
    return isinstance(answer, Unknown) and all(cause.code in _PENDING for cause in answer.causes)


def _rows(report: Answer) -> tuple[Answer, ...]:
    """The rows by the names of the columns; the AWS CLI prints the report in Base64."""
    content = report["Content"]
    content = base64.b64decode(content, validate=True) if isinstance(content, str) else content
    if not isinstance(content, bytes):
        raise Misshapen("Content: is not a report")
    try:
        reader = csv.DictReader(content.decode().splitlines(), strict=True)
        rows = tuple(reader)
    except csv.Error as error:
        raise Misshapen(f"Content: {error}") from error
    if "user" not in (reader.fieldnames or ()):
        raise Misshapen("Content: has no column user")
    return rows


GATHERERS = (
    evolve(_USERS, run=_users),
    evolve(_POLICIES, run=_policies),
    evolve(_ENTRIES, run=_credential_report, operations=(_REPORT, _GENERATE)),
)
