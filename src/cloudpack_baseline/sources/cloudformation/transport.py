"""Stacks as a transport: the gatherers ask operations, the resources of templates answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Singular, descriptions
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.values import NOT_DESCRIBED
from cloudpack_baseline.sources.answers import is_global
from cloudpack_baseline.sources.calls import (
    MALFORMED,
    NOT_PROVIDED,
    Answer,
    CallError,
)
from cloudpack_baseline.sources.cloudformation.stack_answers import StackAnswers
from cloudpack_baseline.sources.cloudformation.types import (
    described_lists,
)
from cloudpack_baseline.sources.fidelity import Default
from cloudpack_baseline.sources.operations import Operation

__all__ = ["ASSUMED", "StackTransport", "absent_codes"]

ASSUMED: Mapping[str, Default] = {
    "s3control:GetPublicAccessBlock": Default(
        "no-account-public-access-block", error="NoSuchPublicAccessBlockConfiguration"
    ),
    "organizations:DescribeEffectivePolicy": Default(
        "no-organization-s3-policy", error="AWSOrganizationsNotInUseException"
    ),
    "organizations:DescribeOrganization": Default(
        "no-organization", error="AWSOrganizationsNotInUseException"
    ),
    "ec2:DescribeVpcBlockPublicAccessOptions": Default(
        "vpc-block-public-access-off",
        {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}},
    ),
    "ec2:DescribeVpcBlockPublicAccessExclusions": Default(
        "vpc-block-public-access-off", {"VpcBlockPublicAccessExclusions": []}
    ),
    "ec2:GetInstanceMetadataDefaults": Default(
        "no-instance-metadata-defaults", {"AccountLevel": {}}
    ),
}
"""What a new account answers, for settings of the account that no resource of a template makes.
The gathering names each as an assumption, and none of them is judged."""


_SUBJECTS = {"lambda:GetLayerVersionPolicy": "LayerName"}
"""The parameter that names what an operation is about, where several do together."""


def absent_codes(selection: Iterable[Read]) -> Mapping[str, str]:
    """The error by which AWS says that there is none, by operation of the selected kinds."""
    selection = tuple(selection)
    settings = (read.kind.api for read in selection if isinstance(read.kind.api, Singular))
    return {api.operation: api.absent[0] for api in settings if api.absent} | {
        description.operation: description.absent[0]
        for read in selection
        for description in descriptions(read.kind).values()
        if description.operation and description.absent
    }


@frozen
class StackTransport:
    """Answers from the stacks of one account, by region.

    Attributes:
        by_region: what the resources in each region answer.
        absent: the error by which AWS says that there is none, by operation.
        described: the operations that resources may answer.
    """

    by_region: Mapping[str, StackAnswers]
    absent: Mapping[str, str]
    described: frozenset[str]

    def pages(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """The answer in a page a subject; what is missing from it is an error after it.

        Raises:
            CallError: no template describes this, or a resource could not be read.
        """
        places = self._places(operation, region)
        named = operation.subject or _SUBJECTS.get(operation.id, "")
        subject = parameters.get(named) if named else None
        if subject is not None:
            for name in subject if operation.plural else (subject,):
                yield self._about(operation, str(name), places)
        elif operation.id not in self.described:
            yield _assumed(operation)
        elif operation.items:
            yield _listing(operation, places)
        else:
            yield self._about(operation, "", places)
        _require_complete(operation, places)

    def _places(self, operation: Operation, region: str) -> tuple[StackAnswers, ...]:
        if is_global(operation) or operation.region or region not in self.by_region:
            return tuple(self.by_region.values())
        return (self.by_region[region],)

    def _about(self, operation: Operation, subject: str, places: Iterable[StackAnswers]) -> Answer:
        for place in places:
            answer = place.subjects.get((operation.id, subject))
            if answer is not None:
                is_listed = operation.plural and operation.items
                return _nested(operation.items, [answer]) if is_listed else answer
        if operation.id in ASSUMED or operation.id not in self.described:
            return _assumed(operation)
        _require_complete(operation, places)
        if operation.id in self.absent:
            raise CallError(self.absent[operation.id])
        return _nested(operation.items, []) if operation.items else {}

    def release(self, client: str, region: str) -> None:
        """Nothing is held."""

    @property
    def assumptions(self) -> frozenset[str]:
        """None of its own: the source names what it assumes of the account."""
        return frozenset()


def _assumed(operation: Operation) -> Answer:
    """What a new account answers.

    Raises:
        CallError: the error by which it does, or no template describes this.
    """
    if operation.id not in ASSUMED:
        raise CallError(NOT_PROVIDED, NOT_DESCRIBED)
    return ASSUMED[operation.id].answered()


def _listing(operation: Operation, places: Iterable[StackAnswers]) -> Answer:
    lists = described_lists(operation.id)
    items = {
        key: [item for place in places for item in place.items.get(key, ())]
        for key in lists or (operation.id,)
    }
    if not lists:
        return _nested(operation.items, items[operation.id])
    return {key.partition(" ")[2]: members for key, members in items.items()}


def _require_complete(operation: Operation, places: Iterable[StackAnswers]) -> None:
    """Raise if a resource that the operation describes could not be read.

    Raises:
        CallError: with what is missing.
    """
    for place in places:
        for key in (operation.id, *described_lists(operation.id)):
            if (gap := place.gaps.get(key)) is not None:
                raise CallError(MALFORMED, gap.causes[0].detail, gap)


def _nested(path: str, items: list[Any]) -> Answer:
    answer: Any = items
    for name in reversed(path.split(".")):
        answer = {name: answer}
    result: Answer = answer
    return result
