"""AWS Lambda: functions and layers, whom they allow, and URLs of functions.

Source: AWS CloudFormation Template Reference, "AWS Lambda resource types".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.policies import with_statement
from cloudpack_baseline.sources.cloudformation.policy_resources import with_stack_account
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, shown
from cloudpack_baseline.sources.cloudformation.values import (
    ChosenText,
    Resolved,
    as_text,
    placeholder,
    undetermined,
    why_of,
)
from cloudpack_baseline.sources.located import AnswerList, AnswerObject

__all__ = [
    "TYPES",
    "add_url",
    "function_and_qualifier",
    "function_arn",
    "layer_name",
    "qualified_arn",
]

TYPES = Types()

_FUNCTIONS = "lambda:ListFunctions"
_POLICY = "lambda:GetPolicy"
_LAYERS = "lambda:ListLayers"
_VERSIONS = "lambda:ListLayerVersions"
_LAYER_POLICY = "lambda:GetLayerVersionPolicy"
_URL = "lambda:GetFunctionUrlConfig"
_URLS = "lambda:ListFunctionUrlConfigs"
_ALIASES = "lambda:ListAliases"
_CONDITIONS = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
"""AWS Lambda API Reference, AddPermission: the condition that each parameter makes."""
_SERVICE = re.compile(r"[\w-]+(\.[\w-]+)+")
_REGION = placeholder(undetermined("AWS::Region"))


@TYPES.of("AWS::Lambda::Function", _FUNCTIONS, _ALIASES, _URLS, ref="FunctionName")
def _function(resource: TypedResource) -> None:
    resource.item(
        _FUNCTIONS,
        "Runtime Role",
        FunctionName=resource.id,
        FunctionArn=resource.attribute("Arn"),
    )
    resource.about(_ALIASES, resource.id, Aliases=AnswerList())
    resource.about(_URLS, resource.id, FunctionUrlConfigs=AnswerList())


@TYPES.of(
    "AWS::Lambda::Alias",
    _ALIASES,
    ref="arn:{partition}:lambda:{region}:{account}:function:{FunctionName}:{Name}",
    attributes={"AliasArn": "{id}"},
    order=1,
)
def _alias(resource: TypedResource) -> None:
    """An alias, which has a policy and a URL of its own."""
    for function in map(_function_name, resource.subjects("FunctionName")):
        alias = resource.object(AliasArn=qualified_arn(resource, function, resource.get("Name")))
        resource.append_about(_ALIASES, function, "Aliases", alias)


def qualified_arn(resource: TypedResource, function: str, qualifier: Resolved) -> str:
    """The ARN of an alias or a version of the function."""
    return f"{function_arn(resource, function)}:{shown(qualifier)}"


def function_arn(resource: TypedResource, function: str) -> str:
    """The ARN of the function of that name where the resource is."""
    place = f"{resource.partition}:lambda:{resource.region}:{resource.account}"
    return f"arn:{place}:function:{function}"


@TYPES.of(
    "AWS::Lambda::Version",
    ref="arn:{partition}:lambda:{region}:{account}:function:{FunctionName}:{logical}",
    attributes={"FunctionArn": "{id}"},
)
def _version(_resource: TypedResource) -> None:
    """A version is named by a number, which its logical ID stands for; a permission may name it."""


@TYPES.of("AWS::Lambda::Permission", _POLICY, order=1)
def _permission(resource: TypedResource) -> None:
    """A statement of the function's policy; those of versions and aliases are policies apart."""
    for function in map(_function_name, resource.subjects("FunctionName")):
        holder = _holder(resource, function)
        statement: dict[str, Any] = {
            "Sid": resource.name,
            "Effect": "Allow",
            "Principal": _principal(resource.get("Principal")),
            "Action": resource.get("Action"),
            "Resource": _arn(resource, holder),
        }
        for name, (operator, key) in _CONDITIONS.items():
            if name in resource.properties:
                tests = statement.setdefault("Condition", {}).setdefault(operator, {})
                tests[key] = resource.get(name)
        arn = resource.get("FunctionName")
        resolved = with_stack_account(statement, arn, resource.account)
        _add_statement(resource, _POLICY, holder, resolved)


def _holder(resource: TypedResource, function: str) -> str:
    """What has the policy: the function by its name, or an alias or a version by its ARN."""
    name, qualifier = function_and_qualifier(resource, function)
    return qualified_arn(resource, name, qualifier) if qualifier else name


