"""The register of resources as the page shows it: by account and kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["registers_of"]


def registers_of(resources: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts of the register.

    Args:
        resources: of a report, as JSON values.

    Returns:
        For each account and kind, in their order: ``account``, ``kind``, ``resources``,
        ``unowned`` (how many have no owner), and ``notes``: why some may lack.
    """
    sections: dict[tuple[str, str], dict[str, Any]] = {}
    for resource in resources:
        account = resource["account_name"] or resource["account"]
        section = sections.setdefault(
            (account, resource["kind"]),
            {
                "account": account,
                "kind": resource["kind"],
                "resources": [],
                "unowned": 0,
                "notes": [],
            },
        )
        if resource["note"]:
            section["notes"].append(resource)
        else:
            section["resources"].append(resource)
            section["unowned"] += not resource["owner"]
    return [sections[key] for key in sorted(sections)]
