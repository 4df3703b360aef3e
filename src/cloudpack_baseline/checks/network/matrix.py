"""The segment matrix: which segments reach which, on what, declared or not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Literal, TypeAlias

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network.ends import (
    DeclaredEnd,
    allowed,
    declared_ends,
    judges_egress,
    required,
)
from cloudpack_baseline.checks.network.network_reads import network_of
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.reachability import NO_TRAFFIC, TrafficSet
from cloudpack_baseline.reachability.endpoints import is_host

__all__ = ["Cell", "Kind", "SegmentMatrix", "segment_matrix"]

Kind: TypeAlias = Literal[
    "excess", "doubtful", "undecided", "declared", "dead", "outgoing", "nothing"
]
"""What traffic is to the declaration, the gravest first."""


@frozen(kw_only=True)
class Cell:
    """What passes from one end to another, compared with what is declared.

    Attributes:
        declared: passes and is declared.
        undecided: unknown whether it passes; declared or not judged.
        excess: passes and is not declared.
        doubtful: unknown whether it passes; not declared.
        dead: declared services of which nothing passes.
        outgoing: passes to the outside, and no flow to the outside is declared: shown, not
            judged.
    """

    declared: TrafficSet = NO_TRAFFIC
    excess: TrafficSet = NO_TRAFFIC
    doubtful: TrafficSet = NO_TRAFFIC
    undecided: TrafficSet = NO_TRAFFIC
    dead: TrafficSet = NO_TRAFFIC
    outgoing: TrafficSet = NO_TRAFFIC

    @property
    def parts(self) -> tuple[tuple[Kind, TrafficSet], ...]:
        """Each kind of traffic that there is, the gravest first."""
        kinds: tuple[tuple[Kind, TrafficSet], ...] = (
            ("excess", self.excess),
            ("doubtful", self.doubtful),
            ("undecided", self.undecided),
            ("declared", self.declared),
            ("dead", self.dead),
            ("outgoing", self.outgoing),
        )
        return tuple((kind, traffic) for kind, traffic in kinds if traffic)

    @property
    def kind(self) -> Kind:
        """The gravest kind of traffic in it."""
        return self.parts[0][0] if self.parts else "nothing"


@frozen(kw_only=True)
class SegmentMatrix:
    """All pairs of ends of one account.

    Attributes:
        account: the ID, with the name if there is one.
        names: rows (from) and columns (to): segments in the order of the baseline, the
            declared networks, the rest of the internet.
        cells: by (from, to). Pairs of an end with itself, and of two ends
            outside, are not judged and not in it.
        unplaced: the number of interfaces in no segment, in several, or unknown; what
            reaches those in none is not in the matrix.
    """

    account: str
    names: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    unplaced: int


def segment_matrix(view: AccountView) -> SegmentMatrix:
    """The matrix of the account, as `segmentation` judges it."""
    placed = memberships(
        view, [interface for interface in view.all(NetworkInterface) if is_host(interface)]
    )
    ends = declared_ends(view.baseline, placed)
    matrix = network_of(view).matrix({end.name: end.end for end in ends})
    cells = {
        (source.name, target.name): _cell(
            view,
            source,
            target,
            (
                matrix[source.name, target.name],
                matrix.doubtful((source.name, target.name)),
            ),
        )
        for source in ends
        for target in ends
        if source is not target and (source.is_segment or target.is_segment)
    }
    account = view.account
    return SegmentMatrix(
        account=f"{account.id} ({account.name})" if account.name else account.id,
        names=tuple(end.name for end in ends),
        cells=cells,
        unplaced=sum(membership.segment is None for membership in placed),
    )


def _cell(
    view: AccountView,
    source: DeclaredEnd,
    target: DeclaredEnd,
    passing: tuple[TrafficSet, TrafficSet],
) -> Cell:
    flows = view.baseline.flows
    passes, doubtful = passing
    declared = allowed(flows, source, target)
    services = [TrafficSet.parse(name) for name, _ in required(flows, source, target)]
    dead = [service for service in services if not service & (passes | doubtful)]
    if not target.is_segment and not judges_egress(view.baseline):
        return Cell(outgoing=passes, undecided=doubtful)
    return Cell(
        declared=passes & declared,
        undecided=doubtful & declared,
        excess=passes - declared,
        doubtful=doubtful - declared,
        dead=reduce(or_, dead, NO_TRAFFIC),
    )
