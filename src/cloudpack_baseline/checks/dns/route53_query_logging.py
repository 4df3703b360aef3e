"""Whether queries to declared hosted zones are logged."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.dns import Route53QueryLoggingOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.dns._zones import exempt_unless_declared
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.route53 import HostedZone, QueryLoggingConfig
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.texts import text

__all__ = ["route53_query_logging"]


@check(reads(HostedZone), reads(QueryLoggingConfig), subjects=(HostedZone,))
def route53_query_logging(view: AccountView) -> Iterator[Finding]:
    """Reads the query logging configurations of the zones that the baseline names.

    ListQueryLoggingConfigs lists those of all public zones. Queries to private zones are logged by
    the resolver of a VPC, so private zones are not applicable.
    """
    patterns = view.baseline.options(Route53QueryLoggingOptions).zones
    groups = {config.hosted_zone_id: config.log_group for config in view.all(QueryLoggingConfig)}
    gap = view.gap(QueryLoggingConfig)
    for zone in view.all(HostedZone):
        exemption = exempt_unless_declared(zone, patterns)
        yield view.finding(zone, exemption or _logged(groups.get(zone.id), gap))


def _logged(group: Field[str] | None, gap: Unknown | None) -> Observation:
    if isinstance(group, Unknown):
        return unknown("CloudWatchLogsLogGroupArn", group)
    if group is not None:
        read = f"CloudWatchLogsLogGroupArn={group}"
        return passed(text("dns.queries-logged", group=group), read=read)
    if gap is not None:
        return unknown("QueryLoggingConfigs", gap)
    return failed(text("dns.queries-not-logged"), expected="CloudWatchLogsLogGroupArn=*")
