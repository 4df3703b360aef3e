"""AWS Systems Manager: the preferences of Session Manager.

Source: AWS CloudFormation Template Reference, "AWS Systems Manager resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types
from cloudpack_baseline.sources.cloudformation.values import as_json

__all__ = ["TYPES"]

TYPES = Types()

_SESSION_PREFERENCES = "SSM-SessionManagerRunShell"


@TYPES.of("AWS::SSM::Document", "ssm:GetDocument", ref="Name")
def _document(resource: TypedResource) -> None:
    """Of documents, the preferences of Session Manager are read."""
    if resource.id == _SESSION_PREFERENCES:
        content = resource.get("Content")
        if not isinstance(content, str):
            content = as_json(content)
        resource.about("ssm:GetDocument", "", Content=content)
