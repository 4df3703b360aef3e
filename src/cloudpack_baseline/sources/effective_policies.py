"""The policy of an organization that is in effect for an account, which moto does not work out.

Source: AWS Organizations User Guide, "Understanding management policy inheritance".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloudpack_baseline.sources.calls import NOT_PROVIDED, Answer, CallError, Transport
from cloudpack_baseline.sources.operations import operation

__all__ = ["EFFECTIVE_POLICY_READS", "effective_policy"]

EFFECTIVE_POLICY_READS = frozenset(
    f"organizations:{name}"
    for name in (
        "ListPolicies",
        "ListTargetsForPolicy",
        "DescribePolicy",
        "ListAccountsForParent",
        "ListOrganizationalUnitsForParent",
    )
)
"""The operations that `effective_policy` calls."""

_ASSIGN = "@@assign"


def effective_policy(
    transport: Transport, region: str, policy_type: str, account: str
) -> Answer | None:
    """The answer of DescribeEffectivePolicy; ``None``: no policy of the type is attached.

    It is the policy that is attached to the root, to an organizational unit of the account, or to
    the account itself, if there is one alone.

    Raises:
        CallError: several policies are attached.
    """
    attached = [*_attached(transport, region, policy_type, account)]
    if len(attached) > 1:
        raise CallError(NOT_PROVIDED, f"several policies of the type {policy_type} are attached")
    if not attached:
        return None
    (answer,) = _pages(transport, "DescribePolicy", region, PolicyId=attached[0])
    content = json.dumps(_assigned(json.loads(answer["Policy"]["Content"])))
    policy = {"PolicyContent": content, "PolicyType": policy_type, "TargetId": account}
    return {"EffectivePolicy": policy}


def _attached(transport: Transport, region: str, policy_type: str, account: str) -> Iterator[str]:
    """The IDs of the policies that the account inherits, or that are attached to it."""
    try:
        listed = [*_pages(transport, "ListPolicies", region, Filter=policy_type)]
    except CallError:
        return
    for policy in _items(listed, "Policies"):
        pages = _pages(transport, "ListTargetsForPolicy", region, PolicyId=policy["Id"])
        for target in _items(pages, "Targets"):
            if (
                target["Type"] == "ROOT"
                or target["TargetId"] == account
                or (
                    target["Type"] == "ORGANIZATIONAL_UNIT"
                    and _contains(transport, region, target["TargetId"], account)
                )
            ):
                yield policy["Id"]


def _contains(transport: Transport, region: str, unit: str, account: str) -> bool:
    """Whether the account is in the organizational unit, or in one below it."""
    accounts = _pages(transport, "ListAccountsForParent", region, ParentId=unit)
    if any(member["Id"] == account for member in _items(accounts, "Accounts")):
        return True
    units = _pages(transport, "ListOrganizationalUnitsForParent", region, ParentId=unit)
    return any(
        _contains(transport, region, below["Id"], account)
        for below in _items(units, "OrganizationalUnits")
    )


def _pages(
    transport: Transport, name: str, region: str, **parameters: str
) -> Iterable[Mapping[str, Any]]:
    return transport.pages(operation(f"organizations:{name}"), region, parameters)


def _items(pages: Iterable[Mapping[str, Any]], member: str) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        yield from page.get(member) or ()


def _assigned(content: object) -> object:
    """The content of a policy with the values that it assigns, and without other operators."""
    if not isinstance(content, dict):
        return content
    if _ASSIGN in content:
        return content[_ASSIGN]
    return {
        name: _assigned(member) for name, member in content.items() if not name.startswith("@@")
    }
