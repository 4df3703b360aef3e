"""boto3 sessions for declared accounts."""

from __future__ import annotations

from functools import cache, partial

import boto3
import botocore.session
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader, create_loader

from cloudpack_baseline.errors import CredentialsError
from cloudpack_baseline.sources.service_models import CalledOperations
from cloudpack_baseline.sources.targets import Declared

__all__ = ["DEFAULT_REGION", "core_session", "home_region", "open_account"]

DEFAULT_REGION = "us-east-1"
"""Where an account is asked who it is if nothing names a region."""

_SESSION_NAME = "cloudpack-baseline"


@cache
def _loader(path: str | None, *, gathering: bool) -> Loader:
    loader = create_loader(path)
    if gathering:
        loader.file_loader = CalledOperations()
    return loader


def core_session(
    profile: str | None = None, *, gathering: bool = False
) -> botocore.session.Session:
    """A botocore session that shares the service models, half a second of parsing each.

    Args:
        profile: of the configuration files; ``None``: as the environment says.
        gathering: its clients have only the operations that gathering calls, which saves memory.

    Raises:
        ProfileNotFound: there is no such profile.
    """
    core = botocore.session.Session(profile=profile)
    core.get_scoped_config()
    loader = _loader(core.get_config_variable("data_path"), gathering=gathering)
    core.register_component("data_loader", loader)
    return core


def home_region(session: boto3.Session, named: tuple[str, ...] | None, hint: str | None) -> str:
    """The region of calls that belong to none: hint, session's, first named, else the default."""
    first = next((region for region in named or () if region != "*"), None)
    return hint or session.region_name or first or DEFAULT_REGION


def open_account(
    account: Declared, *, profile: str | None = None, region: str | None = None
) -> boto3.Session:
    """A session of the account; nothing is sent before the session is used.

    Its role is assumed by botocore when credentials are first needed, and again
    before they expire.

    Args:
        account: names a role, a profile, both (the profile assumes the role) or neither.
        profile: for an account that names none.
        region: of the session, instead of the configured one.

    Raises:
        CredentialsError: no such profile, a broken configuration file, or nothing that
            could assume the role.
    """
    chosen = account.profile or profile
    try:
        base = boto3.Session(
            botocore_session=core_session(chosen, gathering=True), region_name=region
        )
    except BotoCoreError as error:  # no such profile, or a broken configuration file
        raise CredentialsError(
            f"no AWS credentials: {error}; `aws configure list-profiles` shows the profiles"
        ) from error
    if not account.role_arn:
        return base
    home = home_region(base, account.regions, region)
    return _assumed(base, account.role_arn, account.external_id, home)


class _Provider(CredentialProvider):
    METHOD = "assume-role"

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Credentials:
        return self._credentials


def _assumed(
    base: boto3.Session, role_arn: str, external_id: str | None, region: str
) -> boto3.Session:
    core = base._session  # noqa: SLF001 - boto3 hides the session it is made of
    try:
        source = core.get_credentials()
    except BotoCoreError as error:
        raise CredentialsError(f"no AWS credentials: {error}") from error
    if source is None:
        raise CredentialsError(f"no AWS credentials that could assume {role_arn}")
    extra = {"RoleSessionName": _SESSION_NAME}
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(core.create_client, region_name=region),
        source_credentials=source,
        role_arn=role_arn,
        extra_args=extra | ({"ExternalId": external_id} if external_id else {}),
    )
    credentials = DeferredRefreshableCredentials(
        refresh_using=fetcher.fetch_credentials, method=_Provider.METHOD
    )
    inner = core_session(gathering=True)
    inner.register_component("credential_provider", CredentialResolver([_Provider(credentials)]))
    return boto3.Session(botocore_session=inner, region_name=region)
