"""A template and its stacks: one for each scenario of its conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from pathlib import PurePath
from typing import Protocol

from attrs import field

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.cloudformation.conditions import Scenario
from cloudpack_baseline.sources.cloudformation.document import parse
from cloudpack_baseline.sources.cloudformation.intrinsics import Names, Resolver
from cloudpack_baseline.sources.cloudformation.meant_references import with_meant_references
from cloudpack_baseline.sources.cloudformation.mentions import Mentions, mentions_of
from cloudpack_baseline.sources.cloudformation.nodes import (
    DocumentError,
    Mark,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    type_of,
)
from cloudpack_baseline.sources.cloudformation.parameters import (
    Parameter,
    parameters_of,
)
from cloudpack_baseline.sources.cloudformation.references import (
    affected_by,
    circle_among,
    mention_in_circle,
    names_within,
)
from cloudpack_baseline.sources.cloudformation.serverless import with_sam_resources
from cloudpack_baseline.sources.cloudformation.transforms import (
    TRANSFORM_FUNCTION,
    changed_by_macros,
)
from cloudpack_baseline.sources.cloudformation.values import (
    NO_VALUE,
    Resolved,
    ResolvedObject,
    as_text,
    marks_of,
    why_of,
)

__all__ = [
    "NESTED_STACK",
    "Stack",
    "StackNames",
    "Template",
    "TemplateResource",
    "as_input_error",
    "nested_file",
    "possible_template",
    "read_template",
]

NESTED_STACK = "AWS::CloudFormation::Stack"


@frozen(kw_only=True, slots=False)
class TemplateResource:
    """A resource of a stack; scenarios in which nothing that it refers to differs share it.

    Attributes:
        logical_id: its key in the template.
        type: as ``AWS::S3::Bucket``.
        node: the resource in the document.
        mark: the position of the logical id.
        resolver: resolves its properties.
        file: the path of the template that messages show.
        construct: its construct path in the AWS CDK; empty: it has none.
    """

    logical_id: str
    type: str
    node: NodeMapping
    mark: Mark
    resolver: Resolver
    file: str
    construct: str = ""

    @cached_property
    def id(self) -> str:
        """What ``Ref`` of it returns."""
        return str(self.resolver.names.resource(self.logical_id))

    @cached_property
    def origin(self) -> Origin:
        """Where it is written."""
        mark = self.mark
        return Origin(file=self.file, line=mark.line, column=mark.column, path=self.path)

    @property
    def path(self) -> str:
        """The construct path of a resource of the AWS CDK, else ``Resources.LOGICAL_ID``."""
        construct = self.metadata("aws:cdk:path")
        path = str(construct) if isinstance(construct, str) else self.construct
        return path or f"Resources.{self.logical_id}"

    def properties(self) -> ResolvedObject:
        """The resolved properties; unknown members stay in it as `Unknown`.

        Raises:
            Misshapen: they are not an object.
        """
        return self._properties

    @cached_property
    def marks(self) -> Mapping[int, Mark]:
        """The position of each value of a property by its `id`; see `marks_of`."""
        return dict(marks_of(self.properties()))

    @cached_property
    def answers(self) -> dict[int, Resolved]:
        """What values of properties became as answers, by their `id`; completed by each use."""
        return {}

    @cached_property
    def mentions(self) -> Mentions:
        """What its properties mention; nothing where they are not an object."""
        properties = self.node.entries.get("Properties")
        if properties is None:
            return Mentions()
        try:
            value: object = self.properties()
        except Misshapen:
            value = None
        return mentions_of(properties, self.resolver.conditions, value)

    @cached_property
    def _properties(self) -> ResolvedObject:
        properties = self.node.entries.get("Properties")
        for node in (self.node, properties):
            if isinstance(node, NodeMapping) and TRANSFORM_FUNCTION in node.entries:
                place = f"of {self.logical_id} ({self.file}:{self.mark.line})"
                why = changed_by_macros(node.entries[TRANSFORM_FUNCTION], place)
                raise Misshapen("Properties: are not known", why)
        if properties is None or (isinstance(properties, Scalar) and properties.value is None):
            return ResolvedObject({}, self.mark)
        resolved = self.resolver.value(properties)
        if resolved is NO_VALUE:
            return ResolvedObject({}, self.mark)
        if isinstance(resolved, ResolvedObject):
            return resolved
        raise Misshapen("Properties: is not an object", why_of(resolved))

    def metadata(self, name: str) -> Resolved:
        """An entry of the section Metadata; ``None``: there is none."""
        metadata = self.node.entries.get("Metadata")
        entry = metadata.entries.get(name) if isinstance(metadata, NodeMapping) else None
        return None if entry is None else self.resolver.value(entry)


@frozen(kw_only=True, slots=False)
class Template:
    """A template file.

    Attributes:
        file: the path that messages show.
        root: the document.
        constructs: the construct path of logical IDs, if the AWS CDK wrote the template.
    """

    file: str
    root: NodeMapping
    constructs: Mapping[str, str] = field(factory=dict)

    def section(self, name: str) -> Node | None:
        """A section of the template; ``None``: it has none."""
        return self.root.entries.get(name)

    def entries(self, name: str) -> Mapping[str, Node]:
        """The entries of a section."""
        section = self.section(name)
        return section.entries if isinstance(section, NodeMapping) else {}

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The declared parameters."""
        return parameters_of(self.section("Parameters"))

    def unused(self, parameter_values: Mapping[str, str]) -> tuple[str, ...]:
        """The names of values that the template declares no parameter for."""
        return tuple(sorted(set(parameter_values) - set(self.parameters)))

    @cached_property
    def _keys(self) -> frozenset[str]:
        """All keys in the sections, at any depth."""
        return frozenset(_keys_within(self.root.entries.values()))

    @cached_property
    def has_loops(self) -> bool:
        """Whether ``Fn::ForEach`` occurs in it."""
        return any(key.startswith("Fn::ForEach") for key in self._keys)

    @cached_property
    def _mentioned(self) -> Mapping[str, AbstractSet[str]]:
        """What each resource may refer to."""
        resources = self.entries("Resources")
        return {logical_id: frozenset(names_within(node)) for logical_id, node in resources.items()}

    def affected_by(self, names: Iterable[str]) -> AbstractSet[str]:
        """The resources whose properties may differ where what has the names does.

        Args:
            names: of parameters, conditions and resources.
        """
        stacks = [name for name, node in self.entries("Resources").items() if _is_stack(node)]
        return affected_by([*names, *stacks], self._mentioned)

    @cached_property
    def may_have_circles(self) -> bool:
        """Whether resources depend on each other in a circle, if all conditions went both ways."""
        # Most templates need what is mentioned for their scenarios as well.
        return mention_in_circle(self._mentioned) and bool(circle_among(self.entries("Resources")))

    def _arguments(self, function: str) -> Iterator[Node]:
        """What stands below the key."""
        is_called = function in self._keys or function in self.root.entries
        return _arguments(self.root, function) if is_called else iter(())

    @cached_property
    def imports(self) -> tuple[Node, ...]:
        """The names that ``Fn::ImportValue`` reads."""
        return tuple(self._arguments("Fn::ImportValue"))

    @cached_property
    def output_references(self) -> tuple[Node, ...]:
        """The names of stacks whose outputs ``Fn::GetStackOutput`` reads."""
        return tuple(
            argument.entries["StackName"]
            for argument in self._arguments("Fn::GetStackOutput")
            if isinstance(argument, NodeMapping) and "StackName" in argument.entries
        )

    @cached_property
    def deciding_conditions(self) -> Mapping[str, Node]:
        """The conditions, without those that decide only where the AWS CDK counts its use."""
        resources = self.entries("Resources").values()
        counted = [node for node in resources if _is_metadata(node)]
        names = {name for node in counted for name in _arguments(node, "Condition", "Fn::If")}
        if not names:
            return self.entries("Conditions")
        further_nodes = [node for node in resources if not _is_metadata(node)]
        further_nodes += [node for name, node in self.root.entries.items() if name != "Resources"]
        used = {
            name.source
            for node in further_nodes
            for argument in _arguments(node, "Condition", "Fn::If")
            for name in (argument.items[:1] if isinstance(argument, NodeSequence) else [argument])
            if isinstance(name, Scalar)
        }
        only = {name.source for name in names if isinstance(name, Scalar)} - used
        return {name: node for name, node in self.entries("Conditions").items() if name not in only}

    @cached_property
    def nested_files(self) -> frozenset[str]:
        """The names of the files of nested stacks."""
        return frozenset(
            PurePath(file).name
            for node in self.entries("Resources").values()
            if isinstance(node, NodeMapping) and _is_stack(node)
            if (file := nested_file(node))
        )


