"""Where each kind of resource carries data, and whether that is outside AWS."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from cloudpack_baseline.model.exports import (
    ApiDestination,
    DataSyncLocation,
    DeliveryStream,
    DmsEndpoint,
    ImageExportTask,
    InstanceExportTask,
    StorageGateway,
    TransferConnector,
    TransferServer,
)
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["EXPORT_TARGETS", "Networks", "Targets"]

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
"""The networks that the baseline declares."""

Targets = Field[tuple[str | Text, ...]]
"""What is outside AWS; empty: nothing is."""

_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".aws.dev", ".on.aws")
_STORES = ("s3", "efs", "fsx")
"""How the schemes of locations in AWS begin, and no others (AWS DataSync API Reference,
LocationListEntry): fsxw for Windows File Server, fsxn-nfs for ONTAP and so on."""
_ENGINES = ("s3", "dynamodb", "kinesis", "neptune", "redshift-serverless", "timestream")
"""The engines of targets that AWS DMS reaches without a host."""
_ENDED = ("cancelled", "cancelling", "deleted", "deleting")


def _is_inside(host: str, networks: Networks) -> bool:
    """Whether a host belongs to AWS, or is in a network that the baseline declares."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower().removesuffix(".").endswith(_AWS)
    return any(address in network for network in networks if network.version == address.version)


def _outside(urls: Iterable[str], networks: Networks) -> tuple[str, ...]:
    return tuple(url for url in urls if not _is_inside(_host(url), networks))


def _host(url: str) -> str:
    """The host of a URL, or of a host with or without port."""
    if url.count(":") > 1 and "://" not in url and "[" not in url:
        return url  # an IPv6 address without brackets
    try:
        return urlsplit(url if "://" in url else f"//{url}").hostname or url
    except ValueError:  # brackets around something other than an IPv6 address
        return url


def _of_location(location: DataSyncLocation, _networks: Networks) -> Targets:
    if isinstance(location.uri, Unknown):
        return location.uri
    return () if location.uri.lower().startswith(_STORES) else (location.uri,)


def _of_endpoint(endpoint: DmsEndpoint, networks: Networks) -> Targets:
    if isinstance(endpoint.endpoint_type, Unknown):
        return endpoint.endpoint_type
    if endpoint.endpoint_type.upper() != "TARGET":
        return ()
    if isinstance(endpoint.server, str):
        return _outside(endpoint.server.split(","), networks)
    return _without_host(endpoint) if endpoint.server is None else endpoint.server


def _without_host(endpoint: DmsEndpoint) -> Targets:
    if isinstance(endpoint.engine, Unknown):
        return endpoint.engine
    if endpoint.engine.lower() in _ENGINES:
        return ()
    return Unknown.because(Why.NOT_PROVIDED, operation="dms:DescribeEndpoints", detail="ServerName")


def _of_server(_server: TransferServer, _networks: Networks) -> Targets:
    return (text("sharing.place-clients"),)


def _of_connector(connector: TransferConnector, _networks: Networks) -> Targets:
    url = connector.url
    return (text("sharing.place-partner"),) if url is None or isinstance(url, Unknown) else (url,)


def _of_gateway(_gateway: StorageGateway, _networks: Networks) -> Targets:
    return (text("sharing.place-gateway"),)


def _of_task(task: InstanceExportTask | ImageExportTask, _networks: Networks) -> Targets:
    if isinstance(task.state, Unknown):
        return task.state
    bucket = "" if isinstance(task.bucket, Unknown) else task.bucket
    return () if task.state in _ENDED else (text("sharing.place-bucket", bucket=bucket),)


def _of_stream(stream: DeliveryStream, networks: Networks) -> Targets:
    urls = stream.endpoints
    return urls if isinstance(urls, Unknown) else _outside(urls, networks)


def _of_destination(destination: ApiDestination, networks: Networks) -> Targets:
    url = destination.url
    return url if isinstance(url, Unknown) else _outside((url,), networks)


EXPORT_TARGETS: Mapping[type[Record], tuple[str, Callable[[Any, Networks], Targets]]] = {
    DataSyncLocation: ("uri", _of_location),
    DmsEndpoint: ("server", _of_endpoint),
    TransferServer: ("", _of_server),
    TransferConnector: ("url", _of_connector),
    StorageGateway: ("gateway_type", _of_gateway),
    InstanceExportTask: ("state", _of_task),
    ImageExportTask: ("state", _of_task),
    DeliveryStream: ("endpoints", _of_stream),
    ApiDestination: ("url", _of_destination),
}
"""By kind, the field that says where data goes, and what is outside AWS of it."""
