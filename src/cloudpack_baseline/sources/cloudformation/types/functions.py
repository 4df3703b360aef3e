"""AWS Lambda: functions and layers, whom they allow, and URLs of functions.

Source: AWS CloudFormation Template Reference, "AWS Lambda resource types".
"""

from __future__ import annotations

from typing import Any

from cloudpack_baseline.sources.cloudformation.policies import with_statement
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, shown
from cloudpack_baseline.sources.cloudformation.values import Resolved, as_text, why_of

__all__ = ["TYPES", "layer_name"]

TYPES = Types()

_FUNCTIONS = "lambda:ListFunctions"
_POLICY = "lambda:GetPolicy"
_LAYERS = "lambda:ListLayers"
_VERSIONS = "lambda:ListLayerVersions"
_LAYER_POLICY = "lambda:GetLayerVersionPolicy"
_URL = "lambda:GetFunctionUrlConfig"
_CONDITIONS = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
"""AWS Lambda API Reference, AddPermission: the condition that each parameter makes."""


@TYPES.of("AWS::Lambda::Function", _FUNCTIONS, ref="FunctionName")
def _function(resource: TypedResource) -> None:
    resource.item(
        _FUNCTIONS,
        "Runtime Role",
        FunctionName=resource.id,
        FunctionArn=resource.attribute("Arn"),
    )


@TYPES.of("AWS::Lambda::Permission", _POLICY, order=1)
def _permission(resource: TypedResource) -> None:
    """A statement of the function's policy; those of versions and aliases are policies apart."""
    for function in map(_function_name, resource.subjects("FunctionName")):
        statement: dict[str, Any] = {
            "Sid": resource.name,
            "Effect": "Allow",
            "Principal": _principal(resource.get("Principal")),
            "Action": resource.get("Action"),
            "Resource": _arn(resource, function),
        }
        for name, (operator, key) in _CONDITIONS.items():
            if name in resource.properties:
                tests = statement.setdefault("Condition", {}).setdefault(operator, {})
                tests[key] = resource.get(name)
        _add_statement(resource, _POLICY, function, statement)


def _add_statement(
    resource: TypedResource, operation: str, subject: str, statement: dict[str, Any]
) -> None:
    known = resource.answers.subjects.get((operation, subject))
    before = None if known is None else known.raw("Policy")
    document = with_statement(before, statement, resource.origin)
    resource.about(operation, subject, at="Principal", Policy=document)


def _function_name(function: str) -> str:
    """The name of a function that is named by its name or its ARN; with a qualifier, if any."""
    return function.partition(":function:")[2] or function


def _arn(resource: TypedResource, function: str) -> object:
    known = resource.answers.find(_FUNCTIONS, "FunctionName", function)
    return "*" if known is None else known.raw("FunctionArn")


def _principal(principal: Resolved) -> Resolved:
    """A principal as AddPermission takes it: an account, an ARN, a service, or everyone."""
    if principal == "*" or why_of(principal) is not None:
        return principal
    principal = as_text(principal)
    if principal.isdecimal() or principal.startswith("arn:"):
        return {"AWS": principal}
    return {"Service": principal}


@TYPES.of("AWS::Lambda::Url", _URL, ref="FunctionArn", order=1)
def _url(resource: TypedResource) -> None:
    for function in map(_function_name, resource.subjects("TargetFunctionArn")):
        if resource.get("Qualifier") is None:
            resource.about(_URL, function, AuthType=resource.get("AuthType"))


@TYPES.of(
    "AWS::Lambda::LayerVersion",
    _LAYERS,
    _VERSIONS,
    _LAYER_POLICY,
    name="LayerName",
    ref="arn:{partition}:lambda:{region}:{account}:layer:{name}:1",
    attributes={"LayerVersionArn": "{id}"},
)
def _layer_version(resource: TypedResource) -> None:
    name = str(shown(resource.get("LayerName", resource.name)))
    resource.item(_LAYERS, LayerName=name)
    version = {"LayerVersionArn": resource.id, "Version": 1}
    resource.about(_VERSIONS, name, LayerVersions=[version])


@TYPES.of("AWS::Lambda::LayerVersionPermission", _LAYER_POLICY, order=1)
def _layer_permission(resource: TypedResource) -> None:
    """A statement of the policy of a version."""
    layer = resource.subject("LayerVersionArn")
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": _principal(resource.get("Principal")),
        "Action": resource.get("Action"),
        "Resource": "*",  # it is the policy of one version
    }
    organization = resource.get("OrganizationId")
    if organization is not None:
        statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    _add_statement(resource, _LAYER_POLICY, layer_name(layer), statement)


def layer_name(version: str) -> str:
    """The name of the layer that the ARN of a version contains; the text of what is no ARN."""
    return version.partition(":layer:")[2].rpartition(":")[0] or version
