"""AWS Systems Manager: documents, and where sessions are recorded.

Source: AWS CloudFormation Template Reference, "AWS Systems Manager resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types
from cloudpack_baseline.sources.cloudformation.values import as_json

__all__ = ["TYPES"]

TYPES = Types()

_PREFERENCES = "ConnectionRecordingPreferences"
_SESSION_PREFERENCES = "SSM-SessionManagerRunShell"


@TYPES.of(
    "AWS::SSM::Document",
    "ssm:GetDocument",
    "ssm:ListDocuments",
    "ssm:DescribeDocumentPermission",
    ref="Name",
)
def _document(resource: TypedResource) -> None:
    """A document, which no template can share, or the preferences of Session Manager."""
    if resource.get("DocumentType") != "Session":
        resource.item("ssm:ListDocuments", Name=resource.id)
        resource.about("ssm:DescribeDocumentPermission", resource.id, AccountIds=[])
    if resource.get("Name") == _SESSION_PREFERENCES:
        content = resource.get("Content")
        if not isinstance(content, str):
            content = as_json(content)
        resource.about("ssm:GetDocument", "", Content=content)


_RECORDING = "ssm-guiconnect:GetConnectionRecordingPreferences"


@TYPES.of("AWS::SSMGuiConnect::Preferences", _RECORDING)
def _desktop_recording(resource: TypedResource) -> None:
    """Where remote desktop sessions of Fleet Manager are recorded."""
    resource.about(_RECORDING, "", **{_PREFERENCES: resource.get(_PREFERENCES)})
