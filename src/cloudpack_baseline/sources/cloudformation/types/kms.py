"""AWS KMS: keys, replicas and aliases.

Source: AWS CloudFormation Template Reference, "AWS Key Management Service resource types".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.policy_resources import (
    named_account,
    policy_of_one,
    with_stack_account,
)
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    either,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    as_text,
    why_of,
    with_members,
)

__all__ = ["TYPES"]

TYPES = Types()

_KEYS = "kms:ListKeys"
_METADATA = "kms:DescribeKey"
_ROTATION = "kms:GetKeyRotationStatus"
_POLICY = "kms:GetKeyPolicy"
_GRANTS = "kms:ListGrants"
_ACCOUNT = re.compile(r"\d{12}")
_ARN = {"Arn": "arn:{partition}:kms:{region}:{account}:key/{id}", "KeyId": "{id}"}


@TYPES.of("AWS::KMS::Key", _KEYS, _METADATA, _ROTATION, _POLICY, _GRANTS, attributes=_ARN)
def _key(resource: TypedResource) -> None:
    """AWS KMS rotates symmetric keys with its own material only, once a year by default."""
    multi_region = resource.get("MultiRegion", False)
    spec = _spec(resource)
    _add_key(
        resource,
        KeySpec=spec,
        Origin=resource.get("Origin", "AWS_KMS"),
        MultiRegion=multi_region,
        MultiRegionConfiguration=either(
            multi_region, yes={"MultiRegionKeyType": "PRIMARY"}, no=None
        ),
    )
    if spec == "SYMMETRIC_DEFAULT" or why_of(spec) is not None:
        resource.about(
            _ROTATION,
            resource.id,
            at="EnableKeyRotation",
            KeyRotationEnabled=resource.get("EnableKeyRotation", False),
            RotationPeriodInDays=resource.get("RotationPeriodInDays"),
        )


def _spec(resource: TypedResource) -> Resolved:
    """AWS KMS rejects a symmetric key that is to sign or to agree on keys (CreateKey)."""
    spec = resource.get("KeySpec", "SYMMETRIC_DEFAULT")
    usage = resource.get("KeyUsage", "ENCRYPT_DECRYPT")
    if spec != "SYMMETRIC_DEFAULT" or usage == "ENCRYPT_DECRYPT":
        return spec
    if (why := why_of(usage)) is not None:
        return why
    detail = f"KeyUsage={as_text(usage)} with KeySpec=SYMMETRIC_DEFAULT"
    return Unknown.because(Why.MALFORMED, detail=detail)


@TYPES.of("AWS::KMS::ReplicaKey", _KEYS, _METADATA, _POLICY, _GRANTS, attributes=_ARN)
def _replica_key(resource: TypedResource) -> None:
    """The primary key decides about rotation."""
    _add_key(
        resource,
        KeySpec="SYMMETRIC_DEFAULT",
        Origin="AWS_KMS",
        MultiRegion=True,
        MultiRegionConfiguration={"MultiRegionKeyType": "REPLICA"},
    )


def _add_key(resource: TypedResource, **metadata: object) -> None:
    arn = resource.attribute("Arn")
    resource.item(_KEYS, KeyId=resource.id, KeyArn=arn)
    resource.about(
        _METADATA,
        resource.id,
        KeyMetadata={
            "KeyId": resource.id,
            "Arn": arn,
            "KeyManager": "CUSTOMER",
            "KeyState": either(resource.get("Enabled", True), yes="Enabled", no="Disabled"),
            **{name: value for name, value in metadata.items() if value is not None},
        },
    )
    policy = resource.get("KeyPolicy", _default_policy(resource))
    policy = policy_of_one(_with_stack_account(resource, policy), arn, resource.account)
    resource.about(_POLICY, resource.id, at="KeyPolicy", Policy=policy)
    grants = resource.get("Grants")  # of a plan only
    if grants is not None:
        resource.about(_GRANTS, resource.id, at="Grants", Grants=grants)


def _with_stack_account(resource: TypedResource, policy: Resolved) -> Resolved:
    """The policy, with the account that it shows as that of the stack, if that names none.

    A key is not created unless its policy allows the creator to change it (AWS KMS API Reference,
    CreateKey). Where it allows that to principals of one account only, this is that of the stack.
    """
    statements = as_list(follow(policy, "Statement"))
    if str(shown(resource.get("BypassPolicyLockoutSafetyCheck", False))).lower() != "false":
        return policy  # AWS may not have checked it
    owners = {owner for statement in statements for owner in _may_change(statement)}
    account = owners.pop() if len(owners) == 1 else ""
    if not isinstance(policy, dict) or _ACCOUNT.fullmatch(account) is None:
        return policy
    key = f"arn:{resource.partition}:kms:{resource.region}:{account}:key/{resource.id}"
    resolved = [
        with_stack_account(statement, key, resource.account)
        if isinstance(statement, dict)
        else statement
        for statement in statements
    ]
    return with_members(policy, Statement=resolved)


def _may_change(statement: Resolved) -> Iterator[str]:
    """The accounts of whom a statement allows to change the policy; other texts for anyone else."""
    if str(follow(statement, "Effect")) != "Allow":
        return
    actions = [str(shown(action)).lower() for action in as_list(follow(statement, "Action"))]
    if any(matches(action, "kms:putkeypolicy") for action in actions) or not actions:
        names = as_list(follow(follow(statement, "Principal"), "AWS")) or ["*"]
        for name in map(str, map(shown, names)):
            yield named_account(name) or name


def _default_policy(resource: TypedResource) -> dict[str, object]:
    """The policy that AWS KMS gives a key (Developer Guide, "Default key policy")."""
    root = f"arn:{resource.partition}:iam::{resource.account}:root"
    allowed = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [allowed]}


@TYPES.of("AWS::KMS::Alias", "kms:ListAliases", ref="AliasName")
def _alias(resource: TypedResource) -> None:
    key = resource.get("TargetKeyId")
    resource.item(
        "kms:ListAliases",
        AliasName=resource.id,
        AliasArn=f"arn:{resource.partition}:kms:{resource.region}:{resource.account}:{resource.id}",
        TargetKeyId=key.rpartition("/")[2] if isinstance(key, str) else key,
    )
