"""The states of templates in docs/explanation/differences.md have the outcomes that it tells."""

from pathlib import Path

import pytest
from attrs import frozen

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "differences.md"


@frozen
class State:
    """A row of the page: the words it begins with, the template, and who has which outcome."""

    words: str
    control: str
    template: str
    outcomes: dict[str, str]


FUNCTION = """
Resources:
  Greet:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: greet
      Handler: index.handler
      Runtime: python3.13
      Role: arn:aws:iam::000000009999:role/greet
      Code: {ZipFile: pass}
  Address:
    Type: AWS::Lambda::Url
    Properties: {TargetFunctionArn: !Ref Greet, AuthType: NONE}
"""

TOPIC = """
Resources:
  News: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Admitted:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref News]
      PolicyDocument:
        Statement:
          Effect: Allow
          Principal: "*"
          Action: sns:Publish
          Resource: "*"
          Condition: {%s}
"""

ROLE = """
Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties:
      RoleName: worker
      ManagedPolicyArns: [!ImportValue rights]
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {%s}}
"""

LISTENER = """
Resources:
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Name: front, Subnets: [subnet-1, subnet-2]}
  Plain:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Front
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "404"}}]
"""

STATES = [
    State(
        "an instance of a template that names no subnet",
        "resources-in-vpc",
        """
        Resources:
          Box:
            Type: AWS::EC2::Instance
            Properties: {ImageId: ami-1}
        """,
        {"i-Box": "fail"},
    ),
    State(
        "a private database of a template whose subnets are elsewhere",
        "database-isolation",
        """
        Resources:
          Shop:
            Type: AWS::RDS::DBInstance
            Properties:
              DBInstanceIdentifier: shop
              Engine: postgres
              PubliclyAccessible: false
              DBSubnetGroupName: inner
        """,
        {"shop": "unknown"},
    ),
    State(
        "a rule for `0.1.0.0/0`",
        "open-security-groups",
        """
        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress:
                {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.1.0.0/0}
        """,
        {"Web": "fail"},
    ),
    State(
        "a table without point-in-time recovery or an EFS file system",
        "daily-backup",
        """
        Resources:
          Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
          Nightly:
            Type: AWS::Backup::BackupPlan
            Properties: {BackupPlan: {BackupPlanName: nightly, BackupPlanRule: []}}
        """,
        {"orders": "not applicable"},
    ),
    State(
        "a rule whose first port is above its last one",
        "open-security-groups",
        """
        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress:
                {IpProtocol: tcp, FromPort: 443, ToPort: 80, CidrIp: 0.0.0.0/0}
        """,
        {"Web": "unknown"},
    ),
    State(
        "a rule that names no source",
        "open-security-groups",
        """
        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress: {IpProtocol: tcp, FromPort: 443, ToPort: 443}
        """,
        {"Web": "unknown"},
    ),
    State(
        "a rule for a prefix list that is not in the template",
        "open-security-groups",
        """
        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress:
                {IpProtocol: tcp, FromPort: 443, ToPort: 443, SourcePrefixListId: pl-1}
        """,
        {"Web": "unknown"},
    ),
    State(
        "a rule for a prefix list that is not in the template",
        "open-security-groups",
        """
        Resources:
          Rule:
            Type: AWS::EC2::SecurityGroupIngress
            Properties:
              GroupId: sg-1
              IpProtocol: tcp
              FromPort: 443
              ToPort: 443
              SourcePrefixListId: pl-1
        """,
        {"sg-1": "unknown"},
    ),
    State(
        "a database of a template with a retention of more than 35 days",
        "rds-backup",
        """
        Resources:
          Most:
            Type: AWS::RDS::DBInstance
            Properties: {DBInstanceIdentifier: most, Engine: mysql, BackupRetentionPeriod: 35}
          More:
            Type: AWS::RDS::DBInstance
            Properties: {DBInstanceIdentifier: more, Engine: mysql, BackupRetentionPeriod: 36}
          Cluster:
            Type: AWS::RDS::DBCluster
            Properties:
              DBClusterIdentifier: cluster
              Engine: aurora-mysql
              BackupRetentionPeriod: "40"
        """,
        {"more": "unknown", "cluster": "unknown", "most": "pass"},
    ),
    State(
        "a database with a retention that is too short, which a backup plan selects",
        "rds-backup",
        """
        Resources:
          Orders:
            Type: AWS::RDS::DBCluster
            Properties: {DBClusterIdentifier: orders, Engine: aurora-mysql}
          Nightly:
            Type: AWS::Backup::BackupPlan
            Properties: {BackupPlan: {BackupPlanName: nightly, BackupPlanRule: []}}
          Selected:
            Type: AWS::Backup::BackupSelection
            Properties:
              BackupPlanId: !Ref Nightly
              BackupSelection:
                SelectionName: orders
                IamRoleArn: arn:aws:iam::000000009999:role/backup
                Resources: [!GetAtt Orders.DBClusterArn]
        """,
        {"orders": "fail"},
    ),
    State(
        "a recorder of a template that is started, without a delivery channel",
        "config-recorder",
        """
        Resources:
          Recorder:
            Type: AWS::Config::ConfigurationRecorder
            Properties:
              Name: default
              RoleARN: arn:aws:iam::000000009999:role/config
              RecordingGroup: {AllSupported: true, IncludeGlobalResourceTypes: true}
        """,
        {"default": "pass"},
    ),
    State(
        "a launch configuration that says nothing of `AssociatePublicIpAddress`",
        "public-ip-assignment",
        """
        Resources:
          Fleet:
            Type: AWS::AutoScaling::LaunchConfiguration
            Properties: {ImageId: ami-1, InstanceType: t3.micro}
        """,
        {"Fleet": "pass"},
    ),
    State(
        "a flow log for accepted traffic only",
        "vpc-flow-logs",
        """
        Resources:
          Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
          Log:
            Type: AWS::EC2::FlowLog
            Properties:
              ResourceId: !Ref Net
              ResourceType: VPC
              TrafficType: ACCEPT
              LogDestinationType: s3
              LogDestination: arn:aws:s3:::flows
        """,
        {"vpc-Net": "fail"},
    ),
    State(
        "a database of a template with a retention of one day",
        "rds-backup",
        """
        Resources:
          Shop:
            Type: AWS::RDS::DBInstance
            Properties:
              {DBInstanceIdentifier: shop, Engine: postgres, BackupRetentionPeriod: 1}
        """,
        {"shop": "fail"},
    ),
    State(
        "a Redis OSS cache of the node type `cache.t1.micro` without backups",
        "daily-backup",
        """
        Resources:
          Sessions:
            Type: AWS::ElastiCache::CacheCluster
            Properties:
              ClusterName: sessions
              Engine: redis
              CacheNodeType: cache.t1.micro
              NumCacheNodes: 1
        """,
        {"sessions": "fail"},
    ),
    State(
        "a role with `PowerUserAccess`",
        "admin-privileges",
        """
        Resources:
          Worker:
            Type: AWS::IAM::Role
            Properties:
              RoleName: worker
              ManagedPolicyArns: [arn:aws:iam::aws:policy/PowerUserAccess]
              AssumeRolePolicyDocument:
                Statement:
                  Effect: Allow
                  Action: sts:AssumeRole
                  Principal: {Service: ec2.amazonaws.com}
        """,
        {"worker": "fail"},
    ),
    State(
        "the AWS account that delivers the logs of load balancers",
        "s3-exposure",
        """
        Resources:
          Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: logs}}
          Delivery:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: !Ref Logs
              PolicyDocument:
                Statement:
                  Effect: Allow
                  Action: s3:PutObject
                  Principal: {AWS: "arn:aws:iam::127311923021:root"}
                  Resource: arn:aws:s3:::logs/*
        """,
        {"logs": "fail"},
    ),
    State(
        "a read replica without backups of its own, whose engine can have them",
        "rds-backup",
        """
        Resources:
          Shop:
            Type: AWS::RDS::DBInstance
            Properties: {DBInstanceIdentifier: shop, Engine: mysql, BackupRetentionPeriod: 7}
          Reports:
            Type: AWS::RDS::DBInstance
            Properties: {DBInstanceIdentifier: reports, SourceDBInstanceIdentifier: !Ref Shop}
        """,
        {"reports": "fail", "shop": "pass"},
    ),
    State(
        "`iam:PutRolePolicy` or `iam:AttachRolePolicy` on every role, without",
        "admin-privileges",
        """
        Resources:
          Anna:
            Type: AWS::IAM::User
            Properties:
              UserName: anna
              Policies:
                - PolicyName: roles
                  PolicyDocument:
                    Statement: {Effect: Allow, Action: iam:PutRolePolicy, Resource: "*"}
        """,
        {"anna": "fail"},
    ),
    State(
        "a custom origin with `match-viewer`, whose viewers have to use HTTPS",
        "cloudfront-tls",
        """
        Resources:
          Site:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Enabled: true
                Origins:
                  - Id: web
                    DomainName: web.example.com
                    CustomOriginConfig:
                      {OriginProtocolPolicy: match-viewer, OriginSSLProtocols: [TLSv1.2]}
                DefaultCacheBehavior:
                  {TargetOriginId: web, ViewerProtocolPolicy: redirect-to-https}
                ViewerCertificate:
                  AcmCertificateArn: arn:aws:acm:us-east-1:111122223333:certificate/c
                  MinimumProtocolVersion: TLSv1.2_2021
        """,
        {"Site": "pass"},
    ),
    State(
        "a VPC of a template, whose default security group nothing changes",
        "default-security-group",
        """
        Resources:
          Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
        """,
        {"default": "not applicable"},
    ),
    State(
        "a distribution that is disabled",
        "cloudfront-tls",
        """
        Resources:
          Site:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Enabled: false
                Origins:
                  - Id: web
                    DomainName: web.example.com
                    CustomOriginConfig: {OriginProtocolPolicy: http-only}
                DefaultCacheBehavior:
                  {TargetOriginId: web, ViewerProtocolPolicy: allow-all}
        """,
        {"Site": "not applicable"},
    ),
    State(
        "an HTTPS listener of a template that names no security policy",
        "load-balancer-tls",
        LISTENER.replace("80", "443").replace("HTTP", "HTTPS"),
        {"front": "fail"},
    ),
    State(
        "a listener on port 80 that answers with a fixed response",
        "load-balancer-tls",
        LISTENER,
        {"front": "pass"},
    ),
    State(
        "a key, topic or role that admits an account or organization which is not declared",
        "resource-sharing",
        TOPIC % "StringEquals: {aws:PrincipalOrgID: o-abcde12345}",
        {"news": "fail"},
    ),
    State(
        "a key, topic or role that admits an account or organization which is not declared",
        "role-trust",
        ROLE % "AWS: '111122223333'",
        {"worker": "fail"},
    ),
    State(
        "a bucket policy for an origin access identity",
        "s3-exposure",
        """
        Resources:
          Docs: {Type: AWS::S3::Bucket, Properties: {BucketName: docs}}
          Policy:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: !Ref Docs
              PolicyDocument:
                Statement:
                  Effect: Allow
                  Action: s3:GetObject
                  Resource: arn:aws:s3:::docs/*
                  Principal: {CanonicalUser: 0123abcd}
        """,
        {"docs": "fail"},
    ),
    State(
        "a function URL of type `NONE` without a permission",
        "resource-sharing",
        FUNCTION,
        {"greet": "pass"},
    ),
    State(
        "`ArnEquals` with `arn:aws:iam::*` and nothing behind it",
        "resource-sharing",
        TOPIC % "ArnEquals: {aws:PrincipalArn: 'arn:aws:iam::*'}",
        {"news": "pass"},
    ),
    State(
        "a role whose managed policies are elsewhere",
        "admin-privileges",
        ROLE % "Service: ec2.amazonaws.com",
        {"worker": "unknown"},
    ),
    State(
        "a rule for `0.0.0.0/0` of a security group that also names the group itself",
        "open-security-groups",
        """
        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties: {GroupName: web, GroupDescription: web}
          FromAll:
            Type: AWS::EC2::SecurityGroupIngress
            Properties: {GroupId: !Ref Web, IpProtocol: '-1', CidrIp: 0.0.0.0/0}
          FromItself:
            Type: AWS::EC2::SecurityGroupIngress
            Properties: {GroupId: !Ref Web, IpProtocol: '-1', SourceSecurityGroupId: !Ref Web}
        """,
        {"web": "fail"},
    ),
    State(
        '`Principal: "*"` with an `aws:SourceArn` of one resource',
        "resource-sharing",
        TOPIC % "ArnLike: {aws:SourceArn: 'arn:aws:s3:::uploads'}",
        {"news": "pass"},
    ),
    State(
        '`Principal: "*"` with `ForAllValues:StringEquals` of `aws:PrincipalOrgID`',
        "resource-sharing",
        TOPIC % "'ForAllValues:StringEquals': {aws:PrincipalOrgID: o-abcde12345}",
        {"news": "fail"},
    ),
    State(
        "a role that trusts the account that it is in",
        "role-trust",
        ROLE % "AWS: !Ref AWS::AccountId",
        {"worker": "pass"},
    ),
    State(
        "an encryption algorithm that S3 does not know, or a symmetric key that is to sign",
        "s3-encryption",
        """
        Resources:
          Docs:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: docs
              BucketEncryption:
                ServerSideEncryptionConfiguration:
                  - ServerSideEncryptionByDefault: {SSEAlgorithm: DES}
        """,
        {"docs": "unknown"},
    ),
    State(
        "an encryption algorithm that S3 does not know, or a symmetric key that is to sign",
        "kms-key-rotation",
        """
        Resources:
          Signer:
            Type: AWS::KMS::Key
            Properties: {KeyUsage: SIGN_VERIFY, EnableKeyRotation: false}
        """,
        {"Signer": "unknown"},
    ),
    State(
        "a value of a template that an intrinsic function",
        "rds-encryption",
        """
        Parameters: {Stage: {Type: String, Default: prod}}
        Conditions: {IsProduction: !Equals [!Ref Stage, prod]}
        Resources:
          Shop:
            Type: AWS::RDS::DBInstance
            Properties:
              DBInstanceIdentifier: shop
              Engine: mysql
              StorageEncrypted: !If [IsProduction, false, true]
        """,
        {"shop": "fail"},
    ),
    State(
        "a truth value of a template that is written as the text",
        "rds-encryption",
        """
        Resources:
          Shop:
            Type: AWS::RDS::DBInstance
            Properties: {DBInstanceIdentifier: shop, Engine: mysql, StorageEncrypted: "false"}
        """,
        {"shop": "fail"},
    ),
    State(
        "a database whose parameter group sets nothing",
        "rds-tls",
        """
        Resources:
          Shop:
            Type: AWS::RDS::DBInstance
            Properties: {DBInstanceIdentifier: shop, Engine: sqlserver-ex}
        """,
        {"shop": "fail"},
    ),
    State(
        "a policy whose `Statement` is a single object",
        "resource-sharing",
        TOPIC % "StringEquals: {aws:PrincipalIsAWSService: 'false'}",
        {"news": "fail"},
    ),
    State(
        '`Principal: "*"` limited by `aws:SourceVpce` or `aws:SourceVpc`',
        "resource-sharing",
        TOPIC % "StringEquals: {aws:SourceVpce: vpce-0123456789abcdef0}",
        {"news": "pass"},
    ),
    State(
        "a key policy for everyone that `kms:CallerAccount` limits",
        "resource-sharing",
        """
        Resources:
          Shared:
            Type: AWS::KMS::Key
            Properties:
              KeyPolicy:
                Statement:
                  - Effect: Allow
                    Principal: "*"
                    Action: kms:*
                    Resource: "*"
                    Condition: {StringEquals: {kms:CallerAccount: !Ref AWS::AccountId}}
        """,
        {"Shared": "pass"},
    ),
    State(
        '`Principal: {"Service": "*"}` in a trust policy',
        "role-trust",
        ROLE % "Service: '*'",
        {"worker": "fail"},
    ),
    State(
        "a trust policy for an identity pool of Amazon Cognito",
        "role-trust",
        """
        Resources:
          Pool:
            Type: AWS::Cognito::IdentityPool
            Properties: {AllowUnauthenticatedIdentities: false}
          Visitor:
            Type: AWS::IAM::Role
            Properties:
              RoleName: visitor
              AssumeRolePolicyDocument:
                Statement:
                  Effect: Allow
                  Action: sts:AssumeRoleWithWebIdentity
                  Principal: {Federated: cognito-identity.amazonaws.com}
                  Condition: {StringEquals: {cognito-identity.amazonaws.com:aud: !Ref Pool}}
        """,
        {"visitor": "fail"},
    ),
    State(
        "a bucket that receives server access logs",
        "s3-access-logging",
        """
        Resources:
          Docs:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: docs
              LoggingConfiguration: {DestinationBucketName: !Ref Logs}
          Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: logs}}
        """,
        {"logs": "not applicable", "docs": "pass"},
    ),
    State(
        "a bucket with the ACL `AuthenticatedRead`",
        "s3-exposure",
        """
        Resources:
          Docs:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: docs
              AccessControl: AuthenticatedRead
              OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}
              PublicAccessBlockConfiguration: {BlockPublicPolicy: true}
        """,
        {"docs": "fail"},
    ),
    State(
        "a bucket that is encrypted with `aws:kms:dsse`",
        "s3-encryption",
        """
        Resources:
          Docs:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: docs
              BucketEncryption:
                ServerSideEncryptionConfiguration:
                  - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms:dsse"}
        """,
        {"docs": "pass"},
    ),
    State(
        "a redirect that does not change the protocol",
        "load-balancer-tls",
        LISTENER.replace(
            'Type: fixed-response, FixedResponseConfig: {StatusCode: "404"}',
            "Type: redirect, RedirectConfig: {Host: www.example.com, StatusCode: HTTP_301}",
        ),
        {"front": "fail"},
    ),
    State(
        "an HTTP listener of a Classic Load Balancer whose instances",
        "load-balancer-tls",
        """
        Resources:
          Front:
            Type: AWS::ElasticLoadBalancing::LoadBalancer
            Properties:
              LoadBalancerName: front
              Listeners:
                - Protocol: HTTP
                  LoadBalancerPort: "80"
                  InstancePort: "443"
                  InstanceProtocol: HTTPS
        """,
        {"front": "fail"},
    ),
    State(
        "a replication group of Valkey with encryption in transit",
        "elasticache-encryption",
        """
        Resources:
          Sessions:
            Type: AWS::ElastiCache::ReplicationGroup
            Properties:
              ReplicationGroupId: sessions
              ReplicationGroupDescription: sessions
              Engine: valkey
              CacheNodeType: cache.t4g.micro
              TransitEncryptionEnabled: true
        """,
        {"sessions": "pass"},
    ),
    State(
        "a replica of a global table without point-in-time recovery",
        "daily-backup",
        """
        Resources:
          Orders:
            Type: AWS::DynamoDB::GlobalTable
            Properties:
              TableName: orders
              Replicas:
                - Region: ap-northeast-1
                  PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
                - Region: us-east-1
        """,
        {"orders": "fail"},
    ),
    State(
        "a multi-Region trail of a template or plan without global service events",
        "cloudtrail-enabled",
        """
Resources:
  Events:
    Type: AWS::CloudTrail::Trail
    Properties:
      TrailName: events
      S3BucketName: logs
      IsLogging: true
      IsMultiRegionTrail: true
      IncludeGlobalServiceEvents: false
""",
        {"": "unknown"},
    ),
    State(
        "a permission for everyone to invoke the URL of a function that is not in the template",
        "resource-sharing",
        """
Resources:
  Admitted:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: greet
      Action: lambda:InvokeFunctionUrl
      FunctionUrlAuthType: NONE
      Principal: "*"
""",
        {"greet": "unknown"},
    ),
    State(
        "a key policy of a template that only principals of one account, named by its ID, can",
        "resource-sharing",
        """
Resources:
  Seal:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          Effect: Allow
          Principal: {AWS: "arn:aws:iam::210987654321:root"}
          Action: kms:*
          Resource: "*"
""",
        {"Seal": "pass"},
    ),
    State(
        "a canned ACL that S3 does not know",
        "s3-exposure",
        """
Resources:
  Site: {Type: AWS::S3::Bucket, Properties: {BucketName: site, AccessControl: Website}}
""",
        {"site": "unknown"},
    ),
    State(
        "a security policy of a Classic Load Balancer of a template that no listener names",
        "load-balancer-tls",
        """
Resources:
  Front:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties:
      LoadBalancerName: front
      Listeners:
        - {Protocol: HTTPS, LoadBalancerPort: "443", InstancePort: "80", SSLCertificateId: arn}
      Policies:
        - PolicyName: strict
          PolicyType: SSLNegotiationPolicyType
          Attributes: [{Name: Protocol-TLSv1.2, Value: "true"}]
""",
        {"front": "fail"},
    ),
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{state.control}: {state.words}")
def test_the_outcome_of_a_state_of_a_template(state, judge_template):
    row = next(line for line in PAGE.read_text("utf-8").splitlines() if f"| {state.words}" in line)
    assert f"`{state.control}`" in row
    outcomes = judge_template(state.control, state.template)
    assert {name: outcomes.get(name) for name in state.outcomes} == state.outcomes
    assert next(iter(state.outcomes.values())) in row.split(" | ")[2]
