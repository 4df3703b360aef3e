"""Findings in the AWS Security Finding Format, as `BatchImportFindings` of Security Hub takes them.

The file has the member ``Findings``, in batches of 100, one JSON object a line.
Source: AWS Security Hub API Reference, AwsSecurityFinding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.reports.ascii_json import document
from cloudpack_baseline.reports.sarif import fingerprint
from cloudpack_baseline.reports.unjudged import findings_of
from cloudpack_baseline.reports.words import messages_of, partition_of, safe
from cloudpack_baseline.texts import Language

__all__ = ["render"]

_BATCH = 100
_STATUS = {"pass": "PASSED", "fail": "FAILED", "unknown": "WARNING"}
_GLOBAL = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""The Regions of global resources."""
_SEVERITY = {"fail": "HIGH", "unknown": "MEDIUM"}
_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards"
_TITLE, _TEXT, _ID, _REQUIREMENTS = 256, 1024, 512, 32
"""The longest title, description, and ID or remediation, and the most requirements."""
_RESOURCES = {
    "Account": "AwsAccount",
    "AccountPublicAccessBlock": "AwsS3AccountPublicAccessBlock",
    "AccessPoint": "AwsS3AccessPoint",
    "BackupPlan": "AwsBackupBackupPlan",
    "BackupVault": "AwsBackupBackupVault",
    "Bucket": "AwsS3Bucket",
    "CloudFormationStack": "AwsCloudFormationStack",
    "DBCluster": "AwsRdsDbCluster",
    "DBInstance": "AwsRdsDbInstance",
    "DBSnapshot": "AwsRdsDbSnapshot",
    "Detector": "AwsGuardDutyDetector",
    "Distribution": "AwsCloudFrontDistribution",
    "DynamoDBTable": "AwsDynamoDbTable",
    "EcsCluster": "AwsEcsCluster",
    "ElasticIpAddress": "AwsEc2Eip",
    "EventBus": "AwsEventsEventbus",
    "GroupDetail": "AwsIamGroup",
    "HostedZone": "AwsRoute53HostedZone",
    "Instance": "AwsEc2Instance",
    "KinesisStream": "AwsKinesisStream",
    "KmsKey": "AwsKmsKey",
    "LambdaFunction": "AwsLambdaFunction",
    "LaunchTemplate": "AwsEc2LaunchTemplate",
    "LayerVersion": "AwsLambdaLayerVersion",
    "LoadBalancer": "AwsElbv2LoadBalancer",
    "ManagedPolicyDetail": "AwsIamPolicy",
    "ManualDBClusterSnapshot": "AwsRdsDbClusterSnapshot",
    "ManualDBSnapshot": "AwsRdsDbSnapshot",
    "MetricAlarm": "AwsCloudWatchAlarm",
    "NetworkAcl": "AwsEc2NetworkAcl",
    "NetworkInterface": "AwsEc2NetworkInterface",
    "NotebookInstance": "AwsSageMakerNotebookInstance",
    "OpenSearchDomain": "AwsOpenSearchServiceDomain",
    "PatchCompliance": "AwsSsmPatchCompliance",
    "Queue": "AwsSqsQueue",
    "RedshiftCluster": "AwsRedshiftCluster",
    "Repository": "AwsEcrRepository",
    "RestApi": "AwsApiGatewayRestApi",
    "RoleDetail": "AwsIamRole",
    "RouteTable": "AwsEc2RouteTable",
    "Secret": "AwsSecretsManagerSecret",
    "SecurityGroup": "AwsEc2SecurityGroup",
    "StateMachine": "AwsStepFunctionStateMachine",
    "Subnet": "AwsEc2Subnet",
    "Topic": "AwsSnsTopic",
    "Trail": "AwsCloudTrailTrail",
    "TransitGateway": "AwsEc2TransitGateway",
    "UserDetail": "AwsIamUser",
    "Volume": "AwsEc2Volume",
    "Vpc": "AwsEc2Vpc",
    "VpcPeeringConnection": "AwsEc2VpcPeeringConnection",
    "VpnConnection": "AwsEc2VpnConnection",
}
"""The types of resources that the format knows; ``Other`` for the rest."""


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """A line for each batch; what is not applicable is no finding."""
    findings = [
        finding
        for finding in findings_of(values)
        if finding["outcome"] in _STATUS and finding["resource"]["account"].isdecimal()
    ]
    return b"".join(
        document({"Findings": [_finding(finding, values, language) for finding in batch]})
        for batch in _batches(findings)
    )


def _batches(findings: list[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    for start in range(0, len(findings), _BATCH):
        yield findings[start : start + _BATCH]


def _finding(
    finding: Mapping[str, Any], values: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    resource = finding["resource"]
    partition = partition_of(resource["arn"])
    region = resource["region"] or _GLOBAL.get(partition, "us-east-1")
    account = resource["account"]
    described = "; ".join(messages_of(finding, language))
    link = control_page(finding["control"], language)
    page = {"Url": link} if link else {}
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
        "Description": described[:_TEXT].strip() or finding["control"],
        "Severity": {"Label": _SEVERITY.get(outcome, "INFORMATIONAL")},
        "Remediation": {
            "Recommendation": {"Text": safe(finding["remedy"][language])[:_ID], **page}
        },
        "Resources": [
            {
                "Type": _RESOURCES.get(resource["kind"], "Other"),
                "Id": _resource_id(resource),
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
        "ProductFields": {
            "cloudpack-baseline/snapshot": values["snapshot"] or "-",
            "cloudpack-baseline/version": values["generator"]["version"],
        },
    }


def _resource_id(resource: Mapping[str, Any]) -> str:
    """The ARN; of an account, what AWS Config and Security Hub call it."""
    if resource["kind"] == "Account":
        return f"AWS::::Account:{resource['account']}"
    return safe(resource["key"])[:_ID]


def _identifier(id_: str) -> str:
    """The ID of the finding; the digest of one that is too long."""
    identifier = safe(id_)
    return identifier if len(identifier) <= _ID else fingerprint(id_)
