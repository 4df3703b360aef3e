"""Settings of the organization, the account and Regions, most of which CloudFormation lacks.

Source: Terraform AWS provider.
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, either
from cloudpack_baseline.sources.terraform.mapping import Mapped, Mappings

__all__ = ["TYPES"]

TYPES = Mappings()


def _contact(resource: TypedResource) -> None:
    if str(resource.get("AlternateContactType")) == "SECURITY":
        contact = {"EmailAddress": resource.get("EmailAddress")}
        resource.about("account:GetAlternateContact", "", AlternateContact=contact)


TYPES["aws_account_alternate_contact"] = Mapped(
    describe=_contact, describes=("account:GetAlternateContact",)
)


def _snapshots(resource: TypedResource) -> None:
    resource.about("ec2:GetSnapshotBlockPublicAccessState", "", State=resource.get("State"))


TYPES["aws_ebs_snapshot_block_public_access"] = Mapped(
    describe=_snapshots, describes=("ec2:GetSnapshotBlockPublicAccessState",)
)


def _encryption(resource: TypedResource) -> None:
    enabled = either(resource.get("Enabled", True), yes=True, no=False)
    resource.about("ec2:GetEbsEncryptionByDefault", "", EbsEncryptionByDefault=enabled)


def _account_region(resource: TypedResource) -> None:
    """A Region that the account enables or disables; the others are not known."""
    status = either(resource.get("Enabled"), yes="opted-in", no="not-opted-in")
    resource.item("ec2:DescribeRegions", "RegionName", OptInStatus=status)


TYPES["aws_account_region"] = Mapped(describe=_account_region, describes=("ec2:DescribeRegions",))

TYPES["aws_ebs_encryption_by_default"] = Mapped(describe=_encryption, order=-1)


def _serial_console(resource: TypedResource) -> None:
    enabled = either(resource.get("Enabled", True), yes=True, no=False)
    resource.about("ec2:GetSerialConsoleAccessStatus", "", SerialConsoleAccessEnabled=enabled)


TYPES["aws_ec2_serial_console_access"] = Mapped(
    describe=_serial_console, describes=("ec2:GetSerialConsoleAccessStatus",)
)


TYPES.plain(
    "aws_organizations_organization",
    "AWS::Organizations::Organization",
    attributes={"roots": "RootId"},
)
TYPES.plain("aws_organizations_policy", "AWS::Organizations::Policy")

TYPES.setting(
    "aws_organizations_policy_attachment",
    "aws_organizations_policy",
    "policy_id",
    {"target_id": "TargetIds[]"},
)


def _domain(resource: TypedResource) -> None:
    """The provider renews and locks a domain by default."""
    name = resource.subject("DomainName")
    resource.item(
        "route53domains:ListDomains",
        DomainName=name,
        AutoRenew=resource.get("AutoRenew", True),
        TransferLock=resource.get("TransferLock", True),
        Expiry=resource.get("ExpirationDate"),
    )
    statuses = either(resource.get("TransferLock", True), yes=["clientTransferProhibited"], no=[])
    resource.about("route53domains:GetDomainDetail", name, StatusList=statuses)


TYPES["aws_route53domains_registered_domain"] = Mapped(
    describe=_domain, describes=("route53domains:ListDomains", "route53domains:GetDomainDetail")
)
