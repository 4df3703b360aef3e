"""Observations of administrators and of paths to their rights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from cloudpack_baseline.access import FullAdmin
from cloudpack_baseline.checks.approximations import in_doubt
from cloudpack_baseline.checks.identity._path_catalogue import path_catalogue
from cloudpack_baseline.checks.identity._paths import EscalationPath, EscalationStep
from cloudpack_baseline.checks.identity._policies import (
    Principal,
    PrincipalPolicies,
    allowed_actions,
    describe_grant,
    granted_request,
    origin_of_grant,
    principal_kind,
)
from cloudpack_baseline.checks.request_texts import located
from cloudpack_baseline.findings import FieldValue, Observation, Witness, failed, passed, unknown
from cloudpack_baseline.model.iam_principals import RoleDetail
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.witnesses import WitnessRequest, WitnessStatement

__all__ = ["report_doubt", "report_full_admin", "report_paths"]


def report_full_admin(
    policies: PrincipalPolicies, principal: Principal, full: FullAdmin
) -> Observation:
    """That the policies allow everything."""
    name = "admin" if full.unconditional else "admin-conditional"
    by = tuple(policies.named[place].statement(path) for place, path in full.grants)
    place, path = full.grants[0]
    return failed(
        text(f"identity.{name}", by=by),
        read=FieldValue.each(("Action", "Resource"), "*"),
        origin=policies.named[place].origin_of(path),
        allowed=allowed_actions(principal, ("*",)),
    )


def report_doubt(policies: PrincipalPolicies, actions: str) -> Observation:
    """That a statement which decides it cannot be evaluated."""
    documents = (*policies.documents, *filter(None, [policies.boundary]))
    return in_doubt(text("identity.admin-in-doubt", actions=actions), actions, documents)


def report_paths(
    policies: PrincipalPolicies, principal: Principal, paths: Sequence[EscalationPath]
) -> Iterator[Observation]:
    """The certain paths, else the first doubtful one, else that there is none."""
    certain = [path for path in paths if path.exact]
    if not paths:
        yield passed(text("identity.no-admin", paths=path_catalogue().size))
    elif not certain:
        yield _doubtful(policies, paths[0])
    elif certain[0].at_large:
        yield _at_large(policies, principal, certain[0], len(certain) - 1)
    else:
        for path in certain:
            yield _narrow(policies, principal, path)


def _at_large(
    policies: PrincipalPolicies, principal: Principal, path: EscalationPath, further: int
) -> Observation:
    actions = tuple(dict.fromkeys(step.action for step in path.steps))
    message = text("identity.escalation", actions=actions)
    return failed(
        text("identity.and-others", message=message, others=further) if further else message,
        read=tuple(FieldValue("Action", (name,)) for name in actions),
        origin=_origin(policies, path),
        witness=Witness(
            summary=text("identity.gives-itself", principal=policies.identity.arn or ""),
            steps=_describe_steps(policies, path),
            requests=_requests(policies, principal, path),
        ),
        allowed=allowed_actions(principal, actions),
    )


def _narrow(policies: PrincipalPolicies, principal: Principal, path: EscalationPath) -> Observation:
    steps = tuple(
        text("identity.step", action=step.action, resource=step.resource) for step in path.steps
    )
    if path.towards is None:
        message = text("identity.escalates-itself", steps=steps)
        summary = text("identity.gives-itself", principal=principal.arn)
    else:
        target = path.towards.principal.arn
        name = "escalation-path-on" if path.towards.escalates else "escalation-path"
        message = text(f"identity.{name}", steps=steps, target=target)
        summary = text("identity.becomes", principal=principal.arn, target=target)
    return failed(
        message,
        read=tuple(
            FieldValue(name, (value,))
            for step in path.steps
            for name, value in (("Action", step.action), ("Resource", step.resource))
        ),
        origin=_origin(policies, path),
        witness=Witness(
            summary=summary,
            steps=_describe_steps(policies, path),
            requests=_requests(policies, principal, path),
        ),
        allowed=allowed_actions(principal, (step.action for step in path.steps)),
    )


def _requests(
    policies: PrincipalPolicies, principal: Principal, path: EscalationPath
) -> tuple[WitnessRequest, ...]:
    return tuple(_request(policies, principal, step) for step in path.steps)


def _request(
    policies: PrincipalPolicies, principal: Principal, step: EscalationStep
) -> WitnessRequest:
    """The action of a step, with the statements of the policies and of the trust policy."""
    trusted: tuple[WitnessStatement, ...] = ()
    if step.trust_grant is not None:
        grant = step.trust_grant
        trusted = (
            WitnessStatement(
                policy="trust",
                policy_arn=step.resource,
                sid="" if grant.statement == grant.path else grant.statement,
                path=grant.path,
            ),
        )
    if step.allowed_by is None:
        return WitnessRequest(
            principal_kind=principal_kind(principal),
            principal=principal.arn,
            action=step.action,
            resource=step.resource,
            statements=trusted,
        )
    request = granted_request(policies, principal, step.allowed_by)
    return evolve(
        request,
        action=step.action,
        resource=step.resource,
        statements=(*request.statements, *trusted),
    )


def _origin(policies: PrincipalPolicies, path: EscalationPath) -> Origin | None:
    """Where a template or plan contains the statement that allows the first step."""
    step = path.steps[0]
    if step.allowed_by is not None:
        return origin_of_grant(policies, step.allowed_by)
    return _trust_origin(path, step)


def _trust_origin(path: EscalationPath, step: EscalationStep) -> Origin | None:
    """Where a template or plan contains the statement of the trust policy of the role."""
    role, grant = path.towards.principal if path.towards else None, step.trust_grant
    if grant is None or not isinstance(role, RoleDetail) or role.arn != step.resource:
        return None
    origin = role.origin_of("trust", grant.path)
    return origin if origin is not None and origin.file else None


def _describe_steps(policies: PrincipalPolicies, path: EscalationPath) -> tuple[Text, ...]:
    return tuple(line for step in path.steps for line in _describe(policies, path, step))


def _describe(
    policies: PrincipalPolicies, path: EscalationPath, step: EscalationStep
) -> Iterator[Text]:
    described = text("identity.step", action=step.action, resource=step.resource)
    if step.allowed_by is not None:
        by = describe_grant(policies, step.allowed_by)
        yield text("identity.step-by", step=described, by=by)
    if step.trust_grant is not None:
        place = located(step.trust_grant.path, _trust_origin(path, step))
        trust = text("identity.trust-of", role=step.resource, path=place)
        yield text("identity.step-by", step=described, by=trust)


def _doubtful(policies: PrincipalPolicies, path: EscalationPath) -> Observation:
    if path.unknown is not None and not path.steps:
        return unknown(text("identity.too-many-questions"), path.unknown)
    actions = ", ".join(dict.fromkeys(step.action for step in path.steps))
    if path.towards is not None and path.towards.unknown is not None:
        target = path.towards.principal.arn
        message = text("identity.escalation-path-in-doubt", actions=actions, target=target)
        return unknown(message, path.towards.unknown)
    if path.unknown is not None:
        message = text("identity.running-in-doubt", actions=actions, resource=path.end)
        return unknown(message, path.unknown)
    return report_doubt(policies, actions)
