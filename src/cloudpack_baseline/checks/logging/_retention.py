"""How long log groups and buckets keep what they receive."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.logging.recorders import owner_of
from cloudpack_baseline.findings import Observation, failed, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.s3 import Bucket, DefaultRetention, LifecycleRule
from cloudpack_baseline.model.values import Field, Truth, Unknown, Why, any_of, is_known, lift
from cloudpack_baseline.texts import Text, text

__all__ = [
    "Retention",
    "bucket_retention",
    "log_group_retention",
    "log_prefix",
    "observe_log_group",
    "stored_in_bucket",
    "stored_in_log_group",
]


@frozen(kw_only=True)
class Retention:
    """For how long a place keeps logs.

    Attributes:
        place: the bucket, log group or event data store, in words.
        enough: whether that is at least as long as required.
        read: what was read, as the API names it.
        account: the account that it was read in; empty: that of the view.
    """

    place: Text
    enough: Truth
    read: str = ""
    account: str = ""


# -- log groups


def log_group_days(group: LogGroup) -> Field[int | None]:
    """For how many days it keeps events; ``None``: for ever.

    One of the class DELIVERY keeps them for one day (CloudWatch Logs API Reference, LogGroup).
    """
    if group.log_group_class == "DELIVERY":
        return 1
    if isinstance(group.log_group_class, Unknown):
        return group.log_group_class
    return group.retention_in_days


def observe_log_group(group: LogGroup, days: int) -> Observation:
    """Whether it keeps events for the number of days."""
    retention = log_group_days(group)
    expected = f"retentionInDays>={days}"
    if isinstance(retention, Unknown):
        return unknown("retentionInDays", retention, expected=expected)
    if retention is None:
        return passed(text("logging.kept-for-ever"), read="retentionInDays=", expected=expected)
    read = f"retentionInDays={retention}"
    if retention >= days:
        return passed(text("logging.kept", days=retention), read=read, expected=expected)
    return failed(text("logging.kept-too-short", days=retention), read=read, expected=expected)


def log_group_retention(group: LogGroup, days: int) -> Retention:
    """For how long the log group keeps events."""
    retention = log_group_days(group)
    read = "" if isinstance(retention, Unknown) else f"retentionInDays={retention or ''}"
    return Retention(
        place=text("logging.log-group", name=group.name),
        enough=lift(lambda number: number is None or number >= days, retention),
        read=read,
        account=group.account,
    )


def stored_in_log_group(view: AccountView, arn: str, days: int) -> Retention:
    """For how long the log group with the ARN keeps events, in whatever account it is."""
    try:
        parsed = Arn.parse(arn.removesuffix(":*"))
    except ValueError as error:
        malformed = Unknown.because(Why.MALFORMED, detail=str(error))
        return Retention(place=text("logging.log-group", name=arn), enough=malformed)
    for group in view.snapshot.all(LogGroup, parsed.account):
        if group.arn == str(parsed):
            return log_group_retention(group, days)
    gap = view.gap(LogGroup, parsed.region, account=parsed.account)
    place = text("logging.log-group", name=parsed.resource.partition(":")[2])
    return Retention(place=place, enough=False if gap is None else gap, account=parsed.account)


# -- buckets


def stored_in_bucket(
    view: AccountView, name: str, prefix: str, days: int, archives: Iterable[str]
) -> Retention:
    """For how long the bucket keeps what is below the prefix, in whatever account it is."""
    place = text("logging.bucket", name=name)
    for account in view.snapshot.accounts:
        for bucket in view.snapshot.all(Bucket, account.id):
            if bucket.name == name:
                return bucket_retention(bucket, prefix, days)
    if any(matches(pattern, name) for pattern in archives):
        return Retention(place=text("logging.declared-archive", name=name), enough=True)
    gap = view.gap(Bucket)
    detail = f"bucket {name} of another account"
    elsewhere = Unknown.because(Why.NOT_GATHERED, detail=detail)
    return Retention(place=place, enough=elsewhere if gap is None else gap | elsewhere)


def bucket_retention(bucket: Bucket, prefix: str, days: int) -> Retention:
    """For how long the bucket keeps what is below the prefix.

    Lifecycle rules delete nothing that Object Lock protects.
    """
    rules = bucket.lifecycle
    expiry = rules if isinstance(rules, Unknown) else _applicable(rules, prefix)
    locked = lift(
        lambda lock: lock is not None and lock.total_days >= days, bucket.default_retention
    )
    return Retention(
        place=text("logging.bucket", name=bucket.name),
        enough=any_of((_expires_late(expiry, bucket, days), locked)),
        read="; ".join((*_shown_rules(expiry), *_shown_lock(bucket.default_retention))),
        account=bucket.account,
    )


def _applicable(rules: Iterable[LifecycleRule], prefix: str) -> tuple[LifecycleRule, ...]:
    """The rules that delete objects below the prefix; log files have no tags."""
    return tuple(
        rule
        for rule in rules
        if rule.enabled
        and not rule.tagged
        and (rule.prefix.startswith(prefix) or prefix.startswith(rule.prefix))
        and (rule.days is not None or rule.date is not None or rule.noncurrent_days is not None)
    )


def _expires_late(rules: Field[tuple[LifecycleRule, ...]], bucket: Bucket, days: int) -> Truth:
    """Whether rules delete objects so late.

    With versioning, an object that expires becomes an old version, which is deleted by a rule of
    its own (Amazon S3 User Guide, Examples of S3 Lifecycle configurations).
    """
    if isinstance(rules, Unknown):
        return rules
    current = _current_days(rules)
    if current is None or current >= days:
        return True
    noncurrent = min((rule.noncurrent_days for rule in rules if rule.noncurrent_days), default=None)
    late = noncurrent is None or current + noncurrent >= days
    return lift(lambda status: status == "Enabled" and late, bucket.versioning)


def _current_days(rules: Iterable[LifecycleRule]) -> int | None:
    """After how many days objects expire; ``None``: never. At a date, new ones do soon."""
    ages = [0 if rule.date is not None else rule.days for rule in rules]
    return min((age for age in ages if age is not None), default=None)


def _shown_rules(rules: Field[tuple[LifecycleRule, ...]]) -> tuple[str, ...]:
    if not is_known(rules):
        return ()
    if not rules:
        return ("Rules=[]",)
    return tuple(_shown_rule(rule) for rule in rules)


def _shown_rule(rule: LifecycleRule) -> str:
    members = [f"Days={rule.days}"] if rule.days is not None else []
    members += [f"Date={rule.date:%Y-%m-%d}"] if rule.date is not None else []
    members += [f"NoncurrentDays={rule.noncurrent_days}"] if rule.noncurrent_days else []
    return f"{rule.id or rule.prefix or 'Rule'}: {', '.join(members)}"


def _shown_lock(lock: Field[DefaultRetention | None]) -> tuple[str, ...]:
    if not is_known(lock) or lock is None:
        return ()
    return (f"DefaultRetention={lock.mode} {lock.total_days} days",)


def log_prefix(view: AccountView, trail: Trail) -> str:
    """What the keys of the account's log files begin with, as far as it is known."""
    if isinstance(trail.s3_prefix, Unknown):
        return ""
    stem = f"{trail.s3_prefix}/AWSLogs/" if trail.s3_prefix else "AWSLogs/"
    if trail.organization is False:
        return f"{stem}{owner_of(trail)}/CloudTrail/"
    for organization in view.all(Organization):
        return f"{stem}{organization.id}/{view.account.id}/CloudTrail/"
    return stem
