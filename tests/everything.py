"""An account in which whatever a control reads is there to be asked about.

moto holds what it can; `FACTS` answers for the rest.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

from cloudpack_baseline.baseline.options.account import (
    AccountDecommissionedOptions,
    EndedContract,
)
from cloudpack_baseline.baseline.options.databases import (
    RdsDeletionProtectionOptions,
    RdsMultiAzOptions,
)
from cloudpack_baseline.baseline.options.dns import (
    Route53DnssecOptions,
    Route53QueryLoggingOptions,
)
from cloudpack_baseline.baseline.options.network import (
    CustomerAdminAccessOptions,
    DedicatedTenancyOptions,
)
from cloudpack_baseline.model.ssm_compliance import OPEN_PATCH_STATES
from support import ACCOUNT, REGION

NOW = datetime.now(UTC) + timedelta(hours=25)
"""What moto creates is more than a day old by then, and backups of it are still recent."""

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
STORE = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:eventdatastore/1"
NOTIFICATION = f"arn:aws:notifications::{ACCOUNT}:configuration/1"
REALTIME = f"arn:aws:cloudfront::{ACCOUNT}:realtime-log-config/all"
DESTINATION = f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-destination:logs"
AGGREGATOR = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:finding-aggregator/1"
VPC_ORIGIN = f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/vo_1"
ALIAS = "m1.mrap"
ACCELERATOR = f"arn:aws:globalaccelerator::{ACCOUNT}:accelerator/1"
MANAGEMENT = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
YESTERDAY = NOW - timedelta(hours=20)


def policy(principal, action, **keys):
    """A policy that allows the principal the action."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return document_of(statement | keys)


