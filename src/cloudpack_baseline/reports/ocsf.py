"""Findings as OCSF Compliance Findings (class 2003), a JSON array.

Source: Open Cybersecurity Schema Framework 1.4.0, Compliance Finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.reports.ascii_json import array_lines
from cloudpack_baseline.reports.unjudged import findings_of
from cloudpack_baseline.reports.words import messages_of, partition_of, safe
from cloudpack_baseline.texts import Language

__all__ = ["render"]

_VERSION = "1.4.0"
_CLASS = 2003
_CREATE = 1
_STATUS = {"pass": (1, "Pass"), "unknown": (2, "Warning"), "fail": (3, "Fail")}
_NO_STATUS = (0, "Unknown")
_SEVERITY = {"fail": (4, "High"), "unknown": (3, "Medium")}
_INFORMATIONAL = (1, "Informational")
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")
_ACCOUNT = {"type_id": 10, "type": "AWS Account"}


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """An event for each finding; its time is that of the assessment."""
    return array_lines(_event(finding, values, language) for finding in findings_of(values))


def _event(
    finding: Mapping[str, Any], values: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    time = int(datetime.fromisoformat(values["as_of"]).timestamp() * 1000)
    status_id, status = _STATUS.get(finding["outcome"], _NO_STATUS)
    severity_id, severity = _SEVERITY.get(finding["outcome"], _INFORMATIONAL)
    state_id, state = _SUPPRESSED if finding["waived"] else _NEW
    resource = finding["resource"]
    region = {"region": resource["region"]} if resource["region"] else {}
    account = _account(resource["account"], values["audit"]["accounts"])
    details = "; ".join(messages_of(finding, language))
    link = control_page(finding["control"], language)
    page = {"references": [link]} if link else {}
    source = {"src_url": link} if link else {}
    return {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + _CREATE,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": state_id,
        "status": state,
        "status_code": finding["outcome"],
        "status_detail": details,
        "message": safe(finding["title"][language]),
        "metadata": {
            "version": _VERSION,
            "profiles": ["cloud"],
            "original_time": values["as_of"],
            "product": {
                "name": values["generator"]["name"],
                "vendor_name": values["generator"]["name"],
                "version": values["generator"]["version"],
                "lang": language,
            },
        },
        "finding_info": {
            "uid": safe(finding["id"]),
            **source,
            "title": safe(finding["title"][language]),
            "desc": details,
            "created_time": time,
            "types": ["Compliance"],
            "data_sources": [values["snapshot"]],
        },
        "compliance": {
            "control": finding["control"],
            "standards": [f"cloudpack security white paper {values['paper']}"],
            "requirements": sorted(finding["clauses"]),
            "status_id": status_id,
            "status": status,
        },
        "remediation": {"desc": safe(finding["remedy"][language]), **page},
        "resources": [
            {
                "uid": safe(resource["key"]),
                "name": safe(resource["name"]),
                "type": resource["kind"],
                "cloud_partition": partition_of(resource["arn"]),
                **region,
            }
        ],
        "cloud": {"provider": "AWS", **region, **account},
    }


def _account(id_: str, accounts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The account of a resource with its declared name; nothing for a template."""
    if not id_:
        return {}
    name = next((account["name"] for account in accounts if account["id"] == id_), "")
    return {"account": {"uid": safe(id_), "name": safe(name or id_), **_ACCOUNT}}
