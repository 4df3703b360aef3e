"""Who may come into S3 buckets."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from cloudpack_baseline.access import BucketAccess, Comparison, ExcessAccess, compare
from cloudpack_baseline.baseline import BucketDeclaration
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.inexact import behind, doubt_of, told_doubts
from cloudpack_baseline.checks.storage.access_words import actions, few, told_surplus, told_witness
from cloudpack_baseline.checks.storage.bucket_access import ACCESS_READS, Settled, settled
from cloudpack_baseline.checks.storage.declared_exposure import (
    NOUNS,
    declarations,
    exposure_texts,
    shown_exposure,
)
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    causes_text,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["s3_exposure"]

_OBJECT_ACLS = Unknown.because(Why.NOT_TOLD, operation="s3:GetObjectAcl", detail="object ACLs")


@check(*ACCESS_READS, subjects=(Bucket,))
def s3_exposure(view: AccountView) -> Iterator[Finding]:
    """Evaluates bucket policy, ACLs, Block Public Access and access points for every request.

    Block Public Access is that of organization, account and bucket together; ACLs count as
    Object Ownership says. Whatever gets in beyond what ``[[buckets]]`` declares (by default
    nothing) fails, with a request that shows it; what is declared and cannot get in is a note.
    ACLs of objects stand in no listing: where they count, the answer for a bucket that is not
    wholly public is unknown.
    """
    for bucket in view.all(Bucket):
        question = _question(view, bucket)
        yield view.finding(bucket, *_observations(question), notes=_notes(question))


@frozen
class _Question:
    """What is asked of a bucket.

    `sure` is what gets in whatever the unread may be; ``None`` where nothing is sure.
    `masked` names the actions that only RestrictPublicBuckets keeps from everybody,
    `unblocked` is what would get in without it; ``None`` where it is not on.
    """

    view: AccountView
    openings: tuple[BucketDeclaration, ...]
    held: Settled
    sure: Comparison | None
    masked: frozenset[str]
    unblocked: Comparison | None

    @property
    def exposure(self) -> tuple[Text, ...]:
        return exposure_texts(self.openings)


def _question(view: AccountView, bucket: Bucket) -> _Question:
    openings = view.baseline.openings(bucket.name)
    held = settled(view, bucket)
    sure = None if held.shut is None else _compare(view, openings, held.shut)
    masked, bare = frozenset[str](), None
    if held.shut is not None and sure is not None and held.shut.block.restrict_public_buckets:
        bare = _compare(view, openings, _without_blocks(held.shut))
        masked = _open_to_all(bare) - _open_to_all(sure)
    return _Question(view, openings, held, sure, masked, bare)


def _without_blocks(bucket: BucketAccess) -> BucketAccess:
    """The policy of the bucket as if no block were there, and no ACL."""
    bare = evolve(bucket, organization_block=None, account_block=None, bucket_block=None)
    return evolve(bare, acl=())


def _open_to_all(found: Comparison) -> frozenset[str]:
    """The actions that unsigned requests get beyond the declared."""
    return frozenset(
        name for one in found.excess if one.principal_kind == "anonymous" for name in one.actions
    )


def _is_masked(question: _Question, one: ExcessAccess) -> bool:
    """Whether it is what RestrictPublicBuckets leaves of a public policy: AWS services."""
    return one.principal_kind == "service" and question.masked.issuperset(one.actions)


def _compare(
    view: AccountView, openings: tuple[BucketDeclaration, ...], bucket: BucketAccess
) -> Comparison:
    """What gets in from now on, against the declared: what has expired opens nothing any more."""
    wanted = declarations(view.baseline, openings, bucket)
    return compare(bucket, wanted, since=view.as_of)


def _observations(question: _Question) -> Iterator[Observation]:
    held = question.held
    if held.shut is None or question.sure is None:
        yield _unsettled(held.doubt)
        return
    told = [
        _surplus(question, one) for one in question.sure.excess if not _is_masked(question, one)
    ]
    if not _is_decided(question):
        told.append(_unsettled(held.doubt))
    elif _object_acls_count(question, held.shut):
        told.append(unknown(text("storage.object-acls"), _OBJECT_ACLS))
    yield from told or [passed(text("storage.as-declared", exposure=question.exposure))]


def _is_decided(question: _Question) -> bool:
    """Whether nothing more gets in, however open what was not read may be."""
    held = question.held
    if held.unknown is None:
        return True
    if held.open is None or _object_acls_count(question, held.open):
        return False
    return not _compare(question.view, question.openings, held.open).excess


def _unsettled(doubt: Unknown) -> Observation:
    return unknown(text("storage.unread", cause=causes_text(doubt.causes)), doubt)


def _surplus(question: _Question, one: ExcessAccess) -> Observation:
    told = told_surplus(one) | _outside(question, one)
    if one.exact:
        return failed(
            text("storage.surplus", exposure=question.exposure, **told),
            read=", ".join(actions(one)),
            expected=text(
                "common.told",
                en=shown_exposure(question.openings),
                ja=exposure_texts(question.openings),
            ),
            witness=told_witness(one.witness),
        )
    causes = behind(question.sure.approximations if question.sure else (), one.witness)
    message = text("storage.surplus-in-doubt", causes=told_doubts(causes), **told)
    return unknown(message, doubt_of(causes))


def _outside(question: _Question, one: ExcessAccess) -> dict[str, Text]:
    """That it is what was declared, but of other objects."""
    bounds = tuple(
        pattern
        for opening in question.openings
        if one.access in opening.access and _is_for(opening, one)
        for pattern in opening.objects
    )
    if not bounds or "*" in bounds or one.access == "list":
        return {}
    return {"access": text(f"storage.{one.access}-outside", objects=bounds)}


def _is_for(opening: BucketDeclaration, one: ExcessAccess) -> bool:
    """Whether the bucket is opened to just these callers."""
    if one.principal_kind == "anonymous":
        return "public" in opening.exposure
    return "accounts" in opening.exposure and one.principal in opening.accounts


def _object_acls_count(question: _Question, bucket: BucketAccess) -> bool:
    """Whether an ACL of an object might let in more than is declared."""
    open_to_all = any(
        "public" in one.exposure and "read" in one.access and "*" in one.objects
        for one in question.openings
    )
    return bucket.acl_counts and not bucket.block.ignore_public_acls and not open_to_all


def _notes(question: _Question) -> Iterator[Text]:
    bucket = question.held.shut
    if bucket is None or question.sure is None or question.held.unknown is not None:
        return
    if question.held.excuse is not None and question.sure.excess:
        yield text("storage.storage-excuse", cause=causes_text(question.held.excuse.causes))
    yield from _shut(question)
    wanted = declarations(question.view.baseline, question.openings, bucket)
    for index in question.sure.whole_listings:
        yield text("storage.whole-listing", objects=wanted[index].objects)
    for one in question.sure.deputies:
        yield text("storage.deputy", service=one.service, account=one.account)
    if question.masked:
        yield text("storage.masked-policy", actions=few(sorted(f"s3:{n}" for n in question.masked)))
    masked = [one for one in bucket.acl if one.public]
    if masked and bucket.acl_counts and bucket.block.ignore_public_acls:
        grants = tuple(f"{one.grantee.rpartition('/')[2]} {one.permission}" for one in masked)
        yield text("storage.masked", grants=grants)
    if bucket.acl_counts and bucket.block.ignore_public_acls:
        yield text("storage.named-object-acls")
    names = tuple(name for one in wanted for name in one.identities)
    if names:
        yield text("storage.identities", names=names)


def _shut(question: _Question) -> Iterator[Text]:
    """What is declared and cannot get in, and what holds it off."""
    for one in question.sure.blocked if question.sure else ():
        access = text(f"storage.{NOUNS[one.access]}")
        parts = few(one.unreachable)
        denied_by = list(one.denied_by)
        if question.unblocked is not None and one not in question.unblocked.blocked:
            denied_by.append("RestrictPublicBuckets")
        if denied_by:
            yield text("storage.shut-by", access=access, parts=parts, statements=tuple(denied_by))
        else:
            yield text("storage.shut", access=access, parts=parts)
