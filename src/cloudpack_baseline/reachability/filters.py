"""Security groups and network ACLs, prepared for evaluation."""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import (
    IpPermission,
    ManagedPrefixList,
    NetworkAcl,
    NetworkAclEntry,
    SecurityGroup,
)
from cloudpack_baseline.model.values import Field, Origin, Unknown
from cloudpack_baseline.reachability.intervals import Span
from cloudpack_baseline.reachability.ipset import Family, IpSet, parse_block
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.traffic import (
    ALL_TRAFFIC,
    ICMP,
    ICMPV6,
    NO_TRAFFIC,
    TCP,
    UDP,
    TrafficSet,
    protocol_number,
)

__all__ = [
    "Acl",
    "AclRule",
    "Group",
    "GroupRule",
    "PrefixLists",
    "compile_acl",
    "compile_group",
    "entry_traffic",
    "permission_traffic",
]


@frozen(eq=False)
class PrefixLists:
    """The blocks of prefix lists by ID; build it with `of`.

    Attributes:
        entries: the entries in the records.
        unread: why there may be more lists; None: there are no more.
    """

    entries: Mapping[str, Field[tuple[str, ...]]]
    unread: Unknown | None = None

    @classmethod
    def of(cls, records: Iterable[ManagedPrefixList], unread: Unknown | None = None) -> PrefixLists:
        """The lists of the records."""
        return cls({record.prefix_list_id: record.entries for record in records}, unread)

    def blocks(self, list_id: str) -> tuple[str, ...] | StopReason:
        """The blocks of one list, or why they are unknown."""
        blocks = self.entries.get(list_id)
        if isinstance(blocks, tuple):
            return blocks
        unread = self.unread if blocks is None else blocks
        return StopReason.of("prefix-list-unreadable", list_id, unread)


@frozen(slots=False)
class GroupRule:
    """One rule of a security group.

    Attributes:
        traffic: protocol and ports.
        peers: the addresses that CIDR blocks and prefix lists name.
        groups: the security groups that it refers to.
        vague: reasons why it may admit further addresses.
        permission: the rule as the record contains it.
    """

    traffic: TrafficSet
    peers: IpSet
    groups: frozenset[str]
    vague: tuple[StopReason, ...]
    permission: IpPermission

    @functools.cached_property
    def shown(self) -> str:
        """Its traffic and peers; made only for a witness, since there are many rules."""
        permission = self.permission
        peers = (
            *permission.ip_ranges,
            *permission.ipv6_ranges,
            *permission.prefix_list_ids,
            *(pair.group_id for pair in permission.user_id_group_pairs),
        )
        return f"{self.traffic} {', '.join(peers)}".rstrip()

    @property
    def text(self) -> str:
        """The rule for people, with the place where it is written."""
        written = self.permission.written_at
        return f"{self.shown} ({written.place})" if written else self.shown


@frozen
class Group:
    """A security group's rules of both directions; unread ones are a reason."""

    group_id: str
    inbound: tuple[GroupRule, ...] | StopReason
    outbound: tuple[GroupRule, ...] | StopReason

    def rules(self, *, egress: bool) -> tuple[GroupRule, ...] | StopReason:
        """The rules of one direction."""
        return self.outbound if egress else self.inbound


def compile_group(record: SecurityGroup, lists: PrefixLists) -> Group:
    """The group of a record."""
    return Group(
        record.group_id,
        _group_rules(record.group_id, record.ip_permissions, lists),
        _group_rules(record.group_id, record.ip_permissions_egress, lists),
    )


def _group_rules(
    group_id: str, permissions: tuple[IpPermission, ...] | Unknown, lists: PrefixLists
) -> tuple[GroupRule, ...] | StopReason:
    if isinstance(permissions, Unknown):
        return StopReason.of("security-group-unreadable", group_id, permissions)
    try:
        return tuple(_group_rule(permission, lists) for permission in permissions)
    except ValueError as error:
        return StopReason.malformed("security-group-unreadable", group_id, error)


def _group_rule(permission: IpPermission, lists: PrefixLists) -> GroupRule:
    peers = _block_set(permission.ip_ranges + permission.ipv6_ranges)
    vague: list[StopReason] = []
    for list_id in permission.prefix_list_ids:
        blocks = lists.blocks(list_id)
        if isinstance(blocks, StopReason):
            vague.append(blocks)
        else:
            peers |= _block_set(blocks)
    traffic = permission_traffic(permission)
    groups = frozenset(
        pair.group_id
        for pair in permission.user_id_group_pairs
        if pair.peering_status in (None, "active")
    )
    return GroupRule(traffic, peers, groups, tuple(vague), permission)


# Rules of many groups name the same blocks and ports.
@functools.lru_cache(maxsize=65536)
def _block_set(blocks: tuple[str, ...]) -> IpSet:
    return IpSet.parse(blocks)


def permission_traffic(permission: IpPermission) -> TrafficSet:
    """The protocol and ports, or ICMP types, that a rule is about."""
    return _permission_traffic(permission.ip_protocol, permission.from_port, permission.to_port)


