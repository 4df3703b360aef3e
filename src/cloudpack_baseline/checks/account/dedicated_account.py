"""Whether the account is the declared one, in its organization, and cannot leave it."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.access import PrincipalIdentity, may, parse_policy
from cloudpack_baseline.baseline.options.account import ConfirmedAccount, DedicatedAccountOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.service_control import (
    SERVICE_CONTROL,
    organization_account,
    service_control,
)
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Witness,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text
from cloudpack_baseline.witnesses import WitnessRequest

__all__ = ["dedicated_account"]

_LEAVE = "organizations:LeaveOrganization"
_EVERYTHING = parse_policy(
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    kind="identity",
)
"""Of the root user and of administrators; only service control policies limit them all."""


@check(*SERVICE_CONTROL, subjects=(Organization,), absence="accounts")
def dedicated_account(view: AccountView) -> Iterator[Finding]:
    """Reads the organization of the account, and how the account joined it.

    The ID has to be a declared one (``[accounts]``), and the organization (DescribeOrganization)
    the declared one. Whether the account was created there (``JoinedMethod``,
    ListAccountsForParent), and whether service control policies deny
    ``organizations:LeaveOrganization`` to everyone, root user included, is judged in the
    management account: unknown unless its snapshot is given, or somebody confirmed it with a
    ticket. The management account itself cannot leave. Without declared accounts, the control is
    not applicable. That only one customer uses the account is not visible in AWS.
    """
    yield view.account_finding(*_judge(view))


def _judge(view: AccountView) -> Iterator[Observation]:
    options = view.baseline.options(DedicatedAccountOptions)
    if not view.baseline.accounts:
        yield not_applicable(text("account.nothing-declared"))
        return
    yield _declared(view)
    gap = view.gap(Organization)
    if gap is not None:
        yield unknown("Organization", gap)
        return
    organizations = view.all(Organization)
    if not organizations:
        yield failed(text("account.no-organization"))
    for organization in organizations:
        yield from _in_organization(view, options, organization)


def _declared(view: AccountView) -> Observation:
    name, _ = view.baseline.account_named(view.account.id)
    if name:
        return passed(text("account.declared", name=name))
    return failed(text("account.not-declared"), read=f"Account={view.account.id}")


def _in_organization(
    view: AccountView, options: DedicatedAccountOptions, organization: Organization
) -> Iterator[Observation]:
    if options.organization is not None:
        read, expected = f"Id={organization.id}", f"Id={options.organization}"
        if organization.id == options.organization:
            message = text("account.organization-declared", id=organization.id)
            yield passed(message, read=read, expected=expected)
        else:
            message = text("account.organization-not-declared", id=organization.id)
            yield failed(message, read=read, expected=expected)
    if organization.management_account == view.account.id:
        yield passed(text("account.is-management"))
        return
    confirmations = [
        confirmation
        for confirmation in options.confirmed
        if confirmation.account == view.account.id
    ]
    for observation in (_created(view, organization), _cannot_leave(view)):
        if observation.causes and confirmations:
            yield _confirmed(confirmations[0])
        else:
            yield observation


def _confirmed(confirmation: ConfirmedAccount) -> Observation:
    return passed(
        text(
            "account.confirmed",
            day=confirmation.on.isoformat(),
            ticket=confirmation.ticket,
        )
    )


def _created(view: AccountView, organization: Organization) -> Observation:
    expected = "JoinedMethod=CREATED"
    member = organization_account(view, organization)
    joined = member if isinstance(member, Unknown) else member.joined_method
    if isinstance(joined, Unknown):
        message = text("account.created-elsewhere", account=organization.management_account)
        return unknown(message, joined, expected=expected)
    read = f"JoinedMethod={joined}"
    if joined == "CREATED":
        return passed(text("account.created"), read=read, expected=expected)
    return failed(text("account.not-created"), read=read, expected=expected)


def _cannot_leave(view: AccountView) -> Observation:
    levels = service_control(view)
    if isinstance(levels, Unknown):
        return unknown(text("account.leave-elsewhere", action=_LEAVE), levels)
    root = f"arn:{view.account.partition}:iam::{view.account.id}:root"
    answers = [
        may(
            (_EVERYTHING,),
            _LEAVE,
            scps=levels,
            principal=PrincipalIdentity(account=view.account.id, arn=arn),
            since=view.as_of,
        )
        for arn in (root, None)  # None: anyone, which conditions on the ARN leave in doubt
    ]
    requests = [answer for answer in answers if answer is not None]
    if not requests:
        return passed(text("account.cannot-leave", action=_LEAVE))
    allowed = next((request for request in requests if request.exact), None)
    if allowed is None:
        why = Unknown.because(Why.UNSUPPORTED, operation="organizations:DescribePolicy")
        return unknown(text("account.leave-in-doubt", action=_LEAVE), why)
    context = tuple(
        text("common.context", key=key, value=value)
        for key, value in sorted(allowed.context.items())
    )
    request = WitnessRequest(
        principal_kind="account",
        principal=root,
        action=_LEAVE,
        resource="*",
        context=allowed.context,
    )
    witness = Witness(
        summary=text("account.leave-request", action=_LEAVE), steps=context, requests=(request,)
    )
    return failed(text("account.can-leave", action=_LEAVE), witness=witness)
