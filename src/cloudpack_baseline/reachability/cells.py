"""What routes and network ACLs allow between all pairs of subnets, with bit sets of sources."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from attrs import define, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.atoms import Atoms
from cloudpack_baseline.reachability.bits import bits_at, set_bits
from cloudpack_baseline.reachability.endpoint_runs import EndpointRun
from cloudpack_baseline.reachability.endpoints import is_routed
from cloudpack_baseline.reachability.filters import Acl
from cloudpack_baseline.reachability.ipset import Family
from cloudpack_baseline.reachability.path import Translation
from cloudpack_baseline.reachability.plans import Plan, Spot, between, possible
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.strays import Strays, onward_from
from cloudpack_baseline.reachability.tables import Table
from cloudpack_baseline.reachability.topology import Topology

__all__ = ["Cells", "EndpointCell", "Routed"]


@define(eq=False)
class Routed:
    """What routes and ACLs allow to a cell.

    Attributes:
        masks: sources by mask of traffic.
        inbound: the sources that inbound rules may refer to by group.
        outbound: the sources whose outbound rules may refer to the cell by group.
        translated: what comes through NATs: sources, mask of traffic, and the senders that
            the groups see; known traffic has to be admitted from each, doubtful from one.
    """

    masks: dict[int, int] = field(factory=dict)
    inbound: int = 0
    outbound: int = 0
    translated: list[tuple[int, int, tuple[Translation, ...]]] = field(factory=list)


_Route: TypeAlias = tuple[int, str, tuple[Translation, ...]]
"""Traffic from one cell to another, which rules may refer to groups, and the senders that
groups see in place of the source; none where they see the source."""


@frozen(eq=False)
class EndpointCell:
    """Endpoints that every route and ACL treats alike.

    Attributes:
        site: their subnet; one of them, if none is recorded.
        address: the first address.
        place: the number of the cell.
        located: whether the subnet is recorded.
        embedded: whether only NAT64 leads there.
    """

    site: Site
    address: int
    place: int
    located: bool
    embedded: bool


@define(eq=False)
class _TargetMemo:
    """What was found out about one target cell: by route table, and by ACL."""

    local: dict[int, bool] = field(factory=dict)
    dead: dict[int, bool] = field(factory=dict)
    leave: dict[int, tuple[int, int]] = field(factory=dict)


@define(eq=False)
class Cells:
    """What routes and network ACLs allow between the cells of given endpoints.

    Attributes:
        net: the network.
        family: the version of IP.
        doubtful: whether the unknown counts as open (otherwise as closed).
        atoms: the atoms of traffic.
        runs: the endpoints, each run with the place of its first bit.
        cells: the cells.
        saw_doubt: whether, so far, counting the unknown as open would make a difference.
    """

    net: Topology
    family: Family
    doubtful: bool
    atoms: Atoms
    runs: Sequence[tuple[int, EndpointRun]]
    cells: list[EndpointCell] = field(init=False, factory=list)
    saw_doubt: bool = field(init=False, default=False)
    _of_runs: dict[object, list[EndpointCell]] = field(init=False, factory=dict)
    _bits: list[int] = field(init=False, factory=list)
    _located: list[tuple[EndpointCell, int]] = field(init=False, factory=list)
    _site_by_routes: dict[object, Site] = field(init=False, factory=dict)
    _unlocated: list[tuple[EndpointCell, int]] = field(init=False, factory=list)
    _located_places: int = field(init=False, default=0)
    _strays: Strays = field(init=False)
    _acl_memo: dict[tuple[int, bool, int], int] = field(init=False, factory=dict)
    _astray: dict[bool, tuple[_Route, ...]] = field(init=False, factory=dict)
    _alike: dict[int, EndpointCell] = field(init=False, factory=dict)
    _first: dict[object, EndpointCell] = field(init=False, factory=dict)
    _routed_to: dict[int, Routed] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        by_key: dict[object, EndpointCell] = {}
        alike: dict[object, tuple[list[EndpointCell], list[int]]] = {}
        for place, run in self.runs:
            key = self._likeness(run)
            if key not in alike:
                alike[key] = self._cells_of(run, by_key), []
            alike[key][1].append(place)
        self._of_runs = {key: cells for key, (cells, _) in alike.items()}
        self.cells = list(by_key.values())
        self._bits = self._bits_of_cells(alike.values())
        sending = [cell for cell in self.cells if not cell.embedded]
        self._located = [(cell, self._bits[cell.place]) for cell in sending if cell.located]
        self._site_by_routes = {_routes_of(cell.site): cell.site for cell, _ in self._located}
        unlocated = [cell for cell in sending if not cell.located]
        bits = functools.reduce(operator.or_, (self._bits[cell.place] for cell in unlocated), 0)
        self._unlocated = [(cell, bits) for cell in unlocated[:1]]
        self._located_places = sum(1 << cell.place for cell, _ in self._located)
        places = ((cell.address, cell.place) for cell in self.cells if _is_stray(cell))
        self._strays = Strays.of(self.net, self.family, places)

    def _likeness(self, run: EndpointRun) -> object:
        """Equal for runs whose endpoints are in the same cells."""
        location = self.net.ends.location(run.undivided.site)
        return location, run.shape if len(run) > 1 else self.net.ends.cell(run.endpoint(0))

    def _cells_of(self, run: EndpointRun, by_key: dict[object, EndpointCell]) -> list[EndpointCell]:
        """The cell of each endpoint of the run; new ones are added."""
        site = run.undivided.site
        located, is_embedded = self.net.ends.locates(site), run.undivided.is_embedded
        for number, key in enumerate(keys := self.net.ends.cells(run)):
            if key not in by_key:
                by_key[key] = EndpointCell(site, run.low(number), len(by_key), located, is_embedded)
        return [by_key[key] for key in keys]

    def _bits_of_cells(self, alike: Iterable[tuple[list[EndpointCell], list[int]]]) -> list[int]:
        """The bits of each cell, of runs with their cells and the places where they start."""
        single: list[list[int]] = [[] for _ in self.cells]
        bits = [0] * len(self.cells)
        for cells, places in alike:
            if len(cells) == 1:
                single[cells[0].place] += places
                continue
            starts = bits_at(places)
            for number, cell in enumerate(cells):
                bits[cell.place] |= starts << number
        return [several | bits_at(places) for several, places in zip(bits, single, strict=True)]

    def of(self, run: EndpointRun) -> list[EndpointCell]:
        """The cell of each endpoint of a run."""
        return self._of_runs[self._likeness(run)]

    def _admits(self, acl: Acl, peer: EndpointCell, *, egress: bool) -> int:
        key = id(acl), egress, peer.place
        mask = self._acl_memo.get(key)
        if mask is None:
            if acl.doubt:
                mask = self.atoms.all if self.doubtful else 0
            else:
                admitted = acl.admitted(self.family, peer.address, egress=egress)
                mask = self.atoms.mask(admitted)
            self._acl_memo[key] = mask
        return mask

    def _local(self, table: Table, target: EndpointCell) -> bool:
        if table.doubt or table.vague:
            return False
        entry = table.find(self.family, target.address)
        return entry is not None and entry.kind == "local" and entry.active

    def _dead(self, table: Table, target: EndpointCell) -> bool:
        """Whether packets surely do not get from a table's subnet to another VPC's cell."""
        passed: set[int] = set()
        while id(table) not in passed:  # else NAT gateways lead to each other
            passed.add(id(table))
            if table.doubt or table.vague:
                return False
            entry = table.find(self.family, target.address)
            onward = onward_from(self.net, self.family, table, entry)
            if not isinstance(onward, Table):
                return not onward
            if target.embedded:  # behind the gateway, routes of IPv4 count
                return False
            table = onward
        return True

    def first_alike(self, target: EndpointCell) -> EndpointCell:
        """The first cell that the same reaches: of several without a recorded subnet, often one."""
        if target.located:
            return target
        if target.place not in self._alike:
            routed = self._routed(target)
            masks = frozenset(routed.masks.items())
            refer = routed.inbound, routed.outbound
            key = target.embedded, masks, *refer, tuple(routed.translated)
            self._alike[target.place] = self._first.setdefault(key, target)
            self._routed_to.setdefault(self._alike[target.place].place, routed)
        return self._alike[target.place]

    def reachable(self, target: EndpointCell) -> Routed:
        """What routes and ACLs allow to the cell."""
        return self._routed_to.get(target.place) or self._routed(target)

    def _routed(self, target: EndpointCell) -> Routed:
        routed, memo = Routed(), _TargetMemo()
        for source, bits in self._sources_of(target):
            for mask, refer, senders in self._between(source, target, memo):
                if senders and mask:
                    routed.translated.append((bits, mask, senders))
                elif mask:
                    routed.masks[mask] = routed.masks.get(mask, 0) | bits
                    routed.inbound |= bits if refer != "none" else 0
                    routed.outbound |= bits if refer == "both" else 0
        return routed

    def _sources_of(self, target: EndpointCell) -> Iterable[tuple[EndpointCell, int]]:
        """The cells from which something may pass to another, each with its bits."""
        if not target.located:  # all cells without a recorded subnet have the same in common
            leading = {
                key for key, site in self._site_by_routes.items() if self._may_lead(site, target)
            }
            near = (entry for entry in self._located if _routes_of(entry[0].site) in leading)
            return [*near, *self._unlocated]
        if target.embedded:
            return [(cell, self._bits[cell.place]) for cell in self.cells if not cell.embedded]
        # No reply from a known subnet gets to most addresses of which the subnet is not known.
        # Within its own VPC a reply may, since the address may be there.
        site = target.site
        answered = self._strays.reached(site.table) | self._strays.local(site.table)
        answered |= self._strays.within(site.blocks.family(self.family))
        return [
            (self.cells[place], self._bits[place])
            for place in set_bits(answered | self._located_places)
        ]

    def _may_lead(self, site: Site, target: EndpointCell) -> bool:
        """Whether packets may get from a subnet to a cell without one."""
        is_near = site.vpc_id == target.site.vpc_id
        return (
            is_near or target.embedded or bool(self._strays.reached(site.table) >> target.place & 1)
        )

    def _between(
        self, source: EndpointCell, target: EndpointCell, memo: _TargetMemo
    ) -> Iterable[_Route]:
        """What passes from one cell to another."""
        if not source.located and not target.located:
            # Nothing is known of either path, so that all such pairs have the same in common.
            if target.embedded not in self._astray:
                self._astray[target.embedded] = tuple(self._planned(source, target))
            return self._astray[target.embedded]
        if target.embedded:
            return self._unless_dead(source, target, memo)
        return self._by_tables(source, target, memo)

    def _by_tables(
        self, source: EndpointCell, target: EndpointCell, memo: _TargetMemo
    ) -> Iterable[_Route]:
        site, end = source.site, target.site
        if site is end:
            return ((self.atoms.family(self.family), "both", ()),)
        table = id(site.table)
        if site.vpc_id != end.vpc_id:
            return self._unless_dead(source, target, memo)
        if table not in memo.local:
            memo.local[table] = self._local(site.table, target)
        if not (memo.local[table] and self._local(end.table, source)):
            return self._planned(source, target)
        # Both tables lead there directly. What leaves depends on the source only by its ACL,
        # so that it is computed once for the target.
        acl = id(site.acl)
        if acl not in memo.leave:
            full = self.atoms.family(self.family)
            memo.leave[acl] = (
                full & self._admits(site.acl, target, egress=True),
                self._admits(site.acl, target, egress=False),
            )
        passing, entering = memo.leave[acl]
        replies = entering & self._admits(end.acl, source, egress=True)
        passing &= self._admits(end.acl, source, egress=False)
        return ((passing & self.atoms.repliable(replies), "both", ()),)

    def _unless_dead(
        self, source: EndpointCell, target: EndpointCell, memo: _TargetMemo
    ) -> Iterable[_Route]:
        """What passes to another VPC or through NAT64; nothing where no route leads there."""
        table = id(source.site.table)
        if table not in memo.dead:
            memo.dead[table] = self._dead(source.site.table, target)
        return () if memo.dead[table] else self._planned(source, target)

    def _planned(self, source: EndpointCell, target: EndpointCell) -> Iterator[_Route]:
        ends = [
            Spot(cell.site, self.family, cell.address, is_routed(self.family, cell.address))
            for cell in (source, target)
        ]
        plans = between(self.net, *ends)
        by_sender: dict[Translation | None, list[Plan]] = {}
        for plan in plans:
            by_sender.setdefault(plan.sender, []).append(plan)
        if self.doubtful:
            for sender, alternatives in by_sender.items():
                mask = self.atoms.mask(possible(alternatives, self.family, doubtful=True))
                yield mask, _references(alternatives, max), (sender,) if sender else ()
            return
        traffic = possible(plans, self.family, doubtful=False)
        choices = {plan.group_references for plan in plans}
        senders = tuple(sender for sender in by_sender if sender is not None)
        if not self.saw_doubt:
            perhaps = possible(plans, self.family, doubtful=True)
            self.saw_doubt = traffic != perhaps or len(choices) > 1 or len(by_sender) > 1
        if len(senders) in (0, len(by_sender)):  # else it may come translated, or not
            yield self.atoms.mask(traffic), _references(plans, min), senders


def _routes_of(site: Site) -> tuple[str, int]:
    """Equal for subnets of one VPC with the same route table."""
    return site.vpc_id, id(site.table)


def _is_stray(cell: EndpointCell) -> bool:
    return not (cell.located or cell.embedded)


def _references(plans: Iterable[Plan], pick: Callable[..., str]) -> str:
    """The widest, or narrowest, of what the plans say of references to groups."""
    order = ("none", "inbound", "both")
    return pick((plan.group_references for plan in plans), key=order.index)
