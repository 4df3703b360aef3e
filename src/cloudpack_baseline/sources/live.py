"""The source ``aws``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.targets import SourceAccount

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.progress import GatheringProgress

__all__ = ["AwsAccounts", "AwsSource"]


@frozen(kw_only=True)
class AwsAccounts:
    """AWS accounts, each with its own credentials.

    Attributes:
        targets: at least one.
        profile: for accounts that name none.
        region: the Region for calls that belong to no Region.
        progress: is called with what is being read.
    """

    targets: tuple[SourceAccount, ...]
    profile: str | None = None
    region: str | None = None
    progress: GatheringProgress | None = None

    def gather(self, selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:
        """Gather the selected kinds; see `cloudpack_baseline.sources.aws.gather_fleet`."""
        from cloudpack_baseline.sources.aws import gather_fleet  # noqa: PLC0415 - loads boto3

        return gather_fleet(
            self.targets,
            selection,
            executor=executor,
            profile=self.profile,
            region=self.region,
            progress=self.progress,
        )


@frozen(kw_only=True)
class AwsSource:
    """AWS itself.

    Attributes:
        profile: for accounts that name none; ``None``: the ambient credentials.
        region: where calls go that belong to no region; ``None``: as configured.
        progress: is called with what is being read.
    """

    profile: str | None = None
    region: str | None = None
    progress: GatheringProgress | None = None
    name: str = "aws"

    @contextmanager
    def open(self, targets: Iterable[SourceAccount] = ()) -> Iterator[AwsAccounts]:
        """The accounts; none: the one that the credentials belong to."""
        chosen = tuple(targets) or (SourceAccount(),)
        yield AwsAccounts(
            targets=chosen, profile=self.profile, region=self.region, progress=self.progress
        )
