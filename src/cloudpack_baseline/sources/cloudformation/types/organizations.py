"""AWS Organizations: policies, as far as they are in effect in the account of the stack.

A service or resource control policy restricts other accounts than the management account, whose
templates contain it: whom it binds, and what others allow at each level, no template describes.

Source: AWS CloudFormation Template Reference, "AWS Organizations resource types".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from attrs import evolve

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.organization_policies import (
    applies,
    effective,
    malformed,
    may_apply,
    parsed,
)
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    exact,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, why_of

__all__ = ["TYPES"]

TYPES = Types()

_EFFECTIVE = "organizations:DescribeEffectivePolicy"
_OPT_OUT = "AISERVICES_OPT_OUT_POLICY"
_S3 = "S3_POLICY"
_EC2 = "DECLARATIVE_POLICY_EC2"
_PLANS = "backup:ListBackupPlans"
_PLAN = "backup:GetBackupPlan"


@TYPES.of("AWS::Organizations::Organization", attributes={"RootId": "r-{logical}"})
def _organization(_resource: TypedResource) -> None:
    """Its root contains every account; nothing else of it is read."""


# Without a policy, a template says nothing of what is in effect: no operation is described.
@TYPES.of("AWS::Organizations::Policy", order=5)
def _policy(resource: TypedResource) -> None:
    """A policy that is attached is in effect there; which of several is, depends on where."""
    kind = str(resource.get("Type"))
    if not may_apply(resource):
        return
    if kind == _OPT_OUT:
        _add_effective(resource, kind, _opt_outs(resource.get("Content")))
    elif kind == _S3:
        _add_effective(resource, kind, _as_json(_in_effect(resource)))
    elif kind == _EC2:
        _declare(resource, _declared(follow(_in_effect(resource), "ec2_attributes")))
    elif kind == "BACKUP_POLICY":
        _add_plans(resource, effective(parsed(resource.get("Content"))))


@TYPES.of("AWS::Organizations::Policy", order=1)
def _defaults_of_instances(resource: TypedResource) -> None:
    """The metadata defaults, before the instances and launch templates that they apply to."""
    if str(resource.get("Type")) == _EC2 and may_apply(resource):
        attributes = follow(_in_effect(resource), "ec2_attributes")
        _declare(resource, _metadata_defaults(attributes))


def _in_effect(resource: TypedResource) -> Resolved:
    """The content, if the policy applies to the account for certain."""
    applied = applies(resource)
    if isinstance(applied, Unknown):
        return applied
    return effective(parsed(resource.get("Content")))


def _as_json(content: Resolved) -> str | Unknown:
    unknown = why_of(content)
    return json.dumps(content) if unknown is None else unknown


def _add_effective(resource: TypedResource, kind: str, content: Resolved) -> None:
    policy = {"PolicyContent": content}
    resource.about(_EFFECTIVE, kind, at="Content", EffectivePolicy=policy)


def _opt_outs(content: Resolved) -> str | Unknown:
    """The content as it takes effect: with what is assigned in place of the operators."""
    services = follow(parsed(content), "services")
    if not isinstance(services, dict):
        return services if isinstance(services, Unknown) else malformed("services: is missing")
    assigned = {
        name: follow(service, "opt_out_policy", "@@assign")
        for name, service in services.items()
        if not name.startswith("@@")
    }
    for name, opt_out in assigned.items():
        if (unknown := why_of(opt_out)) is not None:
            return unknown
        if not isinstance(opt_out, str):
            return malformed(f"services.{name}.opt_out_policy: is missing")
    return json.dumps(
        {"services": {name: {"opt_out_policy": str(value)} for name, value in assigned.items()}}
    )


# Declarative policies for Amazon EC2 ---------------------------------------------------------

_BLOCK = "ec2:DescribeVpcBlockPublicAccessOptions"
_CONSOLE = "ec2:GetSerialConsoleAccessStatus"
_SNAPSHOTS = "ec2:GetSnapshotBlockPublicAccessState"
_METADATA = "ec2:GetInstanceMetadataDefaults"
_DEFAULTS = {
    "http_tokens": "HttpTokens",
    "http_endpoint": "HttpEndpoint",
    "http_tokens_enforced": "HttpTokensEnforced",
}


_Declared: TypeAlias = Iterator[tuple[str, dict[str, Resolved]]]
"""Operations with what they answer."""


def _declare(resource: TypedResource, declared: _Declared) -> None:
    """What the policy sets in every Region of the account, which cannot set anything else."""
    for operation, members in declared:
        for answers in resource.answers.of_account:
            evolve(resource, answers=answers).about(operation, "", **members)


def _declared(attributes: Resolved) -> _Declared:
    """The answers that the attributes decide; one that is absent is left to the account."""
    block = follow(attributes, "vpc_block_public_access")
    gateways = [follow(block, name) for name in ("internet_gateway_block", "internet_gateway")]
    mode = follow(next((entry for entry in gateways if entry is not None), None), "mode")
    if mode is not None:
        yield _BLOCK, {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": _spelt(mode)}}
    console = exact(follow(attributes, "serial_console_access", "status"))
    if console is not None:
        enabled = console if isinstance(console, Unknown) else str(console) == "enabled"
        yield _CONSOLE, {"SerialConsoleAccessEnabled": enabled}
    state = follow(attributes, "snapshot_block_public_access", "state")
    if state is not None:
        yield _SNAPSHOTS, {"State": _spelt(state)}


def _metadata_defaults(attributes: Resolved) -> _Declared:
    defaults = follow(attributes, "instance_metadata_defaults")
    if isinstance(defaults, Mapping):
        chosen = {api: _spelt(follow(defaults, name)) for name, api in _DEFAULTS.items()}
        present = {
            name: value for name, value in chosen.items() if value not in (None, "no-preference")
        }
        yield _METADATA, {"AccountLevel": present}
    elif defaults is not None:
        yield _METADATA, {"AccountLevel": defaults}


def _spelt(value: Resolved) -> Resolved:
    """``block_ingress`` as ``block-ingress``."""
    unknown = why_of(value)
    if unknown is not None or value is None:
        return unknown
    return str(value).replace("_", "-")


# Backup policies -----------------------------------------------------------------------------


def _add_plans(resource: TypedResource, content: Resolved) -> None:
    """The backup plans that the policy makes; wherever it applies, backups follow."""
    plans = follow(content, "plans")
    if not isinstance(plans, Mapping):
        plans = {resource.name: plans}
    for name, plan in plans.items():
        id_ = f"orgs/{resource.name}/{name}"
        place = f"{resource.partition}:backup:{resource.region}:{resource.account}"
        resource.item(
            _PLANS,
            BackupPlanId=id_,
            BackupPlanArn=f"arn:{place}:backup-plan:{id_}",
            BackupPlanName=str(shown(name)),
        )
        rules = follow(plan, "rules")
        listed = (
            [*_rules(resource, rules)]
            if isinstance(rules, Mapping)
            else exact([] if rules is None else rules)
        )
        resource.about(_PLAN, id_, at="Content", BackupPlan={"Rules": listed})


def _rules(resource: TypedResource, rules: Mapping[str, Resolved]) -> Iterator[Resolved]:
    for rule in rules.values():
        copies = follow(rule, "copy_actions")
        if isinstance(copies, Mapping):
            yield {"CopyActions": [_copy(resource, *entry) for entry in copies.items()]}
        else:
            yield {"CopyActions": [] if copies is None else copies}


def _copy(resource: TypedResource, name: str, action: Resolved) -> dict[str, Resolved]:
    """A copy to a vault, whose ARN names it; ``$account`` stands for each account."""
    vault = follow(action, "target_backup_vault_arn")
    vault = exact(name if vault is None else vault)
    if isinstance(vault, str):
        vault = vault.replace("$account", resource.account)
    return {"DestinationBackupVaultArn": vault}
