"""Settings of keys."""

from __future__ import annotations

from cloudpack_baseline.baseline.options.encryption import KmsKeyRotationOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.settings import Expected, Setting, at_most, each, one_of
from cloudpack_baseline.findings import Observation, not_applicable
from cloudpack_baseline.model.kms import KmsAlias, KmsKey
from cloudpack_baseline.texts import text

__all__ = ["kms_key_rotation"]


def _period(view: AccountView) -> Expected:
    return at_most(view.baseline.options(KmsKeyRotationOptions).days)


def _aws_managed(view: AccountView, key: KmsKey) -> Observation | None:
    """That an alias of AWS names it; moto takes such keys for the customer's."""
    for alias in view.all(KmsAlias):
        if alias.name.startswith("alias/aws/") and alias.target_key_id == key.name:
            return not_applicable(text("encryption.aws-managed", alias=alias.name))
    return None


kms_key_rotation = each(
    KmsKey,
    Setting("rotation_enabled", expected=True),
    Setting("rotation_period", _period, words="kms-key-rotation-period"),
    conditions=(
        Setting("key_manager", "CUSTOMER"),
        Setting("key_state", "Enabled"),
        Setting("key_spec", "SYMMETRIC_DEFAULT"),
        Setting("key_material", "AWS_KMS"),
        Setting("multi_region_key_type", one_of(None, "PRIMARY")),
    ),
    exempt=_aws_managed,
    beside=(KmsAlias,),
    evidence="""Reads ``KeyRotationEnabled`` and ``RotationPeriodInDays`` (GetKeyRotationStatus).

Evaluated are enabled, symmetric, customer managed keys with AWS KMS key material. Asymmetric and
HMAC keys, keys of custom key stores and imported material are not rotated automatically (AWS
KMS Developer Guide, Rotate AWS KMS keys); a replica follows its primary key.""",
)
