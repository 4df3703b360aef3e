"""Whether the exposure of each bucket is as declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from attrs import evolve

from cloudpack_baseline.access import BucketAccess, Comparison, ExcessAccess, compare_access
from cloudpack_baseline.baseline import BucketDeclaration
from cloudpack_baseline.checks.approximations import as_unknown, causes_of, describe_approximations
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.resource_control import RESOURCE_CONTROL, ResourceControl
from cloudpack_baseline.checks.storage._cloudfront_origins import (
    ORIGIN_READS,
    SigningDistributions,
    signing_distributions,
)
from cloudpack_baseline.checks.storage._points_elsewhere import findings_of_points
from cloudpack_baseline.checks.storage.access_texts import (
    abbreviate,
    allowed_access,
    describe_excess,
    iam_actions,
    witness_of,
)
from cloudpack_baseline.checks.storage.bucket_access import (
    ACCESS_READS,
    AccessBounds,
    access_bounds,
)
from cloudpack_baseline.checks.storage.declared_exposure import (
    NOUNS,
    exposure_declarations,
    exposure_texts,
    shown_exposure,
)
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    causes_text,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["s3_exposure"]

_EVERYONE = "anonymous"
"""The kind of principal that stands for everyone."""

_OBJECT_ACLS = Unknown.because(Why.NOT_PROVIDED, operation="s3:GetObjectAcl", detail="object ACLs")


@check(*ACCESS_READS, *RESOURCE_CONTROL, *ORIGIN_READS, subjects=(Bucket,), by_parts=True)
def s3_exposure(view: AccountView) -> Iterator[Finding]:
    """Evaluates bucket policy, ACLs, Block Public Access and access points for every request.

    Block Public Access is that of the organization, the account and the bucket together; ACLs
    count according to Object Ownership. Access beyond what ``[[buckets]]`` declares (by default
    nothing) fails, with a request that shows it. Declared access that is blocked is a note. ACLs
    of objects are in no listing: where they are in effect, a bucket that is not entirely public is
    unknown. Resource control policies of the organization restrict access, where the management
    account is in the snapshot. Where a statement for everyone is limited to an account
    (aws:SourceAccount, aws:SourceArn), CloudFront counts if a distribution of that account has the
    bucket as an origin; it is unknown if the distributions of that account could not be read.
    """
    control = ResourceControl.of(view)
    for bucket in view.all(Bucket):
        question = _question(view, bucket, control)
        observations = tuple(_observations(question))
        notes = [*_notes(question)]
        if any(observation.outcome is Outcome.FAIL for observation in observations):
            notes += control.notes("s3")
        yield view.finding(bucket, *observations, notes=notes)
        compare = partial(_compare, view, question.openings, distributions={})
        yield from findings_of_points(view, bucket, compare)


@frozen
class _ExposureQuestion:
    """What is evaluated for a bucket.

    Attributes:
        view: of the account.
        bucket: its record.
        openings: what the baseline declares of the bucket.
        bounds: its access, as far as it is known.
        certain: the access that is certain; ``None`` if nothing is certain.
        signing: the distributions that may sign their requests to the bucket.
        possible: the certain access, if no distribution leads to the bucket of which that is not
            known; ``None``: it is known of all, or makes no difference.
        masked: the actions that only RestrictPublicBuckets keeps from everyone.
        unblocked: the access of everyone without it; ``None`` if it is not on.
    """

    view: AccountView
    bucket: Bucket
    openings: tuple[BucketDeclaration, ...]
    bounds: AccessBounds
    certain: Comparison | None
    signing: SigningDistributions
    possible: Comparison | None
    masked: frozenset[str]
    unblocked: Comparison | None

    @property
    def exposure(self) -> tuple[Text, ...]:
        return exposure_texts(self.openings)


def _question(view: AccountView, bucket: Bucket, control: ResourceControl) -> _ExposureQuestion:
    openings = view.baseline.openings(bucket.name)
    bounds = access_bounds(view, bucket, control)
    lower = bounds.lower
    signing = signing_distributions(view, bucket)
    certain = possible = None
    if lower is not None:
        certain = _compare(view, openings, lower, signing.certain)
        if signing.doubt is not None and _is_open_to_distributions(certain):
            possible = _compare(view, openings, lower, signing.possible)
    masked, unblocked = frozenset[str](), None
    if lower is not None and certain is not None and _is_restricted(lower):
        unblocked = _compare(
            view,
            openings,
            _without_blocks(lower),
            signing.certain,
            kinds_of_principals=(_EVERYONE,),
        )
        masked = _open_to_all(unblocked) - _open_to_all(certain)
    return _ExposureQuestion(
        view, bucket, openings, bounds, certain, signing, possible, masked, unblocked
    )


def _is_open_to_distributions(comparison: Comparison) -> bool:
    return any(excess.is_of_distribution for excess in comparison.excess)


def _without_blocks(bucket: BucketAccess) -> BucketAccess:
    """The policies of the bucket and its access points without any block, and no ACL."""
    points = tuple(evolve(point, block=None) for point in bucket.access_points)
    bare = evolve(bucket, organization_block=None, account_block=None, bucket_block=None)
    return evolve(bare, acl=(), access_points=points)


def _is_restricted(bucket: BucketAccess) -> bool:
    """Whether RestrictPublicBuckets is on, for the bucket or for one of its access points."""
    blocks = (bucket.block, *(bucket.block_of(point) for point in bucket.access_points))
    return any(block.restrict_public_buckets for block in blocks)


def _open_to_all(comparison: Comparison) -> frozenset[str]:
    """The actions that unsigned requests get beyond the declared."""
    return frozenset(
        name
        for excess in comparison.excess
        if excess.principal_kind == _EVERYONE
        for name in excess.actions
    )


def _surely_open_to_all(comparison: Comparison | None) -> frozenset[str]:
    """The same without what is known only at deployment: the policy may name principals then."""
    if comparison is None:
        return frozenset()
    exact = tuple(excess for excess in comparison.excess if excess.exact)
    return _open_to_all(evolve(comparison, excess=exact))


def _is_masked(question: _ExposureQuestion, excess: ExcessAccess) -> bool:
    """Whether it is what RestrictPublicBuckets leaves of a public policy: AWS services."""
    return excess.principal_kind == "service" and question.masked.issuperset(excess.actions)


def _compare(
    view: AccountView,
    openings: tuple[BucketDeclaration, ...],
    bucket: BucketAccess,
    distributions: Mapping[str, tuple[str, ...]],
    kinds_of_principals: tuple[str, ...] | None = None,
) -> Comparison:
    """The access from now on, compared with the declarations: what has expired allows nothing."""
    return compare_access(
        bucket,
        exposure_declarations(view.baseline, openings, bucket),
        since=view.as_of,
        distributions=distributions,
        kinds_of_principals=kinds_of_principals,
    )


def _observations(question: _ExposureQuestion) -> Iterator[Observation]:
    bounds = question.bounds
    if bounds.lower is None or question.certain is None:
        yield _undecided(bounds.doubt)
        return
    observations = [
        _observe_excess(question, excess)
        for excess in question.certain.excess
        if not _is_masked(question, excess)
    ]
    if not _is_decided(question):
        observations.append(_undecided(bounds.doubt))
    elif _object_acls_count(question, bounds.lower):
        observations.append(unknown(text("storage.object-acls"), _OBJECT_ACLS))
    yield from observations or [passed(text("storage.as-declared", exposure=question.exposure))]


def _is_decided(question: _ExposureQuestion) -> bool:
    """Whether nothing more is allowed, however open what was not read may be."""
    bounds = question.bounds
    if bounds.unknown is None:
        return True
    if bounds.upper is None or _object_acls_count(question, bounds.upper):
        return False
    distributions = question.signing.certain
    upper = _compare(question.view, question.openings, bounds.upper, distributions)
    return all(_is_masked(question, excess) for excess in upper.excess)


def _undecided(doubt: Unknown) -> Observation:
    return unknown(text("storage.unread", cause=causes_text(doubt.causes)), doubt)


def _observe_excess(question: _ExposureQuestion, excess: ExcessAccess) -> Observation:
    words = describe_excess(excess) | _outside(question, excess)
    doubt = question.signing.doubt
    if doubt is not None and _depends_on_distributions(question, excess):
        cause = causes_text(doubt.causes)
        message = text("storage.distributions-unread", cause=cause, **words)
        return unknown(message, doubt, origin=_origin(question, excess))
    if excess.exact:
        return failed(
            text("storage.excess", exposure=question.exposure, **words),
            read=", ".join(iam_actions(excess)),
            expected=text(
                "common.verbatim",
                en=shown_exposure(question.openings),
                ja=exposure_texts(question.openings),
            ),
            origin=_origin(question, excess),
            witness=witness_of(excess.witness, question.bucket, _origin(question, excess)),
            allowed=allowed_access(excess),
        )
    causes = causes_of(question.certain.approximations if question.certain else (), excess.witness)
    message = text("storage.excess-in-doubt", causes=describe_approximations(causes), **words)
    return unknown(message, as_unknown(causes), origin=_origin(question, excess))


def _depends_on_distributions(question: _ExposureQuestion, excess: ExcessAccess) -> bool:
    """Whether it is access only if a distribution that is not known leads to the bucket."""
    if question.possible is None or not excess.is_of_distribution:
        return False
    return not any(
        possible.is_of_distribution and possible.access == excess.access
        for possible in question.possible.excess
    )


def _origin(question: _ExposureQuestion, excess: ExcessAccess) -> Origin | None:
    """Where a template says what grants the access; in an account, the bucket says enough."""
    source, path = excess.witness.source, excess.witness.path
    if not question.view.snapshot.is_planned or source not in ("policy", "acl"):
        return None
    return question.bucket.origin_of(source, path if source == "policy" else "")


def _outside(question: _ExposureQuestion, excess: ExcessAccess) -> dict[str, Text]:
    """That it is what was declared, but of other objects."""
    bounds = tuple(
        pattern
        for opening in question.openings
        if excess.access in opening.access and _is_for(opening, excess)
        for pattern in opening.objects
    )
    if not bounds or "*" in bounds or excess.access == "list":
        return {}
    return {"access": text(f"storage.{excess.access}-outside", objects=bounds)}


def _is_for(opening: BucketDeclaration, excess: ExcessAccess) -> bool:
    """Whether the bucket is opened to just these callers."""
    if excess.principal_kind == _EVERYONE:
        return "public" in opening.exposure
    return excess.principal in opening.accounts


def _object_acls_count(question: _ExposureQuestion, bucket: BucketAccess) -> bool:
    """Whether an ACL of an object might allow more than is declared."""
    open_to_all = any(
        "public" in opening.exposure and "read" in opening.access and "*" in opening.objects
        for opening in question.openings
    )
    return bucket.acl_counts and not bucket.block.ignore_public_acls and not open_to_all


def _notes(question: _ExposureQuestion) -> Iterator[Text]:
    bucket, certain = question.bounds.lower, question.certain
    if bucket is None or certain is None or question.bounds.unknown is not None:
        return
    if question.bounds.excuse is not None and certain.excess:
        yield text("storage.storage-excuse", cause=causes_text(question.bounds.excuse.causes))
    if question.bounds.unread is not None:
        cause = causes_text(question.bounds.unread.causes)
        yield text("storage.multi-region-unread", cause=cause)
    yield from _blocked(question)
    declared = exposure_declarations(question.view.baseline, question.openings, bucket)
    for index in certain.whole_listings:
        yield text("storage.whole-listing", objects=declared[index].objects)
    arns = tuple(arn for arns in question.signing.possible.values() for arn in arns)
    if arns and _is_open_to_distributions(certain):
        yield text("storage.distributions", arns=arns)
    yield from dict.fromkeys(_deputies(question.view, certain))
    masked = question.masked & _surely_open_to_all(question.unblocked)
    if masked:
        names = sorted(f"s3:{name}" for name in masked)
        yield text("storage.masked-policy", actions=abbreviate(names))
    if bucket.acl_counts and bucket.block.ignore_public_acls:
        yield from _ignored_acls(bucket)
    identities = tuple(name for declaration in declared for name in declaration.identities)
    if identities:
        yield text("storage.identities", names=identities)


def _deputies(view: AccountView, certain: Comparison) -> Iterator[Text]:
    """On whose behalf services have access, other than the organization of the account."""
    organizations = {organization.id for organization in view.all(Organization)}
    for deputy in certain.deputies:
        if deputy.source.startswith("o-"):
            if deputy.source not in organizations:
                yield text(
                    "storage.organization-deputy",
                    service=deputy.service,
                    organization=deputy.source,
                )
        else:
            yield text("storage.deputy", service=deputy.service, account=deputy.source)


def _ignored_acls(bucket: BucketAccess) -> Iterator[Text]:
    """What IgnorePublicAcls keeps ACLs from granting."""
    public = (grant for grant in bucket.acl if grant.public)
    grants = tuple(f"{grant.grantee.rpartition('/')[2]} {grant.permission}" for grant in public)
    if grants:
        yield text("storage.masked", grants=grants)
    yield text("storage.named-object-acls")


def _blocked(question: _ExposureQuestion) -> Iterator[Text]:
    """Declared access that is blocked, and what blocks it."""
    for declaration in question.certain.blocked if question.certain else ():
        access = text(f"storage.{NOUNS[declaration.access]}")
        unreachable = abbreviate(declaration.unreachable)
        denied_by = list(declaration.denied_by)
        if question.unblocked is not None and declaration not in question.unblocked.blocked:
            denied_by.append("RestrictPublicBuckets")
        if denied_by:
            statements = tuple(denied_by)
            yield text(
                "storage.blocked-by", access=access, parts=unreachable, statements=statements
            )
        else:
            yield text("storage.blocked", access=access, parts=unreachable)
