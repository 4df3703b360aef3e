"""Whether AI services may use the content of the account to improve themselves."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.sharing import AiServicesOptOutOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.organizations import AIServicesOptOutPolicy
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["ai_services_opt_out"]

_OUT = "optOut"


@check(reads(AIServicesOptOutPolicy))
def ai_services_opt_out(view: AccountView) -> Iterator[Finding]:
    """Reads the effective AI services opt-out policy (DescribeEffectivePolicy).

    Its default has to opt out, and no service may opt in; if the baseline names the services in
    use, only these count. A service that does not opt out may store content in other Regions to
    improve itself. Which services are used is not visible in AWS: if the baseline declares that
    none is, the control is not applicable.
    """
    for policy in view.all(AIServicesOptOutPolicy):
        yield view.finding(policy, _judge(view, policy))


def _judge(view: AccountView, policy: AIServicesOptOutPolicy) -> Observation:
    used = view.baseline.options(AiServicesOptOutOptions).services
    if not used:
        return not_applicable(text("sharing.no-ai-services"))
    if isinstance(policy.services, Unknown):
        return unknown("EffectivePolicy", policy.services)
    if policy.services is None:
        return failed(text("sharing.no-opt-out-policy"))
    opt_outs = dict(policy.services)
    judged = {"default", *opt_outs} if "*" in used else set(used)
    default = opt_outs.get("default", "optIn")
    opted_in = tuple(sorted(name for name in judged if opt_outs.get(name, default) != _OUT))
    read = ", ".join(f"{name}={opt_out}" for name, opt_out in policy.services)
    if opted_in:
        return failed(text("sharing.opted-in", services=opted_in), read=read)
    return passed(text("sharing.opted-out"), read=read)
