"""Access to a bucket beyond what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from cloudpack_baseline.access.actions import KINDS, KNOWN, names
from cloudpack_baseline.access.distributions import CLOUDFRONT_SERVICE, names_cloudfront
from cloudpack_baseline.access.grants import (
    UNSIGNED,
    best_grant,
    grants_at,
    grants_within,
    grants_without,
    request_witness,
    unreported,
)
from cloudpack_baseline.access.log_delivery import delivers_logs
from cloudpack_baseline.access.principals import caller_groups
from cloudpack_baseline.access.reach import confining_organizations, reach_of
from cloudpack_baseline.access.results import Reach
from cloudpack_baseline.access.source_binding import bound_requests, sources_bound_by
from cloudpack_baseline.access.space import RequestSet, classes_in
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.declarations import Declaration
    from cloudpack_baseline.access.grants import Answers, EffectiveGrant
    from cloudpack_baseline.access.requests import RequestWitness

__all__ = ["Deputy", "ExcessAccess", "excess_access", "undeclared_deputies"]


@frozen(kw_only=True)
class ExcessAccess:
    """Requests that are allowed but not declared.

    ``principal`` is ``anonymous``, an account ID (``*`` for any other), a canonical user ID, a
    service (``*`` for any) or an origin access identity; ``access`` is ``read``, ``list``,
    ``write`` or ``other``; ``reach`` says, for unsigned requests, from where; ``organizations`` to
    which of them any account is limited, if it is. ``bound`` is false for a service that may act on
    behalf of anyone. ``exact`` is false if it depends on a statement that cannot be evaluated
    exactly.
    """

    principal_kind: str
    principal: str
    access: str
    actions: tuple[str, ...]
    reach: Reach
    witness: RequestWitness
    organizations: tuple[str, ...] = ()
    bound: bool = True
    exact: bool = True

    @property
    def is_of_distribution(self) -> bool:
        """Whether CloudFront has it, on behalf of known accounts."""
        return self.principal == CLOUDFRONT_SERVICE and self.bound


@frozen(kw_only=True)
class Deputy:
    """A service with access on behalf of someone who is neither the owner nor declared.

    ``source`` is the ID of the account or organization.
    """

    service: str
    source: str
    witness: RequestWitness


def excess_access(
    answers: Answers,
    declared: RequestSet,
    unnamed: RequestSet,
    kinds_of_principals: Container[str] | None = None,
) -> Iterable[ExcessAccess]:
    """Access beyond the declarations, by principal and access.

    ``unnamed`` are requests of CloudFront that count only where a statement names it;
    ``kinds_of_principals`` limits the answer; by default, it has all.
    """
    layout = answers.analysis.context.layout
    undeclared = [
        grant if names_cloudfront(answers.analysis, grant.rule) else grant.without(unnamed)
        for grant in grants_without(answers.named_first, declared)
    ]
    kinds = {**KINDS, "other": KNOWN & ~(KINDS["read"] | KINDS["list"] | KINDS["write"])}
    # Whoever may come in unsigned may come in as anyone else: reported once.
    context = answers.analysis.context
    beyond = unreported(undeclared, {layout.caller: UNSIGNED}, context)
    bound = bound_requests(answers.analysis)
    for (kind, name), callers in (
        caller_groups(answers.analysis.context.callers).items() if undeclared else ()
    ):
        if kinds_of_principals is not None and kind not in kinds_of_principals:
            continue
        of_anybody = name == "*" or kind == "service"
        candidates = grants_at(beyond if of_anybody else undeclared, layout.caller, callers)
        grants = [grant.within({layout.caller: callers}) for grant in candidates]
        for access, actions in kinds.items():
            excess = _summarize(answers, grants, {layout.action: actions}, bound)
            if excess is not None:
                yield evolve(excess, principal_kind=kind, principal=name, access=access)


def _summarize(
    answers: Answers, grants: Sequence[EffectiveGrant], box: dict[int, int], bound: RequestSet
) -> ExcessAccess | None:
    """Summarize the requests in a box; the names for who and what are still missing.

    ``bound`` are the requests of services that act for known accounts only.
    """
    analysis = answers.analysis
    best = best_grant(grants, box)
    if best is None:
        return None
    grant, requests, sure = best
    grants_in_box = grants_within(grants, box)
    granted = [grant.high for grant in grants_in_box]
    of_any_caller = {requests.beyond(analysis.context.layout.caller) for requests in granted}
    if not sure:
        answers.uncertain.append("excess")
    return ExcessAccess(
        principal_kind="",
        principal="",
        access="",
        actions=names(classes_in(of_any_caller, analysis.context.layout.action)),
        reach=reach_of(analysis, grants_in_box),
        witness=request_witness(analysis, requests, grant.rule),
        organizations=confining_organizations(analysis, of_any_caller),
        bound=all(requests <= bound for requests in granted),
        exact=sure,
    )


def undeclared_deputies(answers: Answers, declarations: Sequence[Declaration]) -> Iterable[Deputy]:
    """Services that act for accounts and organizations that only the policies name."""
    analysis = answers.analysis
    layout = analysis.context.layout
    known = {analysis.bucket.owner_account}
    for declaration in declarations:
        known.update(declaration.accounts, declaration.organizations)
    acting = [
        (index, caller)
        for index, caller in enumerate(analysis.context.callers)
        if (caller.kind == "service" and not caller.stranger) or delivers_logs(caller)
    ]
    for source, level, inside in _bound_sources(analysis):
        grants = [] if source in known else grants_at(answers.grants, level, inside)
        for index, caller in acting:
            best = best_grant(grants, {layout.caller: 1 << index, level: inside})
            if best is not None:
                yield Deputy(
                    service=caller.name if caller.kind == "service" else caller.account or "",
                    source=source,
                    witness=request_witness(analysis, best[1], best[0].rule),
                )


def _bound_sources(analysis: Analysis) -> Iterable[tuple[str, int, int]]:
    """Whom services are bound to, each with a level and the classes that bind."""
    axes, layout = analysis.context.axes, analysis.context.layout
    for key, tests in analysis.bindings.items():
        for test in tests:
            for source in sources_bound_by(key, test):
                yield source, layout.keys[key], axes[key].where(test)
    for account, folder in analysis.log_folders.items():
        yield account, layout.object, axes["object"].where(folder)
