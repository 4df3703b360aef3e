"""Which kind of policy denied a call, as AWS says it in the message of the error.

Source: IAM User Guide, "Troubleshoot access denied error messages".
"""

from __future__ import annotations

import re

__all__ = ["POLICIES", "denying_policy"]

_EXPLICIT = re.compile(r"\bwith an explicit deny in an? ([\w -]+?)(?:[:.,]|$)")
_IMPLICIT = re.compile(r"\bbecause no ([\w -]+?) allows\b")
POLICIES = frozenset(
    (
        "VPC endpoint policy",
        "identity-based policy",
        "permissions boundary",
        "resource control policy",
        "resource-based policy",
        "service control policy",
        "session policy",
    )
)
"""The kinds that AWS names."""


def denying_policy(message: str) -> str:
    """The kind of policy that an allowing statement of the caller does not help against.

    Args:
        message: of an error that denies access; it names the caller and resources.

    Returns:
        such as ``service control policy``; empty: the caller lacks the permission, or the message
        does not say.
    """
    explicit = _EXPLICIT.search(message)
    match = explicit or _IMPLICIT.search(message)
    policy = match[1] if match else ""
    lacks_permission = explicit is None and policy == "identity-based policy"
    return policy if policy in POLICIES and not lacks_permission else ""