def document_of(statement):
    """A policy of that statement alone."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


NOBODY = '{"Version": "2012-10-17", "Statement": []}'
PACKAGES = f"arn:aws:codeartifact:{REGION}:{ACCOUNT}"
FACTS = {
    "schemas:ListRegistries": {
        "Registries": [
            {
                "RegistryArn": f"arn:aws:schemas:{REGION}:{ACCOUNT}:registry/shop",
                "RegistryName": "shop",
            }
        ]
    },
    "schemas:GetResourcePolicy": {"Policy": NOBODY},
    "ec2:DescribeVpcEndpointServiceConfigurations": {
        "ServiceConfigurations": [{"ServiceId": "vpce-svc-1"}]
    },
    "ec2:DescribeVpcEndpointServicePermissions": {"AllowedPrincipals": []},
    "ec2:DescribeVpcEndpointConnections": {"VpcEndpointConnections": []},
    "servicecatalog:ListPortfolios": {
        "PortfolioDetails": [
            {
                "Id": "port-1",
                "ARN": f"arn:aws:catalog:{REGION}:{ACCOUNT}:portfolio/port-1",
                "DisplayName": "servers",
            }
        ]
    },
    "servicecatalog:DescribePortfolioShares": {"PortfolioShareDetails": []},
    "codeartifact:ListDomains": {"domains": [{"name": "shop", "arn": f"{PACKAGES}:domain/shop"}]},
    "codeartifact:GetDomainPermissionsPolicy": {"policy": {"document": NOBODY}},
    "codeartifact:ListRepositories": {
        "repositories": [
            {"name": "npm", "domainName": "shop", "arn": f"{PACKAGES}:repository/shop/npm"}
        ]
    },
    "codeartifact:GetRepositoryPermissionsPolicy": {"policy": {"document": NOBODY}},
    "iam:GetAccountSummary": {"SummaryMap": {"AccountMFAEnabled": 1, "AccountPasswordPresent": 1}},
    "globalaccelerator:ListAccelerators": {
        "Accelerators": [
            {
                "AcceleratorArn": ACCELERATOR,
                "Name": "front",
                "Enabled": True,
                "IpAddressType": "IPV4",
            }
        ]
    },
    "globalaccelerator:ListCustomRoutingAccelerators": {"Accelerators": []},
    "globalaccelerator:ListCrossAccountAttachments": {"CrossAccountAttachments": []},
    "globalaccelerator:ListListeners": {
        "Listeners": [
            {
                "ListenerArn": f"{ACCELERATOR}/listener/1",
                "Protocol": "TCP",
                "PortRanges": [{"FromPort": 443, "ToPort": 443}],
            }
        ]
    },
    "globalaccelerator:ListEndpointGroups": {
        "EndpointGroups": [
            {
                "EndpointGroupArn": f"{ACCELERATOR}/listener/1/endpoint-group/1",
                "EndpointDescriptions": [
                    {"EndpointId": "eipalloc-1", "ClientIPPreservationEnabled": False}
                ],
            }
        ]
    },
    "backup:ListProtectedResources": {
        "Results": [{"ResourceArn": TABLE, "ResourceType": "DynamoDB"}]
    },
    "backup:ListRecoveryPointsByResource": {
        "RecoveryPoints": [
            {
                "RecoveryPointArn": f"arn:aws:backup:{REGION}:{ACCOUNT}:recovery-point:1",
                "CreationDate": YESTERDAY,
                "Status": "COMPLETED",
                "BackupVaultName": "main",
            }
        ]
    },
    "cloudfront:GetRealtimeLogConfig": {
        "RealtimeLogConfig": {
            "ARN": REALTIME,
            "Name": "all",
            "SamplingRate": 100,
            "EndPoints": [],
            "Fields": ["timestamp"],
        }
    },
    "cloudfront:ListVpcOrigins": {
        "VpcOriginList": {"Items": [{"Id": "vo_1", "Name": "web", "Arn": VPC_ORIGIN}]}
    },
    "cloudfront:GetVpcOrigin": {
        "VpcOrigin": {
            "Id": "vo_1",
            "Arn": VPC_ORIGIN,
            "VpcOriginEndpointConfig": {
                "Name": "web",
                "Arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1",
                "HTTPPort": 80,
                "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
            },
        }
    },
    "cloudtrail:ListEventDataStores": {
        "EventDataStores": [{"EventDataStoreArn": STORE, "Name": "all"}]
    },
    "cloudtrail:GetEventDataStore": {
        "EventDataStoreArn": STORE,
        "Name": "all",
        "Status": "ENABLED",
        "AdvancedEventSelectors": [MANAGEMENT],
        "MultiRegionEnabled": True,
        "OrganizationEnabled": False,
        "RetentionPeriod": 366,
    },
    "dlm:GetLifecyclePolicies": {
        "Policies": [{"PolicyId": "policy-1", "State": "ENABLED", "Tags": {}}]
    },
    "dlm:GetLifecyclePolicy": {
        "Policy": {
            "PolicyId": "policy-1",
            "State": "ENABLED",
            "PolicyDetails": {
                "PolicyType": "EBS_SNAPSHOT_MANAGEMENT",
                "ResourceTypes": ["VOLUME"],
                "TargetTags": [],
                "Schedules": [
                    {
                        "Name": "daily",
                        "CrossRegionCopyRules": [{"TargetRegion": "us-west-2", "Encrypted": True}],
                    }
                ],
            },
        }
    },
    "dsql:ListClusters": {
        "clusters": [{"identifier": "d1", "arn": f"arn:aws:dsql:{REGION}:{ACCOUNT}:cluster/d1"}]
    },
    "dsql:GetClusterPolicy": {
        "policy": policy({"AWS": "*"}, "dsql:DbConnect"),
        "policyVersion": "1",
    },
    "elasticbeanstalk:CheckDNSAvailability": {
        "Available": True,
        "FullyQualifiedCNAME": f"shop.{REGION}.elasticbeanstalk.com",
    },
    "logs:DescribeDeliveries": {
        "deliveries": [
            {
                "id": "1",
                "deliverySourceName": "site",
                "deliveryDestinationArn": DESTINATION,
                "deliveryDestinationType": "S3",
            }
        ]
    },
    "logs:DescribeDeliveryDestinations": {
        "deliveryDestinations": [
            {
                "name": "logs",
                "arn": DESTINATION,
                "deliveryDestinationType": "S3",
                "deliveryDestinationConfiguration": {
                    "destinationResourceArn": "arn:aws:s3:::example-shop-logs"
                },
            }
        ]
    },
    "notifications:ListNotificationConfigurations": {
        "notificationConfigurations": [
            {"arn": NOTIFICATION, "name": "findings", "status": "ACTIVE", "creationTime": YESTERDAY}
        ]
    },
    "notifications:ListChannels": {
        "channels": [f"arn:aws:notifications-contacts::{ACCOUNT}:emailcontact/1"]
    },
    "notifications:ListEventRules": {
        "eventRules": [
            {
                "arn": f"{NOTIFICATION}/rule/1",
                "notificationConfigurationArn": NOTIFICATION,
                "source": "aws.guardduty",
                "eventType": "GuardDuty Finding",
                "eventPattern": "",
                "regions": [REGION],
                "statusSummaryByRegion": {REGION: {"status": "ACTIVE", "reason": ""}},
            }
        ]
    },
    "opensearchserverless:ListCollections": {
        "collectionSummaries": [
            {
                "id": "c1",
                "name": "search",
                "status": "ACTIVE",
                "arn": f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/c1",
            }
        ]
    },
    "opensearchserverless:ListSecurityPolicies": {
        "securityPolicySummaries": [{"type": "network", "name": "search", "policyVersion": "1"}]
    },
    "opensearchserverless:GetSecurityPolicy": {
        "securityPolicyDetail": {
            "type": "network",
            "name": "search",
            "policyVersion": "1",
            "policy": [
                {
                    "Rules": [{"ResourceType": "collection", "Resource": ["collection/search"]}],
                    "AllowFromPublic": True,
                }
            ],
        }
    },
    "route53domains:ListDomains": {
        "Domains": [
            {
                "DomainName": "example.jp",
                "AutoRenew": True,
                "TransferLock": True,
                "Expiry": NOW + timedelta(days=200),
            }
        ]
    },
    "route53domains:GetDomainDetail": {
        "DomainName": "example.jp",
        "Nameservers": [],
        "AutoRenew": True,
        "StatusList": ["clientTransferProhibited"],
        "ExpirationDate": NOW + timedelta(days=200),
    },
    "s3control:ListMultiRegionAccessPoints": {
        "AccessPoints": [
            {
                "Name": "everywhere",
                "Alias": ALIAS,
                "PublicAccessBlock": dict.fromkeys(
                    (
                        "BlockPublicAcls",
                        "IgnorePublicAcls",
                        "BlockPublicPolicy",
                        "RestrictPublicBuckets",
                    ),
                    False,
                ),
                "Status": "READY",
                "Regions": [{"Bucket": "example-shop-own", "Region": REGION}],
            }
        ]
    },
    "s3control:GetMultiRegionAccessPointPolicy": {
        "Policy": {"Established": {"Policy": policy("*", "s3:GetObject")}}
    },
    "securityhub:DescribeHub": {"HubArn": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:hub/default"},
    "securityhub:ListFindingAggregators": {
        "FindingAggregators": [{"FindingAggregatorArn": AGGREGATOR}]
    },
    "securityhub:GetFindingAggregator": {
        "FindingAggregatorArn": AGGREGATOR,
        "FindingAggregationRegion": REGION,
        "RegionLinkingMode": "ALL_REGIONS",
    },
    "ssm:DescribeInstancePatches": {
        "Patches": [
            {
                "Title": "kernel",
                "KBId": "kernel.x86_64",
                "Classification": "Security",
                "Severity": "Critical",
                "State": OPEN_PATCH_STATES[0],
                "InstalledTime": datetime.fromtimestamp(0, NOW.tzinfo),
                "CVEIds": "CVE-2026-0001",
            }
        ]
    },
}
"""What AWS would answer, by operation: one page, whatever it is asked about."""

OPTIONS = {
    "account-decommissioned": AccountDecommissionedOptions(
        contracts=(EndedContract(account=ACCOUNT, ends=(NOW - timedelta(days=30)).date()),)
    ),
    "customer-admin-access": CustomerAdminAccessOptions(
        services=("tcp/8443",), networks=("office",)
    ),
    "dedicated-tenancy": DedicatedTenancyOptions(segments=("web",)),
    "rds-deletion-protection": RdsDeletionProtectionOptions(databases=("*",)),
    "rds-multi-az": RdsMultiAzOptions(databases=("*",)),
    "route53-dnssec": Route53DnssecOptions(zones=("*",)),
    "route53-query-logging": Route53QueryLoggingOptions(zones=("*",)),
}
"""Options of controls that apply only to what is declared."""


def build(session):
    """Everything, beside a network with servers and a database."""
    for part in (beside, share, compute, organize):
        part(session)


def build_rest(session):
    """What the examples are judged without, and operations are asked about all the same."""
    for part in (balance, connect, cluster, publish, delegate, buckets, deploy):
        part(session)


def facts(session):
    """`FACTS`, with the answers about what moto named itself."""
    ec2 = session.client("ec2")
    instance = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    compliance = {
        "ComplianceType": "Patch",
        "ResourceType": "ManagedInstance",
        "ResourceId": instance,
        "Status": "NON_COMPLIANT",
        "OverallSeverity": "CRITICAL",
        "ExecutionSummary": {"ExecutionTime": YESTERDAY},
    }
    node = {
        "InstanceId": instance,
        "PingStatus": "Online",
        "PlatformType": "Linux",
        "ResourceType": "EC2Instance",
        "AgentVersion": "3.3.0.0",
    }
    (site,) = session.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    source = {"name": "site", "resourceArns": [site["ARN"]], "logType": "ACCESS_LOGS"}
    site["Origins"]["Items"].append(
        {"Id": "web", "DomainName": "web.local", "VpcOriginConfig": {"VpcOriginId": "vo_1"}}
    )
    return {
        **FACTS,
        "cloudfront:ListDistributions": {"DistributionList": {"Items": [site]}},
        "logs:DescribeDeliverySources": {"deliverySources": [source]},
        "ssm:DescribeInstanceInformation": {"InstanceInformationList": [node]},
        "ssm:ListResourceComplianceSummaries": {"ResourceComplianceSummaryItems": [compliance]},
    }


def beside(session):
    """What the examples lack, so that more than listings is asked."""
    session.client("cloudtrail").create_trail(Name="all", S3BucketName="example-shop-logs")
    session.client("kms").create_key()
    iam = session.client("iam")
    iam.create_user(UserName="somebody")
    iam.create_access_key(UserName="somebody")
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["0" * 40],
    )


def share(session):
    """Resources that have policies, permissions and copies."""
    session.client("sqs").create_queue(QueueName="orders")
    session.client("sns").create_topic(Name="alerts")
    session.client("secretsmanager").create_secret(Name="db", SecretString="x")
    session.client("efs").create_file_system(
        CreationToken="1", Tags=[{"Key": "Name", "Value": "f"}]
    )
    session.client("opensearch").create_domain(DomainName="search")
    session.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    session.client("glacier").create_vault(vaultName="archives")
    session.client("sesv2").create_email_identity(EmailIdentity="shop.example")
    session.client("ram").create_resource_share(name="subnets")
    content = '{"schemaVersion": "2.2", "mainSteps": []}'
    session.client("ssm").create_document(Content=content, Name="patch", DocumentType="Command")
    backup = session.client("backup")
    backup.create_backup_vault(BackupVaultName="main")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "main"}
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "all", "Rules": [rule]})
    ec2 = session.client("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    ec2.create_snapshot(VolumeId=volume)
    session.client("route53").create_hosted_zone(Name="example.jp", CallerReference="1")
    stream = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/logs", "BucketARN": "arn:aws:s3:::logs"}
    session.client("firehose").create_delivery_stream(
        DeliveryStreamName="logs", S3DestinationConfiguration=stream
    )


def compute(session):
    """Functions, images, clusters and stores, each of which is asked about on its own."""
    role = session.client("iam").create_role(RoleName="run", AssumeRolePolicyDocument="{}")
    arn, content = role["Role"]["Arn"], io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("run.py", "")
    functions = session.client("lambda")
    functions.create_function(
        FunctionName="run",
        Runtime="python3.12",
        Role=arn,
        Handler="run.run",
        Code={"ZipFile": content.getvalue()},
    )
    number = functions.publish_version(FunctionName="run")["Version"]
    functions.create_alias(FunctionName="run", Name="live", FunctionVersion=number)
    functions.publish_layer_version(LayerName="tools", Content={"ZipFile": content.getvalue()})
    session.client("ecr").create_repository(repositoryName="app")
    ecs = session.client("ecs")
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(
        family="app",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "app", "memory": 512}],
    )
    subnet = session.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    launch = {
        "cluster": "main",
        "taskDefinition": "app",
        "launchType": "FARGATE",
        "networkConfiguration": {
            "awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}
        },
    }
    ecs.create_service(serviceName="app", desiredCount=1, **launch)
    ecs.run_task(**launch)
    ec2 = session.client("ec2")
    instance = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    ec2.create_image(InstanceId=instance, Name="golden")
    session.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    rds = session.client("rds")
    for database in rds.describe_db_instances()["DBInstances"]:
        name = database["DBInstanceIdentifier"]
        rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-1")
    session.client("s3control").create_access_point(
        AccountId=ACCOUNT, Name="logs", Bucket="example-shop-logs"
    )
    states = session.client("stepfunctions")
    states.create_state_machine(
        name="run", definition='{"StartAt": "a", "States": {}}', roleArn=arn
    )


def organize(session):
    """An organization whose management account this is."""
    client = session.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    client.create_organizational_unit(ParentId=root, Name="workloads")


def certificate(session):
    """The ARN of a certificate."""
    return session.client("acm").request_certificate(DomainName="example.jp")["CertificateArn"]


def balance(session):
    """Load balancers of all generations, with TLS and with targets."""
    ec2, tls = session.client("ec2"), certificate(session)
    (subnet,) = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["shop-web"]}])[
        "Subnets"
    ]
    vpc, subnets = subnet["VpcId"], [subnet["SubnetId"]]
    https = {"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstancePort": 80}
    session.client("elb").create_load_balancer(
        LoadBalancerName="classic",
        Subnets=subnets,
        Listeners=[{**https, "InstanceProtocol": "HTTP", "SSLCertificateId": tls}],
    )
    session.client("wafv2").create_ip_set(
        Name="customer", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["198.51.100.0/24"]
    )
    elb = session.client("elbv2")
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    for name, kind, protocol in (("web", "network", "TLS"), ("site", "application", "HTTPS")):
        balancer = elb.create_load_balancer(Name=name, Type=kind, Subnets=subnets)
        target = elb.create_target_group(
            Name=name,
            Protocol="TCP" if kind == "network" else "HTTP",
            Port=8443,
            VpcId=vpc,
            TargetType="ip",
        )["TargetGroups"][0]["TargetGroupArn"]
        elb.register_targets(TargetGroupArn=target, Targets=[{"Id": "10.0.10.9", "Port": 8443}])
        elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol=protocol,
            Port=443,
            SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            Certificates=[{"CertificateArn": tls}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
        )
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )
    elb.create_rule(
        ListenerArn=listener["Listeners"][0]["ListenerArn"],
        Conditions=[{"Field": "path-pattern", "Values": ["/health"]}],
        Priority=1,
        Actions=[{"Type": "forward", "TargetGroupArn": target}],
    )


def connect(session):
    """A transit gateway with a route table."""
    ec2 = session.client("ec2")
    (subnet,) = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["shop-app"]}])[
        "Subnets"
    ]
    transit = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit, VpcId=subnet["VpcId"], SubnetIds=[subnet["SubnetId"]]
    )
    ec2.create_transit_gateway_route_table(TransitGatewayId=transit)


def cluster(session):
    """A cluster of databases with a snapshot, a notebook and a build project."""
    rds = session.client("rds")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="own", DBParameterGroupFamily="aurora-mysql8.0", Description="-"
    )
    rds.create_db_cluster(
        DBClusterIdentifier="orders",
        Engine="aurora-mysql",
        DBClusterParameterGroupName="own",
        DBSubnetGroupName="shop",
        MasterUsername="shop",
        MasterUserPassword="x" * 12,
    )
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier="orders", DBClusterSnapshotIdentifier="orders-1"
    )
    role = session.client("iam").get_role(RoleName="run")["Role"]["Arn"]
    session.client("elasticache").create_cache_cluster(
        CacheClusterId="sessions", Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1
    )
    session.client("inspector2").enable(
        accountIds=[ACCOUNT], resourceTypes=["EC2", "ECR", "LAMBDA"]
    )
    session.client("sagemaker").create_notebook_instance(
        NotebookInstanceName="study", InstanceType="ml.t2.medium", RoleArn=role
    )
    session.client("codebuild").create_project(
        name="build",
        source={"type": "S3", "location": "example-shop-own/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=role,
    )


def publish(session):
    """A distribution with logs in real time."""
    origin = {
        "Id": "site",
        "DomainName": f"example-shop-site.s3.{REGION}.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    session.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "site",
                "ViewerProtocolPolicy": "https-only",
                "RealtimeLogConfigArn": REALTIME,
            },
        }
    )


def delegate(session):
    """Names that point to a bucket, an environment and a certificate's name."""
    route53 = session.client("route53")
    zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
    targets = {
        "free.example.jp": f"free.example.jp.s3-website-{REGION}.amazonaws.com",
        "shop.example.jp": f"shop.{REGION}.elasticbeanstalk.com",
    }
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": name,
                "Type": "CNAME",
                "TTL": 60,
                "ResourceRecords": [{"Value": value}],
            },
        }
        for name, value in targets.items()
    ]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def buckets(session):
    """A bucket with ACLs that is replicated to one whose policy delegates to access points."""
    s3 = session.client("s3")
    for name in ("example-shop-own", "example-shop-copy"):
        s3.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectOwnership="ObjectWriter",
        )
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_acl(Bucket="example-shop-own", ACL="public-read")
    rule = {
        "ID": "copy",
        "Status": "Enabled",
        "Prefix": "",
        "Destination": {"Bucket": "arn:aws:s3:::example-shop-copy"},
    }
    role = f"arn:aws:iam::{ACCOUNT}:role/run"
    s3.put_bucket_replication(
        Bucket="example-shop-own", ReplicationConfiguration={"Role": role, "Rules": [rule]}
    )
    delegated = {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}
    s3.put_bucket_policy(
        Bucket="example-shop-copy", Policy=policy("*", "s3:GetObject", Condition=delegated)
    )


def deploy(session):
    """A user with a password who deploys, and a role for GitHub."""
    iam = session.client("iam")
    iam.create_user(UserName="ann")
    iam.create_login_profile(UserName="ann", Password="Abc12345!x")
    actions = (
        "cloudformation:UpdateStack",
        "codebuild:StartBuild",
        "lambda:UpdateFunctionCode",
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        "states:UpdateStateMachine",
    )
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    iam.put_user_policy(UserName="ann", PolicyName="deploy", PolicyDocument=document_of(statement))
    services = ("cloudformation", "codebuild", "lambda", "sagemaker", "states")
    principals = {"Service": [f"{service}.amazonaws.com" for service in services]}
    trust = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.create_role(RoleName="admin", AssumeRolePolicyDocument=document_of(trust))
    iam.put_role_policy(RoleName="admin", PolicyName="all", PolicyDocument=document_of(everything))
    issuer = "token.actions.githubusercontent.com"
    claims = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "repo:own/shop:ref:main"}
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": claims},
    }
    iam.create_role(RoleName="github", AssumeRolePolicyDocument=document_of(trust))
