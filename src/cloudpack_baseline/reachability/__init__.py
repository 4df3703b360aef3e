"""Which connections the network of an account allows.

Knows only the records of the network: no client, no pytest, no white paper. Names are loaded when
they are first used, because a baseline that declares a service needs sets of traffic, but not the
engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloudpack_baseline.reachability.ends import Addresses, End, Interfaces, Internet
    from cloudpack_baseline.reachability.intervals import Intervals
    from cloudpack_baseline.reachability.ipset import INTERNET, IpSet
    from cloudpack_baseline.reachability.matrix import Matrix
    from cloudpack_baseline.reachability.network import Network
    from cloudpack_baseline.reachability.reasons import STOP_REASONS, StopReason
    from cloudpack_baseline.reachability.results import FlowResult, Hop, Packet, PacketWitness
    from cloudpack_baseline.reachability.traffic import ALL_TRAFFIC, NO_TRAFFIC, TrafficSet

__all__ = [
    "ALL_TRAFFIC",
    "INTERNET",
    "NO_TRAFFIC",
    "STOP_REASONS",
    "Addresses",
    "End",
    "FlowResult",
    "Hop",
    "Interfaces",
    "Internet",
    "Intervals",
    "IpSet",
    "Matrix",
    "Network",
    "Packet",
    "PacketWitness",
    "StopReason",
    "TrafficSet",
]

_HOMES = {
    "ends": ("Addresses", "End", "Interfaces", "Internet"),
    "intervals": ("Intervals",),
    "ipset": ("INTERNET", "IpSet"),
    "matrix": ("Matrix",),
    "network": ("Network",),
    "reasons": ("STOP_REASONS", "StopReason"),
    "results": ("FlowResult", "Hop", "Packet", "PacketWitness"),
    "traffic": ("ALL_TRAFFIC", "NO_TRAFFIC", "TrafficSet"),
}


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
