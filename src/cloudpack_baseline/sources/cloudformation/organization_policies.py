"""Policies of AWS Organizations: where they are attached, and what is in effect there.

Source: AWS Organizations User Guide, "Understanding management policy inheritance", "Amazon S3
policy syntax", "Declarative policy syntax", "Backup policy syntax".
"""

from __future__ import annotations

import json

from cloudpack_baseline.model.values import Truth, Unknown, Why, any_of
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, as_list
from cloudpack_baseline.sources.cloudformation.values import (
    PLACEHOLDER_ACCOUNT,
    Resolved,
    is_exact,
    undetermined,
    why_of,
)

__all__ = ["applies", "effective", "malformed", "may_apply", "parsed"]

_ASSIGN = "@@assign"


def may_apply(resource: TypedResource) -> bool:
    """Whether a target is the account, or may contain it; its root and units are not known."""
    targets = as_list(resource.get("TargetIds"))
    if resource.account == PLACEHOLDER_ACCOUNT:
        return bool(targets)
    return any(not _is_account(target) or str(target) == resource.account for target in targets)


def applies(resource: TypedResource) -> Truth:
    """Whether the policy applies to the account: an organization has one root, which contains it.

    Which accounts an organizational unit contains, no template says.
    """
    return any_of(_contains(target, resource) for target in as_list(resource.get("TargetIds")))


def _contains(target: Resolved, resource: TypedResource) -> Truth:
    if str(target).startswith("r-") or str(target) == resource.account:
        return True
    if _is_account(target) and resource.account != PLACEHOLDER_ACCOUNT:
        return False
    return undetermined(f"whether {target} contains the account")


def _is_account(target: object) -> bool:
    return is_exact(target) and str(target).isdigit()


def parsed(content: Resolved) -> Resolved:
    """The content of a policy, which may be a text."""
    if not isinstance(content, str) or why_of(content) is not None:
        return content
    try:
        return json.loads(content)
    except ValueError:
        return malformed("is not JSON")


def malformed(detail: str) -> Unknown:
    """Why the content of a policy is not read."""
    return Unknown.because(Why.MALFORMED, detail=f"Content: {detail}")


def effective(content: Resolved) -> Resolved:
    """The content as it takes effect alone: what is assigned, in place of the operators.

    What is appended or removed depends on the policies above.
    """
    if isinstance(content, list):
        return [effective(item) for item in as_list(content)]
    if not isinstance(content, dict):
        return content
    if _ASSIGN in content:
        return effective(content[_ASSIGN])
    if any(name in content for name in ("@@append", "@@remove")):
        return undetermined("what the policies of the organization above assign")
    return {
        name: effective(member) for name, member in content.items() if not name.startswith("@@")
    }
