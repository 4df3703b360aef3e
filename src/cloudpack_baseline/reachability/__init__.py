"""Which connections the network of an account lets through.

Knows the records of the network and nothing else: no client, no pytest, no white
paper.
"""

from cloudpack_baseline.reachability.ends import Addresses, End, Interfaces, Internet
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import INTERNET, IpSet
from cloudpack_baseline.reachability.matrix import Matrix
from cloudpack_baseline.reachability.network import FlowSet, Network, Reaching
from cloudpack_baseline.reachability.reasons import REASONS, Reason
from cloudpack_baseline.reachability.results import FlowResult, Hop, Packet, Witness
from cloudpack_baseline.reachability.traffic import ALL_TRAFFIC, NO_TRAFFIC, TrafficSet

__all__ = [
    "ALL_TRAFFIC",
    "INTERNET",
    "NO_TRAFFIC",
    "REASONS",
    "Addresses",
    "End",
    "FlowResult",
    "FlowSet",
    "Hop",
    "Interfaces",
    "Internet",
    "Intervals",
    "IpSet",
    "Matrix",
    "Network",
    "Packet",
    "Reaching",
    "Reason",
    "TrafficSet",
    "Witness",
]
