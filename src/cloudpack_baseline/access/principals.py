"""The classes of principals that a set of policies distinguishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.access.added_predicates import (
    account_patterns,
    identity_patterns,
    sample_accounts,
    sample_services,
)
from cloudpack_baseline.access.callers import account_in, callers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.policy import Policy, PrincipalElement

__all__ = ["caller_groups", "principal_classes"]


def principal_classes(  # noqa: PLR0913 - the dimensions that distinguish principals
    policies: Sequence[Policy],
    *,
    owner: str,
    partition: str,
    elements: Iterable[PrincipalElement] = (),
    accounts: Iterable[str] = (),
    services: Iterable[str] = (),
    owner_canonical: str | None = None,
) -> tuple[Caller, ...]:
    """One caller for each class of principals that the policies distinguish.

    Args:
        policies: the policies with the principals and conditions.
        owner: the account of the resource.
        partition: the partition of its ARNs.
        elements: further principals.
        accounts: further accounts to distinguish.
        services: further services to distinguish.
        owner_canonical: the canonical user ID of the owner, if it is known.
    """
    named = [s.principal for p in policies for s in p.statements if s.principal is not None]
    named += elements
    unnamed_service, named_services = sample_services(policies)
    named_accounts, split = account_patterns(policies)
    of_principals = filter(None, (account_in(entry) for element in named for entry in element.aws))
    accounts = (*accounts, *named_accounts)
    apart = (*accounts, *of_principals)
    arns, names = identity_patterns(policies, owner, apart, partition) if split else ({}, ())
    return callers(
        named,
        owner=owner,
        partition=partition,
        accounts=accounts,
        samples=sample_accounts(policies, partition, (owner, *apart)),
        services=(unnamed_service, (*named_services, *services)),
        arn_tests=arns,
        name_tests=names,
        split=split,
        owner_canonical=owner_canonical,
    )


def caller_groups(callers: Iterable[Caller]) -> dict[tuple[str, str], int]:
    """The callers as a reader knows them: for each kind and name, a mask.

    Principals of an account have its ID as name; ``*`` is whoever no policy names.
    """
    groups: dict[tuple[str, str], int] = {}
    for index, caller in enumerate(callers):
        name = caller.name
        if caller.stranger:
            name = "*"
        elif caller.kind == "account":
            name = caller.account or name
        groups[caller.kind, name] = groups.get((caller.kind, name), 0) | 1 << index
    return groups
