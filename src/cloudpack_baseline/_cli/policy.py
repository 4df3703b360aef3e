"""``cloudpack-baseline policy``: the smallest IAM policy, or a role that has it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from cloudpack_baseline._cli._audit_role import (
    AuditRole,
    cloudformation,
    subject_of,
    terraform,
)
from cloudpack_baseline._cli._catalogue import catalogue_of
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.sources.gathering import operations_of
from cloudpack_baseline.sources.operations import actions_of

__all__ = ["least_privilege_policy", "managed_policies", "run"]

_OF_ROLES = (
    "trust",
    "repository",
    "branch",
    "environment",
    "issuer",
    "audience",
    "role_name",
    "evidence_bucket",
)
"""Options that say something of a role."""
_MANAGED_POLICY_SIZE = 6_144
"""Characters of a managed policy, without whitespace (IAM User Guide, "IAM and AWS STS quotas")."""


def run(arguments: argparse.Namespace) -> None:
    """Print the IAM policy of the selected controls, as JSON or with a role that has it.

    Raises:
        InputError: a control or a clause that does not exist, or options that do not fit.
    """
    catalogue = catalogue_of(arguments)
    selected = catalogue.select(arguments.control, arguments.clause)
    baseline = Baseline.load(arguments.file, catalogue=catalogue) if arguments.file else None
    policy = least_privilege_policy(reads_of(selected, baseline))
    if arguments.format == "json":
        for option in _OF_ROLES:
            if getattr(arguments, option):
                name = option.replace("_", "-")
                raise InputError(f"--{name} is for --format cloudformation and terraform")
        print(json.dumps(managed_policies(policy) if arguments.split else policy, indent=2))
        return
    if arguments.split:
        raise InputError("--split is for --format json; the other formats always split")
    render = {"cloudformation": cloudformation, "terraform": terraform}[arguments.format]
    print(render(_audit_role(arguments, managed_policies(policy))), end="")


def _audit_role(arguments: argparse.Namespace, policies: Iterable[Mapping[str, Any]]) -> AuditRole:
    platform = arguments.trust or "github"
    if not arguments.repository and (arguments.branch or arguments.environment):
        raise InputError("--branch and --environment need --repository")
    subject = ""
    if arguments.repository:
        subject = subject_of(
            platform, arguments.repository, arguments.branch or "", arguments.environment or ""
        )
    return AuditRole(
        platform=platform,
        name=arguments.role_name or "CloudpackAudit",
        policies=tuple(policies),
        subject=subject,
        issuer=arguments.issuer or "",
        audience=arguments.audience or "",
        evidence_bucket=arguments.evidence_bucket or "",
    )


def least_privilege_policy(selection: Iterable[Read]) -> dict[str, Any]:
    """An identity policy with only the actions that gathering requires.

    Listings cannot be limited to resources, and what they list is not known beforehand, so the
    resource is ``*``; each action only reads. A selection that needs only sts:GetCallerIdentity,
    which every caller may call, has no statement.

    Args:
        selection: the kinds of records, with the fields that need separate calls.
    """
    return _policy(list(actions_of(operations_of(selection))))


def managed_policies(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The policies of at most 6,144 characters each that together allow what the policy does.

    The actions of a service stay together. They are not shortened by wildcards, which would
    allow more than gathering requires.

    Args:
        policy: as `least_privilege_policy` returns it.
    """
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    policies: list[list[str]] = []
    for _, group in groupby(actions, key=_service):
        of_service = list(group)
        if policies and _size([*policies[-1], *of_service]) <= _MANAGED_POLICY_SIZE:
            policies[-1] += of_service
        else:
            policies.append(of_service)
    return [_policy(statements) for statements in policies]


def _policy(actions: list[str]) -> dict[str, Any]:
    statement = {
        "Sid": "CloudpackBaselineRead",
        "Effect": "Allow",
        "Action": actions,
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement] if actions else []}


def _service(action: str) -> str:
    return action.partition(":")[0]


def _size(actions: list[str]) -> int:
    return len(json.dumps(_policy(actions), separators=(",", ":")))
