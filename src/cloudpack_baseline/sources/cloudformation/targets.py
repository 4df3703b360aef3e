"""The targets of target groups: named by the group, or registered by what runs behind it."""

from __future__ import annotations

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.interfaces import INTERFACES
from cloudpack_baseline.sources.cloudformation.stack_answers import extending
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    as_list,
    exact,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined, why_of

__all__ = ["HEALTH", "describe_targets", "register_addresses", "register_target"]

HEALTH = "elbv2:DescribeTargetHealth"
_MEMBERS = "TargetHealthDescriptions"


def describe_targets(resource: TypedResource, targets: Resolved) -> None:
    """Describe the targets that a group names; without any, others register them."""
    described: Resolved = [{"Target": target} for target in as_list(targets)]
    if targets is None:
        described = undetermined(f"the targets of {resource.name}")
    elif (unknown := why_of([follow(target, "Id") for target in as_list(targets)])) is not None:
        described = unknown
    resource.about(HEALTH, resource.id, is_default=targets is None, **{_MEMBERS: described})


def register_target(resource: TypedResource, group: Resolved, target: Resolved) -> None:
    """Add a target to a group, by its ID or address."""
    arn, unknown = str(shown(group)), why_of(target)
    if (HEALTH, arn) in resource.answers.subjects:
        added: Resolved = [{"Target": {"Id": target}}] if unknown is None else unknown
        members: dict[str, Resolved] = {_MEMBERS: added}
        resource.about(HEALTH, arn, join=extending(_MEMBERS), **members)


def register_addresses(
    resource: TypedResource, group: Resolved, interfaces: tuple[str, ...]
) -> None:
    """Add the addresses of interfaces to a group."""
    for interface in interfaces:
        item = resource.answers.find(INTERFACES, "NetworkInterfaceId", interface)
        addresses = None if item is None else item.raw("PrivateIpAddresses")
        for entry in as_list(addresses):
            target = entry if isinstance(entry, Unknown) else follow(entry, "PrivateIpAddress")
            register_target(resource, group, exact(target))