class StackNames(Names, Protocol):
    """What names in a stack stand for."""

    @property
    def unnamed(self) -> AbstractSet[str]:
        """The resources whose names others have already."""

    def qualified(self, logical_id: str) -> str:
        """The logical id, unique among the stacks of a run."""

    def nested(self, logical_id: str) -> Stack | None:
        """The stack that a resource nests; ``None``: its template is not among the files."""


@frozen(kw_only=True, slots=False)
class Stack:
    """A template in one scenario.

    Attributes:
        template: what is deployed.
        scenario: the truth of its conditions.
        resolver: resolves nodes outside of resources, as outputs.
        names: what its logical ids stand for.
        shared: resources of the first scenario that are the same in this one.
    """

    template: Template
    scenario: Scenario
    resolver: Resolver
    names: StackNames
    shared: Mapping[str, TemplateResource] = field(factory=dict)

    def output(self, name: str) -> Node | None:
        """The node of an output's value; ``None``: the stack has no such output."""
        output = self.template.entries("Outputs").get(name)
        if not isinstance(output, NodeMapping) or not self._is_created(output):
            return None
        return output.entries.get("Value")

    def exports(self) -> Iterator[tuple[str, Node]]:
        """The exported names that are known, with the nodes of their values."""
        for name, output in self.template.entries("Outputs").items():
            value = self.output(name)
            export = output.entries.get("Export") if isinstance(output, NodeMapping) else None
            node = export.entries.get("Name") if isinstance(export, NodeMapping) else None
            if value is not None and node is not None:
                yield as_text(self.resolver.value(node)), value

    @cached_property
    def resources(self) -> Mapping[str, TemplateResource]:
        """The resources that are created in the scenario, by logical id."""
        section = self.template.section("Resources")
        if not isinstance(section, NodeMapping):
            return {}
        return {
            logical_id: self.shared.get(logical_id)
            or TemplateResource(
                logical_id=logical_id,
                type=type_of(node),
                node=node,
                mark=section.key_marks.get(logical_id, node.mark),
                resolver=self.resolver,
                file=self.template.file,
                construct=self.template.constructs.get(logical_id, ""),
            )
            for logical_id, node in section.entries.items()
            if isinstance(node, NodeMapping) and self._is_created(node)
        }

    def _is_created(self, node: NodeMapping) -> bool:
        condition = node.entries.get("Condition")
        if not isinstance(condition, Scalar):
            return True
        return self.scenario.conditions.get(condition.source, True)


