"""Amazon S3: the settings of buckets and of the account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import attrgetter, or_
from types import MappingProxyType

from cloudpack_baseline.baseline import BucketDeclaration
from cloudpack_baseline.checks._check import World, check
from cloudpack_baseline.checks._cloudfront_logs import (
    CLOUDFRONT_READS,
    cloudfront_receivers,
    logged_by_cloudfront,
)
from cloudpack_baseline.checks._destinations import Destinations
from cloudpack_baseline.checks._kms_keys import is_one_of
from cloudpack_baseline.checks._object_events import events_recorded
from cloudpack_baseline.checks._recorders import RECORDER_READS, recorders_elsewhere
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Resource,
    causes_text,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import (
    AccountPublicAccessBlock,
    Bucket,
    Logging,
    PublicAccessBlock,
)
from cloudpack_baseline.model.values import Field, Origin, Truth, Unknown, any_of
from cloudpack_baseline.texts import Text, text

__all__ = [
    "s3_access_logging",
    "s3_acl_disabled",
    "s3_encryption",
    "s3_public_access_block",
    "s3_replication_destination",
    "s3_versioning",
    "s3_website",
]

_SETTINGS: Mapping[str, Callable[[PublicAccessBlock], bool]] = MappingProxyType(
    {
        "BlockPublicAcls": attrgetter("block_public_acls"),
        "IgnorePublicAcls": attrgetter("ignore_public_acls"),
        "BlockPublicPolicy": attrgetter("block_public_policy"),
        "RestrictPublicBuckets": attrgetter("restrict_public_buckets"),
    }
)
_ALL_ON = ", ".join(f"{name}=true" for name in _SETTINGS)
_KMS = frozenset(("aws:kms", "aws:kms:dsse"))


def _finding(
    world: World, bucket: Bucket, seen: Observation, notes: tuple[Text, ...] = ()
) -> Finding:
    return Finding(
        control=world.control, resource=Resource.of(bucket), observations=(seen,), notes=notes
    )


def _exempt(message: Text) -> Observation:
    return Observation(outcome=Outcome.NOT_APPLICABLE, message=message)


@check(reads(Bucket, "public_access_block"), reads(AccountPublicAccessBlock, "organization"))
def s3_public_access_block(world: World) -> Iterator[Finding]:
    """5.1.2: Block Public Access is in effect for every bucket that is not declared public.

    Evidence: the four settings of ``PublicAccessBlockConfiguration``, each on at one level
    at least: the organization (DescribeEffectivePolicy, ``S3_POLICY``), the account or the
    bucket (GetPublicAccessBlock). Where no bucket of the account is declared public, they
    are on for the account as well, so that a new bucket has them too.
    """
    above = _account_levels(world)
    for bucket in world.all(Bucket):
        if _is_public(world.baseline.openings(bucket.name)):
            seen = _exempt(text("s3_settings.declared-public"))
        else:
            origin = bucket.origin_of("public_access_block")
            seen = _blocks((*above, bucket.public_access_block), origin)
        yield _finding(world, bucket, seen, _excuses(world, seen))
    for account in world.all(AccountPublicAccessBlock):
        seen = _account_blocks(world, account, above)
        yield Finding(
            control=world.control,
            resource=Resource.of(account),
            observations=(seen,),
            notes=_excuses(world, seen),
        )


def _is_public(openings: Iterable[BucketDeclaration]) -> bool:
    return any("public" in one.exposure for one in openings)


def _account_levels(world: World) -> tuple[Field[PublicAccessBlock | None], ...]:
    """The levels above the buckets; few auditors may read what the organization enforces.

    Where it was not read it excuses nothing.
    """
    found = world.all(AccountPublicAccessBlock)
    if found:
        levels = (found[0].organization, found[0].settings)
        return levels[1:] if isinstance(levels[0], Unknown) else levels
    gap = world.gap(AccountPublicAccessBlock)
    return () if gap is None else (gap,)


def _excuses(world: World, seen: Observation) -> tuple[Text, ...]:
    """That what the organization enforces was not read, where it might have excused a failure."""
    if seen.outcome is not Outcome.FAIL:
        return ()
    unread = (one.organization for one in world.all(AccountPublicAccessBlock))
    return tuple(
        text("s3_settings.excuse", cause=causes_text(one.causes))
        for one in unread
        if isinstance(one, Unknown)
    )


def _account_blocks(
    world: World,
    account: AccountPublicAccessBlock,
    above: tuple[Field[PublicAccessBlock | None], ...],
) -> Observation:
    buckets = (one.name for one in world.all(Bucket))
    public = next((one for one in buckets if _is_public(world.baseline.openings(one))), None)
    if public is not None:
        return _exempt(text("s3_settings.public-bucket", bucket=public))
    seen = _blocks(above, account.origin_of("settings"))
    gap = world.gap(Bucket)
    if seen.outcome is Outcome.FAIL and gap is not None and _is_public(world.baseline.buckets):
        # A bucket that is declared public may be among those that were not listed.
        return unknown("Buckets", gap, wanted=_ALL_ON)
    return seen


def _blocks(
    levels: Iterable[Field[PublicAccessBlock | None]], origin: Origin | None
) -> Observation:
    """Whether each setting is on at one of the levels."""
    levels = tuple(levels)
    settings = {
        name: any_of(_on(is_on, one) for one in levels) for name, is_on in _SETTINGS.items()
    }
    off = tuple(name for name, held in settings.items() if held is False)
    if off:
        return failed(
            text("s3_settings.blocks-off", settings=off),
            read=", ".join(f"{name}=false" for name in off),
            wanted=", ".join(f"{name}=true" for name in off),
            origin=origin,
        )
    unread = [held for held in settings.values() if isinstance(held, Unknown)]
    if unread:
        why = reduce(or_, unread)
        return unknown("PublicAccessBlockConfiguration", why, wanted=_ALL_ON, origin=origin)
    return passed(text("s3_settings.blocks-on"), read=_ALL_ON, wanted=_ALL_ON, origin=origin)


def _on(
    is_on: Callable[[PublicAccessBlock], bool], level: Field[PublicAccessBlock | None]
) -> Truth:
    if isinstance(level, Unknown):
        return level
    return level is not None and is_on(level)


@check(reads(Bucket, "ownership"))
def s3_acl_disabled(world: World) -> Iterator[Finding]:
    """2.2.2: ACLs are off, save for buckets that are declared to need them (``acls``).

    Evidence: ``ObjectOwnership=BucketOwnerEnforced`` (GetBucketOwnershipControls). An old
    bucket without ownership controls evaluates ACLs.
    """
    for bucket in world.all(Bucket):
        yield _finding(world, bucket, _ownership(bucket, world.baseline.bucket(bucket.name)))


def _ownership(bucket: Bucket, declared: BucketDeclaration) -> Observation:
    held, origin = bucket.ownership, bucket.origin_of("ownership")
    wanted = "ObjectOwnership=BucketOwnerEnforced"
    if held == "BucketOwnerEnforced":
        return passed(text("s3_settings.acls-off"), read=wanted, wanted=wanted, origin=origin)
    if declared.acls:
        return _exempt(text("s3_settings.acls-declared"))
    if isinstance(held, Unknown):
        return unknown("ObjectOwnership", held, wanted=wanted, origin=origin)
    read = f"ObjectOwnership={held or 'none'}"
    return failed(text("s3_settings.acls-on"), read=read, wanted=wanted, origin=origin)


@check(reads(Bucket, "versioning"))
def s3_versioning(world: World) -> Iterator[Finding]:
    """2.2.2: versioning is on, save where ``versioning = false`` is declared.

    Evidence: ``Status=Enabled`` (GetBucketVersioning); suspended is off.
    """
    for bucket in world.all(Bucket):
        yield _finding(world, bucket, _versioning(bucket, world.baseline.bucket(bucket.name)))


def _versioning(bucket: Bucket, declared: BucketDeclaration) -> Observation:
    held, origin = bucket.versioning, bucket.origin_of("versioning")
    wanted = "Status=Enabled"
    if held == "Enabled":
        return passed(text("s3_settings.versioned"), read=wanted, wanted=wanted, origin=origin)
    if not declared.versioning:
        return _exempt(text("s3_settings.unversioned-declared"))
    if isinstance(held, Unknown):
        return unknown("Status", held, wanted=wanted, origin=origin)
    name = "suspended" if held == "Suspended" else "unversioned"
    message = text(f"s3_settings.{name}")
    return failed(message, read=f"Status={held or 'none'}", wanted=wanted, origin=origin)


@check(reads(Bucket, "website"))
def s3_website(world: World) -> Iterator[Finding]:
    """5.1.2: a bucket that hosts a website is declared to (``website``).

    Evidence: GetBucketWebsite. A website that only redirects is one too: whoever holds the
    bucket decides where its visitors go. A declared website that is not there is a note.
    """
    for bucket in world.all(Bucket):
        declared = world.baseline.bucket(bucket.name)
        missing = declared.website and bucket.website is None
        notes = (text("s3_settings.website-missing"),) if missing else ()
        yield _finding(world, bucket, _website(bucket, declared), notes)


def _website(bucket: Bucket, declared: BucketDeclaration) -> Observation:
    held, origin = bucket.website, bucket.origin_of("website")
    if isinstance(held, Unknown):
        return unknown("WebsiteConfiguration", held, origin=origin)
    if held is None:
        return passed(text("s3_settings.no-website"), origin=origin)
    read = (
        f"IndexDocument.Suffix={held.index_document or ''}"
        if held.redirect_to is None
        else f"RedirectAllRequestsTo.HostName={held.redirect_to}"
    )
    if declared.website:
        return passed(text("s3_settings.website-declared"), read=read, origin=origin)
    return failed(text("s3_settings.website-undeclared"), read=read, origin=origin)


@check(reads(Bucket, "encryption"), reads(KmsAlias), subjects=(Bucket,))
def s3_encryption(world: World) -> Iterator[Finding]:
    """2.2.2, 3.3: new objects are encrypted, by a key of the declared ones where such are.

    Evidence: ``ApplyServerSideEncryptionByDefault`` (GetBucketEncryption). Since January
    2023 S3 encrypts every new object by keys of its own (Amazon S3 User Guide, "Default
    encryption FAQ"), so that nothing is left to ask where no key is declared (``kms_keys``).
    A key may be declared by its ARN and set by an alias, or the other way round (ListAliases).
    """
    for bucket in world.all(Bucket):
        yield _finding(world, bucket, _encryption(world, bucket))


def _encryption(world: World, bucket: Bucket) -> Observation:
    held, origin = bucket.encryption, bucket.origin_of("encryption")
    keys = world.baseline.bucket(bucket.name).kms_keys
    wanted = f"KMSMasterKeyID={' | '.join(keys)}" if keys else ""
    if isinstance(held, Unknown):
        field = "ApplyServerSideEncryptionByDefault"
        return unknown(field, held, wanted=wanted, origin=origin)
    algorithm = held.algorithm if held else "AES256"
    if not keys:
        message = text("s3_settings.encrypted", algorithm=algorithm)
        return passed(message, read=f"SSEAlgorithm={algorithm}", origin=origin)
    if held is None or algorithm not in _KMS or held.kms_key is None:
        message = text("s3_settings.no-own-key", algorithm=algorithm)
        return failed(message, read=f"SSEAlgorithm={algorithm}", wanted=wanted, origin=origin)
    read = f"KMSMasterKeyID={held.kms_key}"
    fits = is_one_of(world, held.kms_key, bucket, keys)
    if isinstance(fits, Unknown):
        return unknown("KMSMasterKeyID", fits, wanted=wanted, origin=origin)
    if fits:
        return passed(text("s3_settings.own-key"), read=read, wanted=wanted, origin=origin)
    return failed(text("s3_settings.other-key"), read=read, wanted=wanted, origin=origin)


@check(
    reads(Bucket, "logging", "ownership"),
    *RECORDER_READS,
    *CLOUDFRONT_READS,
    subjects=(Bucket,),
)
def s3_access_logging(world: World) -> Iterator[Finding]:
    """4.5.3(4): access to objects is logged in some way; buckets that receive logs are exempt.

    Evidence: server access logs into a bucket that is there (GetBucketLogging), or data
    events of all reads and writes by trails that are recording (GetEventSelectors,
    GetTrailStatus) or by event data stores that are enabled (GetEventDataStore), those of
    the organization too where its management account is in the snapshot. For a bucket that
    is declared to be reached through CloudFront alone, logs of every distribution that leads
    to it (GetDistributionConfig, DescribeDeliveries, GetRealtimeLogConfig).
    """
    receivers = dict(_receivers(world))
    for bucket in world.all(Bucket):
        if bucket.name in receivers:
            seen = _exempt(text("s3_settings.receives-logs", source=receivers[bucket.name]))
        elif world.baseline.bucket(bucket.name).logs:
            seen = _exempt(text("s3_settings.logs-declared"))
        else:
            seen = _access_logging(world, bucket)
        elsewhere = recorders_elsewhere(world) if seen.outcome is Outcome.FAIL else ()
        yield _finding(world, bucket, seen, tuple(elsewhere))


def _receivers(world: World) -> Iterator[tuple[str, str]]:
    """Buckets that receive logs, and whose."""
    yield from cloudfront_receivers(world)
    for trail in world.all(Trail):
        yield trail.s3_bucket, trail.arn
    for bucket in world.all(Bucket):
        if isinstance(bucket.logging, Logging) and bucket.logging.target_bucket != bucket.name:
            yield bucket.logging.target_bucket, bucket.name


def _access_logging(world: World, bucket: Bucket) -> Observation:
    held, origin = bucket.logging, bucket.origin_of("logging")
    gone = isinstance(held, Logging) and _is_gone(world, held.target_bucket)
    if isinstance(held, Logging) and not gone:
        message = text("s3_settings.logged", target=held.target_bucket)
        return passed(message, read=f"TargetBucket={held.target_bucket}", origin=origin)
    events = events_recorded(world, bucket)
    if events is True:
        return passed(text("s3_settings.events-recorded"))
    openings = world.baseline.openings(bucket.name)
    exposure = tuple(dict.fromkeys(kind for one in openings for kind in one.exposure))
    seen = logged_by_cloudfront(world, bucket) if set(exposure) == {"cloudfront"} else None
    if seen is not None and seen.outcome is Outcome.PASS:
        return seen
    if isinstance(held, Unknown):
        return unknown("LoggingEnabled", held, wanted="LoggingEnabled", origin=origin)
    if isinstance(events, Unknown):
        return unknown("EventSelectors", events, wanted=f"DataResources: {bucket.arn}/")
    return _unlogged(held, origin, exposure) if seen is None else seen


def _unlogged(held: Logging | None, origin: Origin | None, exposure: Iterable[str]) -> Observation:
    """That nothing tells of everybody; logs of CloudFront tell of those who come through it."""
    read = "LoggingEnabled=none"
    message = text("s3_settings.unlogged")
    if held is not None:
        read = f"TargetBucket={held.target_bucket}"
        message = text("s3_settings.target-gone")
    elif "cloudfront" in exposure:
        message = text("s3_settings.cloudfront-partly", exposure=tuple(exposure))
    return failed(message, read=read, wanted="LoggingEnabled", origin=origin)


def _is_gone(world: World, target: str) -> bool:
    """Whether the bucket that should receive logs is missing; it is of the same account."""
    return world.gap(Bucket) is None and all(one.name != target for one in world.all(Bucket))


@check(reads(Bucket, "replication"))
def s3_replication_destination(world: World) -> Iterator[Finding]:
    """5.4, 5.6: copies go to declared accounts and approved regions only.

    Evidence: the destinations of rules that are enabled (GetBucketReplication). The
    destination's account and region are those of its record where its account was read,
    else as declared; a bucket that nobody knows is unknown.
    """
    destinations = Destinations.of(world)
    for bucket in world.all(Bucket):
        seen = tuple(_replicated(bucket, destinations))
        yield Finding(control=world.control, resource=Resource.of(bucket), observations=seen)


def _replicated(bucket: Bucket, destinations: Destinations) -> Iterator[Observation]:
    rules, origin = bucket.replication, bucket.origin_of("replication")
    if isinstance(rules, Unknown):
        yield unknown("ReplicationConfiguration", rules, origin=origin)
        return
    targets = {(one.bucket, one.account): one for one in rules or () if one.enabled}
    if not targets:
        yield _exempt(text("s3_settings.no-replication"))
    for rule in targets.values():
        yield destinations.judged(rule, origin)
