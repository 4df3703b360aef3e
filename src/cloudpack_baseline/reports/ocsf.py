"""Findings as OCSF Compliance Findings (class 2003), a JSON array.

Source: Open Cybersecurity Schema Framework 1.4.0, Compliance Finding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cloudpack_baseline.reports.words import messages_of, safe
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
    events = [_event(finding, values, language) for finding in values["findings"]]
    return json.dumps(events, ensure_ascii=True, indent=1, sort_keys=True).encode() + b"\n"


def _event(
    finding: Mapping[str, Any], values: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    time = int(datetime.fromisoformat(values["as_of"]).timestamp() * 1000)
    status_id, status = _STATUS.get(finding["outcome"], _NO_STATUS)
    severity_id, severity = _SEVERITY.get(finding["outcome"], _INFORMATIONAL)
    state_id, state = _SUPPRESSED if finding["waived"] else _NEW
    resource = finding["resource"]
    details = "; ".join(messages_of(finding, language))
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
            "uid": finding["id"],
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
        "remediation": {"desc": safe(finding["remedy"][language])},
        "resources": [
            {
                "uid": safe(resource["key"]),
                "name": safe(resource["name"]),
                "type": resource["kind"],
                "region": resource["region"],
                "cloud_partition": _partition(resource["arn"]),
            }
        ],
        "cloud": {
            "provider": "AWS",
            "region": resource["region"],
            "account": {"uid": resource["account"], "name": resource["account"], **_ACCOUNT},
        },
    }


def _partition(arn: str) -> str:
    return arn.split(":")[1] if arn.startswith("arn:") else "aws"
