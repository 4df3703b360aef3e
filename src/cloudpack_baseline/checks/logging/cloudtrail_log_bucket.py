"""The check of ``cloudtrail-log-bucket``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from cloudpack_baseline.access import MalformedPolicy, parse_policy
from cloudpack_baseline.baseline.options.logging import CloudtrailLogBucketOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.account_permissions import (
    PERMISSION_READS,
    Ability,
    AccountPermissions,
    ActionRequest,
    ResourcePolicy,
    principals_granted,
)
from cloudpack_baseline.checks.logging._retention import log_prefix
from cloudpack_baseline.checks.logging.recorders import owner_of
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    causes_text,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Field, Truth, Unknown, Why, all_of, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["cloudtrail_log_bucket"]

_TRAIL_ACTIONS = (
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:PutEventSelectors",
)
_LOCK = "s3:PutBucketObjectLockConfiguration"
_SETTINGS = ("s3:PutLifecycleConfiguration", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")


@check(
    reads(Trail),
    reads(Bucket, "policy", "versioning", "mfa_delete", "default_retention"),
    *PERMISSION_READS,
    subjects=(Trail,),
)
def cloudtrail_log_bucket(view: AccountView) -> Iterator[Finding]:
    """Evaluates who can delete or change log files, their protection, or the trail.

    For each user and role, its policies, its boundary, the bucket policy and, if the management
    account is in the snapshot, service control policies are evaluated together. Nobody but
    declared principals and administrators may

    - delete or overwrite log files: with versioning, delete their versions (GetBucketVersioning),
      or bypass a governance mode retention. Object Lock in compliance mode with a default
      retention (GetObjectLockConfiguration) and MFA delete rule that out. Object Lock without a
      default retention protects nothing;
    - change lifecycle rules, the policy, versioning or Object Lock of the bucket;
    - stop, delete or change the trail (members cannot change that of their organization).

    A bucket of another account is evaluated if that account is in the snapshot: its policy has to
    allow access from this account. Otherwise, the baseline declares it.
    """
    for trail in view.all(Trail):
        yield view.finding(trail, *_of_bucket(view, trail), _of_trail(view, trail))


def _of_trail(view: AccountView, trail: Trail) -> Observation:
    owner = owner_of(trail)
    if owner != view.account.id:
        return not_applicable(text("logging.trail-of-other-account", account=owner))
    options = view.baseline.options(CloudtrailLogBucketOptions)
    account = AccountPermissions.of(view, options.principals)
    risks = (_risk(trail.arn, action) for action in _TRAIL_ACTIONS)
    return _observe(view, account, risks, "trail")


@frozen(kw_only=True)
class _Risk:
    """What nobody may be able to do.

    Attributes:
        ability: the requests that it takes.
        doubt: why protection may rule it out; ``None``: nothing does.
    """

    ability: Ability
    doubt: Unknown | None = None


def _risk(resource: str, *actions: str, unread: Iterable[Truth] = ()) -> _Risk:
    """The risk that actions on a resource are.

    Args:
        resource: an ARN.
        actions: all of them are needed.
        unread: protections, of which those that are not known may rule it out.
    """
    requests = tuple(ActionRequest(action=action, resources=(resource,)) for action in actions)
    doubts = [truth for truth in unread if isinstance(truth, Unknown)]
    return _Risk(ability=Ability(requests=requests), doubt=reduce(or_, doubts) if doubts else None)


def _of_bucket(view: AccountView, trail: Trail) -> Iterator[Observation]:
    options = view.baseline.options(CloudtrailLogBucketOptions)
    bucket = _bucket(view, trail.s3_bucket)
    name = trail.s3_bucket
    if bucket is None:
        if any(matches(pattern, name) for pattern in options.archives):
            yield passed(text("logging.log-bucket-declared", bucket=name))
            return
        gap = view.gap(Bucket)
        why = Unknown.because(Why.NOT_GATHERED, detail=f"bucket {name}")
        yield unknown(
            text("logging.log-bucket-elsewhere", bucket=name), why if gap is None else gap
        )
        return
    policy = _policy(bucket)
    if isinstance(policy, Unknown):
        yield unknown("Policy", policy)
        return
    account = AccountPermissions.of(view, options.principals, resource_policy=policy)
    protection = _Protection.of(bucket, options.days)
    key = f"{bucket.arn}/{log_prefix(view, trail)}{{n}}"
    if protection.locked is True:
        yield passed(text("logging.log-files-locked", bucket=name))
    else:
        yield _observe(view, account, protection.object_risks(key), "log-files", bucket=name)
    yield _observe(view, account, protection.setting_risks(bucket.arn), "log-bucket", bucket=name)


def _bucket(view: AccountView, name: str) -> Bucket | None:
    """The bucket, in whatever account it was read."""
    for account in view.snapshot.accounts:
        for bucket in view.snapshot.all(Bucket, account.id):
            if bucket.name == name:
                return bucket
    return None


def _policy(bucket: Bucket) -> Field[ResourcePolicy]:
    """The bucket policy; one that allows and denies nothing if there is none."""
    document = '{"Statement": []}' if bucket.policy is None else bucket.policy
    if isinstance(document, Unknown):
        return document
    try:
        policy = parse_policy(document)
        return ResourcePolicy(policy=policy, account=bucket.account, owner=bucket)
    except MalformedPolicy as error:
        faults = "; ".join(f"{problem.path}: {problem.message}" for problem in error.problems)
        return Unknown.because(Why.MALFORMED, operation="s3:GetBucketPolicy", detail=faults)


@frozen(kw_only=True)
class _Protection:
    """What protects the objects of a bucket from those who have access.

    Attributes:
        compliance: Object Lock in compliance mode, for long enough.
        governance: Object Lock in governance mode, for long enough.
        mfa_delete: whether deleting versions takes the MFA device of the root user.
        versioned: whether versions are kept.
    """

    compliance: Truth
    governance: Truth
    mfa_delete: Truth
    versioned: Truth

    @classmethod
    def of(cls, bucket: Bucket, days: int) -> _Protection:
        """That of the bucket."""
        lock = bucket.default_retention

        def locks(mode: str) -> Truth:
            return lift(
                lambda known: known is not None and known.mode == mode and known.total_days >= days,
                lock,
            )

        return cls(
            compliance=locks("COMPLIANCE"),
            governance=locks("GOVERNANCE"),
            mfa_delete=bucket.mfa_delete,
            versioned=lift(lambda status: status == "Enabled", bucket.versioning),
        )

    @property
    def locked(self) -> Truth:
        """Whether nobody can delete or change log files."""
        return any_of((self.compliance, all_of((self.versioned, self.mfa_delete))))

    def object_risks(self, key: str) -> Iterator[_Risk]:
        """What deletes or changes log files."""
        locked, governance = self.locked, self.governance
        yield _risk(key, "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", unread=(locked,))
        if governance is not True:
            yield _risk(key, "s3:DeleteObjectVersion", unread=(locked, governance))
        if self.versioned is not True:
            for action in ("s3:DeleteObject", "s3:PutObject"):
                yield _risk(key, action, unread=(locked, self.versioned))

    def setting_risks(self, bucket: str) -> Iterator[_Risk]:
        """What takes the protection away; what is locked stays.

        Args:
            bucket: its ARN.
        """
        locks = (self.compliance, self.governance)
        if any(lock is True for lock in locks):
            yield _risk(bucket, _LOCK)
        elif self.mfa_delete is not True:
            unread = (*locks, self.mfa_delete)
            for action in _SETTINGS:
                yield _risk(bucket, action, unread=unread)
            if self.versioned is not False:
                yield _risk(bucket, "s3:PutBucketVersioning", unread=(*unread, self.versioned))


def _observe(
    view: AccountView,
    account: AccountPermissions,
    risks: Iterable[_Risk],
    topic: str,
    **names: str,
) -> Observation:
    """Whether nobody has the abilities that are a risk.

    Args:
        view: the account.
        account: its permissions.
        risks: what nobody may be able to do.
        topic: of the texts.
        names: what the texts name.
    """
    risks = tuple(risks)
    certain = [risk.ability for risk in risks if risk.doubt is None]
    granted = principals_granted(view, account, certain, ("",))
    if granted.certain:
        message = text(
            f"logging.{topic}-at-risk",
            actions=granted.actions,
            principals=granted.names,
            **names,
        )
        return failed(message, origin=granted.origin, witness=granted.witness)
    doubts = [] if granted.unknown is None else [granted.unknown]
    for risk in risks:
        if risk.doubt is not None:
            granted = principals_granted(view, account, (risk.ability,), ("",))
            doubts += [risk.doubt] if granted.certain else []
            doubts += [] if granted.unknown is None else [granted.unknown]
    if doubts:
        why = reduce(or_, doubts)
        cause = causes_text(why.causes)
        return unknown(text(f"logging.{topic}-in-doubt", cause=cause, **names), why)
    return passed(text(f"logging.{topic}-safe", **names))
