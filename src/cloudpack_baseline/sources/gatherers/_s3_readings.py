"""The fields of a bucket: which call tells each, and how its answer reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args

from attrs import frozen

from cloudpack_baseline.model.reading import single, string
from cloudpack_baseline.model.s3 import (
    Encryption,
    Grant,
    Logging,
    ObjectOwnership,
    ReplicationRule,
    Versioning,
    Website,
)
from cloudpack_baseline.sources.calls import Answer
from cloudpack_baseline.sources.gatherers._s3 import block_of

__all__ = ["NO_BLOCK", "READINGS", "Reading"]

T = TypeVar("T")

NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"
"""The error that means that Block Public Access was never configured."""


@frozen
class Reading:
    """How a field of a bucket is read.

    Attributes:
        operation: the call that tells it.
        convert: its value in the answer.
        absent: the error that means that there is none.
    """

    operation: str
    convert: Callable[[Answer], Any]
    absent: str = ""


def _grants(answer: Answer) -> tuple[Grant, ...]:
    return tuple(sorted(_grant(one) for one in answer["Grants"]))


def _grant(item: Answer) -> Grant:
    grantee = item["Grantee"]
    who = grantee.get("ID") or grantee.get("URI") or grantee["EmailAddress"]
    return Grant(
        grantee=who, grantee_type=string(grantee, "Type"), permission=string(item, "Permission")
    )


def _one_of(kind: Any, held: T) -> T:  # noqa: ANN401 - a Literal
    if held not in get_args(kind):
        raise ValueError(f"not one of {get_args(kind)}: {held!r}")
    return held


def _ownership(answer: Answer) -> ObjectOwnership:
    rule = single(answer["OwnershipControls"]["Rules"], "OwnershipControls.Rules")
    held: ObjectOwnership = rule["ObjectOwnership"]
    return _one_of(ObjectOwnership, held)


def _versioning(answer: Answer) -> Versioning | None:
    """A bucket that was never versioned has no Status (S3 API Reference)."""
    held: Versioning | None = answer.get("Status")
    return None if held is None else _one_of(Versioning, held)


def _website(answer: Answer) -> Website:
    redirect, index = answer.get("RedirectAllRequestsTo"), answer.get("IndexDocument")
    return Website(
        redirect_to=None if redirect is None else string(redirect, "HostName"),
        index_document=None if index is None else string(index, "Suffix"),
    )


def _encryption(answer: Answer) -> Encryption | None:
    """One rule at most names the default; others only bar ways of encrypting."""
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    defaults = [rule["ApplyServerSideEncryptionByDefault"] for rule in rules if _DEFAULT in rule]
    if not defaults:
        return None
    held = single(defaults, "ServerSideEncryptionConfiguration.Rules")
    key = string(held, "KMSMasterKeyID") if "KMSMasterKeyID" in held else None
    return Encryption(algorithm=string(held, "SSEAlgorithm"), kms_key=key)


_DEFAULT = "ApplyServerSideEncryptionByDefault"


def _logging(answer: Answer) -> Logging | None:
    """A bucket without logs answers with nothing (S3 API Reference)."""
    held = answer.get("LoggingEnabled")
    if held is None:
        return None
    prefix = string(held, "TargetPrefix") if "TargetPrefix" in held else ""
    return Logging(target_bucket=string(held, "TargetBucket"), target_prefix=prefix)


def _replication(answer: Answer) -> tuple[ReplicationRule, ...]:
    return tuple(_rule(one) for one in answer["ReplicationConfiguration"]["Rules"])


def _rule(item: Answer) -> ReplicationRule:
    target = item["Destination"]
    return ReplicationRule(
        id=item.get("ID", ""),
        enabled=_one_of(Literal["Enabled", "Disabled"], item["Status"]) == "Enabled",
        bucket=string(target, "Bucket"),
        account=string(target, "Account") if "Account" in target else None,
    )


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "owner": Reading("s3:GetBucketAcl", lambda answer: string(answer["Owner"], "ID")),
        "acl": Reading("s3:GetBucketAcl", _grants),
        "policy": Reading(
            "s3:GetBucketPolicy", lambda answer: string(answer, "Policy"), "NoSuchBucketPolicy"
        ),
        "ownership": Reading(
            "s3:GetBucketOwnershipControls", _ownership, "OwnershipControlsNotFoundError"
        ),
        "public_access_block": Reading("s3:GetPublicAccessBlock", block_of, NO_BLOCK),
        "versioning": Reading("s3:GetBucketVersioning", _versioning),
        "website": Reading("s3:GetBucketWebsite", _website, "NoSuchWebsiteConfiguration"),
        "encryption": Reading(
            "s3:GetBucketEncryption",
            _encryption,
            "ServerSideEncryptionConfigurationNotFoundError",
        ),
        "logging": Reading("s3:GetBucketLogging", _logging),
        "replication": Reading(
            "s3:GetBucketReplication", _replication, "ReplicationConfigurationNotFoundError"
        ),
    }
)
"""By the field's name."""
