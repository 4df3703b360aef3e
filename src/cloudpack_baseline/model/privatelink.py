"""Records of AWS PrivateLink: services that other accounts can connect to."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["VpcEndpointService"]


def _principals(permissions: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(sorted(string(permission, "Principal") for permission in permissions))


_CONNECTED = ("available", "pending", "partial")


def _owners(connections: Iterable[Answer]) -> tuple[str, ...]:
    """The accounts of endpoints that are connected, or have been accepted."""
    owners = {
        string(connection, "VpcEndpointOwner")
        for connection in connections
        if string(connection, "VpcEndpointState").lower() in _CONNECTED
    }
    return tuple(sorted(owners))


@frozen(kw_only=True)
class VpcEndpointService(Record):
    """An endpoint service of the account (EC2 API Reference, ServiceConfiguration).

    Attributes:
        allowed_principals: who can create endpoints for it: ARNs of accounts, users, roles,
            organizations and organizational units, and ``*`` for everyone
            (DescribeVpcEndpointServicePermissions).
        acceptance_required: whether each endpoint has to be accepted before it is connected.
        connected_accounts: IDs of the accounts whose endpoints are connected; those of principals
            that were allowed before stay connected (DescribeVpcEndpointConnections).
    """

    api = Listed(
        "ec2:DescribeVpcEndpointServiceConfigurations",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-endpoint-service/{ServiceId}",
        id="ServiceId",
        gone="InvalidVpcEndpointServiceId.NotFound",
    )

    allowed_principals: Field[tuple[str, ...]] = described(
        "AllowedPrincipals",
        operation="ec2:DescribeVpcEndpointServicePermissions",
        convert=_principals,
        default=(),
    )
    acceptance_required: Field[bool] = False
    connected_accounts: Field[tuple[str, ...]] = described(
        "VpcEndpointConnections",
        operation="ec2:DescribeVpcEndpointConnections",
        convert=_owners,
        required=True,
        default=Unknown.because(Why.NOT_GATHERED, operation="ec2:DescribeVpcEndpointConnections"),
    )
