"""The source ``plan:FILE``: a plan of Terraform or OpenTofu in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.model.read import merged
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.sources.cloudformation.gathering import gather_answers, in_accounts
from cloudpack_baseline.sources.cloudformation.resources import gaps_of
from cloudpack_baseline.sources.cloudformation.stacks import PLACEHOLDER_ACCOUNT
from cloudpack_baseline.sources.cloudformation.typed import (
    ResourceType,
    StackAnswers,
    TypedResource,
)
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import ResolvedObject
from cloudpack_baseline.sources.files import FileFault, read_file, shown_path
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.sources.terraform.mapping import NOWHERE, Mapped, Properties, properties_of
from cloudpack_baseline.sources.terraform.plan import PlannedResource, TerraformPlan, read_plan
from cloudpack_baseline.sources.terraform.resolution import Resolution
from cloudpack_baseline.sources.terraform.types import terraform_types

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["PlanSource"]


@frozen(kw_only=True)
class PlanSource:
    """A plan.

    Attributes:
        path: the file that ``terraform show -json`` wrote.
    """

    path: str
    name: str = "plan"

    @contextmanager
    def open(self, targets: Iterable[SourceAccount] = ()) -> Iterator[_OpenPlan]:
        """The plan.

        Raises:
            InputError: there is no such file, or it is no plan.
        """
        file = Path(self.path)
        try:
            content = read_file(file)
        except FileFault as error:
            raise InputError(Problem(str(error), file=shown_path(file))) from None
        plan = read_plan(content, shown_path(file))
        yield _OpenPlan(plan, tuple(targets) or (SourceAccount(),))


@frozen
class _OpenPlan:
    plan: TerraformPlan
    targets: tuple[SourceAccount, ...]

    def gather(self, selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:  # noqa: ARG002 - of the protocol
        """The snapshot of what will exist once the plan is applied."""
        reads = merged(selection)
        return in_accounts([self._gather(reads, target) for target in self.targets])

    def _gather(self, selection: tuple[Read, ...], target: SourceAccount) -> Snapshot:
        answers = _Description(self.plan, target).answers()
        gaps = []
        if not self.plan.is_complete:
            detail = f"{self.plan.file} is not complete"
            gaps.append(Unknown.because(Why.UNDETERMINED, detail=detail))
        return gather_answers(answers, selection, target, "plan", gaps)


class _Description:
    """The resources of a plan in one account, as they are described."""

    def __init__(self, plan: TerraformPlan, target: SourceAccount) -> None:
        self._plan = plan
        self._account = target.id or PLACEHOLDER_ACCOUNT
        named = target.regions or ()
        self._region = named[0] if len(named) == 1 and named[0] != "*" else ""
        self._mappings = terraform_types()
        self._resolution = Resolution(plan, self._mappings, self._place)
        self._answers: dict[tuple[str, str], StackAnswers] = {}

    def answers(self) -> Mapping[tuple[str, str], StackAnswers]:
        """What the resources answer, by account and Region."""
        managed = [
            (resource, mapped)
            for resource in self._plan.resources.values()
            if not resource.is_data and (mapped := self._mappings.get(resource.type)) is not None
        ]
        parts = self._parts(managed)
        pending = [
            (self._order(mapped, kind_name), resource, mapped, kind_name, properties)
            for resource, mapped in managed
            if not mapped.part_of
            for kind_name, properties in self._made(resource, mapped, parts)
        ]
        for _, resource, mapped, kind_name, properties in sorted(
            pending, key=lambda entry: entry[0]
        ):
            self._describe(resource, mapped, kind_name, properties)
        return self._answers

    def _parts(
        self, managed: Iterable[tuple[PlannedResource, Mapped]]
    ) -> dict[tuple[str, str], Properties]:
        """What parts add to other resources, by type and identifier of those."""
        parts: dict[tuple[str, str], Properties] = {}
        for resource, mapped in managed:
            if mapped.part_of and mapped.make is not None:
                values = self._resolution.values(resource)
                whole = str(values.get(mapped.by))
                for _, properties in mapped.make(values):
                    parts.setdefault((mapped.part_of, whole), {}).update(properties)
        return parts

    def _made(
        self,
        resource: PlannedResource,
        mapped: Mapped,
        parts: Mapping[tuple[str, str], Properties],
    ) -> Iterator[tuple[str, Properties]]:
        values = self._resolution.values(resource)
        if mapped.make is not None:
            yield from mapped.make(values)
            return
        identifier = str(self._resolution.identifier(resource))
        further = parts.get((resource.type, identifier), {})
        yield mapped.type, properties_of(mapped, values) | further

    def _order(self, mapped: Mapped, kind_name: str) -> int:
        kind = resource_types().get(kind_name)
        return kind.order if kind is not None and mapped.describe is None else mapped.order

    def _describe(
        self, resource: PlannedResource, mapped: Mapped, kind_name: str, properties: Properties
    ) -> None:
        place = self._place(resource)
        answers = self._answers.setdefault((self._account, place["region"]), StackAnswers())
        kind = resource_types().get(kind_name) or _NO_TYPE
        known = {name: value for name, value in properties.items() if value is not None}
        typed = TypedResource(
            logical_id=resource.address,
            name=resource.address,
            id=str(self._resolution.identifier(resource)),
            properties=ResolvedObject(known, NOWHERE),
            attribute=lambda name: self._resolution.cloudformation_attribute(resource, name),
            origin=Origin(file=self._plan.file, path=resource.address),
            account=self._account,
            region=place["region"],
            partition=place["partition"],
            answers=answers,
        )
        with gaps_of(kind, f"{resource.type} {resource.address}", answers):
            (mapped.describe or kind.describe)(typed)

    def _place(self, resource: PlannedResource) -> Mapping[str, str]:
        return {
            "partition": "aws",
            "region": self._region_of(resource),
            "account": self._account,
        }

    def _region_of(self, resource: PlannedResource) -> str:
        """The Region: of the resource (provider version 6), its provider, or the target."""
        region = resource.values.get("region")
        if isinstance(region, str) and region:
            return region
        configured = self._resolution.references.configured(resource)
        provider: Any = self._plan.providers.get(str(configured.get("provider_config_key")), {})
        expressions = provider.get("expressions") if isinstance(provider, dict) else None
        expression = expressions.get("region") if isinstance(expressions, dict) else None
        constant = expression.get("constant_value") if isinstance(expression, dict) else None
        return constant if isinstance(constant, str) else self._region


_NO_TYPE = ResourceType(name="", describes=(), describe=lambda _: None)
