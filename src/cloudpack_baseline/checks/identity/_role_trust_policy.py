"""The trust policy of a role, and service-linked roles."""

from __future__ import annotations

from cloudpack_baseline.access import Policy
from cloudpack_baseline.checks.identity._policies import parse_document
from cloudpack_baseline.findings import Observation, not_applicable
from cloudpack_baseline.model.iam_principals import RoleDetail
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.texts import text

__all__ = ["service_linked", "trust_policy"]


def service_linked() -> Observation:
    """That a service-linked role is no subject of the control."""
    return not_applicable(text("identity.service-linked"))


def trust_policy(role: RoleDetail) -> Field[Policy]:
    """The trust policy of the role (AssumeRolePolicyDocument)."""
    if isinstance(role.trust, Unknown):
        return role.trust
    return parse_document(role.trust, "trust", role.arn)
