"""Buckets, their policies and access points in templates."""

import pytest

from cloudpack_baseline import assess
from cloudpack_baseline.model.s3 import (
    AccessPoint,
    Bucket,
    Encryption,
    Logging,
    MultiRegionAccessPoint,
    PublicAccessBlock,
    ReplicationRule,
    Website,
)
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT

PARAMETERS = "Parameters: {Open: {Type: String}, Names: {Type: CommaDelimitedList}}\n"


def bucket(properties, *, others=""):
    """A template with the bucket Site of these properties."""
    return f"{PARAMETERS}Resources:\n  Site: {{Type: AWS::S3::Bucket{properties}}}\n{others}"


def policy(name, statement, *, of="!Ref Site"):
    """A policy of the bucket Site with one statement."""
    return (
        f"  {name}:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: {of}\n"
        f"      PolicyDocument: {{Version: '2012-10-17', Statement: [{{{statement}}}]}}\n"
    )


READ = 'Action: "s3:GetObject", Resource: !Sub "${Site.Arn}/*"'
PUBLIC = f'Effect: Allow, Principal: "*", {READ}'
OWN_ACCOUNT = "aws:PrincipalAccount: !Ref AWS::AccountId"
ALL_OFF = "PublicAccessBlockConfiguration: {BlockPublicPolicy: false}"
ALL_ON = (
    "PublicAccessBlockConfiguration: {BlockPublicAcls: true, IgnorePublicAcls: 'true', "
    "BlockPublicPolicy: true, RestrictPublicBuckets: true}"
)


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "pass"),
        (", Properties: {AccessControl: Private}", "pass"),
        (", Properties: {AccessControl: PublicRead}", "fail"),
        (f", Properties: {{AccessControl: PublicRead, {ALL_ON}}}", "pass"),
        (", Properties: {AccessControl: AuthenticatedRead}", "fail"),
        (", Properties: {AccessControl: LogDeliveryWrite}", "pass"),
        (", Properties: {AccessControl: !Ref Open}", "unknown"),
        (f", Properties: {{AccessControl: !Ref Open, {ALL_OFF}}}", "unknown"),
        (", Properties: {AccessControl: PublicWrite}", "unknown"),
        (", Properties: {AccessControl: [PublicRead]}", "unknown"),
    ],
)
def test_a_canned_acl_is_what_the_bucket_allows(judge_template, properties, outcome):
    assert judge_template("s3-exposure", bucket(properties)) == {"Site": outcome}


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "pass"),
        (", Properties: {AccessControl: LogDeliveryWrite}", "fail"),
        (
            ", Properties: {OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}}",
            "fail",
        ),
        (", Properties: {OwnershipControls: {Rules: [{ObjectOwnership: !Ref Open}]}}", "unknown"),
        (", Properties: {OwnershipControls: {Rules: []}}", "unknown"),
    ],
)
def test_ownership_decides_whether_acls_apply(judge_template, properties, outcome):
    assert judge_template("s3-acl-disabled", bucket(properties)) == {"Site": outcome}


@pytest.mark.parametrize(
    ("properties", "others", "outcome"),
    [
        ("", "", "pass"),
        (f", Properties: {{{ALL_ON}}}", "", "pass"),
        (f", Properties: {{{ALL_OFF}}}", "", "fail"),
        (", Properties: {PublicAccessBlockConfiguration: !Ref Names}", "", "unknown"),
        (", Properties: {AccessControl: PublicRead}", "", "fail"),
        ("", policy("Policy", PUBLIC), "fail"),
    ],
)
def test_a_bucket_blocks_public_access_unless_it_needs_it(
    judge_template, properties, others, outcome
):
    template = bucket(properties, others=others)
    assert judge_template("s3-public-access-block", template) == {"Site": outcome}


OPEN = f", Properties: {{{ALL_OFF}}}"
DENY_ALL = f'Effect: Deny, Principal: "*", {READ}'


@pytest.mark.parametrize(
    ("policies", "outcome"),
    [
        ([PUBLIC], "fail"),
        ([f"Effect: Allow, Principal: {{AWS: !Ref Open}}, {READ}"], "unknown"),
        (
            ['Effect: Allow, Principal: "*", Action: !Ref Open, Resource: !GetAtt Site.Arn'],
            "unknown",
        ),
        (['Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: !Ref Open'], "unknown"),
        ([f"{PUBLIC}, Condition: !Ref Names"], "unknown"),
        ([f"{PUBLIC}, Condition: {{IpAddress: {{aws:SourceIp: !Ref Open}}}}"], "unknown"),
        # What is known of a condition still narrows: no account of another organization.
        (
            [
                f"{PUBLIC}, Condition: {{StringEquals: {{{OWN_ACCOUNT}, aws:SourceVpce: !Ref Open}}}}",
            ],
            "pass",
        ),
        ([f"{PUBLIC}, Effect: !Ref Open".replace("Effect: Allow, ", "")], "unknown"),
    ],
)
def test_an_unknown_part_of_a_policy_is_never_decided(judge_template, policies, outcome):
    others = "".join(policy(f"Policy{index}", part) for index, part in enumerate(policies))
    assert judge_template("s3-exposure", bucket(OPEN, others=others)) == {"Site": outcome}


