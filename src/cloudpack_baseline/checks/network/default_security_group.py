"""Whether the default security group of each VPC has no rule."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.ec2 import (
    SecurityGroup,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import (
    Unknown,
)
from cloudpack_baseline.texts import text

__all__ = ["default_security_group"]


_OF_NEW_VPC = "default VPC security group"
"""The description of the group that a VPC is created with."""


@check(reads(SecurityGroup))
def default_security_group(view: AccountView) -> Iterator[Finding]:
    """Reads the rules of the group whose ``GroupName`` is ``default``.

    ``IpPermissions`` and ``IpPermissionsEgress`` both have to be empty (Amazon VPC User Guide,
    Default security groups). The group cannot be deleted, and a resource that names no group
    gets it. A template cannot remove the rules that the group of a new VPC is created with, so
    the group is evaluated once it is deployed, unless the template adds a rule. A plan can, with
    ``aws_default_security_group``.
    """
    for group in view.all(SecurityGroup):
        if group.group_name != "default":
            continue
        if view.snapshot.is_planned and _is_as_created(group):
            yield view.finding(group, not_applicable(text("network.default-group-planned")))
        else:
            yield view.finding(group, *_default_group(group))


def _is_as_created(group: SecurityGroup) -> bool:
    """Whether it is the group of a new VPC, with the one rule of each direction that it has."""
    directions = (group.ip_permissions, group.ip_permissions_egress)
    added = any(isinstance(rules, Unknown) or len(rules) > 1 for rules in directions)
    return group.description == _OF_NEW_VPC and not added


def _default_group(group: SecurityGroup) -> Iterator[Observation]:
    for field, rules in (
        ("IpPermissions", group.ip_permissions),
        ("IpPermissionsEgress", group.ip_permissions_egress),
    ):
        if isinstance(rules, Unknown):
            yield unknown(field, rules, expected=f"{field}=[]")
        elif rules:
            yield failed(
                text("network.default-group-rules", field=field, number=len(rules)),
                read=f"{field}: {len(rules)}",
                expected=f"{field}=[]",
            )
        else:
            yield passed(text("network.default-group-empty", field=field))
