"""Amazon Data Lifecycle Manager: lifecycle policies.

Source: AWS CloudFormation Template Reference, "Amazon Data Lifecycle Manager resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list, exact
from cloudpack_baseline.sources.cloudformation.values import Resolved

__all__ = ["TYPES"]

TYPES = Types()


@TYPES.of(
    "AWS::DLM::LifecyclePolicy",
    "dlm:GetLifecyclePolicies",
    "dlm:GetLifecyclePolicy",
    attributes={"Arn": "arn:{partition}:dlm:{region}:{account}:policy/{id}"},
)
def _lifecycle_policy(resource: TypedResource) -> None:
    """A default policy has its copies beside the details."""
    state = resource.get("State", "ENABLED")
    details = resource.get("PolicyDetails", {})
    copies = resource.get("CrossRegionCopyTargets")
    if isinstance(details, dict) and copies is not None:
        details = {**details, "CrossRegionCopyTargets": copies}
    resource.item("dlm:GetLifecyclePolicies", PolicyId=resource.id, State=state)
    resource.about(
        "dlm:GetLifecyclePolicy",
        resource.id,
        Policy={"PolicyId": resource.id, "State": state, "PolicyDetails": _exact(details)},
    )


def _exact(value: Resolved) -> Resolved:
    """The value, where each text is a place or an account, which counts only if it is known."""
    if isinstance(value, dict):
        return {name: _exact(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in as_list(value)]
    return exact(value)
