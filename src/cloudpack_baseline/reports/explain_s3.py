"""How a verdict on a bucket is reached, statement by statement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TypeAlias

from attrs import asdict, evolve

from cloudpack_baseline.access import BucketAccess, Policy, compare_access, denied_by, exposure
from cloudpack_baseline.access.policy import Statement
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks.approximations import describe_approximations
from cloudpack_baseline.checks.storage.access_texts import describe_excess, witness_of_request
from cloudpack_baseline.checks.storage.bucket_access import access_bounds
from cloudpack_baseline.checks.storage.declared_exposure import exposure_texts
from cloudpack_baseline.commands import request_command
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import judge, view_of
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.reports.plain import finding_text
from cloudpack_baseline.texts import Language, Text, text
from cloudpack_baseline.whitepaper import control_of

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
    bucket_name = name_of(name)
    known: list[str] = []
    for account in snapshot.accounts:
        for bucket in snapshot.all(Bucket, account.id):
            known.append(bucket.name)
            if bucket.name == bucket_name:
                yield from _explained(snapshot, baseline, account, bucket, language)
                return
    near = tuple(get_close_matches(bucket_name, known, n=_NEAR, cutoff=0))
    id_ = "explain.no-such-bucket" if near else "explain.no-bucket"
    raise InputError(text(id_, name=bucket_name, near=near).in_language(language))


def name_of(bucket: str) -> str:
    """The name in an ARN or an ``s3://`` address; else the argument itself."""
    match = _ADDRESS.match(bucket)
    return match[1] if match else bucket


def _explained(
    snapshot: Snapshot,
    baseline: Baseline,
    account: AccountScope,
    bucket: Bucket,
    language: Language,
) -> Iterator[str]:
    view = view_of(snapshot, baseline, _CONTROL, account)
    declared = exposure_texts(baseline.openings(bucket.name))
    head = text("explain.bucket", arn=bucket.arn, account=account.id, exposure=declared)
    yield head.in_language(language)
    access = access_bounds(view, bucket).lower
    if access is not None:
        yield from (f"  {line.in_language(language)}" for line in _settings(access))
        yield from (f"  {line}" for line in _statements(access, language))
    yield text("explain.verdict").in_language(language)
    for finding in judge(snapshot, baseline, control_of(_CONTROL), account, view.as_of):
        if finding.resource.key == bucket.key:
            yield finding_text(finding, language)


def _settings(bucket: BucketAccess) -> Iterator[Text]:
    settings = asdict(bucket.block).items()
    on = tuple(name.title().replace("_", "") for name, value in settings if value)
    yield text("explain.blocks", settings=on or text("explain.blocks-none"))
    if not bucket.acl_counts:
        yield text("explain.acl-off")
        return
    grants = tuple(
        f"{grant.grantee.rpartition('/')[2]} {grant.permission}"
        for grant in bucket.acl
        if grant.grantee != bucket.owner_canonical_id
    )
    yield text("explain.acl", grants=grants or text("explain.acl-owner"))


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
    for denied in exposure(bucket).denied:
        line = text(
            "explain.stopped",
            action=denied.request.action,
            resource=denied.request.resource,
            allow=denied.allow,
            deny=denied.deny,
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
    excess = compare_access(_of_statements(bucket, policy, (statement,))).excess
    for grant in excess:
        yield text("explain.statement-alone", **describe_excess(grant))
        command = request_command(grant.witness.request)
        if command:
            yield f"  $ {command}"
    if not excess:
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


def _described_access(bucket: BucketAccess) -> list[Words]:
    """Who has access to the bucket besides its owner's account and bound services."""
    return [describe_excess(grant) for grant in compare_access(bucket).excess]


def _denied(bucket: BucketAccess, policy: Policy, deny: Statement) -> Iterator[Text]:
    """What the Deny denies of what all other statements allow."""
    with_deny = _of_statements(bucket, policy, policy.statements)
    without_deny = _of_statements(
        bucket, policy, tuple(statement for statement in policy.statements if statement is not deny)
    )
    remaining = _described_access(with_deny)
    for words in _described_access(without_deny):
        if words not in remaining:
            yield text("explain.statement-without", **words)
    if exposure(without_deny).clear_text and not exposure(with_deny).clear_text:
        yield text("explain.statement-clear-text")
    request = denied_by(with_deny, deny.path)
    doubts = [
        doubt for doubt in exposure(with_deny).approximations if doubt.statement == deny.label
    ]
    if request is None and doubts:
        yield text("explain.statement-doubt", reasons=describe_approximations(doubts))
        return
    if request is None:
        yield text("explain.statement-no-deny")
        return
    witness = witness_of_request(request)
    yield text("explain.statement-stops", request=witness.summary, context=witness.steps)
