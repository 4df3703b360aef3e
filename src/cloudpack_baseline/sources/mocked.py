"""Mocked accounts: sessions, and environments for tools, that reach nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import boto3
from attrs import field
from botocore.exceptions import BotoCoreError, ClientError

from cloudpack_baseline.errors import SourceError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.progress import GatheringProgress
from cloudpack_baseline.sources import offline
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.clients import PARSE_FAULTS, without_host_prefix
from cloudpack_baseline.sources.facts import declared_facts
from cloudpack_baseline.sources.mock import Mock
from cloudpack_baseline.sources.sessions import DEFAULT_REGION, core_session
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.sources.via import Via

if TYPE_CHECKING:
    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["DEFAULT_ACCOUNT", "MockedAccount", "default_account", "opened"]

DEFAULT_ACCOUNT = "123456789012"
"""The account that moto answers for where the credentials belong to no other."""

_ROLE = "OrganizationAccountAccessRole"


@frozen(kw_only=True)
class MockedAccount:
    """An account of a mock.

    Attributes:
        id: 12 digits.
        name: what the baseline calls it; empty if it does not.
        region: the default of its sessions.
        regions: those that the baseline names; ``None``: every enabled one.
        endpoint_url: of the mock.
        access_key: made up by the mock, as are the others.
        secret_key: the same.
        session_token: the same; empty for the default account.
    """

    id: str
    name: str = ""
    region: str = DEFAULT_REGION
    regions: tuple[str, ...] | None = None
    endpoint_url: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)

    @property
    def session(self) -> boto3.Session:
        """A new boto3 session, whose clients and resources go to the mock."""
        return self._session(gathering=False)

    def _session(self, *, gathering: bool) -> boto3.Session:
        core = core_session(gathering=gathering)
        core.register("before-send.s3-control", cast("Any", without_host_prefix))
        return _Session(
            self.endpoint_url,
            botocore_session=core,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            aws_session_token=self.session_token or None,
            region_name=self.region,
        )

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The environment for a tool that may reach only this account.

        Args:
            variables: the environment so far; variables that do not concern AWS stay.
        """
        account = {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
        }
        if self.session_token:
            account["AWS_SESSION_TOKEN"] = self.session_token
        return offline.environment(variables, account)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Inside the block, ``boto3.client(...)`` and every tool mean this account."""
        with offline.acting(self.environment(os.environ)):
            yield

    def gather(
        self, selection: Iterable[Read], via: Via, progress: GatheringProgress | None = None
    ) -> Snapshot:
        """Gather the selected kinds from the account."""
        return gather_account(
            self._session(gathering=True),
            selection,
            regions=self.regions,
            account=self.id or None,
            name=self.name,
            region_hint=self.region,
            via=via,
            progress=progress,
        )


class _Session(boto3.Session):
    """A session that knows where its clients go, whatever the environment says later."""

    def __init__(self, endpoint_url: str, **options: Any) -> None:  # noqa: ANN401 - boto3's
        super().__init__(**options)
        self._endpoint_url = endpoint_url

    @property
    def cloudpack_via(self) -> Via:
        """For `gather_account`: what answers is a mock, and what tests set of it holds."""
        return Mock(declared_facts())

    def client(self, *positional: Any, **named: Any) -> Any:  # noqa: ANN401 - boto3's own has an overload for each service
        if named.get("endpoint_url") is None:
            named["endpoint_url"] = self._endpoint_url
        return super().client(*positional, **named)


def default_account(url: str, target: SourceAccount) -> MockedAccount:
    """The account that moto answers for by default, in the target's region."""
    return MockedAccount(
        id=DEFAULT_ACCOUNT,
        name=target.name,
        region=_region(target),
        regions=target.regions,
        endpoint_url=url,
        access_key="testing",
        secret_key="testing",  # noqa: S106 - moto takes anything
    )


def opened(url: str, targets: Iterable[SourceAccount]) -> tuple[MockedAccount, ...]:
    """The accounts, each with its own credentials.

    moto distinguishes accounts by access keys, and issues keys of any account to whoever assumes a
    role in it; the role need not exist.

    Raises:
        SourceError: the server at the URL is not moto.
    """
    return tuple(_opened(default_account(url, target), target) for target in targets)


def _opened(default: MockedAccount, target: SourceAccount) -> MockedAccount:
    if target.id in ("", DEFAULT_ACCOUNT):
        return default
    session = default.session
    partition = session.get_partition_for_region(default.region)
    try:
        answer = session.client("sts").assume_role(
            RoleArn=f"arn:{partition}:iam::{target.id}:role/{_ROLE}",
            RoleSessionName="cloudpack-baseline",
        )
    except (BotoCoreError, ClientError, *PARSE_FAULTS) as error:
        raise SourceError(
            f"the server at {default.endpoint_url} is not moto ({type(error).__name__})"
        ) from error
    credentials = answer["Credentials"]
    return MockedAccount(
        id=target.id,
        name=target.name,
        region=default.region,
        regions=target.regions,
        endpoint_url=default.endpoint_url,
        access_key=credentials["AccessKeyId"],
        secret_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )


def _region(target: SourceAccount) -> str:
    named = (region for region in target.regions or () if region != "*")
    return next(named, DEFAULT_REGION)
