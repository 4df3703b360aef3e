"""AWS through boto3: live accounts, and whatever answers boto3 in their place.

This module needs boto3; import it only where a gathering begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import evolve
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from cloudpack_baseline.errors import SourceError, WrongAccountError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.denials import denying_policy
from cloudpack_baseline.model.read import Read, merged
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.progress import GatheringProgress
from cloudpack_baseline.sources import mock
from cloudpack_baseline.sources.calls import MALFORMED, UNREACHABLE, Answer, CallError, Calls
from cloudpack_baseline.sources.clients import PARSE_FAULTS, Clients
from cloudpack_baseline.sources.gathering import (
    WORKERS,
    Clock,
    gather_with,
    merge,
    operations_of,
    utc_now,
)
from cloudpack_baseline.sources.identity import identify
from cloudpack_baseline.sources.operations import Operation
from cloudpack_baseline.sources.quiet import without_secrets
from cloudpack_baseline.sources.sessions import home_region, open_account
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.sources.via import Direct, Via
from cloudpack_baseline.sources.workers import Workers

if TYPE_CHECKING:
    import boto3

__all__ = ["AwsTransport", "gather_account", "gather_fleet", "open_account"]

_ACCOUNTS_AT_ONCE = 4


@frozen
class AwsTransport:
    """Answers operations by boto3 clients."""

    clients: Clients

    def pages(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """The pages of the answer.

        Raises:
            CallError: at the page that failed: AWS's error code, or the name of the fault.
        """
        try:
            client = self.clients.get(operation.client, region)
            yield from _pages(client, operation, parameters)
        except ClientError as error:
            fault = error.response.get("Error", {})
            policy = denying_policy(str(fault.get("Message", "")))
            raise CallError(fault.get("Code", "Unknown"), policy) from error
        except EndpointConnectionError as error:
            offered = self.clients.is_offered(operation.client, region)
            raise CallError(UNREACHABLE if offered else type(error).__name__) from error
        except (BotoCoreError, OSError) as error:  # OSError: credentials that are read again
            raise CallError(type(error).__name__) from error
        except NotImplementedError as error:  # moto, inside the process
            raise CallError("NotImplemented") from error
        except PARSE_FAULTS as error:
            raise CallError(MALFORMED) from error

    def release(self, client: str, region: str) -> None:
        """Close the clients of a service."""
        self.clients.release(client, region)

    @property
    def assumptions(self) -> frozenset[str]:
        """None: every answer here came from AWS."""
        return frozenset()


def _pages(
    client: Any,  # noqa: ANN401 - botocore makes the class
    operation: Operation,
    parameters: Mapping[str, Any],
) -> Iterator[Answer]:
    method = xform_name(operation.name)
    if client.can_paginate(method):
        size = {"PageSize": operation.page_size} if operation.page_size else {}
        yield from client.get_paginator(method).paginate(**parameters, PaginationConfig=size)
        return
    call = getattr(client, method)
    answer = call(**parameters)
    yield answer
    # S3 Control, OpenSearch Serverless, AWS WAF and ListServiceSpecificCredentials of IAM page
    # their listings, but botocore has no paginator.
    while operation.items and (page := {k: answer[k] for k in _TOKENS if answer.get(k)}):
        answer = call(**parameters, **page)
        yield answer


_TOKENS = ("Marker", "NextMarker", "NextToken", "nextToken")


@without_secrets()
def gather_account(  # noqa: PLR0913 - two arguments; the rest are names
    session: boto3.Session,
    selection: Iterable[Read],
    *,
    regions: Iterable[str] | Callable[[str], Iterable[str] | None] | None = None,
    account: str | None = None,
    name: str | Callable[[str], str] = "",
    region_hint: str | None = None,
    clock: Clock = utc_now,
    workers: int = WORKERS,
    via: Via | None = None,
    progress: GatheringProgress | None = None,
) -> Snapshot:
    """Read the selected kinds from the account of the session, and nothing else.

    Args:
        session: it is not changed; the calls go through separate clients that block every
            operation that the selected kinds do not declare, before it is sent.
        selection: kinds of records, with the fields that need separate calls.
        regions: the Regions of regional kinds, or a function from the account ID to them;
            ``None`` or ``*``: every enabled Region.
        account: the account ID that the credentials must belong to; ``None``: any.
        name: the declared name of the account, or a function from its ID to the name.
        region_hint: the Region for calls that belong to no Region.
        clock: returns `Snapshot.taken_at`.
        workers: the number of concurrent calls.
        via: what answers in place of AWS; by default that of a mocked account's session, a moto
            that is active in the process, or AWS.
        progress: is called with what is being read.

    Raises:
        CredentialsError: credentials are missing, expired or rejected.
        WrongAccountError: the credentials belong to another account.
        SourceError: the endpoint does not answer.
        InputError: a Region that does not exist.
    """
    via = via or getattr(session, "cloudpack_via", None) or mock.in_process() or Direct()
    selection = via.reads(merged(selection))
    named = None if callable(regions) or regions is None else tuple(regions)
    clients = Clients(
        session,
        operations_of(selection) | via.operations,
        connections=2 * workers,
        attempts=via.attempts,
    )
    with closing(clients):
        caller = identify(clients, home_region(session, named, region_hint))
        clients.release("sts", "")
        if account and caller.account != account:
            raise WrongAccountError(
                f"the credentials belong to account {caller.account}, not to the declared {account}"
            )
        if callable(regions):
            account_regions = regions(caller.account)
            named = None if account_regions is None else tuple(account_regions)
        calls = Calls(
            transport=via.over(AwsTransport(clients), caller),
            account=caller.account,
            partition=caller.partition,
            region=caller.region,
        )
        snapshot = gather_with(
            calls,
            selection,
            source=via.source,
            regions=named,
            name=name(caller.account) if callable(name) else name,
            clock=clock,
            workers=workers,
            progress=progress,
        )
    if progress:
        progress.end_account()
    return evolve(via.completed(snapshot), callers=(caller.arn,))


def gather_fleet(  # noqa: PLR0913 - two arguments; the rest are names
    targets: Iterable[SourceAccount],
    selection: Iterable[Read],
    *,
    executor: Executor | None = None,
    profile: str | None = None,
    region: str | None = None,
    progress: GatheringProgress | None = None,
) -> Snapshot:
    """One snapshot of many accounts.

    Args:
        targets: the accounts; each opens its own session.
        selection: as for `gather_account`.
        executor: runs one task for each account; by default a few threads. Tasks and results
            can be pickled, so that the executor may reach other processes and machines.
        profile: for accounts that name none.
        region: the Region for calls that belong to no Region.
        progress: is called with what is being read, unless there is an executor.

    Raises:
        SourceError: the problems of all accounts at once; of the class of the problem if
            there is only one kind.
    """
    task = partial(_attempt, selection=merged(selection), profile=profile, region=region)
    if executor is None:
        if progress:
            targets = tuple(targets)
            progress.expect(len(targets))
            task = partial(task, progress=progress)
        with Workers(_ACCOUNTS_AT_ONCE) as threads:
            results = list(threads.map(task, targets))
    else:
        results = list(executor.map(task, targets))
    if faults := [result for result in results if isinstance(result, SourceError)]:
        raise _joined(faults)
    return merge(result for result in results if isinstance(result, Snapshot))


def _attempt(
    target: SourceAccount,
    *,
    selection: tuple[Read, ...],
    profile: str | None,
    region: str | None,
    progress: GatheringProgress | None = None,
) -> Snapshot | SourceError:
    try:
        return gather_account(
            open_account(target, profile=profile, region=region),
            selection,
            regions=target.regions,
            account=target.id or None,
            name=target.name,
            region_hint=region,
            progress=progress,
        )
    except SourceError as error:
        label = " ".join(word for word in (target.name, target.id) if word)
        return type(error)(f"account {label}: {error}" if label else str(error))


def _joined(faults: list[SourceError]) -> SourceError:
    kinds = {type(fault) for fault in faults}
    kind = kinds.pop() if len(kinds) == 1 else SourceError
    return kind("\n".join(str(fault) for fault in faults))
