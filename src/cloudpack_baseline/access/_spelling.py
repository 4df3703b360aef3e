"""Names of actions as AWS writes them: the engine compares them in lower case."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access._s3_actions import BUCKET_ACTIONS, OBJECT_ACTIONS, OTHER_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EXAMPLES", "spelled"]

EXAMPLES: Final = ("iam:GetUser", "ec2:DescribeInstances", "s3:GetObject")
"""Actions that stand for many."""

_WILD: Final = re.compile(r"[*?]")


@cache
def _known() -> Mapping[str, str]:
    s3 = (f"s3:{name}" for name in (*BUCKET_ACTIONS, *OBJECT_ACTIONS, *OTHER_ACTIONS))
    return {name.lower(): name for name in (*EXAMPLES, *s3)}


def spelled(action: str, patterns: Iterable[str]) -> str:
    """The action as AWS writes it, or, as far as that is not known, as the policies do.

    Args:
        action: in lower case.
        patterns: of actions, as they are written in policies.
    """
    known = _known().get(action)
    if known is not None:
        return known
    written = (_WILD.split(pattern, maxsplit=1)[0] for pattern in patterns)
    head = max((one for one in written if action.startswith(one.lower())), key=len, default="")
    return head + action[len(head) :]
