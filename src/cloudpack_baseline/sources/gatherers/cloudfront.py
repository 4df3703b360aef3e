"""Amazon CloudFront: distributions, and how their requests are logged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from attrs import evolve

from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Distribution,
    DistributionOrigin,
    LoggingConfig,
    OriginGroup,
    RealtimeLogConfig,
)
from cloudpack_baseline.model.reading import flag, string
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why, is_known
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.gatherers._log_deliveries import (
    DELIVERIES,
    Deliveries,
    log_deliveries,
)
from cloudpack_baseline.sources.regions import CLOUDFRONT_REGIONS

__all__ = ["GATHERERS"]

_LIST = "cloudfront:ListDistributions"
_CONFIG = "cloudfront:GetDistributionConfig"
_REALTIME = "cloudfront:GetRealtimeLogConfig"
_FIELDS = {
    "logging": (_CONFIG,),
    "deliveries": DELIVERIES,
    "realtime_log_configs": (_REALTIME,),
}


def _distributions(calls: Calls, wanted: frozenset[str]) -> Gathered:
    """Every distribution of the account; none where the partition has no CloudFront."""
    home = CLOUDFRONT_REGIONS.get(calls.partition)
    if home is None:
        return Gathered(())
    there = calls.in_region(home)
    listed = there.records(_LIST, partial(_plain, calls.account))
    known = [one for one in listed.records if isinstance(one, Distribution)]
    deliveries = _deliveries(there, wanted) if known else {}
    complete = partial(_complete, there, wanted, deliveries)
    kept = [one for one in calls.map(complete, known) if one is not None]
    return Gathered(tuple(kept), listed.unknown)


def _deliveries(calls: Calls, wanted: frozenset[str]) -> Field[Deliveries]:
    return log_deliveries(calls) if "deliveries" in wanted else _unasked(DELIVERIES[0])


def _unasked(key: str) -> Unknown:
    return Unknown.because(Why.NOT_GATHERED, operation=key)


def _complete(
    calls: Calls, wanted: frozenset[str], deliveries: Field[Deliveries], one: Distribution
) -> Distribution | None:
    """The distribution with its logs; ``None`` if it was deleted since it was listed."""
    config: Answer | Unknown | None = _unasked(_CONFIG)
    if "logging" in wanted:
        config = calls.get(_CONFIG, absent=("NoSuchDistribution",), Id=one.name)
    if config is None:
        return None
    asked = "realtime_log_configs" in wanted
    return evolve(
        one,
        logging=config if isinstance(config, Unknown) else converted(_CONFIG, _logging, config),
        deliveries=deliveries.get(one.arn, ()) if is_known(deliveries) else deliveries,
        realtime_log_configs=_realtime(calls, one) if asked else _unasked(_REALTIME),
    )


def _plain(account: str, item: Answer) -> Distribution:
    return Distribution(
        arn=string(item, "ARN"),
        account=account,
        name=string(item, "Id"),
        origin=Origin(operation=_LIST),
        enabled=_told_flag(item, "Enabled"),
        status=string(item, "Status"),
        content_origins=tuple(map(_origin, _many(item, "Origins"))),
        origin_groups=tuple(map(_group, _many(item, "OriginGroups"))),
        cache_behaviors=tuple(_behaviors(item)),
    )


def _told_flag(item: Answer, key: str) -> bool:
    return flag({key: item[key]}, key)


def _many(item: Answer, key: str) -> tuple[Answer, ...]:
    """The items of a list; CloudFront leaves them out where there are none."""
    return tuple((item.get(key) or {}).get("Items") or ())


def _origin(item: Answer) -> DistributionOrigin:
    return DistributionOrigin(
        id=string(item, "Id"),
        domain_name=string(item, "DomainName"),
        path=item.get("OriginPath") or "",
    )


def _group(item: Answer) -> OriginGroup:
    members = tuple(string(one, "OriginId") for one in _many(item, "Members"))
    return OriginGroup(id=string(item, "Id"), members=members)


def _behaviors(item: Answer) -> Iterator[CacheBehavior]:
    for one in _many(item, "CacheBehaviors"):
        yield _behavior(one, string(one, "PathPattern"))
    yield _behavior(item["DefaultCacheBehavior"], "*")


def _behavior(item: Answer, path_pattern: str) -> CacheBehavior:
    return CacheBehavior(
        target=string(item, "TargetOriginId"),
        path_pattern=path_pattern,
        realtime_log_config=item.get("RealtimeLogConfigArn") or None,
    )


def _logging(answer: Answer) -> LoggingConfig | None:
    held = answer["DistributionConfig"].get("Logging") or {}
    if not flag(held, "Enabled"):
        return None
    return LoggingConfig(bucket=string(held, "Bucket"), prefix=held.get("Prefix") or "")


def _realtime(calls: Calls, one: Distribution) -> Field[tuple[RealtimeLogConfig, ...]]:
    """The configurations that are named; each call is for one of them."""
    named = sorted({b.realtime_log_config for b in one.cache_behaviors if b.realtime_log_config})
    found: list[RealtimeLogConfig] = []
    for arn in named:
        answer = calls.get(_REALTIME, absent=("NoSuchRealtimeLogConfig",), ARN=arn)
        if answer is None:
            continue
        made = answer if isinstance(answer, Unknown) else converted(_REALTIME, _config, answer)
        if isinstance(made, Unknown):
            return made
        found.append(made)
    return tuple(found)


def _config(answer: Answer) -> RealtimeLogConfig:
    held = answer["RealtimeLogConfig"]
    return RealtimeLogConfig(arn=string(held, "ARN"), sampling_rate=int(held["SamplingRate"]))


GATHERERS = (
    Gatherer(
        kind=Distribution,
        run=_distributions,
        operations=(_LIST,),
        fields=_FIELDS,
        regional=False,
    ),
)
