"""How often images of a repository are scanned, which moto reads from the registry alone.

Source: Amazon ECR API Reference, ImageScanningConfiguration, PutRegistryScanningConfiguration.
"""

from __future__ import annotations

from cloudpack_baseline.sources.calls import Answer, CallError, Transport
from cloudpack_baseline.sources.operations import Operation, operation

__all__ = ["REGISTRY_SCANNING", "SCANNING_READS", "with_own_settings"]

REGISTRY_SCANNING = Operation(
    client="ecr",
    name="GetRegistryScanningConfiguration",
    actions=("ecr:GetRegistryScanningConfiguration",),
)
"""Asked of moto alone: AWS itself answers how often a repository is scanned."""
_REPOSITORIES = "ecr:DescribeRepositories"

SCANNING_READS = frozenset((REGISTRY_SCANNING.id, _REPOSITORIES))
"""The operations that `with_own_settings` calls."""


def with_own_settings(transport: Transport, region: str, page: Answer) -> Answer:
    """The page of BatchGetRepositoryScanningConfiguration with the settings of the repositories.

    Without rules of the registry, basic scanning scans on push what a repository says.
    """
    configurations = page.get("scanningConfigurations") or ()
    try:
        on_push = _scanned_on_push(transport, region)
    except CallError:
        return page
    scanned = [
        configuration | {"scanFrequency": "SCAN_ON_PUSH"}
        if configuration["repositoryName"] in on_push
        else configuration
        for configuration in configurations
    ]
    return {**page, "scanningConfigurations": scanned}


def _scanned_on_push(transport: Transport, region: str) -> frozenset[str]:
    """The names of the repositories whose own setting is in effect and is to scan on push."""
    (registry,) = transport.pages(REGISTRY_SCANNING, region, {})
    configuration = registry["scanningConfiguration"]
    if configuration["scanType"] != "BASIC" or configuration["rules"]:
        return frozenset()
    pages = transport.pages(operation(_REPOSITORIES), region, {})
    return frozenset(
        repository["repositoryName"]
        for page in pages
        for repository in page["repositories"]
        if (repository.get("imageScanningConfiguration") or {}).get("scanOnPush")
    )