def function_and_qualifier(resource: TypedResource, function: str) -> tuple[str, str]:
    """The name of a function, and its alias or version; empty: the function itself."""
    name, _, qualifier = _function_name(function).partition(":")
    qualifier = qualifier or str(shown(resource.get("Qualifier", "")))
    return name, "" if qualifier == "$LATEST" else qualifier


def _add_statement(
    resource: TypedResource, operation: str, subject: str, statement: Mapping[str, Any]
) -> None:
    def join(known: AnswerObject, later: AnswerObject) -> AnswerObject:
        later["Policy"] = with_statement(known.raw("Policy"), statement, resource.origin)
        return later

    document = with_statement(None, statement, resource.origin)
    resource.about(operation, subject, at="Principal", join=join, Policy=document)


def _function_name(function: str) -> str:
    """The name of a function that is named by its name or its ARN; with a qualifier, if any."""
    return function.rpartition(":function:")[2]


def _arn(resource: TypedResource, holder: str) -> object:
    """The ARN of the function; anything, where it is the policy of an alias or a version."""
    known = resource.answers.find(_FUNCTIONS, "FunctionName", holder)
    return "*" if known is None else known.raw("FunctionArn")


def _principal(principal: Resolved) -> Resolved:
    """A principal as AddPermission takes it: an account, an ARN, a service, or everyone.

    It rejects anything else, so that what the policy will allow is not known.
    """
    if principal == "*":
        return principal
    if why_of(principal) is not None:
        kinds = {*map(_kind, _possible_names(principal))}
        return {kinds.pop(): principal} if len(kinds) == 1 and "" not in kinds else principal
    principal = as_text(principal)
    kind = _kind(principal)
    if not kind:
        return Unknown.because(Why.MALFORMED, detail=f"Principal: {principal[:80]}")
    return {kind: principal}


def _kind(principal: str) -> str:
    """What a principal is a name of, as policies call it; empty: nothing that is accepted."""
    if principal.isdecimal() or principal.startswith("arn:"):
        return "AWS"
    return "Service" if _SERVICE.fullmatch(principal) else ""


def _possible_names(principal: Resolved) -> tuple[str, ...]:
    """What a principal may be that is not known in full; a Region is like any other."""
    if isinstance(principal, ChosenText):
        return principal.choices
    return (str(principal).replace(_REGION, "any"),) if isinstance(principal, str) else ("",)


@TYPES.of("AWS::Lambda::Url", _URL, _URLS, ref="FunctionArn", order=1)
def _url(resource: TypedResource) -> None:
    for function in map(_function_name, resource.subjects("TargetFunctionArn")):
        qualifier = resource.get("Qualifier")
        if qualifier is None:
            resource.about(_URL, function, AuthType=resource.get("AuthType"))
        else:
            arn = qualified_arn(resource, function, qualifier)
            url = add_url(resource, function, arn)
            resource.settle(url, AuthType=resource.get("AuthType"))


def add_url(resource: TypedResource, function: str, arn: str) -> AnswerObject:
    """The URL of an alias, among those of its function, which may not be in the template."""
    if (_URLS, function) not in resource.answers.subjects:
        resource.about(_URLS, function, FunctionUrlConfigs=AnswerList())
    known: Iterable[AnswerObject] = resource.answers.subjects[_URLS, function].raw(
        "FunctionUrlConfigs"
    )
    url = next((url for url in known if url.raw("FunctionArn") == arn), None)
    if url is not None:
        return url
    url = resource.object(FunctionArn=arn)
    resource.append_about(_URLS, function, "FunctionUrlConfigs", url)
    return url


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
    (layer,) = resource.subjects("LayerVersionArn")
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": _principal(resource.get("Principal")),
        "Action": resource.get("Action"),
        "Resource": "*",  # it is the policy of one version
    }
    organization = resource.get("OrganizationId")
    if organization is not None:
        statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    resolved = with_stack_account(statement, layer, resource.account)
    _add_statement(resource, _LAYER_POLICY, layer_name(layer), resolved)


def layer_name(version: str) -> str:
    """The name of the layer that the ARN of a version contains; the text of what is no ARN."""
    return version.partition(":layer:")[2].rpartition(":")[0] or version
