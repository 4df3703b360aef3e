"""Whether flow logs cover a VPC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Literal

from attrs import frozen

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import Observation, failed, not_applicable, passed, unknown
from cloudpack_baseline.model.ec2 import NetworkInterface, Subnet, Vpc
from cloudpack_baseline.model.ec2_posture import FlowLog
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["logged"]

_TYPES: Mapping[str, frozenset[str]] = {
    "ALL": frozenset(("ACCEPT", "REJECT")),
    "ACCEPT": frozenset(("ACCEPT",)),
    "REJECT": frozenset(("REJECT",)),
}


@frozen
class _Watched:
    """A VPC with its subnets and active flow logs, and the types of traffic wanted."""

    vpc: str
    subnets: tuple[str, ...]
    logs: tuple[FlowLog, ...]
    wanted: frozenset[str]

    def bare(self, logs: Iterable[FlowLog]) -> tuple[str, ...]:
        """What the logs leave uncovered: subnets, or the VPC where it has none."""
        held = tuple(logs)
        if self.whole(held):
            return ()
        types = _types(held, self.vpc)
        left = (one for one in self.subnets if not types | _types(held, one) >= self.wanted)
        return tuple(left) if self.subnets else (self.vpc,)

    def whole(self, logs: Iterable[FlowLog]) -> bool:
        """Whether the logs of the VPC itself are enough."""
        return _types(logs, self.vpc) >= self.wanted

    @property
    def told(self) -> str:
        """What was read of the logs."""
        return "; ".join(map(_told, self.logs)) or "FlowLogs=[]"


def logged(view: AccountView, vpc: Vpc, traffic: Literal["ALL", "REJECT"]) -> Observation:
    """Of the VPC: covered, not covered, not in use, or not to be told."""
    other = view.judged_elsewhere(vpc.owner_id)
    if other is not None:
        return other
    used = any(one.vpc_id == vpc.vpc_id for one in view.all(NetworkInterface))
    if not used and view.gap(NetworkInterface, vpc.region) is None:
        return not_applicable(text("logging.vpc-unused"))
    watched = _watched(view, vpc, _TYPES[traffic])
    delivered = [one for one in watched.logs if one.deliver_logs_status == "SUCCESS"]
    left = watched.bare(delivered)
    if watched.whole(delivered) or (not left and view.gap(Subnet, vpc.region) is None):
        return passed(text("logging.flow-logs"), read=watched.told)
    doubts = list(_doubts(view, vpc, watched, used=used))
    if doubts:
        return unknown("FlowLogs", reduce(or_, doubts), expected=traffic)
    return failed(
        text("logging.flow-logs-missing", places=left, traffic=traffic),
        read=watched.told,
        expected=f"TrafficType={traffic}, DeliverLogsStatus=SUCCESS",
    )


def _watched(view: AccountView, vpc: Vpc, wanted: frozenset[str]) -> _Watched:
    subnets = tuple(one.subnet_id for one in view.all(Subnet) if one.vpc_id == vpc.vpc_id)
    logs = tuple(
        one
        for one in view.all(FlowLog)
        if one.status == "ACTIVE" and one.resource_id in (vpc.vpc_id, *subnets)
    )
    return _Watched(vpc.vpc_id, subnets, logs, wanted)


def _doubts(view: AccountView, vpc: Vpc, watched: _Watched, *, used: bool) -> Iterator[Unknown]:
    """Why the VPC may be covered after all, or not be in use."""
    if not used and (gap := view.gap(NetworkInterface, vpc.region)) is not None:
        yield gap
    if (gap := view.gap(FlowLog, vpc.region)) is not None:
        yield gap
    may = [one for one in watched.logs if one.deliver_logs_status != "FAILED"]
    if not watched.bare(may):
        # Either subnets are missing, or a log does not say whether it is delivered.
        gap = view.gap(Subnet, vpc.region)
        yield _undelivered(may) if gap is None else gap


def _undelivered(logs: Iterable[FlowLog]) -> Unknown:
    parts = [
        one.deliver_logs_status
        if isinstance(one.deliver_logs_status, Unknown)
        else Unknown.because(Why.NOT_TOLD, detail=f"DeliverLogsStatus of {one.flow_log_id}")
        for one in logs
        if one.deliver_logs_status != "SUCCESS"
    ]
    return reduce(or_, parts)


def _types(logs: Iterable[FlowLog], resource: str) -> frozenset[str]:
    held = (
        _TYPES.get(one.traffic_type, frozenset()) for one in logs if one.resource_id == resource
    )
    return frozenset().union(*held)


def _told(log: FlowLog) -> str:
    status = log.deliver_logs_status
    parts = [f"TrafficType={log.traffic_type}"]
    parts += [f"DeliverLogsStatus={status}"] if isinstance(status, str) else []
    parts += [log.deliver_logs_error] if log.deliver_logs_error else []
    return f"{log.flow_log_id} ({log.resource_id}): {', '.join(parts)}"
