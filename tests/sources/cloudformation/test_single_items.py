"""One item in place of a list of items, as templates that are written by hand have it."""

import json

import pytest

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TRUST = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
}
TRAIL = {"S3BucketName": "logs", "IsLogging": True, "IsMultiRegionTrail": True}


def instance(interfaces):
    return ("EC2::Instance", {"NetworkInterfaces": interfaces})


def bucket(ownership):
    return ("S3::Bucket", {"OwnershipControls": {"Rules": {"ObjectOwnership": ownership}}})


def launch_template(interfaces):
    data = {"NetworkInterfaces": interfaces}
    return ("EC2::LaunchTemplate", {"LaunchTemplateData": data})


def address(*, public):
    return {"AssociatePublicIpAddress": public, "DeviceIndex": 0}


def origin(version):
    custom = {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": version}
    config = {
        "Enabled": True,
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
        "Origins": [{"Id": "o", "DomainName": "example.com", "CustomOriginConfig": custom}],
        "ViewerCertificate": {
            "AcmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/c",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        },
    }
    return ("CloudFront::Distribution", {"DistributionConfig": config})


def advanced(category):
    field = {"Field": "eventCategory", "Equals": [category]}
    return {"AdvancedEventSelectors": {"Name": "all", "FieldSelectors": [field]}}


CASES = [
    ("public-ip-assignment", "fail", launch_template(address(public=True))),
    ("public-ip-assignment", "pass", launch_template(address(public=False))),
    ("public-ip-assignment", "fail", launch_template([{**address(public=True), "Groups": "sg-1"}])),
    ("public-ip-assignment", "unknown", launch_template(["eni-1"])),
    (
        "public-ip-assignment",
        "fail",
        ("EC2::Instance", {"NetworkInterfaces": address(public=True)}),
    ),
    (
        "public-ip-assignment",
        "pass",
        ("EC2::Instance", {"NetworkInterfaces": address(public=False)}),
    ),
    ("public-ip-assignment", "unknown", instance(["eni-1"])),
    ("public-ip-assignment", "unknown", instance([address(public=False), "eni-1"])),
    ("admin-privileges", "fail", ("IAM::Role", {"ManagedPolicyArns": ADMINISTRATOR})),
    ("admin-privileges", "pass", ("IAM::Role", {"ManagedPolicyArns": READER})),
    ("s3-acl-disabled", "pass", bucket("BucketOwnerEnforced")),
    ("s3-acl-disabled", "fail", bucket("ObjectWriter")),
    ("cloudtrail-enabled", "pass", ("CloudTrail::Trail", {**TRAIL, "EventSelectors": {}})),
    (
        "cloudtrail-enabled",
        "fail",
        ("CloudTrail::Trail", {**TRAIL, "EventSelectors": {"IncludeManagementEvents": False}}),
    ),
    ("cloudtrail-enabled", "pass", ("CloudTrail::Trail", {**TRAIL, **advanced("Management")})),
    ("cloudtrail-enabled", "fail", ("CloudTrail::Trail", {**TRAIL, **advanced("Data")})),
    ("cloudfront-tls", "pass", origin("TLSv1.2")),
    ("cloudfront-tls", "fail", origin("TLSv1")),
]


@pytest.mark.parametrize(("control", "outcome", "resource"), CASES)
def test_one_item_is_the_whole_list(control, outcome, resource, judge_template):
    kind, properties = resource
    if kind == "IAM::Role":
        properties = {**properties, "AssumeRolePolicyDocument": TRUST}
    template = {"Resources": {"It": {"Type": f"AWS::{kind}", "Properties": properties}}}
    judged = judge_template(control, json.dumps(template))
    assert set(judged.values()) == {outcome}


@pytest.mark.parametrize(
    ("control", "kind", "properties"),
    [
        ("s3-versioning", "S3::Bucket", {"VersioningConfiguration": [{"Status": "Enabled"}]}),
        (
            "s3-public-access-block",
            "S3::Bucket",
            {"PublicAccessBlockConfiguration": [{"BlockPublicAcls": True}]},
        ),
        (
            "daily-backup",
            "DynamoDB::Table",
            {"PointInTimeRecoverySpecification": [{"PointInTimeRecoveryEnabled": True}]},
        ),
        ("ebs-encryption", "EC2::LaunchTemplate", {"LaunchTemplateData": [{"ImageId": "ami-1"}]}),
        ("ebs-encryption", "EC2::LaunchTemplate", {"LaunchTemplateData": "x"}),
        ("imdsv2", "EC2::LaunchTemplate", {"LaunchTemplateData": [{"ImageId": "ami-1"}]}),
    ],
)
def test_a_list_is_not_the_object_that_it_contains(control, kind, properties, judge_template):
    template = {"Resources": {"It": {"Type": f"AWS::{kind}", "Properties": properties}}}
    judged = judge_template(control, json.dumps(template))
    assert set(judged.values()) == {"unknown"}


def test_several_launch_templates_are_judged_one_by_one(judge_template):
    launched = [launch_template(address(public=True)), launch_template(address(public=False))]
    resources = {
        f"Template{place}": {"Type": f"AWS::{kind}", "Properties": properties}
        for place, (kind, properties) in enumerate(launched)
    }
    judged = judge_template("public-ip-assignment", json.dumps({"Resources": resources}))
    assert sorted(judged.values()) == ["fail", "pass"]


def test_a_user_of_one_group(judge_template):
    template = """
    Resources:
      Admins: {Type: AWS::IAM::Group, Properties: {ManagedPolicyArns: %s}}
      Anna: {Type: AWS::IAM::User, Properties: {Groups: !Ref Admins}}
    """
    judged = judge_template("admin-privileges", template % ADMINISTRATOR)
    assert judged == {"Anna": "fail"}
    judged = judge_template("admin-privileges", template % READER)
    assert judged == {"Anna": "pass"}


def test_a_server_whose_interfaces_are_not_known_may_be_in_any_vpc(judge_template):
    template = """
    Parameters: {P: {Type: String}}
    Resources:
      It: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, NetworkInterfaces: %s}}
    """
    for interfaces in ("!Ref P", "[!Ref P]"):
        judged = judge_template("resources-in-vpc", template % interfaces)
        assert judged == {"i-It": "unknown"}


def test_a_list_that_is_not_known_stays_unknown(judge_template):
    template = """
    Parameters: {Policies: {Type: CommaDelimitedList}}
    Resources:
      Anna: {Type: AWS::IAM::User, Properties: {ManagedPolicyArns: !Ref Policies}}
    """
    assert judge_template("admin-privileges", template) == {"Anna": "unknown"}
