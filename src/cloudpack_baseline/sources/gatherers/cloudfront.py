"""Amazon CloudFront: distributions, and how their requests are logged."""

from __future__ import annotations

from functools import partial

from attrs import evolve

from cloudpack_baseline.model.cloudfront import Distribution, RealtimeLogConfig
from cloudpack_baseline.model.reading import structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._described import described_gatherer
from cloudpack_baseline.sources.gatherers._log_deliveries import (
    DELIVERIES,
    Deliveries,
    log_deliveries,
)
from cloudpack_baseline.sources.regions import CLOUDFRONT_REGIONS

__all__ = ["GATHERERS"]

_REALTIME = "cloudfront:GetRealtimeLogConfig"
_DISTRIBUTIONS = described_gatherer(Distribution)


def _distributions(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Every distribution of the account; none where the partition has no CloudFront."""
    home = CLOUDFRONT_REGIONS.get(calls.partition)
    if home is None:
        return Gathered(())
    calls = calls.in_region(home)
    gathered = _DISTRIBUTIONS.run(calls, selected)
    deliveries: Field[Deliveries] = _not_gathered(DELIVERIES[0])
    if "deliveries" in selected:
        deliveries = log_deliveries(calls) if gathered.records else {}
    completed = calls.map(partial(_completed, calls, selected, deliveries), gathered.records)
    return evolve(gathered, records=tuple(completed))


def _not_gathered(key: str) -> Unknown:
    return Unknown.because(Why.NOT_GATHERED, operation=key)


def _completed(
    calls: Calls, selected: frozenset[str], deliveries: Field[Deliveries], record: Record
) -> Record:
    """The distribution with its logs."""
    if not isinstance(record, Distribution):  # pragma: no cover - only distributions are given
        return record
    is_asked = "realtime_log_configs" in selected
    return evolve(
        record,
        deliveries=(
            deliveries if isinstance(deliveries, Unknown) else deliveries.get(record.arn, ())
        ),
        realtime_log_configs=_realtime(calls, record) if is_asked else _not_gathered(_REALTIME),
    )


def _realtime(calls: Calls, distribution: Distribution) -> Field[tuple[RealtimeLogConfig, ...]]:
    """The configurations that are named; each call is for one of them."""
    arns = {behavior.realtime_log_config for behavior in distribution.cache_behaviors}
    configs: list[RealtimeLogConfig] = []
    for arn in sorted(filter(None, arns)):
        answer = calls.get(_REALTIME, absent=("NoSuchRealtimeLogConfig",), ARN=arn)
        if answer is None:
            continue
        config = answer if isinstance(answer, Unknown) else converted(_REALTIME, _config, answer)
        if isinstance(config, Unknown):
            return config
        configs.append(config)
    return tuple(configs)


def _config(answer: Answer) -> RealtimeLogConfig:
    return structured(RealtimeLogConfig, answer["RealtimeLogConfig"])


GATHERERS = (
    evolve(
        _DISTRIBUTIONS,
        run=_distributions,
        fields={
            **_DISTRIBUTIONS.fields,
            "deliveries": DELIVERIES,
            "realtime_log_configs": (_REALTIME,),
        },
    ),
)
