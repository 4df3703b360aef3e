"""Whether flow logs cover the VPCs in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Literal

from cloudpack_baseline.baseline.options.logging import VpcFlowLogsOptions
from cloudpack_baseline.checks.check import AccountView, check
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
    NetworkInterface,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.ec2_posture import FlowLog
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["vpc_flow_logs"]


_TYPES: Mapping[str, frozenset[str]] = {
    "ALL": frozenset(("ACCEPT", "REJECT")),
    "ACCEPT": frozenset(("ACCEPT",)),
    "REJECT": frozenset(("REJECT",)),
}


@check(reads(Vpc), reads(Subnet), reads(NetworkInterface), reads(FlowLog), subjects=(Vpc,))
def vpc_flow_logs(view: AccountView) -> Iterator[Finding]:
    """Reads the active flow logs of each VPC, or of each of its subnets.

    Together they have to record the expected ``TrafficType`` with ``DeliverLogsStatus=SUCCESS``
    (EC2 API Reference, FlowLog). A VPC is in use if it has a network interface, and so is one of a
    template, which other templates may use.
    """
    traffic = view.baseline.options(VpcFlowLogsOptions).traffic
    for vpc in view.all(Vpc):
        yield view.finding(vpc, _covered(view, vpc, traffic))


@frozen
class _LoggedVpc:
    """A VPC with its subnets and active flow logs, and the types of traffic to be recorded."""

    vpc: str
    subnets: tuple[str, ...]
    logs: tuple[FlowLog, ...]
    traffic: frozenset[str]

    def uncovered(self, logs: Iterable[FlowLog]) -> tuple[str, ...]:
        """What the logs do not cover: subnets, or the VPC where it has none."""
        logs = tuple(logs)
        if self.is_covered(logs):
            return ()
        types = _types(logs, self.vpc)
        subnets = (
            subnet for subnet in self.subnets if not types | _types(logs, subnet) >= self.traffic
        )
        return tuple(subnets) if self.subnets else (self.vpc,)

    def is_covered(self, logs: Iterable[FlowLog]) -> bool:
        """Whether the logs of the VPC itself are enough."""
        return _types(logs, self.vpc) >= self.traffic

    @property
    def description(self) -> str:
        """What was read of the logs."""
        return "; ".join(map(_describe, self.logs)) or "FlowLogs=[]"


def _covered(view: AccountView, vpc: Vpc, traffic: Literal["ALL", "REJECT"]) -> Observation:
    """Whether flow logs cover the VPC, or the VPC is not in use, or unknown."""
    elsewhere = view.judged_elsewhere(vpc.owner_id)
    if elsewhere is not None:
        return elsewhere
    used = view.snapshot.is_planned or any(
        interface.vpc_id == vpc.vpc_id for interface in view.all(NetworkInterface)
    )
    if not used and view.gap(NetworkInterface, vpc.region) is None:
        return not_applicable(text("logging.vpc-unused"))
    logged = _logged_vpc(view, vpc, _TYPES[traffic])
    delivered = [log for log in logged.logs if _is_delivered(log)]
    uncovered = logged.uncovered(delivered)
    if logged.is_covered(delivered) or (not uncovered and view.gap(Subnet, vpc.region) is None):
        return passed(text("logging.flow-logs"), read=logged.description)
    doubts = list(_doubts(view, vpc, logged, used=used))
    if doubts:
        return unknown("FlowLogs", reduce(or_, doubts), expected=traffic)
    return failed(
        text("logging.flow-logs-missing", places=uncovered, traffic=traffic),
        read=logged.description,
        expected=f"TrafficType={traffic}, DeliverLogsStatus=SUCCESS",
    )


def _logged_vpc(view: AccountView, vpc: Vpc, traffic: frozenset[str]) -> _LoggedVpc:
    subnets = tuple(subnet.subnet_id for subnet in view.all(Subnet) if subnet.vpc_id == vpc.vpc_id)
    logs = tuple(
        log
        for log in view.all(FlowLog)
        if log.status == "ACTIVE" and log.resource_id in (vpc.vpc_id, *subnets)
    )
    return _LoggedVpc(vpc.vpc_id, subnets, logs, traffic)


def _doubts(view: AccountView, vpc: Vpc, logged: _LoggedVpc, *, used: bool) -> Iterator[Unknown]:
    """Why the VPC may be covered after all, or not be in use."""
    if not used and (gap := view.gap(NetworkInterface, vpc.region)) is not None:
        yield gap
    if (gap := view.gap(FlowLog, vpc.region)) is not None:
        yield gap
    possible = [log for log in logged.logs if log.deliver_logs_status != "FAILED"]
    if not logged.uncovered(possible):
        # Either subnets are missing, or a log does not say whether it is delivered.
        gap = view.gap(Subnet, vpc.region)
        yield _undelivered(possible) if gap is None else gap


def _is_delivered(log: FlowLog) -> bool:
    return log.deliver_logs_status == "SUCCESS" and not isinstance(log.traffic_type, Unknown)


def _undelivered(logs: Iterable[FlowLog]) -> Unknown:
    return reduce(or_, (_doubt(log) for log in logs if not _is_delivered(log)))


def _doubt(log: FlowLog) -> Unknown:
    for value in (log.traffic_type, log.deliver_logs_status):
        if isinstance(value, Unknown):
            return value
    return Unknown.because(Why.NOT_PROVIDED, detail=f"DeliverLogsStatus of {log.flow_log_id}")


def _types(logs: Iterable[FlowLog], resource: str) -> frozenset[str]:
    """What the logs of the resource record; one of an unknown type may record all."""
    types = (
        _TYPES["ALL"]
        if isinstance(log.traffic_type, Unknown)
        else _TYPES.get(log.traffic_type, frozenset())
        for log in logs
        if log.resource_id == resource
    )
    return frozenset().union(*types)


def _describe(log: FlowLog) -> str:
    status = log.deliver_logs_status
    type_, error = log.traffic_type, log.deliver_logs_error
    members = [f"TrafficType={type_}"] if isinstance(type_, str) else []
    members += [f"DeliverLogsStatus={status}"] if isinstance(status, str) else []
    members += [error] if isinstance(error, str) and error else []
    return f"{log.flow_log_id} ({log.resource_id}): {', '.join(members)}"
