"""Settings of VPCs, subnets, security groups and instances that single records tell."""

from __future__ import annotations

__all__ = ["GONE"]

GONE = frozenset(("terminated", "shutting-down"))
