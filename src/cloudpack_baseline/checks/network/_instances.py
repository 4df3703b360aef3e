"""The instances that exist: terminated ones are still listed for a while."""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.model.ec2 import Instance

__all__ = ["instances"]

_GONE = frozenset(("terminated", "shutting-down"))


def instances(view: AccountView) -> tuple[Instance, ...]:
    """The instances of the account, without those that are terminated."""
    return tuple(instance for instance in view.all(Instance) if instance.state not in _GONE)
