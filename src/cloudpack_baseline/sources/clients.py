"""Separate clients for the session of the user: read-only, with retries, released after use."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Collection
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit, urlunsplit

from botocore.config import Config
from botocore.exceptions import UnknownRegionError
from botocore.parsers import ResponseParserError

from cloudpack_baseline._version import __version__
from cloudpack_baseline.errors import NotReadOnlyError
from cloudpack_baseline.sources.response_bodies import refuse_incomplete
from cloudpack_baseline.sources.workers import Workers

if TYPE_CHECKING:
    import boto3
    from botocore.awsrequest import AWSPreparedRequest

__all__ = ["PARSE_FAULTS", "Clients", "read_only", "without_host_prefix"]

PARSE_FAULTS = (ResponseParserError, AttributeError, LookupError, TypeError, ValueError)
"""What botocore's parsers raise over half an answer, or over a proxy's page in its place."""

_HELPERS = {"s3": frozenset(("HeadBucket",))}
"""Read-only calls that botocore itself may make: S3 asks where a bucket is, to redirect."""

_OWN_HOSTS = ("signin",)
"""Services whose requests botocore sends to AWS, whatever endpoint the client has."""
_AWS_HOSTS = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".aws",
    ".amazonwebservices.com.cn",
)

_CONNECT_SECONDS = 10
_READ_SECONDS = 60
_ATTEMPTS = 5


class Clients:
    """The clients of one session, one for each service and region.

    They are created under a lock, because threads must not share a session but may share clients,
    and in one thread: the C library gives each thread memory of its own, and reading the service
    models in all threads would leave 40 to 100 MB of it unused. The session itself is not changed:
    the guard is on the clients.
    """

    def __init__(
        self,
        session: boto3.Session,
        allowed: Collection[str],
        *,
        connections: int = 16,
        attempts: int | None = None,
    ) -> None:
        """Prepare; no client is created yet.

        Args:
            session: the session with the credentials.
            allowed: operation IDs; every other call is blocked before it is sent.
            connections: the number of concurrent calls for each client.
            attempts: the maximum number of attempts for a call; by default that of the user's
                configuration, or 5.
        """
        self._session = session
        self._allowed = frozenset(allowed)
        self._connections = connections
        self._attempts = attempts
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = Lock()
        self._maker = Workers(1)

    def get(self, service: str, region: str) -> Any:  # noqa: ANN401 - botocore makes the class
        """The client, created when it is first requested."""
        with self._lock:
            if (service, region) not in self._clients:
                future = self._maker.submit(self._make, service, region)
                self._clients[service, region] = future.result()
            return self._clients[service, region]

    def is_offered(self, service: str, region: str) -> bool:
        """Whether botocore knows an endpoint of the service in the Region.

        If it does, a failed connection is a fault of the network. Otherwise, AWS may not offer the
        service there.
        """
        with self._lock:
            try:
                partition = self._session.get_partition_for_region(region)
            except UnknownRegionError:  # of an emulator
                return False
            return region in self._session.get_available_regions(service, partition)

    def release(self, service: str, region: str) -> None:
        """Close the client and forget it; an empty region means every region."""
        with self._lock:
            gone = [key for key in self._clients if key[0] == service and region in ("", key[1])]
            closing = [self._clients.pop(key) for key in gone]
        for client in closing:
            client.close()

    def close(self) -> None:
        """Close all clients, and end the thread that creates them."""
        for service in {service for service, _ in tuple(self._clients)}:
            self.release(service, "")
        self._maker.shutdown()

    def _make(self, service: str, region: str) -> Any:  # noqa: ANN401 - botocore makes the class
        config = _config(self._session, self._connections, self._attempts)
        make: Callable[..., Any] = self._session.client  # for any service name
        client = make(service, region_name=region, config=config)
        host = urlsplit(client.meta.endpoint_url).hostname or ""
        if _is_address(host):
            client.meta.events.register_first("before-send", without_host_prefix)
        if service in _OWN_HOSTS and not host.endswith(_AWS_HOSTS):
            redirect = partial(to_endpoint, client.meta.endpoint_url)
            client.meta.events.register_first("before-send", redirect)
        client.meta.events.register_first("before-send", read_only(service, self._allowed))
        client.meta.events.register("before-parse", refuse_incomplete)
        return client


def _config(session: boto3.Session, connections: int, attempts: int | None) -> Config:
    retries: dict[str, Any] = {}
    core = session._session  # noqa: SLF001 - boto3 has no way of its own to ask
    if attempts is not None:
        retries["total_max_attempts"] = attempts
    elif core.get_config_variable("max_attempts") is None:
        retries["total_max_attempts"] = _ATTEMPTS
    # botocore does not distinguish its default from the user's choice, and older ones default to
    # "legacy".
    if not (os.environ.get("AWS_RETRY_MODE") or core.get_scoped_config().get("retry_mode")):
        retries["mode"] = "standard"
    return Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        max_pool_connections=connections,
        retries=cast("Any", retries),  # the stubs call it a private class
        user_agent_extra=f"cloudpack-baseline/{__version__}",
    )


def read_only(service: str, allowed: Collection[str]) -> Callable[..., None]:
    """A handler of ``before-send`` that passes only the allowed operations of a service.

    It runs at the last step before the network, so it also sees what botocore sends by itself.
    """
    names = {key.partition(":")[2] for key in allowed if key.partition(":")[0] == service}
    names |= _HELPERS.get(service, frozenset()) if names else frozenset()

    def check(event_name: str, **_: object) -> None:
        name = event_name.rpartition(".")[2]
        if name not in names:
            raise NotReadOnlyError(
                f"{service}:{name} was stopped before it was sent: "
                "it is not among the calls that this selection reads"
            )

    return check


def without_host_prefix(request: AWSPreparedRequest, **_: object) -> None:
    """Take the account ID off a host that is an address (``123456789012.127.0.0.1``).

    S3 Control puts it there; names below a domain work, names below an address do not.
    """
    url = urlsplit(request.url)
    host = url.hostname or ""
    prefix, _dot, address = host.partition(".")
    if prefix.isdigit() and _is_address(address):
        request.url = urlunsplit(url._replace(netloc=url.netloc.replace(host, address, 1)))


def to_endpoint(endpoint_url: str, request: AWSPreparedRequest, **_: object) -> None:
    """Send the request to the endpoint of the client, such as that of moto."""
    endpoint = urlsplit(endpoint_url)
    url = urlsplit(request.url)
    request.url = urlunsplit(url._replace(scheme=endpoint.scheme, netloc=endpoint.netloc))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
