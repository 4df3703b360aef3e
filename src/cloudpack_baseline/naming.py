"""Names of resources, shown next to the IDs in texts: ``db-c (subnet-1f26...)``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import is_not
from typing import TypeVar

import attrs
from attrs import evolve

from cloudpack_baseline.findings import Finding, Observation, Witness
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import Text
from cloudpack_baseline.witnesses import HopResource, WitnessHop

__all__ = ["named", "names_of", "with_names"]

T = TypeVar("T", bound=object)

_ID = re.compile(r"(?<![\w/:(=-])(?:[a-z]+-)+[0-9a-f]{8,17}(?![\w-])")
"""An ID of Amazon EC2 by itself: not within an ARN, nor in brackets behind a name."""


def names_of(snapshot: Snapshot) -> Mapping[str, str]:
    """The names of the snapshot's resources whose IDs Amazon EC2 made up, by ID.

    A network interface without a name has that of its instance, or what it belongs to. What is not
    deployed yet has no addresses of its own, so the ones that stand for them have its name.
    """
    names: dict[str, str] = {}
    for record in snapshot.records:
        id_ = record.arn.rpartition("/")[2]
        if record.display_name != id_ and _ID.fullmatch(id_):
            names[id_] = record.display_name
    for record in snapshot.records:
        owner = names.get(record.part_of, record.part_of)
        if owner and not _ID.fullmatch(owner):
            names.setdefault(record.arn.rpartition("/")[2], owner)
    if snapshot.is_planned:
        names |= _planned_addresses(snapshot)
    return names


def _planned_addresses(snapshot: Snapshot) -> dict[str, str]:
    """What will have the addresses that interfaces of a template stand for, by address.

    Networks with the same blocks may have the same addresses: those keep no name but their own.
    """
    from cloudpack_baseline.model.ec2 import NetworkInterface  # noqa: PLC0415 - of templates alone

    labels: dict[str, set[str]] = {}
    for record in snapshot.records:
        if isinstance(record, NetworkInterface):
            label = record.part_of or record.display_name
            for group in (record.private_ip_addresses, record.ipv6_addresses):
                for address in () if isinstance(group, Unknown) else group:
                    fields = attrs.astuple(address, recurse=False)
                    for field in fields:
                        if isinstance(field, str):
                            labels.setdefault(field, set()).add(label)
    return {field: min(names) for field, names in labels.items() if len(names) == 1}


def with_names(finding: Finding, names: Mapping[str, str]) -> Finding:
    """The finding, with names next to the IDs in its messages, witnesses and notes.

    Read and expected values stay as the API gives them, and so do command lines.
    """
    observations = tuple(_observation(observation, names) for observation in finding.observations)
    notes = named(finding.notes, names)
    if observations == finding.observations and notes == finding.notes:
        return finding
    return evolve(finding, observations=observations, notes=notes)


def _observation(observation: Observation, names: Mapping[str, str]) -> Observation:
    message = named(observation.message, names)
    witness = observation.witness
    if witness is not None:
        witness = _witness(witness, names)
    if message is observation.message and witness is observation.witness:
        return observation
    return evolve(observation, message=message, witness=witness)


def _witness(witness: Witness, names: Mapping[str, str]) -> Witness:
    summary, steps = named(witness.summary, names), named(witness.steps, names)
    if summary is witness.summary and steps is witness.steps:
        return witness
    packet = witness.packet
    if packet is not None:
        packet = evolve(packet, hops=tuple(_hop(hop, names) for hop in packet.hops))
    return evolve(witness, summary=summary, steps=steps, packet=packet)


def _hop(hop: WitnessHop, names: Mapping[str, str]) -> WitnessHop:
    resources = tuple(_resource(resource, names) for resource in hop.resources)
    detail = named(hop.detail, names)
    if detail is hop.detail and not any(map(is_not, resources, hop.resources)):
        return hop
    return evolve(hop, resources=resources, detail=detail)


def _resource(resource: HopResource, names: Mapping[str, str]) -> HopResource:
    name = names.get(resource.id, resource.name)
    return resource if name == resource.name else evolve(resource, name=name)


def named(value: T, names: Mapping[str, str]) -> T:
    """A string, a text or a tuple of them with names; the very same where none is to be added."""
    new: object = value
    if isinstance(value, str):
        new = _named_string(value, names)
    elif isinstance(value, Text):
        before = [parameter for _, parameter in value.parameters]
        after = [named(parameter, names) for parameter in before]
        if any(map(is_not, after, before)):
            keys = (key for key, _ in value.parameters)
            new = Text(value.id, tuple(zip(keys, after, strict=True)))
    elif isinstance(value, tuple):
        items = tuple([named(item, names) for item in value])
        new = items if any(map(is_not, items, value)) else value
    return new  # type: ignore[return-value]  # of the same type, by each branch


def _named_string(string: str, names: Mapping[str, str]) -> str:
    if "-" not in string:
        return names.get(string, string)
    return _ID.sub(lambda match: _label(match[0], names), string)


def _label(id_: str, names: Mapping[str, str]) -> str:
    return f"{names[id_]} ({id_})" if id_ in names else id_
