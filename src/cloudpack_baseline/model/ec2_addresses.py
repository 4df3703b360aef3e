"""Records of EC2: Elastic IP addresses."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field

__all__ = ["ElasticIpAddress"]


@frozen(kw_only=True)
class ElasticIpAddress(Record):
    """An Elastic IP address (EC2 API Reference, Address).

    Attributes:
        public_ip: the address.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeAddresses",
        arn="arn:{partition}:ec2:{region}:{account}:elastic-ip/{AllocationId}",
        id="AllocationId",
    )

    public_ip: Field[str]
    tags: Field[Tags] = ()
