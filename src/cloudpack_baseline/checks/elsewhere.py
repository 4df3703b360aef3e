"""What belongs to another account and is judged there, and what is said of the whole account."""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import Finding, Observation, Outcome, Resource, unknown
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["elsewhere", "not_applicable", "of_account", "of_resource"]


def not_applicable(message: Text) -> Observation:
    """That the control does not apply."""
    return Observation(outcome=Outcome.NOT_APPLICABLE, message=message)


def of_resource(view: AccountView, record: Record, *observations: Observation) -> Finding:
    """A finding about the record."""
    return Finding(
        control=view.control, resource=Resource.of(record), observations=tuple(observations)
    )


def of_account(view: AccountView, message: Text) -> Finding:
    """That the control does not apply to the account at all."""
    account = view.account
    return Finding(
        control=view.control,
        resource=Resource(key=account.id, account=account.id, kind="Account", name=account.name),
        observations=(not_applicable(message),),
    )


def elsewhere(view: AccountView, owner: str) -> Observation | None:
    """What is said of a thing that another account shares; ``None``: it is the account's own.

    Its owner settles it. It is judged there if the snapshot holds that account; if not,
    nobody here can tell.
    """
    if owner in ("", view.account.id):
        return None
    message = text("network.elsewhere", account=owner)
    if any(account.id == owner for account in view.snapshot.accounts):
        return not_applicable(message)
    return unknown(message, Unknown.because(Why.NOT_GATHERED, detail=owner))
