"""The AWS Serverless Application Model: its resources as those that CloudFormation makes of them.

Source: AWS SAM Developer Guide, "Generated CloudFormation resources" and "Globals section". The
resources keep the positions of what is written; those that SAM adds, such as the role of a
function, have the position of the resource that brings them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from cloudpack_baseline.sources.cloudformation.intrinsics import function_of
from cloudpack_baseline.sources.cloudformation.managed_policies import path_of_managed_policy
from cloudpack_baseline.sources.cloudformation.nodes import (
    Mark,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    type_of,
)
from cloudpack_baseline.sources.cloudformation.serverless_references import (
    alias_of,
    destinations_of,
    generated_references,
    stage_of,
    with_references,
)
from cloudpack_baseline.sources.cloudformation.transforms import TRANSFORM_FUNCTION
from cloudpack_baseline.sources.cloudformation.values import Resolved

__all__ = ["SERVERLESS_TYPES", "TRANSFORM", "with_sam_resources"]

TRANSFORM = "AWS::Serverless-2016-10-31"

_PREFIX = "AWS::Serverless::"
_POLLED = {
    "SQS": "service-role/AWSLambdaSQSQueueExecutionRole",
    "Kinesis": "service-role/AWSLambdaKinesisExecutionRole",
    "DynamoDB": "service-role/AWSLambdaDynamoDBExecutionRole",
    "MSK": "service-role/AWSLambdaMSKExecutionRole",
}
"""The policy that the role of a function gets for an event that it polls."""

_OWN = frozenset(
    [
        "CodeUri",
        "InlineCode",
        "ImageUri",
        "Policies",
        "Events",
        "AssumeRolePolicyDocument",
        "PermissionsBoundary",
        "RolePath",
        "AutoPublishAlias",
        "DeploymentPreference",
        "FunctionUrlConfig",
        "Tracing",
        "DeadLetterQueue",
    ]
)
"""The properties of a function that SAM does not hand on."""

_Resources: TypeAlias = Iterator[tuple[str, NodeMapping]]


def with_sam_resources(root: NodeMapping) -> NodeMapping:
    """The template with the resources of SAM expanded."""
    section = root.entries.get("Resources")
    if not isinstance(section, NodeMapping) or not _is_serverless(root):
        return root
    defaults = root.entries.get("Globals")
    entries: dict[str, Node] = {}
    marks = dict(section.key_marks)
    references: dict[str, str] = {}
    for logical_id, node in section.entries.items():
        expand = _EXPANSIONS.get(type_of(node))
        if expand is None or not isinstance(node, NodeMapping):
            entries[logical_id] = node
            continue
        properties = _with_globals(node, defaults)
        references |= generated_references(
            logical_id, type_of(node).removeprefix(_PREFIX), properties
        )
        for name, resource in expand(logical_id, node, properties):
            entries.setdefault(name, resource)
            marks.setdefault(name, marks[logical_id])
    sections = {**root.entries, "Resources": NodeMapping(entries, marks, section.mark)}
    if references:
        for name in sections.keys() & {"Resources", "Outputs"}:
            sections[name] = with_references(sections[name], references)
    return NodeMapping(sections, root.key_marks, root.mark)


def _is_serverless(root: NodeMapping) -> bool:
    transform = root.entries.get("Transform")
    items = transform.items if isinstance(transform, NodeSequence) else (transform,)
    return any(isinstance(item, Scalar) and item.source == TRANSFORM for item in items)


# Nodes -----------------------------------------------------------------------------------


def _node(value: Resolved, mark: Mark, arguments: Mapping[str, Node] | None = None) -> Node:
    """A value as a node; a reference to the name of an argument is the argument."""
    if isinstance(value, Scalar | NodeSequence | NodeMapping):
        return value
    if isinstance(value, dict):
        if arguments is not None and value.keys() == {"Ref"} and value["Ref"] in arguments:
            return arguments[value["Ref"]]
        entries = {key: _node(member, mark, arguments) for key, member in value.items()}
        return NodeMapping(entries, dict.fromkeys(entries, mark), mark)
    if isinstance(value, list):
        return NodeSequence(tuple(_node(item, mark, arguments) for item in value), mark)
    return Scalar(value, str(value), mark)


def _resource(kind: str, properties: Mapping[str, Any], source: NodeMapping) -> NodeMapping:
    """A resource at the place of the one that brings it, under the same condition."""
    entries: dict[str, Node] = {"Type": _node(kind, source.mark)}
    entries |= {
        name: entry
        for name, entry in source.entries.items()
        if name not in ("Type", "Properties", "Connectors")
    }
    marks: dict[str, Mark] = {}
    written = source.entries.get("Properties")
    if isinstance(written, NodeMapping):
        marks = {name: mark for name, mark in written.key_marks.items() if name in properties}
    members = {name: _node(value, source.mark) for name, value in properties.items()}
    entries["Properties"] = NodeMapping(
        members, dict.fromkeys(members, source.mark) | marks, source.mark
    )
    return NodeMapping(entries, dict.fromkeys(entries, source.mark), source.mark)


def _with_globals(resource: NodeMapping, section: Node | None) -> NodeMapping:
    """The properties of a resource, with those of the section Globals beneath them."""
    properties = resource.entries.get("Properties")
    if not isinstance(properties, NodeMapping):
        properties = NodeMapping({}, {}, resource.mark)
    kind = type_of(resource).removeprefix(_PREFIX)
    beneath = section.entries.get(kind) if isinstance(section, NodeMapping) else None
    merged = properties if beneath is None else _merged(beneath, properties)
    return merged if isinstance(merged, NodeMapping) else properties


def _merged(beneath: Node, above: Node) -> Node:
    """Objects are merged, lists are joined, and anything else is replaced."""
    if isinstance(beneath, NodeSequence) and isinstance(above, NodeSequence):
        return NodeSequence((*beneath.items, *above.items), above.mark)
    if not (isinstance(beneath, NodeMapping) and isinstance(above, NodeMapping)):
        return above
    if function_of(beneath) or function_of(above):
        return above
    entries = dict(beneath.entries)
    for name, entry in above.entries.items():
        entries[name] = _merged(entries[name], entry) if name in entries else entry
    return NodeMapping(entries, {**beneath.key_marks, **above.key_marks}, above.mark)


# Functions and state machines ------------------------------------------------------------


def _function(logical_id: str, node: NodeMapping, properties: NodeMapping) -> _Resources:
    entries = properties.entries
    resource_properties = {name: entry for name, entry in entries.items() if name not in _OWN}
    if "Role" not in entries:
        yield f"{logical_id}Role", _role(logical_id, node, properties, "lambda.amazonaws.com")
        resource_properties["Role"] = _node({"Fn::GetAtt": [f"{logical_id}Role", "Arn"]}, node.mark)
    code = entries.get("CodeUri", entries.get("InlineCode", entries.get("ImageUri")))
    if code is not None:
        resource_properties["Code"] = code
    yield logical_id, _resource("AWS::Lambda::Function", resource_properties, node)
    alias = alias_of(logical_id, properties)
    if alias:
        version: dict[str, Any] = {"FunctionName": {"Ref": logical_id}}
        yield f"{logical_id}Version", _resource("AWS::Lambda::Version", version, node)
        named = {**version, "Name": entries["AutoPublishAlias"]}
        yield alias, _resource("AWS::Lambda::Alias", named, node)
    for name, kind in destinations_of(logical_id, properties):
        yield name, _resource(kind, {}, node)
    yield from _url(logical_id, node, properties)
    for name, kind in _apis(entries.get("Events")):
        yield name, _resource(kind, {}, NodeMapping({}, {}, node.mark))


def _url(logical_id: str, node: NodeMapping, properties: NodeMapping) -> _Resources:
    """The URL of a function, which everybody may call where it asks for no authentication."""
    config = properties.entries.get("FunctionUrlConfig")
    if not isinstance(config, NodeMapping):
        return
    auth = config.entries.get("AuthType", _node("", node.mark))
    alias = properties.entries.get("AutoPublishAlias")
    qualified = {} if alias is None else {"Qualifier": alias}
    url = {"TargetFunctionArn": {"Ref": logical_id}, "AuthType": auth, **qualified}
    yield f"{logical_id}Url", _resource("AWS::Lambda::Url", url, node)
    if not isinstance(auth, Scalar) or auth.source == "NONE":
        permission = {
            "FunctionName": {"Ref": logical_id},
            "Action": "lambda:InvokeFunctionUrl",
            "Principal": "*",
            # Where the type is a parameter, it decides whether the permission has an effect.
            "FunctionUrlAuthType": "NONE",
            **qualified,
        }
        name = f"{logical_id}UrlPublicPermissions"
        yield name, _resource("AWS::Lambda::Permission", permission, node)


def _apis(events: Node | None) -> Iterator[tuple[str, str]]:
    """The APIs that events bring along where they name none."""
    for event in events.entries.values() if isinstance(events, NodeMapping) else ():
        settings = event.entries.get("Properties") if isinstance(event, NodeMapping) else None
        named = settings.entries if isinstance(settings, NodeMapping) else {}
        if type_of(event) == "Api" and "RestApiId" not in named:
            yield "ServerlessRestApi", "AWS::ApiGateway::RestApi"
        if type_of(event) == "HttpApi" and "ApiId" not in named:
            yield "ServerlessHttpApi", "AWS::ApiGatewayV2::Api"


_OF_STATE_MACHINES = {"Role": "RoleArn", "Name": "StateMachineName", "Type": "StateMachineType"}
"""What CloudFormation calls properties of a state machine."""


def _state_machine(logical_id: str, node: NodeMapping, properties: NodeMapping) -> _Resources:
    entries = properties.entries
    resource_properties = {
        _OF_STATE_MACHINES.get(name, name): entry
        for name, entry in entries.items()
        if name not in _OWN
    }
    if "Role" not in entries:
        yield f"{logical_id}Role", _role(logical_id, node, properties, "states.amazonaws.com")
        resource_properties["RoleArn"] = _node(
            {"Fn::GetAtt": [f"{logical_id}Role", "Arn"]}, node.mark
        )
    yield logical_id, _resource("AWS::StepFunctions::StateMachine", resource_properties, node)


def _role(logical_id: str, node: NodeMapping, properties: NodeMapping, service: str) -> NodeMapping:
    """The role that a function or a state machine gets where it names none."""
    entries, mark = properties.entries, node.mark
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
        ],
    }
    managed: list[Any] = [_managed(name, mark) for name in _managed_names(entries, service)]
    inline: list[Any] = []
    for policy in _items(entries.get("Policies")):
        attached, written = _split(policy)
        managed += [] if attached is None else [attached]
        if written is not None:
            inline.append(
                {"PolicyName": f"{logical_id}RolePolicy{len(inline)}", "PolicyDocument": written}
            )
    role: dict[str, Any] = {
        "AssumeRolePolicyDocument": entries.get("AssumeRolePolicyDocument", trust),
        "ManagedPolicyArns": managed,
        "Policies": inline,
    }
    names = {"PermissionsBoundary": "PermissionsBoundary", "Path": "RolePath", "Tags": "Tags"}
    for name, source in names.items():
        if source in entries:
            role[name] = entries[source]
    return _resource("AWS::IAM::Role", role, node)


def _managed_names(entries: Mapping[str, Node], service: str) -> Iterator[str]:
    tracing = entries.get("Tracing")
    if service == "lambda.amazonaws.com":
        yield "service-role/AWSLambdaBasicExecutionRole"
        if "VpcConfig" in entries:
            yield "service-role/AWSLambdaVPCAccessExecutionRole"
        if tracing is not None and not (
            isinstance(tracing, Scalar) and tracing.source == "Disabled"
        ):
            yield "AWSXRayDaemonWriteAccess"
    events = entries.get("Events")
    kinds = map(type_of, events.entries.values()) if isinstance(events, NodeMapping) else ()
    yield from dict.fromkeys(_POLLED[kind] for kind in kinds if kind in _POLLED)


def _managed(name: str, mark: Mark) -> Node:
    return _node({"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{name}"}, mark)


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, NodeSequence) else (node,)


def _split(policy: Node) -> tuple[Node | None, Node | None]:
    """A policy as the ARN of a managed one, or as a document; a choice may be both."""
    if isinstance(policy, Scalar):
        if policy.source.startswith("arn:"):
            return policy, None
        return _managed(path_of_managed_policy(policy.source), policy.mark), None
    if isinstance(policy, NodeSequence) or "Statement" in policy.entries:
        return None, policy  # a list is no policy: the document will be malformed
    if function_of(policy) == "Fn::If":
        return _split_choice(policy)
    if function_of(policy) is not None:
        return policy, None
    return None, _from_template(policy)


def _split_choice(policy: NodeMapping) -> tuple[Node | None, Node | None]:
    arguments = policy.entries["Fn::If"]
    if not isinstance(arguments, NodeSequence) or len(arguments.items) != 3:  # noqa: PLR2004 - a condition and two values
        return policy, None
    condition, *choices = arguments.items
    splits = [_split(choice) for choice in choices]
    nothing = _node({"Ref": "AWS::NoValue"}, policy.mark)
    empty = _node({"Version": "2012-10-17", "Statement": []}, policy.mark)

    def choose(index: int, otherwise: Node) -> Node | None:
        sides = [split[index] for split in splits]
        if all(side is None for side in sides):
            return None
        chosen = [otherwise if side is None else side for side in sides]
        return _node({"Fn::If": [condition, *chosen]}, policy.mark)

    return choose(0, nothing), choose(1, empty)


def _from_template(policy: NodeMapping) -> Node:
    """The document of a policy template of SAM; one that is not in the table is not known."""
    (name, settings), *_ = policy.entries.items()
    statements = _templates().get(name)
    if statements is None:
        return _open(name, policy.mark)
    arguments = settings.entries if isinstance(settings, NodeMapping) else {}
    return _node({"Version": "2012-10-17", "Statement": statements}, policy.mark, arguments)


def _open(name: str, mark: Mark) -> Node:
    """What SAM makes of words that are not read."""
    return _node({TRANSFORM_FUNCTION: {"Name": f"of AWS SAM for {name}"}}, mark)


@cache
def _templates() -> Mapping[str, list[Any]]:
    """The statements of the policy templates (AWS SAM Developer Guide, "Policy template list").

    Taken from aws-sam-translator 1.115.0, which expands templates at AWS.
    """
    table = files(__package__).joinpath("serverless_policies.json").read_text(encoding="utf-8")
    templates: Mapping[str, list[Any]] = json.loads(table)
    return templates


# The others ------------------------------------------------------------------------------


def _table(logical_id: str, node: NodeMapping, properties: NodeMapping) -> _Resources:
    yield logical_id, _resource("AWS::DynamoDB::Table", dict(properties.entries), node)


def _application(logical_id: str, node: NodeMapping, properties: NodeMapping) -> _Resources:
    """A nested stack; one of the repository of applications is a template elsewhere."""
    resource_properties = dict(properties.entries)
    location = resource_properties.pop("Location", None)
    if isinstance(location, Scalar):
        resource_properties["TemplateURL"] = location
    yield logical_id, _resource("AWS::CloudFormation::Stack", resource_properties, node)


def _api(logical_id: str, node: NodeMapping, properties: NodeMapping) -> _Resources:
    """A REST API; the policy that SAM makes of its own words is not known."""
    resource_properties = dict(properties.entries)
    body = resource_properties.pop("DefinitionBody", None)
    if body is not None:
        resource_properties["Body"] = body
    auth = resource_properties.get("Auth")
    if isinstance(auth, NodeMapping) and "ResourcePolicy" in auth.entries:
        resource_properties["Policy"] = _open("ResourcePolicy", node.mark)
    yield logical_id, _resource("AWS::ApiGateway::RestApi", resource_properties, node)
    stage: dict[str, Any] = {"RestApiId": {"Ref": logical_id}}
    if "StageName" in properties.entries:
        stage["StageName"] = properties.entries["StageName"]
    yield stage_of(logical_id, properties), _resource("AWS::ApiGateway::Stage", stage, node)


def _renamed(kind: str) -> Callable[[str, NodeMapping, NodeMapping], _Resources]:
    def expand(logical_id: str, node: NodeMapping, properties: NodeMapping) -> _Resources:
        yield logical_id, _resource(kind, dict(properties.entries), node)

    return expand


_EXPANSIONS: Mapping[str, Callable[[str, NodeMapping, NodeMapping], _Resources]] = {
    f"{_PREFIX}Function": _function,
    f"{_PREFIX}StateMachine": _state_machine,
    f"{_PREFIX}SimpleTable": _table,
    f"{_PREFIX}Application": _application,
    f"{_PREFIX}Api": _api,
    f"{_PREFIX}HttpApi": _renamed("AWS::ApiGatewayV2::Api"),
    f"{_PREFIX}LayerVersion": _renamed("AWS::Lambda::LayerVersion"),
}

SERVERLESS_TYPES = tuple(_EXPANSIONS)
"""The resource types of AWS SAM that are expanded."""
