"""Whether security groups open undeclared ports to the internet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import chain, pairwise
from operator import and_, or_

from cloudpack_baseline.baseline import Flow
from cloudpack_baseline.baseline.options.network import OpenSecurityGroupsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.checks.network.ends import INTERNET as INTERNET_NAME
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS, network_of
from cloudpack_baseline.checks.network.packet_witnesses import packet_witness, port_ranges
from cloudpack_baseline.checks.network.segments import Membership, memberships
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import (
    OTHER_RULES,
    ManagedPrefixList,
    NetworkInterface,
    SecurityGroup,
)
from cloudpack_baseline.model.values import Cause, Origin, Unknown, Why
from cloudpack_baseline.reachability import (
    ALL_TRAFFIC,
    INTERNET,
    NO_TRAFFIC,
    Interfaces,
    Internet,
    Intervals,
    IpSet,
    Network,
    StopReason,
    TrafficSet,
)
from cloudpack_baseline.reachability.filters import GroupRule, PrefixLists, compile_group
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.witnesses import PassingTraffic

__all__ = ["open_security_groups"]


_HARMLESS = TrafficSet.parse("icmp/3/4, icmpv6/2")
"""What path MTU discovery needs."""
_WIDEST_4 = 1 << (32 - 8)
_WIDEST_6 = 1 << (128 - 32)
"""Ranges wider than /8, or /32 of IPv6, are the public to AWS too (Amazon S3 User Guide,
The meaning of "public")."""
_MESSAGES = {
    "open": "group-open-reached",
    "stopped": "group-open",
    "unknown": "group-open-perhaps",
}
"""The text of a failure, by whether the internet reaches an interface of the group."""


@check(*NETWORK_READS, subjects=(SecurityGroup, NetworkInterface), by_parts=True, connected=True)
def open_security_groups(view: AccountView) -> Iterator[Finding]:
    """Reads the inbound rules of each security group that an interface uses, all together.

    IPv4 and IPv6 count, prefix lists are expanded, and adjacent ranges are joined. A port is open
    if more than a /8 (IPv6: a /32) of the internet outside the declared networks can use it. It is
    declared if a flow from ``internet`` leads to every segment that uses the group. Whether routes
    currently allow it is reported, but is no excuse. A group that no interface uses is evaluated,
    with the flows to all segments, if the baseline asks for it (``unused``). An interface with a
    group that is not listed is unknown. A group of a template is evaluated without an interface
    too: interfaces of other templates may use it.
    """
    openness = _Openness.of(view, memberships(view), network_of(view))
    groups = view.all(SecurityGroup)
    unseen = {region: _unseen(view, region) for region in {group.region for group in groups}}
    for group in groups:
        yield view.finding(group, *openness.judged(group, unseen[group.region]))
    yield from _unlisted(view)


def _unlisted(view: AccountView) -> Iterator[Finding]:
    """A finding for each interface with a group that the listing does not contain."""
    if view.snapshot.is_planned:
        return
    listed = {group.group_id for group in view.all(SecurityGroup)}
    for interface in view.all(NetworkInterface):
        groups = () if isinstance(interface.groups, Unknown) else interface.groups
        unlisted = sorted(set(groups) - listed)
        if unlisted and view.gap(SecurityGroup, interface.region) is None:
            why = missing(None, SecurityGroup, f"GroupId={', '.join(unlisted)}")
            yield view.finding(interface, unknown("SecurityGroup", why))


def _unseen(view: AccountView, region: str) -> Unknown | None:
    """Why there may be more interfaces that carry a group; ``None``: there are not."""
    gap = view.gap(NetworkInterface, region)
    doubts = [
        interface.groups
        for interface in view.all(NetworkInterface)
        if interface.region == region and isinstance(interface.groups, Unknown)
    ]
    unknowns = doubts if gap is None else [*doubts, gap]
    return reduce(or_, unknowns) if unknowns else None


@frozen
class _Openness:
    """What judging a group needs of the account; build it with `of`.

    Attributes:
        view: the account.
        lists: the blocks of its prefix lists.
        networks: the addresses of all declared networks.
        members: the interfaces that carry each group.
        network: for witnesses.
    """

    view: AccountView
    lists: PrefixLists
    networks: IpSet
    members: Mapping[str, tuple[Membership, ...]]
    network: Network

    @classmethod
    def of(
        cls, view: AccountView, memberships: Iterable[Membership], network: Network
    ) -> _Openness:
        """Of the account."""
        members: dict[str, list[Membership]] = {}
        for membership in memberships:
            groups = membership.interface.groups
            for group in () if isinstance(groups, Unknown) else groups:
                members.setdefault(group, []).append(membership)
        return cls(
            view,
            PrefixLists.of(view.all(ManagedPrefixList), view.gap(ManagedPrefixList)),
            IpSet.parse(view.baseline.cidrs_of(view.baseline.networks)),
            {group: tuple(carriers) for group, carriers in members.items()},
            network,
        )

    def judged(self, record: SecurityGroup, gap: Unknown | None) -> Iterator[Observation]:
        """Of the group.

        Args:
            record: the group.
            gap: why more interfaces may use it; ``None``: there are no more.
        """
        carriers = self.members.get(record.group_id, ())
        if not carriers and gap is None:
            if not self.view.snapshot.is_planned:
                yield from self._of_unused(record)
                return
            gap = Unknown.because(Why.UNDETERMINED, detail=f"interfaces of {record.group_id}")
        excess_of = partial(self._excess, record, carriers, gap=gap)
        closed_text = text("network.group-closed")
        yield from self._observed(record, self._declared(carriers), excess_of, closed_text)

    def _of_unused(self, record: SecurityGroup) -> Iterator[Observation]:
        if not self.view.baseline.options(OpenSecurityGroupsOptions).unused:
            yield not_applicable(text("network.group-unused"))
            return
        declared, excess_of = self._declared_anywhere(), partial(_unused_excess, record)
        closed_text = text("network.group-closed-unused")
        yield from self._observed(record, declared, excess_of, closed_text)

    def _observed(
        self,
        record: SecurityGroup,
        declared: TrafficSet,
        excess_of: Callable[..., Observation],
        closed_text: Text,
    ) -> Iterator[Observation]:
        rules = compile_group(record, self.lists).inbound
        if isinstance(rules, StopReason):
            yield unknown("IpPermissions", Unknown(rules.causes))
            return
        if record.is_elsewhere:
            rules = tuple(rule for rule in rules if not _is_placeholder(rule)) or rules
        excess = self._open(rules) - declared
        if excess - _HARMLESS:
            yield excess_of(excess, origin=self._origin(rules, excess))
        vague = [reason for rule in rules for reason in rule.vague]
        if vague:
            yield from _vague(vague, self._why_unread)
        elif not excess - _HARMLESS:
            yield passed(closed_text)

    @property
    def _why_unread(self) -> Why:
        """Why the entries of a prefix list may be missing."""
        return Why.UNDETERMINED if self.view.snapshot.is_planned else Why.NOT_PROVIDED

    def _open(self, rules: Sequence[GroupRule]) -> TrafficSet:
        """The traffic that all rules together admit from more than a narrow part of it."""
        starting: dict[int, list[int]] = {}
        ending: dict[int, list[int]] = {}
        for place, rule in enumerate(rules):
            for low, high in rule.traffic.kinds:
                starting.setdefault(low, []).append(place)
                ending.setdefault(high + 1, []).append(place)
        wide: list[tuple[int, int]] = []
        admitting: set[int] = set()
        for low, after in pairwise(sorted(starting.keys() | ending.keys())):
            admitting.difference_update(ending.get(low, ()))
            admitting.update(starting.get(low, ()))
            peers = reduce(or_, (rules[place].peers for place in sorted(admitting)), IpSet())
            if _is_wide((peers & INTERNET) - self.networks):
                wide.append((low, after - 1))
        return TrafficSet(Intervals.of(wide))

    def _origin(self, rules: Sequence[GroupRule], excess: TrafficSet) -> Origin | None:
        """Where a template or plan contains the widest rule that admits some of the traffic."""
        admitting = [rule for rule in rules if rule.traffic & excess]
        widest = max(admitting, key=lambda rule: self._size_of(rule.peers))
        return widest.permission.written_at

    def _size_of(self, peers: IpSet) -> int:
        outside = (peers & INTERNET) - self.networks
        return max(_size(outside.v4) << 96, _size(outside.v6))

    def _declared(self, carriers: Iterable[Membership]) -> TrafficSet:
        """What may come from the internet to every interface that carries the group."""
        flows = self.view.baseline.flows
        services = [_from_internet(flows, carrier.segments) for carrier in carriers]
        return reduce(and_, services, ALL_TRAFFIC) if services else NO_TRAFFIC

    def _declared_anywhere(self) -> TrafficSet:
        """What may come from the internet to any segment."""
        flows = self.view.baseline.flows
        return _from_internet(flows, (name for flow in flows for name in flow.to))

    def _excess(
        self,
        record: SecurityGroup,
        carriers: tuple[Membership, ...],
        excess: TrafficSet,
        *,
        gap: Unknown | None,
        origin: Origin | None,
    ) -> Observation:
        doubts = [carrier.unknown for carrier in carriers if carrier.unknown is not None]
        sure = [carrier for carrier in carriers if carrier.unknown is None]
        certain = excess - self._declared(sure) if sure else NO_TRAFFIC
        if not carriers and self.view.snapshot.is_planned:
            certain = excess - self._declared_anywhere()
        if not certain - _HARMLESS:
            unknowns = doubts if gap is None else [*doubts, gap]
            return unknown("Segment", reduce(or_, unknowns), expected="IpPermissions")
        ids = [carrier.interface.network_interface_id for carrier in carriers]
        result = self.network.flow(Internet(), Interfaces(ids), excess)
        reported = _reported(excess)
        message = _MESSAGES[result.verdict if carriers else "unknown"]
        return failed(
            text(f"network.{message}", group=record.group_id, traffic=reported.text),
            read=f"IpPermissions: {reported}",
            origin=origin,
            witness=packet_witness(self.view.snapshot, result) if result.is_open else None,
            allowed=PassingTraffic(
                source="internet", target=record.group_id, ports=port_ranges(reported)
            ),
        )


def _is_placeholder(rule: GroupRule) -> bool:
    """Whether it stands for the rules of a group that its template does not contain."""
    return rule.permission.prefix_list_ids == (OTHER_RULES,)


def _reported(excess: TrafficSet) -> TrafficSet:
    # Without what is harmless, "all" would be a long list of ICMP types.
    return excess if excess.is_all or excess.excluded else excess - _HARMLESS


def _unused_excess(
    record: SecurityGroup, excess: TrafficSet, *, origin: Origin | None
) -> Observation:
    reported = _reported(excess)
    return failed(
        text("network.group-open-unused", group=record.group_id, traffic=reported.text),
        read=f"IpPermissions: {reported}",
        origin=origin,
    )


def _is_wide(peers: IpSet) -> bool:
    return _size(peers.v4) > _WIDEST_4 or _size(peers.v6) > _WIDEST_6


def _size(spans: Intervals) -> int:
    # `len` cannot count the addresses of IPv6.
    return sum(high - low + 1 for low, high in spans)


def _from_internet(flows: Iterable[Flow], segments: Iterable[str]) -> TrafficSet:
    names = frozenset(segments)
    services = [
        service
        for flow in flows
        if INTERNET_NAME in flow.from_ and not names.isdisjoint(flow.to)
        for service in flow.services
    ]
    return TrafficSet.parse(services) if services else NO_TRAFFIC


def _vague(reasons: Iterable[StopReason], why_unread: Why) -> Iterator[Observation]:
    """Peers that are known only at deployment, and prefix lists that could not be read."""
    distinct = sorted(set(reasons))
    peers = [reason for reason in distinct if _is_undetermined(reason)]
    if peers:
        causes = (Cause(why=Why.UNDETERMINED, detail=peer.subject[1:-1]) for peer in peers)
        yield unknown("IpPermissions", Unknown(causes))
    lists = [reason for reason in distinct if not _is_undetermined(reason)]
    if lists:
        unread = (each.causes or (_unread_list(each, why_unread),) for each in lists)
        yield unknown("IpPermissions.PrefixListIds", Unknown(chain.from_iterable(unread)))


def _is_undetermined(reason: StopReason) -> bool:
    """Whether it is about an address or a list that a template leaves open."""
    return reason.subject.startswith("<") and reason.subject != OTHER_RULES


def _unread_list(reason: StopReason, why: Why) -> Cause:
    if why is Why.UNDETERMINED and reason.subject != OTHER_RULES:
        return Cause(why=why, detail=reason.subject)
    return Cause(why=Why.NOT_PROVIDED, detail=str(reason))
