"""moto in place of AWS, with its gaps filled and what it leaves out added."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.calls import Answer, Transport
from cloudpack_baseline.sources.corrected import LOCATION, CorrectedTransport
from cloudpack_baseline.sources.effective_policies import EFFECTIVE_POLICY_READS
from cloudpack_baseline.sources.facts import declared_facts
from cloudpack_baseline.sources.repository_scanning import SCANNING_READS

if TYPE_CHECKING:
    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.sources.identity import CallerIdentity

__all__ = ["Mock", "in_process"]


@frozen
class Mock:
    """The connection to moto.

    Attributes:
        facts: answers that tests declared, by account ID and operation ID.
        source: for `Snapshot.source`.
        attempts: one: moto is never busy, and what it does not implement fails each time.
        operations: where buckets are, which moto's listing leaves out, the policies of an
            organization, of which moto does not say what is in effect, and the settings that
            decide how often repositories are scanned.
    """

    facts: Mapping[str, Mapping[str, Answer]] = field(factory=dict)
    source: str = "moto"
    attempts: int = 1
    operations: frozenset[str] = EFFECTIVE_POLICY_READS | SCANNING_READS | {LOCATION.id}

    def over(self, transport: Transport, caller: CallerIdentity) -> Transport:
        """The transport with the gaps of moto filled."""
        root = f"arn:{caller.partition}:iam::{caller.account}:root"
        return CorrectedTransport(transport, self.facts.get(caller.account, {}), root=root)

    def reads(self, selection: Iterable[Read]) -> tuple[Read, ...]:
        """What is read for the selected kinds, including what is needed to place databases."""
        from cloudpack_baseline.sources.derived import with_databases  # noqa: PLC0415 - a run that does not need it starts sooner

        return with_databases(selection)

    def completed(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the default VPC and the network interfaces of databases."""
        from cloudpack_baseline.sources.derived import (  # noqa: PLC0415 - a run that does not need it starts sooner
            with_database_interfaces,
            with_default_vpcs,
        )

        return with_database_interfaces(with_default_vpcs(snapshot))


def in_process() -> Mock | None:
    """The mock of moto, where one is active in this process; else ``None``."""
    models = sys.modules.get("moto.core.models")
    stubber = getattr(models, "botocore_stubber", None)
    return Mock(declared_facts()) if getattr(stubber, "enabled", False) else None
