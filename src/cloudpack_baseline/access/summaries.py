"""Who has access to a bucket: other accounts, services, and requests through access points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.access.actions import KNOWN, names
from cloudpack_baseline.access.grants import (
    UNSIGNED,
    best_grant,
    grants_at,
    public_by_policy,
    request_witness,
)
from cloudpack_baseline.access.keys import AP_KEYS
from cloudpack_baseline.access.reach import confining_organizations
from cloudpack_baseline.access.results import (
    AccessPointExposure,
    AccountAccess,
    Approximation,
    DeniedGrant,
    ServiceAccess,
)
from cloudpack_baseline.access.source_binding import bound_requests
from cloudpack_baseline.access.space import classes_in
from cloudpack_baseline.access.witnesses import sample_request

if TYPE_CHECKING:
    from cloudpack_baseline.access.analysis import Analysis, PolicySource
    from cloudpack_baseline.access.grants import Answers, EffectiveGrant
    from cloudpack_baseline.access.requests import RequestWitness

__all__ = [
    "access_point_exposures",
    "account_access",
    "approximations",
    "cloudfront_identities",
    "denied_grants",
    "service_access",
]


def _granted(
    answers: Answers, question: str, callers: int
) -> tuple[RequestWitness | None, tuple[str, ...]]:
    """What the callers are granted: a witness, and the actions."""
    analysis = answers.analysis
    layout = analysis.context.layout
    box = {layout.caller: callers}
    grants = grants_at(answers.named_first, layout.caller, callers)
    best = best_grant(grants, box)
    if best is None:
        return None, ()
    grant, requests, sure = best
    if not sure:
        answers.uncertain.append(question)
    actions = classes_in((grant.high.within(box) for grant in grants), layout.action)
    return request_witness(analysis, requests, grant.rule), names(actions)


def account_access(answers: Answers) -> tuple[AccountAccess, ...]:
    """The other accounts with access."""
    analysis = answers.analysis
    accesses: list[AccountAccess] = []
    groups: dict[str, int] = {}
    for index, caller in enumerate(analysis.context.callers):
        if caller.kind in {"account", "canonical"} and not caller.owner:
            name = "*" if caller.stranger else caller.account or caller.name
            groups[name] = groups.get(name, 0) | 1 << index
    for name, callers in groups.items():
        witness, actions = _granted(answers, "accounts", callers)
        if witness is None:
            continue
        box = {analysis.context.layout.caller: callers}
        of_anybody = answers.grants if name == "*" else ()
        granted = [grant.high.within(box) for grant in of_anybody]
        organizations = confining_organizations(analysis, granted)
        accesses.append(
            AccountAccess(
                account=name, organizations=organizations, actions=actions, witness=witness
            )
        )
    return tuple(accesses)


def cloudfront_identities(answers: Answers) -> tuple[str, ...]:
    """The origin access identities with access."""
    layout = answers.analysis.context.layout
    return tuple(
        caller.name
        for index, caller in enumerate(answers.analysis.context.callers)
        if caller.kind == "cloudfront"
        and any(grant.high.within({layout.caller: 1 << index}) for grant in answers.grants)
    )


def service_access(answers: Answers) -> tuple[ServiceAccess, ...]:
    """The service principals with access, and whether each is limited to a source."""
    analysis = answers.analysis
    level = analysis.context.layout.caller
    accesses: list[ServiceAccess] = []
    unbound: list[EffectiveGrant] = []
    for index, caller in enumerate(analysis.context.callers):
        if caller.kind != "service":
            continue
        witness, actions = _granted(answers, "services", 1 << index)
        if witness is None:
            continue
        if not unbound:
            bound = bound_requests(analysis)
            unbound = [grant.without(bound) for grant in answers.grants]
        accesses.append(
            ServiceAccess(
                service="*" if caller.stranger else caller.name,
                actions=actions,
                witness=witness,
                unbound=answers.witness("unbound", {level: 1 << index}, unbound),
            )
        )
    return tuple(accesses)


def access_point_exposures(answers: Answers) -> tuple[AccessPointExposure, ...]:
    """Each access point: public by its policy, and public through both policies."""
    analysis = answers.analysis
    exposures: list[AccessPointExposure] = []
    for point in analysis.bucket.access_points:
        source = next((s for s in analysis.sources if s.point is point), None)
        policy_public = bool(source and public_by_policy(answers, source))
        witness = None
        restricted = analysis.bucket.block_of(point).restrict_public_buckets
        if source is not None and policy_public and not restricted:
            box = _confined_by_neither(analysis, source)
            box[analysis.context.layout.channel] = analysis.context.channels_through(point.name)
            witness = answers.witness(source.name, box, answers.grants)
        exposures.append(
            AccessPointExposure(
                name=point.name,
                policy_public=policy_public,
                public=witness is not None,
                witness=witness,
            )
        )
    return tuple(exposures)


def _confined_by_neither(analysis: Analysis, point: PolicySource) -> dict[int, int]:
    """Requests without a trusted value of the access point's policy, nor of the bucket's.

    That a request comes through the access point is no value that the bucket's policy confines by.
    """
    layout = analysis.context.layout
    by_point = {layout.keys.get(key) for key in AP_KEYS}
    box = dict(analysis.trust(point))
    for source in analysis.sources:
        for level, mask in analysis.trust(source).items() if source.point is None else ():
            if level not in by_point:
                box[level] = box.get(level, -1) & mask
    return box


def denied_grants(answers: Answers) -> tuple[DeniedGrant, ...]:
    """For each Allow of which a Deny stops every unsigned request: one of them, and the Deny."""
    analysis = answers.analysis
    layout = analysis.context.layout
    unsigned = {
        layout.caller: 1,
        layout.action: KNOWN,
        layout.channel: analysis.context.channel_mask(lambda channel: channel.counts),
    }
    denied: list[DeniedGrant] = []
    for grant in answers.grants:
        if grant.high.within({layout.caller: UNSIGNED}):
            continue
        allowed = grant.rule.high.within(unsigned) & analysis.context.valid
        denies = analysis.denies.get("policy", ()) if allowed else ()
        deny = next((deny for deny in denies if allowed & deny.low), None)
        if deny is not None:
            request = sample_request(analysis, allowed & deny.low)
            denied.append(DeniedGrant(request=request, allow=grant.rule.label, deny=deny.label))
    return tuple(denied)


def approximations(answers: Answers) -> tuple[Approximation, ...]:
    """The inexact statements, where some answer depends on them."""
    analysis = answers.analysis
    questions = tuple(dict.fromkeys(answers.uncertain))
    if not questions:
        return ()
    return tuple(
        Approximation(
            statement=rule.label,
            source=rule.source,
            inexactness=rule.inexactness,
            questions=questions,
        )
        for rule in analysis.rules()
        if rule.inexactness or rule in analysis.skipped or rule.low != rule.high
    )
