"""AWS Organizations: what every account of one sees, and what its management account does."""

from __future__ import annotations

from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.values import Origin, Unknown
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.gatherers._organization_policies import POLICIES

__all__ = ["GATHERERS"]

_DESCRIBE = "organizations:DescribeOrganization"


def _organization(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    answer = calls.get(_DESCRIBE, absent=("AWSOrganizationsNotInUseException",))
    if answer is None:
        return Gathered(())
    if isinstance(answer, Unknown):
        return Gathered((), answer)
    made = converted(_DESCRIBE, lambda held: _made(calls, held["Organization"]), answer)
    return Gathered((), made) if isinstance(made, Unknown) else Gathered((made,))


def _made(calls: Calls, held: Answer) -> Organization:
    return Organization(
        arn=string(held, "Arn"),
        account=calls.account,
        name=string(held, "Id"),
        origin=Origin(operation=_DESCRIBE),
        id=string(held, "Id"),
        management_account=string(held, "MasterAccountId"),
    )


GATHERERS = (
    Gatherer(kind=Organization, run=_organization, operations=(_DESCRIBE,), regional=False),
    *POLICIES,
)
