"""From stacks to answers: each resource is described by its type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.sources.cloudformation.intrinsics import LOOP
from cloudpack_baseline.sources.cloudformation.stacks import StackPlace
from cloudpack_baseline.sources.cloudformation.template import (
    NESTED_STACK,
    Stack,
    TemplateResource,
)
from cloudpack_baseline.sources.cloudformation.typed import (
    ResourceType,
    StackAnswers,
    TypedResource,
    marks_of,
)
from cloudpack_baseline.sources.cloudformation.types import described_operations, resource_types

__all__ = ["answers_of", "described_gaps"]

_PRINCIPALS = ("iam:GetAccountAuthorizationDetails",)

_KNOWN_TRANSFORMS = frozenset(
    (
        "AWS::CodeDeployBlueGreen",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::Serverless-2016-10-31",
    )
)


def answers_of(
    stacks: Iterable[tuple[Stack, StackPlace]],
) -> Mapping[tuple[str, str], StackAnswers]:
    """What the resources of the stacks answer, by account and region."""
    stacks = tuple(stacks)
    answers: dict[tuple[str, str], StackAnswers] = {}
    of_accounts: dict[str, list[StackAnswers]] = {}
    for stack, place in stacks:
        if (place.account, place.region) not in answers:
            of_account = of_accounts.setdefault(place.account, [])
            answers[place.account, place.region] = StackAnswers(of_account)
        answers_here = answers[place.account, place.region]
        for detail in _unread(stack):
            unknown = Unknown.because(Why.UNDETERMINED, detail=detail)
            answers_here.add_gap(described_operations(), unknown)
        if any(
            resource.type.startswith("AWS::Serverless::") for resource in stack.resources.values()
        ):
            # What is not expanded, such as connectors, adds policies and roles.
            detail = f"AWS SAM may add roles and policies to {stack.template.file}"
            answers_here.add_gap(_PRINCIPALS, Unknown.because(Why.UNDETERMINED, detail=detail))
    pending = [
        (kind.order, resource, stack, place, kind)
        for stack, place in stacks
        for resource in stack.resources.values()
        if (known := resource_types().get(resource.type)) is not None
        for kind in known.parts
    ]
    for _, resource, stack, place, kind in sorted(pending, key=lambda entry: entry[0]):
        _run(kind, resource, stack, place, answers[place.account, place.region])
    return answers


def _unread(stack: Stack) -> Iterator[str]:
    """What may deploy resources that are not in the template."""
    for transform in stack.template.transforms:
        if transform not in _KNOWN_TRANSFORMS:
            yield f"the macro {transform} of {stack.template.file} may add resources"
    for key, node in stack.template.entries("Resources").items():
        if key.startswith(LOOP):
            yield f"{stack.template.file}:{node.mark.line}: {key} loops over what is not known"
    for logical_id, resource in stack.resources.items():
        place = f"{stack.template.file}:{resource.mark.line}: {logical_id}"
        if resource.type.endswith("::MODULE"):
            yield f"{place}: the module {resource.type} is not read"
        elif resource.type == NESTED_STACK and stack.names.nested(logical_id) is None:
            yield f"{place}: the template of the nested stack is not among the files"


def _run(
    kind: ResourceType,
    resource: TemplateResource,
    stack: Stack,
    place: StackPlace,
    answers: StackAnswers,
) -> None:
    label = f"{resource.type} {resource.logical_id} at line {resource.mark.line}"
    with described_gaps(kind, label, answers):
        kind.describe(_typed(resource, stack, place, answers))


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
        unknown = _malformed(label, error) if error.unknown is None else error.unknown
        answers.add_gap(kind.describes, unknown)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        answers.add_gap(kind.describes, _malformed(label, error))


def _typed(
    resource: TemplateResource, stack: Stack, place: StackPlace, answers: StackAnswers
) -> TypedResource:
    names = stack.resolver.names
    properties = resource.properties()
    return TypedResource(
        name=stack.names.qualified(resource.logical_id),
        id=str(names.resource(resource.logical_id)),
        properties=properties,
        attribute=lambda name: names.attribute(resource.logical_id, name),
        origin=Origin(
            file=stack.template.file,
            line=resource.mark.line,
            column=resource.mark.column,
            path=resource.path,
        ),
        account=place.account,
        region=place.region,
        partition=place.partition,
        answers=answers,
        marks=dict(marks_of(properties)),
    )


def _malformed(label: str, error: Exception) -> Unknown:
    return Unknown.because(Why.MALFORMED, detail=f"{label}: {error}"[:200])
