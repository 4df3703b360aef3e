"""A loop over what is not known opens what the resources in it may change, and nothing else."""

import pytest

TEMPLATE = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Logs: {Type: "AWS::S3::Bucket", Properties: {VersioningConfiguration: {Status: Enabled}}}
  Data: {Type: "AWS::RDS::DBInstance", Properties: {Engine: mysql, StorageEncrypted: true}}
  Fn::ForEach::Each:
    - Name
    - !Ref Names
    - %s
"""
BUCKET, QUEUE = '{Type: "AWS::S3::Bucket"}', '{Type: "AWS::SQS::Queue"}'
NESTED = "Fn::ForEach::Inner: [Other, !Ref Names, {'${Name}${Other}': %s}]"


@pytest.mark.parametrize(
    ("body", "buckets", "databases"),
    [
        (f"{{'Bucket${{Name}}': {BUCKET}}}", "unknown", "pass"),
        (f"{{'Queue${{Name}}': {QUEUE}}}", "pass", "pass"),
        (f"{{'Queue${{Name}}': {QUEUE}, 'Bucket${{Name}}': {BUCKET}}}", "unknown", "pass"),
        (f"{{{NESTED % BUCKET}}}", "unknown", "pass"),
        ("{'X${Name}': {Type: 'Custom::Thing'}}", "pass", "pass"),
        ("{'X${Name}': {Type: 'AWS::RDS::DBInstance'}}", "pass", "unknown"),
        # These stand for resources of any type.
        ("{'X${Name}': {Type: 'AWS::CloudFormation::Stack'}}", "unknown", "unknown"),
        ("{'X${Name}': {Type: 'AWS::Serverless::Function'}}", "unknown", "unknown"),
        ("{'X${Name}': {Type: 'Our::Own::Thing::MODULE'}}", "unknown", "unknown"),
        ("{'X${Name}': {Fn::Transform: {Name: AWS::Include}}}", "unknown", "unknown"),
        ("{'X${Name}': {Type: !Ref Name}}", "unknown", "unknown"),
        ("{'X${Name}': text}", "unknown", "unknown"),
    ],
)
def test_what_a_loop_opens(judge_template, body, buckets, databases):
    text = TEMPLATE % body
    for control, expected in (("s3-versioning", buckets), ("rds-encryption", databases)):
        outcomes = set(judge_template(control, text).values())
        assert outcomes == {"pass", expected}, control


def test_a_macro_opens_everything(judge_template):
    text = TEMPLATE.replace("AWS::LanguageExtensions", "OurMacro") % f"{{'Q${{Name}}': {QUEUE}}}"
    assert set(judge_template("s3-versioning", text).values()) == {"pass", "unknown"}
