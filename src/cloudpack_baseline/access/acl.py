"""The grants of a bucket's ACL as rules.

Source: Amazon S3 User Guide, "Access control list (ACL) overview".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.actions import bits
from cloudpack_baseline.access.rules import Rule
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.context import PolicyContext

__all__ = ["acl_rules", "named_grantees"]

_ACTIONS: Final = {
    "READ": bits(("ListBucket", "ListBucketVersions", "ListBucketMultipartUploads")),
    "WRITE": bits(("PutObject",)),
    "READ_ACP": bits(("GetBucketAcl",)),
    "WRITE_ACP": bits(("PutBucketAcl",)),
}
_FULL_CONTROL: Final = sum(_ACTIONS.values())
_GROUPS: Final = frozenset({"AllUsers", "AuthenticatedUsers", "LogDelivery"})


def named_grantees(bucket: BucketAccess) -> set[str]:
    """The canonical user IDs that the ACL grants to; groups are given by URI or name."""
    grantees = {grant.grantee for grant in bucket.acl}
    return {name for name in grantees if "://" not in name and name not in _GROUPS}


def acl_rules(bucket: BucketAccess, context: PolicyContext) -> list[Rule]:
    """A rule for each grant that is in effect."""
    rules: list[Rule] = []
    for index, grant in enumerate(bucket.acl if bucket.acl_counts else ()):
        if grant.public and bucket.block.ignore_public_acls:
            continue
        callers = sum(
            1 << i for i, c in enumerate(context.callers) if _is_granted(grant.grantee, c, bucket)
        )
        actions = _ACTIONS.get(grant.permission, _FULL_CONTROL)
        masks = {context.layout.caller: callers, context.layout.action: actions}
        requests = RequestSet.box(context.space, masks)
        name, path = f"ACL {grant.permission}", f"$.Grants[{index}]"
        rules.append(
            Rule(
                label=name,
                source="acl",
                path=path,
                allows=True,
                low=requests,
                high=requests,
                public_acl=grant.public,
            )
        )
    return rules


def _is_granted(grantee: str, caller: Caller, bucket: BucketAccess) -> bool:
    group = grantee.rpartition("/")[2]
    if group == "AllUsers":
        return caller.kind != "service"
    if group == "AuthenticatedUsers":
        return caller.kind in {"account", "canonical"}
    if caller.owner and grantee == bucket.owner_canonical_id:
        return True
    return caller.kind == "canonical" and caller.name == grantee
