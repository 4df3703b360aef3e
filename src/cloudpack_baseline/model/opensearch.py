"""Records of Amazon OpenSearch Service."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["OpenSearchDomain"]

_DOMAIN = "opensearch:DescribeDomain"


@frozen(kw_only=True)
class OpenSearchDomain(Record):
    """A domain (Amazon OpenSearch Service API Reference, DomainStatus).

    Attributes:
        policy: AccessPolicies, a JSON string; ``None``: it has none.
        vpc: VPCOptions.VPCId; ``None``: its endpoint is on the internet.
    """

    api = Listed(
        "opensearch:ListDomainNames",
        arn="arn:{partition}:es:{region}:{account}:domain/{DomainName}",
        id="DomainName",
        gone="ResourceNotFoundException",
    )

    policy: Field[str | None] = described(
        "DomainStatus.AccessPolicies", operation=_DOMAIN, always_read=True, default=None
    )
    vpc: Field[str | None] = described(
        "DomainStatus.VPCOptions.VPCId", operation=_DOMAIN, always_read=True, default=None
    )
