"""Email identities of Amazon SES; AWS CloudFormation sets no policies of them.

Source: AWS CloudFormation Template Reference, "Amazon Simple Email Service resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_IDENTITIES, _POLICIES = "sesv2:ListEmailIdentities", "sesv2:GetEmailIdentityPolicies"


@TYPES.of("AWS::SES::EmailIdentity", _IDENTITIES, _POLICIES, ref="EmailIdentity")
def _identity(resource: TypedResource) -> None:
    resource.item(_IDENTITIES, IdentityName=resource.id)
