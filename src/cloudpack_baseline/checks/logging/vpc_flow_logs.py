"""Whether flow logs cover the VPCs in use."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline import VpcFlowLogsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.logging._flow_logs import judge_flow_logs
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.ec2 import (
    NetworkInterface,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.ec2_posture import FlowLog
from cloudpack_baseline.model.read import reads

__all__ = ["vpc_flow_logs"]


@check(reads(Vpc), reads(Subnet), reads(NetworkInterface), reads(FlowLog), subjects=(Vpc,))
def vpc_flow_logs(view: AccountView) -> Iterator[Finding]:
    """Reads the active flow logs of each VPC, or of each of its subnets.

    Together they have to record the expected ``TrafficType`` with ``DeliverLogsStatus=SUCCESS``
    (EC2 API Reference, FlowLog). A VPC is in use if it has a network interface.
    """
    traffic = view.baseline.options(VpcFlowLogsOptions).traffic
    for vpc in view.all(Vpc):
        yield view.finding(vpc, judge_flow_logs(view, vpc, traffic))
