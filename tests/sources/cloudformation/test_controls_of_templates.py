"""Controls on storage and logs, end to end: a template that passes and one that fails."""

import pytest

from cloudpack_baseline import Baseline

PARAMETERS = "Parameters: {Any: {Type: String}, List: {Type: CommaDelimitedList}}\n"


def template(*resources):
    """A template with these resources."""
    return f"{PARAMETERS}Resources:\n" + "".join(f"  {resource}\n" for resource in resources)


def bucket(properties="", name="It"):
    """A bucket of these properties."""
    return f"{name}: {{Type: AWS::S3::Bucket, Properties: {{{properties}}}}}"


def judged(judge_template, control, text, settings=None):
    """The outcome about the resource It."""
    baseline = Baseline.from_mapping(settings or {})
    outcomes = judge_template(control, text, baseline=baseline)
    return outcomes["It"] if "It" in outcomes else list(outcomes.values())


COPY = "ReplicationConfiguration: {Role: r, Rules: [{Status: %s, Destination: {Bucket: 'arn:aws:s3:::copy', Account: %s}}]}"
DECLARED = {
    "controls": {
        "s3-replication-destination": {
            "accounts": ["210987654321"],
            "buckets": [{"name": "copy", "region": "ap-northeast-3"}],
        }
    }
}


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        (COPY % ("Enabled", "'111122223333'"), "fail"),
        (COPY % ("Disabled", "'111122223333'"), "not applicable"),
        (COPY % ("!Ref Any", "'111122223333'"), "unknown"),
        (COPY % ("Enabled", "!Ref Any"), "unknown"),
        ("ReplicationConfiguration: !Ref List", "unknown"),
        ("", "not applicable"),
    ],
)
def test_replication(judge_template, properties, outcome):
    assert (
        judged(judge_template, "s3-replication-destination", template(bucket(properties)))
        == outcome
    )


ENCRYPTED = "BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: %s}}]}"
KEYS = {
    "buckets": [{"name": "It", "kms_keys": ["arn:aws:kms:ap-northeast-1:123456789012:alias/own"]}]
}


@pytest.mark.parametrize(
    ("properties", "settings", "outcome"),
    [
        ("", {}, "pass"),
        ("", KEYS, "fail"),
        (ENCRYPTED % "'aws:kms', KMSMasterKeyID: alias/own", KEYS, "pass"),
        (ENCRYPTED % "'aws:kms', KMSMasterKeyID: !GetAtt Key.Arn", KEYS, "pass"),
        (ENCRYPTED % "'aws:kms', KMSMasterKeyID: !Ref Key", KEYS, "pass"),
        (ENCRYPTED % "'aws:kms', KMSMasterKeyID: !Ref Any", KEYS, "unknown"),
        (ENCRYPTED % "'aws:kms'", KEYS, "fail"),
        (ENCRYPTED % "!Ref Any", KEYS, "unknown"),
        (ENCRYPTED % "AES256", KEYS, "fail"),
    ],
)
def test_encryption(judge_template, properties, settings, outcome):
    text = template(
        bucket(properties),
        "Key: {Type: AWS::KMS::Key}",
        "Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/own, TargetKeyId: !Ref Key}}",
    )
    assert judged(judge_template, "s3-encryption", text, settings) == outcome


@pytest.mark.parametrize(
    ("properties", "settings", "outcome"),
    [
        ("", {}, "pass"),
        ("WebsiteConfiguration: {IndexDocument: index.html}", {}, "fail"),
        ("WebsiteConfiguration: {RedirectAllRequestsTo: {HostName: example.com}}", {}, "fail"),
        (
            "WebsiteConfiguration: {IndexDocument: index.html}",
            {"buckets": [{"name": "It", "exposure": ["public"], "website": True}]},
            "pass",
        ),
        ("WebsiteConfiguration: !Ref List", {}, "unknown"),
    ],
)
def test_websites(judge_template, properties, settings, outcome):
    assert judged(judge_template, "s3-website", template(bucket(properties)), settings) == outcome


EVENTS = "T: {Type: AWS::CloudTrail::Trail, Properties: {IsLogging: true, IsMultiRegionTrail: true, S3BucketName: logs, EventSelectors: [{DataResources: [{Type: 'AWS::S3::Object', Values: [%s]}]}]}}"


