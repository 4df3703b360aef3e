"""Users, groups, roles and their policies: all from one operation, filtered by kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote

from cloudpack_baseline.model.iam_principals import (
    AccessKey,
    GroupDetail,
    InlinePolicy,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.reading import Misshapen, optional_instant, single, string
from cloudpack_baseline.model.record import Record, tags_from
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, both, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["PRINCIPALS"]

T = TypeVar("T")

_ALL = "iam:GetAccountAuthorizationDetails"
_PROFILE = "iam:GetLoginProfile"
_KEYS = "iam:ListAccessKeys"


def _details(
    calls: Calls, filters: tuple[str, ...], key: str, make: Callable[[Answer], Record | None]
) -> Gathered:
    """A record for each item under the key of each page."""
    listing = calls.pages(_ALL, Filter=list(filters))
    unknown, records = listing.unknown, []
    for page in listing.items:
        items = converted(_ALL, lambda held: tuple(held[key]), page)
        if isinstance(items, Unknown):
            unknown = both(unknown, items)
            continue
        for made in calls.map(lambda item: converted(_ALL, make, item), items):
            if isinstance(made, Unknown):
                unknown = both(unknown, made)
            elif made is not None:
                records.append(made)
    return Gathered(tuple(records), unknown)


def _plain(calls: Calls, item: Answer, name: str) -> dict[str, Any]:
    return {
        "arn": string(item, "Arn"),
        "account": calls.account,
        "name": string(item, name),
        "origin": Origin(operation=_ALL),
        "path": string(item, "Path"),
    }


def _document(held: object) -> str:
    """The policy as JSON text: boto3 gives what it parsed, a recorded answer may be quoted.

    Raises:
        Misshapen: it is neither.
    """
    if isinstance(held, Mapping):
        return json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    if not isinstance(held, str):
        raise Misshapen("a policy is neither a text nor an object")
    return unquote(held) if held.startswith("%") else held


def _inline(key: str, item: Answer) -> Field[tuple[InlinePolicy, ...]]:
    def convert(held: Answer) -> tuple[InlinePolicy, ...]:
        return tuple(
            InlinePolicy(name=string(one, "PolicyName"), document=_document(one["PolicyDocument"]))
            for one in held.get(key) or ()
        )

    return converted(_ALL, convert, item)


def _attached(item: Answer) -> tuple[str, ...]:
    return tuple(string(one, "PolicyArn") for one in item.get("AttachedManagedPolicies") or ())


def _boundary(item: Answer) -> str | None:
    held = item.get("PermissionsBoundary")
    return None if held is None else string(held, "PermissionsBoundaryArn")


def _roles(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return _details(calls, ("Role",), "RoleDetailList", partial(_role, calls))


def _role(calls: Calls, item: Answer) -> RoleDetail:
    return RoleDetail(
        **_plain(calls, item, "RoleName"),
        id=string(item, "RoleId"),
        trust=converted(_ALL, lambda held: _document(held["AssumeRolePolicyDocument"]), item),
        inline_policies=_inline("RolePolicyList", item),
        attached_policies=_attached(item),
        boundary=_boundary(item),
        tags=tags_from(item.get("Tags")),
    )


def _users(calls: Calls, wanted: frozenset[str]) -> Gathered:
    return _details(calls, ("User",), "UserDetailList", partial(_user, calls, wanted))


def _user(calls: Calls, wanted: frozenset[str], item: Answer) -> UserDetail:
    name = string(item, "UserName")
    return UserDetail(
        **_plain(calls, item, "UserName"),
        id=string(item, "UserId"),
        groups=tuple(item.get("GroupList") or ()),
        inline_policies=_inline("UserPolicyList", item),
        attached_policies=_attached(item),
        boundary=_boundary(item),
        tags=tags_from(item.get("Tags")),
        password=_password(calls, name) if "password" in wanted else _unread(_PROFILE),
        access_keys=_keys(calls, name) if "access_keys" in wanted else _unread(_KEYS),
    )


def _unread(key: str) -> Unknown:
    return Unknown.because(Why.NOT_GATHERED, operation=key)


def _password(calls: Calls, name: str) -> Field[bool]:
    answer = calls.get(_PROFILE, absent=("NoSuchEntity", "NoSuchEntityException"), UserName=name)
    return answer if isinstance(answer, Unknown) else answer is not None


def _keys(calls: Calls, name: str) -> Field[tuple[AccessKey, ...]]:
    listing = calls.listing(_KEYS, UserName=name)
    made = [converted(_KEYS, _key, item) for item in listing.items]
    unknown = listing.unknown
    for one in made:
        unknown = both(unknown, one if isinstance(one, Unknown) else None)
    return tuple(one for one in made if isinstance(one, AccessKey)) if unknown is None else unknown


def _key(item: Answer) -> AccessKey:
    return AccessKey(
        id=string(item, "AccessKeyId"),
        # A status that nobody documented may well be usable.
        active=string(item, "Status") not in ("Inactive", "Expired"),
        created_at=optional_instant(item.get("CreateDate")),
    )


def _groups(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return _details(calls, ("Group",), "GroupDetailList", partial(_group, calls))


def _group(calls: Calls, item: Answer) -> GroupDetail:
    return GroupDetail(
        **_plain(calls, item, "GroupName"),
        inline_policies=_inline("GroupPolicyList", item),
        attached_policies=_attached(item),
    )


def _policies(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    kinds = ("LocalManagedPolicy", "AWSManagedPolicy")
    return _details(calls, kinds, "Policies", partial(_policy, calls))


def _policy(calls: Calls, item: Answer) -> ManagedPolicyDetail | None:
    if not (item.get("AttachmentCount") or item.get("PermissionsBoundaryUsageCount")):
        return None
    arn = string(item, "Arn")
    return ManagedPolicyDetail(
        arn=arn,
        account=calls.account,
        name=arn.rpartition("/")[2],  # moto leaves the name out
        origin=Origin(operation=_ALL),
        document=converted(_ALL, _default_version, item),
    )


def _default_version(item: Answer) -> str:
    versions = (one for one in item["PolicyVersionList"] if one["IsDefaultVersion"])
    held = single(versions, "IsDefaultVersion")
    return _document(held["Document"])


PRINCIPALS = (
    Gatherer(kind=RoleDetail, run=_roles, operations=(_ALL,), regional=False),
    Gatherer(
        kind=UserDetail,
        run=_users,
        operations=(_ALL,),
        fields={"password": (_PROFILE,), "access_keys": (_KEYS,)},
        regional=False,
    ),
    Gatherer(kind=GroupDetail, run=_groups, operations=(_ALL,), regional=False),
    Gatherer(kind=ManagedPolicyDetail, run=_policies, operations=(_ALL,), regional=False),
)
