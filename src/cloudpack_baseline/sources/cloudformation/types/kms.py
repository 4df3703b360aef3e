"""AWS KMS: keys, replicas and aliases.

Source: AWS CloudFormation Template Reference, "AWS Key Management Service resource types".
"""

from __future__ import annotations

from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_of_one
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, either
from cloudpack_baseline.sources.cloudformation.values import Resolved, as_text, why_of

__all__ = ["TYPES"]

TYPES = Types()

_KEYS = "kms:ListKeys"
_METADATA = "kms:DescribeKey"
_ROTATION = "kms:GetKeyRotationStatus"
_POLICY = "kms:GetKeyPolicy"
_GRANTS = "kms:ListGrants"
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
    policy = policy_of_one(policy, arn, resource.account)
    resource.about(_POLICY, resource.id, at="KeyPolicy", Policy=policy)
    grants = resource.get("Grants")  # of a plan only
    if grants is not None:
        resource.about(_GRANTS, resource.id, at="Grants", Grants=grants)


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
