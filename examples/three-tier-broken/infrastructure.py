"""The same web shop with planted faults: each FAULT is one that reviews overlook."""

import json

REGION = "ap-northeast-1"
OFFICE = "203.0.113.0/28"
AGENCY = "198.51.100.0/24"
INTERNET = "0.0.0.0/0"
BUCKETS = (
    "example-shop-site",
    "example-shop-reports",
    "example-shop-orders",
    "example-shop-logs",
)


def build(session):
    """Create everything in the account of the session."""
    ec2 = session.resource("ec2", region_name=REGION)
    subnets = network(ec2)
    groups = security_groups(ec2, subnets["web"].vpc)
    image = latest_image(session)
    for tier in ("web", "app", "bastion"):
        server(ec2, image, tier, subnets[tier], groups[tier])
    database(session, [subnets["db"], subnets["db2"]], groups["db"])
    buckets(session)
    logs(session, subnets["web"].vpc)
    detection(session)
    recording(session, subnets["web"].vpc)
    notification(session, ec2)


def network(ec2):
    """A VPC with public subnets for web and bastion, and private ones for app and db."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")
    places = {
        "web": ("10.0.0.0/24", "a"),
        "bastion": ("10.0.1.0/24", "a"),
        "app": ("10.0.10.0/24", "a"),
        "db": ("10.0.20.0/24", "a"),
        "db2": ("10.0.21.0/24", "c"),
    }
    subnets = {
        name: vpc.create_subnet(
            CidrBlock=cidr,
            AvailabilityZone=f"{REGION}{zone}",
            TagSpecifications=tags("subnet", Name=f"shop-{name}"),
        )
        for name, (cidr, zone) in places.items()
    }
    gateway = ec2.create_internet_gateway()
    vpc.attach_internet_gateway(InternetGatewayId=gateway.id)
    public = vpc.create_route_table()
    public.create_route(DestinationCidrBlock=INTERNET, GatewayId=gateway.id)
    for name in ("web", "bastion"):
        public.associate_with_subnet(SubnetId=subnets[name].id)
    return subnets


def tags(kind, **values):
    """Tags for a new resource of the kind."""
    pairs = [{"Key": key, "Value": value} for key, value in values.items()]
    return [{"ResourceType": kind, "Tags": pairs}]


def security_groups(ec2, vpc):
    """A group for each tier, which allows only the traffic of the tier before it."""
    for group in ec2.security_groups.filter(GroupNames=["default"]):
        group.revoke_egress(IpPermissions=group.ip_permissions_egress)
    groups = {
        tier: vpc.create_security_group(GroupName=tier, Description=f"the {tier} tier")
        for tier in ("web", "app", "db", "bastion")
    }
    for group in groups.values():
        group.revoke_egress(IpPermissions=group.ip_permissions_egress)
    allow(groups["web"], 443, INTERNET)
    connect(groups["web"], groups["app"], 8080)
    connect(groups["app"], groups["db"], 3306)
    connect(groups["web"], groups["db"], 3306)  # FAULT: a report page reads the database directly
    allow(groups["bastion"], 22, OFFICE)
    connect(groups["bastion"], groups["web"], 22)
    connect(groups["bastion"], groups["app"], 22)
    return groups


def ports(port, cidr):
    """One TCP port to or from a block of addresses."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}


def allow(group, port, cidr):
    """Allow the addresses."""
    group.authorize_ingress(IpPermissions=[ports(port, cidr)])


def connect(sender, receiver, port):
    """Allow one group to connect to the other."""
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    sender.authorize_egress(
        IpPermissions=[{**rule, "UserIdGroupPairs": [{"GroupId": receiver.id}]}]
    )
    receiver.authorize_ingress(
        IpPermissions=[{**rule, "UserIdGroupPairs": [{"GroupId": sender.id}]}]
    )


def latest_image(session):
    """The ID of the newest Amazon Linux image."""
    ssm = session.client("ssm", region_name=REGION)
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    return ssm.get_parameter(Name=name)["Parameter"]["Value"]


def server(ec2, image, tier, subnet, group):
    """An instance of the tier; public tiers have a public IP address."""
    ec2.create_instances(
        ImageId=image,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[
            {
                "DeviceIndex": 0,
                "SubnetId": subnet.id,
                "Groups": [group.id],
                "AssociatePublicIpAddress": tier in ("web", "bastion"),
            }
        ],
        MetadataOptions={"HttpTokens": "required"},
        TagSpecifications=tags("instance", Name=f"shop-{tier}", Tier=tier),
    )


def database(session, subnets, group):
    """A MySQL database in two Availability Zones, whose backups are not retained long enough."""
    rds = session.client("rds", region_name=REGION)
    rds.create_db_subnet_group(
        DBSubnetGroupName="shop",
        DBSubnetGroupDescription="the database of the shop",
        SubnetIds=[subnet.id for subnet in subnets],
    )
    rds.create_db_instance(
        DBInstanceIdentifier="shop",
        Engine="mysql",
        DBInstanceClass="db.t3.medium",
        AllocatedStorage=20,
        MasterUsername="shop",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="shop",
        VpcSecurityGroupIds=[group.id],
        MultiAZ=True,
        PubliclyAccessible=False,
        BackupRetentionPeriod=1,  # FAULT: reduced for a migration, and never restored
        Tags=[{"Key": "Tier", "Value": "db"}],
    )


