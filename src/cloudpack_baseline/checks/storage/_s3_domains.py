"""Which bucket a host name of S3 leads to."""

from __future__ import annotations

from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["bucket_at"]

_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn")
_OTHER = ("s3-accesspoint", "s3-global", "s3-object-lambda", "s3-outposts")
_ALIASES = ("-s3alias", "--ol-s3")


def bucket_at(domain: str, path: str = "") -> Field[str | None]:
    """The bucket that the host leads to; ``None``: not an S3 bucket.

    Unknown if the host alone does not identify the bucket: access points and their aliases
    (Amazon S3 User Guide, Access point aliases), parameters of a multi-tenant distribution,
    and the S3 endpoint, for which the path of each request names the bucket.

    Args:
        domain: such as ``docs.s3.ap-northeast-1.amazonaws.com`` (Amazon S3 User Guide, Virtual
            hosting of general purpose buckets; Website endpoints).
        path: the prefix of the path of each request, such as ``/docs``.
    """
    if "{{" in domain:
        return _in_doubt(domain)
    labels = _labels(domain.lower())
    places = [at for at, label in enumerate(labels) if label.partition("-")[0] == "s3"]
    if not places:
        return None
    at = places[-1]
    bucket, service = ".".join(labels[:at]), labels[at]
    if service.startswith(_OTHER) or bucket.endswith(_ALIASES):
        return _in_doubt(domain)
    name = bucket or path.strip("/").partition("/")[0]
    return name or _in_doubt(domain)


def _labels(domain: str) -> list[str]:
    """The part before the domain of AWS; nothing if the host is not in it."""
    for suffix in _SUFFIXES:
        if domain.endswith(suffix):
            return domain.removesuffix(suffix).split(".")
    return []


def _in_doubt(domain: str) -> Unknown:
    return Unknown.because(Why.UNSUPPORTED, detail=f"the bucket behind {domain}")
