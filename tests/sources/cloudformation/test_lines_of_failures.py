"""Each failing observation of a template names its line: of a policy, that of the statement."""

from pathlib import Path

import pytest

from cloudpack_baseline import Baseline, assess, gather_template
from cloudpack_baseline.model.codec import decode, encode
from cloudpack_baseline.model.iam_principals import RoleDetail
from cloudpack_baseline.sources.cloudformation.policies import with_statement
from cloudpack_baseline.sources.excerpts import excerpt
from cloudpack_baseline.sources.located import LocatedDocument

BROAD = Path(__file__).with_name("broad.yaml")
LINES = ("", *BROAD.read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def failures():
    """The failing observations of a template with many faults, each with its finding."""
    return [
        (finding, observation)
        for finding in assess(gather_template(BROAD), Baseline()).findings
        for observation in finding.observations
        if observation.outcome.value == "fail"
    ]


def test_each_failing_observation_has_a_line(failures):
    without = [
        (finding.control, finding.resource.key)
        for finding, observation in failures
        if not (observation.origin and observation.origin.line and observation.origin.column)
    ]
    assert without == []
    assert len({finding.control for finding, _ in failures}) >= 35


def test_each_failing_statement_of_a_policy_has_the_line_of_the_statement(failures):
    by_policy = {
        (finding.control, finding.resource.name): LINES[observation.origin.line].strip()
        for finding, observation in failures
        if finding.control in ("resource-sharing", "role-trust", "s3-exposure")
    }
    lines = {"role-trust": 1, "s3-exposure": 1, "resource-sharing": 12}
    for control, number in lines.items():
        statements = [
            line
            for (name, _), line in by_policy.items()
            if name == control and "Effect: Allow" in line
        ]
        assert len(statements) == number, control
    # A statement that is a resource of its own.
    assert by_policy["resource-sharing", "Function"] == "Permission:"


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("Trust", '- {Effect: Allow, Action: "*", Resource: "*"}'),
        ("Operator", "- Effect: Allow"),
        ("User", 'Statement: {Effect: Allow, Action: "iam:PutUserPolicy", Resource: "*"}'),
    ],
)
def test_an_administrator_has_the_line_of_the_statement(failures, name, statement):
    (observation,) = (
        observation
        for finding, observation in failures
        if finding.control == "admin-privileges" and finding.resource.name == name
    )
    assert LINES[observation.origin.line].strip() == statement


@pytest.mark.parametrize(
    ("control", "line"),
    [
        ("guardduty", "Properties: {Enable: false}"),
        ("cloudtrail-log-integrity", "EnableLogFileValidation: false"),
        ("cloudtrail-enabled", "IsMultiRegionTrail: false"),
        ("config-recorder", "RecordingGroup: {AllSupported: false"),
        ("public-ip-assignment", "MapPublicIpOnLaunch: true"),
        ("s3-website", "WebsiteConfiguration: {IndexDocument"),
        ("open-security-groups", "- {IpProtocol: tcp, FromPort: 22"),
    ],
)
def test_a_setting_that_fails_has_its_own_line(failures, control, line):
    lines = [
        LINES[observation.origin.line].strip()
        for finding, observation in failures
        if finding.control == control
    ]
    assert any(shown.startswith(line) for shown in lines), lines


def test_each_flow_names_the_lines_of_its_rules_and_routes(failures):
    flows = [
        [step.in_language("en") for step in observation.witness.steps]
        for _, observation in failures
        if observation.witness and observation.witness.summary.in_language("en").startswith("pack")
    ]
    passed = [step for steps in flows for step in steps if "group" in step or "route" in step]
    assert len(flows) >= 5
    assert all("broad.yaml:" in step for step in passed if "no group" not in step), passed


def test_the_line_of_a_statement_is_shown_with_a_caret(failures):
    origins = [
        observation.origin
        for finding, observation in failures
        if (finding.control, finding.resource.name) == ("role-trust", "Trust")
    ]
    line, caret = excerpt(origins[0])
    assert line.startswith("170 | ...        - {Effect: Allow")
    assert line[caret.index("^")] == "{"


def test_the_lines_of_statements_are_kept_in_snapshots(gathered):
    snapshot = gathered(BROAD.read_text(encoding="utf-8"), controls=["role-trust"])
    (account,) = snapshot.accounts
    role = next(record for record in snapshot.all(RoleDetail, account.id) if record.name == "Trust")
    again = decode(RoleDetail, encode(role))
    assert again.origin_of("trust", "$.Statement[1]") == role.origin_of("trust", "$.Statement[1]")
    assert again.origin_of("trust", "$.Statement[1]").line == 170
    assert again.origin_of("trust", "$.Statement[7]") == again.origin_of("trust")


@pytest.mark.parametrize(
    ("known", "paths"),
    [
        (None, ["$.Statement[0]"]),
        ('{"Statement": {"Sid": "a"}}', ["$.Statement[1]"]),
        ('{"Statement": [{"Sid": "a"}, {"Sid": "b"}]}', ["$.Statement[2]"]),
        (
            LocatedDocument('{"Statement": {"Sid": "a"}}', [("$.Statement", "here")]),
            ["$.Statement[0]", "$.Statement[1]"],
        ),
    ],
)
def test_a_statement_of_another_resource_is_added_with_its_place(known, paths):
    document = with_statement(known, {"Effect": "Allow"}, "there")
    assert [path for path, _ in document.places] == paths
    assert document.places[-1][1] == "there"


