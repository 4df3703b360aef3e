"""What checks of permissions read.

It is apart from the engine, which is loaded for principals only; the kinds are named, so that not
even their classes are loaded before.
"""

from __future__ import annotations

from cloudpack_baseline.model.read import reads

__all__ = ["PERMISSION_READS", "POLICY_READS", "SERVICE_CONTROL"]

POLICY_READS = (
    reads("UserDetail"),
    reads("RoleDetail"),
    reads("GroupDetail"),
    reads("ManagedPolicyDetail"),
)
"""What `PolicyDirectory` needs."""

SERVICE_CONTROL = (
    reads("Organization"),
    reads("OrganizationAccount"),
    reads("ServiceControlPolicy"),
)
"""What `service_control` needs."""

PERMISSION_READS = (*POLICY_READS, *SERVICE_CONTROL)
"""What `AccountPermissions` needs."""