def statements(*parts):
    """The policy of the bucket Site with these statements."""
    document = ", ".join(f"{{{part}}}" for part in parts)
    return (
        "  Policy:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Ref Site\n"
        f"      PolicyDocument: {{Statement: [{document}]}}\n"
    )


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [
        ([PUBLIC, f"Effect: Allow, Principal: !Ref Open, {READ}"], "fail"),
        ([PUBLIC, DENY_ALL], "pass"),
        ([PUBLIC, f"Effect: Deny, Principal: !Ref Open, {READ}"], "unknown"),
        (
            [PUBLIC, f"{DENY_ALL}, Condition: {{StringEquals: {{aws:SourceIp: !Ref Open}}}}"],
            "unknown",
        ),
        ([PUBLIC, f"Effect: Deny, NotPrincipal: {{AWS: !Ref Open}}, {READ}"], "unknown"),
    ],
)
def test_an_unknown_statement_hides_no_other(judge_template, parts, outcome):
    template = bucket(OPEN, others=statements(*parts))
    assert judge_template("s3-exposure", template) == {"Site": outcome}


def test_of_several_policies_of_a_bucket_any_may_stay(judge_template):
    others = policy("First", PUBLIC) + policy("Second", DENY_ALL)
    assert judge_template("s3-exposure", bucket(OPEN, others=others)) == {"Site": "fail"}
    same = policy("First", PUBLIC) + policy("Second", PUBLIC)
    assert judge_template("s3-exposure", bucket(OPEN, others=same)) == {"Site": "fail"}


def test_a_policy_of_an_unknown_bucket_may_be_that_of_each(judge_template):
    policy_document = policy("Policy", PUBLIC, of="!Select [0, !Ref Names]")
    assert judge_template("s3-exposure", bucket(OPEN, others=policy_document)) == {
        "Site": "unknown"
    }


def settings(gathered, properties):
    """The record of the bucket Site."""
    template = bucket(f", Properties: {{{properties}}}")
    (record,) = gathered(template, controls=None).all(Bucket, PLACEHOLDER_ACCOUNT)
    return record


def test_the_other_settings_of_a_bucket(gathered):
    record = settings(
        gathered,
        "BucketName: site-of-ours, VersioningConfiguration: {Status: Suspended}, "
        "WebsiteConfiguration: {IndexDocument: index.html}, "
        "LoggingConfiguration: {DestinationBucketName: logs}, "
        "BucketEncryption: {ServerSideEncryptionConfiguration: "
        "[{ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: key}}]}, "
        "ReplicationConfiguration: {Role: role, Rules: [{Id: a, Status: Enabled, "
        "Destination: {Bucket: 'arn:aws:s3:::copy', Account: '210987654321'}}]}",
    )
    assert record.name == "site-of-ours"
    assert record.versioning == "Suspended"
    assert record.website == Website(index_document="index.html")
    assert record.logging == Logging(target_bucket="logs")
    assert record.encryption == Encryption(algorithm="aws:kms", kms_key="key")
    assert record.replication == (
        ReplicationRule(enabled=True, bucket="arn:aws:s3:::copy", account="210987654321", id="a"),
    )


def test_settings_that_are_absent_have_the_defaults_of_a_new_bucket(gathered):
    record = settings(gathered, "")
    assert (record.versioning, record.website, record.logging) == (None, None, None)
    assert record.encryption == Encryption(algorithm="AES256")
    assert record.replication is None
    assert record.policy is None


@pytest.mark.parametrize(
    ("algorithm", "known"),
    [("AES256", True), ("aws:kms", True), ("aws:kms:dsse", True), ("aes256", False), ("7", False)],
)
def test_an_algorithm_that_s3_rejects_leaves_the_encryption_unknown(gathered, algorithm, known):
    record = settings(
        gathered,
        "BucketEncryption: {ServerSideEncryptionConfiguration: "
        f"[{{ServerSideEncryptionByDefault: {{SSEAlgorithm: {algorithm}}}}}]}}",
    )
    if known:
        assert record.encryption == Encryption(algorithm=algorithm)
    else:
        assert record.encryption.causes[0].detail.endswith(f"SSEAlgorithm={algorithm}")


