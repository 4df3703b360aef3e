"""A name that is empty is none: the resource is known by its logical ID."""

import pytest

TEMPLATE = """
Parameters: {Name: {Type: String, Default: ""}}
Resources:
  First: {Type: %(type)s, Properties: {%(name)s: %(value)s, %(further)s}}
  Second: {Type: %(type)s, Properties: {%(name)s: %(value)s, %(further)s}}
"""


@pytest.mark.parametrize("value", ['""', "!Ref Name", "!Sub '${Name}'"])
@pytest.mark.parametrize(
    ("control", "properties"),
    [
        ("s3-versioning", {"type": "AWS::S3::Bucket", "name": "BucketName", "further": ""}),
        (
            "rds-encryption",
            {
                "type": "AWS::RDS::DBInstance",
                "name": "DBInstanceIdentifier",
                "further": "Engine: mysql",
            },
        ),
        (
            "load-balancer-tls",
            {
                "type": "AWS::ElasticLoadBalancing::LoadBalancer",
                "name": "LoadBalancerName",
                "further": "Listeners: [{Protocol: HTTP, LoadBalancerPort: 80, InstancePort: 80}]",
            },
        ),
    ],
)
def test_an_empty_name_is_none(judge_template, value, control, properties):
    text = TEMPLATE % {**properties, "value": value}
    assert judge_template(control, text) == {"First": "fail", "Second": "fail"}


@pytest.mark.parametrize("properties", ["{}", '{QueueName: ""}', "{FifoQueue: true}"])
def test_a_resource_without_a_name_has_its_logical_id(judge_template, properties):
    text = f"Resources: {{Jobs: {{Type: AWS::SQS::Queue, Properties: {properties}}}}}"
    assert judge_template("resource-sharing", text) == {"Jobs": "pass"}
