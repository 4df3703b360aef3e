"""Who reaches databases, servers, the bastion and the application's administration."""

from __future__ import annotations

from collections.abc import Mapping

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network._reach import Reach
from cloudpack_baseline.checks.network._stores import (
    Store,
)
from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
)
from cloudpack_baseline.reachability import ALL_TRAFFIC, TrafficSet

__all__ = ["port_of", "reach_of"]


def reach_of(view: AccountView, held: Mapping[str, Store]) -> Reach:
    recorded = {one.network_interface_id for one in view.all(NetworkInterface)}
    made = {
        one.network_interface_id: one
        for store in held.values()
        for one in store.interfaces
        if one.network_interface_id not in recorded
    }
    targets = {
        key: [one.network_interface_id for one in store.interfaces] for key, store in held.items()
    }
    return Reach.of(view, targets, more=made.values())


def port_of(store: Store) -> TrafficSet:
    return TrafficSet.of("tcp", store.port) if isinstance(store.port, int) else ALL_TRAFFIC