def buckets(session):
    """The site for everyone, reports for the office, and orders for too many."""
    s3 = session.client("s3", region_name=REGION)
    for name in BUCKETS:
        s3.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectOwnership="BucketOwnerEnforced",
        )
        block_public_access(s3, name, block=name != "example-shop-site")
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    policy(s3, "example-shop-site", statement("example-shop-site", "s3:GetObject", "/*"))
    # FAULT: the agency can read the reports too, which is not declared.
    at_office = {"IpAddress": {"aws:SourceIp": [OFFICE, AGENCY]}}
    policy(
        s3,
        "example-shop-reports",
        statement("example-shop-reports", "s3:GetObject", "/*", at_office),
        statement("example-shop-reports", "s3:ListBucket", "", at_office),
    )
    # FAULT: the entire internet in two halves, which no search for 0.0.0.0/0 finds.
    anywhere = {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}
    block_public_access(s3, "example-shop-orders", block=False)
    policy(
        s3,
        "example-shop-orders",
        statement("example-shop-orders", "s3:GetObject", "/*", anywhere),
    )


def logs(session, vpc):
    """Logs: who read which object, and which packets were sent."""
    s3 = session.client("s3", region_name=REGION)
    services = ("logging.s3.amazonaws.com", "cloudtrail.amazonaws.com")
    policy(s3, "example-shop-logs", *(delivery(service, vpc.owner_id) for service in services))
    for name in BUCKETS[:3]:
        target = {"TargetBucket": "example-shop-logs", "TargetPrefix": f"s3/{name}/"}
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": target})
    vpc.meta.client.create_flow_logs(
        ResourceIds=[vpc.id],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::example-shop-logs",
    )


def delivery(service, account):
    """A statement that allows the service to deliver logs of the account."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::example-shop-logs/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }


def detection(session):
    """Intrusion detection, in the Region that is used."""
    session.client("guardduty", region_name=REGION).create_detector(Enable=True)


def recording(session, vpc):
    """Who did what, on AWS and on servers, and how resources changed."""
    trails = session.client("cloudtrail", region_name=REGION)
    trails.create_trail(
        Name="shop",
        S3BucketName="example-shop-logs",
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
    )
    trails.start_logging(Name="shop")
    session.client("logs", region_name=REGION).create_log_group(logGroupName="sessions")
    session.client("ssm", region_name=REGION).create_document(
        Name="SSM-SessionManagerRunShell",
        DocumentType="Session",
        DocumentFormat="JSON",
        Content=json.dumps(
            {"schemaVersion": "1.0", "inputs": {"cloudWatchLogGroupName": "sessions"}}
        ),
    )
    config = session.client("config", region_name=REGION)
    role = f"arn:aws:iam::{vpc.owner_id}:role/config"
    everything = {"allSupported": True, "includeGlobalResourceTypes": True}
    config.put_configuration_recorder(
        ConfigurationRecorder={"name": "shop", "roleARN": role, "recordingGroup": everything}
    )
    config.put_delivery_channel(
        DeliveryChannel={"name": "shop", "s3BucketName": "example-shop-logs"}
    )
    config.start_configuration_recorder(ConfigurationRecorderName="shop")


def notification(session, ec2):
    """Alarms on servers and the database, and findings, by e-mail to the operators."""
    sns = session.client("sns", region_name=REGION)
    topic = sns.create_topic(Name="operators")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="operators@example.com")
    cloudwatch = session.client("cloudwatch", region_name=REGION)
    for instance in ec2.instances.all():
        alarm(cloudwatch, topic, "AWS/EC2 StatusCheckFailed", InstanceId=instance.id)
    alarm(cloudwatch, topic, "AWS/RDS FreeStorageSpace", DBInstanceIdentifier="shop")
    events = session.client("events", region_name=REGION)
    pattern = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}
    events.put_rule(Name="findings", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="findings", Targets=[{"Id": "operators", "Arn": topic}])


def alarm(cloudwatch, topic, metric, **resource):
    """An alarm on the metric, such as ``AWS/EC2 StatusCheckFailed``, of one resource."""
    namespace, metric = metric.split()
    ((dimension, value),) = resource.items()
    cloudwatch.put_metric_alarm(
        AlarmName=f"{metric} {value}",
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": dimension, "Value": value}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )


def block_public_access(s3, bucket, *, block):
    """Set all four Block Public Access settings of the bucket, or none."""
    settings = (
        "BlockPublicAcls",
        "IgnorePublicAcls",
        "BlockPublicPolicy",
        "RestrictPublicBuckets",
    )
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(settings, block)
    )


def statement(bucket, action, below, condition=None):
    """A statement that allows everyone the action under the condition."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": action,
        "Resource": f"arn:aws:s3:::{bucket}{below}",
    }
    return {**statement, "Condition": condition} if condition else statement


def policy(s3, bucket, *statements):
    """Set the bucket policy: these statements, and no access over plain HTTP."""
    plain = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": "2012-10-17", "Statement": [*statements, plain]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))
