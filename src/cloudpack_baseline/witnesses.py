"""Concrete cases that show a failure, as data: a request, a packet with its hops."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.codec import encode
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.texts import Text, in_each_language

__all__ = [
    "AllowedAccess",
    "HopResource",
    "PassingTraffic",
    "PortRange",
    "Witness",
    "WitnessHop",
    "WitnessPacket",
    "WitnessRequest",
    "WitnessStatement",
]

_INDEX = re.compile(r"\[(\d+)\]$")


@frozen(kw_only=True)
class WitnessStatement:
    """What allows a request: a statement of a policy, or a grant of an ACL.

    Attributes:
        policy: the kind of its policy: ``managed``, ``inline``, ``resource-policy``, ``trust``,
            ``acl`` or ``access-point``.
        policy_name: the name of the policy; empty if it is that of a resource.
        policy_arn: the ARN of a managed policy, or of the resource that the policy belongs to.
        group: the group of the user that it is attached to; empty if it is none of a group.
        sid: its Sid, or the permission of an ACL; empty if it has none.
        path: its path in the document, such as ``$.Statement[0]``.
        origin: where the policy came from, if it is known.
    """

    policy: str
    policy_name: str = ""
    policy_arn: str = ""
    group: str = ""
    sid: str = ""
    path: str = ""
    origin: Origin | None = None

    @property
    def index(self) -> int | None:
        """Its index in the list of the policy, from 0; ``None`` if it is not in a list."""
        match = _INDEX.search(self.path)
        return int(match[1]) if match else None

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "policy": self.policy,
            "policy_name": self.policy_name,
            "policy_arn": self.policy_arn,
            "group": self.group,
            "sid": self.sid,
            "path": self.path,
            "index": self.index,
            "origin": encode(self.origin),
        }


ContextKeys = tuple[tuple[str, tuple[str, ...]], ...]


def _context(
    context: Mapping[str, str | tuple[str, ...]] | ContextKeys,
) -> ContextKeys:
    pairs = context.items() if isinstance(context, Mapping) else context
    return tuple(
        sorted((key, (value,) if isinstance(value, str) else tuple(value)) for key, value in pairs)
    )


@frozen(kw_only=True)
class WitnessRequest:
    """A request that policies allow.

    Attributes:
        principal_kind: ``anonymous``, ``account``, ``canonical``, ``service``, ``federated``, ...
        principal: its ARN, account ID or name; empty if anybody can send the request.
        action: the IAM action.
        resource: the ARN of the resource; ``*`` if there is none.
        region: the Region of the request, where it is known.
        access_point: the name of the access point that it comes through; empty: through none.
        context: the condition keys that it carries with their values, sorted.
        statements: what allows it.
    """

    principal_kind: str
    principal: str
    action: str
    resource: str
    region: str = ""
    access_point: str = ""
    context: ContextKeys = field(default=(), converter=_context)
    statements: tuple[WitnessStatement, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "principal_kind": self.principal_kind,
            "principal": self.principal,
            "action": self.action,
            "resource": self.resource,
            "region": self.region,
            "access_point": self.access_point,
            "context": {key: list(values) for key, values in self.context},
            "statements": [statement.to_json() for statement in self.statements],
        }


@frozen(kw_only=True)
class HopResource:
    """A resource that a packet comes to.

    Attributes:
        id: its ID.
        name: the name for people, if it has another one.
        origin: the place in the template or plan; ``None``: it is in none.
    """

    id: str
    name: str = ""
    origin: Origin | None = None

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "id": self.id,
            "name": self.name,
            "origin": encode(self.origin),
        }


@frozen(kw_only=True)
class WitnessHop:
    """One step of a packet, or of its reply.

    Attributes:
        kind: ``interface``, ``security-group``, ``network-acl``, ``route-table``, ...
        resources: what it comes to; several security groups if none of them admits it.
        rule: the rule, the entry of the ACL by its number, or the route; empty if there is none.
        detail: what decides, in words.
        is_reply: whether it is on the path of the reply.
        origin: where a template or plan contains the rule; ``None``: it is in none.
    """

    kind: str
    resources: tuple[HopResource, ...] = ()
    rule: str = ""
    detail: Text | str = ""
    is_reply: bool = False
    origin: Origin | None = None

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "kind": self.kind,
            "resources": [resource.to_json() for resource in self.resources],
            "rule": self.rule,
            "detail": in_each_language(self.detail),
            "is_reply": self.is_reply,
            "origin": encode(self.origin),
        }


@frozen(kw_only=True)
class WitnessPacket:
    """The first packet of a connection, and where it comes through.

    Attributes:
        source: the address of the sender.
        source_port: its port; ``None`` for protocols without ports.
        destination: the address of the receiver.
        protocol: its name, such as ``tcp``, or its number.
        destination_port: the port; ``None`` for protocols without ports.
        icmp_type: the type of ICMP; ``None`` for other protocols.
        icmp_code: the code of ICMP; ``None`` for other protocols.
        hops: its steps, up to the one that stops it, if one does.
    """

    source: str
    destination: str
    protocol: str
    source_port: int | None = None
    destination_port: int | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None
    hops: tuple[WitnessHop, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "source": self.source,
            "source_port": self.source_port,
            "destination": self.destination,
            "protocol": self.protocol,
            "destination_port": self.destination_port,
            "icmp_type": self.icmp_type,
            "icmp_code": self.icmp_code,
            "hops": [hop.to_json() for hop in self.hops],
        }


@frozen(kw_only=True)
class Witness:
    """A concrete case that shows the failure: a request, a packet.

    Attributes:
        summary: it in one line.
        steps: how it comes about: statements, hops.
        command: a ready command line that tries it; empty where there is none.
        requests: the requests, in the order in which they are sent; empty for a packet.
        packet: the packet with its hops; ``None`` for requests.
    """

    summary: Text
    steps: tuple[Text, ...] = ()
    command: str = ""
    requests: tuple[WitnessRequest, ...] = ()
    packet: WitnessPacket | None = None

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "summary": in_each_language(self.summary),
            "steps": [in_each_language(step) for step in self.steps],
            "command": self.command,
            "requests": [request.to_json() for request in self.requests],
            "packet": self.packet.to_json() if self.packet else None,
        }


@frozen(kw_only=True)
class PortRange:
    """A protocol with a range of ports; without numbers, all of it.

    Attributes:
        protocol: its name or number, or ``all``.
        from_port: the first port, or type of ICMP; ``None``: there is no limit.
        to_port: the last one.
        from_code: the first code of ICMP; ``None``: there is no limit.
        to_code: the last one.
    """

    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    from_code: int | None = None
    to_code: int | None = None

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "protocol": self.protocol,
            "from_port": self.from_port,
            "to_port": self.to_port,
            "from_code": self.from_code,
            "to_code": self.to_code,
        }


@frozen(kw_only=True)
class AllowedAccess:
    """Who is allowed to do what, and from where.

    Attributes:
        principal_kind: as of `WitnessRequest`.
        principal: its ARN, account ID or name; ``*``: any of its kind, ``anonymous``: anyone.
        organizations: the organizations to whose members it is limited, if it is.
        actions: the IAM actions.
        from_anywhere: whether it is allowed from every place; if not, only from `networks` and
            `endpoints`, or, if both are empty, through VPC endpoints that are not named. ``None``:
            the places are not evaluated; `WitnessRequest.context` has one.
        networks: the CIDR blocks from which it is allowed, if it is limited to some.
        endpoints: the VPC endpoints and VPCs from which it is allowed, likewise.
    """

    principal_kind: str
    principal: str
    actions: tuple[str, ...]
    organizations: tuple[str, ...] = ()
    from_anywhere: bool | None = None
    networks: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "principal_kind": self.principal_kind,
            "principal": self.principal,
            "organizations": list(self.organizations),
            "actions": list(self.actions),
            "from_anywhere": self.from_anywhere,
            "networks": list(self.networks),
            "endpoints": list(self.endpoints),
        }


@frozen(kw_only=True)
class PassingTraffic:
    """Which connections pass from where to where.

    Attributes:
        source: the segment, the network, or what else the connections come from.
        target: the segment or resource that they lead to.
        ports: the protocols and ports that pass.
        expected: those that are declared.
    """

    source: Text | str
    target: str
    ports: tuple[PortRange, ...]
    expected: tuple[PortRange, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {
            "source": in_each_language(self.source),
            "target": self.target,
            "ports": [ports.to_json() for ports in self.ports],
            "expected": [ports.to_json() for ports in self.expected],
        }
