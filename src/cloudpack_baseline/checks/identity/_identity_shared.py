"""Who may act in the account, from where, and as what."""

from __future__ import annotations

from cloudpack_baseline.access import Policy
from cloudpack_baseline.checks.identity._principals import (
    parsed,
)
from cloudpack_baseline.findings import Observation, not_applicable
from cloudpack_baseline.model.iam_principals import (
    RoleDetail,
)
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.texts import text

__all__ = ["service_linked", "trust_policy"]


def service_linked() -> Observation:
    return not_applicable(text("identity.service-linked"))


def trust_policy(role: RoleDetail) -> Field[Policy]:
    if isinstance(role.trust, Unknown):
        return role.trust
    return parsed(role.trust, "trust", role.arn)