@functools.lru_cache(maxsize=65536)
def _permission_traffic(name: str, low: int | None, high: int | None) -> TrafficSet:
    protocol = protocol_number(name)
    if protocol is None:
        return ALL_TRAFFIC
    if protocol in (ICMP, ICMPV6):
        return TrafficSet.of(protocol, low, high)
    return _ported(protocol, low, high)


def _ported(protocol: int, low: int | None, high: int | None) -> TrafficSet:
    """A protocol with the ports of a rule.

    Raises:
        ValueError: they are no range of ports.
    """
    if protocol not in (TCP, UDP) or low is None or low < 0:
        return TrafficSet.span(protocol)
    last = low if high is None else high
    if not low <= last < 65536:  # noqa: PLR2004 - two bytes
        raise ValueError(f"{low}-{last} is no range of ports")
    return TrafficSet.span(protocol, low, last)


@frozen
class AclRule:
    """One entry of a network ACL; `written_at` names its place in a template or plan."""

    number: int
    allow: bool
    peers: Span
    traffic: TrafficSet
    written_at: Origin | None = None

    @property
    def text(self) -> str:
        """Its number, and where it is written."""
        place = self.written_at.place if self.written_at else ""
        return f"{self.number} ({place})" if place else str(self.number)


@frozen(eq=False)
class Acl:
    """A network ACL: entries by direction and family, ascending; or why it is unknown.

    Attributes:
        acl_id: ``acl-...``, or the subnet ID if its ACL is not recorded.
        entries: by (egress, family), without the implicit deny.
        doubt: why it is unknown; None if it was read.
    """

    acl_id: str
    entries: Mapping[tuple[bool, Family], tuple[AclRule, ...]] = field(factory=dict)
    doubt: StopReason | None = None
    _memo: dict[object, TrafficSet] = field(factory=dict, init=False, repr=False)
    _cuts: dict[tuple[bool, Family], tuple[int, ...]] = field(factory=dict, init=False, repr=False)

    def cuts(self, family: Family, *, egress: bool) -> tuple[int, ...]:
        """Where the peers of the entries start, and the addresses after their ends."""
        key = (egress, family)
        if key not in self._cuts:
            spans = [rule.peers for rule in self.entries.get(key, ())]
            bounds = {low for low, _ in spans} | {high + 1 for _, high in spans}
            self._cuts[key] = tuple(sorted(bounds))
        return self._cuts[key]

    def admitted(self, family: Family, peer: int, *, egress: bool) -> TrafficSet:
        """What passes to (egress) or from the peer: the first entry that matches decides."""
        key = (egress, family, bisect_right(self.cuts(family, egress=egress), peer))
        if key not in self._memo:
            self._memo[key] = self._decide(family, peer, egress=egress)
        return self._memo[key]

    def _decide(self, family: Family, peer: int, *, egress: bool) -> TrafficSet:
        passed, undecided = NO_TRAFFIC, ALL_TRAFFIC
        for rule in self.entries.get((egress, family), ()):
            if rule.peers[0] <= peer <= rule.peers[1]:
                if rule.allow:
                    passed |= rule.traffic & undecided
                undecided -= rule.traffic
        return passed

    def entry(self, family: Family, peer: int, kind: int, *, egress: bool) -> AclRule | None:
        """The entry that decides one kind of packet; None for the implicit deny."""
        for rule in self.entries.get((egress, family), ()):
            if rule.peers[0] <= peer <= rule.peers[1] and kind in rule.traffic:
                return rule
        return None


def compile_acl(record: NetworkAcl) -> Acl:
    """The ACL of a record."""
    if isinstance(record.entries, Unknown):
        reason = StopReason.of("acl-unreadable", record.network_acl_id, record.entries)
        return Acl(record.network_acl_id, doubt=reason)
    try:
        return Acl(record.network_acl_id, _acl_rules(record.entries))
    except ValueError as error:
        reason = StopReason.malformed("acl-unreadable", record.network_acl_id, error)
        return Acl(record.network_acl_id, doubt=reason)


def _acl_rules(
    entries: Iterable[NetworkAclEntry],
) -> dict[tuple[bool, Family], tuple[AclRule, ...]]:
    by_key: dict[tuple[bool, Family], list[AclRule]] = {}
    for entry in sorted(entries, key=lambda entry: entry.rule_number):
        for block in filter(None, (entry.cidr_block, entry.ipv6_cidr_block)):
            family, span = parse_block(block)
            rule = AclRule(
                entry.rule_number,
                entry.rule_action == "allow",
                span,
                entry_traffic(entry),
                entry.written_at,
            )
            by_key.setdefault((entry.egress, family), []).append(rule)
    return {key: tuple(rules) for key, rules in by_key.items()}


def entry_traffic(entry: NetworkAclEntry) -> TrafficSet:
    """The protocol and destination ports, or ICMP types, that an entry is about."""
    protocol = protocol_number(entry.protocol)
    if protocol is None:
        return ALL_TRAFFIC
    if protocol in (ICMP, ICMPV6):
        return TrafficSet.of(protocol, entry.icmp_type, entry.icmp_code)
    return _ported(protocol, entry.from_port, entry.to_port)
