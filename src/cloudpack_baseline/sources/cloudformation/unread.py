"""Templates that a stack deploys and that are not among the files: what they may change.

A nested stack or a module knows the resources that are passed to it as parameters. It may also read
what the account exports, and parameters of Systems Manager. It can add to those, such as a bucket
policy or a rule of a security group; the other resources keep what their own template says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.unread import UnreadTemplate, written_place
from cloudpack_baseline.sources.cloudformation.mentions import NOT_A_NAME, Mentions, mentions_of
from cloudpack_baseline.sources.cloudformation.stack_trees import StackPlace
from cloudpack_baseline.sources.cloudformation.template import (
    NESTED_STACK,
    Stack,
    TemplateResource,
)
from cloudpack_baseline.sources.cloudformation.values import undetermined

__all__ = ["Attachable", "UnreadStack", "unread_stacks"]

_SELF_CONTAINED = frozenset(
    (
        "AWS::DynamoDB::Table",
        "AWS::EC2::NetworkAcl",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::ECR::Repository",
        "AWS::Events::EventBus",
        "AWS::IAM::Group",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::KMS::Key",
        "AWS::Kinesis::Stream",
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    )
)
"""The types with which nothing new can be placed beside other resources: whoever knows a security
group needs a subnet too. What is added to resources of these types is described with them."""


@frozen(kw_only=True)
class Attachable:
    """A resource that a template that is not read may add something to.

    Attributes:
        stack: that it is in.
        place: where that is deployed.
        resource: the resource.
    """

    stack: Stack
    place: StackPlace
    resource: TemplateResource

    @cached_property
    def position(self) -> str:
        """Its place in the files."""
        return written_place(self.resource.origin)


@frozen(kw_only=True)
class UnreadStack:
    """A stack or module whose template is not read.

    Attributes:
        template: as a snapshot names it.
        place: where it is deployed.
        passed: the resources that it may add something to.
    """

    template: UnreadTemplate
    place: StackPlace
    passed: tuple[Attachable, ...]


def unread_stacks(stacks: Iterable[tuple[Stack, StackPlace]]) -> tuple[UnreadStack, ...]:
    """The stacks and modules that the stacks deploy, and whose templates are not read."""
    stacks = tuple(stacks)
    unread = [
        (stack, place, resource, name)
        for stack, place in stacks
        for resource in stack.resources.values()
        if (name := _unread_name(stack, resource))
    ]
    graphs = {
        account: _Graph.of(entry for entry in stacks if entry[1].account == account)
        for account in {place.account for _, place, _, _ in unread}
    }
    return tuple(
        _unread_stack(graphs[place.account], stack, place, resource, name)
        for stack, place, resource, name in unread
    )


def _unread_stack(
    graph: _Graph, stack: Stack, place: StackPlace, resource: TemplateResource, name: str
) -> UnreadStack:
    passed = graph.named_in(stack, resource.mentions) | graph.published
    line = f"{stack.template.file}:{resource.mark.line}"
    template = UnreadTemplate(
        name=stack.names.qualified(resource.logical_id),
        account=place.account,
        region=place.region,
        why=undetermined(f"the template of {name} {resource.logical_id} ({line})"),
        origin=resource.origin,
        passed=tuple(sorted({graph.nodes[number].position for number in passed})),
        unaffected=graph.positions_without(passed),
    )
    return UnreadStack(
        template=template,
        place=place,
        passed=tuple(graph.nodes[number] for number in sorted(passed)),
    )


def _unread_name(stack: Stack, resource: TemplateResource) -> str:
    """What the resource is in words, if its template is not read; empty: it has none, or is."""
    if resource.type.endswith("::MODULE"):
        return f"module {resource.type}"
    if resource.type == NESTED_STACK and stack.names.nested(resource.logical_id) is None:
        return "nested stack"
    return ""


@frozen(kw_only=True)
class _Graph:
    """The resources of an account, and which of them name each other.

    Attributes:
        nodes: the resources, without nested stacks: what these pass on names it anew.
        names: the numbers of the resources by each name that they have.
        logical_ids: the same by logical ID, of which attributes that are not known show that of
            their resource, as ``<Vpc.CidrBlock>``.
        phrases: identifiers with characters that no name has, such as those known in part.
        numbers: the number of each resource, by its stack and logical ID.
        neighbours: the resources that name each other, by number.
        published: the resources that any stack may name.
    """

    nodes: tuple[Attachable, ...]
    names: Mapping[str, frozenset[int]]
    logical_ids: Mapping[str, frozenset[int]]
    phrases: tuple[tuple[str, int], ...]
    numbers: Mapping[tuple[int, str], int]
    neighbours: Mapping[int, set[int]] = field(factory=dict)
    published: frozenset[int] = frozenset()

    @classmethod
    def of(cls, stacks: Iterable[tuple[Stack, StackPlace]]) -> _Graph:
        """The resources of stacks."""
        stacks = tuple(stacks)
        nodes = tuple(
            Attachable(stack=stack, place=place, resource=resource)
            for stack, place in stacks
            for resource in stack.resources.values()
            if resource.type != NESTED_STACK
        )
        named = [
            (identifier, number)
            for number, node in enumerate(nodes)
            for identifier in _identifiers(node)
        ]
        graph = cls(
            nodes=nodes,
            names=_by_name(entry for entry in named if not NOT_A_NAME.search(entry[0])),
            logical_ids=_by_name(
                (node.resource.logical_id, number) for number, node in enumerate(nodes)
            ),
            phrases=tuple(entry for entry in named if NOT_A_NAME.search(entry[0])),
            numbers={
                (id(node.stack), node.resource.logical_id): number
                for number, node in enumerate(nodes)
            },
        )
        return evolve(
            graph,
            neighbours=graph._links(),
            published=frozenset(graph._published(stack for stack, _ in stacks)),
        )

    def named_in(self, stack: Stack, mentions: Mentions) -> frozenset[int]:
        """The resources that a part of a stack mentions."""
        numbers: set[int] = set()
        for name in mentions.references:
            number = self.numbers.get((id(stack), name))
            if number is not None:
                numbers.add(number)
        for word in mentions.words:
            numbers.update(self.names.get(word, ()))
            logical_id, dot, _ = word.partition(".")
            if dot:
                numbers.update(self.logical_ids.get(logical_id, ()))
        numbers.update(number for phrase, number in self.phrases if phrase in mentions.text)
        return frozenset(numbers)

    def _links(self) -> dict[int, set[int]]:
        links: dict[int, set[int]] = {number: set() for number in range(len(self.nodes))}
        for number, node in enumerate(self.nodes):
            for named in self.named_in(node.stack, node.resource.mentions):
                links[number].add(named)
                links[named].add(number)
        return links

    def _published(self, stacks: Iterable[Stack]) -> Iterator[int]:
        for stack in stacks:
            for _, value in stack.exports():
                resolved = stack.resolver.value(value)
                yield from self.named_in(
                    stack, mentions_of(value, stack.scenario.conditions, resolved)
                )
        for node in self.nodes:
            if node.resource.type == "AWS::SSM::Parameter":
                yield from self.named_in(node.stack, node.resource.mentions)

    def positions_without(self, passed: Iterable[int]) -> tuple[str, ...]:
        """The places of the resources that have nothing to do with those that are passed."""
        reached = set(passed)
        pending = [
            number for number in reached if self.nodes[number].resource.type not in _SELF_CONTAINED
        ]
        while pending:
            for number in self.neighbours[pending.pop()] - reached:
                reached.add(number)
                pending.append(number)
        # A template that is deployed twice has two resources at each place.
        affected = {self.nodes[number].position for number in reached}
        return tuple(position for position in self.positions if position not in affected)

    @cached_property
    def positions(self) -> tuple[str, ...]:
        """The places of the resources, sorted."""
        return tuple(sorted({node.position for node in self.nodes}))


def _identifiers(node: Attachable) -> Iterator[str]:
    """What the resource is named by."""
    identifier = str(node.stack.resolver.names.resource(node.resource.logical_id))
    yield identifier
    if identifier.startswith(("arn:", "https:")):
        name = NOT_A_NAME.split(identifier)[-1]
        if not name.isdigit():  # of a version
            yield name


def _by_name(entries: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    by_name: dict[str, set[int]] = {}
    for name, number in entries:
        by_name.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in by_name.items()}
