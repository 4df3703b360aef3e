"""Whether bucket policies deny requests over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.access import Request, exposure
from cloudpack_baseline.checks.approximations import as_unknown, describe_approximations
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.resource_control import RESOURCE_CONTROL, ResourceControl
from cloudpack_baseline.checks.missing import why_not_described
from cloudpack_baseline.checks.request_texts import (
    describe_caller,
    describe_context,
    request_data,
)
from cloudpack_baseline.checks.storage.bucket_access import access_bounds
from cloudpack_baseline.commands import request_command
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Witness,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.texts import Text, text

__all__ = ["s3_tls_only"]

_EXPECTED = "aws:SecureTransport=true"


@check(reads(Bucket, "policy"), *RESOURCE_CONTROL, subjects=(Bucket,), by_parts=True)
def s3_tls_only(view: AccountView) -> Iterator[Finding]:
    """Evaluates the Deny statements of the bucket policy for requests over plain HTTP.

    They have to cover every principal, every action and every object (Amazon S3 User Guide,
    "Security best practices"). An Allow that requires TLS does not deny what another Allow
    grants. Deny statements of resource control policies count too, where the management account is
    in the snapshot. Declared websites are exempt, because website endpoints do not support TLS.
    """
    control = ResourceControl.of(view)
    for bucket in view.all(Bucket):
        observation, notes = _judge(view, bucket, control)
        yield view.finding(bucket, observation, notes=notes)


def _judge(
    view: AccountView, bucket: Bucket, control: ResourceControl
) -> tuple[Observation, tuple[Text, ...]]:
    if view.baseline.bucket(bucket.name).website:
        message = text("encryption.website")
        return not_applicable(message), ()
    origin = bucket.origin_of("policy")
    if bucket.policy is None and bucket.is_elsewhere:
        return unknown("Policy", why_not_described(bucket), expected=_EXPECTED), ()
    evidence = access_bounds(view, bucket, control)
    if evidence.lower is None:
        return unknown("Policy", evidence.doubt, expected=_EXPECTED, origin=origin), ()
    # Only Denies of the policy count here, so that settings that were not read change nothing.
    result = exposure(evidence.lower)
    if result.clear_text is None:
        notes = (text("encryption.lowest", version=result.lowest_tls),) if result.lowest_tls else ()
        return passed(text("encryption.refused"), expected=_EXPECTED, origin=origin), notes
    doubtful = [
        approximation
        for approximation in result.approximations
        if "clear_text" in approximation.questions
    ]
    if doubtful:
        message = text("encryption.doubtful", causes=describe_approximations(doubtful))
        return unknown(message, as_unknown(doubtful), expected=_EXPECTED, origin=origin), ()
    return failed(
        _what_is_missing(bucket, result.clear_text),
        read="aws:SecureTransport=false",
        expected=_EXPECTED,
        origin=origin,
        witness=_witness(result.clear_text),
    ), control.notes("s3")


def _what_is_missing(bucket: Bucket, request: Request) -> Text:
    """What a policy lacks that lets this request over plain HTTP pass.

    Reading an object is the first thing that is tried: a request on the bucket itself means that
    no object is left open.
    """
    if bucket.policy is None:
        return text("encryption.no-policy")
    if request.key is None:
        return text("encryption.bucket-left-out", arn=bucket.arn)
    return text("encryption.not-refused")


def _witness(request: Request) -> Witness:
    """The request that no Deny denies; whether an Allow allows it is another question."""
    summary = text(
        "encryption.request",
        principal=describe_caller(request),
        action=request.action,
        resource=request.resource,
    )
    return Witness(
        summary=summary,
        steps=describe_context(request),
        command=request_command(request),
        requests=(request_data(request),),
    )
