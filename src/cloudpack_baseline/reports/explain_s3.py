"""How a verdict on a bucket comes about, statement by statement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TypeAlias

from attrs import asdict, evolve

from cloudpack_baseline.access import BucketAccess, Policy, compare, denied_by, exposure
from cloudpack_baseline.access.policy import Statement
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks import AccountView
from cloudpack_baseline.checks.approximations import describe_approximations
from cloudpack_baseline.checks.storage.access_texts import describe_excess, witness_of_request
from cloudpack_baseline.checks.storage.bucket_access import access_bounds
from cloudpack_baseline.checks.storage.declared_exposure import exposure_texts
from cloudpack_baseline.commands import request_command
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import judge
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.reports.plain import finding_text
from cloudpack_baseline.texts import Language, Text, text
from cloudpack_baseline.whitepaper import control

__all__ = ["explain_bucket", "name_of"]

Words: TypeAlias = Mapping[str, str | Text | tuple[str | Text, ...]]

_CONTROL = "s3-exposure"
_ADDRESS = re.compile(r"(?:arn:[^:]*:s3:::|s3://)([^/]+)")
_NEAR = 3


def explain_bucket(
    snapshot: Snapshot, baseline: Baseline, name: str, language: Language
) -> Iterator[str]:
    """The lines that explain the bucket, which is named as itself, by ARN, or as ``s3://NAME``.

    Raises:
        InputError: the snapshot has no bucket of that name.
    """
    wanted = name_of(name)
    known: list[str] = []
    for account in snapshot.accounts:
        for bucket in snapshot.all(Bucket, account.id):
            known.append(bucket.name)
            if bucket.name == wanted:
                yield from _explained(snapshot, baseline, account, bucket, language)
                return
    near = tuple(get_close_matches(wanted, known, n=_NEAR, cutoff=0))
    id_ = "explain.no-such-bucket" if near else "explain.no-bucket"
    raise InputError(text(id_, name=wanted, near=near).in_language(language))


def name_of(bucket: str) -> str:
    """The name in an ARN or an ``s3://`` address; else what was given."""
    found = _ADDRESS.match(bucket)
    return found[1] if found else bucket


def _explained(
    snapshot: Snapshot,
    baseline: Baseline,
    account: AccountScope,
    bucket: Bucket,
    language: Language,
) -> Iterator[str]:
    moment = snapshot.taken_at
    view = AccountView(
        control=_CONTROL, snapshot=snapshot, account=account, baseline=baseline, as_of=moment
    )
    declared = exposure_texts(baseline.openings(bucket.name))
    head = text("explain.bucket", arn=bucket.arn, account=account.id, exposure=declared)
    yield head.in_language(language)
    held = access_bounds(view, bucket).lower
    if held is not None:
        yield from (f"  {line.in_language(language)}" for line in _settings(held))
        yield from (f"  {line}" for line in _statements(held, language))
    yield text("explain.verdict").in_language(language)
    for finding in judge(snapshot, baseline, control(_CONTROL), account, moment):
        if finding.resource.key == bucket.key:
            yield finding_text(finding, language)


def _settings(bucket: BucketAccess) -> Iterator[Text]:
    held = asdict(bucket.block).items()
    on = tuple(name.title().replace("_", "") for name, value in held if value)
    yield text("explain.blocks", settings=on or text("explain.blocks-none"))
    if not bucket.acl_counts:
        yield text("explain.acl-off")
        return
    others = tuple(
        f"{one.grantee.rpartition('/')[2]} {one.permission}"
        for one in bucket.acl
        if one.grantee != bucket.owner_canonical_id
    )
    yield text("explain.acl", grants=others or text("explain.acl-owner"))


def _statements(bucket: BucketAccess, language: Language) -> Iterator[str]:
    if bucket.policy is None:
        yield text("explain.no-policy").in_language(language)
        return
    for statement in bucket.policy.statements:
        head = text(
            "explain.statement",
            path=statement.path,
            label=statement.sid or "",
            effect=statement.effect,
        )
        yield head.in_language(language)
        for line in _effect(bucket, bucket.policy, statement):
            yield f"  {line if isinstance(line, str) else line.in_language(language)}"
    yield from (line.in_language(language) for line in _points(bucket))
    for one in exposure(bucket).denied:
        line = text(
            "explain.stopped",
            action=one.request.action,
            resource=one.request.resource,
            allow=one.allow,
            deny=one.deny,
        )
        yield line.in_language(language)


def _points(bucket: BucketAccess) -> Iterator[Text]:
    """The access points: where their requests come from, and what their policies say."""
    for point in bucket.access_points:
        yield text("explain.point", name=point.name, origin=point.vpc_id or point.network_origin)
        for statement in point.policy.statements if point.policy else ():
            yield text(
                "explain.point-statement",
                path=statement.path,
                label=statement.sid or "",
                effect=statement.effect,
            )
        if point.policy is None:
            yield text("explain.point-without-policy")


def _effect(bucket: BucketAccess, policy: Policy, statement: Statement) -> Iterator[Text | str]:
    """What an Allow does by itself, and what a Deny does to the others."""
    if statement.effect == "Deny":
        yield from _denied(bucket, policy, statement)
        return
    surplus = compare(_of_statements(bucket, policy, (statement,))).excess
    for one in surplus:
        yield text("explain.statement-alone", **describe_excess(one))
        command = request_command(one.witness.request)
        if command:
            yield f"  $ {command}"
    if not surplus:
        yield text("explain.statement-nothing")


def _of_statements(
    bucket: BucketAccess, policy: Policy, statements: tuple[Statement, ...]
) -> BucketAccess:
    """The bucket as if it had these statements and its access points, and no ACL and no block."""
    return evolve(
        bucket,
        policy=evolve(policy, statements=statements),
        acl=(),
        account_block=None,
        bucket_block=None,
        organization_block=None,
    )


def _let_in(bucket: BucketAccess) -> list[Words]:
    """Who gets into the bucket besides its owner's account and bound services."""
    return [describe_excess(one) for one in compare(bucket).excess]


def _denied(bucket: BucketAccess, policy: Policy, deny: Statement) -> Iterator[Text]:
    """What the Deny takes from what all other statements let through."""
    whole = _of_statements(bucket, policy, policy.statements)
    others = tuple(one for one in policy.statements if one is not deny)
    bare = _of_statements(bucket, policy, others)
    left = _let_in(whole)
    for words in _let_in(bare):
        if words not in left:
            yield text("explain.statement-without", **words)
    if exposure(bare).clear_text and not exposure(whole).clear_text:
        yield text("explain.statement-clear-text")
    request = denied_by(whole, deny.path)
    doubts = [one for one in exposure(whole).approximations if one.statement == deny.label]
    if request is None and doubts:
        yield text("explain.statement-doubt", reasons=describe_approximations(doubts))
        return
    if request is None:
        yield text("explain.statement-no-deny")
        return
    told = witness_of_request(request)
    yield text("explain.statement-stops", request=told.summary, context=told.steps)
