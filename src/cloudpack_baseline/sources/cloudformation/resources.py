"""From stacks to answers: each resource is described by its type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.deployed_names import open_names_of
from cloudpack_baseline.sources.cloudformation.intrinsics import LOOP
from cloudpack_baseline.sources.cloudformation.open_loops import operations_of_loop
from cloudpack_baseline.sources.cloudformation.own_names import (
    OwnNames,
    own_names,
    properties_with,
    property_of,
)
from cloudpack_baseline.sources.cloudformation.stack_answers import StackAnswers
from cloudpack_baseline.sources.cloudformation.stack_trees import StackPlace
from cloudpack_baseline.sources.cloudformation.template import Stack, TemplateResource
from cloudpack_baseline.sources.cloudformation.transforms import open_macros
from cloudpack_baseline.sources.cloudformation.typed import (
    ResourceType,
    TypedResource,
)
from cloudpack_baseline.sources.cloudformation.types import described_operations, resource_types
from cloudpack_baseline.sources.cloudformation.unknown_parts import UnknownPart, unknown_parts
from cloudpack_baseline.sources.cloudformation.unread import UnreadStack
from cloudpack_baseline.sources.cloudformation.unread_additions import added_to

__all__ = ["answers_of", "described_gaps"]

_PRINCIPALS = ("iam:GetAccountAuthorizationDetails",)


def answers_of(
    stacks: Iterable[tuple[Stack, StackPlace]],
    unread: Iterable[UnreadStack] = (),
) -> Mapping[tuple[str, str], StackAnswers]:
    """What the resources of the stacks answer, by account and region.

    Args:
        stacks: with the place of each.
        unread: the stacks whose templates are not read, which may add to resources of the others.
    """
    stacks = tuple(stacks)
    answers: dict[tuple[str, str], StackAnswers] = {}
    of_accounts: dict[str, list[StackAnswers]] = {}
    for stack, place in stacks:
        if (place.account, place.region) not in answers:
            of_account = of_accounts.setdefault(place.account, [])
            answers[place.account, place.region] = StackAnswers(of_account)
        answers_here = answers[place.account, place.region]
        for detail, operations in _unread(stack):
            unknown = Unknown.because(Why.UNDETERMINED, detail=detail)
            answers_here.add_gap(operations, unknown)
        if any(
            resource.type.startswith("AWS::Serverless::") for resource in stack.resources.values()
        ):
            # What is not expanded, such as connectors, adds policies and roles.
            detail = f"what AWS SAM adds to {stack.template.file}, such as roles"
            answers_here.add_gap(_PRINCIPALS, Unknown.because(Why.UNDETERMINED, detail=detail))
        answers_here.shared_names |= _shared_names(stack)
        answers_here.naming.append(partial(open_names_of, stack, place))
    pending = [
        _Pending(kind, partial(_typed, resource, stack, place, names), _label(resource), place)
        for stack, place in stacks
        for names in (own_names(stack),)
        for resource in stack.resources.values()
        if (known := resource_types().get(resource.type)) is not None
        for kind in known.parts
    ]
    pending += _added(stacks, unread)
    pending += _of_unknown_parts(stacks)
    for entry in sorted(pending, key=lambda entry: entry.kind.order):
        answers_there = answers[entry.place.account, entry.place.region]
        with described_gaps(entry.kind, entry.label, answers_there):
            entry.kind.describe(entry.typed(answers_there))
    for described in answers.values():
        described.derive()
    return answers


def _shared_names(stack: Stack) -> Iterator[tuple[str, str]]:
    """The ID of each bucket whose name another one has already, with that name."""
    for logical_id in stack.names.unnamed:
        bucket = stack.resources.get(logical_id)
        if bucket is not None and bucket.type == "AWS::S3::Bucket":
            yield bucket.id, str(property_of(bucket, "BucketName"))


@frozen
class _Pending:
    """A resource that is to be described.

    Attributes:
        kind: its type, as one module describes it.
        typed: makes it, with where its answers go.
        label: names it.
        place: where it is deployed.
    """

    kind: ResourceType
    typed: Callable[[StackAnswers], TypedResource]
    label: str
    place: StackPlace


def _added(
    stacks: tuple[tuple[Stack, StackPlace], ...], unread: Iterable[UnreadStack]
) -> Iterator[_Pending]:
    """What stacks whose templates are not read may add to resources that are passed to them."""
    for unread_stack in unread:
        account = unread_stack.place.account
        resources = [
            resource
            for stack, place in stacks
            if place.account == account
            for resource in stack.resources.values()
        ]
        for passed in unread_stack.passed:
            for added in added_to(passed, unread_stack.template.why, resources):
                for kind in resource_types()[added.type].parts:
                    template = unread_stack.template
                    label = f"{added.type} of {template.name}"
                    addition = UnknownPart(
                        added=added, why=template.why, origin=template.origin, place=passed.place
                    )
                    typed = partial(_typed_addition, addition, label)
                    yield _Pending(kind, typed, label, passed.place)


def _of_unknown_parts(stacks: Iterable[tuple[Stack, StackPlace]]) -> Iterator[_Pending]:
    for addition in unknown_parts(stacks):
        for kind in resource_types()[addition.added.type].parts:
            label = f"{addition.added.type} of {addition.origin.path}"
            typed = partial(_typed_addition, addition, label)
            yield _Pending(kind, typed, label, addition.place)


def _typed_addition(addition: UnknownPart, label: str, answers: StackAnswers) -> TypedResource:
    place = addition.place
    return TypedResource(
        name=f"<{label}>",
        id="",
        properties=addition.added.properties,
        attribute=lambda _: addition.why,
        origin=addition.origin,
        account=place.account,
        region=place.region,
        partition=place.partition,
        answers=answers,
    )


def _unread(stack: Stack) -> Iterator[tuple[str, frozenset[str]]]:
    """What may add resources to the template, or change those in it; the answers it may change."""
    for macro in open_macros(stack.template.root):
        detail = f"what the macro {macro} adds to {stack.template.file}, or changes in it,"
        yield detail, described_operations()
    for key, node in stack.template.entries("Resources").items():
        if key.startswith(LOOP):
            detail = f"what {key} loops over ({stack.template.file}:{node.mark.line})"
            yield detail, operations_of_loop(node)


def _label(resource: TemplateResource) -> str:
    return f"{resource.type} {resource.logical_id} ({resource.file}:{resource.mark.line})"


@contextmanager
def described_gaps(kind: ResourceType, label: str, answers: StackAnswers) -> Iterator[None]:
    """Turn an error in the description of a resource into gaps of all that its type answers.

    Args:
        kind: the type.
        label: names the resource.
        answers: where it is described.
    """
    try:
        yield
    except Misshapen as error:
        unknown = error.unknown
        if unknown is None:
            unknown = _malformed(label, str(error))
        elif unknown.causes[0].why is Why.MALFORMED:
            unknown = _malformed(label, unknown.causes[0].detail)
        answers.add_gap(kind.describes, unknown)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        answers.add_gap(kind.describes, _malformed(label, str(error)))


def _typed(
    resource: TemplateResource,
    stack: Stack,
    place: StackPlace,
    names: OwnNames,
    answers: StackAnswers,
) -> TypedResource:
    return TypedResource(
        name=stack.names.qualified(resource.logical_id),
        id=resource.id,
        properties=properties_with(names, resource),
        attribute=partial(stack.names.attribute, resource.logical_id),
        origin=resource.origin,
        account=place.account,
        region=place.region,
        partition=place.partition,
        answers=answers,
        marks=resource.marks,
        known_answers=resource.answers,
    )


def _malformed(label: str, fault: str) -> Unknown:
    return Unknown.because(Why.MALFORMED, detail=f"{label}: {fault}"[:_LONGEST])


_LONGEST = 300
"""Characters of the detail of a malformed value, which may be a long one of the file."""
