"""Findings in the AWS Security Finding Format, as `BatchImportFindings` of Security Hub takes them.

The file has the member ``Findings``, in batches of 100, one JSON object a line.
Source: AWS Security Hub API Reference, AwsSecurityFinding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cloudpack_baseline.reports.words import messages_of, safe
from cloudpack_baseline.texts import Language

__all__ = ["render"]

_BATCH = 100
_STATUS = {"pass": "PASSED", "fail": "FAILED", "unknown": "WARNING"}
_SEVERITY = {"fail": "HIGH", "unknown": "MEDIUM"}
_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards"
_TITLE, _TEXT, _REASON, _ID, _REQUIREMENTS = 256, 1024, 2048, 512, 32
"""The longest title, description, reason and ID, and the most requirements."""


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """A line for each batch; what is not applicable is no finding."""
    findings = [
        _finding(finding, values, language)
        for finding in values["findings"]
        if finding["outcome"] in _STATUS and finding["resource"]["account"]
    ]
    return b"".join(
        json.dumps({"Findings": batch}, ensure_ascii=True, sort_keys=True).encode() + b"\n"
        for batch in _batches(findings)
    )


def _batches(findings: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(findings), _BATCH):
        yield findings[start : start + _BATCH]


def _finding(
    finding: Mapping[str, Any], values: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    resource = finding["resource"]
    region = resource["region"] or "us-east-1"
    arn = resource["arn"]
    partition = arn.split(":")[1] if arn.startswith("arn:") else "aws"
    account = resource["account"]
    described = "; ".join(messages_of(finding, language))
    outcome = finding["outcome"]
    return {
        "SchemaVersion": "2018-10-08",
        "Id": _identifier(finding["id"]),
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "ProductName": "Default",
        "GeneratorId": finding["control"],
        "AwsAccountId": account,
        "Region": region,
        "Types": [_TYPE],
        "CreatedAt": values["as_of"],
        "UpdatedAt": values["as_of"],
        "Title": safe(finding["title"][language])[:_TITLE],
        "Description": described[:_TEXT] or finding["control"],
        "Severity": {"Label": _SEVERITY.get(outcome, "INFORMATIONAL")},
        "Remediation": {"Recommendation": {"Text": safe(finding["remedy"][language])[:512]}},
        "Resources": [
            {
                "Type": f"Aws{resource['kind']}",
                "Id": safe(resource["key"])[:_ID],
                "Partition": partition,
                "Region": region,
            }
        ],
        "Compliance": {
            "Status": _STATUS[outcome],
            "RelatedRequirements": [
                f"cloudpack white paper {values['paper']} {clause}"[:64]
                for clause in sorted(finding["clauses"])[:_REQUIREMENTS]
            ],
        },
        "Workflow": {"Status": "SUPPRESSED" if finding["waived"] else "NEW"},
        "RecordState": "ACTIVE",
        "ProductFields": {"cloudpack-baseline/snapshot": values["snapshot"]},
    }


def _identifier(id_: str) -> str:
    """The ID of the finding; the digest of one that is too long."""
    shown = safe(id_)
    return shown if len(shown) <= _ID else hashlib.sha256(id_.encode()).hexdigest()
