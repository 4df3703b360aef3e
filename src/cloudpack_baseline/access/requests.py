"""Concrete requests, and what allows them, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field

from cloudpack_baseline.immutable import frozen

__all__ = ["PrincipalKind", "Request", "RequestWitness"]

PrincipalKind = Literal["anonymous", "account", "canonical", "cloudfront", "federated", "service"]


def _freeze(context: Mapping[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
    return dict(sorted(context.items()))


@frozen(kw_only=True)
class Request:
    """A request that AWS would evaluate.

    Attributes:
        principal_kind: which kind of principal sends it.
        principal: ``anonymous``, an ARN, a canonical user ID, a service or an identity provider.
        account: of the principal, where it is known.
        session: the ARN of the role session that sends it, if one does.
        action: the IAM action, such as ``s3:GetObject``.
        resource: the ARN of the bucket or object.
        access_point: the name of the access point that it comes through.
        region: of the bucket, where it is known.
        context: the condition keys that it carries; a tuple for keys with several values.
    """

    principal_kind: PrincipalKind
    principal: str
    account: str | None
    session: str | None = None
    action: str
    resource: str
    access_point: str | None = None
    region: str | None = None
    context: Mapping[str, str | tuple[str, ...]] = field(converter=_freeze, hash=False)

    @property
    def key(self) -> str | None:
        """The object's key, or None for a request on the bucket."""
        return self.resource.partition(":::")[2].partition("/")[2] or None

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self.resource.partition(":::")[2].partition("/")[0]


@frozen(kw_only=True)
class RequestWitness:
    """An allowed request, and what allows it.

    Attributes:
        request: the request.
        statement: the Sid or path of the statement, or the permission of the ACL.
        source: ``policy``, ``acl`` or an access point.
        path: the path of the statement in its document.
    """

    request: Request
    statement: str
    source: str
    path: str
