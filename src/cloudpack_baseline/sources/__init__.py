"""Where records come from; the only package that does input and output.

`parse_source` parses ``--cloudpack-source`` and ``--source``. The source that it returns is opened
for the accounts of a run, and then gathers their records.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.sources.targets import SourceAccount

if TYPE_CHECKING:
    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.progress import GatheringProgress

__all__ = ["GRAMMAR", "OBSERVED", "Opened", "Source", "SourceAccount", "parse_source"]

OBSERVED = ("aws", "moto")
"""The sources that report their calls to `GatheringProgress`; the others read files."""

GRAMMAR = "aws, moto, moto:URL, snapshot:FILE, describe:FOLDER, template:PATH, plan:FILE"
"""What a user may write."""


class Opened(Protocol):
    """A source that is open for the accounts of a run."""

    def gather(self, selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:
        """Gather the selected kinds from every account, into one snapshot.

        Raises:
            SourceError: the source as a whole does not answer.
            InputError: wrong regions, a broken file.
        """


class Source(Protocol):
    """What `parse_source` gives."""

    @property
    def name(self) -> str:
        """``aws``, ``moto``, ``snapshot``, ``describe`` or ``template``."""

    def open(self, targets: Iterable[SourceAccount] = ()) -> AbstractContextManager[Opened]:
        """Open it for the accounts; if there are none, for all accounts of the source."""


def parse_source(
    text: str,
    *,
    profile: str | None = None,
    region: str | None = None,
    parameters: Path | None = None,
    progress: GatheringProgress | None = None,
) -> Source:
    """The source that the text names. Nothing is read or called yet.

    Args:
        text: see `GRAMMAR`.
        profile: for ``aws``: the profile of accounts that name none.
        region: for ``aws``: where calls go that belong to no region.
        parameters: for ``template``: the file with values of parameters.
        progress: for ``aws`` and ``moto``: is called with what is being read.

    Raises:
        InputError: no such source, or the file of parameters cannot be read.
    """
    kind, _colon, place = text.partition(":")
    if parameters is not None and kind != "template":
        raise InputError(f"parameters apply to the source template:PATH, not to {text!r}")
    if text == "aws":
        from cloudpack_baseline.sources.live import AwsSource  # noqa: PLC0415 - a run that does not need it starts sooner

        return AwsSource(profile=profile, region=region, progress=progress)
    if kind == "moto" and (place or text == "moto"):
        from cloudpack_baseline.sources.moto import MotoSource  # noqa: PLC0415 - a run that does not need it starts sooner

        return MotoSource(place, progress)
    if kind == "snapshot" and place:
        from cloudpack_baseline.sources.recorded import SnapshotSource  # noqa: PLC0415 - a run that does not need it starts sooner

        return SnapshotSource(place)
    if kind == "describe" and place:
        from cloudpack_baseline.sources.describe import DescribeSource  # noqa: PLC0415 - a run that does not need it starts sooner

        return DescribeSource(place)
    if kind == "template" and place:
        from cloudpack_baseline.sources.cloudformation.source import (  # noqa: PLC0415 - a run that does not need it starts sooner
            TemplateSource,
        )
        from cloudpack_baseline.sources.cloudformation.template_files import (  # noqa: PLC0415 - a run that does not need it starts sooner
            read_parameters,
        )

        stack_parameters = {} if parameters is None else read_parameters(parameters)
        return TemplateSource(path=place, parameters=stack_parameters)
    if kind == "plan" and place:
        from cloudpack_baseline.sources.terraform.source import PlanSource  # noqa: PLC0415 - a run that does not need it starts sooner

        return PlanSource(path=place)
    raise InputError(f"there is no source {text!r}; use {GRAMMAR}")
