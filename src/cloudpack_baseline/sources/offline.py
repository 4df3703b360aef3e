"""No call leaves the machine: an isolated environment, and a guard on HTTP.

The environment is for processes and new boto3 sessions. The guard is for clients that were created
before, or with their own endpoint.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session

from cloudpack_baseline.errors import OfflineError

__all__ = ["acting", "environment", "local_requests_only"]

_PROXIES = ("ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
_REMOVED = ("BOTO_CONFIG", "MOTO_ACCOUNT_ID", *_PROXIES, *(name.lower() for name in _PROXIES))
_LOCAL = "127.0.0.1,localhost,::1"


def environment(variables: Mapping[str, str], account: Mapping[str, str]) -> dict[str, str]:
    """The environment in which all AWS calls go to the endpoint.

    All AWS variables are removed: keys, profiles, service endpoints (which take precedence over the
    general one), container and web identity credentials, certificates. The configuration files are
    empty.

    Args:
        variables: the environment so far; variables that do not concern AWS stay.
        account: the endpoint of the mock, and the keys and Region of the account, as variables.
    """
    remaining = {
        name: value
        for name, value in variables.items()
        if not name.upper().startswith("AWS_") and name not in _REMOVED
    }
    return {
        **remaining,
        **account,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": _LOCAL,
        "no_proxy": _LOCAL,
    }


@contextmanager
def acting(replaced: Mapping[str, str]) -> Iterator[None]:
    """The process's environment is exactly this one; boto3 has no default session yet."""
    before = dict(os.environ)
    with patch.object(boto3, "DEFAULT_SESSION", None):
        _replace(replaced)
        try:
            yield
        finally:
            _replace(before)


def _replace(variables: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    os.environ.update(variables)


@contextmanager
def local_requests_only(hosts: Collection[str] = ()) -> Iterator[None]:
    """Everything that botocore sends in this process goes to this machine or the named hosts.

    It guards the only HTTP session class of botocore, so it also applies to sessions and clients of
    the user, however they were created, and to the search for credentials.

    Raises:
        OfflineError: instead of the call that would have left.
    """
    send = URLLib3Session.send

    def checked(session: URLLib3Session, request: AWSPreparedRequest) -> object:
        host = urlsplit(str(request.url)).hostname or ""
        if not (_is_local(host) or host in hosts):
            raise OfflineError(
                f"a call to {host} was stopped: the run is offline, on moto; "
                "use the session or the endpoint of the mocked account"
            )
        return send(session, request)

    with patch.object(URLLib3Session, "send", checked):
        yield


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