def _is_stack(node: Node) -> bool:
    return type_of(node) == NESTED_STACK


def _is_metadata(node: Node) -> bool:
    return type_of(node) == "AWS::CDK::Metadata"


def _arguments(node: Node, *names: str) -> Iterator[Node]:
    """What stands below the keys, at any depth; iterative, since templates may nest deeply."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, NodeMapping):
            yield from (current.entries[name] for name in names if name in current.entries)
            pending += current.entries.values()
        elif isinstance(current, NodeSequence):
            pending += current.items


def _keys_within(nodes: Iterable[Node]) -> Iterator[str]:
    """The keys of objects, at any depth; iterative, since templates may nest deeply."""
    pending = [*nodes]
    while pending:
        current = pending.pop()
        if isinstance(current, NodeMapping):
            yield from current.entries
            members: Iterable[Node] = current.entries.values()
        else:
            members = current.items if isinstance(current, NodeSequence) else ()
        pending += [member for member in members if not isinstance(member, Scalar)]


def nested_file(node: NodeMapping) -> str:
    """The file or URL of the template that a resource nests; empty: it is not known.

    Of a URL, the name of the file may be known though the bucket is not.
    """
    metadata, properties = (node.entries.get(name) for name in ("Metadata", "Properties"))
    asset = metadata.entries.get("aws:asset:path") if isinstance(metadata, NodeMapping) else None
    url = properties.entries.get("TemplateURL") if isinstance(properties, NodeMapping) else None
    place = next((text for text in map(_end_of_text, (asset, url)) if text), "")
    return "" if "${" in place.rpartition("/")[2] else place


def _end_of_text(node: Node | None) -> str:
    """The text, or that with which ``Fn::Sub`` or ``Fn::Join`` ends."""
    if isinstance(node, NodeSequence):
        return _end_of_text(node.items[-1]) if node.items else ""
    if isinstance(node, NodeMapping):
        written, joined = node.entries.get("Fn::Sub"), node.entries.get("Fn::Join")
        if isinstance(written, NodeSequence):
            written = next(iter(written.items), None)
        return _end_of_text(joined if written is None else written)
    return "" if node is None else node.source


def read_template(content: bytes, file: str) -> Template:
    """The template of a file.

    Raises:
        InputError: it is no template; the message has file, line and column.
    """
    return _template(_parsed(content, file), file)


def possible_template(content: bytes, file: str) -> Template | None:
    """The template of a file that may be another document; ``None``: it is another one.

    A file for the Serverless Framework, or a workflow that calls CloudFormation, names types of
    resources, but has neither a section Resources at its top nor the version of templates.

    Raises:
        InputError: it is a broken template; the message has file, line and column.
    """
    if b"Resources" not in content or not (b"AWS::" in content or _VERSION_KEY in content):
        return None
    root = _parsed(content, file)
    has_resources = isinstance(root, NodeMapping) and "Resources" in root.entries
    return _template(root, file) if has_resources or _VERSION_KEY in content else None


_VERSION_KEY = b"AWSTemplateFormatVersion"


def _parsed(content: bytes, file: str) -> Node:
    try:
        return parse(content)
    except DocumentError as error:
        raise as_input_error(error, file) from None


def _template(root: Node, file: str) -> Template:
    try:
        return Template(file=file, root=with_sam_resources(with_meant_references(_checked(root))))
    except DocumentError as error:
        raise as_input_error(error, file) from None


_ACCEPTED_RESOURCES = 500
"""Of one template (CloudFormation User Guide, "Understand CloudFormation quotas")."""

_MOST_RESOURCES = 10 * _ACCEPTED_RESOURCES
"""Of one template. A few too many are judged all the same: it may be divided before it is
deployed."""


_OBJECTS = ("Parameters", "Mappings", "Conditions", "Rules", "Outputs", "Globals")
"""Further sections, each of which is an object."""


def _checked(root: Node) -> NodeMapping:
    resources = root.entries.get("Resources") if isinstance(root, NodeMapping) else None
    if not isinstance(root, NodeMapping) or resources is None:
        raise DocumentError("there is no section Resources, which a template requires", root.mark)
    if not isinstance(resources, NodeMapping):
        raise DocumentError("the section Resources is not an object", resources.mark)
    for name in _OBJECTS:
        section = root.entries.get(name)
        is_null = isinstance(section, Scalar) and section.value is None
        if section is not None and not is_null and not isinstance(section, NodeMapping):
            raise DocumentError(f"the section {name} is not an object", section.mark)
    if len(resources.entries) > _MOST_RESOURCES:
        number = len(resources.entries)
        message = (
            f"{number:,} resources; CloudFormation accepts {_ACCEPTED_RESOURCES} in a template"
        )
        raise DocumentError(message, resources.mark)
    for logical_id, node in resources.entries.items():
        if logical_id.startswith("Fn::"):
            continue
        if isinstance(node, NodeMapping) and TRANSFORM_FUNCTION in node.entries:
            continue  # it may add the type
        if not type_of(node):
            raise DocumentError(f"the resource {logical_id!r} has no Type", node.mark)
    return root


def as_input_error(error: DocumentError, file: str) -> InputError:
    """The error with its place as one message."""
    mark = error.mark
    message = error.message if mark is None else f"column {mark.column}: {error.message}"
    return InputError(Problem(message, file=file, line=mark.line if mark else 0))
