"""Whether buckets that host websites are declared."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline import BucketDeclaration
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["s3_website"]


@check(reads(Bucket, "website"))
def s3_website(view: AccountView) -> Iterator[Finding]:
    """Reads the website configuration of each bucket (GetBucketWebsite).

    A bucket that hosts a website has to be declared (``website``). A website that only redirects
    counts too, because the owner of the bucket decides where its visitors go. A declared website
    that does not exist is a note.
    """
    for bucket in view.all(Bucket):
        declared = view.baseline.bucket(bucket.name)
        missing = declared.website and bucket.website is None
        notes = (text("storage.website-missing"),) if missing else ()
        yield view.finding(bucket, _website(bucket, declared), notes=notes)


def _website(bucket: Bucket, declared: BucketDeclaration) -> Observation:
    website, origin = bucket.website, bucket.origin_of("website")
    if isinstance(website, Unknown):
        return unknown("WebsiteConfiguration", website, origin=origin)
    if website is None:
        return passed(text("storage.no-website"), origin=origin)
    read = (
        f"IndexDocument.Suffix={website.index_document or ''}"
        if website.redirect_to is None
        else f"RedirectAllRequestsTo.HostName={website.redirect_to}"
    )
    if declared.website:
        return passed(text("storage.website-declared"), read=read, origin=origin)
    return failed(text("storage.website-undeclared"), read=read, origin=origin)