@pytest.mark.parametrize(
    ("properties", "trail", "outcome"),
    [
        ("", "", "fail"),
        ("LoggingConfiguration: {DestinationBucketName: logs}", "", "pass"),
        ("LoggingConfiguration: !Ref List", "", "unknown"),
        ("", EVENTS % "'arn:aws:s3'", "pass"),
        ("", EVENTS % "!Sub '${It.Arn}/'", "pass"),
        ("", EVENTS % "'arn:aws:s3:::other/'", "fail"),
        ("", EVENTS % "!Ref Any", "unknown"),
    ],
)
def test_access_logs(judge_template, properties, trail, outcome):
    text = template(bucket(properties), *filter(None, [trail]))
    assert judged(judge_template, "s3-access-logging", text) == outcome


TRAIL = "It: {Type: AWS::CloudTrail::Trail, Properties: {IsLogging: true, IsMultiRegionTrail: true, S3BucketName: !Ref Logs}}"
EXPIRES = "LifecycleConfiguration: {Rules: [{Status: %s, ExpirationInDays: %s%s}]}"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "pass"),
        (EXPIRES % ("Enabled", "30", ""), "fail"),
        (EXPIRES % ("Disabled", "30", ""), "pass"),
        (EXPIRES % ("Enabled", "4000", ""), "pass"),
        (EXPIRES % ("Enabled", "30", ", Prefix: other/"), "pass"),
        (EXPIRES % ("Enabled", "!Ref Any", ""), "unknown"),
        (EXPIRES % ("!Ref Any", "30", ""), "unknown"),
        ("LifecycleConfiguration: {Rules: !Ref List}", "unknown"),
        ("VersioningConfiguration: {Status: Enabled}, " + EXPIRES % ("Enabled", "30", ""), "pass"),
        (
            "VersioningConfiguration: {Status: Enabled}, "
            + EXPIRES % ("Enabled", "30", ", NoncurrentVersionExpiration: {NoncurrentDays: 30}"),
            "fail",
        ),
        (
            "ObjectLockEnabled: true, ObjectLockConfiguration: {ObjectLockEnabled: Enabled, Rule: {DefaultRetention: {Mode: COMPLIANCE, Years: 10}}}, "
            + EXPIRES % ("Enabled", "30", ", NoncurrentVersionExpirationInDays: 30"),
            "pass",
        ),
    ],
)
def test_how_long_logs_are_kept(judge_template, properties, outcome):
    text = template(TRAIL, bucket(properties, "Logs"))
    assert judged(judge_template, "cloudtrail-retention", text) == outcome


DELETES = "P: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}, Policies: [{PolicyName: a, PolicyDocument: {Statement: [{Effect: Allow, Action: '%s', Resource: '*'}]}}]}}"


@pytest.mark.parametrize(
    ("action", "outcome"),
    [("s3:DeleteObject", "fail"), ("s3:GetObject", "pass"), ("cloudtrail:StopLogging", "fail")],
)
def test_who_can_delete_logs(judge_template, action, outcome):
    text = template(TRAIL, bucket("", "Logs"), DELETES % action)
    assert judged(judge_template, "cloudtrail-log-bucket", text) == outcome


PERSON = "It: {Type: AWS::IAM::User, Properties: {LoginProfile: {Password: p}, Policies: [{PolicyName: a, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'%s}]}}]}}"
OFFICE = {"networks": {"office": ["203.0.113.0/28"]}, "controls": {"source-network": {}}}


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ("", "fail"),
        (", Condition: {IpAddress: {aws:SourceIp: 203.0.113.0/28}}", "pass"),
        (", Condition: {IpAddress: {aws:SourceIp: !Ref Any}}", "unknown"),
        (", Condition: {IpAddress: {aws:SourceIp: [203.0.113.0/29, !Ref Any]}}", "unknown"),
    ],
)
def test_source_networks(judge_template, condition, outcome):
    assert judged(judge_template, "source-network", template(PERSON % condition), OFFICE) == outcome


OPENS = "It: {Type: AWS::IAM::User, Properties: {Policies: [{PolicyName: a, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: %s, Resource: '*'}]}}]}}"


@pytest.mark.parametrize(
    ("action", "outcome"),
    [("'ssm:StartSession'", "fail"), ("'s3:GetObject'", "pass"), ("!Ref Any", "unknown")],
)
def test_who_opens_sessions_on_servers(judge_template, action, outcome):
    assert (
        judged(
            judge_template,
            "server-access-paths",
            template(OPENS % action, "Server: {Type: AWS::EC2::Instance}"),
        )
        == outcome
    )
