"""The source ``template:PATH``: a file, a folder, a glob or the output of ``cdk synth``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import field

from cloudpack_baseline.errors import WrongAccountError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import merged
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.deployments import deployments_of
from cloudpack_baseline.sources.cloudformation.gathering import (
    GatheringRequest,
    gather_deployments,
    in_accounts,
)
from cloudpack_baseline.sources.cloudformation.stack_trees import Root, StackPlace
from cloudpack_baseline.sources.cloudformation.template_files import (
    TemplateFiles,
    check_parameter_values,
    read_templates,
)
from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT
from cloudpack_baseline.sources.policy_limits import with_evaluated_policies
from cloudpack_baseline.sources.targets import SourceAccount

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["OpenTemplates", "TemplateSource", "open_templates"]


@frozen(kw_only=True)
class TemplateSource:
    """Templates of CloudFormation.

    Attributes:
        path: a file, a folder or a glob.
        parameters: values of parameters by name, for every template that declares them.
    """

    path: str
    parameters: Mapping[str, str] = field(factory=dict)
    name: str = "template"

    @contextmanager
    def open(self, targets: Iterable[SourceAccount] = ()) -> Iterator[OpenTemplates]:
        """The templates.

        Raises:
            InputError: there is no such file, or it is no template.
        """
        yield open_templates(read_templates(self.path), self.parameters, targets)


def open_templates(
    files: TemplateFiles, parameters: Mapping[str, str], targets: Iterable[SourceAccount] = ()
) -> OpenTemplates:
    """The templates, for the accounts of a run.

    Raises:
        InputError: a parameter that no template declares, or a value that it does not allow.
        WrongAccountError: a stack is deployed to an account that is not declared.
    """
    check_parameter_values(parameters, files.templates)
    targets = tuple(targets) or (SourceAccount(),)
    _check_accounts(files, targets)
    return OpenTemplates(files=files, parameters=parameters, targets=targets)


def _check_accounts(files: TemplateFiles, targets: Iterable[SourceAccount]) -> None:
    declared = {target.id for target in targets if target.id}
    for file in files.files:
        if declared and file.account and file.account not in declared:
            raise WrongAccountError(
                f"the stack {file.stack} is deployed to account {file.account}; "
                f"the baseline declares {', '.join(sorted(declared))}"
            )


@frozen(kw_only=True)
class OpenTemplates:
    """Templates that are open for the accounts of a run.

    Attributes:
        files: the templates.
        parameters: values of parameters by name.
        targets: the accounts that they are deployed to.
    """

    files: TemplateFiles
    parameters: Mapping[str, str]
    targets: tuple[SourceAccount, ...]

    def gather(self, selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:  # noqa: ARG002 - of the protocol
        """The snapshot of the first scenario, with those of the others as alternatives."""
        selection = merged(selection)
        snapshot = in_accounts([self._gather(selection, target) for target in self.targets])
        return with_evaluated_policies(snapshot)

    def _gather(self, selection: tuple[Read, ...], target: SourceAccount) -> Snapshot:
        roots = [
            Root(
                template=file.template,
                place=StackPlace(
                    account=file.account or target.id or PLACEHOLDER_ACCOUNT,
                    region=file.region or _single(target.regions),
                    partition="aws",
                    stack=file.stack,
                ),
                parameters={**file.parameters, **self.parameters},
            )
            for file in self.files.roots()
            if not (file.account and target.id) or file.account == target.id
        ]
        planned = deployments_of(roots, self.files.templates)
        if planned.faults and len(self.files.files) == 1:
            raise planned.faults[0]
        gaps = [
            Unknown.because(Why.MALFORMED, detail=str(error))
            for error in (*self.files.faults, *planned.faults)
        ]
        if planned.is_bounded:
            detail = "the templates have more scenarios of conditions than are judged"
            gaps.append(Unknown.because(Why.UNDETERMINED, detail=detail))
        return gather_deployments(planned, GatheringRequest(selection, target, "template"), gaps)


def _single(regions: tuple[str, ...] | None) -> str:
    """The Region, if it is the only one that the template may be deployed to."""
    return regions[0] if regions and len(regions) == 1 and regions != ("*",) else ""
