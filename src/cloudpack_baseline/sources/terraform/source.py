"""The source ``plan:FILE``: a plan of Terraform or OpenTofu in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import merged
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.gathering import (
    GatheringRequest,
    gather_answers,
    in_accounts,
)
from cloudpack_baseline.sources.files import FileFault, read_file, shown_path
from cloudpack_baseline.sources.policy_limits import with_evaluated_policies
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.sources.terraform.description import PlanDescription
from cloudpack_baseline.sources.terraform.plan import TerraformPlan, read_plan

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["OpenPlan", "PlanSource"]


@frozen(kw_only=True)
class PlanSource:
    """A plan.

    Attributes:
        path: the file that ``terraform show -json`` wrote.
    """

    path: str
    name: str = "plan"

    @contextmanager
    def open(self, targets: Iterable[SourceAccount] = ()) -> Iterator[OpenPlan]:
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
        yield OpenPlan(plan, tuple(targets) or (SourceAccount(),))


@frozen
class OpenPlan:
    """A plan that was read.

    Attributes:
        plan: the plan.
        targets: the accounts that the baseline declares.
    """

    plan: TerraformPlan
    targets: tuple[SourceAccount, ...]

    def gather(self, selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:  # noqa: ARG002 - of the protocol
        """The snapshot of what will exist once the plan is applied."""
        reads = merged(selection)
        snapshot = in_accounts([self._gather(reads, target) for target in self.targets])
        return with_evaluated_policies(snapshot)

    def _gather(self, selection: tuple[Read, ...], target: SourceAccount) -> Snapshot:
        declared = tuple(target.id for target in self.targets if target.id)
        try:
            description = PlanDescription(self.plan, target, declared)
            answers = description.answers()
        except RecursionError:
            raise InputError(Problem("is nested too deeply", file=self.plan.file)) from None
        gaps = []
        if not self.plan.is_complete:
            detail = f"{self.plan.file} is not complete"
            gaps.append(Unknown.because(Why.NOT_PROVIDED, detail=detail))
        snapshot = gather_answers(answers, GatheringRequest(selection, target, "plan"), gaps)
        if not any(read.name == "Bucket" and "policy" in read.fields for read in selection):
            return snapshot
        return evolve(snapshot, assumptions={*snapshot.assumptions, *description.assumptions})