def test_settings_that_are_unknown_cost_themselves(gathered):
    record = settings(
        gathered,
        "VersioningConfiguration: !Ref Names, WebsiteConfiguration: !Ref Names, "
        "LoggingConfiguration: {DestinationBucketName: !Select [0, !Ref Names]}, "
        "BucketEncryption: !Ref Names, ReplicationConfiguration: {Rules: !Ref Names}",
    )
    unknown = ("versioning", "website", "logging", "encryption", "replication")
    assert all(isinstance(getattr(record, name), Unknown) for name in unknown)
    assert record.ownership == "BucketOwnerEnforced"


def test_a_bucket_without_a_destination_stores_its_own_logs(gathered):
    record = settings(gathered, "LoggingConfiguration: {LogFilePrefix: a/}")
    assert record.logging == Logging(target_bucket="Site")


def test_object_lock_turns_versioning_on(gathered):
    assert settings(gathered, "ObjectLockEnabled: true").versioning == "Enabled"


ACCESS_POINTS = """
Resources:
  Site: {Type: AWS::S3::Bucket}
  Office:
    Type: AWS::S3::AccessPoint
    Properties:
      Bucket: !Ref Site
      VpcConfiguration: {VpcId: vpc-1}
      PublicAccessBlockConfiguration: {BlockPublicAcls: true}
      Policy: {Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "*"}]}
  Plain: {Type: AWS::S3::AccessPoint, Properties: {Bucket: !Ref Site}}
  World:
    Type: AWS::S3::MultiRegionAccessPoint
    Properties: {Name: world, Regions: [{Bucket: !Ref Site}]}
  WorldPolicy:
    Type: AWS::S3::MultiRegionAccessPointPolicy
    Properties: {MrapName: !Ref World, Policy: {Statement: []}}
"""


def test_access_points(gathered):
    snapshot = gathered(ACCESS_POINTS, controls=["s3-exposure"])
    office, plain = sorted(
        snapshot.all(AccessPoint, PLACEHOLDER_ACCOUNT), key=lambda point: point.name
    )
    assert (office.bucket, office.vpc, office.network_origin) == ("Site", "vpc-1", "VPC")
    assert office.public_access_block == PublicAccessBlock(block_public_acls=True)
    assert '"Principal": "*"' in office.policy
    assert (plain.network_origin, plain.policy) == ("Internet", None)
    assert plain.public_access_block.restrict_public_buckets
    (world,) = snapshot.all(MultiRegionAccessPoint, PLACEHOLDER_ACCOUNT)
    assert world.buckets == ("Site",)
    assert world.policy == '{"Statement": []}'
    assert world.public_access_block.block_public_policy


PLACED = """
Resources:
  Site:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead
      PublicAccessBlockConfiguration: {BlockPublicPolicy: false}
      OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Site
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "*"}]}
"""


def test_what_opens_a_bucket_has_its_own_line(gathered):
    snapshot = gathered(PLACED, controls=["s3-exposure"])
    (finding,) = assess(snapshot, controls=["s3-exposure"]).findings
    assert {observation.origin.line for observation in finding.observations} >= {6, 13}


@pytest.mark.parametrize("place", ["${AWS::Region}:${AWS::AccountId}", "eu-west-1:123456789012"])
def test_the_policy_of_an_access_point_names_it_where_the_template_is(judge_template, place):
    """The bucket leaves it to its access points who may read."""
    off = "{BlockPublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false}"
    read = "{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: %s}"
    by_points = (
        "{Effect: Allow, Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::site/*', "
        "Condition: {StringEquals: {'s3:DataAccessPointAccount': !Ref AWS::AccountId}}}"
    )
    text = f"""
    Resources:
      Site:
        Type: AWS::S3::Bucket
        Properties: {{BucketName: site, PublicAccessBlockConfiguration: {off}}}
      Policy:
        Type: AWS::S3::BucketPolicy
        Properties: {{Bucket: !Ref Site, PolicyDocument: {{Statement: [{by_points}]}}}}
      Office:
        Type: AWS::S3::AccessPoint
        Properties:
          Name: office
          Bucket: !Ref Site
          PublicAccessBlockConfiguration: {off}
          Policy: {{Statement: [{read % f"!Sub 'arn:aws:s3:{place}:accesspoint/office/object/*'"}]}}
    """
    assert judge_template("s3-exposure", text)["site"] == "fail"
