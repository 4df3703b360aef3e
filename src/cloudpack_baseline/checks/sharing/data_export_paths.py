"""Whether only declared resources carry data out of AWS."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from cloudpack_baseline.baseline.options.sharing import DataExportPathsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.settings import api_name, needs_call
from cloudpack_baseline.checks.sharing._export_targets import EXPORT_TARGETS, Networks, Targets
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import Read, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["data_export_paths"]


def _reads() -> Iterator[Read]:
    for kind, (field, _) in EXPORT_TARGETS.items():
        yield reads(kind, field) if field and needs_call(kind, field) else reads(kind)


@check(*_reads())
def data_export_paths(view: AccountView) -> Iterator[Finding]:
    """Reads what is set up that carries data out of AWS.

    That is DataSync locations other than Amazon S3, EFS and FSx (ListLocations), DMS targets with a
    host that neither belongs to AWS nor is in a declared network (DescribeEndpoints), Transfer
    Family servers and connectors, Storage Gateways, exports of instances and images
    (DescribeExportTasks, DescribeExportImageTasks), and HTTP endpoints outside AWS of Firehose
    streams (DescribeDeliveryStream) and EventBridge API destinations. Each passes if the baseline
    declares it with a ticket.
    """
    networks: Networks = tuple(
        ipaddress.ip_network(cidr) for cidr in view.baseline.cidrs_of(view.baseline.networks)
    )
    for kind, (field, targets) in EXPORT_TARGETS.items():
        for record in view.all(kind):
            yield view.finding(record, *_observe(view, record, field, targets(record, networks)))


def _observe(
    view: AccountView, record: Record, field: str, targets: Targets
) -> Iterator[Observation]:
    name = api_name(type(record), field) if field else type(record).__name__
    origin = record.origin_of(field)
    if isinstance(targets, Unknown):
        yield unknown(name, targets, origin=origin)
        return
    if not targets:
        yield passed(text("sharing.stays-inside"), origin=origin)
    ticket = _ticket(view, record)
    for target in targets:
        read = f"{name}={target}" if isinstance(target, str) else name
        if ticket:
            words = text("sharing.export-declared", target=target, ticket=ticket)
            yield passed(words, read=read, origin=origin)
        else:
            yield failed(text("sharing.export", target=target), read=read, origin=origin)


def _ticket(view: AccountView, record: Record) -> str:
    """The ticket in which the baseline declares the record; empty: it does not."""
    declared = view.baseline.options(DataExportPathsOptions).declared
    tickets = (path.ticket for path in declared if covers(path.resource, record.arn, record.name))
    return next(tickets, "")