TRUSTED = """\
Resources:
  Admin:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
          - {Effect: Allow, Principal: {AWS: !GetAtt User.Arn}, Action: sts:AssumeRole}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
  User: {Type: AWS::IAM::User}
"""


def test_a_path_by_a_trust_policy_has_the_line_of_its_statement(gathered):
    snapshot = gathered(TRUSTED, controls=["admin-privileges"])
    findings = assess(snapshot, Baseline(), controls=["admin-privileges"]).findings
    (observation,) = next(
        finding.observations for finding in findings if finding.resource.name == "User"
    )
    assert observation.outcome.value == "fail"
    assert observation.origin.line == 8
    (step,) = observation.witness.steps
    assert "$.Statement[1] (" in step.in_language("en")
    assert "template.yaml:8)" in step.in_language("en")


NESTED = """\
Resources:
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-1
        MetadataOptions:
          HttpTokens: optional
        BlockDeviceMappings:
          - DeviceName: /dev/sda1
            Ebs:
              VolumeSize: 8
              Encrypted: false
        NetworkInterfaces:
          - DeviceIndex: 0
            AssociatePublicIpAddress: true
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-1
      MetadataOptions: {HttpTokens: optional}
      NetworkInterfaces:
        - {DeviceIndex: "0", AssociatePublicIpAddress: true}
      BlockDeviceMappings:
        - {DeviceName: /dev/sda1, Ebs: {VolumeSize: 8}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 443
      Protocol: HTTPS
      SslPolicy: ELBSecurityPolicy-2016-08
      DefaultActions: [{Type: forward, TargetGroupArn: a}]
  Classic:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties:
      Listeners:
        - {LoadBalancerPort: 443, InstancePort: 80, Protocol: HTTPS}
        - {LoadBalancerPort: 80, InstancePort: 80, Protocol: HTTP}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: site
            DomainName: example.com
            CustomOriginConfig: {OriginProtocolPolicy: http-only}
        DefaultCacheBehavior:
          TargetOriginId: site
          ViewerProtocolPolicy: https-only
        CacheBehaviors:
          - PathPattern: /a
            TargetOriginId: site
            ViewerProtocolPolicy: allow-all
        ViewerCertificate:
          AcmCertificateArn: a
          MinimumProtocolVersion: TLSv1
  User:
    Type: AWS::IAM::User
  Key:
    Type: AWS::IAM::AccessKey
    Properties: {UserName: !Ref User}
"""


@pytest.mark.parametrize(
    ("control", "lines"),
    [
        ("imdsv2", ["HttpTokens: optional", "MetadataOptions: {HttpTokens: optional}"]),
        (
            "public-ip-assignment",
            ["AssociatePublicIpAddress: true", '- {DeviceIndex: "0", AssociatePublicIpAddress'],
        ),
        ("ebs-encryption", ["Encrypted: false", "- {DeviceName: /dev/sda1, Ebs: {VolumeSize: 8}}"]),
        (
            "load-balancer-tls",
            [
                "SslPolicy: ELBSecurityPolicy-2016-08",
                "- {LoadBalancerPort: 443",
                "- {LoadBalancerPort: 80",
            ],
        ),
        (
            "cloudfront-tls",
            [
                "CustomOriginConfig: {OriginProtocolPolicy: http-only}",
                "ViewerProtocolPolicy: allow-all",
                "MinimumProtocolVersion: TLSv1",
            ],
        ),
        ("access-keys-declared", ["User:", "Key:"]),
    ],
)
def test_a_nested_property_that_fails_has_its_own_line(gathered, control, lines):
    snapshot = gathered(NESTED, controls=[control])
    written = ("", *NESTED.splitlines())
    failed = sorted(
        observation.origin.line
        for finding in assess(snapshot, Baseline(), controls=[control]).findings
        for observation in finding.observations
        if observation.outcome.value == "fail"
    )
    assert len(failed) == len(lines)
    for line, expected in zip(failed, lines, strict=True):
        assert written[line].strip().startswith(expected)


SHARED = """\
Resources:
  Servers: {Type: AWS::EC2::VPCEndpointService, Properties: {NetworkLoadBalancerArns: [a]}}
  Permissions:
    Type: AWS::EC2::VPCEndpointServicePermissions
    Properties:
      ServiceId: !Ref Servers
      AllowedPrincipals: [arn:aws:iam::210987654321:root, arn:aws:iam::222222222222:root]
  Products: {Type: AWS::ServiceCatalog::Portfolio, Properties: {DisplayName: products}}
  First:
    Type: AWS::ServiceCatalog::PortfolioShare
    Properties: {PortfolioId: !Ref Products, AccountId: "210987654321"}
"""
SECOND = """\
  Second:
    Type: AWS::ServiceCatalog::PortfolioShare
    Properties: {PortfolioId: !Ref Products, AccountId: "222222222222"}
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (SHARED, {"Permissions", "Properties"}),
        # Of several resources, none is that of them all.
        (f"{SHARED}{SECOND}", {"Permissions", "Products"}),
    ],
    ids=("one", "several"),
)
def test_what_resources_of_their_own_add_has_their_line(tmp_path, text, lines):
    file = tmp_path / "t.yaml"
    file.write_text(text, encoding="utf-8")
    findings = assess(gather_template(file), controls=["resource-sharing"]).findings
    origins = {observation.origin for finding in findings for observation in finding.observations}
    names = {text.splitlines()[origin.line - 1].split(":")[0].strip() for origin in origins}
    assert names == lines
