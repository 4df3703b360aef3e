"""The default VPC of a Region, as the data sources of a plan name it and its subnets.

It is no resource of the plan, which knows its ID only, as is the canonical user of the account.

Source: Terraform AWS provider, the data sources ``aws_vpc``, ``aws_subnet``, ``aws_subnets``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloudpack_baseline.model.ec2 import DEFAULT_SUBNET, DEFAULT_VPC
from cloudpack_baseline.sources.cloudformation.types.s3 import OWNER_ID
from cloudpack_baseline.sources.terraform.plan import PlannedResource, list_of, object_of

__all__ = ["default_names", "id_of_account", "is_default_vpc"]


def is_default_vpc(resource: PlannedResource) -> bool:
    """Whether it is a data source of the default VPC."""
    is_default = resource.values.get("default") is True
    return resource.is_data and resource.type == "aws_vpc" and is_default


def default_names(resources: Iterable[PlannedResource]) -> Mapping[str, str]:
    """What the default VPC and its subnets are called where they are no resources, by their IDs."""
    sources = [resource for resource in resources if resource.is_data]
    vpcs = {str(source.values.get("id")) for source in sources if is_default_vpc(source)}
    subnets = {id_ for source in sources for id_ in _default_subnets(source, vpcs)}
    return dict.fromkeys(subnets, DEFAULT_SUBNET) | dict.fromkeys(vpcs, DEFAULT_VPC)


def _default_subnets(source: PlannedResource, vpcs: set[str]) -> Iterator[str]:
    """The IDs of the subnets that the data source found in the default VPC."""
    values = source.values
    in_default = values.get("vpc_id") in vpcs or any(
        _is_default(object_of(filter_), vpcs) for filter_ in list_of(values.get("filter"))
    )
    if source.type == "aws_subnet" and (in_default or values.get("default_for_az") is True):
        yield str(values.get("id"))
    if source.type in ("aws_subnets", "aws_subnet_ids") and in_default:
        yield from map(str, list_of(values.get("ids")))


def _is_default(filter_: Mapping[str, Any], vpcs: set[str]) -> bool:
    """Whether the filter lets only subnets of the default VPC through."""
    values = set(map(str, list_of(filter_.get("values"))))
    expected = {"vpc-id": vpcs, "default-for-az": {"true"}}.get(str(filter_.get("name")), set())
    return bool(values) and values <= expected


def id_of_account(resource: PlannedResource) -> str:
    """What stands for what a data source reads of the account, where the plan does not say it."""
    if is_default_vpc(resource):
        return DEFAULT_VPC
    is_owner = resource.is_data and resource.type == "aws_canonical_user_id"
    return OWNER_ID if is_owner and not resource.values.get("id") else ""
