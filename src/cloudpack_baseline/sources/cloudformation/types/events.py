"""Amazon EventBridge: event buses, their policies and rules.

Source: AWS CloudFormation Template Reference, "Amazon EventBridge resource types".
"""

from __future__ import annotations

from typing import Any

from cloudpack_baseline.sources.cloudformation.policies import with_statement
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here, statements_here
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list
from cloudpack_baseline.sources.cloudformation.values import as_json

__all__ = ["TYPES"]

TYPES = Types()

_BUSES = "events:ListEventBuses"
_RULES = "events:ListRules"
_TARGETS = "events:ListTargetsByRule"
_DEFAULT = "default"


@TYPES.of(
    "AWS::Events::EventBus",
    _BUSES,
    ref="Name",
    attributes={"Arn": "arn:{partition}:events:{region}:{account}:event-bus/{id}"},
)
def _bus(resource: TypedResource) -> None:
    policy = resource.get("Policy")
    resource.item(
        _BUSES,
        Name=resource.id,
        Arn=resource.attribute("Arn"),
        Policy=None
        if policy is None
        else policy_here(
            policy, resource.account, resource.region, name=f"event-bus/{resource.id}"
        ),
    )


@TYPES.of("AWS::Events::EventBusPolicy", _BUSES, order=1)
def _bus_policy(resource: TypedResource) -> None:
    """A statement of the policy of a bus; each account and Region has the bus ``default``."""
    name = str(resource.get("EventBusName", _DEFAULT))
    arn = f"arn:{resource.partition}:events:{resource.region}:{resource.account}:event-bus/{name}"
    bus = resource.answers.find(_BUSES, "Name", name)
    if bus is None:
        add = resource.item if name == _DEFAULT else resource.elsewhere
        bus = add(_BUSES, Name=name, Arn=arn)
    statement = resource.get("Statement", _statement(resource, bus.raw("Arn")))
    for read in statements_here(
        statement, resource.account, resource.region, name=f"event-bus/{name}"
    ):
        bus["Policy"] = with_statement(bus.raw("Policy"), read, resource.origin)


def _statement(resource: TypedResource, arn: object) -> dict[str, Any]:
    """The statement of a policy in the older form: an account, or everyone under a condition."""
    condition = resource.get("Condition")
    principal = resource.get("Principal")
    statement = {
        "Effect": "Allow",
        "Principal": principal if str(principal) == "*" else {"AWS": principal},
        "Action": resource.get("Action", "events:PutEvents"),
        "Resource": arn,
    }
    if isinstance(condition, dict) and "Type" in condition:
        test = {str(condition.get("Key")): condition.get("Value")}
        statement["Condition"] = {str(condition["Type"]): test}
    elif condition is not None:
        statement["Condition"] = condition
    return statement


@TYPES.of(
    "AWS::Events::Rule",
    _RULES,
    _TARGETS,
    ref="Name",
    attributes={"Arn": "arn:{partition}:events:{region}:{account}:rule/{id}"},
)
def _rule(resource: TypedResource) -> None:
    """Of rules, those of the default bus are read."""
    if str(resource.get("EventBusName", _DEFAULT)) != _DEFAULT:
        return
    pattern = resource.get("EventPattern")
    resource.item(
        _RULES,
        Name=resource.id,
        Arn=resource.attribute("Arn"),
        State=resource.get("State", "ENABLED"),
        EventPattern=pattern if pattern is None or isinstance(pattern, str) else as_json(pattern),
    )
    resource.about(_TARGETS, resource.id, Targets=as_list(resource.get("Targets")))
