"""Paths to and from interfaces that the network does not show: named, not followed.

EC2 Instance Connect Endpoints let callers of IAM in from the internet, AWS Client VPN its clients
and CloudFront its viewers. Endpoints of private services lead to networks of other accounts, and
VPC Lattice reaches targets from link-local addresses of its own (Amazon VPC User Guide; AWS Client
VPN Administrator Guide; Amazon CloudFront Developer Guide, Restrict access with VPC origins; AWS
PrivateLink Guide; Amazon VPC Lattice User Guide, Control traffic using security groups).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import ManagedPrefixList, NetworkInterface, SecurityGroup
from cloudpack_baseline.model.ec2_gateways import VpcEndpoint
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import Text, text

__all__ = ["UnfollowedPaths"]

_INSTANCE_CONNECT = "ec2_instance_connect_endpoint"
_CLIENT_VPN = "ClientVPN Endpoint resource"
"""How the descriptions of the interfaces of Client VPN endpoints begin."""
_VPC_ORIGIN = ("aws.cloudfront.vpcorigin", "enabled")
"""The tag of interfaces of CloudFront (AWS Managed Policy Reference,
AWSCloudFrontVPCOriginServiceRolePolicy)."""


@frozen
class UnfollowedPaths:
    """What an account has of them; build it with `of`.

    Attributes:
        services: names of private services by the interfaces of their endpoints.
        lattice_groups: IDs of the security groups that admit VPC Lattice.
    """

    services: Mapping[str, str]
    lattice_groups: frozenset[str]

    @classmethod
    def of(cls, view: AccountView) -> UnfollowedPaths:
        """Of the account."""
        lists = {
            record.prefix_list_id
            for record in view.all(ManagedPrefixList)
            if record.prefix_list_name.endswith(".vpc-lattice")
        }
        return cls(
            {
                interface: endpoint.service_name
                for endpoint in view.all(VpcEndpoint)
                if ".vpce-svc-" in endpoint.service_name
                for interface in endpoint.network_interface_ids
            },
            frozenset(group.group_id for group in view.all(SecurityGroup) if _admits(group, lists)),
        )

    def notes(self, interface: NetworkInterface) -> Iterator[Text]:
        """What is said of an interface."""
        if interface.interface_type == _INSTANCE_CONNECT:
            yield text("network.note-instance-connect")
        if interface.description.startswith(_CLIENT_VPN):
            yield text("network.note-client-vpn")
        if not isinstance(interface.tags, Unknown) and _VPC_ORIGIN in interface.tags:
            yield text("network.note-vpc-origin")
        service = self.services.get(interface.network_interface_id)
        if service is not None:
            yield text("network.note-private-service", service=service)
        groups = interface.groups
        if not isinstance(groups, Unknown) and not self.lattice_groups.isdisjoint(groups):
            yield text("network.note-lattice")


def _admits(group: SecurityGroup, lists: set[str]) -> bool:
    permissions = group.ip_permissions
    return not isinstance(permissions, Unknown) and any(
        not lists.isdisjoint(permission.prefix_list_ids) for permission in permissions
    )
